"""Parquet that the steps of a run exchange: one file a table, written whole or not at all, in a folder or under an `s3://` address.

A column that says the same in every row, such as the name of the only source, is read as one value and takes no memory.
"""

import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pyarrow.parquet

from hai_ha_pipeline.storage.places import exists, fetch, is_address, options, reaching, remove_folders

ROW_GROUP = 122_880
"""Rows of a DuckDB table's row group. Loading Parquet in groups of another size takes twice the time and gives twice the file."""


@dataclass(frozen=True)
class Stage:
    """The exchanged tables under `folder`, a path or an address."""

    folder: Path | str

    def path(self, table: str) -> Path:
        """Where a table lies in a stage that is a folder."""
        return Path(self.folder) / f"{table}.parquet"

    def write(self, table: str, rows: pl.DataFrame) -> None:
        """Replace a table. Raises `PlaceError` where an address cannot be reached."""
        if is_address(self.folder):
            with reaching(self.folder):
                rows.write_parquet(self._address(table), compression="lz4", row_group_size=ROW_GROUP, storage_options=options())
            return
        path = self.path(table)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.stem}.{os.getpid()}.parquet")
        rows.write_parquet(draft, compression="lz4", row_group_size=ROW_GROUP)
        draft.replace(path)

    def read(self, table: str) -> pl.DataFrame:
        """A table as the last run that made it left it.

        Raises `FileNotFoundError` where no run has made it.
        """
        if is_address(self.folder):
            return pl.read_parquet(self._address(table), storage_options=options())
        return _read(self.path(table))

    def has(self, table: str) -> bool:
        """Whether a table is there."""
        return exists(self.folder, f"{table}.parquet")

    def keep_only(self, folder: str, names: Collection[str]) -> None:
        """Remove every folder in `folder` of the stage but those named."""
        remove_folders(self.folder, folder, names)

    @contextmanager
    def as_files(self, tables: Iterable[str], scratch: Path) -> Iterator[dict[str, list[Path]]]:
        """The files of every table on this machine; what lies under an address is copied into a folder under `scratch` meanwhile."""
        if not is_address(self.folder):
            yield {table: [self.path(table)] for table in tables}
            return
        scratch.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".stage.", dir=scratch) as copies:
            yield {table: [fetch(self.folder, f"{table}.parquet", Path(copies))] for table in tables}

    def _address(self, table: str) -> str:
        return f"{str(self.folder).rstrip('/')}/{table}.parquet"


def _read(path: Path) -> pl.DataFrame:
    schema, constants = pl.read_parquet_schema(path), _constants(path)
    varied = pl.read_parquet(path, columns=[name for name in schema if name not in constants])
    if not constants or not varied.width:
        return pl.read_parquet(path)
    values = {name: pl.lit(constants[name], dtype) for name, dtype in schema.items() if name in constants}
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
