"""A series that contradicts itself, a plan, or another document: each check by hand."""

from typing import Any

import pytest

from tests.build import consistency_of, decimals

MORE_THAN = {"qualifier": "more_than", "upper": None}


def figure(period: str, value: str, lower: str | None, upper: str | None, **more: Any) -> dict[str, Any]:
    return {"period": period, "value": value, "lower": lower, "upper": upper} | more


def grown(growth: str, lower: str | None, upper: str | None) -> dict[str, Any]:
    return {
        "growth_reported_pct": growth, "growth_reported_lower_pct": lower, "growth_reported_upper_pct": upper,
        "growth_basis": "same_period_last_year",
    }  # fmt: skip


def fulfilled(share: str, lower: str | None, upper: str | None) -> dict[str, Any]:
    return {
        "fulfilment_reported_pct": share, "fulfilment_reported_lower_pct": lower, "fulfilment_reported_upper_pct": upper,
    }  # fmt: skip


def verdicts(check: str, *results: dict[str, Any], **given: Any) -> dict[str, str]:
    """The verdicts of one check, by period."""
    return dict(consistency_of(*results, **given).filter(check_name=check).select("period", "verdict").iter_rows())


def the(check: str, *results: dict[str, Any], **given: Any) -> dict[str, Any]:
    return consistency_of(*results, **given).filter(check_name=check).row(0, named=True)


# 55,550 on 56,500 at least is a growth of -1.5 % at most; 82,235 on 55,550 to 55,650 one of 47.8 to 48.0 %.
LAST_YEAR = figure("2023", "55600", "55550", "55650")
THIS_YEAR = figure("2024", "82235", "82234.5", "82235.5")


@pytest.mark.parametrize(
    ("base", "printed", "verdict"),
    [
        (LAST_YEAR, ("48", "47.5", "48.5"), "consistent"),
        (LAST_YEAR, ("53", "52.5", "53.5"), "inconsistent"),
        (LAST_YEAR, ("40", "40", None), "consistent"),
        # An estimate of another document may have been revised before the growth was printed; one of the same was not.
        (LAST_YEAR | {"obs_status": "E", "source_key": 2}, ("53", "52.5", "53.5"), "undetermined"),
        (LAST_YEAR | {"obs_status": "E"}, ("53", "52.5", "53.5"), "inconsistent"),
        (figure("2023", "50000", "50000", None), ("70", "69.5", "70.5"), "inconsistent"),
        (figure("2023", "50000", "50000", None), ("60", "59.5", "60.5"), "consistent"),
    ],
)
def test_a_printed_growth_must_be_that_of_the_series(base: dict[str, Any], printed: tuple[str, str, str | None], verdict: str) -> None:
    found = the("growth_matches", THIS_YEAR | grown(*printed), base, d1="2025-12-16", d2="2024-12-31")
    assert (found["period"], found["verdict"]) == ("2024", verdict)


def test_the_sentence_of_a_growth_holds_its_inputs() -> None:
    base = LAST_YEAR | {"obs_status": "E", "source_key": 2}
    found = the("growth_matches", THIS_YEAR | grown("53", "52.5", "53.5"), base, d1="2025-12-16", d2="2024-12-31")
    sentence = "printed as 53 %; 82235 on 55600 in 2023 is 47.9047 %; the base is an estimate, and may have been revised before"
    assert found["explanation"].startswith(sentence)


@pytest.mark.parametrize(
    ("later", "verdict"),
    [
        (("7400", "7400", None), "consistent"),
        (("6400", "6399.5", "6400.5"), "inconsistent"),
        # The same figure, rounded.
        (("6506", "6505.5", "6506.5"), "consistent"),
        (("387", "387", None), "consistent"),
        (("6600", None, "6600"), "undetermined"),
        (("6500", None, "6500"), "inconsistent"),
    ],
)
def test_a_cumulative_value_never_falls(later: tuple[str, str | None, str | None], verdict: str) -> None:
    half, earliest = figure("2024-S1", "6506.3", "6506.25", "6506.35"), figure("2024-Q1", "3000", "3000", None)
    found = verdicts("cumulative_rises", half, earliest, figure("2024-01-01/P7M", *later))
    assert found == {"2024-S1": "consistent", "2024-01-01/P7M": verdict}


def test_only_flows_from_the_first_of_january_that_cannot_be_negative_rise() -> None:
    for later in (
        {"period": "2024-S2"}, {"period": "2025-S1"}, {"indicator": "balance", "period": "2024"},
        {"indicator": "poor_households", "period": "2024"},
    ):  # fmt: skip
        indicator = {"indicator": later.get("indicator", "output")}
        assert not verdicts("cumulative_rises", figure("2024-S1", "100", "100", "100") | indicator, {"value": "50"} | later)


HALF = figure("2024-S1", "6506.3", "6506.25", "6506.35") | grown("42.9", "42.85", "42.95")
SEVEN = figure("2024-01-01/P7M", "7400", "7400", None) | grown("9.6", "9.55", "9.65")


def test_the_base_of_a_growth_lies_between_the_bases_before_and_after_it() -> None:
    # 2.64 million on 24 % more is 2.13 in eight months; but six months had more than 30 already.
    eight = figure("2024-01-01/P8M", "2.64", "2.635", "2.645") | grown("24", "23.5", "24.5")
    found = the("implied_bases_rise", eight, figure("2023-S1", "30", "30", None))
    assert (found["verdict"], found["expected_lower"], found["expected_upper"]) == ("inconsistent", *decimals("30", None))
    assert [found["found_lower"], found["found_upper"]] == decimals("2.116466", "2.1417")
    # 6,506.3 on 42.9 % more is 4,553; the year before had only 4,000.
    assert verdicts("implied_bases_rise", HALF, figure("2023", "4000", "3999.5", "4000.5")) == {"2024-S1": "inconsistent"}
    assert verdicts("implied_bases_rise", HALF, figure("2023", "9000", "8999.5", "9000.5")) == {"2024-S1": "consistent"}
    # 6,506.3 on 10 % more is 5,915: a month later it cannot be 3,000.
    fallen = figure("2024-01-01/P7M", "3000", "2999.5", "3000.5") | grown("0", "-0.5", "0.5")
    assert verdicts("implied_bases_rise", HALF | grown("10", "9.95", "10.05"), fallen) == {"2024-01-01/P7M": "inconsistent"}


def test_one_month_of_last_year_cannot_have_three_times_the_pace_of_the_months_before() -> None:
    found = the("implied_pace", HALF, SEVEN)
    # At least 7,400 / 1.0965 - 6,506.35 / 1.4285 in July, where 31 of the 182 days before had 4,553 x 31 / 182 = 775.52.
    assert (found["period"], found["verdict"], found["found_upper"]) == ("2024-S1", "inconsistent", None)
    assert round(found["found_lower"], 2) == decimals("2194.07")[0]
    # 6,506.25 / 1.4295 x 31 / 182 / 2 and 6,506.35 / 1.4285 x 31 / 182 x 2
    assert [round(found[f"expected_{end}"], 1) for end in ("lower", "upper")] == decimals("387.6", "1551.6")
    for said in ("42.9 %", "9.6 %", "4553.044087", "6751.824818", "the 31 days between have 2198.78", "775.52", "0.81 times that pace"):
        assert said in found["explanation"]


def test_a_season_that_both_years_have_is_no_contradiction() -> None:
    # July alone has as much as the half-year before it, in both years.
    half, seven = figure("2024-S1", "100", "99.5", "100.5"), figure("2024-01-01/P7M", "200", "199.5", "200.5")
    ten_more = grown("10", "9.95", "10.05")
    assert verdicts("implied_pace", half | ten_more, seven | ten_more) == {"2024-S1": "consistent"}
    # July of this year is like the months before it, so July of last year should be.
    calm = figure("2024-01-01/P7M", "117", "116.5", "117.5") | grown("-30", "-30.05", "-29.95")
    assert verdicts("implied_pace", half | ten_more, calm) == {"2024-S1": "inconsistent"}


def test_too_little_is_left_of_last_year() -> None:
    ten = figure("2024-01-01/P10M", "32809.8", "32809.75", "32809.85") | grown("6.1", "6.05", "6.15")
    year, last_year = figure("2024", "37000", "37000", None), figure("2023", "33497", "33496.5", "33497.5")
    found = the("implied_pace", ten, year, last_year)
    # 33,497 less 32,809.8 / 1.061; half of 30,923 x 61 / 305 is the least.
    assert (found["period"], found["verdict"]) == ("2024-01-01/P10M", "inconsistent")
    assert "the 61 days between have 2573.53, at the pace before them it would be 6184.69" in found["explanation"]
    # What the whole of this year is, is not known: then nothing tells a season from a break.
    assert not verdicts("implied_pace", ten, last_year)


PLAN = figure("2024", "1390", "1389.5", "1390.5")


@pytest.mark.parametrize(
    ("result", "share", "verdict"),
    [
        (("816.3", "816.25", "816.35"), ("58.7", "58.65", "58.75"), "consistent"),
        (("816.3", "816.25", "816.35"), ("62.2", "62.15", "62.25"), "inconsistent"),
        (("800", "800", None), ("58.7", "58.65", "58.75"), "consistent"),
        (("820", "820", None), ("58.7", "58.65", "58.75"), "inconsistent"),
        (("800", "800", None), ("50", None, "50"), "inconsistent"),
        # At least 57.53 to 57.58 %, beside 57.5 to 57.6: more may be meant, or not.
        (("800", "800", None), ("57.55", "57.5", "57.6"), "undetermined"),
    ],
)
def test_a_printed_fulfilment_must_be_that_of_the_plan(
    result: tuple[str, str | None, str | None], share: tuple[str, str | None, str | None], verdict: str
) -> None:
    found = the("plan_fulfilment_matches", figure("2024-01-01/P7M", *result) | fulfilled(*share), plans=(PLAN,))
    assert (found["period"], found["role"], found["verdict"]) == ("2024-01-01/P7M", "result", verdict)


def test_a_plan_counts_as_the_number_it_names_and_two_plans_leave_it_open() -> None:
    seven = figure("2024-01-01/P7M", "23000", "22999.5", "23000.5") | fulfilled("70", "69.5", "70.5")
    plan = figure("2024", "36000", "36000", None)
    found = the("plan_fulfilment_matches", seven, plans=(plan,))
    # 22,999.5 and 23,000.5 of 36,000
    assert [found["expected_lower"], found["expected_upper"]] == decimals("63.8875", "63.890278")
    assert (found["verdict"], found["explanation"]) == (
        "inconsistent", "printed as 70 % of the plan; 23000 of the 36000 planned for 2024 is 63.8889 %",
    )  # fmt: skip
    found = the("plan_fulfilment_matches", seven, plans=(plan, figure("2024", "32857", "32857", None, is_current=False)))
    assert found["verdict"] == "undetermined"
    assert found["explanation"].endswith("several plans are stated for that period, and another may be meant")


@pytest.mark.parametrize(("growth", "verdict"), [(("14.4", "14.35", "14.45"), "consistent"), (("12", "11.95", "12.05"), "inconsistent")])
def test_planned_growth_times_fulfilment_is_growth(growth: tuple[str, str, str], verdict: str) -> None:
    # 1.10 x 1.04 = 1.144, between 1.0995 x 1.0395 and 1.1005 x 1.0405
    result = figure("2024", "1144", "1143.5", "1144.5") | grown(*growth) | fulfilled("104", "103.95", "104.05")
    plan = figure("2024", "1100", "1099.5", "1100.5") | {
        name: each for name, each in grown("10", "9.95", "10.05").items() if "basis" not in name
    }
    found = the("plan_times_fulfilment", result, plans=(plan,))
    assert [found["expected_lower"], found["expected_upper"]] == decimals("14.293025", "14.507025")
    assert (found["verdict"], found["role"]) == (verdict, "result")
    assert found["explanation"].startswith("the plan is 10 % above the base and fulfilled by 104 %, which is a growth of 14.4 %")


FIRST = figure("2024", "5.3", "5.25", "5.35", source_key=1, vintage=2)
SECOND = figure("2024", "5.21", "5.205", "5.215", source_key=2, vintage=1, is_current=False)


@pytest.mark.parametrize(
    ("other", "days", "verdict"),
    [
        (SECOND, {"d1": "2024-12-31", "d2": "2024-12-31"}, "inconsistent"),
        (SECOND | {"upper": "5.26"}, {"d1": "2024-12-31", "d2": "2024-12-31"}, "consistent"),
        # Which of them came later nobody can tell.
        (SECOND, {"d1": None, "d2": None}, "undetermined"),
        (SECOND, {"d1": "2024-12-31", "d2": None}, "undetermined"),
        (SECOND, {"d1": "2024-12-31~", "d2": "2024-12-31~"}, "undetermined"),
        # A later figure, or one of a later stage, is a revision: no row.
        (SECOND, {"d1": "2024-12-31", "d2": "2024-12-30"}, None),
        (SECOND | {"obs_status": "E"}, {"d1": "2024-12-31", "d2": "2024-12-31"}, None),
        (SECOND | {"source_key": 1}, {"d1": "2024-12-31"}, "inconsistent"),
    ],
)
def test_two_documents_of_one_day_must_agree(other: dict[str, Any], days: dict[str, str | None], verdict: str | None) -> None:
    assert verdicts("sources_agree", FIRST, other, **days) == ({"2024": verdict} if verdict else {})


def test_of_several_documents_the_one_furthest_away_counts() -> None:
    near = figure("2024", "5.29", "5.285", "5.295", source_key=3, vintage=0, is_current=False)
    found = the("sources_agree", FIRST, near, SECOND, d1="2024-12-31", d2="2024-12-31", d3="2024-12-31")
    assert (found["verdict"], found["explanation"]) == ("inconsistent", "one document prints 5.3, another 5.21")


def test_two_plans_may_stand_side_by_side() -> None:
    assert verdicts("sources_agree", plans=(FIRST, SECOND), d1="2024-12-31", d2="2024-12-31") == {"2024": "undetermined"}


@pytest.mark.parametrize(
    ("before", "verdict"), [("37000", "consistent"), ("3700", "consistent"), ("37", "inconsistent"), ("37000000", "inconsistent")]
)
def test_a_version_a_thousand_times_the_one_before_is_a_slip(before: str, verdict: str) -> None:
    versions = (
        {"value": "37000", "vintage": 3},
        {"value": before, "vintage": 2, "is_current": False},
        {"value": "1", "vintage": 1, "is_current": False},
    )
    found = the("magnitude_holds", *versions)
    assert (found["verdict"], found["explanation"]) == (verdict, f"37000, and {before} in the version before")
