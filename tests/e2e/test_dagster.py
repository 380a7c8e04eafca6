"""The Dagster UI as a person uses it: it loads, the job runs from it, and it shows what happened."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.e2e.conftest import new_project, runner
from tests.e2e.server import Server, free_port, serving

JOB = "refresh_warehouse"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Server]]:
    """`hai-ha ui` on a project that has never run."""
    root, port = new_project(tmp_path_factory.mktemp("ui")), free_port()
    command = [sys.executable, "-m", "hai_ha_pipeline", "ui", "--port", str(port)]
    with serving(root, command, port) as server:
        yield root, server


def test_the_job_runs_from_the_ui_and_publishes(ui: tuple[Path, Server]) -> None:
    root, server = ui
    assert server.launch(JOB, {}) == "SUCCESS", server.log.read_text()[-3000:]
    answer = runner(root)("query", "SELECT count(*) AS n FROM marts.attainment WHERE status = 'achieved'", "--format", "json")
    assert json.loads(answer.stdout)[0]["n"] >= 8


def test_the_multiprocess_executor_gives_the_same_warehouse(ui: tuple[Path, Server]) -> None:
    root, server = ui
    database = root / "warehouse" / "hai_ha.duckdb"
    assert server.launch(JOB, {}) == "SUCCESS"
    before = runner(root)("query", "FROM marts.attainment ORDER BY ALL", "--format", "csv").stdout
    database.unlink()
    config = {"execution": {"config": {"multiprocess": {"max_concurrent": 2}}}}
    assert server.launch(JOB, config) == "SUCCESS", server.log.read_text()[-3000:]
    assert runner(root)("query", "FROM marts.attainment ORDER BY ALL", "--format", "csv").stdout == before
    assert before.count("\n") > 70


def test_the_schedule_and_the_sensor_are_on(ui: tuple[Path, Server]) -> None:
    _, server = ui
    query = """{ repositoriesOrError { ... on RepositoryConnection { nodes {
      schedules { name cronSchedule executionTimezone scheduleState { status } } sensors { name sensorState { status } } } } } }"""
    node = server.ask(query)["repositoriesOrError"]["nodes"][0]
    assert node["schedules"] == [
        {
            "name": "daily_refresh",
            "cronSchedule": "0 6 * * *",
            "executionTimezone": "Asia/Ho_Chi_Minh",
            "scheduleState": {"status": "RUNNING"},
        }
    ]
    assert node["sensors"] == [{"name": "source_files_changed", "sensorState": {"status": "RUNNING"}}]


@pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium: apt-get install chromium (.ci/run does)")
def test_a_browser_sees_the_asset_graph_the_run_and_the_chart(ui: tuple[Path, Server]) -> None:
    _, server = ui
    assert server.launch(JOB, {}) == "SUCCESS"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split())
        page = browser.new_page(viewport={"width": 1600, "height": 1000})
        page.goto(f"{server.address}/asset-groups")
        for group in ("1_sources", "2_reference", "3_figures", "4_facts", "5_marts", "6_audit", "7_published"):
            page.get_by_text(group).first.wait_for(timeout=60_000)
        page.goto(f"{server.address}/runs")
        page.get_by_text(JOB).first.wait_for(timeout=60_000)
        page.get_by_text("Success").first.wait_for(timeout=60_000)
        page.goto(f"{server.address}/assets/attainment?view=events")
        page.get_by_text("Show Markdown").nth(1).click(timeout=60_000)
        chart = page.locator("img[alt=attainment]")
        chart.wait_for(timeout=30_000)
        assert chart.evaluate("image => image.naturalWidth") > 400
        browser.close()


@pytest.mark.parametrize(
    "command", [["dagster", "dev", "-w", "workspace.yaml", "-p"], ["dg", "dev", "--port"]], ids=["dagster dev", "dg dev"]
)
def test_the_usual_commands_load_the_project_on_localhost(tmp_path: Path, command: list[str]) -> None:
    port = free_port()
    program = str(Path(sys.executable).parent / command[0])
    with serving(new_project(tmp_path), [program, *command[1:], str(port)], port) as server:
        repository = server.repository()
        assert repository is not None
        assert JOB in [job["name"] for job in repository["jobs"]]
