"""The parts of a run: how files are read into them, and the tables of each, made from its recipe and kept under its key.

What is kept is taken again wherever nothing it was made from has changed: in the next run, in a retry, or by another worker.
"""

import hashlib
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from hai_ha_pipeline.contracts.reading import PartRecipe
from hai_ha_pipeline.contracts.types import failing_cases, polars_schema
from hai_ha_pipeline.reading.archive import files_of, fingerprint_of_code
from hai_ha_pipeline.reading.ingest import Ingested
from hai_ha_pipeline.reading.kept import FOLDER, Reading, Shelf
from hai_ha_pipeline.reading.part import figures_of_part, recipe_key, recipes
from hai_ha_pipeline.reading.source import source_folders
from hai_ha_pipeline.settings import part_bytes
from hai_ha_pipeline.storage.parts import Parts
from hai_ha_pipeline.storage.stage import Stage
from hai_ha_pipeline.tables import BY_PART, FIGURES, tables_of_part
from hai_ha_pipeline.transforms.figures import figure
from hai_ha_pipeline.transforms.parts import Cut, cut
from hai_ha_pipeline.transforms.series import judged_with_earlier

MASTER_DATA = ("dim_indicator", "dim_area", "dim_unit", "area_succession", "area_coverage")
DIMENSIONS = (*MASTER_DATA, "attainment_rule")
MADE, ROWS = "made", "rows.json"
AT_ONCE = 2
CODE = fingerprint_of_code()
"""The code as it was when it was loaded: a worker that still runs older code takes and leaves nothing of the newer."""
Tables = Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class PartMade:
    """The tables of one part: how many rows each has, and of those that break their contract the failing cases."""

    key: str
    rows: dict[str, int]
    broken: dict[str, pl.DataFrame] = field(default_factory=dict)

    def place(self, table: str) -> str:
        """Where a table of the part is kept in the stage."""
        return f"{MADE}/{self.key}/{table}"


@dataclass(frozen=True)
class Plan:
    """How the figures of a run are cut, and a hash of what every file and every part depends on: master data, code, and the cut."""

    into: Cut
    shared: str


def plan_of(sources: Path, known: Tables) -> Plan:
    """The plan of a run with this master data. The number of parts grows in few steps, so that it seldom changes."""
    size = sum(_size(path) for folder in source_folders(sources) for path in files_of(folder).values())
    count = steps_up(max(-(-size // part_bytes()), 1))
    into = cut(known["dim_indicator"], known["dim_area"], known["area_succession"], known["area_coverage"], count)
    master_data = [known[name].write_csv() for name in DIMENSIONS]  # what the run was given, whatever lies on disk by now
    return Plan(into, hashlib.sha256(json.dumps([CODE, master_data, into.dimension, into.count]).encode()).hexdigest())


def _size(path: Path) -> int:
    """The bytes of a file; none where it is gone, which reading tells of."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def steps_up(number: int) -> int:
    """The next of 1, 2, 3, 4, 6, 8, 12, 16, 24, ..."""
    power = 1 << (number - 1).bit_length()
    return max(power * 3 // 4, 1) if power * 3 // 4 >= number else power


def reading_of(plan: Plan, known: Tables, shelf: Shelf) -> Reading:
    """How files are read with this master data."""

    def judge(statements: pl.DataFrame) -> pl.DataFrame:
        return figure(statements, known["dim_indicator"], known["dim_area"], known["dim_unit"])

    return Reading(shelf, plan.shared, judge, plan.into.part_of)


def parts_of(ingested: Ingested, plan: Plan) -> pl.DataFrame:
    """The parts of what was read, in the shape of `PartRecipe`."""
    into = plan.into
    rows = [
        (number, into.dimension, recipe_key(recipe, f"{plan.shared} {number}"), json.dumps(into.codes(number)), json.dumps(recipe))
        for number, recipe in enumerate(recipes(ingested.histories, into.count))
    ]
    return pl.DataFrame(rows, schema=polars_schema(PartRecipe), orient="row")


def make_part(content_key: str, recipe: str, known: Tables, stage: Stage) -> PartMade:
    """Make the tables of a part, unless they are kept already; those that break their contract are told of and nothing is kept."""
    if kept := _kept(content_key, stage):
        return kept
    of_part = figures_of_part(json.loads(recipe), stage)
    judged = judged_with_earlier(*of_part, known["dim_indicator"], known["dim_area"], known["dim_unit"])
    figures = dict(zip((table.name for table in FIGURES), judged, strict=True))
    tables, broken = _judged_as_made(figures, known)
    made = PartMade(content_key, {name: rows.height for name, rows in tables.items()}, broken)
    if broken:
        return made
    for table in BY_PART:
        if table.leaves_its_part:
            stage.write(made.place(table.name), tables[table.name], plainly=not table.is_cut)
    stage.note(made.place(ROWS), made.rows)
    return made


def _judged_as_made(figures: Tables, known: Tables) -> tuple[Tables, dict[str, pl.DataFrame]]:
    """The figures and tables of a part, and the failing cases of those that break their contract: each is judged while the next is made."""
    tables = dict(figures)
    with ThreadPoolExecutor(1) as aside:
        judged = {table.name: aside.submit(failing_cases, table.contract, figures[table.name]) for table in FIGURES}
        for table, rows in tables_of_part({**known, **figures}):
            tables[table.name] = rows
            judged[table.name] = aside.submit(failing_cases, table.contract, rows)
        return tables, {name: cases for name, each in judged.items() if (cases := each.result()) is not None}


def _kept(content_key: str, stage: Stage) -> PartMade | None:
    """A part as it is kept; none where it is not, or not whole."""
    made = PartMade(content_key, stage.noted(PartMade(content_key, {}).place(ROWS)) or {})
    is_whole = made.rows and all(stage.has(made.place(table.name)) for table in BY_PART if table.leaves_its_part)
    return made if is_whole else None


def make_parts(part_recipe: pl.DataFrame, known: Tables, stage: Stage) -> list[PartMade]:
    """Make the tables of all parts, two at a time: what one thread cannot share out over the processors leaves them to the other."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        rows = part_recipe.select("content_key", "recipe").rows()
        made = [threads.submit(make_part, content_key, recipe, known, stage) for content_key, recipe in rows]
        return [each.result() for each in made]


def cut_tables(part_recipe: pl.DataFrame) -> Parts:
    """How the published tables are cut."""
    codes = [json.loads(each) for each in part_recipe["codes"]]
    tables = frozenset(table.name for table in BY_PART if table.is_cut and table.schema)
    return Parts(part_recipe["dimension"][0], part_recipe["content_key"].to_list(), codes, tables)


def forget_what_is_not_used_any_more(stage: Stage, ingested: Ingested, part_recipe: pl.DataFrame) -> None:
    """Remove what was read, and what was made, of contents that are no longer there."""
    stage.keep_only(FOLDER, ingested.kept())
    stage.keep_only(MADE, set(part_recipe["content_key"]))
