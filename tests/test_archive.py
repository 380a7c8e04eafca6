"""What was ever read, and since when it is known."""

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.archive import Archive, Load, files_of, fingerprint, snapshot_of
from hai_ha_pipeline.reading.hashes import hash_of
from tests.folders import DAY_1, DAY_2, STORED_DAY_1, write

# The SHA-256 of the three letters `abc`, as FIPS 180-2 prints it.
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def keep(archive: Archive, folder: Path, now: datetime, snapshot: dict[str, str] | None = None) -> None:
    archive.keep(folder, Load(now.isoformat(), snapshot or snapshot_of(folder), {}, {}, []), now)


def test_a_file_is_known_by_the_hash_of_its_content(tmp_path: Path) -> None:
    assert hash_of(write(tmp_path, {"a.csv": "abc"}) / "a.csv") == ABC


def test_content_is_first_seen_when_it_was_first_kept(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    folder = write(tmp_path / "pages", {"a.csv": "abc"})
    assert archive.first_seen([ABC], DAY_1) == {ABC: STORED_DAY_1}
    keep(archive, folder, DAY_1)
    keep(archive, folder, DAY_2)
    assert archive.first_seen([ABC], DAY_2) == {ABC: STORED_DAY_1}


def test_the_moment_of_the_first_reading_is_the_same_before_and_after_it_is_kept(tmp_path: Path) -> None:
    archive, now = Archive(tmp_path / "archive"), DAY_1 + timedelta(microseconds=123456)
    before = archive.first_seen([ABC], now)
    folder = write(tmp_path / "pages", {"a.csv": "abc"})
    keep(archive, folder, now)
    assert archive.first_seen([ABC], DAY_2) == before


def test_moments_are_utc(tmp_path: Path) -> None:
    in_hanoi = DAY_1.astimezone(timezone(timedelta(hours=7)))
    assert Archive(tmp_path).first_seen([ABC], in_hanoi) == {ABC: STORED_DAY_1}


def restored_of(archive: Archive, into: Path) -> Path | None:
    """The last load of the source `pages`, restored."""
    return archive.restore("pages", archive.loads("pages")[-1], into)


def test_the_last_good_content_comes_back_as_a_folder(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    folder = write(tmp_path / "pages", {"a.csv": "abc", "b.csv": "b"})
    write(folder / "deep", {"c.csv": "c"})
    keep(archive, folder, DAY_1)
    write(folder, {"a.csv": "changed"})
    restored = restored_of(archive, tmp_path / "scratch")
    assert restored == tmp_path / "scratch" / "pages"
    assert {name: path.read_text() for name, path in files_of(restored).items()} == {
        "a.csv": "abc", "b.csv": "b", "deep/c.csv": "c",
    }  # fmt: skip


def test_a_source_that_never_loaded_has_no_loads(tmp_path: Path) -> None:
    assert Archive(tmp_path / "archive").loads("pages") == []


def test_hidden_files_and_drafts_of_editors_are_no_part_of_a_source(tmp_path: Path) -> None:
    folder = write(tmp_path, {"a.csv": "abc", ".a.csv.swp": "x", "~$a.csv": "x"})
    write(folder / ".git", {"config": "x"})
    assert files_of(folder) == {"a.csv": folder / "a.csv"}


def test_the_fingerprint_tells_names_and_contents_apart(tmp_path: Path) -> None:
    same, also, renamed, changed = (
        fingerprint(write(tmp_path / str(number), files))
        for number, files in enumerate([{"a.csv": "abc"}, {"a.csv": "abc"}, {"b.csv": "abc"}, {"a.csv": "abd"}])
    )
    assert same == also
    assert len({same, renamed, changed}) == 3


def test_a_file_that_changed_while_it_was_read_is_not_kept_as_good(tmp_path: Path) -> None:
    archive, folder = Archive(tmp_path / "archive"), write(tmp_path / "pages", {"a.csv": "abc"})
    judged = snapshot_of(folder)
    (folder / "a.csv").write_text("abd")
    with pytest.raises(SourceError, match=r"sources/pages/a\.csv: the file changed while it was read"):
        keep(archive, folder, DAY_1, judged)
    assert archive.loads("pages") == []


def test_a_copy_that_was_deleted_is_no_last_good_content(tmp_path: Path) -> None:
    archive, folder = Archive(tmp_path / "archive"), write(tmp_path / "pages", {"a.csv": "abc"})
    keep(archive, folder, DAY_1)
    (tmp_path / "archive" / "contents" / ABC).unlink()
    assert restored_of(archive, tmp_path / "scratch") is None


def test_a_copy_that_was_damaged_is_no_last_good_content_until_it_is_kept_again(tmp_path: Path) -> None:
    archive, folder = Archive(tmp_path / "archive"), write(tmp_path / "pages", {"a.csv": "abc"})
    keep(archive, folder, DAY_1)
    (tmp_path / "archive" / "contents" / ABC).write_text("ab")
    assert restored_of(archive, tmp_path / "scratch") is None
    keep(archive, folder, DAY_2)
    assert restored_of(archive, tmp_path / "scratch") == tmp_path / "scratch" / "pages"
