"""A peer of the benchmark is one only where it makes the warehouse of the reference, with the project's DuckDB."""

from pathlib import Path

import duckdb
import pytest

from tests.benchmarks.peers.environments import HERE, PEERS
from tests.benchmarks.peers.results import hold_to_the_reference, result_of


def warehouse(file: Path, base: str, kind: str = "DECIMAL(18, 6)") -> Path:
    with duckdb.connect(str(file)) as connection:
        connection.execute(f"CREATE TABLE observation AS SELECT unnest([{base}, 110.0])::{kind} AS value")
        connection.execute(f"CREATE TABLE growth AS SELECT unnest([NULL, 100 * (110.0 - {base}) / {base}])::DOUBLE AS growth_pct")
    return file


def test_the_first_year_has_a_fact_and_no_growth(tmp_path: Path) -> None:
    found = result_of(warehouse(tmp_path / "reference.duckdb", "100.0"))
    assert (found.facts, found.values, found.growths) == (2, 210, 1)
    assert found.growth == pytest.approx(10)


def test_a_peer_may_differ_by_rounding(tmp_path: Path) -> None:
    reference, peer = warehouse(tmp_path / "a.duckdb", "100.1"), warehouse(tmp_path / "b.duckdb", "100.10000000001", "DOUBLE")
    hold_to_the_reference("floats", peer, reference)


def test_a_tool_that_computes_something_else_is_no_peer(tmp_path: Path) -> None:
    reference, peer = warehouse(tmp_path / "a.duckdb", "100.0"), warehouse(tmp_path / "b.duckdb", "100.1")
    with pytest.raises(SystemExit, match="other is no peer"):
        hold_to_the_reference("other", peer, reference)


@pytest.mark.parametrize("script", PEERS.values())
def test_a_peer_writes_with_the_duckdb_of_the_project(script: str) -> None:
    pinned = {line for line in (HERE / f"{script}.txt").read_text().splitlines() if line.startswith("duckdb==")}
    project = (Path(__file__).parents[1] / "requirements.txt").read_text()
    assert pinned == {line.split()[0] for line in project.splitlines() if line.startswith("duckdb==")}
