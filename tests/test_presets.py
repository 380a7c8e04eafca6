"""The published methods, each by hand: Statistics Canada's and the UN's average growth, Germany's change of late."""

from decimal import Decimal
from typing import Any

import pandera.errors
import polars as pl
import pytest

from hai_ha_pipeline.contracts.core import AttainmentRule
from hai_ha_pipeline.contracts.marts import Attainment, AttainmentByPreset
from hai_ha_pipeline.reading.reference import read_reference
from hai_ha_pipeline.transforms import dimensions
from hai_ha_pipeline.transforms.attainment import attainment, attainment_by_preset
from tests.build import (
    SHIPPED,
    area_coverage,
    attainment_rules,
    decimals,
    dim_area,
    dim_indicator,
    dim_period,
    dim_unit,
    observations,
    targets,
)
from tests.conftest import Tables

PLAN = "2021-01-01/P5Y"
PERIODS = (PLAN, "2023-S1", "2024-S1", *(str(year) for year in range(2014, 2026)))
PRESETS = ("dns", "pace", "statcan_2025", "un_2023")
GROWTH = ("statcan_2025", "un_2023")
RULES = dimensions.attainment_rule(read_reference(SHIPPED, "attainment_rules"))


def by_preset(target: dict[str, Any], *results: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The row of the latest result in each preset; results are of the target's indicator."""
    found = attainment_by_preset(
        targets({"period": PLAN} | target), observations(*({"indicator": target.get("indicator", "output")} | each for each in results)),
        dim_indicator(), dim_area(), dim_period(*PERIODS), dim_unit(), RULES, area_coverage(),
    )  # fmt: skip
    latest = AttainmentByPreset.validate(found).filter("is_latest")
    return {row["preset"]: row for row in latest.rows(named=True)}


def answer(row: dict[str, Any]) -> tuple[str, Decimal | None]:
    """The status, and what led to it, rounded to four decimals."""
    ratio = row["preset_ratio"]
    return row["status"], ratio if ratio is None else round(ratio, 4)


def expected(status: str, ratio: str | None) -> tuple[str, Decimal | None]:
    return status, ratio if ratio is None else round(Decimal(ratio), 4)


# 100 houses at the end of 2020; growing by 10 % a year they are 100 x 1.1^5 = 161.051 at the end of 2025.
HOUSES = {"indicator": "houses", "value": "161.051", "baseline_value": "100", "baseline_period_code": "2020"}
POOR = {"indicator": "poor_households", "operator": "<=", "value": "59.049", "baseline_value": "100", "baseline_period_code": "2020"}


@pytest.mark.parametrize(
    ("target", "value", "status", "ratio"),
    [
        # Two years later: 100 x 1.1^2 = 121, exactly the 10 % a year that lead there.
        (HOUSES, "121", "on_track", "1"),
        # 100 x 1.095^2 = 119.9025: 9.5 of 10 %; 100 x 1.08^2 = 116.64: 8 of 10 %.
        (HOUSES, "119.9025", "on_track", "0.95"),
        (HOUSES, "116.64", "at_risk", "0.8"),
        # 100 x 1.06^2 = 112.36: 6 of 10 %; 100 x 1.05^2 = 110.25: 5 of 10 %.
        (HOUSES, "112.36", "at_risk", "0.6"),
        (HOUSES, "110.25", "off_track", "0.5"),
        (HOUSES, "100", "off_track", "0"),
        # 100 x 0.99^2 = 98.01: -1 where +10 % are needed.
        (HOUSES, "98.01", "reversing", "-0.1"),
        # 100 x 0.9^5 = 59.049, so -10 % a year lead there; 100 x 0.95^2 = 90.25: -5 %; 100 x 1.02^2 = 104.04: +2 %.
        (POOR, "90.25", "off_track", "0.5"),
        (POOR, "81", "on_track", "1"),
        (POOR, "104.04", "reversing", "-0.2"),
        # Below 0 on both ends: from -100 to -59.049 the amount shrinks by 10 % a year, to -90.25 by 5 %.
        (HOUSES | {"indicator": "reserve", "value": "-59.049", "baseline_value": "-100"}, "-90.25", "off_track", "0.5"),
    ],
)  # fmt: skip
def test_statcan_compares_the_observed_with_the_required_growth(target: dict[str, Any], value: str, status: str, ratio: str) -> None:
    found = by_preset(target, {"period": "2022", "value": value})["statcan_2025"]
    assert answer(found) == expected(status, ratio)
    assert found["preset_metric"] == "growth_ratio"


def test_statcan_says_both_growths() -> None:
    found = by_preset(HOUSES, {"period": "2022", "value": "110.25"})["statcan_2025"]
    assert [found["observed_per_year"], found["required_per_year"], found["projected_value"]] == decimals("5", "10", None)
    assert found["status_reason"] == (
        "110.25 units against the target 161.051 units: 5 % a year from 100 in 2020 where 10 % would lead there, a ratio of 0.5: limited progress"
    )


@pytest.mark.parametrize(
    ("goal", "value", "status", "ratio"),
    [
        # 121 in 2022 is 10 % a year: 121 x 1.1^3 = 161.051 in 2025, so 61.051 of the way.
        ("161.051", "121", "on_track", "1"),
        ("164.26", "121", "on_track", "0.950062"),   # 61.051 / 64.26
        ("164.27", "121", "at_risk", "0.949915"),    # 61.051 / 64.27
        ("710.51", "121", "at_risk", "0.1"),         # 61.051 / 610.51
        ("711", "121", "off_track", "0.099920"),     # 61.051 / 611
        ("161.051", "100", "off_track", "0"),
        # 81 in 2022 is -10 % a year: 81 x 0.9^3 = 59.049, so -40.951 / 61.051.
        ("161.051", "81", "reversing", "-0.670767"),
    ],
)  # fmt: skip
def test_un_projects_the_growth_to_the_targets_day(goal: str, value: str, status: str, ratio: str) -> None:
    found = by_preset(HOUSES | {"value": goal}, {"period": "2022", "value": value})["un_2023"]
    assert answer(found) == expected(status, ratio)
    assert found["preset_metric"] == "projected_progress"


def test_un_says_its_projection() -> None:
    # 110.25 x 1.05^3 = 127.628156; (127.628156 - 100) / 61.051 = 0.452542.
    found = by_preset(HOUSES, {"period": "2022", "value": "110.25"})["un_2023"]
    assert [found["projected_value"], found["preset_ratio"], found["observed_per_year"]] == decimals("127.628156", "0.452542", "5")
    assert found["status_reason"].endswith(
        "at 5 % a year it stands at 127.63 in the end, 0.45 of the way from 100 in 2020: fair progress, acceleration needed"
    )


def six_years(last: str, first: str = "100") -> list[dict[str, Any]]:
    """Levels of 2018 to 2023: the average change a year is (last - first) / 5, whatever lies between."""
    return [
        {"period": str(year), "value": value} for year, value in zip(range(2018, 2024), [first, "7", "900", "0", "1", last], strict=True)
    ]


@pytest.mark.parametrize(
    ("goal", "last", "status", "closed"),
    [
        # From 100 to 150 in five years: 10 a year, so 150 + 2 x 10 = 170 in 2025, 20 of the gap.
        ("170", "150", "on_track", "1"),
        ("171", "150", "on_track", "0.952381"),   # 20 of 21: 4.8 % are missing
        # 9.5 a year: 147.5 + 19 = 166.5; of the gap of 20 exactly 5 % are missing, and "less than 5 %" is wanted.
        ("167.5", "147.5", "at_risk", "0.95"),
        ("160", "140", "at_risk", "0.8"),         # 8 a year: 16 of 20
        ("160.1", "140", "off_track", "0.796020"),
        ("1000", "105", "off_track", "0.002235"), # 1 a year: 2 of 895
        # No change is no movement in the right direction.
        ("160", "100", "reversing", "0"),
        ("160", "90", "reversing", "-0.057143"),  # -2 a year: -4 of 70
    ],
)  # fmt: skip
def test_dns_carries_the_change_of_five_years_on(goal: str, last: str, status: str, closed: str) -> None:
    found = by_preset({"indicator": "houses", "value": goal}, *six_years(last))["dns"]
    assert answer(found) == expected(status, closed)
    assert found["preset_metric"] == "gap_closed"


def test_dns_says_its_projection() -> None:
    found = by_preset({"indicator": "houses", "value": "160"}, *six_years("140"))["dns"]
    # 8 a year; 20 in two years would be 10 a year.
    assert [found[name] for name in ("observed_per_year", "required_per_year", "projected_value")] == decimals("8", "10", "156")
    assert found["status_reason"] == (
        "140 units against the target 160 units: with a change of 8 a year it stands at 156 in the end, 0.8 of the gap closed: sun and cloud"
    )


def test_dns_looks_back_five_years_and_needs_four_of_their_figures() -> None:
    points = six_years("150")
    older = {"period": "2014", "value": "500"}
    assert by_preset({"indicator": "houses", "value": "170"}, older, *points)["dns"]["observed_per_year"] == Decimal(10)
    # 2018, 2019, 2022, 2023 are four: still (150 - 100) / 5.
    assert by_preset({"indicator": "houses", "value": "170"}, *points[:2], *points[4:])["dns"]["observed_per_year"] == Decimal(10)
    few = by_preset({"indicator": "houses", "value": "170"}, older, points[0], *points[4:])["dns"]
    assert (few["status"], few["preset_ratio"]) == ("not_assessable", None)
    assert few["preset_reason"] == "3 yearly figures of the last five years are known, and a trend needs 4"


def test_a_level_of_mid_year_counts_half_a_year() -> None:
    # 100 at the end of 2023, 110 half a year later: 1.1^2 - 1 = 21 % a year, and 110 x 1.21^(1/2) = 121 at the end of 2024.
    target = {"indicator": "houses", "period": "2024", "value": "121"}
    levels = [{"period": str(year), "value": value} for year, value in ((2020, "75"), (2021, "80"), (2022, "90"), (2023, "100"))]
    found = by_preset(target, *levels, {"period": "2024-S1", "value": "110"})
    assert [found[name]["observed_per_year"] for name in PRESETS] == decimals("10", None, "21", "21")
    # (110 - 75) / 3.5 = 10 a year leads to 115: 5 of the 11 that are missing.
    assert [answer(found[name]) for name in PRESETS] == [
        expected("off_track", "0.454545"), expected("not_assessable", None), expected("on_track", "1"), expected("on_track", "1"),
    ]  # fmt: skip


PLACES = {"indicator": "school_places", "operator": "=", "value": "100", "lower": "95", "upper": "105"}


@pytest.mark.parametrize(
    ("first", "last", "status", "level_and_trend"),
    [
        ("100", "100", "on_track", "2"),      # reached, no change
        ("92", "102", "at_risk", "1"),        # reached, and 2 a year leads to 106 in 2025, out of the range
        ("77", "97", "on_track", "2"),        # reached, and 4 a year leads to 105, still inside
        ("80", "90", "off_track", "-1"),      # missed, coming closer
        ("90", "90", "off_track", "-1"),      # missed, standing still
        ("94", "90", "reversing", "-2"),      # missed, moving away
        ("110", "120", "reversing", "-2"),    # too many, moving away
    ],
)  # fmt: skip
def test_dns_asks_of_a_level_to_keep_first_the_level_then_the_trend(first: str, last: str, status: str, level_and_trend: str) -> None:
    found = by_preset(PLACES, *six_years(last, first))["dns"]
    assert answer(found) == expected(status, level_and_trend)
    assert found["preset_metric"] == "level_and_trend"


@pytest.mark.parametrize(("first", "status", "level_and_trend"), [("100", "on_track", "2"), ("200", "at_risk", "1")])
def test_dns_asks_the_same_of_a_target_reached_early(first: str, status: str, level_and_trend: str) -> None:
    # 150 of at least 140: growing by 10 a year, or falling by 10 a year.
    found = by_preset({"indicator": "houses", "value": "140"}, *six_years("150", first))["dns"]
    assert answer(found) == expected(status, level_and_trend)


def ranging(lower: str, upper: str, baseline: str = "100") -> dict[str, Any]:
    return HOUSES | {"operator": "between", "value": lower, "lower": lower, "upper": upper, "baseline_value": baseline}


@pytest.mark.parametrize(
    ("target", "value", "statcan", "un"),
    [
        # The weakest bound is the nearest: 161.051 from below (10 of 10 %), 59.049 from above (-10 of -10 %).
        (ranging("161.051", "200"), "121", ("on_track", "1"), ("on_track", "1")),
        (ranging("10", "59.049"), "81", ("on_track", "1"), ("on_track", "1")),
        # Inside: no way is left to measure.
        (ranging("110", "120"), "115", ("achieved", None), ("achieved", None)),
        # From 100 through the range and out of it; from inside the range out of it.
        (ranging("110", "120"), "130", ("reversing", None), ("reversing", None)),
        (ranging("110", "120", "115"), "105", ("reversing", None), ("reversing", None)),
        # A level to keep: lost, and kept so far.
        (PLACES | {"baseline_value": "100", "baseline_period_code": "2020"}, "90", ("reversing", None), ("reversing", None)),
        (PLACES | {"baseline_value": "100", "baseline_period_code": "2020"}, "104", ("on_track", None), ("on_track", None)),
        # A floor that held at the start and does no more.
        (HOUSES | {"baseline_value": "170"}, "160", ("reversing", None), ("reversing", None)),
        # To 0 no growth rate leads, but the UN projects the level: 81 x 0.9^3 = 59.049, 40.951 of 100.
        (POOR | {"value": "0"}, "81", ("not_assessable", None), ("at_risk", "0.40951")),
        (POOR | {"value": "0"}, "0", ("achieved", None), ("achieved", None)),
        (POOR | {"value": "0", "baseline_value": "0"}, "5", ("reversing", None), ("reversing", None)),
        # From 0, through 0 and to 0 no average growth leads.
        (HOUSES | {"baseline_value": "0"}, "5", ("not_assessable", None), ("not_assessable", None)),
        (HOUSES, "0", ("not_assessable", None), ("not_assessable", None)),
        (HOUSES | {"indicator": "reserve", "baseline_value": "-10"}, "5", ("not_assessable", None), ("not_assessable", None)),
        # -10 to -2.5 in two years halves the amount each year: -2.5 x 0.5^3 = -0.3125, 9.6875 of 30.
        (HOUSES | {"indicator": "reserve", "baseline_value": "-10", "value": "20"}, "-2.5", ("not_assessable", None), ("at_risk", "0.322917")),
        # From 90 to 100 % in five years 2.1296 % a year are needed. 99.2 is within 1 point: 4.9868 % a year; 98.01 is not:
        # 4.3552 % a year, which leads to 98.01 x 1.043552^3 = 111.3813, 21.3813 where 10 are needed.
        (HOUSES | {"indicator": "water_supply", "value": "100", "baseline_value": "90"}, "99.2", ("on_track", "2.3417"), ("achieved", "99.2")),
        (HOUSES | {"indicator": "water_supply", "value": "100", "baseline_value": "90"}, "98.01", ("on_track", "2.0451"), ("on_track", "2.1381")),
        # A milestone has no way: Statistics Canada says nothing of it, the UN calls "not yet" stagnation.
        ({"indicator": "road_opened", "value": "1"}, "0", ("not_assessable", None), ("off_track", "0")),
        ({"indicator": "road_opened", "value": "1"}, "1", ("achieved", None), ("achieved", None)),
    ],
)  # fmt: skip
def test_growth_has_an_answer_for_every_kind_of_target(
    target: dict[str, Any], value: str, statcan: tuple[str, str | None], un: tuple[str, str | None]
) -> None:
    found = by_preset(target, {"period": "2022", "value": value})
    assert [found[preset]["status"] for preset in GROWTH] == [statcan[0], un[0]]
    for preset, (status, ratio) in zip(GROWTH, (statcan, un), strict=True):
        assert ratio is None or answer(found[preset]) == expected(status, ratio)


@pytest.mark.parametrize(
    ("target", "value", "statcan", "un"),
    [
        (POOR | {"value": "0"}, "81", "no constant growth leads to 0", None),
        (HOUSES | {"baseline_value": "0"}, "5", "no growth leads away from 0", "no growth leads away from 0"),
        (HOUSES | {"indicator": "reserve", "baseline_value": "-10"}, "5", "no growth leads from -10 to 5", "no growth leads from -10 to 5"),
        (HOUSES | {"indicator": "reserve", "baseline_value": "-10", "value": "20"}, "-2.5", "no growth leads from -10 to 20", None),
        ({"indicator": "road_opened", "value": "1"}, "0", "a milestone is reached or not: there is no growth towards it", None),
        ({"indicator": "houses", "value": "9"}, "5", "no level before the target's period is known", "no level before the target's period is known"),
        (HOUSES | {"baseline_period_code": None}, "121", *["it is not known when the level 100 it starts from stood"] * 2),
        (HOUSES | {"baseline_period_code": "2025"}, "121", *["no time has passed since the level it starts from"] * 2),
        ({"indicator": "output_growth", "value": "10", "baseline_value": "5", "baseline_period_code": "2020"}, "7", *["an average growth of growth rates makes no sense"] * 2),
        ({"indicator": "income", "value": "10", "baseline_value": "5", "baseline_period_code": "2020"}, "7", *["the ratio of 2022 is no level of 2021-01-01/P5Y"] * 2),
        (ranging("110", "120"), "115", *["it is inside the range already"] * 2),
        (HOUSES | {"baseline_value": "170"}, "160", *["the level 170 it starts from was not on this side of the target"] * 2),
    ],
)  # fmt: skip
def test_a_missing_growth_has_its_reason(target: dict[str, Any], value: str, statcan: str | None, un: str | None) -> None:
    found = by_preset(target, {"period": "2022", "value": value})
    assert [found[preset]["preset_reason"] for preset in GROWTH] == [statcan, un]


@pytest.mark.parametrize(
    ("target", "results", "closed"),
    [
        # Poor households from 100 to 50 in five years: -10 a year, 20 of the 50 to go.
        (POOR | {"value": "0"}, six_years("50"), ("off_track", "0.4")),
        # Through 0: 10 a year from -20 lead to 50.
        ({"indicator": "reserve", "value": "50"}, six_years("30", "-20"), ("on_track", "1")),
        # Of a range the nearest bound: from 150 + 20 = 170 of 170, and from above 50 - 20 = 30 of 30.
        (ranging("170", "200"), six_years("150"), ("on_track", "1")),
        (ranging("10", "30"), six_years("50"), ("on_track", "1")),
        (ranging("110", "120"), six_years("130"), ("reversing", "-1.2")),  # 6 a year: 12 away where -10 are needed
        ({"indicator": "road_opened", "value": "1"}, six_years("0", "0"), ("not_assessable", None)),
        ({"indicator": "road_opened", "value": "1"}, six_years("1", "0"), ("achieved", None)),
    ],
)
def test_dns_has_an_answer_for_every_kind_of_target(
    target: dict[str, Any], results: list[dict[str, Any]], closed: tuple[str, str | None]
) -> None:
    assert answer(by_preset(target, *results)["dns"]) == expected(*closed)


@pytest.mark.parametrize(
    ("target", "result", "statuses", "said"),
    [
        # Half a year's sum is no level of a year, unless it has reached the floor or passed the ceiling of the year already.
        ({"value": "100"}, {"value": "40"}, {"pace": "at_risk", "other": "not_assessable"}, "the flow of 2024-S1 is no level of 2024"),
        ({"value": "100"}, {"value": "120"}, {"pace": "achieved", "other": "achieved"}, "reached before the period ends"),
        ({"indicator": "spending", "operator": "<=", "value": "100"}, {"value": "120"}, {"pace": "not_achieved", "other": "not_achieved"}, "already beyond it"),
        ({"indicator": "urban_rate", "value": "36"}, {"value": "37"}, {"pace": "on_track", "other": "not_assessable"}, "the ratio of 2024-S1 is no level of 2024"),
        ({"indicator": "documents", "operator": "=", "value": "100"}, {"value": "40"}, {"pace": "not_assessable", "other": "not_assessable"}, "neither more nor less is better"),
        # Nearly 170 may be more or less than 161.051.
        (HOUSES | {"baseline_period_code": "2023"}, {"value": "170", "qualifier": "nearly", "lower": None}, {"pace": "not_assessable", "other": "undetermined"}, "the printed bounds allow both verdicts"),
    ],
)  # fmt: skip
def test_results_of_a_part_of_the_period(target: dict[str, Any], result: dict[str, Any], statuses: dict[str, str], said: str) -> None:
    found = by_preset(target | {"period": "2024"}, {"period": "2024-S1"} | result)
    assert {preset: row["status"] for preset, row in found.items()} == {
        preset: statuses["pace" if preset == "pace" else "other"] for preset in PRESETS
    }
    assert all(said in row["status_reason"] for preset, row in found.items() if preset != "pace")


@pytest.mark.parametrize(("value", "status"), [("170", "achieved"), ("160", "not_achieved")])
def test_when_the_period_is_over_every_preset_says_the_same(value: str, status: str) -> None:
    found = by_preset(HOUSES, {"period": "2025", "value": value})
    assert {row["status"] for row in found.values()} == {status}
    # What was observed still stands beside it.
    assert found["statcan_2025"]["required_per_year"] == Decimal(10)


def test_the_un_forgives_the_last_point_of_a_hundred_when_the_period_is_over() -> None:
    found = by_preset({"indicator": "water_supply", "value": "100"}, {"period": "2025", "value": "99.2"})
    assert {preset: row["status"] for preset, row in found.items()} == dict.fromkeys(PRESETS, "not_achieved") | {"un_2023": "achieved"}


def test_a_growth_rate_is_judged_by_its_level_and_by_its_change_in_points_only() -> None:
    target = {"indicator": "output_growth", "value": "10", "period": "2024"}
    rates = [{"period": str(year), "value": value} for year, value in ((2021, "5"), (2022, "6"), (2023, "7"), (2024, "8"))]
    found = by_preset(target, *rates)
    assert {row["status"] for row in found.values()} == {"not_achieved"}
    assert [found[preset]["observed_per_year"] for preset in PRESETS] == decimals("1", None, None, None)


def test_a_target_without_a_result_has_a_row_in_every_preset() -> None:
    found = by_preset(HOUSES, {"period": "2019", "value": "1"})
    assert {(preset, row["status"], row["preset_reason"]) for preset, row in found.items()} == {
        (preset, "no_result", "no result yet") for preset in PRESETS
    }


def test_attainment_is_the_preset_pace() -> None:
    frames = (
        targets(HOUSES | {"period": PLAN}), observations({"indicator": "houses", "period": "2022", "value": "121"}),
        dim_indicator(), dim_area(), dim_period(*PERIODS), dim_unit(), RULES, area_coverage(),
    )  # fmt: skip
    assert Attainment.validate(attainment(*frames)).equals(attainment_by_preset(*frames).filter(pl.col("preset") == "pace"))


def test_an_office_can_add_a_preset_of_its_own() -> None:
    # 40 of 100 at mid-year is a pace of 0.80.
    own = dimensions.attainment_rule(attainment_rules(("on_track", "0.8"), ("off_track", ""))).with_columns(preset=pl.lit("office"))
    found = attainment_by_preset(
        targets({"value": "100"}), observations({"period": "2024-S1", "value": "40"}),
        dim_indicator(), dim_area(), dim_period(*PERIODS, "2024-S1"), dim_unit(), pl.concat([RULES, own]), area_coverage(),
    )  # fmt: skip
    assert dict(found.select("preset", "status").rows())["office"] == "on_track"


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (pl.lit(Decimal(1), pl.Decimal(18, 6)).alias("more_than"), "_a_threshold_is_one_bound"),
        (pl.lit("pace").alias("preset"), "_a_preset_measures_in_one_manner"),
    ],
)
def test_rules_that_contradict_each_other_are_refused(change: pl.Expr, check: str) -> None:
    with pytest.raises(pandera.errors.SchemaErrors, match=check):
        AttainmentRule.validate(RULES.with_columns(change), lazy=True)


def test_the_poor_households_of_hai_ha_in_every_preset(shipped: Tables) -> None:
    needed = ("fact_target", "fact_observation", "dim_indicator", "dim_area", "dim_period", "dim_unit", "attainment_rule", "area_coverage")
    found = AttainmentByPreset.validate(attainment_by_preset(*(shipped[name] for name in needed)))
    poor = found.filter(pl.col("indicator_code") == "poor_households").rows(named=True)
    # From 67 to 28 in half a year: the next half a year leaves 28 x 28/67 = 11.70, and (11.70 - 67) / (0 - 67) = 0.8254.
    assert {row["preset"]: answer(row) for row in poor} == {
        "pace": ("not_assessable", None), "statcan_2025": ("not_assessable", None), "dns": ("not_assessable", None),
        "un_2023": ("at_risk", Decimal("0.8254")),
    }  # fmt: skip
