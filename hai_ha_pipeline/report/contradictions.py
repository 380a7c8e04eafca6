"""What contradicts what, in plain words: the figure, what the others allow, and the calculation that led to it."""

import re
from decimal import Decimal
from math import floor, log10
from typing import Any

from hai_ha_pipeline.report.naming import area, document, indicator
from hai_ha_pipeline.report.rows import Row
from hai_ha_pipeline.report.wording import NOTHING, PERCENT, Both, Unit, capital, measured, number, period, say, unit_of

# Checks whose figures are per cent although their indicator has another unit.
OF_PERCENT = {"share_matches", "growth_between_parts", "growth_matches", "plan_fulfilment_matches", "plan_times_fulfilment"}
CODE = re.compile(r"\b\d{4}-(?:[SQ]\d|\d\d(?:-\d\d)?)(?:/P\d+[DMY])?|\b[a-z]+(?:_[a-z]+)+\b")


def contradiction(row: Row, names: dict[str, str]) -> dict[str, Any]:
    """What the page says of a subject that was checked; `names` are those of indicators by their code."""
    printed = [row["qualifier_as_printed"], row["value_as_printed"], row["unit_as_printed"], row["growth_as_printed"]]
    return {
        "check": say(f"check_{row['check_name']}"),
        "area": area(row),
        "heading": capital(indicator(row)).joined(period(row["period"]), ", "),
        "is_target": row["role"] == "target",
        "sentence": finding(row),
        "found": found(row),
        "expected": expected(row),
        "explanation": _in_words(row["explanation"], names),
        "printed": " ".join(text for text in printed[:3] if text),
        "printed_growth": row["growth_as_printed"],
        "document": None if row["source"] is None else document(row),
        "language": row["language"],
    }


def _in_words(explanation: str, names: dict[str, str]) -> str:
    """The sentence of the warehouse with periods and indicators by name instead of code."""
    return CODE.sub(lambda found: names.get(found[0], period(found[0]).en), explanation)


def finding(row: Row) -> Both:
    """A contradiction in plain words."""
    return say(f"finding_{row['check_name']}", found=found(row), expected=expected(row))


def found(row: Row) -> Both:
    """What is printed, or what it implies."""
    return _interval(row["found_lower"], row["found_upper"], _unit_of_check(row))


def expected(row: Row) -> Both:
    """What the other figures allow."""
    return _interval(row["expected_lower"], row["expected_upper"], _unit_of_check(row))


def _unit_of_check(row: Row) -> Unit:
    return Unit(PERCENT, NOTHING) if row["check_name"] in OF_PERCENT else unit_of(row)


def _interval(lower: Decimal | None, upper: Decimal | None, unit: Unit) -> Both:
    """An interval as people say it: its middle where only rounding is between its ends, else both ends, or the one that is known."""
    if lower is None or upper is None:
        bound = lower if upper is None else upper
        return (
            Both("–", "–")
            if bound is None
            else say("at_least" if upper is None else "at_most", value=measured(bound, unit, _digits(bound)))
        )
    middle, width = (lower + upper) / 2, upper - lower
    if width == 0:
        return measured(middle, unit)
    rounding = Decimal(10) ** round(log10(width))  # printed to the last digit, an interval is one unit of it wide
    if width == rounding or width < abs(middle) / 50:
        return measured(middle, unit, max(-floor(log10(width)), 0))
    return say("range", lower=number(lower, _digits(lower)), value=measured(upper, unit, _digits(upper)))


def _digits(value: Decimal) -> int:
    """Decimals that leave about four digits of a number that is itself computed."""
    return 0 if not value else max(3 - floor(log10(abs(value))), 0)
