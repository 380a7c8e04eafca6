"""What makes large tables cheap and must not be seen: columns that are one value, and work that is done in parts."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import polars as pl
import pytest

from hai_ha_pipeline.reading import drift
from hai_ha_pipeline.reading.source import read_source, source_folders
from hai_ha_pipeline.storage.stage import ROW_GROUP, Stage
from hai_ha_pipeline.tables import TABLES
from hai_ha_pipeline.transforms import facts, figures, growth, history, series
from hai_ha_pipeline.transforms.shape import distinct, looked_up
from tests.build import SHIPPED
from tests.conftest import Tables

ROWS = 3
CONSTANTS: dict[str, Any] = {
    "text": ["Tỷ đồng"] * ROWS, "long_text": ["x" * 100] * ROWS, "number": [7] * ROWS, "decimal": [Decimal("-1.500000")] * ROWS,
    "day": [date(1900, 1, 1)] * ROWS, "moment": [datetime(2026, 11, 24, 2, 0, 1, tzinfo=UTC).replace(tzinfo=None)] * ROWS, "truth": [False] * ROWS,
    "nothing": pl.Series([None] * ROWS, dtype=pl.String),
}  # fmt: skip
VARIED: dict[str, Any] = {
    "key": [1, 2, 3], "gap": ["a", None, "a"], "sum": [Decimal("-1.5"), Decimal("-2.5"), Decimal("1.5")], "near": ["x" * 99 + "a"] * 2 + ["x" * 99 + "b"],
}  # fmt: skip


@pytest.mark.parametrize("columns", [CONSTANTS | VARIED, CONSTANTS, VARIED], ids=["both", "constants", "varied"])
def test_a_table_comes_back_from_the_stage_as_it_went_in(tmp_path: Path, columns: dict[str, Any]) -> None:
    rows = pl.DataFrame(columns)
    Stage(tmp_path).write("table", rows)
    assert Stage(tmp_path).read("table").equals(rows)
    assert Stage(tmp_path).read("table").schema == rows.schema


def test_a_column_that_changes_only_in_another_row_group_is_no_constant(tmp_path: Path) -> None:
    rows = pl.DataFrame({"key": range(ROW_GROUP + 1), "text": ["a"] * ROW_GROUP + ["b"], "gap": ["a"] * ROW_GROUP + [None]})
    Stage(tmp_path).write("table", rows)
    assert Stage(tmp_path).read("table").equals(rows)


def test_an_empty_table_comes_back_with_its_columns(tmp_path: Path) -> None:
    rows = pl.DataFrame(schema={"key": pl.Int64, "text": pl.String})
    Stage(tmp_path).write("table", rows)
    assert Stage(tmp_path).read("table").equals(rows)


@pytest.mark.parametrize(
    ("units", "powers"),
    [(["tr", "bn", "tr"], [6, 9, 6]), (["tr", "tr", "tr"], [6, 6, 6]), (["x", "x", "x"], [None] * 3), ([None] * 3, [0] * 3)],
)
def test_a_text_is_looked_up_whether_it_varies_or_not(units: list[str | None], powers: list[int | None]) -> None:
    meanings = pl.DataFrame({"unit": ["tr", "bn", None], "power": [6, 9, 0]})
    rows = pl.DataFrame({"unit": pl.Series(units, dtype=pl.String), "key": [1, 2, 3]})
    assert looked_up(rows, meanings, "unit")["power"].to_list() == powers


def test_distinct_rows_are_found_whatever_of_them_varies() -> None:
    rows = pl.DataFrame({"file": ["a"] * 4, "title": ["x", None, "x", None], "key": [1, 2, 3, 4]})
    assert distinct(rows, ["file", "title"])["key"].to_list() == [1, 2]
    assert distinct(rows, ["file"])["key"].to_list() == [1]
    assert distinct(rows.clear(), ["file"]).is_empty()


def test_figures_are_numbered_among_those_about_the_same_thing() -> None:
    numbered = drift.placed(pl.DataFrame({"about": ["a", "b", "a", None, None], "key": range(5)}), ["about"])
    assert numbered["place"].to_list() == [0, 0, 1, 0, 1]
    assert drift.placed(pl.DataFrame({"about": ["a", "b"]}), ["about"])["place"].to_list() == [0, 0]


@pytest.mark.parametrize("part", [1, 40])
def test_statements_are_judged_the_same_in_parts(shipped: Tables, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    needed = (shipped["dim_indicator"], shipped["dim_area"], shipped["dim_unit"])
    read = [read_source(folder, lambda statements: figures.figure(statements, *needed)) for folder in source_folders(SHIPPED)]
    statements = pl.concat([each.statement for each in read]).slice(0, 60 if part == 1 else None)
    whole = figures.figure(statements, *needed)
    monkeypatch.setattr(figures, "PART", part)
    assert figures.figure(statements, *needed).equals(whole)


@pytest.mark.parametrize(("module", "table"), [(growth, "growth"), (history, "growth_over_time")], ids=["growth", "growth_over_time"])
def test_growth_is_the_same_in_parts(shipped: Tables, monkeypatch: pytest.MonkeyPatch, module: ModuleType, table: str) -> None:
    made = next(each for each in TABLES if each.name == table)
    monkeypatch.setattr(growth, "PART", 1)
    assert made.make.__module__ == module.__name__
    assert made.make(**{name: shipped[name] for name in made.needs}).equals(shipped[table])


def test_facts_are_the_same_in_parts(shipped: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    made = next(table for table in TABLES if table.name == "fact_observation")
    monkeypatch.setattr(facts, "PART", 1)
    assert made.make(**{name: shipped[name] for name in made.needs}).equals(shipped["fact_observation"])


def test_series_are_compared_the_same_in_parts(shipped: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    thousandfold = pl.when(pl.int_range(pl.len()) % 7 == 0).then(pl.col("value") * 1000).otherwise("value").cast(pl.Decimal(18, 6))
    figure = shipped["figure"].with_columns(value=thousandfold)
    needed = (shipped["dim_indicator"], shipped["dim_area"], shipped["dim_unit"])
    whole = series.judged_by_series(figure, *needed)
    assert (whole["rule"] == "magnitude-jump").any()
    monkeypatch.setattr(series, "PART", 1)
    assert series.judged_by_series(figure, *needed).equals(whole)


def test_what_was_known_on_one_day_has_the_history_that_all_days_would_give(shipped: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    day = date(2026, 11, 24)
    known = shipped["fact_observation"].filter("is_current").with_columns(known_from=pl.lit(day))
    needed = {name: shipped[name] for name in ("dim_indicator", "dim_area", "dim_period", "dim_unit", "area_coverage")}
    no_windows = history.growth_over_time(known, **needed)
    at_once = growth.growth(known, **needed, growth_over_time=no_windows)
    assert (no_windows.height, at_once["known_from"].unique().to_list()) == (0, [day])
    nothing = pl.DataFrame(schema={"indicator_key": pl.Int64, "indicator_code": pl.String, "known_from": pl.Date})
    for module in (history, growth):
        monkeypatch.setattr(module, "known_once", lambda *_: nothing)
    windows = history.growth_over_time(known, **needed)
    assert (windows.height, windows["known_to"].null_count()) == (at_once.height, at_once.height)
    assert growth.growth(known, **needed, growth_over_time=windows).equals(at_once)


def test_growth_and_its_past_are_the_same_made_of_parts_of_whole_families(shipped: Tables) -> None:
    needed = {name: shipped[name] for name in ("dim_indicator", "dim_area", "dim_period", "dim_unit", "area_coverage")}
    parents = dict(shipped["dim_indicator"].select("indicator_code", "parent_code").iter_rows())
    of_no_family = [code for code, parent in parents.items() if parent is None and code not in parents.values()]
    alone = shipped["dim_indicator"].filter(pl.col("indicator_code").is_in(of_no_family))
    made: dict[str, list[pl.DataFrame]] = {"growth": [], "growth_past": []}
    for how in ("semi", "anti"):
        part = shipped["fact_observation"].join(alone, on="indicator_key", how=how)
        windows = history.growth_over_time(part, **needed)
        made["growth"].append(growth.growth(part, **needed, growth_over_time=windows))
        made["growth_past"].append(history.growth_past(windows))
    for name, parts in made.items():
        assert all(part.height for part in parts), name
        assert pl.concat(parts).sort(pl.all()).equals(shipped[name].sort(pl.all())), name
