"""The page `docs/printed-figures.md`: how printed figures are read, with every form that stands in a folder of sources.

`python -m hai_ha_pipeline.catalogue` writes it. Its prose and examples stand in `printed_examples`; what a cell is read as is
worked out here by the project itself, so the page cannot promise what the code does not do. A form is a cell with its
digits replaced: `23.803,2` has the form `9.999,9`.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from hai_ha_pipeline.cli.master_data import MasterData, master_data
from hai_ha_pipeline.contracts.reading import STATEMENT_SCHEMA
from hai_ha_pipeline.parsing.words import Words, read_words
from hai_ha_pipeline.printed_examples import FORMS, HEAD, SECTIONS, Example, Section
from hai_ha_pipeline.reading.source import read_source, source_folders
from hai_ha_pipeline.transforms.printed import with_change, with_numbers
from hai_ha_pipeline.transforms.series import judged_by_series

Row = dict[str, Any]
Reader = Callable[[Row], Row]
THREE_AFTER_A_MARK = re.compile(r"(?<=[0-9][.,' \u00a0\u202f])[0-9]{3}(?![0-9])")
STAGES = {"E": "estimated (E)", "P": "preliminary (P)", "F": "forecast (F)", "A": "final (A)"}
EXAMPLE_HEADER = ("printed", "marks", "language", "read as", "interval", "bound")
VALUE_HEADER = ("form", "words beside it", "marks", "printed", "where", "read as", "interval", "bound", "how many")
GROWTH_HEADER = ("form", "marks", "printed", "where", "read as", "interval", "how many")
PLAN_HEADER = ("form", "marks", "printed", "where", "read as", "bound", "how many")
WORD_HEADER = ("words", "where", "read as", "how many")


def page(sources: Path) -> str:
    """The page as Markdown, with every form that the sources print."""
    known = master_data(sources)
    cells = printed_cells(sources, known)
    sections = (f"\n## {each.title}\n\n{each.text}\n\n{_table(EXAMPLE_HEADER, examples_read(each, known))}" for each in SECTIONS)
    return (
        f"{HEAD}{''.join(sections)}{FORMS}"
        f"\n### Values\n\n{_table(VALUE_HEADER, value_forms(cells))}"
        f"\n### Growths\n\n{_table(GROWTH_HEADER, growth_forms(cells))}"
        f"\n### Plan fulfilments\n\n{_table(PLAN_HEADER, plan_forms(cells))}"
        f"\n### Words\n\n{_table(WORD_HEADER, words_found(cells, known))}"
    )


def printed_cells(sources: Path, known: MasterData) -> pl.DataFrame:
    """Every cell of every source as it was printed and as it was read, judged as a run does.

    Raises `SourceError` where a source cannot be used.
    """
    read = [read_source(folder, known.judge) for folder in source_folders(sources)]
    figures = judged_by_series(pl.concat(each.figure for each in read), known.dim_indicator, known.dim_area, known.dim_unit)
    return _beside_each_other(pl.concat(each.statement for each in read), figures, known)


def _beside_each_other(statements: pl.DataFrame, figures: pl.DataFrame, known: MasterData) -> pl.DataFrame:
    """Statements with the figures they are read as; `value` is the text, `read_as` the number."""
    units = known.dim_indicator.join(known.dim_unit, on="unit_code").select("indicator_code", unit_name="unit_name_en")
    only_judged = [name for name in figures.columns if name not in statements.columns]
    judged = figures.select("statement_key", *only_judged, "rule", read_as="value", bound="qualifier")
    return (
        statements.drop("rule", "reason")
        .rename({"qualifier": "words"})
        .join(judged, on="statement_key")
        .join(units, on="indicator_code", how="left")
        .sort("source", "file", "row", "column", maintain_order=True)
    )


def form_of(text: str) -> str:
    """The form of a printed text: `23.803,2` is `9.999,9`, `39 of 67` is `9 of 9`."""
    grouped = THREE_AFTER_A_MARK.sub("\0", text.strip())
    return re.sub(r"[0-9]+", "9", grouped).replace("\0", "999")


def value_forms(cells: pl.DataFrame) -> list[Row]:
    """Each form of a value, with the words in the column beside it, its first example, and how it is read."""
    return _forms(cells, "value_as_printed", _value_read)


def growth_forms(cells: pl.DataFrame) -> list[Row]:
    """Each form of a growth; an empty cell has none."""
    return _forms(_by_themselves(cells), "growth_as_printed", _growth_read)


def plan_forms(cells: pl.DataFrame) -> list[Row]:
    """Each form of a plan fulfilment."""
    return _forms(_by_themselves(cells), "plan_fulfilment", _plan_read)


def _by_themselves(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells whose words, unit and correction are the business of the value beside them."""
    nothing = pl.lit(None, pl.String)
    return cells.with_columns(words=nothing, unit_as_printed=nothing, is_corrected=pl.lit(value=False))


def _forms(cells: pl.DataFrame, printed: str, read: Reader) -> list[Row]:
    """One row a form, its marks, and what makes its reading another: the first cell as example, all words beside it, how many."""
    forms: dict[tuple[str, ...], Row] = {}
    words: dict[tuple[str, ...], dict[str, None]] = {}
    for cell in cells.filter(pl.col(printed).str.strip_chars() != "").iter_rows(named=True):
        reading, form = read(cell), form_of(cell[printed])
        key = (form, *(str(each) for each in (_marks(cell), reading["bound"], reading.pop("kind"), cell["is_corrected"])))
        place = f"`{cell['source']}/{cell['file']}:{cell['row']}`"
        example = _printed(cell["words"], cell[printed], cell["unit_as_printed"])
        row = forms.setdefault(
            key, {"form": f"`{form}`", "marks": _marks(cell), "printed": example, "where": place, **reading, "how many": 0}
        )
        row["how many"] += 1
        words.setdefault(key, {}).update({cell["words"]: None} if cell["words"] else {})
    return [forms[key] | {"words beside it": "; ".join(words[key])} for key in sorted(forms)]


def words_found(cells: pl.DataFrame, known: MasterData) -> list[Row]:
    """Each text of words, in the columns for words and beside the digits of a cell, with what it says."""
    read = cells.filter(~pl.col("is_missing")).pipe(with_change, known.dim_unit).pipe(with_numbers)
    places = {
        "column `qualifier`": "words", "column `status`": "status", "in the value": "value_words", "in the growth": "growth_words",
        "in the plan fulfilment": "plan_fulfilment_words",
    }  # fmt: skip
    found = pl.concat(read.select(where=pl.lit(where), words=column) for where, column in places.items())
    counted = found.filter(pl.col("words").fill_null("") != "").group_by("words", "where").agg(pl.len()).sort("words", "where")
    return [
        {"words": words, "where": where, "read as": _said(read_words(words)), "how many": count}
        for words, where, count in counted.iter_rows()
    ]


def examples_read(section: Section, known: MasterData) -> list[Row]:
    """The examples of a section with what the project reads them as."""
    statements = pl.DataFrame([_statement(place, each) for place, each in enumerate(section.examples, 1)], schema=STATEMENT_SCHEMA)
    cells = _beside_each_other(statements, known.judge(statements), known).to_dicts()
    return [_example_read(example, cell) for example, cell in zip(section.examples, cells, strict=True)]


def _statement(place: int, example: Example) -> Row:
    """An example as if a file had printed it."""
    return {
        **dict.fromkeys(STATEMENT_SCHEMA),
        **asdict(example),
        "statement_key": place, "source": "example", "resource": "example", "file": "example.csv", "row": place, "column": "value",
        "area": "201", "period": "2024", "value_as_printed": example.value, "unit_as_printed": example.unit,
        "growth_as_printed": example.growth, "precedence": 100, "is_missing": False, "is_corrected": False, "is_settled": False,
    }  # fmt: skip


def _example_read(example: Example, cell: Row) -> Row:
    declared = {"`baseline`": example.baseline, "`round_to`": example.round_to}
    further = "".join(f" ({name} {value})" for name, value in declared.items() if value is not None)
    if example.growth:
        printed = _printed(None, example.growth, f"beside {example.value} {example.unit}")
    else:
        printed = _printed(example.qualifier, example.value, example.unit)
    reading = _growth_read(cell) if example.growth else _value_read(cell)
    return {"printed": printed + further, "marks": _marks(cell), "language": example.language or "none", **reading}


def _printed(words: str | None, text: str, unit: str | None) -> str:
    return " ".join(part for part in (words, f"`{text.strip()}`", unit) if part)


def _marks(cell: Row) -> str:
    return " ".join(f"`{mark}`" for mark in (cell["decimal_char"], cell["group_char"]) if mark)


def _value_read(cell: Row) -> Row:
    """How a value is read: amount, interval and bound, and what else the text says."""
    if cell["verdict"] != "accepted":
        return _not_read(cell)
    said = [f"{_amount(cell['read_as'])} {cell['unit_name']}"]
    if cell["is_reduction"]:
        said.append(f"left of {_amount(cell['baseline_value'])}")
    elif cell["whole_value"] is not None:
        said.append(f"of {_amount(cell['whole_value'])}")
    if cell["value"] != cell["value_as_printed"].strip():
        said.append(f"{'corrected to' if cell['is_corrected'] else 'mapped to'} `{cell['value']}`")
    stage = "" if cell["obs_status"] == "A" else STAGES.get(cell["obs_status"], cell["obs_status"])
    return {
        "read as": ", ".join(said),
        "interval": _interval(cell["lower"], cell["upper"]),
        "bound": ", ".join(filter(None, (_spaced(cell["bound"]), stage))),
        "kind": (cell["is_reduction"], cell["whole_value"] is not None),
    }


def _growth_read(cell: Row) -> Row:
    """How a growth is read: per cent with their interval, or a change in a unit."""
    if cell["verdict"] != "accepted" or cell["growth"] is None:
        return _not_read(cell)
    if cell["growth_change"] is not None:
        unit = "percentage points" if cell["unit_name"] == "percent" else cell["unit_name"]
        return {"read as": f"{cell['growth_change'].normalize():+,f} {unit}", "interval": "", "bound": "", "kind": "change"}
    lower, upper, basis = cell["growth_lower_pct"], cell["growth_upper_pct"], cell["growth_basis"]
    read = f"{cell['growth_pct'].normalize():+,f} %" + (", on the previous period" if basis == "previous_period" else "")
    return {"read as": read, "interval": _interval(lower, upper), "bound": "", "kind": (lower is None, upper is None, basis)}


def _plan_read(cell: Row) -> Row:
    if cell["verdict"] != "accepted":
        return _not_read(cell)
    read = f"{_amount(cell['plan_fulfilment_pct'])} % of the plan"
    return {"read as": read, "interval": "", "bound": _spaced(cell["plan_fulfilment_qualifier"] or ""), "kind": ""}


def _not_read(cell: Row) -> Row:
    read = f"refused: `{cell['rule']}`" if cell["verdict"] == "rejected" else "missing"
    return {"read as": read, "interval": "", "bound": "", "kind": read}


def _interval(lower: Decimal | None, upper: Decimal | None) -> str:
    return f"{_amount(lower)} to {_amount(upper)}"


def _amount(number: Decimal | None) -> str:
    return "open" if number is None else f"{number.normalize():,f}"


def _spaced(code: str) -> str:
    return code.replace("_", " ")


def _said(words: Words) -> str:
    """What words say, in words."""
    if words.unknown:
        return f"not known: {words.unknown}"
    bound, stage = _spaced(words.qualifier or ""), STAGES.get(words.status or "", words.status or "")
    marked = {"per cent": words.is_percent, "points": words.is_points, "reduction": words.is_reduction}
    said = (bound, stage, words.growth or "", words.currency or "", *(text for text, is_said in marked.items() if is_said))
    return ", ".join(filter(None, said)) or "nothing about the size"


def _table(header: tuple[str, ...], rows: Iterable[Row]) -> str:
    lines = ("".join(f"| {str(row[name]).replace('|', chr(92) + '|')} " for name in header) for row in rows)
    return f"| {' | '.join(header)} |\n|{'---|' * len(header)}\n" + "".join(f"{line}|\n" for line in lines)
