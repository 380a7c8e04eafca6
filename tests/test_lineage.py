"""The column lineage that the UI draws: every column it names is there, and a column that is taken over holds the same values."""

import dagster as dg
import polars as pl
import pytest

from hai_ha_pipeline.contracts.types import columns
from hai_ha_pipeline.orchestration.lineage import COMPUTED, column_lineage
from hai_ha_pipeline.tables import ALL, TABLES, Table
from tests.conftest import Tables

DEPS = [(table, lineage) for table in TABLES for lineage in [column_lineage(table)]]


@pytest.mark.parametrize(("table", "lineage"), DEPS, ids=[table.name for table in TABLES])
def test_a_column_comes_from_columns_that_the_table_needs(table: Table, lineage: dg.TableColumnLineage) -> None:
    known = {each.name: {column.name for column in columns(each.contract)} for each in ALL}
    for column, deps in lineage.deps_by_column.items():
        assert column in known[table.name]
        for dep in deps:
            [asset] = dep.asset_key.path
            assert asset in table.needs
            assert dep.column_name in known[asset], f"{table.name}.{column} of {asset}.{dep.column_name}"
    assert set(COMPUTED.get(table.name, {})) <= known[table.name]


@pytest.mark.parametrize(("table", "lineage"), DEPS, ids=[table.name for table in TABLES])
def test_a_column_that_is_taken_over_holds_values_of_the_one_it_comes_from(
    table: Table, lineage: dg.TableColumnLineage, shipped: Tables
) -> None:
    for column, deps in lineage.deps_by_column.items():
        if column not in COMPUTED.get(table.name, {}):
            before = pl.concat([shipped[dep.asset_key.path[-1]][dep.column_name] for dep in deps])
            new = set(shipped[table.name][column].drop_nulls()) - set(before)
            assert not new, (
                f"{table.name}.{column} holds what {[dep.asset_key.path[-1] for dep in deps]} does not: {sorted(map(str, new))[:3]}"
            )


@pytest.mark.parametrize("mart", ["attainment", "growth"])
def test_every_column_of_a_mart_has_its_lineage(mart: str) -> None:
    [table] = [table for table in TABLES if table.name == mart]
    lacking = {column.name for column in columns(table.contract)} - set(column_lineage(table).deps_by_column)
    assert not lacking
