"""The DuckDB versions that this project runs on, and those that read what it publishes."""

import json
from pathlib import Path

import duckdb
import pytest

from hai_ha_pipeline.storage.query import query
from tests.overlays import overlay, python_on
from tests.small_warehouse import publish_small, said, write_export
from tests.test_publish_readers import Reader

PUBLISH = """
import json, sys, duckdb
from pathlib import Path
from hai_ha_pipeline.errors import QueryError
from hai_ha_pipeline.storage.compare import compare
from hai_ha_pipeline.storage.query import query
from hai_ha_pipeline.storage.rollback import roll_back
from tests.parted_warehouse import figures_of, publish_parts
from tests.small_warehouse import publish_small, write_export
parted = Path(sys.argv[1]).with_name("parted") / "warehouse" / "parted.duckdb"
replaced = [publish_parts(parted, figures_of(number)).replaced for number in (67, 28)]
database = Path(sys.argv[1])
published = [publish_small(database, poor, write_export).is_new for poor in (67, 28, 28)]
answer = query(database, "SELECT generation, (SELECT comment FROM duckdb_tables() WHERE table_name = 'household') FROM audit.generation")
try:
    query(database, "FROM read_csv('/etc/passwd')")
    refused = False
except QueryError:
    refused = True
roll_back(database)
assert compare(Path(sys.argv[2]), 1, 1).figures == []
print(json.dumps([duckdb.__version__, published, answer.rows, refused, replaced]))
"""
READ = """
import json, sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
print(json.dumps([duckdb.__version__, [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in sys.argv[2:]],
    connection.execute("SELECT count(*) FROM marts.attainment_as_of('2024-07-15')").fetchone()[0] > 0 if len(sys.argv) > 4 else None]))
"""


def version(text: str) -> str:
    return ".".join(text.split(".")[:2])


def test_the_package_publishes_queries_compares_and_rolls_back_on_duckdb_1_5(
    tmp_path: Path, warehouse: Path, pytestconfig: pytest.Config
) -> None:
    database = tmp_path / "warehouse" / "small.duckdb"
    found = json.loads(python_on(overlay(pytestconfig, "duckdb==1.5.*"), "-c", PUBLISH, str(database), str(warehouse)))
    assert version(found[0]) == "1.5"
    assert found[1:] == [[True, True, False], [[2, "One row is one kind of household."]], True, [None, [2]]]
    assert said(database) == 67, "and DuckDB 2 reads it"
    assert publish_small(database, 26).generation == 3, "and goes on from it"


@pytest.mark.parametrize("release", ["1.4.*", "1.5.*"])
def test_what_is_published_opens_in_the_duckdb_of_bi_tools(warehouse: Path, pytestconfig: pytest.Config, release: str) -> None:
    assert version(duckdb.__version__) >= "2.0"
    tables = ["marts.attainment", "marts.growth", "core.fact_observation", "audit.generation"]
    expected = [query(warehouse, f"SELECT count(*) FROM {table}").rows[0][0] for table in tables]
    found = json.loads(python_on(overlay(pytestconfig, f"duckdb=={release}"), "-c", READ, str(warehouse), *tables))
    assert version(found[0]) == release[:3]
    assert found[1:] == [expected, True]
    assert min(expected) > 0


def test_the_older_storage_format_opens_in_duckdb_1_1(tmp_path: Path, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAI_HA_STORAGE_VERSION", "v1.0.0")
    database = tmp_path / "warehouse" / "small.duckdb"
    publish_small(database, 28)
    found = json.loads(python_on(overlay(pytestconfig, "duckdb==1.1.*"), "-c", READ, str(database), "core.household"))
    assert (version(found[0]), found[1]) == ("1.1", [2])


def test_a_reader_on_duckdb_1_4_goes_through_publications(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    """It opens the link itself, several times for each connection, where later versions follow it first."""
    database = tmp_path / "warehouse" / "small.duckdb"
    publish_small(database, 1, write_export)
    reader = Reader(database, "reopen", overlay(pytestconfig, "duckdb==1.4.*"))
    for number in range(2, 7):
        publish_small(database, number, write_export)
    _, seen = reader.stopped()
    assert len(seen) >= 3
