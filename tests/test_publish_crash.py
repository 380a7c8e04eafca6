"""kill -9 at every step of a publication and of a rollback: what stands is always one whole generation, and the next run mends the rest."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.crash import NEW, in_a_new_process, recovery, state
from tests.small_warehouse import legacy, publish_small, write_export

SWEPT = {"pwrite64": (1, 4), "fsync": (2,), "rename": (1,), "symlink": (1,)}
SWEPT_WHOLE = {call: tuple(range(1, 16)) for call in (*SWEPT, "unlink", "mkdir", "openat", "close")}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "warehouse" / "small.duckdb"


def killed(root: Path, what: str) -> list[dict[str, Any]]:
    """What stood after each kill."""
    finished = subprocess.run([sys.executable, "-m", "tests.crash", str(root), what], capture_output=True, text=True, check=True)
    deaths = [json.loads(line) for line in finished.stdout.splitlines()]
    assert deaths[-1]["killed_at"] is None, "the sweep did not come to the end"
    return deaths


def steps(deaths: list[dict[str, Any]]) -> set[str]:
    return {death["killed_at"].split()[0] for death in deaths[:-1]}


def test_a_publication_killed_at_any_step_leaves_the_old_or_the_new_generation(database: Path) -> None:
    """It begins with the plain file of before there were generations, so that its adoption is killed too."""
    legacy(database, 28)
    deaths = killed(database.parents[1], "publish")
    assert [death for death in deaths if death["problems"]] == []
    assert {"os.mkdir", "os.rename", "os.symlink", "os.chmod", "fsync", "subprocess.Popen"} <= steps(deaths)
    switched_at = next(death["step"] for death in deaths if death["says"] == NEW)
    assert switched_at >= 30
    assert [death["says"] for death in deaths] == [28] * (switched_at - 1) + [NEW] * (len(deaths) - switched_at + 1)
    after = [death["recovery"] for death in deaths if "recovery" in death]
    assert len(after) >= 4
    assert all(each == {"says": NEW + 1, "problems": [], "litter": []} for each in after), after


def test_a_rollback_killed_at_any_step_leaves_one_of_the_two_generations(database: Path) -> None:
    publish_small(database, 67, write_export)
    publish_small(database, 28, write_export)
    deaths = killed(database.parents[1], "rollback")
    assert [death for death in deaths if death["problems"]] == []
    assert {"os.rename", "os.symlink", "fsync", "subprocess.Popen"} <= steps(deaths)
    assert [death["says"] for death in deaths] == sorted(death["says"] for death in deaths)
    assert {death["says"] for death in deaths} == {28, 67}


def test_a_publication_killed_inside_a_system_call_leaves_the_old_or_the_new_generation(database: Path) -> None:
    """Also while DuckDB writes. HAI_HA_TEST_KILLS=all sweeps fifteen calls of eight kinds instead of five."""
    if not (strace := shutil.which("strace")):
        pytest.skip("strace is not installed: the calls inside DuckDB are not swept (the steps are, in the tests above)")
    publish_small(database, 1, write_export)
    stood, kills = 1, 0
    for call, moments in (SWEPT_WHOLE if os.environ.get("HAI_HA_TEST_KILLS") == "all" else SWEPT).items():
        for moment in moments:
            tracer = [strace, "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:signal=KILL:when={moment}"]
            new = stood + 1
            child = subprocess.run(
                [*tracer, sys.executable, "-m", "tests.crash", str(database.parents[1]), "once", str(new)], capture_output=True, check=False
            )
            if b"ptrace" in child.stderr.lower():
                pytest.skip(f"strace may not trace here: {child.stderr.decode().strip()}")
            kills += child.returncode != 0
            found = in_a_new_process(lambda: state(database))
            assert found["problems"] == [], (call, moment)
            assert found["says"] in {stood, new}, (call, moment)
            stood = found["says"]
    assert kills >= 4
    assert recovery(database, 0) == {"says": 0, "problems": [], "litter": []}
