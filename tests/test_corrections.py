"""The publisher's known errors, as data."""

from decimal import Decimal
from pathlib import Path

import pytest

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.corrections import read_corrections
from tests.folders import DESCRIPTOR, ingested, source, write

HEADER = "file,row,column,expected,corrected,reason,since\n"
LINE = 'table.csv,3,figure,"1.250,5","1.205,5",The printed digits are swapped,2026-11-24\n'


def test_no_file_means_no_correction(tmp_path: Path) -> None:
    assert read_corrections(tmp_path).is_empty()


def test_a_correction_is_read_instead_of_the_cell_and_keeps_it(tmp_path: Path) -> None:
    write(source(tmp_path / "sources"), {"corrections.csv": HEADER + LINE})
    found = ingested(tmp_path)
    assert found["figure"].filter(row=3).select("value", "value_as_printed", "is_corrected").rows() == [
        (Decimal("1205.5"), "1.250,5", True)
    ]
    assert found["correction"].select("source", "file", "row", "column", "expected", "corrected").rows() == [
        ("pages", "table.csv", 3, "figure", "1.250,5", "1.205,5")
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            LINE.replace('"1.250,5","', '"1.250,6","'),
            r"table\.csv, row 3, column 'figure': a correction expects '1\.250,6', but the cell holds '1\.250,5'",
        ),
        (LINE.replace(",3,", ",30,"), r"row 30, column 'figure': a correction expects .* but the cell does not exist"),
        (LINE.replace("figure", "value"), r"row 3, column 'value': .* the cell does not exist"),
        (LINE.replace("table.csv", "tabel.csv"), r"corrections\.csv: corrects tabel\.csv, which no resource reads"),
        (LINE.replace(",3,", ",three,"), r"corrections\.csv: a row is no line number"),
        (LINE.replace(",2026-11-24", ""), r"corrections\.csv, line 2: the record has 6 cells, the header 7"),
    ],
)
def test_a_correction_that_fits_no_cell_fails_the_source(tmp_path: Path, line: str, said: str) -> None:
    write(source(tmp_path / "sources"), {"corrections.csv": HEADER + line})
    files = ingested(tmp_path)["source_file"]
    assert files["state"].to_list() == ["failed"]
    with pytest.raises(SourceError, match=said):
        raise SourceError(files["message"][0], "", "")


def test_one_cell_is_corrected_once(tmp_path: Path) -> None:
    write(source(tmp_path / "sources", descriptor=DESCRIPTOR), {"corrections.csv": HEADER + LINE + LINE})
    assert ingested(tmp_path)["source_file"]["state"].to_list() == ["failed"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("table.csv,2,figure,100,200,misprint,2026-11-24\ntable.csv,2,figure,100,300,misprint,2026-11-24\n", "corrected twice"),
        ("table.csv,2,figure,100,200,,2026-11-24\n", "has no reason or no date"),
        ("table.csv,2,figure,100,200,misprint,\n", "has no reason or no date"),
    ],
)
def test_a_correction_stands_once_and_with_its_evidence(tmp_path: Path, lines: str, said: str) -> None:
    write(tmp_path / "pages", {"corrections.csv": "file,row,column,expected,corrected,reason,since\n" + lines})
    with pytest.raises(SourceError, match=said):
        read_corrections(tmp_path / "pages")
