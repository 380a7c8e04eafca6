"""What the words of a statement name: indicator, unit, period, area, date. Each distinct text is resolved once.

A name that is not known stays null here, with the nearest known ones as a hint; the rules turn that into a rejection.
"""

from difflib import get_close_matches

import polars as pl

from hai_ha_pipeline.parsing.periods import read_period
from hai_ha_pipeline.parsing.publication import read_published_on
from hai_ha_pipeline.transforms.shape import looked_up

NEAR, NEARLY_SO = 0.5, 0.85
PLACEHOLDER = "CHANGE-ME"  # what `hai-ha source add` writes where a person must


def with_indicator(statements: pl.DataFrame, dim_indicator: pl.DataFrame) -> pl.DataFrame:
    """The indicator that each statement names, with its kind, believable range and canonical unit."""
    known = _names(dim_indicator, "indicator_code", ["indicator_name_en", "indicator_name_vi"])
    indicators = dim_indicator.select("indicator_code", "measure_kind", "plausible_min", "plausible_max", canonical_unit="unit_code")
    return looked_up(looked_up(statements, _resolved(statements, "indicator", known), "indicator"), indicators, "indicator_code")


def with_unit(statements: pl.DataFrame, dim_unit: pl.DataFrame) -> pl.DataFrame:
    """The unit that each statement names, and what it and the canonical unit measure.

    Only a unit spelt nearly so is a hint: "thousand persons" is not "million persons".
    """
    known = _names(dim_unit, "unit_code", ["unit_name_en", "unit_name_vi"])
    units = dim_unit.select("unit_code", "quantity", "power_of_ten")
    canonical = units.rename({"unit_code": "canonical_unit", "quantity": "canonical_quantity", "power_of_ten": "canonical_power"})
    return (
        statements.pipe(looked_up, _resolved(statements, "unit", known, NEARLY_SO), "unit")
        .pipe(looked_up, units, "unit_code")
        .pipe(looked_up, canonical, "canonical_unit")
    )


def _names(dimension: pl.DataFrame, code: str, names: list[str]) -> dict[str, str]:
    """Every text that names a row of the dimension, in lower case; a code wins over a name."""
    known: dict[str, str] = {}
    for row in dimension.select(code, *names, "synonyms").iter_rows():
        for name in (*row[1:-1], *(row[-1] or "").split("|")):
            if name:
                known.setdefault(name.strip().lower(), row[0])
    return known | {row_code.lower(): row_code for row_code in dimension[code]}


def _resolved(statements: pl.DataFrame, column: str, known: dict[str, str], cutoff: float = NEAR) -> pl.DataFrame:
    """Each distinct text of `column` with its code, or with the nearest known names."""
    rows = []
    for text in statements[column].unique().to_list():
        code = known.get(text.strip().lower()) if text else None
        rows.append((text, code, None if code or not text else _hint(text, known, cutoff)))
    return pl.DataFrame(rows, schema={column: pl.String, f"{column}_code": pl.String, f"{column}_hint": pl.String}, orient="row")


def _hint(text: str, known: dict[str, str], cutoff: float = NEAR) -> str:
    if text == PLACEHOLDER:
        return "it is still to be written in the descriptor"
    near = [known[name] for name in get_close_matches(text.lower(), known, n=3, cutoff=cutoff)]
    return "nearest: " + ", ".join(dict.fromkeys(near)) if near else "nothing like it is known"


def with_period(statements: pl.DataFrame) -> pl.DataFrame:
    """The period that each statement is about, and that of its baseline."""
    both = pl.concat([statements["period"], statements["baseline_period"]]).unique().drop_nulls()
    found = [(text, read_period(text)) for text in both]
    periods = pl.DataFrame(
        [(text, period.code, period.first_day, period.last_day) for text, period in found if period],
        schema={"period": pl.String, "period_code": pl.String, "first_day": pl.Date, "last_day": pl.Date},
        orient="row",
    )
    baselines = periods.select(baseline_period="period", baseline_period_code="period_code")
    return looked_up(looked_up(statements, periods, "period"), baselines, "baseline_period")


def with_area(statements: pl.DataFrame, dim_area: pl.DataFrame) -> pl.DataFrame:
    """The area as of the figure's period.

    Versions of one code that share their bare name are one unit (a town that became a city), so the last of them in the
    period is meant; a text that fits two units in the period is ambiguous.
    """
    named = pl.concat_list("area_code", "area_name_vi", "area_name_en", pl.col("synonyms").fill_null("").str.split("|"))
    known = (
        dim_area.select("area_series_key", "area_code", "valid_from", "valid_to", "area_name_en", name=named)
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
        fitting.sort("valid_from", "area_code", "area_name_en", nulls_last=True)
        .group_by("area", "first_day", "last_day")
        .agg(
            area_units=pl.col("area_series_key").filter(at_that_time).n_unique(),
            area_code=pl.when(pl.col("area_series_key").filter(at_that_time).n_unique() == 1).then(
                pl.col("area_code").filter(at_that_time).last()
            ),
            area_valid_from=pl.col("valid_from").filter(at_that_time).last(),
            area_candidates=described.filter(pl.col("area_code").is_not_null()).unique(maintain_order=True).str.join("; "),
        )
    )
    named_so = dict(known.select("name", pl.format("{} {}", "area_code", "area_name_en")).iter_rows())
    unknown = [text for text in statements["area"].unique().drop_nulls() if text.lower() not in named_so]
    hints = pl.DataFrame(
        [(text, _hint(text, named_so)) for text in unknown], schema={"area": pl.String, "area_hint": pl.String}, orient="row"
    )
    return looked_up(looked_up(statements, found, "area", "first_day", "last_day"), hints, "area")


def with_publication(statements: pl.DataFrame) -> pl.DataFrame:
    """The day by which each statement's document was out."""
    rows = [(text, *read_published_on(text)) for text in statements["published_on"].unique().drop_nulls()]
    days = pl.DataFrame(
        rows,
        schema={"published_on": pl.String, "published_day": pl.Date, "is_published_on_inferred": pl.Boolean},
        orient="row",
    )
    return looked_up(statements, days, "published_on").with_columns(pl.col("is_published_on_inferred").fill_null(value=False))
