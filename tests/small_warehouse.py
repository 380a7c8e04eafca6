"""A warehouse of two tables whose every part says the same number, so that a mixture of two generations shows.

Made without Polars, so that processes that are forked, killed or run on another DuckDB can publish it.
"""

from contextlib import closing
from pathlib import Path

import duckdb
import pandera.polars as pa

from hai_ha_pipeline.contracts.types import Contract
from hai_ha_pipeline.storage.publish import Published, Writer, publish


class Household(Contract):
    """One row is one kind of household."""

    kind: str = pa.Field(description="The kind; it's quoted.")
    households: int = pa.Field(description="How many.")


class Build(Contract):
    """One row is what this was built from."""

    fingerprint: str = pa.Field(description="Hash.")


TABLES: dict[str, tuple[str, type[Contract]]] = {"household": ("core", Household), "build": ("audit", Build)}
SAYS = "SELECT (SELECT households FROM core.household WHERE kind = 'poor'), (SELECT fingerprint FROM audit.build)"


def stage(folder: Path, poor: int) -> dict[str, list[Path]]:
    """The Parquet files of a warehouse in which so many households are poor."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.parquet" for name in TABLES}
    with closing(duckdb.connect()) as connection:
        for name, rows in {
            "household": f"FROM (VALUES ('poor', {poor}::BIGINT), ('near poor', 126)) AS t(kind, households)",
            "build": f"SELECT 'poor {poor}' AS fingerprint",
        }.items():
            connection.execute(f"COPY ({rows}) TO '{str(paths[name]).replace(chr(39), chr(39) * 2)}' (FORMAT parquet)")
    return {name: [path] for name, path in paths.items()}


def write_export(database: Path, folder: Path) -> None:
    """A writer: the number of poor households as a file."""
    (folder / "exports").mkdir()
    (folder / "exports" / "poor.txt").write_text(str(said(database)))


def said(database: Path) -> int:
    """The number of poor households, having seen that every table says the same."""
    with closing(duckdb.connect(str(database), read_only=True)) as connection:
        poor, fingerprint = connection.execute(SAYS).fetchall()[0]
    assert fingerprint == f"poor {poor}"
    return int(poor)


def publish_small(database: Path, poor: int, *writers: Writer) -> Published:
    """Publish such a warehouse."""
    return publish(database, stage(database.parent.parent / "stage", poor), TABLES, writers)


def legacy(database: Path, poor: int) -> None:
    """The plain file that this project published before there were generations."""
    database.parent.mkdir(parents=True, exist_ok=True)
    with closing(duckdb.connect(str(database))) as connection:
        connection.execute(
            f"CREATE SCHEMA core; CREATE SCHEMA audit; CREATE TABLE audit.build AS SELECT 'poor {poor}' AS fingerprint;"
            f"CREATE TABLE core.household AS FROM (VALUES ('poor', {poor}::BIGINT), ('near poor', 126)) AS t(kind, households)"
        )
