"""The commands as a person types them, on the shipped sources."""

import json
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import environment, runner


def asked(root: Path, sql: str) -> list[dict[str, Any]]:
    answer = runner(root)("query", sql, "--format", "json")
    assert answer.returncode == 0, answer.stderr
    return list(json.loads(answer.stdout))


def test_a_run_shows_each_step_and_then_what_came_of_it(built: Path) -> None:
    shown = (built / "first_run.txt").read_text()
    assert re.search(r"✓\s+make_tables\s+[\d,]+\s+\d+\.\d\d", shown)
    assert re.search(r"\n\s+attainment\s+\d+ *\n", shown)
    assert "618 figures loaded from 6 sources, 0 rejected, 115 cells declared missing" in shown
    assert re.search(r"Targets: .*8 achieved", shown)
    assert str(built / "warehouse" / "hai_ha.duckdb") in shown


def test_a_second_run_changes_nothing_and_says_so(built: Path) -> None:
    database = built / "warehouse" / "hai_ha.duckdb"
    before = (database.stat().st_mtime_ns, database.read_bytes())
    again = runner(built)("run")
    assert again.returncode == 0
    assert "Nothing has changed" in again.stdout
    assert (database.stat().st_mtime_ns, database.read_bytes()) == before


# Worked out by hand: 19,658 / 36,000; 37,000 / 36,000; 24,464.6 / 23,803.2; 6,506.3 / 10,815; 95.4 / 89.6.
@pytest.mark.parametrize(
    ("indicator", "period", "fulfilment", "status"),
    [
        ("total_production_value", "2024-S1", "54.605556", "on_track"),
        ("total_production_value", "2024", "102.777778", "achieved"),
        ("production_value_industry_construction", "2024", "102.778618", "achieved"),
        ("production_value_services", "2024-S1", "60.159963", "on_track"),
        ("income_per_capita", "2024", "106.473214", "achieved"),
        ("poor_households", "2024-S1", None, "not_assessable"),
    ],
)
def test_attainment_answers_as_worked_out_by_hand(built: Path, indicator: str, period: str, fulfilment: str | None, status: str) -> None:
    sql = (
        "SELECT fulfilment_pct, status FROM marts.attainment WHERE area_code = '201' AND target_period = '2024' "
        f"AND indicator_code = '{indicator}' AND result_period = '{period}'"
    )
    assert asked(built, sql) == [{"fulfilment_pct": fulfilment, "status": status}]


def test_households_count_down_from_their_baseline(built: Path) -> None:
    sql = (
        "SELECT indicator_code, result_value, progress_pct, reduction_pct, status FROM marts.attainment "
        "WHERE indicator_code IN ('poor_households', 'near_poor_households') AND result_value IS NOT NULL ORDER BY 1"
    )
    # 281 - 155 = 126: 155/281 = 55.16 %, and 155 of the 140.5 to lose = 110.32 %. 67 - 39 = 28: 39/67 = 58.21 %.
    found = {
        row["indicator_code"]: [round(Decimal(row[name]), 2) for name in row if name.endswith(("value", "pct"))]
        for row in asked(built, sql)
    }
    assert found == {
        "near_poor_households": [Decimal(126), Decimal("110.32"), Decimal("55.16")],
        "poor_households": [Decimal(28), Decimal("58.21"), Decimal("58.21")],
    }


def test_every_table_and_column_has_a_comment(built: Path) -> None:
    ours = "schema_name IN ('core', 'marts', 'audit')"
    assert asked(built, f"SELECT table_name FROM duckdb_tables() WHERE {ours} AND coalesce(comment, '') = ''") == []
    assert asked(built, f"SELECT table_name, column_name FROM duckdb_columns() WHERE {ours} AND coalesce(comment, '') = ''") == []
    assert asked(built, f"SELECT count(*) AS n FROM duckdb_columns() WHERE {ours}")[0]["n"] > 200


def test_attainment_and_growth_are_readable_tables(built: Path) -> None:
    targets = runner(built)("attainment", "Hai Ha", "2024").stdout
    assert re.search(r"Total production value\s+≥ 36,000\s+> 37,000\s+billion VND\s+2024\s+102\.78\s+100\.00\s+achieved", targets)
    growth = runner(built)("growth", "201", "2024").stdout
    # 19,658 / 1.148 = 17,123.69
    assert re.search(r"Total production value\s+first half of 2024 .*19,658\s+14\.80\s+17,123\.69", growth)


def test_csv_and_json_hold_the_same_answer(built: Path) -> None:
    sql = "SELECT status, count(*) AS n FROM marts.attainment GROUP BY 1 ORDER BY 1"
    lines = runner(built)("query", sql, "--format", "csv").stdout.splitlines()
    assert lines[0] == "status,n"
    assert lines[1:] == [f"{row['status']},{row['n']}" for row in asked(built, sql)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["query", "DROP TABLE marts.growth"], "only one SELECT is answered"),
        (["query", "SELECT 1; SELECT 2"], "only one SELECT is answered"),
        (["query", "FROM read_csv('/etc/passwd')"], "read_csv() reads something else"),
        (["query", "FROM marts.atainment"], "attainment"),
        (["attainment", "Hanoi"], "201 Hai Ha district"),
        (["growth", "Hai Ha", "1999"], "holds nothing"),
    ],
)
def test_a_wrong_question_gets_one_message_and_no_traceback(built: Path, arguments: list[str], said: str) -> None:
    answer = runner(built)(*arguments)
    assert answer.returncode == 1
    assert said in answer.stderr
    assert "How to mend it" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_without_a_warehouse_the_message_says_how_to_make_one(fresh: Path) -> None:
    answer = runner(fresh)("attainment")
    assert answer.returncode == 1
    assert "make it with: hai-ha run" in answer.stderr


def test_questions_are_answered_without_dagster_and_pandera(built: Path) -> None:
    script = (
        "import sys; sys.argv = ['hai-ha', 'attainment']; from hai_ha_pipeline.cli.main import app\n"
        "try: app()\nexcept SystemExit: pass\n"
        "print([name for name in ('dagster', 'pandera', 'polars') if name in sys.modules])"
    )
    answer = subprocess.run([sys.executable, "-c", script], env=environment(built), capture_output=True, text=True, timeout=60, check=True)
    assert answer.stdout.splitlines()[-1] == "[]"


# Printed on 14 June, 20 June and by 31 July 2024; the target for 2026 on 16 December 2025 and 2 March 2026.
@pytest.mark.parametrize(
    ("day", "value"),
    [("2024-06-13", None), ("2024-06-14", "30770"), ("2024-06-20", "30774"), ("2024-07-30", "30774"), ("2024-07-31", "29130")],
)
def test_a_result_is_answered_as_known_on_a_day(built: Path, day: str, value: str | None) -> None:
    found = asked(
        built,
        f"SELECT value FROM core.observation_as_of('{day}') JOIN core.dim_indicator USING (indicator_key) "
        "JOIN core.dim_period USING (period_key) JOIN core.dim_area USING (area_key) "
        "WHERE indicator_code = 'budget_revenue_total' AND period_code = '2024-S1' AND area_code = '22'",
    )
    assert [Decimal(str(row["value"])) for row in found] == ([] if value is None else [Decimal(value)])


@pytest.mark.parametrize(
    ("arguments", "target"),
    [("'2026-01-31'", "74000"), ("DATE '2026-03-02'", "100000"), ("'2026-03-02', version := 'original'", "74000")],
)
def test_a_target_is_answered_as_known_on_a_day_and_in_the_version_asked_for(built: Path, arguments: str, target: str) -> None:
    found = asked(
        built,
        f"SELECT target_value FROM marts.attainment_as_of({arguments}) "
        "WHERE indicator_code = 'budget_revenue_total' AND target_period = '2026' AND area_code = '22'",
    )
    assert [Decimal(str(row["target_value"])) for row in found] == [Decimal(target)]


def test_growth_and_targets_are_answered_as_known_today(built: Path) -> None:
    today = asked(
        built, "SELECT count(*) AS rows FROM marts.growth_as_of(today()) UNION ALL SELECT count(*) FROM core.target_as_of(today())"
    )
    plain = asked(built, "SELECT count(*) AS rows FROM marts.growth UNION ALL SELECT count(*) FROM core.fact_target WHERE is_current")
    assert sorted(row["rows"] for row in today) == sorted(row["rows"] for row in plain)


def test_a_target_is_judged_by_the_preset_asked_for(built: Path) -> None:
    """Poor households, 28 at mid-year on the way from 67 to 0: one row by each method."""
    for preset in ("pace", "statcan_2025", "un_2023", "dns"):
        found = asked(
            built,
            f"SELECT preset, status FROM marts.attainment_as_of(today(), rules := '{preset}') "
            "WHERE indicator_code = 'poor_households' AND area_code = '201' AND result_period = '2024-S1'",
        )
        assert [row["preset"] for row in found] == [preset]
