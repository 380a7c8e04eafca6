"""Which tables leave, under which names and in which order of rows. What a table is stands in its contract."""

from dataclasses import dataclass

from hai_ha_pipeline.contracts.types import Contract, key
from hai_ha_pipeline.tables import LEAVING

LEAVING_SCHEMAS = ("core", "marts")


@dataclass(frozen=True)
class Leaving:
    """A published table that is exported."""

    schema: str
    table: str
    contract: type[Contract]

    @property
    def name(self) -> str:
        """Its name with its schema, in SQL and as the stem of its files."""
        return f"{self.schema}.{self.table}"

    @property
    def order(self) -> str:
        """SQL that puts its rows into an order of their own: by its key, else by all columns."""
        return ", ".join(f'"{column}"' for column in key(self.contract)) or "ALL"


def leaving() -> list[Leaving]:
    """Every dimension, fact and mart, in the order of the flow."""
    return [Leaving(schema, name, contract) for name, (schema, contract) in LEAVING.items() if schema in LEAVING_SCHEMAS]
