"""Sources read in parallel steps before `read_sources` puts them together: on any worker, without a shared disk.

What a step reads lies in the stage under the hash of its content. A source that no step has read, or that is another here than
there, `read_sources` reads itself, so these steps change how long a run takes and never what it gives.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import polars as pl

from hai_ha_pipeline.errors import PlaceError, SourceError
from hai_ha_pipeline.reading.ahead import FILES, PARTS, as_tables, content_key, from_tables, shared_inputs
from hai_ha_pipeline.reading.archive import files_of
from hai_ha_pipeline.reading.source import Judge, Reader, SourceRead, read_source, source_folders
from hai_ha_pipeline.settings import project, readers
from hai_ha_pipeline.storage.stage import Stage
from hai_ha_pipeline.transforms.figures import figure

READ_AHEAD, FOLDER = "read_ahead", "read"
ON_PUBLISHER: dict[str, Any] = {
    "dagster-celery/queue": "publisher",
    "dagster-k8s/config": {
        "container_config": {"volume_mounts": [{"name": "warehouse", "mount_path": "/srv/hai-ha/warehouse"}]},
        "pod_spec_config": {"volumes": [{"name": "warehouse", "persistent_volume_claim": {"claim_name": "hai-ha-warehouse"}}]},
    },
}
"""The tags of steps that need the archive or the warehouse, which lie on one host or volume; executors on one machine ignore them."""
MASTER_DATA = ("dim_indicator", "dim_area", "dim_unit")


def read_ahead_assets(retry: dg.RetryPolicy) -> list[dg.AssetsDefinition]:
    """The asset whose steps read the sources, one step for each group of them; none where no readers are asked for."""
    if not readers():
        return []

    @dg.op(out=dg.DynamicOut(dg.Nothing), retry_policy=retry)
    def groups() -> Iterator[dg.DynamicOutput]:
        for number in range(readers()):
            yield dg.DynamicOutput(None, mapping_key=f"{number + 1}_of_{readers()}")

    @dg.op(ins={"start": dg.In(dg.Nothing)}, out=dg.Out(dg.Nothing), retry_policy=retry)
    def read_group(context: dg.OpExecutionContext, dim_indicator: pl.DataFrame, dim_area: pl.DataFrame, dim_unit: pl.DataFrame) -> None:
        number, count = (int(part) for part in str(context.get_mapping_key()).split("_of_"))

        def judge(statements: pl.DataFrame) -> pl.DataFrame:
            return figure(statements, dim_indicator, dim_area, dim_unit)

        shared = shared_inputs(project().sources)
        for folder in grouped(source_folders(project().sources), count)[number - 1]:
            try:
                context.log.info(f"{folder.name}: {_read_into_stage(folder, judge, shared)}")
            except PlaceError as error:
                raise dg.Failure(str(error)) from error

    @dg.op(ins={"read": dg.In(dg.Nothing)}, out=dg.Out(dg.Nothing))
    def all_read() -> None:
        pass

    @dg.graph_asset(
        name=READ_AHEAD,
        group_name="3_figures",
        description="Every source read and judged by itself, in parallel steps; `read_sources` puts them together.",
        ins={name: dg.AssetIn(name) for name in MASTER_DATA},
    )
    def read_ahead(dim_indicator: pl.DataFrame, dim_area: pl.DataFrame, dim_unit: pl.DataFrame) -> Any:
        read = groups().map(lambda start: read_group(start=start, dim_indicator=dim_indicator, dim_area=dim_area, dim_unit=dim_unit))
        return all_read(read.collect())

    return [read_ahead]


def grouped(folders: list[Path], count: int) -> list[list[Path]]:
    """The sources in `count` groups of about the same size in bytes, the same on every host that has the same files."""
    sizes = {folder: sum(path.stat().st_size for path in files_of(folder)) for folder in folders}
    groups: list[list[Path]] = [[] for _ in range(count)]
    filled = [0] * count
    for folder in sorted(folders, key=lambda each: (-sizes[each], each.name)):
        smallest = filled.index(min(filled))
        groups[smallest].append(folder)
        filled[smallest] += sizes[folder]
    return groups


def take_or_read() -> Reader:
    """A reader that takes a source from the stage where a step has read just this content, and else reads it here and now."""
    stage, shared = Stage(project().stage), shared_inputs(project().sources)

    def reader(folder: Path, judge: Judge) -> SourceRead:
        where = _where(folder, shared)
        read = from_tables(folder, {part: stage.read(f"{where}/{part}") for part in PARTS}) if stage.has(f"{where}/{FILES}") else None
        return read or read_source(folder, judge)

    return reader


def forget_what_is_not_read_any_more() -> None:
    """Remove what was read of contents that are no longer there."""
    shared = shared_inputs(project().sources)
    Stage(project().stage).keep_only(FOLDER, {content_key(folder, shared) for folder in source_folders(project().sources)})


def _read_into_stage(folder: Path, judge: Judge, shared: str) -> str:
    """Read a source unless its content was read before; what came of it. The table of its files is written last and makes it whole."""
    stage, where = Stage(project().stage), _where(folder, shared)
    if stage.has(f"{where}/{FILES}"):
        return "was read before"
    try:
        tables = as_tables(read_source(folder, judge))
    except SourceError as error:
        return f"left to read_sources, which tells of it: {error}"
    if where != _where(folder, shared):
        return "left to read_sources: it changed while it was read"
    for part in PARTS:
        stage.write(f"{where}/{part}", tables[part])
    return f"{tables['figure'].height} figures"


def _where(folder: Path, shared: str) -> str:
    return f"{FOLDER}/{content_key(folder, shared)}"
