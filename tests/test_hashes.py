"""Contents are told apart by their bytes; a file is read again unless it certainly is the same."""

import hashlib
import os
import time
from pathlib import Path

import pytest

from hai_ha_pipeline.reading import hashes
from hai_ha_pipeline.reading.hashes import hash_of, hashes_of

# The SHA-256 of `abc`, and of nothing, as FIPS 180-2 and many others print them.
ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
TICK = 0.05  # seconds, longer than the steps in which a file system tells time


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hash of each file that is read, as it is read."""
    found: list[str] = []
    digest = hashlib.file_digest

    def counted(file: object, name: str) -> object:
        read = digest(file, name)  # type: ignore[arg-type]
        found.append(read.hexdigest())
        return read

    monkeypatch.setattr(hashlib, "file_digest", counted)
    return found


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every file had been written long ago."""
    monkeypatch.setattr(hashes, "SETTLED_NS", -1)


def file(folder: Path, text: str) -> Path:
    path = folder / "a.csv"
    path.write_text(text)
    return path


def test_it_is_that_of_the_bytes(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.touch()
    assert hashes_of([file(tmp_path, "abc"), empty]) == [ABC, NOTHING]


@pytest.mark.usefixtures("settled")
def test_what_did_not_change_is_read_once(tmp_path: Path, readings: list[str]) -> None:
    path = file(tmp_path, "abc")
    assert [hash_of(path), hash_of(path)] == [ABC, ABC]
    assert readings == [ABC]


def test_what_was_written_just_now_is_read_each_time(tmp_path: Path, readings: list[str]) -> None:
    path = file(tmp_path, "abc")
    assert [hash_of(path), hash_of(path)] == [ABC, ABC]
    assert readings == [ABC, ABC]


@pytest.mark.usefixtures("settled")
def test_a_change_is_seen_that_hides_behind_size_and_date(tmp_path: Path) -> None:
    path = file(tmp_path, "abd")
    assert hash_of(path) != ABC
    before = path.stat()
    time.sleep(TICK)
    path.write_text("abc")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert hash_of(path) == ABC


@pytest.mark.usefixtures("settled")
def test_another_file_in_its_place_is_seen(tmp_path: Path) -> None:
    path, other = file(tmp_path, "abd"), tmp_path / "b.csv"
    other.write_text("abc")
    assert hash_of(path) != ABC
    other.replace(path)
    assert hash_of(path) == ABC
