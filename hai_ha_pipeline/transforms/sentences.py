"""Figures inside sentences: numbers as people write them, and figures as they were printed."""

import polars as pl


def plain(number: str | pl.Expr, decimals: int = 6) -> pl.Expr:
    """A DECIMAL, or the column of that name, as text: rounded to `decimals`, without the zeros behind its last digit."""
    value = pl.col(number) if isinstance(number, str) else number
    return value.round(decimals).cast(pl.Decimal(38, 6)).cast(pl.String).str.strip_chars_end("0").str.strip_suffix(".")


def as_printed() -> pl.Expr:
    """The printed figure with its words and its unit, e.g. `mehr als 36.000 Milliarden VND`."""
    parts = ("qualifier_as_printed", "value_as_printed", "unit_as_printed")
    return pl.concat_str(*parts, separator=" ", ignore_nulls=True)
