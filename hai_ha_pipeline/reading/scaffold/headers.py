"""What the headers of figure columns say: period, release stage, role, unit, indicator, area; and one pattern for many of them.

"2020 (*) Average population (Thous. pers.)" says a period, a footnote, an indicator and a unit.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from hai_ha_pipeline.reading.descriptor import StatementField
from hai_ha_pipeline.reading.scaffold.known import Known
from hai_ha_pipeline.reading.scaffold.words import role_of, status_of

Kind = StatementField | Literal["footnote", "aside"]
LONGEST = 6  # words of a period, an area or a stage
FEW = 8  # texts that a pattern lists rather than describes
_TOKEN = re.compile(r"[()\[\]]|\*+|[^\s()\[\]*]+")
_FOOTNOTE = re.compile(r"\(\*+\)|\*+|\(\d\)|[\u00b9\u00b2\u00b3]+")


@dataclass(frozen=True)
class Part:
    """One thing that a header says, and where in it."""

    kind: Kind
    text: str
    begin: int
    end: int


@dataclass(frozen=True)
class Header:
    """The header of a column, taken apart."""

    name: str
    parts: list[Part]

    def said(self, kind: Kind) -> str | None:
        """The text of this kind, or none."""
        return next((part.text for part in self.parts if part.kind == kind), None)

    @property
    def fields(self) -> dict[StatementField, str]:
        """The statement fields that it names, as printed."""
        return {part.kind: part.text for part in self.parts if part.kind not in {"footnote", "aside"}}  # type: ignore[misc]


def read_headers(names: Iterable[str], known: Known) -> list[Header]:
    """Each header taken apart by what is known."""
    names = list(names)
    spans = {name: list(_spans(name)) for name in names}
    texts = {text for each in spans.values() for _, _, text in each}
    periods = known.codes("period", texts)
    stages = {text for text in texts if status_of(text)} | {*known.codes("status", {text for text in texts if not text[:1].isdecimal()})}
    areas = known.codes("area", {text for text in texts | set(names) if any(char.isalpha() for char in text)})
    units, indicators = known.codes("unit", texts), known.codes("indicator", {*names, *texts})
    return [_taken_apart(name, spans[name], {*periods}, stages, {*areas}, {*units}, {*indicators}) for name in names]


def _spans(name: str) -> Iterator[tuple[int, int, str]]:
    """Every run of up to a few words, the longest first."""
    tokens = [(found.start(), found.end()) for found in _TOKEN.finditer(name)]
    for length in range(min(LONGEST, len(tokens)), 0, -1):
        for first in range(len(tokens) - length + 1):
            begin, end = tokens[first][0], tokens[first + length - 1][1]
            text = name[begin:end]
            bare = text.rstrip(",;:")
            yield begin, begin + len(bare), bare


def _taken_apart(
    name: str,
    spans: list[tuple[int, int, str]],
    periods: set[str],
    stages: set[str],
    areas: set[str],
    units: set[str],
    indicators: set[str],
) -> Header:
    if name in areas or name in indicators:
        return Header(name, [Part("area" if name in areas else "indicator", name, 0, len(name))])
    parts: list[Part] = []

    def take(kind: Kind, begin: int, end: int) -> None:
        if begin < end and all(end <= part.begin or begin >= part.end for part in parts):
            parts.append(Part(kind, name[begin:end], begin, end))

    found = [span for span in spans if span[2] in periods]
    open_first = sorted(found, key=lambda span: (_is_inside(name, span[0]), -len(span[2])))
    if open_first:
        take("period", *open_first[0][:2])
    for begin, end, text in spans:
        if text in stages and not any(part.kind == "status" for part in parts):
            take("status", begin, end)
    for begin, end, text in spans:
        if role_of(text) and not any(part.kind == "role" for part in parts) and (parts or text == name):
            take("role", begin, end)
    asides = [*re.finditer(r"\(([^()]+)\)", name)]
    for aside in asides:
        ends_the_name = aside is asides[-1] and aside.end() == len(name.rstrip())
        if aside[1].strip() in units or (ends_the_name and any(map(str.isalpha, aside[1])) and not _has_period(aside[1], periods)):
            take("unit", *aside.span(1))
        elif any(map(str.isalpha, aside[1])):
            take("aside", *aside.span(1))
    for note in _FOOTNOTE.finditer(name):
        take("footnote", *note.span())
    for begin, end in sorted(_unread(name, parts), key=lambda span: span[0] - span[1])[:1]:
        text = name[begin:end]
        kind: Kind = "area" if text in areas else "unit" if text in units else "indicator"
        take(kind, begin, end)
    return Header(name, sorted(parts, key=lambda part: part.begin))


def _is_inside(name: str, at: int) -> bool:
    return name[:at].count("(") > name[:at].count(")")


def _has_period(text: str, periods: set[str]) -> bool:
    return any(period in text for period in periods)


def with_unread_words(header: Header) -> Header:
    """Words that nothing reads belong to the part beside them, a period before all others.

    "Jan 2024" is then no year, and nothing that is known: no figure loads until a person has said what it means.
    """
    parts = header.parts
    for begin, end in _unread(header.name, parts):
        beside = sorted((part for part in parts if part.kind != "footnote"), key=lambda part: max(begin - part.end, part.begin - end))[:2]
        if beside:
            part = next((each for each in beside if each.kind == "period"), beside[0])
            first, last = min(begin, part.begin), max(end, part.end)
            wide = Part(part.kind, header.name[first:last], first, last)
            parts = [wide if each is part else each for each in parts if each is part or not first <= each.begin < last]
    return Header(header.name, parts)


def _unread(name: str, parts: list[Part]) -> list[tuple[int, int]]:
    """The stretches of words that nothing has taken."""
    taken = sorted((part.begin, part.end) for part in parts)
    edges = [0, *(edge for span in taken for edge in span), len(name)]
    stretches = []
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        text = name[begin:end]
        bare = text.strip(" ,;:/()[]-\u2013\n")
        if any(char.isalpha() for char in bare):
            start = begin + text.index(bare)
            stretches.append((start, start + len(bare)))
    return stretches


def pattern_of(headers: list[Header], others: list[str]) -> str | None:
    """One pattern that reads all of these headers and none of the others; none where they are too different."""
    order = _common_order(headers)
    needed = [kind for kind in order if all(header.said(kind) is not None for header in headers)]
    if not needed:
        return None
    pivot = order.index(needed[0])
    written = ""
    for place, kind in enumerate(order):
        speaking = [header for header in headers if header.said(kind) is not None]
        before, behind = _around(speaking[0], kind)
        piece = _piece(kind, [str(header.said(kind)) for header in speaking])
        piece = piece + behind if place < pivot else before + piece if place > pivot else piece
        written += piece if kind in needed else f"(?:{piece})?"
    first = headers[0]
    written = escaped(first.name[: first.parts[0].begin]) + written + escaped(first.name[first.parts[-1].end :])
    return written if _reads(written, headers, others) else None


def _common_order(headers: list[Header]) -> list[Kind]:
    """The kinds of all headers in an order that each keeps, if there is one."""
    order: list[Kind] = []
    for header in sorted(headers, key=lambda each: -len(each.parts)):
        at = 0
        for part in header.parts:
            if part.kind in order:
                at = order.index(part.kind) + 1
            else:
                order.insert(at, part.kind)
                at += 1
    return order


def _around(header: Header, kind: Kind) -> tuple[str, str]:
    """What stands between this part and those beside it."""
    place = next(place for place, part in enumerate(header.parts) if part.kind == kind)
    part = header.parts[place]
    before = header.parts[place - 1].end if place else part.begin
    behind = header.parts[place + 1].begin if place + 1 < len(header.parts) else part.end
    return tuple(re.sub(r"\s+", " ", escaped(header.name[begin:end])) for begin, end in ((before, part.begin), (part.end, behind)))  # type: ignore[return-value]


def _reads(pattern: str, headers: list[Header], others: list[str]) -> bool:
    for header in headers:
        match = re.fullmatch(pattern, header.name)
        if match is None or {field: text for field, text in match.groupdict().items() if text} != header.fields:
            return False
    return not any(re.fullmatch(pattern, other) for other in others)


def _piece(kind: Kind, texts: list[str]) -> str:
    distinct = sorted(set(texts), key=lambda text: (-len(text), text))
    if kind in {"footnote", "aside"}:
        return "(?:" + "|".join(map(escaped, distinct)) + ")" if len(distinct) > 1 else escaped(distinct[0])
    if kind == "period":
        alternatives = dict.fromkeys(re.sub(r"\d+|\bI{1,3}\b|\bIV\b", _any_number, escaped(text)) for text in distinct)
        return f"(?P<period>{'|'.join(alternatives)})"
    if len(distinct) > FEW:
        return f"(?P<{kind}>{'[^()]+' if kind == 'unit' else '.+?'})"
    return f"(?P<{kind}>{'|'.join(map(escaped, distinct))})"


def _any_number(found: re.Match[str]) -> str:
    """Any year for a year, any number for another, so that the pattern reads the columns of next year too."""
    if not found[0].isdecimal():
        return "[IV]+"
    return r"\d{4}" if len(found[0]) == 4 else r"\d{1,2}"


def escaped(text: str) -> str:
    """The text as a pattern; blanks need no backslash."""
    return re.escape(text).replace("\\ ", " ").replace("\\-", "-").replace("\\%", "%").replace("\\,", ",")
