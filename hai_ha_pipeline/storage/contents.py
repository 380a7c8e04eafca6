"""What a DuckDB file says of itself, as the manifest of its generation: its rows, its sources with their hashes, what made it.

How a manifest is written and checked is `manifest.py`.
"""

from contextlib import closing
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from hai_ha_pipeline.storage.manifest import Manifest
from hai_ha_pipeline.storage.verify import count

FINGERPRINT = "SELECT fingerprint FROM audit.build"
SOURCES = "SELECT source, file, sha256, state FROM audit.load ORDER BY ALL"
TABLES = "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL"


def contents(file: Path, generation: int, previous: int | None, published_at: datetime, storage: str | None) -> Manifest:
    """The manifest of a DuckDB file, the files of its generation not yet listed.

    Raises `duckdb.Error` where the file cannot be read, or is no warehouse of this project.
    """
    with closing(duckdb.connect(str(file), read_only=True)) as connection:
        tables = [str(table) for (table,) in connection.execute(TABLES).fetchall()]
        built = connection.execute(FINGERPRINT).fetchall()
        loads = connection.execute(SOURCES).fetchall() if "audit.load" in tables else []
        rows = {table: count(connection, table) for table in tables}
    sources: list[dict[str, Any]] = [dict(zip(("source", "file", "sha256", "state"), load, strict=True)) for load in loads]
    return Manifest(
        generation=generation,
        previous=previous,
        published_at=f"{published_at.isoformat()}Z",
        fingerprint=str(built[0][0]) if built else None,
        versions=versions(storage),
        rows=rows,
        sources=sources,
        files={},
    )


def versions(storage: str | None) -> dict[str, str | None]:
    """What makes a file now, and in which storage format."""
    return {"hai_ha_pipeline": version("hai-ha-pipeline"), "duckdb": duckdb.__version__, "storage": storage}
