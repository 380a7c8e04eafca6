"""CSV for spreadsheets: no text of a source becomes a formula, nothing of it is lost, numbers stay numbers, names stand for keys."""

import csv
import re
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hai_ha_pipeline.exports.spreadsheets import harmless
from tests.conftest import Tables
from tests.exported import exported, sheet

HOSTILE = [
    "=1+1",
    "+1",
    "-7 %",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    "\u00a0=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "\uff1d1+1",  # the full-width sign
    '=HYPERLINK("https://example.org","click")',
    "=cmd|'/c calc'!A0",
    'plain";=1+1',
    "a;=1+1",
    "a;  -1",
    "a\t@x",
    "a\n+b",
    "a\r\n=b",
    "'=1+1",
    "'quoted'",
    "a;'b",
    "",
    "Thị xã Đông Triều, 5 - 7 %",
]


def made_harmless(texts: Sequence[str]) -> list[str]:
    with closing(duckdb.connect()) as connection:
        rows = connection.execute(f"SELECT {harmless('text')} FROM (SELECT unnest($1::VARCHAR[]) AS text)", [list(texts)]).fetchall()
    return [str(text) for (text,) in rows]


def given_back(cell: str) -> str:
    """The rule of docs/exports.md, backwards: the text as the source has it."""
    return re.sub("(^|[;\t\r\n])'", r"\1", cell)


def begins_a_formula(cell: str) -> bool:
    """Whether a program may see a formula, also one that skips blanks first."""
    begin = re.sub("^[\x00-\x20\u00a0\u200b\u3000\ufeff]+", "", cell)
    return cell[:1] in {"\t", "\r", "\n"} or begin[:1] in set("=+-@\uff1d\uff0b\uff0d\uff20")


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("-7 %", "'-7 %"),
        ("'quoted'", "''quoted'"),
        ("\t=1", "'\t'=1"),
        ("a;=1", "a;'=1"),
        ("5 - 7 %", "5 - 7 %"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_a_text_like_a_formula_gets_an_apostrophe(text: str, cell: str) -> None:
    assert made_harmless([text]) == [cell]


def test_no_hostile_text_begins_a_formula_and_each_is_given_back() -> None:
    cells = made_harmless(HOSTILE)
    assert [given_back(cell) for cell in cells] == HOSTILE
    assert [cell for cell in cells if begins_a_formula(cell)] == []
    assert sum(begins_a_formula(text) for text in HOSTILE) >= 12


def test_no_piece_begins_a_formula_where_another_separator_is_taken() -> None:
    pieces = [piece for cell in made_harmless(HOSTILE) for piece in re.split("[;\t\r\n]", cell)]
    assert [piece for piece in pieces if begins_a_formula(piece)] == []


@given(st.lists(st.text(alphabet="=+-@'; \t\r\n\"a1,\u00a0\u200b\uff1d", max_size=12), min_size=1, max_size=40))
def test_every_text_is_given_back(texts: list[str]) -> None:
    cells = made_harmless(texts)
    assert [given_back(cell) for cell in cells] == texts
    assert not any(begins_a_formula(piece) for cell in cells for piece in re.split("[;\t\r\n]", cell))


@pytest.fixture(scope="module")
def hostile(shipped: Tables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exports of the shipped figures with hostile texts wherever a source or an analyst writes freely; the first is negative."""
    facts = shipped["fact_observation"].sort("observation_key")
    texts = pl.Series([HOSTILE[number % len(HOSTILE)] for number in range(facts.height)])
    first = pl.int_range(pl.len()) == 0
    value = pl.when(first).then(pl.lit(Decimal("-7.5")).cast(pl.Decimal(18, 6))).otherwise("value").alias("value")
    facts = facts.with_columns(value, note=texts, value_as_printed=texts, unit_as_printed=texts)
    areas = shipped["dim_area"].with_columns(area_name_en=pl.lit("=") + pl.col("area_name_en"))
    sources = shipped["dim_source"].with_columns(source_title=pl.lit('@"x";=') + pl.col("source_title"))
    tables = shipped | {"fact_observation": facts, "dim_area": areas, "dim_source": sources}
    return exported(tables, tmp_path_factory.mktemp("hostile"))


def test_hostile_texts_of_facts_and_dimensions_arrive_harmless_and_whole(hostile: Path, shipped: Tables) -> None:
    observations = sheet(hostile, "core.fact_observation")
    assert observations.height == shipped["fact_observation"].height
    for column in ("note", "value_as_printed", "unit_as_printed"):
        cells = observations[column].fill_null("").to_list()
        assert not any(begins_a_formula(cell) for cell in cells)
        assert sorted({given_back(cell) for cell in cells}) == sorted(set(HOSTILE))
    assert observations["area_name_en"].str.starts_with("'=").all()
    assert observations["source_title"].str.starts_with("'@\"x\";'=").all()


def test_no_cell_of_any_sheet_begins_a_formula_unless_it_is_a_number(hostile: Path) -> None:
    seen = 0
    for file in sorted((hostile / "csv").iterdir()):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.reader(lines):
                for cell in row:
                    seen += 1
                    assert not begins_a_formula(cell) or re.fullmatch(r"-\d+(\.\d+)?", cell), (file.name, cell)
    assert seen > 10_000


def test_a_negative_number_stays_a_number(hostile: Path) -> None:
    values = sheet(hostile, "core.fact_observation")["value"]
    assert "-7.5" in values.to_list()
    assert values.str.to_decimal(scale=6).is_not_null().all()
    changes = sheet(hostile, "marts.growth")["growth_pct"].drop_nulls().cast(pl.Float64)
    assert changes.min() < 0  # type: ignore[operator]


def test_a_sheet_begins_with_a_byte_order_mark_and_holds_utf8(hostile: Path) -> None:
    content = (hostile / "csv" / "core.fact_target.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbfindicator_code,indicator_name_en")
    assert "Quảng Ninh" in content.decode("utf-8")


def test_names_stand_where_the_tables_have_keys(hostile: Path, shipped: Tables) -> None:
    targets = sheet(hostile, "core.fact_target")
    assert [column for column in targets.columns if column.endswith("_key")] == []
    assert {"area_name_vi", "period_name_en", "source_title", "unit_name_en", "file", "row", "column"} <= set(targets.columns)
    (production,) = targets.filter(
        (pl.col("indicator_code") == "total_production_value") & (pl.col("area_code") == "201") & (pl.col("is_current") == "true")
    ).rows(named=True)
    assert production["value"] == "36000"
    assert production["unit_name_en"] == "billion VND"  # of the value; how the source prints it stands in unit_as_printed
    assert production["operator"] == ">="
    assert date.fromisoformat(production["last_day"]) == date(2024, 12, 31)
    attainment = sheet(hostile, "marts.attainment")
    assert {"target_source_title", "result_source_address"} - set(attainment.columns) == {"result_source_address"}
    assert {"result_address", "result_publisher", "target_publisher"} <= set(attainment.columns)


def test_every_sheet_is_in_the_order_of_area_indicator_and_period(hostile: Path) -> None:
    for name in ("core.fact_observation", "marts.growth", "marts.attainment"):
        rows = sheet(hostile, name).select("area_code", "indicator_code").rows()
        assert rows == sorted(rows)
