"""Source folders written to disk, for tests that read them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from hai_ha_pipeline.reading.archive import Archive
from hai_ha_pipeline.reading.ingest import Tables, ingest
from hai_ha_pipeline.reading.kept import Reading
from hai_ha_pipeline.reading.part import figures_of_part, recipes
from hai_ha_pipeline.transforms.figures import figure
from hai_ha_pipeline.transforms.series import judged_with_earlier
from tests.build import dim_area, dim_indicator, dim_unit

HEAD = """
name: pages
title: Pages of a district
contributors: [{title: The district, roles: [publisher]}]
licenses: [{name: other-closed, title: Facts are free}]
sources: [{title: The district, path: "https://example.org/"}]
"""
LONG = """
resources:
  - name: table
    path: table.csv
    dialect: {delimiter: ";"}
    schema:
      missingValues: ["", ".."]
      fields:
        - {name: what}
        - {name: when}
        - {name: figure, type: number, decimalChar: ",", groupChar: "."}
    hai-ha:
      layout: long
      language: de
      columns: {indicator: what, period: when, value: figure}
      constants: {area: 201, unit: billion VND}
      names: {indicator: {Produktion: output}, value: {keine: "0"}}
"""
DESCRIPTOR = HEAD + LONG
TABLE = "what;when;figure\noutput;2024;100\nProduktion;2024-S1;1.250,5\noutput_farms;2024;20\n"
DAY_1, DAY_2 = datetime(2026, 11, 24, 2, tzinfo=UTC), datetime(2026, 11, 25, 2, tzinfo=UTC)
STORED_DAY_1 = DAY_1.replace(tzinfo=None)  # UTC, as tables hold it


def write(folder: Path, files: dict[str, str]) -> Path:
    """A folder with these files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def source(sources: Path, name: str = "pages", descriptor: str = DESCRIPTOR, table: str = TABLE) -> Path:
    """A source with a descriptor and one table."""
    return write(sources / name, {"datapackage.yaml": descriptor, "table.csv": table})


def judge(statement: pl.DataFrame) -> pl.DataFrame:
    """Statements judged by the master data of `tests.build`."""
    return figure(statement, dim_indicator(), dim_area(), dim_unit())


@dataclass(frozen=True)
class Memory:
    """A shelf in memory."""

    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    def note(self, name: str, said: Any) -> None:
        self.notes[name] = said

    def noted(self, name: str) -> Any:
        return self.notes.get(name)

    def has(self, table: str) -> bool:
        return table in self.tables

    def write(self, table: str, rows: pl.DataFrame) -> None:
        self.tables[table] = rows

    def read(self, table: str, start: int = 0, length: int | None = None) -> pl.DataFrame:
        return self.tables[table].slice(start, length)


def all_in_one_part(figures: pl.DataFrame) -> pl.Series:
    return pl.Series("part", [0] * figures.height, pl.Int64)


def ingested(root: Path, now: datetime = DAY_1, shelf: Memory | None = None) -> Tables:
    """Everything under `root/sources`, read and judged."""
    reading = Reading(shelf or Memory(), "tests", judge, all_in_one_part)
    read = ingest(root / "sources", Archive(root / "archive"), reading, now)
    [recipe] = recipes(read.histories, 1)
    figure, earlier = judged_with_earlier(*figures_of_part(recipe, reading.shelf), dim_indicator(), dim_area(), dim_unit())
    return read.tables() | {"figure": figure, "earlier_figure": earlier}
