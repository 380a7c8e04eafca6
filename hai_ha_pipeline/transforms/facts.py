"""Facts: accepted figures with the keys of their dimensions. Nothing is computed here that a source did not print."""

import polars as pl

from hai_ha_pipeline.contracts.core import FactObservation, FactTarget
from hai_ha_pipeline.contracts.types import empty, polars_schema
from hai_ha_pipeline.transforms.dimensions import document_key
from hai_ha_pipeline.transforms.shape import by_indicators, constants, looked_up, with_earlier

SERIES = ["indicator_key", "area_series_key", "period_key"]
PART = 1_000_000
RELEASE_STAGE = {"F": 0, "E": 1, "P": 2}
FINAL_STAGE = 3
MORE_THAN_ALL_DAYS = 10_000_000


def fact_observation(
    figure: pl.DataFrame,
    earlier_figure: pl.DataFrame,
    dim_indicator: pl.DataFrame,
    dim_area: pl.DataFrame,
    dim_period: pl.DataFrame,
    dim_unit: pl.DataFrame,
) -> pl.DataFrame:
    """One row a figure that a source reports as a result or as a baseline."""
    is_observed = pl.col("role").is_in(["result", "baseline"])
    accepted = with_earlier(figure, earlier_figure).lazy().filter(pl.col("verdict") == "accepted", is_observed)
    parts = by_indicators(accepted, dim_indicator, PART)
    return pl.concat([_observations(part, dim_indicator, dim_area, dim_period, dim_unit) for part in parts])


def _observations(
    figures: pl.DataFrame, dim_indicator: pl.DataFrame, dim_area: pl.DataFrame, dim_period: pl.DataFrame, dim_unit: pl.DataFrame
) -> pl.DataFrame:
    return (
        figures.pipe(_with_keys, dim_indicator, dim_area, dim_period, dim_unit)
        .with_columns(
            growth_basis=pl.when(pl.any_horizontal(pl.col("growth_reported_pct", "growth_change").is_not_null())).then("growth_basis")
        )
        .rename({"statement_key": "observation_key", "growth_change": "growth_change_reported"})
        .rename({f"plan_fulfilment_{part}": f"fulfilment_reported_{part}" for part in ("pct", "lower_pct", "upper_pct", "qualifier")})
        .select(list(polars_schema(FactObservation)))
        .sort("indicator_key", "area_key", "period_key", "observation_key")
    )


def fact_target(
    figure: pl.DataFrame,
    earlier_figure: pl.DataFrame,
    dim_indicator: pl.DataFrame,
    dim_area: pl.DataFrame,
    dim_period: pl.DataFrame,
    dim_unit: pl.DataFrame,
) -> pl.DataFrame:
    """One row a target that a source states."""
    targets = with_earlier(figure, earlier_figure).filter(pl.col("verdict") == "accepted", pl.col("role") == "target")
    if targets.is_empty():
        return empty(FactTarget)
    return (
        targets.pipe(_with_keys, dim_indicator, dim_area, dim_period, dim_unit)
        .with_columns(operator=_operator())
        .rename({"statement_key": "target_key"})
        .select(list(polars_schema(FactTarget)))
        .sort("indicator_key", "area_key", "period_key", "target_key")
    )


def _operator() -> pl.Expr:
    """How a result is compared with the target: as the words say, and where they say nothing as the direction does.

    "Nearly" and "about" describe the figure, not the wish.
    """
    qualifier, direction = pl.col("qualifier"), pl.col("desired_direction")
    return (
        pl.when("is_reduction").then(pl.lit("reduce_by"))
        .when(qualifier == "range").then(pl.lit("between"))
        .when(qualifier.is_in(["more_than", "at_least"])).then(pl.lit(">="))
        .when(qualifier == "at_most").then(pl.lit("<="))
        .when(direction == "up").then(pl.lit(">="))
        .when(direction == "down").then(pl.lit("<="))
        .otherwise(pl.lit("="))
    )  # fmt: skip


def _with_keys(
    figures: pl.DataFrame,
    dim_indicator: pl.DataFrame,
    dim_area: pl.DataFrame,
    dim_period: pl.DataFrame,
    dim_unit: pl.DataFrame,
) -> pl.DataFrame:
    keyed = (
        figures.with_columns(source_key=document_key(figures))
        .pipe(looked_up, dim_indicator.select("indicator_code", "indicator_key", "desired_direction"), "indicator_code")
        .pipe(
            looked_up,
            dim_area.select("area_key", "area_series_key", "area_code", area_valid_from="valid_from"),
            "area_code",
            "area_valid_from",
        )
        .pipe(looked_up, dim_period.select("period_code", "period_key"), "period_code")
        .pipe(looked_up, dim_unit.select("unit_code", "unit_key"), "unit_code")
    )
    reported = {f"growth_{part}": f"growth_reported_{part}" for part in ("pct", "lower_pct", "upper_pct")}
    return keyed.rename(reported).pipe(_with_validity)


def _with_validity(figures: pl.DataFrame) -> pl.DataFrame:
    """Since when each figure is known, and until when it held.

    A document without a date is known since this project first read the figure, and so is what a document printed in the
    place of another figure, and one whose day is still to come, as that of a printed month may be. A figure that a better
    one preceded never held: its window is empty.
    """
    read_on = pl.col("ingested_at").dt.date()
    known = figures.with_columns(
        known_from=pl.when("is_restated").then(read_on).otherwise(pl.min_horizontal("published_on", read_on)),
        withdrawn_on=pl.col("withdrawn_at").dt.date(),
    )
    is_one_of_several = known.select(pl.struct(SERIES).is_duplicated() | pl.col("withdrawn_on").is_not_null()).to_series()
    alone = known.filter(~is_one_of_several).with_columns(vintage=pl.lit(1, pl.Int64), known_to=pl.lit(None, pl.Date))
    several = known.filter(is_one_of_several)
    ranked = several.hstack(_ranked(several))
    parts = [alone, ranked.filter(~pl.col("is_withdrawn")), _with_withdrawals(ranked.filter("is_withdrawn"))]
    return pl.concat(parts, how="diagonal").drop("is_withdrawn").with_columns(is_current=pl.col("known_to").is_null())


def _with_withdrawals(known: pl.DataFrame) -> pl.DataFrame:
    """The same where figures were withdrawn: each day that changed something is looked at, and the best figure there holds.

    What holds again when a better one is withdrawn has one window from its first day to its last.
    """
    changes = pl.concat([known.select(*SERIES, day="known_from"), known.select(*SERIES, day="withdrawn_on").drop_nulls("day")]).unique()
    days = changes.sort(*SERIES, "day").with_columns(next_day=pl.col("day").shift(-1).over(SERIES))
    is_there = (pl.col("known_from") <= pl.col("day")) & (pl.col("withdrawn_on").is_null() | (pl.col("day") < pl.col("withdrawn_on")))
    held = (
        known.select(*SERIES, "statement_key", "known_from", "withdrawn_on", "vintage")
        .join(days, on=SERIES)
        .filter(is_there)
        .filter(pl.col("vintage") == pl.col("vintage").max().over(*SERIES, "day"))
        .group_by("statement_key")
        .agg(held_to=pl.col("next_day").sort_by("day").last(), ever_held=pl.lit(value=True))
    )
    never = pl.col("ever_held").is_null()
    return (
        known.join(held, on="statement_key", how="left", maintain_order="left")
        .with_columns(known_to=pl.when(never).then("known_from").otherwise("held_to"))
        .drop("held_to", "ever_held")
    )


def _ranked(figures: pl.DataFrame) -> pl.DataFrame:
    """Of each figure its `vintage` among all for its indicator, area and period, `known_to`, and whether one of them was withdrawn.

    Vintage 1 is the one that gives way to all others. The last one holds: the latest published, then the later release stage, then the
    source's precedence, then one that needed no correction, then the one read later. A document without a date counts as
    older than one with a date. Each is known until a better one is, if none of them was withdrawn.
    """
    oldest_first = {
        "published": pl.col("published_on").fill_null(pl.date(1, 1, 1)),
        "is_no_baseline": pl.col("role") != "baseline",
        "stage": pl.col("obs_status").replace_strict(RELEASE_STAGE, default=FINAL_STAGE, return_dtype=pl.Int64),
        "giving_way": -pl.col("precedence"),
        "is_as_read": ~pl.col("is_corrected"),
        "read": pl.col("ingested_at"),
        "position": -pl.col("statement_key"),
    }
    compared = figures.select(*SERIES, "known_from", "withdrawn_on", row=pl.int_range(pl.len()), **oldest_first)
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    begins = pl.any_horizontal(pl.col(name) != pl.col(name).shift() for name in SERIES).fill_null(value=True)
    same = constants(compared, list(oldest_first))
    return (
        compared.sort(*SERIES, *(name for name in oldest_first if name not in same))
        .with_columns(subject=begins.cum_sum().cast(pl.Int64), vintage=place - pl.when(begins).then(place).forward_fill() + 1)
        .with_columns(is_withdrawn=pl.col("withdrawn_on").is_not_null().any().over("subject"), known_to=_until_a_better_one())
        .sort("row")
        .select("vintage", "known_to", "is_withdrawn")
    )


def _until_a_better_one() -> pl.Expr:
    """The first day on which a later vintage of the same subject is known, where there is one.

    Subject and day are one number, so that the least of all rows below is that of the own subject: those of others are greater.
    """
    first_day = pl.col("subject") * MORE_THAN_ALL_DAYS
    least_below = (first_day + pl.col("known_from").to_physical()).cum_min(reverse=True).shift(-1)
    better = (least_below - first_day).cast(pl.Int32, strict=False).cast(pl.Date)
    return pl.when(pl.col("subject") == pl.col("subject").shift(-1)).then(pl.max_horizontal("known_from", better))
