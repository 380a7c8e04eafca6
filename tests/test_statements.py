"""Layouts: from records to statements, with the locator of every cell."""

from typing import Any

import polars as pl
import pytest

from hai_ha_pipeline.contracts.reading import Statement
from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.corrections import COLUMNS
from hai_ha_pipeline.reading.descriptor import Dialect, Resource
from hai_ha_pipeline.reading.statements import statements_of
from hai_ha_pipeline.reading.table_file import read_table


def resource_of(layout: dict[str, Any], *fields: dict[str, str]) -> Resource:
    schema = {"fields": list(fields), "missingValues": ["", ".."]}
    return Resource.model_validate({"name": "table", "path": "table.csv", "schema": schema, "hai-ha": layout})


LONG = resource_of(
    {
        "language": "de",
        "precedence": 10,
        "columns": {"indicator": "what", "period": "when", "value": "figure", "unit": "unit", "growth": "growth"},
        "constants": {"area": "201"},
        "names": {"indicator": {"Produktion": "output"}, "value": {"keine": "0"}, "unit": {"Mrd.": "billion VND"}},
    },
    {"name": "what"}, {"name": "when"}, {"name": "figure", "decimalChar": ",", "groupChar": "."}, {"name": "unit"}, {"name": "growth"},
)  # fmt: skip
WIDE = resource_of(
    {
        "layout": "wide",
        "columns": {"indicator": "what"},
        "constants": {"area": "22", "unit": "%", "status": "A"},
        "values": {"2023": {"period": "2023"}, "prel. 2024": {"period": "2024", "status": "P"}},
    },
    {"name": "what"}, {"name": "2023", "decimalChar": ","}, {"name": "prel. 2024"},
)  # fmt: skip


def read(resource: Resource, text: str, *corrections: tuple[int, str, str, str], file: str = "table.csv") -> pl.DataFrame:
    """Statements of a table with semicolons; a correction is its row, column, expected and corrected text."""
    assert resource.statement
    dialect = Dialect.model_validate({"delimiter": ";"})
    printed = read_table(text.encode(), file, resource.model_copy(update={"dialect": dialect}), resource.statement)
    lines = [(file, *correction, "seen", "2026-11-24") for correction in corrections]
    schema = {name: pl.Int64 if name == "row" else pl.String for name in COLUMNS}
    return statements_of("pages", resource, resource.statement, file, printed, pl.DataFrame(lines, schema=schema, orient="row"))


LONG_TABLE = "what;when;figure;unit;growth\nProduktion;2024; 1.250,5 ;Mrd.;7,2 %\noutput;2023;keine;Mrd.;..\noutput;2022;..;Mrd.;\n"


def test_a_long_table_gives_one_statement_a_row() -> None:
    found = read(LONG, LONG_TABLE)
    assert found.select("row", "column", "indicator", "area", "period", "value", "unit", "growth").rows() == [
        (2, "figure", "output", "201", "2024", "1.250,5", "billion VND", "7,2 %"),
        (3, "figure", "output", "201", "2023", "0", "billion VND", None),
        (4, "figure", "output", "201", "2022", None, "billion VND", None),
    ]


def test_the_cell_stays_beside_what_is_read_from_it() -> None:
    found = read(LONG, LONG_TABLE)
    assert found.select("value_as_printed", "unit_as_printed", "growth_as_printed").rows() == [
        (" 1.250,5 ", "Mrd.", "7,2 %"),
        ("keine", "Mrd.", ".."),
        ("..", "Mrd.", ""),
    ]


def test_a_declared_mark_makes_a_missing_cell() -> None:
    assert read(LONG, LONG_TABLE)["is_missing"].to_list() == [False, False, True]


def test_each_statement_carries_its_source_and_number_format() -> None:
    first = read(LONG, LONG_TABLE).row(0, named=True)
    names = ("source", "resource", "file", "language", "precedence", "decimal_char", "group_char")
    assert [first[name] for name in names] == ["pages", "table", "table.csv", "de", 10, ",", "."]


def test_a_wide_table_gives_one_statement_a_figure_column() -> None:
    found = read(WIDE, "what;2023;prel. 2024\nurban_rate;35,1;36.3\nshare;..;30\n").sort("row", "column")
    assert found.select("row", "column", "indicator", "area", "period", "status", "value", "decimal_char", "is_missing").rows() == [
        (2, "2023", "urban_rate", "22", "2023", "A", "35,1", ",", False),
        (2, "prel. 2024", "urban_rate", "22", "2024", "P", "36.3", ".", False),
        (3, "2023", "share", "22", "2023", "A", None, ",", True),
        (3, "prel. 2024", "share", "22", "2024", "P", "30", ".", False),
    ]


def test_a_damaged_record_is_one_statement_also_in_a_wide_table() -> None:
    found = read(WIDE, "what;2023;prel. 2024\nurban_rate;35,1\nshare;29;30\n").filter(pl.col("rule").is_not_null())
    assert found.select("row", "column", "value_as_printed", "rule").rows() == [(2, None, "urban_rate;35,1", "missing-cell")]


def test_every_statement_has_its_own_key_and_the_contracts_shape() -> None:
    found = read(WIDE, "what;2023;prel. 2024\na;1;2\nb;3\nc;5;6\nd;7;8;9\n")
    assert found["statement_key"].n_unique() == found.height == 6
    Statement.validate(found)


def test_a_key_stays_the_same_when_other_rows_are_added_below() -> None:
    short, long = (read(WIDE, f"what;2023;prel. 2024\na;1;2\n{more}") for more in ("", "b;3;4\n"))
    assert set(short["statement_key"]) < set(long["statement_key"])


def test_a_correction_marks_its_row_and_keeps_the_cell() -> None:
    found = read(LONG, LONG_TABLE, (2, "figure", "1.250,5", "1.250,6"))
    assert found.select("value", "value_as_printed", "is_corrected").rows()[0] == ("1.250,6", " 1.250,5 ", True)
    assert found["is_corrected"].to_list() == [True, False, False]


def wide(text: str, layout: dict[str, Any], *columns: str, file: str = "table.csv") -> list[tuple[str | None, ...]]:
    """Indicator, area, period, unit, status, value of the statements of a wide table whose figure columns follow a pattern."""
    fields = [{"name": name} for name in columns]
    resource = resource_of({"layout": "wide", **layout}, *fields)
    resource = resource.model_copy(update={"table_schema": resource.table_schema.model_copy(update={"fields_match": "equal"})})
    return read(resource, text, file=file).select("indicator", "area", "period", "unit", "status", "value").rows()


def test_the_headers_of_many_columns_say_what_each_stands_for() -> None:
    layout = {"columns": {"indicator": "what"}, "constants": {"area": "22"}, "value_columns": {"matching": r"(?P<period>\d{4})"}}
    assert wide("what;2023;2024\ngrdp;1;2\n", layout, "what") == [
        ("grdp", "22", "2023", None, None, "1"), ("grdp", "22", "2024", None, None, "2"),
    ]  # fmt: skip


def test_a_header_with_a_year_a_footnote_an_indicator_and_a_unit_is_taken_apart() -> None:
    layout = {
        "columns": {"area": "Area"},
        "value_columns": {"matching": r"(?P<period>\d{4}) (?:\(\*\) )?(?P<indicator>.+) \((?P<unit>.+)\)"},
        "names": {"indicator": {"Average population": "population"}},
    }
    assert wide("Area;2020 (*) Average population (Thous. pers.)\nQuang Ninh;1.331,1\n", layout, "Area") == [
        ("population", "Quang Ninh", "2020", "Thous. pers.", None, "1.331,1"),
    ]  # fmt: skip


def test_the_preliminary_and_the_final_figure_of_one_year_stand_beside_each_other() -> None:
    layout = {
        "columns": {"indicator": "what"},
        "constants": {"area": "22"},
        "value_columns": {"matching": r"(?:(?P<status>Sơ bộ) )?(?P<period>\d{4})"},
        "names": {"status": {"Sơ bộ": "P"}},
    }
    assert wide("what;Sơ bộ 2023;2023\ngrdp;313;315\n", layout, "what") == [
        ("grdp", "22", "2023", None, "P", "313"), ("grdp", "22", "2023", None, None, "315"),
    ]  # fmt: skip


def test_the_file_name_gives_the_year() -> None:
    layout = {
        "columns": {"area": "Area"},
        "file_name": r"_(?P<period>\d{4})\.csv$",
        "values": {"GRDP": {"indicator": "grdp"}},
    }
    assert wide("Area;GRDP\nQuang Ninh;313\n", layout, "Area", "GRDP", file="tables/grdp_2023.csv") == [
        ("grdp", "Quang Ninh", "2023", None, None, "313"),
    ]  # fmt: skip


def test_a_file_name_that_does_not_say_it_fails_the_source() -> None:
    layout = {"columns": {"area": "Area"}, "file_name": r"_(?P<period>\d{4})\.csv$", "values": {"GRDP": {"indicator": "grdp"}}}
    with pytest.raises(SourceError, match="the file's name does not match"):
        wide("Area;GRDP\nQuang Ninh;313\n", layout, "Area", "GRDP", file="grdp.csv")


def test_a_heading_stands_before_the_names_of_its_group() -> None:
    layout = {
        "columns": {"indicator": "what"},
        "constants": {"area": "22"},
        "value_columns": {"matching": r"(?P<period>\d{4})"},
        "headings": "indicator",
        "names": {"indicator": {"Population / Urban": "urban_population"}},
    }
    found = wide("what;2023;2024\nTotal;9;9\nPopulation;;\nUrban;5;6\nLabour;;..\nUrban;3;4\n", layout, "what")
    assert [(indicator, value) for indicator, *_, value in found] == [
        ("Total", "9"), ("Population", None), ("urban_population", "5"), ("Labour", None), ("Labour / Urban", "3"),
        ("Total", "9"), ("Population", None), ("urban_population", "6"), ("Labour", None), ("Labour / Urban", "4"),
    ]  # fmt: skip


def test_an_empty_cell_of_a_merged_column_repeats_the_one_above() -> None:
    layout = {
        "columns": {"area": "Area", "indicator": "what"},
        "value_columns": {"matching": r"(?P<period>\d{4})"},
        "fill_down": ["Area"],
    }
    found = wide("Area;what;2023\n;a;0\nHai Ha;a;1\n;b;2\nDam Ha;a;3\n", layout, "Area", "what")
    assert [(area, indicator) for indicator, area, *_ in found] == [(None, "a"), ("Hai Ha", "a"), ("Hai Ha", "b"), ("Dam Ha", "a")]


def test_what_the_descriptor_excludes_is_set_aside_with_its_name_and_a_gap_stays_a_gap() -> None:
    layout = {
        "layout": "wide",
        "columns": {"area": "Area"},
        "constants": {"indicator": "grdp"},
        "value_columns": {"matching": r"(?P<period>\d{4})"},
        "excluded": {"area": ["WHOLE COUNTRY", "Region *"]},
    }
    found = read(resource_of(layout, {"name": "Area"}), "Area;2023\nWHOLE COUNTRY;9\nRegion North;5\nRegion South;..\nQuang Ninh;1\n")
    assert found.select("area", "rule", "reason", "is_missing").rows() == [
        ("WHOLE COUNTRY", "excluded", "the descriptor excludes the area 'WHOLE COUNTRY'", False),
        ("Region North", "excluded", "the descriptor excludes the area 'Region North'", False),
        ("Region South", None, None, True),
        ("Quang Ninh", None, None, False),
    ]


def test_a_correction_that_confirms_a_figure_settles_it() -> None:
    found = read(LONG, LONG_TABLE, (2, "figure", "1.250,5", "1.250,5"))
    assert found.select("is_corrected", "is_settled").rows() == [(False, True), (False, False), (False, False)]


def test_a_pattern_that_no_header_matches_fails_the_source() -> None:
    layout = {"columns": {"indicator": "what"}, "constants": {"area": "22"}, "value_columns": {"matching": r"(?P<period>\d{4})"}}
    with pytest.raises(SourceError, match="no column matches"):
        wide("what\ngrdp\n", layout, "what")
