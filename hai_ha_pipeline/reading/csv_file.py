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

csv.field_size_limit(16 * 1024 * 1024)  # the default of 128 KiB refuses cells that the table reader takes
MEBIBYTE = 1024 * 1024
ROW = "@row"  # no publisher names a column so


@dataclass(frozen=True)
class Records:
    """The records of one file: `cells` has the line (`ROW`) and one text column a field; `damaged` has the line, text, rule, reason."""

    cells: pl.DataFrame
    damaged: pl.DataFrame

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

    def frame(self) -> pl.DataFrame:
        short = pl.col("width") < self.expected
        return pl.DataFrame(
            {ROW: self.rows, "text": self.texts, "width": self.widths},
            schema={ROW: pl.Int64, "text": pl.String, "width": pl.Int64},
        ).select(
            ROW,
            "text",
            rule=pl.when(short).then(pl.lit("missing-cell")).otherwise(pl.lit("extra-cell")),
            reason=pl.format("the record has {} cells, the header {}", "width", pl.lit(self.expected)),
        )


def read_records(content: bytes, where: str, encoding: str, dialect: Dialect, schema: Schema) -> Records:
    """The records of a CSV file given as bytes, in NFC, every cell as text.

    Raises `SourceError` where the file is no table of this descriptor: bytes that do not decode, a header that
    lacks a declared column or holds one not declared, no header at all.
    """
    text = _decoded(content, where, encoding)
    header, header_line = _header(text, where, dialect)
    _check_header(header, where, schema)
    if not any(line.strip() for line in re.split("\r\n|\r|\n", text)[header_line:]):
        return Records(pl.DataFrame(schema=dict.fromkeys([ROW], pl.Int64()) | dict.fromkeys(header, pl.String())), _SetAside().frame())
    _check_quotes(text, where, dialect)
    set_aside = _SetAside()
    longest_record = len(content) if len(content) < 64 * MEBIBYTE else 16 * MEBIBYTE
    table = pyarrow.csv.read_csv(
        pa.BufferReader(text.encode()),
        read_options=pyarrow.csv.ReadOptions(
            use_threads=False, skip_rows=header_line, column_names=header, block_size=max(MEBIBYTE, 2 * longest_record)
        ),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=dialect.delimiter,
            quote_char=dialect.quote_char,
            double_quote=dialect.double_quote,
            newlines_in_values=dialect.quote_char in text,
            ignore_empty_lines=False,
            invalid_row_handler=set_aside,
        ),
        convert_options=pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False),
    )
    cells, damaged = _numbered(pl.DataFrame(pl.from_arrow(table)), set_aside.frame(), header_line)
    is_data = ~pl.col(ROW).is_in(dialect.comment_rows)
    blank = pl.all_horizontal(pl.exclude(ROW).str.strip_chars() == "")
    return Records(cells.filter(is_data & ~blank), damaged.filter(is_data & (pl.col("text").str.strip_chars() != "")))


def _numbered(cells: pl.DataFrame, damaged: pl.DataFrame, header_line: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both with the line of the file on which each record begins; a cell may hold line breaks."""
    places = pl.int_range(header_line + 1, header_line + 1 + cells.height + damaged.height, eager=True).alias(ROW)
    readable = cells.select(
        pl.lit(places.filter(~places.is_in(damaged[ROW].implode()))).alias(ROW),
        breaks=pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True)) if cells.width else pl.lit(0),
    )
    broken = damaged.select(ROW, breaks=pl.col("text").str.count_matches("\n", literal=True))
    lines = (
        pl.concat([each.cast({ROW: pl.Int64, "breaks": pl.Int64}) for each in (readable, broken)])
        .sort(ROW)
        .select(place=ROW, line=pl.col(ROW) + pl.col("breaks").cum_sum().shift(1, fill_value=0))
    )
    line_of = dict(lines.iter_rows())
    return (
        cells.insert_column(0, readable[ROW].replace_strict(line_of, return_dtype=pl.Int64)),
        damaged.with_columns(pl.col(ROW).replace_strict(line_of, return_dtype=pl.Int64)),
    )


def read_plain(content: bytes, where: str, columns: tuple[str, ...]) -> pl.DataFrame:
    """A file of our own (UTF-8, commas, exactly these columns) with its cells stripped; nothing in it may be damaged.

    Raises `SourceError` where it is.
    """
    schema = Schema.model_validate({"fields": [{"name": name} for name in columns]})
    records = read_records(content, where, "utf-8", Dialect(), schema)
    if not records.damaged.is_empty():
        row, _, _, reason = records.damaged.row(0)
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


def _check_quotes(text: str, where: str, dialect: Dialect) -> None:
    """A quote that never closes, or text after a closing one, would merge or shift cells without a word."""
    if dialect.quote_char not in text:
        return
    rows = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=dialect.delimiter,
        quotechar=dialect.quote_char,
        doublequote=dialect.double_quote,
        strict=True,
    )
    try:
        for _ in rows:
            pass
    except csv.Error as error:
        raise SourceError(
            f"{where}, line {rows.line_num}", f"a quote is damaged or never closes ({error})", "export the file again, or mend the quotes"
        ) from None


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
    if surplus and "subset" not in schema.fields_match:
        raise SourceError(where, f"the header holds {', '.join(map(repr, surplus))}, not declared in `fields`", mend)
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise SourceError(where, f"the header holds {', '.join(map(repr, twice))} twice", mend)
