"""When a source should have put out its next figures, by the cadence that its descriptor declares."""

from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


@dataclass(frozen=True)
class Missed:
    """A release that should be there: the last day of its period, and since when it is due."""

    period_end: date
    due_on: date


def missed_release(every: str, days_after: int, last_result_on: date | None, today: date) -> Missed | None:
    """The last release that is due on `today` and of which nothing is there; none where nothing is missed.

    `every` is a key of `MONTHS`; figures for a period are due `days_after` its last day. `last_result_on` is the last day of
    the last period of which there is a result.
    """
    last_due = today - timedelta(days=days_after)
    period_end = _last_day_before(last_due + timedelta(days=1), MONTHS[every])
    if last_result_on and last_result_on >= period_end:
        return None
    return Missed(period_end, period_end + timedelta(days=days_after))


def said_of_release(every: str, days_after: int, last_result_on: date | None, *, today: date) -> str | None:
    """A missed release in a sentence; none where nothing is missed."""
    missed = missed_release(every, days_after, last_result_on, today)
    if missed is None:
        return None
    there = f"the last there are until {last_result_on}" if last_result_on else "none are there"
    return f"figures until {missed.period_end} are due since {missed.due_on}; {there}"


def _last_day_before(day: date, months: int) -> date:
    """The last day of the last whole period of so many months that ended before `day`."""
    begun = (day.month - 1) // months * months + 1
    return date(day.year, begun, 1) - timedelta(days=1)
