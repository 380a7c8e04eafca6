"""One source: its folder read and judged by itself. Nothing here knows of other sources, of earlier loads, or of what is kept."""

import logging
import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandera.errors
import polars as pl

from hai_ha_pipeline.contracts.audit import Correction
from hai_ha_pipeline.contracts.reading import JudgedFigure, Statement
from hai_ha_pipeline.contracts.types import Contract, empty
from hai_ha_pipeline.errors import PlaceError, SourceError
from hai_ha_pipeline.reading.archive import changed_meanwhile, check_are_own_files
from hai_ha_pipeline.reading.corrections import FILE_NAME as CORRECTIONS
from hai_ha_pipeline.reading.corrections import read_corrections
from hai_ha_pipeline.reading.descriptor import FILE_NAME as DESCRIPTOR
from hai_ha_pipeline.reading.descriptor import Layout, Package, Resource, read_descriptor
from hai_ha_pipeline.reading.hashes import hash_of, hash_of_content
from hai_ha_pipeline.reading.reference import FOLDER as REFERENCE
from hai_ha_pipeline.reading.statements import statements_of, value_columns_of
from hai_ha_pipeline.reading.table_file import read_table_in_pieces

Judge = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True)
class Place:
    """A file that a resource reads, under its name in the source's folder."""

    name: str
    path: Path
    resource: Resource
    layout: Layout


@dataclass(frozen=True)
class OpenedSource:
    """A source's folder with what its descriptor and its corrections say; none of its files is read yet."""

    folder: Path
    package: Package
    places: list[Place]
    corrections: pl.DataFrame
    descriptor: str
    """The hash of the descriptor that was read."""

    @property
    def correction(self) -> pl.DataFrame:
        """The corrections as tables hold them."""
        return self.corrections.select(pl.lit(self.folder.name).alias("source"), *self.corrections.columns)


@dataclass(frozen=True)
class FileRead:
    """One file of a source, read: its statements, the names of its columns, and how many records it holds."""

    place: Place
    sha256: str
    statements: pl.DataFrame
    columns: list[str]
    records: int

    @property
    def name(self) -> str:
        """Its name in the source's folder."""
        return self.place.name

    @property
    def cells(self) -> int:
        """How many statements it must give: one for each cell that can hold a figure, one for each damaged record."""
        damaged = self.statements.filter(pl.col("column").is_null()).height
        return (self.records - damaged) * len(value_columns_of(self.place.layout, self.columns)) + damaged


@dataclass(frozen=True)
class SourceRead:
    """One source, read and judged by itself, before anything is said of how many of its figures are rejected."""

    opened: OpenedSource
    files: list[FileRead]
    statement: pl.DataFrame
    figure: pl.DataFrame


def source_folders(sources: Path) -> list[Path]:
    """The folder of every source, in a fixed order; master data is none."""
    folders = (path for path in sorted(sources.iterdir()) if path.is_dir())
    return [folder for folder in folders if folder.name != REFERENCE and not folder.name.startswith((".", "_"))]


def read_source(folder: Path, judge: Judge) -> SourceRead:
    """One source, read and judged; nothing is kept or published.

    Raises `SourceError` where its descriptor, a file or a correction cannot be used.
    """
    with whatever_it_provokes(folder.name):
        opened = open_source(folder)
        files = [read for place in opened.places for read in read_file(opened, place)]
        statements = pl.concat([empty(Statement), *(file.statements for file in files)])
        figures = judge(statements) if files else empty(JudgedFigure)
        check_contracts(folder.name, statements, figures)
        return SourceRead(opened, files, statements, figures)


@contextmanager
def whatever_it_provokes(source: str) -> Iterator[None]:
    """Whatever one publisher's file provokes is a `SourceError`, so that it never stops the other sources; the log keeps where it happened."""
    try:
        yield
    except (SourceError, PlaceError):
        raise
    except Exception as error:
        logging.getLogger(__name__).exception("sources/%s", source)
        what = f"cannot be read: {type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"
        raise SourceError(f"sources/{source}", what, "this case is not foreseen: please report it with the file") from error


def open_source(folder: Path) -> OpenedSource:
    """The descriptor and the corrections of a source, and the files that it reads.

    Raises `SourceError` where one of them cannot be used, or a file is not there.
    """
    own = [folder / name for name in (DESCRIPTOR, CORRECTIONS) if (folder / name).exists()]
    check_are_own_files(own, folder, f"sources/{folder.name}")
    descriptor = _hash_of_descriptor(folder)
    package = read_descriptor(folder)
    if _hash_of_descriptor(folder) != descriptor:
        raise changed_meanwhile(f"sources/{folder.name}/{DESCRIPTOR}")
    corrections = read_corrections(folder)
    places = [
        Place(path.relative_to(folder).as_posix(), path, resource, resource.statement)
        for resource in package.resources
        if resource.statement
        for path in _paths(folder, resource)
    ]
    _check_no_file_is_read_twice(folder, places)
    _check_corrections_have_a_file(folder, corrections, {place.name for place in places})
    opened = OpenedSource(folder, package, places, corrections, descriptor)
    _check_contract(folder.name, "correction", Correction, opened.correction)
    return opened


def _hash_of_descriptor(folder: Path) -> str:
    return hash_of(folder / DESCRIPTOR) if (folder / DESCRIPTOR).is_file() else ""


def check_contracts(source: str, statements: pl.DataFrame, figures: pl.DataFrame) -> None:
    """What one source gives keeps the contracts by itself, so that it can never be the one that stops the others.

    Raises `SourceError` where it does not.
    """
    _check_contract(source, "statement", Statement, statements)
    _check_contract(source, "figure", JudgedFigure, figures)


def _check_contract(source: str, name: str, contract: type[Contract], rows: pl.DataFrame) -> None:
    try:
        contract.validate(rows, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        case = errors.failure_cases.row(0, named=True)
        raise SourceError(
            f"sources/{source}",
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
    check_are_own_files(found, folder, where)
    return found


def _check_no_file_is_read_twice(folder: Path, places: list[Place]) -> None:
    read_by: dict[Path, str] = {}
    for place in places:
        if place.path in read_by:
            raise SourceError(
                f"sources/{folder.name}/datapackage.yaml",
                f"{place.path.name!r} is read by the resources {read_by[place.path]!r} and {place.resource.name!r}",
                "each figure stands once: narrow one resource's `path`",
            )
        read_by[place.path] = place.resource.name


def read_file(opened: OpenedSource, place: Place) -> Iterator[FileRead]:
    """One file of a source, read; a large one in several pieces.

    Raises `SourceError` where it is no table of its descriptor.
    """
    where = f"sources/{opened.folder.name}/{place.name}"
    content = place.path.read_bytes()
    corrections = opened.corrections.filter(pl.col("file") == place.name)
    with ThreadPoolExecutor(1) as aside:
        hashing = aside.submit(hash_of_content, content)
        pieces = read_table_in_pieces(content, where, place.resource, place.layout, has_corrections=not corrections.is_empty())
        del content  # as large as the file
        for records in pieces:
            statements = statements_of(opened.folder.name, place.resource, place.layout, place.name, records, corrections)
            yield FileRead(place, hashing.result(), statements, records.header, records.count)
    if hash_of(place.path) != hashing.result():
        raise changed_meanwhile(where)


def _check_corrections_have_a_file(folder: Path, corrections: pl.DataFrame, files: set[str]) -> None:
    unknown = sorted(set(corrections["file"]) - files)
    if unknown:
        raise SourceError(
            f"sources/{folder.name}/corrections.csv",
            f"corrects {', '.join(unknown)}, which no resource reads",
            "correct the file's name, or delete the line",
        )


@dataclass(frozen=True)
class RejectedShare:
    """How many figures of a file were judged, how many of them are rejected, and the first of those: its line, and a sentence."""

    judged: int = 0
    rejected: int = 0
    line: int | None = None
    first: str | None = None

    def with_more(self, other: "RejectedShare") -> "RejectedShare":
        """The same of these figures and of others of the file."""
        first = min((self, other), key=lambda each: math.inf if each.line is None else each.line)
        return RejectedShare(self.judged + other.judged, self.rejected + other.rejected, first.line, first.first)


def rejected_share(figures: pl.DataFrame) -> RejectedShare:
    """How many figures are rejected; what is excluded on purpose does not count."""
    judged = figures.filter(pl.col("verdict") != "missing", pl.col("rule").fill_null("") != "excluded")
    rejected = judged.filter(pl.col("verdict") == "rejected")
    if rejected.is_empty():
        return RejectedShare(judged.height)
    first = rejected.sort("row").row(0, named=True)
    said = f"line {first['row']}, {first['field'] or 'record'} {first['text'] or first['value_as_printed']!r}: {first['reason']}"
    return RejectedShare(judged.height, rejected.height, first["row"], said)


def check_rejected_share(source: str, place: Place, share: RejectedShare) -> None:
    """Too many rejected figures in a file mean that it is not read as it was meant.

    Raises `SourceError` with the first of them.
    """
    allowed = place.layout.max_rejected_share
    if share.judged and share.rejected / share.judged > allowed:
        raise SourceError(
            f"sources/{source}/{place.name}",
            f"{share.rejected} of {share.judged} figures are rejected, more than the share of {allowed:g} allowed; the first, {share.first}",
            "correct the descriptor, or raise `max_rejected_share` where so many are meant to be set aside",
        )


def described(opened: OpenedSource) -> dict[str, str | None]:
    """What the descriptor says of the source as a whole, as tables hold it."""
    package = opened.package
    publishers = [each.title for each in package.contributors if "publisher" in each.roles] or [package.contributors[0].title]
    licence = package.licenses[0]
    return {
        "source": opened.folder.name,
        "title": package.title,
        "publisher": ", ".join(publishers),
        "licence": licence.title or licence.name,
        "address": package.sources[0].path if len(package.sources) == 1 else None,
    }
