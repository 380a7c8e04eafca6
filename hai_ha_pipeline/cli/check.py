"""What `hai-ha source check` finds: one source read, parsed and judged, nothing kept or published.

The findings are plain data, so that a program reads the same as a person; how they look is not decided here.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from hai_ha_pipeline.cli.master_data import MasterData
from hai_ha_pipeline.errors import PlaceError, SourceError
from hai_ha_pipeline.reading.archive import Archive
from hai_ha_pipeline.reading.descriptor import FILE_NAME, StatementField
from hai_ha_pipeline.reading.drift import COUNTS, Said
from hai_ha_pipeline.reading.loads import drift_of
from hai_ha_pipeline.reading.part import present_figures
from hai_ha_pipeline.reading.scaffold.yaml_text import quoted
from hai_ha_pipeline.reading.source import SourceRead, check_rejected_share, read_source, rejected_share
from hai_ha_pipeline.storage.stage import Stage
from hai_ha_pipeline.transforms.series import judged_by_series

Row = dict[str, Any]
UNKNOWN: dict[str, StatementField] = {
    "unknown-indicator": "indicator", "unknown-area": "area", "ambiguous-area": "area", "unknown-unit": "unit",
    "unknown-period": "period", "unknown-role": "role",
}  # fmt: skip
LINES, FIGURES = 3, 5
PLACEHOLDERS, DOUBT = ("CHANGE ME", "CHANGE-ME"), "# doubt:"


@dataclass(frozen=True)
class Report:
    """The findings on one source."""

    source: str
    would_load: bool
    verdict: str
    message: str | None = None
    files: list[Row] = field(default_factory=list)
    rejects: list[Row] = field(default_factory=list)
    unknown_names: list[Row] = field(default_factory=list)
    names: str | None = None
    difference: Row | None = None
    warnings: list[str] = field(default_factory=list)
    to_write: list[str] = field(default_factory=list)
    preview: list[Row] = field(default_factory=list)


def checked(folder: Path, archive: Archive, stage: Stage, known: MasterData) -> Report:
    """Read and judge the source in `folder` as a run would, beside what the last run found in the others."""
    try:
        read = read_source(folder, known.judge)
    except SourceError as error:
        return Report(folder.name, would_load=False, verdict=f"would fail: {error.what}", message=str(error), to_write=_to_write(folder))
    failed: SourceError | None = None
    counted: Said | None = None
    warnings: list[str] = []
    try:
        for place in read.opened.places:
            check_rejected_share(folder.name, place, rejected_share(read.figure.filter(pl.col("file") == place.name)))
        counted, warnings = drift_of(read, archive, known.judge)
    except SourceError as error:
        failed = error
    figures, beside = _judged_beside_the_others(read, stage, known)
    unknown = list(_unknown_names(figures, known))
    return Report(
        source=folder.name,
        would_load=failed is None,
        verdict=f"would fail: {failed.what}" if failed else _verdict(figures),
        message=str(failed) if failed else None,
        files=[_file(file.name, file.place.resource.name, file.records, figures) for file in read.files],
        rejects=_rejects(figures),
        unknown_names=unknown,
        names=_snippet(unknown),
        difference=_difference(counted, folder.name, archive) if counted is not None else None,
        warnings=[*warnings, *beside],
        to_write=_to_write(folder),
        preview=_preview(figures, known),
    )


def _judged_beside_the_others(read: SourceRead, stage: Stage, known: MasterData) -> tuple[pl.DataFrame, list[str]]:
    """The source's figures, judged also by the series they belong to, as far as the last run knows the other sources."""
    others, warnings = _others(read, stage), []
    if others is None:
        others = read.figure.clear()
        warnings.append("it was judged by itself only: the figures of the other sources are known after the next hai-ha run")
    together = judged_by_series(pl.concat([read.figure, others]), known.dim_indicator, known.dim_area, known.dim_unit)
    is_mine = pl.col("source") == read.opened.folder.name
    doubted = together.filter(~is_mine, pl.col("verdict") == "rejected").height - others.filter(pl.col("verdict") == "rejected").height
    warnings = (
        [f"beside it, {doubted} figures of other sources would be set aside, because they contradict their series"] if doubted else []
    )
    return together.filter(is_mine), warnings


def _others(read: SourceRead, stage: Stage) -> pl.DataFrame | None:
    """The figures of the other sources as the last run left them; none where there was none, or it was of an older version."""
    try:
        kept = [present_figures(json.loads(recipe), stage) for recipe in stage.read("part_recipe")["recipe"]]
        return pl.concat(kept).filter(pl.col("source") != read.opened.folder.name)
    except (OSError, LookupError, ValueError, PlaceError, pl.exceptions.PolarsError):
        return None


def _counts(figures: pl.DataFrame) -> Row:
    verdicts = figures["verdict"]
    excluded = figures.filter(pl.col("rule") == "excluded").height
    return {
        "figures": figures.height,
        "loaded": (verdicts == "accepted").sum(),
        "rejected": (verdicts == "rejected").sum() - excluded,
        "excluded": excluded,
        "missing": (verdicts == "missing").sum(),
    }


def _file(name: str, resource: str, records: int, figures: pl.DataFrame) -> Row:
    return {"file": name, "resource": resource, "records": records, **_counts(figures.filter(pl.col("file") == name))}


def _verdict(figures: pl.DataFrame) -> str:
    counts = _counts(figures)
    said = f"would load {_many(counts['loaded'], 'figure')}" if counts["loaded"] else "would load, but holds no figure"
    said += f", with {counts['rejected']:,} rejected" if counts["rejected"] else ""
    return said + (f", {counts['excluded']:,} excluded on purpose" if counts["excluded"] else "")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _rejects(figures: pl.DataFrame) -> list[Row]:
    """Each rule that sets figures aside, the most frequent first, with the first lines it concerns as printed."""
    rejected = figures.filter(pl.col("verdict") == "rejected").sort("file", "row", maintain_order=True)
    rules = rejected.group_by("rule").agg(count=pl.len(), reason=pl.col("reason").first()).sort("count", "rule", descending=[True, False])
    return [
        {**rule, "lines": rejected.filter(pl.col("rule") == rule["rule"]).head(LINES).select(
            "file", line="row", column="column", field="field", text=pl.coalesce("text", "value_as_printed"), reason="reason"
        ).to_dicts()}
        for rule in rules.to_dicts()
    ]  # fmt: skip


def _unknown_names(figures: pl.DataFrame, known: MasterData) -> Iterator[Row]:
    """Each distinct text that names nothing known, with how many figures it costs and the nearest known codes."""
    rejected = figures.filter(pl.col("rule").is_in(list(UNKNOWN)), pl.col("text").is_not_null(), ~pl.col("text").is_in(PLACEHOLDERS))
    counted = rejected.group_by("rule", "text").agg(figures=pl.len(), reason=pl.col("reason").first())
    for rule, name in UNKNOWN.items():
        of_rule = counted.filter(pl.col("rule") == rule).sort("figures", "text", descending=[True, False])
        nearest = known.nearest(name, of_rule["text"])
        for row in of_rule.to_dicts():
            yield {
                "field": name,
                "text": row["text"],
                "figures": row["figures"],
                "nearest": nearest.get(row["text"], []),
                "reason": row["reason"],
            }


def _snippet(unknown: list[Row]) -> str | None:
    """The unknown names as YAML to paste into the `hai-ha` block; each code is the nearest known one, to be judged by a person."""
    if not unknown:
        return None
    lines = ["names:"]
    for name in dict.fromkeys(row["field"] for row in unknown):
        lines.append(f"  {name}:")
        for row in (row for row in unknown if row["field"] == name):
            first, *others = row["nearest"] or ["CHANGE-ME"]
            lines.append(f"    {quoted(row['text'])}: {quoted(first)}" + (f"  # or {', '.join(others)}" if others else ""))
    return "\n".join(lines)


def _difference(counted: Said, source: str, archive: Archive) -> Row:
    loads = archive.loads(source)
    return {"compared_with": loads[-1].loaded_at if loads else None, **{name: counted[name] for name in (*COUNTS, "examples")}}


def _to_write(folder: Path) -> list[str]:
    """The lines of the descriptor that still wait for a person: placeholders and doubts."""
    try:
        lines = (folder / FILE_NAME).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    return [
        f"line {number}: {line.strip()}"
        for number, line in enumerate(lines, 1)
        if line.strip().startswith(DOUBT) or (any(mark in line for mark in PLACEHOLDERS) and not line.strip().startswith("#"))
    ]


def _preview(figures: pl.DataFrame, known: MasterData) -> list[Row]:
    """The first figures as they are read, in the unit of their indicator; those that load before those that do not."""
    units = known.dim_indicator.select("indicator_code", unit="unit_code")
    shown = figures.filter(pl.col("verdict") == "accepted").head(FIGURES)
    rejected = figures.filter(pl.col("verdict") == "rejected").head(FIGURES - shown.height)
    return (
        pl.concat([shown, rejected])
        .join(units, on="indicator_code", how="left", maintain_order="left")
        .with_columns(unit=pl.when(pl.col("unit_code").is_not_null()).then("unit"))
        .select(
            "verdict", "role", "value", "unit", "period_code", "area_code", "indicator_code", "qualifier", "obs_status", "growth_pct",
            "value_as_printed", "unit_as_printed", "qualifier_as_printed", "file", line="row", column="column",
        )
        .to_dicts()
    )  # fmt: skip
