"""The last step of a table: its contract's columns, in order, computed DECIMALs fitted to their stored width."""

import polars as pl

from hai_ha_pipeline.contracts.types import Contract, polars_schema, type_of_value


def in_shape(table: pl.DataFrame, contract: type[Contract]) -> pl.DataFrame:
    """Exactly the contract's columns. Only the width of DECIMALs is changed; a value too wide for it becomes null."""
    schema = polars_schema(contract)
    return table.select(
        pl.col(name).cast(dtype, strict=False) if dtype == type_of_value else pl.col(name) for name, dtype in schema.items()
    )
