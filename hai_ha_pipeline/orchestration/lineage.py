"""From which columns each column of a table is made, for the lineage that the Dagster UI draws.

A column of the same name in a table that is needed is taken over; what is renamed or computed stands in `COMPUTED`.
"""

from collections.abc import Iterator

import dagster as dg

from hai_ha_pipeline.contracts.types import columns
from hai_ha_pipeline.tables import ALL, Table

RESULT, TARGET = "fact_observation", "fact_target"
FIGURES = ("figure", "earlier_figure")
VALIDITY = ["figure.published_on", "figure.ingested_at", "figure.is_restated", "earlier_figure.withdrawn_at"]
RANK = ["figure.published_on", "figure.role", "figure.obs_status", "figure.precedence", "figure.is_corrected", "figure.ingested_at"]
BOTH_VALUES = [f"{RESULT}.value", f"{TARGET}.value"]
WAY = [*BOTH_VALUES, f"{TARGET}.baseline_value"]
GROWN = [f"{RESULT}.value"]
PRINTED_GROWTH = [f"{RESULT}.value", f"{RESULT}.growth_reported_pct"]
OF_FIGURE: dict[str, list[str]] = {
    "source_key": [f"figure.{part}" for part in ("source", "file", "address", "title", "published_on")],
    "description": ["figure.description", "earlier_figure.description"],
    "withdrawn_on": ["earlier_figure.withdrawn_at"],
    "known_from": VALIDITY[:3],
    "known_to": VALIDITY,
    "vintage": RANK,
    "is_current": [*RANK, "earlier_figure.withdrawn_at"],
    **{f"growth_reported_{part}": [f"figure.growth_{part}"] for part in ("pct", "lower_pct", "upper_pct")},
}
COMPUTED: dict[str, dict[str, list[str]]] = {
    "dim_period": {"period_code": ["figure.period_code", "figure.baseline_period_code"]},
    RESULT: OF_FIGURE
    | {"observation_key": ["figure.statement_key"], "growth_change_reported": ["figure.growth_change"]}
    | {f"fulfilment_reported_{part}": [f"figure.plan_fulfilment_{part}"] for part in ("pct", "lower_pct", "upper_pct", "qualifier")},
    TARGET: OF_FIGURE
    | {"target_key": ["figure.statement_key"], "operator": ["figure.qualifier", "figure.is_reduction", "dim_indicator.desired_direction"]},
    "revision": {
        "role": [f"{RESULT}.role"],
        "period": ["dim_period.period_code"],
        "first_value": BOTH_VALUES,
        "latest_value": BOTH_VALUES,
        "change": BOTH_VALUES,
        "change_pct": BOTH_VALUES,
    },
    "consistency": {"period": ["dim_period.period_code"], "role": [f"{RESULT}.role"]},
    "load": {
        "ingested_at": ["source_file.ingested_at"],
    },
    "file_count": {
        "figures_loaded": [f"{RESULT}.observation_key", f"{TARGET}.target_key"],
        "figures_rejected": ["rejected.statement_key"],
        "cells_missing": ["figure.verdict"],
        "last_result_on": ["dim_period.last_day", f"{RESULT}.period_key"],
    },
    "attainment": {
        "target_period": ["dim_period.period_code"],
        "target_period_last_day": ["dim_period.last_day"],
        "result_period": ["dim_period.period_code"],
        "result_period_last_day": ["dim_period.last_day"],
        "is_latest": ["dim_period.last_day"],
        "target_operator": [f"{TARGET}.operator"],
        **{f"target_{part}": [f"{TARGET}.{part}"] for part in ("value", "lower", "upper")},
        "target_as_printed": [f"{TARGET}.value_as_printed", f"{TARGET}.qualifier_as_printed", f"{TARGET}.unit_as_printed"],
        **{f"result_{part}": [f"{RESULT}.{part}"] for part in ("value", "lower", "upper")},
        "result_as_printed": [f"{RESULT}.value_as_printed", f"{RESULT}.qualifier_as_printed", f"{RESULT}.unit_as_printed"],
        "baseline_value": [f"{TARGET}.baseline_value", f"{RESULT}.baseline_value", f"{RESULT}.value"],
        "baseline_period": [f"{TARGET}.baseline_period_code", "dim_period.period_code"],
        "is_derived": ["area_coverage.is_exact"],
        "fulfilment_pct": BOTH_VALUES,
        "fulfilment_reason": [f"{TARGET}.value"],
        "progress_pct": WAY,
        "reduction_pct": WAY,
        "progress_reason": WAY,
        "expected_pct": [f"{RESULT}.value", "dim_period.first_day", "dim_period.last_day"],
        "expected_basis": [f"{RESULT}.value"],
        "pace_ratio": [*BOTH_VALUES, "dim_period.days"],
        "gap": BOTH_VALUES,
        "required_per_month": [*BOTH_VALUES, "dim_period.last_day"],
        "status": [*WAY, f"{RESULT}.lower", f"{RESULT}.upper", f"{TARGET}.lower", f"{TARGET}.upper", "attainment_rule.status"],
        "status_reason": [*WAY, "area_coverage.reason"],
        "preset_metric": ["attainment_rule.metric"],
        "preset_ratio": [*WAY, "dim_period.last_day"],
        "preset_reason": [*WAY, "dim_period.last_day"],
        "observed_per_year": [*WAY, "dim_period.last_day"],
        "required_per_year": [*WAY, "dim_period.last_day"],
        "projected_value": [*WAY, "dim_period.last_day"],
        "target_source_key": [f"{TARGET}.source_key"],
        "result_source_key": [f"{RESULT}.source_key"],
    },
    "growth": {
        "period": ["dim_period.period_code"],
        "period_last_day": ["dim_period.last_day"],
        "comparison": ["dim_period.same_period_last_year_code", "dim_period.previous_period_code"],
        "base_period": ["dim_period.same_period_last_year_code", "dim_period.previous_period_code"],
        "base": GROWN,
        "growth_pct": GROWN,
        "growth_lower_pct": [f"{RESULT}.lower", f"{RESULT}.upper"],
        "growth_upper_pct": [f"{RESULT}.lower", f"{RESULT}.upper"],
        "growth_difference_pp": PRINTED_GROWTH,
        "growth_agreement": [*PRINTED_GROWTH, f"{RESULT}.growth_reported_lower_pct", f"{RESULT}.growth_reported_upper_pct"],
        "implied_base": PRINTED_GROWTH,
        "implied_base_lower": [f"{RESULT}.lower", f"{RESULT}.growth_reported_upper_pct"],
        "implied_base_upper": [f"{RESULT}.upper", f"{RESULT}.growth_reported_lower_pct"],
        "contribution_pp": [*GROWN, "dim_indicator.parent_code"],
        "contribution_residual_pp": [*GROWN, "dim_indicator.parent_code"],
        "change_pp": [*GROWN, "dim_unit.quantity"],
        "reason": [*GROWN, "dim_indicator.measure_kind"],
        "series_end": ["area_coverage.ended_on", "area_coverage.reason"],
        "is_derived": ["area_coverage.is_exact"],
        "base_observation_key": [f"{RESULT}.observation_key"],
    },
}
WINDOW = [f"{RESULT}.{day}" for day in ("known_from", "withdrawn_on")] + [f"{TARGET}.{day}" for day in ("known_from", "withdrawn_on")]
COMPUTED["attainment_history"] = COMPUTED["attainment"] | {"known_from": WINDOW, "known_to": WINDOW, "target_version": WINDOW[2:]}
COMPUTED["growth_over_time"] = COMPUTED["growth"] | {"known_from": WINDOW[:2], "known_to": WINDOW[:2]}
COMPUTED["growth"] |= {"known_from": [f"{RESULT}.known_from", "growth_over_time.known_from"]}
COLUMNS = {table.name: [column.name for column in columns(table.contract)] for table in ALL}


def column_lineage(table: Table) -> dg.TableColumnLineage:
    """What each column of a table comes from; a column that only says how rows were chosen has no entry."""
    computed = COMPUTED.get(table.name, {})
    found = {column.name: list(_deps(table, column.name, computed)) for column in columns(table.contract)}
    return dg.TableColumnLineage({name: deps for name, deps in found.items() if deps})


def _deps(table: Table, column: str, computed: dict[str, list[str]]) -> Iterator[dg.TableColumnDep]:
    if column in computed:
        for of in computed[column]:
            asset, _, name = of.partition(".")
            yield dg.TableColumnDep(dg.AssetKey(asset), name)
        return
    having = [need for need in table.needs if column in COLUMNS.get(need, [])]
    for need in having if having[:2] == list(FIGURES) else having[:1]:
        yield dg.TableColumnDep(dg.AssetKey(need), column)
