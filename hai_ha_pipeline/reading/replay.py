"""The earlier loads of a source, read again from the archive by today's code and master data.

Nothing is kept of a load but its files, so what is read better today is read better in the past as well.
"""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl

from hai_ha_pipeline.contracts.audit import EarlierLoad
from hai_ha_pipeline.contracts.reading import EarlierFile, JudgedFigure
from hai_ha_pipeline.contracts.types import empty, polars_schema
from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.archive import Archive, Load
from hai_ha_pipeline.reading.clocks import LoadRead, put_together
from hai_ha_pipeline.reading.source import Judge, SourceRead, described, read_source

Readings = dict[tuple[str, str], pl.DataFrame]  # a file's name and hash: its figures as judged
DAMAGED = "a file of it is no longer in the archive, or is damaged there"


@dataclass(frozen=True)
class Replayed:
    """One source over all its loads: the tables, each in the shape of its contract."""

    figure: pl.DataFrame
    earlier_figure: pl.DataFrame
    earlier_file: pl.DataFrame
    earlier_load: pl.DataFrame


def replayed(source: str, present: SourceRead | None, load: Load, archive: Archive, judge: Judge) -> Replayed:
    """The present figures of a source with their clocks, and those of its earlier loads that the present files lack.

    `present` is what `load` gives, none where the folder is gone. An earlier load that cannot be read again is told of in
    `earlier_load`.
    """
    *earlier, (moment, _) = _publications(archive, source, load)
    readings: Readings = {}
    last = _load_read(moment, load, present, readings)
    loads, files, told = [last], [], []
    for since, each in reversed(earlier):
        unread = {name for name, sha256 in each.data().items() if (name, sha256) not in readings}
        read, message = _read_again(source, each, archive, judge, unread)
        loads += [] if message else [_load_read(since, each, read, readings)]
        if read:
            files += [
                described(read) | {"file": file.name, "sha256": file.sha256, "ingested_at": archive.first_seen(file.sha256, since)}
                for file in read.files
            ]
        accepted = 0 if message else loads[-1].figure.filter(pl.col("verdict") == "accepted").height
        told.append(_told(source, since, each, accepted, message))
    loads, told = loads[::-1], told[::-1]
    figure, earlier_figure = put_together(loads)
    contents = earlier_figure.select("source", "file", sha256="content").unique()
    earlier_file = pl.DataFrame(files, schema=polars_schema(EarlierFile)).unique(["source", "file", "sha256"], maintain_order=True)
    return Replayed(
        figure,
        earlier_figure,
        earlier_file.join(contents, on=contents.columns, how="semi", maintain_order="left"),
        pl.DataFrame(told, schema=polars_schema(EarlierLoad)),
    )


def _publications(archive: Archive, source: str, load: Load) -> list[tuple[datetime, Load]]:
    """The loads of a source up to `load`, those in a row with the same data as one.

    What a publisher put out differs only where the data do. Where only the descriptor or a correction changed, somebody here
    has mended how it is read, and the mended way holds for the past as well.
    """
    loads = archive.loads(source)
    until = loads[: loads.index(load) + 1] if load in loads else [*loads, load]
    same = [list(each) for _, each in groupby(until, key=Load.data)]
    return [(datetime.fromisoformat(each[0].loaded_at), each[-1]) for each in same]


def _read_again(source: str, load: Load, archive: Archive, judge: Judge, unread: set[str]) -> tuple[SourceRead | None, str | None]:
    """Of a load the files that no later one has unchanged; a file that is the same is read as the last load that has it."""
    if not load.files:
        return None, None
    with tempfile.TemporaryDirectory() as scratch:
        restored = archive.restore(source, load, Path(scratch))
        if restored is None:
            return None, DAMAGED
        try:
            return read_source(restored, judge, unread), None
        except SourceError as error:
            return None, str(error)


def _told(source: str, since: datetime, load: Load, now: int, message: str | None) -> dict[str, Any]:
    then = sum(int(load.difference[name] or 0) for name in ("figures_new", "figures_revised", "figures_unchanged"))
    return {"source": source, "loaded_at": since, "figures_loaded": then, "figures_accepted": now, "message": message}


def _load_read(moment: datetime, load: Load, read: SourceRead | None, readings: Readings) -> LoadRead:
    """A load with the hash of the file in which each figure stands, and whether what is gone from it was withdrawn.

    What `read` has read is added to the `readings`; of the load's other files they have it already.
    """
    nothing = empty(JudgedFigure).with_columns(content=pl.lit(None, pl.String), is_full=pl.lit(value=True))
    if read is None:
        return LoadRead(moment, nothing, {}, is_removed=True)
    layouts = {each.name: each.statement for each in read.package.resources if each.statement}
    full = {name: layout.completeness == "full" for name, layout in layouts.items()}
    of_file = read.figure.partition_by("file", as_dict=True, include_key=True)
    for file in read.files:
        figures = of_file.get((file.name,), read.figure.clear())
        readings[file.name, file.sha256] = figures.with_columns(content=pl.lit(file.sha256), is_full=pl.lit(full[file.resource.name]))
    return LoadRead(moment, pl.concat([nothing, *(readings[file] for file in load.data().items())]), full)
