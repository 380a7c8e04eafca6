"""The publisher's words that need a code, and cells that belong to those above: merged ones and headings."""

from collections.abc import Iterable

from hai_ha_pipeline.reading.descriptor import StatementField
from hai_ha_pipeline.reading.scaffold.columns import Column
from hai_ha_pipeline.reading.scaffold.figures import MARKS, holds_figure
from hai_ha_pipeline.reading.scaffold.grid import Grid
from hai_ha_pipeline.reading.scaffold.guessed import Guess
from hai_ha_pipeline.reading.scaffold.known import Known
from hai_ha_pipeline.reading.scaffold.words import NUMBER_WORDS, TOTALS, role_of

MERGED_SHARE = 0.2


def find_names(found: Guess, columns: dict[str, Column], known: Known) -> None:
    """Words whose code is certain are mapped; those that a person must judge are noted with the nearest codes."""
    if "role" in found.columns:
        roles = {text: code for text in dict.fromkeys(columns[found.columns["role"]].said) if (code := role_of(text)) and text != code}
        if roles:
            found.names["role"] = roles
            found.doubt("names", "the roles are mapped by their words: look whether each is right")
    for field in ("indicator", "area", "unit", "period"):
        if field in found.columns and field not in found.names:
            note_unknown(found, field, columns[found.columns[field]].said, known)
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
    figures = [columns[name].place for name in found.meaning.figures]
    with_figures = [cells for _, cells in grid.records if any(cells[place].strip() not in MARKS for place in figures)]
    for field in ("indicator", "area", "period"):
        if field in found.columns and with_figures:
            _fill_down(found, columns[found.columns[field]], with_figures)
    if found.meaning.is_wide and "indicator" in found.columns and not found.fill_down:
        place = columns[found.columns["indicator"]].place
        named = [cells[place].strip() for cells in with_figures]
        heads = [
            cells[place].strip() for _, cells in grid.records if cells[place].strip() and not any(cells[each].strip() for each in figures)
        ]
        if heads and len(set(named)) < len(named):
            found.headings = "indicator"
            found.doubt("columns", f"lines without figures, such as {heads[0]!r}, are taken for headings of those below")


def _fill_down(found: Guess, column: Column, records: list[list[str]]) -> None:
    empty = sum(not cells[column.place].strip() for cells in records)
    if records[0][column.place].strip() and empty >= len(records) * MERGED_SHARE and empty:
        found.fill_down.append(column.name)
        found.doubt("columns", f"empty cells of {column.name!r} are taken for merged ones: they repeat the one above")
