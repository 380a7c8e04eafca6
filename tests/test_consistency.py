"""Figures that must agree, compared by intervals."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from hai_ha_pipeline.contracts.marts import CHECKS as NAMES
from hai_ha_pipeline.transforms.checks.known import COUNTED
from hai_ha_pipeline.transforms.consistency import CHECKS
from tests.build import SHIPPED, consistency_of, decimals


def between(indicator: str, value: str, lower: str | None, upper: str | None) -> dict[str, Any]:
    return {"indicator": indicator, "value": value, "lower": lower, "upper": upper}


FARMS, SERVICES = between("output_farms", "40", "39.5", "40.5"), between("output_services", "60", "59.5", "60.5")


@pytest.mark.parametrize(
    ("total", "verdict"),
    [
        (between("output", "100", "99.5", "100.5"), "consistent"),
        # The parts allow 99 to 101; what begins there just touches.
        (between("output", "102", "101", "103"), "consistent"),
        (between("output", "103", "101.1", "104"), "inconsistent"),
        (between("output", "90", "89.5", "90.5"), "inconsistent"),
        # "more than 90" holds 99 to 101; of "more than 100" nobody knows; "more than 102" is too much.
        (between("output", "90", "90", None), "consistent"),
        (between("output", "100", "100", None), "undetermined"),
        (between("output", "102", "102", None), "inconsistent"),
        (between("output", "98", None, "98"), "inconsistent"),
    ],
)
def test_a_total_must_lie_inside_the_sum_of_its_parts(total: dict[str, Any], verdict: str) -> None:
    found = consistency_of(total, FARMS, SERVICES).row(by_predicate=pl.col("check_name") == "parts_add_up", named=True)
    assert (found["verdict"], found["expected_lower"], found["expected_upper"]) == (verdict, *decimals("99", "101"))
    assert found["explanation"] == f"printed as {total['value']}; the parts output_farms 40 + output_services 60 add up to 100"


def test_a_part_with_an_open_bound_leaves_the_sum_open() -> None:
    found = consistency_of(between("output", "90", "89.5", "90.5"), between("output_farms", "40", "40", None), SERVICES)
    # At least 40 and at least 59.5 are more than 90.5.
    assert found.select("expected_lower", "expected_upper", "verdict").rows() == [(*decimals("99.5", None), "inconsistent")]


def test_parts_that_allow_everything_settle_nothing() -> None:
    found = consistency_of(
        between("output", "90", "90", None), between("output_farms", "40", "40", None), between("output_services", "60", None, "60")
    )
    assert found.select("expected_lower", "expected_upper", "verdict").rows() == [(None, None, "undetermined")]


def test_a_total_with_an_unknown_part_is_not_consistency_of() -> None:
    assert consistency_of(between("output", "100", "99.5", "100.5"), FARMS).is_empty()


def test_a_count_of_the_parts_has_no_halves() -> None:
    households = {"indicator": "poor_households", "source_key": 1}
    one = households | between("poor_households", "67", "66.5", "67.5")
    other = households | between("poor_households", "68", "67.5", "68.5") | {"is_current": False}
    found = consistency_of(one, other).row(by_predicate=pl.col("check_name") == "sources_agree", named=True)
    # As measures, 66.5 to 67.5 and 67.5 to 68.5 would touch.
    assert (found["verdict"], found["found_upper"], found["expected_lower"]) == ("inconsistent", *decimals("67", "68"))


def test_what_is_counted_is_a_known_unit() -> None:
    units = pl.read_csv(SHIPPED / "reference" / "units.csv", infer_schema=False)
    assert set(COUNTED) <= set(units["code"])


@pytest.mark.parametrize(("lower", "upper", "verdict"), [("59.95", "60.05", "consistent"), ("61.5", "62.5", "inconsistent")])
def test_a_printed_share_must_be_that_of_its_part(lower: str, upper: str, verdict: str) -> None:
    found = consistency_of(between("share_services", lower, lower, upper), FARMS, SERVICES).row(0, named=True)
    # 59.5 of 59.5 + 40.5 to 60.5 of 60.5 + 39.5
    assert (found["check_name"], found["verdict"]) == ("share_matches", verdict)
    assert [found["expected_lower"], found["expected_upper"]] == decimals("59.5", "60.5")


@pytest.mark.parametrize(
    ("total_upper", "verdict"),
    # Dong Trieu: 15,980 of 23,858.5 is 66.98 %, not the printed 61.9; of more than that it may be anything less.
    [("23858.55", "inconsistent"), (None, "consistent")],
)
def test_without_all_parts_a_printed_share_must_be_that_of_the_printed_total(total_upper: str | None, verdict: str) -> None:
    part, total = between("output_services", "15980", "15979.5", "15980.5"), between("output", "23858.5", "23858.45", total_upper)
    found = consistency_of(between("share_services", "61.9", "61.85", "61.95"), part, total).row(0, named=True)
    assert (found["check_name"], found["verdict"]) == ("share_matches", verdict)
    assert found["explanation"] == "printed as 61.9 %; 15980 of 23858.5, the printed total, is 66.9782 %"


def printed(indicator: str, growth: str, lower: str | None, upper: str | None) -> dict[str, Any]:
    return {
        "indicator": indicator, "value": "1", "lower": None, "upper": None, "growth_reported_pct": growth,
        "growth_reported_lower_pct": lower, "growth_reported_upper_pct": upper, "growth_basis": "same_period_last_year",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("total", "services", "verdict"),
    [
        (("8", "7.5", "8.5"), ("9.6", "9.55", "9.65"), "consistent"),
        (("12.7", "12.65", "12.75"), ("9.6", "9.55", "9.65"), "inconsistent"),
        (("5", "4.95", "5.05"), ("9.6", "9.55", "9.65"), "inconsistent"),
        (("12.7", "12.65", "12.75"), ("9.6", "9.6", None), "consistent"),
        (("8", "8", None), ("9.6", "9.55", "9.65"), "undetermined"),
    ],
)
def test_a_total_grows_between_its_slowest_and_fastest_part(
    total: tuple[str, str, str | None], services: tuple[str, str, str | None], verdict: str
) -> None:
    found = consistency_of(printed("output", *total), printed("output_farms", "7.2", "7.15", "7.25"), printed("output_services", *services))
    assert found.filter(check_name="growth_between_parts")["verdict"].to_list() == [verdict]


def test_results_targets_and_years_are_checked_apart() -> None:
    results = (between("output", "100", "100", "100"), FARMS)
    assert consistency_of(*results, plans=(SERVICES,)).is_empty()
    assert consistency_of(*results, SERVICES | {"period": "2023"}).is_empty()
    plans = (between("output", "120", "120", "120"), FARMS, SERVICES)
    both = consistency_of(*results, SERVICES, plans=plans)
    assert both.select("role", "verdict").rows() == [("result", "consistent"), ("target", "inconsistent")]


def test_every_check_is_in_the_contract() -> None:
    assert tuple(CHECKS) == NAMES


def test_an_area_is_called_as_it_was_called_at_the_end_of_the_period() -> None:
    """Dong Trieu, a town, became a city on 1 November 2024; a figure about the town of that year changes no name."""
    city = {"area": "205", "since": date(2024, 11, 1)}
    of_2024 = consistency_of(
        {"indicator": "output", "value": "100", "area": "205"},
        {"indicator": "output_farms", "value": "40"} | city,
        {"indicator": "output_services", "value": "60"} | city,
    )
    assert set(of_2024["area_name_en"]) == {"Dong Trieu city"}
    of_2023 = consistency_of(
        *({"indicator": name, "value": value, "area": "205", "period": "2023"} for name, value in
          {"output": "100", "output_farms": "40", "output_services": "60"}.items())
    )  # fmt: skip
    assert set(of_2023["area_name_en"]) == {"Dong Trieu town"}
