"""A printed period and its SDMX `TIME_PERIOD` code.

One span of days has one code: six months from 1 January are `2024-S1`, however they were printed. A cumulative span
that no standard period covers is an SDMX time range, `2024-01-01/P7M`.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4}
YEARS = (1900, 2100)  # a statistic about another century is a misprint
MOST_PERIODS = 1 << 16  # that are remembered: the parts of a long export print the same ones
MONTHS_OF = {"S": 6, "T": 4, "Q": 3, "M": 1}


@dataclass(frozen=True)
class Period:
    """A span of whole days, `first_day` to `last_day`, both included."""

    code: str
    freq: str
    first_day: date
    last_day: date

    @property
    def months(self) -> int | None:
        """Length in whole months; null for a span that does not begin and end with a month."""
        if self.first_day.day != 1 or (self.last_day + timedelta(days=1)).day != 1:
            return None
        return (self.last_day.year - self.first_day.year) * 12 + self.last_day.month - self.first_day.month + 1

    @property
    def is_cumulative(self) -> bool:
        """Runs from 1 January to a day before the end of the year, as cumulative figures do."""
        begins = (self.first_day.month, self.first_day.day) == (1, 1)
        return begins and self.first_day.year == self.last_day.year and self.code.find("/P") > 0

    @property
    def name_en(self) -> str:
        """The period in words, e.g. `January to July 2024`."""
        first, last = self.first_day, self.last_day
        if self.freq == "A":
            return str(first.year)
        if self.freq in {"S", "Q"}:
            ordinal = ("first", "second", "third", "fourth")[int(self.code[-1]) - 1]
            return f"{ordinal} {'half' if self.freq == 'S' else 'quarter'} of {first.year}"
        if self.freq == "M":
            return f"{first:%B %Y}"
        if self.code == first.isoformat():
            return f"{first.day} {first:%B %Y}"
        if self.months is None:
            return f"{first.day} {first:%B} to {last.day} {last:%B %Y}"
        return f"{first:%B} to {last:%B %Y}" if first.year == last.year else f"{first.year} to {last.year}"

    def a_year_earlier(self) -> "Period":
        """The same span of the previous year; a span of years moves by its whole length."""
        if self.months is None:
            return spanning(_back(self.first_day, 1), _back(self.last_day, 1))
        years = max(1, self.months // 12)
        return spanning(_back(self.first_day, years), _back(self.last_day + timedelta(days=1), years) - timedelta(days=1))

    def previous(self) -> "Period | None":
        """The period of the same length just before this one; none for cumulative and odd spans."""
        if self.is_cumulative or self.months is None:
            return None
        last = self.first_day - timedelta(days=1)
        return spanning(_months_before(self.first_day, self.months), last)


def spanning(first_day: date, last_day: date) -> Period:
    """The period from `first_day` to `last_day`, with its one code."""
    months = Period("", "", first_day, last_day).months
    year, month = first_day.year, first_day.month
    if months is None:
        days = (last_day - first_day).days + 1
        code, freq = (first_day.isoformat(), "D") if days == 1 else (f"{first_day.isoformat()}/P{days}D", "D")
    elif months == 12 and month == 1:
        code, freq = str(year), "A"
    elif months == 1:
        code, freq = f"{year}-{month:02d}", "M"
    elif months in {6, 3} and (month - 1) % months == 0:
        letter = "S" if months == 6 else "Q"
        code, freq = f"{year}-{letter}{(month - 1) // months + 1}", letter
    elif months % 12 == 0:
        code, freq = f"{first_day.isoformat()}/P{months // 12}Y", f"A{months // 12}"
    else:
        code, freq = f"{first_day.isoformat()}/P{months}M", f"M{months}"
    return Period(code, freq, first_day, last_day)


@lru_cache(MOST_PERIODS)
def read_period(text: str) -> Period | None:
    """The period that `text` prints, or none where it prints no period or one that does not exist."""
    tidy = re.sub(r"\s+", " ", text.strip())
    for pattern, build in _FORMS:
        if found := re.fullmatch(pattern, tidy, re.IGNORECASE):
            try:
                period = build(*found.groups())
            except (ValueError, OverflowError):
                return None
            return period if period and period.first_day.year >= YEARS[0] and period.last_day.year <= YEARS[1] else None
    return None


def _year(year: str) -> Period:
    return spanning(date(int(year), 1, 1), date(int(year), 12, 31))


def _part(year: str, letter: str, number: str) -> Period | None:
    months, ordinal = MONTHS_OF[letter.upper()], int(number)
    if not 1 <= ordinal <= 12 // months:
        return None
    return _months(int(year), (ordinal - 1) * months + 1, months)


def _cumulative(months: str, year: str) -> Period | None:
    return _months(int(year), 1, int(months)) if 1 <= int(months) <= 12 else None


def _range(first: str, length: str, kind: str) -> Period:
    start, count = date.fromisoformat(first), int(length)
    if kind.upper() == "D":
        return spanning(start, start + timedelta(days=count - 1))
    return spanning(start, _months_before(start, -count * (12 if kind.upper() == "Y" else 1)) - timedelta(days=1))


def _months(year: int, month: int, months: int) -> Period:
    first = date(year, month, 1)
    return spanning(first, _months_before(first, -months) - timedelta(days=1))


def _months_before(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _back(day: date, years: int) -> date:
    return _months_before(day, 12 * years)


_FORMS: list[tuple[str, Callable[..., Period | None]]] = [
    (r"(?:Năm |Jahr |year )?(\d{4})(?: \[YR\d{4}\])?", _year),
    (r"(\d{4})-?([STQM])(\d{1,2})", _part),
    (r"(\d{4})-(\d{2})", lambda year, month: _part(year, "M", month)),
    (r"(\d{4}-\d{2}-\d{2})", lambda day: spanning(date.fromisoformat(day), date.fromisoformat(day))),
    (r"(\d{4}-\d{2}-\d{2})/P([1-9]\d{0,3})([DMY])", _range),
    (r"(\d{1,2}) (?:tháng đầu năm|tháng năm|tháng|Monate|months of) (\d{4})", _cumulative),
    (r"Quý (I{1,3}|IV)(?:/| năm | )(\d{4})", lambda roman, year: _part(year, "Q", str(ROMAN[roman.upper()]))),
    (r"Q([1-4])[ /](\d{4})", lambda quarter, year: _part(year, "Q", quarter)),
    (r"([12])\. (?:Halbjahr) (\d{4})", lambda half, year: _part(year, "S", half)),
    (r"Tháng (\d{1,2})(?:/| năm )(\d{4})", lambda month, year: _part(year, "M", month)),
]
