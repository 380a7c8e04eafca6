"""What became of abolished areas: which new units cover them, and how their series go on as the sum of those.

A sum is a derived value. It enters the marts, marked as such, and never the facts: no source prints it.
"""

import polars as pl

from hai_ha_pipeline.contracts.core import AreaCoverage
from hai_ha_pipeline.contracts.types import type_of_value
from hai_ha_pipeline.transforms.sentences import plain
from hai_ha_pipeline.transforms.shape import in_shape

BETWEEN_CODES = "|"
ENDED = ["area_code", "ended_on"]


def area_coverage(dim_area: pl.DataFrame, area_succession: pl.DataFrame) -> pl.DataFrame:
    """One row an abolished unit: the new units that cover it, and whether they are together exactly what it was."""
    ended = _ended(dim_area)
    transfers = _parts(ended, dim_area, area_succession).join(area_succession, on="old_area_key", how="left")
    took_over = transfers.select("area_key", "new_area_key").drop_nulls().unique()
    successors = (
        took_over.join(dim_area.select(new_area_key="area_key", code="area_code", name="area_name_en"), on="new_area_key")
        .sort("code")
        .group_by("area_key")
        .agg(successor_codes=pl.col("code").str.join(BETWEEN_CODES), successor_names_en=pl.col("name").str.join(", "), successors=pl.len())
    )
    reasons = pl.concat([_taken_in_besides(took_over, transfers, dim_area, area_succession), _left_open(transfers, dim_area)])
    return (
        ended.join(successors, on="area_key", how="left")
        .join(reasons.group_by("area_key").agg(reason=pl.col("reason").sort().str.join("; ")), on="area_key", how="left")
        .with_columns(pl.col("successors").fill_null(0).cast(pl.Int64))
        .with_columns(reason=pl.when(pl.col("successors") == 0).then(pl.lit("which units took it over is not known")).otherwise("reason"))
        .with_columns(is_exact=pl.col("reason").is_null())
        .pipe(in_shape, AreaCoverage)
        .sort("area_code", "ended_on")
    )


def _ended(dim_area: pl.DataFrame) -> pl.DataFrame:
    """The last version of every unit that has no version today."""
    goes_on = dim_area.select("area_series_key", valid_to="valid_from")
    return (
        dim_area.filter(pl.col("valid_to").is_not_null())
        .join(goes_on, on=["area_series_key", "valid_to"], how="anti")
        .select("area_key", "area_code", "area_name_en", "level", ended_on="valid_to")
    )


def _parts(ended: pl.DataFrame, dim_area: pl.DataFrame, area_succession: pl.DataFrame) -> pl.DataFrame:
    """The units whose transfers are known and that each abolished unit consisted of: itself, or those under it."""
    transferred = area_succession.select(area_key="old_area_key").unique()
    under = dim_area.select(old_area_key="area_key", area_code="parent_code", ended_on="valid_to")
    return pl.concat(
        [
            ended.join(transferred, on="area_key", how="semi").select("area_key", old_area_key="area_key"),
            ended.join(under, on=ENDED).select("area_key", "old_area_key"),
        ]
    )


def _taken_in_besides(
    took_over: pl.DataFrame, transfers: pl.DataFrame, dim_area: pl.DataFrame, area_succession: pl.DataFrame
) -> pl.DataFrame:
    """Which successors took in other units too: one sentence an abolished unit, successor and district."""
    above = dim_area.select(parent_code="area_code", valid_to="valid_to", district="area_name_en")
    old = dim_area.join(above, on=["parent_code", "valid_to"], how="left", nulls_equal=True).select(
        "district", old_area_key="area_key", old_name="area_name_en", old_code="area_code"
    )
    named = pl.when(pl.col("relation") == "part").then(pl.format("a part of {}", "old_name")).otherwise("old_name")
    return (
        took_over.join(area_succession, on="new_area_key")
        .join(transfers, on=["area_key", "old_area_key"], how="anti")
        .join(old, on="old_area_key")
        .join(dim_area.select(new_area_key="area_key", new_name="area_name_en"), on="new_area_key")
        .sort("old_code")
        .group_by("area_key", "new_name", "district")
        .agg(others=named.str.join(", "))
        .select("area_key", reason=pl.format("{} also took in {} of {}", "new_name", "others", pl.col("district").fill_null("no district")))
    )


def _left_open(transfers: pl.DataFrame, dim_area: pl.DataFrame) -> pl.DataFrame:
    """Of which units the data does not say where they, or the rest of them, went."""
    is_half_told = (pl.col("relation") == "part") & (pl.len().over("area_key", "old_area_key") == 1)
    open_ends = transfers.filter(pl.col("new_area_key").is_null() | is_half_told)
    return open_ends.join(dim_area.select(old_area_key="area_key", old_name="area_name_en"), on="old_area_key").select(
        "area_key", reason=pl.format("where all of {} went is not known", "old_name")
    )


def with_successor_sums(
    observations: pl.DataFrame,
    area_coverage: pl.DataFrame,
    dim_indicator: pl.DataFrame,
    dim_area: pl.DataFrame,
    dim_period: pl.DataFrame,
    dim_unit: pl.DataFrame,
) -> pl.DataFrame:
    """Current figures, and beside them the sums by which the series of abolished units go on: `is_derived`.

    There is a sum for an indicator that adds up over areas and a period that ends after the abolition, where the successors
    are exactly the old unit, each of them has a figure, and no source prints one for the old unit.
    """
    of_series = observations.join(dim_area.select("area_key", "area_series_key"), on="area_key")
    printed = of_series.select("indicator_key", "period_key", ended_series_key="area_series_key")
    adding = dim_indicator.filter("adds_over_areas").join(dim_unit.select("unit_code", "unit_name_en"), on="unit_code")
    sums = (
        of_series.join(_successors(area_coverage, dim_area), on="area_series_key")
        .join(dim_period.select("period_key", "last_day"), on="period_key")
        .filter(pl.col("last_day") >= pl.col("ended_on"))
        .join(adding.select("indicator_key", "unit_name_en"), on="indicator_key")
        .group_by("ended_area_key", "ended_series_key", "indicator_key", "period_key", "unit_name_en", "successors")
        .agg(*_summed(), known=pl.len())
        .filter(pl.col("known") == pl.col("successors"), pl.col("value").is_not_null())
        .join(printed, on=["ended_series_key", "indicator_key", "period_key"], how="anti")
        .select(
            "indicator_key", "period_key", "value", "lower", "upper", "qualifier", "obs_status", area_key="ended_area_key",
            role=pl.lit("result"), is_current=pl.lit(value=True), is_derived=pl.lit(value=True),
            qualifier_as_printed=pl.format("sum of {} successors:", "successors"), value_as_printed=plain("value"),
            unit_as_printed="unit_name_en",
        )
        .sort("area_key", "indicator_key", "period_key")
    )  # fmt: skip
    return pl.concat([observations.with_columns(is_derived=pl.lit(value=False)), sums], how="diagonal")


def _successors(area_coverage: pl.DataFrame, dim_area: pl.DataFrame) -> pl.DataFrame:
    """One row a successor of a unit that its successors cover exactly."""
    ended = dim_area.select("area_code", ended_area_key="area_key", ended_series_key="area_series_key", ended_on="valid_to")
    began = dim_area.select("area_series_key", successor="area_code", ended_on="valid_from")
    return (
        area_coverage.filter("is_exact")
        .select(*ENDED, "successors", successor=pl.col("successor_codes").str.split(BETWEEN_CODES))
        .explode("successor")
        .join(ended, on=ENDED)
        .join(began, on=["successor", "ended_on"])
    )


def _summed() -> list[pl.Expr]:
    """Value and bounds added up, a bound that one of them leaves open staying open; of their release stages the least final.

    Beside an open bound a range counts with the end that is certain: 20 to 30 and more than 30 are at least 50.
    """
    open_below, open_above, is_range = pl.col("lower").has_nulls(), pl.col("upper").has_nulls(), pl.col("qualifier") == "range"
    least, most = (pl.when(is_range).then(end).otherwise("value").sum() for end in ("lower", "upper"))
    is_least, is_most = open_above & ~open_below, open_below & ~open_above
    value = pl.when(is_least).then(least).when(is_most).then(most).otherwise(pl.col("value").sum())
    qualifier = (
        pl.when(is_least).then(pl.lit("at_least"))
        .when(is_most).then(pl.lit("at_most"))
        .when(is_range.any()).then(pl.lit("range"))
        .otherwise(pl.lit("exact"))
    )  # fmt: skip
    stages = [pl.when((pl.col("obs_status") == stage).any()).then(pl.lit(stage)) for stage in ("F", "E", "P")]
    return [
        value.cast(type_of_value, strict=False).alias("value"),
        pl.when(~open_below).then(pl.col("lower").sum()).cast(type_of_value, strict=False).alias("lower"),
        pl.when(~open_above).then(pl.col("upper").sum()).cast(type_of_value, strict=False).alias("upper"),
        qualifier.alias("qualifier"),
        pl.coalesce(*stages, pl.lit("A")).alias("obs_status"),
    ]


def with_abolition(rows: pl.DataFrame, is_gone: pl.Expr, area_coverage: pl.DataFrame, dim_area: pl.DataFrame) -> pl.DataFrame:
    """The rows with `abolition`: that their unit is gone, and why no sum goes on; null where `is_gone` is not true.

    `is_gone` may use `ended_on`, the day on which the unit ceased to exist.
    """
    names = dim_area.select("area_code", "area_series_key", ended_name="area_name_en", ended_on="valid_to")
    gone = area_coverage.join(names, on=ENDED).select(
        "area_series_key", "ended_on", "is_exact",
        ending=pl.format("{} no longer exists since {}", "ended_name", "ended_on"), names="successor_names_en", why="reason",
    )  # fmt: skip
    lacking = pl.when("adds_over_areas").then(pl.lit("not all of them have a figure")).otherwise(pl.lit("this does not add up over areas"))
    why_not = (
        pl.when("is_exact")
        .then(pl.format("its successors ({}) are exactly what it was, but {}", "names", lacking))
        .otherwise(pl.format("its successors are not exactly what it was: {}", "why"))
    )
    return (
        rows.join(gone, on="area_series_key", how="left")
        .with_columns(abolition=pl.when(is_gone).then(pl.format("{}; {}", "ending", why_not)))
        .drop("ended_on", "is_exact", "ending", "names", "why")
    )
