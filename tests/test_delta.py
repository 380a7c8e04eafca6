"""The published tables as Delta Lake: what readers of several kinds see, and that they see one generation whole."""

import json
import os
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import polars as pl
import pytest

from hai_ha_pipeline.contracts.core import DimSource
from hai_ha_pipeline.contracts.types import grain
from hai_ha_pipeline.errors import PlaceError
from hai_ha_pipeline.storage import places
from hai_ha_pipeline.storage.lake import bring_lake_up_to_date
from hai_ha_pipeline.tables import LEAVING
from tests.build import REPOSITORY
from tests.small_warehouse import TABLES


@pytest.fixture
def delta(deltalake: None) -> ModuleType:
    """The module, which needs deltalake when it is imported."""
    from hai_ha_pipeline.storage import delta  # noqa: PLC0415

    return delta


def build(database: Path, poor: int, generation: int, near_poor: int = 126) -> Path:
    """A finished warehouse of two tables that both say how many households are poor."""
    database.unlink(missing_ok=True)
    with closing(duckdb.connect(str(database))) as connection:
        for schema in ("core", "audit"):
            connection.execute(f"CREATE SCHEMA {schema}")
        connection.execute(
            f"CREATE TABLE core.household AS FROM (VALUES ('poor', {poor}), ('near poor', {near_poor})) AS t(kind, households)"
        )
        connection.execute(f"CREATE TABLE audit.build AS SELECT 'poor {poor}' AS fingerprint")
        connection.execute(f"CREATE TABLE audit.generation AS SELECT {generation} AS generation")
    return database


def poor_of(tables: dict[str, Any]) -> int:
    """How many households are poor, having seen that both tables say the same."""
    poor = int(pl.scan_delta(tables["core.household"]).filter(kind="poor").select("households").collect().item())
    assert pl.scan_delta(tables["audit.build"]).collect().item() == f"poor {poor}"
    return poor


def versions(delta: ModuleType, place: str) -> dict[str, int]:
    return {table: each.version for table, each in delta.read_pointer(place).tables.items()}


def test_every_published_table_is_read_with_polars_and_duckdb_as_it_is_in_the_file(
    delta: ModuleType, warehouse: Path, tmp_path: Path
) -> None:
    place = str(tmp_path / "lake")
    assert len(delta.publish_delta(warehouse, place, LEAVING)) == len(LEAVING)
    tables = delta.generation(place)
    assert set(tables) == {f"{schema}.{name}" for name, (schema, _) in LEAVING.items()}
    with closing(duckdb.connect(str(warehouse), read_only=True)) as file, closing(duckdb.connect()) as reader:
        for table in tables:
            published = file.sql(f"FROM {table} ORDER BY ALL").pl()
            reader.register("of_lake", tables[table].to_pyarrow_dataset())
            moments = [name for name, kind in published.schema.items() if isinstance(kind, pl.Datetime)]
            expected = published.with_columns(pl.col(moments).dt.replace_time_zone("UTC"))
            by_duckdb = reader.sql("FROM of_lake").pl()
            for read in (pl.scan_delta(tables[table]).collect(), by_duckdb):
                assert (
                    read.select(pl.col(moments).dt.convert_time_zone("UTC"), pl.exclude(moments))
                    .select(expected.columns)
                    .sort(pl.all())
                    .equals(expected.sort(pl.all()))
                ), table


def test_a_table_carries_its_comments_and_needs_no_new_reader(delta: ModuleType, warehouse: Path, tmp_path: Path) -> None:
    place = str(tmp_path / "lake")
    delta.publish_delta(warehouse, place, {"dim_source": LEAVING["dim_source"]})
    source = delta.generation(place)["core.dim_source"]
    assert source.metadata().description == grain(DimSource)
    assert {field.name: field.metadata["comment"] for field in source.schema().fields}["source_key"]
    assert source.protocol().min_reader_version == 1


def test_the_pointer_names_each_table_with_its_version_and_rows(delta: ModuleType, tmp_path: Path) -> None:
    delta.publish_delta(build(tmp_path / "w.duckdb", poor=67, generation=12), str(tmp_path / "lake"), TABLES)
    said = json.loads((tmp_path / "lake" / "generation.json").read_text())
    assert (said["generation"], said["fingerprint"]) == (12, "poor 67")
    assert {table: each["rows"] for table, each in said["tables"].items()} == {"core.household": 2, "audit.build": 1}


def test_a_table_that_is_the_same_gets_no_new_version(delta: ModuleType, tmp_path: Path) -> None:
    place, database = str(tmp_path / "lake"), tmp_path / "w.duckdb"
    delta.publish_delta(build(database, poor=67, generation=1), place, TABLES)
    first, pointer = versions(delta, place), (tmp_path / "lake" / "generation.json").read_bytes()
    assert delta.publish_delta(build(database, poor=67, generation=2), place, TABLES) == []
    assert (tmp_path / "lake" / "generation.json").read_bytes() == pointer
    assert delta.publish_delta(build(database, poor=67, near_poor=125, generation=3), place, TABLES) == ["core.household"]
    assert versions(delta, place) == first | {"core.household": first["core.household"] + 1}


def test_who_has_opened_a_generation_keeps_it(delta: ModuleType, tmp_path: Path) -> None:
    place, database = str(tmp_path / "lake"), tmp_path / "w.duckdb"
    delta.publish_delta(build(database, poor=67, generation=1), place, TABLES)
    opened = delta.generation(place)
    delta.publish_delta(build(database, poor=28, generation=2), place, TABLES)
    assert (poor_of(opened), poor_of(delta.generation(place))) == (67, 28)


def test_a_publication_that_dies_before_the_pointer_is_seen_by_nobody_and_mended_by_the_next(
    delta: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, database = str(tmp_path / "lake"), tmp_path / "w.duckdb"
    delta.publish_delta(build(database, poor=67, generation=1), place, TABLES)
    with monkeypatch.context() as patch:
        patch.setattr(delta, "write_text", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            delta.publish_delta(build(database, poor=28, generation=2), place, TABLES)
    assert poor_of(delta.generation(place)) == 67
    delta.publish_delta(database, place, TABLES)
    assert poor_of(delta.generation(place)) == 28


def test_readers_see_one_generation_whole_while_others_are_published(delta: ModuleType, tmp_path: Path) -> None:
    place, seen, is_over = str(tmp_path / "lake"), set[int](), threading.Event()
    delta.publish_delta(build(tmp_path / "w.duckdb", poor=100, generation=100), place, TABLES)
    failures: list[BaseException] = []

    def read() -> None:
        try:
            while not is_over.is_set():
                seen.add(poor_of(delta.generation(place)))
        except BaseException as error:
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for poor in range(99, 89, -1):
        delta.publish_delta(build(tmp_path / "w.duckdb", poor=poor, generation=200 - poor), place, TABLES)
    is_over.set()
    for reader in readers:
        reader.join()
    assert not failures
    assert len(seen) > 2
    assert poor_of(delta.generation(place)) == 90


def test_a_bucket_holds_generations_as_a_folder_does(delta: ModuleType, s3: str, tmp_path: Path) -> None:
    place, database = f"{s3}/lake", tmp_path / "w.duckdb"
    with pytest.raises(PlaceError, match="no generation was published here"):
        delta.generation(place)
    for poor, generation in ((67, 1), (28, 2)):
        assert delta.publish_delta(build(database, poor, generation), place, TABLES) == ["core.household", "audit.build"]
        assert poor_of(delta.generation(place)) == poor
    assert delta.publish_delta(database, place, TABLES) == []


def test_there_is_no_lake_unless_the_setting_names_a_place(
    delta: ModuleType, warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bring_lake_up_to_date(warehouse) is None
    monkeypatch.setenv("HAI_HA_DELTA", str(tmp_path / "lake"))
    assert bring_lake_up_to_date(warehouse) == [f"{schema}.{name}" for name, (schema, _) in LEAVING.items()]
    assert bring_lake_up_to_date(warehouse) == []


def test_a_place_that_cannot_be_written_is_told_of_with_a_remedy(delta: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(PlaceError, match=r"(?s)file.*How to mend it"):
        delta.publish_delta(build(tmp_path / "w.duckdb", 67, 1), str(tmp_path / "file"), TABLES)


def test_a_pointer_that_is_none_is_told_of_with_a_remedy(delta: ModuleType, tmp_path: Path) -> None:
    places.write_text(tmp_path, delta.POINTER, "{}")
    with pytest.raises(PlaceError, match="no pointer to a generation"):
        delta.generation(str(tmp_path))


def test_without_the_package_the_setting_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAI_HA_DELTA", str(tmp_path))
    monkeypatch.setitem(sys.modules, "deltalake", None)
    monkeypatch.delitem(sys.modules, "hai_ha_pipeline.storage.delta", raising=False)
    with pytest.raises(PlaceError, match=r"pip install 'hai-ha-pipeline\[delta\]'"):
        bring_lake_up_to_date(tmp_path / "hai_ha.duckdb")


def test_pyspark_reads_the_files_that_the_pointer_leads_to(delta: ModuleType, warehouse: Path, tmp_path: Path) -> None:
    python = os.environ.get("HAI_HA_TEST_PYSPARK")
    if not python:
        pytest.skip("PySpark is half a gigabyte and needs Java: name a Python that has it in HAI_HA_TEST_PYSPARK")
    place = str(tmp_path / "lake")
    delta.publish_delta(warehouse, place, LEAVING)
    files = {table: each.file_uris() for table, each in delta.generation(place).items()}
    (tmp_path / "files.json").write_text(json.dumps(files), encoding="utf-8")
    command = [python, str(REPOSITORY / "tests" / "spark_reader.py"), str(tmp_path / "files.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": ""})
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == {table: version.rows for table, version in delta.read_pointer(place).tables.items()}
