"""What stands in the cells of a statement: numbers, number words, the words around them, and the unit of a change.

Each distinct text is read once. What the numbers amount to in the indicator's unit is the business of `levels`.
"""

import re
import unicodedata

import polars as pl

from hai_ha_pipeline.contracts.types import OBS_STATUSES
from hai_ha_pipeline.parsing import number_words
from hai_ha_pipeline.parsing.number_words import in_digits
from hai_ha_pipeline.parsing.numbers import parsed_numbers
from hai_ha_pipeline.parsing.words import read_words
from hai_ha_pipeline.transforms.levels import PER_CENT
from hai_ha_pipeline.transforms.shape import looked_up

FIGURES = ("value", "baseline", "growth", "plan_fulfilment")


def with_numbers(statements: pl.DataFrame) -> pl.DataFrame:
    """The numbers of value, baseline, growth and plan fulfilment, each prefixed with its field's name."""
    for field in FIGURES:
        statements = _with_numbers_of(statements, field)
    has_scale = pl.col("unit").map_elements(number_words.has_scale, pl.Boolean)
    unit_scales = statements.select("unit").unique().drop_nulls().with_columns(unit_has_scale=has_scale)
    return looked_up(statements, unit_scales, "unit")


def _with_numbers_of(statements: pl.DataFrame, field: str) -> pl.DataFrame:
    """The numbers of one field; where it is empty in every statement, one of them tells of all."""
    texts = statements.select("language", "decimal_char", "group_char", "round_to", text="growth_text" if field == "growth" else field)
    is_empty = texts.height > 1 and texts["text"].null_count() == texts.height
    if is_empty:
        texts = texts.head(1)
    digits = _digits(texts.select("language", "text"))
    numbers = parsed_numbers(texts.select("decimal_char", "group_char", "round_to").with_columns(digits["text"]))
    read = pl.concat([numbers, digits.drop("text")], how="horizontal").select(pl.all().name.prefix(f"{field}_"))
    if is_empty:
        return statements.with_columns(pl.lit(read[name][0], dtype).alias(name) for name, dtype in read.schema.items())
    return statements.with_columns(read.get_columns())


def _digits(texts: pl.DataFrame) -> pl.DataFrame:
    """Each text with its words for numbers and scales in digits; only texts that hold a letter are looked at one by one."""
    worded = texts.filter(pl.col("text").str.contains(r"\p{L}")).unique()
    read = [(text, language, in_digits(text, language)) for text, language in worded.select("text", "language").iter_rows()]
    rewritten = pl.DataFrame(
        [(text, language, each.text, each.power, each.problem, each.is_scaled) for text, language, each in read],
        schema={
            "text": pl.String,
            "language": pl.String,
            "digits": pl.String,
            "scale": pl.Int64,
            "problem": pl.String,
            "is_scaled": pl.Boolean,
        },
        orient="row",
    )
    if rewritten.is_empty():
        return texts.select("text", scale=pl.lit(0, pl.Int64), problem=pl.lit(None, pl.String), is_scaled=pl.lit(value=False))
    return texts.join(rewritten, on=["text", "language"], how="left", nulls_equal=True, maintain_order="left").select(
        pl.coalesce("digits", "text").alias("text"), pl.col("scale").fill_null(0), "problem", pl.col("is_scaled").fill_null(value=False)
    )


def with_change(statements: pl.DataFrame, dim_unit: pl.DataFrame) -> pl.DataFrame:
    """The unit of a growth that is printed as a change: `up 50,100 visits`, `+48 USD`, `2.3 percentage points`.

    `growth_text` is the growth without the unit.
    """
    units = dim_unit.filter(pl.col("quantity") != PER_CENT)
    named = pl.concat_list("unit_code", "unit_name_en", "unit_name_vi", pl.col("synonyms").fill_null("").str.split("|"))
    names = units.select("quantity", "power_of_ten", name=named).explode("name").filter(pl.col("name") != "")
    known = {name.lower(): (quantity, power) for quantity, power, name in names.iter_rows()}
    worded = statements.filter(pl.col("growth").str.contains(r"\p{L}|\p{Sc}"))["growth"].unique()
    changes = pl.DataFrame(
        [(text, *_unit_in(text, known)) for text in worded],
        schema={"growth": pl.String, "growth_text": pl.String, "change_quantity": pl.String, "change_power": pl.Int64},
        orient="row",
    )
    return looked_up(statements, changes, "growth").with_columns(pl.coalesce("growth_text", "growth"))


def _unit_in(text: str, known: dict[str, tuple[str, int]]) -> tuple[str, str | None, int | None]:
    """The text without the unit in it, and its quantity and power; what is in per cent names no other unit."""
    said = unicodedata.normalize("NFC", text).lower()
    words = read_words(re.sub(r"[+\-\u2013\u2014\u2212]?\s*\d[\d.,]*", " ", said))
    if words.is_points:
        return text, PER_CENT, 0
    if words.is_percent:
        return text, None, None
    for name in sorted(known, key=len, reverse=True):
        if found := re.search(rf"(?<![^\W\d_]){re.escape(name)}(?![^\W\d_])", said):
            return f"{said[: found.start()]} {said[found.end() :]}", *known[name]
    return text, None, None


def with_words(statements: pl.DataFrame) -> pl.DataFrame:
    """What the words say: those of the qualifier's and the status's column, and those inside the cells."""
    phrase = pl.concat_str("qualifier", "value_words", separator=" ", ignore_nulls=True)
    beside = {f"{field}_phrase": pl.col(f"{field}_words") for field in ("growth", "plan_fulfilment", "baseline")}
    phrased = statements.with_columns(value_phrase=phrase, status_phrase=pl.col("status"), **beside)
    for field in ("status", *FIGURES):
        said = {text: read_words(text) for text in phrased[f"{field}_phrase"].unique().to_list()}
        words = pl.DataFrame(
            [
                (text, each.qualifier, each.status, each.growth, each.currency, each.is_percent, each.is_points, each.is_reduction,
                 each.is_of_plan, each.is_reached, each.unknown)
                for text, each in said.items()
            ],
            schema={
                f"{field}_phrase": pl.String, f"{field}_qualifier": pl.String, f"{field}_status": pl.String,
                f"{field}_direction": pl.String, f"{field}_currency": pl.String, f"{field}_is_percent": pl.Boolean, f"{field}_is_points": pl.Boolean, f"{field}_is_reduction": pl.Boolean,
                f"{field}_is_of_plan": pl.Boolean, f"{field}_is_reached": pl.Boolean,
                f"{field}_unknown_words": pl.String,
            },
            orient="row",
        )  # fmt: skip
        phrased = looked_up(phrased, words, f"{field}_phrase")
    sdmx = pl.col("status").str.to_uppercase().is_in(OBS_STATUSES)
    return phrased.with_columns(
        is_reduction=pl.col("value_is_reduction"),
        is_sdmx_status=sdmx.fill_null(value=False),
        obs_status=pl.coalesce(
            pl.when(sdmx).then(pl.col("status").str.to_uppercase()),
            "status_status",
            "value_status",
            pl.when(pl.col("value_qualifier") == "about").then(pl.lit("E")),
            pl.lit("A"),
        ),
    )
