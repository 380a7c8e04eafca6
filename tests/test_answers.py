"""The answers that must come out of the shipped sources: every figure worked out by hand from the interview and the pages."""

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from tests.conftest import Tables

HAI_HA = "201"


def rounded(value: Decimal | None, places: int = 2) -> Decimal | None:
    return None if value is None else round(value, places)


def target(shipped: Tables, indicator: str, result_period: str | None) -> dict[str, Any]:
    """The row of Hai Ha's target for 2024 and one result period; none means a target without a result."""
    rows = shipped["attainment"].filter(area_code=HAI_HA, target_period="2024", indicator_code=indicator)
    return rows.row(by_predicate=pl.col("result_period").eq_missing(pl.lit(result_period, pl.String)), named=True)


def growth(shipped: Tables, indicator: str, period: str) -> dict[str, Any]:
    rows = shipped["growth"].filter(area_code=HAI_HA, comparison="same_period_last_year", indicator_code=indicator)
    return rows.row(by_predicate=pl.col("period") == period, named=True)


# 19,658/36,000; 37,000/36,000; 24,464.6/23,803.2; 6,506.3/10,815; 95.4/89.6.
@pytest.mark.parametrize(
    ("indicator", "period", "plan", "result", "fulfilment"),
    [
        ("total_production_value", "2024-S1", "36000", "19658", "54.61"),
        ("total_production_value", "2024", "36000", "37000", "102.78"),
        ("production_value_industry_construction", "2024", "23803.2", "24464.6", "102.78"),
        ("production_value_services", "2024-S1", "10815", "6506.3", "60.16"),
        ("income_per_capita", "2024", "89.6", "95.4", "106.47"),
    ],
)
def test_a_share_of_the_plan_is_fulfilled(shipped: Tables, indicator: str, period: str, plan: str, result: str, fulfilment: str) -> None:
    found = target(shipped, indicator, period)
    assert [found["target_value"], found["result_value"]] == [Decimal(plan), Decimal(result)]
    assert rounded(found["fulfilment_pct"]) == Decimal(fulfilment)


def test_more_than_37_000_reaches_more_than_36_000_for_certain(shipped: Tables) -> None:
    found = target(shipped, "total_production_value", "2024")
    assert (found["status"], found["is_latest"]) == ("achieved", True)
    assert [found["target_lower"], found["target_upper"], found["result_lower"], found["result_upper"]] == [
        Decimal(36000),
        None,
        Decimal(37000),
        None,
    ]


# 19,658 / 1.148; 6,506.3 / 1.429; 33.796 / 1.772
@pytest.mark.parametrize(
    ("indicator", "value", "printed", "base"),
    [
        ("total_production_value", "19658", "14.8", "17123.69"),
        ("production_value_services", "6506.3", "42.9", "4553.04"),
        ("import_export_turnover", "33.796", "77.2", "19.07"),
    ],
)
def test_a_printed_growth_implies_last_years_base(shipped: Tables, indicator: str, value: str, printed: str, base: str) -> None:
    found = growth(shipped, indicator, "2024-S1")
    assert [found["value"], found["growth_reported_pct"], rounded(found["implied_base"])] == [
        Decimal(value),
        Decimal(printed),
        Decimal(base),
    ]
    assert found["base"] is None, "an implied base is never an observation"


def test_growth_of_2024_is_compatible_with_the_printed_one_because_37_000_is_a_lower_bound(shipped: Tables) -> None:
    found = growth(shipped, "total_production_value", "2024")
    assert [found["base"], rounded(found["growth_pct"]), found["growth_reported_pct"]] == [
        Decimal(33497),
        Decimal("10.46"),
        Decimal("10.7"),
    ]
    assert (found["growth_agreement"], found["growth_upper_pct"]) == ("compatible", None)


def plan_check(shipped: Tables, check: str, indicator: str) -> dict[str, Any]:
    rows = shipped["consistency"].filter(area_code=HAI_HA, period="2024", role="target", check_name=check, indicator_code=indicator)
    return rows.row(0, named=True)


def test_the_sector_targets_add_up_to_36_008_2_without_social_investment(shipped: Tables) -> None:
    found = plan_check(shipped, "parts_add_up", "total_production_value")
    # 1,390 +- 0.5, 23,803.2 +- 0.05, 10,815 +- 0.5
    assert [found["expected_lower"], found["expected_upper"]] == [Decimal("36007.15"), Decimal("36009.25")]
    assert found["explanation"].endswith("add up to 36008.2")
    assert "total_social_investment" not in found["explanation"]
    assert found["verdict"] == "consistent"


@pytest.mark.parametrize(
    ("indicator", "printed", "computed"), [("share_industry_construction", "66.1", "66.10"), ("share_services", "30.04", "30.03")]
)
def test_a_printed_share_is_compatible_with_the_computed_one(shipped: Tables, indicator: str, printed: str, computed: str) -> None:
    found = plan_check(shipped, "share_matches", indicator)
    assert (found["found_lower"] + found["found_upper"]) / 2 == Decimal(printed)
    assert rounded((found["expected_lower"] + found["expected_upper"]) / 2) == Decimal(computed)
    assert found["verdict"] == "consistent"


def test_28_of_67_poor_households_are_left_on_the_way_to_none(shipped: Tables) -> None:
    found = target(shipped, "poor_households", "2024-S1")
    assert [found["baseline_value"], found["result_value"], found["target_value"]] == [Decimal(67), Decimal(28), Decimal(0)]
    assert [rounded(found["progress_pct"]), found["fulfilment_pct"]] == [Decimal("58.21"), None]
    assert "the target is 0" in found["fulfilment_reason"]


def test_126_of_281_near_poor_households_are_left_where_half_was_the_target(shipped: Tables) -> None:
    found = target(shipped, "near_poor_households", "2024-S1")
    assert [found["result_value"], found["baseline_value"], found["target_value"]] == [Decimal(126), Decimal(281), Decimal("140.5")]
    assert [rounded(found["reduction_pct"]), rounded(found["progress_pct"])] == [Decimal("55.16"), Decimal("110.32")]
    assert (found["target_operator"], found["status"]) == ("reduce_by", "achieved")


def result_of(shipped: Tables, indicator: str, period: str) -> dict[str, Any]:
    rows = shipped["figure"].filter(
        source="hai_ha_interview_2024", area_code=HAI_HA, indicator_code=indicator, period_code=period, role="result", verdict="accepted"
    )
    return rows.row(0, named=True)


def test_income_per_head_is_an_estimate(shipped: Tables) -> None:
    key = target(shipped, "income_per_capita", "2024")["observation_key"]
    assert shipped["fact_observation"].filter(observation_key=key)["obs_status"].to_list() == ["E"]


def test_registered_foreign_capital_has_no_target(shipped: Tables) -> None:
    assert result_of(shipped, "fdi_registered_capital", "2024-S1")["value"] == Decimal("387.235")
    assert shipped["attainment"].filter(area_code=HAI_HA, indicator_code="fdi_registered_capital").is_empty()


def test_tourism_revenue_says_that_its_growth_may_belong_to_the_visits(shipped: Tables) -> None:
    found = result_of(shipped, "tourism_revenue", "2024-S1")
    assert [found["value"], found["growth_pct"]] == [Decimal("126.5"), Decimal("69.2")]
    assert "visits" in found["note"]


def test_after_seven_months_the_total_grew_more_than_every_part(shipped: Tables) -> None:
    rows = shipped["consistency"].filter(
        area_code=HAI_HA, period="2024-01-01/P7M", check_name="growth_between_parts", indicator_code="total_production_value"
    )
    found = rows.row(0, named=True)
    assert found["verdict"] == "inconsistent"
    for figure in ("12.7 %", " 7.2 %", " 9.6 %", " 5.2 %"):
        assert figure in found["explanation"]


@pytest.mark.parametrize(
    ("indicator", "plan"), [("total_social_investment", "8890"), ("urbanisation_rate", "36.3"), ("domestic_budget_revenue", "131")]
)
def test_a_target_without_a_result_is_in_the_mart(shipped: Tables, indicator: str, plan: str) -> None:
    found = target(shipped, indicator, None)
    assert (found["status"], found["target_value"], found["result_value"]) == ("no_result", Decimal(plan), None)


def test_every_quantity_of_the_interview_is_a_statement(shipped: Tables) -> None:
    interview = shipped["figure"].filter(source="hai_ha_interview_2024")
    assert interview.filter(role="target", area_code=HAI_HA).height >= 14
    assert set(interview["verdict"]) == {"accepted"}
    assert result_of(shipped, "documents_issued", "2024-S1")["value"] == Decimal(700)
    nine = result_of(shipped, "budget_items_on_schedule", "2024-S1")
    assert [nine["value"], nine["whole_value"]] == [Decimal(9), Decimal(9)]
    assert set(interview.filter(indicator_code="advanced_new_rural_standard", role="result")["area_code"]) == {"06940", "06967"}


def test_nothing_is_lost_in_any_file(shipped: Tables) -> None:
    load = shipped["load"]
    assert load.height >= 6
    assert load["state"].unique().to_list() == ["loaded"]
    accounted = load["figures_loaded"] + load["figures_rejected"] + load["cells_missing"]
    assert accounted.to_list() == load["cells_read"].to_list()


@pytest.mark.parametrize(
    ("area", "period", "plan", "share"),
    [
        (HAI_HA, "2019", "province", "144"),
        (HAI_HA, "2019", "district", "139"),
        ("22", "2024-S1", "central", "54"),
        ("22", "2024-S1", "province", "52"),
    ],
)
def test_two_budget_plans_stand_side_by_side(shipped: Tables, area: str, period: str, plan: str, share: str) -> None:
    """One revenue, printed against two plans: 345 billion VND is 144 % of the one and 139 % of the other."""
    rows = shipped["growth"].filter(
        area_code=area, period=period, comparison="same_period_last_year", indicator_code=f"budget_revenue_vs_{plan}_plan"
    )
    assert rows["value"].to_list() == [Decimal(share)]
