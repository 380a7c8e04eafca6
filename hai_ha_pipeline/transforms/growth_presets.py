"""The two presets that speak of average growth: observed over required (Statistics Canada), and projected (UN).

Both leave out what has no growth: milestones, growth rates, levels of 0 and a change of sign. Each row says which it is.
"""

import polars as pl

from hai_ha_pipeline.transforms.formulas import growth_ratio, progress_pct
from hai_ha_pipeline.transforms.sentences import plain
from hai_ha_pipeline.transforms.verdicts import (
    Method,
    Verdict,
    can_turn,
    compared,
    has_one_goal,
    is_missed,
    is_part,
    is_reached,
    part_sentence,
    settled,
    threshold_reached,
    way_covered,
)


def by_growth(_: pl.DataFrame) -> Method:
    """Observed over required average growth a year."""
    goal, base, required = pl.col("goal"), pl.col("baseline_value"), pl.col("required_growth_pct")
    missing = pl.coalesce(
        _no_growth(),
        pl.when(goal == 0).then(pl.lit("no constant growth leads to 0"))
        .when(goal * base.sign() < 0).then(pl.format("no growth leads from {} to {}", plain(base), plain(goal))),
    )  # fmt: skip
    ratio = pl.when(_no_growth().is_null()).then(growth_ratio(pl.col("observed_growth_pct"), required))
    sentence = pl.format(
        "{}: {} % a year from {} in {} where {} % would lead there, a ratio of {}: ",
        compared(), plain("observed_per_year", 2), plain(base), "baseline_period", plain("required_per_year", 2), plain("preset_ratio", 2),
    )  # fmt: skip
    return Method(
        pl.lit("growth_ratio"), ratio, missing, lambda rule: [*settled(), *_growth_verdicts(rule, sentence)],
        observed=_if_growth("observed_growth_pct"), required=_if_growth("required_growth_pct"),
    )  # fmt: skip


def by_growth_projected(rule: pl.DataFrame) -> Method:
    """How much of the way from the baseline is covered at the target's day, if the average growth so far goes on."""
    is_milestone, base = pl.col("measure_kind") == "milestone", pl.col("baseline_value")
    closeness, is_close = _closeness(rule)
    on_the_way = pl.when(_no_growth().is_null()).then(progress_pct(pl.col("projected_by_growth"), pl.col("goal"), base) / 100)
    open_milestone = is_milestone & is_missed()
    sentence = pl.when(open_milestone).then(pl.format("{}: not reached yet: ", compared())).otherwise(
        pl.format(
            "{}: at {} % a year it stands at {} in the end, {} of the way from {} in {}: ",
            compared(), plain("observed_per_year", 2), plain("projected_value", 2), plain("preset_ratio", 2), plain(base), "baseline_period",
        )
    )  # fmt: skip
    return Method(
        pl.when(is_close).then(pl.lit("closeness")).otherwise(pl.lit("projected_progress")),
        pl.when(is_close).then(closeness).when(open_milestone).then(pl.lit(0)).otherwise(on_the_way),
        _no_growth(),
        lambda rule: [
            (is_close, threshold_reached(rule), pl.format("{}: so close to it that it counts as reached", compared())),
            *settled(),
            *_growth_verdicts(rule, sentence),
        ],
        observed=_if_growth("observed_growth_pct"),
        projected=_if_growth("projected_by_growth"),
    )  # fmt: skip


def _closeness(rule: pl.DataFrame) -> tuple[pl.Expr, pl.Expr]:
    """100 less the distance to a target of 0 or 100 %, and whether that is near enough although it is not reached."""
    least = rule.filter(pl.col("metric") == "closeness")["at_least"].min()
    closeness = 100 - (pl.col("result_value") - pl.col("target_value")).abs()
    at_an_end = (pl.col("quantity") == "percent") & pl.col("target_value").is_in([0, 100]) & has_one_goal() & ~is_part()
    return closeness, (at_an_end & ~is_reached() & (closeness >= pl.lit(least, pl.Decimal(18, 6)))).fill_null(value=False)


def _growth_verdicts(rule: pl.DataFrame, sentence: pl.Expr) -> list[Verdict]:
    """What both methods that project growth say while the period runs."""
    reached, to_be_kept = is_reached(), pl.col("desired_direction") == "maintain"
    unmeasured = pl.format("{}: {}", compared(), "preset_reason")
    in_scope = ~_is_growth_rate() & (pl.col("measure_kind") != "milestone")
    return [
        (reached & ~to_be_kept & (~is_part() | ~can_turn()), "achieved", pl.format("{}: reached before the period ends{}", compared(), way_covered())),
        (is_part(), "not_assessable", unmeasured),
        (reached, "on_track", pl.format("{}: where it should be, and the period still runs", compared())),
        (~is_missed(), "undetermined", pl.format("{}: the printed bounds allow both verdicts", compared())),
        (in_scope & _has_left(), "reversing", pl.format("{}: the level {} it starts from was not on this side of it", compared(), plain("baseline_value"))),
        (pl.col("preset_ratio").is_not_null(), threshold_reached(rule), sentence + threshold_reached(rule, "method_status")),
        (pl.lit(value=True), "not_assessable", unmeasured),
    ]  # fmt: skip


def _no_growth() -> pl.Expr:
    """Why no average growth leads from the baseline to the result; null where one does."""
    base, value = pl.col("baseline_value"), pl.col("result_value")
    return (
        pl.when(value.is_null()).then(pl.lit("no result yet"))
        .when(pl.col("measure_kind") == "milestone").then(pl.lit("a milestone is reached or not: there is no growth towards it"))
        .when(_is_growth_rate()).then(pl.lit("an average growth of growth rates makes no sense"))
        .when(is_part()).then(part_sentence())
        .when(base.is_null() & (pl.col("measure_kind") == "flow")).then(pl.lit("a flow begins at nothing: its target states no level to start from"))
        .when(base.is_null()).then(pl.lit("no level before the target's period is known"))
        .when(pl.col("baseline_last_day").is_null()).then(pl.format("it is not known when the level {} it starts from stood", plain(base)))
        .when(pl.col("years_passed") <= 0).then(pl.lit("no time has passed since the level it starts from"))
        .when(base == 0).then(pl.lit("no growth leads away from 0"))
        .when(base.sign() != value.sign()).then(pl.format("no growth leads from {} to {}", plain(base), plain(value)))
        .when(pl.col("goal").is_null()).then(pl.lit("it is inside the range already"))
        .when(_starts_beyond()).then(pl.format("the level {} it starts from was not on this side of the target", plain(base)))
    )  # fmt: skip


def _if_growth(column: str) -> pl.Expr:
    return pl.when(~_is_growth_rate() & ~is_part()).then(column)


def _is_growth_rate() -> pl.Expr:
    return (pl.col("derivation") == "growth").fill_null(value=False)


def _starts_beyond() -> pl.Expr:
    """The baseline is not on the side of the target from which it is to be reached."""
    return ((pl.col("goal") - pl.col("baseline_value")) * pl.col("goal_side") <= 0).fill_null(value=False)


def _has_left() -> pl.Expr:
    return _starts_beyond() & is_missed()
