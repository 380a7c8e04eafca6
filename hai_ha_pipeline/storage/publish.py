"""The published DuckDB file: built beside, checked, synced, and put in place by one rename.

A reader that holds the old file keeps the old content; who opens it afterwards sees the new. Nobody sees half a build.
"""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from hai_ha_pipeline.contracts.types import Contract, columns, grain
from hai_ha_pipeline.errors import PublishError
from hai_ha_pipeline.storage.macros import MACROS

STORAGE_VERSION = "v1.4.0"  # DuckDB 1.4 and later, so what BI tools ship, read it


@dataclass(frozen=True)
class Published:
    """What a publication did: rows of every table, and whether the file was replaced."""

    rows: dict[str, int]
    is_new: bool


def published_fingerprint(database: Path) -> str | None:
    """The fingerprint of the inputs that the published file was made from; none where there is no readable file."""
    if not database.exists():
        return None
    try:
        with closing(duckdb.connect(str(database), read_only=True)) as connection:
            row = connection.execute("SELECT fingerprint FROM audit.build").fetchone()
    except duckdb.Error:
        return None
    return str(row[0]) if row else None


def publish(database: Path, parquet: Mapping[str, Path], tables: Mapping[str, tuple[str, type[Contract]]]) -> Published:
    """Make the Parquet files of `tables` the published warehouse.

    `tables` maps a table's name onto its schema and contract. Raises `PublishError`, and leaves the published file as it
    is, where another publication is under way or the built file does not hold what it was built from.
    """
    database.parent.mkdir(parents=True, exist_ok=True)
    with _lock(database):
        draft = database.with_name(f".{database.name}.tmp")
        _remove(draft)
        try:
            rows = _build(draft, parquet, tables)
            _verify(draft, rows)
            if database.exists() and _same_content(draft, database, rows):
                return Published(rows, is_new=False)
            _put_in_place(draft, database)
        finally:
            _remove(draft)
        _verify_from_a_new_process(database, rows)
    return Published(rows, is_new=True)


@contextmanager
def _lock(database: Path) -> Iterator[None]:
    """Hold the right to publish; who comes second is told so."""
    path = database.with_name(f".{database.name}.lock")
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PublishError(str(database), "another run is publishing right now", "wait until it has finished") from None
        yield


def _build(draft: Path, parquet: Mapping[str, Path], tables: Mapping[str, tuple[str, type[Contract]]]) -> dict[str, int]:
    rows = {}
    with closing(duckdb.connect()) as connection:
        connection.execute(f"ATTACH '{_quoted(draft)}' AS draft (STORAGE_VERSION '{STORAGE_VERSION}')")
        connection.execute("USE draft")
        for schema in sorted({schema for schema, _ in tables.values()}):
            connection.execute(f"CREATE SCHEMA {schema}")
        for name, (schema, contract) in tables.items():
            table = f"{schema}.{name}"
            connection.execute(f"CREATE TABLE {table} AS FROM read_parquet('{_quoted(parquet[name])}')")
            connection.execute(f"COMMENT ON TABLE {table} IS '{_quoted(grain(contract))}'")
            for column in columns(contract):
                connection.execute(f"COMMENT ON COLUMN {table}.\"{column.name}\" IS '{_quoted(column.description)}'")
            rows[table] = _count(connection, table)
        _add_macros(connection, rows)
        connection.execute("CHECKPOINT draft")
        connection.execute("USE memory")
        connection.execute("DETACH draft")
    return rows


def _add_macros(connection: duckdb.DuckDBPyConnection, rows: Mapping[str, int]) -> None:
    """The macros whose tables are published."""
    for macro in MACROS:
        if macro.table.split()[0] in rows:
            connection.execute(f"CREATE MACRO {macro.signature} AS TABLE {macro.query}")
            connection.execute(f"COMMENT ON MACRO TABLE {macro.name} IS '{_quoted(macro.comment)}'")


def _verify(draft: Path, rows: Mapping[str, int]) -> None:
    """Read the whole built file once: every table is there with all its rows, and nothing is left beside it."""
    if _wal(draft).exists():
        raise PublishError(str(draft), "a write-ahead log was left beside the built file", "run again")
    if found := _differences(draft, rows):
        raise PublishError(str(draft), f"the built file differs from its tables: {found}", "run again; report it if it stays so")


def _differences(path: Path, rows: Mapping[str, int]) -> str:
    with closing(duckdb.connect(str(path), read_only=True)) as connection:
        found = {table: _count(connection, table) for table in rows}
        for table in rows:
            connection.execute(f"SELECT max(hash(t)) FROM {table} t").fetchall()  # noqa: S608
    return ", ".join(f"{table} {found[table]} of {rows[table]} rows" for table in rows if found[table] != rows[table])


def _same_content(draft: Path, database: Path, rows: Mapping[str, int]) -> bool:
    """Whether the published file already holds exactly the built rows."""
    with closing(duckdb.connect()) as connection:
        connection.execute(f"ATTACH '{_quoted(draft)}' AS draft (READ_ONLY)")
        connection.execute(f"ATTACH '{_quoted(database)}' AS published (READ_ONLY)")
        try:
            return not any(
                connection.execute(
                    f"SELECT 1 FROM ((FROM draft.{table} EXCEPT ALL FROM published.{table}) UNION ALL "  # noqa: S608
                    f"(FROM published.{table} EXCEPT ALL FROM draft.{table})) LIMIT 1"
                ).fetchall()
                for table in rows
            )
        except duckdb.Error:
            return False


def _put_in_place(draft: Path, database: Path) -> None:
    _sync(draft)
    _remove(_wal(database))
    draft.replace(database)
    _sync(database.parent)


def _verify_from_a_new_process(database: Path, rows: Mapping[str, int]) -> None:
    """What others will see: in this process an open connection could still show the old file."""
    command = [sys.executable, "-m", "hai_ha_pipeline.storage.publish", str(database)]
    seen = subprocess.run(command, input=json.dumps(dict(rows)), capture_output=True, text=True, check=False)  # noqa: S603
    if seen.returncode:
        problem = seen.stdout.strip() or seen.stderr.strip().rsplit("\n", 1)[-1]
        raise PublishError(str(database), f"the published file cannot be read back: {problem}", "run again")


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    return int(row[0]) if row else 0


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    _wal(path).unlink(missing_ok=True)


def _wal(database: Path) -> Path:
    return database.with_name(f"{database.name}.wal")


def _quoted(text: object) -> str:
    return str(text).replace("'", "''")


if __name__ == "__main__":
    problems = _differences(Path(sys.argv[1]), json.load(sys.stdin))
    if problems:
        sys.exit(f"{problems}")
