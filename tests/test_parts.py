"""Facts and marts made part by part: whatever the parts, the tables are the same, and what did not change is not made again."""

import shutil
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hai_ha_pipeline.contracts.reading import JudgedFigure
from hai_ha_pipeline.contracts.types import polars_schema
from hai_ha_pipeline.orchestration import parts
from hai_ha_pipeline.reading import kept
from hai_ha_pipeline.reading.archive import Archive
from hai_ha_pipeline.reading.clocks import put_together
from hai_ha_pipeline.reading.ingest import ingest
from hai_ha_pipeline.reading.part import _figures, _load_read, _place, figures_of_part, recipe_key, recipes
from hai_ha_pipeline.reading.reference import read_reference
from hai_ha_pipeline.reading.replay import LoadKept
from hai_ha_pipeline.reading.source import RejectedShare
from hai_ha_pipeline.storage.stage import Stage
from hai_ha_pipeline.tables import BY_PART, REFERENCE, TABLES
from hai_ha_pipeline.transforms import parts as cuts
from hai_ha_pipeline.transforms.parts import Cut, cut
from tests.build import SHIPPED, area_coverage, area_succession, dim_area, dim_indicator, figures
from tests.conftest import Tables, tables_of
from tests.folders import DAY_1, Memory


def cut_into(count: int) -> Cut:
    return cut(dim_indicator(), dim_area(), area_succession(), area_coverage(), count)


def test_figures_are_cut_by_what_falls_into_the_smaller_groups() -> None:
    # 17 indicators, of which three and a share are one family; of 11 area codes, those of the two old districts' land are one cluster.
    assert cut_into(4).dimension == "indicator"
    lonely = dim_area().filter(pl.col("level") == "province")
    assert cut(dim_indicator(), lonely, area_succession().clear(), area_coverage().clear(), 4).dimension == "indicator"


@pytest.mark.parametrize("count", [1, 2, 8, 64])
def test_a_family_stays_together_and_every_code_has_one_part(count: int) -> None:
    into = cut_into(count)
    part_of = dict(into.part_of_code.rows())
    family = {"output", "output_farms", "output_services", "share_services", "output_growth"}
    assert len({part_of[code] for code in family}) == 1
    assert sorted(code for number in range(count) for code in into.codes(number)) == sorted(dim_indicator()["indicator_code"])


@pytest.mark.parametrize("count", [2, 5, 8])
def test_parts_are_as_large_as_each_other_but_for_one_group(count: int) -> None:
    # 17 indicators, of which the family of five is the largest group
    sizes = [len(cut_into(count).codes(number)) for number in range(count)]
    assert sum(sizes) == 17
    assert max(sizes) - min(sizes) <= 5


def test_neighbours_are_spread() -> None:
    """So a part has its share also where there are figures of the first half alone."""
    groups = {f"{number:02d}": f"{number:02d}" for number in range(40)}
    part_of = cuts._dealt(groups, 4)
    assert [sum(part_of[code] == part for code in list(groups)[:20]) for part in range(4)] == [5, 5, 5, 5]


def test_what_succeeded_each_other_stays_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuts, "_largest_share", len)  # fewer areas than indicators
    into = cut_into(64)
    part_of = dict(into.part_of_code.rows())
    assert into.dimension == "area"
    assert len({part_of[code] for code in ("201", "06946", "06922", "06967")}) == 1  # Hai Ha and the communes of its land
    assert len({part_of[code] for code in ("06886", "06970", "199", "202")}) == 1  # Hai Lang went in part to Ba Che


def test_the_number_of_parts_grows_in_few_steps() -> None:
    assert [parts.steps_up(number) for number in (1, 2, 3, 4, 5, 6, 7, 9, 13, 24, 25, 33, 49)] == [
        1,
        2,
        3,
        4,
        6,
        6,
        8,
        12,
        16,
        24,
        32,
        48,
        64,
    ]


def test_a_figure_that_is_about_nothing_known_falls_into_the_part_of_its_file() -> None:
    unknown = figures({"indicator_code": None, "statement_key": 5 * 2**32 + 1}, {"indicator_code": None, "statement_key": 5 * 2**32 + 2})
    assert cut_into(4).part_of(unknown).to_list() == [1, 1]  # 5 % 4
    assert cut_into(1).part_of(unknown).to_list() == [0, 0]


def in_any_order(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.sort(pl.all().cast(pl.String), nulls_last=True)


@pytest.mark.parametrize("dimension", ["area", "indicator"])
def test_the_shipped_tables_are_the_same_however_they_are_cut(
    shipped: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dimension: str
) -> None:
    smaller = {"area": lambda groups: float("201" not in groups), "indicator": lambda groups: float("201" in groups)}
    monkeypatch.setattr(cuts, "_largest_share", smaller[dimension])
    monkeypatch.setenv("HAI_HA_PART_BYTES", "8192")
    assert parts.plan_of(SHIPPED, shipped).into.count >= 16
    assert parts.plan_of(SHIPPED, shipped).into.dimension == dimension
    made = tables_of(SHIPPED, tmp_path / "archive")
    for name in {table.name for table in BY_PART if table.leaves_its_part} | {"figure", "earlier_figure", "dim_source", "load"}:
        assert in_any_order(made[name]).equals(in_any_order(shipped[name])), name


def test_a_large_file_read_in_slices_gives_the_same_tables(shipped: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "SLICE", 7)
    monkeypatch.setenv("HAI_HA_PART_BYTES", "32768")
    shelf = Memory()
    made = tables_of(SHIPPED, tmp_path / "archive", shelf)
    assert max(rows.height for name, rows in shelf.tables.items() if name.startswith("read/")) <= 7
    for name in ("figure", "fact_observation", "growth", "consistency", "load"):
        assert in_any_order(made[name]).equals(in_any_order(shipped[name])), name


def file_kept(name: str, content: str, *of_parts: int) -> kept.FileKept:
    shares = [kept.Share(part, f"read/{content}/0", place, 1, 1) for place, part in enumerate(of_parts)]
    return kept.FileKept(name, "table", content, content, [], 1, 1, RejectedShare(1), shares)


def test_a_part_is_another_only_where_a_file_that_touches_it_is() -> None:
    farms, services = file_kept("farms.csv", "a1", 0), file_kept("services.csv", "b1", 0, 1)
    first = LoadKept(DAY_1, [(farms, True), (services, True)], {"table": True})
    other_farms = LoadKept(DAY_1.replace(day=25), [(file_kept("farms.csv", "a2", 0), True), (services, True)], {"table": True})
    before, after = recipes([[first]], 3), recipes([[first, other_farms]], 3)
    keys = [[recipe_key(recipe, "inputs") for recipe in made] for made in (before, after)]
    assert [one == other for one, other in zip(*keys, strict=True)] == [False, True, True]
    assert [len(loads) for recipe in after for loads in recipe] == [2, 1]
    assert after[2] == []


# One step of a project's life: which file, and what becomes of it.
Step = tuple[str, str]
STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "change", "remove", "rename", "descriptor", "correct", "master data"]), st.sampled_from("abc")),
    min_size=1,
    max_size=4,
)
DESCRIPTOR = """\
name: pages
title: "{title}"
contributors: [{{title: The district, roles: [publisher]}}]
licenses: [{{name: other-closed, title: Facts are free}}]
sources: [{{title: The district, path: "https://example.org/"}}]
resources:
  - name: table
    path: "*_table.csv"
    dialect: {{delimiter: ";"}}
    schema:
      fields: [{{name: what}}, {{name: where}}, {{name: when}}, {{name: figure, type: number, decimalChar: ",", groupChar: "."}}]
    hai-ha:
      layout: long
      completeness: {completeness}
      columns: {{indicator: what, area: where, period: when, value: figure}}
      constants: {{unit: persons}}
      max_rejected_share: 1
"""
AREAS_OF = {"a": "Hai Ha", "b": "Mong Cai", "c": "Dam Ha"}


def rows_of(name: str, level: int) -> str:
    """A file of one area: two years of a sum and of an indicator without parts, one cell that is no number, one about nothing known."""
    area = AREAS_OF[name]
    lines = [f"population;{area};{year};{62_000 + level + year}" for year in (2022, 2023)]
    lines += [f"visitors;{area};{year};{1_000 * (level + 1)}" for year in (2022, 2023)]
    return "\n".join(["what;where;when;figure", *lines, f"population;{area};2024;many", f"nothing known {level};{area};2024;1"]) + "\n"


def project(root: Path) -> Path:
    shutil.copytree(SHIPPED / "reference", root / "sources" / "reference")
    folder = root / "sources" / "pages"
    folder.mkdir()
    (folder / "datapackage.yaml").write_text(DESCRIPTOR.format(title="Pages", completeness="full"))
    for name in "abc":
        (folder / f"{name}_table.csv").write_text(rows_of(name, 0))
    return root


def take(step: Step, number: int, folder: Path) -> None:
    kind, name = step
    file, other = folder / f"{name}_table.csv", folder / f"{name}{number}_table.csv"
    if kind == "add":
        other.write_text(rows_of(name, number).replace("2023", "2021"))
    elif kind == "change":
        file.write_text(rows_of(name, number))
    elif kind == "remove" and len(list(folder.glob("*_table.csv"))) > 1:
        file.unlink(missing_ok=True)
    elif kind == "rename" and file.exists():
        file.rename(other)
    elif kind == "descriptor":
        (folder / "datapackage.yaml").write_text(
            DESCRIPTOR.format(title=f"Pages {number}", completeness="partial" if name == "a" else "full")
        )
    elif kind == "correct" and file.exists():
        cell = file.read_text().splitlines()[1].rpartition(";")[2]
        (folder / "corrections.csv").write_text(
            f"file,row,column,expected,corrected,reason,since\n{file.name},2,figure,{cell},{62_000 + number},a typing error,2026-11-24\n"
        )
    elif kind == "master data":
        units = folder.parent / "reference" / "units.csv"
        units.write_text(units.read_text(encoding="utf-8") + f"MADE_UP_{number},made_up_{number},0,made up {number},tự đặt,\n", "utf-8")
    corrections = folder / "corrections.csv"
    if corrections.exists():  # a line whose file or cell is gone would fail the source
        of_file = folder / corrections.read_text().splitlines()[1].partition(",")[0]
        line = corrections.read_text().splitlines()[1].split(",")
        if not of_file.exists() or of_file.read_text().splitlines()[1].rpartition(";")[2] != line[3]:
            corrections.unlink()


def run(sources: Path, warehouse: Path, now: datetime) -> Tables:
    """What a run on that day makes, with what stage and archive hold of the runs before; the DuckDB file aside."""
    made: Tables = {name: read_reference(sources, name) for name in REFERENCE}
    stage = Stage(warehouse / "stage")
    for table in TABLES:
        if set(table.needs) <= made.keys() and not table.of_parts:
            made[table.name] = table.make(**{name: made[name] for name in table.needs})
    plan = parts.plan_of(sources, made)
    ingested = ingest(sources, Archive(warehouse / "archive"), parts.reading_of(plan, made, stage), now)
    part = parts.parts_of(ingested, plan)
    of_parts = [parts.make_part(key, recipe, made, stage) for key, recipe in part.select("content_key", "recipe").rows()]
    assert not [each.broken for each in of_parts if each.broken]
    parts.forget_what_is_not_used_any_more(stage, ingested, part)
    made |= ingested.tables()
    for table in TABLES:
        if table.of_parts and table.leaves_its_part:
            made[table.name] = table.of_parts(pl.concat([stage.read(each.place(table.name)) for each in of_parts]))
        elif not table.of_parts and table.name not in made:
            made[table.name] = table.make(**{name: made[name] for name in table.needs})
    return made


@settings(max_examples=12)
@given(steps=STEPS)
def test_what_is_kept_gives_the_same_as_making_everything_anew(tmp_path_factory: pytest.TempPathFactory, steps: list[Step]) -> None:
    root = project(tmp_path_factory.mktemp("project"))
    anew = root / "anew"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HAI_HA_PART_BYTES", "400")
        for number, step in enumerate([("descriptor", "b"), *steps]):
            now = DAY_1 + timedelta(days=number)
            take(step, number, root / "sources" / "pages")
            shutil.rmtree(anew, ignore_errors=True)
            if number:
                shutil.copytree(root / "warehouse" / "archive", anew / "archive")
            made = run(root / "sources", root / "warehouse", now)
            for name, rows in run(root / "sources", anew, now).items():
                assert in_any_order(made[name]).equals(in_any_order(rows)), (name, step)


# For each load, which version of each of three files it has; 0 for none.
LOADS = st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=2, max_size=4)
# Years and values that the versions of the three files print; some are printed by two files.
PRINTED = {
    (0, 1): [("2020", 1), ("2021", 1)],
    (0, 2): [("2020", 1), ("2021", 2)],
    (1, 1): [("2021", 1), ("2022", 5), ("2022", 5)],
    (1, 2): [("2022", 5)],
    (2, 1): [("2023", 3), ("2020", 1)],
    (2, 2): [("2024", 4)],
}


@settings(max_examples=60)
@given(versions=LOADS, is_partial=st.booleans())
def test_files_that_every_load_has_are_gone_through_once_and_nothing_changes(versions: list[tuple[int, ...]], *, is_partial: bool) -> None:
    shelf = Memory()
    for (file, version), printed in PRINTED.items():
        rows = [
            {"period_code": year, "value": Decimal(value), "statement_key": file * 2**32 + number, "file": f"{file}.csv"}
            for number, (year, value) in enumerate(printed)
        ]
        rows.append({"verdict": "rejected", "rule": "type-error", "reason": "x", "statement_key": file * 2**32 + 99, "file": f"{file}.csv"})
        shelf.write(f"{file}/{version}", figures(*rows).select(list(polars_schema(JudgedFigure))))
    loads: list[dict[str, Any]] = [
        {
            "moment": (DAY_1.replace(tzinfo=None) + timedelta(days=day)).isoformat(),
            "is_removed": False,
            "full": {"table": not is_partial},
            "files": [
                {"content": f"{file}/{version}", "is_full": not is_partial, "places": [[f"{file}/{version}", 0, 9]]}
                for file, version in enumerate(of_load)
                if version
            ],
        }
        for day, of_load in enumerate(versions)
    ]
    quick = figures_of_part([loads], shelf)
    kept_figures = {_place(file): _figures(file, shelf) for load in loads for file in load["files"]}
    slow = put_together([_load_read(load, kept_figures) for load in loads])
    for one, other in zip(quick, slow, strict=True):
        assert in_any_order(one).equals(in_any_order(other))
