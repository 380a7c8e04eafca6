"""The questions under `warehouse/queries/`: each is one SELECT with an answer, and the answers are those worked out by hand."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hai_ha_pipeline.storage.query import query
from tests.build import REPOSITORY

QUESTIONS = sorted((REPOSITORY / "warehouse" / "queries").glob("*.sql"))
Rows = list[dict[str, Any]]
Ask = Callable[[str], Rows]


@pytest.fixture(scope="session")
def ask(warehouse: Path) -> Ask:
    """The answer to the question whose file begins with this number."""

    def answer_to(number: str) -> Rows:
        (question,) = (path for path in QUESTIONS if path.name.startswith(f"{number}-"))
        answer = query(warehouse, question.read_text(encoding="utf-8"))
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]

    return answer_to


def the(rows: Rows, **given: object) -> dict[str, Any]:
    """The one row that holds these values."""
    (row,) = (row for row in rows if given.items() <= row.items())
    return row


def test_a_manifest_lists_the_sources_with_their_hashes(warehouse: Path) -> None:
    sources = json.loads((warehouse.parent / "manifest.json").read_text())["sources"]
    assert {"hai_ha_interview_2024", "quang_ninh_yearbook"} <= {source["source"] for source in sources}
    assert all(len(source["sha256"]) == 64 for source in sources)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda path: path.stem)
def test_a_question_is_stated_and_has_an_answer_without_twins(question: Path, warehouse: Path) -> None:
    sql = question.read_text(encoding="utf-8")
    assert sql.startswith("-- ")
    assert "?" in sql.splitlines()[0]
    answer = query(warehouse, sql)
    assert answer.rows
    assert len(answer.rows) == len(set(answer.rows))
    assert len(answer.columns) == len(set(answer.columns)) <= 12


def test_the_questions_are_numbered_without_a_gap() -> None:
    assert [path.name[:3] for path in QUESTIONS] == [f"{number:02d}-" for number in range(1, len(QUESTIONS) + 1)]


def test_total_production_is_at_half_time_and_at_the_end_where_the_interview_puts_it(ask: Ask) -> None:
    total = [row for row in ask("01") if row["indicator"] == "Total production value"]
    half = the(total, result_until="first half of 2024")
    assert (half["fulfilment_pct"], half["expected_pct"], half["is_latest"]) == (Decimal("54.605556"), Decimal("49.726776"), False)
    end = the(total, is_latest=True)
    assert (end["result_value"], end["fulfilment_pct"], end["status"]) == (37000, Decimal("102.777778"), "achieved")


def test_every_target_of_the_interview_has_one_row_that_counts(ask: Ask) -> None:
    latest = [row for row in ask("01") if row["is_latest"]]
    assert len(latest) == 16
    assert len({row["indicator"] for row in latest}) == 16


def test_social_investment_urbanisation_and_domestic_revenue_have_no_result(ask: Ask) -> None:
    without = {row["indicator"] for row in ask("02") if row["area"] == "Hai Ha district" and row["target_period"] == "2024"}
    assert {"Total social investment", "Urbanisation rate", "Domestic budget revenue"} <= without
    assert "Total production value" not in without


def test_growth_stands_computed_beside_printed_with_the_base_it_implies(ask: Ask) -> None:
    rows = [row for row in ask("03") if row["area"] == "Hai Ha district"]
    year = the(rows, indicator="Total production value", period="2024")
    assert (year["base"], year["growth_pct"], year["growth_reported_pct"]) == (33497, Decimal("10.457653"), Decimal("10.7"))
    half = the(rows, indicator="Total production value", period="first half of 2024")
    assert (half["growth_pct"], half["growth_reported_pct"], half["implied_base"]) == (None, Decimal("14.8"), Decimal("17123.693380"))
    services = the(rows, indicator="Production value of services", period="first half of 2024")
    assert services["implied_base"] == Decimal("4553.044087")


def test_a_figure_leads_to_the_line_and_address_where_it_is_printed(ask: Ask) -> None:
    half = the(ask("04"), role="result", period="first half of 2024")
    assert (half["as_printed"], half["file"]) == ("mehr als 19.658 Milliarden VND", "sources/hai_ha_interview_2024/statements.csv")
    printed = (REPOSITORY / half["file"]).read_text(encoding="utf-8").splitlines()[half["line"] - 1]
    assert "19.658" in printed
    assert half["address"].startswith("https://vjs.vietnam.vn/de/huyen-hai-ha")


def test_two_documents_with_different_revenue_both_stand_and_the_later_counts(ask: Ask) -> None:
    revenue = [row for row in ask("05") if row["indicator"] == "Domestic budget revenue" and row["period"] == "2024-S1"]
    assert [(row["value_that_counts"], row["other_value"]) for row in revenue] == [(19532, 21324)]
    assert revenue[0]["published_on"] > revenue[0]["other_published_on"]


def test_a_total_that_outgrows_all_its_parts_is_a_contradiction(ask: Ask) -> None:
    july = the(ask("06"), area="Hai Ha district", check_name="growth_between_parts")
    assert july["period"] == "2024-01-01/P7M"
    assert july["found_lower"] == Decimal("12.65")
    assert (july["expected_lower"], july["expected_upper"]) == (Decimal("5.15"), Decimal("9.65"))


def test_what_was_read_is_loaded_rejected_or_missing(ask: Ask) -> None:
    rows = ask("07")
    assert all(row["cells_read"] == row["figures_loaded"] + row["figures_rejected"] + row["cells_missing"] for row in rows)
    assert the(rows, source="hai_ha_interview_2024")["figures_loaded"] == 32


def test_the_ambiguous_trade_turnover_is_corrected_with_its_evidence(ask: Ask) -> None:
    turnover = the(ask("08"), indicator="Import and export turnover")
    assert (turnover["printed"], turnover["read_as"], turnover["value"]) == ("33.796", "33,796", Decimal("33.796"))
    assert "53 million USD" in turnover["evidence"]


def test_the_three_sectors_add_up_and_social_investment_is_none_of_them(ask: Ask) -> None:
    rows = ask("09")
    assert the(rows, part="All sectors together")["billion_vnd"] == Decimal("36008.2")
    shares = {row["part"]: (row["share_computed_pct"], row["share_printed_pct"]) for row in rows}
    assert shares["Production value of industry and construction"] == (pytest.approx(66.10), Decimal("66.1"))
    assert shares["Production value of services"] == (pytest.approx(30.03), Decimal("30.04"))
    assert "Total social investment" not in shares


def test_poor_households_fall_from_67_to_28_on_the_way_to_none(ask: Ask) -> None:
    poor = the(ask("10"), indicator="Poor households")
    assert (poor["households_before"], poor["lifted_out"], poor["households_left"], poor["households_aimed_at"]) == (67, 39, 28, 0)
    assert poor["progress_pct"] == Decimal("58.208955")
    near_poor = the(ask("10"), indicator="Near-poor households")
    assert (near_poor["households_left"], near_poor["reduction_pct"]) == (126, Decimal("55.160142"))
    assert (near_poor["progress_pct"], near_poor["status"]) == (Decimal("110.320285"), "achieved")


def test_domestic_revenue_takes_almost_five_points_from_the_growth_of_2024(ask: Ask) -> None:
    domestic = the(ask("11"), period="2024", part="  Domestic budget revenue")
    assert (domestic["billion_vnd"], domestic["base"], domestic["contribution_pp"]) == (36910, 39600, Decimal("-4.838129"))
    assert domestic["share_of_total_pct"] == pytest.approx(66.38)


def test_a_code_can_mean_another_commune_today(ask: Ask) -> None:
    rows = ask("12")
    assert len({(row["old_code"], row["old_name"]) for row in rows}) == 171
    assert len({row["new_code"] for row in rows}) == 54
    moved = the(rows, old_name="Xã Quảng Thành")
    assert (moved["old_code"], moved["code_now_means"], moved["is_code_reused"]) == ("06931", "Xã Quảng Đức", True)
    island = the(rows, old_code="06967")
    assert (island["relation"], island["new_name"], island["is_code_reused"]) == ("unchanged", "Xã Cái Chiên", False)


def test_a_district_goes_on_where_its_communes_are_exactly_what_it_was(ask: Ask) -> None:
    rows = ask("13")
    assert (
        the(rows, district="Hai Ha district")["goes_on_as"] == "Quang Ha commune, Quang Duc commune, Duong Hoa commune, Cai Chien commune"
    )
    assert sum(row["goes_on_as"] is not None for row in rows) == 8
    assert the(rows, district="Cam Pha city")["why_not"].startswith("Hai Hoa commune also took in a part of Hai Lang commune")
    assert the(rows, district="Van Don district")["figures_so_far"] == 2
