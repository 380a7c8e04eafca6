"""How far each target is reached. Level, way from the baseline, pace and verdict stay four different things."""

import polars as pl

from hai_ha_pipeline.contracts.marts import Attainment
from hai_ha_pipeline.contracts.types import empty, type_of_value
from hai_ha_pipeline.transforms.formulas import fulfilment_pct, progress_pct, reduction_pct
from hai_ha_pipeline.transforms.outlook import with_outlook
from hai_ha_pipeline.transforms.presets import assessed
from hai_ha_pipeline.transforms.sentences import as_printed
from hai_ha_pipeline.transforms.shape import in_shape
from hai_ha_pipeline.transforms.successors import with_abolition, with_successor_sums
from hai_ha_pipeline.transforms.verdicts import is_running

PRESET = "pace"
SERIES = ["indicator_key", "area_series_key"]


def attainment(
    fact_target: pl.DataFrame,
    fact_observation: pl.DataFrame,
    dim_indicator: pl.DataFrame,
    dim_area: pl.DataFrame,
    dim_period: pl.DataFrame,
    dim_unit: pl.DataFrame,
    attainment_rule: pl.DataFrame,
    area_coverage: pl.DataFrame,
) -> pl.DataFrame:
    """One row a current target and result period inside its period; a target without a result has one row."""
    if fact_target.is_empty():
        return empty(Attainment)
    rules = attainment_rule.filter(pl.col("preset") == PRESET)
    return attainment_by_preset(fact_target, fact_observation, dim_indicator, dim_area, dim_period, dim_unit, rules, area_coverage)


def attainment_by_preset(
    fact_target: pl.DataFrame,
    fact_observation: pl.DataFrame,
    dim_indicator: pl.DataFrame,
    dim_area: pl.DataFrame,
    dim_period: pl.DataFrame,
    dim_unit: pl.DataFrame,
    attainment_rule: pl.DataFrame,
    area_coverage: pl.DataFrame,
) -> pl.DataFrame:
    """One row a current target, result period inside its period, and preset of the rules."""
    with_target = fact_observation.filter("is_current").join(fact_target, on="indicator_key", how="semi")
    current = with_target.pipe(with_successor_sums, area_coverage, dim_indicator, dim_area, dim_period, dim_unit)
    results = _results(current, dim_area, dim_period)
    return (
        _targets(fact_target, dim_indicator, dim_area, dim_period, dim_unit)
        .pipe(with_abolition, pl.col("target_period_last_day") >= pl.col("ended_on"), area_coverage, dim_area)
        .pipe(_with_baseline, results)
        .pipe(_with_results, results)
        .join(dim_period.select(baseline_period="period_code", baseline_last_day="last_day"), on="baseline_period", how="left")
        .pipe(_with_measures)
        .pipe(_with_expectation, results)
        .pipe(with_outlook, results)
        .pipe(assessed, attainment_rule)
        .pipe(in_shape, Attainment)
        .sort("area_code", "target_period", "indicator_code", "result_period_last_day", "preset", nulls_last=True)
    )


def _targets(
    fact_target: pl.DataFrame, dim_indicator: pl.DataFrame, dim_area: pl.DataFrame, dim_period: pl.DataFrame, dim_unit: pl.DataFrame
) -> pl.DataFrame:
    return (
        fact_target.filter("is_current")
        .join(dim_indicator, on="indicator_key")
        .join(dim_area.select("area_key", "area_series_key", "area_code", "area_name_en", "area_name_vi"), on="area_key")
        .join(dim_unit.select("unit_code", "unit_name_en", "quantity"), on="unit_code")
        .join(_days(dim_period, "target"), on="period_key")
        .select(
            *SERIES, "area_code", "indicator_code", "indicator_name_en", "indicator_name_vi", "area_name_en", "area_name_vi", "desired_direction",
            "measure_kind", "adds_over_areas", "unit_name_en", "quantity", "derivation", "target_key", "target_period", "target_first_day", "target_period_last_day", "target_days", "target_freq",
            "target_same_period_last_year", target_operator="operator", target_value="value", target_lower="lower", target_upper="upper",
            target_as_printed=as_printed(), stated_baseline="baseline_value", stated_baseline_period="baseline_period_code",
            target_source_key="source_key",
        )
    )  # fmt: skip


def _results(observations: pl.DataFrame, dim_area: pl.DataFrame, dim_period: pl.DataFrame) -> pl.DataFrame:
    """The figures that hold, forecasts aside: what is only foreseen reaches no target."""
    return (
        observations.filter(pl.col("obs_status") != "F")
        .join(dim_area.select("area_key", "area_series_key"), on="area_key")
        .join(_days(dim_period, "result"), on="period_key")
        .select(
            *SERIES, "observation_key", "is_derived", "result_period", "result_first_day", "result_period_last_day", "result_days", "result_freq",
            "result_same_period_last_year", result_value="value", result_lower="lower", result_upper="upper",
            result_as_printed=as_printed(), result_is_range=pl.col("qualifier") == "range",
            result_baseline="baseline_value",
            result_source_key="source_key", fulfilment_reported_pct="fulfilment_reported_pct",
            fulfilment_reported_qualifier="fulfilment_reported_qualifier",
        )
    )  # fmt: skip


def _days(dim_period: pl.DataFrame, prefix: str) -> pl.DataFrame:
    return dim_period.select(
        "period_key",
        pl.col("period_code").alias(f"{prefix}_period"),
        pl.col("first_day").alias(f"{prefix}_first_day"),
        pl.col("last_day").alias(f"{prefix}_period_last_day"),
        pl.col("days").alias(f"{prefix}_days"),
        pl.col("freq").alias(f"{prefix}_freq"),
        pl.col("same_period_last_year_code").alias(f"{prefix}_same_period_last_year"),
    )


def _with_baseline(targets: pl.DataFrame, results: pl.DataFrame) -> pl.DataFrame:
    """The stated baseline, else the last result that stood before the target's period began.

    A flow begins at nothing in every period, so it has a baseline only where its target states one. A rate counts only
    for its own kind of period: a quarter's rate is no level that a year starts from.
    """
    is_before = pl.col("result_period_last_day") < pl.col("target_first_day")
    is_comparable = (pl.col("measure_kind") == "stock") | (pl.col("result_freq") == pl.col("target_freq"))
    before = (
        targets.filter(pl.col("measure_kind").is_in(["stock", "ratio"]))
        .select(*SERIES, "target_key", "target_first_day", "measure_kind", "target_freq")
        .join(results.select(*SERIES, "result_period", "result_period_last_day", "result_freq", "result_value"), on=SERIES)
        .filter(is_before & is_comparable)
        .sort("result_period_last_day", "result_period")
        .group_by("target_key")
        .agg(earlier_value=pl.col("result_value").last(), earlier_period=pl.col("result_period").last())
    )
    is_stated = pl.col("stated_baseline").is_not_null()
    return targets.join(before, on="target_key", how="left").with_columns(
        baseline_value=pl.when(is_stated).then("stated_baseline").otherwise("earlier_value"),
        baseline_period=pl.when(is_stated).then("stated_baseline_period").otherwise("earlier_period"),
    )


def _with_results(targets: pl.DataFrame, results: pl.DataFrame) -> pl.DataFrame:
    """Each target beside every result inside its period; a flow must have begun with the period to count towards it.

    Where no baseline is known otherwise, the one that a printed reduction (39 of 67) carries is taken.
    """
    inside = (pl.col("result_first_day") >= pl.col("target_first_day")) & (
        pl.col("result_period_last_day") <= pl.col("target_period_last_day")
    )
    counts = (pl.col("measure_kind") != "flow") | (pl.col("result_first_day") == pl.col("target_first_day"))
    reached = targets.select(*SERIES, "target_key", "measure_kind", "target_first_day", "target_period_last_day").join(results, on=SERIES)
    last = pl.struct("result_period_last_day", "result_days", "observation_key")
    reached = (
        reached.filter(inside & counts)
        .drop(*SERIES, "measure_kind", "target_first_day", "target_period_last_day")
        .with_columns(is_latest=pl.int_range(pl.len()).over("target_key", order_by=last) == pl.len().over("target_key") - 1)
    )
    return targets.join(reached, on="target_key", how="left").with_columns(
        pl.col("is_latest").fill_null(value=True),
        pl.col("is_derived").fill_null(value=False),
        baseline_value=pl.coalesce("baseline_value", "result_baseline"),
        # "56.1 % of the plan" speaks of the plan of the year, not of one that ends sooner.
        **{
            name: pl.when(pl.col("target_days") == pl.col("target_days").max().over("observation_key")).then(name)
            for name in ("fulfilment_reported_pct", "fulfilment_reported_qualifier")
        },
    )


def _with_measures(rows: pl.DataFrame) -> pl.DataFrame:
    result, target, baseline = pl.col("result_value"), pl.col("target_value"), pl.col("baseline_value")
    no_result, is_flow = result.is_null(), pl.col("measure_kind") == "flow"
    should_fall = (pl.col("desired_direction") == "down") | (pl.col("target_operator") == "reduce_by")
    rises = pl.col("target_operator") == ">="
    fulfilled = fulfilment_pct(result, target).cast(type_of_value, strict=False)
    is_other_rate = (pl.col("measure_kind") == "ratio") & (pl.col("result_freq") != pl.col("target_freq")).fill_null(value=False)
    starts_beyond = (target == baseline) | (rises & (baseline > target)) | (should_fall & (baseline < target))
    return rows.with_columns(
        fulfilment_pct=fulfilled,
        fulfilment_reason=pl.when(no_result).then(pl.lit("no result yet")).when(target == 0).then(
            pl.lit("the target is 0: no share of nothing can be reached, see progress_pct")
        ).when(fulfilled.is_null()).then(pl.lit("too large to be stored")),
        progress_pct=pl.when(~starts_beyond.fill_null(value=False) & ~is_other_rate).then(progress_pct(result, target, baseline)),
        progress_reason=pl.when(no_result).then(pl.lit("no result yet"))
        .when(is_flow & baseline.is_null()).then(pl.lit("a flow begins at nothing in every period: see fulfilment_pct"))
        .when(baseline.is_null()).then(pl.lit("no level before the target's period is known"))
        .when(is_other_rate).then(pl.lit("the rate of a part of the period is no way from the baseline"))
        .when(starts_beyond).then(pl.lit("the level it starts from already reaches the target")),
        reduction_pct=pl.when(should_fall).then(reduction_pct(result, baseline)),
        gap=target - result,
    )  # fmt: skip


def _with_expectation(rows: pl.DataFrame, results: pl.DataFrame) -> pl.DataFrame:
    """What a flow should have reached by now: last year's share of the same months, else the share of days passed."""
    last_year = results.filter(pl.col("result_value") > 0).select(*SERIES, code="result_period", before="result_value")
    part = last_year.rename({"code": "result_same_period_last_year", "before": "part_before"})
    whole = last_year.rename({"code": "target_same_period_last_year", "before": "whole_before"})
    has_result = pl.col("result_value").is_not_null()
    counts = (pl.col("measure_kind") == "flow") & (pl.col("target_operator") == ">=") & has_result
    seasonal = 100 * pl.col("part_before") / pl.col("whole_before")
    elapsed = 100 * _number("result_days") / _number("target_days")
    ends_a_month = pl.col("result_period_last_day") == pl.col("result_period_last_day").dt.month_end()
    days_left = (pl.col("target_period_last_day") - pl.col("result_period_last_day")).dt.total_days().cast(pl.Decimal(38, 6))
    months_left = pl.when(ends_a_month).then(_month("target") - _month("result")).otherwise(days_left * 12 / 365)
    return (
        rows.join(part, on=[*SERIES, "result_same_period_last_year"], how="left")
        .join(whole, on=[*SERIES, "target_same_period_last_year"], how="left")
        .with_columns(is_seasonal=is_running() & pl.col("part_before").is_not_null() & pl.col("whole_before").is_not_null())
        .with_columns(
            expected_pct=pl.when(counts & pl.col("is_seasonal")).then(seasonal).when(counts).then(elapsed),
            expected_basis=pl.when(counts & pl.col("is_seasonal")).then(pl.lit("seasonal")).when(counts).then(pl.lit("elapsed_days")),
            required_per_month=pl.when(counts & is_running() & (pl.col("gap") > 0)).then(pl.col("gap") / months_left),
        )
        .with_columns(pace_ratio=pl.col("fulfilment_pct") / pl.col("expected_pct"))
    )


def _number(days: str) -> pl.Expr:
    return pl.col(days).cast(pl.Decimal(38, 6))


def _month(prefix: str) -> pl.Expr:
    """The month of a period's last day, counted from the year 0."""
    day = pl.col(f"{prefix}_period_last_day")
    return (day.dt.year() * 12 + day.dt.month()).cast(pl.Decimal(38, 6))
