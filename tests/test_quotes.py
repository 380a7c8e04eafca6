"""No damage to quotes ever loads a cell that was not written: properties on random tables."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from hai_ha_pipeline.reading.csv_file import ROW, Records, read_records
from hai_ha_pipeline.reading.descriptor import Dialect, Schema

HEADER = ["name", "figure", "note"]
SCHEMA = Schema.model_validate({"fields": [{"name": name} for name in HEADER]})
CELL = st.text(st.sampled_from('ab1 ,;"\n'), max_size=6)
TABLE = st.lists(st.lists(CELL, min_size=3, max_size=3).filter(lambda cells: any(cell.strip() for cell in cells)), min_size=1, max_size=6)


def written(rows: list[list[str]]) -> str:
    page = io.StringIO()
    csv.writer(page, lineterminator="\n").writerows([HEADER, *rows])
    return page.getvalue()


def read(text: str) -> Records:
    return read_records(text.encode(), "table.csv", "utf-8", Dialect(), SCHEMA)


@given(TABLE)
def test_what_a_csv_writer_wrote_comes_back_or_is_set_aside(rows: list[list[str]]) -> None:
    records = read(written(rows))
    loaded = [list(cells) for cells in records.cells.drop(ROW).rows()]
    assert set(records.damaged["rule"]) <= {"ambiguous-quote"}
    assert records.count == len(rows)
    missing = list(rows)
    for cells in loaded:
        missing.remove(cells)  # raises where a row loaded that nobody wrote
    assert len(missing) == records.damaged.height


@given(TABLE, st.integers(min_value=0, max_value=200))
def test_one_quote_too_many_never_loads_a_row_beside_it_wrongly(rows: list[list[str]], at: int) -> None:
    plain = [[cell.replace('"', "").replace("\n", " ").replace(",", ".") or "x" for cell in cells] for cells in rows]
    text = written(plain)
    body = len(",".join(HEADER)) + 1
    place = body + at % (len(text) - body)
    records = read(text[:place] + '"' + text[place:])
    for cells in records.cells.drop(ROW).rows():
        assert list(cells) in plain
