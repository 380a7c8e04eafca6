"""How fast each figure grows: on last year, on the period before, on average; computed and printed side by side.

A printed growth implies a base. It stands beside as a derived value and is never used as an observation.
"""

from collections.abc import Iterator

import polars as pl

from hai_ha_pipeline.contracts.marts import Growth, GrowthOnADay
from hai_ha_pipeline.contracts.types import key, polars_schema, type_of_value
from hai_ha_pipeline.transforms.formulas import cagr_pct, contribution_pp, growth_pct, implied_base
from hai_ha_pipeline.transforms.levels import PER_CENT
from hai_ha_pipeline.transforms.shape import in_shape, looked_up
from hai_ha_pipeline.transforms.successors import with_abolition, with_successor_sums
from hai_ha_pipeline.transforms.worlds import known_once

SERIES = ["indicator_code", "area_series_key"]
PART = 500_000
USED = [
    "observation_key", "indicator_key", "area_key", "period_key", "value", "lower", "upper", "qualifier", "obs_status", "growth_reported_pct",
    "growth_reported_lower_pct", "growth_reported_upper_pct", "growth_basis",
]  # fmt: skip


def growth(
    fact_observation: pl.DataFrame,
    dim_indicator: pl.DataFrame,
    dim_area: pl.DataFrame,
    dim_period: pl.DataFrame,
    dim_unit: pl.DataFrame,
    area_coverage: pl.DataFrame,
    growth_over_time: pl.DataFrame,
) -> pl.DataFrame:
    """One row a current figure and comparison."""
    once = known_once(fact_observation, dim_indicator)
    today = growth_of(fact_observation, dim_indicator, dim_area, dim_period, dim_unit, area_coverage)
    return _with_known_from(today, once, growth_over_time).pipe(in_shape, Growth)


def _with_known_from(today: pl.DataFrame, once: pl.DataFrame, growth_over_time: pl.DataFrame) -> pl.DataFrame:
    """The rows with the day since which each is what is known: that of its whole family, or that of its window where it has windows."""
    of_family = looked_up(today, once.select("indicator_code", "known_from"), "indicator_code")
    if growth_over_time.is_empty():
        return of_family
    windows = growth_over_time.filter(pl.col("known_to").is_null()).select(*key(Growth), since="known_from")
    return of_family.join(windows, on=key(Growth), how="left", maintain_order="left").with_columns(
        known_from=pl.coalesce("since", "known_from")
    )


def growth_of(
    observations: pl.DataFrame,
    dim_indicator: pl.DataFrame,
    dim_area: pl.DataFrame,
    dim_period: pl.DataFrame,
    dim_unit: pl.DataFrame,
    area_coverage: pl.DataFrame,
) -> pl.DataFrame:
    """The growth of those observations that are current, whether they are so today or were so on a day."""
    current = observations.lazy().filter("is_current").select(USED).collect()
    figures = current.pipe(with_successor_sums, area_coverage, dim_indicator, dim_area, dim_period, dim_unit)
    placed = _placed_areas(dim_area)
    parts = (_series(part, dim_indicator, placed, dim_period, dim_unit) for part in _by_areas(figures, placed))
    return pl.concat([_grown(series, dim_indicator, dim_area, area_coverage) for series in parts])


def _by_areas(figures: pl.DataFrame, areas: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """The figures in parts of whole areas, in the order of their codes.

    No growth looks at two of them, and what is made on the way is many times as wide.
    """
    if figures.height <= PART:
        yield figures
        return
    counts = figures.group_by("area_key").len().join(areas, on="area_key").group_by("area_place").agg("area_key", pl.col("len").sum())
    parts = counts.sort("area_place").with_columns(part=pl.col("len").cum_sum() // PART).partition_by("part", maintain_order=True)
    for part in parts:
        yield figures.filter(pl.col("area_key").is_in(part["area_key"].explode().implode()))


def _grown(series: pl.DataFrame, dim_indicator: pl.DataFrame, dim_area: pl.DataFrame, area_coverage: pl.DataFrame) -> pl.DataFrame:
    """The rows of the mart of some areas, in its order."""
    pairs = [_on_last_year(series), _on_previous_period(series), _over_all_years(series)]
    told = [
        pair.with_columns(comparison=pl.lit(name), place=pl.col("place") * len(COMPARISONS) + sorted(COMPARISONS).index(name))
        for name, pair in zip(COMPARISONS, pairs, strict=True)
    ]
    return (
        pl.concat(told, how="diagonal")
        .pipe(_with_growth)
        .pipe(_with_printed_growth)
        .pipe(_with_contributions, dim_indicator)
        .pipe(with_abolition, _is_over(), area_coverage, dim_area)
        .rename({"abolition": "series_end"})
        .select(*polars_schema(GrowthOnADay), "place")
        .sort("place")
        .pipe(in_shape, GrowthOnADay)
    )


def _is_over() -> pl.Expr:
    """The area is gone, and its series has no figure since."""
    return pl.col("period_last_day").max().over(SERIES) < pl.col("ended_on")


COMPARISONS = ("same_period_last_year", "previous_period", "cagr")


def _series(
    observations: pl.DataFrame, dim_indicator: pl.DataFrame, areas: pl.DataFrame, dim_period: pl.DataFrame, dim_unit: pl.DataFrame
) -> pl.DataFrame:
    """Each figure with its names and its period, its `place` in the order of the mart, and its `subject`.

    `subject` is one number for indicator, area and period, the last of which counts in ones: the subject of another period of
    the same series is found by adding the difference of their places.
    """
    indicators = dim_indicator.with_columns(indicator_place=_place("indicator_code"))
    periods = _placed_periods(dim_period)
    in_series = pl.col("indicator_place") * periods.height + pl.col("period_place")
    size = indicators.height * periods.height
    return (
        observations.join(indicators.filter(pl.col("measure_kind") != "milestone"), on="indicator_key")
        .join(areas, on="area_key")
        .join(dim_unit.select("unit_code", "unit_name_en", "quantity"), on="unit_code")
        .join(periods, on="period_key")
        .with_columns(subject=pl.col("series_place") * size + in_series, order=pl.col("area_place") * size + in_series)
        .select(
            *SERIES, "area_code", "indicator_name_en", "indicator_name_vi", "area_name_en", "unit_name_en", "quantity", "measure_kind",
            "parent_code", "adds_over_areas", "freq", "year", "months", "is_cumulative", "same_period_last_year_code", "previous_period_code", "value", "lower",
            "upper", "growth_reported_pct", "growth_reported_lower_pct", "growth_reported_upper_pct", "growth_basis",
            "observation_key", "is_derived", "subject", "order", "period_place", "last_year_place", "previous_place", period="period_code", period_last_day="last_day",
            previous_last_day=pl.col("first_day") - pl.duration(days=1),
        )
        .sort("order")
        .drop("order")
        .with_columns(place=pl.int_range(pl.len()))
    )  # fmt: skip


def _placed_areas(dim_area: pl.DataFrame) -> pl.DataFrame:
    """The areas with the places of their codes and of their series."""
    return dim_area.select(
        "area_key", "area_series_key", "area_code", "area_name_en", area_place=_place("area_code"), series_place=_place("area_series_key")
    )


def _place(*names: str) -> pl.Expr:
    """The place of each row in the order of some columns, counted from 0; rows that are the same share it."""
    return pl.struct(names).rank("dense").cast(pl.Int64) - 1


def _placed_periods(dim_period: pl.DataFrame) -> pl.DataFrame:
    """The periods in their order in time, each with the places of the two that it is compared with; null where a period is not known."""
    placed = dim_period.with_columns(period_place=_place("last_day", "period_code"))
    codes = placed.select("period_code", "period_place")
    last_year = codes.rename({"period_code": "same_period_last_year_code", "period_place": "last_year_place"})
    previous = codes.rename({"period_code": "previous_period_code", "period_place": "previous_place"})
    return placed.join(last_year, on="same_period_last_year_code", how="left").join(previous, on="previous_period_code", how="left")


def _with_base(figures: pl.DataFrame, base_place: str | pl.Expr, series: pl.DataFrame) -> pl.DataFrame:
    """The figures beside the one of their series in another period, given by its place."""
    place = pl.col(base_place) if isinstance(base_place, str) else base_place
    return figures.with_columns(base_subject=pl.col("subject") - pl.col("period_place") + place).join(
        _bases(series), on="base_subject", how="left"
    )


def _bases(series: pl.DataFrame) -> pl.DataFrame:
    return series.select(
        base_subject="subject",
        base="value",
        base_lower="lower",
        base_upper="upper",
        base_observation_key="observation_key",
        base_is_derived="is_derived",
    )


def _on_last_year(series: pl.DataFrame) -> pl.DataFrame:
    return series.with_columns(base_period="same_period_last_year_code").pipe(_with_base, "last_year_place", series)


def _on_previous_period(series: pl.DataFrame) -> pl.DataFrame:
    """Only for parts of a year: for whole years the period before is last year.

    Cumulative figures and odd spans have none; they stand here only where a growth on the period before is printed. A stock
    is compared with the level on the day before the period, whatever period ends with it: 30 June with 31 December.
    """
    has_previous = pl.col("freq").is_in(["S", "Q", "M"]) & pl.col("previous_period_code").is_not_null()
    is_printed = (pl.col("growth_basis") == "previous_period").fill_null(value=False) & (pl.col("freq") != "A")
    parts = series.filter(has_previous | is_printed)
    return (
        parts.join(_previous_levels(series), on="subject", how="left")
        .with_columns(base_period=pl.coalesce("level_period", "previous_period_code"))
        .pipe(_with_base, pl.coalesce("level_place", "previous_place"), series)
    )


def _previous_levels(series: pl.DataFrame) -> pl.DataFrame:
    """For each figure of a stock, the period that ends on the day before its own: of several one of the same length, else the longest."""
    stocks = series.filter(pl.col("measure_kind") == "stock").select(
        *SERIES, "subject", "period", "period_place", "months", "period_last_day", "previous_last_day"
    )  # fmt: skip
    levels = stocks.select(
        *SERIES, level_period="period", level_place="period_place", level_months="months", previous_last_day="period_last_day"
    )
    return (
        stocks.join(levels, on=[*SERIES, "previous_last_day"])
        .sort(pl.col("level_months") != pl.col("months"), -pl.col("level_months"), nulls_last=True)
        .unique("subject", keep="first", maintain_order=True)
        .select("subject", "level_period", "level_place")
    )


def _over_all_years(series: pl.DataFrame) -> pl.DataFrame:
    """The last year of a series against its first, where at least two years lie between; no rate of rates."""
    years = series.filter(pl.col("freq") == "A", pl.col("measure_kind") != "ratio")
    first = years.sort("year").group_by(SERIES, maintain_order=True).first()
    first = first.select(*SERIES, base_period="period", first_place="period_place", first_year="year")
    last = years.sort("year").group_by(SERIES, maintain_order=True).last()
    return (
        last.join(first, on=SERIES)
        .filter(pl.col("year") > pl.col("first_year") + 1)
        .pipe(_with_base, "first_place", series)
        .with_columns(years=pl.col("year") - pl.col("first_year"))
        .drop("first_year")
    )


def _with_growth(pairs: pl.DataFrame) -> pl.DataFrame:
    value, base = pl.col("value"), pl.col("base")
    is_rate, is_cagr = pl.col("measure_kind") == "ratio", pl.col("comparison") == "cagr"
    is_per_cent = pl.col("quantity") == PER_CENT
    computed = pl.when(is_cagr).then(cagr_pct(value, base, pl.col("years"))).otherwise(growth_pct(value, base))
    grown = pl.when(~(is_rate & is_per_cent)).then(computed).cast(type_of_value, strict=False)
    # The least growth is that of the lowest value on the highest base, the most the other way round.
    lower, upper = growth_pct(pl.col("lower"), pl.col("base_upper")), growth_pct(pl.col("upper"), pl.col("base_lower"))
    return pairs.with_columns(
        is_derived=pl.col("is_derived") | pl.col("base_is_derived").fill_null(value=False),
        growth_pct=grown,
        growth_lower_pct=pl.when(~is_cagr & ~(is_rate & is_per_cent)).then(lower),
        growth_upper_pct=pl.when(~is_cagr & ~(is_rate & is_per_cent)).then(upper),
        change_pp=pl.when(is_per_cent & ~is_cagr).then(value - base),
        reason=pl.when(pl.col("base_period").is_null()).then(pl.lit("no period before this one is defined"))
        .when(base.is_null()).then(pl.format("no figure for {} is known", "base_period"))
        .when(is_rate & is_per_cent).then(pl.lit("a rate has no growth: see change_pp"))
        .when(base == 0).then(pl.lit("the base is 0"))
        .when(base < 0).then(pl.lit("the base is negative"))
        .when(is_cagr & (value <= 0)).then(pl.lit("an average growth needs positive values"))
        .when(grown.is_null()).then(pl.lit("too large to be stored")),
    )  # fmt: skip


def _with_printed_growth(pairs: pl.DataFrame) -> pl.DataFrame:
    """The printed growth where its basis is this comparison, the base it implies, and whether both can be right."""
    is_last_year = (pl.col("freq") == "A") & (pl.col("comparison") == "same_period_last_year")
    printed = (pl.col("growth_basis") == pl.col("comparison")) | (is_last_year & (pl.col("growth_basis") == "previous_period"))
    given = pairs.with_columns(
        pl.when(printed).then(name).alias(name)
        for name in ("growth_reported_pct", "growth_reported_lower_pct", "growth_reported_upper_pct")
    )
    low, high = pl.col("growth_reported_lower_pct"), pl.col("growth_reported_upper_pct")
    apart = (pl.col("growth_lower_pct") > high).fill_null(value=False) | (pl.col("growth_upper_pct") < low).fill_null(value=False)
    both = pl.col("growth_reported_pct").is_not_null() & pl.col("growth_pct").is_not_null()
    return given.with_columns(
        growth_difference_pp=pl.col("growth_pct") - pl.col("growth_reported_pct"),
        growth_agreement=pl.when(both).then(pl.when(apart).then(pl.lit("incompatible")).otherwise(pl.lit("compatible"))),
        implied_base=implied_base(pl.col("value"), pl.col("growth_reported_pct")),
        implied_base_lower=implied_base(pl.col("lower"), high),
        implied_base_upper=implied_base(pl.col("upper"), low),
    )


def _with_contributions(pairs: pl.DataFrame, dim_indicator: pl.DataFrame) -> pl.DataFrame:
    """What each part adds to its parent's growth, and, where all its parts are known, what they leave unexplained."""
    occasion = ["area_series_key", "period", "comparison", "base_period"]
    totals = dim_indicator["parent_code"].drop_nulls().unique()
    is_in_family = pl.col("parent_code").is_not_null() | pl.col("indicator_code").is_in(totals.implode())
    simple = pairs.filter(pl.col("comparison") != "cagr", pl.col("measure_kind") != "ratio", is_in_family)
    parents = simple.filter(pl.col("base") > 0).select(*occasion, parent_code="indicator_code", parent_base="base")
    contributions = (
        simple.join(parents, on=[*occasion, "parent_code"])
        .filter(pl.col("base").is_not_null())
        .select(
            *occasion, "indicator_code", "parent_code",
            contribution_pp=contribution_pp(pl.col("value"), pl.col("base"), pl.col("parent_base")).cast(type_of_value, strict=False),
        )
    )  # fmt: skip
    if contributions.is_empty():
        absent = {name: pl.lit(None, type_of_value) for name in ("contribution_pp", "contribution_residual_pp")}
        return pairs.with_columns(**absent)
    part_counts = dim_indicator.group_by(indicator_code="parent_code").agg(part_count=pl.len())
    explained = (
        contributions.group_by(*occasion, indicator_code="parent_code")
        .agg(explained_pp=pl.col("contribution_pp").sum(), known=pl.len())
        .join(part_counts, on="indicator_code")
        .filter(pl.col("known") == pl.col("part_count"))
        .select(*occasion, "indicator_code", "explained_pp")
    )
    return (
        pairs.join(contributions.drop("parent_code"), on=[*occasion, "indicator_code"], how="left")
        .join(explained, on=[*occasion, "indicator_code"], how="left")
        .with_columns(contribution_residual_pp=pl.col("growth_pct") - pl.col("explained_pp"))
    )
