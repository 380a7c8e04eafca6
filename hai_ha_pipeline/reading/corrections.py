"""The publisher's known errors, as data: `corrections.csv` beside a descriptor.

Each line says which cell, what stands there, what to read instead, and the evidence. A cell that no longer holds what
the line expects fails the source: the publisher has changed the figure, so the correction must be judged again.
"""

from pathlib import Path

import polars as pl

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.csv_file import ROW, read_plain

FILE_NAME = "corrections.csv"
COLUMNS = ("file", "row", "column", "expected", "corrected", "reason", "since")


def read_corrections(folder: Path) -> pl.DataFrame:
    """The corrections of a source, one row a cell, columns as in `COLUMNS`; no file means no correction."""
    path = folder / FILE_NAME
    where = f"sources/{folder.name}/{FILE_NAME}"
    if not path.exists():
        return pl.DataFrame(schema={name: pl.Int64 if name == "row" else pl.String for name in COLUMNS})
    corrections = read_plain(path.read_bytes(), where, COLUMNS)
    unfounded = corrections.filter(pl.any_horizontal(pl.col("reason", "since") == ""))
    if not unfounded.is_empty():
        raise SourceError(
            where, f"the correction of {unfounded['expected'][0]!r} has no reason or no date", "write the evidence, and since when"
        )
    if corrections.select("file", "row", "column").is_duplicated().any():
        raise SourceError(where, "a cell is corrected twice", "keep one line for each cell")
    numbered = corrections.with_columns(pl.col("row").cast(pl.Int64, strict=False))
    if numbered["row"].has_nulls():
        raise SourceError(where, "a row is no line number", "write the line of the file, the header being line 1")
    return numbered


def corrected(cells: pl.DataFrame, corrections: pl.DataFrame, where: str) -> pl.DataFrame:
    """The cells of a file with its corrections applied.

    Raises `SourceError` where a cell does not hold what its correction expects.
    """
    for line in corrections.iter_rows(named=True):
        column, row = line["column"], line["row"]
        found = cells.filter(pl.col(ROW) == row)[column].str.strip_chars().to_list() if column in cells.columns else []
        if found != [line["expected"]]:
            stands = f"holds {found[0]!r}" if found else "does not exist"
            raise SourceError(
                f"{where}, row {row}, column {column!r}",
                f"a correction expects {line['expected']!r}, but the cell {stands}",
                "the publisher has changed the figure: check it, then adapt or delete the line in corrections.csv",
            )
        here = pl.col(ROW) == row
        cells = cells.with_columns(pl.when(here).then(pl.lit(line["corrected"])).otherwise(pl.col(column)).alias(column))
    return cells
