"""Parquet that the steps of a run exchange: one file a table, written whole or not at all.

A column that says the same in every row, such as the name of the only source, is read as one value and takes no memory.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow.parquet

ROW_GROUP = 122_880
"""Rows of a DuckDB table's row group. Loading Parquet in groups of another size takes twice the time and gives twice the file."""


@dataclass(frozen=True)
class Stage:
    """The exchanged tables under `folder`."""

    folder: Path

    def path(self, table: str) -> Path:
        """Where a table lies."""
        return self.folder / f"{table}.parquet"

    def write(self, table: str, rows: pl.DataFrame) -> None:
        """Replace a table."""
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = self.folder / f".{table}.{os.getpid()}.parquet"
        rows.write_parquet(draft, compression="lz4", row_group_size=ROW_GROUP)
        draft.replace(self.path(table))

    def read(self, table: str) -> pl.DataFrame:
        """A table as the last run that made it left it.

        Raises `FileNotFoundError` where no run has made it.
        """
        path = self.path(table)
        schema = pl.read_parquet_schema(path)
        constants = _constants(path)
        varied = pl.read_parquet(path, columns=[name for name in schema if name not in constants])
        if not constants or not varied.width:
            return pl.read_parquet(path)
        values = {name: pl.lit(value, dtype) for name, dtype in schema.items() if name in constants for value in [constants[name]]}
        return varied.with_columns(**values).select(list(schema))


def _constants(path: Path) -> dict[str, object]:
    """The columns that hold one value, or only nulls, as the statistics of the file say."""
    file = pyarrow.parquet.read_metadata(path)
    if not file.num_rows:
        return {}
    found: dict[str, object] = {}
    for place in range(file.num_columns):
        chunks = [file.row_group(group).column(place) for group in range(file.num_row_groups)]
        said = [chunk.statistics for chunk in chunks]
        if all(each and each.has_null_count for each in said):
            if all(each.null_count == chunk.num_values for each, chunk in zip(said, chunks, strict=True)):
                found[chunks[0].path_in_schema] = None
            elif all(each.null_count == 0 and each.has_min_max and each.min == each.max == said[0].min for each in said):
                found[chunks[0].path_in_schema] = said[0].min
    return found
