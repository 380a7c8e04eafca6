"""From records to statements: every printed figure as text, with where it is printed.

A layout is only a way to find the cells that hold figures and what each is about. After this module there is one shape.
"""

import polars as pl

from hai_ha_pipeline.contracts.reading import STATEMENT_SCHEMA
from hai_ha_pipeline.keys import file_key
from hai_ha_pipeline.reading.csv_file import BYTE, ROW, Records
from hai_ha_pipeline.reading.descriptor import STATEMENT_FIELDS, Layout, Resource, StatementField

Fields = dict[StatementField, str]
AS_PRINTED: tuple[StatementField, ...] = ("value", "unit", "growth")


def statements_of(source: str, resource: Resource, layout: Layout, file: str, printed: Records, read: Records) -> pl.DataFrame:
    """The statements of one file, one row for each cell that can hold a figure, and one for each damaged record.

    `printed` holds the records as they stand in the file, `read` the same with the corrections applied.
    """
    value_columns = layout.values or {layout.columns["value"]: {}}
    key = file_key(source, file) << 32
    constants = {
        "source": pl.lit(source),
        "resource": pl.lit(resource.name),
        "file": pl.lit(file),
        "language": pl.lit(layout.language, pl.String),
        "precedence": pl.lit(layout.precedence, pl.Int64),
    }
    cells = [
        _cells(resource, layout, column, stands_for, printed, read).with_columns(
            **constants, statement_key=key + pl.col("row") * len(value_columns) + position
        )
        for position, (column, stands_for) in enumerate(value_columns.items())
    ]
    damaged = printed.damaged.select(
        **constants,
        statement_key=key + pl.col(ROW) * len(value_columns),
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


def _cells(resource: Resource, layout: Layout, column: str, stands_for: Fields, printed: Records, read: Records) -> pl.DataFrame:
    """The statements of one value column."""
    file_columns: Fields = {**layout.columns, "value": column}
    constants: Fields = {**layout.constants, **stands_for}
    number_format = next(field for field in resource.table_schema.fields if field.name == column)
    missing_marks = resource.table_schema.missing_values
    as_printed = {f"{field}_as_printed": printed.cells[file_columns[field]] for field in AS_PRINTED if field in file_columns}
    corrected = pl.any_horizontal(*(read.cells[name] != printed.cells[name] for name in file_columns.values()))
    return read.cells.with_columns(**as_printed).select(
        row=ROW,
        column=pl.lit(column),
        **{name: pl.col(name) for name in as_printed},
        **{
            field: _text(layout, field, file_columns, constants, missing_marks)
            for field in STATEMENT_FIELDS
            if field in file_columns or field in constants
        },
        decimal_char=pl.lit(number_format.decimal_char),
        group_char=pl.lit(number_format.group_char),
        is_missing=pl.col(column).str.strip_chars().is_in(missing_marks),
        is_corrected=corrected,
        is_settled=corrected,
    )


def _text(layout: Layout, field: StatementField, file_columns: Fields, constants: Fields, missing_marks: list[str]) -> pl.Expr:
    """One field of a statement: from its column, with the publisher's words turned into ours; a gap is null."""
    if field not in file_columns:
        return pl.lit(constants[field])
    cell = pl.col(file_columns[field]).str.strip_chars()
    text = pl.when(~cell.is_in(missing_marks)).then(cell)
    names = layout.names.get(field, {})
    return text.replace(names) if names else text
