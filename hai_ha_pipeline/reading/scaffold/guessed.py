"""What is guessed of one resource: the fields of its descriptor, each with its reasons or doubts."""

from dataclasses import dataclass, field
from typing import Literal

from hai_ha_pipeline.reading.descriptor import StatementField
from hai_ha_pipeline.reading.scaffold.columns import Meaning
from hai_ha_pipeline.reading.scaffold.figures import NumberFormat
from hai_ha_pipeline.reading.scaffold.grid import Grid
from hai_ha_pipeline.reading.scaffold.opened import Opened

CHANGE = "CHANGE-ME"  # names nothing that is known, so every figure with it is rejected until a person has written the right word
Place = Literal["encoding", "dialect", "schema", "columns", "values", "constants", "file_name", "names"]
Names = dict[StatementField, dict[str, str]]


@dataclass(frozen=True)
class File:
    """One file with its table."""

    opened: Opened
    grid: Grid


@dataclass
class Guess:
    """One resource as guessed: its files of one shape, and what the descriptor will say of them.

    `unknown` has the words that a person must map, each with the nearest codes; `totals` areas that may be no area at all.
    """

    files: list[File]
    meaning: Meaning
    language: str | None
    formats: dict[str, NumberFormat]
    marks: list[str]
    pattern: str | None = None
    values: dict[str, dict[StatementField, str]] = field(default_factory=dict)
    columns: dict[StatementField, str] = field(default_factory=dict)
    constants: dict[StatementField, str] = field(default_factory=dict)
    file_name: str | None = None
    names: Names = field(default_factory=dict)
    unknown: dict[StatementField, dict[str, list[str]]] = field(default_factory=dict)
    totals: list[str] = field(default_factory=list)
    fill_down: list[str] = field(default_factory=list)
    headings: StatementField | None = None
    round_to: int | None = None
    why: list[str] = field(default_factory=list)
    doubts: list[tuple[Place, str]] = field(default_factory=list)

    @property
    def grid(self) -> Grid:
        """The table of the first file; the others have its shape."""
        return self.files[0].grid

    @property
    def records(self) -> int:
        """How many records all files hold."""
        return sum(len(file.grid.records) for file in self.files)

    def doubt(self, place: Place, said: str) -> None:
        """Note what is not certain about one key."""
        self.doubts.append((place, said))
