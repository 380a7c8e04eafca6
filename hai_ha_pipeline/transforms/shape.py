"""What tables share: all figures and both facts as one frame, what a text means, and the columns of a contract in their stored width."""

from collections.abc import Iterator, Sequence

import polars as pl

from hai_ha_pipeline.contracts.types import Contract, polars_schema, type_of_value


def in_shape(table: pl.DataFrame, contract: type[Contract]) -> pl.DataFrame:
    """Exactly the contract's columns. Only the width of DECIMALs is changed; a value too wide for it becomes null."""
    schema = polars_schema(contract)
    return table.select(
        pl.col(name).cast(dtype, strict=False) if dtype == type_of_value else pl.col(name) for name, dtype in schema.items()
    )


def with_earlier(figure: pl.DataFrame, earlier_figure: pl.DataFrame) -> pl.DataFrame:
    """All figures as one frame: those of the present files, and those that only earlier contents hold, told apart by `content`."""
    if earlier_figure.is_empty():
        only_earlier = {name: dtype for name, dtype in earlier_figure.schema.items() if name not in figure.columns}
        return figure.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in only_earlier.items())
    return pl.concat([figure, earlier_figure], how="diagonal")


def results_and_targets(fact_observation: pl.DataFrame, fact_target: pl.DataFrame) -> pl.DataFrame:
    """Both facts as one frame, told apart by `role`; what only one of them has is null in the other."""
    both = [fact_observation.with_columns(role=pl.lit("result")), fact_target.with_columns(role=pl.lit("target"))]
    return pl.concat(both, how="diagonal")


def constants(rows: pl.DataFrame, names: Sequence[str]) -> list[str]:
    """Those of the columns that say the same in every row."""
    if rows.is_empty():
        return []
    said = rows.select(pl.col(name).eq_missing(pl.col(name).first()).all() for name in names).row(0, named=True)
    return [name for name in names if said[name]]


def distinct(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The first row of each combination of columns; only those that vary are compared."""
    same = constants(rows, names)
    varied = [name for name in names if name not in same]
    return rows.unique(varied, keep="first", maintain_order=True) if varied else rows.head(1)


def looked_up(rows: pl.DataFrame, meanings: pl.DataFrame, *on: str) -> pl.DataFrame:
    """The rows with what stands beside their columns `on` in `meanings`, which holds each combination once; null where it has none.

    A column that says the same in every row is compared once, and a meaning that all rows share takes no memory.
    """
    said = rows.select(pl.col(on).first())
    for name in constants(rows, on):
        meanings = meanings.filter(pl.col(name).eq_missing(pl.lit(said[name][0], said.schema[name]))).drop(name)
    varied = [name for name in on if name in meanings.columns]
    if varied:
        return rows.join(meanings, on=varied, how="left", nulls_equal=True, maintain_order="left")
    return rows.with_columns(
        pl.lit(None if meanings.is_empty() else meanings[name][0], dtype).alias(name) for name, dtype in meanings.schema.items()
    )


def by_indicators(figures: pl.LazyFrame, dim_indicator: pl.DataFrame, size: int) -> Iterator[pl.DataFrame]:
    """The figures in parts of about `size` rows and of whole indicators, in the order of their keys; one part where there are none.

    No series has two indicators, and what is made of figures on the way to a table is many times as wide as they are.
    """
    if figures.select(pl.len()).collect().item() <= size:
        yield figures.collect()
        return
    counts = (
        figures.group_by("indicator_code")
        .len()
        .collect()
        .join(dim_indicator.select("indicator_code", "indicator_key"), on="indicator_code")
    )
    parts = counts.sort("indicator_key").with_columns(part=pl.col("len").cum_sum() // size).partition_by("part", maintain_order=True)
    for part in parts:
        yield figures.filter(pl.col("indicator_code").is_in(part["indicator_code"].implode())).collect()
