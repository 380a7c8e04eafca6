"""The words around a printed figure and what they say, in the languages the sources speak.

A phrase belongs to one kind: it bounds the figure (qualifier), grades it (status), turns it into an index, a rise or a
fall (growth), names its currency, or says nothing about its size (silent). Add a phrase to the table of its kind; no code knows a word.
"""

import re
import unicodedata
from dataclasses import dataclass

QUALIFIERS: dict[str, str] = {
    "more_than": "more than|over|above|exceeding|exceed|surpass|surpasses|top|mehr als|über|hơn|trên|plus de|más de|이상",
    "at_least": "at least|from|or more|mindestens|ab|ít nhất|từ|trở lên|au moins",
    "nearly": "nearly|almost|close to|fast|knapp|nahezu|gần|près de|casi",
    "at_most": "at most|up to|no more than|höchstens|bis zu|không quá|tối đa|dưới",
    "about": "about|around|approximately|etwa|rund|ungefähr|khoảng|environ",
    "reduced_by": "reduced by|reduced|reduction of|reduziert um|reduziert|abgebaut|giảm",
}
STATUSES: dict[str, str] = {
    "E": "e|estimated|est.|est|expected|likely to|likely|geschätzt|voraussichtlich|ước tính|ước thực hiện|ước",
    "P": "p|preliminary|provisional|vorläufig|sơ bộ|sb",
    "F": "f|forecast|projected|prognose|dự báo|dự kiến",
    "A": "a|official|final|amtlich|chính thức",
}
GROWTHS: dict[str, str] = {
    "index": "of the same period last year|of the same period of last year|of the same period of the previous year|of the same period|of same period"
    "|equal to|entspricht|des gleichen zeitraums des vorjahres|des gleichen zeitraums|cùng kỳ năm trước|cùng kỳ năm ngoái|cùng kỳ|bằng",
    "multiple": "times|-fold|fold|fach|mal so viel wie|mal so viel|gấp|lên gấp|tăng gấp|tăng lên gấp|lần",
    "rise": "up|rose by|increased by|increase of|plus|anstieg von|gestiegen|gewachsen|zugenommen|tăng thêm|tăng",
    "fall": "down|fell by|decreased by|decrease of|decline of|minus|rückgang von|gesunken|gefallen|zurückgegangen|giảm đi",
}
POINTS = "percentage points|percentage point|percent points|% points|%-points|pp|p.p.|%p|%-punkte|prozentpunkte|prozentpunkten|prozentpunkt|điểm phần trăm|điểm %"
CURRENCIES: dict[str, str] = {"usd": "usd|us-dollar|$", "vnd": "vnđ|vnd|đồng|₫"}
PER_CENT = "%|per cent|percent|prozent|por ciento|pour cent|phần trăm"
SILENT = "over the same period last year|over the same period|on the same period|compared to the same period|the same period last year|the same period|gegenüber dem gleichen zeitraum|so với cùng kỳ năm trước|so với cùng kỳ năm ngoái|so với cùng kỳ|um|range"
PLAN = "of the plan|of plan|of the target|des plans|kế hoạch"
REACHED = "đạt"  # `đạt 107,2 %` reached that level, `tăng 7,2 %` grew by it

_KINDS = {"qualifier": QUALIFIERS, "status": STATUSES, "growth": GROWTHS}
_MEANINGS: dict[str, tuple[str, str]] = {
    phrase: (kind, code) for kind, table in _KINDS.items() for code, phrases in table.items() for phrase in phrases.split("|")
} | {
    phrase: (kind, code)
    for kind, table in (
        ("currency", CURRENCIES),
        ("percent", {"percent": PER_CENT}),
        ("points", {"points": POINTS}),
        ("silent", {"silent": SILENT}),
        ("plan", {"plan": PLAN}),
        ("reached", {"reached": REACHED}),
    )
    for code, phrases in table.items()
    for phrase in phrases.split("|")
}
_LONGEST_FIRST = sorted(_MEANINGS, key=len, reverse=True)
_BETWEEN = re.compile(r"^[\s,;:()*.]+")


@dataclass(frozen=True)
class Words:
    """What the words around a figure say. `unknown` is the text that no table holds; the figure must then not load."""

    qualifier: str | None = None
    status: str | None = None
    growth: str | None = None
    currency: str | None = None
    is_percent: bool = False
    is_points: bool = False
    is_reduction: bool = False
    is_of_plan: bool = False
    is_reached: bool = False
    unknown: str | None = None


def read_words(text: str | None) -> Words:
    """What `text` says, phrase by phrase, the longest known phrase first; case and Unicode form do not matter.

    Of two release stages ("estimated, preliminary") the first counts; two bounds that contradict each other are unknown.
    """
    rest = unicodedata.normalize("NFC", text or "").lower()
    said: dict[str, str] = {}
    while rest := _BETWEEN.sub("", rest):
        phrase = next((known for known in _LONGEST_FIRST if _starts_with(rest, known)), None)
        if phrase is None:
            return Words(unknown=rest.strip())
        kind, code = _MEANINGS[phrase]
        rest = rest[len(phrase) :]
        if code == "reduced_by":
            kind = "reduction"
        both = {said.get(kind, code), code}
        if both == {"rise", "multiple"}:
            return Words(unknown=f"{phrase} (by or to so many times?)")
        if kind in {"qualifier", "growth", "currency"} and len(both) > 1 and both != {"index", "multiple"}:
            return Words(unknown=f"{phrase} (contradicts what stands before it)")
        said[kind] = "multiple" if "multiple" in both else said.get(kind, code)
    if "reduction" in said and said.get("growth") in {"rise", "index", "multiple"}:
        return Words(unknown=f"{text} (a reduction and something else)")
    return Words(
        qualifier=said.get("qualifier"),
        status=said.get("status"),
        growth=said.get("growth"),
        currency=said.get("currency"),
        is_percent="percent" in said,
        is_points="points" in said,
        is_reduction="reduction" in said,
        is_of_plan="plan" in said,
        is_reached="reached" in said,
    )


def _starts_with(text: str, phrase: str) -> bool:
    ends_inside_a_word = phrase[-1].isalnum() and text[len(phrase) : len(phrase) + 1].isalnum()
    is_of_initials = len(phrase) == 1 and re.match(r"\.\s*[^\W\d_]", text[1:])  # `p. a.` is no `p`
    return text.startswith(phrase) and not ends_inside_a_word and not is_of_initials
