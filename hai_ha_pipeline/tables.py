"""Every table: the function that makes it, the contract it must keep, and where it is published. The order is the flow.

A new table is one function in `transforms/`, one contract in `contracts/`, and one line here. A function's name is the
table's; its parameters are the tables it needs.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from hai_ha_pipeline.contracts import audit, core, marts, reading
from hai_ha_pipeline.contracts.types import Contract
from hai_ha_pipeline.reading.reference import COLUMNS
from hai_ha_pipeline.storage.views import VIEWS
from hai_ha_pipeline.transforms import attainment, consistency, dimensions, facts, growth, history, successors
from hai_ha_pipeline.transforms import audit as audits


@dataclass(frozen=True)
class Table:
    """A table made from other tables. `group` is its place in the flow; without a `schema` it is a step in between and is not published.

    With `of_parts` it is made part by part, of areas or indicators that no other part looks at: where its rows are simply those of
    all parts, `rows_of_parts`, else the function that puts them together.
    """

    make: Callable[..., pl.DataFrame]
    contract: type[Contract]
    group: str
    schema: str | None = None
    of_parts: Callable[[pl.DataFrame], pl.DataFrame] | None = None

    @property
    def name(self) -> str:
        """The table's name: that of the function that makes it."""
        return self.make.__name__

    @property
    def needs(self) -> list[str]:
        """The tables it is made from: the function's parameters."""
        return list(inspect.signature(self.make).parameters)

    @property
    def leaves_its_part(self) -> bool:
        """Whether anything outside the part in which it is made needs it."""
        return bool(self.schema) or not self.is_cut

    @property
    def is_cut(self) -> bool:
        """Whether its parts are published as they are, one after the other."""
        return self.of_parts is rows_of_parts


def rows_of_parts(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows of all parts are the table."""
    return rows


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
    Read("source_file", reading.SourceFile, "3_figures"),
    Read("earlier_file", reading.EarlierFile, "3_figures"),
    Read("earlier_load", audit.EarlierLoad, "6_audit", "audit"),
    Read("difference", audit.Difference, "6_audit", "audit"),
    Read("correction", audit.Correction, "3_figures", "audit"),
    Read("part_recipe", reading.PartRecipe, "3_figures"),
)

FIGURES: tuple[Read, ...] = (
    Read("figure", reading.Figure, "3_figures"),
    Read("earlier_figure", reading.EarlierFigure, "3_figures"),
)
"""What the tables of a part are made from: its figures, read and judged, and those that only earlier files hold."""

TABLES: tuple[Table, ...] = (
    Table(dimensions.dim_indicator, core.DimIndicator, "2_reference", "core"),
    Table(dimensions.dim_area, core.DimArea, "2_reference", "core"),
    Table(dimensions.dim_unit, core.DimUnit, "2_reference", "core"),
    Table(dimensions.area_succession, core.AreaSuccession, "2_reference", "core"),
    Table(successors.area_coverage, core.AreaCoverage, "2_reference", "core"),
    Table(dimensions.attainment_rule, core.AttainmentRule, "2_reference", "core"),
    Table(dimensions.dim_period, core.DimPeriod, "4_facts", "core", of_parts=dimensions.periods),
    Table(dimensions.document, core.Document, "4_facts", of_parts=dimensions.documents),
    Table(facts.fact_observation, core.FactObservation, "4_facts", "core", of_parts=rows_of_parts),
    Table(facts.fact_target, core.FactTarget, "4_facts", "core", of_parts=rows_of_parts),
    Table(history.revision, core.Revision, "4_facts", "core", of_parts=rows_of_parts),
    Table(audits.rejected, audit.Rejected, "6_audit", "audit", of_parts=audits.in_order_of_files),
    Table(audits.file_count, audit.FileCount, "6_audit", of_parts=audits.file_counts),
    Table(attainment.attainment, marts.Attainment, "5_marts", "marts", of_parts=rows_of_parts),
    Table(history.growth_over_time, marts.GrowthOverTime, "5_marts", of_parts=rows_of_parts),
    Table(growth.growth, marts.Growth, "5_marts", "marts", of_parts=rows_of_parts),
    Table(history.growth_past, marts.GrowthPast, "5_marts", "marts", of_parts=rows_of_parts),
    Table(history.attainment_history, marts.AttainmentHistory, "5_marts", "marts", of_parts=rows_of_parts),
    Table(consistency.consistency, marts.Consistency, "5_marts", "marts", of_parts=rows_of_parts),
    Table(dimensions.dim_source, core.DimSource, "4_facts", "core"),
    Table(audits.load, audit.Load, "6_audit", "audit"),
)
BY_PART: tuple[Table, ...] = tuple(table for table in TABLES if table.of_parts)


def tables_of_part(known: Mapping[str, pl.DataFrame]) -> Iterator[tuple[Table, pl.DataFrame]]:
    """The tables of one part of the figures, one after the other, made from `figure`, `earlier_figure` and the whole dimensions."""
    made: dict[str, pl.DataFrame] = {}
    for table in BY_PART:
        made[table.name] = table.make(**{need: made[need] if need in made else known[need] for need in table.needs})
        yield table, made[table.name]


ALL: tuple[Read | Table, ...] = (*READ, *FIGURES, *TABLES)
PUBLISHED: dict[str, tuple[str, type[Contract]]] = {table.name: (table.schema, table.contract) for table in ALL if table.schema}
SHOWN: dict[str, tuple[str, type[Contract]]] = {view.view: (view.schema, view.contract) for view in VIEWS}
MADE_BY_PUBLISHING: dict[str, tuple[str, type[Contract]]] = {
    "generation": ("audit", audit.Generation),
    "part": ("audit", audit.Part),
    **SHOWN,
}
# What leaves as files. The rows of `growth_past` leave in `growth_history`.
LEAVING: dict[str, tuple[str, type[Contract]]] = {name: table for name, table in (PUBLISHED | SHOWN).items() if name != "growth_past"}
