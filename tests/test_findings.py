"""Every contradiction that the shipped sources hold, each with the reason why it is one; and nothing else is flagged."""

import polars as pl
import pytest

from tests.conftest import Tables

# check, area, period, role, indicator: why no values inside what is printed fit together
FINDINGS = {
    ("growth_between_parts", "201", "2024-01-01/P7M", "result", "total_production_value"):
        "+12.7 % for the total, +7.2, +9.6 and +5.2 % for its three sectors: a whole cannot outgrow all of its parts",
    ("implied_pace", "201", "2024-S1", "result", "production_value_services"):
        "+42.9 % at mid-year and +9.6 % a month later give July 2023 at least 2,194, where the months before had 759 each",
    ("implied_pace", "201", "2024-01-01/P10M", "result", "total_production_value"):
        "+6.1 % after ten months leaves 2,574 of the 33,497 of 2023 for its last two months, where the others had 3,092 each",
    ("share_matches", "205", "2023-01-01/P9M", "result", "share_industry_construction"):
        "15,980 of 23,858.5 is 67.0 %, printed is 61.9 %: the values are at constant prices of 2010, the shares are not",
    ("share_matches", "194", "2025", "target", "share_services"):
        "9,028 of 22,666 is 39.8 %, printed is 58 %: the shares are on another base than the values",
    ("share_matches", "194", "2025", "target", "share_industry_construction"):
        "11,618 of 22,666 is 51.3 %, printed is 37 %: the same",
    ("share_matches", "194", "2025", "target", "share_agri_forestry_fishery"):
        "2,020 of 22,666 is 8.9 %, printed is 5 %: the same",
    ("parts_add_up", "194", "2024-S1", "result", "targets_set"):
        "7 exceeded, 8 met and 3 not assessed are 18 targets, printed are 19",
    ("implied_bases_rise", "194-MC", "2024-01-01/P8M", "result", "import_export_turnover"):
        "2.64 million USD in eight months, 24 % more, are 2.13 a year earlier, when six months had more than 30: the unit is wrong",
    ("growth_matches", "22", "2023", "result", "budget_revenue_total"):
        "55,600 is printed as 3 % more than in 2022, when more than 56,500 is printed: it is at least 1.5 % less",
}  # fmt: skip


def test_these_contradictions_are_found_and_no_others(shipped: Tables) -> None:
    found = shipped["consistency"].filter(verdict="inconsistent").select("check_name", "area_code", "period", "role", "indicator_code")
    assert set(found.rows()) == set(FINDINGS)


# The sectors, 7,400 / 1.096 - 6,506.3 / 1.429, 33,497 - 32,809.8 / 1.061, and so on.
@pytest.mark.parametrize(
    ("check", "indicator", "said"),
    [
        ("growth_between_parts", "total_production_value", ("12.7 %", " 5.2 %", " 7.2 %", " 9.6 %")),
        ("implied_pace", "production_value_services", ("42.9 %", "9.6 %", "4553.04", "6751.82", "2198.78")),
        ("implied_pace", "total_production_value", ("6.1 %", "30923.46", "33497 in 2023", "2573.53")),
        ("share_matches", "share_industry_construction", ("61.9 %", "15980 of 23858.5, the printed total, is 66.9782 %")),
        ("parts_add_up", "targets_set", ("printed as 19", "targets_met 15 + targets_not_assessed 3 add up to 18")),
        ("implied_bases_rise", "import_export_turnover", ("2.64", "24 %", "2.129032", "30 in 2023-S1")),
        ("growth_matches", "budget_revenue_total", ("3 %", "55600 on 56500 in 2022 is -1.5929 %")),
    ],
)
def test_a_finding_says_which_figures_it_rests_on(shipped: Tables, check: str, indicator: str, said: tuple[str, ...]) -> None:
    rows = shipped["consistency"].filter(check_name=check, indicator_code=indicator, verdict="inconsistent")
    assert any(all(each in row for each in said) for row in rows["explanation"])


def test_the_parts_of_the_met_targets_add_up(shipped: Tables) -> None:
    found = shipped["consistency"].filter(check_name="parts_add_up", indicator_code="targets_met").row(0, named=True)
    assert (found["verdict"], found["expected_lower"], found["expected_upper"]) == ("consistent", 15, 15)


def test_a_growth_is_apart_from_its_series_where_the_growth_mart_says_so(shipped: Tables) -> None:
    incompatible = shipped["growth"].filter(growth_agreement="incompatible").select("indicator_code", "area_code", "period")
    checked = shipped["consistency"].filter(check_name="growth_matches")
    apart = checked.filter((pl.col("found_lower") > pl.col("expected_upper")) | (pl.col("found_upper") < pl.col("expected_lower")))
    assert set(apart.select(incompatible.columns).rows()) == set(incompatible.rows())


# Told apart by a doubt, which the sentence names.
@pytest.mark.parametrize(
    ("check", "indicator", "area", "period", "doubt"),
    [
        # 82,235 on 55,600 is +47.9 %, printed is +53 %: 55,600 is an estimate, and +53 % means 53,749.
        ("growth_matches", "budget_revenue_total", "22", "2025", "the base is an estimate"),
        # Two pages without a date print 5.3 and 5.21 %.
        ("sources_agree", "production_value_industry_construction_growth", "195", "2024", "a document without a date"),
    ],
)
def test_figures_that_a_revision_may_explain_are_left_open(
    shipped: Tables, check: str, indicator: str, area: str, period: str, doubt: str
) -> None:
    rows = shipped["consistency"].filter(check_name=check, indicator_code=indicator, area_code=area, period=period)
    assert rows["verdict"].to_list() == ["undetermined"]
    assert doubt in rows["explanation"][0]


def test_revisions_are_no_contradictions(shipped: Tables) -> None:
    rows = shipped["consistency"].filter(check_name="sources_agree", indicator_code="budget_revenue_total", period="2024-S1")
    assert rows.is_empty(), "29,130 of July replaced 30,774 of June: core.revision shows it"
