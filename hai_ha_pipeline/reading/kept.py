"""What was read of a file, kept under a hash of all that it depends on, so that no content is read and judged twice.

A file's figures stand in slices, each in the order of the parts that its figures belong to, so that the figures of one part are read
without the others. What a part is, is told to this module.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import polars as pl

from hai_ha_pipeline.contracts.reading import JudgedFigure
from hai_ha_pipeline.contracts.types import empty
from hai_ha_pipeline.reading.archive import changed_meanwhile
from hai_ha_pipeline.reading.hashes import hash_of
from hai_ha_pipeline.reading.source import (
    FileRead,
    Judge,
    OpenedSource,
    Place,
    RejectedShare,
    check_contracts,
    read_file,
    rejected_share,
    whatever_it_provokes,
)

FOLDER, SUMMARY = "read", "file.json"
SLICE = 500_000
"""Figures that are judged at once: what is made on the way to a verdict is many times as wide as what is kept of it."""


class Shelf(Protocol):
    """Where tables and notes are kept by name."""

    def note(self, name: str, said: Any) -> None:
        """Keep a note, which is what JSON can say, whole or not at all."""
        ...

    def noted(self, name: str) -> Any:
        """A note; none where it is not there, or not whole."""
        ...

    def has(self, table: str) -> bool:
        """Whether a table is there."""
        ...

    def write(self, table: str, rows: pl.DataFrame) -> None:
        """Keep a table whole or not at all."""
        ...

    def read(self, table: str, start: int = 0, length: int | None = None) -> pl.DataFrame:
        """A table, or `length` rows of it from `start`."""
        ...


@dataclass(frozen=True)
class Reading:
    """How files are read: by `judge`, into the parts of `part_of`; `shared` is a hash of what reading any file depends on."""

    shelf: Shelf
    shared: str
    judge: Judge
    part_of: Callable[[pl.DataFrame], pl.Series]
    known: dict[str, "FileKept"] = field(default_factory=dict, compare=False)
    """What was taken from the shelf already, by key: a file that several loads have is looked up once."""


@dataclass(frozen=True)
class Share:
    """The figures of one part in one slice of a file: where they begin, how many they are, and how many of them are accepted."""

    part: int
    table: str
    start: int
    length: int
    accepted: int


@dataclass(frozen=True)
class FileKept:
    """One file of a source, read and kept: what its figures stand in, and what is said of the file as a whole."""

    name: str
    resource: str
    sha256: str
    key: str
    columns: list[str]
    records: int
    cells: int
    rejected: RejectedShare
    shares: list[Share]

    @property
    def accepted(self) -> int:
        """How many of its figures are accepted."""
        return sum(share.accepted for share in self.shares)


def kept_files(opened: OpenedSource, hashes: Mapping[str, str], reading: Reading, only: set[str] | None = None) -> list[FileKept]:
    """The files of a source, or `only` some of them; those that are not kept yet are read and kept now.

    `hashes` says what content each file has. Raises `SourceError` where a file cannot be used, or has changed meanwhile.
    """
    places = [place for place in opened.places if only is None or place.name in only]
    with whatever_it_provokes(opened.folder.name):
        keys = _keys(opened, places, hashes, reading)
        known = _known(keys, reading)
        unread = [place for place in places if place.name not in known]
        for kept in _read(opened, unread, keys, reading):
            known[kept.name] = kept
    return [known[place.name] for place in places]


def kept_already(opened: OpenedSource, hashes: Mapping[str, str], reading: Reading, only: set[str]) -> list[FileKept] | None:
    """The same of `only` some files, where nothing has to be read for it; none where something would have to be."""
    places = [place for place in opened.places if place.name in only]
    with whatever_it_provokes(opened.folder.name):
        known = _known(_keys(opened, places, hashes, reading), reading)
    return [known[place.name] for place in places] if len(known) == len(places) else None


def figures_of(files: Iterable[FileKept], shelf: Shelf, parts: set[int] | None = None) -> pl.DataFrame:
    """The figures of some files, or those of some parts."""
    shares = [share for file in files for share in file.shares if parts is None or share.part in parts]
    return pl.concat([empty(JudgedFigure), *(shelf.read(share.table, share.start, share.length) for share in shares)])


@dataclass(frozen=True)
class _Key:
    value: str
    sha256: str


def _keys(opened: OpenedSource, places: list[Place], hashes: Mapping[str, str], reading: Reading) -> dict[str, _Key]:
    """For each file the hash of all that reading it depends on."""
    corrections = opened.corrections.rows_by_key("file", named=False) if not opened.corrections.is_empty() else {}
    keys = {}
    for place in places:
        sha256 = hashes.get(place.name) or hash_of(place.path)
        inputs = [
            opened.folder.name,
            place.name,
            sha256,
            opened.descriptor,
            [list(map(str, row)) for row in corrections.get(place.name, [])],
        ]
        keys[place.name] = _Key(hashlib.sha256(json.dumps([reading.shared, *inputs]).encode()).hexdigest()[:32], sha256)
    return keys


def _known(keys: Mapping[str, _Key], reading: Reading) -> dict[str, FileKept]:
    """The files, by name, that are kept."""
    return {name: kept for name, key in keys.items() if (kept := _kept(reading, key.value))}


def _kept(reading: Reading, key: str) -> FileKept | None:
    if key not in reading.known:
        said = reading.shelf.noted(f"{FOLDER}/{key}/{SUMMARY}")
        if said is None or not all(reading.shelf.has(table) for table in {each["table"] for each in said["shares"]}):
            return None
        shares = [Share(**each) for each in said["shares"]]
        reading.known[key] = FileKept(**said | {"rejected": RejectedShare(**said["rejected"]), "shares": shares})
    return reading.known[key]


@dataclass
class _Draft:
    """A file of which not everything is kept yet."""

    source: str
    place: Place
    key: _Key
    columns: list[str] = field(default_factory=list)
    records: int = 0
    cells: int = 0
    slices: int = 0
    rejected: RejectedShare = field(default_factory=RejectedShare)
    shares: list[Share] = field(default_factory=list)

    def add(self, read: FileRead) -> None:
        if read.sha256 != self.key.sha256:
            raise changed_meanwhile(f"sources/{self.source}/{self.place.name}")
        self.columns, self.records, self.cells = read.columns, self.records + read.records, self.cells + read.cells

    def keep(self, figures: pl.DataFrame, part: pl.Series, shelf: Shelf) -> None:
        """Keep a slice of its figures, in the order of their parts."""
        figures = _with_printed_days(figures)
        self.rejected = self.rejected.with_more(rejected_share(figures))
        table = f"{FOLDER}/{self.key.value}/{self.slices}"
        self.slices += 1
        if part.n_unique() > 1:
            figures, part = figures[part.arg_sort()], part.sort()
        shelf.write(table, figures)
        counted = pl.DataFrame({"part": part, "is_accepted": figures["verdict"] == "accepted"}).group_by("part", maintain_order=True)
        start = 0
        for number, length, accepted in counted.agg(pl.len(), pl.col("is_accepted").sum()).rows():
            self.shares.append(Share(number, table, start, length, accepted))
            start += length

    def finished(self, shelf: Shelf) -> FileKept:
        """The file as it is kept; the summary is written last and makes it whole."""
        kept = FileKept(
            self.place.name, self.place.resource.name, self.key.sha256, self.key.value, self.columns, self.records, self.cells,
            self.rejected, self.shares,
        )  # fmt: skip
        shelf.note(f"{FOLDER}/{self.key.value}/{SUMMARY}", asdict(kept))
        return kept


@dataclass
class _Batch:
    """Statements that are judged together, each with its file, and the files that have no more after these."""

    statements: list[tuple[_Draft, pl.DataFrame]] = field(default_factory=list)
    read: list[_Draft] = field(default_factory=list)

    @property
    def height(self) -> int:
        return sum(statements.height for _, statements in self.statements)


def _read(opened: OpenedSource, places: list[Place], keys: Mapping[str, _Key], reading: Reading) -> Iterator[FileKept]:
    """Read files and keep them, small ones judged together; while some are judged, the next are read."""
    for batch in _one_ahead(_batches(opened, places, keys)):
        if batch.statements:
            _judge(opened, batch.statements, reading)
        yield from (draft.finished(reading.shelf) for draft in batch.read)


def _batches(opened: OpenedSource, places: list[Place], keys: Mapping[str, _Key]) -> Iterator[_Batch]:
    batch = _Batch()
    for place in places:
        draft = _Draft(opened.folder.name, place, keys[place.name])
        for read in read_file(opened, place):
            draft.add(read)
            for at in range(0, read.statements.height, SLICE):
                batch.statements.append((draft, read.statements.slice(at, SLICE)))
                if batch.height >= SLICE:
                    yield batch
                    batch = _Batch()
        batch.read.append(draft)
    yield batch


def _one_ahead(batches: Iterator[_Batch]) -> Iterator[_Batch]:
    """The batches, of which the next one is made while one is used."""
    with ThreadPoolExecutor(1) as aside:
        coming = aside.submit(next, batches, None)
        while batch := coming.result():
            coming = aside.submit(next, batches, None)
            yield batch


def _with_printed_days(figures: pl.DataFrame) -> pl.DataFrame:
    """The figures of a file: where one prints its document's day, the day is printed for all figures of that document."""
    is_inferred = figures["is_published_on_inferred"]
    if is_inferred.all() or not is_inferred.any():
        return figures
    return figures.with_columns(pl.col("is_published_on_inferred").all().over("address", "title", "published_on"))


def _judge(opened: OpenedSource, waiting: list[tuple[_Draft, pl.DataFrame]], reading: Reading) -> None:
    statements = pl.concat([each for _, each in waiting])
    figures = reading.judge(statements)
    check_contracts(opened.folder.name, statements, figures)
    part, at = reading.part_of(figures), 0
    for draft, of_file in waiting:
        draft.keep(figures.slice(at, of_file.height), part.slice(at, of_file.height), reading.shelf)
        at += of_file.height
