"""Bringing back an earlier generation by the rename that published it, and withholding what was rolled back from.

Until the sources or the code change, no run publishes again what a rollback took back; docs/publishing.md says why.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hai_ha_pipeline.errors import PublishError
from hai_ha_pipeline.storage.durable import write
from hai_ha_pipeline.storage.generations import Generations, wal
from hai_ha_pipeline.storage.manifest import Manifest
from hai_ha_pipeline.storage.switch import switch

RECORD = "rollback.json"


@dataclass(frozen=True)
class RolledBack:
    """A rollback: the generation that was published before, and the one that is now."""

    before: int | None
    now: int


def roll_back(database: Path, number: int | None = None) -> RolledBack:
    """Publish a generation that is kept again; without a number the one that was published before the present one.

    Raises `PublishError`, and changes nothing, where there is no such generation or it is damaged.
    """
    generations = Generations(database)
    if not generations.numbers():
        raise PublishError(str(generations.folder), "no generation is kept there", "make one with: hai-ha run")
    with generations.locked():
        generations.clear_leftovers()
        before = generations.current()
        chosen = _kept(generations, previous_of(generations, before) if number is None else number)
        manifest = _undamaged(generations, chosen)
        _record(generations, chosen)
        switch(generations, chosen, manifest.rows)
    return RolledBack(before, chosen)


def previous_of(generations: Generations, number: int | None) -> int | None:
    """The generation that was published before another; where that is no longer kept, the next older one."""
    manifest = generations.manifest(number) if number else None
    older = [each for each in generations.numbers() if number is None or each < number]
    return manifest.previous if manifest and manifest.previous in older else max(older, default=None)


def why_withheld(database: Path, fingerprint: str | None) -> str | None:
    """Why a build with this fingerprint is not published by itself; none where nothing withholds it."""
    generations = Generations(database)
    record = _read(generations.folder / RECORD)
    if record.get("to") != generations.current() or fingerprint not in record.get("withheld", {}):
        return None
    return (
        f"generation {record['to']} was brought back on {record['at']}, and neither the sources nor the code have changed "
        f"since they made generation {record['withheld'][fingerprint]}"
    )


def release(database: Path) -> None:
    """Withhold nothing any longer: what was rolled back from may be published again."""
    generations = Generations(database)
    with generations.locked():
        (generations.folder / RECORD).unlink(missing_ok=True)


def _kept(generations: Generations, number: int | None) -> int:
    kept = ", ".join(map(str, generations.numbers()))
    if number is None:
        raise PublishError(str(generations.folder), "no earlier generation is kept", f"name one of: {kept}")
    if number not in generations.numbers():
        raise PublishError(f"generation {number}", f"it is not kept in {generations.folder}", f"name one of: {kept}")
    return number


def _undamaged(generations: Generations, number: int) -> Manifest:
    """The manifest of a generation whose files are what was published."""
    folder = generations.path(number)
    wal(folder / generations.database.name).unlink(missing_ok=True)
    manifest = generations.manifest(number)
    problems = manifest.problems(folder) if manifest else ["manifest.json cannot be read"]
    if manifest is None or problems:
        raise PublishError(str(folder), f"the generation is damaged: {', '.join(problems)}", "name another: hai-ha generations")
    return manifest


def _record(generations: Generations, chosen: int) -> None:
    """Note what is withheld. It holds while `current` is the generation named in it, so it comes into force with the switch itself."""
    manifests = {number: generations.manifest(number) for number in generations.numbers() if number >= chosen}
    withheld = {manifest.fingerprint: number for number, manifest in manifests.items() if manifest and manifest.fingerprint}
    chosen_manifest = manifests[chosen]
    if chosen_manifest and chosen_manifest.fingerprint:
        withheld.pop(chosen_manifest.fingerprint, None)
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    write(generations.folder / RECORD, json.dumps({"to": chosen, "at": f"{now.isoformat()}Z", "withheld": withheld}, indent=1) + "\n")


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
