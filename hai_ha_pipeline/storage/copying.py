"""Rows of a finished warehouse as files: DuckDB writes them while it reads, so that no table has to fit into memory.

What is written and under which name is decided in `exports`; this module only knows how to read and to write.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from hai_ha_pipeline.storage.quoting import quoted

MEMORY = "2GB"  # sorting 10 million rows needs no more: the rest goes to disk


@dataclass(frozen=True)
class Finished:
    """A built warehouse that nobody writes to any more."""

    connection: duckdb.DuckDBPyConnection

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query that fit into memory: those of a dimension."""
        return self.connection.execute(sql).fetchall()

    def to_parquet(self, sql: str, file: Path) -> None:
        """The rows as Parquet, compressed with Snappy, which every reader knows."""
        self.connection.execute(f"COPY ({sql}) TO '{quoted(file)}' (FORMAT parquet, COMPRESSION snappy, PARQUET_VERSION v1)")

    def to_csv(self, sql: str, file: Path) -> None:
        """The rows as comma-separated UTF-8 with a header; nothing stands for null, `""` for an empty text."""
        self.connection.execute(f"COPY ({sql}) TO '{quoted(file)}' (FORMAT csv, HEADER)")


@contextmanager
def finished(database: Path, scratch: Path) -> Iterator[Finished]:
    """A built warehouse, opened for reading; what does not fit into memory is sorted in a folder under `scratch`."""
    with (
        TemporaryDirectory(prefix=".sorting.", dir=scratch) as spilled,
        closing(duckdb.connect(str(database), read_only=True)) as connection,
    ):
        connection.execute(f"SET temp_directory = '{quoted(spilled)}'")
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        yield Finished(connection)


def plain_number(value: str) -> str:
    """SQL for a DECIMAL as text without zeros at its end."""
    return f"rtrim(rtrim(CAST({value} AS VARCHAR), '0'), '.')"
