"""The presets: four methods to judge a target on its way, each with its measure, and why a row has none.

Thresholds are data (`core.attainment_rule`); a preset's metric names its method. What a method measures by stands in
`outlook.py`, what all share in `verdicts.py`, the two that speak of growth in `growth_presets.py`. Sources and worked examples: docs/method.md.
"""

from collections.abc import Callable

import polars as pl

from hai_ha_pipeline.transforms.formulas import progress_pct
from hai_ha_pipeline.transforms.growth_presets import by_growth, by_growth_projected
from hai_ha_pipeline.transforms.sentences import plain
from hai_ha_pipeline.transforms.verdicts import (
    Method,
    Verdict,
    can_turn,
    compared,
    decided,
    fulfilled,
    has_one_goal,
    is_missed,
    is_part,
    is_reached,
    is_running,
    part_sentence,
    settled,
    threshold_reached,
    way_covered,
)

LEAST_POINTS = 4


def assessed(rows: pl.DataFrame, attainment_rule: pl.DataFrame) -> pl.DataFrame:
    """The rows once for each preset of the rules, with its measure, status and reason."""
    return pl.concat([_assessed_by(rows, str(name), rule) for (name,), rule in attainment_rule.group_by("preset", maintain_order=True)])


def _assessed_by(rows: pl.DataFrame, preset: str, rule: pl.DataFrame) -> pl.DataFrame:
    method = next(METHODS[metric] for metric in rule["metric"] if metric in METHODS)(rule)
    in_units = pl.Decimal(38, 6)
    return (
        rows.with_columns(
            preset=pl.lit(preset),
            preset_metric=method.metric,
            preset_ratio=method.ratio.cast(pl.Decimal(18, 6), strict=False),
            observed_per_year=method.observed.cast(in_units, strict=False),
            required_per_year=method.required.cast(in_units, strict=False),
            projected_value=method.projected.cast(in_units, strict=False),
        )
        .with_columns(preset_reason=pl.when(pl.col("preset_ratio").is_null()).then(pl.coalesce(method.missing, pl.lit("too large to be stored"))))
        .pipe(decided, method.verdicts(rule))
    )  # fmt: skip


def _pace(_: pl.DataFrame) -> Method:
    missing = (
        pl.when(pl.col("result_value").is_null()).then(pl.lit("no result yet"))
        .when(pl.col("expected_pct").is_null()).then(pl.format("a {} with the operator {} has no expected pace", "measure_kind", "target_operator"))
        .when(pl.col("target_value") == 0).then(pl.lit("the target is 0: no share of nothing can be reached"))
    )  # fmt: skip
    return Method(pl.lit("pace_ratio"), pl.col("pace_ratio"), missing, _pace_verdicts)


def _pace_verdicts(rule: pl.DataFrame) -> list[Verdict]:
    kind, has_pace = pl.col("measure_kind"), pl.col("pace_ratio").is_not_null()
    return [
        *settled(),
        (is_reached() & ~can_turn(), "achieved", pl.format("{}: reached before the period ends{}", compared(), way_covered())),
        (is_reached(), "on_track", pl.format("{}: where it should be, and the period still runs", compared())),
        (has_pace, threshold_reached(rule), _pace_sentence()),
        (pl.col("progress_pct") < 0, "reversing", pl.format("{}: farther away than the level {} it starts from", compared(), plain("baseline_value"))),
        (pl.lit(value=True), "not_assessable", pl.format("{}: the period still runs, and a {} has no expected pace{}", compared(), kind, way_covered())),
    ]  # fmt: skip


def _pace_sentence() -> pl.Expr:
    basis = (
        pl.when(pl.col("expected_basis") == "seasonal")
        .then(pl.lit("last year's share of these months"))
        .otherwise(pl.lit("the share of days passed"))
    )
    bound = (
        pl.when(pl.col("result_upper").is_null()).then(pl.lit("at least "))
        .when(pl.col("result_lower").is_null()).then(pl.lit("at most ")).otherwise(pl.lit(""))
    )  # fmt: skip
    return pl.format(
        "{}: {}{} % fulfilled where {} would be {} %, a pace of {}{}",
        compared(), bound, plain("fulfilment_pct", 2), basis, plain("expected_pct", 2), bound, plain("pace_ratio", 2),
    )  # fmt: skip


def _dns(_: pl.DataFrame) -> Method:
    """The change a year of the last five years, carried on to the target's day."""
    by_level = is_reached() | (pl.col("desired_direction") == "maintain")
    goal, value, projected = pl.col("goal"), pl.col("result_value"), pl.col("projected_by_change")
    has_trend = pl.col("yearly_points") >= LEAST_POINTS
    missing = (
        pl.when(value.is_null()).then(pl.lit("no result yet"))
        .when(pl.col("measure_kind") == "milestone").then(pl.lit("a milestone is reached or not: there is no trend towards it"))
        .when(is_part()).then(part_sentence())
        .when(~has_trend).then(pl.format("{} yearly figures of the last five years are known, and a trend needs {}", "yearly_points", pl.lit(LEAST_POINTS)))
        .when(~is_running()).then(pl.lit("the target's day is here: nothing is left to project"))
        .when(~is_reached() & ~is_missed()).then(pl.lit("the printed bounds allow both verdicts"))
    )  # fmt: skip
    ratio = pl.when(by_level).then(_level_and_trend()).otherwise(progress_pct(projected, goal, value) / 100)
    return Method(
        pl.when(by_level).then(pl.lit("level_and_trend")).otherwise(pl.lit("gap_closed")),
        pl.when(missing.is_null()).then(ratio.cast(pl.Decimal(38, 6), strict=False)),
        missing, _dns_verdicts,
        observed=pl.when(has_trend & ~is_part()).then("change_per_year"),
        required=pl.when(is_running() & ~is_part()).then("required_change"),
        projected=pl.when(has_trend & ~is_part()).then(projected),
    )  # fmt: skip


def _level_and_trend() -> pl.Expr:
    """2: reached, no setback in sight; 1: reached, with one; -1: missed, not moving away; -2: missed and moving away."""
    change, projected, rest = pl.col("change_per_year"), pl.col("projected_by_change"), pl.col("goal") - pl.col("result_value")
    leaves = (projected < pl.col("target_lower")) | (projected > pl.col("target_upper"))
    sets_back = pl.when(pl.col("target_operator") == ">=").then(change < 0).when(has_one_goal()).then(change > 0).otherwise(leaves)
    reached = pl.when(sets_back).then(1).otherwise(2)
    return pl.when(is_reached()).then(reached).when(change * rest.sign() < 0).then(-2).otherwise(-1)


def _dns_verdicts(rule: pl.DataFrame) -> list[Verdict]:
    cannot_turn = pl.col("measure_kind").is_in(["flow", "milestone"]) & ~can_turn()
    change = pl.format("{}: with a change of {} a year", compared(), plain("observed_per_year", 2))
    projected = pl.format(
        "{} it stands at {} in the end, {} of the gap closed", change, plain("projected_value", 2), plain("preset_ratio", 2)
    )
    sentence = pl.when(pl.col("preset_metric") == "gap_closed").then(projected).otherwise(change)
    return [
        *settled(),
        (is_reached() & cannot_turn, "achieved", pl.format("{}: reached before the period ends{}", compared(), fulfilled())),
        (~is_reached() & ~is_missed() & ~is_part(), "undetermined", pl.format("{}: the printed bounds allow both verdicts", compared())),
        (pl.col("preset_ratio").is_not_null(), threshold_reached(rule), pl.format("{}: {}", sentence, threshold_reached(rule, "method_status"))),
        (pl.lit(value=True), "not_assessable", pl.format("{}: {}", compared(), "preset_reason")),
    ]  # fmt: skip


METHODS: dict[str, Callable[[pl.DataFrame], Method]] = {
    "pace_ratio": _pace,
    "growth_ratio": by_growth,
    "projected_progress": by_growth_projected,
    "gap_closed": _dns,
}
