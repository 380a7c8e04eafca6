"""Figures that must agree, compared by the intervals their print allows. One function a check; add a new one to `CHECKS`."""

from collections.abc import Callable

import polars as pl

from hai_ha_pipeline.contracts.marts import Consistency
from hai_ha_pipeline.transforms.sentences import plain
from hai_ha_pipeline.transforms.shape import in_shape

OCCASION = ["area_series_key", "period", "role"]


def consistency(
    fact_observation: pl.DataFrame, fact_target: pl.DataFrame, dim_indicator: pl.DataFrame, dim_area: pl.DataFrame, dim_period: pl.DataFrame
) -> pl.DataFrame:
    """One row a check and subject, for current results and current targets alike."""
    both = pl.concat(
        [fact_observation.with_columns(role=pl.lit("result")), fact_target.with_columns(role=pl.lit("target"))], how="diagonal"
    )
    current = (
        both.filter("is_current")
        .join(dim_indicator, on="indicator_key")
        .join(dim_area.select("area_key", "area_series_key", "area_code", "area_name_en"), on="area_key")
        .join(dim_period.select("period_key", period="period_code"), on="period_key")
    )
    named = current.sort("area_key").group_by("area_series_key", "period")
    areas = named.agg(pl.col("area_code", "area_name_en").first())
    return (
        pl.concat([check(current, dim_indicator).with_columns(check_name=pl.lit(name)) for name, check in CHECKS.items()], how="diagonal")
        .join(areas, on=["area_series_key", "period"], how="left")
        .join(dim_indicator.select("indicator_code", "indicator_name_en"), on="indicator_code", how="left")
        .with_columns(verdict=_verdict())
        .pipe(in_shape, Consistency)
        .sort("check_name", "area_code", "period", "indicator_code", "role")
    )


def parts_add_up(current: pl.DataFrame, dim_indicator: pl.DataFrame) -> pl.DataFrame:
    """A total lies inside the sum of its parts, where all parts are known."""
    totals = current.filter("parts_complete").select(*OCCASION, "indicator_code", found_lower="lower", found_upper="upper")
    return totals.join(_sums(current, dim_indicator), on=[*OCCASION, "indicator_code"]).select(
        *OCCASION, "indicator_code", "found_lower", "found_upper", expected_lower="parts_lower", expected_upper="parts_upper",
        explanation=pl.format("the parts {} add up to {}", "parts", plain("parts_sum")),
    )  # fmt: skip


def share_matches(current: pl.DataFrame, dim_indicator: pl.DataFrame) -> pl.DataFrame:
    """A printed share lies inside the share that its part and the sum of all parts allow."""
    shares = current.filter(pl.col("derivation") == "share").select(
        *OCCASION, "indicator_code", part_code="derived_from_code", share="value", found_lower="lower", found_upper="upper"
    )
    parts = current.select(*OCCASION, part_code="indicator_code", total_code="parent_code", part="value", low="lower", high="upper")
    sums = _sums(current, dim_indicator).rename({"indicator_code": "total_code"})
    rest_low, rest_high = pl.col("parts_lower") - pl.col("low"), pl.col("parts_upper") - pl.col("high")
    return (
        shares.join(parts, on=[*OCCASION, "part_code"])
        .join(sums, on=[*OCCASION, "total_code"])
        .select(
            *OCCASION, "indicator_code", "found_lower", "found_upper",
            expected_lower=100 * pl.col("low") / (pl.col("low") + rest_high),
            expected_upper=100 * pl.col("high") / (pl.col("high") + rest_low),
            explanation=pl.format("printed as {} %; {} of {}, the sum of the parts, is {} %", plain("share"), plain("part"),
                                  plain("parts_sum"), plain(100 * pl.col("part") / pl.col("parts_sum"), 4)),
        )
    )  # fmt: skip


def growth_between_parts(current: pl.DataFrame, dim_indicator: pl.DataFrame) -> pl.DataFrame:
    """A total grows no faster than its fastest part and no slower than its slowest, where all parts print a growth."""
    printed = current.filter(
        pl.col("growth_reported_pct").is_not_null(), (pl.col("growth_basis") == "same_period_last_year") | (pl.col("role") == "target")
    )
    parts = (
        printed.filter(pl.col("parent_code").is_not_null())
        .group_by(*OCCASION, total_code="parent_code")
        .agg(
            known=pl.len(),
            expected_lower=_unless_open(pl.col("growth_reported_lower_pct"), pl.col("growth_reported_lower_pct").min()),
            expected_upper=_unless_open(pl.col("growth_reported_upper_pct"), pl.col("growth_reported_upper_pct").max()),
            parts=pl.format("{} {} %", "indicator_code", plain("growth_reported_pct")).sort().str.join(", "),
        )
    )
    totals = printed.filter("parts_complete").select(
        *OCCASION,
        total_code="indicator_code",
        total="growth_reported_pct",
        found_lower="growth_reported_lower_pct",
        found_upper="growth_reported_upper_pct",
    )
    return (
        totals.join(parts, on=[*OCCASION, "total_code"])
        .join(_part_counts(dim_indicator), on="total_code")
        .filter(pl.col("known") == pl.col("part_count"))
        .select(
            *OCCASION, "found_lower", "found_upper", "expected_lower", "expected_upper", indicator_code="total_code",
            explanation=pl.format("the total is printed as {} %, its parts as {}", plain("total"), "parts"),
        )
    )  # fmt: skip


CHECKS: dict[str, Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame]] = {
    "parts_add_up": parts_add_up,
    "share_matches": share_matches,
    "growth_between_parts": growth_between_parts,
}


def _verdict() -> pl.Expr:
    """Apart: inconsistent. One inside the other, or overlapping with all bounds known: consistent. Else undetermined."""
    low, high, found_low, found_high = (pl.col(name) for name in ("expected_lower", "expected_upper", "found_lower", "found_upper"))
    apart = (found_low > high).fill_null(value=False) | (found_high < low).fill_null(value=False)
    is_open = pl.any_horizontal(each.is_null() for each in (low, high, found_low, found_high))
    nested = _is_inside(low, high, found_low, found_high) | _is_inside(found_low, found_high, low, high)
    return (
        pl.when(apart).then(pl.lit("inconsistent"))
        .when(is_open & ~nested).then(pl.lit("undetermined"))
        .otherwise(pl.lit("consistent"))
    )  # fmt: skip


def _is_inside(low: pl.Expr, high: pl.Expr, outer_low: pl.Expr, outer_high: pl.Expr) -> pl.Expr:
    """Whether one interval lies in another; an open bound is infinite, and open on both sides says nothing."""
    below = outer_low.is_null() | (low >= outer_low).fill_null(value=False)
    above = outer_high.is_null() | (high <= outer_high).fill_null(value=False)
    return below & above & (low.is_not_null() | high.is_not_null()) & (outer_low.is_not_null() | outer_high.is_not_null())


def _sums(current: pl.DataFrame, dim_indicator: pl.DataFrame) -> pl.DataFrame:
    """For each total whose every part is known on an occasion: the sum of the parts and its bounds."""
    return (
        current.filter(pl.col("parent_code").is_not_null())
        .group_by(*OCCASION, total_code="parent_code")
        .agg(
            known=pl.len(),
            parts_sum=pl.col("value").sum(),
            parts_lower=_unless_open(pl.col("lower"), pl.col("lower").sum()),
            parts_upper=_unless_open(pl.col("upper"), pl.col("upper").sum()),
            parts=pl.format("{} {}", "indicator_code", plain("value")).sort().str.join(" + "),
        )
        .join(_part_counts(dim_indicator), on="total_code")
        .filter(pl.col("known") == pl.col("part_count"))
        .rename({"total_code": "indicator_code"})
    )


def _part_counts(dim_indicator: pl.DataFrame) -> pl.DataFrame:
    """How many parts each complete total has."""
    complete = dim_indicator.filter("parts_complete").select(total_code="indicator_code")
    parts = dim_indicator.group_by(total_code="parent_code").agg(part_count=pl.len())
    return complete.join(parts, on="total_code")


def _unless_open(bounds: pl.Expr, combined: pl.Expr) -> pl.Expr:
    """An aggregate of bounds; one open bound leaves it open."""
    return pl.when(~bounds.has_nulls()).then(combined)
