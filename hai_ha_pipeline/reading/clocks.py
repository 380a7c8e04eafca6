"""Since when each figure of a source is there, and until when it was: its loads, one after the other, put together.

Frames in, frames out; which files a load had, and how they are read, is told to this module.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from hai_ha_pipeline.contracts.reading import EarlierFigure, Figure
from hai_ha_pipeline.contracts.types import empty, polars_schema
from hai_ha_pipeline.keys import POSITION_BITS, file_key
from hai_ha_pipeline.reading.drift import placed

ABOUT = ["role", "indicator_code", "area_code", "area_valid_from", "period_code", "address", "published_on"]
SAID = [
    "value", "lower", "upper", "qualifier", "obs_status", "whole_value", "is_reduction", "reduction_pct", "baseline_value",
    "baseline_period_code", "growth_pct", "growth_lower_pct", "growth_upper_pct", "growth_change", "growth_basis",
    "plan_fulfilment_pct", "plan_fulfilment_lower_pct", "plan_fulfilment_upper_pct", "plan_fulfilment_qualifier",
]  # fmt: skip
SAME = [*ABOUT, *SAID, "place"]


@dataclass(frozen=True)
class LoadRead:
    """One load of a source as it is read today: its figures as judged, and beside each the `content` of its file and `is_full`.

    `full` says of each of its resources whether it is declared full, also of those without a figure. A source whose folder
    was removed has a last load without figures, which withdraws all of them.
    """

    moment: datetime
    figure: pl.DataFrame
    full: dict[str, bool]
    is_removed: bool = False


def put_together(loads: Sequence[LoadRead]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The figures of the last load with their clocks (`Figure`), and the accepted ones of earlier loads that it lacks (`EarlierFigure`).

    A figure that is in several loads in a row, wherever it stands in their files, is one, known since the first of them. One
    that is gone was withdrawn on the day of the load that lacks it if its resource is declared full there. In a partial one
    it was only not repeated, unless that document now prints another figure in its place.
    """
    *earlier, last = loads
    if not earlier:
        clocks_of_all = {"ingested_at": pl.lit(last.moment, pl.Datetime("us")), "is_restated": pl.lit(value=False)}
        return last.figure.with_columns(**clocks_of_all).select(list(polars_schema(Figure))), empty(EarlierFigure)
    there, gone = _first(loads[0]), empty(EarlierFigure)
    for load in loads[1:]:
        there, withdrawn = _next(there, gone, load)
        gone = pl.concat([gone, _as_earlier(withdrawn)])
    clocks = there.filter("is_repeated").select("statement_key", "ingested_at", "is_restated")
    present = (
        last.figure.join(clocks, on="statement_key", how="left", maintain_order="left")
        .with_columns(pl.col("ingested_at").fill_null(last.moment), pl.col("is_restated").fill_null(value=False))
        .select(list(polars_schema(Figure)))
    )
    not_repeated = there.filter(~pl.col("is_repeated")).with_columns(withdrawn_at=pl.lit(None, pl.Datetime("us")))
    return present, pl.concat([gone, _as_earlier(not_repeated)])


def _first(load: LoadRead) -> pl.DataFrame:
    return _accepted(load).with_columns(
        ingested_at=pl.lit(load.moment, pl.Datetime("us")), is_restated=pl.lit(value=False), is_repeated=True
    )


def _next(there: pl.DataFrame, gone: pl.DataFrame, load: LoadRead) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What is there after one more load, and what that load withdraws."""
    seen = _accepted(load)
    repeated = seen.join(there.select(*SAME, "ingested_at", "is_restated"), on=SAME, how="left", nulls_equal=True)
    new = repeated.filter(pl.col("ingested_at").is_null())
    lacking = there.join(seen, on=SAME, how="anti", nulls_equal=True).with_columns(is_repeated=pl.lit(value=False), is_full=_is_full(load))
    in_place = pl.concat([new.select(ABOUT), seen.join(lacking, on=[*ABOUT, *SAID], how="semi", nulls_equal=True).select(ABOUT)])
    only_not_repeated = lacking.filter(~pl.col("is_full"), not load.is_removed).join(in_place, on=ABOUT, how="anti", nulls_equal=True)
    withdrawn = lacking.join(only_not_repeated.select("statement_key", "content"), on=["statement_key", "content"], how="anti")
    left = pl.concat([gone.select(ABOUT), withdrawn.select(ABOUT)]).unique().with_columns(was_left=pl.lit(value=True))
    now = repeated.join(left, on=ABOUT, how="left", nulls_equal=True).with_columns(
        is_restated=pl.coalesce("is_restated", pl.col("was_left").fill_null(value=False)),
        ingested_at=pl.col("ingested_at").fill_null(load.moment),
        is_repeated=pl.lit(value=True),
    )
    withdrawn = withdrawn.with_columns(withdrawn_at=pl.lit(load.moment, pl.Datetime("us")))
    return pl.concat([now.select(there.columns), only_not_repeated.select(there.columns)]), withdrawn


def _is_full(load: LoadRead) -> pl.Expr:
    """Whether the load says of a figure's resource that it is full; of a resource that it no longer has, what was said before."""
    return pl.col("resource").replace_strict(load.full, default=pl.col("is_full"), return_dtype=pl.Boolean)


def _accepted(load: LoadRead) -> pl.DataFrame:
    """The figures that loaded; those that say the same about the same thing are told apart by their place."""
    accepted = load.figure.filter(pl.col("verdict") == "accepted")
    return placed(accepted, ABOUT + SAID)


def _as_earlier(figures: pl.DataFrame) -> pl.DataFrame:
    """Figures of an earlier content, with keys that no present figure has.

    One position of one content can have had two of the same figures since one day: what another file repeated of it.
    """
    contents = figures.select("source", "file", "content", "ingested_at", "place").unique()
    keys = [(*row, file_key(*(str(part) for part in row))) for row in contents.rows()]
    keyed = pl.DataFrame(keys, schema={**contents.schema, "key": pl.Int64}, orient="row")
    in_file = pl.col("statement_key") % 2**POSITION_BITS
    return (
        figures.join(keyed, on=contents.columns, how="left", maintain_order="left")
        .with_columns(statement_key=pl.col("key") * 2**POSITION_BITS + in_file)
        .select(list(polars_schema(EarlierFigure)))
    )
