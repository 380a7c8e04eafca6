"""Whole records that are no data all the same: blank, with control characters, the header again, or the same record again.

Each rule looks at all records by one cheap expression, and exactly only at those that it leaves.
"""

from collections.abc import Callable

import polars as pl

from hai_ha_pipeline.reading.header import Header
from hai_ha_pipeline.reading.records import LAST, ROW, SET_ASIDE

CONTROL = r"([\x01-\x08\x0B\x0C\x0E-\x1F\x7F-\u009F])"
CELLS = pl.exclude(ROW)


def without_doubtful(cells: pl.DataFrame, header: Header, *, has_controls: bool, may_repeat: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The records that are data, and those that are set aside; blank ones are neither."""
    cells = _without(cells, _blank(cells))
    rules: list[tuple[str, Callable[[pl.DataFrame], pl.DataFrame]]] = [
        *([("control-character", with_control_characters)] if has_controls else []),
        ("repeated-header", lambda rest: repeating_header(rest, header)),
        ("extra-cell", lambda rest: beside_the_table(rest, header)),
        *([] if may_repeat else [("duplicate-row", repeating_records)]),
    ]
    found = []
    for rule, doubtful_of in rules:
        doubtful = doubtful_of(cells)
        if not doubtful.is_empty():
            cells = _without(cells, doubtful)
            breaks = CELLS.exclude("reason").str.count_matches("\n", literal=True)
            found.append(doubtful.select(ROW, (pl.col(ROW) + pl.sum_horizontal(breaks)).alias(LAST), rule=pl.lit(rule), reason="reason"))
    return cells, pl.concat([pl.DataFrame(schema=SET_ASIDE), *found], how="vertical_relaxed")


def with_control_characters(cells: pl.DataFrame) -> pl.DataFrame:
    """Records that hold a character which no text does, e.g. a bell."""
    first = pl.concat_str(CELLS).str.extract(CONTROL)
    return cells.with_columns(reason=pl.format("the record holds the control character 0x{}", first.str.encode("hex"))).drop_nulls("reason")


def repeating_header(cells: pl.DataFrame, header: Header) -> pl.DataFrame:
    """Records that are the header again: after a page break, or where two exports were pasted together."""
    again = [_same_as(cells, row) for row in header.rows if any(row)]
    repeated = pl.concat([cells.clear(), *again]).unique(maintain_order=True)
    return repeated.with_columns(reason=pl.lit("the record is the header again: a page break, or two exports in one file"))


def beside_the_table(cells: pl.DataFrame, header: Header) -> pl.DataFrame:
    """Records with text in a column that has no name."""
    nameless = [pl.col(str(place)).str.strip_chars() for place, name in enumerate(header.names) if not name]
    if not nameless:
        return cells.clear().with_columns(reason=pl.lit(""))
    beside = pl.concat_str(nameless, separator=" ").str.strip_chars()
    reason = pl.format("the record holds '{}' in a column that has no name in the header", beside)
    return cells.filter(beside != "").with_columns(reason=reason)


def repeating_records(cells: pl.DataFrame) -> pl.DataFrame:
    """Records that are the same in every cell as an earlier one."""
    hashes = cells.drop(ROW).hash_rows()
    if hashes.n_unique() == cells.height:
        return cells.clear().with_columns(reason=pl.lit(""))
    candidates = cells.filter(hashes.is_duplicated())  # equal hashes prove nothing, so the cells themselves decide
    first = pl.col(ROW).first().over(candidates.columns[1:])
    return candidates.with_columns(reason=pl.format("the record is the same in every cell as the one on line {}", first)).filter(
        pl.col(ROW) != first
    )


def _blank(cells: pl.DataFrame) -> pl.DataFrame:
    suspects = cells.filter(pl.nth(1).str.strip_chars() == "")
    return suspects.filter(pl.all_horizontal(CELLS.str.strip_chars() == ""))


def _same_as(cells: pl.DataFrame, row: list[str]) -> pl.DataFrame:
    """The records whose cells are those of a row of the header."""
    telling = next(place for place, name in enumerate(row) if name)
    suspects = cells.filter(pl.col(str(telling)).str.strip_chars() == row[telling])
    return suspects.filter(pl.all_horizontal(pl.col(str(place)).str.strip_chars() == name for place, name in enumerate(row)))


def _without(cells: pl.DataFrame, doubtful: pl.DataFrame) -> pl.DataFrame:
    return cells if doubtful.is_empty() else cells.filter(~pl.col(ROW).is_in(doubtful[ROW].implode()))
