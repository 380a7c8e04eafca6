"""How answers look: tables for people, CSV and JSON for programs."""

import csv
import json
import os
import sys
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hai_ha_pipeline.storage.query import Answer

WIDE = 180
STATUS_STYLES = {
    "achieved": "green", "on_track": "green", "at_risk": "yellow", "off_track": "red", "reversing": "red", "not_achieved": "red",
    "undetermined": "cyan", "not_assessable": "dim", "no_result": "dim",
}  # fmt: skip


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
        rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
        print(json.dumps(rows, default=_plain, ensure_ascii=False, indent=1))  # noqa: T201
    else:
        table = _table(answer.columns, [isinstance(value, int | float | Decimal) for value in (answer.rows or [()])[0]])
        for row in answer.rows:
            table.add_row(*(Text(as_text(value)) for value in row))
        console().print(table)
        console().print(f"{len(answer.rows)} rows", style="dim")


def show_attainment(answer: Answer, shown_as: str) -> None:
    """Print targets with their results, the status in colour."""
    if shown_as != "table":
        show(answer, shown_as)
        return
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    for area in dict.fromkeys(row["area"] for row in rows):
        table = _table(
            ["indicator", "target", "result", "unit", "until", "fulfilled %", "of the way %", "expected %", "status"],
            [False, True, True, False, False, True, True, True, False],
        )
        for row in rows:
            if row["area"] == area:
                status = Text(row["status"].replace("_", " "), style=STATUS_STYLES[row["status"]])
                table.add_row(
                    row["indicator"], _target(row), _result(row), row["unit"], row["result_until"] or "",
                    "" if row["target_operator"] in {"<=", "reduce_by"} else _percent(row["fulfilment_pct"]), _percent(row["progress_pct"]), _percent(row["expected_pct"]), status,
                )  # fmt: skip
        console().print(f"\n[bold]{area}[/bold], targets for {rows[0]['target_period'][:4]}")
        console().print(table)
    console().print(
        "> more than, < less than, ≥ at least, ≤ at most. As printed, and why each status was given: --format json", style="dim"
    )


def show_growth(answer: Answer, shown_as: str) -> None:
    """Print growth, computed beside printed."""
    if shown_as != "table":
        show(answer, shown_as)
        return
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    for area in dict.fromkeys(row["area"] for row in rows):
        table = _table(
            ["indicator", "period", "against", "value", "base", "growth %", "printed %", "change pp", "implied base", "unit"],
            [False, False, False, True, True, True, True, True, True, False],
        )
        for row in rows:
            if row["area"] == area:
                against = "a year on average since " if row["comparison"] == "cagr" else ""
                table.add_row(
                    row["indicator"], row["period"], against + row["base_period"],
                    as_text(row["value"]), as_text(row["base"]), _percent(row["growth_pct"]), _percent(row["growth_reported_pct"]),
                    _percent(row["change_pp"]), _percent(row["implied_base"]), row["unit"],
                )  # fmt: skip
        console().print(f"\n[bold]{area}[/bold], growth")
        console().print(table)


def _target(row: dict[str, Any]) -> str:
    """The target with its comparison; for a reduction, the level that must be left."""
    if row["measure_kind"] == "milestone":
        return "reached"
    if row["target_operator"] == "between":
        return f"{as_text(row['target_lower'])} to {as_text(row['target_upper'])}"
    sign = {">=": "≥ ", "<=": "≤ ", "=": "", "reduce_by": "≤ "}[row["target_operator"]]
    return sign + as_text(row["target_value"])


def _result(row: dict[str, Any]) -> str:
    """The result with its bound."""
    if row["result_value"] is None:
        return ""
    sign = "> " if row["result_upper"] is None else "< " if row["result_lower"] is None else ""
    return sign + as_text(row["result_value"])


def as_text(value: Any) -> str:
    """A value for a person: thousands grouped, no zeros behind the last digit, nothing for nothing."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = f"{value:,f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)


def _percent(value: Decimal | None) -> str:
    return "" if value is None else f"{value:,.2f}"


def _table(columns: Iterable[str], is_number: list[bool]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, header_style="bold")
    for position, column in enumerate(columns):
        justify: Literal["left", "right"] = "right" if is_number[position : position + 1] == [True] else "left"
        table.add_column(column, justify=justify, overflow="fold", min_width=20 if column == "indicator" else None)
    return table


def _plain(value: Any) -> Any:
    """JSON has no DECIMAL: exact digits stay text, dates become ISO texts."""
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
