"""The macros of the published warehouse give what was known on a day: of several windows that hold it, the best figure's row alone."""

from contextlib import closing
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hai_ha_pipeline.storage.macros import MACROS
from tests.test_history import JULY_31, JUNE_14, JUNE_20, PUBLISHED, STAYED, Known, day, gone_after, on

FACTS = ("core.observation_as_of", "core.target_as_of")


def as_of(known: Known, macro: str, today: date) -> pl.DataFrame:
    """What one of the macros on facts gives."""
    tables = {"dim_area": known.dims[1], "fact_observation": known.observations, "fact_target": known.targets}
    with closing(duckdb.connect()) as connection:
        connection.execute("CREATE SCHEMA core")
        for name, rows in tables.items():
            connection.register("given_rows", rows.to_arrow())
            connection.execute(f"CREATE TABLE core.{name} AS FROM given_rows")
        [asked] = [each for each in MACROS if each.name == macro]
        connection.execute(f"CREATE MACRO {asked.signature} AS TABLE {asked.query}")
        return pl.DataFrame(connection.sql(f"FROM {macro}('{today}')").to_arrow_table())


@pytest.mark.parametrize(("role", "macro"), [("result", FACTS[0]), ("target", FACTS[1])])
def test_a_figure_that_a_better_one_hides_gives_no_second_row(role: str, macro: str) -> None:
    """100 holds from 14 June and again from 31 July: its one window spans that of 110, which was withdrawn then."""
    known = Known(
        {"role": role, "value": "100", "published_on": JUNE_14, "statement_key": 1},
        {"role": role, "value": "110", "published_on": JUNE_20, "statement_key": 2, "withdrawn_at": datetime.combine(JULY_31, time())},
    )
    windows = (known.targets if role == "target" else known.observations).sort("vintage").select("value", "known_from", "known_to")
    assert windows.rows() == [(Decimal(100), JUNE_14, None), (Decimal(110), JUNE_20, JULY_31)]
    found = {today: as_of(known, macro, today)["value"].to_list() for today in (date(2024, 6, 13), JUNE_14, JUNE_20, JULY_31)}
    assert list(found.values()) == [[], [Decimal(100)], [Decimal(110)], [Decimal(100)]]


@settings(max_examples=40)
@given(st.lists(st.tuples(PUBLISHED, STAYED), min_size=1, max_size=14), st.integers(-1, 22).map(day))
def test_each_series_has_the_figure_of_its_highest_vintage(published: list[tuple[dict[str, Any], int | None]], today: date) -> None:
    rows = [row | {"statement_key": place, "row": place + 2} for place, (row, _) in enumerate(published)]
    known = Known(*(gone_after(row, days) for row, (_, days) in zip(rows, published, strict=True)))
    for facts, macro in zip((known.observations, known.targets), FACTS, strict=True):
        key = facts.columns[0]
        assert sorted(as_of(known, macro, today)[key]) == sorted(on(facts, today)[key])
