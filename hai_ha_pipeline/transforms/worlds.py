"""Days on which something became known, each a world of its own with its own areas, so that a mart makes all of them at once.

Nothing here knows what a mart computes; figures of different worlds never meet because their areas differ.
"""

from dataclasses import dataclass

import polars as pl

from hai_ha_pipeline.transforms.successors import BETWEEN_CODES

SUBJECT = ["indicator_key", "area_series_key", "period_key"]
DAY_MARK = "@"  # between the code of an area and the day of its world; no code holds one


@dataclass(frozen=True)
class Worlds:
    """The worlds of all indicators.

    `days` has an indicator's days and for each the next one. `areas` is the dimension with every area once a day; in
    `origin` stands which area of which day each is.
    """

    days: pl.DataFrame
    areas: pl.DataFrame
    origin: pl.DataFrame

    def of(self, facts: pl.DataFrame, key: str) -> pl.DataFrame:
        """The figures known in each world, with keys of their own, of several for one thing the last vintage current.

        Their keys in the fact stand in `fact_key`.
        """
        areas = self.origin.select("world", "area_key", "area_series_key", fact_area_key="of_area_key")
        known = facts.join(self.days.select("indicator_key", world="day"), on="indicator_key").filter(
            pl.col("known_from") <= pl.col("world"), pl.col("withdrawn_on").is_null() | (pl.col("world") < pl.col("withdrawn_on"))
        )
        return (
            known.rename({"area_key": "fact_area_key", key: "fact_key"})
            .join(areas, on=["world", "fact_area_key"])
            .with_columns(is_current=pl.col("vintage") == pl.col("vintage").max().over(SUBJECT))
            .drop("area_series_key")
            .with_row_index(key)
            .with_columns(pl.col(key).cast(pl.Int64))
        )

    def coverage(self, area_coverage: pl.DataFrame) -> pl.DataFrame:
        """Which areas cover an abolished one, in every world."""
        mark = pl.format(f"{DAY_MARK}{{}}", "world")
        every_code = pl.col("successor_codes").str.replace_all(BETWEEN_CODES, mark + BETWEEN_CODES, literal=True)
        return (
            self.origin.select("world")
            .unique()
            .join(area_coverage, how="cross")
            .with_columns(area_code=pl.col("area_code") + mark, successor_codes=every_code + mark)
        )

    def named(self, mart: pl.DataFrame) -> pl.DataFrame:
        """The rows of a mart with the codes that areas really have, their world and their series."""
        real = self.origin.select("area_code", "area_name_en", "world", of_area_code="of_area_code", series="of_series_key").unique(
            ["area_code", "area_name_en"]
        )
        return mart.join(real, on=["area_code", "area_name_en"]).drop("area_code").rename({"of_area_code": "area_code"})

    def over_time(self, mart: pl.DataFrame, key: list[str], indicators: pl.DataFrame) -> pl.DataFrame:
        """Rows of one key that say the same on one day after the other made one, known from its first day to the day after its last."""
        until = self.days.join(indicators.select("indicator_key", "indicator_code"), on="indicator_key").select(
            "indicator_code", "next_day", world="day"
        )
        said = [name for name in mart.columns if name not in {*key, "world"}]
        rows = mart.join(until, on=["indicator_code", "world"]).sort(*key, "world", nulls_last=True)
        told = rows.with_columns(
            is_new=pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift(1)) for name in (*key, *said))
            | pl.col("world").ne_missing(pl.col("next_day").shift(1))
        )
        return (
            told.with_columns(telling=pl.col("is_new").cum_sum())
            .group_by("telling", maintain_order=True)
            .agg(pl.col(*key, *said).first(), known_from=pl.col("world").first(), known_to=pl.col("next_day").last())
            .drop("telling")
        )


def known_once(fact: pl.DataFrame, dim_indicator: pl.DataFrame) -> pl.DataFrame:
    """The indicators of which all became known on one day, with their whole family, and nothing was withdrawn; that day is `known_from`."""
    of_indicators = fact.group_by("indicator_key").agg(
        first=pl.col("known_from").min(), known_from=pl.col("known_from").max(), is_withdrawn=pl.col("withdrawn_on").is_not_null().any()
    )
    families = _families(dim_indicator).join(of_indicators, on="indicator_key")
    is_once = (pl.col("first").min() == pl.col("known_from").max()).over("family") & ~pl.col("is_withdrawn").any().over("family")
    codes = dim_indicator.select("indicator_key", "indicator_code")
    return families.filter(is_once).join(codes, on="indicator_key").select("indicator_key", "indicator_code", "known_from")


def worlds_of(facts: list[pl.DataFrame], dim_indicator: pl.DataFrame, dim_area: pl.DataFrame) -> Worlds:
    """A world for each day on which a figure of an indicator's family became known or was withdrawn; a family is a total with all its parts."""
    changes = [fact.select("indicator_key", day=day) for fact in facts for day in ("known_from", "withdrawn_on")]
    known = pl.concat(changes).drop_nulls().unique()
    families = _families(dim_indicator)
    days = (
        known.join(families, on="indicator_key")
        .select("family", "day")
        .unique()
        .sort("family", "day")
        .with_columns(next_day=pl.col("day").shift(-1).over("family"))
        .join(families, on="family")
        .drop("family")
    )
    everywhere = days.select(world="day").unique().sort("world").join(dim_area, how="cross")
    series = pl.struct("world", "area_series_key").rank("dense").cast(pl.Int64)
    origin = everywhere.select(
        "world",
        "area_name_en",
        of_area_key="area_key",
        of_series_key="area_series_key",
        of_area_code="area_code",
        area_key=pl.int_range(pl.len(), dtype=pl.Int64),
        area_series_key=series,
        area_code=pl.format(f"{{}}{DAY_MARK}{{}}", "area_code", "world"),
    )
    areas = pl.concat(
        [everywhere.drop("area_key", "area_series_key", "area_code", "world"), origin.select("area_key", "area_series_key", "area_code")],
        how="horizontal",
    )
    return Worlds(days, areas.select(dim_area.columns), origin)


def _families(dim_indicator: pl.DataFrame) -> pl.DataFrame:
    """Each indicator with the total that it is at last a part of."""
    parents = dict(dim_indicator.select("indicator_code", "parent_code").iter_rows())

    def root(code: str) -> str:
        above = parents.get(code)
        return root(above) if above else code

    return dim_indicator.select("indicator_key", family=pl.col("indicator_code").map_elements(root, pl.String))
