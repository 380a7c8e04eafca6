"""Another version of a library beside the environment: installed into a folder that goes first on PYTHONPATH."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def overlay(config: pytest.Config, *requirements: str, alone: bool = True) -> Path:
    """A folder with these packages, without what they need where they are to come `alone`, kept in pytest's cache; without a network the test is skipped, with pip's reason."""
    name = "-".join(requirements).replace("=", "").replace("*", "x").replace("<", "below-").replace(">", "above-")
    folder = Path(config.cache.mkdir("overlays")) / f"{name}-python{sys.version_info.major}{sys.version_info.minor}"
    if not (folder / "complete").exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--upgrade", "--target", str(folder)]
        done = subprocess.run([*command, *(["--no-deps"] if alone else []), *requirements], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"{', '.join(requirements)} cannot be installed here: {done.stderr.strip().splitlines()[-1]}")
        (folder / "complete").touch()
    return folder


def python_on(folder: Path, *arguments: str) -> str:
    """What Python prints with an overlay in front of its environment."""
    environment = dict(os.environ) | {"PYTHONPATH": str(folder)}
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout
