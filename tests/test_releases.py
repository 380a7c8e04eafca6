"""When a source should have put out its next figures."""

from datetime import date

import pytest

from hai_ha_pipeline.reading.releases import Missed, missed_release

MID_2024, END_2024 = date(2024, 6, 30), date(2024, 12, 31)


@pytest.mark.parametrize(
    ("every", "days_after", "last_result_on", "today", "missed"),
    [
        # The second half of 2024 ends on 31 December; 45 days later is 14 February 2025.
        ("half_year", 45, MID_2024, date(2025, 2, 13), None),
        ("half_year", 45, MID_2024, date(2025, 2, 14), Missed(END_2024, date(2025, 2, 14))),
        ("half_year", 45, END_2024, date(2025, 2, 14), None),
        ("half_year", 45, END_2024, date(2025, 8, 13), None),
        ("half_year", 45, END_2024, date(2025, 8, 14), Missed(date(2025, 6, 30), date(2025, 8, 14))),
        ("month", 0, date(2024, 1, 31), date(2024, 2, 29), Missed(date(2024, 2, 29), date(2024, 2, 29))),
        ("month", 0, date(2024, 1, 31), date(2024, 2, 28), None),
        ("quarter", 30, None, date(2024, 5, 1), Missed(date(2024, 3, 31), date(2024, 4, 30))),
        ("year", 365, date(2023, 12, 31), date(2025, 12, 30), None),
        ("year", 365, date(2023, 12, 31), date(2025, 12, 31), Missed(END_2024, date(2025, 12, 31))),
    ],
)
def test_a_release_is_missed_from_the_day_it_is_due(
    every: str, days_after: int, last_result_on: date | None, today: date, missed: Missed | None
) -> None:
    assert missed_release(every, days_after, last_result_on, today) == missed
