"""The marimo notebook of the examples answers the two questions as worked out by hand, and draws what it answers."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import REPOSITORY, environment
from tests.overlays import overlay, with_overlay

# marimo without its web pages, and what it needs beside this project's environment to run a notebook.
PACKAGES = ("marimo-base==0.25.*", "msgspec==0.22.*", "pymdown-extensions==11.*")


@pytest.fixture(scope="module")
def answers(pytestconfig: pytest.Config, built: Path) -> dict[str, Any]:
    """What the notebook holds for Hai Ha district and 2024."""
    client, notebook = REPOSITORY / "tests" / "clients" / "notebook_client.py", REPOSITORY / "examples" / "targets_and_growth.py"
    command = [sys.executable, str(client), str(notebook), "Hai Ha district", "2024"]
    packages = with_overlay(overlay(pytestconfig, *PACKAGES))
    answer = subprocess.run(
        command,
        env=packages | environment(built) | {"PYTHONPATH": packages["PYTHONPATH"]},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return dict(json.loads(answer.stdout))


def test_it_says_how_far_each_target_is_reached(answers: dict[str, Any]) -> None:
    """37,000 of 36,000; 95.4 of 89.6; 39 of the 67 households on the way to none."""
    reached = {name: round(row["reached_pct"], 2) for name, row in answers["attainment"].items() if row["reached_pct"] is not None}
    assert reached["Total production value"] == 102.78
    assert reached["Income per person"] == 106.47
    assert reached["Poor households"] == 58.21
    assert answers["attainment"]["Domestic budget revenue"]["status"] == "no_result"


def test_it_says_how_fast_a_figure_grows_computed_beside_printed(answers: dict[str, Any]) -> None:
    """37,000 on 33,497; the half-year has no base, only the 14.8 % that is printed."""
    total = {row["period"]: row for row in answers["growth"] if row["indicator"] == "Total production value"}
    assert (round(total["2024"]["computed"], 2), total["2024"]["printed"]) == (10.46, 10.7)
    assert (total["2024-S1"]["computed"], total["2024-S1"]["printed"]) == (None, 14.8)


def test_it_draws_every_figure_that_it_answers(answers: dict[str, Any]) -> None:
    reached = [row for row in answers["attainment"].values() if row["reached_pct"] is not None]
    growths = [row[kind] for row in answers["growth"] for kind in ("computed", "printed") if row[kind] is not None]
    assert answers["drawn"] == {"attainment_chart": [len(reached)], "growth_chart": [len(growths)]}
    assert len(reached) >= 9
    assert growths


def test_it_opens_on_the_area_with_the_most_results(answers: dict[str, Any]) -> None:
    assert answers["chosen when nobody chooses"] == ["Quang Ninh province", "2024"]
