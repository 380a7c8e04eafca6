"""What `hai-ha source list` tells: the state of every source, from the published warehouse, the archive and the files.

`loaded` and the files are the same; `changed`: they are not; `stale` or `failed`: as the last run left it; `new`: never
loaded; `removed`: its folder is gone.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.archive import Archive, Load, snapshot_of
from hai_ha_pipeline.reading.descriptor import Package, read_descriptor
from hai_ha_pipeline.reading.source import source_folders
from hai_ha_pipeline.settings import Project
from hai_ha_pipeline.storage.questions import loads_by_source


@dataclass(frozen=True)
class State:
    """One source: what the published warehouse has of it, and whether its files are still the same."""

    source: str
    title: str | None
    state: str
    figures: int
    rejected: int
    missing: int
    files: int
    completeness: str | None
    last_loaded: str | None
    message: str | None
    to_do: str | None


def states(project: Project) -> list[State]:
    """Every source under `sources/`, and those that are gone from there and still published."""
    published = {row["source"]: row for row in loads_by_source(project.database)} if project.database.exists() else {}
    archive = Archive(project.archive)
    folders = {folder.name: folder for folder in source_folders(project.sources)}
    return [_state(name, folders.get(name), published.get(name), archive) for name in sorted({*folders, *published, *archive.sources()})]


def _state(name: str, folder: Path | None, published: dict[str, Any] | None, archive: Archive) -> State:
    loads = archive.loads(name)
    package, mistake = _described(folder)
    state, to_do = _judged(name, folder, published, loads, mistake)
    counts = published or {}
    message: str | None = mistake or counts.get("message")
    layouts = [resource.statement for resource in package.resources if resource.statement] if package else []
    return State(
        source=name,
        title=package.title if package else None,
        state=state,
        figures=counts.get("loaded", 0),
        rejected=counts.get("rejected", 0),
        missing=counts.get("missing", 0),
        files=counts.get("files", 0),
        completeness=" and ".join(sorted({layout.completeness for layout in layouts})) or None,
        last_loaded=loads[-1].loaded_at if loads else None,
        message=message if state in {"failed", "stale"} or mistake else None,
        to_do=to_do,
    )


def _described(folder: Path | None) -> tuple[Package | None, str | None]:
    """The descriptor, or what is wrong with it."""
    if folder is None:
        return None, None
    try:
        return read_descriptor(folder), None
    except SourceError as error:
        return None, str(error)


def _judged(
    name: str, folder: Path | None, published: dict[str, Any] | None, loads: list[Load], mistake: str | None
) -> tuple[str, str | None]:
    """The state, and what is to do about it."""
    check = f"hai-ha source check {name}"
    if folder is None:
        is_told = not published or published["state"] == "removed"
        return "removed", None if is_told else "restore its folder, or its figures are withdrawn by the next hai-ha run"
    if not published and not loads:
        return "new", check if mistake else f"{check}, then hai-ha run"
    is_same = bool(loads) and loads[-1].files == snapshot_of(folder)
    if published and published["state"] == "failed":
        return "failed", check
    if published and published["state"] == "stale" and not is_same:
        return "stale", check
    if not published or not is_same or published["state"] == "stale":
        return "changed", check if mistake else "hai-ha run"
    return "loaded", None
