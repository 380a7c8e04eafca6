"""How the large tables are cut, so that a publication can replace the parts that changed, and how a generation says it: `audit.part`.

How tables are made part by part is no matter of storage; how parts are replaced is `increment.py`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from hai_ha_pipeline.contracts.types import Contract, columns
from hai_ha_pipeline.storage.quoting import quoted

PART = "audit.part"
Row = tuple[int, str, str, str, str]


@dataclass(frozen=True)
class Parts:
    """How the large tables are cut: by "area" or "indicator".

    Of each part, in order: its content key, and the codes whose rows it holds; every code of the master data is in exactly one.
    `tables` names the tables that are cut.
    """

    dimension: str
    keys: list[str]
    codes: list[list[str]]
    tables: frozenset[str]

    def rows(self) -> list[Row]:
        """What `audit.part` says of them."""
        tables = json.dumps(sorted(self.tables))
        return [
            (part, self.dimension, key, json.dumps(codes, ensure_ascii=False), tables)
            for part, (key, codes) in enumerate(zip(self.keys, self.codes, strict=True))
        ]

    def changed_since(self, published: Iterable[Row]) -> list[int] | None:
        """The parts whose content key is another one; none where the tables were cut otherwise."""
        before, now = sorted(published), self.rows()
        if not now or [_cut(row) for row in before] != [_cut(row) for row in now]:
            return None
        return [new[0] for old, new in zip(before, now, strict=True) if old != new]

    def condition(self, parts: Iterable[int], contract: type[Contract], catalog: str) -> str:
        """SQL that is true for the rows of some parts, in a table of this contract in an attached database."""
        code, key = f"{self.dimension}_code", f"{self.dimension}_key"
        codes = ", ".join(f"'{quoted(each)}'" for part in parts for each in self.codes[part])
        if not codes:
            return "false"
        if code in {column.name for column in columns(contract)}:
            return f"{code} IN ({codes})"
        return f"{key} IN (SELECT {key} FROM {catalog}.core.dim_{self.dimension} WHERE {code} IN ({codes}))"  # noqa: S608


def _cut(row: Row) -> tuple[object, ...]:
    """How a part is cut: all that is said of it but its content key."""
    part, dimension, _, codes, tables = row
    return part, dimension, codes, tables
