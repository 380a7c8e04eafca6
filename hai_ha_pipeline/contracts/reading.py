"""Contracts of what is read and judged: statements, figures, the files they come from, and their corrections."""

import pandera.polars as pa
import polars as pl

from hai_ha_pipeline.contracts.rejections import RULE_NAMES
from hai_ha_pipeline.contracts.types import (
    DAY,
    GROWTH_BASES,
    MOMENT,
    OBS_STATUSES,
    QUALIFIERS,
    RELEASES,
    ROLES,
    STATES,
    VALUE,
    Contract,
    polars_schema,
)


class Statement(Contract):
    """One row is one cell that can hold a figure, as text, before anything is judged, or one damaged record of a file."""

    statement_key: int = pa.Field(unique=True, ge=0, description="File (31-bit hash of source and file) and position of the cell in it.")
    source: str = pa.Field(description="Folder under sources/.")
    resource: str = pa.Field(description="Resource in the descriptor.")
    file: str = pa.Field(description="File inside the folder.")
    row: int = pa.Field(ge=1, description="Line of the record in the file; the header is line 1.")
    byte_offset: int = pa.Field(nullable=True, description="Where a damaged record begins in the file, in bytes from 0; null for a cell.")
    column: str = pa.Field(nullable=True, description="Column that holds the figure; null for a damaged record.")
    indicator: str = pa.Field(nullable=True, description="Indicator, as named by the source or mapped by its descriptor.")
    area: str = pa.Field(nullable=True, description="Area, as named by the source or mapped by its descriptor.")
    period: str = pa.Field(nullable=True, description="Period, as named by the source or mapped by its descriptor.")
    role: str = pa.Field(nullable=True, description="result, target or baseline; null means result.")
    value: str = pa.Field(nullable=True, description="The figure to read: as printed, unless a correction or a named word replaces it.")
    unit: str = pa.Field(nullable=True, description="Unit, as printed or mapped.")
    qualifier: str = pa.Field(nullable=True, description="Words that bound or grade the figure, e.g. `more than`.")
    growth: str = pa.Field(nullable=True, description="Growth printed beside the figure.")
    growth_basis: str = pa.Field(
        nullable=True, description="What the growth compares with; null means the same period of the previous year."
    )
    plan_fulfilment: str = pa.Field(nullable=True, description="Printed share of the plan that is fulfilled.")
    status: str = pa.Field(nullable=True, description="Release stage: SDMX code or word.")
    baseline: str = pa.Field(nullable=True, description="Level the target starts from.")
    baseline_period: str = pa.Field(nullable=True, description="Period of that level.")
    address: str = pa.Field(nullable=True, description="Address of the document.")
    title: str = pa.Field(nullable=True, description="Title of the document.")
    published_on: str = pa.Field(nullable=True, description="Day, month or year of publication; `~` in front where inferred.")
    question: str = pa.Field(nullable=True, description="Interview question the figure answers, in our words.")
    description: str = pa.Field(nullable=True, description="What is measured, in our words.")
    note: str = pa.Field(nullable=True, description="Anything a reader should know.")
    value_as_printed: str = pa.Field(nullable=True, description="The cell as it stands in the file; for a damaged record, the record.")
    unit_as_printed: str = pa.Field(nullable=True, description="The unit's cell as it stands in the file.")
    growth_as_printed: str = pa.Field(nullable=True, description="The growth's cell as it stands in the file.")
    decimal_char: str = pa.Field(nullable=True, description="Declared decimal mark of the figure.")
    group_char: str = pa.Field(nullable=True, description="Declared grouping mark of the figure; empty for none.")
    language: str = pa.Field(nullable=True, description="Declared language of the words.")
    precedence: int = pa.Field(description="Declared precedence of the source; the lowest wins.")
    is_missing: bool = pa.Field(description="The cell holds a declared missing mark.")
    is_corrected: bool = pa.Field(description="A line of corrections.csv changed what is read.")
    is_settled: bool = pa.Field(
        description="A line of corrections.csv is about the figure: somebody has looked, so its size is not doubted again."
    )
    round_to: int = pa.Field(nullable=True, ge=0, le=6, description="Decimals to keep, where the descriptor says so.")
    rule: str = pa.Field(nullable=True, isin=RULE_NAMES, description="Why the record could not be read; null where it could.")
    reason: str = pa.Field(nullable=True, description="The same in a sentence.")


class JudgedFigure(Contract):
    """One row is one statement, read and judged: accepted, rejected with its reason, or declared missing."""

    statement_key: int = pa.Field(unique=True, ge=0, description="The statement that was judged.")
    source: str = pa.Field(description="Folder under sources/.")
    resource: str = pa.Field(description="Resource in the descriptor.")
    file: str = pa.Field(description="File inside the folder.")
    row: int = pa.Field(ge=1, description="Line of the record in the file; the header is line 1.")
    byte_offset: int = pa.Field(nullable=True, description="Where a damaged record begins in the file, in bytes from 0; null for a cell.")
    column: str = pa.Field(nullable=True, description="Column that holds the figure; null for a damaged record.")
    verdict: str = pa.Field(isin=("accepted", "rejected", "missing"), description="accepted, rejected, or a cell declared missing.")
    rule: str = pa.Field(nullable=True, isin=RULE_NAMES, description="Rule that rejected it; null otherwise.")
    field: str = pa.Field(nullable=True, description="Field of the statement that broke the rule.")
    text: str = pa.Field(nullable=True, description="That field as it was read.")
    reason: str = pa.Field(nullable=True, description="The rule in a sentence, with the nearest known names where a name is unknown.")
    role: str = pa.Field(nullable=True, isin=ROLES, description="result, target or baseline.")
    indicator_code: str = pa.Field(nullable=True, description="Indicator.")
    area_code: str = pa.Field(nullable=True, description="Area.")
    area_valid_from: DAY = pa.Field(nullable=True, description="First day of the area's version that the figure is about.")
    period_code: str = pa.Field(nullable=True, description="Period, as SDMX TIME_PERIOD.")
    value: VALUE = pa.Field(nullable=True, description="The figure in the indicator's canonical unit; the middle of a printed range.")
    lower: VALUE = pa.Field(nullable=True, description="Lowest value the printed figure allows; null for none.")
    upper: VALUE = pa.Field(nullable=True, description="Highest value the printed figure allows; null for none.")
    qualifier: str = pa.Field(nullable=True, isin=QUALIFIERS, description="How the figure is bounded.")
    obs_status: str = pa.Field(nullable=True, isin=OBS_STATUSES, description="Release stage (SDMX CL_OBS_STATUS).")
    whole_value: VALUE = pa.Field(nullable=True, description="The whole a printed part belongs to: 9 of 9.")
    is_reduction: bool = pa.Field(description="The figure was printed as a reduction.")
    reduction_pct: VALUE = pa.Field(nullable=True, description="Printed reduction in per cent of the baseline.")
    baseline_value: VALUE = pa.Field(nullable=True, description="Level the figure starts from, in the canonical unit.")
    baseline_period_code: str = pa.Field(nullable=True, description="Period of that level.")
    growth_pct: VALUE = pa.Field(nullable=True, description="Growth as printed, in per cent; an index of 107.2 is a growth of 7.2.")
    growth_lower_pct: VALUE = pa.Field(nullable=True, description="Lowest growth the printed text allows; null for none.")
    growth_upper_pct: VALUE = pa.Field(nullable=True, description="Highest growth the printed text allows; null for none.")
    growth_change: VALUE = pa.Field(nullable=True, description="Growth printed as a change, in the canonical unit: 50,100 visits more.")
    growth_basis: str = pa.Field(nullable=True, isin=GROWTH_BASES, description="What the printed growth compares with.")
    plan_fulfilment_pct: VALUE = pa.Field(nullable=True, description="Share of the plan fulfilled, as printed, in per cent.")
    plan_fulfilment_lower_pct: VALUE = pa.Field(nullable=True, description="Lowest share the printed text allows; null for none.")
    plan_fulfilment_upper_pct: VALUE = pa.Field(nullable=True, description="Highest share the printed text allows; null for none.")
    plan_fulfilment_qualifier: str = pa.Field(
        nullable=True, isin=QUALIFIERS, description="How that share is bounded; null where it is not."
    )
    unit_code: str = pa.Field(nullable=True, description="Unit as printed, as a code.")
    value_as_printed: str = pa.Field(nullable=True, description="The cell as it stands in the file; for a damaged record, the record.")
    unit_as_printed: str = pa.Field(nullable=True, description="The unit's cell as it stands in the file.")
    qualifier_as_printed: str = pa.Field(nullable=True, description="The qualifying words as they stand in the file.")
    growth_as_printed: str = pa.Field(nullable=True, description="The growth's cell as it stands in the file.")
    address: str = pa.Field(nullable=True, description="Address of the document.")
    title: str = pa.Field(nullable=True, description="Title of the document.")
    published_on: DAY = pa.Field(
        nullable=True, description="Day of publication; the last day of a printed month or year; null where the document shows none."
    )
    is_published_on_inferred: bool = pa.Field(description="The day is inferred from the content, not printed.")
    question: str = pa.Field(nullable=True, description="Interview question the figure answers, in our words.")
    description: str = pa.Field(nullable=True, description="What is measured, in our words.")
    note: str = pa.Field(nullable=True, description="Anything a reader should know.")
    language: str = pa.Field(nullable=True, description="Language of the printed words.")
    precedence: int = pa.Field(description="Declared precedence of the source; the lowest wins.")
    is_corrected: bool = pa.Field(description="A line of corrections.csv changed what was read.")
    is_settled: bool = pa.Field(description="A line of corrections.csv is about the figure.")
    other_value: VALUE = pa.Field(nullable=True, description="The second reading of an ambiguous number, in the canonical unit.")

    @pa.dataframe_check(description="A rejected figure names its rule and reason, an accepted one has none.")
    def _a_rejection_has_a_reason(cls, data: pa.PolarsData) -> pl.LazyFrame:
        rejected = pl.col("verdict") == "rejected"
        return data.lazyframe.select((rejected == pl.col("rule").is_not_null()) & (rejected == pl.col("reason").is_not_null()))


class Figure(JudgedFigure):
    """One row is one statement, read and judged, with when this project first read it."""

    ingested_at: MOMENT = pa.Field(description="When this project first read this figure in this source (UTC); it may have moved since.")
    is_restated: bool = pa.Field(
        description="The same document printed another figure in its place before, or had withdrawn it: so it is known since it was read."
    )


class EarlierFigure(Figure):
    """One row is one figure that an earlier content of a source held and its present files do not; the rest of its series may reject it."""

    content: str = pa.Field(description="Hash of the content of the file in which it stands.")
    withdrawn_at: MOMENT = pa.Field(
        nullable=True, description="When this project first read the source without it (UTC); null where it was only not repeated."
    )


class EarlierFile(Contract):
    """One row is one earlier content of a file of a source, of which figures are kept."""

    source: str = pa.Field(description="Folder under sources/.")
    file: str = pa.Field(description="File inside the folder.")
    sha256: str = pa.Field(description="Hash of that content.")
    ingested_at: MOMENT = pa.Field(description="When this project first read it (UTC).")
    title: str = pa.Field(description="Title of the source.")
    publisher: str = pa.Field(description="Publisher named by its descriptor.")
    licence: str = pa.Field(description="Licence named by its descriptor.")
    address: str = pa.Field(nullable=True, description="Address named by its descriptor, where it names exactly one.")

    class Config:
        """A content of a file stands once."""

        unique = ["source", "file", "sha256"]


class AcceptedFigure(Contract):
    """One row is one figure fit for the facts; a row that breaks this is rejected, and the rest goes on."""

    statement_key: int = pa.Field(unique=True)
    indicator_code: str = pa.Field()
    area_code: str = pa.Field()
    period_code: str = pa.Field(str_matches=r"^\d{4}(-(S|Q)\d|-\d{2}(-\d{2}(/P\d+[DMY])?)?)?$")
    role: str = pa.Field(isin=ROLES)
    value: VALUE = pa.Field()
    lower: VALUE = pa.Field(nullable=True)
    upper: VALUE = pa.Field(nullable=True)
    qualifier: str = pa.Field(isin=QUALIFIERS)
    obs_status: str = pa.Field(isin=OBS_STATUSES)

    class Config:
        """Only the columns a verdict depends on; the others are covered by `Figure`."""

        strict = False
        ordered = False

    @pa.dataframe_check(description="The value lies inside its interval.")
    def _value_lies_inside_its_interval(cls, data: pa.PolarsData) -> pl.LazyFrame:
        value = pl.col("value")
        return data.lazyframe.select(
            (pl.col("lower").is_null() | (pl.col("lower") <= value)) & (pl.col("upper").is_null() | (value <= pl.col("upper")))
        )

    @pa.dataframe_check(description="Only a bound leaves an interval open.")
    def _only_a_bound_leaves_an_interval_open(cls, data: pa.PolarsData) -> pl.LazyFrame:
        is_open = pl.col("lower").is_null() | pl.col("upper").is_null()
        return data.lazyframe.select(~is_open | pl.col("qualifier").is_in(["more_than", "at_least", "nearly", "at_most"]))


class SourceFile(Contract):
    """One row is one file that a source consists of, or one source that could not be read at all."""

    source: str = pa.Field(description="Folder under sources/.")
    file: str = pa.Field(nullable=True, description="File inside the folder; null where the source failed before a file was found.")
    state: str = pa.Field(
        isin=STATES,
        description="loaded; stale: the source fails now and its last good content is used; failed; removed: its folder is gone.",
    )
    message: str = pa.Field(nullable=True, description="Why the source is not loaded, and how to mend it.")
    warnings: str = pa.Field(nullable=True, description="What changed in the shape of the source since its last load, and did not stop it.")
    sha256: str = pa.Field(nullable=True, description="Hash of the file's content.")
    ingested_at: MOMENT = pa.Field(nullable=True, description="When this project first read this content (UTC).")
    records_read: int = pa.Field(ge=0, description="Records in the file, the header and blank lines not counted.")
    cells_read: int = pa.Field(ge=0, description="Cells that can hold a figure, and damaged records.")
    title: str = pa.Field(nullable=True, description="Title of the source.")
    publisher: str = pa.Field(nullable=True, description="Publisher named by the descriptor.")
    licence: str = pa.Field(nullable=True, description="Licence named by the descriptor.")
    address: str = pa.Field(nullable=True, description="Address named by the descriptor, where it names exactly one.")
    completeness: str = pa.Field(
        nullable=True,
        isin=("full", "partial"),
        description="Whether a figure that disappears was withdrawn (full) or only not repeated (partial).",
    )
    release_every: str = pa.Field(nullable=True, isin=RELEASES, description="How often its publisher puts out new figures, as declared.")
    release_days_after: int = pa.Field(
        nullable=True, ge=0, description="Days after the end of a period by which its figures are out at the latest, as declared."
    )

    class Config:
        """A file stands once."""

        unique = ["source", "file"]


class PartRecipe(Contract):
    """One row is one part of all figures, of some areas or some indicators, whose tables are made without the others."""

    part: int = pa.Field(unique=True, ge=0, description="Its number.")
    dimension: str = pa.Field(isin=("area", "indicator"), description="What figures are cut by.")
    content_key: str = pa.Field(description="Hash of all that its tables are made from: its figures, the master data, the code.")
    codes: str = pa.Field(description="The areas or indicators of the part, as JSON.")
    recipe: str = pa.Field(description="Where its figures are kept, by source and load, as JSON.")


STATEMENT_SCHEMA = polars_schema(Statement)
