"""The growth of one area and year as the page shows it: computed beside printed, contributions, and their charts."""

from decimal import Decimal
from typing import Any

from hai_ha_pipeline.report import sentences
from hai_ha_pipeline.report.charts import MOST_BARS, Bar, change_chart
from hai_ha_pipeline.report.naming import document, indicator
from hai_ha_pipeline.report.rows import Row
from hai_ha_pipeline.report.wording import NOTHING, Both, capital, inside, measured, number, percent, period, same, say, unit_of


def growth_part(place: Row, growths: list[Row]) -> dict[str, Any]:
    """The growth of one place, its chart, and a chart of contributions for each whole whose parts are known."""
    drawn = [row for row in growths if _drawn_growth(row) is not None and row["comparison"] == "same_period_last_year"]
    bars = [_growth_bar(row, place["year"]) for row in drawn[:MOST_BARS]]
    return {
        "growths": [_growth(row, growths) for row in growths],
        "growths_count": place["growths"],
        "growths_left_out": place["growths"] - len(growths),
        "growth_chart": change_chart(bars) if bars else None,
        "growth_chart_shows": say("growth_first", shown=len(bars), all=number(len(drawn))) if len(drawn) > len(bars) else None,
        "contributions": _contributions(growths),
    }


def _drawn_growth(row: Row) -> Decimal | None:
    value: Decimal | None = row["growth_reported_pct"] if row["growth_pct"] is None else row["growth_pct"]
    return value


def _growth_bar(row: Row, year: int) -> Bar:
    name, value = indicator(row), _drawn_growth(row) or Decimal(0)
    of_another_period = NOTHING if row["period"] == str(year) else period(row["period"])
    return Bar(name, of_another_period, percent(value, signed=True), value, "printed" if row["growth_pct"] is None else "computed")


def _growth(row: Row, growths: list[Row]) -> dict[str, Any]:
    printed = row["growth_reported_pct"]
    agreement = {"compatible": "agrees", "incompatible": "disagrees"}.get(row["growth_agreement"] or "")
    implied = row["implied_base"] if row["base"] is None else None
    parent = next((other for other in growths if other["indicator_code"] == row["parent_code"]), None)
    return {
        "indicator": indicator(row),
        "period": period(row["period"]),
        "value": sentences.value_phrase(row),
        "growth": sentences.growth_phrase(row),
        "printed": None if printed is None else percent(printed, 2, signed=True),
        "printed_text": row["growth_as_printed"],
        "agreement": say(agreement) if agreement else None,
        "implied": None if implied is None else say("implied_base", base=measured(implied, unit_of(row), 2)),
        "contribution": None
        if row["contribution_pp"] is None
        else say(
            "contribution",
            points=number(row["contribution_pp"], 2, signed=True),
            parent=inside(indicator(parent)) if parent else same(row["parent_code"]),
        ),
        "is_derived": row["is_derived"],
        "document": None if row["source"] is None else document(row),
    }


def _contributions(growths: list[Row]) -> list[dict[str, Any]]:
    """A chart for each whole whose growth has parts that are known: the parts, what they leave, the whole."""
    made = []
    for whole in growths:
        same_change = [row for row in growths if (row["period"], row["comparison"]) == (whole["period"], whole["comparison"])]
        parts = [row for row in same_change if row["parent_code"] == whole["indicator_code"] and row["contribution_pp"] is not None]
        if parts and whole["growth_pct"] is not None:
            made.append(_contribution_chart(whole, parts))
    return made


def _contribution_chart(whole: Row, parts: list[Row]) -> dict[str, Any]:
    bars = [Bar(indicator(row), NOTHING, _points(row["contribution_pp"]), row["contribution_pp"], "computed") for row in parts]
    rest = whole["growth_pct"] - sum(row["contribution_pp"] for row in parts)
    bars.append(Bar(capital(say("residual")), NOTHING, _points(rest), rest, "rest"))
    bars.append(Bar(say("whole"), NOTHING, percent(whole["growth_pct"], 2, signed=True), whole["growth_pct"], "whole"))
    what = inside(indicator(whole)).joined(period(whole["period"]), ", ")
    return {"what": what, "chart": change_chart(bars), "bars": bars}


def _points(value: Decimal) -> Both:
    return number(value, 2, signed=True)
