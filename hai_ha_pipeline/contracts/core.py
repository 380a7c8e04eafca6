"""Contracts of the star schema: dimensions and facts."""

import pandera.polars as pa
import polars as pl

from hai_ha_pipeline.contracts.types import (
    DAY,
    DIRECTIONS,
    MEASURE_KINDS,
    METRICS,
    MOMENT,
    OBS_STATUSES,
    OPERATORS,
    QUALIFIERS,
    VALUE,
    WAYS_TO_MEASURE,
    Contract,
)


class DimIndicator(Contract):
    """One row is one indicator: what is measured, in which unit, and which direction is desired."""

    indicator_key: int = pa.Field(unique=True, description="Key; the same in every build.")
    indicator_code: str = pa.Field(unique=True, str_matches=r"^[a-z][a-z0-9_]*$", description="Our code.")
    indicator_name_en: str = pa.Field(description="English name.")
    indicator_name_vi: str = pa.Field(description="Vietnamese name.")
    theme: str = pa.Field(description="Subject group.")
    unit_code: str = pa.Field(description="Canonical unit: values of this indicator are stored in it.")
    desired_direction: str = pa.Field(isin=DIRECTIONS, description="Which way is better: up, down, maintain, none.")
    measure_kind: str = pa.Field(isin=MEASURE_KINDS, description="flow (over a period), stock (at its end), ratio, milestone (0 or 1).")
    parent_code: str = pa.Field(nullable=True, description="Indicator this one is a part of.")
    parts_complete: bool = pa.Field(description="The parts that name this indicator as parent add up to it.")
    adds_over_areas: bool = pa.Field(description="The figure of an area is the sum of those of the areas it consists of.")
    official_code: str = pa.Field(nullable=True, description="Code in Decision 05/2023/QD-TTg, where it is known.")
    plausible_min: VALUE = pa.Field(nullable=True, description="Lowest believable value, in the canonical unit.")
    plausible_max: VALUE = pa.Field(nullable=True, description="Highest believable value, in the canonical unit.")
    derived_from_code: str = pa.Field(nullable=True, description="Indicator whose share or growth this one prints.")
    derivation: str = pa.Field(
        nullable=True,
        isin=("share", "growth"),
        description="share: of that indicator in its parent; growth: of that indicator, or of a level that is none here.",
    )
    synonyms: str = pa.Field(nullable=True, description="Other names, separated by |.")
    description: str = pa.Field(nullable=True, description="Definition and traps.")

    @pa.dataframe_check(description="The believable range has its lower end first.")
    def _range_has_its_lower_end_first(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select((pl.col("plausible_min") <= pl.col("plausible_max")).fill_null(value=True))

    @pa.dataframe_check(description="Ratios and milestones do not add up over areas.")
    def _only_amounts_add_over_areas(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(~pl.col("adds_over_areas") | pl.col("measure_kind").is_in(["flow", "stock"]))


class DimArea(Contract):
    """One row is one version of an administrative unit: since 1 July 2025 codes are re-used under other names."""

    area_key: int = pa.Field(unique=True, description="Key of the version; the same in every build.")
    area_series_key: int = pa.Field(
        description="The same for the versions of one unit: those that share code, bare name and land. A re-used code is another unit."
    )
    area_code: str = pa.Field(description="Official code, as text.")
    valid_from: DAY = pa.Field(description="First day of this version; 1900-01-01 where it began before any figure here.")
    valid_to: DAY = pa.Field(nullable=True, description="First day it no longer holds; null while it does.")
    level: str = pa.Field(isin=("province", "district", "commune", "border_gate"), description="Administrative level.")
    area_type_vi: str = pa.Field(description="Kind of unit in Vietnamese, e.g. Phường.")
    area_name_vi: str = pa.Field(description="Vietnamese name with its kind.")
    area_name_en: str = pa.Field(description="English name with its kind.")
    parent_code: str = pa.Field(nullable=True, description="Code of the unit above.")
    synonyms: str = pa.Field(nullable=True, description="Other names, separated by |; the first is the bare name.")

    class Config:
        """A code has one version at a time."""

        unique = ["area_code", "valid_from"]

    @pa.dataframe_check(description="A version ends after it begins.")
    def _a_version_ends_after_it_begins(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("valid_to").is_null() | (pl.col("valid_from") < pl.col("valid_to")))


class AreaSuccession(Contract):
    """One row is one transfer of an old administrative unit, whole or in part, into a new one."""

    changed_on: DAY = pa.Field(description="Day of the change.")
    old_area_key: int = pa.Field(description="Version that ended.")
    new_area_key: int = pa.Field(description="Version that began.")
    old_area_code: str = pa.Field(description="Its code.")
    new_area_code: str = pa.Field(description="Its code.")
    relation: str = pa.Field(isin=("whole", "part", "unchanged"), description="How much of the old unit went into the new one.")
    relation_as_printed: str = pa.Field(description="The same as printed.")
    legal_basis: str = pa.Field(description="Decision that says so.")

    class Config:
        """A transfer stands once."""

        unique = ["old_area_key", "new_area_key"]


class AreaCoverage(Contract):
    """One row is one abolished administrative unit, with the new units that cover it and whether they are exactly what it was."""

    area_key: int = pa.Field(unique=True, description="core.dim_area: its last version.")
    area_code: str = pa.Field(description="Its code.")
    area_name_en: str = pa.Field(description="Its English name.")
    level: str = pa.Field(isin=("province", "district", "commune"), description="Its level.")
    ended_on: DAY = pa.Field(description="First day it no longer exists.")
    successors: int = pa.Field(ge=0, description="How many new units took over it, or a part of it.")
    successor_codes: str = pa.Field(nullable=True, description="Their codes since that day, separated by |.")
    successor_names_en: str = pa.Field(nullable=True, description="Their English names.")
    is_exact: bool = pa.Field(description="They are together exactly the old unit, so its figures go on as their sum.")
    reason: str = pa.Field(nullable=True, description="Why they are not: which of them took in what else.")

    class Config:
        """A unit ends once on a day."""

        unique = ["area_code", "ended_on"]

    @pa.dataframe_check(description="A unit that its successors do not cover exactly has the reason.")
    def _what_is_not_exact_has_its_reason(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("is_exact") == pl.col("reason").is_null())

    @pa.dataframe_check(description="What is covered exactly is covered by at least one unit.")
    def _exact_needs_a_successor(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(~pl.col("is_exact") | (pl.col("successors") > 0))


class DimPeriod(Contract):
    """One row is one period that a figure, or its comparison a year earlier, is about."""

    period_key: int = pa.Field(unique=True, description="Key; the same in every build.")
    period_code: str = pa.Field(unique=True, description="SDMX TIME_PERIOD: 2024, 2024-S1, 2024-07, cumulative 2024-01-01/P7M.")
    period_name_en: str = pa.Field(description="The period in words.")
    freq: str = pa.Field(description="SDMX frequency: A, S, Q, M, D; with a number for several, e.g. M7.")
    first_day: DAY = pa.Field(description="First day.")
    last_day: DAY = pa.Field(description="Last day; a stock stands at its end.")
    months: int = pa.Field(nullable=True, description="Length in whole months; null for an odd span.")
    days: int = pa.Field(ge=1, description="Length in days.")
    year: int = pa.Field(description="Year of the last day.")
    is_cumulative: bool = pa.Field(description="From 1 January to a day in the year that no standard period ends with.")
    same_period_last_year_code: str = pa.Field(description="The same span a year earlier.")
    previous_period_code: str = pa.Field(
        nullable=True, description="The period of the same length before; null for cumulative and odd spans."
    )


class DimUnit(Contract):
    """One row is one unit of measure."""

    unit_key: int = pa.Field(unique=True, description="Key; the same in every build.")
    unit_code: str = pa.Field(unique=True, description="Our code.")
    quantity: str = pa.Field(description="What it measures; units convert only inside one quantity.")
    power_of_ten: int = pa.Field(ge=-9, le=15, description="Factor to the quantity's base unit, as a power of ten (SDMX UNIT_MULT).")
    unit_name_en: str = pa.Field(description="English name.")
    unit_name_vi: str = pa.Field(description="Vietnamese name.")
    synonyms: str = pa.Field(nullable=True, description="Printed forms, separated by |.")


class Document(Contract):
    """One row is one published document that a figure stands in, before it is told what its file says of it."""

    source_key: int = pa.Field(unique=True, description="Key; the same in every build.")
    source: str = pa.Field(description="Folder under sources/.")
    file: str = pa.Field(description="File inside the folder.")
    address: str = pa.Field(nullable=True, description="Address, as printed beside the figure.")
    title: str = pa.Field(nullable=True, description="Title, as printed beside the figure.")
    published_on: DAY = pa.Field(nullable=True, description="Day of publication, as in core.dim_source.")
    content: str = pa.Field(nullable=True, description="Hash of the earlier content of the file; null for the present one.")
    is_published_on_inferred: bool = pa.Field(description="No figure of it says that the day is printed.")
    language: str = pa.Field(nullable=True, description="Language of the document.")


class DimSource(Contract):
    """One row is one published document, as one file of a source reports it, or an earlier content of that file."""

    source_key: int = pa.Field(unique=True, description="Key; the same in every build.")
    source: str = pa.Field(description="Folder under sources/.")
    file: str = pa.Field(description="File inside the folder.")
    source_title: str = pa.Field(description="Title of the document, else of the source.")
    publisher: str = pa.Field(description="Publisher of the source.")
    language: str = pa.Field(nullable=True, description="Language of the document.")
    licence: str = pa.Field(nullable=True, description="Licence of the source.")
    address: str = pa.Field(nullable=True, description="Address of the document.")
    published_on: DAY = pa.Field(
        nullable=True, description="Day of publication; the last day of a printed month or year; null where the document shows none."
    )
    is_published_on_inferred: bool = pa.Field(description="The day is inferred from the content, not printed.")
    ingested_at: MOMENT = pa.Field(description="When this project first read this content (UTC).")
    sha256: str = pa.Field(description="Hash of the file's content.")


class FactObservation(Contract):
    """One row is one figure that one source reports as a result, or as the level it starts from."""

    observation_key: int = pa.Field(
        unique=True, description="Key of the statement; the same while its content of the file is the present one."
    )
    indicator_key: int = pa.Field(description="core.dim_indicator.")
    area_key: int = pa.Field(description="core.dim_area: the version the figure is about.")
    period_key: int = pa.Field(description="core.dim_period.")
    source_key: int = pa.Field(description="core.dim_source.")
    unit_key: int = pa.Field(nullable=True, description="core.dim_unit: the unit as printed; null for a milestone.")
    role: str = pa.Field(isin=("result", "baseline"), description="result, or baseline: a level the source states as the starting point.")
    value: VALUE = pa.Field(description="The figure in the indicator's canonical unit; the middle of a printed range.")
    lower: VALUE = pa.Field(nullable=True, description="Lowest value the printed figure allows; null for none.")
    upper: VALUE = pa.Field(nullable=True, description="Highest value the printed figure allows; null for none.")
    qualifier: str = pa.Field(
        isin=QUALIFIERS, description="How the figure is bounded: exact means half a unit of the last printed digit to either side."
    )
    obs_status: str = pa.Field(
        isin=OBS_STATUSES, description="Release stage (SDMX CL_OBS_STATUS): A normal, P provisional, E estimated, F forecast."
    )
    whole_value: VALUE = pa.Field(nullable=True, description="The whole a printed part belongs to: 9 of 9.")
    baseline_value: VALUE = pa.Field(nullable=True, description="Level before a printed reduction, in the canonical unit.")
    growth_reported_pct: VALUE = pa.Field(nullable=True, description="Growth as printed, in per cent.")
    growth_reported_lower_pct: VALUE = pa.Field(nullable=True, description="Lowest growth the printed text allows.")
    growth_reported_upper_pct: VALUE = pa.Field(nullable=True, description="Highest growth the printed text allows.")
    growth_change_reported: VALUE = pa.Field(nullable=True, description="Growth as printed where it is a change: 50,100 visits more.")
    growth_basis: str = pa.Field(nullable=True, description="What the printed growth compares with.")
    fulfilment_reported_pct: VALUE = pa.Field(nullable=True, description="Share of the plan fulfilled, as printed, in per cent.")
    fulfilment_reported_lower_pct: VALUE = pa.Field(nullable=True, description="Lowest share the printed text allows.")
    fulfilment_reported_upper_pct: VALUE = pa.Field(nullable=True, description="Highest share the printed text allows.")
    fulfilment_reported_qualifier: str = pa.Field(
        nullable=True, description="How that share is bounded, e.g. more_than; null where it is not."
    )
    value_as_printed: str = pa.Field(description="The cell as it stands in the file.")
    unit_as_printed: str = pa.Field(nullable=True, description="The unit as it stands in the file.")
    qualifier_as_printed: str = pa.Field(nullable=True, description="The qualifying words as they stand in the file.")
    growth_as_printed: str = pa.Field(nullable=True, description="The growth as it stands in the file.")
    row: int = pa.Field(description="Line in the file of the source; the header is line 1.")
    column: str = pa.Field(description="Column in that file.")
    question: str = pa.Field(nullable=True, description="Interview question the figure answers, in our words.")
    description: str = pa.Field(nullable=True, description="What is measured, in our words.")
    note: str = pa.Field(nullable=True, description="Anything a reader should know.")
    is_corrected: bool = pa.Field(description="A line of corrections.csv changed what was read: see audit.correction.")
    published_on: DAY = pa.Field(nullable=True, description="Day its document was published; null where the document shows none.")
    ingested_at: MOMENT = pa.Field(description="When this project first read the figure in this source (UTC).")
    withdrawn_on: DAY = pa.Field(
        nullable=True, description="Day on which this project first read the source without it, where that means that it was withdrawn."
    )
    known_from: DAY = pa.Field(
        description="Day since which the figure is known: its publication; the day it was first read where there is none, where it was still to come, or where the same document had printed another figure in its place."
    )
    known_to: DAY = pa.Field(
        nullable=True,
        description="Day since which it no longer holds, because it was withdrawn or a better figure is known (not included); null while it holds; known_from where it never held.",
    )
    vintage: int = pa.Field(ge=1, description="Its place among all figures for the same thing; of those known on a day the last one holds.")
    is_current: bool = pa.Field(
        description="The figure that holds for its indicator, area and period: latest publication, then release stage, then precedence."
    )


class FactTarget(Contract):
    """One row is one target that one source states."""

    target_key: int = pa.Field(unique=True, description="Key of the statement; the same while its content of the file is the present one.")
    indicator_key: int = pa.Field(description="core.dim_indicator.")
    area_key: int = pa.Field(description="core.dim_area: the version the target is about.")
    period_key: int = pa.Field(description="core.dim_period: the period at whose end the target is due.")
    source_key: int = pa.Field(description="core.dim_source.")
    unit_key: int = pa.Field(nullable=True, description="core.dim_unit: the unit as printed; null for a milestone.")
    operator: str = pa.Field(
        isin=OPERATORS,
        description="How a result is compared: >=, <=, =, between, reduce_by. From the printed words, else from the desired direction.",
    )
    value: VALUE = pa.Field(description="The level to reach, in the indicator's canonical unit; the middle of a printed range.")
    lower: VALUE = pa.Field(nullable=True, description="Lowest value the printed target allows; null for none.")
    upper: VALUE = pa.Field(nullable=True, description="Highest value the printed target allows; null for none.")
    qualifier: str = pa.Field(isin=QUALIFIERS, description="How the target is bounded.")
    obs_status: str = pa.Field(isin=OBS_STATUSES, description="SDMX CL_OBS_STATUS.")
    reduction_pct: VALUE = pa.Field(
        nullable=True, description="Reduction to reach, in per cent of the baseline, where the target prints one."
    )
    baseline_value: VALUE = pa.Field(nullable=True, description="Level the target starts from, where the source states it.")
    baseline_period_code: str = pa.Field(nullable=True, description="Period of that level.")
    growth_reported_pct: VALUE = pa.Field(nullable=True, description="Growth the target stands for, as printed, in per cent.")
    growth_reported_lower_pct: VALUE = pa.Field(nullable=True, description="Lowest growth the printed text allows.")
    growth_reported_upper_pct: VALUE = pa.Field(nullable=True, description="Highest growth the printed text allows.")
    value_as_printed: str = pa.Field(description="The cell as it stands in the file.")
    unit_as_printed: str = pa.Field(nullable=True, description="The unit as it stands in the file.")
    qualifier_as_printed: str = pa.Field(nullable=True, description="The qualifying words as they stand in the file.")
    growth_as_printed: str = pa.Field(nullable=True, description="The growth as it stands in the file.")
    row: int = pa.Field(description="Line in the file of the source; the header is line 1.")
    column: str = pa.Field(description="Column in that file.")
    question: str = pa.Field(nullable=True, description="Interview question the target answers, in our words.")
    description: str = pa.Field(nullable=True, description="What is aimed at, in our words.")
    note: str = pa.Field(nullable=True, description="Anything a reader should know.")
    is_corrected: bool = pa.Field(description="A line of corrections.csv changed what was read: see audit.correction.")
    published_on: DAY = pa.Field(nullable=True, description="Day its document was published; null where the document shows none.")
    ingested_at: MOMENT = pa.Field(description="When this project first read the figure in this source (UTC).")
    withdrawn_on: DAY = pa.Field(
        nullable=True, description="Day on which this project first read the source without it, where that means that it was withdrawn."
    )
    known_from: DAY = pa.Field(
        description="Day since which the figure is known: its publication; the day it was first read where there is none, where it was still to come, or where the same document had printed another figure in its place."
    )
    known_to: DAY = pa.Field(
        nullable=True,
        description="Day since which it no longer holds, because it was withdrawn or a better figure is known (not included); null while it holds; known_from where it never held.",
    )
    vintage: int = pa.Field(ge=1, description="Its place among all figures for the same thing; of those known on a day the last one holds.")
    is_current: bool = pa.Field(
        description="The target that holds for its indicator, area and period: latest publication, then precedence."
    )


class Revision(Contract):
    """One row is one indicator, area and period of which several figures are known: its vintages side by side."""

    role: str = pa.Field(isin=("result", "target"), description="Whether results or targets are compared.")
    indicator_code: str = pa.Field(description="Indicator.")
    area_code: str = pa.Field(description="Area: the version that the last figure is about.")
    area_name_en: str = pa.Field(description="Its English name.")
    period: str = pa.Field(description="Period, as SDMX TIME_PERIOD.")
    vintages: int = pa.Field(ge=2, description="How many figures there are.")
    first_value: VALUE = pa.Field(description="Value of the figure that was known first.")
    first_known_from: DAY = pa.Field(description="Since when.")
    first_status: str = pa.Field(isin=OBS_STATUSES, description="Its release stage (SDMX CL_OBS_STATUS).")
    latest_value: VALUE = pa.Field(nullable=True, description="Value of the figure that holds today; null where all were withdrawn.")
    latest_known_from: DAY = pa.Field(nullable=True, description="Since when.")
    latest_status: str = pa.Field(nullable=True, isin=OBS_STATUSES, description="Its release stage.")
    change: VALUE = pa.Field(nullable=True, description="Latest minus first, in the indicator's unit.")
    change_pct: VALUE = pa.Field(
        nullable=True, description="The same in per cent of the first; null where that is 0, and for figures in per cent."
    )
    values_over_time: str = pa.Field(description="Every figure with its day and release stage, in the order in which they were known.")

    class Config:
        """One row a series, period and role."""

        unique = ["role", "indicator_code", "area_code", "area_name_en", "period"]


class AttainmentRule(Contract):
    """One row is one threshold of a preset that turns its metric into a status."""

    preset: str = pa.Field(description="Name of the preset.")
    metric: str = pa.Field(isin=METRICS, description="What the threshold is compared with; see docs/method.md.")
    status: str = pa.Field(
        isin=("achieved", "on_track", "at_risk", "off_track", "reversing"), description="Status from the threshold up to the next."
    )
    at_least: VALUE = pa.Field(nullable=True, description="Lowest value of the metric for this status; null for none.")
    more_than: VALUE = pa.Field(nullable=True, description="The same where that value itself does not earn the status yet.")
    method_status: str = pa.Field(description="What the method's publisher calls this status.")
    method_source: str = pa.Field(description="Title and address of the method.")

    class Config:
        """A status has one threshold in a preset and metric."""

        unique = ["preset", "metric", "status"]

    @pa.dataframe_check(description="A threshold is one bound or none, never two.")
    def _a_threshold_is_one_bound(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("at_least").is_null() | pl.col("more_than").is_null())

    @pa.dataframe_check(description="A preset measures the way to a target in one manner.")
    def _a_preset_measures_in_one_manner(cls, data: pa.PolarsData) -> pl.LazyFrame:
        ways = pl.col("metric").filter(pl.col("metric").is_in(WAYS_TO_MEASURE))
        return data.lazyframe.select(ways.n_unique().over("preset") == 1)
