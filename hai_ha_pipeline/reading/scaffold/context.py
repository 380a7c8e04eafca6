"""What stands around a table and says what its columns do not: lines above it, notes, brackets in headers, the file's name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hai_ha_pipeline.reading.descriptor import StatementField
from hai_ha_pipeline.reading.scaffold.headers import Header
from hai_ha_pipeline.reading.scaffold.known import Known
from hai_ha_pipeline.reading.scaffold.words import UNIT_BEFORE, UNIT_WORDS

LONGEST = 8  # words of a name in a title
A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")  # a day above a table is that of its export


@dataclass(frozen=True)
class Found:
    """A text that names something known, its code, and where it stands."""

    text: str
    code: str
    where: str


def found_around(field: StatementField, above: list[str], stem: str, known: Known) -> Found | None:
    """What the lines above the table or the file's name say of a field, the longest name first; none where they differ."""
    for where, texts in (("the lines above the table", above), ("the file's name", [stem, re.sub(r"[_\-.]+", " ", stem)])):
        spans = {span for text in texts for span in _spans(text) if _may_be(field, span)}
        codes = {text: code for text, code in known.codes(field, spans).items() if field != "period" or not A_DAY.fullmatch(code)}
        if codes:
            longest = max(codes, key=lambda text: (len(text), text))
            if field != "period" or len({*codes.values()}) == 1:
                return Found(longest, codes[longest], where)
    return None


def unit_around(headers: Iterable[Header], above: list[str], known: Known) -> Found | None:
    """The unit in brackets behind the name of a figure column, or behind `Unit:` above the table."""
    printed = {unit for header in headers if (unit := header.said("unit"))}
    if len(printed) == 1:
        (text,) = printed
        return Found(text, known.codes("unit", [text]).get(text, ""), "the header")
    for line in above:
        if said := UNIT_BEFORE.search(line.strip(" ()")):
            text = said[1].strip(" ().,;")
            code = known.codes("unit", [text]).get(text, "")
            if code or said[0].lower().startswith(UNIT_WORDS):
                return Found(text, code, "the lines above the table")
    return None


def unit_in_name(text: str, known: Known) -> str | None:
    """The unit that a name ends with, in brackets or behind a comma: that of "GDP growth (annual %)" is `%`."""
    endings = [*re.findall(r"\(([^()]+)\)\s*$", text), *(part.strip() for part in text.split(",")[1:][-1:])]
    return next(iter(known.codes("unit", [*endings, *("%" for ending in endings if ending.endswith(" %"))])), None)


def _may_be(field: StatementField, text: str) -> bool:
    if field == "period":
        return True
    letters = sum(map(str.isalpha, text))
    return letters > 3 and (field == "area" or " " in text or letters > 7)


def _spans(text: str) -> Iterable[str]:
    """Every run of words of a text, without the marks around it."""
    words = re.split(r"[\s_,;:()]+", text)
    for first in range(len(words)):
        for last in range(first + 1, min(len(words), first + LONGEST) + 1):
            yield " ".join(words[first:last]).strip(" .")
