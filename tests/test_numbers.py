"""Printed numbers: their forms, and that nothing is lost on the way from print to DECIMAL."""

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hai_ha_pipeline.parsing.numbers import PARSED, parsed_numbers

TEXTS = {"text": pl.String, "decimal_char": pl.String, "group_char": pl.String, "round_to": pl.Int64}


def read(text: str | None, decimal: str = ",", group: str = ".", round_to: int | None = None) -> dict[str, Any]:
    return parsed_numbers(pl.DataFrame([(text, decimal, group, round_to)], schema=TEXTS, orient="row")).row(0, named=True)


@pytest.mark.parametrize(
    ("text", "number", "decimals"),
    [
        ("23.803,2", "23803.2", 1),
        ("36.000", "36000", 0),
        ("387,235", "387.235", 3),
        ("7 902,3", "7902.3", 1),
        ("22. 855,035", "22855.035", 3),
        ("99796\u00a0", "99796", 0),
        ("7\u202f902,3", "7902.3", 1),
        ("1.234.567,000001", "1234567.000001", 6),
        ("-4,5", "-4.5", 1),
        ("\u22124,5", "-4.5", 1),
        ("+14,8", "14.8", 1),
        ("0,5", "0.5", 1),
        ("0", "0", 0),
    ],
)
def test_a_number_is_read_in_the_declared_format(text: str, number: str, decimals: int) -> None:
    found = read(text)
    assert (found["number"], found["decimals"], found["words"]) == (Decimal(number), decimals, "")


@pytest.mark.parametrize("text", ["1.2.3", "39 67", "0.123", "abc", "1,234.5", "12.34", "1.2345", ",5", "1,0000001", "", "9" * 40])
def test_what_does_not_fit_the_declared_format_is_no_number(text: str) -> None:
    assert read(text)["number"] is None


def test_an_empty_cell_holds_no_number() -> None:
    assert read(None)["number"] is None


@pytest.mark.parametrize(
    ("text", "first", "second", "part", "range_"),
    [
        ("39/67", "39", "67", True, False),
        ("9 von 9", "9", "9", True, False),
        ("16,9/19", "16.9", "19", True, False),
        ("7 of 9", "7", "9", True, False),
        ("60-62", "60", "62", False, True),
        ("15 - 16", "15", "16", False, True),
        ("15 \u2013 16", "15", "16", False, True),
        ("12,08%-12,10%", "12.08", "12.10", False, True),
        ("1.200 bis 1.300", "1200", "1300", False, True),
    ],
)
def test_a_part_of_a_whole_and_a_range_hold_two_numbers(text: str, first: str, second: str, part: bool, range_: bool) -> None:
    found = read(text)
    assert (found["number"], found["second"], found["is_part"], found["is_range"]) == (Decimal(first), Decimal(second), part, range_)


@pytest.mark.parametrize(("text", "number", "words"), [("519,4sb", "519.4", "sb"), ("hơn 312", "312", "hơn"), ("69,2 %", "69.2", "%")])
def test_words_glued_to_a_number_stay_beside_it(text: str, number: str, words: str) -> None:
    found = read(text)
    assert (found["number"], found["words"]) == (Decimal(number), words)


@pytest.mark.parametrize(
    ("text", "decimal", "group", "declared", "other"),
    [
        ("33.796", ",", ".", "33796", "33.796"),
        ("33.796", ".", ",", "33.796", "33796"),
        ("387,235", ",", ".", "387.235", "387235"),
        ("387,235", ".", ",", "387235", "387.235"),
    ],
)
def test_one_mark_before_three_digits_has_two_readings(text: str, decimal: str, group: str, declared: str, other: str) -> None:
    found = read(text, decimal, group)
    assert (found["number"], found["other_reading"]) == (Decimal(declared), Decimal(other))


@pytest.mark.parametrize("text", ["23.803,2", "1.234.567", "33.79", "33796", "0,123"])
def test_any_other_number_has_one_reading(text: str) -> None:
    assert read(text)["other_reading"] is None


def test_each_row_is_read_in_its_own_format() -> None:
    rows = [("1.500", ",", ".", None), ("1.500", ".", ",", None), ("1,500", ".", ",", None)]
    found = parsed_numbers(pl.DataFrame(rows, schema=TEXTS, orient="row"))
    assert found.columns == list(PARSED)
    assert found["number"].to_list() == [Decimal(1500), Decimal("1.5"), Decimal(1500)]


def test_no_text_to_read_is_an_empty_table_of_the_same_shape() -> None:
    assert dict(parsed_numbers(pl.DataFrame(schema=TEXTS)).schema) == PARSED


def printed(number: Decimal, places: int, decimal: str, group: str) -> str:
    return f"{number:,.{places}f}".replace(",", "\0").replace(".", decimal).replace("\0", group)


NUMBERS = st.tuples(st.decimals(-(10**12), 10**12, places=6), st.integers(0, 6)).map(lambda each: (round(each[0], each[1]), each[1]))
FORMATS = st.sampled_from([(",", "."), (".", ","), (",", " "), (".", " "), (",", ""), (".", ""), (".", "'")])


@given(NUMBERS, FORMATS)
def test_every_printed_number_comes_back_exactly(number: tuple[Decimal, int], form: tuple[str, str]) -> None:
    (value, places), (decimal, group) = number, form
    found = read(printed(value, places, decimal, group), decimal, group)
    assert (found["number"], found["decimals"]) == (value, places)


@given(NUMBERS, st.sampled_from(["\u00a0", "\u202f", " "]), st.sampled_from([",", "."]))
def test_blanks_group_thousands_in_every_format(number: tuple[Decimal, int], blank: str, decimal: str) -> None:
    value, places = number
    found = read(printed(value, places, decimal, blank), decimal, "." if decimal == "," else ",")
    assert found["number"] == value


def test_bare_numbers_and_others_keep_their_places() -> None:
    texts = ["1.234,5", "over 7", None, "12", "1-2", "", "-3", "1,", "\uff11\uff12", "1.2"]
    together = parsed_numbers(pl.DataFrame([(text, ",", ".", None) for text in texts], schema=TEXTS, orient="row"))
    assert together.rows(named=True) == [read(text) for text in texts]
    assert together["number"].to_list()[:5] == [Decimal("1234.5"), Decimal(7), None, Decimal(12), Decimal(1)]
