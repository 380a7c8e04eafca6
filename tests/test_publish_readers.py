"""Readers through many publications: none is blocked, none fails, each read sees one generation whole."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.build import REPOSITORY
from tests.overlays import with_overlay
from tests.small_warehouse import publish_small, write_export

READER = REPOSITORY / "tests" / "reader.py"
PAUSE = "0.1"


class Reader:
    """A process that reads until it is told to stop."""

    def __init__(self, database: Path, what: str, overlay: Path | None = None) -> None:
        environment = with_overlay(overlay) if overlay else dict(os.environ)
        pipe = subprocess.PIPE
        command = [sys.executable, str(READER), str(database), what, PAUSE]
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def stopped(self) -> tuple[int, list[int]]:
        """How often it read, and the generations that it saw; fails with its traceback if it failed."""
        said, error = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, error
        answer = json.loads(said)
        return answer["reads"], answer["generations"]


@pytest.mark.parametrize("publications", [10, 200])
def test_six_readers_are_neither_blocked_nor_disturbed(tmp_path: Path, publications: int) -> None:
    if publications > 10 and os.environ.get("HAI_HA_TEST_PUBLISHES") != str(publications):
        pytest.skip(f"{publications} publications take minutes: HAI_HA_TEST_PUBLISHES={publications} goes through them")
    database = tmp_path / "warehouse" / "small.duckdb"
    publish_small(database, 1, write_export)
    reopening = [Reader(database, "reopen") for _ in range(4)]
    holding = [Reader(database, "hold") for _ in range(2)]
    for number in range(2, publications + 2):
        assert publish_small(database, number, write_export).generation == number
    for reader in holding:
        reads, seen = reader.stopped()
        assert seen == [1], "a connection that is held keeps what it opened"
        assert reads > publications
    for reader in reopening:
        reads, seen = reader.stopped()
        assert reads > publications
        assert len(seen) > publications / 2, "it saw the generations come"
