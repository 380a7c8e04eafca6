"""Where the project keeps its files. Every path of the project is named here and nowhere else."""

import os
from dataclasses import dataclass
from pathlib import Path

from hai_ha_pipeline.errors import UserError


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
        """The published DuckDB file."""
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
