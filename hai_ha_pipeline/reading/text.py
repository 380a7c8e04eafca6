"""The text of a file as one block of UTF-8: its lines, and where each stands in the file's own bytes.

Lines are counted as people see them: a line feed, a carriage return or both end one, also mixed in one file.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import polars as pl
import pyarrow as pa

LINE_END = re.compile(rb"\r\n|\r|\n")
LF, CR = 0x0A, 0x0D


@dataclass(frozen=True)
class Text:
    """A file's text as UTF-8 without its byte order mark.

    `codec` is the encoding of the file itself and `mark` the length of its byte order mark; `is_composed` says that it is in NFC.
    """

    data: bytes
    codec: str
    mark: int
    is_composed: bool
    has_controls: bool

    @cached_property
    def offsets(self) -> pl.Series:
        """Where each line begins in `data`, and behind the last one the end: one more than there are lines."""
        byte = pl.Series(pa.Array.from_buffers(pa.uint8(), len(self.data), [None, pa.py_buffer(self.data)]))
        is_end = byte == LF
        if b"\r" in self.data:
            is_end |= (byte == CR) & (byte.shift(-1).fill_null(0) != LF)
        ends = is_end.arg_true().cast(pl.Int64) + 1
        rest = [] if not ends.is_empty() and ends[-1] == len(self.data) else [pl.Series([len(self.data)])]
        return pl.concat([pl.Series([0]), ends, *rest], rechunk=True)

    def lines(self, above: int, most: int | None = None) -> pl.Series:
        """Every line below the first ones, or at most so many of them, with its line end."""
        _, places = self.offsets.to_arrow().buffers()
        lines = pa.LargeStringArray.from_buffers(self.offsets.len() - 1, places, pa.py_buffer(self.data))
        return pl.Series(lines.slice(above, most), dtype=pl.String)

    def line_hashes(self, above: int, at_once: int) -> pl.Series:
        """A hash of every line below the first ones, with its line end; so many lines are looked at at a time."""
        starts = range(above, self.offsets.len() - 1, at_once)
        return pl.concat([pl.Series(dtype=pl.UInt64), *(self.lines(start, at_once).hash() for start in starts)])

    def first_lines(self) -> Iterator[tuple[str, int]]:
        """The lines one by one from the first, each with the position at which the next begins."""
        at = 0
        for end in LINE_END.finditer(self.data):
            yield self.data[at : end.start()].decode(), end.end()
            at = end.end()
        if at < len(self.data):
            yield self.data[at:].decode(), len(self.data)

    def lines_before(self, position: int) -> int:
        """How many lines end before a position."""
        return sum(1 for _ in LINE_END.finditer(self.data, 0, position))

    def passages(self, first: pl.Series, last: pl.Series) -> tuple[list[int], list[str]]:
        """Where passages of whole lines begin in `data`, and their texts; the first line is 1, and `first` must ascend."""
        begins, ends = self.offsets.gather(first - 1).to_list(), self.offsets.gather(last).to_list()
        return begins, [
            LINE_END.sub(b"\n", self.data[begin:end]).decode().removesuffix("\n") for begin, end in zip(begins, ends, strict=True)
        ]

    def bytes_before(self, positions: list[int]) -> list[int]:
        """The byte offsets in the file of positions in `data`, which must ascend."""
        if self.codec in {"utf-8", "utf-8-sig", "ascii"}:
            return [self.mark + position for position in positions]
        encoder = codecs.getincrementalencoder(without_mark(self.codec))()
        offsets, at, offset = [], 0, self.mark
        for position in positions:
            offset += len(encoder.encode(self.data[at:position].decode()))
            offsets.append(offset)
            at = position
        return offsets


def without_mark(codec: str) -> str:
    """The codec that writes the same bytes without a byte order mark; both byte orders are of one length."""
    return f"{codec}-le" if codec in {"utf-16", "utf-32"} else codec
