"""The master data under `sources/reference/`: CSV files that analysts edit, read as text with gaps as null."""

from pathlib import Path

import polars as pl

from hai_ha_pipeline.errors import MasterDataError, SourceError
from hai_ha_pipeline.reading.csv_file import read_plain

FOLDER = "reference"
COLUMNS: dict[str, tuple[str, ...]] = {
    "indicators": (
        "code", "name_en", "name_vi", "theme", "unit", "desired_direction", "measure_kind", "parent", "parts_complete",
        "official_code", "plausible_min", "plausible_max", "derived_from", "derivation", "synonyms", "description",
    ),
    "areas": ("code", "valid_from", "valid_to", "level", "type_vi", "name_vi", "name_en", "parent_code", "synonyms"),
    "area_changes": ("changed_on", "old_code", "new_code", "relation", "relation_as_printed", "source"),
    "units": ("code", "quantity", "power_of_ten", "name_en", "name_vi", "synonyms"),
    "attainment_rules": ("preset", "metric", "status", "at_least", "source"),
}  # fmt: skip


def read_reference(sources: Path, name: str) -> pl.DataFrame:
    """One file of the master data, all text.

    Raises `MasterDataError` where it is missing or has other columns.
    """
    path = sources / FOLDER / f"{name}.csv"
    where = f"sources/{FOLDER}/{name}.csv"
    if not path.is_file():
        raise MasterDataError(where, "the file is missing", "restore it: no figure can be judged without it")
    try:
        table = read_plain(path.read_bytes(), where, COLUMNS[name])
    except SourceError as error:
        raise MasterDataError(error.where, error.what, error.mend) from None
    return table.select(pl.all().replace("", None))
