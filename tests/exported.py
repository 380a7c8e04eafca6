"""What the tests of the exports share: a built database of given tables, and its exports. No test stands here."""

from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl

from hai_ha_pipeline.exports.write import write_exports
from hai_ha_pipeline.storage.views import VIEWS
from hai_ha_pipeline.tables import PUBLISHED
from tests.conftest import Tables


def built(tables: Tables, folder: Path) -> Path:
    """A database of the tables, as publishing leaves it: a finished file that nobody writes to."""
    database = folder / "hai_ha.duckdb"
    with closing(duckdb.connect(str(database))) as connection:
        for schema in ("core", "marts"):
            connection.execute(f"CREATE SCHEMA {schema}")
        for name, (schema, _) in PUBLISHED.items():
            if schema != "audit":
                connection.register("rows_of_it", tables[name].to_arrow())
                connection.execute(f"CREATE TABLE {schema}.{name} AS FROM rows_of_it")
        for view in VIEWS:
            connection.execute(f"CREATE VIEW {view.name} AS {view.query}")
    return database


def exported(tables: Tables, folder: Path) -> Path:
    """The folder `exports/` of a database of the tables."""
    write_exports(built(tables, folder), folder)
    return folder / "exports"


def sheet(exports: Path, name: str) -> pl.DataFrame:
    """A CSV for spreadsheets, every cell as text."""
    return pl.read_csv(exports / "csv" / f"{name}.csv", infer_schema=False)
