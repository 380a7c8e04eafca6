"""Every printed form that stands in the shipped sources is on the page, with a reading that was worked out by hand."""

import polars as pl
import pytest

from hai_ha_pipeline.catalogue import PRINTED_FIGURES as PAGE
from hai_ha_pipeline.cli.master_data import MasterData, master_data
from hai_ha_pipeline.printed_examples import SECTIONS
from hai_ha_pipeline.printed_forms import examples_read, form_of, growth_forms, page, plan_forms, printed_cells, value_forms
from tests.build import SHIPPED
from tests.conftest import Tables

REFUSED = {
    "`33.796` Millionen USD": "ambiguous-number",
    "`12,34,567` billion VND": "type-error",
    "`(36,000)` billion VND": "type-error",
    "`,5` Milliarden VND": "type-error",
    "`23,803.2` Milliarden VND": "type-error",
    "`over 14,800, nearly` billion VND": "unknown-words",
    "`Ã¼ber 36.000` Milliarden VND": "unknown-words",
    "`1.2 billion` VND": "unknown-words",
    "`1.2 million` million visits": "unknown-words",
    "`$1,200` billion VND": "unit-of-another-quantity",
    "reduced by `39` households": "missing-baseline",
    "`up 3 times` beside 50,000 visits": "unknown-words",
    "`107.2 % over the same period` beside 50,000 visits": "ambiguous-number",
    "`tăng 3 lần` beside 50.000 lượt khách": "unknown-words",
    "`up 0.5 percentage points` beside 50,000 visits": "unit-of-another-quantity",
    "`down -7 %` beside 50,000 visits": "unknown-words",
    "`125.61049445005` billion VND": "constraint-error",
}


@pytest.fixture(scope="module")
def known() -> MasterData:
    return master_data(SHIPPED)


@pytest.fixture(scope="module")
def cells(known: MasterData) -> pl.DataFrame:
    return printed_cells(SHIPPED, known)


def test_the_page_is_what_the_shipped_sources_print() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(SHIPPED), "run: make docs"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("131", "9"),
        ("36.000", "9.999"),
        ("23.803,2", "9.999,9"),
        ("1.234.567", "9.999.999"),
        ("387,235", "9,999"),
        ("2.728,79", "9.999,9"),
        (" 12 345 ", "9 999"),
        ("39/67", "9/9"),
        ("12,08-12,10", "9,9-9,9"),
        ("107.2 % of the same period", "9.9 % of the same period"),
        ("likely to top 160", "likely to top 9"),
        ("1234.5678", "9.9"),
        ("anerkannt", "anerkannt"),
    ],
)
def test_a_form_keeps_marks_and_groups_and_words_and_no_digit(text: str, form: str) -> None:
    assert form_of(text) == form


def test_the_page_reads_every_cell_as_a_run_does(cells: pl.DataFrame, shipped: Tables) -> None:
    of_a_run = shipped["figure"].select("statement_key", "verdict", "value", "lower", "upper", "growth_pct").sort("statement_key")
    assert of_a_run.height > 700
    assert (
        cells.select("statement_key", "verdict", value="read_as", lower="lower", upper="upper", growth_pct="growth_pct")
        .sort("statement_key")
        .equals(of_a_run)
    )


def test_every_accepted_figure_has_its_form_on_the_page(cells: pl.DataFrame, shipped: Tables) -> None:
    accepted = shipped["figure"].filter(verdict="accepted")
    rows = value_forms(cells)
    assert {f"`{form_of(text)}`" for text in accepted["value_as_printed"]} <= {row["form"] for row in rows}
    assert sum(row["how many"] for row in rows if row["read as"] != "missing") == accepted.height


def test_every_growth_and_plan_fulfilment_has_its_form_on_the_page(cells: pl.DataFrame, shipped: Tables) -> None:
    for forms, number in ((growth_forms(cells), "growth_pct"), (plan_forms(cells), "plan_fulfilment_pct")):
        assert sum(row["how many"] for row in forms if row["read as"] != "missing") == shipped["figure"][number].count()


@pytest.mark.parametrize(
    "row",
    [
        # More than 36,000 leaves the upper side open.
        "| `9.999` | mehr als; über; hơn; trên | `,` `.` | mehr als `36.000` Milliarden VND | `hai_ha_interview_2024/statements.csv:2` | 36,000 billion VND | 36,000 to open | more than | 12 |",
        # Nearly 14,800 leaves the lower side open.
        "| `9,999` | nearly | `.` `,` | nearly `14,800` billion VND | `hai_ha_published/english_pages.csv:13` | 14,800 billion VND | open to 14,800 | nearly | 3 |",
        # 67 - 39 = 28.
        "| `9/9` | abgebaut | `,` `.` | abgebaut `39/67` Haushalte | `hai_ha_interview_2024/statements.csv:30` | 28 households, left of 67 | 27.5 to 28.5 | exact | 2 |",
        # 49.5 to 50.5 % of 281 is 139.095 to 141.905.
        "| `9` | reduziert um | `,` `.` | reduziert um `50` % | `hai_ha_interview_2024/statements.csv:15` | 140.5 households, left of 281 | 139.095 to 141.905 | exact | 1 |",
        # The dot is a decimal mark here and nowhere else in the text.
        "| `9.999` |  | `,` `.` | `33.796` Millionen USD | `hai_ha_interview_2024/statements.csv:21` | 33.796 million USD, corrected to `33,796` | 33.7955 to 33.7965 | exact | 1 |",
        # 370,000 times 10^8 is 37,000 times 10^9.
        "| `9,999` | 이상 | `.` `,` | 이상 `37,000` 억 VND | `hai_ha_published/english_pages.csv:23` | 37,000 billion VND, corrected to `370,000` | 37,000 to open | more than | 1 |",
        # Half of a thousandth of a trillion is half a billion.
        "| `9.999` | estimated | `.` `,` | estimated `16.660` trillion VND | `quang_ninh_province/decimal_point.csv:34` | 16,660 billion VND | 16,659.5 to 16,660.5 | exact, estimated (E) | 1 |",
        "| `9-9` |  | `,` `.` | `60-62` % | `hai_ha_published/german_pages.csv:25` | 61 percent | 60 to 62 | range | 2 |",
        "| `9 von 9` |  | `,` `.` | `9 von 9` Einnahmepositionen | `hai_ha_interview_2024/statements.csv:20` | 9 budget items, of 9 | 8.5 to 9.5 | exact | 1 |",
        "| `double-digit` | at least | `.` `,` | at least `double-digit` % | `quang_ninh_province/decimal_point.csv:10` | 10 percent, mapped to `10` | 10 to open | at least | 1 |",
        # Growths: as printed, an index less its 100, and a bound.
        "| `9,9 %` | `,` `.` | `14,8 %` | `hai_ha_interview_2024/statements.csv:18` | +14.8 % | 14.75 to 14.85 | 12 |",
        "| `9.9 % of the same period` | `.` `,` | `107.2 % of the same period` | `hai_ha_published/english_pages.csv:13` | +7.2 % | 7.15 to 7.25 | 3 |",
        "| `gần 9%` | `,` `.` | `gần 60%` | `hai_ha_published/vietnamese_pages.csv:29` | +60 %, on the previous period | open to 60 | 1 |",
        # Plan fulfilments and words.
        "| `9.9%` | `.` `,` | `63.9%` | `hai_ha_published/english_pages.csv:12` | 63.9 % of the plan |  | 8 |",
        "| ước trên | column `qualifier` | more than, estimated (E) | 2 |",
        "| % of the same period | in the growth | index, per cent | 6 |",
    ],
)
def test_a_printed_form_is_read_as_worked_out_by_hand(row: str) -> None:
    assert row in PAGE.read_text(encoding="utf-8").splitlines()


def test_what_the_page_shows_as_refused_is_refused_for_that_reason_and_all_else_is_read(known: MasterData) -> None:
    examples = [row for section in SECTIONS for row in examples_read(section, known)]
    refused = {row["printed"]: row["read as"] for row in examples if row["read as"].startswith("refused")}
    assert refused == {printed: f"refused: `{rule}`" for printed, rule in REFUSED.items()}
    assert not [row for row in examples if row["read as"] == "missing"]


@pytest.mark.parametrize(
    ("printed", "read", "interval"),
    [
        ("`1.5E+05` billion VND", "150,000 billion VND", "145,000 to 155,000"),
        ("`９７３００` visits", "97,300 visits", "97,299.5 to 97,300.5"),
        ("`1,2 triệu` lượt khách", "1,200,000 visits", "1,150,000 to 1,250,000"),
        ("`1,2 Billionen` VND", "1,200 billion VND", "1,150 to 1,250"),
        ("`mười hai` hộ", "12 households", "11.5 to 12.5"),
        ("giảm `39 trong số 67` hộ", "28 households, left of 67", "27.5 to 28.5"),
        ("reduced by `more than 39` households (`baseline` 67)", "28 households, left of 67", "open to 28"),
        ("`gấp 3 lần` beside 50.000 lượt khách", "+200 %", "150 to 250"),
        ("`down more than 7 %` beside 50,000 visits", "-7 %", "open to -7"),
        ("`up 50,100 visits` beside 152,100 visits", "+50,100 visits", ""),
        ("`up 0.5 percentage points` beside 36.3 %", "+0.5 percentage points", ""),
        ("`125.61049445005` billion VND (`round_to` 2)", "125.61 billion VND", "125.605 to 125.615"),
    ],
)
def test_an_example_is_read_as_worked_out_by_hand(printed: str, read: str, interval: str, known: MasterData) -> None:
    found = {row["printed"]: row for section in SECTIONS for row in examples_read(section, known)}[printed]
    assert (found["read as"], found["interval"]) == (read, interval)
