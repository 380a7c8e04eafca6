"""The folder of a new source: a copy of its files and a guessed descriptor, written whole or not at all."""

import os
import re
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.descriptor import FILE_NAME, Dialect, read_descriptor
from hai_ha_pipeline.reading.reference import FOLDER as REFERENCE
from hai_ha_pipeline.reading.scaffold.descriptor_text import descriptor_text
from hai_ha_pipeline.reading.scaffold.grid import Grid, grid_of_rows, grid_of_text
from hai_ha_pipeline.reading.scaffold.guess import guess
from hai_ha_pipeline.reading.scaffold.guessed import File, Guess
from hai_ha_pipeline.reading.scaffold.known import Known
from hai_ha_pipeline.reading.scaffold.opened import Opened, opened
from hai_ha_pipeline.reading.scaffold.unsaid import ENDING, common_edges
from hai_ha_pipeline.reading.workbook import DECIMAL_MARK, as_text, rows_of, sheet_names

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
OURS = {FILE_NAME, "corrections.csv"}


@dataclass(frozen=True)
class Added:
    """A source that was written: its folder, and what was guessed of each resource."""

    folder: Path
    resources: dict[str, Guess]

    def as_data(self) -> dict[str, Any]:
        """The same for a program."""
        return {
            "folder": str(self.folder),
            "guesses": {
                name: {
                    "files": [file.opened.name for file in guess.files],
                    "layout": "wide" if guess.meaning.is_wide else "long",
                    "why": guess.why,
                }
                for name, guess in self.resources.items()
            },
            "doubts": [
                {"resource": name, "about": place, "doubt": said} for name, guess in self.resources.items() for place, said in guess.doubts
            ],
        }


def add_source(paths: list[Path], sources: Path, name: str | None, known: Known) -> Added:
    """Write `sources/<name>/` with copies of the files and a descriptor that is guessed from them.

    Raises `SourceError` where a file holds no table, or the name is taken or none.
    """
    name = _free_name(name, paths, sources)
    files = [_read(path) for path in paths]
    _check_names_differ(files)
    resources: dict[str, Guess] = {}
    for shape in _by_shape(files):
        resources[_free(_slug(_common_stem([file.opened.name for file in shape]), "-"), resources)] = guess(shape, known)
    text = descriptor_text(name, resources)
    with _draft(sources, name) as draft:
        for file in files:
            (draft / file.opened.name).write_bytes(file.opened.content)
        (draft / FILE_NAME).write_text(text, encoding="utf-8")
        read_descriptor(draft)
        draft.rename(sources / name)
    return Added(sources / name, resources)


def _free_name(name: str | None, paths: list[Path], sources: Path) -> str:
    """The folder's name: as asked, else made of the files' names; it must be free."""
    chosen = name or _slug(_common_stem([path.name for path in paths]), "_")
    if not NAME.fullmatch(chosen) or chosen == REFERENCE:
        what = "is the folder of the master data" if chosen == REFERENCE else "is no name for a source"
        raise SourceError(repr(chosen), what, "give one with --name: small letters, digits, `_` and `-`, such as quang_ninh_2024")
    if (sources / chosen).exists():
        raise SourceError(
            f"sources/{chosen}",
            "there is such a source already",
            "choose another name with --name; a new export of the same source goes into its folder in place of the old file,"
            f" then: hai-ha source check {chosen}",
        )
    return chosen


def _slug(text: str, joint: str) -> str:
    bare = ENDING.sub("", text).replace("đ", "d").replace("Đ", "D")
    ascii_ = unicodedata.normalize("NFKD", bare).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", joint, ascii_).strip(joint)[:60].strip(joint)


def _common_stem(names: list[str]) -> str:
    """What the names have in common, if that is a word, else the first."""
    common = common_edges(names)[0] if len(names) > 1 else ""
    return common if sum(map(str.isalpha, common)) > 2 else names[0]


def _free(name: str, taken: dict[str, Guess]) -> str:
    name = name or "table"
    return name if name not in taken else next(each for number in range(2, 1000) if (each := f"{name}-{number}") not in taken)


def _read(path: Path) -> File:
    file = opened(path)
    if file.name.startswith((".", "~")):
        raise SourceError(str(path), "its name begins with a mark of hidden files, which are not read", "rename it")
    return File(file, _sheet(file) if file.format == "xlsx" else grid_of_text(file.text, file.name))


def _sheet(file: Opened) -> Grid:
    """The sheet that holds the largest table."""
    names = sheet_names(file.unpacked, file.name)
    grids: dict[str, Grid] = {}
    first_mistake: SourceError | None = None
    for name in names:
        try:
            rows = rows_of(file.unpacked, file.name, Dialect(sheet_name=name))
            grids[name] = grid_of_rows([[as_text(cell, DECIMAL_MARK) for cell in row] for row in rows], file.name, name)
        except SourceError as error:
            first_mistake = first_mistake or error
    if not grids:
        raise first_mistake or SourceError(file.name, "holds no sheet", "export the table again")
    name, grid = max(grids.items(), key=lambda each: len(each[1].records) * len(each[1].names))
    if len(names) > 1:
        grid.why.append(f"the sheet {name!r} of {', '.join(map(repr, names))} holds the largest table")
    others = [other for other in grids if other != name and len(grids[other].records) > 1]
    if others:
        grid.doubts.append(f"the sheets {', '.join(map(repr, others))} hold tables too, and are not read: give each a resource of its own")
    return grid


def _check_names_differ(files: list[File]) -> None:
    names = [file.opened.name for file in files]
    if ours := sorted({*names} & OURS):
        raise SourceError(ours[0], "is a file of the source folder itself, not an export", "leave it out")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise SourceError(twice[0], "two files are called so, and one folder holds a name once", "rename one of them")


def _by_shape(files: list[File]) -> list[list[File]]:
    """The files, those with the same header and dialect together."""
    shapes: dict[tuple[object, ...], list[File]] = {}
    for file in files:
        opened_, grid = file.opened, file.grid
        dialect = (grid.delimiter, grid.quote_char, *grid.header_rows, tuple(grid.comment_rows), grid.comment_char, grid.sheet_name)
        shapes.setdefault((opened_.format, opened_.compression, opened_.encoding, *dialect, *grid.names), []).append(file)
    return list(shapes.values())


@contextmanager
def _draft(sources: Path, name: str) -> Iterator[Path]:
    """A hidden folder that is gone afterwards, unless it was renamed."""
    draft = sources / f".{name}.{os.getpid()}"
    draft.mkdir()
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)
