"""How well our reader, DuckDB, Polars and pandas load damaged CSV files: `python -m tests.benchmarks.pollock CORPORA`.

CORPORA is the folder with `pollock.tar.xz` (the Pollock data-loading benchmark: 2,290 polluted files with their parameters and
their truth) and its scorer `pollock_score.py`; it is not part of this project. Each reader is told the same parameters of each
file. pandas takes part where it is installed (`pip install pandas`).
"""

import csv
import json
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.descriptor import Resource
from hai_ha_pipeline.reading.records import ROW, Records
from hai_ha_pipeline.reading.table_file import read_table

Rows = list[list[str]]
Reader = Callable[[Path, dict[str, Any]], Rows]


def names_of(parameters: dict[str, Any]) -> list[str]:
    """The names of the columns; only a file without a header has invented ones."""
    return parameters["column_names"] or [f"column {place}" for place in range(1, max(parameters["n_columns"], 1) + 1)]


def resource_of(parameters: dict[str, Any]) -> Resource:
    """The descriptor's resource for a file with these parameters."""
    names = names_of(parameters)
    quote, escape, first = parameters["quotechar"] or '"', parameters["escapechar"], parameters["preamble_lines"] + 1
    dialect = {
        "delimiter": parameters["delimiter"] or ",",
        "quoteChar": quote,
        "doubleQuote": escape == quote,
        "skipInitialSpace": parameters["delimiter"] != " ",
        "header": parameters["header_lines"] > 0,
        "headerRows": [*range(first, first + max(parameters["header_lines"], 1))],
        "commentRows": [*range(1, first)],
    }
    if escape and escape != quote:
        dialect["escapeChar"] = escape
    value = names[0]
    return Resource.model_validate(
        {
            "name": "polluted",
            "path": "polluted.csv",
            "encoding": parameters["encoding"],
            "dialect": dialect,
            "schema": {"fields": [{"name": name} for name in names]},
            "hai-ha": {"columns": {"value": value}, "constants": {"indicator": "any", "area": "any", "period": "2024"}},
        }
    )


def records_of(file: Path, parameters: dict[str, Any]) -> Records:
    """The records of a file as this project reads it."""
    resource = resource_of(parameters)
    assert resource.statement
    return read_table(file.read_bytes(), file.name, resource, resource.statement)


def by_hai_ha(file: Path, parameters: dict[str, Any]) -> Rows:
    """This project: what a source with this descriptor would load."""
    cells = records_of(file, parameters).cells.drop(ROW)
    header = [cells.columns] if parameters["header_lines"] else []
    return [*header, *map(list, cells.iter_rows())]


def by_duckdb(file: Path, parameters: dict[str, Any]) -> Rows:
    """DuckDB, told the names of the columns and to load what it can."""
    columns = dict.fromkeys(names_of(parameters), "VARCHAR")
    options = {
        "columns": columns,
        "delim": parameters["delimiter"] or ",",
        "quote": parameters["quotechar"] or '"',
        "escape": parameters["escapechar"],
        "header": parameters["header_lines"] > 0,
        "skip": parameters["preamble_lines"] + max(parameters["header_lines"] - 1, 0),
    }
    given = ", ".join(f"{name} = ${name}" for name in options)
    query = f"FROM read_csv($file, {given}, auto_detect = false, null_padding = true, strict_mode = false, ignore_errors = true, parallel = false)"
    rows = duckdb.connect().execute(query, {"file": str(file), **options}).fetchall()
    return [*([[*columns]] if parameters["header_lines"] else []), *([cell or "" for cell in row] for row in rows)]


def by_polars(file: Path, parameters: dict[str, Any]) -> Rows:
    """Polars, told the names of the columns and to load what it can."""
    names = names_of(parameters)
    frame = pl.read_csv(
        file,
        separator=parameters["delimiter"] or ",",
        quote_char=parameters["quotechar"] or '"',
        has_header=False,
        schema=dict.fromkeys(names, pl.String),
        skip_rows=parameters["preamble_lines"] + parameters["header_lines"],
        ignore_errors=True,
        truncate_ragged_lines=True,
        extra_columns="ignore",
        missing_columns="insert",
    ).fill_null("")
    return [*([names] if parameters["header_lines"] else []), *map(list, frame.iter_rows())]


def by_pandas(file: Path, parameters: dict[str, Any]) -> Rows:
    """pandas, told the names of the columns and to skip what it cannot read."""
    import pandas as pd  # noqa: PLC0415  # type: ignore[import-not-found,unused-ignore]

    frame = pd.read_csv(
        file,
        sep=parameters["delimiter"] or ",",
        quotechar=parameters["quotechar"] or '"',
        escapechar=None if parameters["escapechar"] in {"", parameters["quotechar"]} else parameters["escapechar"],
        header=None,
        names=names_of(parameters),
        index_col=False,
        skiprows=parameters["preamble_lines"] + parameters["header_lines"],
        dtype=str,
        keep_default_na=False,
        on_bad_lines="skip",
        engine="python" if len(parameters["delimiter"]) > 1 else "c",
    )
    return [*([[*frame.columns]] if parameters["header_lines"] else []), *frame.fillna("").to_numpy().tolist()]


READERS: dict[str, Reader] = {"hai-ha": by_hai_ha, "DuckDB": by_duckdb, "Polars": by_polars, "pandas": by_pandas}


def files_of(polluted: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The polluted files, each with its parameters."""
    for file in sorted((polluted / "csv").iterdir()):
        yield file, json.loads((polluted / "parameters" / f"{file.name}_parameters.json").read_text())


def unpacked(corpora: Path, into: Path) -> Path:
    """The polluted files, unpacked."""
    with tarfile.open(corpora / "pollock.tar.xz") as packed:
        packed.extractall(into, filter="data")
    return into / "polluted_files"


def convert(polluted: Path, read: Reader, into: Path) -> None:
    """Write what a reader loads of each file; one that it refuses has no conversion."""
    into.mkdir()
    for file, parameters in files_of(polluted):
        try:
            rows = read(file, parameters)
        except (SourceError, duckdb.Error, pl.exceptions.PolarsError, ValueError):
            continue
        with (into / f"{file.name}_converted.csv").open("w", newline="", encoding="utf-8") as converted:
            csv.writer(converted, quoting=csv.QUOTE_ALL).writerows(rows)


def records_unaccounted(polluted: Path) -> dict[str, int]:
    """Files of which lines below the header are neither loaded nor set aside, with how many; in Pollock no cell holds a line break.

    A file that is refused whole is accounted for by its error.
    """
    unaccounted = {}
    for file, parameters in files_of(polluted):
        try:
            records = records_of(file, parameters)
        except SourceError:
            continue
        lines = file.read_text(encoding=parameters["encoding"]).splitlines()[parameters["preamble_lines"] + parameters["header_lines"] :]
        below = records.damaged.filter(pl.col("rule") != "incorrect-label")
        taken = records.cells.height + int((below["text"].str.count_matches("\n") + 1).sum())
        if left := sum(1 for line in lines if line.strip(parameters["delimiter"] + " ")) - taken:
            unaccounted[file.name] = left
    return unaccounted


def score(corpora: Path, polluted: Path, converted: Path) -> dict[str, float]:
    """What the benchmark's scorer says of the conversions."""
    command = [sys.executable, str(corpora / "pollock_score.py"), str(polluted), str(converted)]
    line = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {name: float(value) for name, value in (part.split("=") for part in line.split())}


def main() -> None:
    """Print a row for each reader."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: {__doc__}")
    corpora = Path(sys.argv[1]).resolve()
    print(f"{'reader':<8} {'simple':>7} {'weighted':>8} {'refused':>7} {'silently wrong':>14} {'rows lost':>9} {'seconds':>7}")
    with tempfile.TemporaryDirectory() as folder:
        polluted = unpacked(corpora, Path(folder))
        for name, read in READERS.items():
            began = time.perf_counter()
            try:
                convert(polluted, read, Path(folder) / name)
            except ImportError as error:
                print(f"{name:<8} not measured: {error}")
                continue
            seconds = time.perf_counter() - began
            found = score(corpora, polluted, Path(folder) / name)
            print(
                f"{name:<8} {found['simple']:>7.3f} {found['weighted']:>8.3f} {found['refused']:>7.0f}"
                f" {found['silent_files']:>14.0f} {found['lost_rows']:>9.0f} {seconds:>7.1f}"
            )
        print(f"hai-ha: records that are neither loaded nor set aside: {sum(map(abs, records_unaccounted(polluted).values()))}")


if __name__ == "__main__":
    main()
