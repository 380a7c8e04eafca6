"""The examples of docs/sources.md, taken from the page and read as it says: what stands there is what happens."""

import json
import re
import shutil
from decimal import Decimal
from pathlib import Path

import frictionless
import jsonschema
import openpyxl
import polars as pl
import pytest
import yaml

from hai_ha_pipeline.reading.descriptor import FILE_NAME, STATEMENT_FIELDS, json_schema, read_descriptor
from tests.build import SHIPPED
from tests.conftest import Tables, tables_of

PAGE = (SHIPPED.parent / "docs" / "sources.md").read_text(encoding="utf-8")
FENCED = re.compile(r"^`sources/(?P<file>[^`]+)`[^\n]*\n\n```\w+\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
FILES = {found["file"]: found["text"] for found in FENCED.finditer(PAGE)}
HEAD = FILES[f"world_bank/{FILE_NAME}"].partition("resources:\n")[0]
EXAMPLES = {  # source: cells that load, that are missing, excluded, rejected
    "world_bank": (12, 23, 0, 0),
    "statistics_office": (8, 22, 6, 0),
    "sdmx": (7, 1, 0, 0),
    "workbook": (13, 23, 0, 0),
    "interview": (9, 1, 0, 0),
}
SHEET = "Hải Hà"


def section(source: str) -> str:
    """What the page says about one example."""
    [found] = [part for part in re.split(r"^## ", PAGE, flags=re.MULTILINE) if f"`sources/{source}/{FILE_NAME}`" in part]
    return found


def written(sources: Path) -> Path:
    """The five sources and the shipped master data, as files."""
    shutil.copytree(SHIPPED / "reference", sources / "reference")
    for name, text in FILES.items():
        path = sources / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.name == FILE_NAME:
            path.write_text(descriptor(path.parent.name, text), encoding="utf-8")
        elif path.suffix == ".xlsx":
            _as_workbook(text).save(path)
        else:
            path.write_bytes(_as_it_comes(path.parent.name, text))
    return sources


def descriptor(source: str, text: str) -> str:
    """A whole descriptor: the page shows the head only once."""
    return text if text.startswith(HEAD) else HEAD.replace("name: world-bank", f"name: {source.replace('_', '-')}") + text


def _as_it_comes(source: str, text: str) -> bytes:
    match source:
        case "world_bank":
            return text.encode("utf-8-sig")
        case "statistics_office":
            return text.replace("\n", "\r\n").encode()
        case _:
            return text.encode()


def _as_workbook(text: str) -> openpyxl.Workbook:
    """The workbook that shows this table: years and units are merged, numbers are numbers, per cent have their format."""
    book = openpyxl.Workbook()
    book.create_sheet(SHEET)
    sheet = book[SHEET]
    for row, line in enumerate(text.splitlines(), start=1):
        for column, shown in enumerate(line.split("|"), start=1):
            value, number_format = _stored(shown.strip())
            cell = sheet.cell(row, column)
            cell.value, cell.number_format = value, number_format
    for merged in ("C3:D3", "E3:F3", "A3:A4", "B3:B4", "B5:B9", "B10:B13"):
        sheet.merge_cells(merged)
    return book


def _stored(shown: str) -> tuple[str | float | int | None, str]:
    """What Excel stores, and the format it shows it in."""
    number = shown.removesuffix("%")
    if not re.fullmatch(r"\d{1,3}(\.\d{3})*(,\d+)?|\d{4}", number):
        return shown or None, "General"
    value = float(number.replace(".", "").replace(",", "."))
    if shown.endswith("%"):
        return value / 100, "0.##%"
    return (int(value), "0") if len(number) == 4 and "." not in number else (value, "#,##0.##")


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the five sources."""
    return written(tmp_path_factory.mktemp("project") / "sources")


@pytest.fixture(scope="module")
def tables(sources: Path) -> Tables:
    """Every table made from them."""
    return tables_of(sources, sources.parent / "archive")


def figures(tables: Tables, source: str) -> list[tuple[str, str, str, str, str, str]]:
    """What loads of one source: role, indicator, area, period, value in the indicator's unit, release stage."""
    units = tables["dim_indicator"].select("indicator_code", "unit_code")
    loaded = tables["figure"].filter(pl.col("source") == source, pl.col("verdict") == "accepted").drop("unit_code")
    named = loaded.join(units, on="indicator_code", how="left", maintain_order="left").sort("row", "column", maintain_order=True)
    return [
        (role, indicator, area, period, f"{_plain(value)} {unit}", status)
        for role, indicator, area, period, value, unit, status in named.select(
            "role", "indicator_code", "area_code", "period_code", "value", "unit_code", "obs_status"
        ).iter_rows()
    ]


def _plain(value: Decimal) -> str:
    return f"{value.normalize():,f}"


def test_the_page_has_five_examples() -> None:
    assert {name.partition("/")[0] for name in FILES} == set(EXAMPLES)


@pytest.mark.parametrize("source", EXAMPLES)
def test_what_comes_of_an_example_is_what_the_page_says(source: str, tables: Tables) -> None:
    loaded, missing, excluded, rejected = EXAMPLES[source]
    [load] = tables["load"].filter(source=source).to_dicts()
    reasons = tables["rejected"].filter(source=source)
    assert load["message"] is None
    assert (load["state"], load["figures_loaded"], load["cells_missing"]) == ("loaded", loaded, missing)
    assert reasons.filter(rule="excluded").height == excluded
    assert reasons.filter(pl.col("rule") != "excluded").rows() == []
    are = "is" if missing == 1 else "are"
    said = f"{load['cells_read']} cells: {loaded} load, {missing} {are} missing, {excluded} excluded, {rejected} rejected."
    assert said in section(source)


@pytest.mark.parametrize("source", EXAMPLES)
def test_every_value_that_the_page_names_stands_in_the_warehouse(source: str, tables: Tables) -> None:
    named = re.findall(r"`(\w+ \w+ [\w/-]+ = [^`]+)`", section(source))
    assert len(named) >= 2
    assert set(named) <= {f"{indicator} {area} {period} = {value}" for _, indicator, area, period, value, _ in figures(tables, source)}


def test_a_world_bank_file_gives_a_figure_for_each_year_that_has_one(tables: Tables) -> None:
    assert figures(tables, "world_bank") == [
        ("result", "grdp_growth", "22", "2020", "10.05 PCT", "A"),
        ("result", "grdp_growth", "22", "2022", "10.28 PCT", "A"),
        ("result", "grdp_growth", "22", "2023", "11.03 PCT", "A"),
        ("result", "grdp_growth", "22", "2024", "8.42 PCT", "A"),
        ("result", "grdp_growth", "22", "2025", "11.89 PCT", "A"),
        ("result", "grdp_current_prices", "22", "2022", "269,000 VND_BN", "A"),
        ("result", "grdp_current_prices", "22", "2023", "313,595 VND_BN", "A"),
        ("result", "grdp_current_prices", "22", "2024", "347,534 VND_BN", "A"),
        ("result", "grdp_current_prices", "22", "2025", "368,445 VND_BN", "A"),
        ("result", "area_land", "201", "2019", "495.5 KM2", "A"),
        ("result", "population", "201", "2019", "62,240 PERSONS", "A"),
        ("result", "population_density", "201", "2019", "125.61 PERSONS_PER_KM2", "A"),
    ]


def test_an_export_of_a_statistics_office_gives_the_districts_without_their_sums(tables: Tables) -> None:
    assert figures(tables, "statistics_office") == [
        ("result", "tourism_revenue", "22", "2024", "46,460 VND_BN", "E"),
        ("result", "total_production_value", "198", "2024", "2,728.79 VND_BN", "E"),
        ("result", "total_production_value", "201", "2023", "33,497 VND_BN", "A"),
        ("result", "total_production_value", "200", "2021", "5,650 VND_BN", "A"),
        ("result", "total_production_value", "200", "2023", "8,351 VND_BN", "A"),
        ("result", "tourism_revenue", "203", "2024", "2,821 VND_BN", "E"),
        ("result", "tourism_revenue", "195", "2024", "830 VND_BN", "E"),
        ("result", "total_production_value", "206", "2024", "64,833 VND_BN", "E"),
    ]


def test_the_sums_between_the_districts_are_seen_with_their_values(tables: Tables) -> None:
    excluded = tables["rejected"].filter(source="statistics_office")
    assert excluded.sort("row", "column").select("row", "value_as_printed").rows() == [
        (4, "5.650"), (4, "41.848"), (4, "2.728,79"), (4, "2.821"), (9, "64.833"), (9, "830"),
    ]  # fmt: skip


def test_an_sdmx_file_gives_its_observations_with_their_status(tables: Tables) -> None:
    assert figures(tables, "sdmx") == [
        ("result", "grdp_growth", "22", "2023", "11.03 PCT", "E"),
        ("result", "grdp_growth", "22", "2024", "8.42 PCT", "E"),
        ("result", "grdp_growth", "22", "2024-S1", "9.02 PCT", "E"),
        ("result", "grdp_current_prices", "22", "2023", "313,595 VND_BN", "P"),
        ("result", "grdp_current_prices", "22", "2024", "347,534 VND_BN", "E"),
        ("result", "budget_revenue_total", "22", "2024-S1", "30,774 VND_BN", "E"),
        ("result", "production_value_agri_forestry_fishery", "201", "2024-01-01/P7M", "816.3 VND_BN", "A"),
    ]


def test_a_workbook_gives_plan_and_result_of_each_year(tables: Tables) -> None:
    assert figures(tables, "workbook") == [
        ("target", "total_production_value", "201", "2024", "36,000 VND_BN", "A"),
        ("result", "total_production_value", "201", "2024", "37,000 VND_BN", "A"),
        ("target", "production_value_agri_forestry_fishery", "201", "2024", "1,390 VND_BN", "A"),
        ("target", "production_value_industry_construction", "201", "2024", "23,803.2 VND_BN", "A"),
        ("result", "production_value_industry_construction", "201", "2024", "24,464.6 VND_BN", "A"),
        ("target", "production_value_services", "201", "2024", "10,815 VND_BN", "A"),
        ("result", "share_agri_forestry_fishery", "201", "2024", "3.8 PCT", "A"),
        ("target", "share_industry_construction", "201", "2024", "66.1 PCT", "A"),
        ("result", "share_industry_construction", "201", "2024", "66 PCT", "A"),
        ("target", "share_industry_construction", "201", "2025", "61 PCT", "A"),
        ("target", "share_services", "201", "2024", "30.04 PCT", "A"),
        ("result", "share_services", "201", "2024", "30.2 PCT", "A"),
        ("target", "share_services", "201", "2025", "34 PCT", "A"),
    ]


def test_the_range_and_the_bound_of_a_workbook_are_kept(tables: Tables) -> None:
    targets = tables["figure"].filter(source="workbook", role="target")
    assert targets.filter(indicator_code="share_industry_construction", period_code="2025").select("lower", "upper").row(0) == (60, 62)
    assert targets.filter(indicator_code="total_production_value").select("qualifier", "lower").row(0) == ("more_than", 36_000)


def test_an_interview_gives_its_targets_and_results(tables: Tables) -> None:
    assert figures(tables, "interview") == [
        ("target", "total_production_value", "201", "2024", "36,000 VND_BN", "A"),
        ("result", "total_production_value", "201", "2024-S1", "19,658 VND_BN", "A"),
        ("target", "production_value_services", "201", "2024", "10,815 VND_BN", "A"),
        ("result", "production_value_services", "201", "2024-S1", "6,506.3 VND_BN", "A"),
        ("target", "poor_households", "201", "2024", "0 HOUSEHOLDS", "A"),
        ("result", "poor_households", "201", "2024-S1", "28 HOUSEHOLDS", "A"),
        ("target", "near_poor_households", "201", "2024", "140.5 HOUSEHOLDS", "A"),
        ("result", "near_poor_households", "201", "2024-S1", "126 HOUSEHOLDS", "A"),
        ("result", "import_export_turnover", "201", "2024-S1", "33.796 USD_MN", "A"),
    ]


def only(sources: Path, source: str) -> Path:
    """The five sources, of which only one is kept; its folder."""
    written(sources)
    for folder in sources.iterdir():
        if folder.name not in {"reference", source}:
            shutil.rmtree(folder)
    return sources / source


def test_next_years_export_of_a_world_bank_file_needs_no_edit(tmp_path: Path) -> None:
    file = only(tmp_path / "sources", "world_bank") / "api.csv"
    as_it_is = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r',"[^"]*",$', ",", as_it_is, flags=re.MULTILINE), encoding="utf-8")
    assert "2025" not in {period for _, _, _, period, _, _ in figures(tables_of(tmp_path / "sources", tmp_path / "archive"), "world_bank")}
    file.write_text(as_it_is, encoding="utf-8")
    tables = tables_of(tmp_path / "sources", tmp_path / "archive")
    [differs] = tables["difference"].select("figures_new", "figures_revised", "figures_withdrawn", "figures_unchanged").rows()
    assert differs == (2, 0, 0, 10)
    assert tables["load"]["warnings"].to_list() == ["api.csv has new columns: '2025'"]


def test_a_figure_column_that_the_pattern_misses_is_an_error(tmp_path: Path) -> None:
    file = only(tmp_path / "sources", "statistics_office") / "districts.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("Thu du lịch (Tỷ đồng)", "Thu du lịch, tỷ đồng"), encoding="utf-8")
    [message] = tables_of(tmp_path / "sources", tmp_path / "archive")["load"]["message"].to_list()
    assert "the header holds 'Ước 2024 (*) Thu du lịch, tỷ đồng', not declared" in message


def test_the_interview_without_its_correction_has_one_figure_rejected(tmp_path: Path) -> None:
    (only(tmp_path / "sources", "interview") / "corrections.csv").unlink()
    tables = tables_of(tmp_path / "sources", tmp_path / "archive")
    assert len(figures(tables, "interview")) == 8
    assert "Without the correction eight load and one is rejected" in section("interview")
    [row] = tables["rejected"].select("file", "row", "text", "rule", "reason").rows()
    file, line, text, rule, reason = row
    assert f"rejected: 1 x {rule}, e.g. interview/{file} line {line}, '{text}': {reason}\n" in PAGE


def test_attainment_of_the_interview_is_what_the_page_says(tmp_path: Path) -> None:
    only(tmp_path / "sources", "interview")
    attained = tables_of(tmp_path / "sources", tmp_path / "archive")["attainment"].filter(pl.col("is_latest"))
    rounded = attained.select("indicator_code", pl.col("fulfilment_pct", "progress_pct").cast(pl.Float64).round(2))
    found = {code: (fulfilled, of_way) for code, fulfilled, of_way in rounded.iter_rows()}
    assert found["total_production_value"][0] == pytest.approx(54.61)
    assert found["production_value_services"][0] == pytest.approx(60.16)
    assert found["poor_households"][1] == pytest.approx(58.21)


def test_the_figures_of_the_examples_stand_in_the_shipped_sources(tables: Tables, shipped: Tables) -> None:
    about = ["indicator_code", "area_code", "period_code", "role", "value"]
    mine = tables["figure"].filter(pl.col("source").is_in(list(EXAMPLES)), pl.col("verdict") == "accepted")
    known = shipped["figure"].filter(pl.col("verdict") == "accepted").select(about).unique()
    assert mine.join(known, on=about, how="anti").select(about[:3]).rows() == [("population_density", "201", "2019")]


@pytest.mark.parametrize("source", EXAMPLES)
def test_a_descriptor_of_the_page_keeps_our_schema_and_the_standard(source: str, sources: Path) -> None:
    folder = sources / source
    assert read_descriptor(folder).resources
    text = (folder / FILE_NAME).read_text(encoding="utf-8")
    jsonschema.validate(yaml.safe_load(text), json.loads(json_schema()))
    report = frictionless.Package.validate_descriptor(yaml.safe_load(text), basepath=str(folder))
    assert report.valid, report.flatten(["type", "note"])


def test_the_page_names_every_key_and_every_statement_field() -> None:
    reference = PAGE.partition("## What a descriptor may say")[2]
    schema = json.loads(json_schema())
    objects = [schema, *schema["$defs"].values()]
    keys = {key for each in objects for key in each.get("properties", {})} | set(STATEMENT_FIELDS)
    assert {key for key in keys if f"`{key}`" not in reference} == set()


def test_every_link_of_the_page_leads_somewhere() -> None:
    headings = re.findall(r"^#+ (.*)$", PAGE, flags=re.MULTILINE)
    anchors = {"#" + re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    links = set(re.findall(r"\]\(([^)]+)\)", PAGE))
    elsewhere = {link for link in links if not link.startswith(("#", "https://"))}
    assert {link for link in links if link.startswith("#")} <= anchors
    assert [link for link in elsewhere if not (SHIPPED.parent / "docs" / link).is_file()] == []
