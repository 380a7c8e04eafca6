"""The DuckDB file of a new generation: every table from its Parquet, comments from the contracts, views, macros.

It is built where nobody looks yet; putting it in place is `publish.py`. Building on the file of the generation before is `increment.py`.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

import duckdb

from hai_ha_pipeline.contracts.audit import Generation, Part
from hai_ha_pipeline.contracts.types import Contract, columns, grain, sql_name
from hai_ha_pipeline.storage.macros import MACROS
from hai_ha_pipeline.storage.parts import PART, Parts
from hai_ha_pipeline.storage.quoting import quoted
from hai_ha_pipeline.storage.stage import beside_rows
from hai_ha_pipeline.storage.verify import GENERATION, count
from hai_ha_pipeline.storage.views import VIEWS, View

Tables = Mapping[str, tuple[str, type[Contract]]]
Parquet = Mapping[str, Sequence[Path]]
OF_PUBLISHING: dict[str, type[Contract]] = {GENERATION: Generation, PART: Part}


@dataclass(frozen=True)
class Content:
    """What a generation is to hold: the Parquet files of each table, in the order of the parts where it is cut, and what it says of itself."""

    parquet: Parquet
    tables: Tables
    generation: int
    published_at: datetime
    storage_version: str
    parts: Parts | None = None

    def published(self) -> dict[str, str]:
        """The tables by name, as they are called in the published file."""
        return {name: f"{schema}.{name}" for name, (schema, _) in self.tables.items()}

    def views(self) -> list[View]:
        """The views whose tables are published."""
        published = set(self.published().values())
        return [view for view in VIEWS if published.issuperset(view.tables)]

    def of_parts(self, name: str, parts: Sequence[int] | None, catalog: str) -> str:
        """SQL that is true for the rows of these parts of a table; for all rows where it is not cut, or no parts are named."""
        if parts is None or self.parts is None or name not in self.parts.tables:
            return "true"
        return self.parts.condition(parts, self.tables[name][1], catalog)


def build(database: Path, content: Content) -> dict[str, int]:
    """Make the file `database`; the rows of each table."""
    with drafted(database, content) as connection:
        lay_out(connection, content)
        say_which(connection, content)
        connection.execute("CHECKPOINT draft")
        return rows_of(connection, content)


@contextmanager
def drafted(database: Path, content: Content) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that writes to a file, attached as `draft`."""
    with closing(duckdb.connect()) as connection:
        connection.execute(f"ATTACH '{quoted(database)}' AS draft (STORAGE_VERSION '{content.storage_version}')")
        connection.execute("USE draft")
        yield connection
        connection.execute("USE memory")
        connection.execute("DETACH draft")


def lay_out(connection: duckdb.DuckDBPyConnection, content: Content, *, with_rows: bool = True) -> None:
    """Make every table and macro, with comments. Without rows it is what a file must look like to be built on."""
    for schema in sorted({"audit", *(schema for schema, _ in content.tables.values())}):
        connection.execute(f"CREATE SCHEMA {schema}")
    _load(connection, content, with_rows=with_rows)
    for name, table in content.published().items():
        _comment(connection, table, content.tables[name][1])
    for table, contract in OF_PUBLISHING.items():
        connection.execute(f"CREATE TABLE {table} ({', '.join(f'{column.name} {column.dtype}' for column in columns(contract))})")
        _comment(connection, table, contract)
    views = content.views()
    for view in views:
        connection.execute(f"CREATE VIEW {view.name} AS {view.query}")
        _comment(connection, view.name, view.contract, kind="VIEW")
    add_macros(connection, content)


def _load(connection: duckdb.DuckDBPyConnection, content: Content, *, with_rows: bool) -> None:
    """Make every table with its rows: several at the same time, one of many files in two halves, each by one thread."""
    several = {table: content.parquet[name] for name, table in content.published().items()}
    for table, files in several.items():
        connection.execute(f"CREATE TABLE draft.{table} AS FROM {reading(files[:1])} LIMIT 0")
    if not with_rows:
        return
    largest_first = sorted(several, key=lambda table: -sum(file.stat().st_size for file in several[table]))
    halves = [(table, half) for table in largest_first for half in _halves(several[table])]
    with in_order(connection, max(several.values(), key=len)), ExitStack() as opened, ThreadPoolExecutor(os.cpu_count()) as threads:
        cursors = [opened.enter_context(closing(connection.cursor())) for _ in halves]
        loads = [threads.submit(_load_half, cursor, *half) for cursor, half in zip(cursors, halves, strict=True)]
        for cursor, loaded in zip(cursors, loads, strict=True):
            loaded.result()
            cursor.execute("COMMIT")  # in the order of the halves, so that the order of their rows is the same each time


def _load_half(cursor: duckdb.DuckDBPyConnection, table: str, files: Sequence[Path]) -> None:
    cursor.execute("BEGIN")
    cursor.execute(f"INSERT INTO draft.{table} FROM {reading(files)}")


def _halves(files: Sequence[Path]) -> list[Sequence[Path]]:
    middle = (len(files) + 1) // 2
    return [half for half in (files[:middle], files[middle:]) if half]


def say_which(connection: duckdb.DuckDBPyConnection, content: Content) -> None:
    """Write which generation this is, and what its parts were made from."""
    connection.execute(f"DELETE FROM {GENERATION}")  # noqa: S608
    connection.execute(f"INSERT INTO {GENERATION} VALUES (?, ?)", [content.generation, content.published_at])  # noqa: S608
    connection.execute(f"DELETE FROM {PART}")  # noqa: S608
    if content.parts and (parts := content.parts.rows()):
        places = ", ".join(["(?, ?, ?, ?, ?)"] * len(parts))
        connection.execute(f"INSERT INTO {PART} VALUES {places}", list(chain(*parts)))  # noqa: S608


def add_macros(connection: duckdb.DuckDBPyConnection, content: Content) -> None:
    """Make the macros whose tables or views are published, in the place of earlier ones."""
    published = {*content.published().values(), *(view.name for view in content.views())}
    for macro in MACROS:
        if macro.table.split()[0] in published:
            connection.execute(f"CREATE OR REPLACE MACRO {macro.signature} AS TABLE {macro.query}")
            connection.execute(f"COMMENT ON MACRO TABLE {macro.name} IS '{quoted(macro.comment)}'")


def rows_of(connection: duckdb.DuckDBPyConnection, content: Content) -> dict[str, int]:
    """The rows of each table."""
    return {table: count(connection, table) for table in (*content.published().values(), *OF_PUBLISHING)}


def reading(files: Sequence[Path]) -> str:
    """SQL that reads the Parquet files of a stage in their order."""
    return f"({' UNION ALL '.join(map(_rows_of_file, files))})"


def rows_in(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> int:
    """The rows of Parquet files, of which only the ends are read."""
    paths = ", ".join(f"'{quoted(file)}'" for file in files)
    return int(connection.execute(f"SELECT sum(num_rows) FROM parquet_file_metadata([{paths}])").fetchall()[0][0])  # noqa: S608


def _rows_of_file(file: Path) -> str:
    """The query for the rows of a file: what says the same in every row stands beside them, and here in the query."""
    names, said = beside_rows(file)
    same = {name: f"CAST({_literal(said[name][0])} AS {sql_name(dtype)})" for name, dtype in said.schema.items()}
    selected = ", ".join(f'{same[name]} AS "{name}"' if name in same else f'"{name}"' for name in names)
    return f"SELECT {selected} FROM read_parquet('{quoted(file)}')"  # noqa: S608


def _literal(value: object) -> str:
    return "NULL" if value is None else f"'{quoted(value)}'"


@contextmanager
def in_order(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> Iterator[None]:
    """Load with one thread where there are several files.

    Several threads that keep the order write each file's last rows as a row group of its own, and the checkpoint joins them again: three
    times the time and nearly twice the file. Without the order, questions about one area read eight times as many row groups.
    """
    if len(files) > 1:
        connection.execute("SET threads = 1")
    yield
    connection.execute("RESET threads")


def _comment(connection: duckdb.DuckDBPyConnection, table: str, contract: type[Contract], kind: str = "TABLE") -> None:
    connection.execute(f"COMMENT ON {kind} {table} IS '{quoted(grain(contract))}'")
    for column in columns(contract):
        connection.execute(f"COMMENT ON COLUMN {table}.\"{column.name}\" IS '{quoted(column.description)}'")
