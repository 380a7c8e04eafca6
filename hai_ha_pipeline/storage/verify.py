"""Reading a warehouse whole, to know that others can. As a program it is the new process that looks after publishing.

It imports DuckDB and nothing else of weight, so that a new process costs a tenth of a second.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import duckdb

from hai_ha_pipeline.errors import PublishError
from hai_ha_pipeline.storage.generations import wal
from hai_ha_pipeline.storage.manifest import sha256_of

GENERATION = "audit.generation"
State = tuple[int, int, int]
"""A file as it lies there: inode, size, and when it was written last."""
Read = tuple[State, str]
"""A file that was read to its end: its state then, and its SHA-256."""


def state_of(file: Path) -> State:
    """The state of a file. Where it is still the same, so are the bytes."""
    found = file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def check_file(database: Path, rows: Mapping[str, int]) -> None:
    """Raise `PublishError` where the built file lacks a row of a table, cannot be read to its end, or is not complete in itself."""
    if wal(database).exists():
        raise PublishError(str(database), "a write-ahead log was left beside the built file", "run again")
    if found := differences(database, rows, None):
        raise PublishError(str(database), f"the built file differs from its tables: {found}", "run again; report it if it stays so")


def check_from_a_new_process(database: Path, rows: Mapping[str, int], generation: int | None, read: Read | None = None) -> None:
    """What others will see: in this process an open connection could still show the old file."""
    command = [sys.executable, "-m", __name__, str(database), json.dumps([generation, read])]
    seen = subprocess.run(command, input=json.dumps(dict(rows)), capture_output=True, text=True, check=False)  # noqa: S603
    if seen.returncode:
        problem = seen.stderr.strip().rsplit("\n", 1)[-1]
        raise PublishError(
            str(database), f"the published file cannot be read back: {problem}", "run again; what was published before is back"
        )


def differences(database: Path, rows: Mapping[str, int], generation: int | None, read: Read | None = None) -> str:
    """How the file differs from what it should hold, having read all of it; nothing where it does not.

    Where it is a file of which all was `read` before, only its rows are counted: one of the same state, or else of the same bytes.
    """
    if read and state_of(database) != tuple(read[0]) and sha256_of(database) != read[1]:
        return "other bytes than those that were checked"
    with closing(duckdb.connect(str(database), read_only=True)) as connection:
        found = {table: count(connection, table) for table in rows}
        for table in () if read else rows:
            connection.execute(f"SELECT bit_xor(hash(COLUMNS(*))) FROM {table}").fetchall()  # noqa: S608
        number = generation and connection.execute(f"SELECT max(generation) FROM {GENERATION}").fetchall()[0][0]  # noqa: S608
    wrong = [f"{table} {found[table]} of {rows[table]} rows" for table in rows if found[table] != rows[table]]
    return ", ".join(wrong + ([f"generation {number} instead of {generation}"] if number != generation else []))


def count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """The rows of a table."""
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])  # noqa: S608


if __name__ == "__main__":
    sys.exit(differences(Path(sys.argv[1]), json.load(sys.stdin), *json.loads(sys.argv[2])) or None)
