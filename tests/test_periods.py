"""Printed periods and their one code."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hai_ha_pipeline.parsing.periods import Period, read_period, spanning


def the_period(text: str) -> Period:
    period = read_period(text)
    assert period, text
    return period


@pytest.mark.parametrize(
    ("text", "code", "first", "last"),
    [
        ("2024", "2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("Năm 2024", "2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("Jahr 2024", "2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024 [YR2024]", "2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-S1", "2024-S1", date(2024, 1, 1), date(2024, 6, 30)),
        ("2. Halbjahr 2024", "2024-S2", date(2024, 7, 1), date(2024, 12, 31)),
        ("2024Q3", "2024-Q3", date(2024, 7, 1), date(2024, 9, 30)),
        ("Quý IV/2024", "2024-Q4", date(2024, 10, 1), date(2024, 12, 31)),
        ("quý ii năm 2024", "2024-Q2", date(2024, 4, 1), date(2024, 6, 30)),
        ("Q1 2024", "2024-Q1", date(2024, 1, 1), date(2024, 3, 31)),
        ("2024-02", "2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("Tháng 7/2024", "2024-07", date(2024, 7, 1), date(2024, 7, 31)),
        ("2024-11-08", "2024-11-08", date(2024, 11, 8), date(2024, 11, 8)),
        ("7 tháng 2024", "2024-01-01/P7M", date(2024, 1, 1), date(2024, 7, 31)),
        ("9 Monate 2024", "2024-01-01/P9M", date(2024, 1, 1), date(2024, 9, 30)),
        ("10 months of 2024", "2024-01-01/P10M", date(2024, 1, 1), date(2024, 10, 31)),
        ("2025-01-01/P234D", "2025-01-01/P234D", date(2025, 1, 1), date(2025, 8, 22)),
        ("2021-01-01/P5Y", "2021-01-01/P5Y", date(2021, 1, 1), date(2025, 12, 31)),
        ("  2024 ", "2024", date(2024, 1, 1), date(2024, 12, 31)),
    ],
)
def test_a_printed_period_is_a_span_of_days_with_a_code(text: str, code: str, first: date, last: date) -> None:
    period = the_period(text)
    assert (period.code, period.first_day, period.last_day) == (code, first, last)


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        (("2024-S1", "6 tháng đầu năm 2024", "6 months of 2024", "1. Halbjahr 2024", "2024-01-01/P6M", "2024-01-01/P182D"), "2024-S1"),
        (("3 tháng 2024", "2024-Q1", "Quý I/2024"), "2024-Q1"),
        (("1 tháng 2024", "2024-01", "2024-M1"), "2024-01"),
        (("12 tháng 2024", "2024", "2024-01-01/P1Y", "2024-01-01/P366D"), "2024"),
    ],
)
def test_one_span_has_one_code_however_it_was_printed(texts: tuple[str, ...], code: str) -> None:
    assert {the_period(text).code for text in texts} == {code}


@pytest.mark.parametrize(
    "text", ["", "sometime", "2024-13", "2024-S3", "2024-Q0", "2024-02-30", "13 tháng 2024", "24", "2024-00", "2024-01-01/P0D"]
)
def test_a_period_that_does_not_exist_is_none(text: str) -> None:
    assert read_period(text) is None


@pytest.mark.parametrize(
    ("code", "earlier"),
    [
        ("2024", "2023"),
        ("2024-S1", "2023-S1"),
        ("2025-02", "2024-02"),
        ("2024-02-29", "2023-02-28"),
        ("2025-02-28", "2024-02-28"),
        ("2024-01-01/P7M", "2023-01-01/P7M"),
        # 1 January to 22 August has one day more in a leap year.
        ("2025-01-01/P234D", "2024-01-01/P235D"),
        # Five years are compared with the five before, not with four of the same years.
        ("2021-01-01/P5Y", "2016-01-01/P5Y"),
    ],
)
def test_a_year_earlier_is_the_same_span_of_the_calendar(code: str, earlier: str) -> None:
    assert the_period(code).a_year_earlier().code == earlier


@pytest.mark.parametrize(
    ("code", "previous"),
    [
        ("2024", "2023"),
        ("2024-S1", "2023-S2"),
        ("2024-Q3", "2024-Q2"),
        ("2024-03", "2024-02"),
        ("2021-01-01/P5Y", "2016-01-01/P5Y"),
        ("2024-01-01/P7M", None),
        ("2024-11-08", None),
        ("2025-01-01/P234D", None),
    ],
)
def test_the_previous_period_has_the_same_length(code: str, previous: str | None) -> None:
    found = the_period(code).previous()
    assert (found.code if found else None) == previous


@pytest.mark.parametrize(
    ("code", "months", "is_cumulative", "name"),
    [
        ("2024", 12, False, "2024"),
        ("2024-S2", 6, False, "second half of 2024"),
        ("2024-Q3", 3, False, "third quarter of 2024"),
        ("2024-07", 1, False, "July 2024"),
        ("2024-01-01/P7M", 7, True, "January to July 2024"),
        ("2025-01-01/P234D", None, True, "1 January to 22 August 2025"),
        ("2024-11-08", None, False, "8 November 2024"),
        ("2021-01-01/P5Y", 60, False, "2021 to 2025"),
    ],
)
def test_a_period_knows_its_length_and_name(code: str, months: int | None, is_cumulative: bool, name: str) -> None:
    period = the_period(code)
    assert (period.months, period.is_cumulative, period.name_en) == (months, is_cumulative, name)


DAYS = st.dates(date(1990, 1, 1), date(2050, 12, 31))
MONTHS = st.tuples(st.integers(1990, 2050), st.integers(1, 12), st.integers(1, 120))


@given(DAYS, st.integers(0, 2000))
def test_the_code_of_a_span_of_days_gives_the_span_back(first: date, more: int) -> None:
    period = spanning(first, first + timedelta(days=more))
    assert read_period(period.code) == period


@given(MONTHS)
def test_the_code_of_a_span_of_months_gives_the_span_back(span: tuple[int, int, int]) -> None:
    year, month, months = span
    end = year * 12 + month - 1 + months
    period = spanning(date(year, month, 1), date(end // 12, end % 12 + 1, 1) - timedelta(days=1))
    assert period.months == months
    assert read_period(period.code) == period


@given(MONTHS)
def test_the_previous_period_ends_the_day_before(span: tuple[int, int, int]) -> None:
    year, month, months = span
    end = year * 12 + month - 1 + months
    period = spanning(date(year, month, 1), date(end // 12, end % 12 + 1, 1) - timedelta(days=1))
    if previous := period.previous():
        assert (previous.months, previous.last_day) == (months, period.first_day - timedelta(days=1))
