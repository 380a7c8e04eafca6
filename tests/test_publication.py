"""When a document was out."""

from datetime import date

import pytest

from hai_ha_pipeline.parsing.publication import read_published_on


@pytest.mark.parametrize(
    ("text", "day", "is_inferred"),
    [
        ("2024-06-20", date(2024, 6, 20), False),
        ("~2024-06-20", date(2024, 6, 20), True),
        ("2024-06", date(2024, 6, 30), False),
        ("2024-02", date(2024, 2, 29), False),
        ("~2024-07", date(2024, 7, 31), True),
        ("2025", date(2025, 12, 31), False),
        (" ~ 2025 ", date(2025, 12, 31), True),
    ],
)
def test_a_month_or_year_stands_for_its_last_day(text: str, day: date, is_inferred: bool) -> None:
    assert read_published_on(text) == (day, is_inferred)


@pytest.mark.parametrize("text", ["", "yesterday", "2024-13", "2024-02-30", "20.06.2024", "~", "2024-6-2", "24"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_published_on(text) == (None, False)
