"""A source read elsewhere: what was read of it as tables, and the same again from these tables.

`content_key` names them, so that what is taken up is always what reading here and now would give.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from hai_ha_pipeline.reading.archive import fingerprint, hash_of, snapshot_of
from hai_ha_pipeline.reading.descriptor import read_descriptor
from hai_ha_pipeline.reading.reference import FOLDER as REFERENCE
from hai_ha_pipeline.reading.source import FileRead, SourceRead

FILES = "files"
PARTS = ("statement", "figure", "correction", FILES)
FILES_SCHEMA: dict[str, Any] = {
    "name": pl.String,
    "sha256": pl.String,
    "resource": pl.String,
    "columns": pl.List(pl.String),
    "records": pl.Int64,
}


def shared_inputs(sources: Path) -> str:
    """A hash of what reading any source depends on: the master data and the code."""
    return fingerprint(sources / REFERENCE)


def content_key(folder: Path, shared: str) -> str:
    """A hash of all that reading a source depends on: its name, its files and the `shared_inputs`."""
    inputs = json.dumps([folder.name, shared, snapshot_of(folder)], sort_keys=True)
    return hashlib.sha256(inputs.encode()).hexdigest()[:32]


def as_tables(read: SourceRead) -> dict[str, pl.DataFrame]:
    """What was read of a source, as the tables `PARTS`; `files` has one row a file."""
    files = [(file.name, file.sha256, file.resource.name, file.columns, file.records) for file in read.files]
    return {
        "statement": read.statement,
        "figure": read.figure,
        "correction": read.correction,
        FILES: pl.DataFrame(files, schema=FILES_SCHEMA, orient="row"),
    }


def from_tables(folder: Path, tables: Mapping[str, pl.DataFrame]) -> SourceRead | None:
    """The source as it was read; none where a file that was read is not that file here.

    Raises `SourceError` where the descriptor cannot be read.
    """
    files = tables[FILES].rows(named=True)
    if any(not (folder / file["name"]).is_file() or hash_of(folder / file["name"]) != file["sha256"] for file in files):
        return None
    package = read_descriptor(folder)
    resources = {resource.name: resource for resource in package.resources}
    of_file = tables["statement"].partition_by("file", as_dict=True, maintain_order=True)
    reads = []
    for file in files:
        resource = resources[file["resource"]]
        if resource.statement is None:
            return None
        statements = of_file.get((file["name"],), tables["statement"].clear())
        reads.append(FileRead(file["name"], file["sha256"], resource.statement, resource, statements, file["columns"], file["records"]))
    return SourceRead(folder, package, reads, tables["statement"], tables["figure"], tables["correction"])
