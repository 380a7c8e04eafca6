"""Every source under `sources/`, read and judged, one independent of the other, and what the archive has of it.

A source that fails does not stop the others: its last good content is used and it is marked stale.
"""

import io
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from hai_ha_pipeline.contracts.audit import Correction, Difference, EarlierLoad
from hai_ha_pipeline.contracts.reading import EarlierFigure, EarlierFile, Figure, JudgedFigure, SourceFile, Statement
from hai_ha_pipeline.contracts.types import empty, polars_schema
from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.archive import Archive, Load, changed_meanwhile, snapshot_of, to_the_second
from hai_ha_pipeline.reading.drift import comparable, difference, drifted, kept_figures
from hai_ha_pipeline.reading.replay import DAMAGED, replayed
from hai_ha_pipeline.reading.source import Judge, Reader, SourceRead, check_rejected_share, described, read_source, source_folders

CONTRACTS = {
    "statement": Statement,
    "figure": Figure,
    "source_file": SourceFile,
    "earlier_figure": EarlierFigure,
    "earlier_file": EarlierFile,
    "earlier_load": EarlierLoad,
    "difference": Difference,
    "correction": Correction,
}
Tables = dict[str, pl.DataFrame]


def ingest(sources: Path, archive: Archive, judge: Judge, judge_together: Judge, now: datetime, read: Reader | None = None) -> Tables:
    """Read and judge every source by itself, then all figures together: the tables of `CONTRACTS`.

    `judge` turns the statements of one source into figures; `judge_together` sets aside those that the figures of others
    contradict. `read` reads one folder: here and now unless something else is given, such as taking what was read of the same
    content elsewhere. Raises `SourceError` only where there is no source at all.
    """
    folders = source_folders(sources)
    if not folders:
        raise SourceError(str(sources), "holds no source", "add a folder with a descriptor and a file: docs/sources.md")
    removed = sorted(set(archive.sources()) - {folder.name for folder in folders})
    parts = [_read_or_fall_back(folder, archive, judge, now, read or read_source) for folder in folders]
    parts += [_removed(sources / name, archive, judge, now) for name in removed]
    tables = {name: pl.concat([empty(contract), *(part[name] for part in parts if name in part)]) for name, contract in CONTRACTS.items()}
    tables["figure"] = judge_together(tables["figure"])
    tables["earlier_figure"] = _earlier_judged_with(tables["figure"], tables["earlier_figure"], judge_together)
    return tables


def _earlier_judged_with(figure: pl.DataFrame, earlier_figure: pl.DataFrame, judge_together: Judge) -> pl.DataFrame:
    """The earlier figures, those rejected that the rest of their series contradicts; the present ones are not judged by them."""
    if earlier_figure.is_empty():
        return earlier_figure
    together = judge_together(pl.concat([figure, earlier_figure.select(figure.columns)]))
    judged = together.tail(earlier_figure.height)
    return pl.concat([judged, earlier_figure.select("content", "withdrawn_at")], how="horizontal")


def _read_or_fall_back(folder: Path, archive: Archive, judge: Judge, now: datetime, read: Reader) -> Tables:
    try:
        snapshot = snapshot_of(folder)
        source = read(folder, judge)
        snapshot = _whole(snapshot, source)
        check_rejected_share(source)
        load = _load_of(source, snapshot, archive, now)
        tables = _tables(source, archive, now, load, judge, state="loaded", message=None)
        archive.keep(folder, load, _as_parquet(comparable(source.figure)), now)
    except SourceError as error:
        return _last_good(folder, archive, judge, now, str(error))
    return tables


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


def _last_good(folder: Path, archive: Archive, judge: Judge, now: datetime, message: str) -> Tables:
    """The source from the copies of what loaded last; a row that says it failed where there are none.

    One that fails after its folder was gone, as when it is put back broken, has no figures, but keeps its history.
    """
    try:
        loads = archive.loads(folder.name)
    except SourceError:
        return {"source_file": _without_files(folder.name, "failed", message)}
    with tempfile.TemporaryDirectory() as scratch:
        restored = archive.restore(folder.name, loads[-1], Path(scratch)) if loads else None
        if restored:
            try:
                return _tables(read_source(restored, judge), archive, now, loads[-1], judge, state="stale", message=message)
            except SourceError as error:
                message = f"{message}\nIts last good content cannot be used either: {error}"
        elif loads and loads[-1].files:
            message = f"{message}\nIts last good content cannot be used either: {DAMAGED}"
    failed = {"source_file": _without_files(folder.name, "failed", message)}
    was_removed = bool(loads) and not loads[-1].files
    return failed | vars(replayed(folder.name, None, loads[-1], archive, judge)) if was_removed else failed


def _removed(folder: Path, archive: Archive, judge: Judge, now: datetime) -> Tables:
    """A source whose folder is gone: its figures were withdrawn when that was first seen."""
    source = folder.name
    try:
        *_, last = archive.loads(source)
    except SourceError as error:
        return {"source_file": _without_files(source, "removed", str(error))}
    nothing = comparable(empty(JudgedFigure))
    if last.files:
        withdrawn = difference(source, kept_figures(archive.figures(source)), nothing)
        last = _new_load(withdrawn, {}, {}, archive, now, warnings=[])
        archive.keep(folder, last, _as_parquet(nothing), now)
    over_time = replayed(source, None, last, archive, judge)
    message = (
        f"its folder is gone since {last.loaded_at[:10]}, so its figures are withdrawn and only in the history."
        f"\n  How to mend it: put the folder back, or drop its history as well with: hai-ha source forget {source}"
    )
    return vars(over_time) | {"source_file": _without_files(source, "removed", message), "difference": _difference(last)}


def _without_files(source: str, state: str, message: str) -> pl.DataFrame:
    row = {"source": source, "state": state, "message": message, "records_read": 0, "cells_read": 0}
    return pl.DataFrame([row], schema=polars_schema(SourceFile))


def drift_of(read: SourceRead, archive: Archive) -> tuple[pl.DataFrame, list[str]]:
    """How a source differs from its last load: one row of counts, and what is worth telling of its shape.

    Raises `SourceError` where the descriptor says that such a change fails the source.
    """
    loads = archive.loads(read.folder.name)
    before = kept_figures(archive.figures(read.folder.name)) if loads else None
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
    return _new_load(counted, snapshot, {file.name: file.columns for file in read.files}, archive, now, warnings)


def _new_load(
    counted: pl.DataFrame, snapshot: dict[str, str], columns: dict[str, list[str]], archive: Archive, now: datetime, warnings: list[str]
) -> Load:
    """A load that follows the last one, also where the clock was set back or both fall into one second."""
    [row] = counted.rows(named=True)
    loads = archive.loads(row["source"])
    compared_with = loads[-1].loaded_at if loads else None
    after_it = [datetime.fromisoformat(compared_with) + timedelta(seconds=1)] if compared_with else []
    loaded_at = max([to_the_second(now), *after_it])
    return Load(loaded_at.isoformat(), snapshot, columns, {**row, "compared_with": compared_with}, warnings)


def _tables(read: SourceRead, archive: Archive, now: datetime, load: Load, judge: Judge, state: str, message: str | None) -> Tables:
    """What a source gives to the tables."""
    said = {"state": state, "message": message, "warnings": "; ".join(load.warnings) or None}
    files = [described(read) | said | file.counted() | {"ingested_at": archive.first_seen(file.sha256, now)} for file in read.files]
    over_time = replayed(read.folder.name, read, load, archive, judge)
    return vars(over_time) | {
        "statement": read.statement,
        "source_file": pl.DataFrame(files, schema=polars_schema(SourceFile)),
        "difference": _difference(load),
        "correction": read.correction,
    }


def _difference(load: Load) -> pl.DataFrame:
    moments = {"loaded_at": load.loaded_at, "compared_with": load.difference["compared_with"]}
    read: dict[str, Any] = {name: moment and datetime.fromisoformat(str(moment)) for name, moment in moments.items()}
    return pl.DataFrame([load.difference | read], schema=polars_schema(Difference))


def _as_parquet(rows: pl.DataFrame) -> bytes:
    written = io.BytesIO()
    rows.write_parquet(written)
    return written.getvalue()
