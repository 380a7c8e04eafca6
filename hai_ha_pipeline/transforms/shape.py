"""The first and the last step that tables share: all figures and both facts as one frame, and the columns of a contract in their stored width."""

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
