"""A printed number: which digits, in which number format, alone, as a range or as a part of a whole.

Text in, DECIMAL out, never float. The declared decimal and grouping marks decide; what does not fit them is no number.
Where one separator is followed by exactly three digits the text has a second reading, which is returned beside the
declared one so that the caller can weigh both.
"""

import re
from collections.abc import Callable

import polars as pl

Reader = Callable[[pl.Expr, str, str], pl.Expr]
NUMBER = pl.Decimal(38, 6)
_DIGITS = r"[+\-]?\d(?:[\d.,' ]*\d)?"
_PART = r"/|von|out of|of|trên tổng số|trong tổng số|trong số|trên"
_RANGE = r"-|bis|to|đến"
_FOOTNOTE = r"(\d ?(?:%|[^\W\d_]{0,3})?)\s*(?:[*†‡]+|[⁰¹²³⁴-⁹]+|\(\d{1,2}\))$"
_FULL_WIDTH = {**{chr(0xFF10 + digit): str(digit) for digit in range(10)}, "．": ".", "，": ",", "％": "%"}
_EXACT = pl.Decimal(38, 20)  # holds what is rounded later
_BARE = r"^[+\-]?[0-9](?:[0-9.,]*[0-9])?$"
PATTERN = (
    rf"^(?P<prefix>\D*?)(?P<first>{_DIGITS})"
    rf"(?:\s*%?\s*(?:(?P<part>{_PART})|(?P<range>{_RANGE}))\s*(?P<second>\d(?:[\d.,' ]*\d)?))?"
    r"(?P<suffix>\D*)$"
)
PARSED = {
    "number": NUMBER, "decimals": pl.Int64, "second": NUMBER, "second_decimals": pl.Int64, "is_part": pl.Boolean,
    "is_range": pl.Boolean, "other_reading": NUMBER, "words": pl.String,
}  # fmt: skip


def parsed_numbers(texts: pl.DataFrame) -> pl.DataFrame:
    """Read printed numbers.

    `texts` has the columns `text`, `decimal_char`, `group_char` and `round_to` (decimals to keep, or null for all). The result has the same rows and the columns of
    `PARSED`: the number (null where the text is none in its format) with how many decimals were printed, a second number
    of a range or of the whole that the first is a part of, the other reading of an ambiguous text, and the words around.
    """
    is_bare = texts["text"].str.contains(_BARE).fill_null(value=False)
    bare, others = texts.filter(is_bare), texts.filter(~is_bare)
    if others.is_empty():
        return _read(_captured_bare(bare))
    if bare.is_empty():
        return _read(_captured(others))
    place = pl.concat([is_bare.arg_true(), (~is_bare).arg_true()]).arg_sort()
    return pl.concat([_read(_captured_bare(bare)), _read(_captured(others))])[place]


def _captured_bare(texts: pl.DataFrame) -> pl.DataFrame:
    """The parts of texts that are digits and separators alone, as nearly all in a long export are."""
    parts = {name: pl.lit(None, pl.String) for name in ("part", "range", "second")}
    return texts.with_columns(first="text", prefix=pl.lit(""), suffix=pl.lit(""), **parts)


def _captured(texts: pl.DataFrame) -> pl.DataFrame:
    """The parts of any texts: two numbers, what stands between them, and the words around."""
    captured = texts.with_columns(_tidied(pl.col("text")).str.extract_groups(PATTERN).alias("groups")).unnest("groups")
    # `(36.000)` may be an accountant's minus and `,5` may have lost its zero: what is not certain is no number.
    return captured.with_columns(first=pl.when(~pl.col("prefix").str.contains(r"[(.,']$")).then("first"))


def _read(captured: pl.DataFrame) -> pl.DataFrame:
    formats = captured.select("decimal_char", "group_char").unique().drop_nulls().rows()
    plain = captured.select(
        "round_to",
        **{name: _by_format(name, formats, _plain, pl.String()) for name in ("first", "second")},
        is_part=pl.col("part").is_not_null(),
        is_range=pl.col("range").is_not_null(),
        other_reading=_by_format("first", formats, _other_reading, NUMBER),
        words=pl.concat_str(pl.col("prefix"), pl.lit(" "), pl.col("suffix")).str.strip_chars(),
    )
    keeps = plain["round_to"].unique().drop_nulls().to_list()
    return plain.select(
        number=_number("first", keeps),
        decimals=_decimals("first"),
        second=_number("second", keeps),
        second_decimals=_decimals("second"),
        is_part="is_part",
        is_range="is_range",
        other_reading="other_reading",
        words="words",
    )


def _tidied(text: pl.Expr) -> pl.Expr:
    """No-break and thin blanks become blanks, dashes become hyphens, and a blank after a separator or a sign goes."""
    return (
        text.str.replace_all("[\u00a0\u202f\u2009\u2007\t]", " ")
        .str.replace_all("[\u2013\u2014\u2212\u2011]", "-")
        .str.replace_all(r"(\d[.,])\s+(\d)", "${1}${2}")
        .str.strip_chars()
        .str.replace(r"^([+-]) +(\d)", "${1}${2}")
        .str.replace(_FOOTNOTE, "${1}")
        .str.replace_all("\u2019", "'", literal=True)
        .str.replace_many(_FULL_WIDTH)
        .str.strip_chars()
    )


def _by_format(column: str, formats: list[tuple[str, str]], read: Reader, dtype: pl.DataType) -> pl.Expr:
    """`read` applied in each row's own number format."""
    chosen = pl.lit(None, dtype)
    for decimal, group in formats:
        here = (pl.col("decimal_char") == decimal) & (pl.col("group_char") == group)
        chosen = pl.when(here).then(read(pl.col(column), decimal, group)).otherwise(chosen)
    return chosen


def _valid(token: pl.Expr, decimal: str, group: str) -> pl.Expr:
    """Grouping comes in threes and only before the decimal mark; blanks may group in every format."""
    grouped = "|".join(rf"(?:{re.escape(mark)}\d{{3}})+" for mark in {group, " "} if mark)
    return token.str.contains(rf"^[+\-]?(?:[1-9]\d{{0,2}}(?:{grouped})|\d+)(?:{re.escape(decimal)}\d+)?$")


def _plain(token: pl.Expr, decimal: str, group: str) -> pl.Expr:
    """Digits with a dot as decimal mark; null where the token does not fit the format."""
    ungrouped = token.str.replace_all(group, "", literal=True) if group else token
    dotted = ungrouped.str.replace_all(" ", "", literal=True).str.replace(decimal, ".", literal=True)
    return pl.when(_valid(token, decimal, group)).then(dotted.str.strip_prefix("+"))


def _number(plain: str, keeps: list[int]) -> pl.Expr:
    """The number in at most six decimals, or rounded half away from zero to those that are kept; null where it has more."""
    decimals = _printed_decimals(plain)
    number: pl.Expr = pl.when(decimals <= 6).then(pl.col(plain).cast(NUMBER, strict=False))
    for keep in keeps:
        rounded = pl.col(plain).cast(_EXACT, strict=False).round(keep, mode="half_away_from_zero").cast(NUMBER, strict=False)
        number = pl.when((pl.col("round_to") == keep) & (decimals > keep)).then(rounded).otherwise(number)
    return number


def _decimals(plain: str) -> pl.Expr:
    """How many decimals are printed, or kept of them."""
    return pl.min_horizontal(_printed_decimals(plain), "round_to")


def _printed_decimals(plain: str) -> pl.Expr:
    return pl.col(plain).str.extract(r"\.(\d+)$").str.len_chars().fill_null(0).cast(pl.Int64)


def _other_reading(token: pl.Expr, decimal: str, group: str) -> pl.Expr:
    """`33.796` in a text that groups with dots: as if the dot were the decimal mark, and the other way round."""
    mark = token.str.extract(r"^[+\-]?[1-9]\d{0,2}([.,])\d{3}$")
    as_decimal = token.str.replace(",", ".", literal=True)
    as_group = token.str.replace("[.,]", "")
    other = pl.when(mark == decimal).then(as_group).when(mark == group).then(as_decimal)
    return other.cast(NUMBER, strict=False)
