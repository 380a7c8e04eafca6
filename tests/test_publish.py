"""Publishing: what stands is whole, old readers stay undisturbed, a failure changes nothing."""

import fcntl
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from hai_ha_pipeline.errors import PublishError, QueryError
from hai_ha_pipeline.storage.build import build
from hai_ha_pipeline.storage.publish import Published, published_fingerprint
from hai_ha_pipeline.storage.query import query
from tests.small_warehouse import publish_small

Publisher = Callable[[int], Published]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "warehouse" / "it's here.duckdb"


@pytest.fixture
def publish_poor(database: Path) -> Publisher:
    """Publish a warehouse in which so many households are poor."""
    return partial(publish_small, database)


def poor(database: Path) -> int:
    return int(query(database, "SELECT households FROM core.household WHERE kind = 'poor'").rows[0][0])


def test_what_is_published_can_be_read(database: Path, publish_poor: Publisher) -> None:
    rows = {"core.household": 2, "audit.build": 1, "audit.generation": 1, "audit.part": 0}
    assert publish_poor(28) == Published(rows, generation=1, is_new=True)
    assert poor(database) == 28
    assert published_fingerprint(database) == "poor 28"


def test_the_same_tables_again_leave_the_file_alone(database: Path, publish_poor: Publisher) -> None:
    publish_poor(28)
    before = database.stat()
    assert not publish_poor(28).is_new
    assert (database.stat().st_ino, database.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_one_changed_figure_is_published(database: Path, publish_poor: Publisher) -> None:
    publish_poor(67)
    assert publish_poor(28).is_new
    assert poor(database) == 28


def test_comments_come_from_the_contract(database: Path, publish_poor: Publisher) -> None:
    publish_poor(28)
    assert query(database, "SELECT comment FROM duckdb_tables() WHERE table_name = 'household'").rows == [
        ("One row is one kind of household.",)
    ]
    assert query(database, "SELECT comment FROM duckdb_columns() WHERE column_name = 'kind'").rows == [("The kind; it's quoted.",)]


def test_a_reader_that_holds_the_old_file_is_neither_blocked_nor_changed(database: Path, publish_poor: Publisher) -> None:
    publish_poor(67)
    script = (
        "import duckdb, sys; con = duckdb.connect(sys.argv[1], read_only=True)\n"
        "ask = lambda: con.execute(\"SELECT households FROM core.household WHERE kind = 'poor'\").fetchone()[0]\n"
        "print(ask(), flush=True); sys.stdin.readline(); print(ask(), flush=True)"
    )
    reader = subprocess.Popen([sys.executable, "-c", script, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert reader.stdout is not None
    assert reader.stdout.readline() == "67\n"
    publish_poor(28)
    assert reader.communicate("\n", timeout=30)[0] == "67\n"
    assert poor(database) == 28


def test_a_stale_write_ahead_log_does_not_spoil_the_new_file(database: Path, publish_poor: Publisher) -> None:
    publish_poor(67)
    database.with_name(f"{database.name}.wal").write_bytes(b"left by a program that died")
    publish_poor(28)
    assert poor(database) == 28


def test_a_second_publisher_is_told_so(database: Path, publish_poor: Publisher) -> None:
    publish_poor(67)
    with database.with_name(f".{database.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(PublishError, match="another run is publishing right now"):
            publish_poor(28)
    assert poor(database) == 67


def test_a_build_that_fails_its_check_leaves_the_old_file(database: Path, publish_poor: Publisher, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_poor(67)

    def loses_a_row(draft: Path, *arguments: Any) -> dict[str, int]:
        rows = build(draft, *arguments)
        with closing(duckdb.connect(str(draft))) as connection:
            connection.execute("DELETE FROM core.household WHERE kind = 'poor'")
        return rows

    monkeypatch.setattr("hai_ha_pipeline.storage.publish.build", loses_a_row)
    with pytest.raises(PublishError, match=r"core\.household 1 of 2 rows"):
        publish_poor(28)
    assert poor(database) == 67
    assert [path.name for path in (database.parent / "generations").iterdir()] == ["000001"]


def test_the_file_has_a_format_that_older_duckdb_reads(database: Path, publish_poor: Publisher) -> None:
    """A DuckDB file names the version of its storage format at byte 12; 2.0's own is above 67, which 1.4 writes."""
    publish_poor(28)
    assert int.from_bytes(database.read_bytes()[12:20], "little") <= 67


def test_a_query_sees_no_python_object(database: Path, publish_poor: Publisher) -> None:
    publish_poor(28)
    secret = pl.DataFrame({"secret": [1]})
    with pytest.raises(QueryError, match="secret"):
        query(database, "FROM secret")
    assert secret.height == 1
