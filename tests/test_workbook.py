"""Workbooks: what a cell shows is what is read, with all its digits."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.csv_file import Records
from hai_ha_pipeline.reading.descriptor import Dialect, Resource
from hai_ha_pipeline.reading.table_file import read_table
from hai_ha_pipeline.reading.workbook import as_text, rows_of, sheet_names


def workbook(*rows: list[Any], formats: dict[str, str] | None = None, more: dict[str, list[Any]] | None = None) -> bytes:
    """A workbook whose first sheet, `GRDP`, has these rows; `formats` are number formats by cell, `more` are further sheets."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet
    sheet.title = "GRDP"
    for row in rows:
        sheet.append(row)
    for cell, number_format in (formats or {}).items():
        sheet[cell].number_format = number_format
    for name, first_row in (more or {}).items():
        book.create_sheet(name).append(first_row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def shown(value: Any, number_format: str = "General", decimal_char: str = ",") -> str:
    """What the only cell of a workbook shows."""
    [[cell]] = rows_of(workbook([value], formats={"A1": number_format}), "book.xlsx", Dialect())
    return as_text(cell, decimal_char)


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        ("hơn 36.000", "General", "hơn 36.000"),
        (23803.2, "#,##0.0", "23803,2"),
        (33.796, "General", "33,796"),
        (2024, "General", "2024"),
        (2024.0, "0", "2024"),
        (0.1 + 0.2, "General", "0,3"),
        (-5.5, "0.0;(0.0)", "-5,5"),
        (1e20, "General", "100000000000000000000"),
        (0.148, "0.0%", "14,8 %"),
        (0.148, '0.0"%"', "0,148%"),
        (23803200, "#,##0,", "23803,2"),
        (12.5, '0.0" tỷ"', "12,5 tỷ"),
        (12.5, '"hơn "0.0', "hơn 12,5"),
        (1234.5, '_-* #,##0.00\\ "₫"_-', "1234,5₫"),
        (True, "General", "true"),
        (date(2024, 6, 30), "dd/mm/yyyy", "2024-06-30"),
        (date(2024, 6, 1), "mm/yyyy", "2024-06"),
        (date(2024, 1, 1), "yyyy", "2024"),
        (datetime(2024, 6, 30, 12, 1), "dd/mm/yyyy hh:mm", "2024-06-30T12:01:00"),  # noqa: DTZ001
        ("#N/A", "General", "#N/A"),
    ],
)
def test_a_cell_is_read_as_its_number_format_shows_it(value: Any, number_format: str, text: str) -> None:
    assert shown(value, number_format) == text


def test_a_number_has_the_decimal_mark_of_its_column() -> None:
    assert (shown(33.796, decimal_char=","), shown(33.796, decimal_char=".")) == ("33,796", "33.796")


def test_a_sheet_is_named_numbered_or_the_first() -> None:
    content = workbook(["a"], more={"FDI": ["b"]})
    assert sheet_names(content, "book.xlsx") == ["GRDP", "FDI"]
    for dialect, text in ((Dialect(), "a"), (Dialect(sheet_name="FDI"), "b"), (Dialect(sheet_number=2), "b")):
        assert rows_of(content, "book.xlsx", dialect) == [[(text, None, "")]]


@pytest.mark.parametrize("dialect", [Dialect(sheet_name="fdi"), Dialect(sheet_number=3)])
def test_a_sheet_that_is_not_there_is_told_with_those_that_are(dialect: Dialect) -> None:
    with pytest.raises(SourceError, match="it has 'GRDP', 'FDI'"):
        rows_of(workbook(["a"], more={"FDI": ["b"]}), "book.xlsx", dialect)


def test_a_formula_that_was_never_calculated_is_no_empty_cell() -> None:
    with pytest.raises(SourceError, match=r"cell B1: the formula =A1\*2 was never calculated"):
        rows_of(workbook([1, "=A1*2"]), "book.xlsx", Dialect())


def test_what_is_no_workbook_is_told_so() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("readme.txt", "no workbook")
    for content in (b"a;b\n1;2\n", archive.getvalue(), workbook(["a"])[:500]):
        with pytest.raises(SourceError, match=r"no .*workbook"):
            rows_of(content, "book.xlsx", Dialect())


def sheet(*rows: list[Any], formats: dict[str, str] | None = None, **dialect: Any) -> Records:
    """The records of a sheet with the columns `what`, figures by year with decimal comma."""
    resource = Resource.model_validate(
        {
            "name": "book", "path": "book.xlsx", "format": "xlsx", "dialect": dialect, "schema": {"fields": [{"name": "what"}]},
            "hai-ha": {
                "layout": "wide", "columns": {"indicator": "what"}, "constants": {"area": "22"},
                "value_columns": {"matching": r".*(?P<period>\d{4}).*", "decimalChar": ",", "groupChar": "."},
            },
        }
    )  # fmt: skip
    assert resource.statement
    return read_table(workbook(*rows, formats=formats), "book.xlsx", resource, resource.statement)


def test_a_sheet_gives_records_with_its_own_row_numbers() -> None:
    records = sheet(["Quang Ninh"], [], ["what", 2023, 2024], ["GRDP", 313.595, "hơn 347,5"], [], ["Growth", 0.1103, None],
                    formats={"B6": "0.00%"}, headerRows=[3])  # fmt: skip
    assert records.cells.rows() == [(4, "GRDP", "313,595", "hơn 347,5"), (6, "Growth", "11,03 %", "")]
    assert records.header == ["what", "2023", "2024"]


def test_text_beside_the_table_sets_its_row_aside() -> None:
    records = sheet(["what", 2023], ["GRDP", 313.5], ["FDI", 3.1, "see note 2"])
    assert records.cells.rows() == [(2, "GRDP", "313,5")]
    assert records.damaged.select("@row", "@byte", "rule").rows() == [(3, None, "extra-cell")]


def test_a_cell_of_several_lines_stays_one_cell() -> None:
    assert sheet(["what", 2023], ["GRDP\nat current prices", 313.5], ["FDI", 1]).cells.rows() == [
        (2, "GRDP\nat current prices", "313,5"), (3, "FDI", "1"),
    ]  # fmt: skip


def test_a_year_merged_over_two_columns_stands_before_both_of_their_names() -> None:
    records = sheet(["", "2023", "", "2024", ""], ["what", "plan", "result", "plan", "result"], ["GRDP", 1, 2, 3, 4], headerRows=["1", "2"])
    assert records.header == ["what", "2023 plan", "2023 result", "2024 plan", "2024 result"]
    assert records.cells.rows() == [(3, "GRDP", "1", "2", "3", "4")]
