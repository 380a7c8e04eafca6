"""What was ever read: a copy of each file under its hash, and when that content was first seen.

The history of the facts comes from here, so it survives the deletion of the published warehouse. A source that fails now
is read from the copies of what loaded last.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from hai_ha_pipeline.errors import SourceError, UserError
from hai_ha_pipeline.reading.hashes import hash_of_content, hashes_of

CONTENTS, LOADS, LEDGER = "contents", "loads", "ledger.json"


@dataclass(frozen=True)
class Load:
    """One content of a source that loaded: its files by hash, their columns, and how it differs from the load before."""

    loaded_at: str
    files: dict[str, str]
    columns: dict[str, list[str]]
    difference: dict[str, int | str | None]
    warnings: list[str]

    def data(self) -> dict[str, str]:
        """The files that hold figures, by hash: without the descriptor, the corrections and whatever else lies in the folder."""
        return {name: self.files[name] for name in self.columns}


@dataclass(frozen=True)
class Archive:
    """The archive under `root`: `contents/` holds files by hash, `loads/` the history of each source."""

    root: Path

    def first_seen(self, contents: Iterable[str], now: datetime) -> dict[str, datetime]:
        """When each of some contents was first read; `now` if this is the first time."""
        seen, first = self._ledger(), to_the_second(now)
        return {sha256: datetime.fromisoformat(seen[sha256]) if sha256 in seen else first for sha256 in contents}

    def loads(self, source: str) -> list[Load]:
        """Every content of the source that loaded, the last at the end.

        Raises `SourceError` where what is kept of them is damaged.
        """
        path = self.root / LOADS / f"{source}.json"
        try:
            return [Load(**each) for each in json.loads(path.read_text())] if path.exists() else []
        except (ValueError, TypeError) as error:
            mend = "restore it from a backup; without one delete it: the source begins anew, and its history is lost"
            raise SourceError(f"sources/{source}", f"what is kept of its loads in {path} is damaged: {error}", mend) from None

    def sources(self) -> list[str]:
        """Every source that ever loaded."""
        return sorted(path.stem for path in (self.root / LOADS).glob("*.json"))

    def keep(self, folder: Path, load: Load, now: datetime) -> None:
        """Keep the files of a source that loads, as its last good content.

        Raises `SourceError` where a file is no longer what was judged.
        """
        ledger = self._ledger()
        whole = self._whole(load.files.values())
        for name, sha256 in load.files.items():
            kept = self.root / CONTENTS / sha256
            if sha256 not in whole:
                content = (folder / name).read_bytes() if (folder / name).is_file() else b""
                if hash_of_content(content) != sha256:
                    raise changed_meanwhile(f"sources/{folder.name}/{name}")
                _write(kept, content)
            ledger.setdefault(sha256, to_the_second(now).isoformat())
        _write(self.root / LEDGER, json.dumps(ledger, sort_keys=True).encode())
        loads = self.loads(folder.name)
        if not loads or loads[-1] != load:
            self._write_loads(folder.name, [*loads, load])

    def restore(self, source: str, load: Load, into: Path, read: Collection[str] | None = None) -> Path | None:
        """The files of a load as a folder under `into`; none where they are not all in the archive.

        Those named by `read`, or all of them, must be whole; the others only stand there to be seen, and are empty.
        """
        kept = {name: self.root / CONTENTS / sha256 for name, sha256 in load.files.items()}
        if not kept or not all(path.is_file() for path in kept.values()):
            return None
        needed = {load.files[name] for name in (load.files if read is None else read)}
        if self._whole(needed) != needed:
            return None
        folder, nothing = into / source, into / ".nothing"
        folder.mkdir(parents=True)
        nothing.touch()
        for name, path in kept.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            _link_or_copy(path if load.files[name] in needed else nothing, folder / name)
        return folder

    def forget(self, source: str, *, wholly: bool) -> int:
        """Drop the loads of a source before its last one, or all of them where `wholly`; how many are dropped."""
        loads = self.loads(source)
        kept = [] if wholly else loads[-1:]
        if kept:
            self._write_loads(source, kept)
        else:
            (self.root / LOADS / f"{source}.json").unlink(missing_ok=True)
        return len(loads) - len(kept)

    def _write_loads(self, source: str, loads: list[Load]) -> None:
        history = json.dumps([asdict(each) for each in loads], sort_keys=True, ensure_ascii=False)
        _write(self.root / LOADS / f"{source}.json", history.encode())

    def _whole(self, contents: Iterable[str]) -> set[str]:
        """Those of some contents whose copy is there, and is still that content."""
        there = [sha256 for sha256 in set(contents) if (self.root / CONTENTS / sha256).is_file()]
        hashes = hashes_of([self.root / CONTENTS / sha256 for sha256 in there])
        return {sha256 for sha256, found in zip(there, hashes, strict=True) if sha256 == found}

    def _ledger(self) -> dict[str, str]:
        path = self.root / LEDGER
        try:
            return dict(json.loads(path.read_text())) if path.exists() else {}
        except ValueError as error:
            mend = "restore it from a backup; without one delete it: every file is then first seen today"
            raise UserError(str(path), f"is damaged: {error}", mend) from None


def to_the_second(now: datetime) -> datetime:
    """The moment in UTC without a zone and without fractions, as tables hold it."""
    return now.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def files_of(folder: Path) -> dict[str, Path]:
    """Every file of a source by its name there, hidden ones aside, in a fixed order."""
    found: list[tuple[str, ...]] = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not _is_hidden(name)]
        inside = Path(place).relative_to(folder).parts
        found += [(*inside, name) for name in files if not _is_hidden(name)]
    return {"/".join(parts): path for parts in sorted(found) if (path := folder.joinpath(*parts)).is_file()}


def snapshot_of(folder: Path) -> dict[str, str]:
    """Name and hash of every file of a source."""
    files = files_of(folder)
    return dict(zip(files, hashes_of(files.values()), strict=True))


def changed_meanwhile(where: str) -> SourceError:
    """What is said where a file is written while it is read."""
    return SourceError(where, "the file changed while it was read", "run again when the export is complete")


def fingerprint(sources: Path) -> str:
    """One hash of all files under `sources/` and of this package: of names and contents, not of dates."""
    return _fingerprint(files_of(sources), _code())


def fingerprint_of_code() -> str:
    """One hash of all files of this package as they lie there now."""
    return _fingerprint(_code())


def _code() -> dict[str, Path]:
    package = Path(__file__).resolve().parent.parent
    return {path.relative_to(package).as_posix(): path for path in sorted(package.rglob("*.py"))}


def _fingerprint(*folders: dict[str, Path]) -> str:
    digest = hashlib.sha256()
    for files in folders:
        for name, sha256 in zip(files, hashes_of(files.values()), strict=True):
            digest.update(f"{name}\0{sha256}\n".encode())
    return digest.hexdigest()


def check_are_own_files(paths: Iterable[Path], folder: Path, where: str) -> None:
    """Raise `SourceError` where a path is a pipe or a folder, or links to a file outside the source's folder."""
    own, inside = folder.resolve(), {folder: True}
    for path in paths:
        if not path.is_file():
            raise SourceError(where, f"{path.name!r} is no regular file", "put the exported file itself into the folder")
        if path.parent not in inside:
            inside[path.parent] = path.parent.resolve().is_relative_to(own)
        if not (path.resolve().is_relative_to(own) if path.is_symlink() else inside[path.parent]):
            raise SourceError(where, f"{path.name!r} links to a file outside the folder", "put the file itself into the folder")


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~"))


def _link_or_copy(path: Path, to: Path) -> None:
    """Another name for a file, or where the file system knows none such a copy."""
    try:
        os.link(path, to)
    except OSError:
        shutil.copyfile(path, to)


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    draft.write_bytes(content)
    draft.replace(path)
