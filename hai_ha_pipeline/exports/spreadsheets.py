"""CSV for spreadsheets: facts and marts with names instead of keys, UTF-8 with a byte order mark.

A text that a spreadsheet could take for a formula gets an apostrophe in front, and so does one that has an apostrophe there
already, so that taking one away gives the text back. Numbers and dates are left as they are. Keys stay out: the longer ones
have 19 digits, of which a spreadsheet keeps 15.
"""

from dataclasses import dataclass, replace

from hai_ha_pipeline.contracts.types import Column, columns, key
from hai_ha_pipeline.exports.tables import Leaving, leaving
from hai_ha_pipeline.storage.copying import plain_number
from hai_ha_pipeline.tables import PUBLISHED

BYTE_ORDER_MARK = "\ufeff"
MOMENT_FORMAT = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class Names:
    """What stands in the place of a dimension's key: columns of the dimension that `on` finds."""

    subject: str
    dimension: str
    columns: tuple[str, ...]
    on: str


# By the key, or the end of one such as target_source_key. The unit is that of the values; the printed one stands as printed.
NAMED_BY = {
    "indicator_key": Names(
        "Indicator", "dim_indicator", ("indicator_code", "indicator_name_en", "indicator_name_vi"), "indicator_key = {key}"
    ),
    "area_key": Names("Area", "dim_area", ("area_code", "area_name_en", "area_name_vi"), "area_key = {key}"),
    "period_key": Names("Period", "dim_period", ("period_code", "period_name_en", "first_day", "last_day"), "period_key = {key}"),
    "unit_key": Names("Unit of the values", "dim_unit", ("unit_name_en", "unit_name_vi"), "unit_code = by_indicator_key.unit_code"),
    "source_key": Names(
        "Source", "dim_source", ("source_title", "publisher", "address", "published_on", "source", "file"), "source_key = {key}"
    ),
}
READING_ORDER = ("area_code", "indicator_code", "period_code", "target_period", "period", "result_period")

# Blanks that a program may skip before it looks for a formula; full-width signs begin one in some languages' versions.
BLANKS = r"[\x00-\x08\x0B\x0C\x0E-\x20\p{Z}\p{Cf}]*"
SIGNS = r"[=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"
# Where a semicolon, tab or line break is taken for the end of a cell, what follows begins another one.
BEGINS_ANOTHER_CELL = rf"([;\t\r\n])({BLANKS}{SIGNS}|'')"
SUSPECT = rf"{SIGNS}|^[\t\r\n]|''"
BEGINS_LIKE_A_FORMULA = rf"^({BLANKS}{SIGNS}|[\t\r\n]|'')"


@dataclass(frozen=True)
class Cell:
    """A column of a sheet: what it is, and the SQL that gives its value."""

    column: Column
    value: str


@dataclass(frozen=True)
class Sheet:
    """One CSV file."""

    table: Leaving
    cells: tuple[Cell, ...]
    joins: str

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.table.name

    @property
    def query(self) -> str:
        """Its rows, in the order of area, indicator and period."""
        shown = [f'{_as_printed(cell)} AS "{cell.column.name}"' for cell in self.cells]
        shown[0] = f'{_as_printed(self.cells[0])} AS "{BYTE_ORDER_MARK}{self.cells[0].column.name}"'
        values = {cell.column.name: cell.value for cell in self.cells}
        order = [*(values[name] for name in READING_ORDER if name in values), *(f't."{name}"' for name in key(self.table.contract))]
        return f"SELECT {', '.join(shown)} FROM {self.table.name} AS t {self.joins} ORDER BY {', '.join(order)}"  # noqa: S608


def sheets() -> list[Sheet]:
    """The facts and marts, each with its columns."""
    return [_sheet(table) for table in leaving() if table.schema == "marts" or table.table.startswith("fact_")]


def harmless(text: str) -> str:
    """SQL for a text that no spreadsheet takes for a formula; `docs/exports.md` says how to take the apostrophes away again."""
    guarded = f"regexp_replace({text}, '{BEGINS_ANOTHER_CELL}', '\\1''\\2', 'g')"
    return (
        f"CASE WHEN NOT regexp_matches({text}, '{SUSPECT}') THEN {text} "
        f"WHEN regexp_matches({guarded}, '{BEGINS_LIKE_A_FORMULA}') THEN '''' || {guarded} ELSE {guarded} END"
    )


def _sheet(table: Leaving) -> Sheet:
    own = columns(table.contract)
    taken = {column.name for column in own}
    cells: list[Cell] = []
    joins: list[str] = []
    for column in own:
        dimension = next((end for end in NAMED_BY if column.name == end or column.name.endswith(f"_{end}")), None)
        if dimension:
            names, alias = NAMED_BY[dimension], f"by_{column.name}"
            joins.append(f"LEFT JOIN core.{names.dimension} AS {alias} ON {alias}.{names.on.format(key=f't.{column.name}')}")
            named = _named(names, column.name.removesuffix(dimension), alias)
            cells += [cell for cell in named if cell.column.name not in taken]
        elif not column.name.endswith("_key"):
            cells.append(Cell(column, f't."{column.name}"'))
    return Sheet(table, tuple(cells), " ".join(joins))


def _named(names: Names, prefix: str, alias: str) -> list[Cell]:
    """The columns that stand for a key."""
    meant = {column.name: column for column in columns(PUBLISHED[names.dimension][1])}
    return [
        Cell(
            replace(meant[name], name=f"{prefix}{name}", is_nullable=True, description=f"{names.subject}: {meant[name].description}"),
            f"{alias}.{name}",
        )
        for name in names.columns
    ]


def _as_printed(cell: Cell) -> str:
    if cell.column.dtype == "VARCHAR":
        return harmless(cell.value)
    if cell.column.dtype.startswith("DECIMAL"):
        return plain_number(cell.value)
    return f"strftime({cell.value}, '{MOMENT_FORMAT}')" if cell.column.dtype == "TIMESTAMP" else cell.value
