"""The words around a printed figure and what they say, in the languages the sources speak.

A phrase belongs to one kind: it bounds the figure (qualifier), grades it (status), turns it into an index, a rise or a
fall (growth), or says nothing about its size (silent). Add a phrase to the table of its kind; no code knows a word.
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
    "E": "e|estimated|est.|est|expected|likely to|likely|geschätzt|voraussichtlich|ước tính|ước đạt|ước thực hiện|ước",
    "P": "p|preliminary|provisional|vorläufig|sơ bộ|sb",
    "F": "f|forecast|projected|prognose|dự báo|dự kiến",
    "A": "a|official|final|amtlich|chính thức",
}
GROWTHS: dict[str, str] = {
    "index": "of the same period|of same period|equal to|des gleichen zeitraums|cùng kỳ|bằng",
    "rise": "up|increase of|anstieg von|tăng",
    "fall": "down|decrease of|decline of|rückgang von",
}
SILENT = "over the same period|on the same period|gegenüber dem gleichen zeitraum|so với cùng kỳ|of the plan|of plan|of the target|des plans|kế hoạch|%|per cent|percent|por ciento|phần trăm|vnđ|vnd|usd|$|₫|range"

_KINDS = {"qualifier": QUALIFIERS, "status": STATUSES, "growth": GROWTHS}
_MEANINGS: dict[str, tuple[str, str]] = {
    phrase: (kind, code) for kind, table in _KINDS.items() for code, phrases in table.items() for phrase in phrases.split("|")
} | {phrase: ("silent", phrase) for phrase in SILENT.split("|")}
_LONGEST_FIRST = sorted(_MEANINGS, key=len, reverse=True)
_BETWEEN = re.compile(r"^[\s,;:()*+.]+")


@dataclass(frozen=True)
class Words:
    """What the words around a figure say. `unknown` is the text that no table holds; the figure must then not load."""

    qualifier: str | None = None
    status: str | None = None
    growth: str | None = None
    is_percent: bool = False
    is_reduction: bool = False
    unknown: str | None = None


def read_words(text: str | None) -> Words:
    """What `text` says, phrase by phrase, the longest known phrase first; case and Unicode form do not matter.

    Of two release stages ("estimated, preliminary") the first counts; two bounds that contradict each other are unknown.
    """
    rest = unicodedata.normalize("NFC", text or "").lower()
    said: dict[str, str] = {}
    is_percent = is_reduction = False
    while rest := _BETWEEN.sub("", rest):
        phrase = next((known for known in _LONGEST_FIRST if _starts_with(rest, known)), None)
        if phrase is None:
            return Words(unknown=rest.strip())
        kind, code = _MEANINGS[phrase]
        rest = rest[len(phrase) :]
        is_percent = is_percent or phrase in {"%", "per cent", "percent", "por ciento", "phần trăm"}
        if code == "reduced_by":
            is_reduction = True
        elif kind != "silent":
            if kind != "status" and said.get(kind, code) != code:
                return Words(unknown=f"{phrase} (contradicts what stands before it)")
            said.setdefault(kind, code)
    return Words(said.get("qualifier"), said.get("status"), said.get("growth"), is_percent, is_reduction)


def _starts_with(text: str, phrase: str) -> bool:
    ends_inside_a_word = phrase[-1].isalnum() and text[len(phrase) : len(phrase) + 1].isalnum()
    return text.startswith(phrase) and not ends_inside_a_word
