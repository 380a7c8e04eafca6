"""Every source under `sources/`, read and judged, one independent of the other.

A source that fails does not stop the others: its last good content is used and it is marked stale.
"""

import io
import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandera.errors
import polars as pl

from hai_ha_pipeline.contracts.audit import Correction, Difference
from hai_ha_pipeline.contracts.reading import Figure, SourceFile, Statement
from hai_ha_pipeline.contracts.types import empty, polars_schema
from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.archive import (
    Archive,
    Load,
    changed_meanwhile,
    check_is_own_file,
    hash_of,
    hash_of_content,
    snapshot_of,
    to_the_second,
)
from hai_ha_pipeline.reading.corrections import FILE_NAME as CORRECTIONS
from hai_ha_pipeline.reading.corrections import read_corrections
from hai_ha_pipeline.reading.descriptor import FILE_NAME as DESCRIPTOR
from hai_ha_pipeline.reading.descriptor import Layout, Package, Resource, read_descriptor
from hai_ha_pipeline.reading.drift import comparable, difference, drifted
from hai_ha_pipeline.reading.reference import FOLDER as REFERENCE
from hai_ha_pipeline.reading.statements import statements_of, value_columns_of
from hai_ha_pipeline.reading.table_file import read_table

CONTRACTS = {"statement": Statement, "figure": Figure, "source_file": SourceFile, "difference": Difference, "correction": Correction}
Judge = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Ingested:
    """What was read: the tables, each in the shape of its contract."""

    statement: pl.DataFrame
    figure: pl.DataFrame
    source_file: pl.DataFrame
    difference: pl.DataFrame
    correction: pl.DataFrame


@dataclass(frozen=True)
class FileRead:
    """One file of a source, read."""

    name: str
    sha256: str
    layout: Layout
    resource: Resource
    statements: pl.DataFrame
    columns: list[str]
    records: int

    @property
    def cells(self) -> int:
        """How many statements it must give: one for each cell that can hold a figure, one for each damaged record."""
        damaged = self.statements.filter(pl.col("column").is_null()).height
        return (self.records - damaged) * len(value_columns_of(self.layout, self.columns)) + damaged


@dataclass(frozen=True)
class SourceRead:
    """One source, read and judged by itself, before anything is said of how many of its figures are rejected."""

    folder: Path
    package: Package
    files: list[FileRead]
    statement: pl.DataFrame
    figure: pl.DataFrame
    correction: pl.DataFrame


def source_folders(sources: Path) -> list[Path]:
    """The folder of every source, in a fixed order; master data is none."""
    folders = (path for path in sorted(sources.iterdir()) if path.is_dir())
    return [folder for folder in folders if folder.name != REFERENCE and not folder.name.startswith((".", "_"))]


def ingest(sources: Path, archive: Archive, judge: Judge, judge_together: Judge, now: datetime) -> Ingested:
    """Read and judge every source by itself, then all figures together.

    `judge` turns the statements of one source into figures; `judge_together` sets aside those that the figures of others
    contradict. Raises `SourceError` only where there is no source at all.
    """
    folders = source_folders(sources)
    if not folders:
        raise SourceError(str(sources), "holds no source", "add a folder with a descriptor and a file: docs/sources.md")
    parts = [_read_or_fall_back(folder, archive, judge, now) for folder in folders]
    tables = {name: pl.concat([empty(contract), *(getattr(part, name) for part in parts)]) for name, contract in CONTRACTS.items()}
    return Ingested(**tables | {"figure": judge_together(tables["figure"])})


def _read_or_fall_back(folder: Path, archive: Archive, judge: Judge, now: datetime) -> Ingested:
    try:
        snapshot = snapshot_of(folder)
        read = read_source(folder, judge)
        snapshot = _whole(snapshot, read)
        check_rejected_share(read)
        load = _load_of(read, snapshot, archive, now)
        ingested = _ingested(read, archive, now, load, state="loaded", message=None)
        archive.keep(folder, load, _as_parquet(comparable(read.figure)), now)
    except SourceError as error:
        return _last_good(folder, archive, judge, now, str(error))
    return ingested


def _whole(snapshot: dict[str, str], read: SourceRead) -> dict[str, str]:
    """The snapshot with every file that was read, also those that it leaves out: hidden ones and those behind a link.

    Raises `SourceError` where a file is no longer what it was when the snapshot was taken.
    """
    contents = {file.name: file.sha256 for file in read.files}
    now = snapshot_of(read.folder)
    changed = [name for name in sorted(snapshot | now) if snapshot.get(name) != now.get(name) or contents.get(name, now[name]) != now[name]]
    if changed:
        raise changed_meanwhile(f"sources/{read.folder.name}/{changed[0]}")
    return snapshot | contents


def _last_good(folder: Path, archive: Archive, judge: Judge, now: datetime, message: str) -> Ingested:
    """The source from the copies of what loaded last; a row that says it failed where there are none."""
    with tempfile.TemporaryDirectory() as scratch:
        restored = archive.restore(folder.name, Path(scratch))
        if restored:
            try:
                return _ingested(read_source(restored, judge), archive, now, archive.loads(folder.name)[-1], state="stale", message=message)
            except SourceError as error:
                message = f"{message}\nIts last good content cannot be used either: {error}"
    failed = pl.DataFrame(
        [{"source": folder.name, "state": "failed", "message": message, "records_read": 0, "cells_read": 0}],
        schema=polars_schema(SourceFile),
    )
    return Ingested(empty(Statement), empty(Figure), failed, empty(Difference), empty(Correction))


def read_source(folder: Path, judge: Judge) -> SourceRead:
    """One source, read and judged; nothing is kept or published.

    Raises `SourceError` where its descriptor, a file or a correction cannot be used.
    """
    try:
        return _read_strictly(folder, judge)
    except SourceError:
        raise
    except Exception as error:
        # Whatever one publisher's file provokes must not stop the other sources; the log keeps where it happened.
        logging.getLogger(__name__).exception("sources/%s", folder.name)
        what = f"cannot be read: {type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"
        raise SourceError(f"sources/{folder.name}", what, "this case is not foreseen: please report it with the file") from error


def _read_strictly(folder: Path, judge: Judge) -> SourceRead:
    for own in (DESCRIPTOR, CORRECTIONS):
        if (folder / own).exists():
            check_is_own_file(folder / own, folder, f"sources/{folder.name}")
    package = read_descriptor(folder)
    corrections = read_corrections(folder)
    placed = [
        (resource, resource.statement, path) for resource in package.resources if resource.statement for path in _paths(folder, resource)
    ]
    _check_no_file_is_read_twice(folder, [(path, resource.name) for resource, _, path in placed])
    files = [_read_file(folder, resource, layout, path, corrections) for resource, layout, path in placed]
    _check_corrections_have_a_file(folder, corrections, files)
    statements = pl.concat([empty(Statement), *(file.statements for file in files)])
    applied = corrections.select(pl.lit(folder.name).alias("source"), *corrections.columns)
    read = SourceRead(folder, package, files, statements, judge(statements), applied)
    _check_contracts(read)
    return read


def drift_of(read: SourceRead, archive: Archive) -> tuple[pl.DataFrame, list[str]]:
    """How a source differs from its last load: one row of counts, and what is worth telling of its shape.

    Raises `SourceError` where the descriptor says that such a change fails the source.
    """
    loads, kept = archive.loads(read.folder.name), archive.figures(read.folder.name)
    before = pl.read_parquet(kept) if loads and kept.exists() else None
    after = comparable(read.figure)
    counted = difference(read.folder.name, before, after)
    if before is None:
        return counted, []
    columns = {file.name: file.columns for file in read.files}
    return counted, drifted(f"sources/{read.folder.name}", read.package, before, after, loads[-1].columns, columns)


def _load_of(read: SourceRead, snapshot: dict[str, str], archive: Archive, now: datetime) -> Load:
    """The load that this content is: the last one again, or a new one with its difference to the last."""
    loads = archive.loads(read.folder.name)
    if loads and loads[-1].files == snapshot:
        return loads[-1]
    counted, warnings = drift_of(read, archive)
    compared_with = loads[-1].loaded_at if loads else None
    columns = {file.name: file.columns for file in read.files}
    return Load(to_the_second(now).isoformat(), snapshot, columns, {**counted.row(0, named=True), "compared_with": compared_with}, warnings)


def _ingested(read: SourceRead, archive: Archive, now: datetime, load: Load, state: str, message: str | None) -> Ingested:
    """What a source gives to the tables."""
    warnings = "; ".join(load.warnings) or None
    files = [_source_file(read, file, archive.first_seen(file.sha256, now), state, message, warnings) for file in read.files]
    loaded_at, compared_with = (
        moment and datetime.fromisoformat(str(moment)) for moment in (load.loaded_at, load.difference["compared_with"])
    )
    differs = {**load.difference, "loaded_at": loaded_at, "compared_with": compared_with}
    return Ingested(
        read.statement,
        read.figure,
        pl.DataFrame(files, schema=polars_schema(SourceFile)),
        pl.DataFrame([differs], schema=polars_schema(Difference)),
        read.correction,
    )


def _as_parquet(rows: pl.DataFrame) -> bytes:
    written = io.BytesIO()
    rows.write_parquet(written)
    return written.getvalue()


def _check_contracts(read: SourceRead) -> None:
    """What one source gives keeps the contracts by itself, so that it can never be the one that stops the others."""
    for name in ("statement", "figure", "correction"):
        try:
            CONTRACTS[name].validate(getattr(read, name), lazy=True)
        except pandera.errors.SchemaErrors as errors:
            case = errors.failure_cases.row(0, named=True)
            raise SourceError(
                f"sources/{read.folder.name}",
                f"its {name} breaks the rule {case['check']} of {case['column']}: {case['failure_case']}",
                "correct the file or its descriptor",
            ) from None


def _paths(folder: Path, resource: Resource) -> list[Path]:
    """The files of a resource, which must lie inside the source's folder."""
    where = f"sources/{folder.name}/datapackage.yaml, resource {resource.name!r}"
    found: list[Path] = []
    for pattern in resource.path:
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            raise SourceError(where, f"the path {pattern!r} leaves the folder", "put the file into the source's folder")
        paths = sorted(folder.glob(pattern)) if pattern.strip("./ ") else []
        if not paths:
            raise SourceError(where, f"there is no file {pattern!r}", "put the file into the folder, or correct `path`")
        found += paths
    for path in found:
        check_is_own_file(path, folder, where)
    return found


def _check_no_file_is_read_twice(folder: Path, placed: list[tuple[Path, str]]) -> None:
    read_by: dict[Path, str] = {}
    for path, resource in placed:
        if path in read_by:
            raise SourceError(
                f"sources/{folder.name}/datapackage.yaml",
                f"{path.name!r} is read by the resources {read_by[path]!r} and {resource!r}",
                "each figure stands once: narrow one resource's `path`",
            )
        read_by[path] = resource


def _read_file(folder: Path, resource: Resource, layout: Layout, path: Path, corrections: pl.DataFrame) -> FileRead:
    name = path.relative_to(folder).as_posix()
    where = f"sources/{folder.name}/{name}"
    content = path.read_bytes()
    sha256 = hash_of_content(content)
    records = read_table(content, where, resource, layout)
    if hash_of(path) != sha256:
        raise changed_meanwhile(where)
    statements = statements_of(folder.name, resource, layout, name, records, corrections.filter(pl.col("file") == name))
    return FileRead(name, sha256, layout, resource, statements, records.header, records.count)


def _check_corrections_have_a_file(folder: Path, corrections: pl.DataFrame, files: list[FileRead]) -> None:
    unknown = sorted(set(corrections["file"]) - {file.name for file in files})
    if unknown:
        raise SourceError(
            f"sources/{folder.name}/corrections.csv",
            f"corrects {', '.join(unknown)}, which no resource reads",
            "correct the file's name, or delete the line",
        )


def check_rejected_share(read: SourceRead) -> None:
    """Too many rejected figures in a file mean that it is not read as it was meant; what is excluded on purpose does not count.

    Raises `SourceError` with the first of them.
    """
    judged = read.figure.filter(pl.col("verdict") != "missing", pl.col("rule").fill_null("") != "excluded")
    for file in read.files:
        here = judged.filter(pl.col("file") == file.name)
        rejected = here.filter(pl.col("verdict") == "rejected")
        if here.height and rejected.height / here.height > file.layout.max_rejected_share:
            first = rejected.sort("row").row(0, named=True)
            raise SourceError(
                f"sources/{read.folder.name}/{file.name}",
                f"{rejected.height} of {here.height} figures are rejected, more than the share of {file.layout.max_rejected_share:g} allowed;"
                f" the first, line {first['row']}, {first['field'] or 'record'} {first['text'] or first['value_as_printed']!r}: {first['reason']}",
                "correct the descriptor, or raise `max_rejected_share` where so many are meant to be set aside",
            )


def _source_file(
    read: SourceRead, file: FileRead, ingested_at: datetime, state: str, message: str | None, warnings: str | None
) -> dict[str, object]:
    package = read.package
    publishers = [each.title for each in package.contributors if "publisher" in each.roles] or [package.contributors[0].title]
    licence = package.licenses[0]
    return {
        "source": read.folder.name,
        "file": file.name,
        "state": state,
        "message": message,
        "warnings": warnings,
        "sha256": file.sha256,
        "ingested_at": ingested_at,
        "records_read": file.records,
        "cells_read": file.cells,
        "title": package.title,
        "publisher": ", ".join(publishers),
        "licence": licence.title or licence.name,
        "address": package.sources[0].path if len(package.sources) == 1 else None,
        "completeness": file.layout.completeness,
    }
