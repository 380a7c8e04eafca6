"""Reading the published warehouse: for the command line and for whoever types SQL. Never writes, not even a temporary file.

This module imports neither dagster nor polars, so that a question is answered at once.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Timer
from typing import Any

import duckdb

from hai_ha_pipeline.errors import QueryError
from hai_ha_pipeline.storage.permitted import refused

CHUNK = 10_000
LOCKED_DOWN = {
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "temp_directory": "",  # a question that does not fit into its memory is refused: spilling would write beside the warehouse
    "threads": "4",
    "lock_configuration": "true",
}


@dataclass(frozen=True)
class Answer:
    """The rows of a query, with their column names."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


Ask = Callable[..., Answer]
"""Given one SELECT, and its parameters where it has some, the answer."""


@dataclass(frozen=True)
class Limits:
    """What one question may use: seconds, MiB of DuckDB's memory, rows of its answer. The defaults are for SQL that somebody types."""

    seconds: float = 30
    memory: int = 1024
    rows: int = 1_000_000


# Questions of this project's own may take long on a large warehouse; they only must not hang.
OWN = Limits(seconds=600, memory=8192, rows=10_000_000)


def query(database: Path, sql: str, parameters: Sequence[object] = (), limits: Limits = OWN) -> Answer:
    """The answer to one SELECT.

    Raises `QueryError` where there is no warehouse yet, the statement is no single SELECT, names anything but the
    warehouse, exceeds a limit, or DuckDB refuses it. The connection reads no other file, loads no extension, sees no
    Python object and writes nothing.
    """
    with asking(database, limits) as ask:
        return ask(sql, parameters)


@contextmanager
def asking(database: Path, limits: Limits = OWN) -> Iterator[Ask]:
    """What answers as `query` does, for several questions: the warehouse is opened once, and each has the limits to itself."""
    if not database.exists():
        raise QueryError(str(database), "there is no warehouse yet", "make it with: hai-ha run")
    try:
        with closing(_locked_down(database, limits)) as connection:
            yield partial(_answered, connection, limits)
    except duckdb.InterruptException:
        raise QueryError("the query", f"it took longer than {limits.seconds:g} seconds", "ask for less, or raise --seconds") from None
    except (duckdb.OutOfMemoryException, MemoryError):
        raise QueryError("the query", f"it needs more than {limits.memory} MiB of memory", "ask for less, or raise --memory") from None
    except duckdb.Error as error:
        raise QueryError("the query", str(error).strip(), "warehouse/README.md lists every table and column") from None


def _answered(connection: duckdb.DuckDBPyConnection, limits: Limits, sql: str, parameters: Sequence[object] = ()) -> Answer:
    with _interrupted_after(limits.seconds, connection):
        _check_is_permitted(connection, sql)
        return _fetched(connection.execute(sql, list(parameters)), limits)


def _locked_down(database: Path, limits: Limits) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(database), read_only=True, config={**LOCKED_DOWN, "memory_limit": f"{limits.memory}MiB"})


@contextmanager
def _interrupted_after(seconds: float, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Stop what the connection does when its time is over."""
    timer = Timer(seconds, connection.interrupt)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def _check_is_permitted(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    (tree,) = connection.execute("SELECT json_serialize_sql($1::VARCHAR)", [sql]).fetchone() or ("{}",)
    if reason := refused(json.loads(tree)):
        raise QueryError("the query", reason, "ask one question of the tables in warehouse/README.md; hai-ha run changes them")


def _fetched(result: duckdb.DuckDBPyConnection, limits: Limits) -> Answer:
    """The whole answer, taken in pieces: one that is too long stops before it fills the memory."""
    columns = [column[0] for column in result.description]
    rows: list[tuple[Any, ...]] = []
    while piece := result.fetchmany(CHUNK):
        rows += piece
        if len(rows) > limits.rows:
            raise QueryError("the query", f"its answer has more than {limits.rows:,} rows", "add a LIMIT, or sum the rows up")
    return Answer(columns, rows)
