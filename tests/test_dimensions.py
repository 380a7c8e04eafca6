"""Dimensions: types and keys of master data; periods and documents of the figures."""

from datetime import date

import polars as pl

from hai_ha_pipeline.contracts.reading import SourceFile
from hai_ha_pipeline.contracts.types import polars_schema
from hai_ha_pipeline.reading.reference import COLUMNS
from hai_ha_pipeline.transforms import dimensions
from tests.build import areas, attainment_rules, decimals, dim_area, dim_indicator, dim_unit, figures, indicators
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
        )
    )
    assert found["period_code"].to_list() == ["2022", "2023", "2023-S1", "2024-S1"]
    half = found.row(by_predicate=pl.col("period_code") == "2024-S1", named=True)
    # January to June of a leap year: 31 + 29 + 31 + 30 + 31 + 30 days.
    assert (half["months"], half["days"], half["year"], half["is_cumulative"]) == (6, 182, 2024, False)
    assert (half["same_period_last_year_code"], half["previous_period_code"]) == ("2023-S1", "2023-S2")


def test_no_figure_gives_no_period() -> None:
    assert dimensions.dim_period(figures()).height == 0


FILES = pl.DataFrame(
    [
        {
            "source": "pages", "file": "table.csv", "state": "loaded", "sha256": "abc", "ingested_at": STORED_DAY_1, "records_read": 4,
            "cells_read": 4, "title": "Pages of a district", "publisher": "The district", "licence": "free", "address": "https://example.org/",
        }
    ],
    schema=polars_schema(SourceFile),
)  # fmt: skip


def test_a_document_stands_once_however_many_figures_it_holds() -> None:
    page = {"address": "https://example.org/1", "title": "A page", "published_on": date(2024, 6, 20)}
    found = dimensions.dim_source(figures(page, page, {"title": "Another"}, page | {"verdict": "rejected", "title": "Rejected"}), FILES)
    assert found.select("source_title", "address", "published_on").sort("source_title").rows() == [
        ("A page", "https://example.org/1", date(2024, 6, 20)),
        ("Another", "https://example.org/", None),
    ]


def test_a_figure_without_a_document_stands_in_the_source_itself() -> None:
    found = dimensions.dim_source(figures({}), FILES).row(0, named=True)
    assert (found["source_title"], found["publisher"], found["licence"], found["sha256"]) == (
        "Pages of a district",
        "The district",
        "free",
        "abc",
    )


def test_the_key_of_a_document_is_that_of_its_figures() -> None:
    two = figures({"title": "A page"}, {})
    assert sorted(dimensions.document_key(two)) == sorted(dimensions.dim_source(two, FILES)["source_key"])


def test_every_version_of_an_area_stands_once() -> None:
    assert dim_area().height == areas().height
