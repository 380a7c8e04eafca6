"""The commands of `hai-ha`. Each imports what it needs when it is called, so that a question is answered at once."""

import gc
import os
import sys
from enum import StrEnum
from typing import Annotated

import typer

from hai_ha_pipeline.cli import source
from hai_ha_pipeline.errors import UserError
from hai_ha_pipeline.settings import project

app = typer.Typer(
    help="Plan targets and results as printed, in one DuckDB warehouse.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(source.app, name="source")
Area = Annotated[str | None, typer.Argument(help="Code or name, e.g. 201 or 'Hai Ha'. Left out: the area with the most.")]
Year = Annotated[str | None, typer.Argument(help="Year, e.g. 2024. Left out: the year with the most.")]
GIVE_MEMORY_BACK = ("_RJEM_MALLOC_CONF", "background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0,oversize_threshold:0,narenas:4")
"""Told to Polars' allocator before Polars is loaded: what is freed is used again at once, and given back after a second.

Given back at once it costs a third more of the system's time; kept for ever, three times the memory.
"""


class Format(StrEnum):
    """How an answer is shown."""

    table = "table"
    csv = "csv"
    json = "json"


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
As = Annotated[Format, typer.Option("--format", "-f", help="How to show the answer.")]


@app.command()
def run(
    *, again: Annotated[bool, typer.Option("--again", help="Run even if nothing has changed since the last publication.")] = False
) -> None:
    """Make the warehouse: read every source, judge its figures, publish."""
    os.environ.setdefault(*GIVE_MEMORY_BACK)
    gc.disable()  # while a thousand modules are imported
    from hai_ha_pipeline.cli.run import run_with_display

    raise typer.Exit(0 if run_with_display(again=again) else 1)


@app.command()
def attainment(
    area: Area = None,
    year: Year = None,
    *,
    every_period: Annotated[bool, typer.Option("--all", help="Every result period, not only the last.")] = False,
    shown_as: As = Format.table,
) -> None:
    """How far each target of an area and year is reached."""
    from hai_ha_pipeline.cli.show import show_attainment
    from hai_ha_pipeline.storage.questions import attainment_of

    show_attainment(attainment_of(project().database, area, year, every_period=every_period), shown_as)


@app.command()
def growth(area: Area = None, year: Year = None, *, shown_as: As = Format.table) -> None:
    """How fast the figures of an area grow in a year."""
    from hai_ha_pipeline.cli.show import show_growth
    from hai_ha_pipeline.storage.questions import growth_of

    show_growth(growth_of(project().database, area, year), shown_as)


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help='One SELECT, e.g. "FROM marts.attainment".')],
    *,
    shown_as: As = Format.table,
    seconds: Annotated[float, typer.Option(min=0.1, help="Stop after so many seconds.")] = 30,
    memory: Annotated[int, typer.Option(min=64, help="Use at most so many MiB.")] = 1024,
) -> None:
    """Answer one SELECT on the warehouse, read-only: no files, no extension, within a time and a memory limit."""
    from hai_ha_pipeline.cli.confined import confined
    from hai_ha_pipeline.cli.show import show
    from hai_ha_pipeline.storage.query import Limits
    from hai_ha_pipeline.storage.query import query as answer_to

    limits = Limits(seconds, memory)
    with confined(limits):
        answer = answer_to(project().database, sql, limits=limits)
    show(answer, shown_as)


@app.command()
def generations(*, as_json: AsJson = False) -> None:
    """The generations that are kept, and which one is published."""
    from hai_ha_pipeline.cli.generations import show_generations

    show_generations(project(), as_json=as_json)


@app.command()
def rollback(
    generation: Annotated[int | None, typer.Argument(help="Its number; left out: the one published before the present one.")] = None,
) -> None:
    """Bring an earlier generation back: database, exports and report together, by one rename."""
    from hai_ha_pipeline.cli.generations import bring_back

    bring_back(project(), generation)


@app.command()
def diff(
    before: Annotated[int | None, typer.Argument(help="A generation; left out: that published before the other.")] = None,
    after: Annotated[int | None, typer.Argument(help="A later generation; left out: the newest one.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Which figures, targets and verdicts changed between two generations."""
    from hai_ha_pipeline.cli.generations import show_changes

    show_changes(project(), before, after, as_json=as_json)


@app.command()
def ui(*, port: Annotated[int, typer.Option(help="Port on 127.0.0.1.")] = 3000) -> None:
    """Open the Dagster UI on http://127.0.0.1, with the schedule and the sensor running."""
    from hai_ha_pipeline.orchestration.run import dagster_home

    os.environ["HAI_HA_PROJECT"] = str(project().root)
    typer.echo(f"Dagster UI: http://127.0.0.1:{port}  (history in {dagster_home()}; stop with Ctrl-C)")
    command = [sys.executable, "-m", "dagster", "dev", "-m", "hai_ha_pipeline.definitions", "-h", "127.0.0.1", "-p", str(port)]
    os.execv(sys.executable, command)  # noqa: S606


@app.command()
def report(*, path_only: Annotated[bool, typer.Option("--path", help="Print where it is, and open nothing.")] = False) -> None:
    """Open the report in a browser: targets, growth, contradictions and sources on one page."""
    import webbrowser

    from hai_ha_pipeline.errors import QueryError

    page = project().report
    if not page.exists():
        raise QueryError(str(page), "there is no report yet", "make it with: hai-ha run")
    typer.echo(page)
    if not path_only and not webbrowser.open(page.as_uri()):
        typer.echo("No browser could be started; open this file in one.", err=True)


def main() -> None:
    """Run the command line; a mistake of the user ends with its message and exit code 1."""
    try:
        app()
    except UserError as error:
        typer.secho(str(error), err=True, fg=typer.colors.RED)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(0)
