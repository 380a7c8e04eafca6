"""What `docs/printed-figures.md` says of how figures are read, in words for an analyst, and the cells that show it.

No reading stands here: the project works it out when the page is made. A new way to read a cell belongs here as an example.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Example:
    """A cell that no source needs to print, with what stands beside it."""

    value: str
    unit: str = "billion VND"
    indicator: str = "total_production_value"
    qualifier: str | None = None
    growth: str | None = None
    baseline: str | None = None
    language: str | None = "en"
    decimal_char: str = "."
    group_char: str = ","
    round_to: int | None = None


@dataclass(frozen=True)
class Section:
    """A part of the page in words for an analyst (Markdown), and examples."""

    title: str
    text: str
    examples: tuple[Example, ...]


def _german(value: str, **beside: Any) -> Example:
    return Example(**{"unit": "Milliarden VND", "language": "de", "decimal_char": ",", "group_char": "."} | beside | {"value": value})


def _vietnamese(value: str, **beside: Any) -> Example:
    return _german(value, **{"unit": "tỷ đồng", "language": "vi"} | beside)


def _visits(value: str, **beside: Any) -> Example:
    return Example(**{"indicator": "tourist_visits", "unit": "visits"} | beside | {"value": value})


def _households(value: str, **beside: Any) -> Example:
    return Example(**{"indicator": "poor_households", "unit": "households"} | beside | {"value": value})


def _growing(growth: str, **beside: Any) -> Example:
    return Example(**{"value": "50,000", "unit": "visits", "indicator": "tourist_visits"} | beside | {"growth": growth})


HEAD = """# How a printed figure is read

A figure is read from the text as it was printed, never from a number that some program made of it. What is certain is read; what
could mean two things is refused, with its reason ([rejections.md](rejections.md)), and a line in `corrections.csv` settles it.
The text as printed stays beside every figure: `value_as_printed`, `unit_as_printed`, `qualifier_as_printed`, `growth_as_printed`.

This page is generated (`make docs`). The readings below are worked out by the project itself: in the sections from made-up cells,
in the [tables](#every-form-in-the-sources) from every cell of the sources that come with it. `printed` is the cell, between the
words of its column `qualifier` and its unit; `marks` are the declared decimal mark and grouping mark (`decimalChar`, `groupChar`).
A value is read into its indicator's own unit, and the interval is every value that the printed text allows.
"""

SECTIONS: tuple[Section, ...] = (
    Section(
        "Number formats",
        """The descriptor declares both marks, for each column of figures; `growth`, `plan_fulfilment` and `baseline` beside it are read in the
same format. Groups are of three digits and stand before the decimal mark only. Blanks group in every format, no-break and thin
ones too, and full-width digits are digits. A cell that does not fit is refused, never bent until it fits.

One separator before three digits has **two readings**: `33.796` is 33,796 where the dot groups, and 33.796 where it is the
decimal mark. The declared reading holds. Where it lies outside the indicator's plausible range (`reference/indicators.csv`), or a
thousand times off its series, and the other reading does not, the figure is refused as `ambiguous-number`. The other reading
is never taken by itself: look the figure up, and add a line to `corrections.csv`.""",
        (
            _german("23.803,2"), _german("23 803,2"), Example("23,803.2"), Example("1.5E+05"), _visits("９７３００"),
            _german("33.796", unit="Millionen USD", indicator="import_export_turnover"),
            _german("33,796", unit="Millionen USD", indicator="import_export_turnover"),
            Example("12,34,567"), Example("(36,000)"), _german(",5"), _german("23,803.2"),
        ),
    ),
    Section(
        "Words that bound, and intervals",
        """Words may stand in the cell or in the column `qualifier`. An exact figure stands for half a unit of its last printed digit on
either side. A bound leaves one side open, a range has both ends, and "about" is the printed value, marked as an estimate.

| bound | words (English, German, Vietnamese; more in `hai_ha_pipeline/parsing/words.py`) |
|---|---|
| `more_than` | more than, over, exceeding, surpass; mehr als, über; hơn, trên |
| `at_least` | at least, from, or more; mindestens, ab; ít nhất, từ, trở lên |
| `nearly` | nearly, almost, close to; fast, knapp, nahezu; gần |
| `at_most` | at most, up to, no more than; höchstens; không quá, tối đa |
| exact, stage E | about, around, approximately; etwa, rund, ungefähr; khoảng |

Two bounds that contradict each other, and words that no table knows, refuse the figure: their meaning is not certain. Words whose
letters were damaged by a wrong encoding are such words.""",
        (
            _german("mehr als 36.000"), _vietnamese("hơn 36.000"), Example("nearly 14,800"), _german("rund 36.000"), Example("60-62", unit="%", indicator="share_services"),
            _vietnamese("từ 36.000 trở lên"), Example("over 14,800, nearly"), _german("Ã¼ber 36.000"),
        ),
    ),
    Section(
        "Scale words and number words",
        """A scale word belongs to the unit (`Milliarden VND`, `nghìn tỷ đồng`) or stands in the cell; half a unit of the last digit follows
it. It means what the declared `language` says: a Billion is 10^12 in German, a billion 10^9 in English. Where no language
is declared, such a word is refused. So is a scale in the cell beside a unit that has one already: which of the two holds?
A currency in the cell has to be that of the unit. Numbers may be spelled out, in English, German and Vietnamese. Any other word for a number, such as `keine`, is mapped under `names`.""",
        (
            _vietnamese("1,2 triệu", unit="lượt khách", indicator="tourist_visits"),
            _german("1,2 Billionen", unit="VND"), Example("1.2 trillion", unit="VND"), Example("1,200 billion", unit="VND"),
            Example("1.2 billion", unit="VND", language=None), _visits("1.2 million", unit="million visits"), Example("$1,200"),
            _german("zwölf", unit="Haushalte", indicator="poor_households"), _vietnamese("mười hai", unit="hộ", indicator="poor_households"), _households("twenty-one"),
        ),
    ),
    Section(
        "Parts of a whole, and reductions",
        """`9 von 9` is the figure 9, and its whole 9 is kept. A reduction is a figure of the level itself: what is left stands in the
warehouse, and the level it started from beside it. It needs that level, from the whole in the cell or from `baseline`; a
bound turns round, for whoever reduces by more leaves less.""",
        (
            _german("9 von 9", unit="Einnahmepositionen", indicator="budget_items_on_schedule"), _households("39/67"), _households("39/67", qualifier="reduced by"),
            _vietnamese("39 trong số 67", unit="hộ", indicator="poor_households", qualifier="giảm"),
            _households("more than 39", qualifier="reduced by", baseline="67"), _households("50", unit="%", qualifier="reduced by", baseline="281"),
            _households("39", qualifier="reduced by"),
        ),
    ),
    Section(
        "Growth",
        """A growth is kept in per cent, beside the figure it belongs to. An index is less its 100; a multiple says how many times the old
figure is the new one. "Up 3 times" is refused: by three times, or to three times? A change in the figure's own unit is kept as
it is (`growth_change_reported`), and so is one in percentage points, which only an indicator in per cent can have. In
a fall the bounds turn round. "107.2 % over the same period" is refused: a growth, or an index? A comparison with the plan is no growth: it belongs in `plan_fulfilment`, which keeps its bound too.""",
        (
            _growing("14.8 %"), _growing("down 7 %"), _growing("more than 14 %"), _growing("down more than 7 %"), _growing("10-12 %"),
            _growing("107.2 % of the same period"), _growing("107.2 % over the same period"), _growing("93 % of the same period"), _growing("3 times"),
            _growing("gấp 3 lần", value="50.000", unit="lượt khách", language="vi", decimal_char=",", group_char="."),
            _growing("up 3 times"), _growing("tăng 3 lần", value="50.000", unit="lượt khách", language="vi", decimal_char=",", group_char="."),
            _growing("up 50,100 visits", value="152,100"), _growing("up 0.5 percentage points", value="36.3", unit="%", indicator="urbanisation_rate"),
            _growing("up 0.5 percentage points"), _growing("down -7 %"),
        ),
    ),
    Section(
        "Marks beside the digits, and rounding",
        """A release stage glued on (`sb` for sơ bộ, preliminary) is read as the stage. Footnote marks say nothing about the size and are left
out. Marks of a gap (`..`, `N/A`, `-`) are declared under `missingValues`; the cell then counts as missing. Computed figures with
many digits need `round_to` in the descriptor: digits are never cut without being asked for.""",
        (
            _german("519,4sb"), Example("519.4 p"), Example("519.4*"), Example("519.4 ¹"), Example("519.4 (1)"), Example("519.4 e"),
            Example("125.61049445005"), Example("125.61049445005", round_to=2),
        ),
    ),
)  # fmt: skip

FORMS = """
## Every form in the sources

In a form every digit is a 9. A run of digits is one 9, whatever its length, but three digits after a mark stay 999, because they
may be a group. Cells of one form with the same marks, bound and release stage are one row, with the first of them as
the example and all words that stand in the column beside them; what was corrected has its own row.
"""
