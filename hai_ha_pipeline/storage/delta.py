"""The published tables as Delta Lake, for many readers of many kinds: one table a folder, one pointer that makes a generation whole.

`generation.json` is written last and names the version of every table. Who reads the versions it names never sees two
generations mixed. Needs the package deltalake: `pip install 'hai-ha-pipeline[delta]'`.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from hai_ha_pipeline.contracts.types import Contract, columns, grain
from hai_ha_pipeline.errors import PlaceError
from hai_ha_pipeline.storage.places import CANNOT_REACH, options, read_text, write_text

try:
    from deltalake import CommitProperties, DeltaTable, write_deltalake
    from deltalake.exceptions import DeltaError
except ImportError:
    raise PlaceError(
        "HAI_HA_DELTA", "the package deltalake is not installed", "install it with: pip install 'hai-ha-pipeline[delta]', or unset it"
    ) from None

POINTER = "generation.json"
ROWS_A_BATCH = 131_072
KEPT_HOURS = 7 * 24  # how long a reader may still read what a pointer named that has been replaced


@dataclass(frozen=True)
class Version:
    """One table of a generation: its Delta version, its rows, and a hash of its columns and rows, whatever their order."""

    version: int
    rows: int
    content: str


@dataclass(frozen=True)
class Pointer:
    """What `generation.json` says: the generation's number, from which sources and code it was made, and each `schema.table` in it."""

    generation: int
    fingerprint: str | None
    tables: dict[str, Version]

    def as_json(self) -> str:
        """Its text."""
        return json.dumps(asdict(self), indent=1) + "\n"


def publish_delta(database: Path, place: str, tables: Mapping[str, tuple[str, type[Contract]]]) -> list[str]:
    """Make the tables of a finished DuckDB file the generation at `place`, a path or an `s3://` address; the tables that changed.

    `tables` maps a table's name onto its schema and contract. A table with the same columns and rows gets no new version; where all are
    the same nothing is written. Raises `PlaceError`, and leaves the pointer as it is, where the place cannot be written.
    """
    before = read_pointer(place)
    known = before.tables if before else {}
    with closing(duckdb.connect(str(database), read_only=True)) as connection:
        [(number, fingerprint)] = connection.execute("SELECT generation, fingerprint FROM audit.generation, audit.build").fetchall()
        now = {
            f"{schema}.{name}": _written(connection, place, f"{schema}.{name}", contract, known)
            for name, (schema, contract) in tables.items()
        }
    if now == known:
        return []
    write_text(place, POINTER, Pointer(number, fingerprint, now).as_json())
    changed = [table for table in now if now[table] != known.get(table)]
    for table in changed:
        with _told_of(place, table):
            _open(place, table).vacuum(retention_hours=KEPT_HOURS, dry_run=False)
    return changed


def read_pointer(place: str) -> Pointer | None:
    """What the pointer at `place` says; none where nothing was published there.

    Raises `PlaceError` where the place cannot be reached or the pointer is none.
    """
    text = read_text(place, POINTER)
    if text is None:
        return None
    try:
        said = json.loads(text)
        return Pointer(said["generation"], said["fingerprint"], {table: Version(**version) for table, version in said["tables"].items()})
    except (ValueError, KeyError, TypeError) as error:
        raise PlaceError(f"{place}/{POINTER}", f"this is no pointer to a generation: {error}", "delete it, then run again") from error


def generation(place: str) -> dict[str, DeltaTable]:
    """The tables of the generation that the pointer names now, each at its version: all of one generation, also while another is published.

    Read them with `polars.scan_delta(table)`, or in DuckDB through `table.to_pyarrow_dataset()`. What the pointer named stays
    readable for seven days after it was replaced. Raises `PlaceError` where nothing was published at `place`.
    """
    pointer = read_pointer(place)
    if pointer is None:
        raise PlaceError(place, "no generation was published here", "publish one with: HAI_HA_DELTA=<this place> hai-ha run")
    return {table: _open(place, table, version.version) for table, version in pointer.tables.items()}


def _open(place: str, table: str, version: int | None = None) -> DeltaTable:
    with _told_of(place, table):
        return DeltaTable(_address(place, table), version=version, storage_options=options())


@contextmanager
def _told_of(place: str, table: str) -> Iterator[None]:
    """Raise `PlaceError` where a table cannot be opened or written."""
    try:
        yield
    except (DeltaError, OSError) as error:
        raise PlaceError(_address(place, table), str(error).strip(), CANNOT_REACH) from error


def _address(place: str, table: str) -> str:
    return f"{place.rstrip('/')}/{table.replace('.', '/')}"


def _written(
    connection: duckdb.DuckDBPyConnection, place: str, table: str, contract: type[Contract], known: Mapping[str, Version]
) -> Version:
    """The version of a table that holds what the DuckDB file holds: the known one, or a new one in one transaction."""
    schema = _described(connection.sql(f"FROM {table} LIMIT 0").to_arrow_table().schema, contract)
    rows, content = _content(connection, table, schema)
    before = known.get(table)
    if before and before.content == content:
        return before
    reader = connection.sql(f"FROM {table}").to_arrow_reader(ROWS_A_BATCH)
    batches = pa.RecordBatchReader.from_batches(schema, (batch.cast(schema) for batch in reader))
    with _told_of(place, table):
        here = DeltaTable.create(
            _address(place, table), schema, mode="ignore", name=table, description=grain(contract), storage_options=options()
        )
        made_of = CommitProperties(custom_metadata={"content": content})
        write_deltalake(here, batches, mode="overwrite", schema_mode="overwrite", commit_properties=made_of)
    return Version(here.version(), rows, content)


def _described(schema: pa.Schema, contract: type[Contract]) -> pa.Schema:
    """The columns with the contract's comments. A moment is in UTC and says so: readers know a moment without a zone only since lately."""
    comments = {column.name: column.description for column in columns(contract)}
    return pa.schema(
        [
            pa.field(
                field.name,
                pa.timestamp("us", "UTC") if pa.types.is_timestamp(field.type) else field.type,
                metadata={"comment": comments[field.name]},
            )
            for field in schema
        ]
    )


def _content(connection: duckdb.DuckDBPyConnection, table: str, schema: pa.Schema) -> tuple[int, str]:
    """How many rows a table has, and a hash of its columns and rows that does not depend on their order."""
    [(rows, added, crossed, described)] = connection.execute(
        f"SELECT count(*), sum(hash(t)::HUGEINT), bit_xor(hash(t)), hash($1) FROM {table} t",  # noqa: S608
        [schema.to_string(show_field_metadata=True)],
    ).fetchall()
    return rows, f"{rows}-{added or 0:x}-{crossed or 0:016x}-{described:016x}"
