"""A warehouse whose large tables come in eight parts of two areas each, made without Polars so that processes that are killed can publish it.

`python -m tests.parted_warehouse ROOT` publishes one changed part, killed with SIGKILL one step later each time; a line of JSON for each kill.
"""

import hashlib
import json
import shutil
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pandera.polars as pa

from hai_ha_pipeline.contracts.types import DAY, Contract
from hai_ha_pipeline.storage.generations import Generations
from hai_ha_pipeline.storage.parts import Parts
from hai_ha_pipeline.storage.publish import Published, publish
from hai_ha_pipeline.storage.quoting import quoted
from tests.crash import MOST, dies_at, in_a_new_process

PARTS = 8
Row = tuple[int, int, int | None]
"""Which of the part's two areas, which version of it, and the value."""


class DimArea(Contract):
    """One row is one version of an area."""

    area_key: int = pa.Field(description="Key.")
    area_code: str = pa.Field(description="Code.")


class Fact(Contract):
    """One row is one figure."""

    area_key: int = pa.Field(description="The version.")
    value: int = pa.Field(nullable=True, description="The value; it's a number.")


class GrowthHistory(Contract):
    """One row is one figure, as known from a day on."""

    area_code: str = pa.Field(nullable=True, description="The area.")
    value: int = pa.Field(nullable=True, description="The value.")
    known_from: DAY = pa.Field(description="First day.")
    known_to: DAY = pa.Field(nullable=True, description="Last day.")


class Build(Contract):
    """One row is what this was built from."""

    fingerprint: str = pa.Field(description="Hash.")


TABLES: dict[str, tuple[str, type[Contract]]] = {
    "build": ("audit", Build),
    "dim_area": ("core", DimArea),
    "fact": ("core", Fact),
    "growth_history": ("marts", GrowthHistory),
}
CUT = frozenset({"fact", "growth_history"})


def codes(part: int) -> list[str]:
    """The areas of a part."""
    return [f"{part}a", f"it's {part}b"]


def parts_of(figures: list[list[Row]]) -> Parts:
    """How the tables are cut, and what each part is made from."""
    keys = [hashlib.sha256(json.dumps(rows).encode()).hexdigest() for rows in figures]
    return Parts("area", keys, [codes(part) for part in range(len(figures))], CUT)


def stage(folder: Path, figures: list[list[Row]], fingerprint: str = "same") -> dict[str, list[Path]]:
    """The Parquet files of the figures of each part. An area has the versions of which there are figures."""
    folder.mkdir(parents=True, exist_ok=True)
    flat = [(part, area, version, value) for part, rows in enumerate(figures) for area, version, value in rows]
    with closing(duckdb.connect()) as connection:
        connection.execute("CREATE TABLE code AS SELECT unnest(?) AS part, unnest(?) AS area, unnest(?) AS area_code", [
            [part for part in range(len(figures)) for _ in (0, 1)], [0, 1] * len(figures), [code for part in range(len(figures)) for code in codes(part)],
        ])  # fmt: skip
        connection.execute("CREATE TABLE figure (part INTEGER, area INTEGER, version BIGINT, value BIGINT)")
        if flat:
            connection.executemany("INSERT INTO figure VALUES (?, ?, ?, ?)", flat)
        key = "(part * 100 + area * 10 + version)::BIGINT"
        of_all = "FROM figure JOIN code USING (part, area)"
        sql = {
            "build": f"SELECT '{quoted(fingerprint)}' AS fingerprint",
            "dim_area": f"SELECT DISTINCT {key} AS area_key, area_code {of_all} ORDER BY ALL",
            "fact": f"SELECT {key} AS area_key, value {of_all}",
            "growth_history": f"SELECT area_code, value, DATE '2024-01-01' AS known_from, NULL::DATE AS known_to {of_all}",
        }
        files: dict[str, list[Path]] = {}
        for name, rows in sql.items():
            cut = name in CUT
            files[name] = [folder / f"{name}{part}.parquet" for part in range(len(figures) if cut else 1)]
            for part, file in enumerate(files[name]):
                where = f"WHERE part = {part}" if cut else ""
                connection.execute(f"COPY ({rows} {where}) TO '{file}' (FORMAT parquet)")
    return files


def publish_parts(database: Path, figures: list[list[Row]], fingerprint: str = "same") -> Published:
    """Publish these figures, part by part."""
    files = stage(database.parent.parent / "stage", figures, fingerprint)
    return publish(database, files, TABLES, parts=parts_of(figures))


def figures_of(number: int) -> list[list[Row]]:
    """Figures of which the third part says a number."""
    return [[(0, 0, part), (1, 0, number if part == 2 else part)] for part in range(PARTS)]


def said(database: Path) -> dict[str, Any]:
    """What a reader finds: the number, as each table says it, and what is wrong with the files."""
    with closing(duckdb.connect(str(database), read_only=True)) as connection:
        numbers = [
            connection.execute(f"SELECT value FROM {table} WHERE {row}").fetchall()
            for table, row in (("core.fact", "area_key = 210"), ("marts.growth_history", "area_code = 'it''s 2b'"))
        ]
        rows = connection.execute("SELECT count(*) FROM core.fact").fetchall()[0][0]
    generations = Generations(database)
    current = generations.current()
    manifest = generations.manifest(current) if current else None
    problems = manifest.problems(generations.path(manifest.generation)) if manifest else ["no manifest"]
    return {"says": numbers[0][0][0], "problems": problems + ([] if numbers[0] == numbers[1] and rows == 2 * PARTS else [str(numbers)])}


def _replace_one(database: Path) -> None:
    assert publish_parts(database, figures_of(1000)).replaced == [2]


def main() -> None:
    """Kill at the first step, then at the second, each time from the same start, until nothing is left to be killed."""
    root = Path(sys.argv[1])
    database, note, start = root / "warehouse" / "parted.duckdb", root / "note", root / "start"
    publish_parts(database, figures_of(28))
    shutil.copytree(database.parent, start, symlinks=True)
    for step in range(1, MOST):
        died = dies_at(step, database.parent, partial(_replace_one, database), note)
        found = in_a_new_process(partial(said, database))
        print(json.dumps({"step": step, "killed_at": note.read_text() if died else None, **found}))
        if not died:
            return
        shutil.rmtree(database.parent)
        shutil.copytree(start, database.parent, symlinks=True)


if __name__ == "__main__":
    main()
