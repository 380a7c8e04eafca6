"""Parquet that the steps of a run exchange: one file a table, written whole or not at all."""

import os
from dataclasses import dataclass
from pathlib import Path

import polars as pl


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
        rows.write_parquet(draft)
        draft.replace(self.path(table))

    def read(self, table: str) -> pl.DataFrame:
        """A table as the last run that made it left it.

        Raises `FileNotFoundError` where no run has made it.
        """
        return pl.read_parquet(self.path(table))
