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
from hai_ha_pipeline.transforms import attainment, consistency, dimensions, facts, growth, history, successors
from hai_ha_pipeline.transforms import audit as audits


@dataclass(frozen=True)
class Table:
    """A table made from other tables. `group` is its place in the flow, `schema` where it is published."""

    make: Callable[..., pl.DataFrame]
    contract: type[Contract]
    group: str
    schema: str

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
    """A table that reading the sources gives. Without a `schema` it is a step in between and is not published."""

    name: str
    contract: type[Contract]
    group: str
    schema: str | None = None


REFERENCE: tuple[str, ...] = tuple(COLUMNS)

READ: tuple[Read, ...] = (
    Read("build", audit.Build, "1_sources", "audit"),
    Read("statement", reading.Statement, "3_figures"),
    Read("figure", reading.Figure, "3_figures"),
    Read("source_file", reading.SourceFile, "3_figures"),
    Read("earlier_figure", reading.EarlierFigure, "3_figures"),
    Read("earlier_file", reading.EarlierFile, "3_figures"),
    Read("earlier_load", audit.EarlierLoad, "6_audit", "audit"),
    Read("difference", audit.Difference, "6_audit", "audit"),
    Read("correction", audit.Correction, "3_figures", "audit"),
)

TABLES: tuple[Table, ...] = (
    Table(dimensions.dim_indicator, core.DimIndicator, "2_reference", "core"),
    Table(dimensions.dim_area, core.DimArea, "2_reference", "core"),
    Table(dimensions.dim_unit, core.DimUnit, "2_reference", "core"),
    Table(dimensions.area_succession, core.AreaSuccession, "2_reference", "core"),
    Table(successors.area_coverage, core.AreaCoverage, "2_reference", "core"),
    Table(dimensions.attainment_rule, core.AttainmentRule, "2_reference", "core"),
    Table(dimensions.dim_period, core.DimPeriod, "4_facts", "core"),
    Table(dimensions.dim_source, core.DimSource, "4_facts", "core"),
    Table(facts.fact_observation, core.FactObservation, "4_facts", "core"),
    Table(facts.fact_target, core.FactTarget, "4_facts", "core"),
    Table(history.revision, core.Revision, "4_facts", "core"),
    Table(audits.rejected, audit.Rejected, "6_audit", "audit"),
    Table(audits.load, audit.Load, "6_audit", "audit"),
    Table(attainment.attainment, marts.Attainment, "5_marts", "marts"),
    Table(growth.growth, marts.Growth, "5_marts", "marts"),
    Table(history.attainment_history, marts.AttainmentHistory, "5_marts", "marts"),
    Table(history.growth_history, marts.GrowthHistory, "5_marts", "marts"),
    Table(consistency.consistency, marts.Consistency, "5_marts", "marts"),
)

ALL: tuple[Read | Table, ...] = (*READ, *TABLES)
PUBLISHED: dict[str, tuple[str, type[Contract]]] = {table.name: (table.schema, table.contract) for table in ALL if table.schema}
MADE_BY_PUBLISHING: dict[str, tuple[str, type[Contract]]] = {
    "generation": ("audit", audit.Generation),
    "part": ("audit", audit.Part),
}
