"""What somebody may type into `hai-ha query`, and what not: each hostile statement is named by what it tries."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from hai_ha_pipeline.errors import QueryError
from hai_ha_pipeline.storage.query import Limits, query

ENDLESS = "SELECT count(*) FROM range(1000000000000)"
# What is tried, the statement ({folder} holds secret.csv and other.duckdb), and a word of the answer.
HOSTILE = [
    ("delete rows", "DELETE FROM core.household", "only one SELECT"),
    ("delete rows inside a SELECT", "WITH gone AS (DELETE FROM core.household RETURNING *) FROM gone", "read-only|SELECT"),
    ("a second statement behind the first", "SELECT 1; DROP TABLE core.household", "only one SELECT"),
    ("a temporary table", "CREATE TEMP TABLE mine AS SELECT 1", "only one SELECT"),
    ("write a file", "COPY core.household TO '{folder}/stolen.csv'", "only one SELECT"),
    ("write every table", "EXPORT DATABASE '{folder}/stolen'", "only one SELECT"),
    ("read a file as text", "FROM read_text('{folder}/secret.csv')", "read_text"),
    ("read a file as CSV", "FROM read_csv('{folder}/secret.csv')", "read_csv"),
    ("read a file by its name alone", "FROM '{folder}/secret.csv'", "disabled"),
    ("read a file in a subquery", "SELECT (SELECT max(content) FROM read_blob('{folder}/secret.csv'))", "read_blob"),
    ("read a file through SQL in a text", "FROM query('SELECT * FROM read_text(''{folder}/secret.csv'')')", r"query\(\)"),
    ("read a file through serialised SQL", "FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))", "json_execute"),
    ("guess the form of a file", "FROM sniff_csv('{folder}/secret.csv')", "sniff_csv"),
    ("list files", "FROM glob('{folder}/*')", "glob"),
    ("list files by a table's columns", "FROM core.household, LATERAL (FROM glob(kind || '*'))", "glob"),
    ("read an address", "FROM 'http://127.0.0.1:1/figures.parquet'", "disabled"),
    ("attach another database", "ATTACH '{folder}/other.duckdb'", "only one SELECT"),
    ("read another database", "FROM read_duckdb('{folder}/other.duckdb')", "read_duckdb"),
    ("install an extension", "INSTALL httpfs", "only one SELECT"),
    ("load an extension", "LOAD httpfs", "only one SELECT"),
    ("open the door again", "SET enable_external_access = true", "only one SELECT"),
    ("raise its own memory", "PRAGMA memory_limit = '64GB'", "only one SELECT"),
    ("call a function of the engine", "CALL enable_logging()", "only one SELECT"),
    ("the same as a table", "FROM enable_logging()", "enable_logging"),
    ("where files lie, from the settings", "FROM duckdb_settings()", "duckdb_settings"),
    ("the same as a view, quoted and in capitals", 'FROM "DUCKDB_SETTINGS"', "duckdb_settings|exist"),
    ("the same with its whole name", "FROM system.main.duckdb_settings()", "duckdb_settings"),
    ("the same by PostgreSQL's name", "FROM pg_catalog.pg_settings", "pg_settings"),
    ("where files lie, from one setting", "SELECT current_setting('secret_directory')", "current_setting"),
    ("the same, written behind a point", "SELECT ('secret_directory').current_setting()", "current_setting"),
    ("where databases lie", "FROM duckdb_databases()", "duckdb_databases"),
    ("an environment variable", "SELECT getenv('HOME')", "getenv"),
    ("secrets", "FROM duckdb_secrets()", "duckdb_secrets"),
    ("a new secret", "CREATE SECRET mine (TYPE s3)", "only one SELECT"),
    ("a Python object", "FROM HOSTILE", "HOSTILE"),
    ("memory at an address", "FROM arrow_scan(1, 2, 3)", "arrow_scan"),
    ("a lie in the engine's log", "SELECT write_log('all is well')", "write_log"),
    ("a macro of ours that is a function of the engine", "FROM core.glob('{folder}/*')", "glob"),
    ("a plan instead of an answer", "EXPLAIN ANALYZE FROM core.household", "only one SELECT"),
    ("no SQL at all", "'; DROP TABLE core.household; --", "unterminated|quoted"),
    ("nothing", "", "only one SELECT"),
]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two kinds of households, a macro, and beside them what is nobody's business."""
    folder = tmp_path_factory.mktemp("warehouse")
    (folder / "secret.csv").write_text("secret\n42\n")
    duckdb.connect(str(folder / "other.duckdb")).close()
    with closing(duckdb.connect(str(folder / "hai_ha.duckdb"))) as connection:
        connection.execute("CREATE SCHEMA core")
        connection.execute("CREATE TABLE core.household AS FROM (VALUES ('poor', 28), ('near poor', 126)) AS v(kind, households)")
        connection.execute("CREATE MACRO core.at_least(few) AS TABLE FROM core.household WHERE households >= few")
    return folder / "hai_ha.duckdb"


@pytest.fixture(autouse=True)
def _nothing_is_left_behind(database: Path) -> Iterator[None]:
    before = {path.name: path.stat().st_mtime_ns for path in database.parent.iterdir()}
    yield
    assert {path.name: path.stat().st_mtime_ns for path in database.parent.iterdir()} == before


@pytest.mark.parametrize(("sql", "said"), [(sql, said) for _, sql, said in HOSTILE], ids=[tried for tried, _, _ in HOSTILE])
def test_hostile_sql_is_refused_with_its_reason(database: Path, sql: str, said: str) -> None:
    with pytest.raises(QueryError, match=said) as refusal:
        query(database, sql.replace("{folder}", str(database.parent)))
    assert "How to mend it" in str(refusal.value)
    assert "42" not in str(refusal.value)


@pytest.mark.parametrize(
    "sql",
    [
        "FROM core.household WHERE households > 100",
        "FROM core.at_least(100)",
        "WITH near AS (SELECT * FROM core.household WHERE households > 100) FROM near",
        "SELECT kind, households FROM core.household JOIN range(126, 127) AS r(households) USING (households)",
        "PIVOT (FROM core.household WHERE households > 100) ON kind IN ('poor')",
    ],
)
def test_an_honest_question_is_answered(database: Path, sql: str) -> None:
    (row,) = query(database, sql).rows
    assert row[0] == "near poor" or row[0] == 126


@pytest.mark.parametrize(
    "sql", ["SHOW ALL TABLES", "DESCRIBE core.household", "FROM information_schema.columns", "FROM duckdb_columns() WHERE NOT internal"]
)
def test_the_tables_can_be_looked_up(database: Path, sql: str) -> None:
    assert "household" in str(query(database, sql))


def test_an_endless_question_is_stopped_after_its_time(database: Path) -> None:
    began = time.monotonic()
    with pytest.raises(QueryError, match=r"longer than 0\.2 seconds") as refusal:
        query(database, ENDLESS, limits=Limits(seconds=0.2))
    assert time.monotonic() - began < 5
    assert "--seconds" in str(refusal.value)


def test_a_question_that_needs_more_memory_than_it_may_have_is_refused_and_does_not_spill(database: Path) -> None:
    with pytest.raises(QueryError, match="more than 64 MiB") as refusal:
        query(database, "FROM range(50000000) AS r(n) ORDER BY hash(n)", limits=Limits(memory=64))
    assert "--memory" in str(refusal.value)


def test_an_answer_of_too_many_rows_stops_early(database: Path) -> None:
    assert len(query(database, "FROM range(20000)", limits=Limits(rows=20_000)).rows) == 20_000
    with pytest.raises(QueryError, match="more than 20,000 rows"):
        query(database, "FROM range(1000000000)", limits=Limits(rows=20_000))


def test_the_published_file_may_be_a_link(database: Path, tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to(database.parent)
    (tmp_path / "hai_ha.duckdb").symlink_to("current/hai_ha.duckdb")
    assert query(tmp_path / "hai_ha.duckdb", "SELECT sum(households)::INTEGER FROM core.household").rows == [(154,)]


# One call of a function, which DuckDB neither counts as memory nor interrupts.
@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT sum(length(repeat('x' || range, 200000000))) FROM range(2000)", "more than 64 MiB|longer than 1 seconds"),
        ("SELECT list_sum(list_transform(range(100000000), lambda x: x * x))", "more than 64 MiB|longer than 1 seconds"),
    ],
    ids=["long texts", "a long list"],
)
def test_the_command_ends_what_the_engine_does_not(database: Path, tmp_path: Path, sql: str, said: str) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "warehouse").symlink_to(database.parent)
    command = [sys.executable, "-m", "hai_ha_pipeline", "query", "--seconds", "1", "--memory", "64", sql]
    environment = {name: value for name, value in os.environ.items() if name != "HAI_HA_PROJECT"} | {"HAI_HA_PROJECT": str(tmp_path)}
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    assert answer.returncode == 1
    assert (answer.stdout, answer.stderr.count("\n")) == ("", 2)
    assert [word for word in said.split("|") if word in answer.stderr]
