"""From a file of any declared format to its records: CSV, also compressed, or a sheet of a workbook."""

import re
from collections.abc import Iterator

import polars as pl

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.content import decompressed
from hai_ha_pipeline.reading.csv_file import BYTE, ROW, Records, read_in_pieces, read_records
from hai_ha_pipeline.reading.descriptor import Dialect, Layout, Resource
from hai_ha_pipeline.reading.statements import number_format, value_columns_of
from hai_ha_pipeline.reading.workbook import DECIMAL_MARK, LINE_BREAK, as_csv, rows_of

Pattern = re.Pattern[str]


def read_table(content: bytes, where: str, resource: Resource, layout: Layout) -> Records:
    """The records of one file of a resource.

    Raises `SourceError` where it is no table of this descriptor.
    """
    read = _read_sheet if resource.format == "xlsx" else _read_csv
    return _with_values(read(content, where, resource, layout, _pattern(layout)), where, layout)


def read_table_in_pieces(content: bytes, where: str, resource: Resource, layout: Layout, *, has_corrections: bool) -> Iterator[Records]:
    """The same, a large CSV file in several pieces where no record of it is read by another.

    Raises `SourceError` where it is no table of this descriptor.
    """
    if resource.format == "xlsx" or has_corrections or layout.fill_down or layout.headings:
        yield read_table(content, where, resource, layout)
        return
    pattern = _pattern(layout)
    unpacked = decompressed(content, resource.compression, where)
    del content
    for records in read_in_pieces(unpacked, where, resource.encoding, resource.dialect, resource.table_schema, pattern):
        yield _with_values(records, where, layout)


def _pattern(layout: Layout) -> Pattern | None:
    return re.compile(layout.value_columns.matching) if layout.value_columns else None


def _with_values(records: Records, where: str, layout: Layout) -> Records:
    """The records, which must have a column with figures."""
    if not value_columns_of(layout, records.cells.columns):
        pattern = _pattern(layout)
        raise SourceError(
            where, f"no column matches {pattern.pattern if pattern else ''!r}; the header is {records.header}", "correct `value_columns`"
        )
    return records


def _read_csv(content: bytes, where: str, resource: Resource, _: Layout, pattern: Pattern | None) -> Records:
    unpacked = decompressed(content, resource.compression, where)
    return read_records(unpacked, where, resource.encoding, resource.dialect, resource.table_schema, pattern)


def _read_sheet(content: bytes, where: str, resource: Resource, layout: Layout, pattern: Pattern | None) -> Records:
    """A sheet, its numbers written in the number format of their column."""
    kept = ("header", "header_rows", "header_join", "comment_rows", "comment_char")
    dialect = Dialect(**{name: getattr(resource.dialect, name) for name in kept})
    sheet = as_csv(rows_of(content, where, resource.dialect))
    records = read_records(sheet, where, "utf-8", dialect, resource.table_schema, pattern)
    texts = {
        column: pl.col(column)
        .str.replace_all(DECIMAL_MARK, number_format(resource, layout, column).decimal_char, literal=True)
        .str.replace_all(LINE_BREAK, "\n", literal=True)
        for column in records.cells.columns
        if column != ROW
    }
    damaged = records.damaged.with_columns(
        pl.lit(None, pl.Int64).alias(BYTE), pl.col("text").str.replace_all(DECIMAL_MARK, ".", literal=True)
    )
    return Records(records.cells.with_columns(**texts), damaged, records.header)
