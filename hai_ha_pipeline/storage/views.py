"""Views of the published warehouse: rows that are stored once and shown together with others. One entry in `VIEWS` each.

They only put tables together; what a row says was decided when the tables were made.
"""

from dataclasses import dataclass

from hai_ha_pipeline.contracts.marts import GrowthHistory
from hai_ha_pipeline.contracts.types import Contract


@dataclass(frozen=True)
class View:
    """A view, the contract that its rows keep, and the tables that it selects from."""

    schema: str
    view: str
    contract: type[Contract]
    tables: tuple[str, ...]
    query: str

    @property
    def name(self) -> str:
        """Its name with its schema."""
        return f"{self.schema}.{self.view}"


VIEWS: tuple[View, ...] = (
    View(
        "marts",
        "growth_history",
        GrowthHistory,
        ("marts.growth", "marts.growth_past"),
        "SELECT *, CAST(NULL AS DATE) AS known_to FROM marts.growth UNION ALL BY NAME FROM marts.growth_past",
    ),
)
