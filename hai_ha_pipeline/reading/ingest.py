"""Every source under `sources/`, read and judged, one independent of the other, and what the archive has of it.

A source that fails does not stop the others: its last good content is used and it is marked stale.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from hai_ha_pipeline.contracts.audit import Correction, Difference, EarlierLoad
from hai_ha_pipeline.contracts.reading import EarlierFile, SourceFile
from hai_ha_pipeline.contracts.types import Contract, empty, polars_schema
from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.keys import file_key
from hai_ha_pipeline.reading.archive import Archive, Load, changed_meanwhile, snapshot_of
from hai_ha_pipeline.reading.kept import FileKept, Reading, kept_files
from hai_ha_pipeline.reading.loads import load_of, load_of_removed
from hai_ha_pipeline.reading.replay import LoadKept, read_again, replayed
from hai_ha_pipeline.reading.source import (
    OpenedSource,
    Place,
    check_rejected_share,
    described,
    open_source,
    source_folders,
)

Row = dict[str, Any]
Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Ingested:
    """One source, or all of them: the rows of the tables that tell of it, and the loads of each source, the oldest first."""

    source_file: list[Row]
    earlier_file: list[Row] = field(default_factory=list)
    earlier_load: list[Row] = field(default_factory=list)
    difference: list[Row] = field(default_factory=list)
    correction: pl.DataFrame = field(default_factory=lambda: empty(Correction))
    histories: list[list[LoadKept]] = field(default_factory=list)

    def tables(self) -> Tables:
        """The tables that tell of the sources."""
        earlier_file = pl.DataFrame(self.earlier_file, schema=polars_schema(EarlierFile), infer_schema_length=None)
        return {
            "source_file": _table(self.source_file, SourceFile),
            "earlier_file": earlier_file.unique(["source", "file", "sha256"], keep="first", maintain_order=True),
            "earlier_load": _table(self.earlier_load, EarlierLoad),
            "difference": _table(self.difference, Difference),
            "correction": self.correction,
        }

    def kept(self) -> set[str]:
        """The keys under which what was read of their files is kept."""
        return {file.key for loads in self.histories for load in loads for file, _ in load.files}


def ingest(sources: Path, archive: Archive, reading: Reading, now: datetime) -> Ingested:
    """Read and judge every source by itself.

    Raises `SourceError` only where there is no source at all.
    """
    folders = source_folders(sources)
    if not folders:
        raise SourceError(str(sources), "holds no source", "add a folder with a descriptor and a file: docs/sources.md")
    removed = sorted(set(archive.sources()) - {folder.name for folder in folders})
    files: dict[int, str] = {}
    each = [_read_or_fall_back(folder, archive, reading, now, files) for folder in folders]
    each += [_removed(sources / name, archive, reading, now) for name in removed]
    return _all(each)


def _all(each: list[Ingested]) -> Ingested:
    return Ingested(
        [row for one in each for row in one.source_file],
        [row for one in each for row in one.earlier_file],
        [row for one in each for row in one.earlier_load],
        [row for one in each for row in one.difference],
        pl.concat([empty(Correction), *(one.correction for one in each)]),
        [loads for one in each for loads in one.histories],
    )


def _read_or_fall_back(folder: Path, archive: Archive, reading: Reading, now: datetime, known: dict[int, str]) -> Ingested:
    try:
        snapshot = snapshot_of(folder)
        opened = open_source(folder)
        _check_keys(opened, known)
        files = kept_files(opened, snapshot, reading)
        snapshot = _whole(folder, snapshot, files)
        for place, file in zip(opened.places, files, strict=True):
            check_rejected_share(folder.name, place, file.rejected)
        load = load_of(opened, files, snapshot, archive, reading, now)
        made = _ingested(opened, files, archive, now, load, reading, state="loaded", message=None)
        archive.keep(folder, load, now)
    except SourceError as error:
        return _last_good(folder, archive, reading, now, str(error))
    return made


def _check_keys(opened: OpenedSource, known: dict[int, str]) -> None:
    """Raise `SourceError` where two files, of this source or another, have one key by chance: 31 bits of a hash."""
    for place in opened.places:
        where = f"sources/{opened.folder.name}/{place.name}"
        key = file_key(opened.folder.name, place.name)
        if known.setdefault(key, where) != where:
            raise SourceError(where, f"has by chance the same key as {known[key]}", "rename the file")


def _whole(folder: Path, snapshot: dict[str, str], files: list[FileKept]) -> dict[str, str]:
    """The snapshot with every file that was read, also those that it leaves out: hidden ones and those behind a link.

    Raises `SourceError` where a file is no longer what it was when the snapshot was taken.
    """
    contents = {file.name: file.sha256 for file in files}
    now = snapshot_of(folder)
    changed = [name for name in sorted(snapshot | now) if snapshot.get(name) != now.get(name) or contents.get(name, now[name]) != now[name]]
    if changed:
        raise changed_meanwhile(f"sources/{folder.name}/{changed[0]}")
    return snapshot | contents


def _last_good(folder: Path, archive: Archive, reading: Reading, now: datetime, message: str) -> Ingested:
    """The source from the copies of what loaded last; a row that says it failed where there are none.

    One that fails after its folder was gone, as when it is put back broken, has no figures, but keeps its history.
    """
    try:
        loads = archive.loads(folder.name)
    except SourceError:
        return Ingested([_without_files(folder.name, "failed", message)])
    read, why_not = read_again(folder.name, loads[-1], archive, reading, set(loads[-1].columns)) if loads else (None, None)
    if read:
        return _ingested(*read, archive, now, loads[-1], reading, state="stale", message=message)
    if why_not:
        message = f"{message}\nIts last good content cannot be used either: {why_not}"
    failed = [_without_files(folder.name, "failed", message)]
    was_removed = bool(loads) and not loads[-1].files
    if not was_removed:
        return Ingested(failed)
    over_time = replayed(folder.name, None, loads[-1], archive, reading)
    return Ingested(failed, over_time.earlier_file, over_time.earlier_load, histories=[over_time.loads])


def _removed(folder: Path, archive: Archive, reading: Reading, now: datetime) -> Ingested:
    """A source whose folder is gone: its figures were withdrawn when that was first seen."""
    source = folder.name
    try:
        *_, last = archive.loads(source)
    except SourceError as error:
        return Ingested([_without_files(source, "removed", str(error))])
    if last.files:
        last = load_of_removed(source, last, archive, reading, now)
        archive.keep(folder, last, now)
    over_time = replayed(source, None, last, archive, reading)
    message = (
        f"its folder is gone since {last.loaded_at[:10]}, so its figures are withdrawn and only in the history."
        f"\n  How to mend it: put the folder back, or drop its history as well with: hai-ha source forget {source}"
    )
    return Ingested(
        [_without_files(source, "removed", message)],
        over_time.earlier_file,
        over_time.earlier_load,
        [_difference(last)],
        histories=[over_time.loads],
    )


def _without_files(source: str, state: str, message: str) -> Row:
    return {"source": source, "state": state, "message": message, "records_read": 0, "cells_read": 0}


def _ingested(
    opened: OpenedSource,
    files: list[FileKept],
    archive: Archive,
    now: datetime,
    load: Load,
    reading: Reading,
    *,
    state: str,
    message: str | None,
) -> Ingested:
    """What a source gives to the tables."""
    said = described(opened) | {"state": state, "message": message, "warnings": "; ".join(load.warnings) or None}
    seen = archive.first_seen((file.sha256 for file in files), now)
    rows = [said | _counted(place, file) | {"ingested_at": seen[file.sha256]} for place, file in zip(opened.places, files, strict=True)]
    over_time = replayed(opened.folder.name, (opened, files), load, archive, reading)
    return Ingested(rows, over_time.earlier_file, over_time.earlier_load, [_difference(load)], opened.correction, [over_time.loads])


def _counted(place: Place, file: FileKept) -> Row:
    """What stands in `source_file` of a file itself."""
    releases = place.layout.releases
    return {
        "file": file.name,
        "sha256": file.sha256,
        "records_read": file.records,
        "cells_read": file.cells,
        "completeness": place.layout.completeness,
        "release_every": releases.every if releases else None,
        "release_days_after": releases.days_after if releases else None,
    }


def _difference(load: Load) -> Row:
    moments = {"loaded_at": load.loaded_at, "compared_with": load.difference["compared_with"]}
    return load.difference | {name: moment and datetime.fromisoformat(str(moment)) for name, moment in moments.items()}


def _table(rows: Iterable[Row], contract: type[Contract]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=polars_schema(contract), infer_schema_length=None)
