"""What a row says, in a sentence of both languages: targets and results with their bounds, verdicts, growth.

The sentences of the warehouse are English; these are built from its columns, so that neither language translates the other.
"""

from decimal import Decimal
from typing import Any

from hai_ha_pipeline.report.wording import NOTHING, Both, Unit, capital, day, measured, number, percent, period, say, unit_of

Row = dict[str, Any]
BOUNDED = {"more_than": "more_than", "at_least": "at_least", "nearly": "nearly", "at_most": "at_most", "about": "about"}
FALLING = {"<=", "reduce_by"}


def target_phrase(row: Row) -> Both:
    """The target with its comparison and unit: `at least 89.6 million VND`."""
    unit = unit_of(row)
    if row["measure_kind"] == "milestone":
        return say("to_be_reached")
    if row["target_operator"] == "between":
        return _range(row["target_lower"], row["target_upper"], unit)
    value = measured(row["target_value"], unit)
    if row["target_operator"] == "=" or (row["target_operator"] in FALLING and row["target_value"] == 0):
        return value
    if row["target_operator"] in FALLING:
        return say("at_most", value=value)
    return say("more_than" if row["target_qualifier"] == "more_than" else "at_least", value=value)


def result_phrase(row: Row) -> Both:
    """The result with its bound and unit: `more than 37,000 billion VND`; nothing without a result."""
    value, lower, upper, unit = row["result_value"], row["result_lower"], row["result_upper"], unit_of(row)
    if value is None:
        return NOTHING
    if row["measure_kind"] == "milestone":
        return say("reached" if value == 1 else "not_reached")
    qualifier = row["result_qualifier"]
    if qualifier == "range" and lower is not None and upper is not None:
        return _range(lower, upper, unit)
    if qualifier is None:  # a sum of successors
        qualifier = "at_least" if upper is None else "at_most" if lower is None else "exact"
    return say(BOUNDED[qualifier], value=measured(value, unit)) if qualifier in BOUNDED else measured(value, unit)


def _range(lower: Decimal, upper: Decimal, unit: Unit) -> Both:
    return say("range", lower=number(lower), value=measured(upper, unit))


def falls(row: Row) -> bool:
    """Whether less is the aim, so that a plain quotient would be best at its worst."""
    return row["target_operator"] in FALLING


def share(row: Row) -> Decimal | None:
    """What the bar of a target shows: the fulfilment, or the way covered where less is the aim."""
    value: Decimal | None = row["progress_pct"] if falls(row) else row["fulfilment_pct"]
    return None if row["measure_kind"] == "milestone" else value


def share_phrase(row: Row) -> Both:
    """That share; of a way covered with the level it starts from."""
    value = share(row)
    if value is None:
        return NOTHING
    if falls(row):
        return say("way_covered", share=percent(value), start=number(row["baseline_value"]))
    return _bounded_by_result(value, row)


def _bounded_by_result(value: Decimal, row: Row) -> Both:
    """A fulfilment is at least what it is computed as where the result is "more than", and at most that where it is "nearly"."""
    open_above, open_below = row["result_upper"] is None, row["result_lower"] is None
    if open_above == open_below:
        return percent(value)
    return say("at_least" if open_above else "at_most", value=percent(value))


def why(row: Row) -> Both:
    """The verdict in a sentence, with what is still missing where the target can yet be reached."""
    key, values = _reason(row)
    sentence = capital(say(key, **values))
    if row["status"] in {"on_track", "at_risk", "off_track"} and (row["gap"] or 0) > 0:
        unit = unit_of(row)
        sentence = sentence.joined(say("gap_left", gap=measured(row["gap"], unit, 2)))
        if row["required_per_month"] is not None:
            sentence = sentence.joined(say("each_month", amount=measured(row["required_per_month"], unit, 1)))
    return sentence


def _reason(row: Row) -> tuple[str, dict[str, object]]:
    status, is_over = row["status"], row["result_period_last_day"] == row["target_period_last_day"]
    if status == "no_result":
        ended = row["area_ended_on"]
        return ("why_abolished", {"day": day(ended)}) if ended and ended <= row["target_period_last_day"] else ("why_no_result", {})
    if status == "achieved":
        return ("why_achieved" if is_over else "why_achieved_early"), {}
    if status in {"on_track", "at_risk", "off_track", "reversing"} and row["pace_ratio"] is not None:
        return "why_pace", {
            "share": _bounded_by_result(row["fulfilment_pct"], row), "expected": percent(row["expected_pct"]), "pace": number(row["pace_ratio"], 2),
        }  # fmt: skip
    if status == "not_assessable":
        return ("why_no_direction" if row["desired_direction"] == "none" else "why_no_pace"), {}
    return {"reversing": "why_reversing", "not_achieved": "why_not_achieved", "undetermined": "why_undetermined"}.get(
        status, "why_holds"
    ), {}


def growth_phrase(row: Row) -> Both:
    """The computed growth with what it compares: `+14.8% on 2023`; for a rate the change in percentage points."""
    base = period(row["base_period"])
    if row["change_pp"] is not None:
        return say("change_pp", points=number(row["change_pp"], 2, signed=True)).joined(say("against", period=base))
    if row["growth_pct"] is None:
        return NOTHING
    growth = percent(row["growth_pct"], signed=True)
    return growth.joined(say("average_since" if row["comparison"] == "cagr" else "against", period=base))


def value_phrase(row: Row) -> Both:
    """The value of a growth row with its bound and unit."""
    value = measured(row["value"], unit_of(row))
    return say(BOUNDED[row["qualifier"]], value=value) if row["qualifier"] in BOUNDED else value
