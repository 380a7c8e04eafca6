"""The targets of one area and year as the page shows them: values, verdict, where each is printed, and their chart."""

from decimal import Decimal
from typing import Any

from hai_ha_pipeline.report import sentences
from hai_ha_pipeline.report.charts import MOST_BARS, Bar, share_chart
from hai_ha_pipeline.report.naming import document, indicator
from hai_ha_pipeline.report.rows import Row
from hai_ha_pipeline.report.wording import NOTHING, Both, measured, number, percent, period, say, unit_of, words


def target_part(place: Row, targets: list[Row], earlier: dict[int, list[Row]]) -> dict[str, Any]:
    """The targets of one place, each with its last result and those before it, and their chart."""
    drawn = [row for row in targets if sentences.share(row) is not None]
    bars = [_share_bar(row, place["year"]) for row in drawn[:MOST_BARS]]
    return {
        "targets": [_target(row, earlier[row["target_key"]]) for row in targets],
        "targets_count": place["targets"],
        "targets_left_out": place["targets"] - len(targets),
        "share_chart": share_chart(bars) if bars else None,
        "share_chart_shows": say("chart_shows", shown=len(bars), all=number(place["targets"])) if len(bars) < place["targets"] else None,
        "some_fall": any(sentences.falls(row) for row in drawn[:MOST_BARS]),
    }


def _share_bar(row: Row, year: int) -> Bar:
    """A bar of the chart; a target of another period than its year names it."""
    name = indicator(row)
    of_another_period = NOTHING if row["target_period"] == str(year) else period(row["target_period"])
    value = sentences.share(row) or Decimal(0)
    expected = None if row["result_period_last_day"] == row["target_period_last_day"] else row["expected_pct"]
    text = percent(value)
    if not sentences.falls(row) and row["result_upper"] is None:
        text = Both(f"≥ {text.en}", f"≥ {text.vi}")
    return Bar(name, of_another_period, text, value, row["status"], expected)


def _target(row: Row, earlier: list[Row]) -> dict[str, Any]:
    unit = unit_of(row)
    stage = f"stage_{row['obs_status']}"
    baseline = None
    if row["baseline_value"] is not None:
        value = measured(row["baseline_value"], unit)
        since = row["baseline_period"]
        baseline = say("baseline_at", value=value, period=period(since)) if since else say("baseline", value=value)
    return {
        "indicator": indicator(row),
        "period": period(row["target_period"]),
        "target": sentences.target_phrase(row),
        "result": sentences.result_phrase(row),
        "result_period": period(row["result_period"]),
        "stage": words().get(stage),
        "share": sentences.share_phrase(row),
        "expected": percent(row["expected_pct"]),
        "status": row["status"],
        "why": sentences.why(row),
        "baseline": baseline,
        "reported": _reported(row),
        "is_derived": row["is_derived"],
        "target_printed": row["target_as_printed"],
        "target_document": document(row, "target_"),
        "result_printed": None if row["is_derived"] else row["result_as_printed"],
        "result_document": None if row["result_source"] is None else document(row, "result_"),
        "earlier": [_earlier(row, past) for past in earlier],
    }


def _reported(row: Row) -> Both | None:
    if row["fulfilment_reported_pct"] is None:
        return None
    share, qualifier = percent(row["fulfilment_reported_pct"]), row["fulfilment_reported_qualifier"]
    return say("reported_share", share=say(sentences.BOUNDED[qualifier], value=share) if qualifier in sentences.BOUNDED else share)


def _earlier(row: Row, past: Row) -> dict[str, Any]:
    merged = row | past
    return {
        "period": period(past["result_period"]),
        "result": sentences.result_phrase(merged),
        "share": sentences.share_phrase(merged),
        "status": past["status"],
    }
