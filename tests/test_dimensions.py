"""Dimensions: types and keys of master data; periods and documents of the figures."""

from datetime import date

import polars as pl
import pytest

from hai_ha_pipeline.contracts.reading import SourceFile
from hai_ha_pipeline.contracts.types import polars_schema
from hai_ha_pipeline.reading.reference import COLUMNS
from hai_ha_pipeline.transforms import dimensions
from hai_ha_pipeline.transforms.shape import with_earlier
from tests.build import (
    NO_EARLIER,
    NO_EARLIER_FILE,
    area_changes,
    areas,
    attainment_rules,
    decimals,
    dim_area,
    dim_indicator,
    dim_unit,
    figures,
    indicators,
)
from tests.conftest import Tables
from tests.folders import STORED_DAY_1


def test_an_indicator_has_its_types_and_a_key() -> None:
    output = dim_indicator().row(by_predicate=pl.col("indicator_code") == "output", named=True)
    assert [output["plausible_min"], output["plausible_max"]] == decimals("1", "100000")
    assert (output["unit_code"], output["parts_complete"], output["parent_code"], output["synonyms"]) == ("VND_BN", True, None, None)


def test_a_key_depends_on_its_code_alone() -> None:
    turned_round = dimensions.dim_indicator(indicators().reverse().with_columns(name_en=pl.lit("another name")))
    assert turned_round["indicator_key"].equals(dim_indicator()["indicator_key"])
    assert dim_indicator()["indicator_key"].n_unique() == dim_indicator().height


def test_a_key_is_exact_in_a_double() -> None:
    assert all(key < 2**53 for key in dim_area()["area_key"])


def test_a_version_of_an_area_without_beginning_began_before_any_figure() -> None:
    town, city = dim_area().filter(pl.col("area_code") == "205").select("valid_from", "valid_to").rows()
    assert town == (date(1900, 1, 1), date(2024, 11, 1))
    assert city == (date(2024, 11, 1), date(2025, 7, 1))


def series_of(code: str) -> list[int]:
    return dim_area().filter(pl.col("area_code") == code)["area_series_key"].to_list()


@pytest.mark.parametrize(
    ("code", "units"),
    [
        ("205", 1),  # a town that became a city
        ("06967", 1),  # Cai Chien, left as it was
        ("06946", 2),  # another name
        ("06922", 2),  # the same name, but the commune of Quang Ha took in the town of Quang Ha and more
    ],
)
def test_versions_are_one_unit_while_name_and_land_stay(code: str, units: int) -> None:
    assert len(set(series_of(code))) == units


def test_a_unit_put_together_anew_stays_one_unit_when_only_its_kind_changes_later() -> None:
    later = [("06922", "2025-07-01", "2027-01-01", "Xã Quảng Hà"), ("06922", "2027-01-01", None, "Phường Quảng Hà")]
    rows = [(code, since, until, "commune", "", name, name, "22", "Quảng Hà") for code, since, until, name in later]
    versions = dimensions.dim_area(pl.DataFrame(rows, schema=areas().schema, orient="row"), area_changes())
    assert versions["area_series_key"].to_list() == [series_of("06922")[1]] * 2


def test_only_amounts_add_up_over_areas(shipped: Tables) -> None:
    adding = shipped["dim_indicator"].filter("adds_over_areas")
    assert set(adding["measure_kind"]) == {"flow", "stock"}
    # A plan's targets, and the units a unit was made of, are its own; expenditure is that of a level of government.
    not_adding = shipped["dim_indicator"].filter(~pl.col("adds_over_areas"), pl.col("measure_kind").is_in(["flow", "stock"]))
    assert set(not_adding["indicator_code"]) == {
        "budget_expenditure", "local_budget_expenditure", "budget_items_on_schedule", "targets_set", "targets_met",
        "targets_exceeded", "targets_just_met", "targets_not_assessed", "district_level_units",
        "old_units_merged_whole", "old_units_merged_part", "successor_units",
    }  # fmt: skip


def test_a_unit_is_a_power_of_ten_of_its_quantity() -> None:
    assert dim_unit().filter(pl.col("unit_code") == "VND_BN").select("quantity", "power_of_ten").row(0) == ("vnd", 9)


def test_a_transfer_joins_the_version_that_ended_with_the_one_that_began() -> None:
    changes = pl.DataFrame(
        [("2025-07-01", "06946", "06946", "part", "Nhập một phần", "a decision")], schema=list(COLUMNS["area_changes"]), orient="row"
    )
    found = dimensions.area_succession(changes, dim_area()).row(0, named=True)
    versions = dict(dim_area().filter(pl.col("area_code") == "06946").select("area_key", "area_name_en").rows())
    assert versions[found["old_area_key"]] == "Quang Phong commune"
    assert versions[found["new_area_key"]] == "Duong Hoa commune"


def test_thresholds_stand_from_the_highest_down() -> None:
    rules = dimensions.attainment_rule(attainment_rules(("reversing", ""), ("off_track", "0"), ("on_track", "0.95")))
    assert rules.select("status", "at_least").rows() == list(
        zip(["on_track", "off_track", "reversing"], decimals("0.95", "0", None), strict=True)
    )


def test_there_is_a_period_for_every_figure_its_baseline_and_the_year_before() -> None:
    found = dimensions.dim_period(
        figures(
            {"period_code": "2024-S1", "baseline_period_code": "2023"},
            {"period_code": "2024-S1"},
            {"period_code": "2020", "verdict": "rejected"},
        ),
        NO_EARLIER,
    )
    assert found["period_code"].to_list() == ["2022", "2023", "2023-S1", "2024-S1"]
    half = found.row(by_predicate=pl.col("period_code") == "2024-S1", named=True)
    # January to June of a leap year: 31 + 29 + 31 + 30 + 31 + 30 days.
    assert (half["months"], half["days"], half["year"], half["is_cumulative"]) == (6, 182, 2024, False)
    assert (half["same_period_last_year_code"], half["previous_period_code"]) == ("2023-S1", "2023-S2")


def test_no_figure_gives_no_period() -> None:
    assert dimensions.dim_period(figures(), NO_EARLIER).height == 0


FILES = pl.DataFrame(
    [
        {
            "source": "pages", "file": "table.csv", "state": "loaded", "sha256": "abc", "ingested_at": STORED_DAY_1, "records_read": 4,
            "cells_read": 4, "title": "Pages of a district", "publisher": "The district", "licence": "free", "address": "https://example.org/",
        }
    ],
    schema=polars_schema(SourceFile),
)  # fmt: skip


def sources_of(figure: pl.DataFrame) -> pl.DataFrame:
    return dimensions.dim_source(dimensions.document(figure, NO_EARLIER), FILES, NO_EARLIER_FILE)


def test_a_document_stands_once_however_many_figures_it_holds() -> None:
    page = {"address": "https://example.org/1", "title": "A page", "published_on": date(2024, 6, 20)}
    found = sources_of(figures(page, page, {"title": "Another"}, page | {"verdict": "rejected", "title": "Rejected"}))
    assert found.select("source_title", "address", "published_on").sort("source_title").rows() == [
        ("A page", "https://example.org/1", date(2024, 6, 20)),
        ("Another", "https://example.org/", None),
    ]


def test_a_figure_without_a_document_stands_in_the_source_itself() -> None:
    found = sources_of(figures({})).row(0, named=True)
    assert (found["source_title"], found["publisher"], found["licence"], found["sha256"]) == (
        "Pages of a district",
        "The district",
        "free",
        "abc",
    )


def test_the_key_of_a_document_is_that_of_its_figures() -> None:
    two = figures({"title": "A page"}, {})
    found = sources_of(two)
    assert sorted(dimensions.document_key(with_earlier(two, NO_EARLIER))) == sorted(found["source_key"])


def test_every_version_of_an_area_stands_once() -> None:
    assert dim_area().height == areas().height
