"""The loads of a source, read again from the archive by today's code and master data.

Nothing is kept of a load but its files, so what is read better today is read better in the past as well.
"""

import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.archive import Archive, Load
from hai_ha_pipeline.reading.kept import FileKept, Reading, kept_already, kept_files
from hai_ha_pipeline.reading.source import OpenedSource, described, open_source

Row = dict[str, Any]
Known = dict[tuple[str, str], tuple[FileKept, bool]]
DAMAGED = "a file of it is no longer in the archive, or is damaged there"


@dataclass(frozen=True)
class LoadKept:
    """One load of a source: its files as they are read today, each with whether its resource is full; and the same of every resource.

    A source whose folder was removed has a last load without files, which withdraws all figures.
    """

    moment: datetime
    files: list[tuple[FileKept, bool]]
    full: Mapping[str, bool]
    is_removed: bool = False


@dataclass(frozen=True)
class Replayed:
    """One source over all its loads, the oldest first; the files of those before the last; and how each of them was read."""

    loads: list[LoadKept]
    earlier_file: list[Row]
    earlier_load: list[Row]


def replayed(source: str, present: tuple[OpenedSource, list[FileKept]] | None, load: Load, archive: Archive, reading: Reading) -> Replayed:
    """A source with all its loads up to `load`, whose files are `present`, none where the folder is gone.

    An earlier load that cannot be read again is told of in `earlier_load`.
    """
    *earlier, (moment, _) = _publications(archive, source, load)
    known: Known = {}
    last = _load(moment, load, present, known)
    loads, files, told = [last], [], []
    for since, each in reversed(earlier):
        unread = {name for name, sha256 in each.data().items() if (name, sha256) not in known}
        read, message = read_again(source, each, archive, reading, unread)
        loads += [] if message else [_load(since, each, read, known)]
        if read:
            opened, of_load = read
            seen, said = archive.first_seen((file.sha256 for file in of_load), since), described(opened)
            files += [said | {"file": file.name, "sha256": file.sha256, "ingested_at": seen[file.sha256]} for file in of_load]
        told.append(_told(source, since, each, 0 if message else _accepted(loads[-1].files), message))
    return Replayed(loads[::-1], files, told[::-1])


def read_again(
    source: str, load: Load, archive: Archive, reading: Reading, unread: set[str], *, may_be_damaged: bool = False
) -> tuple[tuple[OpenedSource, list[FileKept]] | None, str | None]:
    """Of a load the files named by `unread`, or why they cannot be read; neither where the load has no files.

    Their copies in the archive must be whole, also where what was read of them is kept; or, with `may_be_damaged`, only where it is not.
    """
    if not load.files:
        return None, None
    around = load.files.keys() - load.columns.keys()
    try:
        if may_be_damaged:
            with _restored(source, load, archive, around) as opened:
                if opened and (files := kept_already(opened, load.files, reading, unread)) is not None:
                    return (opened, files), None
        with _restored(source, load, archive, around | unread) as opened:
            return ((opened, kept_files(opened, load.files, reading, unread)), None) if opened else (None, DAMAGED)
    except SourceError as error:
        return None, str(error)


@contextmanager
def _restored(source: str, load: Load, archive: Archive, read: Collection[str]) -> Iterator[OpenedSource | None]:
    """A load, opened where those of its files that are to be read are whole in the archive."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = archive.restore(source, load, Path(scratch), read)
        yield open_source(folder) if folder else None


def _publications(archive: Archive, source: str, load: Load) -> list[tuple[datetime, Load]]:
    """The loads of a source up to `load`, those in a row with the same data as one.

    What a publisher put out differs only where the data do. Where only the descriptor or a correction changed, somebody here
    has mended how it is read, and the mended way holds for the past as well.
    """
    loads = archive.loads(source)
    until = loads[: loads.index(load) + 1] if load in loads else [*loads, load]
    same = [list(each) for _, each in groupby(until, key=Load.data)]
    return [(datetime.fromisoformat(each[0].loaded_at), each[-1]) for each in same]


def _load(moment: datetime, load: Load, read: tuple[OpenedSource, list[FileKept]] | None, known: Known) -> LoadKept:
    """A load with its files. What was read of it is added to `known`; its other files are known already, as a later load reads them."""
    if read is None:
        return LoadKept(moment, [], {}, is_removed=True)
    opened, files = read
    full = {each.name: each.statement.completeness == "full" for each in opened.package.resources if each.statement}
    known |= {(file.name, file.sha256): (file, full[file.resource]) for file in files}
    return LoadKept(moment, [known[file] for file in sorted(load.data().items())], full)


def _told(source: str, since: datetime, load: Load, now: int, message: str | None) -> Row:
    then = sum(int(load.difference[name] or 0) for name in ("figures_new", "figures_revised", "figures_unchanged"))
    return {"source": source, "loaded_at": since, "figures_loaded": then, "figures_accepted": now, "message": message}


def _accepted(files: Iterable[tuple[FileKept, bool]]) -> int:
    return sum(file.accepted for file, _ in files)
