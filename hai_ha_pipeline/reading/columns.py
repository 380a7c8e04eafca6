"""From whole records to columns of text, named by their position: `0`, `1`, ...

Strict in width: a record with more or fewer cells is told, never padded or cut.
"""

import polars as pl
import pyarrow as pa
import pyarrow.csv

from hai_ha_pipeline.reading.descriptor import Dialect
from hai_ha_pipeline.reading.quotes import cells_of

BLOCK, LARGEST_BLOCK = 4 * 1024 * 1024, 2**31 - 1
Wrong = dict[int, int]  # position of a record of another width: how many cells it has


def is_common(dialect: Dialect) -> bool:
    """Whether the table reader knows this dialect; all others are split record by record."""
    return len(dialect.delimiter) == 1 and dialect.escape_char is None


def parsed(block: bytes | memoryview, dialect: Dialect, width: int, *, lines_in_cells: bool) -> tuple[pl.DataFrame, Wrong]:
    """The cells of a block of whole records, one a line except for line breaks in quoted cells."""
    if not block:
        return _empty(width), {}
    wrong: Wrong = {}
    try:
        cells = _read(block, dialect, width, wrong, lines_in_cells=lines_in_cells, use_threads=len(block) > BLOCK)
        if wrong and len(block) > BLOCK:  # only a single thread counts the records
            wrong.clear()
            cells = _read(block, dialect, width, wrong, lines_in_cells=lines_in_cells, use_threads=False)
    except pa.ArrowInvalid as error:
        if "straddling" not in str(error):
            raise
        wrong.clear()
        cells = _read(block, dialect, width, wrong, lines_in_cells=lines_in_cells, use_threads=False, block_size=LARGEST_BLOCK)
    if dialect.skip_initial_space:
        cells = cells.with_columns(pl.all().str.strip_chars_start(" "))
    return cells, wrong


def split_one_by_one(records: pl.Series, dialect: Dialect, width: int) -> tuple[pl.DataFrame, Wrong]:
    """The cells of whole records of an uncommon dialect; a blank record has blank cells."""
    rows = [cells_of(record, dialect) or [] if record else [""] * width for record in records]
    wrong = {place: len(row) for place, row in enumerate(rows) if len(row) != width}
    right = [row for row in rows if len(row) == width]
    return pl.DataFrame(right, schema=_empty(width).schema, orient="row") if right else _empty(width), wrong


def _read(
    block: bytes | memoryview,
    dialect: Dialect,
    width: int,
    wrong: Wrong,
    *,
    lines_in_cells: bool,
    use_threads: bool,
    block_size: int = BLOCK,
) -> pl.DataFrame:
    def set_aside(invalid: "pyarrow.csv.InvalidRow") -> str:
        wrong[(invalid.number or 1) - 1] = invalid.actual_columns
        return "skip"

    names = [str(place) for place in range(width)]
    table = pyarrow.csv.read_csv(
        pa.BufferReader(block),
        read_options=pyarrow.csv.ReadOptions(use_threads=use_threads, column_names=names, block_size=min(block_size, len(block) + 1)),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=dialect.delimiter,
            quote_char=dialect.quote_char,
            double_quote=dialect.double_quote,
            newlines_in_values=lines_in_cells,
            ignore_empty_lines=False,
            invalid_row_handler=set_aside,
        ),
        convert_options=pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
    )
    return _with_constants(pl.DataFrame(pl.from_arrow(table, rechunk=False)))


def _with_constants(cells: pl.DataFrame) -> pl.DataFrame:
    """The same cells; a column that says the same in every record, as a unit does, is one value from here on."""
    if cells.is_empty():
        return cells
    is_constant = cells.select((pl.all() == pl.all().first()).all()).row(0)
    constants = {name: pl.lit(cells[name][0], pl.String) for name, same in zip(cells.columns, is_constant, strict=True) if same}
    return cells.with_columns(**constants)


def _empty(width: int) -> pl.DataFrame:
    return pl.DataFrame(schema={str(place): pl.String for place in range(width)})
