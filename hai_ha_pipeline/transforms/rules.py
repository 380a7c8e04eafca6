"""Why a figure is set aside: every rule with its name, the field it is about, and its sentence, in the order of checking."""

from dataclasses import dataclass

import polars as pl

from hai_ha_pipeline.contracts.types import GROWTH_BASES, ROLES
from hai_ha_pipeline.transforms.levels import PER_CENT
from hai_ha_pipeline.transforms.sentences import plain


@dataclass(frozen=True)
class Rule:
    """A reason to set a figure aside: `broken_by` is true where `field` of the statement breaks it."""

    name: str
    field: str
    broken_by: pl.Expr
    reason: pl.Expr


def _is_outside(value: str) -> pl.Expr:
    below, above = pl.col(value) < pl.col("plausible_min"), pl.col(value) > pl.col("plausible_max")
    return below.fill_null(value=False) | above.fill_null(value=False)


def _plausible_range() -> pl.Expr:
    return pl.format(
        "{} to {} {}", plain("plausible_min").fill_null("any"), plain("plausible_max").fill_null("any"), pl.col("canonical_unit")
    )


def _format_text() -> pl.Expr:
    group = pl.when(pl.col("group_char") == "").then(pl.lit("none")).otherwise(pl.format("'{}'", "group_char"))
    return pl.format("decimal mark '{}', grouping mark {}", "decimal_char", group)


_IS_MILESTONE = (pl.col("measure_kind") == "milestone").fill_null(value=False)
_IS_LOCATED = pl.col("period_code").is_not_null() & pl.col("area").is_not_null()
_OTHER_QUANTITY = (pl.col("quantity") != pl.col("canonical_quantity")) & ~(
    pl.col("is_reduction").fill_null(value=False) & (pl.col("quantity") == PER_CENT)
)

_MOJIBAKE = "[ÃÂÄÆãâäæ][\u0080-\u00bf¡-¿‚„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œž]|(?i:á)[º»]"
_BOUNDS = ["more_than", "at_least", "nearly", "at_most"]
_OTHER_PERIOD = "(?i)period|zeitraum|cùng kỳ"
_AT_LEAST = "(?i)at least|or more|mindestens|ít nhất|trở lên|au moins"
_HUGE = 1000


def _bounded_range(field: str, words: str) -> pl.Expr:
    """Whether a range has one more bound, such as `more than 15-16`; `from 15 to 16` has none."""
    is_bound = pl.col(f"{field}_qualifier").is_in(["more_than", "nearly", "at_most"]) | pl.col(words).str.contains(_AT_LEAST)
    return pl.col(f"{field}_is_range") & is_bound.fill_null(value=False)


def _is_no_level(field: str) -> pl.Expr:
    """Whether a number is more than one plain figure: a range, a part, a reduction or percentage points."""
    return pl.any_horizontal(
        pl.col(f"{field}_{what}").fill_null(value=False) for what in ("is_range", "is_part", "is_reduction", "is_points")
    )


_MAY_BE_AN_INDEX = (  # "107,2 % so với cùng kỳ" is printed for both
    pl.col("growth_words").str.contains(_OTHER_PERIOD)
    & pl.col("growth_direction").is_null()
    & ~pl.col("growth").str.strip_chars().str.starts_with("+")
    & pl.col("growth_number").is_between(80, 200)
)
_IS_GROWTH_RATE = (pl.col("canonical_quantity") == PER_CENT) & (pl.col("plausible_min").is_null() | (pl.col("plausible_min") < 0))
MAP_IT = ": map the cell under `names`, or correct it by a line in corrections.csv"

RULES: list[Rule] = [
    Rule(
        "unknown-indicator", "indicator", pl.col("indicator_code").is_null(),
        pl.format("no indicator is called so; {}: add it to reference/indicators.csv or map it under `names`", pl.col("indicator_hint").fill_null("the cell is empty")),
    ),
    Rule("unknown-role", "role", ~pl.col("role").is_in(ROLES), pl.lit("a role is result, target or baseline: map it under `names`")),
    Rule(
        "unknown-period", "period", pl.col("period_code").is_null(),
        pl.lit("no such period can be read: write it as 2024, 2024-S1, 2024-Q1, 2024-07 or 2024-01-01/P7M, or map it under `names`"),
    ),
    Rule("unknown-area", "area", pl.col("area").is_null(), pl.lit("the cell is empty: name the area, or give it under `constants`")),
    Rule(
        "unknown-area", "area", _IS_LOCATED & (pl.col("area_units") == 0) & (pl.col("area_candidates") != ""),
        pl.format("no such unit existed in {}; known: {}", "period_code", "area_candidates"),
    ),
    Rule(
        "ambiguous-area", "area", pl.col("area_units") > 1,
        pl.format("fits several units in {}: {}; map it to one under `names`", "period_code", "area_candidates"),
    ),
    Rule(
        "unknown-area", "area", _IS_LOCATED & pl.col("area_code").is_null(),
        pl.format("no area is called so; {}: add it to reference/areas.csv or map it under `names`", pl.col("area_hint").fill_null("nothing like it is known")),
    ),
    Rule(
        "unknown-unit", "unit", pl.col("unit_code").is_null() & ~(_IS_MILESTONE & pl.col("unit").is_null()),
        pl.format("no unit is called so; {}: add it to reference/units.csv or map it under `names`", pl.col("unit_hint").fill_null("the cell is empty")),
    ),
    Rule(
        "unit-of-another-quantity", "unit", _OTHER_QUANTITY & ~_IS_MILESTONE,
        pl.format("measures {}, but the indicator is in {} ({}): units convert only inside one quantity; correct the unit, or name another indicator", "quantity", "canonical_unit", "canonical_quantity"),
    ),
    *(
        Rule("unknown-words", field, pl.col(f"{field}_problem").is_not_null(), pl.col(f"{field}_problem"))
        for field in ("value", "baseline", "growth", "plan_fulfilment")
    ),
    Rule("unknown-words", "value", pl.col("value_unknown_words").str.contains(_MOJIBAKE), pl.lit("the words look like text of another encoding: correct `encoding`")),
    Rule("constraint-error", "value", pl.col("value_number").is_null() & (pl.col("value_decimals") > 6), pl.lit("has more than six decimals: give `round_to` in the descriptor, or correct the cell by a line in corrections.csv")),
    Rule("type-error", "value", pl.col("value_number").is_null(), pl.format("no number in the declared format ({}): correct `decimalChar` or `groupChar`, or map the word under `names`", _format_text())),
    Rule(
        "unit-of-another-quantity", "value", pl.col("value_is_percent") & (pl.col("quantity") != PER_CENT),
        pl.format("is in per cent, but its unit measures {}: correct the unit, or name an indicator that is in per cent", "quantity"),
    ),
    Rule(
        "unit-of-another-quantity", "value", (pl.col("value_currency") != pl.col("quantity")).fill_null(value=False),
        pl.format("names {}, but its unit measures {}: correct the unit, or the cell by a line in corrections.csv", pl.col("value_currency").str.to_uppercase(), "quantity"),
    ),
    Rule(
        "unknown-words", "value", pl.col("value_is_scaled") & pl.col("unit_has_scale"),
        pl.format("a scale stands in the cell and in its unit '{}': is it meant twice? Name the unit without it under `names`", "unit"),
    ),
    Rule(
        "unknown-words", "value", pl.col("value_direction").is_in(["fall", "index", "multiple"]) | pl.col("value_is_points"),
        pl.lit("the words say a fall, an index, a multiple or points, which only a growth can be: write it as the growth, or map the cell under `names`"),
    ),
    Rule(
        "unknown-words", "value", (pl.col("value_direction") == "rise") & ~_IS_GROWTH_RATE,
        pl.lit("says by how much it rose, not how much it is: write it as the growth, or map the cell under `names`"),
    ),
    Rule("unknown-words", "value", _bounded_range("value", "value_phrase"), pl.lit("is a range with one more bound, so its ends are not certain" + MAP_IT)),
    Rule(
        "unknown-words", "value", pl.col("is_reduction") & ((pl.col("value_number") < 0) | (pl.col("value_is_range") & (pl.col("value_qualifier") == "at_least").fill_null(value=False))),
        pl.lit("is a reduction by less than nothing, or from one level to another, so what is left is not certain" + MAP_IT),
    ),
    Rule("unknown-words", "value", pl.col("value_unknown_words").is_not_null(), pl.format("the words '{}' beside the number are not known, so its meaning is not certain{}", "value_unknown_words", pl.lit(MAP_IT))),
    Rule("unknown-words", "status", pl.col("status").is_not_null() & pl.col("status_status").is_null() & ~pl.col("is_sdmx_status"), pl.lit("no release stage is called so: write an SDMX code such as A, P, E, F, or map the word under `names`")),
    Rule(
        "ambiguous-number", "value", _is_outside("fitted_value") & pl.col("other_value").is_not_null() & ~_is_outside("other_value"),
        pl.format(
            "read as declared it is {}, outside the plausible {}; with the mark read the other way it is {}, inside: settle it with a line in corrections.csv",
            plain("fitted_value"), _plausible_range(), plain("other_value"),
        ),
    ),
    Rule("constraint-error", "value", pl.col("value_is_range") & (pl.col("value_second") < pl.col("value_number")), pl.lit("is a range that runs backwards: correct the cell by a line in corrections.csv")),
    Rule("missing-baseline", "baseline", pl.col("is_reduction") & pl.col("baseline_value").is_null(), pl.lit("a reduction needs the level it starts from: print it as 39/67, or give `baseline`")),
    Rule("constraint-error", "value", pl.col("loses_digits"), pl.format("has more than six decimals in {}: correct its unit, or give `round_to` in the descriptor", "canonical_unit")),
    Rule("constraint-error", "value", pl.col("fitted_value").is_null(), pl.format("is too large in {} (a trillion and more): correct its unit, or its scale word", "canonical_unit")),
    Rule(
        "constraint-error", "value", _is_outside("fitted_value"),
        pl.format("is {} in the canonical unit, outside the plausible {}: correct it, or widen the range in reference/indicators.csv", plain("fitted_value"), _plausible_range()),
    ),
    Rule(
        "unit-of-another-quantity", "growth", pl.col("change_quantity").is_not_null() & (pl.col("change_quantity") != pl.col("canonical_quantity")),
        pl.format("is a change in {}, but the indicator measures {}{}", pl.col("change_quantity").replace(PER_CENT, "percentage points"), "canonical_quantity", pl.lit(MAP_IT)),
    ),
    Rule(
        "unknown-words", "growth", pl.col("change_quantity").is_not_null() & (pl.col("growth_is_range") | pl.col("growth_direction").is_in(["index", "multiple"]).fill_null(value=False)),
        pl.lit("is a change that is also a range, an index or a multiple" + MAP_IT),
    ),
    Rule("unknown-words", "growth", pl.col("growth_currency").is_not_null() & pl.col("change_quantity").is_null(), pl.lit("names a currency beside a growth in per cent" + MAP_IT)),
    Rule("unknown-words", "growth", (pl.col("growth_scale") != 0) & pl.col("change_quantity").is_null(), pl.lit("a scale word stands beside a growth, but no unit, or an exponent" + MAP_IT)),
    Rule("unknown-words", "plan_fulfilment", pl.col("plan_fulfilment_scale") != 0, pl.lit("a scale word stands beside a share of the plan, or an exponent" + MAP_IT)),
    Rule("type-error", "growth", pl.col("growth").is_not_null() & pl.col("growth_pct").is_null() & pl.col("growth_change").is_null(), pl.format("no growth in the declared format ({}){}", _format_text(), pl.lit(MAP_IT))),
    Rule("unknown-words", "growth", pl.col("growth").is_not_null() & pl.col("growth_unknown_words").is_not_null(), pl.format("the words '{}' beside the growth are not known{}", "growth_unknown_words", pl.lit(MAP_IT))),
    Rule(
        "unknown-words", "growth", (pl.col("growth_number") < 0) & (pl.col("growth_direction").is_in(["fall", "index"]) | pl.col("growth_is_reduction")).fill_null(value=False),
        pl.lit("says a fall twice, in a word and in a sign, so its meaning is not certain: map the cell to `-7 %` or `7 %` under `names`"),
    ),
    Rule("unknown-words", "growth", pl.col("growth_is_part"), pl.lit("is a part of a whole, which no growth can be" + MAP_IT)),
    Rule("unknown-words", "growth", _bounded_range("growth", "growth_words"), pl.lit("is a range with one more bound, so its ends are not certain" + MAP_IT)),
    Rule("unknown-words", "growth", pl.col("growth_is_of_plan"), pl.lit("compares with the plan, so it is no growth: give it as `plan_fulfilment`")),
    Rule(
        "unknown-words", "growth", pl.col("growth_is_reached") & pl.col("growth_direction").is_null() & ~pl.col("growth_is_reduction"),
        pl.lit("says what was reached: is it an index (`bằng 107,2 %`) or a growth (`tăng 7,2 %`)? Map the cell under `names`"),
    ),
    Rule(
        "unknown-words", "growth",
        (pl.col("growth_is_points") & pl.col("change_quantity").is_null()) | (pl.col("growth_is_percent") & (pl.col("change_quantity") != PER_CENT)).fill_null(value=False),
        pl.lit("is in percentage points or names a unit beside the per cent, so its meaning is not certain" + MAP_IT),
    ),
    Rule(
        "ambiguous-number", "growth", (pl.col("growth_pct").abs() >= _HUGE) & (pl.col("growth_other_reading").abs() < _HUGE),
        pl.format("read as declared it is {} %; with the mark read the other way it is {} %, and without a unit it may be a change: settle it with a line in corrections.csv", plain("growth_pct"), plain("growth_other_reading")),
    ),
    Rule("constraint-error", "growth", (pl.col("growth_pct") < -100) & (pl.col("plausible_min") >= 0), pl.lit("falls by more than all there was" + MAP_IT)),
    Rule(
        "ambiguous-number", "growth", _MAY_BE_AN_INDEX,
        pl.format("may be a growth of {} % or {} % of the same period: settle it by a word (`up`, `equal to`) in a line of corrections.csv", plain("growth_pct"), plain("growth_number")),
    ),
    Rule("unknown-growth-basis", "growth_basis", ~pl.col("growth_basis").is_in(GROWTH_BASES), pl.lit("a growth compares with same_period_last_year or previous_period: map it under `names`")),
    Rule("type-error", "plan_fulfilment", pl.col("plan_fulfilment").is_not_null() & pl.col("plan_fulfilment_pct").is_null(), pl.format("no number in the declared format ({}){}", _format_text(), pl.lit(MAP_IT))),
    *(
        Rule("unknown-words", field, pl.col(f"{field}_number").is_not_null() & pl.col(f"{field}_unknown_words").is_not_null(),
             pl.format("the words '{}' beside the number are not known{}", f"{field}_unknown_words", pl.lit(MAP_IT)))
        for field in ("plan_fulfilment", "baseline")
    ),
    Rule(
        "unknown-words", "plan_fulfilment",
        _is_no_level("plan_fulfilment") | pl.col("plan_fulfilment_currency").is_not_null() | pl.col("plan_fulfilment_words").str.contains(_OTHER_PERIOD)
        | pl.col("plan_fulfilment_direction").is_in(["rise", "fall", "multiple"]),
        pl.lit("is no share of the plan in per cent, as `63.9 %` is" + MAP_IT),
    ),
    Rule(
        "unknown-words", "baseline",
        _is_no_level("baseline") | pl.col("baseline_direction").is_not_null() | pl.col("baseline_qualifier").is_in(_BOUNDS)
        | (pl.col("baseline_currency") != pl.col("canonical_quantity")) | (pl.col("baseline_is_percent") & (pl.col("canonical_quantity") != PER_CENT))
        | (pl.col("baseline_is_scaled") & pl.col("unit_has_scale")),
        pl.lit("is not one figure in the unit of the indicator" + MAP_IT),
    ),
    Rule("type-error", "baseline", pl.col("baseline").is_not_null() & pl.col("baseline_number").is_null(), pl.format("no number in the declared format ({}){}", _format_text(), pl.lit(MAP_IT))),
    Rule("unknown-period", "baseline_period", pl.col("baseline_period").is_not_null() & pl.col("baseline_period_code").is_null(), pl.lit("no such period can be read: write it as 2023 or 2023-12, or map it under `names`")),
    Rule("type-error", "published_on", pl.col("published_on").is_not_null() & pl.col("published_day").is_null(), pl.lit("no date: write 2024-06-20, 2024-06 or 2024, with ~ in front where it is inferred")),
]  # fmt: skip
