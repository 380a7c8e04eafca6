"""What figures look like: which texts are one, how they mark decimals and groups, and what stands where none is known."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from hai_ha_pipeline.reading.workbook import DECIMAL_MARK

MARKS = frozenset(
    {"", "-", "--", "–", "—", ".", "..", "...", "…", ":", "x", "X", "n/a", "N/A", "n.a.", "NA", "#N/A", "na", "null", "NULL", "NaN", "nan", "None", "//", "/", "*"}
)  # fmt: skip
_NUMBER = rf"\d[\d.,'\u2019{DECIMAL_MARK}\u00a0\u202f\u2009 ]*"
_FIGURE = re.compile(
    rf"^[-+\u2212\u2013]?\s?\(?{_NUMBER}\)?\s*[%\u2030]?\s*(?:\*+|[A-Za-z]{{1,2}}|\([A-Za-z\d*]{{1,3}}\)|[\u00b9\u00b2\u00b3])?$"
)
_WORDED = re.compile(rf"^\D{{0,40}}{_NUMBER}(?:\D{{1,15}}{_NUMBER})?\D{{0,25}}$")
_TOKEN = re.compile(r"\d[\d.,'\u2019]*\d|\d")
COMMA_LANGUAGES = frozenset({"vi", "de", "fr", "es"})


@dataclass(frozen=True)
class NumberFormat:
    """Decimal and grouping mark, how certain they are, and what speaks for or against them."""

    decimal: str
    group: str
    is_certain: bool
    why: str
    against: str | None = None
    shows_marks: bool = True


def is_figure(text: str) -> bool:
    """Whether a text is a figure and nothing else, save a sign, per cent or a footnote mark."""
    return bool(_FIGURE.match(text))


def holds_figure(text: str) -> bool:
    """Whether a text is a figure with words around it, a range, or a part of a whole."""
    return bool(_WORDED.match(text))


def marks_in(cells: Iterable[str]) -> list[str]:
    """What stands in place of a figure, the empty cell always among it."""
    seen = Counter(text for text in cells if text in MARKS)
    return ["", *sorted(seen.keys() - {""})]


def most_decimals(cells: Iterable[str], decimal: str) -> int:
    """The most digits behind the decimal mark."""
    behind = re.compile(rf"[{re.escape(decimal)}{DECIMAL_MARK}](\d+)")
    return max((len(found[1]) for cell in cells if (found := behind.search(cell))), default=0)


def number_format(cells: Iterable[str], language: str | None) -> NumberFormat:
    """How the figures of these cells are written.

    A mark before other than three digits, behind another mark or behind a zero is a decimal mark; one that stands twice
    groups. `1.234` alone may be both: then the language decides, and the format is not certain.
    """
    decimals: dict[str, list[str]] = {".": [], ",": []}
    groups: dict[str, list[str]] = {".": [], ",": [], "'": []}
    open_to_both: dict[str, list[str]] = {".": [], ",": []}
    for token in (token for cell in cells for token in _TOKEN.findall(cell)):
        decimal, group, either = _read(token.replace("\u2019", "'"))
        for said, kept in ((decimal, decimals), (group, groups), (either, open_to_both)):
            if said:
                kept[said].append(token)
    support = {mark: len(decimals[mark]) + len(groups[_other(mark)]) for mark in ".,"}
    if support["."] or support[","]:
        return _decided("." if support["."] > support[","] else ",", decimals, groups, open_to_both)
    return _by_language(language, open_to_both)


def _other(mark: str) -> str:
    return "," if mark == "." else "."


def _read(token: str) -> tuple[str | None, str | None, str | None]:
    """The decimal mark that a number shows, its grouping mark, and the mark that may be both."""
    marks = [char for char in token if not char.isdecimal()]
    if not marks:
        return None, None, None
    last, before = marks[-1], set(marks[:-1])
    tail = len(token) - token.rfind(last) - 1
    if before and last not in before and len(before) == 1:
        return (last, before.pop(), None) if last in ".," else (None, None, None)
    if last in before:
        return None, (last if all(len(part) == 3 for part in token.split(last)[1:]) else None), None
    if last == "'":
        return None, "'", None
    head = token[: token.rfind(last)]
    if tail == 3 and len(head) <= 3 and not head.startswith("0"):
        return None, None, last
    return last, None, None


def _decided(decimal: str, decimals: dict[str, list[str]], groups: dict[str, list[str]], either: dict[str, list[str]]) -> NumberFormat:
    group = "'" if groups["'"] else _other(decimal) if groups[_other(decimal)] or either[_other(decimal)] else ""
    evidence = list(dict.fromkeys(decimals[decimal] + groups[_other(decimal)]))[:2]
    against = list(dict.fromkeys(decimals[_other(decimal)] + groups[decimal]))[:3]
    certain = bool(decimals[decimal] or groups[_other(decimal)])
    return NumberFormat(decimal, group, certain, f"as in {' and '.join(evidence)}", ", ".join(against) or None)


def _by_language(language: str | None, either: dict[str, list[str]]) -> NumberFormat:
    decimal = "," if language in COMMA_LANGUAGES else "."
    ambiguous = either["."] + either[","]
    if not ambiguous:
        return NumberFormat(decimal, "", is_certain=True, why="no figure has a mark", shows_marks=False)
    seen = ", ".join(dict.fromkeys(ambiguous[:3]))
    why = f"figures such as {seen} can be read in two ways; the words are {_LANGUAGES.get(language or '', 'of no known language')}"
    return NumberFormat(decimal, _other(decimal), is_certain=False, why=why)


_LANGUAGES = {"vi": "Vietnamese", "de": "German", "fr": "French", "es": "Spanish", "en": "English"}
