"""Which column holds what: by the word above it, and by how many of its cells name something known."""

import re
from dataclasses import dataclass

from hai_ha_pipeline.reading.descriptor import STATEMENT_FIELDS, StatementField
from hai_ha_pipeline.reading.scaffold.figures import MARKS, holds_figure, is_figure
from hai_ha_pipeline.reading.scaffold.grid import Grid
from hai_ha_pipeline.reading.scaffold.headers import Header
from hai_ha_pipeline.reading.scaffold.known import Known
from hai_ha_pipeline.reading.scaffold.words import NO_FIGURES, fields_of_header, role_of, tidy

NAMING: tuple[StatementField, ...] = ("indicator", "area", "unit", "period")
PRINTED: tuple[StatementField, ...] = ("value", "growth", "plan_fulfilment", "baseline")
LOOKED_AT = 400  # distinct texts of a column: more tell nothing new
LEAST = {"indicator": 0.2, "area": 0.2, "unit": 0.5, "period": 0.5, "qualifier": 0.6, "role": 0.6, "address": 0.6}


@dataclass(frozen=True)
class Column:
    """One column: its filled cells, how many of them are figures, and how many name something known, by field."""

    place: int
    name: str
    said: list[str]
    figures: float
    worded: float
    known: dict[StatementField, float]

    @property
    def is_figures(self) -> bool:
        """Whether most of its cells are figures, and it is no running number or code."""
        return self.figures > 0.5 and not self.is_number_of_row and not self.is_code

    @property
    def is_number_of_row(self) -> bool:
        """Whether it only counts, or says so."""
        counts = (
            len(self.said) > 2 and self.said == [str(int(self.said[0]) + place) for place in range(len(self.said))]
            if self._whole
            else False
        )
        return counts or (tidy(self.name) in NO_FIGURES and not self.known.get("area"))

    @property
    def is_code(self) -> bool:
        """Whether its numbers begin with a zero, or are years."""
        zeros = sum(bool(re.fullmatch(r"0\d+", text)) for text in self.said)
        return zeros * 2 > len(self.said) or self.known.get("period", 0) > 0.9

    @property
    def _whole(self) -> bool:
        return bool(self.said) and all(text.isascii() and text.isdecimal() for text in self.said)


@dataclass(frozen=True)
class Meaning:
    """What each column is: statement fields by column, and the columns that hold figures.

    `silent` hold numbers too, but nothing says what they are: codes, or totals beside the years. They are not read.
    """

    columns: dict[StatementField, str]
    figures: list[str]
    is_wide: bool
    why: list[str]
    silent: list[str]


def columns_of(grid: Grid, known: Known) -> list[Column]:
    """The named columns with what their cells are."""
    return [_column(place, name, grid.column(place), known) for place, name in grid.named]


def _column(place: int, name: str, cells: list[str], known: Known) -> Column:
    said = [text for text in cells if text not in MARKS]
    distinct = list(dict.fromkeys(said))[:LOOKED_AT]
    count = len(distinct) or 1
    shares: dict[StatementField, float] = {field: len(known.codes(field, distinct)) / count for field in (*NAMING, "qualifier", "status")}
    shares["role"] = sum(role_of(text) is not None for text in distinct) / count
    shares["address"] = sum(text.startswith(("http://", "https://", "www.")) for text in distinct) / count
    figures = sum(map(is_figure, said)) / (len(said) or 1)
    return Column(place, name, said, figures, sum(map(holds_figure, said)) / (len(said) or 1), shares)


def meaning_of(columns: list[Column], headers: dict[str, Header]) -> Meaning:
    """Which column is which field: the best fitting pair first, each column and each field once."""
    speaking = [each for each in columns if headers[each.name].said("period") and (each.is_figures or each.worded > 0.5 or not each.said)]
    free = [each for each in columns if each not in speaking or len(speaking) == 1]
    candidates = [(score, each, field) for each in free for field, score in _scores(each).items()]
    taken: dict[StatementField, Column] = {}
    for _, each, field in sorted(candidates, key=lambda candidate: (-candidate[0], candidate[1].place)):
        if field not in taken and each not in taken.values():
            taken[field] = each
    figures = speaking if len(speaking) > 1 else [each for each in columns if each.is_figures and each not in taken.values()]
    silent = [each.name for each in columns if each.is_figures and each not in (*figures, *taken.values())]
    if "value" in taken and len(speaking) < 2:
        figures = [taken["value"]]
    elif len(figures) == 1 and figures[0] not in speaking:
        taken["value"] = figures[0]
    is_wide = "value" not in taken or len(speaking) > 1
    if is_wide:
        beside = [taken.pop(field) for field in PRINTED if field in taken]
        silent += [each.name for each in beside if len(speaking) > 1]
        figures = [each for each in columns if each in figures or (each in beside and len(speaking) < 2)]
    ordered = {field: taken[field] for field in STATEMENT_FIELDS if field in taken}
    return Meaning(
        {field: each.name for field, each in ordered.items()},
        [each.name for each in figures],
        is_wide=is_wide,
        why=_reasons(ordered),
        silent=silent,
    )


def _reasons(taken: dict[StatementField, Column]) -> list[str]:
    """Why each column was taken for its field, those for the same reason together."""
    by_reason: dict[str, list[str]] = {}
    for field, column in taken.items():
        by_reason.setdefault(_evidence(column, field), []).append(f"{column.name!r} is the {field.replace('_', ' ')}")
    return [f"{', '.join(said)}: {reason}" for reason, said in by_reason.items()]


def _scores(column: Column) -> dict[StatementField, float]:
    """How well the column fits each field; a word above it that its cells contradict counts for nothing."""
    scores: dict[StatementField, float] = {}
    said_above = fields_of_header(column.name)
    for field in {*said_above, *column.known}:
        share = column.known.get(field, 0.0)
        above = said_above.get(field, 0.0)
        if _is_contradicted(column, field, above, share):
            continue
        evidence = 2 * share if share >= LEAST.get(field, 2) else 0.0
        if above or evidence:
            scores[field] = above + evidence + min(0.5, len(set(column.said)) / (len(column.said) or 1) / 2) * (field in NAMING)
    return scores


def _is_contradicted(column: Column, field: StatementField, above: float, share: float) -> bool:
    """Whether the cells cannot be what the word above them says."""
    is_figures = column.figures > 0.5
    codes_of_areas = bool(above or tidy(column.name) in NO_FIGURES) and share > 0.7
    contradicted: dict[StatementField, bool] = {
        "area": is_figures and not codes_of_areas,
        "value": column.worded < 0.3 or column.is_code,
        "period": is_figures and share < 0.5,
    }
    contradicted |= dict.fromkeys(("indicator", "unit", "title", "note", "description", "question"), is_figures)
    contradicted |= dict.fromkeys(("growth", "baseline", "plan_fulfilment"), bool(column.said) and column.worded < 0.5)
    is_said = tidy(column.name) in {field, "obs_status"}
    contradicted |= dict.fromkeys(("role", "status", "qualifier"), bool(column.said) and share < 0.3 and not is_said)
    return contradicted.get(field, False)


def _evidence(column: Column, field: StatementField) -> str:
    share = column.known.get(field, 0.0)
    if field == "value" and not fields_of_header(column.name).get(field):
        return "the only column of figures"
    if field in NAMING and share:
        return f"{share:.0%} of its texts are known ones"
    return "by the word above" if fields_of_header(column.name).get(field) else f"{share:.0%} of its texts are such words"
