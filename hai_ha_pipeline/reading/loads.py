"""Whether what a source holds is a new load, and how it differs from the last one, both read by today's code."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from hai_ha_pipeline.contracts.reading import JudgedFigure
from hai_ha_pipeline.contracts.types import empty
from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.archive import Archive, Load, to_the_second
from hai_ha_pipeline.reading.drift import Compared, Said, comparable, compared, difference, drifted, first_load
from hai_ha_pipeline.reading.kept import FileKept, Reading, figures_of
from hai_ha_pipeline.reading.replay import read_again
from hai_ha_pipeline.reading.source import Judge, OpenedSource, SourceRead, read_source


def drift_of(read: SourceRead, archive: Archive, judge: Judge) -> tuple[Said, list[str]]:
    """How a source differs from its last load: counts, and what is worth telling of its shape.

    Raises `SourceError` where the descriptor says that such a change fails the source.
    """
    source, after = read.opened.folder.name, comparable(read.figure)
    loads = archive.loads(source)
    before = _read_last(source, loads[-1], archive, judge) if loads else None
    if before is None:
        return first_load(source, after.height), []
    found = compared(comparable(before), after)
    columns = loads[-1].columns, {file.name: file.columns for file in read.files}
    return difference(source, found), drifted(f"sources/{source}", read.opened.package, found, columns)


def _read_last(source: str, load: Load, archive: Archive, judge: Judge) -> pl.DataFrame | None:
    """The figures of the last load, read again; none where they cannot be."""
    if not load.files:
        return empty(JudgedFigure)
    with tempfile.TemporaryDirectory() as scratch:
        restored = archive.restore(source, load, Path(scratch))
        try:
            return read_source(restored, judge).figure if restored else None
        except SourceError:
            return None


def load_of(
    opened: OpenedSource, files: list[FileKept], snapshot: dict[str, str], archive: Archive, reading: Reading, now: datetime
) -> Load:
    """The load that this content is: the last one again, or a new one with its difference to the last."""
    source = opened.folder.name
    loads = archive.loads(source)
    if loads and loads[-1].files == snapshot:
        return loads[-1]
    columns = {file.name: file.columns for file in files}
    before = _files_of_last(source, loads[-1], archive, reading) if loads else None
    if before is None:
        return _new_load(first_load(source, sum(file.accepted for file in files)), snapshot, columns, archive, now, [])
    counted, warnings = _drift_of_changed(opened, before, files, (loads[-1].columns, columns), reading)
    return _new_load(counted, snapshot, columns, archive, now, warnings)


def load_of_removed(source: str, last: Load, archive: Archive, reading: Reading, now: datetime) -> Load:
    """The load that a folder which is gone stands for: it withdraws all figures of the last one."""
    withdrawn = sum(file.accepted for file in _files_of_last(source, last, archive, reading) or [])
    return _new_load(first_load(source, 0) | {"figures_withdrawn": withdrawn}, {}, {}, archive, now, [])


def _files_of_last(source: str, load: Load, archive: Archive, reading: Reading) -> list[FileKept] | None:
    """The files of the last load as they are read today; none where they cannot be."""
    if not load.files:
        return []
    read, _ = read_again(source, load, archive, reading, set(load.columns), may_be_damaged=True)
    return read[1] if read else None


def _drift_of_changed(
    opened: OpenedSource,
    before: list[FileKept],
    after: list[FileKept],
    columns: tuple[dict[str, list[str]], dict[str, list[str]]],
    reading: Reading,
) -> tuple[Said, list[str]]:
    """How a source differs from its last load, part by part. Only the parts are compared that a changed file has figures in."""
    source = opened.folder.name
    same = {file.key for file in before} & {file.key for file in after}
    changed = {share.part for file in [*before, *after] if file.key not in same for share in file.shares}
    found = Compared()
    for file in after:
        unchanged = sum(share.accepted for share in file.shares if share.part not in changed)
        found += Compared(unchanged=unchanged, had={file.resource: unchanged} if unchanged else {})
    for part in sorted(changed):
        found += compared(*(comparable(figures_of(files, reading.shelf, {part})) for files in (before, after)))
    return difference(source, found), drifted(f"sources/{source}", opened.package, found, columns)


def _new_load(
    counted: Said, snapshot: dict[str, str], columns: dict[str, list[str]], archive: Archive, now: datetime, warnings: list[str]
) -> Load:
    """A load that follows the last one, also where the clock was set back or both fall into one second."""
    loads = archive.loads(str(counted["source"]))
    compared_with = loads[-1].loaded_at if loads else None
    after_it = [datetime.fromisoformat(compared_with) + timedelta(seconds=1)] if compared_with else []
    loaded_at = max([to_the_second(now), *after_it])
    return Load(loaded_at.isoformat(), snapshot, columns, {**counted, "compared_with": compared_with}, warnings)
