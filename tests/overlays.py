"""Packages, or other versions of them, beside the environment and never in it: installed once, put first on PYTHONPATH.

Where the network is absent the tests that need them are skipped, and say so.
"""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest


def overlay(config: pytest.Config, *requirements: str) -> Path:
    """The folder with these packages, kept in pytest's cache; what they need in turn must be named or stand in the environment."""
    name = "-".join(sorted(requirements)).replace("=", "").replace("*", "x").replace("<", "below-").replace(">", "above-")
    folder = Path(config.cache.mkdir("overlays")) / f"{name}-python{sys.version_info.major}{sys.version_info.minor}"
    with (folder.parent / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # test processes side by side may want the same
        if not (folder / "complete").exists():
            _install(folder, requirements)
    return folder


def _install(folder: Path, requirements: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--disable-pip-version-check", "--upgrade"]
    done = subprocess.run(
        [*command, "--retries", "1", "--timeout", "20", "--target", str(folder), *requirements], capture_output=True, text=True, check=False
    )
    if done.returncode:
        reason = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or ["pip failed"]
        pytest.skip(f"{', '.join(requirements)} could not be installed, is there a network? {reason[-1]}")
    (folder / "complete").touch()


def with_overlay(folder: Path) -> dict[str, str]:
    """The environment of a process that sees the packages of an overlay before all others."""
    return os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}


def python_on(folder: Path, *arguments: str) -> str:
    """What Python prints with an overlay in front of its environment."""
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, env=with_overlay(folder))
    assert done.returncode == 0, done.stderr
    return done.stdout
