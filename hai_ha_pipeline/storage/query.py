"""Reading the published warehouse: for the command line and for whoever types SQL. Never writes.

This module imports neither dagster nor polars, so that a question is answered at once.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from hai_ha_pipeline.errors import QueryError


@dataclass(frozen=True)
class Answer:
    """The rows of a query, with their column names."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


def query(database: Path, sql: str, parameters: Sequence[object] = ()) -> Answer:
    """The answer to one SELECT.

    Raises `QueryError` where there is no warehouse yet, the statement is no single SELECT, or DuckDB refuses it. The
    connection reads no other file, loads no extension and sees no Python object.
    """
    if not database.exists():
        raise QueryError(str(database), "there is no warehouse yet", "make it with: hai-ha run")
    try:
        with closing(_locked_down(database)) as connection:
            _check_is_one_select(connection, sql)
            answer = connection.execute(sql, list(parameters))
            return Answer([column[0] for column in answer.description], answer.fetchall())
    except duckdb.Error as error:
        raise QueryError("the query", str(error).strip(), "warehouse/README.md lists every table and column") from None


def _locked_down(database: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        str(database),
        read_only=True,
        config={
            "enable_external_access": "false",
            "python_enable_replacements": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "lock_configuration": "true",
        },
    )


def _check_is_one_select(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    statements = connection.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise QueryError("the query", "only one SELECT is answered", "ask one question; the warehouse is changed by: hai-ha run")
