"""The few types that contracts share, and how a contract is read as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import pandera.errors
import pandera.polars as pa
import polars as pl

VALUE = Annotated[pl.Decimal, 18, 6]
DAY = pl.Date
MOMENT = Annotated[pl.Datetime, "us", None]

OBS_STATUSES = ("A", "B", "D", "E", "F", "G", "I", "J", "M", "N", "P", "S", "U", "V")
RELEASES = ("month", "quarter", "half_year", "year")
STATES = ("loaded", "stale", "failed", "removed")
ROLES = ("result", "target", "baseline")
GROWTH_BASES = ("same_period_last_year", "previous_period")
QUALIFIERS = ("exact", "more_than", "at_least", "nearly", "at_most", "about", "range")
OPERATORS = (">=", "<=", "=", "between", "reduce_by")
DIRECTIONS = ("up", "down", "maintain", "none")
MEASURE_KINDS = ("flow", "stock", "ratio", "milestone")
# How a preset measures the way to a target; the last two only decide rows that the first four leave open.
WAYS_TO_MEASURE = ("pace_ratio", "growth_ratio", "projected_progress", "gap_closed")
METRICS = (*WAYS_TO_MEASURE, "closeness", "level_and_trend")

type_of_value = pl.Decimal(18, 6)


class Contract(pa.DataFrameModel):
    """What every contract shares: exactly its columns, in its order, nothing coerced."""

    class Config:
        """Exactly these columns, in this order."""

        strict = True
        ordered = True


@dataclass(frozen=True)
class Column:
    """One column of a contract, as documentation."""

    name: str
    dtype: str
    is_nullable: bool
    description: str


def grain(contract: type[Contract]) -> str:
    """What one row is: the first paragraph of the contract's docstring."""
    return " ".join((contract.__doc__ or "").split("\n\n")[0].split())


def columns(contract: type[Contract]) -> list[Column]:
    """The columns of a contract, in its order."""
    return [
        Column(name, sql_name(column.dtype.type), column.nullable, column.description or "")
        for name, column in contract.to_schema().columns.items()
    ]


def failing_cases(contract: type[Contract], rows: pl.DataFrame) -> pl.DataFrame | None:
    """The cases in which a table breaks its contract, with column, check, value and row; none where it keeps it.

    Of a table without rows only the columns and their types can break it.
    """
    if rows.is_empty() and list(rows.schema.items()) == list(polars_schema(contract).items()):
        return None
    try:
        contract.validate(rows, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases: pl.DataFrame = errors.failure_cases.select("column", "check", "failure_case", "index")
        return cases
    return None


def key(contract: type[Contract]) -> list[str]:
    """The columns that together tell its rows apart; none where the contract names no key."""
    schema = contract.to_schema()
    return next(([name] for name, column in schema.columns.items() if column.unique), list(schema.unique or ()))


def allowed_values(contract: type[Contract], column: str) -> list[str] | None:
    """The closed list of values of a column, as its `isin` says; none where it is open."""
    checks = contract.to_schema().columns[column].checks
    return next((list(check.statistics["allowed_values"]) for check in checks if check.name == "isin"), None)


@cache
def polars_schema(contract: type[Contract]) -> Mapping[str, Any]:
    """Column name to Polars type, in the contract's order."""
    return {name: column.dtype.type for name, column in contract.to_schema().columns.items()}


def empty(contract: type[Contract]) -> pl.DataFrame:
    """A frame of the contract's shape without rows."""
    return pl.DataFrame(schema=polars_schema(contract))


def sql_name(dtype: Any) -> str:
    """A Polars type of a contract as DuckDB calls it."""
    if isinstance(dtype, pl.Decimal):
        return f"DECIMAL({dtype.precision},{dtype.scale})"
    names = {pl.Int64: "BIGINT", pl.String: "VARCHAR", pl.Boolean: "BOOLEAN", pl.Date: "DATE", pl.Datetime: "TIMESTAMP"}
    return next(name for kind, name in names.items() if dtype == kind)
