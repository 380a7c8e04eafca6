"""Every table: the function that makes it, the contract it must keep, and where it is published. The order is the flow.

A new table is one function in `transforms/`, one contract in `contracts/`, and one line here. A function's name is the
table's; its parameters are the tables it needs.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from hai_ha_pipeline.contracts import audit, core, marts, reading
from hai_ha_pipeline.contracts.types import Contract
from hai_ha_pipeline.reading.reference import COLUMNS
from hai_ha_pipeline.transforms import attainment, consistency, dimensions, facts, growth
from hai_ha_pipeline.transforms import audit as audits


@dataclass(frozen=True)
class Table:
    """A table made from other tables. `schema` is where it is published; none for a step in between."""

    make: Callable[..., pl.DataFrame]
    contract: type[Contract]
    schema: str | None

    @property
    def name(self) -> str:
        """The table's name: that of the function that makes it."""
        return self.make.__name__

    @property
    def needs(self) -> list[str]:
        """The tables it is made from: the function's parameters."""
        return list(inspect.signature(self.make).parameters)


@dataclass(frozen=True)
class Read:
    """A table that reading the sources gives."""

    name: str
    contract: type[Contract]
    schema: str | None = None


REFERENCE: tuple[str, ...] = tuple(COLUMNS)

READ: tuple[Read, ...] = (
    Read("build", audit.Build, "audit"),
    Read("statement", reading.Statement),
    Read("figure", reading.Figure),
    Read("source_file", reading.SourceFile),
    Read("correction", audit.Correction, "audit"),
)

TABLES: tuple[Table, ...] = (
    Table(dimensions.dim_indicator, core.DimIndicator, "core"),
    Table(dimensions.dim_area, core.DimArea, "core"),
    Table(dimensions.dim_unit, core.DimUnit, "core"),
    Table(dimensions.area_succession, core.AreaSuccession, "core"),
    Table(dimensions.attainment_rule, core.AttainmentRule, "core"),
    Table(dimensions.dim_period, core.DimPeriod, "core"),
    Table(dimensions.dim_source, core.DimSource, "core"),
    Table(facts.fact_observation, core.FactObservation, "core"),
    Table(facts.fact_target, core.FactTarget, "core"),
    Table(audits.rejected, audit.Rejected, "audit"),
    Table(audits.load, audit.Load, "audit"),
    Table(attainment.attainment, marts.Attainment, "marts"),
    Table(growth.growth, marts.Growth, "marts"),
    Table(consistency.consistency, marts.Consistency, "marts"),
)

ALL: tuple[Read | Table, ...] = (*READ, *TABLES)
PUBLISHED: dict[str, tuple[str, type[Contract]]] = {table.name: (table.schema, table.contract) for table in ALL if table.schema}
