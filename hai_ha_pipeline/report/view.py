"""Everything the template needs, put together from the rows: totals, places, contradictions, what is missing, documents."""

from collections import Counter, defaultdict
from typing import Any

from hai_ha_pipeline.report.charts import SHAPES
from hai_ha_pipeline.report.contradictions import contradiction
from hai_ha_pipeline.report.naming import document
from hai_ha_pipeline.report.places import places_of
from hai_ha_pipeline.report.rows import Row, Rows
from hai_ha_pipeline.report.wording import Both, day, number, say, words


def page_of(rows: Rows) -> dict[str, Any]:
    """The values of `page/report.html`."""
    names = {row["indicator_code"]: row["indicator_name_en"].lower() for row in rows.named}
    places = places_of(rows, names)
    counts = Counter(dict.fromkeys(("inconsistent", "consistent", "undetermined"), 0))
    for row in rows.verdicts:
        counts[row["verdict"]] += row["subjects"]
    statuses: Counter[str] = Counter()
    for row in rows.statuses:
        statuses[row["status"]] += row["targets"]
    return {
        "w": words(), "say": say, "number": number, "day": day, "shapes": SHAPES,
        "places": places, "first": _first(places), "places_left_out": _left_out(rows.places),
        "totals": _totals(rows, places, counts, statuses), "no_result": rows.no_result,
        "contradictions": [contradiction(row, names) for row in rows.contradictions], "contradictions_left_out": _left_out(rows.contradictions),
        "undecided": [contradiction(row, names) for row in rows.undecided], "undecided_left_out": _left_out(rows.undecided),
        "compared": {"all": sum(counts.values())} | counts, "checks": _checks(rows),
        "loads": rows.loads, "loads_left_out": _left_out(rows.loads), "load_totals": rows.load_totals,
        "rejected": rows.rejected, "rejected_rules": rows.rejected_rules,
        "rejected_left_out": sum(row["figures"] for row in rows.rejected_rules) - len(rows.rejected),
        "corrections": rows.corrections, "corrections_left_out": _left_out(rows.corrections),
        "documents": [row | document(row) for row in rows.documents], "documents_left_out": _left_out(rows.documents),
        "documents_count": _of_all(rows.documents), "build": rows.build,
    }  # fmt: skip


def _of_all(rows: list[Row]) -> int:
    return int(rows[0]["of_all"]) if rows else 0


def _left_out(rows: list[Row]) -> int:
    return _of_all(rows) - len(rows)


def _totals(rows: Rows, places: list[dict[str, Any]], counts: Counter[str], statuses: Counter[str]) -> Both:
    return say(
        "totals", figures=number(rows.load_totals["loaded"]), documents=number(_of_all(rows.documents)),
        targets=number(statuses.total()), places=number(len(places)), contradictions=number(counts["inconsistent"]),
    )  # fmt: skip


def _first(places: list[dict[str, Any]]) -> str:
    """The place that is open at first: that with the most results."""
    best = max(places, key=lambda place: (place["results"], place["targets_count"], place["growths_count"]), default=None)
    return str(best["id"]) if best else ""


def _checks(rows: Rows) -> list[dict[str, Any]]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows.verdicts:
        counts[row["check_name"]][row["verdict"]] += row["subjects"]
    ordered = sorted(counts, key=lambda check: (-counts[check]["inconsistent"], -counts[check].total(), check))
    return [{"name": say(f"check_{check}")} | counts[check] for check in ordered]
