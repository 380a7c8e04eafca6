"""The publisher's words that need a code, and cells that belong to those above: merged ones and headings."""

from collections.abc import Iterable

from hai_ha_pipeline.reading.descriptor import StatementField
from hai_ha_pipeline.reading.scaffold.columns import Column
from hai_ha_pipeline.reading.scaffold.figures import MARKS, holds_figure
from hai_ha_pipeline.reading.scaffold.grid import Grid
from hai_ha_pipeline.reading.scaffold.guessed import Guess
from hai_ha_pipeline.reading.scaffold.known import Known
from hai_ha_pipeline.reading.scaffold.words import NUMBER_WORDS, TOTALS, role_of
from hai_ha_pipeline.reading.statements import HEADING_JOIN

MERGED_SHARES: dict[StatementField, float] = {"indicator": 0.2, "area": 0.2, "period": 0.2, "unit": 0.5}  # milestones have no unit


def find_names(found: Guess, grid: Grid, columns: dict[str, Column], known: Known) -> None:
    """Words whose code is certain are mapped; those that a person must judge are noted with the nearest codes."""
    if "role" in found.columns:
        roles = {text: code for text in dict.fromkeys(columns[found.columns["role"]].said) if (code := role_of(text)) and text != code}
        if roles:
            found.names["role"] = roles
            found.doubt("names", "the roles are mapped by their words: look whether each is right")
    for field in ("indicator", "area", "unit", "period"):
        if field in found.columns and field not in found.names:
            texts = _under_headings(found, grid, columns) if field == found.headings else columns[found.columns[field]].said
            note_unknown(found, field, texts, known)
    if "value" in found.columns:
        words = dict.fromkeys(text for text in columns[found.columns["value"]].said if not holds_figure(text))
        found.unknown["value"] = {text: [NUMBER_WORDS[text.lower()]] if text.lower() in NUMBER_WORDS else [] for text in words}


def note_unknown(found: Guess, field: StatementField, texts: Iterable[str], known: Known) -> None:
    """Note the texts that name nothing known; areas that look like totals or regions apart."""
    distinct = list(dict.fromkeys(text for text in texts if text not in MARKS))
    codes = known.codes(field, distinct)
    unknown = [text for text in distinct if text not in codes]
    nearest = known.nearest(field, unknown)
    if field == "area" and codes:
        found.totals = [text for text in unknown if TOTALS.match(text) or not nearest.get(text)]
        unknown = [text for text in unknown if text not in found.totals]
    if unknown:
        found.unknown.setdefault(field, {}).update({text: nearest.get(text, []) for text in unknown})


def find_groups(found: Guess, grid: Grid, columns: dict[str, Column]) -> None:
    """Merged cells that are empty below the first, and lines that only head those below them."""
    with_figures = [cells for cells, is_heading in _marked(found, grid, columns) if not is_heading]
    for field, least in MERGED_SHARES.items():
        if field in found.columns and with_figures:
            _fill_down(found, columns[found.columns[field]], with_figures, least)
    if found.meaning.is_wide and "indicator" in found.columns and found.columns["indicator"] not in found.fill_down:
        place = columns[found.columns["indicator"]].place
        named = [cells[place].strip() for cells in with_figures]
        heads = [text for cells, is_heading in _marked(found, grid, columns) if is_heading and (text := cells[place].strip())]
        if heads and len(set(named)) < len(named):
            found.headings = "indicator"
            found.doubt("columns", f"lines without figures, such as {heads[0]!r}, are taken for headings of those below")


def _marked(found: Guess, grid: Grid, columns: dict[str, Column]) -> list[tuple[list[str], bool]]:
    """Each record, and whether none of its figure columns holds anything."""
    figures = [columns[name].place for name in found.meaning.figures]
    return [(cells, all(cells[place].strip() in MARKS for place in figures)) for _, cells in grid.records]


def _under_headings(found: Guess, grid: Grid, columns: dict[str, Column]) -> list[str]:
    """The names of the records with figures, as they are read below their headings."""
    place, heading, names = columns[found.columns["indicator"]].place, "", []
    for cells, is_heading in _marked(found, grid, columns):
        name = cells[place].strip()
        if is_heading:
            heading = name
        else:
            names.append(f"{heading}{HEADING_JOIN}{name}" if heading else name)
    return names


def _fill_down(found: Guess, column: Column, records: list[list[str]], least: float) -> None:
    empty = sum(not cells[column.place].strip() for cells in records)
    if records[0][column.place].strip() and empty and empty >= len(records) * least:
        found.fill_down.append(column.name)
        found.doubt("columns", f"empty cells of {column.name!r} are taken for merged ones: they repeat the one above")
