"""Parquet that the steps of a run exchange: one file a table, written whole or not at all, in a folder or under an `s3://` address."""

import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from hai_ha_pipeline.storage.places import exists, fetch, is_address, options, reaching, remove_folders


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
                rows.write_parquet(self._address(table), storage_options=options())
            return
        path = self.path(table)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.stem}.{os.getpid()}.parquet")
        rows.write_parquet(draft)
        draft.replace(path)

    def read(self, table: str) -> pl.DataFrame:
        """A table as the last run that made it left it.

        Raises `FileNotFoundError` where no run has made it.
        """
        if is_address(self.folder):
            return pl.read_parquet(self._address(table), storage_options=options())
        return pl.read_parquet(self.path(table))

    def has(self, table: str) -> bool:
        """Whether a table is there."""
        return exists(self.folder, f"{table}.parquet")

    def keep_only(self, folder: str, names: Collection[str]) -> None:
        """Remove every folder in `folder` of the stage but those named."""
        remove_folders(self.folder, folder, names)

    @contextmanager
    def as_files(self, tables: Iterable[str], scratch: Path) -> Iterator[dict[str, Path]]:
        """Every table as a file on this machine; what lies under an address is copied into a folder under `scratch` meanwhile."""
        if not is_address(self.folder):
            yield {table: self.path(table) for table in tables}
            return
        scratch.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".stage.", dir=scratch) as copies:
            yield {table: fetch(self.folder, f"{table}.parquet", Path(copies)) for table in tables}

    def _address(self, table: str) -> str:
        return f"{str(self.folder).rstrip('/')}/{table}.parquet"
