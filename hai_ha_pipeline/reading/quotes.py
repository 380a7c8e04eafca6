"""Where a record ends and where its cells begin: which records are whole, and which are damaged and must be set aside.

A quote in the wrong place makes every CSV reader merge or shift cells without a word. Here a record loads only if each of
its cells is either free of quotes or quoted from end to end; reading goes on at the next line.
"""

import re
from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from hai_ha_pipeline.reading.descriptor import Dialect

Joined = dict[int, int]  # the first line of a record of several lines: its last
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
class Lines:
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


def wrong_width(cells: int, width: int) -> Rule:
    """The rule that a record with so many cells breaks, and its sentence."""
    return "missing-cell" if cells < width else "extra-cell", f"the record has {cells} cells, the header {width}"


def lines_of(raw: pl.Series, is_whole: pl.Series, is_comment: pl.Series, dialect: Dialect, width: int) -> Lines:
    """Lines as they are judged, from lines with their line ends."""
    texts = raw.str.strip_chars_end("\r\n")
    odd = are_odd(texts, dialect).arg_true().to_list()
    return Lines(texts, is_whole & ~is_comment, is_comment, dict(pairwise(odd)), dialect, width)


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


def judged(lines: Lines) -> tuple[Joined, list[Damaged]]:
    """The records of several lines, and the damaged ones; only lines that are no whole record by themselves are looked at.

    A record may take several lines where a quoted cell holds line breaks. Where its lines could also be several records, one
    of them damaged, all of them are set aside.
    """
    joined: Joined = {}
    damaged: list[Damaged] = []
    behind = 0
    for at in (~lines.is_whole & ~lines.is_comment).arg_true().to_list():
        if at >= behind:
            last, rule = _judge(lines, at)
            if rule is None and damaged and damaged[-1].last == at - 1 and damaged[-1].rule in {QUOTE_ERROR[0], AMBIGUOUS[0]}:
                rule = AMBIGUOUS  # the quote that opens it may be the one that is lacking above
            behind = last + 1
            if rule is None:
                joined[at] = last
            else:
                damaged.append(Damaged(at, last, *rule))
    return joined, damaged


def _judge(lines: Lines, at: int) -> tuple[int, Rule | None]:
    """The last line of the record that begins at a line which is none by itself, and the rule that it breaks, if any."""
    last = lines.end(at)
    cells = cells_of(lines.text(at, last), lines.dialect)
    if cells is None:
        return at, QUOTE_ERROR
    is_several = _could_be_several(lines, at, last)
    if len(cells) == lines.width:
        return last, AMBIGUOUS if is_several else None
    return (at, QUOTE_ERROR) if is_several or lines.width == 1 else (last, wrong_width(len(cells), lines.width))


def _could_be_several(lines: Lines, at: int, last: int) -> bool:
    """Whether lines of a record would be records, or comments, if only its first line were damaged."""
    if lines.is_comment.slice(at + 1, last - at).any() or (last in lines.closed_by and lines.is_record(lines.text(last, lines.end(last)))):
        return True
    return lines.width > 1 and any(map(lines.is_record, lines.texts.slice(at + 1, last - at)))


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
