"""From the tables of one shape to one resource: which column holds what, how figures are written, then everything else."""

from collections.abc import Iterable
from dataclasses import replace

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.descriptor import StatementField
from hai_ha_pipeline.reading.scaffold.columns import Column, Meaning, columns_of, meaning_of
from hai_ha_pipeline.reading.scaffold.figures import NumberFormat, marks_in, most_decimals, number_format
from hai_ha_pipeline.reading.scaffold.grid import Grid
from hai_ha_pipeline.reading.scaffold.guessed import File, Guess
from hai_ha_pipeline.reading.scaffold.headers import read_headers
from hai_ha_pipeline.reading.scaffold.known import Known
from hai_ha_pipeline.reading.scaffold.naming import find_groups, find_names
from hai_ha_pipeline.reading.scaffold.unsaid import say_the_rest, scale_units
from hai_ha_pipeline.reading.scaffold.wide import lay_out_wide
from hai_ha_pipeline.reading.scaffold.words import language_of

PRINTED: tuple[StatementField, ...] = ("unit", "qualifier", "role", "growth", "value", "period", "indicator")
DECIMALS_KEPT = 6
BESIDE: tuple[StatementField, ...] = ("growth", "plan_fulfilment", "baseline")


def guess(files: list[File], known: Known) -> Guess:
    """What the files of one shape hold.

    Raises `SourceError` where no column of them holds figures.
    """
    first = files[0].grid
    grid = replace(first, records=[record for file in files for record in file.grid.records])
    columns = {each.name: each for each in columns_of(grid, known)}
    headers = {header.name: header for header in read_headers(columns, known)}
    meaning = meaning_of(list(columns.values()), headers)
    if not meaning.figures:
        raise _no_figures(files[0], grid)
    language = _language(meaning, columns, grid)
    beside = [meaning.columns[name] for name in BESIDE if name in meaning.columns]
    cells = {name: grid.column(columns[name].place) for name in (*meaning.figures, *beside)}
    found = Guess(
        files=files,
        meaning=meaning,
        language=language,
        formats=_formats(meaning, cells, language),
        marks=marks_in(cell for each in cells.values() for cell in each),
        columns=dict(meaning.columns),
        why=[*files[0].opened.why, *first.why, *meaning.why],
        doubts=[*(("encoding", said) for said in files[0].opened.doubts), *(("dialect", said) for said in first.doubts)],
    )  # fmt: skip
    _explain_formats(found)
    if max(most_decimals(cells[name], found.formats[name].decimal) for name in meaning.figures) > DECIMALS_KEPT:
        found.round_to = DECIMALS_KEPT
        found.doubt("columns", f"some figures have more than {DECIMALS_KEPT} decimals: they are rounded to as many")
    if meaning.silent:
        found.doubt("columns", f"these columns hold numbers too, but no period; they are not read: {', '.join(map(repr, meaning.silent))}")
    if meaning.is_wide:
        lay_out_wide(found, headers, known)
    scale_units(found, columns, known)
    say_the_rest(found, headers, columns, known)
    find_groups(found, grid, columns)
    find_names(found, grid, columns, known)
    return found


def _no_figures(file: File, grid: Grid) -> SourceError:
    """Why there is nothing to read, with what was seen."""
    if not grid.records:
        return SourceError(
            file.opened.name,
            "holds no record as wide as its header",
            "export it again; where lines stand below it, look for a quote that never ends",
        )
    seen = ", ".join(repr(name if len(name) <= 40 else f"{name[:40]} ...") for _, name in grid.named[:6])
    said = "most cells of a column of figures must be numbers: look at the file in a text editor, for a quote that never ends too"
    return SourceError(file.opened.name, f"no column of it holds figures; its columns are {seen}", said)


def _language(meaning: Meaning, columns: dict[str, Column], grid: Grid) -> str | None:
    """That of the words beside the figures, else of all texts: notes may be in another."""
    printed = [text for field in PRINTED if field in meaning.columns for text in columns[meaning.columns[field]].said]
    everything = (text for each in columns.values() if each.name not in meaning.figures for text in each.said[:200])
    return language_of([*printed, *grid.names, *grid.above]) or language_of(everything)


def _formats(meaning: Meaning, cells: dict[str, list[str]], language: str | None) -> dict[str, NumberFormat]:
    """The number format of each figure column; one that says nothing by itself is written as the others are."""
    together = number_format(_all(cells.values()), language)
    if not meaning.is_wide:
        return dict.fromkeys(meaning.figures, together)
    alone = {name: number_format(cells[name], language) for name in meaning.figures}
    speaking = {name: each.decimal for name, each in alone.items() if each.is_certain and each.shows_marks}
    if len({*speaking.values()}) < 2:
        return dict.fromkeys(meaning.figures, together)
    by_decimal = {
        decimal: number_format(_all(cells[name] for name in speaking if speaking[name] == decimal), language)
        for decimal in {*speaking.values()}
    }
    usual = max(by_decimal, key=lambda decimal: list(speaking.values()).count(decimal))
    inherited = replace(by_decimal[usual], is_certain=False, group="," if usual == "." else ".", why="as most other columns", against=None)
    return {name: by_decimal[speaking[name]] if name in speaking else inherited for name in alone}


def _all(cells: Iterable[list[str]]) -> list[str]:
    return [cell for each in cells for cell in each]


def _explain_formats(found: Guess) -> None:
    by_format: dict[NumberFormat, list[str]] = {}
    for name, format_ in found.formats.items():
        by_format.setdefault(format_, []).append(name)
    for format_, names in by_format.items():
        columns = "the figures" if len(by_format) == 1 else "the figures of " + ", ".join(map(repr, names))
        said = f"{columns} have the decimal mark {format_.decimal!r}" + (f" and group with {format_.group!r}" if format_.group else "")
        if format_.is_certain:
            found.why.append(f"{said}: {format_.why}")
        else:
            found.doubt("schema", f"{said}: {format_.why}")
        if format_.against:
            found.doubt(
                "schema", f"{columns} hold {format_.against}, where {format_.decimal!r} cannot be the decimal mark: they will be rejected"
            )
