"""Figures that the rest of their series contradicts: readings a thousand times off, and units that changed without a word."""

from collections.abc import Callable, Collection
from decimal import Decimal
from pathlib import Path
from shutil import copytree
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hai_ha_pipeline.contracts.reading import Figure
from hai_ha_pipeline.transforms.series import judged_by_series
from tests.build import SHIPPED, dim_area, dim_indicator, dim_unit, figures
from tests.conftest import Tables, tables_of


def judged(*rows: dict[str, Any]) -> pl.DataFrame:
    return judged_by_series(figures(*rows), dim_indicator(), dim_area(), dim_unit())


def yearly(*values: str | int, first: int = 2015, **fields: Any) -> list[dict[str, Any]]:
    """A series of houses, one figure a year."""
    return [
        {"indicator_code": "houses", "period_code": str(first + place), "value": str(value)} | fields for place, value in enumerate(values)
    ]


def set_aside(*rows: dict[str, Any]) -> list[tuple[int, str]]:
    """Position and rule of the figures that the series contradicts."""
    return judged(*rows).filter(verdict="rejected").select("statement_key", "rule").rows()


def jumping(*places: int) -> list[tuple[int, str]]:
    return [(place, "magnitude-jump") for place in places]


# "33.796" in a text that groups with dots.
AMBIGUOUS = {"value": "33796", "other_value": "33.796", "value_as_printed": "33.796"}


def test_an_ambiguous_number_far_from_its_series_is_set_aside_with_both_readings() -> None:
    found = judged(*yearly(41, 53, 55), *yearly(0, first=2018, **AMBIGUOUS, qualifier_as_printed="over")).row(3, named=True)
    assert (found["verdict"], found["rule"], found["field"], found["text"]) == ("rejected", "ambiguous-number", "value", "over 33.796")
    assert found["reason"] == (
        "read as declared it is 33796 HOUSES, about 626 times the nearest figures of its series, 53 (2016, pages), 55 (2017, pages);"
        " with the mark read the other way it is 33.796, near them: settle it with a line in corrections.csv"
    )


def test_an_ambiguous_number_declared_as_a_decimal_is_held_against_its_series_as_well() -> None:
    one = AMBIGUOUS | {"value": "33.796", "other_value": "33796"}
    assert set_aside(*yearly(41000, 53000, 55000), *yearly(0, first=2018, **one)) == [(3, "ambiguous-number")]


@pytest.mark.parametrize(
    "others",
    [
        [],
        yearly(41000, 53000),
        yearly(1100, 1200),  # 30 times: as near to the declared reading as to the other
        yearly(53, 55, first=1990),  # decades apart
        yearly(53, 55, area_code="22"),
        yearly(0, 0),
        yearly(53, 55, verdict="missing"),
    ],
)
def test_without_evidence_the_declared_reading_holds(others: list[dict[str, Any]]) -> None:
    assert set_aside(*yearly(0, first=2018, **AMBIGUOUS), *others) == []


def test_ambiguous_numbers_do_not_bear_witness_against_each_other() -> None:
    rows = [AMBIGUOUS | {"period_code": str(year)} for year in (2018, 2019)]
    assert set_aside(*yearly(53), *rows, *yearly(41, first=2020)) == []  # other indicator
    houses = [row | {"indicator_code": "houses"} for row in rows]
    # One certain figure, two ambiguous ones of one size: nobody can say which, so none loads.
    assert set_aside(*yearly(53, first=2017), *houses) == [(0, "magnitude-jump"), (1, "ambiguous-number"), (2, "ambiguous-number")]
    assert set_aside(*yearly(41, 53, first=2016), *houses) == [(2, "ambiguous-number"), (3, "ambiguous-number")]


def test_a_settled_reading_is_evidence_and_never_doubted() -> None:
    settled = AMBIGUOUS | {"is_settled": True}
    assert set_aside(*yearly(41, 53), *yearly(0, first=2017, **settled)) == []
    assert set_aside(*yearly(0, first=2017, **settled), *yearly(0, first=2018, **AMBIGUOUS)) == []


def test_a_jump_by_a_thousand_is_set_aside_and_says_how_to_settle_it() -> None:
    found = judged(*yearly(41, 53, 55000, 57)).row(2, named=True)
    assert (found["rule"], found["field"], found["text"]) == ("magnitude-jump", "value", "100")
    assert found["reason"] == (
        "is 55000 HOUSES, about 1038 times the nearest figures of its series, 41 (2015, pages), 53 (2016, pages), 57 (2018, pages):"
        " has the unit changed without a word, as from million to thousand? Correct the unit in the descriptor or the cell by a line in"
        " corrections.csv; a line whose `corrected` is its `expected` confirms the figure"
    )


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ([41, 53, 55, 0.057], [3]),  # a thousandth
        ([41000000, 53, 55], [0]),  # a million times: dong beside million dong
        ([41, 53000], [0, 1]),  # either may be wrong
        ([41, 43, 53000, 55000], [0, 1, 2, 3]),
        ([41, 43, 44, 53000, 55000], [3, 4]),  # most stand on one level
        ([41, 53000, 43, 55000, 44], [1, 3]),
        ([41, 43000, 45000, 47000, 49000, 51000], [0]),
        ([41, 120, 400, 1300, 4000, 13000, 41000], []),  # growth, however fast
        ([1, 41, 43], []),  # a change by 41 times is none of unit
        ([1, 41, 43000, 44, 46], [2]),  # and does not hide one
        ([5, 60, 0.2, 80, 3, 0.1], []),  # a series that jumps about says nothing
        ([0, 41, 0, 43], []),
    ],
)
def test_a_level_that_most_figures_do_not_share_is_doubted(values: list[int], places: list[int]) -> None:
    assert set_aside(*yearly(*values)) == jumping(*places)


def test_a_unit_that_changed_long_ago_is_still_seen() -> None:
    assert set_aside(*yearly(*[41] * 12, *[41000] * 9, first=2001)) == jumping(*range(12, 21))


def test_the_income_of_a_province_that_turns_from_millions_to_thousands_is_doubted() -> None:
    # Printed in one row of a provincial portal, labelled with one unit.
    row = [13.99, 17.3, 20.8, 23.96, 26.68, 33785.30, 39912.60, 43230.70]
    assert set_aside(*yearly(*map(str, row), indicator_code="income")) == jumping(5, 6, 7)


def test_a_flow_is_compared_as_of_a_whole_year() -> None:
    quarter = {"indicator_code": "output", "period_code": "2024-Q1", "value": "9"}
    years = yearly(3000, 3100, first=2022, indicator_code="output")
    assert set_aside(quarter, *years) == []  # 36 a year is a 85th
    assert set_aside(quarter | {"value": "0.7"}, *years) == jumping(0)
    as_stock = [row | {"indicator_code": "houses"} for row in (quarter, *years)]
    assert set_aside(*as_stock) == jumping(0)  # a 340th


@pytest.mark.parametrize("indicator", ["urban_rate", "road_opened"])
def test_shares_and_milestones_are_not_judged(indicator: str) -> None:
    assert set_aside(*yearly("0.05", 50, 51, indicator_code=indicator)) == []


def test_a_balance_that_turns_negative_is_not_judged() -> None:
    assert set_aside(*yearly("0.05", 50, 51, -3, indicator_code="balance")) == []


def test_all_sources_roles_and_versions_of_an_area_make_one_series() -> None:
    town: dict[str, Any] = {"area_code": "205", "source": "a", "role": "target"}
    city: dict[str, Any] = {"area_code": "205", "source": "b", "area_valid_from": dim_area().filter(area_code="205")["valid_from"].max()}
    assert set_aside(*yearly(41, 43, **town), *yearly(44000, first=2017, **city)) == jumping(2)


def test_a_confirmed_figure_vouches_for_its_level() -> None:
    rows = [*yearly(41, 43, 44), *yearly(45000, first=2018, is_settled=True), *yearly(47000, first=2019)]
    assert set_aside(*rows) == []


def test_a_reduction_has_no_other_reading_of_its_level() -> None:
    reduced = {"value": "28", "other_value": "0.039", "is_reduction": True, "period_code": "2019", "indicator_code": "poor_households"}
    assert set_aside(reduced, *yearly("0.04", "0.041", "0.042", "0.04", indicator_code="poor_households")) == jumping(0)


def test_a_second_reading_too_small_to_be_stored_is_no_reading() -> None:
    assert set_aside(*yearly(41, 43, 44), *yearly(45000, first=2018, other_value="0")) == jumping(3)


CHANGES = st.lists(st.floats(-0.6, 0.6), min_size=2, max_size=14)
FIRST = st.integers(1_000, 1_000_000)


def smooth(first: int, changes: list[float]) -> list[float]:
    values = [float(first)]
    for change in changes:
        values.append(values[-1] * (1 + change))
    return values


def as_rows(values: list[float], settled: Collection[int] = ()) -> list[dict[str, Any]]:
    rows = yearly(*(str(round(Decimal(value), 6)) for value in values), first=2000)
    return [row | {"is_settled": place in settled} for place, row in enumerate(rows)]


@given(FIRST, CHANGES)
def test_nothing_of_a_smooth_series_is_doubted(first: int, changes: list[float]) -> None:
    assert set_aside(*as_rows(smooth(first, changes))) == []


@given(FIRST, CHANGES, st.data(), st.sampled_from([1000, 0.001]))
def test_the_one_figure_of_a_smooth_series_that_is_a_thousand_times_off_is_doubted(
    first: int, changes: list[float], data: st.DataObject, factor: float
) -> None:
    values = smooth(first, changes)
    at = data.draw(st.integers(0, len(values) - 1))
    values[at] *= factor
    assert set_aside(*as_rows(values)) == jumping(at)
    assert set_aside(*as_rows(values, settled=[at])) == []


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "indicator_code": st.sampled_from(["houses", "output", "urban_rate", "balance"]),
                "period_code": st.sampled_from(["2020", "2021", "2022-S1", "2024-Q1", "2024-01-01/P7M", "2024-03-07"]),
                "value": st.integers(-3, 9).flatmap(lambda power: st.just(f"{Decimal(10) ** power:f}")) | st.just("0") | st.just("-5"),
                "is_settled": st.booleans(),
                "other_value": st.none() | st.sampled_from(["0", "0.033", "33", "33000"]),
            }
        ),
        max_size=25,
    )
)
def test_figures_are_only_ever_set_aside_and_nothing_else_of_them_changes(rows: list[dict[str, Any]]) -> None:
    before = figures(*rows)
    after = judged_by_series(before, dim_indicator(), dim_area(), dim_unit())
    Figure.validate(after)
    judgement = ["verdict", "rule", "field", "text", "reason"]
    assert after.drop(judgement).equals(before.drop(judgement))
    is_kept = after["verdict"] == "accepted"
    assert after.filter(is_kept).equals(before.filter(is_kept))
    assert after.filter(~is_kept & pl.col("is_settled")).is_empty()
    assert after.filter(~is_kept)["rule"].is_in(["ambiguous-number", "magnitude-jump"]).all()


def shipped_without(root: Path, edited: dict[str, Callable[[str], str]]) -> pl.DataFrame:
    """The figures of all shipped sources, these files edited, judged by their series."""
    copytree(SHIPPED, root / "sources")
    for name, edit in edited.items():
        path = root / "sources" / name
        path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    made = tables_of(root / "sources", root / "archive")
    return judged_by_series(made["figure"], made["dim_indicator"], made["dim_area"], made["dim_unit"])


def without_range(indicators: str) -> str:
    return "".join(
        line.replace(",0.1,10000,", ",,,") if line.startswith("import_export_turnover,") else line
        for line in indicators.splitlines(keepends=True)
    )


CORRECTIONS = "hai_ha_interview_2024/corrections.csv"


def test_the_turnover_of_the_interview_is_caught_by_its_series_where_no_range_and_no_correction_does(tmp_path: Path) -> None:
    edited = {"reference/indicators.csv": without_range, CORRECTIONS: lambda text: text.splitlines()[0] + "\n"}
    rejected = shipped_without(tmp_path, edited).filter(verdict="rejected")
    assert rejected.select("source", "rule", "text").rows() == [("hai_ha_interview_2024", "ambiguous-number", "33.796")]
    assert "it is 33796 USD_MN, about 1282 times the nearest figures of its series, 53 (2024, hai_ha_published);" in rejected["reason"][0]


def test_the_turnover_of_the_interview_loads_with_its_correction_where_no_range_helps(tmp_path: Path) -> None:
    found = shipped_without(tmp_path, {"reference/indicators.csv": without_range})
    assert found.filter(verdict="rejected").is_empty()
    assert found.filter(value_as_printed="33.796")["value"].to_list() == [Decimal("33.796")]


def test_no_shipped_figure_contradicts_its_series(shipped: Tables) -> None:
    figure = shipped["figure"]
    assert judged_by_series(figure, shipped["dim_indicator"], shipped["dim_area"], shipped["dim_unit"]).equals(figure)
