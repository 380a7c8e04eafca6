"""`datapackage.json`: what every file holds, as a Data Package (version 2) whose texts are those of the contracts.

Standard: Data Package v2, https://datapackage.org/standard/data-package/.
"""

import json
import re
from hashlib import file_digest
from pathlib import Path
from typing import Any

from hai_ha_pipeline.contracts.types import Column, Contract, allowed_values, columns, grain, key
from hai_ha_pipeline.exports.sdmx_components import COMPONENTS
from hai_ha_pipeline.exports.spreadsheets import MOMENT_FORMAT, Sheet, sheets
from hai_ha_pipeline.exports.tables import Leaving, leaving
from hai_ha_pipeline.storage.copying import Finished

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
TYPES = {"BIGINT": "integer", "VARCHAR": "string", "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "datetime"}
MEDIA_TYPES = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv", "xml": "application/vnd.sdmx.structure+xml; version=3.0.0"}
SDMX_TYPES = {"Decimal": "number", "Long": "integer", "GregorianDay": "date"}
LICENCE_NAME = re.compile(r"[-a-zA-Z0-9._]+")


def describe(warehouse: Finished, exports: Path) -> None:
    """Write the descriptor of the files that lie under `exports`."""
    resources = [
        *(_parquet(exports, table) for table in leaving()),
        *(_sheet(exports, sheet) for sheet in sheets()),
        _figures(exports),
        _resource(
            exports, exports / "sdmx" / "structures.xml", "sdmx.structures", "Data structure, concepts and code lists of sdmx.figures."
        ),
    ]
    package = {
        "$schema": PROFILE,
        "name": "hai-ha-warehouse",
        "title": "Plan targets and results as printed, their attainment and growth",
        "description": "Dimensions, facts and marts of one generation of the warehouse, as Parquet, as CSV for spreadsheets and as SDMX.",
        "licenses": _licences(warehouse),
        "sources": _sources(warehouse),
        "resources": resources,
    }
    (exports / "datapackage.json").write_text(
        json.dumps({name: value for name, value in package.items() if value}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


def _licences(warehouse: Finished) -> list[dict[str, str]]:
    """The licences of the sources: by their identifier, or as terms in a sentence."""
    rows = warehouse.rows("SELECT DISTINCT licence FROM core.dim_source WHERE licence IS NOT NULL ORDER BY 1")
    return [{"name": licence} if LICENCE_NAME.fullmatch(licence) else {"name": "other-closed", "title": licence} for (licence,) in rows]


def _sources(warehouse: Finished) -> list[dict[str, str]]:
    rows = warehouse.rows("SELECT DISTINCT source_title, address FROM core.dim_source ORDER BY ALL")
    return [{"title": title, "path": address} if _is_address(address) else {"title": title} for title, address in rows]


def _is_address(text: str | None) -> bool:
    return bool(text) and bool(re.match(r"https?://\S+$", text or ""))


def _resource(exports: Path, file: Path, name: str, description: str) -> dict[str, Any]:
    with file.open("rb") as content:
        sha256 = file_digest(content, "sha256").hexdigest()
    return {
        "name": name,
        "path": file.relative_to(exports).as_posix(),
        "description": description,
        "format": file.suffix[1:],
        "mediatype": MEDIA_TYPES[file.suffix[1:]],
        "bytes": file.stat().st_size,
        "hash": f"sha256:{sha256}",
    }


def _parquet(exports: Path, table: Leaving) -> dict[str, Any]:
    fields = [_field(column, allowed_values(table.contract, column.name)) for column in columns(table.contract)]
    file = exports / "parquet" / f"{table.name}.parquet"
    return _resource(exports, file, table.name, grain(table.contract)) | {
        "type": "table",
        "schema": {"fields": fields} | _keys(table.contract) | _foreign_keys(table),
    }


def _sheet(exports: Path, sheet: Sheet) -> dict[str, Any]:
    fields = [_field(cell.column) | _spreadsheet_format(cell.column) for cell in sheet.cells]
    resource = _resource(exports, exports / "csv" / f"{sheet.name}.csv", f"csv.{sheet.name}", grain(sheet.table.contract))
    return resource | {"type": "table", "encoding": "utf-8", "schema": {"fields": fields}}


def _spreadsheet_format(column: Column) -> dict[str, str]:
    return {"format": MOMENT_FORMAT} if column.dtype == "TIMESTAMP" else {}


def _figures(exports: Path) -> dict[str, Any]:
    marks = [{"name": name, "type": "string"} for name in ("STRUCTURE", "STRUCTURE_ID", "ACTION")]
    fields = [
        {
            "name": component.id,
            "title": component.name,
            "type": SDMX_TYPES.get(component.dtype, "string"),
            "description": component.meaning,
            "constraints": {"required": component.is_required},
        }
        for component in COMPONENTS
    ]
    dimensions = [component.id for component in COMPONENTS if component.role == "dimension"]
    resource = _resource(
        exports, exports / "sdmx" / "figures.csv", "sdmx.figures", "One row is one target or result that holds: SDMX-CSV 2.0."
    )
    return resource | {
        "type": "table",
        "mediatype": "application/vnd.sdmx.data+csv; version=2.0.0",
        "encoding": "utf-8",
        "schema": {"fields": marks + fields, "primaryKey": dimensions},
    }


def _field(column: Column, allowed: list[str] | None = None) -> dict[str, Any]:
    constraints = {"required": not column.is_nullable} | ({"enum": allowed} if allowed else {})
    kind = "number" if column.dtype.startswith("DECIMAL") else TYPES[column.dtype]
    return {"name": column.name, "type": kind, "description": column.description, "constraints": constraints}


def _keys(contract: type[Contract]) -> dict[str, Any]:
    """A primary key may hold no null; what may is a unique key."""
    named = key(contract)
    can_be_null = {column.name for column in columns(contract) if column.is_nullable}
    if not named:
        return {}
    return {"uniqueKeys": [named]} if can_be_null & set(named) else {"primaryKey": named}


def _foreign_keys(table: Leaving) -> dict[str, Any]:
    """A column named like the key of a dimension or fact, or ending so (target_source_key), refers to it."""
    owners = {key(owner.contract)[0]: owner for owner in leaving() if owner.table.startswith(("dim_", "fact_"))}
    foreign = [
        {"fields": [column.name], "reference": {"resource": owner.name, "fields": [own_key]}}
        for column in columns(table.contract)
        for own_key, owner in owners.items()
        if (column.name == own_key or column.name.endswith(f"_{own_key}")) and owner != table
    ]
    return {"foreignKeys": foreign} if foreign else {}
