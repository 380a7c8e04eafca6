"""Every formula of the marts, once, with its name. Expressions in, expressions out; results in per cent unless named otherwise.

Sources: plan statistics (fulfilment), Open SDG, the UN and the German sustainable development strategy (ratios of the presets), OECD Data and Metadata Reporting and Presentation Handbook 2007 (growth),
INSEE definition c1207 (contributions), Open SDG progress methodology (CAGR). See docs/method.md.
"""

import polars as pl


def fulfilment_pct(result: pl.Expr, target: pl.Expr) -> pl.Expr:
    """Plan fulfilment: 100 x result / target; null for a target of 0."""
    return pl.when(target != 0).then(100 * result / target)


def progress_pct(result: pl.Expr, target: pl.Expr, baseline: pl.Expr) -> pl.Expr:
    """The way covered from the baseline to the target: works for reductions and for a target of 0."""
    return pl.when(target != baseline).then(100 * (result - baseline) / (target - baseline))


def reduction_pct(result: pl.Expr, baseline: pl.Expr) -> pl.Expr:
    """By how much of the baseline a level fell."""
    return pl.when(baseline != 0).then(100 * (baseline - result) / baseline)


def growth_pct(value: pl.Expr, base: pl.Expr) -> pl.Expr:
    """Growth on a base: 100 x (value - base) / base; null for a base that is not positive."""
    return pl.when(base > 0).then(100 * (value - base) / base)


def cagr_pct(value: pl.Expr, base: pl.Expr, years: pl.Expr) -> pl.Expr:
    """Average growth a year over several years; null where a value is not positive.

    The root of a DECIMAL is taken in double precision (15 digits) and rounded to six decimals of a per cent.
    """
    quotient = value.cast(pl.Float64) / base.cast(pl.Float64)
    root = 100 * (quotient.pow(1 / years.cast(pl.Float64)) - 1)
    return pl.when((value > 0) & (base > 0) & (years > 0)).then(root.round(6).cast(pl.Decimal(38, 6)))


def growth_ratio(observed_pct: pl.Expr, required_pct: pl.Expr) -> pl.Expr:
    """Observed average growth over the one that leads to the target: 1 is exactly enough, below 0 leads away."""
    return pl.when(required_pct != 0).then(observed_pct / required_pct)


def projected_by_growth(value: pl.Expr, growth_pct: pl.Expr, years: pl.Expr) -> pl.Expr:
    """Where a level stands after more years at the same growth: value x (1 + growth)^years, the power in double precision."""
    factor = (1 + growth_pct.cast(pl.Float64) / 100).pow(years.cast(pl.Float64))
    return (value.cast(pl.Float64) * factor).round(6).cast(pl.Decimal(38, 6), strict=False)


def change_per_year(value: pl.Expr, base: pl.Expr, years: pl.Expr) -> pl.Expr:
    """Average change a year, in units."""
    return pl.when(years > 0).then((value - base) / years)


def projected_by_change(value: pl.Expr, change: pl.Expr, years: pl.Expr) -> pl.Expr:
    """Where a level stands after more years with the same change a year."""
    return value + change * years


def years_between(earlier: pl.Expr, later: pl.Expr) -> pl.Expr:
    """Years from the end of one day to that of another, by the calendar: from one month's end to another's in whole twelfths."""
    months = [
        (day.dt.year().cast(pl.Int64) * 12 + day.dt.month()).cast(pl.Decimal(38, 6))
        + day.dt.day().cast(pl.Decimal(38, 6)) / day.dt.days_in_month().cast(pl.Decimal(38, 6))
        for day in (earlier, later)
    ]
    return (months[1] - months[0]) / 12


def implied_base(value: pl.Expr, growth_pct: pl.Expr) -> pl.Expr:
    """The base that a value and its printed growth imply: value / (1 + growth)."""
    return pl.when(growth_pct > -100).then(100 * value / (100 + growth_pct))


def contribution_pp(value: pl.Expr, base: pl.Expr, parent_base: pl.Expr) -> pl.Expr:
    """What a part adds to its parent's growth, in percentage points."""
    return pl.when(parent_base > 0).then(100 * (value - base) / parent_base)
