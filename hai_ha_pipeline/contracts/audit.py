"""Contracts of the audit tables: what was read, what was set aside, and why."""

import pandera.polars as pa
import polars as pl

from hai_ha_pipeline.contracts.rejections import RULE_NAMES
from hai_ha_pipeline.contracts.types import DAY, MOMENT, RELEASES, STATES, Contract


class Rejected(Contract):
    """One row is one figure, or one damaged record, that was read and not loaded."""

    statement_key: int = pa.Field(unique=True, description="Key of the statement.")
    source: str = pa.Field(description="Folder under sources/.")
    file: str = pa.Field(description="File inside the folder.")
    content: str = pa.Field(
        nullable=True, description="Hash of the earlier content of the file in which it stands; null for the present one."
    )
    row: int = pa.Field(description="Line in that file; the header is line 1.")
    byte_offset: int = pa.Field(nullable=True, description="Where a damaged record begins in the file, in bytes from 0.")
    column: str = pa.Field(nullable=True, description="Column of the figure; null for a damaged record.")
    field: str = pa.Field(nullable=True, description="Part of the statement that broke the rule.")
    text: str = pa.Field(nullable=True, description="That part as it was read.")
    value_as_printed: str = pa.Field(nullable=True, description="The figure, or the damaged record, as it stands in the file.")
    rule: str = pa.Field(isin=RULE_NAMES, description="Rule that was broken, as `docs/rejections.md` explains it.")
    reason: str = pa.Field(description="The rule in a sentence, with what would mend it.")


class FileCount(Contract):
    """One row is one file with what became of its figures."""

    source: str = pa.Field(description="Folder under sources/.")
    file: str = pa.Field(description="File inside the folder.")
    figures_loaded: int = pa.Field(ge=0, description="Rows of the facts that come from this file.")
    figures_rejected: int = pa.Field(ge=0, description="Rows of audit.rejected that come from this file.")
    cells_missing: int = pa.Field(ge=0, description="Cells with a declared missing mark.")
    last_result_on: DAY = pa.Field(nullable=True, description="Last day of the last period of which the file has a result.")

    class Config:
        """A file stands once."""

        unique = ["source", "file"]


class Load(Contract):
    """One row is one file of a source: what was read and what became of it; the counts add up."""

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
    cells_read: int = pa.Field(ge=0, description="Cells that can hold a figure, and damaged records, as counted while reading.")
    figures_loaded: int = pa.Field(ge=0, description="Rows of the facts that come from this file.")
    figures_rejected: int = pa.Field(ge=0, description="Rows of audit.rejected that come from this file.")
    cells_missing: int = pa.Field(ge=0, description="Cells with a declared missing mark.")
    last_result_on: DAY = pa.Field(
        nullable=True, description="Last day of the last period of which the file has a result, forecasts aside."
    )
    release_every: str = pa.Field(nullable=True, isin=RELEASES, description="How often its publisher puts out new figures, as declared.")
    release_days_after: int = pa.Field(
        nullable=True, ge=0, description="Days after the end of a period by which its figures are out at the latest, as declared."
    )

    class Config:
        """A file stands once."""

        unique = ["source", "file"]

    @pa.dataframe_check(description="cells_read = figures_loaded + figures_rejected + cells_missing, for every file.")
    def _counts_add_up(cls, data: pa.PolarsData) -> pl.LazyFrame:
        accounted = pl.col("figures_loaded") + pl.col("figures_rejected") + pl.col("cells_missing")
        return data.lazyframe.select(pl.col("cells_read") == accounted)


class Difference(Contract):
    """One row is a source: how its figures differ from those of the load before, as accepted by themselves."""

    source: str = pa.Field(unique=True, description="Folder under sources/.")
    loaded_at: MOMENT = pa.Field(description="When this content of the source was first loaded (UTC).")
    compared_with: MOMENT = pa.Field(nullable=True, description="When the content before it was first loaded; null for the first one.")
    figures_new: int = pa.Field(ge=0, description="Figures about something the load before had no figure of.")
    figures_revised: int = pa.Field(ge=0, description="Figures whose value, bounds, release stage, growth or fulfilment changed.")
    figures_withdrawn: int = pa.Field(
        ge=0, description="Figures of the load before that are gone; of a partial source they are only not repeated."
    )
    figures_unchanged: int = pa.Field(ge=0, description="Figures that are the same.")
    examples: str = pa.Field(nullable=True, description="The first revised figures, before and after.")


class EarlierLoad(Contract):
    """One row is an earlier content of a source, read again from its retained files by today's code and master data."""

    source: str = pa.Field(description="Folder under sources/.")
    loaded_at: MOMENT = pa.Field(description="When it was first loaded (UTC).")
    figures_loaded: int = pa.Field(ge=0, description="Figures that were accepted when it was loaded.")
    figures_accepted: int = pa.Field(ge=0, description="Figures of it that are accepted today.")
    message: str = pa.Field(nullable=True, description="Why it cannot be read again; null where it can.")

    class Config:
        """A source has one load at a time."""

        unique = ["source", "loaded_at"]


class Correction(Contract):
    """One row is one line of a corrections.csv whose expectation held, so that it was applied."""

    source: str = pa.Field(description="Folder under sources/.")
    file: str = pa.Field(description="File that the correction is about.")
    row: int = pa.Field(ge=1, description="Line in that file; the header is line 1.")
    column: str = pa.Field(description="Column in that file.")
    expected: str = pa.Field(description="The cell as it stands in the file.")
    corrected: str = pa.Field(description="What is read instead.")
    reason: str = pa.Field(description="The evidence.")
    since: str = pa.Field(description="Day the correction was made.")

    class Config:
        """A cell is corrected once."""

        unique = ["source", "file", "row", "column"]


class Build(Contract):
    """One row is what this warehouse was built from."""

    fingerprint: str = pa.Field(description="Hash of all files under sources/ and of the code that read them.")


class Generation(Contract):
    """One row is which publication of the warehouse this is."""

    generation: int = pa.Field(ge=1, description="Its number, as in manifest.json; each new content has the next one.")
    published_at: MOMENT = pa.Field(description="When it was published (UTC).")


class Part(Contract):
    """One row is one part of the large tables, and what it was made from; without rows where nothing was made part by part."""

    part: int = pa.Field(
        ge=0, unique=True, description="Its number, from 0; the rows of the large tables stand in this order when all are written."
    )
    dimension: str = pa.Field(isin=("area", "indicator"), description="How the tables are cut: into areas or into indicators.")
    content_key: str = pa.Field(description="Hash of the figures, master data and code that its rows were made from.")
    codes: str = pa.Field(description="Codes of the areas or indicators whose rows it holds, as a JSON list.")
    tables: str = pa.Field(description="Names of the tables that are cut, as a JSON list.")
