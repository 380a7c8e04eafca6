"""Which area a text means, as of the figure's period: codes changed hands on 1 July 2025, and names are shared."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from hai_ha_pipeline.transforms.names import with_area, with_period
from tests.build import judged_row
from tests.conftest import Tables

REFORM = date(2025, 7, 1)


def meant(shipped: Tables, area: str, period: str) -> dict[str, Any]:
    """What a text means in a period, by the shipped master data."""
    asked = pl.DataFrame({"area": [area], "period": [period], "baseline_period": [None]}, schema_overrides={"baseline_period": pl.String})
    return with_area(with_period(asked), shipped["dim_area"]).row(0, named=True)


@pytest.mark.parametrize(
    ("area", "period", "code", "since", "name"),
    [
        # One code, two units.
        ("06946", "2024", "06946", None, "Quang Long commune"),
        ("06946", "2025-S1", "06946", None, "Quang Long commune"),
        ("06946", "2025-S2", "06946", REFORM, "Duong Hoa commune"),
        ("06946", "2025-07-01", "06946", REFORM, "Duong Hoa commune"),
        ("06931", "2024", "06931", None, "Quang Thanh commune"),
        ("06931", "2026", "06931", REFORM, "Quang Duc commune"),
        # One name, two codes.
        ("Đường Hoa", "2024", "06949", None, "Duong Hoa commune"),
        ("Duong Hoa", "2026", "06946", REFORM, "Duong Hoa commune"),
        ("Quảng Đức", "2025-S1", "06925", None, "Quang Duc commune"),
        ("Quảng Đức", "2025-07", "06931", REFORM, "Quang Duc commune"),
        # One code and name, but another unit.
        ("06922", "2024", "06922", None, "Quang Ha town"),
        ("Quảng Hà", "2026", "06922", REFORM, "Quang Ha commune"),
        # The kind of unit tells a district from the commune of its name, and the old town from the new commune.
        ("Huyện Đầm Hà", "2024", "200", None, "Dam Ha district"),
        ("Thị trấn Đầm Hà", "2024", "06895", None, "Dam Ha town"),
        ("Xã Đầm Hà", "2024", "06916", None, "Dam Ha commune"),
        ("Đầm Hà", "2026", "06895", REFORM, "Dam Ha commune"),
        ("Xã Quảng Hà", "2025", "06922", REFORM, "Quang Ha commune"),
        # What was left as it was is one unit in the year of the reform too, and so is a district that ended in it.
        ("06967", "2025", "06967", REFORM, "Cai Chien commune"),
        ("201", "2025", "201", None, "Hai Ha district"),
        ("Đông Triều", "2024-S1", "205", None, "Dong Trieu town"),
        ("Đông Triều", "2024", "205", date(2024, 11, 1), "Dong Trieu city"),
    ],
)
def test_an_area_is_the_one_of_that_name_or_code_in_the_period(
    shipped: Tables, area: str, period: str, code: str, since: date | None, name: str
) -> None:
    found = meant(shipped, area, period)
    assert (found["area_units"], found["area_code"], found["area_valid_from"]) == (1, code, since or date(1900, 1, 1))
    version = shipped["dim_area"].filter(area_code=found["area_code"], valid_from=found["area_valid_from"])
    assert version["area_name_en"].to_list() == [name]


@pytest.mark.parametrize(
    ("area", "period", "candidates"),
    [
        # A code that changed hands within the year.
        ("06946", "2025", ("Quang Long commune", "Duong Hoa commune")),
        ("06931", "2025", ("Quang Thanh commune", "Quang Duc commune")),
        ("06922", "2025", ("Quang Ha town", "Quang Ha commune")),
        # A name without its level.
        ("Đầm Hà", "2024", ("Dam Ha district", "Dam Ha town", "Dam Ha commune")),
        ("Vân Đồn", "2025", ("Van Don district", "Van Don special zone")),
        ("Hạ Long", "2024", ("Ha Long city", "Ha Long commune")),
    ],
)
def test_what_fits_several_units_in_the_period_is_ambiguous(shipped: Tables, area: str, period: str, candidates: tuple[str, ...]) -> None:
    found = meant(shipped, area, period)
    assert found["area_units"] == len(candidates)
    assert all(name in found["area_candidates"] for name in candidates)


@pytest.mark.parametrize("area", ["06922", "06946"])
def test_a_figure_of_a_code_that_changed_hands_within_its_period_is_rejected_with_its_candidates(area: str) -> None:
    found = judged_row(area=area, period="2025")
    assert (found["verdict"], found["rule"]) == ("rejected", "ambiguous-area")
    assert found["reason"].startswith("fits several units in 2025: ")


@pytest.mark.parametrize(("area", "period"), [("201", "2026"), ("Đường Hoa", "2024")])
def test_a_unit_that_did_not_exist_in_the_period_is_unknown(area: str, period: str) -> None:
    found = judged_row(area=area, period=period)
    assert (found["rule"], f"no such unit existed in {period}" in found["reason"]) == ("unknown-area", True)


def test_a_code_without_a_date_is_rejected() -> None:
    assert judged_row(area="06946", period=None)["rule"] == "unknown-period"
