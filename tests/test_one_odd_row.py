"""One odd row, file or folder never stops the rest, and a re-used code never joins two units."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from hai_ha_pipeline.orchestration.sources import source_key
from hai_ha_pipeline.tables import ALL
from tests.build import SHIPPED
from tests.conftest import tables_of
from tests.folders import write

DESCRIPTOR = """
name: odd
title: One odd row
contributors: [{title: A test}]
licenses: [{name: CC0-1.0}]
sources: [{title: A test}]
resources:
  - name: odd
    path: odd.csv
    schema:
      fields: [{name: indicator}, {name: area}, {name: period}, {name: role}, {name: value, type: number}, {name: unit}, {name: growth}, {name: status}]
    hai-ha:
      columns: {indicator: indicator, area: area, period: period, role: role, value: value, unit: unit, growth: growth, status: status}
      max_rejected_share: 1
"""
HEADER = "indicator,area,period,role,value,unit,growth,status\n"


def made(root: Path, *rows: str, header: str = HEADER, name: str = "odd") -> dict[str, pl.DataFrame]:
    """Every table of the shipped sources and one more with these rows, each checked by its contract."""
    shutil.copytree(SHIPPED, root / "sources")
    write(root / "sources" / name, {"datapackage.yaml": DESCRIPTOR, "odd.csv": header + "".join(f"{row}\n" for row in rows)})
    tables = tables_of(root / "sources", root / "archive")
    for table in ALL:
        if table.name in tables:
            table.contract.validate(tables[table.name], lazy=True)
    return tables


@pytest.mark.parametrize(
    "row",
    [
        "documents_issued,201,9999,,5,documents,,",
        "documents_issued,201,0001,,5,documents,,",
        "documents_issued,201,2018-01-01/P9999Y,,5,documents,,",
        "population,201,2030,,5,people,-99.999999 %,",
        "total_production_value,201,2030,target,0.000001,billion VND,,",
        f"population,201,2030,,{'9' * 30},people,{'9' * 30} %,",
        'population,201,2030,,"5\n6",people,,',
        "=cmd|' /C calc'!A0,<script>,2030,,🙂,\u202e,,",
    ],
)
def test_every_contract_holds_beside_an_odd_row(tmp_path: Path, row: str) -> None:
    tables = made(tmp_path, row)
    assert tables["load"].filter(source="odd")["state"].to_list() == ["loaded"]
    assert tables["attainment"].filter(indicator_code="total_production_value", area_code="201", result_period="2024").height == 1


def test_a_growth_from_almost_nothing_is_still_exact(tmp_path: Path) -> None:
    tables = made(tmp_path, "total_production_value,22,2029,,4000000,billion VND,,", "total_production_value,22,2028,,1,billion VND,,")
    grown = tables["growth"].filter(indicator_code="total_production_value", period="2029", comparison="same_period_last_year")
    # 100 x (4,000,000 - 1) / 1 still fits.
    assert grown["growth_pct"].to_list() == [pl.Series([399999900]).cast(pl.Decimal(18, 6))[0]]


def test_a_forecast_reaches_no_target(tmp_path: Path) -> None:
    tables = made(
        tmp_path,
        "total_production_value,22,2030,target,100,billion VND,,",
        "total_production_value,22,2030,,150,billion VND,,F",
        "total_production_value,22,2031,target,100,billion VND,,",
        "total_production_value,22,2031,,150,billion VND,,E",
    )
    found = tables["attainment"].filter(area_code="22", indicator_code="total_production_value").sort("target_period")
    assert found["status"].to_list() == ["no_result", "achieved"]


def test_a_reused_code_is_no_series(tmp_path: Path) -> None:
    # 06946 was Quang Long until 30 June 2025 and is Duong Hoa since: their people are not one series.
    tables = made(tmp_path, "population,06946,2024-12-31,,3000,people,,", "population,06946,2025-12-31,,9000,people,,")
    grown = tables["growth"].filter(area_code="06946", indicator_code="population", comparison="same_period_last_year")
    assert grown.select("period", "area_name_en", "base", "growth_pct").sort("period").rows() == [
        ("2024-12-31", "Quang Long commune", None, None),
        ("2025-12-31", "Duong Hoa commune", None, None),
    ]


@pytest.mark.parametrize(
    ("descriptor", "said"),
    [
        (DESCRIPTOR.replace("path: odd.csv", "path: ."), "there is no file '.'"),
        (DESCRIPTOR.replace("path: odd.csv", "path: odd.csv\n    encoding: punycode"), "sources/odd"),
        (DESCRIPTOR.replace("path: odd.csv", 'path: odd.csv\n    dialect: {delimiter: "§"}'), "delimiter"),
    ],
)
def test_an_odd_descriptor_fails_its_source_alone(tmp_path: Path, descriptor: str, said: str) -> None:
    shutil.copytree(SHIPPED, tmp_path / "sources")
    write(tmp_path / "sources" / "odd", {"datapackage.yaml": descriptor, "odd.csv": HEADER + "population,201,2024,,5,ngườı,,\n"})
    load = tables_of(tmp_path / "sources", tmp_path / "archive")["load"]
    assert load.filter(source="odd")["state"].to_list() == ["failed"]
    assert said in load.filter(source="odd")["message"][0]
    assert load.filter(pl.col("source") != "odd")["state"].unique().to_list() == ["loaded"]


def test_a_cell_of_three_megabytes_is_read(tmp_path: Path) -> None:
    tables = made(tmp_path, f"population,201,{'x' * 3_000_000},,5,people,,", "population,201,2030-01-01,,5,people,,")
    assert tables["load"].filter(source="odd").select("state", "cells_read", "figures_rejected").rows() == [("loaded", 2, 2)]


@pytest.mark.parametrize(
    ("folder", "key"),
    [("Hai Ha 2025", "Hai_Ha_2025"), ("growth", "source_growth"), ("warehouse", "source_warehouse"), ("hai_ha_2025", "hai_ha_2025")],
)
def test_any_folder_name_makes_an_asset(folder: str, key: str) -> None:
    assert source_key(folder) == key
