"""How a new export differs from the last one of its source: which figures are new, revised, gone or the same, and what of its shape.

The descriptor's `drift` and `fieldsMatch` say which differences fail the source; all others are told as warnings.
"""

from collections.abc import Mapping

import polars as pl

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.descriptor import Layout, Package

ABOUT = ["role", "indicator_code", "area_code", "period_code", "address"]
SAID = ["value", "lower", "upper", "obs_status", "growth_pct", "plan_fulfilment_pct"]
COUNTS = ("figures_new", "figures_revised", "figures_withdrawn", "figures_unchanged")
EXAMPLES = 3
Columns = dict[str, list[str]]
Said = dict[str, int | str | None]


def comparable(figure: pl.DataFrame) -> pl.DataFrame:
    """What is kept of a load for the next one to be compared with: the accepted figures, each with what it is about.

    Where a source prints several figures for one thing, they are told apart by their order.
    """
    accepted = figure.filter(pl.col("verdict") == "accepted")
    return placed(accepted.select("resource", *ABOUT, "unit_code", *SAID), ABOUT)


def placed(figures: pl.DataFrame, about: list[str]) -> pl.DataFrame:
    """The figures with their `place`, counted from 0, among those that are the same in the columns `about`."""
    hashes = figures.select(about).hash_rows()
    if hashes.n_unique() == figures.height:
        return figures.with_columns(place=pl.lit(0, pl.Int64))
    return figures.with_columns(place=pl.int_range(pl.len()).over(about))


def first_load(source: str, figures: int) -> Said:
    """The difference of a load that nothing precedes: all its figures are new."""
    return {"source": source, **dict(zip(COUNTS, (figures, 0, 0, 0), strict=True)), "examples": None}


def difference(source: str, before: pl.DataFrame, after: pl.DataFrame, unchanged_elsewhere: int = 0) -> Said:
    """How many figures are new, revised, withdrawn and unchanged against the load before; some unchanged ones need not be in the frames."""
    both = after.join(before, on=[*ABOUT, "place"], how="full", suffix="_before", nulls_equal=True, coalesce=True)
    is_new, is_gone = pl.col("resource_before").is_null(), pl.col("resource").is_null()
    is_same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_before")) for name in SAID)
    revised = both.filter(~is_new & ~is_gone & ~is_same)
    new, gone = both.filter(is_new).height, both.filter(is_gone).height
    counts = (new, revised.height, gone, unchanged_elsewhere + both.height - new - gone - revised.height)
    return {"source": source, **dict(zip(COUNTS, counts, strict=True)), "examples": _examples(revised)}


def _examples(revised: pl.DataFrame) -> str | None:
    """The first few revised figures in words."""
    texts = revised.head(EXAMPLES).select(
        pl.format(
            "{} {} {} {}: {} -> {}",
            "role",
            "indicator_code",
            "area_code",
            "period_code",
            *(_short(name) for name in ("value_before", "value")),
        )
    )
    return "; ".join(texts.to_series().drop_nulls()) or None


def _short(value: str) -> pl.Expr:
    return pl.col(value).cast(pl.String).str.replace(r"\.?0+$", "")


def drifted(
    where: str,
    package: Package,
    frames: tuple[pl.DataFrame, pl.DataFrame],
    columns: tuple[Columns, Columns],
    elsewhere: Mapping[str, int],
) -> list[str]:
    """What is worth telling of the shape of the new export against the last one, given each before and after.

    `elsewhere` counts, by resource, the unchanged figures that are not in the frames.

    Raises `SourceError` where the descriptor says that such a change fails the source.
    """
    before, after = frames
    warnings = _other_columns(*columns)
    layouts = {resource.name: resource.statement for resource in package.resources if resource.statement}
    for name in before["resource"].unique(maintain_order=True):
        had, has = (frame.filter(pl.col("resource") == name) for frame in (before, after))
        layout = layouts.get(name)
        unit, gone = _other_units(had, has), had.join(after, on=[*ABOUT, "place"], how="anti", nulls_equal=True).height
        if unit and layout and layout.drift.changed_unit == "fail":
            raise SourceError(f"{where}, resource {name!r}", unit, "check the unit; if it is right, set `drift: {changed_unit: warn}`")
        warnings += [unit] if unit else []
        warnings += [_fewer(f"{where}, resource {name!r}", layout, gone, had.height + elsewhere.get(name, 0))] if gone else []
    return warnings


def _other_columns(before: Columns, after: Columns) -> list[str]:
    """Columns that came or went in a file that was there before."""
    said = []
    for file in sorted(before.keys() & after.keys()):
        came = [name for name in after[file] if name not in before[file]]
        went = [name for name in before[file] if name not in after[file]]
        said += [f"{file} has new columns: {', '.join(map(repr, came))}"] if came else []
        said += [f"{file} no longer has the columns {', '.join(map(repr, went))}"] if went else []
    return said


def _other_units(before: pl.DataFrame, after: pl.DataFrame) -> str | None:
    """The first series that is now printed in a unit in which it was not printed before."""
    series = ["indicator_code", "area_code"]
    had = before.group_by(series).agg(had=pl.col("unit_code").drop_nulls().unique().sort())
    has = after.group_by(series).agg(has=pl.col("unit_code").drop_nulls().unique().sort())
    changed = had.join(has, on=series).filter(
        pl.col("had").list.len() > 0, pl.col("has").list.set_difference("had").list.len() > 0
    ).sort(series)  # fmt: skip
    if changed.is_empty():
        return None
    first = changed.row(0, named=True)
    more = f" (and {changed.height - 1} more series)" if changed.height > 1 else ""
    return f"{first['indicator_code']} of {first['area_code']} was printed in {', '.join(first['had'])}, now in {', '.join(first['has'])}{more}"


def _fewer(where: str, layout: Layout | None, gone: int, had: int) -> str:
    """That figures are gone, and whether they are withdrawn or only not repeated."""
    if layout is None:
        return f"{gone} of the {had} figures of the last load are gone with their resource, which the descriptor no longer has"
    is_full = layout.completeness == "full"
    said = f"{gone} of the {had} figures of the last load are gone ({'withdrawn' if is_full else 'not repeated'})"
    if layout.drift.fewer_figures == "fail" or (is_full and gone / had > layout.drift.max_fewer_share):
        mend = "restore the whole export; if they are meant to be gone, set `drift: {fewer_figures: warn, max_fewer_share: 1}`"
        raise SourceError(where, said, mend)
    return said
