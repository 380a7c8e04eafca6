"""No damage ever loads a record that was not written: properties on random tables, and worked examples of dialects."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hai_ha_pipeline.reading.csv_file import BYTE, ROW, Records, read_records
from hai_ha_pipeline.reading.descriptor import Dialect, Schema
from hai_ha_pipeline.reading.quotes import cells_of

HEADER_LINE = "name,figure,note\n"
SCHEMA = Schema.model_validate({"fields": [{"name": name} for name in HEADER_LINE.strip().split(",")]})
Rows = list[list[str]]


def tables(letters: str) -> st.SearchStrategy[Rows]:
    cell = st.text(st.sampled_from(letters), max_size=6)
    row = st.lists(cell, min_size=3, max_size=3).filter(lambda cells: any(cell.strip() for cell in cells))
    return st.lists(row, min_size=1, max_size=6, unique_by=tuple)


TABLE, PLAIN_TABLE = tables('ab1 ,;"\n'), tables("ab1 ;")
PLACE = st.integers(min_value=0, max_value=200)


def written(rows: Rows, quoting: Any = csv.QUOTE_MINIMAL) -> str:
    page = io.StringIO()
    csv.writer(page, lineterminator="\n", quoting=quoting).writerows(rows)
    return page.getvalue()


def read(body: str, **dialect: Any) -> Records:
    return read_records((HEADER_LINE + body).encode(), "table.csv", "utf-8", Dialect.model_validate(dialect), SCHEMA)


def loaded(records: Records) -> Rows:
    return [list(cells) for cells in records.cells.drop(ROW).rows()]


def broken(rows: Rows, at: int) -> tuple[int, list[str], int]:
    """A row to damage, the lines of all, and a place in its line."""
    lines = [",".join(row) for row in rows]
    hit = at % len(lines)
    return hit, lines, at // len(lines) % (len(lines[hit]) + 1)


def assert_set_aside_alone(rows: Rows, lines: list[str], hit: int, rule: str) -> None:
    """All rows but one load, and that one is set aside with its line, byte offset and text."""
    records = read("\n".join(lines) + "\n")
    assert loaded(records) == rows[:hit] + rows[hit + 1 :]
    offset = len("\n".join([HEADER_LINE.strip(), *lines[:hit], ""]).encode())
    assert records.damaged.drop("reason").rows() == [(hit + 2, offset, lines[hit], rule)]


@given(TABLE)
def test_what_a_csv_writer_wrote_comes_back_or_is_set_aside(rows: Rows) -> None:
    records = read(written(rows))
    assert set(records.damaged["rule"]) <= {"ambiguous-quote"}
    assert records.count == len(rows)
    missing = list(rows)
    for cells in loaded(records):
        missing.remove(cells)  # raises where a record loaded that nobody wrote
    assert len(missing) == records.damaged.height


@given(PLAIN_TABLE, PLACE, st.sampled_from([('"', "quote-error"), (",", "extra-cell")]))
def test_a_quote_or_delimiter_too_many_costs_its_own_record_alone(rows: Rows, at: int, mark: tuple[str, str]) -> None:
    hit, lines, place = broken(rows, at)
    lines[hit] = lines[hit][:place] + mark[0] + lines[hit][place:]
    assert_set_aside_alone(rows, lines, hit, mark[1])


@given(PLAIN_TABLE, PLACE)
def test_a_delimiter_too_few_costs_its_own_record_alone(rows: Rows, at: int) -> None:
    hit, lines, place = broken(rows, at)
    lines[hit] = ",".join(rows[hit][:2]) + rows[hit][2] if place % 2 else rows[hit][0] + ",".join(rows[hit][1:])
    assert_set_aside_alone(rows, lines, hit, "missing-cell")


@given(PLAIN_TABLE, PLACE)
def test_a_line_break_too_few_costs_the_two_records_that_it_joins(rows: Rows, at: int) -> None:
    hit, lines, _ = broken([*rows, ["last", "", ""]], at)
    if hit < len(rows):
        lines[hit : hit + 2] = [lines[hit] + lines[hit + 1]]
        rest = [*rows, ["last", "", ""]]
        rest[hit : hit + 2] = [["both"]]
        assert_set_aside_alone(rest, lines, hit, "extra-cell")


@given(PLAIN_TABLE, PLACE)
def test_a_line_break_too_many_never_damages_in_silence(rows: Rows, at: int) -> None:
    """In the first or last cell it leaves a record of the right width, which nobody can tell; the rest beside it is set aside."""
    hit, lines, place = broken(rows, at)
    pieces = lines[hit][:place], lines[hit][place:]
    records = read("\n".join([*lines[:hit], *pieces, *lines[hit + 1 :]]) + "\n")
    set_aside = records.damaged["text"].to_list()
    for row in rows[:hit] + rows[hit + 1 :]:
        assert row in loaded(records) or ",".join(row) in set_aside
    for cells in loaded(records):
        if cells not in rows:
            one, other = pieces if ",".join(cells) == pieces[0] else pieces[::-1]
            assert (one, other in set_aside or not other.strip()) == (",".join(cells), True)


@given(tables('ab1 "\n'), PLACE, st.booleans(), st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_one_quote_too_many_or_too_few_never_loads_a_row_that_was_not_written(rows: Rows, at: int, is_lost: bool, quoting: Any) -> None:
    text = written(rows, quoting)
    place = at % len(text)
    damaged = text[:place] + text[place + 1 :] if is_lost and text[place] == '"' else text[:place] + '"' + text[place:]
    records = read(damaged)
    assert all(cells in rows for cells in loaded(records))
    before = 0
    for row, line in zip(rows, (written([row], quoting) for row in rows), strict=True):
        is_hit = before <= place < before + len(line)
        assert is_hit or row in loaded(records) or line.rstrip("\n") in "\n".join(records.damaged["text"])
        before += len(line)
    for byte, set_aside in records.damaged.select(BYTE, "text").iter_rows():
        assert (HEADER_LINE + damaged).encode()[byte:].startswith(set_aside.encode())


@given(TABLE)
def test_cells_are_split_as_python_splits_them(rows: Rows) -> None:
    for row in rows:
        assert cells_of(written([row]).removesuffix("\n"), Dialect()) == row


def test_a_record_of_several_lines_right_behind_a_damaged_quote_is_not_trusted() -> None:
    """A line end that became a quote: `;"` and `"r3` were two cells, and the second must not load with a quote before its name."""
    records = read('"r1","1",""\n"r2","317",";\n"""""r3","970","\n"\n"r4","4",""\n')
    assert loaded(records) == [["r1", "1", ""], ["r4", "4", ""]]
    assert records.damaged.select(ROW, "rule").rows() == [(3, "quote-error"), (4, "ambiguous-quote")]


@pytest.mark.parametrize(
    ("record", "dialect", "cells"),
    [
        (r'"a \"b\" c",1,', {"escapeChar": "\\"}, ['a "b" c', "1", ""]),
        (r"a\,b,1,\"x", {"escapeChar": "\\"}, ["a,b", "1", '"x']),
        (r"C:\temp,8\'9,\\", {"escapeChar": "\\"}, [r"C:\temp", r"8\'9", "\\"]),
        ('"two\\\nlines",1,', {"escapeChar": "\\"}, ["two\\\nlines", "1", ""]),
        ("a, b, 1,5, c", {"delimiter": ", "}, ["a", "b", "1,5", "c"]),
        ('"a, b", 1,, "c"', {"delimiter": ", "}, ["a, b", "1,", "c"]),
        ("a||b|||", {"delimiter": "||"}, ["a", "b", "|"]),
        ('a,  "b, c",   1 ', {"skipInitialSpace": True}, ["a", "b, c", "1 "]),
        ("'it''s';1", {"delimiter": ";", "quoteChar": "'"}, ["it's", "1"]),
        ('"a|b"|c', {"delimiter": "|"}, ["a|b", "c"]),
        ("a\tb\t", {"delimiter": "\t"}, ["a", "b", ""]),
    ],
)
def test_a_dialect_says_where_cells_begin_and_end(record: str, dialect: dict[str, Any], cells: list[str]) -> None:
    fields = {"fields": [{"name": str(place)} for place in range(len(cells))]}
    given_dialect = Dialect.model_validate({"header": False, **dialect})
    records = read_records(record.encode(), "table.csv", "utf-8", given_dialect, Schema.model_validate(fields))
    assert cells_of(record, given_dialect) == cells
    assert [list(row) for row in records.cells.drop(ROW).rows()] == [cells]


@pytest.mark.parametrize(
    ("record", "dialect"),
    [
        (r'"a \"b" c",1,2', {"escapeChar": "\\"}),
        (r'"a ""b"" c",1,2', {"escapeChar": "\\"}),
        (r'a "b\" c,1,2', {"escapeChar": "\\"}),
        ('"a ""b"" c",1,2', {"doubleQuote": False}),
        ('"a" ,1,2', {"skipInitialSpace": True}),
        (' "a",1,2', {}),
    ],
)
def test_a_quote_that_the_dialect_does_not_know_is_an_error(record: str, dialect: dict[str, Any]) -> None:
    records = read(f"{record}\nb,1,2\n", **dialect)
    assert (loaded(records), records.damaged["rule"].to_list()) == ([["b", "1", "2"]], ["quote-error"])


def test_a_record_of_many_blanks_is_judged_at_once() -> None:
    wide = Schema.model_validate({"fields": [{"name": str(place)} for place in range(300)]})
    dialect = Dialect.model_validate({"header": False, "skipInitialSpace": True})
    records = read_records((" ,  " * 299 + '"x"y').encode(), "table.csv", "utf-8", dialect, wide)
    assert records.damaged["rule"].to_list() == ["quote-error"]


@pytest.mark.parametrize("dialect", [{"commentChar": "#"}, {"commentRows": [3, 5]}])
def test_a_comment_is_no_record_but_inside_a_quoted_cell_it_may_be_text(dialect: dict[str, Any]) -> None:
    records = read('a,1,2\n# it"s a comment\n"b\n# text?",1,2\nc,1,2\n', **dialect)
    assert loaded(records) == [["a", "1", "2"], ["c", "1", "2"]]
    assert records.damaged.select(ROW, "rule").rows() == [(4, "ambiguous-quote")]
