"""Master data as it is read, and what is said where it cannot be used."""

import re
import shutil
from pathlib import Path

import pytest

from hai_ha_pipeline.errors import MasterDataError
from hai_ha_pipeline.reading.reference import COLUMNS, read_reference
from tests.build import SHIPPED
from tests.folders import write

RULES = "preset,metric,status,at_least,more_than,method_status,source\npace,pace_ratio,on_track, 0.95 ,,on track,A method\npace,pace_ratio,reversing,,,falling,A method\n"


def test_master_data_is_text_with_gaps_as_null(tmp_path: Path) -> None:
    write(tmp_path / "reference", {"attainment_rules.csv": RULES})
    assert read_reference(tmp_path, "attainment_rules").select("status", "at_least").rows() == [("on_track", "0.95"), ("reversing", None)]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, r"sources/reference/attainment_rules\.csv: the file is missing"),
        ({"attainment_rules.csv": RULES.replace("at_least", "limit")}, "the header lacks 'at_least'"),
        ({"attainment_rules.csv": RULES + "pace,pace_ratio\n"}, "line 4: the record has 2 cells, the header 7"),
    ],
)
def test_master_data_that_cannot_be_used_is_told_with_its_place(tmp_path: Path, files: dict[str, str], said: str) -> None:
    write(tmp_path / "reference", files)
    with pytest.raises(MasterDataError, match=said):
        read_reference(tmp_path, "attainment_rules")


@pytest.mark.parametrize("name", COLUMNS)
def test_shipped_master_data_has_rows(name: str) -> None:
    assert read_reference(SHIPPED, name).height > 3


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("indicators", "poor_households,Poor households,Số hộ nghèo,living_standards,HOUSEHOLDS", "poor_households,Poor households,Số hộ nghèo,living_standards,HUTS", "the unit 'HUTS' is no code of units.csv"),
        ("units", "HOUSEHOLDS,households,0", "HOUSEHOLDS,households,none", "the power_of_ten 'none' cannot be read"),
        ("areas", "193,,2025-07-01", "193,,2025-02-30", "the valid_to '2025-02-30' cannot be read"),
        ("area_changes", "2025-07-01,06652,06652", "2025-07-01,06652,99999", "the new_code '99999' is no code of areas.csv"),
        ("attainment_rules", "on_track,0.95", "on_track,0,95".replace(",95", ".9.5"), "the at_least '0.9.5' cannot be read"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_used_is_named_with_its_line(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    shutil.copytree(SHIPPED, tmp_path / "sources")
    path = tmp_path / "sources" / "reference" / f"{file}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(MasterDataError, match=rf"{file}\.csv, line \d+: {re.escape(said)}"):
        read_reference(tmp_path / "sources", file)
