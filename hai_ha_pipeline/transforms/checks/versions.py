"""Checks of figures printed more than once: documents side by side, and a figure beside the version before it.

A later figure is a revision and contradicts nothing: `core.revision` shows it.
"""

import polars as pl

from hai_ha_pipeline.transforms.checks.known import SUBJECT, Known
from hai_ha_pipeline.transforms.facts import FINAL_STAGE, RELEASE_STAGE
from hai_ha_pipeline.transforms.sentences import plain

SLIP = 1000
"""A unit or a mark read the wrong way makes a figure a thousand times too large or too small."""


def sources_agree(known: Known) -> pl.DataFrame:
    """A figure meets those that others print as of the same day and release stage; of several, the one furthest away counts."""
    stage = pl.col("obs_status").replace_strict(RELEASE_STAGE, default=FINAL_STAGE, return_dtype=pl.Int64)
    said = known.figures.select(
        *SUBJECT, "is_current", "vintage", "value", "lower", "upper", "published_on", "is_published_on_inferred", stage=stage
    )
    is_revision = (pl.col("published_on") > pl.col("published_on_other")).fill_null(value=False) | (
        pl.col("stage") != pl.col("stage_other")
    )
    gap = pl.max_horizontal(pl.col("lower") - pl.col("upper_other"), pl.col("lower_other") - pl.col("upper"))
    return (
        said.filter("is_current")
        .with_row_index("subject")
        .join(said.filter(~pl.col("is_current")), on=SUBJECT, suffix="_other")
        .filter(~is_revision)
        .with_columns(gap=gap)
        .filter(pl.col("gap").eq_missing(pl.col("gap").max().over("subject")))
        .filter(_is_last("vintage_other"))
        .select(
            *SUBJECT, found_lower="lower", found_upper="upper", expected_lower="lower_other", expected_upper="upper_other", doubt=_doubt(),
            explanation=pl.format("one document prints {}, another {}", plain("value"), plain("value_other")),
        )
    )  # fmt: skip


def magnitude_holds(known: Known) -> pl.DataFrame:
    """A figure is not about a thousand times the version before it, or a thousandth: from 333 times on, it is."""
    said = known.figures.filter(pl.col("value") > 0).select(*SUBJECT, "is_current", "vintage", "value")
    before = pl.col("value_before")
    return (
        said.filter("is_current")
        .with_row_index("subject")
        .join(said.filter(~pl.col("is_current")), on=SUBJECT, suffix="_before")
        .filter(_is_last("vintage_before"))
        .select(
            *SUBJECT, found_lower="value", found_upper="value", expected_lower=before * 3 / SLIP, expected_upper=before * SLIP / 3,
            explanation=pl.format("{}, and {} in the version before", plain("value"), plain("value_before")),
        )
    )  # fmt: skip


def _is_last(vintage: str) -> pl.Expr:
    return pl.col(vintage).eq_missing(pl.col(vintage).max().over("subject"))


def _doubt() -> pl.Expr:
    """Why two figures that are apart may still both be right."""
    is_undated = pl.any_horizontal(pl.col("published_on", "published_on_other").is_null())
    is_inferred = pl.any_horizontal(pl.col("is_published_on_inferred", "is_published_on_inferred_other"))
    return (
        pl.when(pl.col("role") == "target").then(pl.lit("two plans may stand side by side"))
        .when(is_undated).then(pl.lit("a document without a date may be another version"))
        .when(is_inferred).then(pl.lit("the day of publication is not printed, so one may be a revision"))
    )  # fmt: skip
