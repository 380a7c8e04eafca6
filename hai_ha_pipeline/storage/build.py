"""The DuckDB file of a new generation: every table from its Parquet, comments from the contracts, views, macros.

It is built where nobody looks yet; putting it in place is `publish.py`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from hai_ha_pipeline.contracts.audit import Generation
from hai_ha_pipeline.contracts.types import Contract, columns, grain
from hai_ha_pipeline.storage.macros import MACROS
from hai_ha_pipeline.storage.quoting import quoted
from hai_ha_pipeline.storage.stage import beside_rows
from hai_ha_pipeline.storage.verify import GENERATION, count
from hai_ha_pipeline.storage.views import VIEWS, View

Tables = Mapping[str, tuple[str, type[Contract]]]


def build(
    database: Path, parquet: Mapping[str, Sequence[Path]], tables: Tables, generation: int, published_at: datetime, storage_version: str
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
            _create(connection, table, contract, parquet[name])
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


def _create(connection: duckdb.DuckDBPyConnection, table: str, contract: type[Contract], files: Sequence[Path]) -> None:
    """The table with the rows of its files, one after the other."""
    described = ", ".join(f'"{column.name}" {column.dtype}' for column in columns(contract))
    connection.execute(f"CREATE TABLE {table} ({described})")
    for file in files:
        connection.execute(f"INSERT INTO {table} {rows_of(file)}")


def rows_of(file: Path) -> str:
    """The query for the rows of a file of the stage: what says the same in every row stands beside them, and here in the query."""
    names, said = beside_rows(file)
    same = {name: _literal(said[name][0]) for name in said.columns}
    selected = ", ".join(f'{same[name]} AS "{name}"' if name in same else f'"{name}"' for name in names)
    return f"SELECT {selected} FROM read_parquet('{quoted(file)}')"  # noqa: S608


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    return str(value).upper() if isinstance(value, bool) else f"'{quoted(value)}'"


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
