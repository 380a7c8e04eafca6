"""What was known when: the vintages of each figure, and the marts as they would have stood on each day that changed something.

A mart of the past is made by the mart's own function, for all days at once.
"""

import polars as pl

from hai_ha_pipeline.contracts.core import Revision
from hai_ha_pipeline.contracts.marts import AttainmentHistory, GrowthOverTime
from hai_ha_pipeline.contracts.types import empty
from hai_ha_pipeline.transforms.attainment import attainment_by_preset
from hai_ha_pipeline.transforms.growth import growth_of
from hai_ha_pipeline.transforms.levels import PER_CENT
from hai_ha_pipeline.transforms.sentences import plain
from hai_ha_pipeline.transforms.shape import in_shape, results_and_targets
from hai_ha_pipeline.transforms.worlds import SUBJECT, known_once, worlds_of

VINTAGE = {"value": "value", "known_from": "known_from", "status": "obs_status"}
TARGET = ["world", "series", "indicator_code", "target_period"]


def revision(
    fact_observation: pl.DataFrame,
    fact_target: pl.DataFrame,
    dim_indicator: pl.DataFrame,
    dim_area: pl.DataFrame,
    dim_period: pl.DataFrame,
    dim_unit: pl.DataFrame,
) -> pl.DataFrame:
    """One row a series and period of which several figures are known."""
    named = (
        _with_several_vintages(fact_observation, fact_target)
        .join(dim_indicator.select("indicator_key", "indicator_code", "unit_code"), on="indicator_key")
        .join(dim_unit.select("unit_code", "quantity"), on="unit_code")
        .join(dim_area.select("area_key", "area_series_key", "area_code", "area_name_en"), on="area_key")
        .join(dim_period.select("period_key", period="period_code"), on="period_key")
        .sort("known_from", "vintage")
    )
    said = pl.format("{} ({}, {})", plain("value"), "known_from", "obs_status")
    latest = {f"latest_{name}": pl.col(of).filter("is_current").first() for name, of in VINTAGE.items()}
    change, first = pl.col("latest_value") - pl.col("first_value"), pl.col("first_value")
    return (
        named.group_by("role", *SUBJECT)
        .agg(
            pl.col("indicator_code", "quantity", "period").first(),
            pl.col("area_code", "area_name_en").sort_by("vintage").last(),
            **{f"first_{name}": pl.col(of).first() for name, of in VINTAGE.items()},
            **latest,
            vintages=pl.len().cast(pl.Int64),
            values_over_time=said,
        )
        .filter(pl.col("vintages") > 1)
        .with_columns(
            pl.col("values_over_time").list.join(", then "),
            change=change,
            change_pct=pl.when((first != 0) & (pl.col("quantity") != PER_CENT)).then(100 * change / first),
        )
        .pipe(in_shape, Revision)
        .sort("role", "area_code", "indicator_code", "period")
    )


def _with_several_vintages(fact_observation: pl.DataFrame, fact_target: pl.DataFrame) -> pl.DataFrame:
    """The figures of both facts that are not the only one for their indicator, area, period and role, as far as keys of versions tell."""
    numbered = {"result": fact_observation, "target": fact_target}
    places = ["indicator_key", "period_key"]
    several = [fact.join(fact.filter(pl.col("vintage") > 1).select(places).unique(), on=places, how="semi") for fact in numbered.values()]
    return results_and_targets(*(fact.select(*places, "area_key", "vintage", "is_current", *VINTAGE.values()) for fact in several))


def attainment_history(
    fact_target: pl.DataFrame,
    fact_observation: pl.DataFrame,
    dim_indicator: pl.DataFrame,
    dim_area: pl.DataFrame,
    dim_period: pl.DataFrame,
    dim_unit: pl.DataFrame,
    attainment_rule: pl.DataFrame,
    area_coverage: pl.DataFrame,
) -> pl.DataFrame:
    """One row a row of `attainment` and a time in which it was what was known, against each version of its target."""
    if fact_target.is_empty():
        return empty(AttainmentHistory)
    worlds = worlds_of([fact_observation, fact_target], dim_indicator, dim_area)
    with_target = fact_observation.join(fact_target, on="indicator_key", how="semi")
    targets, observations = worlds.of(fact_target, "target_key"), worlds.of(with_target, "observation_key")
    every_target = targets.with_columns(is_current=pl.lit(value=True))
    coverage = worlds.coverage(area_coverage)
    made = attainment_by_preset(every_target, observations, dim_indicator, worlds.areas, dim_period, dim_unit, attainment_rule, coverage)
    stated = targets.select("target_key", "vintage", target_known_from="known_from")
    key = ["target_version", "preset", "indicator_code", "series", "target_period", "result_period"]
    return (
        worlds.named(made)
        .join(stated, on="target_key")
        .pipe(_by_target_version)
        .pipe(_with_fact_key, targets, "target_key")
        .pipe(_with_fact_key, observations, "observation_key")
        .pipe(worlds.over_time, key, dim_indicator)
        .pipe(in_shape, AttainmentHistory)
        .sort("area_code", "target_period", "indicator_code", "result_period_last_day", "target_version", "preset", "known_from")
    )


def _by_target_version(rows: pl.DataFrame) -> pl.DataFrame:
    """Each row against the statements of its target that it is asked for: the current one, the original, the one then valid.

    Then valid is the last one known when the result's period ended, or the original where none was known yet.
    """
    was_known = (pl.col("target_known_from") <= pl.col("result_period_last_day")).fill_null(value=True)
    first = pl.col("vintage") == pl.col("vintage").min().over([*TARGET, "target_known_from"])
    first &= pl.col("target_known_from") == pl.col("target_known_from").min().over(TARGET)
    result = [*TARGET, "preset", "result_period"]
    last_known = pl.when(was_known).then("vintage").max().over(result)
    versions = {
        "current": pl.col("vintage") == pl.col("vintage").max().over(TARGET),
        "original": first,
        "then_valid": pl.when(last_known.is_null()).then(first).otherwise(pl.col("vintage") == last_known),
    }
    chosen = [rows.filter(is_meant).with_columns(target_version=pl.lit(name)) for name, is_meant in versions.items()]
    return pl.concat(chosen).drop("vintage", "target_known_from")


def _with_fact_key(rows: pl.DataFrame, facts: pl.DataFrame, key: str, column: str | None = None) -> pl.DataFrame:
    """The rows with the key that a figure has in the fact, instead of the one of its world."""
    name = column or key
    keys = facts.select(pl.col(key).alias(name), "fact_key")
    return rows.join(keys, on=name, how="left").drop(name).rename({"fact_key": name})


def growth_over_time(
    fact_observation: pl.DataFrame,
    dim_indicator: pl.DataFrame,
    dim_area: pl.DataFrame,
    dim_period: pl.DataFrame,
    dim_unit: pl.DataFrame,
    area_coverage: pl.DataFrame,
) -> pl.DataFrame:
    """One row a row of `growth` and a time in which it was what was known, of families that became known on several days.

    What became known on one day alone, and was never withdrawn, was never anything else than what `growth` says.
    """
    once = known_once(fact_observation, dim_indicator)
    changed = fact_observation.join(once, on="indicator_key", how="anti")
    if changed.is_empty():
        return empty(GrowthOverTime)
    worlds = worlds_of([changed], dim_indicator, dim_area)
    observations = worlds.of(changed, "observation_key")
    made = growth_of(observations, dim_indicator, worlds.areas, dim_period, dim_unit, worlds.coverage(area_coverage))
    return (
        worlds.named(made)
        .pipe(_with_fact_key, observations, "observation_key")
        .pipe(_with_fact_key, observations, "observation_key", "base_observation_key")
        .pipe(worlds.over_time, ["indicator_code", "series", "period", "comparison"], dim_indicator)
        .pipe(in_shape, GrowthOverTime)
        .sort("area_code", "indicator_code", "period_last_day", "period", "comparison", "known_from")
    )


def growth_past(growth_over_time: pl.DataFrame) -> pl.DataFrame:
    """One row a row of `growth` that holds no more and a time in which it was what was known."""
    return growth_over_time.filter(pl.col("known_to").is_not_null())
