"""Master data as it is read, and what is said where it cannot be used."""

from pathlib import Path

import pytest

from hai_ha_pipeline.errors import MasterDataError
from hai_ha_pipeline.reading.reference import COLUMNS, read_reference
from tests.build import SHIPPED
from tests.folders import write

RULES = "preset,metric,status,at_least,source\npace,pace_ratio,on_track, 0.95 ,A method\npace,pace_ratio,reversing,,A method\n"


def test_master_data_is_text_with_gaps_as_null(tmp_path: Path) -> None:
    write(tmp_path / "reference", {"attainment_rules.csv": RULES})
    assert read_reference(tmp_path, "attainment_rules").select("status", "at_least").rows() == [("on_track", "0.95"), ("reversing", None)]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, r"sources/reference/attainment_rules\.csv: the file is missing"),
        ({"attainment_rules.csv": RULES.replace("at_least", "limit")}, "the header lacks 'at_least'"),
        ({"attainment_rules.csv": RULES + "pace,pace_ratio\n"}, "line 4: the record has 2 cells, the header 5"),
    ],
)
def test_master_data_that_cannot_be_used_is_told_with_its_place(tmp_path: Path, files: dict[str, str], said: str) -> None:
    write(tmp_path / "reference", files)
    with pytest.raises(MasterDataError, match=said):
        read_reference(tmp_path, "attainment_rules")


@pytest.mark.parametrize("name", COLUMNS)
def test_shipped_master_data_has_rows(name: str) -> None:
    assert read_reference(SHIPPED, name).height > 3
