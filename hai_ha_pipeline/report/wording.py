"""Words, numbers, days and periods in English and Vietnamese.

Whatever a reader sees is a `Both`. It escapes itself wherever it is put into the page, so a text of a source stays text.
"""

from collections.abc import Callable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import yaml
from markupsafe import Markup, escape

from hai_ha_pipeline.parsing.periods import Period, read_period

ROMAN = ("I", "II", "III", "IV")
PERCENT = "PCT"


class Both(NamedTuple):
    """One text in both languages. In HTML the style sheet shows one of them; without styles both can be read."""

    en: str
    vi: str

    def __html__(self) -> str:
        """Both texts, escaped, each marked with its language; once where they are the same."""
        if self.en == self.vi:
            return str(escape(self.en))
        return str(Markup('<span class="en" lang="en">{}</span><span class="vi" lang="vi">{}</span>').format(self.en, self.vi))

    def joined(self, other: "Both", between: str = " ") -> "Both":
        """This text and another, one after the other."""
        return Both(*(between.join(filter(None, pair)) for pair in zip(self, other, strict=True)))


NOTHING = Both("", "")


def same(text: object) -> Both:
    """A text that reads alike in both languages, such as a name of its own or what a source printed."""
    return NOTHING if text is None else Both(str(text), str(text))


@cache
def words() -> dict[str, Both]:
    """Every word of the page by its key, from `page/words.yaml`."""
    text = (resources.files("hai_ha_pipeline.report") / "page" / "words.yaml").read_text(encoding="utf-8")
    return {key: Both(**pair) for key, pair in yaml.safe_load(text).items()}


def say(key: str, **values: object) -> Both:
    """The words under `key`, with values filled in. Raises `KeyError` for a key or value that is missing."""
    template = words()[key]
    return Both(*(text.format_map({name: _of(value, side) for name, value in values.items()}) for side, text in enumerate(template)))


def _of(value: object, side: int) -> str:
    return value[side] if isinstance(value, Both) else str(value)


def number(value: Decimal | int | None, decimals: int = 6, *, signed: bool = False) -> Both:
    """A number of at most `decimals` decimals, no zeros behind its last digit: `1,234.5` in English, `1.234,5` in Vietnamese."""
    if value is None:
        return NOTHING
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    digits = f"{rounded:,f}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    text = "0" if digits == "-0" else digits.replace("-", "−")
    if signed and rounded > 0:
        text = f"+{text}"
    return Both(text, text.translate(str.maketrans(",.", ".,")))


def percent(value: Decimal | None, decimals: int = 1, *, signed: bool = False) -> Both:
    """A number of per cent with its sign: `54.6%`."""
    return _each(number(value, decimals, signed=signed), lambda text: f"{text}%" if text else "")


def measured(value: Decimal | None, unit: "Unit", decimals: int = 6) -> Both:
    """A value with its unit: `36,000 billion VND`, `8.4%`."""
    if value is None:
        return NOTHING
    if unit.code == PERCENT:
        return percent(value, decimals)
    return number(value, decimals).joined(unit.name)


class Unit(NamedTuple):
    """A unit of measure as the page names it."""

    code: str
    name: Both


def unit_of(row: dict[str, Any]) -> Unit:
    """The unit of a row that has `unit_code` and its names."""
    return Unit(str(row["unit_code"] or ""), Both(str(row["unit_name_en"] or ""), str(row["unit_name_vi"] or row["unit_name_en"] or "")))


def day(value: date | None) -> Both:
    """A day: `1 July 2025`, in Vietnamese `1/7/2025`."""
    if value is None:
        return NOTHING
    return Both(f"{value.day} {value:%B} {value.year}", f"{value.day}/{value.month}/{value.year}")


def period(code: str | None) -> Both:
    """A period in words: `first half of 2024`, in Vietnamese `6 tháng đầu năm 2024`; a code that is none as it stands."""
    span = read_period(code) if code else None
    return same(code) if span is None else Both(span.name_en, _period_vi(span))


def _period_vi(span: Period) -> str:
    first, last, year = span.first_day, span.last_day, span.first_day.year
    match span.freq:
        case "A":
            name = f"năm {year}"
        case "S":
            name = f"6 tháng {'đầu' if first.month == 1 else 'cuối'} năm {year}"
        case "Q":
            name = f"quý {ROMAN[(first.month - 1) // 3]}/{year}"
        case "M":
            name = f"tháng {first.month}/{year}"
        case _ if first == last:
            name = f"ngày {day(first).vi}"
        case _ if span.months is None:
            name = f"từ {day(first).vi} đến {day(last).vi}"
        case _ if span.is_cumulative:
            name = f"{span.months} tháng đầu năm {year}"
        case _ if span.freq.startswith("A") and first.month == 1:
            name = f"giai đoạn {year}–{last.year}"
        case _:
            name = f"từ tháng {first.month}/{year} đến tháng {last.month}/{last.year}"
    return name


def capital(text: Both) -> Both:
    """The text with a capital at its beginning."""
    return _each(text, lambda words: words[:1].upper() + words[1:])


def inside(text: Both) -> Both:
    """A name as it stands inside a sentence: small at its beginning, unless it begins with an abbreviation."""
    return _each(text, lambda name: name if name[1:2].isupper() else name[:1].lower() + name[1:])


def _each(text: Both, change: Callable[[str], str]) -> Both:
    return Both(change(text.en), change(text.vi))
