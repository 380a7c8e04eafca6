"""SQLAlchemy and ADBC read the warehouse: what docs/bi.md says of each driver is what it does, read-only and through a switch."""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.build import REPOSITORY
from tests.overlays import overlay, with_overlay

CLIENTS = REPOSITORY / "tests" / "clients"
COMMENTS = {"kind": "The kind.", "households": "How many."}
ROWS = [["poor", 28], ["near poor", 126]]
# The packages, then what each of them answers where not all is well.
DRIVERS: list[tuple[list[str], str, dict[str, Any]]] = [
    (["sqlalchemy==1.4.*", "duckdb-engine==0.17.*"], "1.4", {}),
    (["sqlalchemy==2.0.*", "duckdb-engine==0.17.*"], "2.0", {"reflected": "CatalogException"}),
    (["duckdb-sqlalchemy==1.5.*"], "2.1", {}),
]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """The stable path of a warehouse of two generations: 28 poor households in the one that is current, 27 in the next."""
    for generation, poor in (("000001", 28), ("000002", 27)):
        folder = tmp_path / "generations" / generation
        folder.mkdir(parents=True)
        with closing(duckdb.connect()) as connection:
            connection.execute(f"ATTACH '{folder / 'hai_ha.duckdb'}' AS made (STORAGE_VERSION 'v1.4.0')")
            connection.execute("CREATE SCHEMA made.core")
            connection.execute(
                f"CREATE TABLE made.core.household AS FROM (VALUES ('poor', {poor}), ('near poor', 126)) AS v(kind, households)"
            )
            connection.execute("COMMENT ON TABLE made.core.household IS 'One row is one kind of household.'")
            for column, comment in COMMENTS.items():
                connection.execute(f"COMMENT ON COLUMN made.core.household.{column} IS '{comment}'")
    (tmp_path / "current").symlink_to("generations/000001")
    (tmp_path / "hai_ha.duckdb").symlink_to("current/hai_ha.duckdb")
    return tmp_path / "hai_ha.duckdb"


def printed(overlaid: Path, client: str, *arguments: str) -> dict[str, Any]:
    """What a client prints."""
    command = [sys.executable, "-W", "ignore", str(CLIENTS / client), *arguments]
    answer = subprocess.run(command, env=with_overlay(overlaid), capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 0, answer.stderr
    return dict(json.loads(answer.stdout))


@pytest.mark.parametrize(("packages", "version", "differs"), DRIVERS, ids=[" ".join(packages) for packages, _, _ in DRIVERS])
def test_sqlalchemy_lists_and_reads_and_cannot_write(
    pytestconfig: pytest.Config, database: Path, packages: list[str], version: str, differs: dict[str, Any]
) -> None:
    answers = printed(overlay(pytestconfig, *packages), "sqlalchemy_client.py", str(database), "generations/000002")
    schemas = answers.pop("schemas")
    assert "hai_ha.core" in schemas
    assert (
        answers
        == {
            "version": version,
            "tables": ["household"],
            "columns": COMMENTS,
            "comment": "One row is one kind of household.",
            "reflected": ["kind", "households"],
            "rows": ROWS,
            "written": "InvalidInputException",
            "other file": "PermissionException",
            "after the switch": {"held": [28, 28, 27], "reopening": 27},
        }
        | differs
    )


def test_adbc_lists_and_reads_and_cannot_write(pytestconfig: pytest.Config, database: Path) -> None:
    answers = printed(overlay(pytestconfig, "adbc-driver-manager==1.*"), "adbc_client.py", str(database))
    assert "read-only" in answers.pop("written")
    assert "disabled" in answers.pop("other file")
    assert answers == {
        "table": "household",
        "columns": COMMENTS,
        "comment": "One row is one kind of household.",
        "rows": [dict(zip(COMMENTS, row, strict=True)) for row in ROWS],
    }
