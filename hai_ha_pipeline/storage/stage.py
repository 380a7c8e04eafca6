"""Parquet that the steps of a run exchange: one file a table or part of one, written whole or not at all, in a folder or under an address.

A column that says the same in every row, such as the name of the only source, is written once, beside the rows, and is read as one
value that takes no memory. About 40 of the 55 columns of a figure are such in a long export.
"""

import base64
import io
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import polars as pl

from hai_ha_pipeline.errors import PlaceError
from hai_ha_pipeline.storage.places import exists, fetch, is_address, options, reaching, read_text, remove_folders, write_text

ROW_GROUP = 122_880
"""Rows of a DuckDB table's row group. Loading Parquet in groups of another size takes twice the time and gives twice the file."""
COLUMNS, CONSTANTS = "hai_ha_columns", "hai_ha_constants"


@dataclass(frozen=True)
class Stage:
    """The exchanged tables under `folder`, a path or an address."""

    folder: Path | str

    def path(self, table: str) -> Path:
        """Where a table lies in a stage that is a folder."""
        return Path(self.folder) / f"{table}.parquet"

    def write(self, table: str, rows: pl.DataFrame, *, plainly: bool = False) -> None:
        """Replace a table; `plainly` with all columns among its rows. Raises `PlaceError` where an address cannot be reached."""
        same = [] if plainly else constants(rows)
        beside = {COLUMNS: json.dumps(rows.columns), CONSTANTS: _as_text(rows.select(same).head(1))}
        varied = rows.drop(same)
        if is_address(self.folder):
            with reaching(self.folder):
                varied.write_parquet(
                    self._address(table), compression="lz4", row_group_size=ROW_GROUP, metadata=beside, storage_options=options()
                )
            return
        path = self.path(table)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.stem}.{uuid4().hex}.parquet")
        varied.write_parquet(draft, compression="lz4", row_group_size=ROW_GROUP, metadata=beside)
        draft.replace(path)

    def read(self, table: str, start: int = 0, length: int | None = None) -> pl.DataFrame:
        """A table as the last run that made it left it, or `length` rows of it from `start`.

        Raises `FileNotFoundError` where no run has made it.
        """
        if not is_address(self.folder):
            return read_staged(self.path(table), start, length)
        if not self.has(table):
            raise FileNotFoundError(self._address(table))
        with reaching(self.folder):
            return read_staged(self._address(table), start, length)

    def read_together(self, tables: Iterable[str]) -> pl.DataFrame:
        """The rows of several tables that were written `plainly`, all of them at once."""
        with _told_where_damaged(self.folder):
            if not is_address(self.folder):
                return pl.read_parquet([self.path(table) for table in tables])
            with reaching(self.folder):
                return pl.read_parquet([self._address(table) for table in tables], storage_options=options())

    def note(self, name: str, said: Any) -> None:
        """Replace a note: what JSON can say. Raises `PlaceError` where an address cannot be reached."""
        folder, _, file = name.rpartition("/")
        write_text(f"{self.folder}/{folder}" if is_address(self.folder) else Path(self.folder) / folder, file, json.dumps(said))

    def noted(self, name: str) -> Any:
        """What was noted last; none where nothing was, or the note is not whole."""
        try:
            return json.loads(read_text(self.folder, name) or "null")
        except ValueError:
            return None

    def has(self, table: str) -> bool:
        """Whether a table is there."""
        return exists(self.folder, f"{table}.parquet")

    def keep_only(self, folder: str, names: Collection[str]) -> None:
        """Remove every folder in `folder` of the stage but those named."""
        remove_folders(self.folder, folder, names)

    @contextmanager
    def as_files(self, tables: Mapping[str, Iterable[str]], scratch: Path) -> Iterator[dict[str, list[Path]]]:
        """Every table as files on this machine; what lies under an address is copied into a folder under `scratch` meanwhile."""
        if not is_address(self.folder):
            yield {table: [self.path(file) for file in files] for table, files in tables.items()}
            return
        scratch.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".stage.", dir=scratch) as copies:
            yield {table: [fetch(self.folder, f"{file}.parquet", Path(copies)) for file in files] for table, files in tables.items()}

    def _address(self, table: str) -> str:
        return f"{str(self.folder).rstrip('/')}/{table}.parquet"


def read_staged(place: Path | str, start: int = 0, length: int | None = None) -> pl.DataFrame:
    """The rows of a file that a stage wrote, or some of them."""
    names, said = beside_rows(place)
    rows = pl.scan_parquet(place, storage_options=_options(place)).slice(start, length).collect()
    return rows.with_columns(pl.lit(said[name][0], dtype).alias(name) for name, dtype in said.schema.items()).select(names)


def beside_rows(place: Path | str) -> tuple[list[str], pl.DataFrame]:
    """All columns of a Parquet file, in order, and one row of those that stand beside the rows; none do in a file of somebody else."""
    with _told_where_damaged(place):
        metadata = pl.read_parquet_metadata(place, storage_options=_options(place))
    if COLUMNS not in metadata:
        return list(pl.read_parquet_schema(place)), pl.DataFrame()
    return json.loads(metadata[COLUMNS]), pl.read_ipc(io.BytesIO(base64.b64decode(metadata[CONSTANTS])))


@contextmanager
def _told_where_damaged(place: Path | str) -> Iterator[None]:
    """Raise `PlaceError` where a file is not what was written there."""
    try:
        yield
    except pl.exceptions.ComputeError as error:
        raise PlaceError(str(place), f"holds no whole Parquet file: {error}", "delete the folder of the stage: it is made anew") from error


def constants(rows: pl.DataFrame) -> list[str]:
    """The columns that say the same in every row; never all of them, so that the rows are still counted."""
    if rows.is_empty():
        return []
    said = rows.select(pl.all().eq_missing(pl.all().first()).all()).row(0, named=True)
    same = [name for name, is_same in said.items() if is_same]
    return same if len(same) < rows.width else same[1:]


def _as_text(row: pl.DataFrame) -> str:
    written = io.BytesIO()
    row.write_ipc(written)
    return base64.b64encode(written.getvalue()).decode()


def _options(place: Path | str) -> dict[str, str] | None:
    return options() if is_address(place) else None
