"""The assets: master data, sources, every table of `tables.py`, and the published warehouse, each with its check.

A table's asset is its function, its contract's check, and what the UI shows of it; nothing here computes a figure.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard

import dagster as dg
import polars as pl

from hai_ha_pipeline.errors import UserError
from hai_ha_pipeline.orchestration.ahead import MAKE_AHEAD, ON_PUBLISHER, READ_AHEAD, make_ahead_assets, read_ahead_assets
from hai_ha_pipeline.orchestration.judged import ENGINEERS, check_specs, described, judged, verdict
from hai_ha_pipeline.orchestration.metadata import PREVIEW_ROWS, as_markdown, of_table
from hai_ha_pipeline.orchestration.parts import (
    DIMENSIONS,
    MASTER_DATA,
    PartMade,
    cut_tables,
    forget_what_is_not_used_any_more,
    make_parts,
    parts_of,
    plan_of,
    reading_of,
)
from hai_ha_pipeline.orchestration.sources import ANALYSTS, TIMEZONE, report_sources, source_key, source_spec
from hai_ha_pipeline.reading.archive import Archive, fingerprint
from hai_ha_pipeline.reading.ingest import ingest
from hai_ha_pipeline.reading.reference import read_reference
from hai_ha_pipeline.reading.source import source_folders
from hai_ha_pipeline.settings import exports_are_wanted, project, readers
from hai_ha_pipeline.storage.lake import bring_lake_up_to_date
from hai_ha_pipeline.storage.parts import Parts
from hai_ha_pipeline.storage.publish import Writer, publish
from hai_ha_pipeline.storage.stage import Stage
from hai_ha_pipeline.tables import BY_PART, FIGURES, PUBLISHED, READ, REFERENCE, TABLES, Read, Table

FRAME = dg.PythonObjectDagsterType(pl.DataFrame, name="DataFrame")
SOURCES_READ = "sources_read"
READ_BY = "0 7 * * *"  # an hour after the daily run starts
RETRY = dg.RetryPolicy(max_retries=2, delay=1, backoff=dg.Backoff.EXPONENTIAL)
BUILD, *READ_BY_INGEST = READ


def all_assets() -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """Every asset, in the order of the flow."""
    return [
        *{spec.key: spec for spec in map(source_spec, source_folders(project().sources))}.values(),
        _build_asset(),
        *(_reference_asset(name) for name in REFERENCE),
        *read_ahead_assets(RETRY),
        _ingest_assets(),
        *make_ahead_assets(RETRY),
        _part_assets(),
        *(_table_asset(table) for table in TABLES if not table.of_parts),
        _warehouse_asset(),
    ]


def _build_asset() -> dg.AssetsDefinition:
    @dg.asset(name=BUILD.name, dagster_type=FRAME, check_specs=check_specs(BUILD), **described(BUILD))
    def build() -> dg.MaterializeResult:
        return judged(BUILD.name, BUILD.contract, pl.DataFrame({"fingerprint": [fingerprint(project().sources)]}))

    return build


def _reference_asset(name: str) -> dg.AssetsDefinition:
    @dg.asset(
        name=name,
        group_name="2_reference",
        deps=[BUILD.name],
        description=f"Master data that analysts edit: sources/reference/{name}.csv, as text.",
        kinds={"csv"},
        owners=[ANALYSTS],
        dagster_type=FRAME,
        retry_policy=RETRY,
    )
    def reference() -> dg.MaterializeResult:
        try:
            rows = read_reference(project().sources, name)
        except UserError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        return dg.MaterializeResult(value=rows, metadata=of_table(name, rows))

    return reference


def _ingest_assets() -> dg.AssetsDefinition:
    sources = list(dict.fromkeys(source_key(folder.name) for folder in source_folders(project().sources)))
    outs = {table.name: dg.AssetOut(dagster_type=FRAME, **described(table)) for table in READ_BY_INGEST}
    checks = [
        *(spec for table in READ_BY_INGEST for spec in check_specs(table)),
        dg.AssetCheckSpec(SOURCES_READ, asset="source_file", blocking=True, description="At least one source could be read."),
    ]

    @dg.multi_asset(
        name="read_sources",
        outs=outs,
        deps=[*sources, *([READ_AHEAD] if readers() else [])],
        ins={name: dg.AssetIn(name) for name in DIMENSIONS},
        op_tags=ON_PUBLISHER,
        check_specs=checks,
        retry_policy=RETRY,
    )
    def read_sources(context: dg.AssetExecutionContext, **known: pl.DataFrame) -> Iterator[dg.MaterializeResult]:
        here, stage = project(), Stage(project().stage)
        try:
            plan = plan_of(here.sources, known)
            ingested = ingest(here.sources, Archive(here.archive), reading_of(plan, known, stage), datetime.now(UTC))
        except UserError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        read = ingested.tables() | {"part_recipe": parts_of(ingested, plan)}
        forget_what_is_not_used_any_more(stage, ingested, read["part_recipe"])
        report_sources(context, read["source_file"])
        of_sources = _sources_read(read["source_file"])
        for table in READ_BY_INGEST:
            further = of_sources if table.name == "source_file" else None
            yield judged(table.name, table.contract, read.pop(table.name), further)

    return read_sources


def _sources_read(source_file: pl.DataFrame) -> dg.AssetCheckResult:
    unread = source_file.filter(pl.col("state") != "loaded").select("source", "state", "message")
    return dg.AssetCheckResult(
        check_name=SOURCES_READ,
        asset_key="source_file",
        passed=source_file.filter(pl.col("state").is_in(["loaded", "stale"])).height > 0,
        metadata={"not_loaded": dg.MetadataValue.md(as_markdown(unread)) if unread.height else "none"},
    )


def _part_assets() -> dg.AssetsDefinition:
    """The tables that are made part by part; those that are put together again are given on, the others stay where they are kept."""
    tables: tuple[Read | Table, ...] = (*FIGURES, *BY_PART)

    @dg.multi_asset(
        name="make_tables",
        outs={table.name: dg.AssetOut(dagster_type=FRAME if _is_given_on(table) else dg.Nothing, **described(table)) for table in tables},
        ins={name: dg.AssetIn(name) for name in ("part_recipe", *DIMENSIONS)},
        deps=[MAKE_AHEAD] if readers() else [],
        internal_asset_deps={table.name: _needs(table) for table in tables},
        check_specs=[spec for table in tables for spec in check_specs(table)],
        retry_policy=RETRY,
    )
    def make_tables(part_recipe: pl.DataFrame, **known: pl.DataFrame) -> Iterator[dg.MaterializeResult]:
        stage = Stage(project().stage)
        made = make_parts(part_recipe, known, stage)
        for table in tables:
            yield _put_together(table, made, stage)

    return make_tables


def _needs(table: Read | Table) -> set[dg.AssetKey]:
    of_figures = ("part_recipe", *MASTER_DATA, *([MAKE_AHEAD] if readers() else []))
    return {dg.AssetKey(need) for need in (table.needs if isinstance(table, Table) else of_figures)}


def _is_given_on(table: Read | Table) -> TypeGuard[Table]:
    return isinstance(table, Table) and not table.is_cut


def _put_together(table: Read | Table, made: list[PartMade], stage: Stage) -> dg.MaterializeResult:
    """A table of all parts with its contract's verdict; its rows only where it is given on, and shown as far as they are there."""
    broken = [part.broken[table.name] for part in made if table.name in part.broken]
    count = sum(part.rows[table.name] for part in made)
    if any(part.broken for part in made):
        return dg.MaterializeResult(asset_key=table.name, check_results=[verdict(table.name, count, broken)])
    if _is_given_on(table) and table.of_parts:
        rows = stage.read_together(part.place(table.name) for part in made)
        return judged(table.name, table.contract, table.of_parts(rows))
    return dg.MaterializeResult(
        asset_key=table.name, metadata=_shown(table, made, count, stage), check_results=[verdict(table.name, count, broken)]
    )


def _shown(table: Read | Table, made: list[PartMade], rows: int, stage: Stage) -> dict[str, Any]:
    """What the UI shows of a table that stays in its parts: its first rows, and a chart where it has one part."""
    first = next((part for part in made if part.rows[table.name]), None)
    if not isinstance(table, Table) or not table.leaves_its_part or first is None:
        return {"dagster/row_count": rows}
    if len(made) == 1:
        return {**of_table(table.name, stage.read(first.place(table.name)))}
    beginning = stage.read(first.place(table.name), 0, PREVIEW_ROWS)
    return {"dagster/row_count": rows, "preview": dg.MetadataValue.md(as_markdown(beginning))}


def _table_asset(table: Table) -> dg.AssetsDefinition:
    @dg.asset(
        name=table.name,
        ins={need: dg.AssetIn(need) for need in table.needs},
        check_specs=check_specs(table),
        dagster_type=FRAME,
        **described(table),
    )
    def made(**needed: pl.DataFrame) -> dg.MaterializeResult:
        return judged(table.name, table.contract, table.make(**needed))

    return made


def _warehouse_asset() -> dg.AssetsDefinition:
    @dg.asset(
        group_name="7_published",
        deps=list(PUBLISHED),
        description="The published generation: the DuckDB file (core, marts and audit) and all that leaves beside it, switched to in one rename so that no reader is blocked or sees half a build.",
        kinds={"duckdb"},
        owners=[ENGINEERS],
        freshness_policy=dg.FreshnessPolicy.cron(deadline_cron=READ_BY, lower_bound_delta=timedelta(days=1), timezone=TIMEZONE),
        retry_policy=RETRY,
        op_tags=ON_PUBLISHER,
    )
    def warehouse(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        here, stage = project(), Stage(project().stage)
        built_from = stage.read(BUILD.name)
        if built_from["fingerprint"].to_list() != [fingerprint(here.sources)]:
            message = "the sources, or the code, changed while this run went on\n  How to mend it: run again when nobody is writing to them"
            raise dg.Failure(f"{here.sources}: {message}", allow_retries=False)
        parts = cut_tables(stage.read("part_recipe"))
        try:
            writers = _writers() if exports_are_wanted() else ()
            with stage.as_files(_files(parts), here.warehouse) as parquet:
                published = publish(here.database, parquet, PUBLISHED, writers, parts)
            in_lake = bring_lake_up_to_date(here.database)
        except UserError as error:
            raise dg.Failure(str(error)) from error
        if published.withheld:
            context.log.warning(f"Not published: {published.withheld}. Publish it all the same with: hai-ha run --again")
        return dg.MaterializeResult(
            metadata={
                "path": dg.MetadataValue.path(str(here.database)),
                "report": dg.MetadataValue.path(str(here.report)),
                "exports": dg.MetadataValue.path(str(here.warehouse / "exports")),
                "generation": published.generation,
                "withheld": published.withheld or "no",
                "changed": published.is_new,
                "parts_replaced": "all" if published.replaced is None else f"{len(published.replaced)} of {len(parts.keys)}",
                "rows": dg.MetadataValue.json(published.rows),
                **({} if in_lake is None else {"delta_tables_changed": in_lake}),
                "dagster/row_count": sum(published.rows.values()),
            }
        )

    return warehouse


def _writers() -> tuple[Writer, ...]:
    """What leaves beside the database, in the same generation; imported only where it is wanted."""
    from hai_ha_pipeline.exports.write import write_exports
    from hai_ha_pipeline.report.write import write_report

    return write_exports, write_report


def _files(parts: Parts) -> dict[str, list[str]]:
    """The files of the stage that each published table consists of, by their names there."""
    return {name: [PartMade(key, {}).place(name) for key in parts.keys] if name in parts.tables else [name] for name in PUBLISHED}
