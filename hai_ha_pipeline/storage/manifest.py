"""`manifest.json` of a generation: what is in it, by hash and by rows, what it was made from, and with what.

Written last into a draft; read by everything that lists, checks or compares generations.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """One published generation.

    `previous` was published before it; `published_at` is UTC; `fingerprint` stands for all sources and the code; `versions` names
    package, duckdb and storage; `rows` counts by schema.table; `files` maps each path inside the generation onto its `sha256` and
    size in `bytes`.
    """

    generation: int
    previous: int | None
    published_at: str
    fingerprint: str | None
    versions: dict[str, str | None]
    rows: dict[str, int]
    sources: list[dict[str, Any]]
    files: dict[str, dict[str, Any]]

    def as_json(self) -> str:
        """Its text."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    def with_files_of(self, folder: Path, hashes: Mapping[str, str] | None = None) -> Self:
        """The same with every file of the generation listed; `hashes` has those that are known, by path."""
        return replace(self, files=files_in(folder, hashes))

    def problems(self, folder: Path) -> list[str]:
        """What in `folder` is no longer as it was published; nothing where all of it is."""
        found = files_in(folder)
        missing = [f"{name} is missing" for name in self.files if name not in found]
        return missing + [f"{name} has changed" for name, file in found.items() if name in self.files and file != self.files[name]]

    def is_as_published(self, file: Path) -> bool:
        """Whether a file that lies directly in the folder of the generation is as it was published."""
        return self.files.get(file.name) == _entry(file)


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a generation; none where it cannot be read."""
    try:
        return Manifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def files_in(folder: Path, hashes: Mapping[str, str] | None = None) -> dict[str, dict[str, Any]]:
    """Hash and size of every file of a generation but its manifest, by path, in a fixed order."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / MANIFEST)
    names = {path.relative_to(folder).as_posix(): path for path in paths}
    return {name: _entry(path, (hashes or {}).get(name)) for name, path in names.items()}


def _entry(path: Path, sha256: str | None = None) -> dict[str, Any]:
    return {"sha256": sha256 or sha256_of(path), "bytes": path.stat().st_size}


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
