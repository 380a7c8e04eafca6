"""Where a record ends and where its cells begin: which records are whole, and which are damaged and must be set aside.

A quote in the wrong place makes every CSV reader merge or shift cells without a word. Here a record loads only if each of
its cells is either free of quotes or quoted from end to end; reading goes on at the next line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import polars as pl

from hai_ha_pipeline.reading.descriptor import Dialect

MOST_LINES = 200  # of one record; a quote that closes later than that was never meant to open
Rule = tuple[str, str]  # its name, and the rule in a sentence
QUOTE_ERROR = ("quote-error", "a quote stands inside a cell that is not quoted, or never closes")
AMBIGUOUS = ("ambiguous-quote", "the lines can be read as one record with line breaks in a cell, or as several")


@dataclass(frozen=True)
class Damaged:
    """A record set aside: the lines that it takes, counted from 0, the rule it breaks, and the rule in a sentence."""

    first: int
    last: int
    rule: str
    reason: str


@dataclass(frozen=True)
class Split:
    """Lines made into records: `begins` and `texts` of the whole ones, and the damaged ones; lines are counted from 0."""

    begins: pl.Series
    texts: pl.Series
    damaged: list[Damaged]


@dataclass(frozen=True)
class _Lines:
    """The lines below a header with what is needed to judge those that are no whole record by themselves.

    `closed_by` says for each line that opens or closes a quote which one does so next.
    """

    texts: pl.Series
    is_whole: pl.Series
    is_comment: pl.Series
    closed_by: dict[int, int]
    dialect: Dialect
    width: int

    def text(self, first: int, last: int) -> str:
        """Some lines as one text."""
        return "\n".join(self.texts.slice(first, last + 1 - first))

    def is_record(self, text: str) -> bool:
        """Whether a text is one whole record of the width of the header."""
        return len(cells_of(text, self.dialect) or ()) == self.width

    def end(self, at: int) -> int:
        """The last line of what begins at a line: where the quote closes that it leaves open, or itself."""
        last = self.closed_by.get(at, at)
        return last if last < at + MOST_LINES else at

    def beside(self, at: int, step: Literal[-1, 1]) -> int:
        """The next line up or down that is more than a piece of a record."""
        nearest = at + step
        while 0 <= nearest < self.texts.len() and abs(nearest - at) < MOST_LINES and self._is_piece(nearest):
            nearest += step
        return nearest

    def _is_piece(self, at: int) -> bool:
        return self.is_whole[at] and not self.is_record(self.texts[at])


def wrong_width(cells: int, width: int) -> Rule:
    """The rule that a record with so many cells breaks, and its sentence."""
    return "missing-cell" if cells < width else "extra-cell", f"the record has {cells} cells, the header {width}"


def are_whole(lines: pl.Series, dialect: Dialect) -> pl.Series:
    """Whether each line is a whole record by itself, of whatever width; it may still have its line end."""
    record = rf"{_record(dialect)}[\r\n]*"
    if len(dialect.delimiter) == 1:
        return lines.str.contains(f"^{record}$")
    whole = re.compile(record)
    return pl.Series([whole.fullmatch(line) is not None for line in lines], dtype=pl.Boolean)


def are_odd(lines: pl.Series, dialect: Dialect) -> pl.Series:
    """Whether a quote that was closed before a line is open behind it, or the other way round."""
    if dialect.escape_char:
        lines = lines.str.replace_all(f"(?s){re.escape(dialect.escape_char)}.", "")
    return lines.str.count_matches(dialect.quote_char, literal=True) % 2 == 1


def cells_of(record: str, dialect: Dialect) -> list[str] | None:
    """The cells of a whole record; none where it is damaged."""
    if not re.fullmatch(_record(dialect), record):
        return None
    quoted, plain = _kinds_of_cell(dialect)
    cell = rf"(?s)(?:\A|{re.escape(dialect.delimiter)}){_blanks(dialect)}(?:(?P<quoted>{quoted})|(?P<plain>{plain}))"
    return [_unescaped(found["quoted"], found["plain"], dialect) for found in re.finditer(cell, record)]


def split(lines: pl.Series, is_whole: pl.Series, is_comment: pl.Series, dialect: Dialect, width: int) -> Split:
    """Make lines into records; only around lines that are no whole record by themselves is there anything to decide.

    A record may take several lines where a quoted cell holds line breaks. Where its lines could also be several records, one
    of them damaged, all of them are set aside.
    """
    texts = lines.str.strip_chars_end("\r\n")
    closed_by = dict(pairwise(are_odd(texts, dialect).arg_true().to_list()))
    around = _Lines(texts, is_whole & ~is_comment, is_comment, closed_by, dialect, width)
    joined, damaged = _judged(around)
    taken = [line for first, last in joined.items() for line in range(first, last + 1)]
    taken += [line for each in damaged for line in range(each.first, each.last + 1)]
    places = pl.int_range(lines.len(), dtype=pl.Int64, eager=True)
    records = pl.DataFrame({"begin": places, "text": texts}).filter(around.is_whole & ~places.is_in(taken))
    if joined:
        several = [around.text(first, last) for first, last in joined.items()]
        records = records.vstack(pl.DataFrame({"begin": joined.keys(), "text": several})).sort("begin")
    return Split(records["begin"], records["text"], damaged)


def _judged(lines: _Lines) -> tuple[dict[int, int], list[Damaged]]:
    """The records of several lines, by their first line the last, and the damaged ones."""
    joined: dict[int, int] = {}
    damaged: list[Damaged] = []
    previous, behind = -1, 0
    for at in (~lines.is_whole & ~lines.is_comment).arg_true().to_list():
        if at < behind:
            continue
        above = lines.beside(at, -1)
        before = previous if joined.get(previous) == above else above if above >= behind and lines.is_whole[above] else at
        first, last, rule = _judge(lines, at, before)
        if rule is None:
            joined[at] = last
        else:
            damaged.append(Damaged(first, last, *rule))
            joined.pop(first, None)
        previous, behind = at, last + 1
    return joined, damaged


def _judge(lines: _Lines, at: int, before: int) -> tuple[int, int, Rule | None]:
    """The first and last line of the record that begins at a line which is none by itself, and the rule that it breaks, if any.

    The record above it, which begins at `before`, is set aside with it where the two could be one.
    """
    last = lines.end(at)
    cells = cells_of(lines.text(at, last), lines.dialect)
    if cells is None:
        return _set_aside(lines, at, before)
    is_several = _could_be_several(lines, at, last)
    if len(cells) == lines.width:
        return at, last, AMBIGUOUS if is_several else None
    if is_several or lines.width == 1:
        return _set_aside(lines, at, before)
    return at, last, wrong_width(len(cells), lines.width)


def _could_be_several(lines: _Lines, at: int, last: int) -> bool:
    """Whether lines of a record would be records, or comments, if only its first line were damaged."""
    if lines.is_comment.slice(at + 1, last - at).any() or (last in lines.closed_by and lines.is_record(lines.text(last, lines.end(last)))):
        return True
    return lines.width > 1 and any(map(lines.is_record, lines.texts.slice(at + 1, last - at)))


def _set_aside(lines: _Lines, at: int, before: int) -> tuple[int, int, Rule]:
    """A damaged line; if it is only a piece of a record, with the record beside it that one quote more or less would make whole."""
    text, dialect = lines.text(at, at), lines.dialect
    if text.count(dialect.delimiter) < lines.width - 1:
        if before < at and any(lines.is_record(f"{each}\n{text}") for each in _one_quote_apart(lines.text(before, at - 1), dialect)):
            return before, at, AMBIGUOUS
        below = lines.beside(at, 1)
        end, with_blanks = lines.end(below), lines.text(at, below - 1)
        if any(lines.is_record(f"{with_blanks}\n{each}") for each in _one_quote_apart(lines.text(below, end), dialect)):
            return at, end, AMBIGUOUS
    return at, at, QUOTE_ERROR


def _one_quote_apart(text: str, dialect: Dialect) -> Iterator[str]:
    """The text with one quote left out, or with one more where a quoted cell may begin or end."""
    for mark in re.finditer(re.escape(dialect.quote_char), text):
        yield text[: mark.start()] + text[mark.end() :]
    marks = re.finditer(f"{re.escape(dialect.quote_char)}|{re.escape(dialect.delimiter)}", text)
    for place in sorted({0, len(text)} | {place for mark in marks for place in mark.span()}):
        yield text[:place] + dialect.quote_char + text[place:]


def _record(dialect: Dialect) -> str:
    """Pattern of a whole record. The table reader's and Python's regular expressions both know it."""
    quoted, plain = _kinds_of_cell(dialect)
    cell = f"{_blanks(dialect)}(?:{quoted}|{plain})"
    return f"(?s:{cell}(?:{re.escape(dialect.delimiter)}{cell})*)"


def _kinds_of_cell(dialect: Dialect) -> tuple[str, str]:
    """Patterns of a cell: quoted from end to end, with inner quotes doubled or escaped, or without any quote."""
    quote, delimiter = re.escape(dialect.quote_char), re.escape(dialect.delimiter)
    escape = re.escape(dialect.escape_char) if dialect.escape_char else ""
    if escape:
        inner = f"[^{quote}{escape}]*(?:{escape}.[^{quote}{escape}]*)*"
    else:
        inner = f"[^{quote}]*(?:{quote}{quote}[^{quote}]*)*" if dialect.double_quote else f"[^{quote}]*"
    outside = rf"{quote}{escape}\r\n" + (delimiter if len(dialect.delimiter) == 1 else "")
    ahead = "" if len(dialect.delimiter) == 1 else f"(?!{delimiter})"
    escaped = rf"|{escape}[^\r\n]" if escape else ""
    first, other = (rf"(?:{ahead}[^{no}{outside}]{escaped})" for no in (_blanks(dialect)[:1], ""))
    plain = f"(?:{first}{other}*)?"
    return f"{quote}{inner}{quote}", plain


def _blanks(dialect: Dialect) -> str:
    return " *" if dialect.skip_initial_space and not dialect.delimiter.startswith(" ") else ""


def _unescaped(quoted: str | None, plain: str, dialect: Dialect) -> str:
    """What a cell says. An escape that stands before no quote, delimiter or escape is text, as in a path."""
    inside = plain if quoted is None else quoted[1:-1]
    if dialect.escape_char:
        marks = re.escape(dialect.quote_char + dialect.escape_char + dialect.delimiter)
        return re.sub(rf"{re.escape(dialect.escape_char)}([{marks}])", r"\1", inside)
    return inside.replace(dialect.quote_char * 2, dialect.quote_char) if quoted is not None and dialect.double_quote else inside
