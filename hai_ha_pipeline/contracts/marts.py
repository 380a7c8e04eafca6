"""Contracts of the marts: the answers that analysts query."""

import pandera.polars as pa
import polars as pl

from hai_ha_pipeline.contracts.types import DAY, DIRECTIONS, MEASURE_KINDS, METRICS, OPERATORS, VALUE, Contract

STATUSES = (
    "achieved", "on_track", "at_risk", "off_track", "reversing", "not_achieved", "undetermined", "no_result", "not_assessable",
)  # fmt: skip


class Attainment(Contract):
    """One row is one target and one result period inside its period; a target without a result has one row."""

    indicator_code: str = pa.Field(description="Indicator.")
    indicator_name_en: str = pa.Field(description="Its English name.")
    indicator_name_vi: str = pa.Field(description="Its Vietnamese name.")
    area_code: str = pa.Field(description="Area.")
    area_name_en: str = pa.Field(description="Its English name.")
    area_name_vi: str = pa.Field(description="Its Vietnamese name.")
    target_period: str = pa.Field(description="Period of the target, as SDMX TIME_PERIOD.")
    result_period: str = pa.Field(nullable=True, description="Period of the result; null without a result.")
    is_latest: bool = pa.Field(description="The last result period of this target.")
    unit_name_en: str = pa.Field(description="Unit of all values in this row.")
    desired_direction: str = pa.Field(isin=DIRECTIONS, description="Which way is better.")
    measure_kind: str = pa.Field(isin=MEASURE_KINDS, description="flow, stock, ratio or milestone.")
    target_operator: str = pa.Field(isin=OPERATORS, description="How the result is compared with the target.")
    target_value: VALUE = pa.Field(description="Level to reach; for a reduction, the level after it.")
    target_lower: VALUE = pa.Field(nullable=True, description="Lowest value the printed target allows.")
    target_upper: VALUE = pa.Field(nullable=True, description="Highest value the printed target allows.")
    target_as_printed: str = pa.Field(description="The target as printed, with its words and unit.")
    baseline_value: VALUE = pa.Field(
        nullable=True,
        description="Level the target starts from: stated with the target, else the last result before its period (stocks and ratios).",
    )
    baseline_period: str = pa.Field(nullable=True, description="Period of that level.")
    result_value: VALUE = pa.Field(nullable=True, description="The result.")
    result_lower: VALUE = pa.Field(nullable=True, description="Lowest value the printed result allows.")
    result_upper: VALUE = pa.Field(nullable=True, description="Highest value the printed result allows.")
    result_as_printed: str = pa.Field(
        nullable=True, description="The result as printed, with its words and unit; a derived one says what it is the sum of."
    )
    is_derived: bool = pa.Field(description="The result is the sum of the successors of an abolished area: no source prints it.")
    fulfilment_pct: VALUE = pa.Field(nullable=True, description="100 x result / target: the plan fulfilment of plan statistics.")
    fulfilment_reason: str = pa.Field(nullable=True, description="Why there is no fulfilment.")
    fulfilment_reported_pct: VALUE = pa.Field(nullable=True, description="Plan fulfilment as the source prints it.")
    fulfilment_reported_qualifier: str = pa.Field(
        nullable=True, description="How it is bounded there, e.g. more_than; null where it is not."
    )
    progress_pct: VALUE = pa.Field(
        nullable=True, description="100 x (result - baseline) / (target - baseline): the way covered from the baseline."
    )
    progress_reason: str = pa.Field(nullable=True, description="Why there is no progress.")
    reduction_pct: VALUE = pa.Field(nullable=True, description="100 x (baseline - result) / baseline, for indicators that should fall.")
    expected_pct: VALUE = pa.Field(nullable=True, description="Share of the target expected by the end of the result period (flows only).")
    expected_basis: str = pa.Field(
        nullable=True,
        isin=("seasonal", "elapsed_days"),
        description="seasonal: the same months' share of last year; elapsed_days: days passed.",
    )
    pace_ratio: VALUE = pa.Field(nullable=True, description="Fulfilment over what was expected; 1 is exactly on plan (flows only).")
    gap: VALUE = pa.Field(nullable=True, description="Target minus result.")
    required_per_month: VALUE = pa.Field(nullable=True, description="What each remaining month must bring (flows only).")
    status: str = pa.Field(isin=STATUSES, description="Verdict; see status_reason.")
    status_reason: str = pa.Field(description="The verdict in a sentence, with its figures.")
    preset: str = pa.Field(description="Method and thresholds that gave the status: core.attainment_rule.")
    preset_metric: str = pa.Field(isin=METRICS, description="What that preset measures this row by.")
    preset_ratio: VALUE = pa.Field(nullable=True, description="That measure, as its thresholds are compared with it.")
    preset_reason: str = pa.Field(nullable=True, description="Why there is none.")
    observed_per_year: VALUE = pa.Field(
        nullable=True, description="Change a year so far: in per cent (statcan_2025, un_2023), in units (dns); null for pace."
    )
    required_per_year: VALUE = pa.Field(nullable=True, description="Change a year that leads to the target, in the same measure.")
    projected_value: VALUE = pa.Field(nullable=True, description="Level at the target's last day if that change goes on (un_2023, dns).")
    target_key: int = pa.Field(description="core.fact_target.")
    observation_key: int = pa.Field(nullable=True, description="core.fact_observation; null without a result and for a derived one.")
    target_source_key: int = pa.Field(description="core.dim_source of the target.")
    result_source_key: int = pa.Field(nullable=True, description="core.dim_source of the result; null likewise.")
    target_period_last_day: DAY = pa.Field(description="Day the target is due.")
    result_period_last_day: DAY = pa.Field(nullable=True, description="Day the result stands at.")

    class Config:
        """One row a target and result period."""

        unique = ["target_key", "result_period"]

    @pa.dataframe_check(description="No result, no figures from one; and the other way round.")
    def _no_result_is_said(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select((pl.col("status") == "no_result") == pl.col("result_value").is_null())

    @pa.dataframe_check(description="A missing fulfilment has its reason.")
    def _a_missing_fulfilment_has_its_reason(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("fulfilment_pct").is_null() == pl.col("fulfilment_reason").is_not_null())

    @pa.dataframe_check(description="A missing measure of the preset has its reason.")
    def _a_missing_measure_has_its_reason(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("preset_ratio").is_null() == pl.col("preset_reason").is_not_null())

    @pa.dataframe_check(description="Fulfilment times target gives the result back, within rounding.")
    def _fulfilment_gives_the_result_back(cls, data: pa.PolarsData) -> pl.LazyFrame:
        back = pl.col("fulfilment_pct").cast(pl.Float64) / 100 * pl.col("target_value").cast(pl.Float64)
        tolerance = 1e-6 + pl.col("target_value").cast(pl.Float64).abs() * 1e-8
        return data.lazyframe.select(((back - pl.col("result_value").cast(pl.Float64)).abs() <= tolerance).fill_null(value=True))


class AttainmentByPreset(Attainment):
    """One row is one target, one result period inside its period, and one preset."""

    class Config:
        """One row a target, result period and preset."""

        unique = ["target_key", "result_period", "preset"]


TARGET_VERSIONS = ("current", "original", "then_valid")
KNOWN_FROM = pa.Field(description="Day since which this row is what was known.")
KNOWN_TO = pa.Field(nullable=True, description="Day from which on it no longer is (not included); null while it holds.")


class AttainmentHistory(Attainment):
    """One row is a row of `attainment` as it was known for a while, against one version of its target."""

    target_version: str = pa.Field(
        isin=TARGET_VERSIONS,
        description="Which statement of the target: the current one, the original (known first), or the one valid when the result's period ended.",
    )
    known_from: DAY = KNOWN_FROM
    known_to: DAY = KNOWN_TO

    class Config:
        """One row a target's version, result period, preset and day since which it is known."""

        unique = ["target_version", "preset", "indicator_code", "area_code", "area_name_en", "target_period", "result_period", "known_from"]


class GrowthOnADay(Contract):
    """One row is one indicator, area and period, with one comparison, by the figures of one day."""

    indicator_code: str = pa.Field(description="Indicator.")
    indicator_name_en: str = pa.Field(description="Its English name.")
    indicator_name_vi: str = pa.Field(description="Its Vietnamese name.")
    area_code: str = pa.Field(description="Area.")
    area_name_en: str = pa.Field(description="Its English name.")
    period: str = pa.Field(description="Period, as SDMX TIME_PERIOD.")
    period_last_day: DAY = pa.Field(description="Its last day.")
    comparison: str = pa.Field(isin=("same_period_last_year", "previous_period", "cagr"), description="What the value is compared with.")
    unit_name_en: str = pa.Field(description="Unit of value and base.")
    value: VALUE = pa.Field(description="The value.")
    base_period: str = pa.Field(nullable=True, description="Period it is compared with.")
    base: VALUE = pa.Field(nullable=True, description="The value then, as observed.")
    growth_pct: VALUE = pa.Field(nullable=True, description="100 x (value - base) / base; for cagr the average a year.")
    growth_lower_pct: VALUE = pa.Field(nullable=True, description="Lowest growth that the printed figures allow.")
    growth_upper_pct: VALUE = pa.Field(nullable=True, description="Highest growth that the printed figures allow.")
    growth_reported_pct: VALUE = pa.Field(nullable=True, description="Growth as the source prints it.")
    growth_difference_pp: VALUE = pa.Field(nullable=True, description="Computed minus printed, in percentage points.")
    growth_agreement: str = pa.Field(
        nullable=True, isin=("compatible", "incompatible"), description="Whether bounds and rounding of the printed figures allow both."
    )
    implied_base: VALUE = pa.Field(nullable=True, description="value / (1 + printed growth): a derived value, never an observation.")
    implied_base_lower: VALUE = pa.Field(nullable=True, description="Lowest base that the printed figures allow.")
    implied_base_upper: VALUE = pa.Field(nullable=True, description="Highest base that the printed figures allow; null for none.")
    contribution_pp: VALUE = pa.Field(
        nullable=True, description="(value - base) / base of the parent, in percentage points of the parent's growth."
    )
    contribution_residual_pp: VALUE = pa.Field(
        nullable=True, description="For a parent whose parts are all known: its growth minus their contributions."
    )
    change_pp: VALUE = pa.Field(nullable=True, description="value - base in percentage points, for indicators in per cent.")
    reason: str = pa.Field(nullable=True, description="Why there is no growth.")
    series_end: str = pa.Field(
        nullable=True, description="Why the series goes on no further: its area no longer exists, and its successors give no sum."
    )
    is_derived: bool = pa.Field(description="Value or base is the sum of the successors of an abolished area: no source prints it.")
    observation_key: int = pa.Field(nullable=True, description="core.fact_observation of the value; null where it is derived.")
    base_observation_key: int = pa.Field(
        nullable=True, description="core.fact_observation of the base; null without one and where it is derived."
    )

    class Config:
        """One row a series, period and comparison."""

        unique = ["indicator_code", "area_code", "area_name_en", "period", "comparison"]

    @pa.dataframe_check(description="A missing growth has its reason.")
    def _a_missing_growth_has_its_reason(cls, data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col("growth_pct").is_null() == pl.col("reason").is_not_null())


class Growth(GrowthOnADay):
    """One row is one indicator, area and period, with one comparison."""

    known_from: DAY = KNOWN_FROM


class GrowthHistory(Growth):
    """One row is a row of `growth` as it was known for a while."""

    known_to: DAY = KNOWN_TO

    class Config:
        """One row a series, period, comparison and day since which it is known."""

        unique = ["indicator_code", "area_code", "area_name_en", "period", "comparison", "known_from"]


class GrowthOverTime(GrowthHistory):
    """One row is a row of `growth` as it was known for a while, of families of indicators that became known on several days."""


class GrowthPast(GrowthHistory):
    """One row is a row of `growth` as it was known for a while and is no longer."""

    known_to: DAY = pa.Field(description="Day from which on it no longer is (not included).")


CHECKS = (
    "parts_add_up", "share_matches", "growth_between_parts", "growth_matches", "cumulative_rises", "implied_bases_rise",
    "implied_pace", "plan_fulfilment_matches", "plan_times_fulfilment", "sources_agree", "magnitude_holds",
)  # fmt: skip


class Consistency(Contract):
    """One row is one check of one subject: figures that must agree, and whether their intervals let them."""

    check_name: str = pa.Field(isin=CHECKS, description="What is checked.")
    indicator_code: str = pa.Field(description="Indicator.")
    indicator_name_en: str = pa.Field(description="Its English name.")
    area_code: str = pa.Field(description="Area.")
    area_name_en: str = pa.Field(description="Its English name.")
    period: str = pa.Field(description="Period, as SDMX TIME_PERIOD.")
    role: str = pa.Field(isin=("result", "target"), description="Whether results or targets are checked.")
    verdict: str = pa.Field(
        isin=("consistent", "inconsistent", "undetermined"),
        description="inconsistent: no values inside the printed intervals fit together, or in implied_pace no plausible ones do.",
    )
    expected_lower: VALUE = pa.Field(nullable=True, description="Lowest value that the other figures allow.")
    expected_upper: VALUE = pa.Field(nullable=True, description="Highest value that the other figures allow.")
    found_lower: VALUE = pa.Field(nullable=True, description="Lowest value of the figure itself.")
    found_upper: VALUE = pa.Field(nullable=True, description="Highest value of the figure itself.")
    explanation: str = pa.Field(description="The figures that lead to the verdict.")

    class Config:
        """One row a check and subject."""

        unique = ["check_name", "indicator_code", "area_code", "area_name_en", "period", "role"]
