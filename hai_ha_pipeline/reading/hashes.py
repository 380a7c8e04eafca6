"""SHA-256 of files, by which contents are told apart. What is certainly the same file as before is read once a process."""

import hashlib
import os
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SETTLED_NS = 2_000_000_000
"""A file that was written less than this before it was hashed may be written again without getting a new time."""
Identity = tuple[int, int, int, int]
_known: dict[Path, tuple[Identity, str]] = {}


def hash_of(path: Path) -> str:
    """SHA-256 of a file's content.

    It is read again unless it is the same inode with the size and the time of its last change (`ctime`, which the system sets and nobody
    can choose) that it had when this process read it, and that time was long past then.
    """
    with path.open("rb") as content:
        file, began = os.fstat(content.fileno()), time.time_ns()
        identity = (file.st_dev, file.st_ino, file.st_size, file.st_ctime_ns)
        seen, known = _known.get(path, (None, ""))
        if seen == identity:
            return known
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if began - file.st_ctime_ns > SETTLED_NS:
        _known[path] = identity, found
    return found


def hashes_of(files: Iterable[Path]) -> list[str]:
    """SHA-256 of each file's content, on all processors: hashing holds no lock."""
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(hash_of, files))


def hash_of_content(content: bytes) -> str:
    """SHA-256 of content already read."""
    return hashlib.sha256(content).hexdigest()
