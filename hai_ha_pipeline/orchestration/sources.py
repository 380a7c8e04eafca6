"""The sources as the UI shows them: what each is, what was read of it, whether it is current, and whether a release is missed.

They are folders, read by the step that makes `statement`; a folder that appears later is read without reloading definitions.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import polars as pl

from hai_ha_pipeline.errors import UserError
from hai_ha_pipeline.orchestration.metadata import as_markdown
from hai_ha_pipeline.reading.descriptor import read_descriptor
from hai_ha_pipeline.reading.releases import said_of_release
from hai_ha_pipeline.reading.source import source_folders
from hai_ha_pipeline.settings import project
from hai_ha_pipeline.tables import ALL, REFERENCE

ANALYSTS = "team:analysts"
IS_CURRENT, RELEASE_IS_IN, WAREHOUSE = "is_current", "release_is_in", "warehouse"
TIMEZONE = "Asia/Ho_Chi_Minh"


def source_spec(folder: Path) -> dg.AssetSpec:
    """A source folder, shown as what the pipeline depends on; it is read by the step that makes `statement`."""
    try:
        package = read_descriptor(folder)
        description = f"{package.title}\n\n{package.description or ''}"
    except UserError as error:
        description = f"This source fails: {error}"
    return dg.AssetSpec(source_key(folder.name), group_name="1_sources", description=description, kinds={"csv"}, owners=[ANALYSTS])


def source_key(source: str) -> str:
    """The asset key of a source: its folder's name, made fit for Dagster and unlike any table's."""
    fit = re.sub(r"[^A-Za-z0-9_]", "_", source)
    return f"source_{fit}" if fit in {*REFERENCE, *(table.name for table in ALL), WAREHOUSE} else fit


def report_sources(context: dg.AssetExecutionContext, source_file: pl.DataFrame) -> None:
    """Say what was read of each source, also of one that appeared since the code location was loaded."""
    for name in source_file["source"].unique(maintain_order=True):
        files = source_file.filter(pl.col("source") == name)
        metadata = {
            "state": files["state"][0],
            "records_read": files["records_read"].sum(),
            "files": dg.MetadataValue.md(as_markdown(files.select("file", "records_read", "cells_read", "sha256"))),
        }
        if metadata["state"] != "removed":
            context.log_event(dg.AssetMaterialization(source_key(name), metadata=metadata))
        if message := files["message"].drop_nulls().first():
            context.log.warning(f"{name} is {metadata['state']}. {message!s}")


def source_checks() -> list[dg.AssetChecksDefinition]:
    """A check on each source that turns yellow where its last good data is shown instead of its files, or none at all."""
    keys = list(dict.fromkeys(source_key(folder.name) for folder in source_folders(project().sources)))
    if not keys:
        return []
    description = "The files of the source are what the warehouse shows; if not, the reason and how to mend it."

    @dg.multi_asset_check(
        name="sources_are_current",
        specs=[dg.AssetCheckSpec(IS_CURRENT, asset=key, additional_deps=["source_file"], description=description) for key in keys],
        ins={"source_file": dg.AssetIn("source_file")},
    )
    def sources_are_current(source_file: pl.DataFrame) -> Iterator[dg.AssetCheckResult]:
        for key in keys:
            files = source_file.filter(pl.col("source").map_elements(source_key, pl.String) == key)
            yield _is_current(key, files)

    return [sources_are_current, *_release_checks(_with_releases())]


def _with_releases() -> list[str]:
    """The sources that declare how often new figures come."""
    return [folder.name for folder in source_folders(project().sources) if _declares_releases(folder)]


def _declares_releases(folder: Path) -> bool:
    try:
        return any(resource.statement and resource.statement.releases for resource in read_descriptor(folder).resources)
    except UserError:
        return False


def _release_checks(sources: list[str]) -> list[dg.AssetChecksDefinition]:
    """A check on each of them that turns yellow from the day on which a release is missed."""
    if not sources:
        return []
    description = "The figures that the declared cadence lets expect by today are there."

    @dg.multi_asset_check(
        name="releases_are_in",
        specs=[
            dg.AssetCheckSpec(RELEASE_IS_IN, asset=source_key(source), additional_deps=["load"], description=description)
            for source in sources
        ],
        ins={"load": dg.AssetIn("load")},
    )
    def releases_are_in(load: pl.DataFrame) -> Iterator[dg.AssetCheckResult]:
        for source in sources:
            yield _release_is_in(source, load.filter(pl.col("source") == source), datetime.now(ZoneInfo(TIMEZONE)).date())

    return [releases_are_in]


def _release_is_in(source: str, files: pl.DataFrame, today: date) -> dg.AssetCheckResult:
    declared = files.filter(pl.col("release_every").is_not_null())
    rows = declared.group_by("release_every", "release_days_after", maintain_order=True).agg(pl.col("last_result_on").max()).rows()
    said = [missed for row in rows if (missed := said_of_release(*row, today=today))]
    return dg.AssetCheckResult(
        check_name=RELEASE_IS_IN,
        asset_key=source_key(source),
        passed=not said,
        severity=dg.AssetCheckSeverity.WARN,
        description="; ".join(said) or "Nothing that is due is missing.",
        metadata={"last_result_on": str(files["last_result_on"].max() or "none")},
    )


def _is_current(key: str, files: pl.DataFrame) -> dg.AssetCheckResult:
    message = "the folder is gone" if files.is_empty() else files["message"].drop_nulls().first()
    state = "removed" if files.is_empty() else files["state"][0]
    warnings = files["warnings"].drop_nulls().first()
    return dg.AssetCheckResult(
        check_name=IS_CURRENT,
        asset_key=key,
        passed=state == "loaded" and warnings is None,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"state": state, "message": str(message or ""), "warnings": str(warnings or "")},
        description=str(message or warnings or "The files of the source are what the warehouse shows."),
    )
