"""Every area and year of the page, put together from its targets, its growth and what contradicts there."""

from collections import Counter, defaultdict
from typing import Any

from hai_ha_pipeline.report.charts import SHAPES
from hai_ha_pipeline.report.contradictions import contradiction
from hai_ha_pipeline.report.growths import growth_part
from hai_ha_pipeline.report.naming import area
from hai_ha_pipeline.report.rows import Row, Rows
from hai_ha_pipeline.report.targets import target_part
from hai_ha_pipeline.report.wording import say

PlaceKey = tuple[str, str, int]


def places_of(rows: Rows, names: dict[str, str]) -> list[dict[str, Any]]:
    """The places in the order of their area's code, the latest year of each first."""
    targets, growths, statuses = _grouped(rows.targets), _grouped(rows.growths), _grouped(rows.statuses)
    contradictions = _grouped(rows.contradictions)
    earlier: dict[int, list[Row]] = defaultdict(list)
    for row in rows.earlier:
        earlier[row["target_key"]].append(row)
    ordered = sorted(rows.places, key=lambda row: (row["area_code"], row["area_name_en"], -row["year"]))
    taken: Counter[str] = Counter()
    made = []
    for row in ordered:
        mine = _key(row)
        name = say("place", area=area(row), year=row["year"])
        slug = f"{row['area_code']}-{row['year']}".lower()
        taken[slug] += 1
        identity = slug if taken[slug] == 1 else f"{slug}-{taken[slug]}"
        made.append(
            {
                "id": f"p-{identity}",
                "name": name,
                "area": area(row),
                "code": row["area_code"],
                "year": row["year"],
                "results": row["results"],
            }
            | target_part(row, targets[mine], earlier)
            | growth_part(row, growths[mine])
            | {
                "statuses": _glance(statuses[mine]),
                "contradictions": [contradiction(found, names) for found in contradictions[mine]],
            }
        )
    return made


def _glance(statuses: list[Row]) -> list[tuple[str, int]]:
    """Statuses with how many targets have them, the good ones first."""
    counts = {row["status"]: row["targets"] for row in statuses}
    return [(status, counts[status]) for status in SHAPES if status in counts]


def _key(row: Row) -> PlaceKey:
    return row["area_code"], row["area_name_en"], row["year"]


def _grouped(rows: list[Row]) -> dict[PlaceKey, list[Row]]:
    groups: dict[PlaceKey, list[Row]] = defaultdict(list)
    for row in rows:
        groups[_key(row)].append(row)
    return groups
