"""What every check may look at: all figures with their dimensions, and the marts made from them. No check is made here."""

from dataclasses import dataclass
from functools import cached_property

import polars as pl

from hai_ha_pipeline.transforms.shape import results_and_targets

SERIES = ["area_series_key", "indicator_code", "role"]
OCCASION = ["area_series_key", "period", "role"]
SUBJECT = [*OCCASION, "indicator_code"]
COUNTED = (
    "ADMIN_UNITS", "COMMUNES", "DECLARATIONS", "DOCUMENTS", "ENTERPRISES", "HOUSEHOLDS", "HOUSES", "ITEMS", "JOBS", "PERSONS",
    "PRODUCTS", "PROJECTS", "TARGETS", "TRIPS", "VISITS",
)  # fmt: skip
"""Units that come in whole numbers: between 14.5 and 15.5 targets there are 15."""
GROWTH = {"growth": "growth_reported_pct", "growth_lower": "growth_reported_lower_pct", "growth_upper": "growth_reported_upper_pct"}

LOOKED_AT = (
    "observation_key", "indicator_key", "area_key", "period_key", "source_key", "value", "lower", "upper", "obs_status",
    *GROWTH.values(), "growth_basis", "fulfilment_reported_pct", "fulfilment_reported_lower_pct", "fulfilment_reported_upper_pct",
    "published_on", "vintage", "is_current",
)  # fmt: skip
"""What checks need of the facts; a check that needs more adds it here."""


@dataclass(frozen=True)
class Known:
    """All figures, results and targets, of all vintages; the indicators; and the marts of growth and attainment."""

    figures: pl.DataFrame
    dim_indicator: pl.DataFrame
    attainment: pl.DataFrame
    growth: pl.DataFrame

    @cached_property
    def current(self) -> pl.DataFrame:
        """The figures that hold: one an indicator, area, period and role."""
        return self.figures.filter("is_current")


def with_dimensions(
    fact_observation: pl.DataFrame,
    fact_target: pl.DataFrame,
    dim_indicator: pl.DataFrame,
    dim_area: pl.DataFrame,
    dim_period: pl.DataFrame,
    document: pl.DataFrame,
) -> pl.DataFrame:
    """Results and targets with what they are about and when they were said, in the intervals that their kind allows."""
    looked_at = [fact.select(name for name in LOOKED_AT if name in fact.columns) for fact in (fact_observation, fact_target)]
    return (
        results_and_targets(*looked_at)
        .join(dim_indicator.drop("description"), on="indicator_key")
        .join(dim_area.select("area_key", "area_series_key", "area_code", "area_name_en"), on="area_key")
        .join(dim_period.rename({"period_code": "period"}), on="period_key")
        .join(document.select("source_key", "is_published_on_inferred"), on="source_key")
        .pipe(_in_whole_numbers)
    )


def unless_open(bounds: pl.Expr, combined: pl.Expr) -> pl.Expr:
    """An aggregate of bounds; one open bound leaves it open."""
    return pl.when(~bounds.has_nulls()).then(combined)


def _in_whole_numbers(figures: pl.DataFrame) -> pl.DataFrame:
    """Counts without the halves that rounding would leave them, where a whole number remains."""
    least, most = pl.col("lower").ceil(), pl.col("upper").floor()
    is_count = pl.col("unit_code").is_in(COUNTED) & (pl.col("measure_kind") != "ratio") & (least <= most).fill_null(value=True)
    return figures.with_columns(
        lower=pl.when(is_count).then(least).otherwise("lower"), upper=pl.when(is_count).then(most).otherwise("upper")
    )
