"""From the bytes of a CSV file to its records, all text, each with its line number.

Strict in width and in quotes: a record that can be read in two ways is set aside with its line, never padded, cut or guessed.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.columns import Wrong, is_common, parsed, split_one_by_one
from hai_ha_pipeline.reading.content import text_of
from hai_ha_pipeline.reading.descriptor import Dialect, Schema
from hai_ha_pipeline.reading.doubtful import without_doubtful
from hai_ha_pipeline.reading.header import Header, read_header, used_columns
from hai_ha_pipeline.reading.pieces import split
from hai_ha_pipeline.reading.quotes import are_whole, lines_of, wrong_width
from hai_ha_pipeline.reading.records import BYTE, DAMAGED, LAST, ROW, SET_ASIDE, Records, set_aside
from hai_ha_pipeline.reading.text import Text

__all__ = ["BYTE", "ROW", "Records", "read_in_pieces", "read_plain", "read_records"]
LARGE, PIECE = 64 * 1024 * 1024, 500_000  # bytes of a file that is read in pieces, and lines of a piece
DAMAGED_HEADER = (
    "incorrect-label",
    "the header has the letters of the declared names, but its separators or quotes are damaged: read as declared",
)


def read_records(
    content: bytes,
    where: str,
    encoding: str,
    dialect: Dialect,
    schema: Schema,
    value_columns: re.Pattern[str] | None = None,
    *,
    may_repeat: bool = False,
) -> Records:
    """The records of a CSV file given as bytes, in NFC, every cell as text, of the columns that are declared or match `value_columns`.

    Blank lines, comments and records without any text are no records. `may_repeat` says that two records may be the same in
    every cell, as where a heading above tells them apart. Raises `SourceError` where the file is no table of this descriptor.
    """
    text = text_of(content, where, encoding)
    header = read_header(text, where, dialect, schema)
    return _records(text, header, used_columns(header, where, schema, value_columns), dialect, schema, may_repeat=may_repeat)


def _records(text: Text, header: Header, used: dict[str, str], dialect: Dialect, schema: Schema, *, may_repeat: bool = False) -> Records:
    """All records of a text at once."""
    cells, damaged = _table(text, header, dialect)
    if not text.is_composed:
        cells = cells.with_columns(pl.exclude(ROW).str.normalize("NFC"))
    cells, doubtful = without_doubtful(cells, header, has_controls=text.has_controls, may_repeat=may_repeat)
    cells, of_another = _without_another_table(cells, doubtful, text, header)
    lacking = [pl.lit("").alias(field.name) for field in schema.fields if field.name not in used]
    return Records(
        cells.select(ROW, *(pl.col(place).alias(name) for name, place in used.items()), *lacking),
        _as_printed(pl.concat([damaged, doubtful, of_another]).sort(ROW), text, dialect),
        [name for name in header.columns if name],
    )


def read_in_pieces(
    content: bytes, where: str, encoding: str, dialect: Dialect, schema: Schema, value_columns: re.Pattern[str] | None = None
) -> Iterator[Records]:
    """The same records as `read_records` gives, those of a large file in several pieces, so that they need not fit into memory.

    Only where a record is read without the others: every line is one, and none can be the header again.
    """
    text = text_of(content, where, encoding)
    header = read_header(text, where, dialect, schema)
    used = used_columns(header, where, schema, value_columns)
    if not _can_be_cut(text, header, dialect):
        yield _records(text, header, used, dialect, schema)
        return
    lacking = [pl.lit("").alias(field.name) for field in schema.fields if field.name not in used]
    repeated, ends = _repeated_lines(text, header), text.offsets
    for first in range(header.line, ends.len() - 1, PIECE):
        block = memoryview(text.data)[ends[first] : ends[min(first + PIECE, ends.len() - 1)]]
        lines = replace(header, line=first, is_damaged=header.is_damaged and first == header.line)
        cells, damaged = _by_line(*parsed(block, dialect, len(header.names), lines_in_cells=False), lines)
        cells, doubtful = without_doubtful(cells, header, has_controls=text.has_controls, may_repeat=True)
        again = cells.select(ROW).join(repeated, on=ROW, maintain_order="left").select(SET_ASIDE.keys())
        cells = cells.join(again, on=ROW, how="anti", maintain_order="left") if again.height else cells
        yield Records(
            cells.select(ROW, *(pl.col(place).alias(name) for name, place in used.items()), *lacking),
            _as_printed(pl.concat([damaged, doubtful, again]).sort(ROW), text, dialect),
            [name for name in header.columns if name],
        )


def _can_be_cut(text: Text, header: Header, dialect: Dialect) -> bool:
    """Whether a file is large and each of its lines can be read without the others."""
    if len(text.data) - header.end < LARGE or not text.is_composed or not _is_read_by_line(text, header, dialect):
        return False
    names = [next(name for name in row if name).encode() for row in header.rows if any(row)]
    return all(text.data.rfind(name, header.end) < 0 for name in names)  # from its end, which takes half the time


def _repeated_lines(text: Text, header: Header) -> pl.DataFrame:
    """The lines below the header that are the same as an earlier one, as records to set aside."""
    hashes = text.line_hashes(header.line, PIECE)
    in_order = hashes.sort()  # a fifth of the time that `is_duplicated` takes
    twice = in_order.filter(in_order == in_order.shift()).unique()
    if twice.is_empty():
        return set_aside([])
    is_suspect = hashes.is_in(twice.implode())
    suspects = is_suspect.arg_true().cast(pl.Int64) + header.line
    starts = range(0, hashes.len(), PIECE)  # equal hashes prove nothing, so the lines themselves decide
    lines = pl.concat([text.lines(header.line + start, PIECE).filter(is_suspect.slice(start, PIECE)) for start in starts])
    first = pl.col(ROW).first().over("line")
    return (
        pl.DataFrame({ROW: suspects + 1, "line": lines})
        .with_columns(pl.col(ROW).alias(LAST), rule=pl.lit("duplicate-row"), first=first)
        .filter(pl.col(ROW) != pl.col("first"))
        .select(ROW, LAST, "rule", reason=pl.format("the record is the same in every cell as the one on line {}", "first"))
    )


def _is_plain(text: Text, header: Header, dialect: Dialect) -> bool:
    """Whether the table reader knows the dialect, and the file has neither quotes nor comments."""
    has_quotes = dialect.quote_char.encode() in text.data
    return is_common(dialect) and not has_quotes and not _may_have_comments(text, header, dialect)


def _is_read_by_line(text: Text, header: Header, dialect: Dialect) -> bool:
    """Whether, besides, two records are the same only where their lines are."""
    return _is_plain(text, header, dialect) and not dialect.skip_initial_space and _ends_alike(text.data)


def _ends_alike(data: bytes) -> bool:
    """Whether every line ends, and all in the same way."""
    if data[-1:] != b"\n" or b"\r" not in data:
        return data[-1:] == b"\n"
    returns, feeds, both = (data.count(end) for end in (b"\r", b"\n", b"\r\n"))
    return returns == both == feeds


def read_plain(content: bytes, where: str, columns: tuple[str, ...]) -> pl.DataFrame:
    """A file of our own (UTF-8, commas, exactly these columns) with its cells stripped; nothing in it may be damaged.

    Raises `SourceError` where it is.
    """
    schema = Schema.model_validate({"fields": [{"name": name} for name in columns]})
    records = read_records(content, where, "utf-8", Dialect(), schema, may_repeat=True)
    if not records.damaged.is_empty():
        row, _, _, _, reason = records.damaged.row(0)
        raise SourceError(f"{where}, line {row}", reason, "quote cells that hold commas, and write every cell")
    return records.cells.drop(ROW).select(pl.all().str.strip_chars())


def _table(text: Text, header: Header, dialect: Dialect) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cells of the whole records below the header, each with its line, and the damaged ones.

    Where every line is a record the table reader takes the bytes as they are; else only the other lines are looked at.
    """
    width, body, has_quotes = len(header.names), memoryview(text.data)[header.end :], dialect.quote_char.encode() in text.data
    is_simple = is_common(dialect) and not (has_quotes and dialect.skip_initial_space)
    if _is_plain(text, header, dialect):
        return _by_line(*parsed(body, dialect, width, lines_in_cells=False), header)
    lines = text.lines(header.line)
    is_whole, is_comment = are_whole(lines, dialect), _are_comments(lines, header, dialect)
    if is_simple and is_whole.all() and not is_comment.any():
        return _by_line(*parsed(body, dialect, width, lines_in_cells=False), header)
    records = split(lines_of(lines, is_whole, is_comment, dialect, width))
    if is_simple:
        joined = "".join(records.texts + "\n")
        cells, wrong = parsed(joined.encode(), dialect, width, lines_in_cells=True)
    else:
        cells, wrong = split_one_by_one(records.texts, dialect, width)
    begins = records.begins + header.line + 1
    cells, damaged = _placed(cells, wrong, begins, begins + records.texts.str.count_matches("\n", literal=True), width)
    broken = [(each.first + header.line + 1, each.last + header.line + 1, each.rule, each.reason) for each in records.damaged]
    return cells, pl.concat([_header_record(header), damaged, set_aside(broken)])


def _without_another_table(cells: pl.DataFrame, doubtful: pl.DataFrame, text: Text, header: Header) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The records above a header that is printed otherwise than the first, and those below it: of which the descriptor says nothing."""
    again = doubtful.filter(rule="repeated-header")[ROW]
    if again.is_empty():
        return cells, set_aside([])
    lines = text.lines(0).str.strip_chars_end("\r\n")
    first = lines.slice(header.line - len(header.rows), len(header.rows))
    other = again.filter(~lines.gather(again - 1).is_in(first.implode()))
    if other.is_empty():
        return cells, set_aside([])
    reason = f"the header on line {other[0]} is printed otherwise than the first: another table begins there"
    below = [(row, row, "another-table", reason) for row in cells.filter(pl.col(ROW) > other[0])[ROW]]
    return cells.filter(pl.col(ROW) < other[0]), set_aside(below)


def _by_line(cells: pl.DataFrame, wrong: Wrong, header: Header) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same where every line is a record."""
    lines = pl.int_range(header.line + 1, header.line + 1 + cells.height + len(wrong), dtype=pl.Int64, eager=True)
    cells, damaged = _placed(cells, wrong, lines, lines, len(header.names))
    return cells, pl.concat([_header_record(header), damaged])


def _placed(cells: pl.DataFrame, wrong: Wrong, first: pl.Series, last: pl.Series, width: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cells with the line on which each record begins, and the records of another width."""
    right = first.filter(~pl.int_range(first.len(), eager=True).is_in(list(wrong))) if wrong else first
    damaged = [(first[place], last[place], *wrong_width(cells_found, width)) for place, cells_found in wrong.items()]
    return cells.insert_column(0, right.alias(ROW)), set_aside(damaged)


def _header_record(header: Header) -> pl.DataFrame:
    """A header that is damaged is seen: it stands among the records set aside."""
    return set_aside([(header.line, header.line, *DAMAGED_HEADER)] if header.is_damaged else [])


def _may_have_comments(text: Text, header: Header, dialect: Dialect) -> bool:
    return any(row > header.line for row in dialect.comment_rows) or (dialect.comment_char or "\0").encode() in text.data


def _are_comments(lines: pl.Series, header: Header, dialect: Dialect) -> pl.Series:
    numbers = pl.int_range(header.line + 1, header.line + 1 + lines.len(), eager=True)
    is_comment = numbers.is_in(dialect.comment_rows)
    return is_comment | lines.str.starts_with(dialect.comment_char) if dialect.comment_char else is_comment


def _as_printed(damaged: pl.DataFrame, text: Text, dialect: Dialect) -> pl.DataFrame:
    """The records set aside as they stand in the file, each with its byte offset; those without any text are none."""
    if damaged.is_empty():
        return pl.DataFrame(schema=DAMAGED)
    positions, texts = text.passages(damaged[ROW], damaged[LAST])
    printed = damaged.with_columns(pl.Series(BYTE, text.bytes_before(positions), pl.Int64), pl.Series("text", texts).str.normalize("NFC"))
    without_marks = pl.col("text").str.replace_all(dialect.delimiter, "", literal=True).str.strip_chars()
    return printed.filter(without_marks != "").select(DAMAGED.keys())
