"""What a header says: the names of the columns, and which of them a descriptor uses.

Names are compared in NFC and without the blanks around them. Nothing here reads a record below the header.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import polars as pl

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.descriptor import Dialect, Schema
from hai_ha_pipeline.reading.quotes import MOST_LINES, QUOTE_ERROR, are_odd, cells_of
from hai_ha_pipeline.reading.text import Text

MEND = "the publisher has changed the file, or the descriptor's `fields` or `delimiter` are wrong"
MOST_NAMES = 30  # in a message
MAY_LACK, MAY_HOLD_MORE = {"superset", "partial"}, {"subset", "partial"}


@dataclass(frozen=True)
class Header:
    """The header of one file, which ends on `line`, before the position `end` of the text.

    `names` has every column in order as it stands, `""` where it has none; `rows` has the cells of each row of the header.
    """

    names: list[str]
    rows: list[list[str]]
    line: int
    end: int
    is_damaged: bool = False

    @property
    def columns(self) -> list[str]:
        """The names, a repeated one with its number: `value`, `value (2)`, `value (3)`."""
        unique: list[str] = []
        for name in self.names:
            count = 1
            while name and _repeated(name, count) in unique:
                count += 1
            unique.append(_repeated(name, count))
        return unique


@dataclass(frozen=True)
class _Line:
    number: int
    text: str
    end: int


def read_header(text: Text, where: str, dialect: Dialect, schema: Schema) -> Header:
    """The header of a file; without one, its columns are the declared fields.

    A damaged header whose letters and digits alone are those of the declared names is the declared header.
    Raises `SourceError` where there is no header, or it is damaged otherwise.
    """
    declared = [clean(field.name) for field in schema.fields]
    if not dialect.header:
        return Header(declared, [], 0, 0)
    lines = list(islice(_lines_from_header(text, dialect), len(dialect.header_rows) + 2 * MOST_LINES))
    rows, at = [], 0
    for _ in dialect.header_rows:
        if at == len(lines):
            raise SourceError(where, f"the file has no header: it ends before line {dialect.header_rows[-1]}", "correct `headerRows`")
        cells, taken = _row(lines[at : at + MOST_LINES], dialect)
        if len(dialect.header_rows) == 1 and _is_declared_but_damaged(cells, lines, declared, dialect):
            return Header(declared, [declared], lines[0].number, lines[0].end, is_damaged=True)
        if cells is None:
            raise SourceError(f"{where}, line {lines[at].number}", f"the header is damaged: {QUOTE_ERROR[1]}", "correct the line")
        rows.append([clean(cell) for cell in cells])
        at += taken
    names = column_names(rows, dialect.header_join)
    if not any(names):
        raise SourceError(where, "the file has no header", "export the file again, or correct `headerRows`")
    return Header(names, rows, lines[at - 1].number, lines[at - 1].end)


def clean(name: str) -> str:
    """A name as it is compared: in NFC, without the blanks around it."""
    return unicodedata.normalize("NFC", name.strip())


def column_names(rows: list[list[str]], join: str) -> list[str]:
    """The names of columns from the cells of one or several header rows.

    An empty cell in any row but the last repeats the one to its left, as merged cells do; a column that is empty in every row has no name.
    """
    width = max(map(len, rows))
    rows = [row + [""] * (width - len(row)) for row in rows]
    merged = [_filled(row) for row in rows[:-1]] + rows[-1:]
    parts = zip(*merged, strict=True)
    return [join.join(filter(None, own)) if any(row[place] for row in rows) else "" for place, own in enumerate(parts)]


def used_columns(header: Header, where: str, schema: Schema, value_columns: re.Pattern[str] | None) -> dict[str, str]:
    """The columns to read, by name: where each stands (`"0"`, `"1"`, ...). Declared columns that may lack are left out.

    Raises `SourceError` where the names are not those that the descriptor allows.
    """
    declared = {clean(field.name): field.name for field in schema.fields}
    found = [name for name in header.columns if name]
    figures = [name for name in found if name not in declared and value_columns and value_columns.fullmatch(name)]
    _check_repeated(where, header, {*declared, *figures})
    missing = [name for name in declared if name not in found]
    if missing and (schema.fields_match not in MAY_LACK or len(missing) == len(declared)):
        raise SourceError(where, f"the header lacks {_and_nearest(missing, found)}; it has {_shortened(found)}", MEND)
    surplus = [name for name in found if name not in declared and name not in figures]
    if surplus and schema.fields_match not in MAY_HOLD_MORE:
        raise SourceError(where, f"the header holds {_shortened(surplus)}, not declared in `fields`", MEND)
    if schema.fields_match == "exact" and [name for name in found if name in declared] != list(declared):
        raise SourceError(where, f"the columns stand in another order than declared: {_shortened(found)}", MEND)
    return {declared.get(name, name): str(place) for place, name in enumerate(header.columns) if name in declared or name in figures}


def _lines_from_header(text: Text, dialect: Dialect) -> Iterator[_Line]:
    """The lines from the first one of the header on, comments left out."""
    for number, (line, end) in enumerate(text.first_lines(), start=1):
        is_comment = number in dialect.comment_rows or bool(dialect.comment_char and line.startswith(dialect.comment_char))
        if number >= dialect.header_rows[0] and not is_comment:
            yield _Line(number, line, end)


def _row(lines: list[_Line], dialect: Dialect) -> tuple[list[str] | None, int]:
    """The cells of the record that begins on the first of some lines, none where it is damaged, and how many lines it takes."""
    texts = [line.text for line in lines]
    cells = cells_of(texts[0], dialect)
    odd = are_odd(pl.Series(texts), dialect).arg_true().to_list() if cells is None else []
    if len(odd) > 1 and odd[0] == 0:
        joined = cells_of("\n".join(texts[: odd[1] + 1]), dialect)
        return joined, odd[1] + 1 if joined else 1
    return cells, 1


def _is_declared_but_damaged(cells: list[str] | None, lines: list[_Line], declared: list[str], dialect: Dialect) -> bool:
    """Whether the header would be the declared one, were not its separators or quotes damaged.

    If the records below have the header's own width, the descriptor has the wrong delimiter, or the file columns without a name.
    """
    if _letters(lines[0].text) != _letters("".join(declared)) or (cells and len(cells) == len(declared)):
        return False
    widths = [len(cells_of(line.text, dialect) or []) for line in lines[1:MOST_LINES] if line.text]
    return widths.count(len(declared)) > widths.count(len(cells or []))


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFC", text)))


def _filled(row: list[str]) -> list[str]:
    """A header row with the text of merged cells repeated to their right."""
    filled = row[:1]
    for left_out in row[1:]:
        filled.append(left_out or filled[-1])
    return filled


def _check_repeated(where: str, header: Header, used: set[str]) -> None:
    """A name that stands twice says which column is meant only where the descriptor declares the second one too."""
    for name, column in zip(header.names, header.columns, strict=True):
        if name in used and column not in used:
            raise SourceError(where, f"the header holds {name!r} twice", f"declare the second column as {column!r} too")


def _repeated(name: str, count: int) -> str:
    return name if count == 1 else f"{name} ({count})"


def _and_nearest(missing: list[str], found: list[str]) -> str:
    nearest = {name: difflib.get_close_matches(name, found, n=1) for name in missing[:MOST_NAMES]}
    texts = [f"{name!r} (the nearest is {near[0]!r})" if near else repr(name) for name, near in nearest.items()]
    return ", ".join(texts) + (f" and {len(missing) - MOST_NAMES} more" if len(missing) > MOST_NAMES else "")


def _shortened(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(map(repr, names[:MOST_NAMES])) + more
