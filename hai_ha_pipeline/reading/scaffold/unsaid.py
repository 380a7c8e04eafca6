"""What no column says: from the header, the lines above, the file's name; else a placeholder that `check` rejects."""

import re

from hai_ha_pipeline.reading.descriptor import REQUIRED_FIELDS, StatementField, fields_named_by
from hai_ha_pipeline.reading.scaffold.columns import Column
from hai_ha_pipeline.reading.scaffold.context import Found, found_around, unit_around, unit_in_name
from hai_ha_pipeline.reading.scaffold.guessed import CHANGE, Guess
from hai_ha_pipeline.reading.scaffold.headers import Header, escaped
from hai_ha_pipeline.reading.scaffold.known import Known
from hai_ha_pipeline.reading.scaffold.words import MULTIPLIER, fields_of_header, tidy

MOST_INDICATORS = 200
PERIOD_IN_NAME = re.compile(r"(?<!\d)(?:19|20)\d\d(?:-?[SQ]\d|-\d\d)?(?!\d)")
ENDING = re.compile(r"(?:\.(?:csv|tsv|txt|xlsx|gz|zip))+$", re.IGNORECASE)


def scale_units(found: Guess, columns: dict[str, Column], known: Known) -> None:
    """SDMX keeps a power of ten in a column of its own: it must be in the unit, or no figure may load."""
    power = next((each for each in columns.values() if tidy(each.name) == MULTIPLIER), None)
    if power is None or {*power.said} <= {"0"}:
        return
    pairs = {(unit, exponent) for unit, exponent in _pairs(found, columns, power) if exponent}
    codes = known.codes("unit", {unit for unit, _ in pairs})
    is_plain = all(unit in codes and re.fullmatch(r"-?\d{1,2}", exponent) for unit, exponent in pairs)
    if pairs and is_plain and len({unit for unit, _ in pairs}) == len(pairs):
        scaled = {unit: known.scaled_unit(codes[unit], int(exponent)) for unit, exponent in sorted(pairs)}
        if all(scaled.values()):
            found.names["unit"] = {unit: str(code) for unit, code in scaled.items()}
            found.why.append(
                f"{power.name} goes into the units: " + ", ".join(f"{unit} x 10^{exponent}" for unit, exponent in sorted(pairs))
            )
            return
    found.columns.pop("unit", None)
    found.constants["unit"] = CHANGE
    powers = ", ".join(sorted({*power.said}))
    differ = "which differ, and no key reads that: split the file, one resource for each, and write the unit together with its power"
    mend = differ if len({*power.said}) > 1 else "write the unit together with it"
    found.doubt("constants", f"{power.name} multiplies the figures by powers of ten ({powers}): {mend}")


def _pairs(found: Guess, columns: dict[str, Column], power: Column) -> list[tuple[str, str]]:
    """The unit and the power of ten of each record."""
    if "unit" not in found.columns:
        return []
    place = columns[found.columns["unit"]].place
    return [(cells[place].strip(), cells[power.place].strip()) for file in found.files for _, cells in file.grid.records]


def say_the_rest(found: Guess, headers: dict[str, Header], columns: dict[str, Column], known: Known) -> None:
    """A constant for each field that neither a column nor a header says."""
    said: set[StatementField] = {*found.columns, *found.constants, *_said_by_headers(found, headers)}
    if found.meaning.is_wide:
        said.add("value")
    _read_file_names(found, said, known)
    said |= {*fields_named_by(found.file_name)}
    for field in (*REQUIRED_FIELDS, "unit"):
        if field in said or (field == "unit" and _unit_by_indicator(found, headers, columns, known)):
            continue
        evidence = _evidence(field, found, headers, known)
        found.constants[field] = (evidence.code or evidence.text) if evidence else CHANGE
        if evidence:
            found.doubt("constants", f"the {field} is taken from {evidence.where}: {evidence.text!r}")
        else:
            found.doubt("constants", f"nothing says which {field} the figures are about: write it in place of {CHANGE}")


def _said_by_headers(found: Guess, headers: dict[str, Header]) -> set[StatementField]:
    """The fields that every figure column's header says."""
    if found.values:
        return set.intersection(*({*each} for each in found.values.values()))
    mine = [headers[name] for name in found.meaning.figures] if found.pattern else []
    return set.intersection(*({*header.fields} & {*fields_named_by(found.pattern)} for header in mine)) if mine else set()


def _evidence(field: StatementField, found: Guess, headers: dict[str, Header], known: Known) -> Found | None:
    figures = [headers[each] for each in found.meaning.figures]
    above, stem = found.grid.above, stem_of(found.files[0].opened.name)
    if field == "unit":
        return unit_around(figures, above, known)
    names_itself = len(figures) == 1 and "value" not in fields_of_header(figures[0].name)
    if field in {"indicator", "area"} and names_itself and (text := figures[0].said(field)):
        return Found(text, known.codes(field, [text]).get(text, ""), "the header")
    return found_around(field, above, stem, known)


def _unit_by_indicator(found: Guess, headers: dict[str, Header], columns: dict[str, Column], known: Known) -> bool:
    """Where no column holds units, each indicator gets its own: from its name, as in "Population (persons)", else a placeholder."""
    if "indicator" not in found.columns or unit_around((headers[each] for each in found.meaning.figures), found.grid.above, known):
        return False
    texts = list(dict.fromkeys(columns[found.columns["indicator"]].said))
    if not 1 < len(texts) <= MOST_INDICATORS:
        return False
    in_name = {text: unit for text in texts if (unit := unit_in_name(text, known))}
    found.columns["unit"] = found.columns["indicator"]
    found.names["unit"] = {text: in_name.get(text, CHANGE) for text in texts}
    found.doubt("names", f"no column holds units, so the indicator's says it too: write the unit of each in place of {CHANGE}")
    return True


def _read_file_names(found: Guess, said: set[StatementField], known: Known) -> None:
    """A period or area in which the files' names differ, or a period that the name of the only file holds."""
    names = [file.opened.name for file in found.files]
    if len(names) > 1:
        _read_differing(found, names, said, known)
        return
    stem = stem_of(names[0])
    texts = [each for each in PERIOD_IN_NAME.finditer(stem) if known.codes("period", [each[0]])]
    if "period" not in said and len(texts) == 1 and not found_around("period", found.grid.above, "", known):
        begin, end = texts[0].span()
        found.file_name = f"{escaped(stem[:begin])}(?P<period>{_form([texts[0][0]])}){escaped(names[0][end:])}"
        found.doubt("file_name", f"the period is taken from the file's name: {texts[0][0]!r}")


def _read_differing(found: Guess, names: list[str], said: set[StatementField], known: Known) -> None:
    begin, end = common_edges(names)
    differing = [name[len(begin) : len(name) - len(end)] for name in names]
    before, behind = escaped(begin), escaped(end)
    fields: tuple[StatementField, ...] = ("period", "area")
    for field in fields:
        if field not in said and len(known.codes(field, differing)) == len({*differing}):
            found.file_name = f"{before}(?P<{field}>{_form(differing)}){behind}"
            found.why.append(f"the files' names differ by the {field}: {', '.join(differing[:3])}")
            return
    if not said >= {*fields}:
        found.doubt("file_name", f"the files' names differ by {', '.join(map(repr, differing[:3]))}: if that says something, read it here")


def _form(texts: list[str]) -> str:
    """A pattern for texts of one form: a year, else whatever stands there."""
    forms = {re.sub(r"\d{4}", r"\\d{4}", re.sub(r"(?<!\d)\d{1,2}(?!\d)", r"\\d{1,2}", escaped(text))) for text in texts}
    return forms.pop() if len(forms) == 1 and all(any(map(str.isdecimal, text)) for text in texts) else ".+?"


def common_edges(names: list[str]) -> tuple[str, str]:
    """The beginning and the end that all names share, up to the word in which they differ."""
    begin = _common_beginning(names)
    return begin, _common_beginning([name[len(begin) :][::-1] for name in names])[::-1]


def _common_beginning(texts: list[str]) -> str:
    first, last = min(texts), max(texts)
    common = first[: next((place for place, char in enumerate(first) if last[place : place + 1] != char), len(first))]
    return re.sub(r"[^\W_]*$", "", common)


def stem_of(name: str) -> str:
    """A file's name without its endings."""
    return ENDING.sub("", name)
