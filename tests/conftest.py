"""What every test may use: the tables of the shipped sources, made once, and settings that keep properties repeatable."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import settings

from hai_ha_pipeline.orchestration.parts import parts_of, plan_of, reading_of
from hai_ha_pipeline.reading.archive import Archive
from hai_ha_pipeline.reading.ingest import ingest
from hai_ha_pipeline.reading.kept import Shelf
from hai_ha_pipeline.reading.part import figures_of_part
from hai_ha_pipeline.reading.reference import read_reference
from hai_ha_pipeline.storage.publish import publish
from hai_ha_pipeline.storage.stage import Stage
from hai_ha_pipeline.tables import BY_PART, PUBLISHED, REFERENCE, TABLES, tables_of_part
from hai_ha_pipeline.transforms.series import judged_with_earlier
from tests.build import SHIPPED
from tests.folders import Memory
from tests.overlays import overlay
from tests.s3 import serving

settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.load_profile("repeatable")

Tables = dict[str, pl.DataFrame]
S3_SERVER = (
    "moto==5.*", "boto3==1.*", "botocore==1.*", "s3transfer", "jmespath", "responses", "werkzeug==3.*", "py-partiql-parser",
    "flask==3.*", "flask-cors==6.*", "blinker", "itsdangerous",
)  # fmt: skip
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def tables_of(sources: Path, archive: Path, shelf: Shelf | None = None) -> Tables:
    """Every table of a folder of sources, by its name, made in this process without Dagster or DuckDB."""
    made: Tables = {name: read_reference(sources, name) for name in REFERENCE}
    for table in TABLES:
        if set(table.needs) <= made.keys() and not table.of_parts:
            made[table.name] = table.make(**{name: made[name] for name in table.needs})
    plan = plan_of(sources, made)
    reading = reading_of(plan, made, shelf or Memory())
    ingested = ingest(sources, Archive(archive), reading, NOW)
    parts = parts_of(ingested, plan)
    made |= ingested.tables() | {"part_recipe": parts} | tables_of_parts(parts, made, reading.shelf)
    for table in TABLES:
        if table.name not in made:
            made[table.name] = table.make(**{name: made[name] for name in table.needs})
    return made


def tables_of_parts(parts: pl.DataFrame, known: Tables, shelf: Shelf) -> Tables:
    """The tables that are made part by part, put together; the figures as well."""
    made = []
    for recipe in parts["recipe"]:
        judged = judged_with_earlier(
            *figures_of_part(json.loads(recipe), shelf), known["dim_indicator"], known["dim_area"], known["dim_unit"]
        )
        figures = dict(zip(("figure", "earlier_figure"), judged, strict=True))
        made.append(figures | {table.name: rows for table, rows in tables_of_part(known | figures)})
    together = {name: pl.concat([tables[name] for tables in made]) for name in made[0]}
    return together | {table.name: table.of_parts(together[table.name]) for table in BY_PART if table.of_parts}


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """The tables of the shipped sources."""
    return tables_of(SHIPPED, tmp_path_factory.mktemp("archive"))


@pytest.fixture(scope="session")
def warehouse(shipped: dict[str, pl.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published warehouse of the shipped sources."""
    folder = tmp_path_factory.mktemp("warehouse")
    stage = Stage(folder / "stage")
    tables = shipped | {"build": pl.DataFrame({"fingerprint": ["shipped sources"]})}
    for name in PUBLISHED:
        stage.write(name, tables[name])
    publish(folder / "hai_ha.duckdb", {name: [stage.path(name)] for name in PUBLISHED}, PUBLISHED)
    return folder / "hai_ha.duckdb"


@pytest.fixture(scope="session")
def s3_server(pytestconfig: pytest.Config) -> Iterator[dict[str, str]]:
    """The variables that lead to an S3-compatible server with the bucket `hai-ha`; without a network for installing it, a skip."""
    with serving(overlay(pytestconfig, *S3_SERVER)) as variables:
        yield variables


@pytest.fixture
def s3(s3_server: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an S3-compatible bucket that can be reached in this test."""
    for name, value in s3_server.items():
        monkeypatch.setenv(name, value)
    return "s3://hai-ha"


@pytest.fixture
def deltalake(pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> None:
    """The optional package deltalake; without a network for installing it, a skip."""
    monkeypatch.syspath_prepend(str(overlay(pytestconfig, "deltalake==1.*", "arro3-core", "deprecated", "wrapt")))
