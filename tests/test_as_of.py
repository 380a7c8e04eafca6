"""The view and the macros of the published warehouse give what was known when: of several windows that hold a day, the best figure's row alone."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hai_ha_pipeline.contracts.marts import Growth, GrowthHistory, GrowthPast
from hai_ha_pipeline.contracts.types import columns, grain
from hai_ha_pipeline.storage.macros import MACROS
from hai_ha_pipeline.storage.views import VIEWS
from hai_ha_pipeline.transforms import history
from tests.conftest import Tables
from tests.test_history import JULY_31, JUNE_14, JUNE_20, PUBLISHED, STAYED, Known, day, gone_after, on

FACTS = ("core.observation_as_of", "core.target_as_of")
NEVER_ONCE = pl.DataFrame(schema={"indicator_key": pl.Int64, "indicator_code": pl.String, "known_from": pl.Date})


@contextmanager
def asking(known: Known) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with what the macros on facts, and the view, select from."""
    tables = {
        "core.dim_area": known.dims[1], "core.fact_observation": known.observations, "core.fact_target": known.targets,
        "marts.growth": known.growth(), "marts.growth_past": known.growth_past(),
    }  # fmt: skip
    with closing(duckdb.connect()) as connection:
        connection.execute("CREATE SCHEMA core; CREATE SCHEMA marts")
        for name, rows in tables.items():
            connection.register("given_rows", rows.to_arrow())
            connection.execute(f"CREATE TABLE {name} AS FROM given_rows")
        for view in VIEWS:
            connection.execute(f"CREATE VIEW {view.name} AS {view.query}")
        for macro in MACROS:
            if macro.name in FACTS:
                connection.execute(f"CREATE MACRO {macro.signature} AS TABLE {macro.query}")
        yield connection


def answer(connection: duckdb.DuckDBPyConnection, sql: str) -> pl.DataFrame:
    return pl.DataFrame(connection.sql(sql).to_arrow_table())


def same_rows(these: pl.DataFrame, those: pl.DataFrame) -> bool:
    return these.columns == those.columns and these.sort(pl.all()).equals(those.sort(pl.all()))


REVISED_AND_WITHDRAWN: tuple[dict[str, Any], ...] = (
    {"statement_key": 1, "value": "100", "published_on": JUNE_14},
    {"statement_key": 2, "value": "110", "published_on": JUNE_20, "withdrawn_at": datetime.combine(JULY_31, time())},
    {"statement_key": 3, "value": "90", "period_code": "2023", "published_on": JUNE_14},
    {"statement_key": 4, "value": "80", "period_code": "2023", "published_on": JULY_31},
    {"statement_key": 5, "value": "7", "indicator_code": "poor_households", "published_on": JUNE_14},
)


@pytest.mark.parametrize(("role", "macro"), [("result", FACTS[0]), ("target", FACTS[1])])
def test_a_figure_that_a_better_one_hides_gives_no_second_row(role: str, macro: str) -> None:
    """100 holds from 14 June and again from 31 July: its one window spans that of 110, which was withdrawn then."""
    known = Known(*(row | {"role": role} for row in REVISED_AND_WITHDRAWN[:2]))
    windows = (known.targets if role == "target" else known.observations).sort("vintage").select("value", "known_from", "known_to")
    assert windows.rows() == [(Decimal(100), JUNE_14, None), (Decimal(110), JUNE_20, JULY_31)]
    with asking(known) as warehouse:
        found = [
            answer(warehouse, f"FROM {macro}('{today}')")["value"].to_list() for today in (date(2024, 6, 13), JUNE_14, JUNE_20, JULY_31)
        ]
    assert found == [[], [Decimal(100)], [Decimal(110)], [Decimal(100)]]


@settings(max_examples=40)
@given(st.lists(st.tuples(PUBLISHED, STAYED), min_size=1, max_size=14), st.integers(-1, 22).map(day))
def test_each_series_has_the_figure_of_its_highest_vintage(published: list[tuple[dict[str, Any], int | None]], today: date) -> None:
    rows = [row | {"statement_key": place, "row": place + 2} for place, (row, _) in enumerate(published)]
    known = Known(*(gone_after(row, days) for row, (_, days) in zip(rows, published, strict=True)))
    with asking(known) as warehouse:
        for facts, macro in zip((known.observations, known.targets), FACTS, strict=True):
            key = facts.columns[0]
            assert sorted(answer(warehouse, f"FROM {macro}('{today}')")[key]) == sorted(on(facts, today)[key])


def test_the_view_has_the_windows_that_looking_at_every_day_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    """Growth of 2024: 100 on 90, then 110 on 90, then 100 again, now on 80. Poor households stay what they were."""
    known = Known(*REVISED_AND_WITHDRAWN)
    Growth.validate(known.growth())
    GrowthPast.validate(known.growth_past())
    with asking(known) as warehouse:
        view = answer(warehouse, "FROM marts.growth_history")
    GrowthHistory.validate(view)
    of_2024 = view.filter(period="2024", indicator_code="output", comparison="same_period_last_year").sort("known_from")
    assert of_2024.select("value", "base", "known_from", "known_to").rows() == [
        (Decimal(100), Decimal(90), JUNE_14, JUNE_20),
        (Decimal(110), Decimal(90), JUNE_20, JULY_31),
        (Decimal(100), Decimal(80), JULY_31, None),
    ]
    monkeypatch.setattr(history, "known_once", lambda *_: NEVER_ONCE)
    assert same_rows(view, known.growth_over_time())
    assert view.filter(indicator_code="poor_households")["known_from"].unique().to_list() == [JUNE_14]


def test_the_published_view_has_the_windows_that_looking_at_every_day_gives(
    shipped: Tables, warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(duckdb.connect(str(warehouse), read_only=True)) as connection:
        view = answer(connection, "FROM marts.growth_history")
    GrowthHistory.validate(view)
    assert 0 < view["known_to"].null_count() < view.height
    monkeypatch.setattr(history, "known_once", lambda *_: NEVER_ONCE)
    needed = [shipped[name] for name in ("fact_observation", "dim_indicator", "dim_area", "dim_period", "dim_unit", "area_coverage")]
    assert same_rows(view, history.growth_over_time(*needed))


def test_the_view_carries_the_comments_of_its_contract(warehouse: Path) -> None:
    with closing(duckdb.connect(str(warehouse), read_only=True)) as connection:
        [comment] = connection.execute("SELECT comment FROM duckdb_views() WHERE view_name = 'growth_history'").fetchall()
        said = connection.execute(
            "SELECT column_name, data_type, comment FROM duckdb_columns() WHERE table_name = 'growth_history' ORDER BY column_index"
        ).fetchall()
    assert comment == (grain(GrowthHistory),)
    assert said == [(column.name, column.dtype, column.description) for column in columns(GrowthHistory)]
