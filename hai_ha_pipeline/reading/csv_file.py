"""From the bytes of a CSV file to its records, all text, each with its line number.

Strict in width: a record with more or fewer cells than the header is set aside with its line, never padded or cut.
"""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass, field

import polars as pl
import pyarrow as pa
import pyarrow.csv

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.descriptor import Dialect, Schema
from hai_ha_pipeline.reading.quotes import whole_and_damaged, wrong_width

csv.field_size_limit(16 * 1024 * 1024)  # the default of 128 KiB refuses cells that the table reader takes
MEBIBYTE = 1024 * 1024
ROW, BYTE = "@row", "@byte"  # no publisher names a column so
DAMAGED = {ROW: pl.Int64, BYTE: pl.Int64, "text": pl.String, "rule": pl.String, "reason": pl.String}


@dataclass(frozen=True)
class Records:
    """The records of one file: `cells` has the line (`ROW`) and one text column a field; `damaged` has the line, text, rule, reason."""

    cells: pl.DataFrame
    damaged: pl.DataFrame
    header: list[str]

    @property
    def count(self) -> int:
        """How many records the file holds, readable or not."""
        return self.cells.height + self.damaged.height


@dataclass
class _SetAside:
    rows: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    expected: int = 0

    def __call__(self, invalid: "pyarrow.csv.InvalidRow") -> str:
        self.rows.append(invalid.number)
        self.texts.append(invalid.text)
        self.widths.append(invalid.actual_columns)
        self.expected = invalid.expected_columns
        return "skip"

    def frame(self, header_line: int) -> pl.DataFrame:
        rows = [
            (place + header_line, None, text, *wrong_width(width, self.expected))
            for place, text, width in zip(self.rows, self.texts, self.widths, strict=True)
        ]
        return pl.DataFrame(rows, schema=DAMAGED, orient="row")


def read_records(
    content: bytes, where: str, encoding: str, dialect: Dialect, schema: Schema, value_columns: re.Pattern[str] | None = None
) -> Records:
    """The records of a CSV file given as bytes, in NFC, every cell as text.

    Raises `SourceError` where the file is no table of this descriptor: bytes that do not decode, a header that
    lacks a declared column or holds one not declared, no header at all.
    """
    text = _decoded(content, where, encoding)
    header, header_line = _header(text, where, dialect)
    _check_header([name for name in header if not (value_columns and value_columns.fullmatch(name))], where, schema)
    lines = re.split("\r\n|\r|\n", text)[header_line:]
    if dialect.quote_char in text:
        cells, damaged = _quoted(lines, header, header_line, dialect)
    else:
        cells, damaged = _unquoted(lines, header, header_line, dialect)
    is_data = ~pl.col(ROW).is_in(dialect.comment_rows)
    blank = pl.all_horizontal(pl.exclude(ROW).str.strip_chars() == "")
    return Records(cells.filter(is_data & ~blank), damaged.filter(is_data & (pl.col("text").str.strip_chars() != "")), header)


def _unquoted(lines: list[str], header: list[str], header_line: int, dialect: Dialect) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Without quotes a line is a record, and only its width can be wrong."""
    set_aside = _SetAside()
    cells = _parsed(lines, header, dialect, set_aside)
    damaged = set_aside.frame(header_line)
    places = pl.int_range(header_line + 1, header_line + 1 + cells.height + damaged.height, eager=True)
    return cells.insert_column(0, places.filter(~places.is_in(damaged[ROW].implode())).alias(ROW)), damaged


def _quoted(lines: list[str], header: list[str], header_line: int, dialect: Dialect) -> tuple[pl.DataFrame, pl.DataFrame]:
    """With quotes every record is checked before it is read; a cell may hold line breaks."""
    whole, damaged = whole_and_damaged(lines, dialect, len(header))
    cells = _parsed([text for _, text in whole], header, dialect, _SetAside())
    begins = pl.Series(ROW, [at + header_line + 1 for at, _ in whole], pl.Int64)
    rows = [(each.line + header_line + 1, None, each.text, each.rule, each.reason) for each in damaged]
    return cells.insert_column(0, begins), pl.DataFrame(rows, schema=DAMAGED, orient="row")


def _parsed(records: list[str], header: list[str], dialect: Dialect, set_aside: "_SetAside") -> pl.DataFrame:
    """The cells of records given one by one, as text."""
    if not any(records):
        return pl.DataFrame({name: [""] * len(records) for name in header}, schema=dict.fromkeys(header, pl.String()))
    table = pyarrow.csv.read_csv(
        pa.BufferReader("\n".join(records).encode()),
        read_options=pyarrow.csv.ReadOptions(use_threads=False, column_names=header, block_size=max(MEBIBYTE, 8 * max(map(len, records)))),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=dialect.delimiter,
            quote_char=dialect.quote_char,
            double_quote=dialect.double_quote,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=set_aside,
        ),
        convert_options=pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False),
    )
    return pl.DataFrame(pl.from_arrow(table))


def read_plain(content: bytes, where: str, columns: tuple[str, ...]) -> pl.DataFrame:
    """A file of our own (UTF-8, commas, exactly these columns) with its cells stripped; nothing in it may be damaged.

    Raises `SourceError` where it is.
    """
    schema = Schema.model_validate({"fields": [{"name": name} for name in columns]})
    records = read_records(content, where, "utf-8", Dialect(), schema)
    if not records.damaged.is_empty():
        row, _, _, _, reason = records.damaged.row(0)
        raise SourceError(f"{where}, line {row}", reason, "quote cells that hold commas, and write every cell")
    return records.cells.drop(ROW).select(pl.all().str.strip_chars())


def _decoded(content: bytes, where: str, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except LookupError:
        raise SourceError(where, f"no encoding is called {encoding!r}", "name one such as utf-8 or windows-1258") from None
    except UnicodeDecodeError as error:
        raise SourceError(
            where,
            f"byte {error.start} does not decode as {encoding} ({error.object[error.start]:#04x})",
            "declare the encoding the file really has in the descriptor's `encoding`",
        ) from None
    except UnicodeError as error:
        raise SourceError(where, f"does not decode as {encoding}: {error}", "declare the encoding the file really has") from None
    if "\x00" in text:
        raise SourceError(where, f"character {text.index(chr(0))} is a NUL: no text file", "export the file as CSV again")
    return unicodedata.normalize("NFC", text.removeprefix("\ufeff"))


def _header(text: str, where: str, dialect: Dialect) -> tuple[list[str], int]:
    """The column names, and the line on which the header ends."""
    lines = io.StringIO(text, newline="")
    above = dialect.header_rows[0] - 1
    for _ in range(above):
        lines.readline()
    reader = csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote_char, doublequote=dialect.double_quote)
    header = next(reader, [])
    if not any(name.strip() for name in header):
        raise SourceError(where, "the file has no header", "export the file again, or correct `headerRows`")
    return header, above + reader.line_num


def _check_header(header: list[str], where: str, schema: Schema) -> None:
    declared = [field.name for field in schema.fields]
    mend = "the publisher has changed the file, or the descriptor's `fields` or `delimiter` are wrong"
    missing = [name for name in declared if name not in header]
    if missing:
        raise SourceError(where, f"the header lacks {', '.join(map(repr, missing))}; it has {header}", mend)
    surplus = [name for name in header if name not in declared]
    if surplus and schema.fields_match not in {"subset", "partial"}:
        raise SourceError(where, f"the header holds {', '.join(map(repr, surplus))}, not declared in `fields`", mend)
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise SourceError(where, f"the header holds {', '.join(map(repr, twice))} twice", mend)
