"""Table macros of the published warehouse: what was known on a day. One entry in `MACROS` each.

They only select; which figure held and what a mart said was decided when the tables were made.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class AsOf:
    """A macro that gives the rows of a table that were known on a day, without the columns `left_out`.

    `series` names the columns that figures about the same thing share, where windows of several of them can hold one day.
    """

    signature: str
    table: str
    comment: str
    left_out: tuple[str, ...] = ("known_from", "known_to")
    condition: str = "true"
    series: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name, with its schema."""
        return self.signature.partition("(")[0]

    @property
    def query(self) -> str:
        """What it selects."""
        day = "CAST(day AS DATE)"
        known = f"{self.table} WHERE known_from <= {day} AND (known_to IS NULL OR {day} < known_to) AND {self.condition}"
        if self.series:
            known = _not_hidden(known, self.series)
        return f"SELECT * EXCLUDE ({', '.join(self.left_out)}) FROM {known}"  # noqa: S608


def _not_hidden(known: str, series: tuple[str, ...]) -> str:
    """The figures known on a day but for those that a better one hides.

    A figure that holds again since a better one was withdrawn has one window, in which the better one's lies. So only what was
    withdrawn hides another, and nothing else has to be compared.
    """
    same = " AND ".join(f"figure.{column} = better.{column}" for column in series)
    better = f"(FROM {known} AND withdrawn_on IS NOT NULL) AS better"
    return f"(FROM {known}) AS figure ANTI JOIN {better} ON {same} AND figure.vintage < better.vintage"


SERIES_OF_AREA = "JOIN (SELECT area_key, area_series_key FROM core.dim_area) USING (area_key)"
SERIES = ("indicator_key", "area_series_key", "period_key")

MACROS: tuple[AsOf, ...] = (
    AsOf(
        "core.observation_as_of(day)",
        f"core.fact_observation {SERIES_OF_AREA}",
        "The results that held on a day: core.observation_as_of('2024-07-15').",
        left_out=("known_to", "is_current", "area_series_key"),
        series=SERIES,
    ),
    AsOf(
        "core.target_as_of(day)",
        f"core.fact_target {SERIES_OF_AREA}",
        "The targets that held on a day: core.target_as_of('2024-07-15').",
        left_out=("known_to", "is_current", "area_series_key"),
        series=SERIES,
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
