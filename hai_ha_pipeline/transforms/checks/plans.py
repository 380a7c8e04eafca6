"""Checks of plans: a printed fulfilment beside result and target, and plan x fulfilment beside the growth they amount to."""

import polars as pl

from hai_ha_pipeline.transforms.checks.known import SUBJECT, Known
from hai_ha_pipeline.transforms.checks.parts import printed_growth
from hai_ha_pipeline.transforms.formulas import fulfilment_pct
from hai_ha_pipeline.transforms.sentences import plain


def plan_fulfilment_matches(known: Known) -> pl.DataFrame:
    """A printed fulfilment lies inside result / target. The plan counts as the number it names: 36,000 of "more than 36,000"."""
    printed = known.figures.select(
        *SUBJECT, "observation_key", found_lower="fulfilment_reported_lower_pct", found_upper="fulfilment_reported_upper_pct"
    )
    plans = known.figures.filter(pl.col("role") == "target").select(*SUBJECT, "value").group_by(SUBJECT).agg(pl.col("value").n_unique())
    several = plans.filter(pl.col("value") > 1).select("area_series_key", "indicator_code", target_period="period", is_one_of_several=True)
    least = pl.coalesce("target_lower", "target_value")
    most = pl.coalesce("target_upper", "target_value")
    return (
        known.attainment.filter(pl.col("fulfilment_reported_pct").is_not_null(), pl.col("fulfilment_pct").is_not_null(), least > 0)
        .drop("indicator_code")
        .join(printed, on="observation_key")
        .join(several, on=["area_series_key", "indicator_code", "target_period"], how="left")
        .select(
            *SUBJECT, "found_lower", "found_upper",
            expected_lower=fulfilment_pct(pl.col("result_lower"), most), expected_upper=fulfilment_pct(pl.col("result_upper"), least),
            doubt=pl.when("is_one_of_several").then(pl.lit("several plans are stated for that period, and another may be meant")),
            explanation=pl.format("printed as {} % of the plan; {} of the {} planned for {} is {} %", plain("fulfilment_reported_pct"),
                                  plain("result_value"), plain("target_value"), "target_period", plain("fulfilment_pct", 4)),
        )
    )  # fmt: skip


def plan_times_fulfilment(known: Known) -> pl.DataFrame:
    """Planned growth x fulfilment is growth (actual / base = plan / base x actual / plan), where all three are printed."""
    printed = printed_growth(known).rename({"growth": "is", "growth_lower": "is_lower", "growth_upper": "is_upper"})
    planned = printed.filter(pl.col("role") == "target").select(
        "area_series_key", "indicator_code", "period", plan="is", plan_lower="is_lower", plan_upper="is_upper"
    )
    fulfilled = known.current.filter(pl.col("fulfilment_reported_pct").is_not_null()).select(
        *SUBJECT, share="fulfilment_reported_pct", share_lower="fulfilment_reported_lower_pct", share_upper="fulfilment_reported_upper_pct"
    )
    return (
        printed.join(fulfilled, on=SUBJECT)
        .join(planned, on=["area_series_key", "indicator_code", "period"])
        .select(
            *SUBJECT, found_lower="is_lower", found_upper="is_upper",
            expected_lower=_growth("plan_lower", "share_lower"), expected_upper=_growth("plan_upper", "share_upper"),
            explanation=pl.format("the plan is {} % above the base and fulfilled by {} %, which is a growth of {} %; printed as {} %",
                                  plain("plan"), plain("share"), plain(_growth("plan", "share"), 4), plain("is")),
        )
    )  # fmt: skip


def _growth(plan: str, share: str) -> pl.Expr:
    return (100 + pl.col(plan)) * pl.col(share) / 100 - 100
