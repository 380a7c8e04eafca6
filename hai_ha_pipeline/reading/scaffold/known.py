"""What guessing needs to know of the world: which words name something known. Whoever guesses brings it along."""

from collections.abc import Iterable
from typing import Protocol

from hai_ha_pipeline.reading.descriptor import StatementField


class Known(Protocol):
    """The master data and the words that figures are read with."""

    def codes(self, field: StatementField, texts: Iterable[str]) -> dict[str, str]:
        """The code of each text that is known as this field of a statement."""
        ...

    def nearest(self, field: StatementField, texts: Iterable[str]) -> dict[str, list[str]]:
        """The codes that come nearest to each text, the nearest first."""
        ...

    def scaled_unit(self, code: str, power_of_ten: int) -> str | None:
        """The unit of the same quantity that is 10^n times this one."""
        ...
