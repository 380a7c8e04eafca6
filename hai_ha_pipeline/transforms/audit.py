"""What became of everything that was read."""

import polars as pl

from hai_ha_pipeline.contracts.audit import Load, Rejected
from hai_ha_pipeline.contracts.types import polars_schema
from hai_ha_pipeline.transforms.shape import with_earlier

FILE = ["source", "file"]


def rejected(figure: pl.DataFrame, earlier_figure: pl.DataFrame) -> pl.DataFrame:
    """One row a figure or damaged record that was set aside, with its reason."""
    return (
        with_earlier(figure, earlier_figure)
        .filter(pl.col("verdict") == "rejected")
        .select(list(polars_schema(Rejected)))
        .sort("source", "file", "row", "statement_key")
    )


def load(
    source_file: pl.DataFrame,
    figure: pl.DataFrame,
    fact_observation: pl.DataFrame,
    fact_target: pl.DataFrame,
    dim_period: pl.DataFrame,
    rejected: pl.DataFrame,
) -> pl.DataFrame:
    """One row a file, with what was read of it beside what became of it.

    What was read is counted by the reader; what became of it is counted in the tables that hold it.
    """
    file_of = figure.select("statement_key", *FILE)
    loaded = pl.concat([fact_observation.select(statement_key="observation_key"), fact_target.select(statement_key="target_key")]).join(
        file_of, on="statement_key"
    )
    set_aside = rejected.filter(pl.col("content").is_null())
    missing = figure.filter(pl.col("verdict") == "missing")
    counts = {"figures_loaded": loaded, "figures_rejected": set_aside, "cells_missing": missing}
    counted = source_file
    for name, rows in counts.items():
        counted = counted.join(rows.group_by(FILE).agg(pl.len().cast(pl.Int64).alias(name)), on=FILE, how="left")
    results = (
        fact_observation.filter(pl.col("role") == "result", pl.col("obs_status") != "F")
        .select("period_key", statement_key="observation_key")
        .join(file_of, on="statement_key")
        .join(dim_period.select("period_key", "last_day"), on="period_key")
        .group_by(FILE)
        .agg(last_result_on=pl.col("last_day").max())
    )
    counted = counted.join(results, on=FILE, how="left")
    return counted.with_columns(pl.col(*counts).fill_null(0)).select(list(polars_schema(Load))).sort(FILE, nulls_last=True)
