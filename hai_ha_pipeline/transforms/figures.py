"""From statements to figures: what each printed figure means, and whether it may load."""

import pandera.errors
import polars as pl

from hai_ha_pipeline.contracts.reading import AcceptedFigure, JudgedFigure
from hai_ha_pipeline.contracts.rejections import REMEDIES
from hai_ha_pipeline.contracts.types import GROWTH_BASES, ROLES, polars_schema
from hai_ha_pipeline.transforms.levels import with_growth, with_levels
from hai_ha_pipeline.transforms.names import with_area, with_indicator, with_period, with_publication, with_unit
from hai_ha_pipeline.transforms.printed import with_change, with_numbers, with_words
from hai_ha_pipeline.transforms.rules import RULES

PART = 500_000


def figure(statement: pl.DataFrame, dim_indicator: pl.DataFrame, dim_area: pl.DataFrame, dim_unit: pl.DataFrame) -> pl.DataFrame:
    """One row a statement: read into value, interval, unit, period, area and indicator, and judged.

    Part by part: what is made on the way to a verdict is many times as wide as what is kept of it.
    """
    parts = [statement.slice(at, PART) for at in range(0, max(statement.height, 1), PART)]
    return pl.concat([_judged(part, dim_indicator, dim_area, dim_unit) for part in parts])


def _judged(statements: pl.DataFrame, dim_indicator: pl.DataFrame, dim_area: pl.DataFrame, dim_unit: pl.DataFrame) -> pl.DataFrame:
    read = (
        statements.with_columns(
            role=pl.col("role").fill_null("result"), growth_basis=pl.col("growth_basis").fill_null("same_period_last_year")
        )
        .pipe(with_indicator, dim_indicator)
        .pipe(with_unit, dim_unit)
        .pipe(with_period)
        .pipe(with_area, dim_area)
        .pipe(with_publication)
        .pipe(with_change, dim_unit)
        .pipe(with_numbers)
        .pipe(with_words)
        .pipe(with_levels)
        .pipe(with_growth)
        .pipe(_with_verdict)
    )
    return _contract_judged(read.select(list(polars_schema(JudgedFigure))))


def _with_verdict(statements: pl.DataFrame) -> pl.DataFrame:
    remedy = pl.col("rule").replace_strict(REMEDIES, default=None, return_dtype=pl.String)
    mend = pl.when(pl.col("rule") != "excluded").then(remedy)  # what is meant so needs no mending, and may be most of a file
    return (
        statements.with_columns(reason=pl.when(pl.col("rule").is_not_null()).then(_sentences("reason", mend)))
        .pipe(_with_broken_rule)
        .with_columns(
            verdict=pl.when(pl.col("rule").is_not_null()).then(pl.lit("rejected"))
            .when("is_missing").then(pl.lit("missing")).otherwise(pl.lit("accepted")),
            value=pl.col("fitted_value"),
            qualifier_as_printed=pl.col("qualifier"),
            published_on=pl.col("published_day"),
            role=pl.when(pl.col("role").is_in(ROLES)).then("role"),
            growth_basis=pl.when(pl.col("growth_basis").is_in(GROWTH_BASES)).then("growth_basis"),
            is_reduction=pl.col("is_reduction").fill_null(value=False),
        )
        .with_columns(qualifier=pl.col("qualifier_code"))
    )  # fmt: skip


def _sentences(*parts: str | pl.Expr) -> pl.Expr:
    return pl.concat_str(*parts, separator=". ", ignore_nulls=True)


def _with_broken_rule(statements: pl.DataFrame) -> pl.DataFrame:
    """The statements with the first rule that each breaks; sentences are only made for those that break one."""
    is_judged = pl.col("rule").is_null() & ~pl.col("is_missing")
    is_broken = statements.select(is_judged & pl.any_horizontal(rule.broken_by for rule in RULES)).to_series().fill_null(value=False)
    if not is_broken.any():
        return statements.with_columns(pl.lit(None, pl.String).alias(name) for name in ("field", "text"))
    broken = statements.filter(is_broken).select(_first_broken_rule().struct.unnest())
    place = pl.when(is_broken).then(is_broken.cum_sum().cast(pl.Int64) - 1)
    said = broken.select(pl.all().gather(pl.select(place).to_series()))
    return statements.with_columns(
        said["field"], said["text"], rule=pl.coalesce("rule", said["rule"]), reason=pl.coalesce("reason", said["reason"])
    )


def _first_broken_rule() -> pl.Expr:
    fields = ("indicator", "role", "period", "area", "unit", "value", "status", "baseline", "growth", "growth_basis",
              "plan_fulfilment", "baseline_period", "published_on")  # fmt: skip
    texts = {field: pl.col(field) for field in fields} | {
        "value": pl.concat_str("qualifier", "value_as_printed", separator=" ", ignore_nulls=True)
    }
    return pl.coalesce(
        *(
            pl.when(rule.broken_by).then(
                pl.struct(rule=pl.lit(rule.name), field=pl.lit(rule.field), text=texts[rule.field], reason=rule.reason)
            )
            for rule in RULES
        )
    )


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
            said=pl.format(
                "breaks the contract of a figure, {} ({}): correct the cell by a line in corrections.csv",
                pl.col("check").first(),
                pl.col("column").first(),
            )
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
