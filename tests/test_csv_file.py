"""CSV files as they come: encodings, damaged records, line numbers."""

import unicodedata
from typing import Any

import pytest

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.csv_file import ROW, Records, read_plain, read_records
from hai_ha_pipeline.reading.descriptor import Dialect, Schema

NAME_AND_FIGURE = {"fields": [{"name": "name"}, {"name": "figure"}]}


def read(
    content: bytes | str, encoding: str = "utf-8", delimiter: str = ";", schema: dict[str, Any] = NAME_AND_FIGURE, **dialect: Any
) -> Records:
    given = content.encode() if isinstance(content, str) else content
    options = Dialect.model_validate({"delimiter": delimiter, **dialect})
    return read_records(given, "sources/pages/table.csv", encoding, options, Schema.model_validate(schema))


def cells(records: Records) -> list[tuple[Any, ...]]:
    return records.cells.rows()


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        ("name;figure\nRückgang;5\n".encode(), "utf-8", ";"),
        ("\ufeffname;figure\nRückgang;5\n".encode(), "utf-8", ";"),
        ("name;figure\r\nRückgang;5\r\n".encode("windows-1252"), "windows-1252", ";"),
        ("name\tfigure\nRückgang\t5\n".encode("utf-16"), "utf-16", "\t"),
        ("name;figure\nRückgang;5".encode(), "utf-8", ";"),
        ("name;figure\rRückgang;5\r".encode("latin-1"), "latin-1", ";"),
        ("name;figure\nRückgang;5\n".encode("utf-16-be"), "utf-16-be", ";"),
    ],
)
def test_the_same_table_is_read_from_every_encoding(content: bytes, encoding: str, delimiter: str) -> None:
    records = read(content, encoding, delimiter)
    assert (records.cells.columns, cells(records), records.damaged.height) == ([ROW, "name", "figure"], [(2, "Rückgang", "5")], 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "windows-1252", "latin-1"])
def test_a_damaged_record_has_its_line_and_byte_offset_in_every_encoding(encoding: str) -> None:
    before = 'name;figure\r\nRück;1\r"zwei\r\nÜbel";2\n'
    records = read(f"{before}kürz\r\nb;3\n".encode(encoding), encoding)
    assert cells(records) == [(2, "Rück", "1"), (3, "zwei\nÜbel", "2"), (6, "b", "3")]
    assert records.damaged.select(ROW, "@byte", "text").rows() == [(5, len(before.encode(encoding)), "kürz")]


def test_vietnamese_of_windows_1258_is_composed() -> None:
    content = "name;figure\nHa\u0300 Nô\u0323i;1\nHa\u0300;\n;2;3\n".encode("windows-1258")
    records = read(content, "windows-1258")
    assert cells(records) == [(2, "Hà Nội", "1"), (3, "Hà", "")]
    assert records.damaged.select(ROW, "@byte").rows() == [(4, content.index(b";2;3"))]


# 0x96 is a dash in windows-1252, but a control character in latin-1.
@pytest.mark.parametrize(("cell", "encoding"), [(b"a\x07", "utf-8"), (b"2019\x962020", "latin-1"), ("a\x96".encode(), "utf-8")])
def test_a_control_character_sets_its_record_aside(cell: bytes, encoding: str) -> None:
    records = read(b"name;figure\n" + cell + b";1\nb;2\n", encoding)
    assert (cells(records), records.damaged["rule"].to_list()) == ([(3, "b", "2")], ["control-character"])


def test_every_cell_stays_text_as_it_stands() -> None:
    assert cells(read("name;figure\n 007 ;NULL\nno;\n")) == [(2, " 007 ", "NULL"), (3, "no", "")]


def test_a_record_of_another_width_is_set_aside_while_the_others_load() -> None:
    records = read("name;figure\na;1\nshort\nb;2;surplus\nc;3\n")
    assert cells(records) == [(2, "a", "1"), (5, "c", "3")]
    assert records.damaged.drop("@byte").rows() == [
        (3, "short", "missing-cell", "the record has 1 cells, the header 2"),
        (4, "b;2;surplus", "extra-cell", "the record has 3 cells, the header 2"),
    ]
    assert records.count == 4


def test_blank_lines_are_no_records_but_lines() -> None:
    records = read("name;figure\na;1\n\n;\n  \nb;2\n\n")
    assert (cells(records), records.count) == ([(2, "a", "1"), (6, "b", "2")], 2)


@pytest.mark.parametrize("content", ["name;figure\n", "name;figure", "name;figure\n\n\n"])
def test_a_table_without_records_is_empty(content: str) -> None:
    records = read(content)
    assert (records.cells.columns, records.count) == ([ROW, "name", "figure"], 0)


def test_a_quoted_cell_may_hold_the_delimiter_and_a_line_break() -> None:
    assert cells(read('name;figure\n"a;\nb";1\n"say ""x""";2\n')) == [(2, "a;\nb", "1"), (4, 'say "x"', "2")]


def test_a_record_is_numbered_by_its_line_also_after_a_quoted_line_break() -> None:
    records = read('name;figure\n"two\nlines";1\nshort\nb;2\n')
    assert (cells(records)[-1], records.damaged[ROW].to_list()) == ((5, "b", "2"), [4])


@pytest.mark.parametrize(
    ("content", "loaded", "damaged"),
    [
        # 5 inches, or a quote too many? Both readings are possible, so the record is set aside.
        ('name;figure\na 5" pipe;1\nb;2\n', [(3, "b", "2")], [(2, "quote-error")]),
        ('name;figure\na;1\n"b;2\nc;3\n', [(2, "a", "1"), (4, "c", "3")], [(3, "quote-error")]),
        ('name;figure\na;1\nb;"2\n', [(2, "a", "1")], [(3, "quote-error")]),
        ('name;figure\na;"1"2\nb;2\n', [(3, "b", "2")], [(2, "quote-error")]),
        # One record with a line break in its last cell, or two damaged ones around a whole one?
        ('name;figure\na;"1\nb;2\nc;3"\nd;4\n', [(5, "d", "4")], [(2, "ambiguous-quote")]),
        ('name;figure\n"a;1";2;3\n"b";2\n', [(3, "b", "2")], [(2, "extra-cell")]),
        ('name;figure\n"a;1"\n"b";2\n', [(3, "b", "2")], [(2, "missing-cell")]),
    ],
)
def test_a_damaged_quote_costs_its_own_record_alone(
    content: str, loaded: list[tuple[int, str, str]], damaged: list[tuple[int, str]]
) -> None:
    records = read(content)
    assert cells(records) == loaded
    assert records.damaged.select(ROW, "rule").rows() == damaged
    assert records.count == len(loaded) + len(damaged)


@pytest.mark.parametrize("cell", ['"two\nlines"', '"a ""quoted"" word"', '"a;b"', '""', '"two\n""quoted""\nlines"'])
def test_a_whole_quoted_cell_is_read_as_it_is(cell: str) -> None:
    meant = cell[1:-1].replace('""', '"')
    assert cells(read(f"name;figure\n{cell};1\nb;2\n"))[0] == (2, meant, "1")


def test_the_header_may_stand_below_a_title() -> None:
    assert cells(read("Table 5\n\nname;figure\na;1\n", headerRows=[3])) == [(4, "a", "1")]


def test_a_comment_row_below_the_header_is_no_record() -> None:
    assert cells(read("name;figure\n(1);(2)\na;1\n", commentRows=[2])) == [(3, "a", "1")]


def test_cells_are_in_composed_form() -> None:
    decomposed = unicodedata.normalize("NFD", "name;figure\nHải Hà;1\n")
    assert decomposed != unicodedata.normalize("NFC", decomposed)
    assert cells(read(decomposed)) == [(2, "Hải Hà", "1")]


@pytest.mark.parametrize(
    ("content", "encoding", "said"),
    [
        # 12 bytes of header line, then `R`: the letter that is no UTF-8 is byte 13.
        ("name;figure\nRückgang;5\n".encode("windows-1252"), "utf-8", r"byte 13 \(line 2\) does not decode as utf-8 \(0xfc\)"),
        (b"name;figure\na\x00;1\n", "utf-8", r"line 2 holds a NUL \(byte 13\)"),
        (b"name;figure\n", "klingon", "no encoding is called 'klingon'"),
        ("name;figure\n".encode("utf-16"), "utf-16-be", "is declared as utf-16-be, but begins with the byte order mark of utf-16"),
        (b"", "utf-8", "the file is empty"),
        (b"\x1f\x8b\x08\x00", "utf-8", "is a gzip file"),
        (b"PK\x03\x04\x14\x00inner.csv", "utf-8", "is a zip archive"),
        (b"PK\x03\x04\x14\x00[Content_Types].xml", "utf-8", "is an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "utf-8", "is an old Excel workbook"),
        (b"<!DOCTYPE html>\n<html>", "utf-8", "is an HTML page"),
        (b"SQLite format 3\x00", "utf-8", "is an SQLite database"),
        (b"12345678DUCK@\x00" + bytes(6), "utf-8", "is a DuckDB database"),
        (b"name;value\na;1\n", "utf-8", "the header lacks 'figure'; it has 'name', 'value'"),
        (b"name,figure\na,1\n", "utf-8", "the header lacks 'name'.*, 'figure'.*; it has 'name,figure'"),
        (b"name;figure;note\na;1;x\n", "utf-8", "the header holds 'note', not declared in `fields`"),
        (b"name;figure;name\na;1;x\n", "utf-8", "the header holds 'name' twice"),
    ],
)
def test_a_file_that_is_no_table_of_its_descriptor_is_told_why(content: bytes, encoding: str, said: str) -> None:
    with pytest.raises(SourceError, match=rf"sources/pages/table\.csv: {said}"):
        read(content, encoding)


def test_surplus_columns_are_allowed_where_the_descriptor_says_so() -> None:
    records = read("note;name;figure\nx;a;1\n", schema=NAME_AND_FIGURE | {"fieldsMatch": "subset"})
    assert records.cells.select("name", "figure").rows() == [("a", "1")]


def test_a_file_of_our_own_has_stripped_cells_and_no_damage() -> None:
    assert read_plain(b"code,name\n 22 , Quang Ninh\n", "sources/reference/areas.csv", ("code", "name")).rows() == [("22", "Quang Ninh")]
    with pytest.raises(SourceError, match=r"areas\.csv, line 3: the record has 3 cells, the header 2"):
        read_plain(b"code,name\n22,Quang Ninh\n201,Hai Ha,district\n", "sources/reference/areas.csv", ("code", "name"))
