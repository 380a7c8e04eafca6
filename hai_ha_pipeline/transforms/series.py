"""Figures that the rest of their own series contradicts: a mark read the wrong way, or a unit that changed without a word.

Both make a figure a thousand times too large or too small, which no single cell shows. Here all sources meet: a series is
one indicator of one area, whoever printed it and as what. What one cell says by itself is judged in `rules`.
"""

import math
from datetime import timedelta
from typing import Literal

import polars as pl

from hai_ha_pipeline.parsing.periods import read_period
from hai_ha_pipeline.transforms.levels import PER_CENT
from hai_ha_pipeline.transforms.sentences import plain
from hai_ha_pipeline.transforms.shape import by_indicators

LOG_OF_A_THOUSAND = 3
NEAR_A_THOUSAND = math.log10(3)
"""A step of 333 to 3,000 times, or as near to a million times, is taken for a change of unit; one of 31 to 333 times for none."""
CALM = math.log10(3)
"""A series whose figures usually change by more than three times from one to the next moves too much to be evidence."""
FAR = timedelta(days=6 * 366)
"""Figures further apart say nothing about each other: a fall of 60 % a year is one of 244 times in six years, of 610 in seven."""
SERIES = ["indicator_key", "area_series_key"]
JUDGED = ["statement_key", "source", "indicator_code", "area_code", "area_valid_from", "period_code", "value", "is_settled", "is_reduction",
          "other_value"]  # fmt: skip
PART = 2_000_000


def judged_by_series(figure: pl.DataFrame, dim_indicator: pl.DataFrame, dim_area: pl.DataFrame, dim_unit: pl.DataFrame) -> pl.DataFrame:
    """The figures of all sources again, those accepted ones rejected that the rest of their series contradicts.

    `ambiguous-number`: the nearest figures whose reading is certain, two before and two after, are nearer to the other
    reading than to the declared one. `magnitude-jump`: following the series in time, a figure stands on another level than
    most, with a jump of about a thousand (or a million) in between. On each level the figures are counted, one that could
    be read otherwise for a half: where one level has more than half of all, the others are rejected; where none has, no
    figure says which is right and all are.

    Flows are compared as of a whole year. Zero is no evidence, nor are milestones, shares in per cent and balances that
    turn negative. A figure that a correction has settled is never doubted, nor is one on the level it confirmed.
    """
    judged = figure.lazy().filter(pl.col("verdict") == "accepted", pl.col("value") != 0).select(JUDGED)
    parts = by_indicators(judged, dim_indicator, PART)
    explained = pl.concat([_doubts(part, dim_indicator, dim_area, dim_unit) for part in parts])
    return _set_aside(figure, explained) if explained.height else figure


def judged_with_earlier(
    figure: pl.DataFrame, earlier_figure: pl.DataFrame, dim_indicator: pl.DataFrame, dim_area: pl.DataFrame, dim_unit: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The present figures judged by each other, and the earlier ones judged by all; the present ones are not judged by those."""
    judged = judged_by_series(figure, dim_indicator, dim_area, dim_unit)
    if earlier_figure.is_empty():
        return judged, earlier_figure
    together = pl.concat([judged, earlier_figure.select(judged.columns)])
    earlier = judged_by_series(together, dim_indicator, dim_area, dim_unit).tail(earlier_figure.height)
    return judged, pl.concat([earlier, earlier_figure.select("content", "withdrawn_at")], how="horizontal")


def _doubts(figure: pl.DataFrame, dim_indicator: pl.DataFrame, dim_area: pl.DataFrame, dim_unit: pl.DataFrame) -> pl.DataFrame:
    """The figures of some indicators that the rest of their series contradicts, with rule and sentence."""
    measured = _levels(_measured(figure, dim_indicator, dim_area, dim_unit))
    readings = _contradicted_readings(measured)
    jumps = _jumps(measured.join(readings, on="statement_key", how="anti"), measured)
    return _explained(pl.concat([readings, jumps]), measured)


def _measured(figure: pl.DataFrame, dim_indicator: pl.DataFrame, dim_area: pl.DataFrame, dim_unit: pl.DataFrame) -> pl.DataFrame:
    """The accepted figures of the few series that could hold a jump, in order of time, each with its size as of a year."""
    indicators = (
        dim_indicator.join(dim_unit.select("unit_code", "quantity"), on="unit_code", how="left")
        .filter(pl.col("measure_kind") != "milestone", pl.col("quantity") != PER_CENT)
        .select("indicator_key", "indicator_code", "measure_kind", canonical_unit="unit_code")
    )
    areas = dim_area.select("area_series_key", "area_code", area_valid_from="valid_from")
    of_a_year = pl.when(pl.col("measure_kind") == "flow").then(365.25 / pl.col("days")).otherwise(1.0)
    sized = (
        figure.lazy()
        .with_columns(other_value=pl.when(~pl.col("is_reduction") & ~pl.col("is_settled")).then("other_value"))
        .join(indicators.lazy(), on="indicator_code")
        .join(areas.lazy(), on=["area_code", "area_valid_from"])
        .join(_periods(figure).lazy(), on="period_code")
        .select(
            "statement_key",
            *SERIES,
            "canonical_unit",
            "source",
            "period_code",
            "value",
            "is_settled",
            "other_value",
            "last_day",
            size=pl.col("value").cast(pl.Float64) * of_a_year,
        )
    ).collect()
    ends = sized.group_by(SERIES).agg(smallest=pl.col("size").min(), largest=pl.col("size").max()).filter(pl.col("smallest") > 0)
    wide = ends.filter(_thousands((pl.col("largest") / pl.col("smallest")).log10()) > 0)
    return (
        sized.join(wide, on=SERIES, how="semi")
        .with_columns(log=pl.col("size").log10(), is_certain=pl.col("other_value").is_null())
        .sort(*SERIES, "last_day", "size", "statement_key")
    )


def _periods(figure: pl.DataFrame) -> pl.DataFrame:
    """Last day and length of every period."""
    found = [(code, read_period(code)) for code in figure["period_code"].unique().drop_nulls()]
    rows = [(code, period.last_day, (period.last_day - period.first_day).days + 1) for code, period in found if period]
    return pl.DataFrame(rows, schema={"period_code": pl.String, "last_day": pl.Date, "days": pl.Int64}, orient="row")


def _thousands(log: pl.Expr) -> pl.Expr:
    """The whole power of a thousand that a ratio, given as its logarithm, is nearest to: 0 up to about 31 times."""
    return (log / LOG_OF_A_THOUSAND).round().cast(pl.Int64)


def _levels(measured: pl.DataFrame) -> pl.DataFrame:
    """Each figure with its run and its level in it, in thousands of the run's first figure.

    A run is followed from figure to figure; it ends where two are far apart, or differ by much and by no change of unit.
    """
    goes_on = pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in SERIES)  # they stand in order of series and time
    change = pl.when(goes_on).then(pl.col("log").diff())
    stepped = measured.with_columns(step=_thousands(change)).with_columns(rest=(change - pl.col("step") * LOG_OF_A_THOUSAND).abs())
    is_break = (pl.col("step") != 0) & (pl.col("rest") > NEAR_A_THOUSAND)
    begins = pl.col("step").is_null() | is_break | (pl.col("last_day").diff() > FAR)
    weight = pl.when("is_certain").then(1.0).otherwise(0.5)
    return (
        stepped.with_columns(run=begins.cum_sum(), step=pl.when(begins).then(0).otherwise("step"), rest=pl.when(~begins).then("rest"))
        .pipe(_telling)
        .with_columns(level=pl.col("step").cum_sum().over("run"))
        .with_columns(
            weight=weight.sum().over("run", "level"),
            of_all=weight.sum().over("run"),
            is_confirmed=pl.col("is_settled").any().over("run", "level"),
        )
    )


def _telling(stepped: pl.DataFrame) -> pl.DataFrame:
    """Only the runs that can tell something: calm ones with a step, and all of a series with a figure that can be read otherwise."""
    runs = stepped.group_by("run").agg(
        is_calm=pl.col("rest").median() <= CALM, has_step=(pl.col("step") != 0).any(), is_certain=pl.col("is_certain").all(),
        series=pl.struct(SERIES).first(),
    )  # fmt: skip
    is_doubtful = pl.col("series").is_in(runs.filter(~pl.col("is_certain"))["series"].implode())
    kept = runs.filter((pl.col("is_calm") & pl.col("has_step")) | is_doubtful).select("run", "is_calm")
    return stepped.join(kept, on="run", how="inner", maintain_order="left")


def _contradicted_readings(measured: pl.DataFrame) -> pl.DataFrame:
    """Ambiguous figures whose declared reading is far from the nearest certain ones, while the other is near; with those."""
    ambiguous = measured.filter(~pl.col("is_certain"), ~pl.col("is_confirmed"))
    return _with_neighbours(ambiguous, measured.filter("is_certain"), SERIES, FAR).filter("is_other_nearer").with_columns(is_reading=True)


def _jumps(suspects: pl.DataFrame, measured: pl.DataFrame) -> pl.DataFrame:
    """Figures on a level that has no more than half of a calm run, with the nearest ones of the level that has most."""
    levels = measured.select("run", "level", "weight").unique()
    rivals = (
        levels.join(levels, on="run", suffix="_of_rival")
        .filter(pl.col("level") != pl.col("level_of_rival"))
        .sort("weight_of_rival", "level_of_rival", descending=True)
        .unique(["run", "level"], keep="first")
        .select("run", "level", rival="level_of_rival")
    )
    fewer = suspects.filter("is_calm", ~pl.col("is_settled") & ~pl.col("is_confirmed"), pl.col("weight") * 2 <= pl.col("of_all"))
    of_rivals = fewer.join(rivals, on=["run", "level"]).drop("level").rename({"rival": "level"})
    return _with_neighbours(of_rivals, measured, ["run", "level"], None).with_columns(is_reading="is_other_nearer")


def _with_neighbours(figures: pl.DataFrame, others: pl.DataFrame, by: list[str], within: timedelta | None) -> pl.DataFrame:
    """Each figure with up to two of the others before it (or at its time) and two after, and what they say; none without any."""
    others = others.join(figures, on=by, how="semi")
    found = []
    ways: tuple[tuple[Literal["backward", "forward"], int], ...] = (("backward", 1), ("forward", -1))
    for strategy, way in ways:
        near = others.sort(*by, "last_day").select(
            *by, "last_day", neighbour=pl.concat_list("statement_key", pl.col("statement_key").shift(way).over(by))
        )
        found.append(
            figures.sort("last_day")
            .join_asof(
                near.sort("last_day", maintain_order=True), on="last_day", by=by, strategy=strategy, tolerance=within,
                allow_exact_matches=way > 0, check_sortedness=False,
            )
            .select("statement_key", "neighbour")
        )  # fmt: skip
    logs = others.select(neighbour="statement_key", usual="log")
    said = (
        pl.concat(found).explode("neighbour").drop_nulls().join(logs, on="neighbour").group_by("statement_key")
        .agg("neighbour", pl.col("usual").median())
    )  # fmt: skip
    off = pl.col("log") - pl.col("usual")
    other_off = off + pl.when(pl.col("other_value") > 0).then(
        (pl.col("other_value").cast(pl.Float64) / pl.col("value").cast(pl.Float64)).log10()
    )
    return figures.join(said, on="statement_key").select(
        "statement_key",
        "neighbour",
        "usual",
        is_other_nearer=((_thousands(off) != 0) & (_thousands(other_off) == 0)).fill_null(value=False),
    )


def _explained(doubted: pl.DataFrame, measured: pl.DataFrame) -> pl.DataFrame:
    """The rule and the sentence of each doubted figure."""
    neighbours = doubted.select(statement_key=pl.col("neighbour").explode())
    printed = measured.join(neighbours, on="statement_key", how="semi").select(
        neighbour="statement_key", day="last_day", said=pl.format("{} ({}, {})", plain("value"), "period_code", "source")
    )
    beside = (
        doubted.select("statement_key", "neighbour").explode("neighbour").join(printed, on="neighbour").sort("day", "neighbour")
        .group_by("statement_key", maintain_order=True).agg(pl.col("said").str.join(", "))
    )  # fmt: skip
    off = pl.col("log") - pl.col("usual")
    times = pl.lit(10.0).pow(off.abs()).round().cast(pl.Int64)
    size = pl.when(off > 0).then(pl.format("about {} times", times)).otherwise(pl.format("about a {}th of", times))
    far = pl.format("{} the nearest figures of its series, {}", size, "said")
    reading = pl.format(
        "read as declared it is {} {}, {}; with the mark read the other way it is {}, near them: settle it with a line in corrections.csv",
        plain("value"),
        "canonical_unit",
        far,
        plain("other_value"),
    )
    jump = pl.format(
        "is {} {}, {}: has the unit changed without a word, as from million to thousand? Correct the unit in the descriptor or the cell"
        " by a line in corrections.csv; a line whose `corrected` is its `expected` confirms the figure",
        plain("value"), "canonical_unit", far,
    )  # fmt: skip
    return (
        doubted.drop("neighbour")
        .join(beside, on="statement_key")
        .join(measured, on="statement_key")
        .select(
            "statement_key",
            series_rule=pl.when("is_reading").then(pl.lit("ambiguous-number")).otherwise(pl.lit("magnitude-jump")),
            series_reason=pl.when("is_reading").then(reading).otherwise(jump),
        )
    )


def _set_aside(figure: pl.DataFrame, explained: pl.DataFrame) -> pl.DataFrame:
    """The figures with those explained turned into rejected ones."""
    is_doubted = figure["statement_key"].is_in(explained["statement_key"].implode())
    doubted = (
        figure.filter(is_doubted)
        .join(explained, on="statement_key", how="left", maintain_order="left")
        .select(
            verdict=pl.lit("rejected"),
            rule="series_rule",
            field=pl.lit("value"),
            text=pl.concat_str("qualifier_as_printed", "value_as_printed", separator=" ", ignore_nulls=True),
            reason="series_reason",
        )
    )
    place = pl.select(pl.when(is_doubted).then(is_doubted.cum_sum().cast(pl.Int64) - 1)).to_series()
    for name in doubted.columns:  # one by one, as each is as long as all figures
        said = doubted.select(pl.col(name).gather(place)).to_series()
        figure = figure.with_columns(pl.coalesce(said, name).alias(name))
    return figure
