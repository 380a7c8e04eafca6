"""What reading a file gives: its records, and those of them that are set aside. Nothing here reads.

The names of our own columns begin with `@`; no publisher names a column so.
"""

from dataclasses import dataclass

import polars as pl

ROW, BYTE, LAST = "@row", "@byte", "@last"
DAMAGED = {ROW: pl.Int64, BYTE: pl.Int64, "text": pl.String, "rule": pl.String, "reason": pl.String}
SET_ASIDE = {ROW: pl.Int64, LAST: pl.Int64, "rule": pl.String, "reason": pl.String}


@dataclass(frozen=True)
class Records:
    """The records of one file.

    `cells` has the line on which each begins (`ROW`) and one text column a used field; `damaged` has those set aside, with
    line, byte offset, text, rule and reason; `header` has the names of all columns of the file.
    """

    cells: pl.DataFrame
    damaged: pl.DataFrame
    header: list[str]

    @property
    def count(self) -> int:
        """How many records the file holds, readable or not."""
        return self.cells.height + self.damaged.height


def set_aside(rows: list[tuple[int, int, str, str]]) -> pl.DataFrame:
    """Records to set aside: the first and the last line of each, its rule, and the reason."""
    return pl.DataFrame(rows, schema=SET_ASIDE, orient="row")
