"""Publishing: a generation is made where nobody looks, checked, synced, and switched to by one rename of the link `current`.

A reader that holds the old file keeps the old content; who opens it afterwards sees the new. Nobody sees half a build, or the
exports of one generation beside the database of another. docs/publishing.md tells the whole protocol.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from hai_ha_pipeline.errors import PublishError
from hai_ha_pipeline.settings import generations_kept, storage_version
from hai_ha_pipeline.storage.adopt import adopt
from hai_ha_pipeline.storage.build import OF_PUBLISHING, Content, Parquet, Tables, build
from hai_ha_pipeline.storage.contents import contents
from hai_ha_pipeline.storage.durable import seal, sync
from hai_ha_pipeline.storage.generations import Generations, wal
from hai_ha_pipeline.storage.increment import Increment, build_on_published
from hai_ha_pipeline.storage.manifest import MANIFEST, Manifest, sha256_of
from hai_ha_pipeline.storage.parts import Parts
from hai_ha_pipeline.storage.quoting import quoted
from hai_ha_pipeline.storage.rollback import why_withheld
from hai_ha_pipeline.storage.switch import switch
from hai_ha_pipeline.storage.verify import Read, check_file, state_of

Writer = Callable[[Path, Path], None]
"""Writes what leaves beside the database: given the finished DuckDB file (to be read only) and the folder of its generation."""


@dataclass(frozen=True)
class Published:
    """What a publication did: rows of every table, the generation that is published now, whether it is a new one.

    `withheld` says why what was built was not published, where a rollback holds it back; `replaced` names the parts that were replaced
    in a copy of what was published, none where the whole file was built.
    """

    rows: dict[str, int]
    generation: int
    is_new: bool
    withheld: str | None = None
    replaced: list[int] | None = None


def published_fingerprint(database: Path) -> str | None:
    """The fingerprint of the inputs that the published file was made from; none where there is no readable file."""
    if not database.exists():
        return None
    try:
        with closing(duckdb.connect(str(database), read_only=True)) as connection:
            row = connection.execute("SELECT fingerprint FROM audit.build").fetchone()
    except duckdb.Error:
        return None
    return str(row[0]) if row else None


def publish(database: Path, parquet: Parquet, tables: Tables, writers: Sequence[Writer] = (), parts: Parts | None = None) -> Published:
    """Make the Parquet files of `tables`, and what the `writers` write of them, the published warehouse.

    `database` is the stable path that readers open; `tables` maps a table's name onto its schema and contract, `parquet` onto its
    files: one for each of the `parts` of a table that is cut, in their order, and one of any other table. Raises
    `PublishError`, and leaves what is published as it is, where another publication is under way, something of the user's
    is in the way, the folder cannot be written, or what was built does not hold what it was built from.
    """
    generations = Generations(database)
    with generations.locked():
        generations.clear_leftovers()
        adopt(generations)
        number, now = generations.next_number(), datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        content = Content(parquet, tables, number, now, storage_version(), parts)
        draft = generations.draft(number)
        draft.mkdir()
        try:
            file = draft / database.name
            increment = build_on_published(generations, file, content)
            rows = increment.rows if increment else build(file, content)
            read = _read_to_the_end(file, rows)
            built = contents(file, number, generations.current(), now, content.storage_version)
            if kept := _kept(generations, file, built, content, increment):
                return kept
            for writer in writers:
                writer(file, draft)
            _finish(generations, draft, built, read)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        try:
            switch(generations, number, rows, read)
        except PublishError:
            generations.remove(number)
            raise
        generations.prune(generations_kept())
    return Published(rows, number, is_new=True, replaced=increment.changed if increment else None)


def _kept(generations: Generations, file: Path, built: Manifest, content: Content, increment: Increment | None) -> Published | None:
    """The published generation, where it is to stay: it holds the same, or a rollback withholds what was built."""
    current = generations.current()
    published = generations.manifest(current) if current else None
    if current is None or published is None:
        return None
    if _is_same(generations.path(current), published, file, built, content, increment):
        generations.mend_all(current)
        return Published(built.rows, current, is_new=False)
    withheld = why_withheld(generations.database, built.fingerprint)
    return Published(built.rows, current, is_new=False, withheld=withheld) if withheld else None


def _is_same(folder: Path, published: Manifest, file: Path, built: Manifest, content: Content, increment: Increment | None) -> bool:
    """Whether the published generation is undamaged and already holds exactly the built rows, in the format asked for.

    What was built on it can differ from it only in the parts that were replaced and in what is not cut; its database was whole then.
    """
    rows = [{table: number for table, number in each.rows.items() if table not in OF_PUBLISHING} for each in (published, built)]
    if rows[0] != rows[1] or published.versions["storage"] != built.versions["storage"]:
        return False
    if increment is None and published.problems(folder):
        return False
    parts = increment.changed if increment else None
    with closing(duckdb.connect()) as connection:
        connection.execute(f"ATTACH '{quoted(file)}' AS draft (READ_ONLY)")
        connection.execute(f"ATTACH '{quoted(folder / file.name)}' AS published (READ_ONLY)")
        try:
            if any(_differ(connection, content, name, parts) for name in content.tables):
                return False
        except duckdb.Error:
            return False
    return increment is None or not published.problems(folder)


def _differ(connection: duckdb.DuckDBPyConnection, content: Content, name: str, parts: list[int] | None) -> bool:
    """Whether the draft and what is published have other rows of a table, in the parts that can differ."""
    table = content.published()[name]
    new, old = (f"FROM {catalog}.{table} WHERE {content.of_parts(name, parts, catalog)}" for catalog in ("draft", "published"))
    rows = connection.execute(f"SELECT 1 FROM (({new} EXCEPT ALL {old}) UNION ALL ({old} EXCEPT ALL {new})) LIMIT 1").fetchall()  # noqa: S608
    return bool(rows)


def _read_to_the_end(file: Path, rows: Mapping[str, int]) -> Read:
    """Check a built file; its state and its hash, which is taken meanwhile."""
    state = state_of(file)
    with ThreadPoolExecutor(1) as aside:
        hashing = aside.submit(sha256_of, file)
        check_file(file, rows)
        return state, hashing.result()


def _finish(generations: Generations, draft: Path, built: Manifest, read: Read) -> None:
    """Give a draft its manifest, its place on disk and its name; readers still see nothing of it."""
    if wal(draft / generations.database.name).exists():
        raise PublishError(str(draft), "a writer has opened the database for writing", "open it with read_only=True")
    generations.check_paths([path.name for path in draft.iterdir()])
    sealed = built.with_files_of(draft, {generations.database.name: read[1]})
    (draft / MANIFEST).write_text(sealed.as_json(), encoding="utf-8")
    seal(draft)
    draft.rename(generations.path(built.generation))
    sync(generations.folder)
