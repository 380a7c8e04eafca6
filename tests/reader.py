"""A reader as BI tools are: `python tests/reader.py DATABASE reopen|hold PAUSE` reads, with that many seconds in between, until its standard input ends, then says what it saw.

It imports DuckDB alone, so that it runs on any version of it. A read that fails, or that mixes two generations, ends it with a traceback.
"""

import json
import sys
import threading
from contextlib import closing
from pathlib import Path

import duckdb

POOR = "SELECT households FROM core.household WHERE kind = 'poor'"
WHOLE = f"SELECT ({POOR}), (SELECT fingerprint FROM audit.build), (SELECT generation FROM audit.generation)"


def read(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of the generation, which its tables must agree on: generation n says that n households are poor."""
    poor, fingerprint, generation = connection.execute(WHOLE).fetchall()[0]
    assert (poor, fingerprint) == (generation, f"poor {generation}")
    return int(generation)


def read_exports(warehouse: Path) -> int:
    """The generation as a reader of several files sees it, who resolves `current` once."""
    generation = (warehouse / "current").resolve()
    exported = int((generation / "exports" / "poor.txt").read_text())
    assert json.loads((generation / "manifest.json").read_text())["fingerprint"] == f"poor {exported}"
    return exported


def main() -> None:
    database, what = Path(sys.argv[1]), sys.argv[2]
    is_over = threading.Event()

    def wait() -> None:
        sys.stdin.read()
        is_over.set()

    threading.Thread(target=wait, daemon=True).start()
    seen: list[int] = []
    reads = 0
    held = duckdb.connect(str(database), read_only=True)
    print("ready", flush=True)
    while not is_over.wait(float(sys.argv[3])):
        if what == "hold":
            now = read(held)
        else:
            with closing(duckdb.connect(str(database), read_only=True)) as connection:
                now = read(connection)
            assert now <= read_exports(database.parent)
        reads += 1
        assert not seen or seen[-1] <= now, "an older generation came back"
        seen += [now] if not seen or seen[-1] != now else []
        if what == "reopen":
            held.close()
    print(json.dumps({"reads": reads, "generations": seen}), flush=True)


if __name__ == "__main__":
    main()
