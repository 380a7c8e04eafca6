"""Where the project keeps its files, and what can be set. Every path and every variable of the project is named here and nowhere else."""

import os
from dataclasses import dataclass
from pathlib import Path

from hai_ha_pipeline.errors import UserError

# What BI tools ship reads the first; DuckDB 1.0 and later read the second, which is written slower.
STORAGE_VERSIONS = ("v1.4.0", "v1.0.0")
FEWEST_GENERATIONS = 2


@dataclass(frozen=True)
class Project:
    """The folders of one project; `root` holds `sources/` and `warehouse/`."""

    root: Path

    @property
    def sources(self) -> Path:
        """Inputs: one folder for each source, and `reference/`."""
        return self.root / "sources"

    @property
    def warehouse(self) -> Path:
        """Everything that is generated, and the SQL and catalogue that people read."""
        return self.root / "warehouse"

    @property
    def database(self) -> Path:
        """The published DuckDB file: a link that leads to the generation that is published."""
        return self.warehouse / "hai_ha.duckdb"

    @property
    def report(self) -> Path:
        """The published page for readers."""
        return self.warehouse / "report" / "index.html"

    @property
    def stage(self) -> Path:
        """Parquet that the steps of a run exchange."""
        return self.warehouse / "stage"

    @property
    def archive(self) -> Path:
        """Content-addressed copies of every file that ever loaded, and when each was first seen."""
        return self.warehouse / "archive"

    @property
    def dagster_home(self) -> Path:
        """Run history of Dagster."""
        return self.warehouse / "dagster"


def storage_version() -> str:
    """The storage format of the published file: `HAI_HA_STORAGE_VERSION`, else that which DuckDB 1.4 and later read."""
    named = os.environ.get("HAI_HA_STORAGE_VERSION") or STORAGE_VERSIONS[0]
    if named not in STORAGE_VERSIONS:
        raise UserError(f"HAI_HA_STORAGE_VERSION={named}", "is no storage format that is published", f"use {' or '.join(STORAGE_VERSIONS)}")
    return named


def generations_kept() -> int:
    """How many generations are kept beside each other: `HAI_HA_GENERATIONS_KEPT`, else 10."""
    named = os.environ.get("HAI_HA_GENERATIONS_KEPT") or "10"
    if not named.isdecimal() or int(named) < FEWEST_GENERATIONS:
        mend = f"write a whole number from {FEWEST_GENERATIONS}: a reader may be opening the generation before"
        raise UserError(f"HAI_HA_GENERATIONS_KEPT={named}", "is no number of generations to keep", mend)
    return int(named)


def project() -> Project:
    """The project at `HAI_HA_PROJECT`, else at the working directory, else the one this package stands in."""
    named = os.environ.get("HAI_HA_PROJECT")
    if named:
        if not (Path(named) / "sources").is_dir():
            raise UserError(
                f"HAI_HA_PROJECT={named}", "there is no folder sources/ in it", "name the folder that holds sources/, or unset it"
            )
        return Project(Path(named).resolve())
    here = Path.cwd()
    return Project(here if (here / "sources").is_dir() else Path(__file__).resolve().parent.parent)


def exports_are_wanted() -> bool:
    """Whether a publication also writes files beside the database: `HAI_HA_EXPORTS=off` leaves them out, as a benchmark wants."""
    chosen = os.environ.get("HAI_HA_EXPORTS", "on")
    if chosen not in {"on", "off"}:
        raise UserError(f"HAI_HA_EXPORTS={chosen}", "this setting is on or off", "set it to off to publish no exports, or unset it")
    return chosen == "on"
