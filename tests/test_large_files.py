"""A large file read in pieces: the same records as read at once, and at once wherever one record decides about another."""

import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hai_ha_pipeline.reading import csv_file
from hai_ha_pipeline.reading.csv_file import Records, read_in_pieces, read_records
from hai_ha_pipeline.reading.descriptor import Dialect, Schema

HEADER = "name;figure\n"
SCHEMA = Schema.model_validate({"fields": [{"name": "name"}, {"name": "figure"}]})
PLAIN = Dialect.model_validate({"delimiter": ";"})


@pytest.fixture(autouse=True)
def _few_lines_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_file, "LARGE", 1)
    monkeypatch.setattr(csv_file, "PIECE", 3)


def pieces(body: str, dialect: Dialect = PLAIN, encoding: str = "utf-8") -> list[Records]:
    return list(read_in_pieces((HEADER + body).encode(encoding), "table.csv", encoding, dialect, SCHEMA))


def assert_is_whole(read: list[Records], body: str, dialect: Dialect = PLAIN, encoding: str = "utf-8") -> None:
    whole = read_records((HEADER + body).encode(encoding), "table.csv", encoding, dialect, SCHEMA)
    assert pl.concat([each.cells for each in read]).rows() == whole.cells.rows()
    assert pl.concat([each.damaged for each in read]).rows() == whole.damaged.rows()
    assert {tuple(each.header) for each in read} == {("name", "figure")}
    assert sum(each.count for each in read) == whole.count


def test_lines_and_bytes_are_those_of_the_file() -> None:
    body = "a;1\nb;2\nc;3\nđ;4\ne;5;6\n;\nf;7\n"
    read = pieces(body)
    assert [each.cells["@row"].to_list() for each in read] == [[2, 3, 4], [5], [8]]
    # 12 bytes of header, 12 of the first three records, 5 of "đ;4" with its line end
    assert read[1].damaged.select("@row", "@byte", "text", "rule").rows() == [(6, 29, "e;5;6", "extra-cell")]
    assert_is_whole(read, body)


@pytest.mark.parametrize(
    "body",
    [
        'a;1\nb;"2"\nc;3\nd;4\ne;5\n',
        "a;1\nb;2\nc;3\nd;4\n name ;figure\ne;5\n",
        "a;1\nb;2\nc;3\nd;4\n#note;5\n",
        unicodedata.normalize("NFD", "a;1\nb;2\nc;3\nHải Hà;4\ne;5\n"),
    ],
    ids=["a quote", "the header again", "a comment", "letters in parts"],
)
def test_a_file_in_which_a_record_decides_about_others_is_read_at_once(body: str) -> None:
    dialect = Dialect.model_validate({"delimiter": ";", "commentChar": "#"})
    read = pieces(body, dialect)
    assert len(read) == 1
    assert_is_whole(read, body, dialect)


def test_a_line_that_stands_in_an_earlier_piece_is_set_aside_with_its_line() -> None:
    body = "a;1\nb;2\nc;3\nb;2\nd;4\nb;2\n"
    read = pieces(body)
    reasons = [reason for each in read for reason in each.damaged["reason"]]
    assert reasons == ["the record is the same in every cell as the one on line 3"] * 2
    assert len(read) == 2
    assert_is_whole(read, body)


@pytest.mark.parametrize(
    "body",
    ["a;1\nb;2\nc;3\nd;4\na;1", "a;1\r\nb;2\nc;3\nd;4\r\na;1\n", "a;1\rb;2\ra;1\nc;3\r\n"],
    ids=["the last", "mixed", "as many of each"],
)
def test_lines_that_end_differently_are_compared_by_their_cells(body: str) -> None:
    read = pieces(body)
    assert [each.damaged["rule"].to_list() for each in read] == [["duplicate-row"]]
    assert_is_whole(read, body)


@given(st.lists(st.tuples(st.text("abđ ", max_size=3), st.text("0123,.", max_size=4), st.sampled_from(["", "", "", ";x"])), max_size=12))
def test_pieces_are_what_the_whole_file_is(rows: list[tuple[str, str, str]]) -> None:
    body = "".join(f"{name};{figure}{more}\n" for name, figure, more in rows)
    assert_is_whole(pieces(body), body)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_known(end: str) -> None:
    body = end.join(["a;1", "b;2", "c;3", "d;4", "e"])
    assert_is_whole(list(read_in_pieces((HEADER + body).encode(), "table.csv", "utf-8", PLAIN, SCHEMA)), body)


def test_the_bytes_of_another_encoding_are_counted_in_it() -> None:
    body = "ä;1\nö;2\nü;3\nß;4;5\n"
    read = pieces(body, encoding="windows-1252")
    assert read[1].damaged["@byte"].to_list() == [24]
    assert_is_whole(read, body, encoding="windows-1252")
