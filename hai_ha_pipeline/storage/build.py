"""The DuckDB file of a new generation: every table from its Parquet, comments from the contracts, views, macros.

It is built where nobody looks yet; putting it in place is `publish.py`.
"""

from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

import duckdb

from hai_ha_pipeline.contracts.audit import Generation
from hai_ha_pipeline.contracts.types import Contract, columns, grain
from hai_ha_pipeline.storage.macros import MACROS
from hai_ha_pipeline.storage.quoting import quoted
from hai_ha_pipeline.storage.verify import GENERATION, count
from hai_ha_pipeline.storage.views import VIEWS, View

Tables = Mapping[str, tuple[str, type[Contract]]]


def build(
    database: Path, parquet: Mapping[str, Path], tables: Tables, generation: int, published_at: datetime, storage_version: str
) -> dict[str, int]:
    """Make the file `database` from the Parquet files of `tables`; the rows of each table."""
    rows = {}
    with closing(duckdb.connect()) as connection:
        connection.execute(f"ATTACH '{quoted(database)}' AS draft (STORAGE_VERSION '{storage_version}')")
        connection.execute("USE draft")
        for schema in sorted({"audit", *(schema for schema, _ in tables.values())}):
            connection.execute(f"CREATE SCHEMA {schema}")
        for name, (schema, contract) in tables.items():
            table = f"{schema}.{name}"
            connection.execute(f"CREATE TABLE {table} AS FROM read_parquet('{quoted(parquet[name])}')")
            _comment(connection, table, contract)
            rows[table] = count(connection, table)
        connection.execute(f"CREATE TABLE {GENERATION} ({', '.join(f'{column.name} {column.dtype}' for column in columns(Generation))})")
        connection.execute(f"INSERT INTO {GENERATION} VALUES (?, ?)", [generation, published_at])  # noqa: S608
        _comment(connection, GENERATION, Generation)
        rows[GENERATION] = 1
        views = [view for view in VIEWS if set(view.tables) <= set(rows)]
        _add_views(connection, views)
        _add_macros(connection, {*rows, *(view.name for view in views)})
        connection.execute("CHECKPOINT draft")
        connection.execute("USE memory")
        connection.execute("DETACH draft")
    return rows


def _comment(connection: duckdb.DuckDBPyConnection, table: str, contract: type[Contract], kind: str = "TABLE") -> None:
    connection.execute(f"COMMENT ON {kind} {table} IS '{quoted(grain(contract))}'")
    for column in columns(contract):
        connection.execute(f"COMMENT ON COLUMN {table}.\"{column.name}\" IS '{quoted(column.description)}'")


def _add_views(connection: duckdb.DuckDBPyConnection, views: Iterable[View]) -> None:
    for view in views:
        connection.execute(f"CREATE VIEW {view.name} AS {view.query}")
        _comment(connection, view.name, view.contract, kind="VIEW")


def _add_macros(connection: duckdb.DuckDBPyConnection, published: Collection[str]) -> None:
    """The macros whose tables or views are published."""
    for macro in MACROS:
        if macro.table.split()[0] in published:
            connection.execute(f"CREATE MACRO {macro.signature} AS TABLE {macro.query}")
            connection.execute(f"COMMENT ON MACRO TABLE {macro.name} IS '{quoted(macro.comment)}'")
