"""How sources and the findings on them look to a person; whoever wants to compute with them asks for JSON."""

from typing import Any

from rich.padding import Padding
from rich.text import Text

from hai_ha_pipeline.cli.check import Report
from hai_ha_pipeline.cli.show import NARROW, as_text, console, new_table, printable
from hai_ha_pipeline.cli.states import State
from hai_ha_pipeline.reading.descriptor import FILE_NAME
from hai_ha_pipeline.reading.scaffold.folder import Added

Row = dict[str, Any]
STATE_STYLES = {"loaded": "green", "changed": "yellow", "new": "cyan", "stale": "yellow", "failed": "red", "removed": "dim"}
NOT_NEEDED = {"title", "missing", "files", "completeness", "last loaded"}
MOST_NAMES, MOST_NOTES = 20, 10


def show_states(states: list[State], *, is_published: bool) -> None:
    """Print the sources with their state, and below what is to do."""
    names = ["source", "title", "state", "figures", "rejected", "missing", "files", "completeness", "last loaded"]
    shown = [name for name in names if name not in NOT_NEEDED or console().width >= NARROW]
    table = new_table(shown, [name in {"figures", "rejected", "missing", "files"} for name in shown])
    table.columns[0].no_wrap = len(max((each.source for each in states), key=len, default="")) <= 40
    for each in states:
        cells: dict[str, str | Text] = {
            "source": each.source, "title": each.title or "", "state": Text(each.state, style=STATE_STYLES[each.state]),
            "figures": f"{each.figures:,}", "rejected": f"{each.rejected:,}", "missing": f"{each.missing:,}", "files": str(each.files),
            "completeness": each.completeness or "", "last loaded": _moment(each.last_loaded),
        }  # fmt: skip
        table.add_row(*(cells[name] for name in shown))
    out = console()
    out.print(table)
    for state, to_do in (("new", "hai-ha source check NAME, then hai-ha run"), ("changed", "hai-ha run")):
        names = [each.source for each in states if each.state == state and not each.message]
        if names:
            out.print(Text.assemble((state, STATE_STYLES[state]), f" ({', '.join(names)}): {to_do}"))
    for each in states:
        if each.message or each.state == "removed":
            out.print(
                Text.assemble((each.source, "bold"), " is ", (each.state, STATE_STYLES[each.state]), f": {each.to_do or 'nothing to do'}")
            )
        if each.message:
            out.print(Padding(Text(each.message.splitlines()[0], style="dim"), (0, 0, 0, 2)))
    if not is_published:
        out.print("Nothing is published yet: hai-ha run", style="dim")


def show_report(report: Report) -> None:
    """Print what was found in a source, the verdict last."""
    out = console()
    if report.files:
        table = new_table(["file", "records", "figures", "loaded", "rejected", "excluded", "missing"], [False] + [True] * 6)
        for row in report.files:
            counts = (row["records"], row["figures"], row["loaded"], row["rejected"], row["excluded"], row["missing"])
            table.add_row(row["file"], *(f"{count:,}" for count in counts))
        out.print(table)
    for row in report.rejects:
        _show_rejects(row)
    _show_unknown(report)
    if report.preview:
        out.print("\n[bold]The first figures, as they are read[/bold]")
        show_preview(report.preview)
    _show_difference(report)
    _show_list("Still to settle in datapackage.yaml", report.to_write)
    style = "bold green" if report.would_load and not any(row["rejected"] for row in report.files) else "bold yellow"
    out.print()
    if report.would_load:
        out.print(Text.assemble(report.source, ": ", (report.verdict, style)))
    else:
        out.print(Text.assemble(report.source, ": ", ("would fail. ", "bold red"), (report.message or "", "red")))


def show_added(added: Added, report: Report) -> None:
    """Print what was guessed of a new source and why, the doubts, what it gives, and how to go on."""
    out = console()
    for name, guess in added.resources.items():
        files = ", ".join(file.opened.name for file in guess.files)
        out.print(
            Text.assemble("\n", (name, "bold"), f" ({files}): {'wide' if guess.meaning.is_wide else 'long'}, {guess.records:,} records")
        )
        for said in guess.why:
            out.print(Padding(Text(said, style="dim"), (0, 0, 0, 2)))
        for _, said in guess.doubts:
            out.print(Padding(Text(f"doubt: {said}", style="yellow"), (0, 0, 0, 2)))
    out.print("\n[bold]The first figures, as they would be read now[/bold]")
    show_preview(report.preview)
    if report.message:
        out.print(Padding(Text(f"As it stands it {report.verdict}", style="yellow"), (0, 0, 0, 2)))
    out.print(Text.assemble("\nWritten: ", (str(added.folder / FILE_NAME), "bold")))
    out.print("Title, publisher, licence and address are yours to write; each `# doubt:` in it to settle.", style="dim")
    out.print(f"Next: hai-ha source check {added.folder.name}")


def show_preview(preview: list[Row]) -> None:
    """Print figures as they are read beside how they were printed: in a narrow terminal a paragraph each."""
    out = console()
    if out.width < NARROW:
        for row in preview:
            read = (_or_unread(row[name]) for name in ("indicator_code", "area_code", "period_code"))
            out.print(Text.assemble("  ", *(part for each in read for part in (each, "  ")), (_value(row), "bold")))
            out.print(Padding(Text(f"{_printed(row)}  ({_where(row)})", style="dim"), (0, 0, 0, 6)))
        return
    names = ["indicator", "area", "period", "value", "unit", "role", "qualifier", "status", "growth %", "as printed", "where"]
    table = new_table(names, [name in {"value", "growth %"} for name in names])
    for row in preview:
        table.add_row(
            *(_or_unread(row[name]) for name in ("indicator_code", "area_code", "period_code")),
            _or_unread(as_text(row["value"])),
            _or_unread(row["unit"]),
            *(row[name] or "" for name in ("role", "qualifier", "obs_status")),
            as_text(row["growth_pct"]),
            Text(_printed(row)),
            Text(_where(row)),
        )
    out.print(table)


def _value(row: Row) -> str:
    sign = {"more_than": "> ", "at_least": "≥ ", "nearly": "< ", "at_most": "≤ ", "about": "about "}.get(row["qualifier"], "")
    return f"{sign}{as_text(row['value']) or '?'} {row['unit'] or '?'}"


def _printed(row: Row) -> str:
    return printable(" ".join(row[name] for name in ("qualifier_as_printed", "value_as_printed", "unit_as_printed") if row[name]))


def _where(row: Row) -> str:
    return printable(f"{row['file']} line {row['line']}" + (f", {row['column']}" if row["column"] else ""))


def _show_rejects(row: Row) -> None:
    out = console()
    reasons = {line["reason"] for line in row["lines"]}
    out.print(Text.assemble("\n", (f"{row['count']:,} x {row['rule']}", "bold yellow"), f": {row['reason']}" if len(reasons) == 1 else ""))
    for line in row["lines"]:
        where = f"{line['file']} line {line['line']}" + (f", column {line['column']!r}" if line["column"] else "")
        what = (
            "left empty" if line["text"] is None else repr(line["text"]) if len(line["text"]) <= 200 else repr(line["text"][:200]) + " ..."
        )
        said = f"{where}: {line['field'] + ' ' if line['field'] else ''}{what}" + (f": {line['reason']}" if len(reasons) > 1 else "")
        out.print(Padding(Text(said, style="dim"), (0, 0, 0, 2)))
    if row["count"] > len(row["lines"]):
        out.print(Padding(Text(f"and {row['count'] - len(row['lines']):,} more", style="dim"), (0, 0, 0, 2)))


def _show_unknown(report: Report) -> None:
    if not report.unknown_names:
        return
    out = console()
    out.print("\n[bold]Names that are not known[/bold]")
    table = new_table(["field", "text", "figures", "nearest known"], [False, False, True, False])
    for row in report.unknown_names[:MOST_NAMES]:
        table.add_row(
            row["field"],
            Text(printable(row["text"])),
            f"{row['figures']:,}",
            ", ".join(row["nearest"]) or Text("nothing like it", style="dim"),
        )
    out.print(table)
    if len(report.unknown_names) > MOST_NAMES:
        out.print(f"and {len(report.unknown_names) - MOST_NAMES:,} more: --json lists them all", style="dim")
    if report.names:
        out.print("To paste into the `hai-ha` block of datapackage.yaml, after you have judged each code:", style="dim")
        lines = report.names.splitlines()
        for line in lines[: 2 * MOST_NAMES]:
            print("      " + line)  # noqa: T201 - no wrapping: it is to be pasted
        if len(lines) > 2 * MOST_NAMES:
            out.print("      # and more: --json holds all of it", style="dim")


def _show_difference(report: Report) -> None:
    if report.difference is None:
        return
    row = report.difference
    if row["compared_with"] is None:
        console().print("\nIt has never loaded before: every figure would be new.")
    else:
        counts = ", ".join(f"{row[f'figures_{what}']:,} {what}" for what in ("new", "revised", "withdrawn", "unchanged"))
        console().print(Text(f"\nAgainst the last load ({_moment(row['compared_with'])}): {counts}"))
        if row["examples"]:
            console().print(Padding(Text(row["examples"], style="dim"), (0, 0, 0, 2)))
    for warning in report.warnings:
        console().print(Text(f"  {warning}", style="yellow"))


def _show_list(title: str, lines: list[str]) -> None:
    if not lines:
        return
    console().print(f"\n[bold]{title}[/bold]")
    for line in lines[:MOST_NOTES]:
        console().print(Padding(Text(line), (0, 0, 0, 2)))
    if len(lines) > MOST_NOTES:
        console().print(Padding(Text(f"and {len(lines) - MOST_NOTES} more", style="dim"), (0, 0, 0, 2)))


def _or_unread(text: str | None) -> str | Text:
    return text or Text("?", style="yellow")


def _moment(text: str | None) -> str:
    return text.replace("T", " ") if text else ""
