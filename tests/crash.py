"""Publishes again and again, killed with SIGKILL one step later each time; prints what stands after each death.

`python -m tests.crash ROOT publish|rollback|once`: a line of JSON for each kill. A step is a call that changes the disk or starts a process;
`once` publishes without a kill, for a tracer that sends it.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from hai_ha_pipeline.storage.generations import Generations
from hai_ha_pipeline.storage.rollback import roll_back
from tests.small_warehouse import publish_small, said, write_export

STEPS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.chmod", "shutil.copyfile", "subprocess.Popen"}
MOST = 200
DATABASE = "small.duckdb"
NEW = 1000


def state(database: Path) -> dict[str, Any]:
    """What a reader finds: the number every part of the warehouse says, or what is wrong."""
    generations = Generations(database)
    current = generations.current()
    if current is None:
        return {"says": said(database), "problems": []}
    manifest = generations.manifest(current)
    exported = database.parent / "exports" / "poor.txt"
    says = said(database)
    mixed = [f"exports say {exported.read_text()}"] if exported.exists() and exported.read_text() != str(says) else []
    return {"says": says, "problems": mixed + (manifest.problems(generations.path(current)) if manifest else ["no manifest"])}


def dies_at(step: int, warehouse: Path, act: Callable[[], object], note: Path) -> bool:
    """Do it in a process of its own that kills itself before its `step`-th step under `warehouse`; whether it came so far."""
    child = os.fork()
    if child == 0:
        seen = 0

        def count(what: str, subject: object = None) -> None:
            nonlocal seen
            seen += 1
            if seen == step:
                note.write_text(f"{what} {subject}")
                os.kill(os.getpid(), signal.SIGKILL)

        def audit(event: str, arguments: tuple[Any, ...]) -> None:
            if event not in STEPS or not any(str(warehouse) in str(argument) for argument in arguments):
                return
            if event != "open" or arguments[2] & (os.O_WRONLY | os.O_RDWR):
                count(event, arguments[0])

        def sync(descriptor: int) -> None:
            count("fsync", Path(f"/proc/self/fd/{descriptor}").readlink())
            fsync(descriptor)

        fsync, os.fsync = os.fsync, sync  # type: ignore[assignment]
        sys.addaudithook(audit)
        act()
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def in_a_new_process(look: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What a reader that begins now sees."""
    inlet, outlet = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            answer = look()
        except Exception as error:
            answer = {"says": None, "problems": [repr(error)]}
        os.write(outlet, json.dumps(answer).encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(outlet)
    with os.fdopen(inlet) as answers:
        return dict(json.loads(answers.read()))


def recovery(database: Path, poor: int) -> dict[str, Any]:
    """What stands after the publication that follows a death, and what it left lying about."""
    publish_small(database, poor, write_export)
    litter = [path.name for path in (*database.parent.glob(".*.draft"), *(database.parent / "generations").glob(".*"))]
    return {**state(database), "litter": litter}


def main() -> None:
    """Kill at the first step, then at the second, each time from the same start, until nothing is left to be killed."""
    root, what = Path(sys.argv[1]), sys.argv[2]
    database, note, start = root / "warehouse" / DATABASE, root / "note", root / "start"
    if what == "once":
        publish_small(database, int(sys.argv[3]), write_export)
        return
    publish_new: Callable[[], object] = partial(publish_small, database, NEW, write_export)
    shutil.copytree(database.parent, start, symlinks=True)
    for step in range(1, MOST):
        died = dies_at(step, database.parent, publish_new if what == "publish" else lambda: roll_back(database), note)
        death = {"step": step, "killed_at": note.read_text() if died else None, **in_a_new_process(lambda: state(database))}
        if step % 9 == 0:
            death["recovery"] = in_a_new_process(lambda: recovery(database, NEW + 1))
        print(json.dumps(death))
        if not died:
            return
        shutil.rmtree(database.parent)
        shutil.copytree(start, database.parent, symlinks=True)


if __name__ == "__main__":
    main()
