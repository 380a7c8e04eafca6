"""What tables share: all figures and both facts as one frame, what a text means, and the columns of a contract in their stored width."""

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
    return pl.concat([figure, earlier_figure], how="diagonal")


def results_and_targets(fact_observation: pl.DataFrame, fact_target: pl.DataFrame) -> pl.DataFrame:
    """Both facts as one frame, told apart by `role`; what only one of them has is null in the other."""
    both = [fact_observation.with_columns(role=pl.lit("result")), fact_target.with_columns(role=pl.lit("target"))]
    return pl.concat(both, how="diagonal")


def looked_up(rows: pl.DataFrame, meanings: pl.DataFrame, on: str) -> pl.DataFrame:
    """The rows with what stands beside their text in `meanings`, which holds each text once; null where it holds it not.

    A text that is the same in every row is looked up once, and its meaning takes no memory.
    """
    if rows.is_empty() or not rows[on].eq_missing(rows[on][0]).all():
        return rows.join(meanings, on=on, how="left", nulls_equal=True, maintain_order="left")
    found = meanings.filter(pl.col(on).eq_missing(pl.lit(rows[on][0])))
    return rows.with_columns(
        pl.lit(None if found.is_empty() else found[name][0], dtype).alias(name) for name, dtype in meanings.schema.items() if name != on
    )
