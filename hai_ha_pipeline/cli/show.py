"""How answers look: tables for people, CSV and JSON for programs."""

import csv
import json
import os
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hai_ha_pipeline.storage.query import Answer

WIDE, NARROW = 180, 130
NARROWEST = 8  # letters of a column that can still be read
DERIVED = "Σ "
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
KEPT_WHOLE = {"target", "result", "value", "base", "fulfilled", "of way", "expected", "growth %", "printed %", "implied base", "status"}
STATUS_STYLES = {
    "achieved": "green", "on_track": "green", "at_risk": "yellow", "off_track": "red", "reversing": "red", "not_achieved": "red",
    "undetermined": "cyan", "not_assessable": "dim", "no_result": "dim",
}  # fmt: skip


Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """One column of a table for people."""

    name: str
    cell: Callable[[Row], str | Text]
    is_number: bool = False
    is_needed: bool = True


def console() -> Console:
    """Where answers go; in a pipe wide enough for every table."""
    return Console() if sys.stdout.isatty() or "COLUMNS" in os.environ else Console(width=WIDE)


def show(answer: Answer, shown_as: str) -> None:
    """Print an answer as a table, CSV or JSON."""
    if shown_as == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(answer.columns)
        writer.writerows(answer.rows)
    elif shown_as == "json":
        show_json(_as_dicts(answer))
    elif console().width < NARROWEST * len(answer.columns):
        _show_records(answer)
    else:
        table = new_table(answer.columns, [isinstance(value, int | float | Decimal) for value in (answer.rows or [()])[0]])
        for row in answer.rows:
            table.add_row(*(Text(as_text(value)) for value in row))
        console().print(table)
        console().print(f"{len(answer.rows)} rows", style="dim")


def _show_records(answer: Answer) -> None:
    """Print an answer of more columns than can be read side by side: a line for each value, a paragraph for each row."""
    width = max(map(len, answer.columns))
    for number, row in enumerate(answer.rows, 1):
        values = (f"{name:{width}}  {as_text(value)}" for name, value in zip(answer.columns, row, strict=True) if value is not None)
        print(f"row {number}", *values, "", sep="\n")  # noqa: T201
    console().print(f"{len(answer.rows)} rows; values that are null are left out", style="dim")


def show_json(content: Any) -> None:
    """Print anything as JSON, for programs."""
    print(json.dumps(content, default=_plain, ensure_ascii=False, indent=1))  # noqa: T201


def show_attainment(answer: Answer, shown_as: str) -> None:
    """Print targets with their results, the status in colour."""
    if shown_as != "table":
        show(answer, shown_as)
        return
    rows = _as_dicts(answer)
    _show_by_area(rows, ATTAINMENT, f"targets for {rows[0]['target_period'][:4]}")
    console().print(
        "Per cent of the target, and of the way from its baseline; expected by now. > more than, < less than. Why, and as printed:"
        " --format json",
        style="dim",
    )
    _explain_derived(rows)


def show_growth(answer: Answer, shown_as: str) -> None:
    """Print growth, computed beside printed."""
    if shown_as != "table":
        show(answer, shown_as)
        return
    rows = _as_dicts(answer)
    _show_by_area(rows, GROWTH, "growth")
    for area, end in dict.fromkeys((row["area"], row["series_end"]) for row in rows if row["series_end"]):
        console().print(f"{area}: {printable(end)}", style="dim")
    _explain_derived(rows)


def _explain_derived(rows: list[Row]) -> None:
    if any(row["is_derived"] for row in rows):
        console().print(f"{DERIVED}with the sum of the successors of an abolished area: no source prints it", style="dim")


def _as_dicts(answer: Answer) -> list[Row]:
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


def _show_by_area(rows: list[Row], columns: list[Column], what: str) -> None:
    """A table for each area; in a narrow terminal without the columns that one can do without."""
    shown = [column for column in columns if column.is_needed or console().width >= NARROW]
    for area in dict.fromkeys(row["area"] for row in rows):
        table = new_table([column.name for column in shown], [column.is_number for column in shown])
        for row in rows:
            if row["area"] == area:
                table.add_row(*(column.cell(row) for column in shown))
        console().print(f"\n[bold]{area}[/bold], {what}")
        console().print(table)


def _target(row: Row) -> str:
    """The target with its comparison; for a reduction, the level that must be left."""
    if row["measure_kind"] == "milestone":
        return "reached"
    if row["target_operator"] == "between":
        return f"{as_text(row['target_lower'])} to {as_text(row['target_upper'])}"
    sign = {">=": "≥ ", "<=": "≤ ", "=": "", "reduce_by": "≤ "}[row["target_operator"]]
    return sign + as_text(row["target_value"])


def _result(row: Row) -> str:
    """The result with its bound, marked where no source prints it."""
    if row["result_value"] is None:
        return ""
    sign = "> " if row["result_upper"] is None else "< " if row["result_lower"] is None else ""
    return f"{DERIVED if row['is_derived'] else ''}{sign}{as_text(row['result_value'])}"


def _fulfilled(row: Row) -> str:
    """Nothing for a target that falls: there a plain quotient would be best at its worst."""
    return "" if row["target_operator"] in {"<=", "reduce_by"} else _percent(row["fulfilment_pct"])


def _status(row: Row) -> Text:
    return Text(row["status"].replace("_", " "), style=STATUS_STYLES[row["status"]])


def _against(row: Row) -> str:
    return f"{'a year on average since ' if row['comparison'] == 'cagr' else ''}{row['base_period'] or ''}"


def as_text(value: Any) -> str:
    """A value for a person: thousands grouped, no zeros behind the last digit, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = f"{value:,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return printable(str(value))


def printable(text: str) -> str:
    """A text of a source without what would steer the terminal: each control character as its code."""
    return CONTROL.sub(lambda found: repr(found[0])[1:-1], text)


def _percent(value: Decimal | None) -> str:
    return "" if value is None else f"{value:,.2f}"


ATTAINMENT = [
    Column("indicator", lambda row: row["indicator"]),
    Column("target", _target, is_number=True),
    Column("result", _result, is_number=True),
    Column("unit", lambda row: row["unit"], is_needed=False),
    Column("until", lambda row: row["result_until"] or "", is_needed=False),
    Column("fulfilled", _fulfilled, is_number=True),
    Column("of way", lambda row: _percent(row["progress_pct"]), is_number=True),
    Column("expected", lambda row: _percent(row["expected_pct"]), is_number=True, is_needed=False),
    Column("status", _status),
]
GROWTH = [
    Column("indicator", lambda row: row["indicator"]),
    Column("period", lambda row: row["period"]),
    Column("against", _against, is_needed=False),
    Column("value", lambda row: f"{DERIVED if row['is_derived'] else ''}{as_text(row['value'])}", is_number=True),
    Column("base", lambda row: as_text(row["base"]), is_number=True, is_needed=False),
    Column("growth %", lambda row: _percent(row["growth_pct"]), is_number=True),
    Column("printed %", lambda row: _percent(row["growth_reported_pct"]), is_number=True),
    Column("change pp", lambda row: _percent(row["change_pp"]), is_number=True, is_needed=False),
    Column("implied base", lambda row: _percent(row["implied_base"]), is_number=True, is_needed=False),
    Column("unit", lambda row: row["unit"], is_needed=False),
]


def new_table(columns: Iterable[str], is_number: list[bool]) -> Table:
    """An empty table in the style of all others, numbers to the right."""
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", padding=(0, 1, 0, 0), pad_edge=False)
    for position, column in enumerate(columns):
        justify: Literal["left", "right"] = "right" if is_number[position : position + 1] == [True] else "left"
        least = 18 if column == "indicator" else None
        table.add_column(column, justify=justify, overflow="fold", no_wrap=column in KEPT_WHOLE, min_width=least)
    return table


def _plain(value: Any) -> Any:
    """JSON has no DECIMAL: exact digits stay text, dates become ISO texts."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
