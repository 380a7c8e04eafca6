"""Files read, and tables made, in parallel steps before the steps that need them: on any worker, without a shared disk.

What a step reads or makes lies in the stage under the hash of all it depends on. What no step has done, or of other content than
lies here, the step that needs it does itself, so these steps change how long a run takes and never what it gives.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from hai_ha_pipeline.errors import PlaceError, SourceError
from hai_ha_pipeline.orchestration.parts import DIMENSIONS, make_part, plan_of, reading_of
from hai_ha_pipeline.reading.archive import snapshot_of
from hai_ha_pipeline.reading.kept import Reading, kept_files
from hai_ha_pipeline.reading.source import OpenedSource, Place, open_source, source_folders
from hai_ha_pipeline.settings import project, readers
from hai_ha_pipeline.storage.stage import Stage

READ_AHEAD, MAKE_AHEAD = "read_ahead", "make_ahead"
ON_PUBLISHER: dict[str, Any] = {
    "dagster-celery/queue": "publisher",
    "dagster-k8s/config": {
        "container_config": {"volume_mounts": [{"name": "warehouse", "mount_path": "/srv/hai-ha/warehouse"}]},
        "pod_spec_config": {"volumes": [{"name": "warehouse", "persistent_volume_claim": {"claim_name": "hai-ha-warehouse"}}]},
    },
}
"""The tags of steps that need the archive or the warehouse, which lie on one host or volume; executors on one machine ignore them."""


def read_ahead_assets(retry: dg.RetryPolicy) -> list[dg.AssetsDefinition]:
    """The asset whose steps read the files, one step for each group of them; none where no readers are asked for."""
    if not readers():
        return []

    @dg.op(ins={"start": dg.In(dg.Nothing)} | _frames(DIMENSIONS), out=dg.Out(dg.Nothing), retry_policy=retry)
    def read_group(context: dg.OpExecutionContext, **known: pl.DataFrame) -> None:
        number, count = _share(context)
        reading = reading_of(plan_of(project().sources, known), known, Stage(project().stage))
        opened = dict(_opened(source_folders(project().sources), context))
        for folder, names in grouped(opened, count)[number].items():
            try:
                context.log.info(f"{folder.name}: {_read(opened[folder], names, reading)}")
            except PlaceError as error:
                raise dg.Failure(str(error)) from error

    @dg.graph_asset(
        name=READ_AHEAD,
        group_name="3_figures",
        description="Every file read and judged by itself, in parallel steps; `read_sources` puts them together.",
        ins={name: dg.AssetIn(name) for name in DIMENSIONS},
    )
    def read_ahead(**known: Any) -> Any:
        return _all_done(_groups("files", retry)().map(lambda start: read_group(start=start, **known)).collect())

    return [read_ahead]


def make_ahead_assets(retry: dg.RetryPolicy) -> list[dg.AssetsDefinition]:
    """The asset whose steps make the tables of the parts, one step for each group of parts; none where no readers are asked for."""
    if not readers():
        return []
    needed = ("part_recipe", *DIMENSIONS)

    @dg.op(ins={"start": dg.In(dg.Nothing)} | _frames(needed), out=dg.Out(dg.Nothing), retry_policy=retry)
    def make_group(context: dg.OpExecutionContext, part_recipe: pl.DataFrame, **known: pl.DataFrame) -> None:
        number, count = _share(context)
        for key, recipe in part_recipe.select("content_key", "recipe").rows()[number::count]:
            made = make_part(key, recipe, known, Stage(project().stage))
            context.log.info(f"{key}: {made.rows}")

    @dg.graph_asset(
        name=MAKE_AHEAD,
        group_name="4_facts",
        description="The facts and marts of every part, in parallel steps; `make_tables` takes them from there.",
        ins={name: dg.AssetIn(name) for name in needed},
    )
    def make_ahead(**known: Any) -> Any:
        return _all_done(_groups("parts", retry)().map(lambda start: make_group(start=start, **known)).collect())

    return [make_ahead]


def grouped(opened: dict[Path, OpenedSource], count: int) -> list[dict[Path, set[str]]]:
    """The files of all sources in `count` groups of about the same size in bytes, the same on every host that has the same files."""
    groups: list[dict[Path, set[str]]] = [{} for _ in range(count)]
    filled = [0] * count
    files = [(folder, place, place.path.stat().st_size) for folder, source in opened.items() for place in source.places]

    def largest_first(file: tuple[Path, Place, int]) -> tuple[int, str, str]:
        folder, place, size = file
        return -size, folder.name, place.name

    for folder, place, size in sorted(files, key=largest_first):
        smallest = filled.index(min(filled))
        groups[smallest].setdefault(folder, set()).add(place.name)
        filled[smallest] += size
    return groups


def _opened(folders: list[Path], context: dg.OpExecutionContext) -> Iterator[tuple[Path, OpenedSource]]:
    """The sources that can be opened; `read_sources` tells of the others."""
    for folder in folders:
        try:
            yield folder, open_source(folder)
        except SourceError as error:
            context.log.info(f"{folder.name}: left to read_sources, which tells of it: {error}")


def _read(opened: OpenedSource, names: set[str], reading: Reading) -> str:
    """Read some files of a source into the stage; what came of it."""
    try:
        files = kept_files(opened, snapshot_of(opened.folder), reading, names)
    except SourceError as error:
        return f"left to read_sources, which tells of it: {error}"
    return f"{len(files)} files, {sum(file.accepted for file in files)} figures accepted"


def _groups(of: str, retry: dg.RetryPolicy) -> dg.OpDefinition:
    @dg.op(name=f"groups_of_{of}", out=dg.DynamicOut(dg.Nothing), retry_policy=retry)
    def groups() -> Iterator[dg.DynamicOutput]:
        for number in range(readers()):
            yield dg.DynamicOutput(None, mapping_key=f"{number + 1}_of_{readers()}")

    return groups


@dg.op(ins={"done": dg.In(dg.Nothing)}, out=dg.Out(dg.Nothing))
def _all_done() -> None:
    """Wait for all groups."""


def _share(context: dg.OpExecutionContext) -> tuple[int, int]:
    """Which group a step is, counted from 0, and of how many."""
    number, count = (int(part) for part in str(context.get_mapping_key()).split("_of_"))
    return number - 1, count


def _frames(names: tuple[str, ...]) -> dict[str, dg.In]:
    return {name: dg.In() for name in names}
