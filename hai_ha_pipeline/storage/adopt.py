"""A plain file where the link to the published database belongs: one of before there were generations, or somebody's.

The warehouse of an earlier version becomes the first generation, so that a rollback reaches it; nothing of a user's is overwritten.
"""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from hai_ha_pipeline.storage.contents import contents
from hai_ha_pipeline.storage.durable import seal, sync
from hai_ha_pipeline.storage.generations import Generations, wal
from hai_ha_pipeline.storage.manifest import MANIFEST, sha256_of


def adopt(generations: Generations) -> None:
    """Put a link in the place of a plain database file that is kept as a generation; readers see no difference.

    Raises `PublishError` where the file is neither a copy of a generation nor the warehouse of an earlier version.
    """
    database = generations.database
    if database.exists() and not database.is_symlink() and database.is_file():
        if not generations.numbers():
            _keep_as_generation(generations, database)
        same = [number for number in generations.numbers() if _holds(generations.path(number) / database.name, database)]
        if same:
            if generations.current() is None:
                generations.turn(same[-1])
            generations.mend(database.name)
            wal(database).unlink(missing_ok=True)
    generations.check_paths([database.name])


def _keep_as_generation(generations: Generations, database: Path) -> None:
    """Keep a copy of the file as a generation if it is a warehouse, read without a log that may lie beside it."""
    number = generations.next_number()
    draft = generations.draft(number)
    written = datetime.fromtimestamp(database.stat().st_mtime, UTC).replace(tzinfo=None, microsecond=0)
    draft.mkdir()
    shutil.copyfile(database, draft / database.name)
    try:
        manifest = contents(draft / database.name, number, None, written, storage=None)
    except duckdb.Error:
        shutil.rmtree(draft)
        return
    (draft / MANIFEST).write_text(manifest.with_files_of(draft).as_json(), encoding="utf-8")
    seal(draft)
    draft.rename(generations.path(number))
    sync(generations.folder)


def _holds(kept: Path, database: Path) -> bool:
    return kept.is_file() and kept.stat().st_size == database.stat().st_size and sha256_of(kept) == sha256_of(database)
