"""How a new export differs from the last one of its source: which figures are new, revised, gone or the same, and what of its shape.

The descriptor's `drift` and `fieldsMatch` say which differences fail the source; all others are told as warnings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

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


@dataclass(frozen=True)
class Compared:
    """Figures of a load beside those of the load before.

    How many are new, revised, gone and unchanged; the first revised ones in words; by resource, how many of the load before there
    were and how many of them are gone; and the series that are now printed in a unit in which they were not printed before.
    """

    new: int = 0
    revised: int = 0
    gone: int = 0
    unchanged: int = 0
    examples: tuple[str, ...] = ()
    had: Mapping[str, int] = field(default_factory=dict)
    lacking: Mapping[str, int] = field(default_factory=dict)
    other_units: Mapping[str, list[tuple[str, str, list[str], list[str]]]] = field(default_factory=dict)

    def __add__(self, other: "Compared") -> "Compared":
        """The same of the figures of both."""
        return Compared(
            self.new + other.new,
            self.revised + other.revised,
            self.gone + other.gone,
            self.unchanged + other.unchanged,
            (*self.examples, *other.examples)[:EXAMPLES],
            _added(self.had, other.had),
            _added(self.lacking, other.lacking),
            {name: sorted(self.other_units.get(name, []) + other.other_units.get(name, [])) for name in _names(self, other)},
        )


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    return {name: one.get(name, 0) + other.get(name, 0) for name in dict.fromkeys([*one, *other])}


def _names(one: Compared, other: Compared) -> list[str]:
    return list(dict.fromkeys([*one.other_units, *other.other_units]))


def first_load(source: str, figures: int) -> Said:
    """The difference of a load that nothing precedes: all its figures are new."""
    return difference(source, Compared(new=figures))


def compared(before: pl.DataFrame, after: pl.DataFrame) -> Compared:
    """The comparable figures of two loads, or of one part of them."""
    both = after.join(before, on=[*ABOUT, "place"], how="full", suffix="_before", nulls_equal=True, coalesce=True)
    is_new, is_gone = pl.col("resource_before").is_null(), pl.col("resource").is_null()
    is_same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_before")) for name in SAID)
    revised = both.filter(~is_new & ~is_gone & ~is_same)
    new, gone = both.filter(is_new).height, both.filter(is_gone)
    return Compared(
        new,
        revised.height,
        gone.height,
        both.height - new - gone.height - revised.height,
        _examples(revised),
        dict(before.group_by("resource", maintain_order=True).len().rows()),
        dict(gone.group_by("resource_before").len().rows()),
        {
            name: _other_units(*(frame.filter(pl.col("resource") == name) for frame in (before, after)))
            for name in before["resource"].unique()
        },
    )


def difference(source: str, found: Compared) -> Said:
    """How many figures are new, revised, withdrawn and unchanged, as the table of that name has it."""
    counts = (found.new, found.revised, found.gone, found.unchanged)
    return {"source": source, **dict(zip(COUNTS, counts, strict=True)), "examples": "; ".join(found.examples) or None}


def _examples(revised: pl.DataFrame) -> tuple[str, ...]:
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
    return tuple(texts.to_series().drop_nulls())


def _short(value: str) -> pl.Expr:
    return pl.col(value).cast(pl.String).str.replace(r"\.?0+$", "")


def drifted(where: str, package: Package, found: Compared, columns: tuple[Columns, Columns]) -> list[str]:
    """What is worth telling of the shape of the new export against the last one; `columns` are those of their files, before and after.

    Raises `SourceError` where the descriptor says that such a change fails the source.
    """
    warnings = _other_columns(*columns)
    layouts = {resource.name: resource.statement for resource in package.resources if resource.statement}
    for name, had in found.had.items():
        layout, gone = layouts.get(name), found.lacking.get(name, 0)
        unit = _in_other_units(found.other_units.get(name, []))
        if unit and layout and layout.drift.changed_unit == "fail":
            raise SourceError(f"{where}, resource {name!r}", unit, "check the unit; if it is right, set `drift: {changed_unit: warn}`")
        warnings += [unit] if unit else []
        warnings += [_fewer(f"{where}, resource {name!r}", layout, gone, had)] if gone else []
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


def _other_units(before: pl.DataFrame, after: pl.DataFrame) -> list[tuple[str, str, list[str], list[str]]]:
    """The series that are now printed in a unit in which they were not printed before, with the units before and now."""
    series = ["indicator_code", "area_code"]
    had = before.group_by(series).agg(had=pl.col("unit_code").drop_nulls().unique().sort())
    has = after.group_by(series).agg(has=pl.col("unit_code").drop_nulls().unique().sort())
    changed = had.join(has, on=series).filter(pl.col("had").list.len() > 0, pl.col("has").list.set_difference("had").list.len() > 0)
    return changed.sort(series).rows()


def _in_other_units(changed: list[tuple[str, str, list[str], list[str]]]) -> str | None:
    """The first of such series in words."""
    if not changed:
        return None
    indicator, area, had, has = changed[0]
    more = f" (and {len(changed) - 1} more series)" if len(changed) > 1 else ""
    return f"{indicator} of {area} was printed in {', '.join(had)}, now in {', '.join(has)}{more}"


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
