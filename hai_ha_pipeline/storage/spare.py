"""A copy of the published database that is begun when a run begins: publishing builds on it, and need not copy when all else is done."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from hai_ha_pipeline.storage.durable import copy
from hai_ha_pipeline.storage.generations import Generations
from hai_ha_pipeline.storage.manifest import Manifest


@dataclass(frozen=True)
class _Spare:
    file: Path
    is_whole: Future[bool]


_begun: dict[Path, _Spare] = {}


@contextmanager
def copying_ahead(database: Path) -> Iterator[None]:
    """Copy what is published while something else goes on, for a publication in this process; a copy that it did not take is removed."""
    generations = Generations(database)
    current = generations.current()
    manifest = generations.manifest(current) if current else None
    if current is None or manifest is None:
        yield
        return
    published, file = generations.path(current) / database.name, database.with_name(f".{database.name}.spare-{uuid4().hex}")
    try:
        with ThreadPoolExecutor(1) as aside:
            _begun[published] = _Spare(file, aside.submit(_copied_whole, published, manifest, file))
            yield
    finally:
        _begun.pop(published, None)
        file.unlink(missing_ok=True)


def take_copy(published: Path, manifest: Manifest, file: Path) -> bool:
    """Make `file` a copy of a published database: the spare one, or one made now. Whether it was as it was published, by its hash."""
    if spare := _begun.pop(published, None):
        try:
            is_whole = spare.is_whole.result()
            spare.file.rename(file)
        except OSError:  # it could not be made, or somebody cleared it away
            pass
        else:
            return is_whole
    return _copied_whole(published, manifest, file)


def clear_spares(database: Path) -> None:
    """Remove the copies that killed runs left; a run that goes on copies anew."""
    taken = {spare.file for spare in _begun.values()}
    for left in database.parent.glob(f".{database.name}.spare-*"):
        if left not in taken:
            left.unlink(missing_ok=True)


def _copied_whole(published: Path, manifest: Manifest, file: Path) -> bool:
    """Copy a published database; its hash is taken meanwhile."""
    with ThreadPoolExecutor(1) as aside:
        copying = aside.submit(copy, published, file)
        is_whole = manifest.is_as_published(published)
        copying.result()
    return is_whole
