"""How fast figures grow: computed beside printed, each by hand."""

from typing import Any

import polars as pl
import pytest

from hai_ha_pipeline.contracts.marts import GrowthOnADay
from hai_ha_pipeline.transforms.growth import growth_of
from tests.build import area_coverage, decimals, dim_area, dim_indicator, dim_period, dim_unit, observations

PERIODS = (
    "2020", "2021", "2022", "2023", "2024", "2023-S1", "2023-S2", "2024-S1", "2024-S2", "2023-12", "2024-01",
    "2023-01-01/P7M", "2024-01-01/P7M", "2023-Q4", "2024-Q1", "2024-11-08",
)  # fmt: skip
MORE_THAN = {"qualifier": "more_than", "upper": None}


def grown(*rows: dict[str, Any]) -> pl.DataFrame:
    return GrowthOnADay.validate(
        growth_of(observations(*rows), dim_indicator(), dim_area(), dim_period(*PERIODS), dim_unit(), area_coverage())
    )


def row(comparison: str, period: str, *rows: dict[str, Any]) -> dict[str, Any]:
    chosen = (
        (pl.col("comparison") == comparison)
        & (pl.col("period") == period)
        & (pl.col("indicator_code") == rows[0].get("indicator", "output"))
    )
    return grown(*rows).row(by_predicate=chosen, named=True)


def printed(growth_pct: str, lower: str | None, upper: str | None, basis: str = "same_period_last_year") -> dict[str, Any]:
    return {
        "growth_reported_pct": growth_pct, "growth_reported_lower_pct": lower, "growth_reported_upper_pct": upper, "growth_basis": basis,
    }  # fmt: skip


def test_growth_on_last_year_stands_beside_the_printed_one() -> None:
    year = {"value": "37000"} | MORE_THAN | printed("10.7", "10.65", "10.75")
    found = row("same_period_last_year", "2024", year, {"period": "2023", "value": "33497", "lower": "33496.5", "upper": "33497.5"})
    # 37,000 / 33,497 = 1.10457653; at least 37,000 on at most 33,497.5 is at least 10.456004 %, with no upper end.
    assert [found[name] for name in ("growth_pct", "growth_lower_pct", "growth_upper_pct")] == decimals("10.457653", "10.456004", None)
    assert [found["growth_difference_pp"], found["base"]] == decimals("-0.242347", "33497")
    assert found["growth_agreement"] == "compatible"


def test_a_printed_growth_implies_a_base_that_stays_open_above_for_a_lower_bound() -> None:
    half = {"period": "2024-S1", "value": "19658"} | MORE_THAN | printed("14.8", "14.75", "14.85")
    found = row("same_period_last_year", "2024-S1", half)
    # 19,658 / 1.148 and, for the least base, 19,658 / 1.1485.
    assert [found[name] for name in ("implied_base", "implied_base_lower", "implied_base_upper")] == decimals(
        "17123.693380", "17116.238572", None
    )
    assert (found["base"], found["growth_agreement"], found["reason"]) == (None, None, "no figure for 2023-S1 is known")


def test_an_implied_base_has_the_bounds_of_value_and_growth() -> None:
    exact = {"value": "100", "lower": "99.5", "upper": "100.5"} | printed("25", "24.5", "25.5")
    found = row("same_period_last_year", "2024", exact)
    # 99.5 / 1.255 to 100.5 / 1.245
    assert [found[name] for name in ("implied_base_lower", "implied_base", "implied_base_upper")] == decimals(
        "79.282869", "80", "80.722892"
    )


def test_rounding_cannot_explain_a_growth_far_from_the_printed_one() -> None:
    found = row("same_period_last_year", "2024", {"value": "100", **printed("20", "19.5", "20.5")}, {"period": "2023", "value": "90"})
    assert (found["growth_pct"], found["growth_agreement"]) == (decimals("11.111111")[0], "incompatible")


@pytest.mark.parametrize(
    ("base", "reason"), [("0", "the base is 0"), ("-5", "the base is negative"), (None, "no figure for 2023 is known")]
)
def test_a_base_that_is_missing_or_not_positive_gives_its_reason(base: str | None, reason: str) -> None:
    before = [{"indicator": "balance", "period": "2023", "value": base}] if base else []
    found = row("same_period_last_year", "2024", {"indicator": "balance", "value": "10"}, *before)
    assert (found["growth_pct"], found["reason"]) == (None, reason)


def test_a_rate_changes_in_points_and_never_grows() -> None:
    rate = [{"indicator": "urban_rate", "period": period, "value": value} for period, value in (("2024", "36.3"), ("2023", "35.1"))]
    found = row("same_period_last_year", "2024", *rate)
    assert [found["change_pp"], found["growth_pct"]] == decimals("1.2", None)
    assert found["reason"] == "a rate has no growth: see change_pp"


def test_a_ratio_in_money_grows() -> None:
    income = [{"indicator": "income", "period": period, "value": value} for period, value in (("2024", "97.5"), ("2023", "78"))]
    found = row("same_period_last_year", "2024", *income)
    assert [found["growth_pct"], found["change_pp"]] == decimals("25", None)


@pytest.mark.parametrize(
    ("period", "before"), [("2024-S2", "2024-S1"), ("2024-S1", "2023-S2"), ("2024-01", "2023-12"), ("2024-Q1", "2023-Q4")]
)
def test_a_part_of_a_year_is_compared_with_the_part_before(period: str, before: str) -> None:
    found = row("previous_period", period, {"period": period, "value": "110"}, {"period": before, "value": "100"})
    assert (found["base_period"], found["growth_pct"]) == (before, decimals("10")[0])


@pytest.mark.parametrize("period", ["2024", "2024-01-01/P7M", "2024-11-08"])
def test_years_cumulative_spans_and_days_have_no_previous_period(period: str) -> None:
    assert "previous_period" not in grown({"period": period, "value": "110"}, {"period": "2023", "value": "100"})["comparison"].to_list()


def test_a_stock_on_30_june_is_compared_with_31_december_whatever_period_ends_on_it() -> None:
    """Of 67 poor households at the end of 2023, 28 were left on 30 June 2024: 39 of 67 fewer, or 58.2 %."""
    half = {"indicator": "poor_households", "period": "2024-S1", "value": "28"}
    ends = [{"indicator": "poor_households", "period": period, "value": value} for period, value in (("2023", "67"), ("2023-12", "66"))]
    found = row("previous_period", "2024-S1", half, *ends)
    assert (found["base_period"], [found["base"], found["growth_pct"]]) == ("2023", decimals("67", "-58.208955"))
    with_half = row("previous_period", "2024-S1", half, *ends, {"indicator": "poor_households", "period": "2023-S2", "value": "65"})
    assert with_half["base_period"] == "2023-S2"


def test_a_flow_of_the_whole_year_before_is_no_base_for_a_half_year() -> None:
    found = row("previous_period", "2024-S1", {"period": "2024-S1", "value": "28"}, {"period": "2023", "value": "67"})
    assert (found["base_period"], found["base"], found["reason"]) == ("2023-S2", None, "no figure for 2023-S2 is known")


def test_a_cumulative_figure_is_compared_with_the_same_months_alone() -> None:
    found = row(
        "same_period_last_year", "2024-01-01/P7M",
        {"period": "2024-01-01/P7M", "value": "120"}, {"period": "2023-01-01/P7M", "value": "100"}, {"period": "2023-S1", "value": "50"},
    )  # fmt: skip
    assert (found["base_period"], found["growth_pct"]) == ("2023-01-01/P7M", decimals("20")[0])


def test_a_printed_growth_stands_at_its_own_comparison() -> None:
    half = {"period": "2024-S1", "value": "110"} | printed("10", "9.5", "10.5", basis="previous_period")
    found = grown(half, {"period": "2023-S2", "value": "100"}).filter(period="2024-S1")
    assert dict(found.select("comparison", "growth_reported_pct").rows()) == {
        "previous_period": decimals("10")[0], "same_period_last_year": None,
    }  # fmt: skip


def test_the_average_growth_runs_from_the_first_year_to_the_last() -> None:
    # 100 x 1.1^3 = 133.1; the years between do not matter.
    years = [{"period": period, "value": value} for period, value in (("2023", "133.1"), ("2020", "100"), ("2021", "500"), ("2022", "1"))]
    found = row("cagr", "2023", *years)
    assert (found["base_period"], found["growth_pct"]) == ("2020", decimals("10")[0])


def test_two_neighbouring_years_and_rates_have_no_average_growth() -> None:
    years = [{"period": "2023", "value": "1"}, {"period": "2024", "value": "2"}]
    rates = [{"indicator": "urban_rate", "period": period, "value": "30"} for period in ("2020", "2024")]
    assert "cagr" not in grown(*years, *rates)["comparison"].to_list()


@pytest.mark.parametrize(("first", "last"), [("0", "10"), ("-5", "10"), ("10", "0"), ("10", "-5")])
def test_an_average_growth_needs_positive_values(first: str, last: str) -> None:
    found = row("cagr", "2024", {"indicator": "balance", "value": last}, {"indicator": "balance", "period": "2020", "value": first})
    assert found["growth_pct"] is None
    assert found["reason"]


def test_parts_contribute_to_the_growth_of_their_total() -> None:
    rows = [
        {"indicator": name, "period": period, "value": value}
        for name, before, now in (("output", "100", "110"), ("output_farms", "40", "42"), ("output_services", "60", "67"))
        for period, value in (("2023", before), ("2024", now))
    ]
    found = {
        each["indicator_code"]: each
        for each in grown(*rows).filter(period="2024", comparison="same_period_last_year").iter_rows(named=True)
    }
    # 2 and 7 of 100 are 9 of the total's 10 points; one is left unexplained.
    assert [found[name]["contribution_pp"] for name in ("output_farms", "output_services", "output")] == decimals("2", "7", None)
    assert [found[name]["contribution_residual_pp"] for name in ("output", "output_farms")] == decimals("1", None)


def test_milestones_and_replaced_figures_do_not_grow() -> None:
    assert grown({"indicator": "road_opened", "value": "1"}, {"value": "100", "is_current": False}).is_empty()
