"""Figures that must agree, compared by the intervals their print allows. The checks stand in `checks`; add a new one to `CHECKS`."""

from collections.abc import Callable

import polars as pl

from hai_ha_pipeline.contracts.marts import Consistency
from hai_ha_pipeline.contracts.types import type_of_value
from hai_ha_pipeline.transforms.checks import parts, plans, versions, years
from hai_ha_pipeline.transforms.checks.known import Known, with_dimensions
from hai_ha_pipeline.transforms.shape import in_shape

CHECKS: dict[str, Callable[[Known], pl.DataFrame]] = {
    "parts_add_up": parts.parts_add_up,
    "share_matches": parts.share_matches,
    "growth_between_parts": parts.growth_between_parts,
    "growth_matches": years.growth_matches,
    "cumulative_rises": years.cumulative_rises,
    "implied_bases_rise": years.implied_bases_rise,
    "implied_pace": years.implied_pace,
    "plan_fulfilment_matches": plans.plan_fulfilment_matches,
    "plan_times_fulfilment": plans.plan_times_fulfilment,
    "sources_agree": versions.sources_agree,
    "magnitude_holds": versions.magnitude_holds,
}

BOUNDS = ("expected_lower", "expected_upper", "found_lower", "found_upper")


def consistency(
    fact_observation: pl.DataFrame,
    fact_target: pl.DataFrame,
    dim_indicator: pl.DataFrame,
    dim_area: pl.DataFrame,
    dim_period: pl.DataFrame,
    document: pl.DataFrame,
    attainment: pl.DataFrame,
    growth: pl.DataFrame,
) -> pl.DataFrame:
    """One row a check and subject, for results and targets alike."""
    figures = with_dimensions(fact_observation, fact_target, dim_indicator, dim_area, dim_period, document)
    known = Known(figures, dim_indicator, attainment, growth)
    areas = _as_then_called(known.current, dim_area)
    checked = [check(known).pipe(_with_bounds).with_columns(check_name=pl.lit(name)) for name, check in CHECKS.items()]
    return (
        pl.concat(checked, how="diagonal")
        .join(areas, on=["area_series_key", "period"], how="left")
        .join(dim_indicator.select("indicator_code", "indicator_name_en"), on="indicator_code", how="left")
        .pipe(_with_verdict)
        .pipe(in_shape, Consistency)
        .sort("check_name", "area_code", "period", "indicator_code", "role")
    )


def _as_then_called(figures: pl.DataFrame, dim_area: pl.DataFrame) -> pl.DataFrame:
    """For each series and period the version of its area that was valid at the period's end, else the one nearest to it."""
    versions = dim_area.select("area_series_key", "area_code", "area_name_en", "valid_from", "valid_to")
    then = figures.select("area_series_key", "period", "last_day").unique().join(versions, on="area_series_key")
    is_before, is_after = pl.col("last_day") < pl.col("valid_from"), (pl.col("last_day") >= pl.col("valid_to")).fill_null(value=False)
    away = pl.when(is_before).then(pl.col("valid_from") - pl.col("last_day")).when(is_after).then(pl.col("last_day") - pl.col("valid_to"))
    nearest = then.with_columns(away=away.fill_null(pl.duration(days=-1))).sort("area_series_key", "period", "away", "valid_from")
    return nearest.group_by("area_series_key", "period").agg(pl.col("area_code", "area_name_en").first())


def _with_bounds(checked: pl.DataFrame) -> pl.DataFrame:
    """Bounds in their stored width, and the columns that not every check needs."""
    absent = {"expected_upper": pl.lit(None), "doubt": pl.lit(None, pl.String), "is_floor": pl.lit(value=False)}
    filled = checked.with_columns(**{name: usual for name, usual in absent.items() if name not in checked.columns})
    return filled.with_columns(pl.col(BOUNDS).cast(type_of_value, strict=False))


def _with_verdict(checked: pl.DataFrame) -> pl.DataFrame:
    """Apart: inconsistent, but undetermined where a doubt says how both may be right.

    One inside the other, or overlapping with all bounds known: consistent. Else undetermined. A floor has no upper bound to know.
    """
    low, high, found_low, found_high = (pl.col(name) for name in BOUNDS)
    apart = (found_low > high).fill_null(value=False) | (found_high < low).fill_null(value=False)
    is_open = pl.any_horizontal(each.is_null() for each in (low, found_low, found_high)) | (high.is_null() & ~pl.col("is_floor"))
    nested = _is_inside(low, high, found_low, found_high) | _is_inside(found_low, found_high, low, high)
    doubted = pl.format("{}; {}", "explanation", "doubt")
    return checked.with_columns(
        verdict=pl.when(apart & pl.col("doubt").is_null()).then(pl.lit("inconsistent"))
        .when(apart | (is_open & ~nested)).then(pl.lit("undetermined"))
        .otherwise(pl.lit("consistent")),
        explanation=pl.when(apart & pl.col("doubt").is_not_null()).then(doubted).otherwise("explanation"),
    )  # fmt: skip


def _is_inside(low: pl.Expr, high: pl.Expr, outer_low: pl.Expr, outer_high: pl.Expr) -> pl.Expr:
    """Whether one interval lies in another; an open bound is infinite, and open on both sides says nothing."""
    below = outer_low.is_null() | (low >= outer_low).fill_null(value=False)
    above = outer_high.is_null() | (high <= outer_high).fill_null(value=False)
    return below & above & (low.is_not_null() | high.is_not_null()) & (outer_low.is_not_null() | outer_high.is_not_null())
