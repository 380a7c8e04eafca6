"""A wide table: what the header of each figure column stands for, by one pattern or column by column."""

import re

from hai_ha_pipeline.reading.descriptor import STATEMENT_FIELDS, StatementField
from hai_ha_pipeline.reading.scaffold.guessed import Guess
from hai_ha_pipeline.reading.scaffold.headers import Header, Part, pattern_of, with_unread_words
from hai_ha_pipeline.reading.scaffold.known import Known
from hai_ha_pipeline.reading.scaffold.naming import note_unknown
from hai_ha_pipeline.reading.scaffold.words import ROLES, fields_of_header, role_of, status_of

MANY = 3  # columns of figures that a pattern is worth
IN_HEADERS: tuple[StatementField, ...] = ("indicator", "unit", "area", "period")


def lay_out_wide(found: Guess, headers: dict[str, Header], known: Known) -> None:
    """A pattern where the headers of many figure columns are alike, else each column by itself."""
    mine = [_beside_columns(headers[name], found) for name in found.meaning.figures]
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


def _beside_columns(header: Header, found: Guess) -> Header:
    """The header beside the columns: "Value 2020" beside one of indicators says only the year.

    Words that may mean more stay: "Jan 2024" as a period, "Plan" as a role, to be rejected where it is none that is known.
    """
    by_column = {"indicator", "area"} & {*found.columns}
    if not header.said("period"):
        return Header(header.name, [_role(part) if part.kind in by_column else part for part in header.parts])
    parts = [_mere(part) if part.kind in by_column and _is_value(part.text) else part for part in header.parts]
    return with_unread_words(Header(header.name, [part for part in parts if part.kind not in by_column]))


def _is_value(text: str) -> bool:
    return fields_of_header(text).get("value", 0) > 1


def _mere(part: Part) -> Part:
    return Part("footnote", *_place(part))


def _role(part: Part) -> Part:
    return _mere(part) if _is_value(part.text) else Part("role", *_place(part))


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
    unread = [text for header in headers if (text := header.said("period")) and not known.codes("period", [text])]
    if unread:
        said = ", ".join(map(repr, unread[:3]))
        found.doubt("values", f"the headers {said} hold more than a period that can be read: map each to its period under `names`")
    for field in IN_HEADERS:
        note_unknown(found, field, [text for header in headers if (text := header.fields.get(field))], known)


def _doubt_values(found: Guess, headers: list[Header], known: Known) -> None:
    published = [header.said("aside") for header in headers if _published(header, known)]
    if published:
        found.doubt("values", f"times in brackets, such as {published[0]!r}, are taken for the time of publication")
    for header in headers:
        if (aside := header.said("aside")) and not _published(header, known):
            found.doubt("values", f"{aside!r} in the header {header.name!r} is not read: look whether it changes what the figures mean")
    roles = [role for each in found.values.values() if (role := each.get("role")) and role not in ROLES]
    if roles:
        said = ", ".join(map(repr, roles[:3]))
        found.doubt("values", f"nothing says what {said} mean beside the column of indicators: write it, or delete these columns here")
    for field in IN_HEADERS:
        texts = [text for each in found.values.values() if (text := each.get(field))]
        unknown = [text for text in dict.fromkeys(texts) if text not in known.codes(field, texts)]
        nearest = known.nearest(field, unknown)
        for text in unknown:
            near = ", ".join(nearest.get(text, [])) or "nothing like it"
            found.doubt("values", f"no {field} is called {text!r}; the nearest known: {near}")
