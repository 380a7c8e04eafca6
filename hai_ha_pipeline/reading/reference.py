"""The master data under `sources/reference/`: CSV files that analysts edit, read as text with gaps as null."""

from pathlib import Path

import polars as pl

from hai_ha_pipeline.errors import MasterDataError, SourceError
from hai_ha_pipeline.reading.csv_file import read_plain

FOLDER = "reference"
COLUMNS: dict[str, tuple[str, ...]] = {
    "indicators": (
        "code", "name_en", "name_vi", "theme", "unit", "desired_direction", "measure_kind", "parent", "parts_complete",
        "adds_over_areas", "official_code", "plausible_min", "plausible_max", "derived_from", "derivation", "synonyms", "description",
    ),
    "areas": ("code", "valid_from", "valid_to", "level", "type_vi", "name_vi", "name_en", "parent_code", "synonyms"),
    "area_changes": ("changed_on", "old_code", "new_code", "relation", "relation_as_printed", "source"),
    "units": ("code", "quantity", "power_of_ten", "name_en", "name_vi", "synonyms"),
    "attainment_rules": ("preset", "metric", "status", "at_least", "more_than", "method_status", "source"),
}  # fmt: skip


NUMBER, DAY = (r"^-?\d{1,12}(\.\d{1,6})?$", "1234.5"), (r"^\d{4}-\d{2}-\d{2}$", "2025-07-01")
TRUTH = (r"^(true|false)$", "true or false")
FORMS: dict[str, tuple[str, str]] = {
    "plausible_min": NUMBER, "plausible_max": NUMBER, "at_least": NUMBER, "more_than": NUMBER, "power_of_ten": (r"^-?\d{1,2}$", "9"),
    "valid_from": DAY, "valid_to": DAY, "changed_on": DAY, "parts_complete": TRUTH, "adds_over_areas": TRUTH,
}  # fmt: skip
REFERS: dict[tuple[str, str], str] = {
    ("indicators", "unit"): "units", ("indicators", "parent"): "indicators", ("indicators", "derived_from"): "indicators",
    ("areas", "parent_code"): "areas", ("area_changes", "old_code"): "areas", ("area_changes", "new_code"): "areas",
}  # fmt: skip


def read_reference(sources: Path, name: str) -> pl.DataFrame:
    """One file of the master data, all text, gaps as null.

    Raises `MasterDataError` where it is missing, has other columns, holds a cell that has not the form of its column, or
    names a code that its file does not have.
    """
    table = _read(sources, name)
    where = f"sources/{FOLDER}/{name}.csv"
    for column, (form, example) in FORMS.items():
        if column in table.columns:
            has_form = pl.col(column).str.contains(form)
            is_day = pl.col(column).str.to_date("%Y-%m-%d", strict=False).is_not_null() if form == DAY[0] else pl.lit(value=True)
            _check(table, where, column, has_form & is_day, "cannot be read", f"write it like {example}")
    for (file, column), other in REFERS.items():
        if file == name:
            codes = _read(sources, other)["code"]
            known = pl.col(column).is_in(codes.implode())
            _check(table, where, column, known, f"is no code of {other}.csv", f"correct it, or add the code to {other}.csv")
    return table


def _check(table: pl.DataFrame, where: str, column: str, holds: pl.Expr, what: str, mend: str) -> None:
    """Raise for the first cell that is not empty and for which `holds` is false."""
    wrong = table.with_row_index("line", offset=2).filter(pl.col(column).is_not_null(), ~holds)
    if not wrong.is_empty():
        line, text = wrong.select("line", column).row(0)
        raise MasterDataError(f"{where}, line {line}", f"the {column} {text!r} {what}", mend)


def _read(sources: Path, name: str) -> pl.DataFrame:
    path = sources / FOLDER / f"{name}.csv"
    where = f"sources/{FOLDER}/{name}.csv"
    if not path.is_file():
        raise MasterDataError(where, "the file is missing", "restore it: no figure can be judged without it")
    try:
        table = read_plain(path.read_bytes(), where, COLUMNS[name])
    except SourceError as error:
        raise MasterDataError(error.where, error.what, error.mend) from None
    return table.select(pl.all().replace("", None))
