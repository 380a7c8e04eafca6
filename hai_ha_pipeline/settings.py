"""Where the project keeps its files, and what can be set. Every path and every variable of the project is named here and nowhere else."""

import os
from dataclasses import dataclass
from pathlib import Path

from hai_ha_pipeline.errors import UserError

# What BI tools ship reads the first; DuckDB 1.0 and later read the second, which is written slower.
STORAGE_VERSIONS = ("v1.4.0", "v1.0.0")
FEWEST_GENERATIONS = 2
EXECUTORS = ("local", "celery", "kubernetes")


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
    def stage(self) -> Path | str:
        """Parquet that the steps of a run exchange: `HAI_HA_STAGE`, a path or an `s3://` address, else a folder of the project."""
        return os.environ.get("HAI_HA_STAGE") or self.warehouse / "stage"

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


def delta_place() -> str | None:
    """Where the published tables are also published as Delta Lake: `HAI_HA_DELTA`, a path or an `s3://` address; else nowhere."""
    return os.environ.get("HAI_HA_DELTA") or None


def executor_wanted() -> str:
    """What executes the steps of a run: `HAI_HA_EXECUTOR`, else this machine."""
    named = os.environ.get("HAI_HA_EXECUTOR") or EXECUTORS[0]
    if named not in EXECUTORS:
        raise UserError(f"HAI_HA_EXECUTOR={named}", "is no executor of this project", f"use one of: {', '.join(EXECUTORS)}")
    return named


def readers() -> int:
    """In how many parallel steps sources are read ahead: `HAI_HA_READERS`, else none, and one step reads them all."""
    return _whole_number("HAI_HA_READERS", 0)


def part_bytes() -> int:
    """How many bytes of source files make one part of the tables: `HAI_HA_PART_BYTES`, else 12 MiB, some 200,000 figures."""
    return max(_whole_number("HAI_HA_PART_BYTES", 12 * 1024 * 1024), 1)


def longest_step_seconds() -> int:
    """After how long Celery gives the step of a killed worker to another: `HAI_HA_LONGEST_STEP_SECONDS`, else an hour."""
    return _whole_number("HAI_HA_LONGEST_STEP_SECONDS", 3600)


def _whole_number(variable: str, default: int) -> int:
    named = os.environ.get(variable) or str(default)
    if not named.isdecimal():
        raise UserError(f"{variable}={named}", "is no whole number", f"write a number, or unset it; it is {default} then")
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
