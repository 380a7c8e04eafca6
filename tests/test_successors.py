"""Abolished areas: which new units cover them, and how their series go on as the sum of those, by hand."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from hai_ha_pipeline.contracts.core import AreaCoverage
from hai_ha_pipeline.contracts.marts import Attainment, GrowthOnADay
from hai_ha_pipeline.transforms import dimensions, successors
from hai_ha_pipeline.transforms.attainment import attainment
from hai_ha_pipeline.transforms.growth import growth_of
from tests.build import (
    area_changes,
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

REFORM = date(2025, 7, 1)
PERIODS = ("2023", "2024", "2025", "2026", "2025-S1", "2025-S2", "2025-01-01/P10M")
# Hai Ha of the test data became three communes: Quang Ha, Duong Hoa and Cai Chien.
QUANG_HA, DUONG_HOA, CAI_CHIEN = ({"area": code, "since": REFORM} for code in ("06922", "06946", "06967"))


def covered(code: str) -> dict[str, Any]:
    return AreaCoverage.validate(area_coverage()).row(by_predicate=pl.col("area_code") == code, named=True)


def continued(*rows: dict[str, Any]) -> pl.DataFrame:
    """The sums that stand beside these figures."""
    found = successors.with_successor_sums(
        observations(*rows), area_coverage(), dim_indicator(), dim_area(), dim_period(*PERIODS), dim_unit()
    )
    return found.filter("is_derived")


def communes(period: str, *values: str, **fields: Any) -> list[dict[str, Any]]:
    """A figure of each of the communes that Hai Ha became."""
    places = (QUANG_HA, DUONG_HOA, CAI_CHIEN)
    return [{**place, "period": period, "value": value, **fields} for place, value in zip(places, values, strict=False)]


def test_the_communes_of_hai_ha_are_exactly_what_the_district_was() -> None:
    found = covered("201")
    assert (found["is_exact"], found["reason"], found["ended_on"]) == (True, None, REFORM)
    assert (found["successors"], found["successor_codes"]) == (3, "06922|06946|06967")


def test_a_district_whose_commune_went_to_a_neighbour_in_part_is_not_covered_exactly() -> None:
    assert covered("199")["reason"] == "Ba Che commune also took in Ba Che town of Ba Che district"
    assert covered("202")["reason"] == "Ba Che commune also took in a part of Hai Lang commune of Tien Yen district"


def test_a_commune_that_others_joined_is_not_covered_exactly() -> None:
    assert covered("06922")["reason"] == "Quang Ha commune also took in a part of Quang Phong commune of Hai Ha district"


def test_what_goes_on_was_not_abolished() -> None:
    # Cai Chien was left as it was; the town of Dong Trieu became a city, which ended on 1 July 2025.
    gone = area_coverage()
    assert "06967" not in gone["area_code"]
    assert gone.filter(area_code="205")["area_name_en"].to_list() == ["Dong Trieu city"]


def test_a_unit_of_which_nobody_says_what_became_is_not_covered() -> None:
    assert (covered("205")["successors"], covered("205")["reason"]) == (0, "which units took it over is not known")


@pytest.mark.parametrize("forgotten", [("06967", "06967"), ("06946", "06946")])
def test_a_district_with_a_commune_whose_end_is_half_told_is_not_covered_exactly(forgotten: tuple[str, str]) -> None:
    old, new = forgotten
    told = area_changes().filter(~((pl.col("old_code") == old) & (pl.col("new_code") == new)))
    found = successors.area_coverage(dim_area(), dimensions.area_succession(told, dim_area())).filter(area_code="201")
    assert found["is_exact"].to_list() == [False]
    assert found["reason"][0].endswith("went is not known")


def test_a_district_goes_on_as_the_sum_of_its_successors() -> None:
    found = continued(*communes("2026", "20000", "12000", "5000")).row(0, named=True)
    assert [found[name] for name in ("value", "lower", "upper")] == decimals("37000", "37000", "37000")
    ended = dim_area().row(by_predicate=pl.col("area_key") == found["area_key"], named=True)
    assert (ended["area_code"], found["observation_key"], found["source_key"]) == ("201", None, None)
    assert (found["qualifier_as_printed"], found["value_as_printed"], found["unit_as_printed"]) == (
        "sum of 3 successors:",
        "37000",
        "VND_BN",
    )


def test_bounds_add_up_and_an_open_one_stays_open() -> None:
    rounded = communes("2026", "10", "20", "30")
    for row, half in zip(rounded, ("0.5", "0.05", "0.5"), strict=True):
        row |= {"lower": str(float(row["value"]) - float(half)), "upper": str(float(row["value"]) + float(half))}
    assert [continued(*rounded).row(0, named=True)[name] for name in ("lower", "upper")] == decimals("58.95", "61.05")
    rounded[1] |= {"lower": "20", "upper": None, "qualifier": "more_than"}
    found = continued(*rounded).row(0, named=True)
    assert [found["lower"], found["upper"], found["qualifier"]] == [*decimals("59", None), "at_least"]


def test_the_sum_is_as_final_as_its_least_final_part() -> None:
    rows = communes("2026", "10", "20", "30")
    rows[1] |= {"obs_status": "P"}
    assert continued(*rows)["obs_status"].to_list() == ["P"]
    rows[2] |= {"obs_status": "E"}
    assert continued(*rows)["obs_status"].to_list() == ["E"]


@pytest.mark.parametrize(
    ("why", "rows"),
    [
        ("one successor has no figure", communes("2026", "10", "20")),
        ("they have figures for other periods", [*communes("2026", "10", "20"), {**CAI_CHIEN, "period": "2025", "value": "30"}]),
        ("a rate of the whole is no sum", communes("2026", "50", "40", "30", indicator="urban_rate")),
        ("a milestone is no amount", communes("2026", "1", "1", "1", indicator="road_opened")),
        ("its successors are not exactly it", [{"area": "06886", "since": REFORM, "period": "2026", "value": "1"}, {"area": "06970", "since": REFORM, "period": "2026", "value": "2"}]),
        ("the district still stood", communes("2025-S1", "10", "20", "30")),
        ("a source prints the district's own", [*communes("2025", "10", "20", "30"), {"period": "2025", "value": "61"}]),
    ],
)  # fmt: skip
def test_nothing_is_summed_where(why: str, rows: list[dict[str, Any]]) -> None:
    assert continued(*rows).is_empty()


@pytest.mark.parametrize("period", ["2025", "2025-S2", "2025-01-01/P10M", "2026"])
def test_a_period_that_ends_after_the_abolition_is_summed(period: str) -> None:
    assert continued(*communes(period, "10", "20", "30"))["value"].to_list() == decimals("60")


def test_growth_of_the_district_goes_on() -> None:
    figures = observations({"period": "2024", "value": "50"}, *communes("2025", "10", "20", "30"), *communes("2026", "11", "22", "33"))
    found = GrowthOnADay.validate(growth_of(figures, dim_indicator(), dim_area(), dim_period(*PERIODS), dim_unit(), area_coverage()))
    district = found.filter(area_code="201", comparison="same_period_last_year").sort("period")
    assert district.select("period", "is_derived", "value", "base", "observation_key").rows() == [
        ("2024", False, *decimals("50", None), 0),
        ("2025", True, *decimals("60", "50"), None),
        ("2026", True, *decimals("66", "60"), None),
    ]
    # 60 on 50, then 66 on 60; on average (66 / 50) ^ (1/2) a year.
    assert district["growth_pct"].to_list() == decimals(None, "20", "10")
    average = found.filter(area_code="201", comparison="cagr").row(0, named=True)
    assert ([average["growth_pct"]], average["is_derived"]) == (decimals("14.891253"), True)


def test_a_series_that_ends_with_its_area_says_why() -> None:
    after = pl.col("area_code") == "201"
    alone = observations({"period": "2024", "value": "50"}, *communes("2025", "10", "20"), {"area": "199", "period": "2024", "value": "7"})
    found = GrowthOnADay.validate(growth_of(alone, dim_indicator(), dim_area(), dim_period(*PERIODS), dim_unit(), area_coverage()))
    [hai_ha] = found.filter(after, comparison="same_period_last_year")["series_end"]
    assert hai_ha.startswith("Hai Ha district no longer exists since 2025-07-01; its successors (")
    assert hai_ha.endswith(") are exactly what it was, but not all of them have a figure")
    [tien_yen] = found.filter(area_code="199", comparison="same_period_last_year")["series_end"]
    assert "its successors are not exactly what it was: " in tien_yen
    whole = observations({"period": "2024", "value": "50"}, *communes("2025", "10", "20", "30"))
    goes_on = growth_of(whole, dim_indicator(), dim_area(), dim_period(*PERIODS), dim_unit(), area_coverage())
    assert goes_on.filter(after)["series_end"].null_count() == 2


def attained(target: dict[str, Any], *results: dict[str, Any]) -> dict[str, Any]:
    """The row of the latest result."""
    rules = dimensions.attainment_rule(attainment_rules())
    dims = (dim_indicator(), dim_area(), dim_period(*PERIODS), dim_unit())
    found = Attainment.validate(attainment(targets(target), observations(*results), *dims, rules, area_coverage()))
    return found.row(by_predicate=pl.col("is_latest"), named=True)


def test_a_target_of_the_district_is_judged_on_the_sum_of_its_successors() -> None:
    found = attained({"period": "2025", "value": "59"}, *communes("2025", "10", "20", "30"))
    assert (found["status"], found["is_derived"], found["observation_key"], found["area_code"]) == ("achieved", True, None, "201")
    assert found["result_as_printed"] == "sum of 3 successors: 60 VND_BN"


def test_a_sum_that_is_only_bounded_leaves_the_verdict_open() -> None:
    results = communes("2025", "10", "20", "30")
    results[1] |= {"qualifier": "more_than", "upper": None}
    assert attained({"period": "2025", "value": "61"}, *results)["status"] == "undetermined"
    assert attained({"period": "2025", "value": "60"}, *results)["status"] == "achieved"


def test_a_range_beside_an_open_bound_counts_with_its_certain_end() -> None:
    results = communes("2025", "10", "25", "30")
    results[1] |= {"qualifier": "range", "lower": "20", "upper": "30"}
    assert attained({"period": "2025", "value": "61"}, *results)["status"] == "undetermined"  # 60 to 70
    results[2] |= {"qualifier": "more_than", "upper": None}
    found = attained({"period": "2025", "value": "60"}, *results)
    assert ([found["result_value"]], found["status"]) == (decimals("60"), "achieved")
    assert attained({"period": "2025", "value": "61"}, *results)["status"] == "undetermined"


def test_a_forecast_of_one_successor_reaches_no_target_of_the_district() -> None:
    results = communes("2025", "10", "20", "30")
    results[0] |= {"obs_status": "F"}
    assert attained({"period": "2025", "value": "59"}, *results)["status"] == "no_result"


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ({"value": "59"}, r"Hai Ha district no longer exists since 2025-07-01; its successors \(Quang Ha commune, Duong Hoa commune, Cai Chien commune\) are exactly what it was, but not all of them have a figure"),
        ({"value": "59", "indicator": "urban_rate"}, "are exactly what it was, but this does not add up over areas"),
        ({"value": "59", "area": "199"}, "Tien Yen district no longer exists .* not exactly what it was: Ba Che commune also took in Ba Che town of Ba Che district"),
    ],
)  # fmt: skip
def test_a_target_of_an_abolished_area_without_a_result_says_why(target: dict[str, Any], said: str) -> None:
    found = attained({"period": "2025"} | target)
    assert found["status"] == "no_result"
    assert pl.Series([found["status_reason"]]).str.contains(said)[0], found["status_reason"]


@pytest.mark.parametrize("target", [{"period": "2024"}, {"period": "2025-S1"}, {"period": "2025", "area": "22"}])
def test_nothing_is_said_about_an_area_that_stood_when_its_target_was_due(target: dict[str, Any]) -> None:
    assert attained({"value": "59"} | target)["status_reason"] == "no result inside the target's period is known"


def test_the_shipped_targets_of_abolished_areas_say_why_they_have_no_result(shipped: Tables) -> None:
    gone = shipped["attainment"].filter(
        pl.col("area_code").is_in(shipped["area_coverage"]["area_code"].implode()),
        pl.col("target_period_last_day") >= REFORM,
        pl.col("status") == "no_result",
    )
    # Mong Cai's seven and Hai Ha's two shares for 2025.
    assert gone.group_by("area_code").len().sort("area_code").rows() == [("194", 7), ("201", 2)]
    assert gone["status_reason"].str.contains("no longer exists since 2025-07-01").all()


def test_the_district_of_van_don_goes_on_as_the_special_zone_it_became(shipped: Tables) -> None:
    # The whole district became one special zone, of which land and people on its first day are printed.
    derived = shipped["growth"].filter("is_derived", comparison="same_period_last_year")
    assert derived.select("area_code", "indicator_code", "period", "value").sort("indicator_code").rows() == [
        ("203", "area_land", "2025-07-01", *decimals("583")),
        ("203", "population", "2025-07-01", *decimals("53904")),
    ]
    assert shipped["fact_observation"]["observation_key"].null_count() == 0


# Six new communes cross old district lines: Hai Hoa and Hai Lang (Cam Pha, Tien Yen), Tien Yen (Binh Lieu, Tien Yen), Ba Che
# (Tien Yen, Ba Che), Ky Thuong and Luong Minh (Ha Long, Ba Che). So five of thirteen districts are not covered exactly.
EXACT = {"194": 6, "196": 3, "200": 2, "201": 4, "203": 1, "205": 5, "206": 6, "207": 1}
CROSSED = {
    "193": ["Ky Thuong", "Luong Minh"],
    "195": ["Hai Hoa", "Hai Lang"],
    "198": ["Tien Yen"],
    "199": ["Ba Che", "Hai Hoa", "Hai Lang", "Tien Yen"],
    "202": ["Ba Che", "Ky Thuong", "Luong Minh"],
}


def test_eight_of_the_thirteen_districts_are_exactly_their_successors(shipped: Tables) -> None:
    districts = shipped["area_coverage"].filter(level="district")
    assert districts.height == 13
    assert dict(districts.filter("is_exact").select("area_code", "successors").iter_rows()) == EXACT
    crossed = districts.filter(~pl.col("is_exact")).with_columns(by=pl.col("reason").str.extract_all(r"(?:^|; )\S+ \S+ commune also"))
    named = crossed.select("area_code", pl.col("by").list.eval(pl.element().str.extract(r"(\S+ \S+) commune also$")).list.sort())
    assert dict(named.iter_rows()) == CROSSED


def test_hai_ha_became_quang_ha_quang_duc_duong_hoa_and_cai_chien(shipped: Tables) -> None:
    found = shipped["area_coverage"].row(by_predicate=pl.col("area_code") == "201", named=True)
    assert found["successor_codes"] == "06922|06931|06946|06967"
    assert found["successor_names_en"] == "Quang Ha commune, Quang Duc commune, Duong Hoa commune, Cai Chien commune"


def test_no_single_commune_that_was_changed_is_exactly_its_successors(shipped: Tables) -> None:
    communes_of_old = shipped["area_coverage"].filter(level="commune")
    # 171 without Cai Chien, which was left as it was.
    assert communes_of_old.height == 170
    assert not communes_of_old["is_exact"].any()


def test_the_master_data_has_every_unit_before_and_after_the_reform_with_what_became_of_it(shipped: Tables) -> None:
    units = shipped["dim_area"].filter(level="commune")
    old, new = units.filter(valid_to=REFORM), units.filter(valid_from=REFORM)
    assert (old.height, new.height, units.height) == (171, 54, 225)
    kinds = dict(new.group_by("area_type_vi").len().iter_rows())
    assert kinds == {"Phường": 30, "Xã": 22, "Đặc khu": 2}
    districts = shipped["dim_area"].filter(level="district", valid_to=REFORM)
    assert districts.height == 13
    assert set(old["parent_code"]) == set(districts["area_code"])
    assert set(new["parent_code"]) == {"22"}
    assert new["valid_to"].null_count() == 54
    moves = shipped["area_succession"]
    assert set(moves["old_area_key"]) == set(old["area_key"])
    assert set(moves["new_area_key"]) == set(new["area_key"])


def test_a_whole_unit_went_to_one_place_and_a_divided_one_to_several(shipped: Tables) -> None:
    by_unit = shipped["area_succession"].group_by("old_area_code").agg(pl.col("relation").unique().sort(), places=pl.len())
    assert set(by_unit.filter(pl.col("places") == 1)["relation"].explode()) == {"whole", "unchanged"}
    assert set(by_unit.filter(pl.col("places") > 1)["relation"].explode()) == {"part"}
