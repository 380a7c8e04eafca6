"""From statements to figures: what each printed figure means, and whether it may load.

Names are resolved once for each distinct text, numbers column by column. A rule that rejects stands in `RULES`, in the
order in which a person would check; the first that applies gives the reason.
"""

from dataclasses import dataclass
from difflib import get_close_matches

import pandera.errors
import polars as pl

from hai_ha_pipeline.contracts.reading import AcceptedFigure, Figure
from hai_ha_pipeline.contracts.types import OBS_STATUSES, polars_schema, type_of_value
from hai_ha_pipeline.parsing.numbers import NUMBER, parsed_numbers
from hai_ha_pipeline.parsing.periods import read_period
from hai_ha_pipeline.parsing.publication import read_published_on
from hai_ha_pipeline.parsing.words import read_words
from hai_ha_pipeline.transforms.sentences import plain

PER_CENT = "percent"


@dataclass(frozen=True)
class Rule:
    """A reason to set a figure aside: `broken_by` is true where `field` of the statement breaks it."""

    name: str
    field: str
    broken_by: pl.Expr
    reason: pl.Expr


def figure(statement: pl.DataFrame, dim_indicator: pl.DataFrame, dim_area: pl.DataFrame, dim_unit: pl.DataFrame) -> pl.DataFrame:
    """One row a statement: read into value, interval, unit, period, area and indicator, and judged."""
    read = (
        statement.with_columns(
            role=pl.col("role").fill_null("result"), growth_basis=pl.col("growth_basis").fill_null("same_period_last_year")
        )
        .pipe(_with_indicator, dim_indicator)
        .pipe(_with_unit, dim_unit)
        .pipe(_with_period)
        .pipe(_with_area, dim_area)
        .pipe(_with_publication)
        .pipe(_with_numbers)
        .pipe(_with_words)
        .pipe(_with_levels)
        .pipe(_with_growth)
        .pipe(_with_verdict)
    )
    return _contract_judged(read.select(list(polars_schema(Figure))))


def _with_indicator(statements: pl.DataFrame, dim_indicator: pl.DataFrame) -> pl.DataFrame:
    known = _names(dim_indicator, "indicator_code", ["indicator_name_en", "indicator_name_vi"])
    indicators = dim_indicator.select("indicator_code", "measure_kind", "plausible_min", "plausible_max", canonical_unit="unit_code")
    return statements.join(_resolved(statements, "indicator", known), on="indicator", how="left", nulls_equal=True).join(
        indicators, on="indicator_code", how="left"
    )


def _with_unit(statements: pl.DataFrame, dim_unit: pl.DataFrame) -> pl.DataFrame:
    known = _names(dim_unit, "unit_code", ["unit_name_en", "unit_name_vi"])
    units = dim_unit.select("unit_code", "quantity", "power_of_ten")
    canonical = units.rename({"unit_code": "canonical_unit", "quantity": "canonical_quantity", "power_of_ten": "canonical_power"})
    return (
        statements.join(_resolved(statements, "unit", known), on="unit", how="left", nulls_equal=True)
        .join(units, on="unit_code", how="left")
        .join(canonical, on="canonical_unit", how="left")
    )


def _names(dimension: pl.DataFrame, code: str, names: list[str]) -> dict[str, str]:
    """Every text that names a row of the dimension, in lower case; a code wins over a name."""
    known: dict[str, str] = {}
    for row in dimension.select(code, *names, "synonyms").iter_rows():
        for name in (*row[1:-1], *(row[-1] or "").split("|")):
            if name:
                known.setdefault(name.strip().lower(), row[0])
    return known | {row_code.lower(): row_code for row_code in dimension[code]}


def _resolved(statements: pl.DataFrame, column: str, known: dict[str, str]) -> pl.DataFrame:
    """Each distinct text of `column` with its code, or with the nearest known names."""
    rows = []
    for text in statements[column].unique().to_list():
        code = known.get(text.strip().lower()) if text else None
        rows.append((text, code, None if code or not text else _hint(text, known)))
    return pl.DataFrame(rows, schema={column: pl.String, f"{column}_code": pl.String, f"{column}_hint": pl.String}, orient="row")


def _hint(text: str, known: dict[str, str]) -> str:
    near = [known[name] for name in get_close_matches(text.lower(), known, n=3, cutoff=0.5)]
    return "nearest: " + ", ".join(dict.fromkeys(near)) if near else "nothing like it is known"


def _with_period(statements: pl.DataFrame) -> pl.DataFrame:
    both = pl.concat([statements["period"], statements["baseline_period"]]).unique().drop_nulls()
    found = [(text, read_period(text)) for text in both]
    periods = pl.DataFrame(
        [(text, period.code, period.first_day, period.last_day) for text, period in found if period],
        schema={"period": pl.String, "period_code": pl.String, "first_day": pl.Date, "last_day": pl.Date},
        orient="row",
    )
    baselines = periods.select(baseline_period="period", baseline_period_code="period_code")
    return statements.join(periods, on="period", how="left").join(baselines, on="baseline_period", how="left")


def _with_area(statements: pl.DataFrame, dim_area: pl.DataFrame) -> pl.DataFrame:
    """The area as of the figure's period.

    Versions of one code that share their bare name are one unit (a town that became a city), so the last of them in the
    period is meant; a text that fits two units in the period is ambiguous.
    """
    bare = pl.col("synonyms").str.split("|").list.first()
    named = pl.concat_list("area_code", "area_name_vi", "area_name_en", pl.col("synonyms").fill_null("").str.split("|"))
    known = (
        dim_area.select(
            "area_code", "valid_from", "valid_to", "area_name_en", unit=pl.concat_str("area_code", bare, separator="/"), name=named
        )
        .explode("name")
        .with_columns(pl.col("name").str.to_lowercase())
        .filter(pl.col("name") != "")
        .unique()
    )
    asked = statements.select("area", "first_day", "last_day").unique().drop_nulls()
    fitting = asked.with_columns(name=pl.col("area").str.to_lowercase()).join(known, on="name", how="left")
    at_that_time = (pl.col("valid_from") <= pl.col("last_day")) & (
        pl.col("valid_to").is_null() | (pl.col("valid_to") > pl.col("first_day"))
    )
    described = pl.format(
        "{} {} ({} to {})",
        "area_code",
        "area_name_en",
        "valid_from",
        pl.col("valid_to").cast(pl.String).fill_null("today"),
    )
    found = (
        fitting.sort("valid_from", nulls_last=True)
        .group_by("area", "first_day", "last_day")
        .agg(
            area_units=pl.col("unit").filter(at_that_time).n_unique(),
            area_code=pl.col("area_code").filter(at_that_time).last(),
            area_valid_from=pl.col("valid_from").filter(at_that_time).last(),
            area_candidates=described.filter(pl.col("area_code").is_not_null()).unique(maintain_order=True).str.join("; "),
        )
    )
    names = known["name"].unique().to_list()
    hints = pl.DataFrame(
        [
            (text, _hint(text, {name: name for name in names}))
            for text in statements["area"].unique().drop_nulls()
            if text.lower() not in set(names)
        ],
        schema={"area": pl.String, "area_hint": pl.String},
        orient="row",
    )
    return statements.join(found, on=["area", "first_day", "last_day"], how="left").join(hints, on="area", how="left")


def _with_publication(statements: pl.DataFrame) -> pl.DataFrame:
    rows = [(text, *read_published_on(text)) for text in statements["published_on"].unique().drop_nulls()]
    days = pl.DataFrame(
        rows,
        schema={"published_on": pl.String, "published_day": pl.Date, "is_published_on_inferred": pl.Boolean},
        orient="row",
    )
    return statements.join(days, on="published_on", how="left").with_columns(pl.col("is_published_on_inferred").fill_null(value=False))


def _with_numbers(statements: pl.DataFrame) -> pl.DataFrame:
    """The numbers of value, baseline, growth and plan fulfilment, each prefixed with its field's name."""
    parsed = [
        parsed_numbers(statements.select("decimal_char", "group_char", text=field)).select(pl.all().name.prefix(f"{field}_"))
        for field in ("value", "baseline", "growth", "plan_fulfilment")
    ]
    return pl.concat([statements, *parsed], how="horizontal")


def _with_words(statements: pl.DataFrame) -> pl.DataFrame:
    """What the words say: those of the qualifier's and the status's column, and those inside the cells."""
    phrase = pl.concat_str("qualifier", "value_words", separator=" ", ignore_nulls=True)
    phrased = statements.with_columns(value_phrase=phrase, growth_phrase=pl.col("growth_words"), status_phrase=pl.col("status"))
    for field in ("value", "growth", "status"):
        said = {text: read_words(text) for text in phrased[f"{field}_phrase"].unique().to_list()}
        words = pl.DataFrame(
            [
                (text, each.qualifier, each.status, each.growth, each.is_percent, each.is_reduction, each.unknown)
                for text, each in said.items()
            ],
            schema={
                f"{field}_phrase": pl.String, f"{field}_qualifier": pl.String, f"{field}_status": pl.String,
                f"{field}_direction": pl.String, f"{field}_is_percent": pl.Boolean, f"{field}_is_reduction": pl.Boolean,
                f"{field}_unknown_words": pl.String,
            },
            orient="row",
        )  # fmt: skip
        phrased = phrased.join(words, on=f"{field}_phrase", how="left", nulls_equal=True)
    sdmx = pl.col("status").str.to_uppercase().is_in(OBS_STATUSES)
    return phrased.with_columns(
        is_reduction=pl.col("value_is_reduction"),
        is_sdmx_status=sdmx.fill_null(value=False),
        obs_status=pl.coalesce(pl.when(sdmx).then(pl.col("status").str.to_uppercase()), "status_status", "value_status", pl.lit("A")),
    )


def _with_levels(statements: pl.DataFrame) -> pl.DataFrame:
    """Value, interval and baseline in the canonical unit.

    A reduction is turned into the level it leaves: 39 of 67 leaves 28; minus 50 % of 281 leaves 140.5.
    """
    power = pl.col("power_of_ten").fill_null(0) - pl.col("canonical_power").fill_null(0)
    is_relative = pl.col("is_reduction") & (pl.col("quantity") == PER_CENT) & (pl.col("canonical_quantity") != PER_CENT)
    half = pl.lit(0.5).cast(NUMBER) / _ten_to(pl.col("value_decimals"))
    is_milestone = pl.col("measure_kind") == "milestone"
    number, second = _scaled(pl.col("value_number"), power), _scaled(pl.col("value_second"), power)
    step = pl.when(is_milestone).then(pl.lit(0).cast(NUMBER)).otherwise(_scaled(half, power))
    baseline = (
        pl.when(pl.col("value_is_part") & pl.col("is_reduction"))
        .then(second)
        .otherwise(_scaled(pl.col("baseline_number"), pl.when(is_relative).then(0).otherwise(power)))
    )
    reduction = pl.when(is_relative).then(pl.col("value_number"))
    left = pl.when(is_relative).then(baseline * (100 - reduction) / 100).otherwise(baseline - number)
    qualifier = pl.when(pl.col("value_is_range")).then(pl.lit("range")).otherwise(pl.col("value_qualifier").fill_null("exact"))
    value = pl.when(pl.col("is_reduction")).then(left).when(pl.col("value_is_range")).then((number + second) / 2).otherwise(number)
    measured = statements.with_columns(
        qualifier_code=qualifier, exact_value=value, step=step, reduction_pct=reduction, baseline_value=baseline, power=power,
        low=number, high=second, whole=pl.when(pl.col("value_is_part")).then(second),
        other_value=_scaled(pl.col("value_other_reading"), power),
    )  # fmt: skip
    bound = pl.col("qualifier_code")
    # A reduction of "more than 39" leaves fewer than 28: the bound turns round.
    open_above = bound.is_in(["more_than", "at_least"]) != pl.col("is_reduction")
    is_bound = bound.is_in(["more_than", "at_least", "nearly", "at_most"])
    lower = (
        pl.when(bound == "range")
        .then("low")
        .when(is_bound & open_above)
        .then("exact_value")
        .when(~is_bound)
        .then(pl.col("exact_value") - pl.col("step"))
    )
    upper = (
        pl.when(bound == "range")
        .then("high")
        .when(is_bound & ~open_above)
        .then("exact_value")
        .when(~is_bound)
        .then(pl.col("exact_value") + pl.col("step"))
    )
    return measured.with_columns(lower=lower, upper=upper).with_columns(
        pl.col("lower", "upper", "baseline_value", "reduction_pct").cast(type_of_value, strict=False),
        fitted_value=pl.col("exact_value").cast(type_of_value, strict=False),
        whole_value=pl.col("whole").cast(type_of_value, strict=False),
    )


def _with_growth(statements: pl.DataFrame) -> pl.DataFrame:
    """Printed growth in per cent, with the interval its rounding or words leave. An index of 107.2 is a growth of 7.2."""
    direction = pl.col("growth_direction").fill_null("rise")
    sign = pl.when(direction == "fall").then(-1).otherwise(1)
    base = pl.when(direction == "index").then(100).otherwise(0)
    half = pl.lit(0.5).cast(NUMBER) / _ten_to(pl.col("growth_decimals"))
    first, second = pl.col("growth_number") * sign - base, pl.col("growth_second") * sign - base
    is_range = pl.col("growth_is_range")
    is_from = pl.col("growth_qualifier").is_in(["more_than", "at_least"]).fill_null(value=False)
    is_to = pl.col("growth_qualifier").is_in(["nearly", "at_most"]).fill_null(value=False)
    lower = pl.when(is_range).then(first).when(is_from).then(first).when(~is_to).then(first - half)
    upper = pl.when(is_range).then(second).when(is_to).then(first).when(~is_from).then(first + half)
    return statements.with_columns(
        growth_pct=pl.when(is_range).then((first + second) / 2).otherwise(first).cast(type_of_value),
        growth_lower_pct=lower.cast(type_of_value),
        growth_upper_pct=upper.cast(type_of_value),
        plan_fulfilment_pct=pl.col("plan_fulfilment_number").cast(type_of_value),
    )


def _scaled(number: pl.Expr, power: pl.Expr) -> pl.Expr:
    """`number` times ten to `power`, exactly; what leaves more than six decimals is caught by a rule."""
    return number * _ten_to(pl.max_horizontal(power, pl.lit(0))) / _ten_to(pl.max_horizontal(-power, pl.lit(0)))


def _ten_to(power: pl.Expr) -> pl.Expr:
    powers = {exponent: 10**exponent for exponent in range(19)}
    return power.replace_strict(powers, default=None, return_dtype=pl.Int64).cast(NUMBER)


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

RULES: list[Rule] = [
    Rule(
        "unknown-indicator", "indicator", pl.col("indicator_code").is_null(),
        pl.format("no indicator is called so; {}: add it to reference/indicators.csv or map it under `names`", pl.col("indicator_hint").fill_null("the cell is empty")),
    ),
    Rule("unknown-role", "role", ~pl.col("role").is_in(["result", "target", "baseline"]), pl.lit("a role is result, target or baseline: map it under `names`")),
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
        "unknown-area", "area", _IS_LOCATED & pl.col("area_code").is_null(),
        pl.format("no area is called so; {}: add it to reference/areas.csv or map it under `names`", pl.col("area_hint").fill_null("nothing like it is known")),
    ),
    Rule(
        "ambiguous-area", "area", pl.col("area_units") > 1,
        pl.format("fits several units in {}: {}; map it to one under `names`", "period_code", "area_candidates"),
    ),
    Rule(
        "unknown-unit", "unit", pl.col("unit_code").is_null() & ~(_IS_MILESTONE & pl.col("unit").is_null()),
        pl.format("no unit is called so; {}: add it to reference/units.csv or map it under `names`", pl.col("unit_hint").fill_null("the cell is empty")),
    ),
    Rule(
        "unit-of-another-quantity", "unit", _OTHER_QUANTITY & ~_IS_MILESTONE,
        pl.format("measures {}, but the indicator is in {} ({}): units convert only inside one quantity", "quantity", "canonical_unit", "canonical_quantity"),
    ),
    Rule("type-error", "value", pl.col("value_number").is_null(), pl.format("no number in the declared format ({}): correct `decimalChar` or `groupChar`, or map the word under `names`", _format_text())),
    Rule("unknown-words", "value", pl.col("value_unknown_words").is_not_null(), pl.format("the words '{}' beside the number are not known, so its meaning is not certain", "value_unknown_words")),
    Rule("unknown-words", "status", pl.col("status_unknown_words").is_not_null() & ~pl.col("is_sdmx_status"), pl.lit("no release stage is called so: write an SDMX code such as A, P, E, F")),
    Rule(
        "ambiguous-number", "value", _is_outside("fitted_value") & pl.col("other_value").is_not_null() & ~_is_outside("other_value"),
        pl.format(
            "read as declared it is {}, outside the plausible {}; with the mark read the other way it is {}, inside: settle it with a line in corrections.csv",
            plain("fitted_value"), _plausible_range(), plain("other_value"),
        ),
    ),
    Rule("missing-baseline", "baseline", pl.col("is_reduction") & pl.col("baseline_value").is_null(), pl.lit("a reduction needs the level it starts from: print it as 39/67, or give `baseline`")),
    Rule("constraint-error", "value", pl.col("value_decimals") - pl.col("power") > 6, pl.lit("has more than six decimals in the canonical unit")),
    Rule("constraint-error", "value", pl.col("fitted_value").is_null(), pl.lit("is too large for DECIMAL(18,6) in the canonical unit")),
    Rule(
        "constraint-error", "value", _is_outside("fitted_value"),
        pl.format("is {} in the canonical unit, outside the plausible {}: correct it, or widen the range in reference/indicators.csv", plain("fitted_value"), _plausible_range()),
    ),
    Rule("type-error", "growth", pl.col("growth").is_not_null() & pl.col("growth_pct").is_null(), pl.format("no growth in the declared format ({})", _format_text())),
    Rule("unknown-words", "growth", pl.col("growth").is_not_null() & pl.col("growth_unknown_words").is_not_null(), pl.format("the words '{}' beside the growth are not known", "growth_unknown_words")),
    Rule("unknown-growth-basis", "growth_basis", ~pl.col("growth_basis").is_in(["same_period_last_year", "previous_period"]), pl.lit("a growth compares with same_period_last_year or previous_period: map it under `names`")),
    Rule("type-error", "plan_fulfilment", pl.col("plan_fulfilment").is_not_null() & pl.col("plan_fulfilment_pct").is_null(), pl.format("no number in the declared format ({})", _format_text())),
    Rule("type-error", "baseline", pl.col("baseline").is_not_null() & pl.col("baseline_number").is_null(), pl.format("no number in the declared format ({})", _format_text())),
    Rule("unknown-period", "baseline_period", pl.col("baseline_period").is_not_null() & pl.col("baseline_period_code").is_null(), pl.lit("no such period can be read")),
    Rule("type-error", "published_on", pl.col("published_on").is_not_null() & pl.col("published_day").is_null(), pl.lit("no date: write 2024-06-20, 2024-06 or 2024, with ~ in front where it is inferred")),
]  # fmt: skip


def _with_verdict(statements: pl.DataFrame) -> pl.DataFrame:
    fields = ("indicator", "role", "period", "area", "unit", "value", "status", "baseline", "growth", "growth_basis",
              "plan_fulfilment", "baseline_period", "published_on")  # fmt: skip
    texts = {field: pl.col("value_as_printed" if field == "value" else field) for field in fields}
    broken = pl.coalesce(
        *(
            pl.when(rule.broken_by).then(
                pl.struct(rule=pl.lit(rule.name), field=pl.lit(rule.field), text=texts[rule.field], reason=rule.reason)
            )
            for rule in RULES
        )
    )
    from_reading = pl.struct("rule", field=pl.lit(None, pl.String), text=pl.lit(None, pl.String), reason="reason")
    judged = pl.when(pl.col("rule").is_not_null()).then(from_reading).when(~pl.col("is_missing")).then(broken)
    return (
        statements.with_columns(judged=judged)
        .drop("rule", "reason")
        .unnest("judged")
        .with_columns(
            verdict=pl.when(pl.col("rule").is_not_null()).then(pl.lit("rejected"))
            .when("is_missing").then(pl.lit("missing")).otherwise(pl.lit("accepted")),
            value=pl.col("fitted_value"),
            qualifier_as_printed=pl.col("qualifier"),
            published_on=pl.col("published_day"),
            role=pl.when(pl.col("role").is_in(["result", "target", "baseline"])).then("role"),
            growth_basis=pl.when(pl.col("growth_basis").is_in(["same_period_last_year", "previous_period"])).then("growth_basis"),
            is_reduction=pl.col("is_reduction").fill_null(value=False),
        )
        .with_columns(qualifier=pl.col("qualifier_code"))
    )  # fmt: skip


def _contract_judged(figures: pl.DataFrame) -> pl.DataFrame:
    """The figures again, those that break the contract of an accepted figure rejected with what they broke."""
    accepted = figures.filter(pl.col("verdict") == "accepted")
    try:
        AcceptedFigure.validate(accepted, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        if cases["index"].has_nulls():
            raise
        broken = cases.group_by("index").agg(
            said=pl.format("breaks the contract of a figure: {} ({})", pl.col("check").first(), pl.col("column").first())
        )
        keys = accepted.select("statement_key", index=pl.int_range(pl.len(), dtype=cases.schema["index"]))
        marked = keys.join(broken, on="index").drop("index")
        is_broken = pl.col("said").is_not_null()
        return (
            figures.join(marked, on="statement_key", how="left", maintain_order="left")
            .with_columns(
                verdict=pl.when(is_broken).then(pl.lit("rejected")).otherwise("verdict"),
                rule=pl.when(is_broken).then(pl.lit("constraint-error")).otherwise("rule"),
                reason=pl.coalesce("reason", "said"),
            )
            .drop("said")
        )
    return figures
