"""A descriptor is guessed from real shapes of exports; each guess is stated literally, and what it reads."""

import gzip
import io
import os
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from hai_ha_pipeline.cli.master_data import MasterData, master_data
from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.descriptor import Layout, Resource, read_descriptor
from hai_ha_pipeline.reading.scaffold.figures import number_format
from hai_ha_pipeline.reading.scaffold.folder import add_source
from hai_ha_pipeline.reading.source import read_source
from tests.build import SHIPPED

TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
KNOWN = master_data(SHIPPED)


@dataclass(frozen=True)
class Added:
    """A source as it was added: its only resource, its doubts, and the figures it gives."""

    folder: Path
    resource: Resource
    layout: Layout
    doubts: list[str]
    figures: pl.DataFrame

    def accepted(self, *columns: str) -> list[tuple[Any, ...]]:
        return [tuple(map(str, row)) for row in self.figures.filter(pl.col("verdict") == "accepted").select(columns).rows()]

    def rules(self) -> dict[str, int]:
        rejected = self.figures.filter(pl.col("verdict") == "rejected")
        return dict(rejected.group_by("rule").len().sort("rule").rows())


def add(tmp_path: Path, files: dict[str, str | bytes], name: str = "new", known: MasterData = KNOWN) -> Added:
    dropped, sources = tmp_path / "dropped", tmp_path / "sources"
    dropped.mkdir(parents=True)
    sources.mkdir()
    for file, content in files.items():
        (dropped / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    added = add_source([dropped / file for file in files], sources, name, known)
    for file in files:
        assert (added.folder / file).read_bytes() == (dropped / file).read_bytes()
    assert [path.name for path in sources.iterdir()] == [name]
    package = read_descriptor(added.folder)
    resource = package.resources[0]
    assert resource.statement is not None
    read = read_source(added.folder, known.judge)
    doubts = [said for guess in added.resources.values() for _, said in guess.doubts]
    return Added(added.folder, resource, resource.statement, doubts, read.figure)


def settle(added: Added, **changes: str) -> pl.DataFrame:
    """The figures once a person has written a text of the descriptor in place of another."""
    descriptor = added.folder / "datapackage.yaml"
    text = descriptor.read_text()
    for old, new in changes.items():
        assert f'{old}: "CHANGE-ME"' in text
        text = text.replace(f'{old}: "CHANGE-ME"', f'{old}: "{new}"')
    descriptor.write_text(text)
    return read_source(added.folder, KNOWN.judge).figure


def windows_1258(text: str) -> bytes:
    """The text as that encoding writes it: tones as marks behind their letters."""
    written = b""
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        letter = unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES))
        written += (letter + "".join(part for part in parts if part in TONES)).encode("windows-1258")
    return written


WORLD_BANK = (
    '\ufeff"Data Source","World Development Indicators",\r\n\r\n"Last Updated Date","2024-06-28",\r\n\r\n'
    '"Country Name","Country Code","Indicator Name","Indicator Code","2020","2021","2022","2023",\r\n'
    '"Viet Nam","VNM","Population, total","SP.POP.TOTL","96648685","97468029","98186856","",\r\n'
    '"Viet Nam","VNM","GDP growth (annual %)","NY.GDP.MKTP.KD.ZG","2.86541205867684","2.55372904","8.12375","5.06",\r\n'
)  # fmt: skip


def test_a_world_bank_file_is_read_below_its_preamble_and_without_its_nameless_column(tmp_path: Path) -> None:
    added = add(tmp_path, {"API_VNM.csv": WORLD_BANK})
    assert (added.resource.encoding, added.resource.dialect.delimiter, added.resource.dialect.header_rows) == ("utf-8", ",", [5])
    assert added.layout.value_columns is not None
    assert added.layout.value_columns.matching == r"(?P<period>\d{4})"
    assert (added.layout.value_columns.decimal_char, added.layout.value_columns.group_char) == (".", "")
    assert added.layout.columns == {"indicator": "Indicator Name", "area": "Country Name", "unit": "Indicator Name"}
    assert added.layout.names == {"unit": {"Population, total": "CHANGE-ME", "GDP growth (annual %)": "%"}}
    assert added.layout.round_to == 6
    assert added.resource.table_schema.missing_values == [""]
    assert added.rules() == {"unknown-indicator": 7}
    assert '#     "GDP growth (annual %)": "grdp_growth"' in (added.folder / "datapackage.yaml").read_text()


OFFICE = """Dân số trung bình phân theo địa phương;;;;
Đơn vị tính: Nghìn người;;;;
Địa phương;2020;2021;2022;Sơ bộ 2023
CẢ NƯỚC;97.582,7;98.504,4;99.461,7;100.309,2
Quảng Ninh;1.331,9;1.350,9;1.362,9;1.380,8
Hải Hà;62,2;..;63,0;..
Móng Cái;108,5;109,1;..;111,2
Nguồn: Cục Thống kê;;;;
"""


def test_an_office_table_says_its_unit_above_its_totals_within_and_its_source_below(tmp_path: Path) -> None:
    added = add(tmp_path, {"dan_so.csv": OFFICE})
    dialect = added.resource.dialect
    assert (dialect.delimiter, dialect.header_rows, dialect.comment_rows) == (";", [3], [8])
    assert added.resource.table_schema.missing_values == ["", ".."]
    assert added.layout.value_columns is not None
    assert added.layout.value_columns.matching == r"(?:(?P<status>Sơ bộ) )?(?P<period>\d{4})"
    assert (added.layout.value_columns.decimal_char, added.layout.value_columns.group_char) == (",", ".")
    assert (added.layout.language, added.layout.columns) == ("vi", {"area": "Địa phương"})
    assert added.layout.constants == {"indicator": "population", "unit": "PERSONS_K"}
    assert '# excluded: {area: ["CẢ NƯỚC"]}' in (added.folder / "datapackage.yaml").read_text()
    assert (added.figures.height, added.rules()) == (16, {"unknown-area": 4})


def test_what_a_header_says_in_brackets_and_behind_the_year_becomes_a_pattern(tmp_path: Path) -> None:
    header = [
        "Cities, provincies", "2020 (*) Population (persons)", "2021 Population (persons)", "Prel. 2022 Population (persons)",
        "2020 (*) Population density (Person/km2)", "2021 Population density (Person/km2)", "Prel. 2022 Population density (Person/km2)",
    ]  # fmt: skip
    table = ",".join(f'"{name}"' for name in header) + '\n"Quang Ninh",1331900,1350900,1362900,215.5,218,220\n'
    added = add(tmp_path, {"pxweb.csv": table})
    assert added.layout.value_columns is not None
    assert added.layout.value_columns.matching == (
        r"(?:(?P<status>Prel\.) )?(?P<period>\d{4})(?: \(\*\))? (?P<indicator>Population density|Population) "
        r"\((?P<unit>Person/km2|persons)\)"
    )
    assert added.layout.names == {"status": {"Prel.": "P"}}
    assert added.accepted("indicator_code", "period_code", "value", "obs_status") == [
        ("population", "2020", "1331900.000000", "A"),
        ("population", "2021", "1350900.000000", "A"),
        ("population", "2022", "1362900.000000", "P"),
    ]
    assert added.rules() == {"unknown-unit": 3}


SDMX = """STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,INDICATOR,UNIT_MEASURE,UNIT_MULT,TIME_PERIOD,OBS_VALUE,OBS_STATUS
dataflow,GSO:DF_BUDGET(1.0),I,A,22,budget_revenue_total,VND,{0},2021,52300.5,A
dataflow,GSO:DF_BUDGET(1.0),I,A,22,budget_revenue_total,VND,{0},2022,56500,A
dataflow,GSO:DF_BUDGET(1.0),I,A,22,domestic_budget_revenue,VND,{1},2022,39200.25,P
"""


def test_sdmx_csv_is_long_and_its_power_of_ten_goes_into_the_unit(tmp_path: Path) -> None:
    added = add(tmp_path, {"sdmx.csv": SDMX.format(9, 9)})
    assert added.layout.layout == "long"
    assert added.layout.columns == {
        "indicator": "INDICATOR", "area": "REF_AREA", "period": "TIME_PERIOD", "value": "OBS_VALUE", "unit": "UNIT_MEASURE",
        "status": "OBS_STATUS",
    }  # fmt: skip
    assert added.layout.names == {"unit": {"VND": "VND_BN"}}
    assert added.accepted("area_code", "period_code", "value", "unit_code", "obs_status") == [
        ("22", "2021", "52300.500000", "VND_BN", "A"),
        ("22", "2022", "56500.000000", "VND_BN", "A"),
        ("22", "2022", "39200.250000", "VND_BN", "P"),
    ]


def test_no_figure_loads_where_the_power_of_ten_differs_from_line_to_line(tmp_path: Path) -> None:
    added = add(tmp_path, {"sdmx.csv": SDMX.format(9, 6)})
    assert added.layout.constants == {"unit": "CHANGE-ME"}
    assert added.rules() == {"unknown-unit": 3}
    (doubt,) = added.doubts
    assert doubt.startswith("UNIT_MULT multiplies the figures by powers of ten (6, 9): which differ")
    assert "split the file" in doubt


def workbook() -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    book.create_sheet("Thuyết minh").append(["Ghi chú"])
    sheet = book.create_sheet("Số liệu")
    for row in (
        ["Thu ngân sách tỉnh Quảng Ninh"],
        ["Đơn vị: tỷ đồng"],
        [],
        ["Chỉ tiêu", 2021, 2022, "Sơ bộ 2023"],
        ["Tổng thu ngân sách nhà nước trên địa bàn", 52300.5, 56500, ".."],
        ["Thu nội địa", 39000, 39200.25, 41000],
    ):
        sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_a_workbook_is_read_from_the_sheet_that_holds_the_table(tmp_path: Path) -> None:
    added = add(tmp_path, {"budget.xlsx": workbook()})
    assert (added.resource.format, added.resource.dialect.sheet_name, added.resource.dialect.header_rows) == ("xlsx", "Số liệu", [4])
    assert added.layout.constants == {"area": "22", "unit": "VND_BN"}
    assert added.accepted("indicator_code", "period_code", "value", "obs_status") == [
        ("budget_revenue_total", "2021", "52300.500000", "A"),
        ("domestic_budget_revenue", "2021", "39000.000000", "A"),
        ("budget_revenue_total", "2022", "56500.000000", "A"),
        ("domestic_budget_revenue", "2022", "39200.250000", "A"),
        ("domestic_budget_revenue", "2023", "41000.000000", "P"),
    ]


INTERVIEW = """Kennzahl;Gebiet;Zeitraum;Art;Zusatz;Wert;Einheit;Veränderung;Anmerkung
Gesamtproduktionswert;Hai Ha;2024;Ziel;mehr als;36.000;Milliarden VND;n/a;
Gesamtproduktionswert;Hai Ha;2024-S1;Ergebnis;mehr als;19.658;Milliarden VND;14,8 %;
Tourismuseinnahmen;Hai Ha;2024-S1;Ergebnis;;126,5;Milliarden VND;69,2 %;vorläufig
Besuche;Hai Ha;2024-S1;Ergebnis;über;97.300;Besuche;n/a;
poor_households;Hai Ha;2023;Ergebnis;;keine;Haushalte;n/a;
"""


def test_an_interview_is_long_with_german_numbers_and_german_roles(tmp_path: Path) -> None:
    added = add(tmp_path, {"interview.csv": INTERVIEW})
    assert (added.layout.layout, added.layout.language) == ("long", "de")
    assert added.layout.columns == {
        "indicator": "Kennzahl", "area": "Gebiet", "period": "Zeitraum", "role": "Art", "value": "Wert", "unit": "Einheit",
        "qualifier": "Zusatz", "growth": "Veränderung", "note": "Anmerkung",
    }  # fmt: skip
    value = next(field for field in added.resource.table_schema.fields if field.name == "Wert")
    assert (value.decimal_char, value.group_char) == (",", ".")
    assert added.resource.table_schema.missing_values == ["", "n/a"]
    assert added.layout.names == {"role": {"Ziel": "target", "Ergebnis": "result"}}
    assert added.accepted("role", "value", "qualifier", "growth_pct") == [
        ("target", "36000.000000", "more_than", "None"),
        ("result", "19658.000000", "more_than", "14.800000"),
        ("result", "126.500000", "exact", "69.200000"),
    ]
    assert added.rules() == {"type-error": 1, "unknown-indicator": 1}
    assert '#     "keine": "0"' in (added.folder / "datapackage.yaml").read_text()


def test_windows_1258_is_told_from_windows_1252_by_the_letters_that_come_of_it(tmp_path: Path) -> None:
    table = "Chỉ tiêu;Năm;Giá trị;Đơn vị\nThu nội địa;2023;12,5;tỷ đồng\nDân số;2023;62.240;người\n"
    added = add(tmp_path, {"thu.csv": windows_1258(table)})
    assert added.resource.encoding == "windows-1258"
    assert added.layout.columns == {"indicator": "Chỉ tiêu", "period": "Năm", "value": "Giá trị", "unit": "Đơn vị"}
    assert added.doubts == [
        "it is not UTF-8, and read as windows-1258 it is Vietnamese (Chỉ, tiêu, Năm, Giá): look whether the letters are right",
        "nothing says which area the figures are about: write it in place of CHANGE-ME",
    ]
    figures = settle(added, area="201")
    assert figures["value"].cast(pl.String).to_list() == ["12.500000", "62240.000000"]
    assert figures["verdict"].to_list() == ["accepted", "accepted"]


def test_german_bytes_are_windows_1252(tmp_path: Path) -> None:
    added = add(tmp_path, {"wert.csv": "Gebiet;Jahr;Bevölkerung (Personen)\nHai Ha;2019;62240\n".encode("windows-1252")})
    assert added.resource.encoding == "windows-1252"


def test_one_column_of_figures_says_in_its_header_what_it_counts(tmp_path: Path) -> None:
    added = add(tmp_path, {"pop.tsv": "area\tyear\tpopulation (persons)\nHai Ha\t2019\t62,240\nMong Cai\t2019\t108,553\n"})
    assert added.resource.dialect.delimiter == "\t"
    assert added.layout.constants == {"indicator": "population", "unit": "PERSONS"}
    assert added.accepted("area_code", "value") == [("201", "62240.000000"), ("194", "108553.000000")]
    assert added.doubts[0] == (
        "the figures have the decimal mark '.' and group with ',': figures such as 62,240, 108,553 can be read in two ways; the words are English"
    )


def test_files_that_differ_by_their_year_are_one_resource(tmp_path: Path) -> None:
    head = "Địa bàn;Chỉ tiêu;Đơn vị;Giá trị\n"
    files: dict[str, str | bytes] = {
        "thu_2022.csv": head + "Hải Hà;Thu nội địa;tỷ đồng;1.250,5\n",
        "thu_2023.csv": head + "Hải Hà;Thu nội địa;tỷ đồng;1.301,2\n",
    }
    added = add(tmp_path, files)
    assert added.resource.path == ["thu_*.csv"]
    assert added.layout.file_name == r"thu_(?P<period>\d{4})\.csv"
    assert added.accepted("file", "period_code", "value") == [
        ("thu_2022.csv", "2022", "1250.500000"),
        ("thu_2023.csv", "2023", "1301.200000"),
    ]


def test_files_of_two_shapes_are_two_resources(tmp_path: Path) -> None:
    added = add(tmp_path, {"a.csv": "area,year,population\n201,2019,62240\n", "b.csv": "area;year;population\n194;2019;108553\n"})
    assert [resource.name for resource in read_descriptor(added.folder).resources] == ["a", "b"]


TWO_ROWS = """Địa bàn,2022,,2023,
,Dân số (người),Thu nội địa (tỷ đồng),Dân số (người),Thu nội địa (tỷ đồng)
Hải Hà,62240,131.5,62900,140.25
Móng Cái,108553,2100,109000,2250.5
"""


def test_two_header_rows_are_joined_and_read_by_one_pattern(tmp_path: Path) -> None:
    added = add(tmp_path, {"two.csv": TWO_ROWS})
    assert added.resource.dialect.header_rows == [1, 2]
    assert added.layout.value_columns is not None
    assert added.layout.value_columns.matching == (r"(?P<period>\d{4}) (?P<indicator>Thu nội địa|Dân số) \((?P<unit>tỷ đồng|người)\)")
    assert added.accepted("indicator_code", "area_code", "period_code", "value")[:3] == [
        ("population", "201", "2022", "62240.000000"),
        ("population", "194", "2022", "108553.000000"),
        ("domestic_budget_revenue", "201", "2022", "131.500000"),
    ]
    assert len(added.accepted("value")) == 8


@pytest.mark.parametrize(
    ("headers", "read"),
    [
        ("Jan 2024,Feb 2024,Mar 2024", []),  # months that are not known are no years
        ("Q1 2024,Q2 2024,H1 2024", ["2024-Q1", "2024-Q2"]),
        ("2023,2024,2024 vs 2023", ["2023", "2024"]),
        ("Value 2022,Value 2023,Value 2024", ["2022", "2023", "2024"]),
    ],
)
def test_words_beside_a_year_that_nothing_reads_are_not_left_out(tmp_path: Path, headers: str, read: list[str]) -> None:
    added = add(tmp_path, {"visits.csv": f"Area,Indicator,Unit,{headers}\nQuang Ninh,tourist_visits,visits,1200000,1800000,1300000\n"})
    assert sorted(period for (period,) in added.accepted("period_code")) == read
    assert added.rules() == ({"unknown-period": 3 - len(read)} if len(read) < 3 else {})
    assert len(added.doubts) == (len(read) < 3)


def test_a_word_behind_the_year_is_no_part_of_the_indicator_that_may_be_left_out(tmp_path: Path) -> None:
    added = add(tmp_path, {"people.csv": "Area,Population 2019 Male (persons),Population 2019 Female (persons)\nHai Ha,31000,31240\n"})
    assert added.rules() == {"unknown-period": 2}


def test_columns_of_plan_and_result_are_told_apart_and_others_do_not_load(tmp_path: Path) -> None:
    table = "Indicator,Unit,Year,Area,{}\ntourist_visits,visits,2024,Hai Ha,500000,550000\n"
    added = add(tmp_path / "roles", {"plan.csv": table.format("Plan,Actual")})
    assert added.accepted("role", "value_as_printed") == [("target", "500000"), ("result", "550000")]
    added = add(tmp_path / "others", {"visits.csv": table.format("Domestic,Foreign")})
    assert added.rules() == {"unknown-role": 2}
    assert added.doubts[0].startswith("nothing says what 'Domestic', 'Foreign' mean")


def test_an_area_in_a_header_is_the_unit_that_bore_the_name_in_the_period(tmp_path: Path) -> None:
    added = add(tmp_path, {"visits.csv": "Indicator,Unit,Year,Quảng Ninh,Vân Đồn\ntourist_visits,visits,2024,19000000,1300000\n"})
    assert added.accepted("area_code") == [("22",), ("203",)]


def test_column_numbers_below_the_names_are_no_data(tmp_path: Path) -> None:
    table = "Chỉ tiêu;Đơn vị;2022;2023;2024\nA;B;1;2;3\nThu nội địa;tỷ đồng;12,5;13,5;14,5\nDân số;người;1;2;3\n"
    added = add(tmp_path, {"t.csv": table})
    assert (added.resource.dialect.header_rows, added.resource.dialect.comment_rows) == ([1], [2])
    assert added.figures.height == 6


def test_a_file_without_a_header_gets_names_to_be_written(tmp_path: Path) -> None:
    added = add(tmp_path, {"t.csv": "Hải Hà;2023;Thu nội địa;12,5;tỷ đồng\nHải Hà;2024;Thu nội địa;13,5;tỷ đồng\n"})
    assert not added.resource.dialect.header
    assert added.layout.columns == {
        "indicator": "column_3",
        "area": "column_1",
        "period": "column_2",
        "value": "column_4",
        "unit": "column_5",
    }
    assert added.accepted("value") == [("12.500000",), ("13.500000",)]


def test_merged_cells_repeat_the_one_above(tmp_path: Path) -> None:
    table = "area,indicator,unit,2022,2023\nHai Ha,population,persons,1,2\n,poor_households,households,67,28\n"
    added = add(tmp_path, {"t.csv": table})
    assert added.layout.fill_down == ["area"]
    assert added.figures["area_code"].to_list() == ["201"] * 4


def test_compressed_files_are_declared_as_such(tmp_path: Path) -> None:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("inner.csv", "area,year,population\n201,2019,62240\n")
    assert add(tmp_path / "zip", {"t.zip": zipped.getvalue()}).resource.compression == "zip"
    gzipped = gzip.compress(b"area,year,population\n201,2019,62240\n")
    for name in ("t.csv.gz", "t.csv"):
        added = add(tmp_path / name, {name: gzipped})
        assert added.resource.compression == "gz"
        assert settle(added, unit="persons").select("verdict", "value_as_printed").rows() == [("accepted", "62240")]


# Each figure of the shipped export that the guess alone reads, and the statements in all: the rest are words (`keine`) and
# names that only the shipped descriptor maps.
def test_the_shipped_interview_reads_again_without_its_descriptor(tmp_path: Path) -> None:
    added = add(tmp_path, {"statements.csv": (SHIPPED / "hai_ha_interview_2024" / "statements.csv").read_bytes()})
    assert (added.layout.language, added.figures.height) == ("de", 32)
    assert (added.figures["verdict"] == "accepted").sum() == 25
    assert added.rules() == {"ambiguous-number": 1, "type-error": 6}


def test_the_shipped_yearbook_reads_again_without_its_descriptor(tmp_path: Path) -> None:
    added = add(tmp_path, {"yearbook.csv": (SHIPPED / "quang_ninh_yearbook" / "yearbook.csv").read_bytes()})
    assert {column: said.get("published_on") for column, said in added.layout.values.items()} == {
        "2020": None, "2022": None, "Ước 2023": None, "Sơ bộ 2023": None, "Ước 2024": None, "Dự kiến 2024": None,
        "Ước 2025 (tháng 9/2025)": "~2025-09", "Năm 2025 (tháng 12/2025)": "~2025-12", "Ước 2025 (tháng 12/2025)": "~2025-12",
        "Ước 2025 (tháng 1/2026)": "~2026-01",
    }  # fmt: skip
    formats = {field.name: field.decimal_char for field in added.resource.table_schema.fields if field.type == "number"}
    assert [name for name, mark in formats.items() if mark == "."] == ["Ước 2023"]
    figures = settle(added, area="22")
    assert (figures.height, (figures["verdict"] == "missing").sum(), (figures["verdict"] == "accepted").sum()) == (140, 115, 13)
    assert figures.filter(pl.col("verdict") == "rejected")["rule"].unique().to_list() == ["unknown-indicator"]


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("[!r]*/*.csv")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_shipped_export_gives_a_descriptor_that_reads_every_record(tmp_path: Path, path: Path) -> None:
    if path.name == "corrections.csv":
        return
    added = add(tmp_path, {path.name: path.read_bytes()})
    shipped = next(resource for resource in read_descriptor(path.parent).resources if path.name in resource.path)
    assert added.resource.dialect.delimiter == shipped.dialect.delimiter
    assert added.resource.encoding == shipped.encoding
    assert not added.figures["column"].has_nulls()


@pytest.mark.parametrize(
    ("cells", "language", "decimal", "group", "is_certain"),
    [
        (["1.234,5", "7"], None, ",", ".", True),
        (["1,234.5", "7"], None, ".", ",", True),
        (["14.8", "1,234"], "vi", ".", ",", True),
        (["1.234.567"], "en", ",", ".", True),
        (["0.123"], "vi", ".", "", True),
        (["1234.567"], "vi", ".", "", True),
        (["1.234"], "vi", ",", ".", False),
        (["1.234"], "en", ".", ",", False),
        (["1,234"], "de", ",", ".", False),
        (["1'234.5"], None, ".", "'", True),
        (["12 345,6"], None, ",", "", True),
        (["17", "4"], "de", ",", "", True),
    ],
)
def test_the_number_format_follows_the_evidence_and_then_the_language(
    cells: list[str], language: str | None, decimal: str, group: str, is_certain: bool
) -> None:
    found = number_format(cells, language)
    assert (found.decimal, found.group, found.is_certain) == (decimal, group, is_certain)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("page.csv", b"<!DOCTYPE html><html><body>not found</body></html>", "is an HTML page"),
        ("report.csv", b"%PDF-1.7\n", "is a PDF document"),
        ("photo.csv", b"\x89PNG\r\n\x1a\n", "is a picture"),
        ("empty.csv", b"", "the file is empty"),
        ("blank.csv", b"\n \n", "nothing but blanks"),
        ("letter.txt", b"Dear colleagues\nthe export follows tomorrow\n", "is no table"),
        ("binary.csv", b"a,b\n1,\x00\x002\n", "NUL"),
        (".hidden.csv", b"a,b\n1,2\n", "hidden"),
        ("header.csv", b"area,indicator,period,value,unit\n", "holds no record"),
        ("open.csv", b'area,period,value,unit\n22,2023,"11.03,%\n22,2024,8.42,%\n', "holds no record"),
        ("words.csv", b"area,period,value\n22,2023,good\n22,2024,bad\n", "no column of it holds figures"),
    ],
)
def test_what_is_no_table_gets_one_message(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError) as error:
        add_source([tmp_path / name], tmp_path / "sources", "new", KNOWN)
    assert said in str(error.value)
    assert "How to mend it" in str(error.value)
    assert list((tmp_path / "sources").iterdir()) == []


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(SourceError, match="a pipe"):
        add_source([tmp_path / "pipe.csv"], tmp_path, "new", KNOWN)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * 70 * 1024 * 1024)
    (tmp_path / "a.zip").write_bytes(bomb.getvalue())
    with pytest.raises(SourceError, match="unpack to more than"):
        add_source([tmp_path / "a.zip"], tmp_path / "sources", None, KNOWN)


def test_a_name_that_is_taken_or_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sources" / "taken").mkdir(parents=True)
    (tmp_path / "t.csv").write_text("area,year,population\n201,2019,62240\n")
    with pytest.raises(SourceError, match="source check taken"):
        add_source([tmp_path / "t.csv"], tmp_path / "sources", "taken", KNOWN)
    for name in ("../away", "reference", "Größe", "a b"):
        with pytest.raises(SourceError, match="--name"):
            add_source([tmp_path / "t.csv"], tmp_path / "sources", name, KNOWN)


def test_the_name_is_made_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "Dân số Đầm Hà (2023).csv").write_text("area,year,population\n201,2019,62240\n")
    added = add_source([tmp_path / "Dân số Đầm Hà (2023).csv"], tmp_path / "sources", None, KNOWN)
    assert added.folder.name == "dan_so_dam_ha_2023"
