"""Where generations lie: their folders, the link `current`, and the stable paths through it. docs/publishing.md draws it.

What a generation holds is made in `build.py` and by writers; when it is switched to is decided in `publish.py` and `rollback.py`.
"""

import errno
import fcntl
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from hai_ha_pipeline.errors import PublishError
from hai_ha_pipeline.storage.durable import point, sync
from hai_ha_pipeline.storage.manifest import Manifest, read_manifest

NUMBER = re.compile(r"\d{6,}")
CANNOT_WRITE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO}


@dataclass(frozen=True)
class Generations:
    """The generations of the warehouse whose stable path is `database`."""

    database: Path

    @property
    def warehouse(self) -> Path:
        """The folder that readers look into."""
        return self.database.parent

    @property
    def folder(self) -> Path:
        """The folder that holds a folder for each generation."""
        return self.warehouse / "generations"

    @property
    def link(self) -> Path:
        """The link that says which generation is published: the only thing that a publication changes for readers."""
        return self.warehouse / "current"

    def path(self, number: int) -> Path:
        """The folder of a generation."""
        return self.folder / f"{number:06d}"

    def draft(self, number: int) -> Path:
        """Where a generation is made; a name that begins with a dot is nobody's and is cleared away."""
        return self.folder / f".{number:06d}.draft"

    def numbers(self) -> list[int]:
        """Every generation that is kept, the oldest first."""
        if not self.folder.is_dir():
            return []
        return sorted(int(path.name) for path in self.folder.iterdir() if NUMBER.fullmatch(path.name) and path.is_dir())

    def current(self) -> int | None:
        """The generation that is published; none where there is none, or `current` leads nowhere."""
        number = self._linked()
        return number if number is not None and self.path(number).is_dir() else None

    def next_number(self) -> int:
        """A number that no generation has had, as far as can be seen."""
        return max([*self.numbers(), self._linked() or 0]) + 1

    def manifest(self, number: int) -> Manifest | None:
        """The manifest of a generation; none where it cannot be read."""
        return read_manifest(self.path(number))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the right to publish. Raises `PublishError` for who comes second, and where the disk is full or may not be written."""
        with _telling_what_cannot_be_written(self.warehouse):
            self.warehouse.mkdir(parents=True, exist_ok=True)
            path = self.database.with_name(f".{self.database.name}.lock")
            with path.open("a") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise PublishError(str(self.database), "another run is publishing right now", "wait until it has finished") from None
                yield

    def clear_leftovers(self) -> None:
        """Make the folder where it is missing; remove what a killed publisher left, and write-ahead logs beside what is published.

        A log beside a plain file is left alone: it may be the user's.
        """
        if not self.folder.is_dir():
            self.folder.mkdir()
            sync(self.warehouse)
        for leftover in self.folder.glob(".*"):
            _remove(leftover)
        wal(self.link / self.database.name).unlink(missing_ok=True)
        if self.database.is_symlink() or not self.database.exists():
            wal(self.database).unlink(missing_ok=True)

    def check_paths(self, names: list[str]) -> None:
        """Raise `PublishError` where something of the user's stands in the place of a link."""
        in_the_way = [
            str(path) for path in (self.link, *(self.warehouse / name for name in names)) if path.exists() and not path.is_symlink()
        ]
        if in_the_way:
            raise PublishError(
                " and ".join(in_the_way),
                "a file or folder that publishing did not make stands where a link to the published generation belongs",
                "move it elsewhere (nothing of it was touched), then run again",
            )

    def switch(self, number: int) -> None:
        """Publish a generation: mend the stable paths to everything in it, then turn `current` to it in one rename."""
        self.mend_all(number)
        self.turn(number)

    def turn(self, number: int) -> None:
        """Turn `current` to a generation in one rename."""
        point(self.link, f"{self.folder.name}/{number:06d}")

    def mend_all(self, number: int) -> None:
        """Make a stable path lead to everything in a generation.

        Raises `PublishError` where something of the user's is in the way.
        """
        names = sorted(path.name for path in self.path(number).iterdir())
        self.check_paths(names)
        for name in names:
            self.mend(name)

    def mend(self, name: str) -> None:
        """Make a stable path lead through `current`, whatever stands there."""
        stable, target = self.warehouse / name, f"{self.link.name}/{name}"
        if not stable.is_symlink() or str(stable.readlink()) != target:
            point(stable, target)

    def prune(self, kept: int) -> None:
        """Remove all but the last `kept` generations and the published one."""
        for number in self.numbers()[:-kept]:
            if number != self.current():
                self.remove(number)

    def remove(self, number: int) -> None:
        """Remove a generation; killed half-way, it leaves nothing that looks like one."""
        doomed = self.draft(number)
        _remove(doomed)
        self.path(number).rename(doomed)
        sync(self.folder)
        _remove(doomed)

    def _linked(self) -> int | None:
        """The number that `current` names, whether or not the generation is there."""
        if not self.link.is_symlink():
            return None
        target = self.link.readlink()
        return int(target.name) if NUMBER.fullmatch(target.name) else None


def wal(database: Path) -> Path:
    """The write-ahead log of a DuckDB file."""
    return database.with_name(f"{database.name}.wal")


@contextmanager
def _telling_what_cannot_be_written(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, duckdb.IOException, duckdb.FatalException) as error:
        if isinstance(error, OSError) and error.errno not in CANNOT_WRITE:
            raise
        raise PublishError(
            str(folder),
            f"the warehouse cannot be written: {str(error).strip()}",
            "make room there, or give the user that runs this the right to write; what was published stays as it is",
        ) from error


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
