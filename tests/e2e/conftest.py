"""A project of its own for tests that run the real commands: a copy of the shipped sources, and an empty warehouse."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
HaiHa = Callable[..., subprocess.CompletedProcess[str]]


def environment(root: Path) -> dict[str, str]:
    """The environment in which a command works on the project at `root` alone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DAGSTER")}
    return kept | {"HAI_HA_PROJECT": str(root), "COLUMNS": "200", "NO_COLOR": "1"}


def new_project(root: Path) -> Path:
    """Copy the shipped sources to `root`."""
    shutil.copytree(REPOSITORY / "sources", root / "sources")
    return root


def runner(root: Path) -> HaiHa:
    """`hai-ha` on the project at `root`."""

    def hai_ha(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "hai_ha_pipeline", *arguments]
        return subprocess.run(command, env=environment(root), cwd=root, capture_output=True, text=True, timeout=300, check=False)

    return hai_ha


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose warehouse was made once by `hai-ha run`."""
    root = new_project(tmp_path_factory.mktemp("built"))
    finished = runner(root)("run")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    (root / "first_run.txt").write_text(finished.stdout)
    return root


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A project that has never run."""
    return new_project(tmp_path)
