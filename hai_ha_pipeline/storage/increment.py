"""The DuckDB file of a new generation as a copy of the published one, in which the parts that changed are replaced.

Only where every row of the other parts, and all that surrounds them, is certainly what building the whole file would give; everywhere
else there is no such file, and `build.py` makes it.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

from hai_ha_pipeline.storage.build import Content, add_macros, drafted, in_order, lay_out, reading, rows_in, rows_of, say_which
from hai_ha_pipeline.storage.contents import versions
from hai_ha_pipeline.storage.durable import copy
from hai_ha_pipeline.storage.generations import Generations, wal
from hai_ha_pipeline.storage.manifest import Manifest
from hai_ha_pipeline.storage.parts import PART, Parts
from hai_ha_pipeline.storage.quoting import quoted
from hai_ha_pipeline.storage.verify import count

MOST_CHANGED = 3
"""Building on the published file is for less than one part in so many: replacing costs about as much a row as building."""
MOST_FREE = 3
"""A file of which more than one block in so many is free is built anew: it would be half again as large as its rows."""
FEW_BLOCKS = 256
"""A file of fewer blocks (64 MB) is built on however many are free."""

LOOKS = (
    "SELECT schema_name, table_name, sql, comment FROM duckdb_tables() WHERE database_name = ? AND NOT internal ORDER BY ALL",
    "SELECT schema_name, table_name, column_name, comment FROM duckdb_columns() WHERE database_name = ? AND NOT internal ORDER BY ALL",
    "SELECT schema_name, function_name, parameters FROM duckdb_functions() WHERE database_name = ? ORDER BY ALL",
    "SELECT schema_name, view_name, sql FROM duckdb_views() WHERE database_name = ? AND NOT internal ORDER BY ALL",
)
Looks = list[list[tuple[object, ...]]]


@dataclass(frozen=True)
class Increment:
    """A file built on the published one: the parts that were replaced, and the rows of each table."""

    changed: list[int]
    rows: dict[str, int]


def build_on_published(generations: Generations, file: Path, content: Content) -> Increment | None:
    """Make `file` from the published generation and the parts that changed since; none, and no file, where it must be built whole."""
    current = generations.current()
    manifest = generations.manifest(current) if current else None
    if content.parts is None or current is None or manifest is None or manifest.versions != versions(content.storage_version):
        return None
    published = generations.path(current) / file.name
    try:
        changed = _changed(published, content, content.parts)
        if changed is not None and _copied_whole(published, manifest, file) and (rows := _replaced(file, content, content.parts, changed)):
            return Increment(changed, rows)
    except (duckdb.Error, OSError):  # building the whole file will say what is wrong, if it is still wrong then
        pass
    for left in (file, wal(file)):
        left.unlink(missing_ok=True)
    return None


def _changed(published: Path, content: Content, parts: Parts) -> list[int] | None:
    """The parts that changed since what is published; none where they are too many, or something else is not as it was."""
    with closing(duckdb.connect()) as connection:
        connection.execute(f"ATTACH '{quoted(published)}' AS published (READ_ONLY)")
        if _looks(connection, "published") != _looks_whole(content):
            return None
        changed = parts.changed_since(connection.execute(f"FROM published.{PART}").fetchall())
        size = "SELECT total_blocks, free_blocks FROM pragma_database_size() WHERE database_name = 'published'"
        total, free = connection.execute(size).fetchall()[0]
    if changed is None or len(changed) * MOST_CHANGED >= len(parts.keys) or (total > FEW_BLOCKS and free * MOST_FREE > total):
        return None
    return changed


def _looks(connection: duckdb.DuckDBPyConnection, catalog: str) -> Looks:
    """All of an attached database but its rows: tables, columns, types, comments, macros.

    What a macro does is not compared, because DuckDB writes it down differently each time: macros are always made anew.
    """
    return [connection.execute(sql, [catalog]).fetchall() for sql in LOOKS]


def _looks_whole(content: Content) -> Looks:
    """What a file built whole would look like."""
    with closing(duckdb.connect()) as connection:
        connection.execute("ATTACH ':memory:' AS draft")
        connection.execute("USE draft")
        lay_out(connection, content, with_rows=False)
        return _looks(connection, "draft")


def _copied_whole(published: Path, manifest: Manifest, file: Path) -> bool:
    """Copy the published database; whether it is as it was published, by its hash, which is taken meanwhile."""
    with ThreadPoolExecutor(1) as aside:
        copying = aside.submit(copy, published, file)
        is_whole = manifest.is_as_published(published)
        copying.result()
    return is_whole


def _replaced(file: Path, content: Content, parts: Parts, changed: list[int]) -> dict[str, int] | None:
    """Replace the changed parts, and all rows of what is not cut; none where the file does not hold the rows of the Parquet then."""
    cut = {name: table for name, table in content.published().items() if name in parts.tables}
    whole = {name: table for name, table in content.published().items() if name not in cut}
    conditions = {name: content.of_parts(name, changed, "draft") for name in cut}
    with drafted(file, content) as connection:
        connection.execute("BEGIN")
        for name, table in cut.items():  # while the dimensions are still those that the old rows' keys are of
            connection.execute(f"DELETE FROM {table} WHERE {conditions[name]}")  # noqa: S608
        for name, table in whole.items():
            connection.execute(f"DELETE FROM {table}")  # noqa: S608
            _insert(connection, table, content.parquet[name])
        strays = 0
        for name, table in cut.items():
            if files := [content.parquet[name][part] for part in changed]:
                _insert(connection, table, files)
                strays += count(connection, f"{reading(files)} WHERE ({conditions[name]}) IS NOT TRUE")
        say_which(connection, content)
        add_macros(connection, content)
        connection.execute("COMMIT")
        connection.execute("CHECKPOINT draft")
        rows = rows_of(connection, content)
        expected = {table: rows_in(connection, content.parquet[name]) for name, table in cut.items()}
        return rows if not strays and {table: rows[table] for table in expected} == expected else None


def _insert(connection: duckdb.DuckDBPyConnection, table: str, files: Sequence[Path]) -> None:
    named = connection.execute(f"FROM {table} LIMIT 0").description or []
    names = ", ".join(f'"{column[0]}"' for column in named)
    with in_order(connection, files):
        connection.execute(f"INSERT INTO {table} SELECT {names} FROM {reading(files)}")  # noqa: S608
