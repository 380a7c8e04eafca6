"""Contracts judge what the transforms make, and document every column."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pandera.errors
import polars as pl
import pytest

from hai_ha_pipeline.contracts.audit import Load
from hai_ha_pipeline.contracts.core import DimArea
from hai_ha_pipeline.contracts.marts import Attainment, Growth
from hai_ha_pipeline.contracts.reading import AcceptedFigure, Figure
from hai_ha_pipeline.contracts.types import Contract, columns, empty
from hai_ha_pipeline.tables import ALL, PUBLISHED, TABLES
from tests.build import figures, judged
from tests.conftest import Tables

CONTRACTS = [pytest.param(contract, id=name) for name, (_, contract) in PUBLISHED.items()]


@pytest.mark.parametrize("table", [table for table in ALL if table.name != "build"], ids=lambda table: str(table.name))
def test_the_tables_of_the_shipped_sources_keep_their_contracts(shipped: Tables, table: Any) -> None:
    table.contract.validate(shipped[table.name], lazy=True)


@pytest.mark.parametrize("contract", CONTRACTS)
def test_an_empty_table_keeps_its_contract(contract: type[Contract]) -> None:
    contract.validate(empty(contract), lazy=True)


def test_a_column_is_documented_with_its_sql_type() -> None:
    kinds = {column.name: (column.dtype, column.is_nullable) for column in columns(Load)}
    assert kinds["cells_read"] == ("BIGINT", False)
    assert kinds["ingested_at"] == ("TIMESTAMP", True)
    assert {column.name: column.dtype for column in columns(Growth)}["growth_pct"] == "DECIMAL(18,6)"


def said(contract: type[Contract], table: pl.DataFrame) -> str:
    with pytest.raises(pandera.errors.SchemaErrors) as broken:
        contract.validate(table, lazy=True)
    return str(broken.value)


def changed(name: str, value: Any) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """The table with one column set in its first row."""

    def change(table: pl.DataFrame) -> pl.DataFrame:
        first = pl.int_range(pl.len()) == 0
        return table.with_columns(pl.when(first).then(pl.lit(value, table.schema[name])).otherwise(pl.col(name)).alias(name))

    return change


@pytest.mark.parametrize(
    ("contract", "table", "change", "check"),
    [
        (Load, "load", changed("cells_read", 9999), "_counts_add_up"),
        (Load, "load", changed("state", "lost"), "state"),
        (Attainment, "attainment", changed("status", "splendid"), "status"),
        (Attainment, "attainment", changed("result_value", None), "_no_result_is_said"),
        (Attainment, "attainment", changed("status_reason", None), "status_reason"),
        (Growth, "growth", changed("growth_pct", None), "_a_missing_growth_has_its_reason"),
        (DimArea, "dim_area", changed("valid_to", date(1800, 1, 1)), "_a_version_ends_after_it_begins"),
        (Growth, "growth", lambda table: pl.concat([table, table.head(1)]), "not unique"),
        (Growth, "growth", lambda table: table.with_columns(surplus=pl.lit(1)), "surplus"),
        (Growth, "growth", lambda table: table.drop("base"), "base"),
        (Growth, "growth", lambda table: table.with_columns(pl.col("value").cast(pl.Float64)), "value"),
    ],
)
def test_a_broken_table_is_named_with_its_check(
    shipped: Tables, contract: type[Contract], table: str, change: Callable[[pl.DataFrame], pl.DataFrame], check: str
) -> None:
    known = shipped[table].sort(pl.nth(0), nulls_last=True)
    if contract is Growth:
        known = known.filter(pl.col("growth_pct").is_not_null())
    if contract is Attainment:
        known = known.filter(pl.col("result_value").is_not_null())
    assert check in said(contract, change(known))


def test_a_missing_fulfilment_needs_its_reason(shipped: Tables) -> None:
    zero = shipped["attainment"].filter(pl.col("fulfilment_pct").is_null() & pl.col("result_value").is_not_null())
    assert zero.height
    assert "_a_missing_fulfilment_has_its_reason" in said(Attainment, zero.with_columns(fulfilment_reason=pl.lit(None, pl.String)))


def test_a_fulfilment_must_give_the_result_back(shipped: Tables) -> None:
    known = shipped["attainment"].filter(pl.col("fulfilment_pct").is_not_null())
    assert "_fulfilment_gives_the_result_back" in said(
        Attainment, known.with_columns((pl.col("fulfilment_pct") + 1).cast(pl.Decimal(18, 6)))
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"verdict": "rejected"},
        {"verdict": "rejected", "rule": "type-error"},
        {"verdict": "accepted", "rule": "type-error", "reason": "none"},
    ],
)
def test_a_rejection_has_a_rule_and_a_reason_and_nothing_else_has(fields: dict[str, str]) -> None:
    assert "_a_rejection_has_a_reason" in said(Figure, figures(fields))


@pytest.mark.parametrize(
    ("fields", "check"),
    [
        ({"lower": "101", "upper": "102"}, "_value_lies_inside_its_interval"),
        ({"lower": "100", "upper": None}, "_only_a_bound_leaves_an_interval_open"),
        ({"lower": "99", "upper": "101", "period_code": "summer"}, "period_code"),
        ({"lower": "99", "upper": "101", "area_code": None}, "area_code"),
    ],
)
def test_a_figure_unfit_for_the_facts_breaks_the_contract_of_an_accepted_one(fields: dict[str, Any], check: str) -> None:
    assert check in said(AcceptedFigure, figures(fields))


@pytest.mark.parametrize(
    "period", ["2024", "2024-S1", "2024-Q1", "2024-07", "2024-11-08", "2024-01-01/P7M", "2025-01-01/P234D", "2021-01-01/P5Y"]
)
def test_every_kind_of_period_is_fit_for_the_facts(period: str) -> None:
    assert judged({"period": period})["verdict"].to_list() == ["accepted"]


def test_every_table_has_a_contract_of_its_own() -> None:
    assert len({table.contract for table in TABLES}) == len(TABLES)
