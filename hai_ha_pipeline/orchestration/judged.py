"""A table as an asset: what it says of itself, and whether it keeps its contract."""

from typing import Any, TypedDict

import dagster as dg
import polars as pl

from hai_ha_pipeline.contracts.types import Contract, failing_cases, grain
from hai_ha_pipeline.orchestration.lineage import column_lineage
from hai_ha_pipeline.orchestration.metadata import as_markdown, column_schema, of_table
from hai_ha_pipeline.tables import Read, Table

CONTRACT, ENGINEERS = "contract", "team:pipeline"
FAILING_CASES = 20


class Description(TypedDict):
    """What Dagster is told of a table's asset."""

    group_name: str
    description: str
    kinds: set[str]
    owners: list[str]
    metadata: dict[str, Any]


def described(table: Read | Table) -> Description:
    """What every table's asset says of itself."""
    metadata: dict[str, Any] = {"dagster/column_schema": column_schema(table.contract)}
    if table.schema:
        metadata["dagster/relation_identifier"] = f"hai_ha.{table.schema}.{table.name}"
    if isinstance(table, Table):
        metadata["dagster/column_lineage"] = column_lineage(table)
    return {
        "group_name": table.group,
        "description": grain(table.contract),
        "kinds": {"polars", "parquet"},
        "owners": [ENGINEERS],
        "metadata": metadata,
    }


def check_specs(table: Read | Table) -> list[dg.AssetCheckSpec]:
    """The check that a table keeps its contract; nothing downstream is made where it does not."""
    description = f"Every rule of the contract {table.contract.__name__}: columns, types, keys, ranges."
    return [dg.AssetCheckSpec(CONTRACT, asset=table.name, blocking=True, description=description)]


def judged(name: str, contract: type[Contract], rows: pl.DataFrame, further: dg.AssetCheckResult | None = None) -> dg.MaterializeResult:
    """The table with its contract's verdict; a broken contract stops everything downstream."""
    checks = [contract_check(name, contract, rows), *([further] if further else [])]
    return dg.MaterializeResult(asset_key=name, value=rows, metadata=of_table(name, rows), check_results=checks)


def contract_check(name: str, contract: type[Contract], rows: pl.DataFrame) -> dg.AssetCheckResult:
    """Whether a table keeps its contract."""
    cases = failing_cases(contract, rows)
    return verdict(name, rows.height, [] if cases is None else [cases])


def verdict(name: str, rows: int, broken: list[pl.DataFrame]) -> dg.AssetCheckResult:
    """Whether a table keeps its contract, with the first cases in which it does not."""
    if not broken:
        return dg.AssetCheckResult(check_name=CONTRACT, asset_key=name, passed=True, metadata={"rows_checked": rows})
    failures = sum(cases.height for cases in broken)
    return dg.AssetCheckResult(
        check_name=CONTRACT,
        asset_key=name,
        passed=False,
        metadata={"failing_cases": dg.MetadataValue.md(as_markdown(broken[0].head(FAILING_CASES))), "failures": failures},
        description=f"{name} breaks its contract in {failures} cases; nothing is published.",
    )
