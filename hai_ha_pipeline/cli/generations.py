"""How generations look: the list of those kept, what a rollback did, and what changed between two."""

from dataclasses import asdict

from rich.text import Text

from hai_ha_pipeline.cli.show import console, new_table, printable, show_json
from hai_ha_pipeline.settings import Project
from hai_ha_pipeline.storage.compare import Comparison, compare
from hai_ha_pipeline.storage.generations import Generations
from hai_ha_pipeline.storage.lake import bring_lake_up_to_date
from hai_ha_pipeline.storage.rollback import roll_back, why_withheld

MOST_CHANGES = 60
STYLES = {"added": "green", "removed": "red", "changed": "yellow"}


def show_generations(here: Project, *, as_json: bool) -> None:
    """Print every generation that is kept, the published one marked."""
    generations = Generations(here.database)
    current = generations.current()
    manifests = {number: generations.manifest(number) for number in generations.numbers()}
    if as_json:
        show_json(
            [
                {"generation": number, "is_current": number == current, "manifest": asdict(manifest) if manifest else None}
                for number, manifest in manifests.items()
            ]
        )
        return
    if not manifests:
        console().print("There is no generation yet. Make one with: hai-ha run")
        return
    table = new_table(
        ["", "generation", "published (UTC)", "rows", "MB", "made by", "storage"], [False, True, False, True, True, False, False]
    )
    for number, manifest in manifests.items():
        mark = "▶" if number == current else ""
        if manifest is None:
            table.add_row(mark, str(number), "its manifest cannot be read", "", "", "", "")
            continue
        size = sum(file["bytes"] for file in manifest.files.values()) / 1e6
        made_by = f"{manifest.versions['hai_ha_pipeline']}, DuckDB {manifest.versions['duckdb']}"
        table.add_row(
            mark, str(number), manifest.published_at.replace("T", " ").rstrip("Z"), f"{sum(manifest.rows.values()):,}", f"{size:.1f}", made_by,
            manifest.versions["storage"] or "?",
        )  # fmt: skip
    console().print(table)
    newest = manifests[max(manifests)]
    if withheld := why_withheld(here.database, newest.fingerprint if newest else None):
        console().print(Text(f"{withheld[0].upper()}{withheld[1:]}; no run publishes that again by itself.", style="yellow"))
    console().print("▶ is published. hai-ha rollback [GENERATION] | hai-ha diff [BEFORE AFTER]", style="dim")


def bring_back(here: Project, number: int | None) -> None:
    """Publish an earlier generation again, and say so."""
    done = roll_back(here.database, number)
    bring_lake_up_to_date(here.database)
    if done.before == done.now:
        console().print(f"Generation {done.now} is the published one already.")
    else:
        console().print(f"Generation [bold]{done.now}[/bold] is published" + (f" instead of {done.before}." if done.before else "."))
    console().print("It stays until the sources or the code change. Back: hai-ha rollback GENERATION, or hai-ha run --again", style="dim")


def show_changes(here: Project, before: int | None, after: int | None, *, as_json: bool) -> None:
    """Print which figures changed between two generations, and how many rows of each table."""
    found = compare(here.database, before, after)
    if as_json:
        show_json(asdict(found) | {"figures": [asdict(change) | {"kind": change.kind} for change in found.figures]})
        return
    out = console()
    out.print(f"From generation {found.before} to {found.after}: " + (_counts(found) or "no figure, target or attainment changed"))
    if found.figures:
        table = new_table(["what", "area", "indicator", "period", "before", "after"], [False] * 6)
        for change in found.figures[:MOST_CHANGES]:
            texts = (change.what, change.area_name_en, change.indicator_name_en, change.period, change.before or "", change.after or "")
            table.add_row(*(Text(printable(text)) for text in texts), style=STYLES[change.kind])
        out.print(table)
        if len(found.figures) > MOST_CHANGES:
            out.print(f"and {len(found.figures) - MOST_CHANGES:,} more: --json lists them all", style="dim")
    if found.tables:
        table = new_table(["table", "rows before", "rows after", "only before", "only after"], [False, True, True, True, True])
        for each in found.tables:
            numbers = (each.rows_before, each.rows_after, each.only_before, each.only_after)
            table.add_row(each.table, *("none" if number is None else f"{number:,}" for number in numbers))
        out.print(table)


def _counts(found: Comparison) -> str:
    kinds = [change.kind for change in found.figures]
    return ", ".join(f"{kinds.count(kind):,} {kind}" for kind in STYLES if kind in kinds)
