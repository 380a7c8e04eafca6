"""A wide table: what the header of each figure column stands for, by one pattern or column by column."""

import re

from hai_ha_pipeline.reading.descriptor import STATEMENT_FIELDS, StatementField
from hai_ha_pipeline.reading.scaffold.guessed import Guess
from hai_ha_pipeline.reading.scaffold.headers import Header, Part, pattern_of
from hai_ha_pipeline.reading.scaffold.known import Known
from hai_ha_pipeline.reading.scaffold.naming import note_unknown
from hai_ha_pipeline.reading.scaffold.words import role_of, status_of

MANY = 3  # columns of figures that a pattern is worth
IN_HEADERS: tuple[StatementField, ...] = ("indicator", "unit", "area")


def lay_out_wide(found: Guess, headers: dict[str, Header], known: Known) -> None:
    """A pattern where the headers of many figure columns are alike, else each column by itself."""
    mine = [_without_columns(headers[name], found) for name in found.meaning.figures]
    others = [name for name in headers if name not in found.meaning.figures]
    have_one_format = len({(each.decimal, each.group) for each in found.formats.values()}) == 1
    have_period = any(header.said("period") for header in mine)
    if len(mine) >= MANY and have_one_format and have_period and not any(header.said("aside") for header in mine):
        found.pattern = pattern_of(mine, others)
    if found.pattern:
        found.why.append(f"{len(mine)} columns hold figures, their headers have one form, e.g. {mine[0].name!r}")
        _name_words(found, mine, known)
    else:
        found.why.append(
            f"{len(mine)} columns hold figures: {', '.join(repr(header.name) for header in mine[:4])}{' ...' * (len(mine) > 4)}"
        )
        found.values = {header.name: _stands_for(header, known) for header in mine}
        _doubt_values(found, mine, known)


def _without_columns(header: Header, found: Guess) -> Header:
    """The header without what a column says already: "Value 2020" beside a column of indicators says only the year."""
    if not header.said("period"):
        return header
    known_by_column = {"indicator", "area"} & {*found.columns}
    return Header(header.name, [Part("footnote", *_place(part)) if part.kind in known_by_column else part for part in header.parts])


def _place(part: Part) -> tuple[str, int, int]:
    return part.text, part.begin, part.end


def _stands_for(header: Header, known: Known) -> dict[StatementField, str]:
    """What one header says, in codes where there are any; a month in brackets is taken for the time of publication."""
    said = {field: _coded(field, text, known) for field, text in header.fields.items()}
    if published := _published(header, known):
        said["published_on"] = published
    return {field: said[field] for field in STATEMENT_FIELDS if field in said}


def _published(header: Header, known: Known) -> str | None:
    aside = header.said("aside") or ""
    period = known.codes("period", [aside]).get(aside, "")
    return f"~{period}" if re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", period) else None


def _coded(field: StatementField, text: str, known: Known) -> str:
    if field == "role":
        return role_of(text) or text
    if field == "status":
        return known.codes("status", [text]).get(text) or status_of(text) or text
    return known.codes(field, [text]).get(text, text)


def _name_words(found: Guess, headers: list[Header], known: Known) -> None:
    """Words in the headers that need a code: `Prel.` is preliminary, `Kế hoạch` a target."""
    for header in headers:
        status, role = header.said("status"), header.said("role")
        if status and status not in known.codes("status", [status]) and (code := status_of(status)):
            found.names.setdefault("status", {})[status] = code
        if role and (code := role_of(role)) and role != code:
            found.names.setdefault("role", {})[role] = code
    for field in IN_HEADERS:
        note_unknown(found, field, [text for header in headers if (text := header.fields.get(field))], known)


def _doubt_values(found: Guess, headers: list[Header], known: Known) -> None:
    published = [header.said("aside") for header in headers if _published(header, known)]
    if published:
        found.doubt("values", f"times in brackets, such as {published[0]!r}, are taken for the time of publication")
    for field in IN_HEADERS:
        texts = [text for each in found.values.values() if (text := each.get(field))]
        unknown = [text for text in dict.fromkeys(texts) if text not in known.codes(field, texts)]
        nearest = known.nearest(field, unknown)
        for text in unknown:
            near = ", ".join(nearest.get(text, [])) or "nothing like it"
            found.doubt("values", f"no {field} is called {text!r}; the nearest known: {near}")
