"""`hai-ha report` as a person types it."""

import webbrowser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hai_ha_pipeline.cli.main import app
from hai_ha_pipeline.errors import UserError

PAGE = Path("warehouse") / "report" / "index.html"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sources").mkdir()
    monkeypatch.setenv("HAI_HA_PROJECT", str(tmp_path))
    return tmp_path


def test_before_the_first_run_it_says_how_to_make_the_report(project: Path) -> None:
    result = CliRunner().invoke(app, ["report"])
    assert isinstance(result.exception, UserError)
    assert "hai-ha run" in str(result.exception)


def test_it_prints_and_opens_the_page(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / PAGE).parent.mkdir(parents=True)
    (project / PAGE).write_text("<p>")
    opened: list[str] = []

    def browser(address: str) -> bool:
        opened.append(address)
        return True

    monkeypatch.setattr(webbrowser, "open", browser)
    assert CliRunner().invoke(app, ["report"]).output.replace("\n", "") == str(project / PAGE)
    assert opened == [(project / PAGE).as_uri()]
    assert CliRunner().invoke(app, ["report", "--path"]).exit_code == 0
    assert len(opened) == 1
