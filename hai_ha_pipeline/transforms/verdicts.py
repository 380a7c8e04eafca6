"""What every preset shares: whether a target is reached, the verdicts that need no measure, and thresholds as data.

A verdict is a condition, a status and a sentence; of a list of verdicts the first that applies holds.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

import polars as pl

from hai_ha_pipeline.transforms.sentences import plain

Verdict = tuple[pl.Expr, str | pl.Expr, pl.Expr]
NONE = pl.lit(None)


class Method(NamedTuple):
    """How a preset measures a row, and what it says of one that is still on its way."""

    metric: pl.Expr
    ratio: pl.Expr
    missing: pl.Expr
    verdicts: Callable[[pl.DataFrame], list[Verdict]]
    observed: pl.Expr = NONE
    required: pl.Expr = NONE
    projected: pl.Expr = NONE


def decided(rows: pl.DataFrame, verdicts: list[Verdict]) -> pl.DataFrame:
    """The rows with the status and the sentence of the first verdict that applies."""
    status = pl.coalesce(*(pl.when(when).then(pl.lit(name) if isinstance(name, str) else name) for when, name, _ in verdicts))
    reason = pl.coalesce(*(pl.when(when).then(sentence) for when, _, sentence in verdicts))
    return rows.with_columns(status=status, status_reason=reason)


def settled() -> list[Verdict]:
    """The verdicts that result and target alone give: nothing to judge, the period is over, a ceiling is passed."""
    reached, missed = is_reached(), is_missed()
    no_result = pl.concat_str(pl.lit("no result inside the target's period is known"), "abolition", separator="; ", ignore_nulls=True)
    return [
        (pl.col("result_value").is_null(), "no_result", no_result),
        (~has_direction(), "not_assessable", pl.format("{}: neither more nor less is better, so there is no verdict", compared())),
        (~is_running() & reached, "achieved", pl.format("{}: reached", compared())),
        (~is_running() & missed, "not_achieved", pl.format("{}: the period is over{}", compared(), fulfilled())),
        (is_ceiling() & missed, "not_achieved", pl.format("{}: already beyond it{}", compared(), fulfilled())),
        (~is_running(), "undetermined", pl.format("{}: the printed bounds allow both verdicts", compared())),
    ]


def threshold_reached(rule: pl.DataFrame, answer: str = "status") -> pl.Expr:
    """The status of the highest threshold that a row's measure reaches, or what the method's publisher calls it."""
    bound = pl.coalesce("more_than", "at_least")
    highest_first = rule.sort(bound, pl.col("more_than").is_not_null(), descending=True, nulls_last=True)
    cases = [
        pl.when(pl.col("preset_metric") == metric, _earned(at_least, more_than)).then(pl.lit(name))
        for metric, at_least, more_than, name in highest_first.select("metric", "at_least", "more_than", answer).rows()
    ]
    return pl.coalesce(*cases)


def _earned(at_least: Decimal | None, more_than: Decimal | None) -> pl.Expr:
    ratio = pl.col("preset_ratio")
    if more_than is not None:
        return ratio > more_than
    return ratio.is_not_null() if at_least is None else ratio >= at_least


def is_reached() -> pl.Expr:
    """Whether the target is certainly reached.

    Only a printed bound or range leaves it open: two exact figures are compared as printed, because a target is met by
    the number it names.
    """
    lowest, highest = _bounds()
    target, operator = pl.col("target_value"), pl.col("target_operator")
    inside = (lowest >= pl.col("target_lower")) & (highest <= pl.col("target_upper"))
    return pl.when(operator == ">=").then(lowest >= target).when(falls()).then(highest <= target).otherwise(inside).fill_null(value=False)


def is_missed() -> pl.Expr:
    """Whether the target is certainly missed, by the same bounds."""
    lowest, highest = _bounds()
    target, operator = pl.col("target_value"), pl.col("target_operator")
    outside = (highest < pl.col("target_lower")) | (lowest > pl.col("target_upper"))
    return pl.when(operator == ">=").then(highest < target).when(falls()).then(lowest > target).otherwise(outside).fill_null(value=False)


def _bounds() -> tuple[pl.Expr, pl.Expr]:
    low, high = pl.col("result_lower"), pl.col("result_upper")
    is_range = low.is_not_null() & high.is_not_null() & pl.col("result_is_range")
    lowest = pl.when(is_range).then(low).when(low.is_not_null()).then("result_value")
    highest = pl.when(is_range).then(high).when(high.is_not_null()).then("result_value")
    return lowest, highest


def is_running() -> pl.Expr:
    """The target's period goes on after the result's."""
    return pl.col("result_period_last_day") < pl.col("target_period_last_day")


def falls() -> pl.Expr:
    """The target is reached from above."""
    return pl.col("target_operator").is_in(["<=", "reduce_by"])


def has_direction() -> pl.Expr:
    """Something is better than something else."""
    return (pl.col("desired_direction") != "none") | pl.col("target_operator").is_in([">=", "<=", "between", "reduce_by"])


def has_one_goal() -> pl.Expr:
    """The target is one number to reach from one side."""
    return pl.col("target_operator").is_in([">=", "<=", "reduce_by"])


def is_part() -> pl.Expr:
    """A sum or rate of a part of the target's period is no level of the whole."""
    is_over_time = pl.col("measure_kind").is_in(["flow", "ratio"])
    return (is_over_time & (pl.col("result_days") != pl.col("target_days"))).fill_null(value=False)


def part_sentence() -> pl.Expr:
    """Why such a row has no measure."""
    return pl.format("the {} of {} is no level of {}", "measure_kind", "result_period", "target_period")


def is_ceiling() -> pl.Expr:
    """A sum that must not pass its target: what has flowed does not flow back."""
    return (pl.col("measure_kind") == "flow") & (pl.col("target_operator") == "<=")


def can_turn() -> pl.Expr:
    """A target that is reached today can be missed again before its period ends."""
    is_to_be_kept = pl.col("desired_direction") == "maintain"
    return (pl.col("measure_kind") == "ratio") | (pl.col("target_operator") == "between") | is_ceiling() | is_to_be_kept


def compared() -> pl.Expr:
    """Result and target as printed."""
    return pl.format("{} against the target {}", "result_as_printed", "target_as_printed")


def way_covered() -> pl.Expr:
    """How much of the way from the baseline is covered, where that is known."""
    return pl.format("; {} % of the way from {} is covered", plain("progress_pct", 2), plain("baseline_value")).fill_null("")


def fulfilled() -> pl.Expr:
    """How much of the target is fulfilled, where that is known."""
    return pl.format(", {} % fulfilled", plain("fulfilment_pct", 2)).fill_null("")
