"""Dimensions: what figures are about. Master data gets its types and keys here; periods and documents come from the figures."""

from datetime import date
from functools import lru_cache

import polars as pl

from hai_ha_pipeline.contracts.core import (
    AreaSuccession,
    AttainmentRule,
    DimArea,
    DimIndicator,
    DimPeriod,
    DimSource,
    DimUnit,
    Document,
)
from hai_ha_pipeline.contracts.types import Contract, polars_schema, type_of_value
from hai_ha_pipeline.keys import stable_key
from hai_ha_pipeline.parsing.periods import MOST_PERIODS, Period, read_period
from hai_ha_pipeline.transforms.shape import distinct, looked_up, with_earlier

SINCE_EVER = date(1900, 1, 1)


def dim_indicator(indicators: pl.DataFrame) -> pl.DataFrame:
    """One row an indicator, from `reference/indicators.csv`."""
    return _typed(
        indicators.rename(
            {
                "code": "indicator_code", "name_en": "indicator_name_en", "name_vi": "indicator_name_vi", "unit": "unit_code",
                "parent": "parent_code", "derived_from": "derived_from_code",
            }
        ).with_columns(
            pl.col("plausible_min", "plausible_max").cast(type_of_value), pl.col("parts_complete", "adds_over_areas") == "true"
        ),
        DimIndicator, "indicator_key", "indicator_code",
    )  # fmt: skip


def dim_area(areas: pl.DataFrame, area_changes: pl.DataFrame) -> pl.DataFrame:
    """One row a version of an administrative unit, from `reference/areas.csv`."""
    versions = areas.rename(
        {"code": "area_code", "type_vi": "area_type_vi", "name_vi": "area_name_vi", "name_en": "area_name_en"}
    ).with_columns(pl.col("valid_from").str.to_date().fill_null(SINCE_EVER), pl.col("valid_to").str.to_date())
    series = _series(versions, area_changes)
    return _typed(versions.with_columns(area_series_key=_keys(series, "area_series")), DimArea, "area_key", "area_code", "valid_from")


def _series(versions: pl.DataFrame, area_changes: pl.DataFrame) -> pl.DataFrame:
    """What each version shares with those of the same unit: code, bare name, and the day on which its land was put together.

    The commune of Quang Ha keeps code and name of the town that it took in with four other units, and is another unit. A
    town that became a city, and a commune left unchanged, are the same as before.
    """
    put_together = (
        area_changes.filter(pl.col("relation") != "unchanged")
        .select(area_code="new_code", valid_from=pl.col("changed_on").str.to_date())
        .unique()
        .with_columns(since="valid_from")
    )
    bare_name = pl.col("synonyms").fill_null("").str.split("|").list.first()
    return versions.join(put_together, on=["area_code", "valid_from"], how="left", maintain_order="left").select(
        "area_code", bare_name, pl.col("since").forward_fill().over("area_code", bare_name, order_by="valid_from")
    )


def area_succession(area_changes: pl.DataFrame, dim_area: pl.DataFrame) -> pl.DataFrame:
    """One row a transfer of an old unit into a new one, from `reference/area_changes.csv`."""
    changes = area_changes.rename({"old_code": "old_area_code", "new_code": "new_area_code", "source": "legal_basis"}).with_columns(
        pl.col("changed_on").str.to_date()
    )
    ended = dim_area.select(old_area_key="area_key", old_area_code="area_code", changed_on="valid_to")
    began = dim_area.select(new_area_key="area_key", new_area_code="area_code", changed_on="valid_from")
    return (
        changes.join(ended, on=["old_area_code", "changed_on"], how="left")
        .join(began, on=["new_area_code", "changed_on"], how="left")
        .select(list(polars_schema(AreaSuccession)))
        .sort("old_area_code", "new_area_code")
    )


def dim_unit(units: pl.DataFrame) -> pl.DataFrame:
    """One row a unit, from `reference/units.csv`."""
    return _typed(
        units.rename({"code": "unit_code", "name_en": "unit_name_en", "name_vi": "unit_name_vi"}).with_columns(
            pl.col("power_of_ten").cast(pl.Int64)
        ),
        DimUnit, "unit_key", "unit_code",
    )  # fmt: skip


def attainment_rule(attainment_rules: pl.DataFrame) -> pl.DataFrame:
    """One row a threshold, from `reference/attainment_rules.csv`."""
    return (
        attainment_rules.rename({"source": "method_source"})
        .with_columns(pl.col("at_least", "more_than").cast(type_of_value))
        .select(list(polars_schema(AttainmentRule)))
        .sort("preset", "metric", pl.coalesce("more_than", "at_least"), descending=[False, False, True], nulls_last=True)
    )


def dim_period(figure: pl.DataFrame, earlier_figure: pl.DataFrame) -> pl.DataFrame:
    """One row a period of an accepted figure or its baseline, and the same period a year earlier."""
    named_by = ["period_code", "baseline_period_code"]
    accepted = with_earlier(figure, earlier_figure).select("verdict", *named_by).filter(pl.col("verdict") == "accepted")
    codes = {code for column in named_by for code in distinct(accepted.select(column), [column])[column]}
    named = [period for code in codes if code and (period := read_period(code))]
    periods = {period.code: period for each in named for period in (each, each.a_year_earlier())}
    return pl.DataFrame([_period_row(periods[code]) for code in sorted(periods)], schema=polars_schema(DimPeriod), orient="row")


def periods(of_parts: pl.DataFrame) -> pl.DataFrame:
    """The periods of several parts of the figures, each once."""
    return of_parts.unique("period_key", keep="first", maintain_order=True).sort("period_code")


@lru_cache(MOST_PERIODS)
def _period_row(period: Period) -> tuple[object, ...]:
    previous = period.previous()
    return (
        stable_key("period", period.code), period.code, period.name_en, period.freq, period.first_day, period.last_day, period.months,
        (period.last_day - period.first_day).days + 1, period.last_day.year, period.is_cumulative,
        period.a_year_earlier().code, previous.code if previous else None,
    )  # fmt: skip


DOCUMENT = ["source", "file", "address", "title", "published_on", "content"]


def document(figure: pl.DataFrame, earlier_figure: pl.DataFrame) -> pl.DataFrame:
    """One row a document that an accepted figure stands in, as one file reports it, or an earlier content of that file."""
    said = [*DOCUMENT, "is_published_on_inferred", "language"]
    accepted = with_earlier(figure, earlier_figure).select("verdict", *said).filter(pl.col("verdict") == "accepted")
    found = distinct(accepted.select(said), said)
    return documents(found.with_columns(source_key=document_key(found)))


def documents(of_parts: pl.DataFrame) -> pl.DataFrame:
    """The documents of several parts of the figures, each once. Its day is inferred where no figure of it says that it is printed."""
    return (
        of_parts.group_by("source_key", *DOCUMENT)
        .agg(pl.col("is_published_on_inferred").all(), pl.col("language").min())
        .select(list(polars_schema(Document)))
        .sort("source_key")
    )


def dim_source(document: pl.DataFrame, source_file: pl.DataFrame, earlier_file: pl.DataFrame) -> pl.DataFrame:
    """One row a document that an accepted figure stands in, as one file reports it, or an earlier content of that file."""
    said = ["source", "file", "publisher", "licence", "ingested_at", "sha256"]
    present = source_file.select(*said, "title", "address", content=pl.lit(None, pl.String))
    earlier = earlier_file.select(*said, "title", "address", content="sha256")
    files = pl.concat([present, earlier]).rename({"title": "source_title_of_file", "address": "address_of_file"})
    return (
        document.join(files, on=["source", "file", "content"], how="left", nulls_equal=True)
        .with_columns(source_title=pl.coalesce("title", "source_title_of_file"), address=pl.coalesce("address", "address_of_file"))
        .select(list(polars_schema(DimSource)))
        .sort("source", "file", "published_on", "address", "source_title", "ingested_at", "sha256")
    )


def document_key(figures: pl.DataFrame) -> pl.Series:
    """The key of each row's document, made once for each distinct document."""
    documents = figures.select(DOCUMENT)
    keyed = [(*row, stable_key("document", *_names(*row))) for row in distinct(documents, DOCUMENT).rows()]
    keys = pl.DataFrame(keyed, schema={**documents.schema, "source_key": pl.Int64}, orient="row")
    return looked_up(documents, keys, *DOCUMENT)["source_key"]


def _names(*parts: object) -> list[str]:
    """What names a document; the present content of its file has no name of its own, so that its key stays when it changes."""
    *document, content = parts
    return ["" if part is None else str(part) for part in document] + ([str(content)] if content else [])


def _typed(frame: pl.DataFrame, contract: type[Contract], key: str, *natural_key: str) -> pl.DataFrame:
    """The frame with its key and exactly the contract's columns, sorted by what is its natural key."""
    keys = _keys(frame.select(natural_key), key).alias(key)
    return frame.with_columns(keys).select(list(polars_schema(contract))).sort(natural_key)


def _keys(names: pl.DataFrame, kind: str) -> pl.Series:
    """The stable key of each row of natural keys."""
    return pl.Series([stable_key(kind, *("" if part is None else str(part) for part in row)) for row in names.rows()], dtype=pl.Int64)
