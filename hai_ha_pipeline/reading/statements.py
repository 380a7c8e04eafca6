"""From records to statements: every printed figure as text, with where it is printed.

A layout is only a way to find the cells that hold figures and what each is about. After this module there is one shape.
"""

import re

import polars as pl

from hai_ha_pipeline.contracts.reading import STATEMENT_SCHEMA
from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.keys import POSITION_BITS, file_key
from hai_ha_pipeline.reading.corrections import corrected
from hai_ha_pipeline.reading.csv_file import BYTE, ROW, Records
from hai_ha_pipeline.reading.descriptor import STATEMENT_FIELDS, ColumnField, Layout, Resource, StatementField

Fields = dict[StatementField, str]
AS_PRINTED: tuple[StatementField, ...] = ("value", "unit", "growth")
HEADING_JOIN = " / "


def statements_of(source: str, resource: Resource, layout: Layout, file: str, printed: Records, corrections: pl.DataFrame) -> pl.DataFrame:
    """The statements of one file, one row for each cell that can hold a figure, and one for each damaged record.

    `printed` holds the records as they stand in the file, `corrections` what to read instead in some of their cells.
    Raises `SourceError` where the file's name does not say what the descriptor reads from it, or a correction no longer fits.
    """
    value_columns = value_columns_of(layout, printed.cells.columns)
    where = f"sources/{source}/{file}"
    in_file_name = _from_file_name(layout, where, file)
    key = file_key(source, file) << POSITION_BITS
    constants = {
        "source": pl.lit(source),
        "resource": pl.lit(resource.name),
        "file": pl.lit(file),
        "language": pl.lit(layout.language, pl.String),
        "precedence": pl.lit(layout.precedence, pl.Int64),
        "round_to": pl.lit(layout.round_to, pl.Int64),
    }
    read = corrected(printed.cells, corrections, where)
    laid_out = _laid_out(read, resource, layout, list(value_columns))
    settled = {column: corrections.filter(column=column)["row"] for column in value_columns}
    cells = [
        _cells(resource, layout, column, in_file_name | stands_for, printed.cells, read, laid_out, corrections).with_columns(
            **constants,
            statement_key=key + pl.col("row") * len(value_columns) + position,
            is_settled=pl.col("row").is_in(settled[column].implode()) if settled[column].len() else pl.lit(value=False),
        )
        for position, (column, stands_for) in enumerate(value_columns.items())
    ]
    damaged = printed.damaged.select(
        **constants,
        statement_key=key + pl.col(ROW) * max(len(value_columns), 1),
        row=ROW,
        byte_offset=BYTE,
        value_as_printed="text",
        rule="rule",
        reason="reason",
        is_missing=pl.lit(value=False),
        is_corrected=pl.lit(value=False),
        is_settled=pl.lit(value=False),
    )
    return pl.concat([shaped(frame) for frame in [*cells, damaged]])


def shaped(statements: pl.DataFrame) -> pl.DataFrame:
    """The same rows with every column of a statement, in order; what is not given is null."""
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in STATEMENT_SCHEMA.items() if name not in statements.columns]
    typed = (pl.col(name).cast(dtype) for name, dtype in STATEMENT_SCHEMA.items())
    return statements.with_columns(missing).select(typed)


def value_columns_of(layout: Layout, columns: list[str]) -> dict[str, Fields]:
    """The columns that hold figures, each with what its header stands for: as declared, or as its pattern reads it."""
    if "value" in layout.columns:
        return {layout.columns["value"]: {}}
    found = {column: stands_for for column, stands_for in layout.values.items() if column in columns}
    if layout.value_columns:
        pattern = re.compile(layout.value_columns.matching)
        matches = {column: pattern.fullmatch(column) for column in columns if column not in found}
        found |= {column: _named(layout, match) for column, match in matches.items() if match}
    return {column: found[column] for column in columns if column in found}


def _from_file_name(layout: Layout, where: str, file: str) -> Fields:
    """What the file's name says, e.g. its year."""
    if layout.file_name is None:
        return {}
    match = re.search(layout.file_name, file)
    if match is None:
        raise SourceError(
            where,
            f"the file's name does not match the pattern {layout.file_name!r}",
            "correct `file_name`, or narrow the resource's `path`",
        )
    return _named(layout, match)


def _named(layout: Layout, match: re.Match[str]) -> Fields:
    """The named groups of a match, the publisher's words turned into ours; a group that is not there says nothing."""
    texts = {field: (match.groupdict().get(field) or "").strip() for field in STATEMENT_FIELDS}
    return {field: layout.names.get(field, {}).get(text, text) for field, text in texts.items() if text}


def _laid_out(cells: pl.DataFrame, resource: Resource, layout: Layout, value_columns: list[str]) -> pl.DataFrame:
    """The cells with merged ones repeated, and with the heading of its group before each name below it."""
    marks = resource.table_schema.missing_values
    if layout.fill_down:
        filled = (pl.when(~_is_mark(column, marks)).then(pl.col(column)).forward_fill().fill_null("") for column in layout.fill_down)
        cells = cells.with_columns(filled)
    if layout.headings and value_columns:
        name = pl.col(layout.columns[layout.headings])
        is_heading = pl.all_horizontal(_is_mark(column, marks) for column in value_columns)
        heading = pl.when(is_heading).then(name.str.strip_chars()).forward_fill()
        grouped = pl.when(is_heading | heading.is_null()).then(name).otherwise(heading + HEADING_JOIN + name.str.strip_chars())
        cells = cells.with_columns(grouped)
    return cells


def _cells(
    resource: Resource,
    layout: Layout,
    column: str,
    stands_for: Fields,
    printed: pl.DataFrame,
    read: pl.DataFrame,
    laid_out: pl.DataFrame,
    corrections: pl.DataFrame,
) -> pl.DataFrame:
    """The statements of one value column."""
    file_columns: Fields = {**{field: name for field, name in layout.columns.items() if name in read.columns}, "value": column}
    constants: Fields = {**layout.constants, **stands_for}
    marks_of_number = number_format(resource, layout, column)
    marks = resource.table_schema.missing_values
    as_printed = {f"{field}_as_printed": printed[file_columns[field]] for field in AS_PRINTED if field in file_columns}
    is_corrected = pl.lit(value=False)
    if not corrections.is_empty():
        is_corrected = pl.any_horizontal(
            *(read[name].str.strip_chars() != printed[name].str.strip_chars() for name in file_columns.values())
        )
    is_excluded, reason = _excluded(layout, file_columns, constants)
    is_missing = _is_mark(column, marks)
    return laid_out.with_columns(**as_printed).select(
        row=ROW,
        column=pl.lit(column),
        **{name: pl.col(name) for name in as_printed},
        **{
            field: _text(layout, field, file_columns, constants, marks)
            for field in STATEMENT_FIELDS
            if field in file_columns or field in constants
        },
        decimal_char=pl.lit(marks_of_number.decimal_char),
        group_char=pl.lit(marks_of_number.group_char),
        is_missing=is_missing,
        is_corrected=is_corrected,
        rule=pl.when(is_excluded & ~is_missing).then(pl.lit("excluded")),
        reason=pl.when(is_excluded & ~is_missing).then(reason),
    )


def number_format(resource: Resource, layout: Layout, column: str) -> ColumnField:
    """The decimal and grouping marks of a column: its own, or those of all columns that follow the pattern."""
    declared = {field.name: field for field in resource.table_schema.fields}
    if column in declared or layout.value_columns is None:
        return declared[column]
    marks = layout.value_columns
    return ColumnField(name=column, type="number", decimal_char=marks.decimal_char, group_char=marks.group_char)


def _is_mark(column: str, marks: list[str]) -> pl.Expr:
    return pl.col(column).str.strip_chars().is_in(marks)


def _excluded(layout: Layout, file_columns: Fields, constants: Fields) -> tuple[pl.Expr, pl.Expr]:
    """Whether the descriptor sets a record aside on purpose, and the sentence that says so."""
    is_excluded, reason = pl.lit(value=False), pl.lit(None, pl.String)
    for field, texts in layout.excluded.items():
        text = pl.col(file_columns[field]).str.strip_chars() if field in file_columns else pl.lit(constants.get(field), pl.String)
        beginnings = [each.removesuffix("*") for each in texts if each.endswith("*")]
        here = pl.any_horizontal(text.is_in(texts), *(text.str.starts_with(beginning) for beginning in beginnings)).fill_null(value=False)
        is_excluded = is_excluded | here
        reason = pl.coalesce(reason, pl.when(here).then(pl.format("the descriptor excludes the {} '{}'", pl.lit(field), text)))
    return is_excluded, reason


def _text(layout: Layout, field: StatementField, file_columns: Fields, constants: Fields, marks: list[str]) -> pl.Expr:
    """One field of a statement: from its column, with the publisher's words turned into ours; a gap is null."""
    if field not in file_columns:
        return pl.lit(constants[field])
    cell = pl.col(file_columns[field]).str.strip_chars()
    text = pl.when(~cell.is_in(marks)).then(cell)
    names = layout.names.get(field, {})
    return text.replace(names) if names else text
