"""What leaves the warehouse: the same rows as its tables, described by a valid Data Package, the same bytes every time."""

import hashlib
import json
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import frictionless
import jsonschema
import pyarrow.parquet as pq
import pytest

from hai_ha_pipeline.errors import UserError
from hai_ha_pipeline.exports.tables import leaving
from hai_ha_pipeline.exports.write import write_exports
from tests.build import REPOSITORY
from tests.conftest import Tables
from tests.exported import built, exported

# The rules of https://datapackage.org/standard/ (version 2) that this descriptor can break.
RULES: dict[str, Any] = {
    "type": "object",
    "required": ["$schema", "resources", "licenses", "sources"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"const": "https://datapackage.org/profiles/2.0/datapackage.json"},
        "name": {"type": "string", "pattern": "^[a-z0-9._-]+$"},
        "title": {"type": "string"},
        "description": {"type": "string"},
        "licenses": {
            "type": "array",
            "minItems": 1,
            "items": {
                "anyOf": [{"required": ["name"]}, {"required": ["path"]}],
                "properties": {"name": {"pattern": "^[-a-zA-Z0-9._]+$"}, "title": {"type": "string"}},
            },
        },
        "sources": {
            "type": "array",
            "minItems": 1,
            "items": {"anyOf": [{"required": ["title"]}, {"required": ["path"]}], "properties": {"path": {"pattern": "^https?://"}}},
        },
        "resources": {
            "type": "array",
            "minItems": 1,
            "items": {
                "required": ["name", "path", "format", "mediatype", "bytes", "hash", "description"],
                "properties": {
                    "name": {"pattern": "^[a-z0-9._-]+$"},
                    "path": {"pattern": r"^(?!/)(?!.*\.\.)(?!\.)[\w./-]+$"},
                    "type": {"const": "table"},
                    "mediatype": {"pattern": "^.+/.+$"},
                    "hash": {"pattern": "^sha256:[0-9a-f]{64}$"},
                    "encoding": {"const": "utf-8"},
                    "schema": {
                        "type": "object",
                        "required": ["fields"],
                        "additionalProperties": False,
                        "properties": {
                            "fields": {
                                "type": "array",
                                "minItems": 1,
                                "items": {
                                    "required": ["name", "type"],
                                    "properties": {"type": {"enum": ["string", "number", "integer", "boolean", "date", "datetime"]}},
                                },
                            },
                            "primaryKey": {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"type": "string"}},
                            "uniqueKeys": {"type": "array", "minItems": 1, "items": {"type": "array", "minItems": 1}},
                            "foreignKeys": {"type": "array", "minItems": 1, "items": {"required": ["fields", "reference"]}},
                        },
                    },
                },
            },
        },
    },
}
IN_PARQUET = {"integer": "int64", "string": "string", "boolean": "bool", "date": "date32[day]", "datetime": "timestamp[us]"}


@pytest.fixture(scope="module")
def database(shipped: Tables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(shipped, tmp_path_factory.mktemp("exported it's"))


@pytest.fixture(scope="module")
def exports(database: Path) -> Path:
    write_exports(database, database.parent)
    return database.parent / "exports"


@pytest.fixture(scope="module")
def package(exports: Path) -> dict[str, Any]:
    content = json.loads((exports / "datapackage.json").read_text(encoding="utf-8"))
    assert isinstance(content, dict)
    return content


def resources(package: dict[str, Any], file_format: str) -> list[dict[str, Any]]:
    found = [resource for resource in package["resources"] if resource["format"] == file_format]
    assert found
    return found


def test_every_dimension_fact_and_mart_leaves_with_all_its_rows_in_the_order_of_its_key(database: Path, exports: Path) -> None:
    names = {path.stem for path in (exports / "parquet").iterdir()}
    assert names >= {"core.dim_area", "core.fact_observation", "core.fact_target", "marts.attainment", "marts.growth", "marts.consistency"}
    with closing(duckdb.connect(str(database), read_only=True)) as connection:
        for table in leaving():
            expected = connection.execute(f"FROM {table.name} ORDER BY {table.order}").fetchall()
            assert expected, table.name
            assert connection.execute("FROM read_parquet($1)", [str(exports / "parquet" / f"{table.name}.parquet")]).fetchall() == expected
    assert names == {table.name for table in leaving()}


def test_parquet_has_the_types_that_every_reader_knows(exports: Path, package: dict[str, Any]) -> None:
    for resource in resources(package, "parquet"):
        file = pq.ParquetFile(exports / resource["path"])
        assert file.metadata.row_group(0).column(0).compression == "SNAPPY"
        expected = [(field["name"], IN_PARQUET.get(field["type"], "decimal128(18, 6)")) for field in resource["schema"]["fields"]]
        assert [(field.name, str(field.type)) for field in file.schema_arrow] == expected


def test_the_descriptor_keeps_the_rules_of_data_package_version_2(package: dict[str, Any]) -> None:
    jsonschema.validate(package, RULES)
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names)
    for resource in package["resources"]:
        schema = resource.get("schema", {"fields": []})
        fields = {field["name"] for field in schema["fields"]}
        assert all(field.get("description") for field in schema["fields"] if field["name"] not in {"STRUCTURE", "STRUCTURE_ID", "ACTION"})
        assert set(schema.get("primaryKey", [])) <= fields
        assert all(set(unique) <= fields for unique in schema.get("uniqueKeys", []))
        for key in schema.get("foreignKeys", []):
            (owner,) = (other for other in package["resources"] if other["name"] == key["reference"]["resource"])
            assert set(key["fields"]) <= fields
            assert owner["schema"]["primaryKey"] == key["reference"]["fields"]


def test_frictionless_finds_the_descriptor_and_every_csv_valid(exports: Path, package: dict[str, Any]) -> None:
    assert frictionless.Package.validate_descriptor(package, basepath=str(exports)).valid
    texts = package | {"resources": resources(package, "csv")}
    report = frictionless.Package.from_descriptor(texts, basepath=str(exports)).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "type", "note"])[:5]
    assert report.stats["tasks"] == len(texts["resources"]) > 5


def test_the_descriptor_names_every_file_with_its_size_and_hash(exports: Path, package: dict[str, Any]) -> None:
    files = {path.relative_to(exports).as_posix(): path for path in exports.rglob("*") if path.is_file()}
    assert set(files) - {"datapackage.json"} == {resource["path"] for resource in package["resources"]}
    for resource in package["resources"]:
        content = files[resource["path"]].read_bytes()
        assert (resource["bytes"], resource["hash"]) == (len(content), f"sha256:{hashlib.sha256(content).hexdigest()}")


def test_keys_hold_in_the_parquet_files(exports: Path, package: dict[str, Any]) -> None:
    checked = 0
    with closing(duckdb.connect()) as connection:
        for resource in resources(package, "parquet"):
            file = str(exports / resource["path"]).replace("'", "''")
            connection.execute(f"CREATE VIEW \"{resource['name']}\" AS FROM read_parquet('{file}')")
        for resource in resources(package, "parquet"):
            schema = resource["schema"]
            for unique in [schema["primaryKey"]] if "primaryKey" in schema else schema["uniqueKeys"]:
                columns = ", ".join(unique)
                assert not connection.execute(f'SELECT {columns} FROM "{resource["name"]}" GROUP BY ALL HAVING count(*) > 1').fetchall()
            for key in schema.get("foreignKeys", []):
                (column,), (owned,), owner = key["fields"], key["reference"]["fields"], key["reference"]["resource"]
                orphans = f'SELECT {column} FROM "{resource["name"]}" WHERE {column} NOT IN (SELECT {owned} FROM "{owner}")'
                assert connection.execute(orphans).fetchall() == []
                checked += 1
    assert checked >= 20


def test_keys_of_the_descriptor_are_those_of_the_star_schema(package: dict[str, Any]) -> None:
    schemas = {resource["name"]: resource["schema"] for resource in resources(package, "parquet")}
    refers = {key["fields"][0]: key["reference"]["resource"] for key in schemas["marts.attainment"]["foreignKeys"]}
    assert refers == {
        "target_key": "core.fact_target",
        "observation_key": "core.fact_observation",
        "target_source_key": "core.dim_source",
        "result_source_key": "core.dim_source",
    }
    assert schemas["core.fact_target"]["primaryKey"] == ["target_key"]
    assert schemas["marts.attainment"]["uniqueKeys"] == [["target_key", "result_period"]]  # a target without a result has no period
    (operator,) = (field for field in schemas["core.fact_target"]["fields"] if field["name"] == "operator")
    assert operator["constraints"] == {"required": True, "enum": [">=", "<=", "=", "between", "reduce_by"]}


def test_the_same_content_gives_the_same_bytes_in_another_process_timezone_and_language(
    database: Path, exports: Path, tmp_path: Path
) -> None:
    script = "import sys; from pathlib import Path; from hai_ha_pipeline.exports.write import write_exports; write_exports(Path(sys.argv[1]), Path(sys.argv[2]))"
    elsewhere = os.environ | {
        "TZ": "Asia/Ho_Chi_Minh",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "PYTHONPATH": os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")]),
    }
    subprocess.run([sys.executable, "-c", script, str(database), str(tmp_path)], check=True, env=elsewhere, cwd=tmp_path)
    assert hashes(tmp_path / "exports") == hashes(exports)


def hashes(folder: Path) -> dict[str, str]:
    found = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*.*")}
    assert len(found) > 20
    return found


def test_nothing_else_is_left_in_the_folder(database: Path, exports: Path) -> None:
    assert {path.name for path in database.parent.iterdir()} == {"hai_ha.duckdb", "exports"}


def test_a_warehouse_without_rows_has_exports_too(shipped: Tables, tmp_path: Path) -> None:
    empty = exported({name: rows.clear() for name, rows in shipped.items()}, tmp_path)
    package = json.loads((empty / "datapackage.json").read_text(encoding="utf-8"))
    assert frictionless.Package.validate_descriptor(package, basepath=str(empty)).valid
    assert (empty / "sdmx" / "figures.csv").read_text(encoding="utf-8").startswith("STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA")


def test_exports_can_be_left_off(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HAI_HA_EXPORTS", "off")
    write_exports(database, tmp_path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv("HAI_HA_EXPORTS", "no")
    with pytest.raises(UserError, match="on or off"):
        write_exports(database, tmp_path)
