"""SDMX: a valid structure in which every code of the data stands, and figures that two public readers give back whole.

pysdmx and sdmx1 need pandas to read data. pandas must not come into the project's environment, so they read in a process that
has it from a folder of its own.
"""

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from pysdmx.io import read_sdmx
from pysdmx.model import Codelist

from hai_ha_pipeline.contracts.core import FactObservation, FactTarget
from hai_ha_pipeline.contracts.types import Contract, allowed_values
from hai_ha_pipeline.exports import sdmx_codes
from hai_ha_pipeline.exports.sdmx_components import COMPONENTS, OPERATORS, UNIT_CODES
from tests.build import REPOSITORY
from tests.conftest import Tables
from tests.exported import built, exported
from tests.overlays import overlay

READERS = ["pandas>=3,<4", "numpy>=2,<3", "sdmx1>=2.28,<3"]
# ObservationalTimePeriod of SDMX 3.0, as far as dim_period goes.
TIME_PERIOD = r"\d{4}(-\d\d(-\d\d)?|-[SQ]\d)?|\d{4}-\d\d-\d\d/P\d+[YMD]"
Figure = dict[str, str]
Lists = dict[str, dict[str, dict[str, str]]]


@pytest.fixture(scope="module")
def sdmx(shipped: Tables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported(shipped, tmp_path_factory.mktemp("exported")) / "sdmx"


@pytest.fixture(scope="module")
def figures(sdmx: Path) -> list[Figure]:
    with (sdmx / "figures.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def code_lists(sdmx: Path) -> dict[str, Codelist]:
    return {codes.id: codes for codes in read_sdmx(sdmx / "structures.xml", validate=True).get_codelists()}


@pytest.fixture(scope="module")
def expected(shipped: Tables) -> dict[str, dict[str, Any]]:
    """The current figures of the facts by their key, with the codes of their dimensions."""
    observations = shipped["fact_observation"].rename({"observation_key": "figure_key"})
    targets = shipped["fact_target"].rename({"target_key": "figure_key"}).with_columns(role=pl.lit("target"))
    rows = (
        pl.concat([observations, targets], how="diagonal")
        .filter("is_current")
        .join(shipped["dim_indicator"].select("indicator_key", "indicator_code", canonical_unit="unit_code"), on="indicator_key")
        .join(shipped["dim_period"].select("period_key", "period_code", "freq"), on="period_key")
        .join(shipped["dim_area"].select("area_key", "area_code", "area_name_en"), on="area_key")
    )
    return {str(row["figure_key"]): row for row in rows.rows(named=True)}


def test_the_structure_is_valid_and_says_what_the_data_has(sdmx: Path, figures: list[Figure]) -> None:
    message = read_sdmx(sdmx / "structures.xml", validate=True)
    (structure,) = message.get_data_structure_definitions()
    assert structure.short_urn == "DataStructure=HAI_HA:PLAN_TRACKING(1.0)"
    assert [dataflow.short_urn for dataflow in message.get_dataflows()] == ["Dataflow=HAI_HA:PLAN_TRACKING(1.0)"]
    assert {part.id: (part.role.name.lower(), part.required) for part in structure.components} == {
        component.id: (component.role, component.is_required) for component in COMPONENTS
    }
    assert list(figures[0]) == ["STRUCTURE", "STRUCTURE_ID", "ACTION", *(component.id for component in COMPONENTS)]
    marks = {(figure["STRUCTURE"], figure["STRUCTURE_ID"], figure["ACTION"]) for figure in figures}
    assert marks == {("dataflow", "HAI_HA:PLAN_TRACKING(1.0)", "I")}


def test_every_code_of_the_data_stands_in_its_list_and_what_is_required_is_there(
    figures: list[Figure], code_lists: dict[str, Codelist]
) -> None:
    for component in COMPONENTS:
        values = {figure[component.id] for figure in figures}
        assert not (component.is_required and "" in values), component.id
        if component.codelist:
            assert values - {""} <= {code.id for code in code_lists[component.codelist].items}, component.id


def test_a_key_stands_once_and_its_period_is_one_of_sdmx(figures: list[Figure]) -> None:
    keys = [tuple(figure[component.id] for component in COMPONENTS if component.role == "dimension") for figure in figures]
    assert len(set(keys)) == len(keys) > 500
    assert keys == sorted(keys)
    periods = {figure["TIME_PERIOD"] for figure in figures}
    assert {"2024", "2024-S1", "2024-07", "2024-01-01/P7M", "2021-01-01/P5Y"} <= periods
    assert [period for period in periods if not re.fullmatch(TIME_PERIOD, period)] == []


@pytest.mark.parametrize(
    ("contract", "column", "named"),
    [
        (FactObservation, "qualifier", sdmx_codes.QUALIFIED),
        (FactObservation, "obs_status", sdmx_codes.STATUSES),
        (FactObservation, "role", sdmx_codes.ROLES),
        (FactTarget, "operator", OPERATORS),
    ],
)
def test_a_closed_list_names_every_value_that_the_contract_allows(contract: type[Contract], column: str, named: dict[str, str]) -> None:
    assert set(allowed_values(contract, column) or ()) == set(named) - {"target"}


def test_every_current_figure_is_there_with_its_value_bounds_and_status(figures: list[Figure], expected: dict[str, dict[str, Any]]) -> None:
    assert {figure["FIGURE_KEY"] for figure in figures} == set(expected)
    for figure in figures:
        row = expected[figure["FIGURE_KEY"]]
        assert Decimal(figure["OBS_VALUE"]) == row["value"]
        assert [figure["LOWER_BOUND"] and Decimal(figure["LOWER_BOUND"]), figure["UPPER_BOUND"] and Decimal(figure["UPPER_BOUND"])] == [
            "" if row["lower"] is None else row["lower"],
            "" if row["upper"] is None else row["upper"],
        ]
        assert (figure["OBS_STATUS"], figure["QUALIFIER"], figure["FIGURE_ROLE"]) == (row["obs_status"], row["qualifier"], row["role"])
        assert (figure["INDICATOR"], figure["TIME_PERIOD"], figure["FREQ"]) == (row["indicator_code"], row["period_code"], row["freq"])
        assert figure["REF_AREA"].partition("_")[0] == row["area_code"]
        assert figure["TARGET_OPERATOR"] == OPERATORS.get(row["operator"], "")
        assert (figure["DATA_SOURCE"], figure["KNOWN_FROM"]) == (str(row["source_key"]), str(row["known_from"]))


def test_the_target_and_result_of_total_production_stand_side_by_side(figures: list[Figure]) -> None:
    def told(role: str, period: str) -> tuple[str, ...]:
        (figure,) = (
            figure
            for figure in figures
            if (figure["REF_AREA"], figure["INDICATOR"], figure["FIGURE_ROLE"], figure["TIME_PERIOD"])
            == ("201", "total_production_value", role, period)
        )
        return tuple(figure[name] for name in ("OBS_VALUE", "UNIT_MEASURE", "UNIT_MULT", "QUALIFIER", "LOWER_BOUND", "TARGET_OPERATOR"))

    assert told("target", "2024") == ("36000", "VND", "9", "more_than", "36000", "GE")
    assert told("result", "2024") == ("37000", "VND", "9", "more_than", "37000", "")


def test_a_re_used_area_code_is_two_places_and_a_renamed_town_is_one(
    code_lists: dict[str, Codelist], figures: list[Figure], expected: dict[str, dict[str, Any]]
) -> None:
    areas = {code.id: code for code in code_lists["CL_AREA"].items}
    assert (areas["06946"].name, areas["06946_20250701"].name) == ("Quang Long commune", "Duong Hoa commune")
    assert areas["205"].name == "Dong Trieu city"
    assert areas["205"].description == (
        "Dong Trieu town, district with the official code 205 until 2024-10-31, in 22; "
        "Dong Trieu city, district with the official code 205 from 2024-11-01 until 2025-06-30, in 22"
    )
    assert "205_20241101" not in areas
    named = {figure["REF_AREA"]: expected[figure["FIGURE_KEY"]]["area_name_en"] for figure in figures}
    assert (named["06946"], named["06946_20250701"]) == ("Quang Long commune", "Duong Hoa commune")


@pytest.mark.parametrize(
    ("unit", "measure", "multiplier"),
    [
        ("VND_BN", "VND", 9),
        ("VND_100MN", "VND", 8),
        ("USD_MN", "USD", 6),
        ("PERSONS_K", "PERSONS", 3),
        ("VISITS_MN", "VISITS", 6),
        ("VND_MN_PER_PERSON_YEAR", "VND_MN_PER_PERSON_YEAR", 0),
        ("USD_PER_PERSON_YEAR", "USD_PER_PERSON_YEAR", 0),
        ("HA", "HA", 0),
        ("PCT", "PCT", 0),
    ],
)
def test_a_unit_is_split_into_measure_and_multiplier_where_it_is_a_multiple(
    units_of_sdmx: dict[str, tuple[str, int]], unit: str, measure: str, multiplier: int
) -> None:
    assert units_of_sdmx[unit] == (measure, multiplier)


@pytest.fixture(scope="module")
def units_of_sdmx(shipped: Tables, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, int]]:
    with closing(duckdb.connect(str(built(shipped, tmp_path_factory.mktemp("units"))), read_only=True)) as connection:
        rows = connection.execute(UNIT_CODES).fetchall()
    assert len(rows) == shipped["dim_unit"].height
    return {unit: (measure, multiplier) for unit, _, measure, multiplier in rows}


def test_names_with_marks_of_xml_and_control_characters_leave_a_valid_structure(shipped: Tables, tmp_path: Path) -> None:
    name = 'People\'s "A" <b> & ]]> \x07\ud7ff'
    areas = shipped["dim_area"].with_columns(area_name_en=pl.lit(name), area_name_vi=pl.lit(name))
    sources = shipped["dim_source"].with_columns(source_title=pl.lit("=1+1"), publisher=pl.lit(name))
    file = exported(shipped | {"dim_area": areas, "dim_source": sources}, tmp_path) / "sdmx" / "structures.xml"
    lists = {codes.id: codes for codes in read_sdmx(file, validate=True).get_codelists()}
    assert {code.name for code in lists["CL_AREA"].items} == {name.replace("\x07", "\ufffd")}


def test_the_data_holds_no_text_of_a_source_and_nothing_for_null(sdmx: Path, figures: list[Figure]) -> None:
    content = (sdmx / "figures.csv").read_text(encoding="utf-8")
    assert not re.search(r"nan\b|null|none|\"", content, re.IGNORECASE)
    free = {component.id for component in COMPONENTS if not component.codelist and component.dtype == "String"}
    assert free == set()
    assert all(re.fullmatch(r"[\w.:()/-]*", value) for figure in figures for value in figure.values())


@pytest.fixture(scope="session")
def read_by_others(pytestconfig: pytest.Config) -> Callable[[Path], dict[str, Any]]:
    """Reads an SDMX folder in a process with pandas; skips, with the reason, where pandas cannot be installed."""
    folder = overlay(pytestconfig, *READERS)

    def read(sdmx: Path) -> dict[str, Any]:
        elsewhere = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), str(REPOSITORY), os.environ.get("PYTHONPATH", "")])}
        command = [sys.executable, "-m", "tests.sdmx_readers", str(sdmx / "figures.csv"), str(sdmx / "structures.xml")]
        answer = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, env=elsewhere, cwd=sdmx).stdout)
        assert isinstance(answer, dict)
        return answer

    return read


def test_pysdmx_and_sdmx1_read_every_figure_as_it_was_written(
    read_by_others: Callable[[Path], dict[str, Any]], sdmx: Path, figures: list[Figure], shipped: Tables
) -> None:
    read = read_by_others(sdmx)
    numbers = {component.id for component in COMPONENTS if component.dtype == "Decimal"}

    def comparable(figure: Figure) -> dict[str, Any]:
        return {
            component.id: float(figure[component.id] or "nan").__repr__() if component.id in numbers else figure[component.id]
            for component in COMPONENTS
        }

    assert [comparable(figure) for figure in read["pysdmx"]] == [comparable(figure) for figure in figures]
    by_key = {figure["FIGURE_KEY"]: figure for figure in read["sdmx1"]}
    assert [by_key[figure["FIGURE_KEY"]] for figure in figures] == [
        {name: value for name, value in figure.items() if name not in {"STRUCTURE", "STRUCTURE_ID", "ACTION"}} for figure in figures
    ]
    names = dict(shipped["dim_indicator"].select("indicator_code", "indicator_name_vi").iter_rows())
    assert {code: name["vi"] for code, name in read["codes"]["CL_INDICATOR"].items()} == names
    assert read["codes"]["CL_AREA"]["06946_20250701"] == {"en": "Duong Hoa commune", "vi": "Xã Đường Hoa"}
