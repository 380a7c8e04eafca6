"""The same job with dlt and dbt-duckdb: `by_dlt_dbt.py IN.csv OUT.duckdb`, in an environment of its own.

dlt loads the CSV as Arrow tables, its fastest way, every cell a text; the dbt project beside this file makes dimensions, facts
and growth as tables with the SQL of `by_hand.py`. dbt runs in this process, so Python starts once. What dlt loaded stays.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import dlt
import pyarrow as pa
import pyarrow.csv
from dbt.cli.main import dbtRunner

COLUMNS = ("area", "indicator", "period", "value", "unit", "status")
PROJECT = Path(__file__).with_name("dbt")


def batches(export: str) -> Iterator[pa.Table]:
    """The rows of an export as printed, some megabytes at a time."""
    texts = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(COLUMNS, pa.string()))
    blocks = pyarrow.csv.ReadOptions(block_size=16 << 20)
    for batch in pyarrow.csv.open_csv(export, blocks, pyarrow.csv.ParseOptions(delimiter=";"), texts):
        yield pa.Table.from_batches([batch])


def build(export: str, database: str) -> None:
    """The warehouse of one export."""
    with tempfile.TemporaryDirectory(dir=Path(database).parent) as scratch:
        os.environ |= {
            "DLT_DATA_DIR": scratch,
            "RUNTIME__DLTHUB_TELEMETRY": "false",
            "DBT_DATABASE": database,
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        pipeline = dlt.pipeline("peer", pipelines_dir=scratch, destination=dlt.destinations.duckdb(database), dataset_name="raw")
        pipeline.run(dlt.resource(batches(export), name="printed"), write_disposition="replace").raise_on_failed_jobs()
        folders = {"project": PROJECT, "profiles": PROJECT}
        outputs = ["--target-path", f"{scratch}/target", "--log-path", f"{scratch}/logs"]
        done = dbtRunner().invoke(["run", *(part for name, at in folders.items() for part in (f"--{name}-dir", str(at))), *outputs])
        if not done.success:
            sys.exit(f"dbt failed: {done.exception or done.result}")


if __name__ == "__main__":
    build(*sys.argv[1:])
