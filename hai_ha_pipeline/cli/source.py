"""`hai-ha source`: add a source, check one, list them all. Each imports what it needs when it is called."""

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated

import typer

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.settings import Project, project

app = typer.Typer(help="Add a source, check one, list them all.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@app.command("list")
def list_sources(*, as_json: AsJson = False) -> None:
    """Every source with its state, and what is to do."""
    from dataclasses import asdict

    from hai_ha_pipeline.cli.show import show_json
    from hai_ha_pipeline.cli.source_show import show_states
    from hai_ha_pipeline.cli.states import states

    found = states(project())
    if as_json:
        show_json([asdict(each) for each in found])
    else:
        show_states(found, is_published=project().database.exists())


@app.command()
def check(name: Annotated[str, typer.Argument(help="Folder under sources/, or a path to it.")], *, as_json: AsJson = False) -> None:
    """Read, parse and judge one source without publishing it. Exit code 1 where it would fail."""
    from dataclasses import asdict

    from hai_ha_pipeline.cli.check import checked
    from hai_ha_pipeline.cli.master_data import master_data
    from hai_ha_pipeline.cli.show import show_json
    from hai_ha_pipeline.cli.source_show import show_report
    from hai_ha_pipeline.reading.archive import Archive
    from hai_ha_pipeline.storage.stage import Stage

    here = project()
    folder = _folder(name, here)
    report = checked(folder, Archive(here.archive), Stage(here.stage), master_data(here.sources))
    if as_json:
        show_json(asdict(report))
    else:
        show_report(report)
    raise typer.Exit(0 if report.would_load else 1)


@app.command()
def add(
    files: Annotated[list[Path], typer.Argument(help="CSV, TSV or .xlsx, also as .gz or .zip; several of one source together.")],
    *,
    name: Annotated[str | None, typer.Option(help="Folder under sources/. Left out: made of the files' names.")] = None,
    as_json: AsJson = False,
) -> None:
    """Look at files, guess how to read them, and write a source folder with a descriptor to finish."""
    from hai_ha_pipeline.cli.check import checked
    from hai_ha_pipeline.cli.master_data import master_data
    from hai_ha_pipeline.cli.show import show_json
    from hai_ha_pipeline.cli.source_show import show_added
    from hai_ha_pipeline.reading.archive import Archive
    from hai_ha_pipeline.reading.scaffold.folder import add_source
    from hai_ha_pipeline.storage.stage import Stage

    here = project()
    known = master_data(here.sources)
    added = add_source(files, here.sources, name, known)
    report = checked(added.folder, Archive(here.archive), Stage(here.stage), known)
    if as_json:
        show_json(added.as_data() | {"preview": report.preview, "verdict": report.verdict})
    else:
        show_added(added, report)


@app.command()
def forget(name: Annotated[str, typer.Argument(help="Source whose earlier loads are dropped.")]) -> None:
    """Drop what earlier loads of a source say, e.g. a first try that was read wrongly; all of it where its folder is gone."""
    from hai_ha_pipeline.reading.archive import Archive

    here = project()
    archive = Archive(here.archive)
    if name not in archive.sources():
        raise SourceError(f"sources/{name}", "it never loaded", "see: hai-ha source list")
    is_gone = not (here.sources / name).is_dir()
    dropped = archive.forget(name, wholly=is_gone)
    typer.echo(
        f"{name}: {dropped} earlier {'load' if dropped == 1 else 'loads'} forgotten" + (", and the source itself" if is_gone else "")
    )
    typer.echo("Its figures leave the history with: hai-ha run --again")


def _folder(name: str, here: Project) -> Path:
    """The folder of a source given by its name or path."""
    from hai_ha_pipeline.reading.source import source_folders

    known = {folder.name: folder for folder in source_folders(here.sources)}
    if name in known:
        return known[name]
    path = Path(name)
    if path.is_dir() and (path.resolve().parent == here.sources.resolve() or (path / "datapackage.yaml").is_file()):
        return path.resolve()
    near = get_close_matches(name, known, n=3, cutoff=0.4)
    raise SourceError(f"sources/{name}", "there is no such source", f"nearest: {', '.join(near)}" if near else "see: hai-ha source list")
