"""Where a result leads if things go on as before: by average growth since the baseline, by the yearly change of late.

Only numbers; what a preset makes of them stands in `presets.py`.
"""

import polars as pl

from hai_ha_pipeline.transforms.formulas import cagr_pct, change_per_year, projected_by_change, projected_by_growth, years_between
from hai_ha_pipeline.transforms.verdicts import falls

SERIES = ["indicator_key", "area_series_key"]
RESULT = [*SERIES, "result_period"]
# "The average annual change over the last five years, by means of the last six data points."
YEARS_BACK = 5


def with_outlook(rows: pl.DataFrame, results: pl.DataFrame) -> pl.DataFrame:
    """The rows with the bound to reach, the years on both sides, and both projections to the target's last day."""
    base, value, goal = pl.col("baseline_value"), pl.col("result_value"), pl.col("goal")
    start, now, end = pl.col("baseline_last_day"), pl.col("result_period_last_day"), pl.col("target_period_last_day")
    left = pl.col("years_left")
    return (
        rows.with_columns(goal=_goal(), years_passed=years_between(start, now), years_left=years_between(now, end))
        .with_columns(
            goal_side=pl.when(pl.col("target_operator") == ">=").then(1).when(falls()).then(-1).otherwise((goal - value).sign()),
            observed_growth_pct=_growth(value, base, pl.col("years_passed")),
            required_growth_pct=_growth(goal, base, years_between(start, end)),
            required_change=change_per_year(goal, value, left),
        )
        .join(_yearly_change(rows, results), on=RESULT, how="left")
        .with_columns(
            projected_by_growth=projected_by_growth(value, pl.col("observed_growth_pct"), left),
            projected_by_change=projected_by_change(value, pl.col("change_per_year"), left),
        )
    )


def _goal() -> pl.Expr:
    """The number to reach; of a range its bound nearest to the result, its weakest. Null inside the range."""
    value, low, high = pl.col("result_value"), pl.col("target_lower"), pl.col("target_upper")
    has_range = pl.col("target_operator").is_in(["between", "="])
    return pl.when(~has_range).then("target_value").when(value < low).then(low).when(value > high).then(high)


def _growth(value: pl.Expr, base: pl.Expr, years: pl.Expr) -> pl.Expr:
    """Average growth a year between two levels of one sign; for negative ones of their amounts."""
    return pl.when(value.sign() == base.sign()).then(cagr_pct(value.abs(), base.abs(), years))


def _yearly_change(rows: pl.DataFrame, results: pl.DataFrame) -> pl.DataFrame:
    """The average change a year up to each result, and from how many yearly figures: one a calendar year, six at most.

    A stock takes the last level known in each year; a sum or rate takes those of the same months.
    """
    now = rows.select(*RESULT, "measure_kind", "result_value", now_freq="result_freq", now_day="result_period_last_day")
    now = now.filter(pl.col("result_period").is_not_null()).unique(RESULT)
    points = results.select(*SERIES, "result_freq", "result_days", day="result_period_last_day", value="result_value")
    day, now_day = pl.col("day"), pl.col("now_day")
    is_same_span = (pl.col("result_freq") == pl.col("now_freq")) & (day.dt.month() == now_day.dt.month())
    age = now_day.dt.year() - day.dt.year()
    first_of = pl.col("day", "value").first().name.prefix("first_")
    return (
        now.join(points, on=SERIES)
        .filter((pl.col("measure_kind") == "stock") | is_same_span, day <= now_day, age.is_between(0, YEARS_BACK))
        .sort("day", "result_days")
        .group_by(*RESULT, "now_day", "result_value", age.alias("age"))
        .agg(pl.col("day", "value").last())
        .sort("day")
        .group_by(*RESULT, "now_day", "result_value")
        .agg(first_of, yearly_points=pl.len())
        .select(
            *RESULT,
            "yearly_points",
            change_per_year=change_per_year(pl.col("result_value"), pl.col("first_value"), years_between(pl.col("first_day"), now_day)),
        )
    )
