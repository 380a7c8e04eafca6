"""What a printed figure means: value and interval in the canonical unit, growth, names, and what is never guessed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hai_ha_pipeline.contracts.reading import JudgedFigure
from tests.build import decimals, judged, judged_row


def interval(**fields: Any) -> list[Decimal | None]:
    found = judged_row(**fields)
    assert found["verdict"] == "accepted", found["reason"]
    return [found["value"], found["lower"], found["upper"]]


@pytest.mark.parametrize(
    ("value", "unit", "stored"),
    [
        ("23.803,2", "Milliarden VND", "23803.2"),
        ("1,5", "nghìn tỷ đồng", "1500"),
        ("250", "triệu đồng", "0.25"),
        ("100", "VND_BN", "100"),
        ("100", "BILLION VND", "100"),
    ],
)
def test_a_unit_converts_inside_its_quantity_by_powers_of_ten(value: str, unit: str, stored: str) -> None:
    plausible = {"indicator": "balance"}  # no plausible range stands in the way
    assert judged_row(value=value, unit=unit, **plausible)["value"] == Decimal(stored)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        # Exact: half a unit of the last printed digit to either side.
        ({"value": "23.803,2"}, ("23803.2", "23803.15", "23803.25")),
        ({"value": "36.000"}, ("36000", "35999.5", "36000.5")),
        ({"value": "1,50", "unit": "nghìn tỷ đồng"}, ("1500", "1495", "1505")),
        ({"value": "36.000", "qualifier": "mehr als"}, ("36000", "36000", None)),
        ({"value": "36.000", "qualifier": "at least"}, ("36000", "36000", None)),
        ({"value": "36.000", "qualifier": "nearly"}, ("36000", None, "36000")),
        ({"value": "36.000", "qualifier": "không quá"}, ("36000", None, "36000")),
        ({"value": "hơn 312"}, ("312", "312", None)),
        ({"value": "312", "qualifier": "khoảng"}, ("312", "311.5", "312.5")),
        ({"value": "60-62"}, ("61", "60", "62")),
        # 62 / 90 houses: the part counts, the whole stands beside it.
        ({"value": "62/90", "indicator": "houses", "unit": "houses"}, ("62", "61.5", "62.5")),
    ],
)
def test_the_words_of_a_figure_make_its_interval(fields: dict[str, Any], expected: tuple[str | None, ...]) -> None:
    assert interval(**fields) == decimals(*expected)


POOR = {"indicator": "poor_households", "unit": "Haushalte", "qualifier": "abgebaut"}
BY_HALF = {
    "indicator": "poor_households",
    "unit": "%",
    "qualifier": "reduziert um",
    "value": "50",
    "baseline": "281",
    "baseline_period": "2023",
}


def test_a_part_that_left_is_the_level_that_is_left() -> None:
    # 39 of 67 households left poverty: 67 - 39 = 28.
    found = judged_row(value="39/67", **POOR)
    assert [found[name] for name in ("value", "lower", "upper", "baseline_value")] == decimals("28", "27.5", "28.5", "67")
    assert (found["is_reduction"], found["reduction_pct"]) == (True, None)


def test_a_reduction_in_per_cent_is_the_level_it_leaves_of_its_baseline() -> None:
    found = judged_row(**BY_HALF)
    assert [found[name] for name in ("value", "baseline_value", "reduction_pct")] == decimals("140.5", "281", "50")
    assert found["baseline_period_code"] == "2023"


def test_a_rounded_reduction_leaves_an_interval_of_the_level() -> None:
    # 49.5 % to 50.5 % of 281 leave 141.905 to 139.095.
    assert interval(**BY_HALF)[1:] == decimals("139.095", "141.905")


def test_a_reduction_counts_from_the_baseline_beside_it() -> None:
    assert interval(value="39", baseline="67", **POOR) == decimals("28", "27.5", "28.5")


def test_a_reduction_by_more_leaves_less() -> None:
    assert interval(value="39/67", **(POOR | {"qualifier": "abgebaut, mehr als"})) == decimals("28", None, "28")
    assert judged_row(value="39/67", **(POOR | {"qualifier": "abgebaut, mehr als"}))["qualifier"] == "nearly"


def test_a_milestone_has_no_unit_and_no_rounding() -> None:
    assert interval(indicator="road_opened", value="1", unit=None) == decimals("1", "1", "1")


@pytest.mark.parametrize(
    ("growth", "expected"),
    [
        ("14,8 %", ("14.8", "14.75", "14.85")),
        ("-13,92 %", ("-13.92", "-13.925", "-13.915")),
        ("107,2 % of the same period", ("7.2", "7.15", "7.25")),
        ("93 % of the same period", ("-7", "-7.5", "-6.5")),
        ("118,2 % des gleichen Zeitraums", ("18.2", "18.15", "18.25")),
        ("19 % or more", ("19", "19", None)),
        ("gần 60 %", ("60", None, "60")),
        ("25-30 %", ("27.5", "25", "30")),
        ("tăng 14,8 % so với cùng kỳ", ("14.8", "14.75", "14.85")),
        ("down 7 %", ("-7", "-7.5", "-6.5")),
        ("giảm 7 %", ("-7", "-7.5", "-6.5")),
        # A fall by more than 7 % is a growth below -7 %; a fall by 2 to 3 % one between -3 and -2 %.
        ("down more than 7 %", ("-7", None, "-7")),
        ("down 2-3 %", ("-2.5", "-3", "-2")),
    ],
)
def test_a_printed_growth_is_read_with_its_sign_and_interval(growth: str, expected: tuple[str | None, ...]) -> None:
    found = judged_row(growth=growth)
    assert [found[name] for name in ("growth_pct", "growth_lower_pct", "growth_upper_pct")] == decimals(*expected)
    assert found["growth_basis"] == "same_period_last_year"


def test_a_growth_over_the_same_period_is_never_read_as_an_index() -> None:
    # Minus 85.2 % would be the reading of "14.8 % of the same period".
    found = judged_row(growth="+14,8 % gegenüber dem gleichen Zeitraum")
    assert found["verdict"] == "rejected" or found["growth_pct"] == Decimal("14.8")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, "A"),
        ({"status": "P"}, "P"),
        ({"status": "vorläufig"}, "P"),
        ({"value": "519,4sb"}, "P"),
        ({"qualifier": "over, estimated"}, "E"),
        ({"qualifier": "dự báo"}, "F"),
        ({"qualifier": "khoảng"}, "E"),
        ({"status": "P", "qualifier": "estimated"}, "P"),
    ],
)
def test_the_release_stage_is_that_of_the_column_else_of_the_words(fields: dict[str, Any], status: str) -> None:
    assert judged_row(**fields)["obs_status"] == status


@pytest.mark.parametrize(
    ("period", "area", "valid_from"),
    [
        ("2025-06-30", "06946", date(1900, 1, 1)),
        ("2025-07-01", "06946", date(2025, 7, 1)),
        ("2024", "Quảng Phong", date(1900, 1, 1)),
        # The town became a city on 1 November 2024 and stayed one unit: its last version in the year is meant.
        ("2024", "Đông Triều", date(2024, 11, 1)),
        ("2024-S1", "Đông Triều", date(1900, 1, 1)),
        ("2024", "hai ha", date(1900, 1, 1)),
    ],
)
def test_an_area_is_the_unit_that_bore_the_name_in_the_period(period: str, area: str, valid_from: date) -> None:
    found = judged_row(period=period, area=area)
    assert (found["verdict"], found["area_valid_from"]) == ("accepted", valid_from)


def test_a_code_used_for_two_units_in_one_period_is_ambiguous() -> None:
    found = judged_row(period="2025", area="06946")
    assert (found["verdict"], found["rule"]) == ("rejected", "ambiguous-area")
    assert "Quang Phong commune (1900-01-01 to 2025-07-01)" in found["reason"]
    assert "Duong Hoa commune (2025-07-01 to today)" in found["reason"]
    assert found["area_code"] is None


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"unit": "Thousand persons"}, "nothing like it is known"),
        ({"unit": "billion VNDs"}, "nearest: VND_BN"),
        ({"area": "CHANGE-ME"}, "still to be written"),
    ],
)
def test_a_name_is_only_suggested_where_it_may_be_meant(row: dict[str, Any], said: str) -> None:
    assert said in judged_row(**row)["reason"]


def test_a_cell_declared_missing_is_neither_accepted_nor_rejected() -> None:
    found = judged_row(value="..", is_missing=True, indicator="unheard of")
    assert (found["verdict"], found["rule"], found["reason"]) == ("missing", None, None)


def test_a_damaged_record_keeps_the_readers_reason() -> None:
    found = judged_row(rule="missing-cell", reason="the record has 1 cells, the header 2", value=None, indicator=None)
    assert (found["verdict"], found["rule"], found["field"]) == ("rejected", "missing-cell", None)


GOOD: list[dict[str, Any]] = [{}, {"value": "39/67", **POOR}, {"value": "1.250,5", "growth": "7 %"}]
BAD: list[dict[str, Any]] = [
    {"indicator": "unheard"}, {"value": "many"}, {"unit": "US dollars"}, {"period": "sometime"}, {"area": None}, {"value": "1.234.567"},
    {"value": None, "rule": "extra-cell", "reason": "the record has 4 cells, the header 3"},
]  # fmt: skip
MISSING: list[dict[str, Any]] = [{"value": "..", "is_missing": True}]


ROWS = [("accepted", row) for row in GOOD] + [("rejected", row) for row in BAD] + [("missing", row) for row in MISSING]


@settings(max_examples=12)
@given(st.lists(st.sampled_from(ROWS), min_size=1, max_size=12))
def test_nothing_is_lost_whatever_the_rows_are(mix: list[tuple[str, dict[str, Any]]]) -> None:
    found = judged(*(row for _, row in mix)).sort("statement_key")
    assert found["verdict"].to_list() == [verdict for verdict, _ in mix]
    JudgedFigure.validate(found)
