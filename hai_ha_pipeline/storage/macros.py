"""Table macros of the published warehouse: what was known on a day. One entry in `MACROS` each.

They only select; which figure held and what a mart said was decided when the tables were made.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class AsOf:
    """A macro that gives the rows of a table that were known on a day, without the columns `left_out`."""

    signature: str
    table: str
    comment: str
    left_out: tuple[str, ...] = ("known_from", "known_to")
    condition: str = "true"
    of_several: str = ""

    @property
    def name(self) -> str:
        """Its name, with its schema."""
        return self.signature.partition("(")[0]

    @property
    def query(self) -> str:
        """What it selects."""
        day = "CAST(day AS DATE)"
        return (
            f"SELECT * EXCLUDE ({', '.join(self.left_out)}) FROM {self.table} "  # noqa: S608
            f"WHERE known_from <= {day} AND (known_to IS NULL OR {day} < known_to) AND {self.condition}{self.of_several}"
        )


SERIES_OF_AREA = "JOIN (SELECT area_key, area_series_key FROM core.dim_area) USING (area_key)"
LAST_VINTAGE = " QUALIFY vintage = max(vintage) OVER (PARTITION BY indicator_key, area_series_key, period_key)"
"""A figure that holds again since a better one was withdrawn has one window, in which the better one's lies."""

MACROS: tuple[AsOf, ...] = (
    AsOf(
        "core.observation_as_of(day)",
        f"core.fact_observation {SERIES_OF_AREA}",
        "The results that held on a day: core.observation_as_of('2024-07-15').",
        left_out=("known_to", "is_current", "area_series_key"),
        of_several=LAST_VINTAGE,
    ),
    AsOf(
        "core.target_as_of(day)",
        f"core.fact_target {SERIES_OF_AREA}",
        "The targets that held on a day: core.target_as_of('2024-07-15').",
        left_out=("known_to", "is_current", "area_series_key"),
        of_several=LAST_VINTAGE,
    ),
    AsOf(
        "marts.attainment_as_of(day, version := 'current', rules := 'pace')",
        "marts.attainment_history",
        "marts.attainment as known on a day. version: the current, original or then_valid target; rules: a preset of core.attainment_rule.",
        left_out=("target_version", "known_from", "known_to"),
        condition="target_version = version AND preset = rules",
    ),
    AsOf("marts.growth_as_of(day)", "marts.growth_history", "marts.growth as known on a day: marts.growth_as_of('2024-07-15')."),
)
