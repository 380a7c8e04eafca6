"""From an Excel workbook to rows of cells as they are shown: text as it stands, numbers and dates by their number format.

A workbook stores numbers without a decimal mark and shows them through a format: 0.148 is printed as 14.8 %. What is read
is what is printed, with all digits that are stored.
"""

import csv
import io
import re
import warnings
import zipfile
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.descriptor import Dialect

DECIMAL_MARK, LINE_BREAK = "\ue000", "\ue001"  # of the private use area: no text holds them
LARGEST = 1024**3  # bytes of a workbook when unpacked
Number = Decimal
Shown = tuple[str, Number | None, str]  # what stands before a number, the number, what stands behind it; or a text alone


def sheet_names(content: bytes, where: str) -> list[str]:
    """The names of the sheets of a workbook, in their order."""
    return [str(name) for name in _opened(content, where, values=True).sheetnames]


def rows_of(content: bytes, where: str, dialect: Dialect) -> list[list[Shown]]:
    """Every row of the sheet, the first being row 1, each as long as it is filled.

    Raises `SourceError` where the file is no workbook, the sheet is missing, or a formula was never calculated.
    """
    sheet = _sheet(_opened(content, where, values=True), where, dialect)
    rows = [[_shown(cell) for cell in row] for row in sheet.iter_rows()]
    _check_formulas(rows, _sheet(_opened(content, where, values=False), where, dialect), where)
    return rows


def as_csv(rows: list[list[Shown]]) -> bytes:
    """The rows as UTF-8 CSV of equal width, one line a row, so that a sheet is judged as strictly as any other table.

    `DECIMAL_MARK` stands in numbers until their column is known, `LINE_BREAK` in texts of several lines.
    """
    width = max(map(len, rows), default=0)
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n")
    for row in rows:
        texts = [as_text(cell, DECIMAL_MARK) for cell in row]
        writer.writerow([re.sub(r"\r\n|\r|\n", LINE_BREAK, text) for text in texts] + [""] * (width - len(row)))
    return written.getvalue().encode()


def as_text(shown: Shown, decimal_char: str) -> str:
    """What a cell shows, its number written with the decimal mark of its column and without grouping."""
    before, number, behind = shown
    digits = "" if number is None else f"{number:f}".replace(".", decimal_char)
    return f"{before}{digits}{behind}"


def _opened(content: bytes, where: str, *, values: bool) -> Any:
    import openpyxl  # noqa: PLC0415 - takes a quarter of a second, which only workbooks should cost

    try:
        size = sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(content)).infolist())
    except zipfile.BadZipFile:
        raise SourceError(where, "is no .xlsx workbook", "save it as .xlsx, or declare the `format` it has") from None
    if size > LARGEST:
        raise SourceError(where, f"unpacks to {size / 1024**3:.1f} GiB, more than any workbook needs", "export the file again")
    warnings.filterwarnings("ignore", module="openpyxl")  # about styles and validations, which are not read
    try:
        return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=values)
    except Exception as error:
        what = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise SourceError(where, f"is no workbook that can be read: {what}", "open it and save it as .xlsx again") from None


def _sheet(workbook: Any, where: str, dialect: Dialect) -> Any:
    names = workbook.sheetnames
    place = (dialect.sheet_number or 1) - 1
    if (dialect.sheet_name is not None and dialect.sheet_name not in names) or place >= len(names):
        asked = repr(dialect.sheet_name) if dialect.sheet_name is not None else f"number {place + 1}"
        raise SourceError(where, f"has no sheet {asked}; it has {', '.join(map(repr, names))}", "correct `sheetName` or `sheetNumber`")
    sheet = workbook[dialect.sheet_name or names[place]]
    if not hasattr(sheet, "iter_rows"):
        raise SourceError(where, f"the sheet {sheet.title!r} is a chart", "name the sheet with the table as `sheetName`")
    sheet.reset_dimensions()  # the size that some exporters declare is wrong
    return sheet


def _check_formulas(rows: list[list[Shown]], formulas: Any, where: str) -> None:
    """A formula that was never calculated shows nothing and must not pass for an empty cell."""
    for shown, stored in zip(rows, formulas.iter_rows(), strict=True):
        for what, cell in zip(shown, stored, strict=True):
            if isinstance(cell.value, str) and cell.data_type == "f" and what == ("", None, ""):
                raise SourceError(
                    f"{where}, cell {cell.coordinate}",
                    f"the formula {cell.value} was never calculated",
                    "open the workbook and save it again",
                )


def _shown(cell: Any) -> Shown:
    value = cell.value
    if value is None:
        return "", None, ""
    if isinstance(value, bool):
        return str(value).lower(), None, ""
    if isinstance(value, int | float):
        return _number(value, _first_section(cell.number_format, negative=value < 0))
    if isinstance(value, datetime | date | time):
        return _day(value, cell.number_format), None, ""
    return str(value), None, ""


def _first_section(number_format: str | None, *, negative: bool) -> str:
    """The part of a number format that is about this number: the second is for negative ones."""
    sections = (number_format or "General").split(";")
    return sections[1] if negative and len(sections) > 1 and sections[1] else sections[0]


def _number(value: float, number_format: str) -> Shown:
    """A number as its format shows it: in per cent, in thousands, between words; with 15 digits, as workbooks hold them."""
    number = Decimal(format(value, ".15g"))
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', "", number_format)
    scaled = re.search(r"[0#?](,+)(?=[^0#?,]*$|\.)", bare)
    number = number.scaleb(2 * bare.count("%") - 3 * (len(scaled[1]) if scaled else 0))
    words = [*re.finditer(r'"([^"]*)"', number_format)]
    digits = re.search(r"[0#?]", re.sub(r'"[^"]*"', lambda quoted: " " * len(quoted[0]), number_format))
    before = "".join(word[1] for word in words if digits and word.start() < digits.start())
    behind = "".join(word[1] for word in words if not digits or word.start() > digits.start())
    whole = number.to_integral_value()
    return before, whole if number == whole else number.normalize(), " %" * bool(bare.count("%")) + behind


def _day(value: datetime | date | time, number_format: str | None) -> str:
    """A day as far as its format shows it: a format without a day shows a month."""
    if isinstance(value, time) or (isinstance(value, datetime) and value.time() != time()):
        return value.isoformat()
    bare = re.sub(r'"[^"]*"|\\.|\[[^\]]*\]', "", (number_format or "").lower())
    if "d" in bare or "y" not in bare:
        return f"{value:%Y-%m-%d}"
    return f"{value:%Y-%m}" if "m" in bare else f"{value:%Y}"
