"""Figures that must agree, compared by intervals."""

from typing import Any

import polars as pl
import pytest

from hai_ha_pipeline.contracts.marts import Consistency
from hai_ha_pipeline.transforms.consistency import CHECKS, consistency
from tests.build import decimals, dim_area, dim_indicator, dim_period, observations, targets


def checked(*rows: dict[str, Any], plans: tuple[dict[str, Any], ...] = ()) -> pl.DataFrame:
    found = consistency(observations(*rows), targets(*plans), dim_indicator(), dim_area(), dim_period("2024", "2023"))
    return Consistency.validate(found)


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
    found = checked(total, FARMS, SERVICES).row(by_predicate=pl.col("check_name") == "parts_add_up", named=True)
    assert (found["verdict"], found["expected_lower"], found["expected_upper"]) == (verdict, *decimals("99", "101"))
    assert found["explanation"] == "the parts output_farms 40 + output_services 60 add up to 100"


def test_a_part_with_an_open_bound_leaves_the_sum_open() -> None:
    found = checked(between("output", "90", "89.5", "90.5"), between("output_farms", "40", "40", None), SERVICES)
    # At least 40 and at least 59.5 are more than 90.5.
    assert found.select("expected_lower", "expected_upper", "verdict").rows() == [(*decimals("99.5", None), "inconsistent")]


def test_parts_that_allow_everything_settle_nothing() -> None:
    found = checked(
        between("output", "90", "90", None), between("output_farms", "40", "40", None), between("output_services", "60", None, "60")
    )
    assert found.select("expected_lower", "expected_upper", "verdict").rows() == [(None, None, "undetermined")]


def test_a_total_with_an_unknown_part_is_not_checked() -> None:
    assert checked(between("output", "100", "99.5", "100.5"), FARMS).is_empty()


@pytest.mark.parametrize(("lower", "upper", "verdict"), [("59.95", "60.05", "consistent"), ("61.5", "62.5", "inconsistent")])
def test_a_printed_share_must_be_that_of_its_part(lower: str, upper: str, verdict: str) -> None:
    found = checked(between("share_services", lower, lower, upper), FARMS, SERVICES).row(0, named=True)
    # 59.5 of 59.5 + 40.5 to 60.5 of 60.5 + 39.5
    assert (found["check_name"], found["verdict"]) == ("share_matches", verdict)
    assert [found["expected_lower"], found["expected_upper"]] == decimals("59.5", "60.5")


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
    found = checked(printed("output", *total), printed("output_farms", "7.2", "7.15", "7.25"), printed("output_services", *services))
    assert found.filter(check_name="growth_between_parts")["verdict"].to_list() == [verdict]


def test_results_targets_and_years_are_checked_apart() -> None:
    results = (between("output", "100", "100", "100"), FARMS)
    assert checked(*results, plans=(SERVICES,)).is_empty()
    assert checked(*results, SERVICES | {"period": "2023"}).is_empty()
    plans = (between("output", "120", "120", "120"), FARMS, SERVICES)
    both = checked(*results, SERVICES, plans=plans)
    assert both.select("role", "verdict").rows() == [("result", "consistent"), ("target", "inconsistent")]


def test_every_check_is_in_the_contract() -> None:
    assert set(CHECKS) == set(Consistency.to_schema().columns["check_name"].checks[0].statistics["allowed_values"])
