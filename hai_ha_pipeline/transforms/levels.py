"""What the digits of a statement amount to: value, interval, baseline and growth in the canonical unit, as DECIMAL."""

import polars as pl

from hai_ha_pipeline.contracts.types import type_of_value
from hai_ha_pipeline.parsing.numbers import NUMBER

PER_CENT = "percent"
OPPOSITE = {"more_than": "nearly", "at_least": "at_most", "nearly": "more_than", "at_most": "at_least"}
TOO_LARGE = 10**13  # times the largest power of ten, 10**18, this still fits DECIMAL(38,6)


def with_levels(statements: pl.DataFrame) -> pl.DataFrame:
    """Value, interval and baseline in the canonical unit.

    A reduction is turned into the level it leaves: 39 of 67 leaves 28; minus 50 % of 281 leaves 140.5.
    """
    unit_power = pl.col("power_of_ten").fill_null(0) - pl.col("canonical_power").fill_null(0)
    power = unit_power + pl.col("value_scale")
    is_relative = pl.col("is_reduction") & (pl.col("quantity") == PER_CENT) & (pl.col("canonical_quantity") != PER_CENT)
    # The unit of a relative reduction is %: its baseline is in the canonical unit, or in the scale that stands beside it.
    relative_power = pl.when("baseline_is_scaled").then(-pl.col("canonical_power")).otherwise(0)
    half = pl.lit(0.5).cast(NUMBER) / _ten_to(pl.col("value_decimals"))
    is_milestone = pl.col("measure_kind") == "milestone"
    scaled = _scaled if statements.select((power != 0).any()).item() else _unscaled
    number, second = scaled(pl.col("value_number"), power), scaled(pl.col("value_second"), power)
    baseline = (
        pl.when(pl.col("value_is_part") & pl.col("is_reduction"))
        .then(second)
        .otherwise(
            _scaled(pl.col("baseline_number"), pl.col("baseline_scale") + pl.when(is_relative).then(relative_power).otherwise(unit_power))
        )
    )
    reduction = pl.when(is_relative & (pl.col("value_number") <= 100)).then(pl.col("value_number"))
    step = (
        pl.when(is_milestone).then(pl.lit(0).cast(NUMBER))
        .when(is_relative).then(baseline * half / 100)
        .otherwise(scaled(half, power))
    )  # fmt: skip
    one, other = (_left(baseline, printed, amount, is_relative) for printed, amount in (("value_number", number), ("value_second", second)))
    printed = pl.col("value_qualifier").fill_null("exact")
    # A reduction of more than 39 leaves less than 28: the bound turns round.
    turned = pl.when(pl.col("is_reduction")).then(printed.replace(OPPOSITE)).otherwise(printed)
    qualifier = pl.when(pl.col("value_is_range")).then(pl.lit("range")).otherwise(turned)
    # A reduction by 30 to 40 leaves from 40 fewer to 30 fewer: the range turns round as well.
    low = pl.when(pl.col("is_reduction")).then(other).otherwise(number)
    high = pl.when(pl.col("is_reduction")).then(one).otherwise(second)
    single = pl.when(pl.col("is_reduction")).then(one).otherwise(number)
    value = pl.when(pl.col("value_is_range")).then((low + high) / 2).otherwise(single)
    measured = statements.with_columns(
        qualifier_code=qualifier, exact_value=value, step=step, reduction_pct=reduction, baseline_value=baseline, power=power,
        low=low, high=high, whole=pl.when(pl.col("value_is_part")).then(second),
        loses_digits=(scaled(number, -power) != pl.col("value_number")) & ~is_relative,
        other_value=scaled(pl.col("value_other_reading"), power),
    )  # fmt: skip
    bound = pl.col("qualifier_code")
    is_from, is_to = bound.is_in(["more_than", "at_least"]), bound.is_in(["nearly", "at_most"])
    exact, step = pl.col("exact_value"), pl.col("step")
    lower = pl.when(bound == "range").then("low").when(is_from).then(exact).when(~is_to).then(exact - step)
    upper = pl.when(bound == "range").then("high").when(is_to).then(exact).when(~is_from).then(exact + step)
    return measured.with_columns(lower=lower, upper=upper).with_columns(
        pl.col("lower", "upper", "baseline_value", "reduction_pct").cast(type_of_value, strict=False),
        fitted_value=pl.col("exact_value").cast(type_of_value, strict=False),
        whole_value=pl.col("whole").cast(type_of_value, strict=False),
        other_value=pl.col("other_value").cast(type_of_value, strict=False),
    )


def _left(baseline: pl.Expr, printed: str, amount: pl.Expr, is_relative: pl.Expr) -> pl.Expr:
    """What a reduction leaves of its baseline: by a printed share of it, of at most all, or by an amount."""
    share = pl.when(pl.col(printed) <= 100).then(pl.col(printed))
    return pl.when(is_relative).then(baseline * (100 - share) / 100).otherwise(baseline - amount)


def with_growth(statements: pl.DataFrame) -> pl.DataFrame:
    """Printed growth in per cent, with the interval its rounding or words leave, or as a change in the canonical unit.

    An index of 107.2 is a growth of 7.2, and three times as much one of 200. In a fall the bounds turn round: down more than
    7 % is at most -7 %. Visits that are up by 50,100 are a change; so are percentage points of a share.
    """
    falls = (pl.col("growth_direction") == "fall").fill_null(value=False) | pl.col("growth_is_reduction")
    is_multiple = (pl.col("growth_direction") == "multiple").fill_null(value=False)
    sign = pl.when(falls).then(-1).when(is_multiple).then(100).otherwise(1)
    base = pl.when(pl.col("growth_direction").is_in(["index", "multiple"])).then(100).otherwise(0)
    half = pl.lit(0.5).cast(NUMBER) / _ten_to(pl.col("growth_decimals")) * pl.when(is_multiple).then(100).otherwise(1)
    first, second = pl.col("growth_number") * sign - base, pl.col("growth_second") * sign - base
    is_range = pl.col("growth_is_range")
    bound = pl.when(falls).then(pl.col("growth_qualifier").replace(OPPOSITE)).otherwise("growth_qualifier")
    is_from = bound.is_in(["more_than", "at_least"]).fill_null(value=False)
    is_to = bound.is_in(["nearly", "at_most"]).fill_null(value=False)
    least, most = pl.min_horizontal(first, second), pl.max_horizontal(first, second)
    lower = pl.when(is_range).then(least).when(is_from).then(first).when(~is_to).then(first - half)
    upper = pl.when(is_range).then(most).when(is_to).then(first).when(~is_from).then(first + half)
    is_change = pl.col("change_quantity").is_not_null()
    change_power = pl.col("change_power") - pl.col("canonical_power") + pl.col("growth_scale")
    in_per_cent = {
        "growth_pct": pl.when(is_range).then((first + second) / 2).otherwise(first),
        "growth_lower_pct": lower,
        "growth_upper_pct": upper,
    }
    return statements.with_columns(
        **{name: pl.when(~is_change).then(growth).cast(type_of_value, strict=False) for name, growth in in_per_cent.items()},
        growth_change=pl.when(is_change & ~is_range).then(_scaled(first, change_power)).cast(type_of_value, strict=False),
    ).pipe(_with_plan_fulfilment)


def _with_plan_fulfilment(statements: pl.DataFrame) -> pl.DataFrame:
    """The printed share of the plan, with the interval its rounding or words leave."""
    share, bound = pl.col("plan_fulfilment_number"), pl.col("plan_fulfilment_qualifier").fill_null("exact")
    half = pl.lit(0.5).cast(NUMBER) / _ten_to(pl.col("plan_fulfilment_decimals"))
    is_from, is_to = bound.is_in(["more_than", "at_least"]), bound.is_in(["nearly", "at_most"])
    in_per_cent = {
        "plan_fulfilment_pct": share,
        "plan_fulfilment_lower_pct": pl.when(is_from).then(share).when(~is_to).then(share - half),
        "plan_fulfilment_upper_pct": pl.when(is_to).then(share).when(~is_from).then(share + half),
    }
    return statements.with_columns(**{name: given.cast(type_of_value, strict=False) for name, given in in_per_cent.items()})


def _scaled(number: pl.Expr, power: pl.Expr) -> pl.Expr:
    """`number` times ten to `power`, exactly; null where that is too large for any stored value.

    What leaves more than six decimals is caught by a rule.
    """
    fitting = pl.when((number.abs() < TOO_LARGE) | (power <= 0)).then(number)
    return fitting * _ten_to(pl.max_horizontal(power, pl.lit(0))) / _ten_to(pl.max_horizontal(-power, pl.lit(0)))


def _unscaled(number: pl.Expr, _: pl.Expr) -> pl.Expr:
    """The same where no figure has a power other than 0."""
    return number


def _ten_to(power: pl.Expr) -> pl.Expr:
    powers = {exponent: 10**exponent for exponent in range(19)}
    return power.replace_strict(powers, default=None, return_dtype=pl.Int64).cast(NUMBER)
