"""A DuckDB file of given tables, for tests that read a warehouse and do not care how it is published."""

from pathlib import Path

import duckdb
import polars as pl

from hai_ha_pipeline.contracts.types import empty
from hai_ha_pipeline.tables import PUBLISHED

BUILD = pl.DataFrame({"fingerprint": ["shipped sources"]})


def database_of(path: Path, tables: dict[str, pl.DataFrame]) -> Path:
    """A file with every published table: those given, and the others without rows."""
    with duckdb.connect(str(path)) as connection:
        for schema in sorted({schema for schema, _ in PUBLISHED.values()}):
            connection.execute(f"CREATE SCHEMA {schema}")
        for name, (schema, contract) in PUBLISHED.items():
            connection.register("given_rows", tables.get(name, BUILD if name == "build" else empty(contract)))
            connection.execute(f'CREATE TABLE {schema}."{name}" AS FROM given_rows')
            connection.unregister("given_rows")
    return path
