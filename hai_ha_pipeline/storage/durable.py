"""Writes that survive a power failure: a file, a folder or a link is on disk before anybody relies on it.

Only paths come in here; what is written, and in which order, is decided by `publish.py` and `rollback.py`.
"""

import os
import shutil
from pathlib import Path
from uuid import uuid4

READ_ONLY = 0o444
MOST_AT_ONCE = 1 << 30


def sync(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def seal(folder: Path) -> None:
    """Make every file under `folder` read-only and wait until all of it is on disk, the folders after what they hold."""
    paths = sorted(folder.rglob("*"), reverse=True)
    for path in paths:
        if path.is_file():
            path.chmod(READ_ONLY)
        sync(path)
    sync(folder)


def copy(source: Path, target: Path) -> None:
    """Copy a file's content. File systems that can (XFS, Btrfs, NFS 4.2) share the blocks of both instead of writing them again."""
    try:
        with source.open("rb") as old, target.open("wb") as new:
            while os.copy_file_range(old.fileno(), new.fileno(), MOST_AT_ONCE):
                pass
    except (AttributeError, OSError):  # not on this system, or not between these places
        shutil.copyfile(source, target)


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    draft = path.with_name(f".{path.name}.{uuid4().hex}.draft")
    draft.write_text(text, encoding="utf-8")
    sync(draft)
    draft.replace(path)
    sync(path.parent)


def point(link: Path, target: str) -> None:
    """Make `link` a symbolic link to `target` in one rename; who looks meanwhile sees the old or the new."""
    draft = link.with_name(f".{link.name}.draft")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    draft.replace(link)
    sync(link.parent)
