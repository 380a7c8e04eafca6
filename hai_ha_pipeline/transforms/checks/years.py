"""Checks of a series over time: printed growth, cumulative values, and the bases of last year that printed growths imply.

A cumulative value runs from 1 January to a day of the same year. What flows does not flow back, so neither the values nor
their bases may fall from one day to a later one.
"""

from decimal import Decimal

import polars as pl

from hai_ha_pipeline.transforms.checks.known import GROWTH, SERIES, SUBJECT, Known
from hai_ha_pipeline.transforms.formulas import implied_base
from hai_ha_pipeline.transforms.sentences import plain

LEAST_PACE, MOST_PACE = Decimal("0.5"), Decimal(2)
"""Months at less than half or more than twice the pace of those before them need a reason, such as a season. Our definition."""
PROVISIONAL = ("F", "E", "P")


def growth_matches(known: Known) -> pl.DataFrame:
    """A printed growth lies inside the growth that value and base of the series allow."""
    printed = known.figures.select(*SUBJECT, "observation_key", "source_key", **GROWTH)
    bases = known.figures.filter(pl.col("role") == "result").select(
        base_observation_key="observation_key", base_status="obs_status", base_source_key="source_key"
    )
    is_provisional = pl.col("base_status").is_in(PROVISIONAL) & (pl.col("base_source_key") != pl.col("source_key"))
    return (
        known.growth.filter(pl.col("growth_agreement").is_not_null())
        .select("observation_key", "base_observation_key", "growth_lower_pct", "growth_upper_pct", "growth_pct", "value", "base", "base_period")
        .join(printed.filter(pl.col("role") == "result"), on="observation_key")
        .join(bases, on="base_observation_key")
        .select(
            *SUBJECT, expected_lower="growth_lower_pct", expected_upper="growth_upper_pct", found_lower="growth_lower",
            found_upper="growth_upper",
            doubt=pl.when(is_provisional).then(pl.lit("the base is an estimate, and may have been revised before the growth was printed")),
            explanation=pl.format("printed as {} %; {} on {} in {} is {} %", plain("growth"), plain("value"), plain("base"), "base_period",
                                  plain("growth_pct", 4)),
        )
    )  # fmt: skip


def cumulative_rises(known: Known) -> pl.DataFrame:
    """A cumulative value is not below an earlier one of its year; of several, the highest counts."""
    flows = _cumulative(known)
    earlier = flows.select(
        *SERIES, "year", earlier_day="last_day", earlier_period="period", earlier="value", expected_lower=pl.col("lower").fill_null(0)
    )
    return (
        flows.join(earlier, on=[*SERIES, "year"])
        .filter(pl.col("earlier_day") < pl.col("last_day"))
        .sort("expected_lower", "earlier_day", descending=True, nulls_last=True)
        .unique(SUBJECT, keep="first", maintain_order=True)
        .select(
            *SUBJECT, "expected_lower", found_lower="lower", found_upper="upper", is_floor=True,
            explanation=pl.format("{} in {}, after {} in {}", plain("value"), "period", plain("earlier"), "earlier_period"),
        )
    )  # fmt: skip


def implied_bases_rise(known: Known) -> pl.DataFrame:
    """The base that a printed growth implies is not below an earlier base of last year, nor above a later value of it."""
    bases = _bases(known)
    implied = bases.filter("is_implied")
    others = bases.select(
        *SERIES, "base_year", other_day="base_day", other_low="low", other_high="high", other="said", is_sure=~pl.col("is_implied")
    )
    beside = implied.join(others, on=[*SERIES, "base_year"])
    before = beside.filter(pl.col("other_day") < pl.col("base_day")).sort("other_low", descending=True, nulls_last=True)
    after = beside.filter(pl.col("other_day") > pl.col("base_day"), "is_sure").sort("other_high", nulls_last=True)
    nearest_before = before.unique(SUBJECT, keep="first", maintain_order=True).select(*SUBJECT, expected_lower="other_low", before="other")
    nearest_after = after.unique(SUBJECT, keep="first", maintain_order=True).select(*SUBJECT, expected_upper="other_high", after="other")
    sentence = ("said", pl.format("before it {}", "before"), pl.format("after it {}", "after"))
    return (
        implied.join(nearest_before, on=SUBJECT, how="left")
        .join(nearest_after, on=SUBJECT, how="left")
        .filter(pl.any_horizontal(pl.col("before", "after").is_not_null()))
        .select(
            *SUBJECT, "expected_upper", expected_lower=pl.col("expected_lower").fill_null(0), found_lower="low", found_upper="high",
            is_floor=True, explanation=pl.concat_str(*sentence, separator="; ", ignore_nulls=True),
        )
    )  # fmt: skip


def implied_pace(known: Known) -> pl.DataFrame:
    """Between two days, last year ran at half to twice its pace before them, or as far off that as this year does.

    No interval excludes another pace: this is a check of what is plausible. A season shows in both years, so the printed
    numbers of this year widen what is expected; what is left is a break that only the printed growths make.
    """
    following = {f"next_{name}": pl.col(name).shift(-1) for name in ("value", "base", "low", "high", "days", "said", "is_implied")}
    value, days, stretch = pl.col("value"), pl.col("days"), pl.col("next_days") - pl.col("days")
    this_year = (pl.col("next_value") / value - 1) * days / stretch
    least, most = pl.min_horizontal(this_year, pl.lit(LEAST_PACE)), pl.max_horizontal(this_year, pl.lit(MOST_PACE))
    return (
        _bases(known)
        .filter(value > 0)
        .sort("base_day")
        .with_columns(next_.over(*SERIES, "base_year").alias(name) for name, next_ in following.items())
        .filter(stretch > 0, pl.col("is_implied") | pl.col("next_is_implied"))
        .select(
            *SUBJECT, found_lower=pl.col("next_low") - pl.col("high"), found_upper=pl.col("next_high") - pl.col("low"),
            expected_lower=least * pl.col("low") * stretch / days, expected_upper=most * pl.col("high") * stretch / days,
            explanation=pl.format(
                "{}; {}: the {} days between have {}, at the pace before them it would be {}; this year they ran at {} times that pace",
                "said", "next_said", stretch, plain(pl.col("next_base") - pl.col("base"), 2),
                plain(pl.col("base") * stretch / days, 2), plain(this_year, 2),
            ),
        )
    )  # fmt: skip


def _cumulative(known: Known) -> pl.DataFrame:
    """Current results that flow from 1 January to a day of the same year, and cannot be negative."""
    begins = (pl.col("first_day").dt.ordinal_day() == 1) & (pl.col("first_day").dt.year() == pl.col("last_day").dt.year())
    return known.current.filter(pl.col("role") == "result", pl.col("measure_kind") == "flow", pl.col("plausible_min") >= 0, begins)


def _bases(known: Known) -> pl.DataFrame:
    """Last year's cumulative values, observed or else implied by a printed growth, beside this year's where they are known."""
    flows = _cumulative(known)
    is_last_year = (pl.col("growth_basis") == "same_period_last_year") | (
        (pl.col("growth_basis") == "previous_period") & (pl.col("freq") == "A")
    )
    this_year = flows.select(
        *SUBJECT, "value", "days", base_period="same_period_last_year_code", this_base_day=pl.col("last_day").dt.offset_by("-1y"),
        growth=pl.when(is_last_year).then("growth_reported_pct"), implied=implied_base(pl.col("value"), pl.col("growth_reported_pct")),
        implied_low=implied_base(pl.col("lower"), pl.col("growth_reported_upper_pct")),
        implied_high=implied_base(pl.col("upper"), pl.col("growth_reported_lower_pct")),
    )  # fmt: skip
    observed = flows.select(
        *SERIES, base_period="period", observed="value", observed_low="lower", observed_high="upper", observed_day="last_day"
    )
    is_observed, printed = pl.col("observed").is_not_null(), pl.format("{} in {}", plain("base"), "base_period")
    return (
        this_year.join(observed, on=[*SERIES, "base_period"], how="full", coalesce=True)
        .filter(is_observed | pl.col("growth").is_not_null())
        .with_columns(
            is_implied=~is_observed, base=pl.coalesce("observed", "implied"), base_day=pl.coalesce("observed_day", "this_base_day"),
            low=pl.when(is_observed).then("observed_low").otherwise("implied_low"),
            high=pl.when(is_observed).then("observed_high").otherwise("implied_high"),
        )
        .with_columns(
            base_year=pl.col("base_day").dt.year(),
            said=pl.when("is_implied")
            .then(pl.format("{} in {}, printed as {} %, is {}", plain("value"), "period", plain("growth"), printed))
            .otherwise(printed),
        )
    )  # fmt: skip
