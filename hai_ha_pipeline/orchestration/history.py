"""Dagster's run history in SQLite, for the process of one run: its files are opened once, not once for each of 470 events.

The files are Dagster's own and the same as without it. Not for long-lived processes, which would keep every run's file open.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import dagster as dg
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine


class OpenedOnce(SqliteEventLogStorage):
    """Dagster's event log with one engine a file."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> Self:
        """Made as Dagster makes what its settings name."""
        return cls(inst_data=inst_data, **config_value)

    def run_connection(self, run_id: str | None = None) -> Any:
        """A transaction on the file of a run."""
        return self._opened(str(run_id))

    def index_connection(self) -> Any:
        """A transaction on the file that is shared by all runs."""
        return self._opened(INDEX_SHARD_NAME)

    def has_table(self, table_name: str) -> bool:
        """Whether the shared file has a table, which Dagster asks a hundred times a run."""
        with self.index_connection() as connection:
            return bool(connection.dialect.has_table(connection, table_name))

    def dispose(self) -> None:
        """Close the files."""
        super().dispose()
        for engine in self._engines.values():
            engine.dispose()

    @contextmanager
    def _opened(self, shard: str) -> Iterator[Connection]:
        if shard not in self._engines:
            with super().run_connection(shard):  # makes the file where it is missing
                self._engines[shard] = create_engine(
                    self.conn_string_for_shard(shard), connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
                )
        with self._engines[shard].begin() as connection:
            connection.exec_driver_sql("PRAGMA synchronous = NORMAL")  # a power cut may lose the last events, and harms no file
            if shard != INDEX_SHARD_NAME:  # the UI watches a run's own file, not the log beside it, for what is new
                connection.exec_driver_sql("PRAGMA wal_autocheckpoint = 1")
            yield connection


def instance_of_one_run(home: Path) -> dg.DagsterInstance:
    """The instance of `home`, for a process that ends with its run; a history that is not in SQLite is opened as it always is."""
    ref = InstanceRef.from_dir(str(home))
    log = ref.event_storage_data
    if log and log.class_name == SqliteEventLogStorage.__name__:
        ref = ref._replace(storage_data=None, event_storage_data=ConfigurableClassData(__name__, OpenedOnce.__name__, log.config_yaml))
    return dg.DagsterInstance.from_ref(ref)
