"""Checks of parts and wholes, on one occasion each: sums, printed shares, and the growth of a total beside that of its parts."""

import polars as pl

from hai_ha_pipeline.transforms.checks.known import GROWTH, OCCASION, SUBJECT, Known, unless_open
from hai_ha_pipeline.transforms.sentences import plain


def parts_add_up(known: Known) -> pl.DataFrame:
    """A total lies inside the sum of its parts, where all parts are known."""
    totals = known.current.filter("parts_complete").select(*SUBJECT, total="value", found_lower="lower", found_upper="upper")
    return totals.join(_sums(known), on=SUBJECT).select(
        *SUBJECT, "found_lower", "found_upper", expected_lower="parts_lower", expected_upper="parts_upper",
        explanation=pl.format("printed as {}; the parts {} add up to {}", plain("total"), "parts", plain("parts_sum")),
    )  # fmt: skip


def share_matches(known: Known) -> pl.DataFrame:
    """A printed share lies inside the share that its part and the whole allow: the sum of all parts, else the printed total."""
    shares = known.current.filter(pl.col("derivation") == "share").select(
        *SUBJECT, part_code="derived_from_code", share="value", found_lower="lower", found_upper="upper"
    )
    parts = known.current.select(*OCCASION, part_code="indicator_code", total_code="parent_code", part="value", low="lower", high="upper")
    totals = known.current.select(*OCCASION, total_code="indicator_code", total="value", total_lower="lower", total_upper="upper")
    sums = _sums(known).rename({"indicator_code": "total_code"})
    # The smallest share is that of the smallest part beside the largest others.
    largest = pl.when("is_summed").then(pl.col("low") + pl.col("parts_upper") - pl.col("high")).otherwise("total_upper")
    smallest = pl.when("is_summed").then(pl.col("high") + pl.col("parts_lower") - pl.col("low")).otherwise("total_lower")
    whole = pl.when("is_summed").then("parts_sum").otherwise("total")
    kind = pl.when("is_summed").then(pl.lit("the sum of the parts")).otherwise(pl.lit("the printed total"))
    return (
        shares.join(parts, on=[*OCCASION, "part_code"])
        .join(sums, on=[*OCCASION, "total_code"], how="left")
        .join(totals, on=[*OCCASION, "total_code"], how="left")
        .with_columns(is_summed=pl.col("parts_sum").is_not_null())
        .filter(whole > 0)
        .select(
            *SUBJECT, "found_lower", "found_upper",
            expected_lower=pl.when(largest > 0).then(100 * pl.col("low") / largest),
            expected_upper=pl.when(smallest > 0).then(100 * pl.col("high") / smallest),
            explanation=pl.format("printed as {} %; {} of {}, {}, is {} %", plain("share"), plain("part"), plain(whole), kind,
                                  plain(100 * pl.col("part") / whole, 4)),
        )
    )  # fmt: skip


def growth_between_parts(known: Known) -> pl.DataFrame:
    """A total grows no faster than its fastest part and no slower than its slowest, where all parts print a growth."""
    printed = printed_growth(known)
    parts = (
        printed.filter(pl.col("parent_code").is_not_null())
        .group_by(*OCCASION, indicator_code="parent_code")
        .agg(
            known=pl.len(),
            expected_lower=unless_open(pl.col("growth_lower"), pl.col("growth_lower").min()),
            expected_upper=unless_open(pl.col("growth_upper"), pl.col("growth_upper").max()),
            parts=pl.format("{} {} %", "indicator_code", plain("growth")).sort().str.join(", "),
        )
        .pipe(_complete, known)
    )
    totals = printed.select(*SUBJECT, total="growth", found_lower="growth_lower", found_upper="growth_upper")
    return totals.join(parts, on=SUBJECT).select(
        *SUBJECT, "found_lower", "found_upper", "expected_lower", "expected_upper",
        explanation=pl.format("the total is printed as {} %, its parts as {}", plain("total"), "parts"),
    )  # fmt: skip


def printed_growth(known: Known) -> pl.DataFrame:
    """The growth of an indicator on last year, printed beside its level or without it."""
    is_last_year = (pl.col("growth_basis") == "same_period_last_year") | (
        (pl.col("growth_basis") == "previous_period") & (pl.col("freq") == "A")
    )
    beside = known.current.filter(pl.col("growth_reported_pct").is_not_null(), is_last_year | (pl.col("role") == "target"))
    alone = known.current.filter(pl.col("derivation") == "growth")
    of_its_level = {"indicator_code": "derived_from_code", "growth": "value", "growth_lower": "lower", "growth_upper": "upper"}
    indicators = known.dim_indicator.select("indicator_code", "parent_code")
    return (
        pl.concat([beside.select(*SUBJECT, **GROWTH), alone.select(*OCCASION, **of_its_level)])
        .unique(SUBJECT, keep="first", maintain_order=True)
        .join(indicators, on="indicator_code")
    )


def _sums(known: Known) -> pl.DataFrame:
    """For each total whose every part is known on an occasion: the sum of the parts and its bounds."""
    return (
        known.current.filter(pl.col("parent_code").is_not_null())
        .group_by(*OCCASION, indicator_code="parent_code")
        .agg(
            known=pl.len(),
            parts_sum=pl.col("value").sum(),
            parts_lower=unless_open(pl.col("lower"), pl.col("lower").sum()),
            parts_upper=unless_open(pl.col("upper"), pl.col("upper").sum()),
            parts=pl.format("{} {}", "indicator_code", plain("value")).sort().str.join(" + "),
        )
        .pipe(_complete, known)
    )


def _complete(parts: pl.DataFrame, known: Known) -> pl.DataFrame:
    """The totals that add up from their parts, on the occasions where as many are known as there are."""
    totals = known.dim_indicator.filter("parts_complete").select("indicator_code")
    counts = known.dim_indicator.group_by(indicator_code="parent_code").agg(part_count=pl.len())
    return parts.join(totals.join(counts, on="indicator_code"), on="indicator_code").filter(pl.col("known") == pl.col("part_count"))
