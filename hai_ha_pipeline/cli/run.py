"""`hai-ha run`: each step with its rows and time while it goes on, then what came of it."""

import atexit
import gc
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from hai_ha_pipeline.cli.show import STATUS_STYLES
from hai_ha_pipeline.reading.archive import fingerprint
from hai_ha_pipeline.reading.releases import said_of_release
from hai_ha_pipeline.settings import project
from hai_ha_pipeline.storage.publish import published_fingerprint
from hai_ha_pipeline.storage.query import Answer
from hai_ha_pipeline.storage.questions import run_summary
from hai_ha_pipeline.storage.rollback import release, why_withheld

if TYPE_CHECKING:  # dagster is imported only where a run is needed
    from hai_ha_pipeline.orchestration.run import Step

MARKS = {"waiting": ("·", "dim"), "running": ("▶", "cyan"), "done": ("✓", "green"), "failed": ("✗", "red")}
MOST_SHOWN = 20


def run_with_display(*, again: bool) -> bool:
    """Run the job and tell of it; True where the warehouse is as its sources say."""
    console, here = Console(), project()
    inputs = "" if again else fingerprint(here.sources)
    if not again and published_fingerprint(here.database) == inputs:
        console.print(f"Nothing has changed under {here.sources} since the last publication: [bold]{here.database}[/bold] stays as it is.")
        console.print("Run all the same with: hai-ha run --again", style="dim")
        return True
    if again:
        release(here.database)
    elif withheld := why_withheld(here.database, inputs):
        console.print(Text(f"Not run: {withheld}.", style="yellow"))
        console.print("Publish it all the same with: hai-ha run --again", style="dim")
        return True
    began = time.monotonic()
    success, errors = _run_with_table(console)
    for name, error in errors.items():
        console.print(Text(f"\n{name}: {error}", style="red"))
    if success:
        _show_summary(console, run_summary(here.database))
        console.print(f"\nWarehouse: [bold]{here.database}[/bold]  ({time.monotonic() - began:.1f} s)")
        console.print('Next: hai-ha attainment | hai-ha growth | hai-ha query "FROM marts.attainment" | hai-ha ui', style="dim")
    else:
        console.print(f"\nThe run failed; nothing was published. What was published before stays: {here.database}", style="red")
    return success


def _run_with_table(console: Console) -> tuple[bool, dict[str, str]]:
    """Run the job and show how far each step is; whether it succeeded, and the first error of each step."""
    from hai_ha_pipeline.orchestration.run import Step, refresh, step_names

    gc.freeze()  # what was imported stays to the end, so no collector need look through it
    atexit.register(gc.unfreeze)  # else modules that count their objects tell at the end that these are left
    gc.enable()
    steps = {name: Step(name, "waiting") for name in step_names()}
    errors: dict[str, str] = {}
    with Live(_table(steps), console=console, refresh_per_second=8, transient=False) as live:

        def tell(step: Step) -> None:
            if step.error:
                errors.setdefault(step.name, step.error)
            if not (step.state == "failed" and step.seconds is None):
                steps[step.name] = step
            live.update(_table(steps))

        return refresh(tell), errors


def _table(steps: "dict[str, Step]") -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    table.add_column("step")
    table.add_column("rows", justify="right")
    table.add_column("seconds", justify="right")
    for step in steps.values():
        mark, style = MARKS[step.state]
        rows = f"{sum(step.tables.values()):,}" if step.tables else ""
        table.add_row(Text(mark, style=style), Text(step.name, style=style), rows, "" if step.seconds is None else f"{step.seconds:.2f}")
        if len(step.tables) > 1:
            for name, count in step.tables.items():
                table.add_row("", Text(f"  {name}", style="dim"), Text(f"{count:,}", style="dim"), "")
    return table


def _how_many(sources: list[tuple[Any, ...]]) -> str:
    there = [state for _, state, *_ in sources if state != "removed"]
    used = sum(state != "failed" for state in there)
    return f"{used} sources" if used == len(there) else f"{used} of {len(there)} sources"


def _show_summary(console: Console, summary: dict[str, Answer]) -> None:
    rows = summary["sources"].rows
    loaded, rejected, missing = (sum(row[position] for row in rows) for position in (3, 4, 5))
    console.print(
        f"\n[bold]{loaded:,} figures[/bold] loaded from {_how_many(rows)}, {rejected:,} rejected, {missing:,} cells declared missing"
    )
    for source, state, *_, message, warnings in rows:
        if warnings:
            console.print(Text(f"  {source}: {warnings}", style="yellow"))
        if state == "removed":
            console.print(Text(f"  {source}: {message}", style="dim"))
        elif state != "loaded":
            what = "its last good content is used" if state == "stale" else "nothing of it is loaded"
            console.print(Text(f"  {source} is {state} ({what}). {message}", style="yellow"))
    for source, *cadence in summary["releases"].rows:
        if missed := said_of_release(*cadence, today=datetime.now(UTC).date()):
            console.print(Text(f"  {source}: {missed}", style="yellow"))
    for source, new, revised, withdrawn, unchanged, examples in summary["differences"].rows:
        changed = f"  {source}: {new} new, {revised} revised, {withdrawn} gone, {unchanged} unchanged since its last load"
        console.print(Text(changed + (f", e.g. {examples}" if examples else ""), style="cyan"))
    for rule, figures, example, what, reason in summary["rejections"].rows:
        console.print(Text(f"  rejected: {figures} x {rule}, e.g. {example}, {what}: {reason}", style="yellow"))
    targets = Text("Targets: ")
    for position, (status, count) in enumerate(summary["targets"].rows):
        targets.append(", " if position else "").append(f"{count} {status.replace('_', ' ')}", style=STATUS_STYLES[status])
    console.print(targets)
    _show_disagreements(console, summary["disagreements"].rows)


def _show_disagreements(console: Console, disagreements: list[tuple[Any, ...]]) -> None:
    """The figures that contradict each other, no more than one screen of them."""
    if disagreements:
        console.print(f"Figures that contradict each other: {len(disagreements):,}")
    for area, indicator, period, explanation in disagreements[:MOST_SHOWN]:
        console.print(Text(f"  {area}, {indicator.lower()}, {period}: {explanation}", style="dim"))
    if (more := len(disagreements) - MOST_SHOWN) > 0:
        console.print(f"  and {more:,} more: hai-ha query \"FROM marts.consistency WHERE verdict = 'inconsistent'\"", style="dim")
