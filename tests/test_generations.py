"""Generations: what is published together, what is kept, what a rollback brings back, and what is never overwritten."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from hai_ha_pipeline import settings
from hai_ha_pipeline.errors import PublishError, UserError
from hai_ha_pipeline.storage.generations import Generations
from hai_ha_pipeline.storage.manifest import MANIFEST, files_in
from hai_ha_pipeline.storage.rollback import RolledBack, release, roll_back, why_withheld
from hai_ha_pipeline.storage.verify import Read, check_from_a_new_process, differences
from tests.small_warehouse import legacy, publish_small, said, write_export


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "warehouse" / "small.duckdb"


@pytest.fixture(autouse=True)
def look_from_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new process for each of a hundred publications would take a quarter of a minute; `test_publish*.py` look from one."""

    def look(database: Path, rows: dict[str, int], generation: int | None, read: Read | None) -> None:
        assert differences(database, rows, generation, read) == ""

    monkeypatch.setattr("hai_ha_pipeline.storage.switch.check_from_a_new_process", look)


def generation_in(database: Path) -> int:
    with closing(duckdb.connect(str(database), read_only=True)) as connection:
        return int(connection.execute("SELECT generation FROM audit.generation").fetchall()[0][0])


def test_database_exports_and_manifest_are_one_generation(database: Path) -> None:
    for poor in (67, 28):
        publish_small(database, poor, write_export)
    home = database.parent
    assert said(database) == 28
    assert (home / "exports" / "poor.txt").read_text() == "28"
    manifest = json.loads((home / MANIFEST).read_text())
    assert (manifest["generation"], manifest["previous"], generation_in(database)) == (2, 1, 2)
    assert manifest["rows"] == {"audit.build": 1, "audit.generation": 1, "audit.part": 0, "core.household": 2}
    assert manifest["fingerprint"] == "poor 28"
    assert manifest["versions"]["duckdb"] == duckdb.__version__
    assert manifest["versions"]["storage"] == "v1.4.0"
    assert set(manifest["files"]) == {"small.duckdb", "exports/poor.txt"}
    assert manifest["files"]["exports/poor.txt"] == {
        "bytes": 2,
        "sha256": "59e19706d51d39f66711c2653cd7eb1291c94d9b55eb14bda74ce4dc636d015a",  # of "28"
    }
    assert {path.name: str(path.readlink()) for path in home.iterdir() if path.is_symlink()} == {
        "current": "generations/000002",
        "exports": "current/exports",
        "manifest.json": "current/manifest.json",
        "small.duckdb": "current/small.duckdb",
    }


def test_the_number_alone_makes_no_new_generation(database: Path) -> None:
    publish_small(database, 28)
    again = publish_small(database, 28)
    assert (again.is_new, again.generation) == (False, 1)
    assert Generations(database).numbers() == [1]


def test_a_writer_that_fails_publishes_nothing(database: Path) -> None:
    def writes_half(file: Path, folder: Path) -> None:
        write_export(file, folder)
        raise ValueError("no chart today")

    publish_small(database, 67, write_export)
    with pytest.raises(ValueError, match="no chart today"):
        publish_small(database, 28, writes_half)
    assert (said(database), (database.parent / "exports" / "poor.txt").read_text()) == (67, "67")
    assert [path.name for path in Generations(database).folder.iterdir()] == ["000001"]


def test_what_is_published_can_not_be_written_by_accident(database: Path) -> None:
    publish_small(database, 28, write_export)
    files = [path for path in Generations(database).path(1).rglob("*") if path.is_file()]
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in files} == {
        "small.duckdb": "0o444", "manifest.json": "0o444", "poor.txt": "0o444",
    }  # fmt: skip


def test_everything_is_on_disk_before_current_is_turned(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_small(database, 67, write_export)
    order: list[str] = []
    sync, replace = os.fsync, Path.replace

    def note_sync(descriptor: int) -> None:
        order.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        sync(descriptor)

    def note_replace(path: Path, target: Path) -> Path:
        order.append(f"-> {target.name}")
        return replace(path, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_replace)
    publish_small(database, 28, write_export)
    turned = order.index("-> current")
    assert {"small.duckdb", "manifest.json", "poor.txt", "exports", ".000002.draft", "generations"} <= set(order[:turned])
    assert order[turned:] == ["-> current", "warehouse"]


def test_the_last_generations_are_kept_and_always_the_published_one(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAI_HA_GENERATIONS_KEPT", "2")
    for poor in (67, 50, 28):
        publish_small(database, poor)
    assert Generations(database).numbers() == [2, 3]
    roll_back(database)
    assert (said(database), Generations(database).current()) == (50, 2)
    publish_small(database, 27)
    assert Generations(database).numbers() == [3, 4]


@pytest.mark.parametrize(
    ("variable", "value", "read"),
    [
        ("HAI_HA_GENERATIONS_KEPT", "1", settings.generations_kept),
        ("HAI_HA_GENERATIONS_KEPT", "all", settings.generations_kept),
        ("HAI_HA_STORAGE_VERSION", "v9.9.9", settings.storage_version),
    ],
)
def test_a_setting_that_cannot_be_used_says_what_can(variable: str, value: str, read: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    assert callable(read)
    with pytest.raises(UserError, match=f"{variable}={value}"):
        read()


def test_another_storage_format_is_a_new_generation(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB writes the number of its format at byte 12: 64 for v1.0.0, 67 for v1.4.0."""
    publish_small(database, 28)
    assert int.from_bytes(database.read_bytes()[12:20], "little") == 67
    monkeypatch.setenv("HAI_HA_STORAGE_VERSION", "v1.0.0")
    assert publish_small(database, 28).is_new
    assert int.from_bytes(database.read_bytes()[12:20], "little") == 64


def test_a_generation_that_others_cannot_read_is_taken_back(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_small(database, 67)

    def expects_too_much(path: Path, rows: dict[str, int], number: int, read: Read) -> None:
        check_from_a_new_process(path, {**rows, "core.household": 3}, number, read)

    monkeypatch.setattr("hai_ha_pipeline.storage.switch.check_from_a_new_process", expects_too_much)
    with pytest.raises(PublishError, match=r"cannot be read back: core\.household 2 of 3 rows"):
        publish_small(database, 28)
    assert (said(database), Generations(database).numbers()) == (67, [1])


class TestRollback:
    def test_it_brings_database_and_exports_back_together(self, database: Path) -> None:
        for poor in (67, 50, 28):
            publish_small(database, poor, write_export)
        assert roll_back(database) == RolledBack(before=3, now=2)
        assert (said(database), (database.parent / "exports" / "poor.txt").read_text()) == (50, "50")
        assert roll_back(database, 3) == RolledBack(before=2, now=3)
        assert (said(database), (database.parent / "exports" / "poor.txt").read_text()) == (28, "28")

    def test_the_one_before_is_what_was_published_before_not_what_was_taken_back(self, database: Path) -> None:
        for poor in (67, 999):
            publish_small(database, poor)
        roll_back(database)
        publish_small(database, 28)
        assert roll_back(database) == RolledBack(before=3, now=1)

    def test_the_same_sources_do_not_undo_it(self, database: Path) -> None:
        publish_small(database, 67)
        publish_small(database, 28)
        roll_back(database)
        again = publish_small(database, 28)
        assert (again.is_new, again.generation) == (False, 1)
        assert "generation 1 was brought back" in str(again.withheld)
        assert "made generation 2" in str(again.withheld)
        assert said(database) == 67

    def test_changed_sources_are_published(self, database: Path) -> None:
        publish_small(database, 67)
        publish_small(database, 28)
        roll_back(database)
        assert publish_small(database, 27).generation == 3
        assert why_withheld(database, "poor 28") is None

    def test_whoever_releases_it_publishes_the_same_again(self, database: Path) -> None:
        publish_small(database, 67)
        publish_small(database, 28)
        roll_back(database)
        release(database)
        assert publish_small(database, 28).generation == 3

    def test_going_forward_again_withholds_nothing(self, database: Path) -> None:
        publish_small(database, 67)
        publish_small(database, 28)
        roll_back(database)
        roll_back(database, 2)
        assert why_withheld(database, "poor 28") is None

    def test_a_damaged_generation_is_not_brought_back(self, database: Path) -> None:
        publish_small(database, 67, write_export)
        publish_small(database, 28, write_export)
        export = Generations(database).path(1) / "exports" / "poor.txt"
        export.chmod(0o644)
        export.write_text("66")
        with pytest.raises(PublishError, match=r"damaged: exports/poor\.txt has changed"):
            roll_back(database)
        assert said(database) == 28

    @pytest.mark.parametrize(("number", "message"), [(9, "generation 9: it is not kept"), (None, "no earlier generation is kept")])
    def test_a_generation_that_is_not_there_is_told(self, database: Path, number: int | None, message: str) -> None:
        publish_small(database, 28)
        with pytest.raises(PublishError, match=message):
            roll_back(database, number)


class TestWhatIsNotOurs:
    def test_the_plain_file_of_an_earlier_version_becomes_the_first_generation(self, database: Path) -> None:
        legacy(database, 67)
        stale = database.with_name(f"{database.name}.wal")
        stale.write_bytes(b"left by a program that died")
        assert publish_small(database, 28).generation == 2
        assert said(database) == 28
        assert not stale.exists()
        roll_back(database)
        assert said(database) == 67

    def test_a_file_of_the_users_is_left_alone(self, database: Path) -> None:
        publish_small(database, 67)
        database.unlink()
        database.write_text("my notes")
        with pytest.raises(PublishError, match="move it elsewhere"):
            publish_small(database, 28)
        assert database.read_text() == "my notes"

    def test_a_database_of_the_users_keeps_its_log(self, database: Path) -> None:
        database.parent.mkdir()
        with closing(duckdb.connect(str(database))) as mine:
            mine.execute("CREATE TABLE mine AS SELECT 1 AS one")
        log = database.with_name(f"{database.name}.wal")
        log.write_bytes(b"what I wrote last")
        before = database.read_bytes()
        with pytest.raises(PublishError, match="move it elsewhere"):
            publish_small(database, 28)
        assert (database.read_bytes(), log.read_bytes()) == (before, b"what I wrote last")
        assert list(Generations(database).folder.iterdir()) == []

    def test_a_file_of_the_users_is_left_alone_also_where_nothing_is_new(self, database: Path) -> None:
        publish_small(database, 28, write_export)
        mine = database.parent / "exports"
        mine.unlink()
        mine.write_text("mine")
        with pytest.raises(PublishError, match="move it elsewhere"):
            publish_small(database, 28, write_export)
        assert mine.read_text() == "mine"

    def test_a_folder_of_the_users_is_left_alone(self, database: Path) -> None:
        mine = database.parent / "exports"
        mine.mkdir(parents=True)
        (mine / "mine.txt").write_text("mine")
        with pytest.raises(PublishError, match=f"{mine}: a file or folder that publishing did not make"):
            publish_small(database, 28, write_export)
        assert (mine / "mine.txt").read_text() == "mine"
        assert not database.exists()

    def test_a_copy_of_a_generation_in_the_place_of_the_link_becomes_the_link_again(self, database: Path) -> None:
        """What a copy that follows links leaves behind; nothing is lost by it."""
        publish_small(database, 67)
        content = database.read_bytes()
        database.unlink()
        database.write_bytes(content)
        publish_small(database, 28)
        assert database.is_symlink()
        assert said(database) == 28

    @pytest.mark.parametrize("poor", [67, 28])
    def test_a_link_that_is_gone_or_leads_astray_is_mended(self, database: Path, poor: int) -> None:
        publish_small(database, 67, write_export)
        database.unlink()
        (database.parent / "exports").unlink()
        (database.parent / "exports").symlink_to("somewhere/else")
        publish_small(database, poor, write_export)
        assert (said(database), (database.parent / "exports" / "poor.txt").read_text()) == (poor, str(poor))

    def test_generations_that_were_deleted_are_made_anew(self, database: Path) -> None:
        publish_small(database, 67)
        Generations(database).remove(1)
        assert publish_small(database, 67).generation == 2  # not 1: a reader could know another content under that number
        assert said(database) == 67

    def test_what_a_killed_publisher_left_is_cleared_away(self, database: Path) -> None:
        publish_small(database, 67)
        draft = Generations(database).folder / ".000002.draft"
        draft.mkdir()
        (draft / "small.duckdb").write_bytes(b"half")
        for log in (database, Generations(database).path(1) / database.name):
            log.with_name(f"{log.name}.wal").write_bytes(b"left by a program that died")
        publish_small(database, 28)
        assert not draft.exists()
        assert list(database.parent.rglob("*.wal")) == []
        assert said(database) == 28

    def test_a_damaged_generation_is_published_anew(self, database: Path) -> None:
        publish_small(database, 28, write_export)
        (Generations(database).path(1) / "exports" / "poor.txt").unlink()
        assert publish_small(database, 28, write_export).generation == 2
        assert (database.parent / "exports" / "poor.txt").read_text() == "28"


class TestDisk:
    @pytest.fixture
    def nobodys(self) -> Iterator[Path]:
        """A folder that everybody may enter, because these tests give up the rights of root."""
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            yield Path(folder)

    def test_a_folder_that_may_not_be_written_is_told_and_nothing_changes(self, nobodys: Path) -> None:
        database = nobodys / "warehouse" / "small.duckdb"
        publish_small(database, 67)
        before = files_in(database.parent)
        (nobodys / "stage").chmod(0o777)
        for path in (nobodys / "stage").iterdir():
            path.chmod(0o666)
        folders = [database.parent, database.parent / "generations"]
        for folder in folders:
            folder.chmod(0o555)
        is_root = os.geteuid() == 0
        if is_root:
            os.seteuid(65534)
        try:
            with pytest.raises(PublishError, match="cannot be written"):
                publish_small(database, 28)
        finally:
            if is_root:
                os.seteuid(0)
            for folder in folders:
                folder.chmod(0o755)
        assert files_in(database.parent) == before
        assert said(database) == 67

    @pytest.mark.parametrize("kilobytes", [8, 200, 530])
    def test_a_file_that_cannot_grow_is_told_and_nothing_changes(self, tmp_path: Path, kilobytes: int) -> None:
        """A limit on the size of files stops the write as a full disk does: in the first table, in the checkpoint, in the export."""
        database = tmp_path / "warehouse" / "small.duckdb"
        publish_small(database, 67, write_export)
        program = (
            "import resource, sys; from pathlib import Path; from tests.small_warehouse import *; import hai_ha_pipeline.errors as e\n"
            "def big(file, folder): (folder / 'big.bin').write_bytes(bytes(2_000_000))\n"
            "database, limit = Path(sys.argv[1]), int(sys.argv[2]) * 1024\n"
            "parquet = stage(database.parent.parent / 'stage', 28)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))\n"
            "try: publish(database, parquet, TABLES, [big])\n"
            "except e.PublishError as error: print(error)"
        )
        told = subprocess.run([sys.executable, "-c", program, str(database), str(kilobytes)], capture_output=True, text=True, check=False)
        assert "the warehouse cannot be written" in told.stdout, told.stderr
        assert "what was published stays as it is" in told.stdout
        assert said(database) == 67
        assert [path.name for path in Generations(database).folder.iterdir()] == ["000001"]

    def test_a_full_disk_is_told_and_nothing_changes(self, tmp_path: Path) -> None:
        disk = tmp_path / "disk"
        disk.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=1600k", "tmpfs", str(disk)], capture_output=True, text=True, check=False
        )
        if mounted.returncode:
            pytest.skip(f"a small disk cannot be mounted here (a limit on file sizes is tested above): {mounted.stderr.strip()}")
        try:
            database = disk / "warehouse" / "small.duckdb"
            publish_small(database, 67)
            filler = disk / "filler"
            free = os.statvfs(disk)
            filler.write_bytes(bytes(free.f_bavail * free.f_frsize - 300 * 1024))
            with pytest.raises(PublishError, match="the warehouse cannot be written"):
                publish_small(database, 28)
            assert said(database) == 67
            assert [path.name for path in Generations(database).folder.iterdir()] == ["000001"]
            filler.unlink()
            assert publish_small(database, 28).generation == 2
        finally:
            subprocess.run(["umount", str(disk)], check=True)
