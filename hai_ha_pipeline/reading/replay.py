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
from hai_ha_pipeline.reading.clocks import LoadRead, as_read_last, put_together
from hai_ha_pipeline.reading.source import Judge, SourceRead, described, read_source

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
    loads, files, messages = [], [], []
    for since, each in earlier:
        read, message = _read_again(source, each, archive, judge)
        messages.append(message)
        if not message:
            loads.append(_load_read(since, read))
        if read:
            files += [
                described(read) | {"file": file.name, "sha256": file.sha256, "ingested_at": archive.first_seen(file.sha256, since)}
                for file in read.files
            ]
    loads = as_read_last([*loads, _load_read(moment, present)])
    accepted = {each.moment: each.figure.filter(pl.col("verdict") == "accepted").height for each in loads}
    told = [_told(source, since, each, accepted.get(since, 0), message) for (since, each), message in zip(earlier, messages, strict=True)]
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


def _read_again(source: str, load: Load, archive: Archive, judge: Judge) -> tuple[SourceRead | None, str | None]:
    if not load.files:
        return None, None
    with tempfile.TemporaryDirectory() as scratch:
        restored = archive.restore(source, load, Path(scratch))
        if restored is None:
            return None, DAMAGED
        try:
            return read_source(restored, judge), None
        except SourceError as error:
            return None, str(error)


def _told(source: str, since: datetime, load: Load, now: int, message: str | None) -> dict[str, Any]:
    then = sum(int(load.difference[name] or 0) for name in ("figures_new", "figures_revised", "figures_unchanged"))
    return {"source": source, "loaded_at": since, "figures_loaded": then, "figures_accepted": now, "message": message}


def _load_read(moment: datetime, read: SourceRead | None) -> LoadRead:
    """A load with the hash of the file in which each figure stands, and whether what is gone from it was withdrawn."""
    if read is None:
        nothing = empty(JudgedFigure).with_columns(content=pl.lit(None, pl.String), is_full=pl.lit(value=True))
        return LoadRead(moment, nothing, {}, is_removed=True)
    files = [(file.name, file.sha256, file.layout.completeness == "full") for file in read.files]
    of_file = pl.DataFrame(files, schema={"file": pl.String, "content": pl.String, "is_full": pl.Boolean}, orient="row")
    full = {file.resource.name: file.layout.completeness == "full" for file in read.files}
    return LoadRead(moment, read.figure.join(of_file, on="file", how="left", maintain_order="left"), full)
