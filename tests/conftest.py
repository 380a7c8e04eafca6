"""What every test may use: the tables of the shipped sources, made once, and settings that keep properties repeatable."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import settings

from hai_ha_pipeline.reading.archive import Archive
from hai_ha_pipeline.reading.ingest import ingest
from hai_ha_pipeline.reading.reference import read_reference
from hai_ha_pipeline.storage.publish import publish
from hai_ha_pipeline.storage.stage import Stage
from hai_ha_pipeline.tables import PUBLISHED, REFERENCE, TABLES
from hai_ha_pipeline.transforms.figures import figure
from hai_ha_pipeline.transforms.series import judged_by_series
from tests.build import SHIPPED
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


def tables_of(sources: Path, archive: Path) -> Tables:
    """Every table of a folder of sources, by its name, made in this process without Dagster or DuckDB."""
    made = {name: read_reference(sources, name) for name in REFERENCE}
    of_master_data = [table for table in TABLES if set(table.needs) <= set(REFERENCE)]
    for table in of_master_data:
        made[table.name] = table.make(**{name: made[name] for name in table.needs})

    def judge(statement: pl.DataFrame) -> pl.DataFrame:
        return figure(statement, made["dim_indicator"], made["dim_area"], made["dim_unit"])

    def judge_together(figures: pl.DataFrame) -> pl.DataFrame:
        return judged_by_series(figures, made["dim_indicator"], made["dim_area"], made["dim_unit"])

    made |= ingest(sources, Archive(archive), judge, judge_together, NOW)
    for table in TABLES:
        if table.name not in made:
            made[table.name] = table.make(**{name: made[name] for name in table.needs})
    return made


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
