"""Lines made into records, with an eye on records that a wrong quote tore into pieces.

A line with fewer delimiters than any record is only a piece of one. If one quote more or less would join it to the record
beside it, that record may be a piece as well, and both are set aside.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from hai_ha_pipeline.reading.descriptor import Dialect
from hai_ha_pipeline.reading.quotes import AMBIGUOUS, MOST_LINES, QUOTE_ERROR, Damaged, Joined, Lines, judged


@dataclass(frozen=True)
class Split:
    """Lines made into records: `begins` and `texts` of the whole ones, and the damaged ones; lines are counted from 0."""

    begins: pl.Series
    texts: pl.Series
    damaged: list[Damaged]


def split(lines: Lines) -> Split:
    """The records of a file's lines."""
    joined, damaged = judged(lines)
    if lines.width > 1:
        joined, damaged = _without_torn(lines, joined, damaged)
    taken = [*_lines_of(joined.items()), *_lines_of((each.first, each.last) for each in damaged)]
    places = pl.int_range(lines.texts.len(), dtype=pl.Int64, eager=True)
    records = pl.DataFrame({"begin": places, "text": lines.texts}).filter(lines.is_whole & ~places.is_in(taken))
    if joined:
        several = [lines.text(first, last) for first, last in joined.items()]
        records = records.vstack(pl.DataFrame({"begin": joined.keys(), "text": several})).sort("begin")
    return Split(records["begin"], records["text"], damaged)


def _without_torn(lines: Lines, joined: Joined, damaged: list[Damaged]) -> tuple[Joined, list[Damaged]]:
    """The same, where each record that could be a piece itself is set aside together with the pieces beside it."""
    taken = {*_lines_of(joined.items()), *_lines_of((each.first, each.last) for each in damaged if each.first < each.last)}
    begins = {last: first for first, last in joined.items()}
    torn: dict[int, int] = {}
    for each in damaged:
        if (each.rule, each.reason) == QUOTE_ERROR and each.first not in taken and _is_short(lines, each.first):
            first, last = _torn(lines, joined, begins, taken, each.first)
            if first < last:
                torn[first] = last
                taken.update(range(first, last + 1))
    in_torn = {*_lines_of(torn.items())}
    whole = {first: last for first, last in joined.items() if first not in in_torn}
    ambiguous = [Damaged(first, last, *AMBIGUOUS) for first, last in torn.items()]
    return whole, ambiguous + [each for each in damaged if each.first not in in_torn]


def _torn(lines: Lines, joined: Joined, begins: dict[int, int], taken: set[int], piece: int) -> tuple[int, int]:
    """The lines of the record that a piece would make with the one above or below it; the piece alone if it makes none."""
    above, below = (_end_of_pieces(lines, taken, piece, step) for step in (-1, 1))
    if above in begins or (above >= 0 and above not in taken and lines.is_whole[above]):
        first, rest = begins.get(above, above), lines.text(above + 1, piece)
        if any(lines.is_record(f"{record}\n{rest}") for record in _one_quote_apart(lines.text(first, above), lines.dialect)):
            return first, piece
    if below in joined or (below < lines.texts.len() and below not in taken and lines.is_whole[below]):
        last, rest = joined.get(below, below), lines.text(piece, below - 1)
        if any(lines.is_record(f"{rest}\n{record}") for record in _one_quote_apart(lines.text(below, last), lines.dialect)):
            return piece, last
    return piece, piece


def _end_of_pieces(lines: Lines, taken: set[int], at: int, step: int) -> int:
    """The next line up or down that is more than a piece of a record."""
    nearest = at + step
    while 0 <= nearest < lines.texts.len() and abs(nearest - at) < MOST_LINES and nearest not in taken and _is_short(lines, nearest):
        nearest += step
    return nearest


def _is_short(lines: Lines, at: int) -> bool:
    text: str = lines.texts[at]
    return text.count(lines.dialect.delimiter) < lines.width - 1


def _lines_of(records: Iterable[tuple[int, int]]) -> Iterator[int]:
    return (line for first, last in records for line in range(first, last + 1))


def _one_quote_apart(text: str, dialect: Dialect) -> Iterator[str]:
    """The text with one quote left out, or with one more where a quoted cell may begin or end."""
    quote = dialect.quote_char
    for mark in re.finditer(re.escape(quote), text):
        yield text[: mark.start()] + text[mark.end() :]
    marks = re.finditer(f"{re.escape(quote)}|{re.escape(dialect.delimiter)}", text)
    for place in sorted({0, len(text)} | {place for mark in marks for place in mark.span()}):
        yield text[:place] + quote + text[place:]
