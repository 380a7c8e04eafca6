"""One source: its folder read and judged by itself. Nothing here knows of other sources, of earlier loads, or of what is kept."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandera.errors
import polars as pl

from hai_ha_pipeline.contracts.audit import Correction
from hai_ha_pipeline.contracts.reading import JudgedFigure, Statement
from hai_ha_pipeline.contracts.types import empty
from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.archive import changed_meanwhile, check_is_own_file, hash_of, hash_of_content
from hai_ha_pipeline.reading.corrections import FILE_NAME as CORRECTIONS
from hai_ha_pipeline.reading.corrections import read_corrections
from hai_ha_pipeline.reading.descriptor import FILE_NAME as DESCRIPTOR
from hai_ha_pipeline.reading.descriptor import Layout, Package, Resource, read_descriptor
from hai_ha_pipeline.reading.reference import FOLDER as REFERENCE
from hai_ha_pipeline.reading.statements import statements_of, value_columns_of
from hai_ha_pipeline.reading.table_file import read_table

CONTRACTS = {"statement": Statement, "figure": JudgedFigure, "correction": Correction}
Judge = Callable[[pl.DataFrame], pl.DataFrame]


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

    def counted(self) -> dict[str, str | int | None]:
        """What stands in `source_file` of the file itself."""
        releases = self.layout.releases
        return {
            "file": self.name,
            "sha256": self.sha256,
            "records_read": self.records,
            "cells_read": self.cells,
            "completeness": self.layout.completeness,
            "release_every": releases.every if releases else None,
            "release_days_after": releases.days_after if releases else None,
        }


@dataclass(frozen=True)
class SourceRead:
    """One source, read and judged by itself, before anything is said of how many of its figures are rejected."""

    folder: Path
    package: Package
    files: list[FileRead]
    statement: pl.DataFrame
    figure: pl.DataFrame
    correction: pl.DataFrame


Reader = Callable[[Path, Judge], SourceRead]


def source_folders(sources: Path) -> list[Path]:
    """The folder of every source, in a fixed order; master data is none."""
    folders = (path for path in sorted(sources.iterdir()) if path.is_dir())
    return [folder for folder in folders if folder.name != REFERENCE and not folder.name.startswith((".", "_"))]


def read_source(folder: Path, judge: Judge, only: set[str] | None = None) -> SourceRead:
    """One source, read and judged, or `only` some of its files; nothing is kept or published.

    Raises `SourceError` where its descriptor, a file or a correction cannot be used.
    """
    try:
        return _read_strictly(folder, judge, only)
    except SourceError:
        raise
    except Exception as error:
        # Whatever one publisher's file provokes must not stop the other sources; the log keeps where it happened.
        logging.getLogger(__name__).exception("sources/%s", folder.name)
        what = f"cannot be read: {type(error).__name__}: {str(error).strip().splitlines()[0] if str(error).strip() else ''}"
        raise SourceError(f"sources/{folder.name}", what, "this case is not foreseen: please report it with the file") from error


def _read_strictly(folder: Path, judge: Judge, only: set[str] | None) -> SourceRead:
    for own in (DESCRIPTOR, CORRECTIONS):
        if (folder / own).exists():
            check_is_own_file(folder / own, folder, f"sources/{folder.name}")
    package = read_descriptor(folder)
    corrections = read_corrections(folder)
    placed = [
        (resource, resource.statement, path) for resource in package.resources if resource.statement for path in _paths(folder, resource)
    ]
    _check_no_file_is_read_twice(folder, [(path, resource.name) for resource, _, path in placed])
    _check_corrections_have_a_file(folder, corrections, {path.relative_to(folder).as_posix() for _, _, path in placed})
    files = [
        _read_file(folder, resource, layout, path, corrections)
        for resource, layout, path in placed
        if only is None or path.relative_to(folder).as_posix() in only
    ]
    statements = pl.concat([empty(Statement), *(file.statements for file in files)])
    applied = corrections.select(pl.lit(folder.name).alias("source"), *corrections.columns)
    read = SourceRead(folder, package, files, statements, judge(statements) if files else empty(JudgedFigure), applied)
    _check_contracts(read)
    return read


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
    del content  # as large as the file
    if hash_of(path) != sha256:
        raise changed_meanwhile(where)
    statements = statements_of(folder.name, resource, layout, name, records, corrections.filter(pl.col("file") == name))
    return FileRead(name, sha256, layout, resource, statements, records.header, records.count)


def _check_corrections_have_a_file(folder: Path, corrections: pl.DataFrame, files: set[str]) -> None:
    unknown = sorted(set(corrections["file"]) - files)
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


def described(read: SourceRead) -> dict[str, str | None]:
    """What the descriptor says of the source as a whole, as tables hold it."""
    package = read.package
    publishers = [each.title for each in package.contributors if "publisher" in each.roles] or [package.contributors[0].title]
    licence = package.licenses[0]
    return {
        "source": read.folder.name,
        "title": package.title,
        "publisher": ", ".join(publishers),
        "licence": licence.title or licence.name,
        "address": package.sources[0].path if len(package.sources) == 1 else None,
    }
