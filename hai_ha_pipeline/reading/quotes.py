"""Records of a file in which quotes occur: which are whole, and which are damaged and must be set aside.

A quote in the wrong place makes every CSV reader merge or shift cells without a word. Here a record loads only if each of
its cells is either free of quotes or quoted from end to end; reading goes on at the next line.
"""

import re
from dataclasses import dataclass

import polars as pl

from hai_ha_pipeline.reading.descriptor import Dialect

MOST_LINES = 200  # of one record; a quote that closes later than that was never meant to open


@dataclass(frozen=True)
class Damaged:
    """A record set aside: the line on which it begins, its text, the rule it breaks, and the rule in a sentence."""

    line: int
    text: str
    rule: str
    reason: str


def whole_and_damaged(lines: list[str], dialect: Dialect, width: int) -> tuple[list[tuple[int, str]], list[Damaged]]:
    """Split the lines below the header into whole records and damaged ones, each with the position of its first line.

    A record may take several lines where a quoted cell holds line breaks. Where one of those lines is a whole record by
    itself, both readings are possible and the record is set aside.
    """
    cell, delimiter = _cell(dialect), re.escape(dialect.delimiter)
    record = rf"{cell}(?:{delimiter}{cell}){{{width - 1}}}"
    is_record = pl.Series(lines, dtype=pl.String).str.contains(rf"^(?s:{record})$").to_list()
    whole_record, any_record = re.compile(record), re.compile(rf"{cell}(?:{delimiter}{cell})*")
    whole: list[tuple[int, str]] = []
    damaged: list[Damaged] = []
    at = 0
    while at < len(lines):
        if is_record[at]:
            whole.append((at, lines[at]))
            at += 1
            continue
        end = _end_of_record(lines, at, whole_record, dialect)
        text = "\n".join(lines[at:end])
        if end > at + 1 and width > 1 and any(is_record[at + 1 : end]):
            damaged.append(Damaged(at, text, "ambiguous-quote", "a quoted cell spans lines that are whole records by themselves"))
        elif end > at + 1:
            whole.append((at, text))
        elif text.strip():
            damaged.append(_damaged_line(at, text, any_record, dialect, width))
        at = end
    return whole, damaged


def wrong_width(cells: int, width: int) -> tuple[str, str]:
    """The rule that a record with so many cells breaks, and its sentence."""
    return "missing-cell" if cells < width else "extra-cell", f"the record has {cells} cells, the header {width}"


def _cell(dialect: Dialect) -> str:
    """A cell: without any quote, or quoted from end to end with inner quotes doubled."""
    quote, delimiter = re.escape(dialect.quote_char), re.escape(dialect.delimiter)
    inner = rf"(?:[^{quote}]|{quote}{quote})*" if dialect.double_quote else rf"[^{quote}]*"
    return rf"(?:{quote}{inner}{quote}|[^{quote}{delimiter}\r\n]*)"


def _end_of_record(lines: list[str], at: int, record: re.Pattern[str], dialect: Dialect) -> int:
    """The line after the record that begins at `at`: more than one line only where that makes it whole."""
    if lines[at].count(dialect.quote_char) % 2 == 0:  # no quote is open where the line ends
        return at + 1
    text = lines[at]
    for end in range(at + 1, min(len(lines), at + MOST_LINES)):
        text += "\n" + lines[end]
        if dialect.quote_char in lines[end] and record.fullmatch(text):
            return end + 1
    return at + 1


def _damaged_line(at: int, text: str, any_record: re.Pattern[str], dialect: Dialect, width: int) -> Damaged:
    if not any_record.fullmatch(text):
        return Damaged(at, text, "quote-error", "a quote stands inside a cell that is not quoted, or never closes")
    quote = re.escape(dialect.quote_char)
    cells = re.sub(rf"{quote}(?:[^{quote}]|{quote}{quote})*{quote}", "", text).count(dialect.delimiter) + 1
    return Damaged(at, text, *wrong_width(cells, width))
