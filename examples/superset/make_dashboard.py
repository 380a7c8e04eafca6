"""Make the dashboard of targets in a running Superset, through its API: database, dataset, three charts, dashboard.

    python examples/superset/make_dashboard.py [warehouse/hai_ha.duckdb]

Run again it changes what is there. Needs nothing but Python; the server is started by `serve.sh`.
"""

import json
import sys
import uuid
from pathlib import Path
from typing import Any

from api import Superset

WAREHOUSE = Path(__file__).resolve().parents[2] / "warehouse" / "hai_ha.duckdb"
DATABASE, DASHBOARD, SLUG = "Hai Ha warehouse", "Plan targets of Hai Ha", "hai-ha-targets"
AREA, YEAR = "Hai Ha district", "2024"
READ_ONLY = {
    "engine_params": {"connect_args": {"read_only": True, "config": {"enable_external_access": "false", "lock_configuration": "true"}}}
}
# A target that falls is met by less: there the way from the baseline is what counts.
REACHED = "CASE WHEN target_operator IN ('<=', 'reduce_by') THEN progress_pct ELSE fulfilment_pct END::DOUBLE"
COLOURS = {
    "achieved": "#1b7f4b", "on_track": "#5aa469", "at_risk": "#d9a441", "off_track": "#c8553d", "reversing": "#8c2f39",
    "not_achieved": "#8c2f39", "undetermined": "#7a7a7a", "not_assessable": "#a9a9a9", "no_result": "#d0d0d0",
}  # fmt: skip


def main() -> None:
    """Make everything and say where it stands."""
    warehouse = Path(sys.argv[1] if len(sys.argv) > 1 else WAREHOUSE).absolute()
    superset = Superset()
    dataset = _dataset(superset, _database(superset, warehouse))
    dashboard = superset.put("dashboard", "dashboard_title", {"dashboard_title": DASHBOARD, "slug": SLUG, "published": True})
    charts = [superset.put("chart", "slice_name", _chart(dataset, dashboard, chart)) for chart in CHARTS]
    layout = {"position_json": json.dumps(_layout(superset, charts)), "json_metadata": json.dumps(_filters(dataset, charts))}
    superset.ask("PUT", f"dashboard/{dashboard}", layout)
    print(f"{superset.address}/superset/dashboard/{SLUG}/  shows {warehouse}")  # noqa: T201


def _database(superset: Superset, warehouse: Path) -> int:
    return superset.put(
        "database",
        "database_name",
        {
            "database_name": DATABASE,
            # Four slashes: the path is absolute. Nothing is resolved, so that a new generation is found behind the same path.
            "sqlalchemy_uri": f"duckdb:///{warehouse}",
            "extra": json.dumps(READ_ONLY),
            "expose_in_sqllab": True,
            "allow_dml": False,
        },
    )


def _dataset(superset: Superset, database: int) -> int:
    """The dataset over `marts.attainment`, with a metric that reads the same for targets that rise and that fall."""
    number = superset.find("dataset", "table_name", "attainment", {"col": "database", "opr": "rel_o_m", "value": database})
    if number is None:
        number = int(superset.ask("POST", "dataset/", {"database": database, "schema": "marts", "table_name": "attainment"})["id"])
    superset.ask("PUT", f"dataset/{number}/refresh")
    known = {metric["metric_name"]: metric["id"] for metric in superset.ask("GET", f"dataset/{number}")["result"]["metrics"]}
    wanted = {"reached": f"max({REACHED})", "targets": "count(*)"}
    numbered = [{"metric_name": name, "expression": sql} | ({"id": known[name]} if name in known else {}) for name, sql in wanted.items()]
    superset.ask("PUT", f"dataset/{number}", {"metrics": numbered})
    return number


PRINTED = ["indicator_name_en", "target_as_printed", "result_as_printed", "result_period", "status", "status_reason"]
CHARTS: tuple[dict[str, Any], ...] = (
    {
        "name": "How far each target is reached, %",
        "viz": "echarts_timeseries_bar",
        "form": {
            "x_axis": "indicator_name_en",
            "x_axis_sort": "reached",
            "x_axis_sort_asc": True,
            "metrics": ["reached"],
            "groupby": ["status"],
            "orientation": "horizontal",
            "stack": "Stack",
            "show_value": True,
            "y_axis_format": ".1f",
            "row_limit": 100,
            "truncateXAxis": False,
        },
        "where": f"{REACHED} IS NOT NULL",
        "query": {"columns": ["indicator_name_en", "status"], "metrics": ["reached"]},
    },
    {
        "name": "Targets by status",
        "viz": "pie",
        "form": {"groupby": ["status"], "metric": "targets", "donut": True, "label_type": "value", "row_limit": 20},
        "query": {"columns": ["status"], "metrics": ["targets"]},
    },
    {
        "name": "Targets and results as printed",
        "viz": "table",
        "form": {
            "query_mode": "raw",
            "all_columns": PRINTED,
            "row_limit": 200,
            "server_page_length": 10,
        },
        "query": {"columns": PRINTED},
    },
)


def _chart(dataset: int, dashboard: int, chart: dict[str, Any]) -> dict[str, Any]:
    """One chart: what its editor shows (`params`), and the query that the API asks for its figures (`query_context`)."""
    conditions = ["is_latest", *([chart["where"]] if "where" in chart else [])]
    adhoc = [{"expressionType": "SQL", "clause": "WHERE", "sqlExpression": condition} for condition in conditions]
    params = {"datasource": f"{dataset}__table", "viz_type": chart["viz"], "adhoc_filters": adhoc, **chart["form"]}
    chosen = [{"col": "area_name_en", "op": "==", "val": AREA}, {"col": "target_period", "op": "==", "val": YEAR}]
    where = " AND ".join(f"({condition})" for condition in conditions)
    query = {"metrics": None, **chart["query"], "filters": chosen, "extras": {"where": where}, "row_limit": chart["form"]["row_limit"]}
    context = {"datasource": {"id": dataset, "type": "table"}, "queries": [query], "result_format": "json", "result_type": "full"}
    return {
        "slice_name": chart["name"],
        "viz_type": chart["viz"],
        "datasource_id": dataset,
        "datasource_type": "table",
        "params": json.dumps(params),
        "query_context": json.dumps(context),
        "dashboards": [dashboard],
    }


def _layout(superset: Superset, charts: list[int]) -> dict[str, Any]:
    """Bars and ring side by side, the printed texts below."""
    rows = {"ROW-1": [(charts[0], 8), (charts[1], 4)], "ROW-2": [(charts[2], 12)]}
    grid: dict[str, Any] = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "parents": ["ROOT_ID"], "children": list(rows)},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": DASHBOARD}},
    }
    for row, placed in rows.items():
        parents = ["ROOT_ID", "GRID_ID"]
        names = [f"CHART-{chart}" for chart, _ in placed]
        grid[row] = {"type": "ROW", "id": row, "parents": parents, "children": names, "meta": {"background": "BACKGROUND_TRANSPARENT"}}
        for (chart, width), name in zip(placed, names, strict=True):
            about = superset.ask("GET", f"chart/{chart}")["result"]
            meta = {"chartId": chart, "uuid": about.get("uuid"), "sliceName": about["slice_name"], "width": width, "height": 62}
            grid[name] = {"type": "CHART", "id": name, "parents": [*parents, row], "children": [], "meta": meta}
    return grid


def _filters(dataset: int, charts: list[int]) -> dict[str, Any]:
    """Two filters above every chart: the area and the year of the plan."""
    chosen = {"area": ("area_name_en", AREA), "plan year": ("target_period", YEAR)}
    return {
        "native_filter_configuration": [_filter(dataset, charts, name, column, value) for name, (column, value) in chosen.items()],
        "label_colors": COLOURS,
        "shared_label_colors": [],
        "color_scheme": "supersetColors",
    }


def _filter(dataset: int, charts: list[int], name: str, column: str, value: str) -> dict[str, Any]:
    return {
        "id": f"NATIVE_FILTER-{uuid.uuid5(uuid.NAMESPACE_URL, column)}",
        "name": name,
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "targets": [{"datasetId": dataset, "column": {"name": column}}],
        "defaultDataMask": {
            "extraFormData": {"filters": [{"col": column, "op": "IN", "val": [value]}]},
            "filterState": {"value": [value], "label": value},
        },
        "controlValues": {"enableEmptyFilter": True, "multiSelect": False, "defaultToFirstItem": False, "searchAllOptions": False},
        "cascadeParentIds": [],
        "scope": {"rootPath": ["ROOT_ID"], "excluded": []},
        "chartsInScope": charts,
    }


if __name__ == "__main__":
    main()
