"""What became of everything that was read."""

import polars as pl

from hai_ha_pipeline.contracts.audit import FileCount, Load, Rejected
from hai_ha_pipeline.contracts.types import polars_schema
from hai_ha_pipeline.keys import POSITION_BITS
from hai_ha_pipeline.transforms.shape import with_earlier

FILE = ["source", "file"]
COUNTS = ["figures_loaded", "figures_rejected", "cells_missing"]


def rejected(figure: pl.DataFrame, earlier_figure: pl.DataFrame) -> pl.DataFrame:
    """One row a figure or damaged record that was set aside, with its reason."""
    return (
        with_earlier(figure, earlier_figure)
        .filter(pl.col("verdict") == "rejected")
        .select(list(polars_schema(Rejected)))
        .pipe(in_order_of_files)
    )


def in_order_of_files(of_parts: pl.DataFrame) -> pl.DataFrame:
    """The rows as they stand in the files."""
    return of_parts.sort("source", "file", "row", "statement_key")


def file_count(
    figure: pl.DataFrame,
    fact_observation: pl.DataFrame,
    fact_target: pl.DataFrame,
    dim_period: pl.DataFrame,
    rejected: pl.DataFrame,
) -> pl.DataFrame:
    """One row a file, with what became of its figures, counted in the tables that hold them."""
    key = pl.col("statement_key") // 2**POSITION_BITS
    files = figure.select(*FILE, key=key).unique("key", keep="first", maintain_order=True)
    last_days = dim_period.select("period_key", "last_day")
    is_result = (pl.col("role") == "result") & (pl.col("obs_status") != "F")
    observed = (
        fact_observation.select(is_result.alias("is_result"), "period_key", key=pl.col("observation_key") // 2**POSITION_BITS)
        .join(last_days, on="period_key")
        .group_by("key")
        .agg(observed=pl.len(), last_result_on=pl.col("last_day").filter("is_result").max())
    )
    aimed = fact_target.group_by(key=pl.col("target_key") // 2**POSITION_BITS).agg(aimed=pl.len())
    set_aside = rejected.filter(pl.col("content").is_null()).group_by(key=key).agg(figures_rejected=pl.len())
    missing = figure.filter(pl.col("verdict") == "missing").group_by(key=key).agg(cells_missing=pl.len())
    counted = files
    for rows in (observed, aimed, set_aside, missing):
        counted = counted.join(rows, on="key", how="left")
    return (
        counted.with_columns(figures_loaded=pl.col("observed").fill_null(0) + pl.col("aimed").fill_null(0))
        .with_columns(pl.col(COUNTS).fill_null(0).cast(pl.Int64))
        .select(list(polars_schema(FileCount)))
        .sort(FILE)
    )


def file_counts(of_parts: pl.DataFrame) -> pl.DataFrame:
    """The counts of several parts of the figures, added up by file."""
    return of_parts.group_by(FILE).agg(pl.col(COUNTS).sum(), pl.col("last_result_on").max()).sort(FILE)


def load(source_file: pl.DataFrame, file_count: pl.DataFrame) -> pl.DataFrame:
    """One row a file, with what was read of it beside what became of it.

    What was read is counted by the reader; what became of it is counted in the tables that hold it.
    """
    counted = source_file.join(file_count, on=FILE, how="left")
    return counted.with_columns(pl.col(COUNTS).fill_null(0)).select(list(polars_schema(Load))).sort(FILE, nulls_last=True)
