"""What is generated is up to date, and every contract documents itself."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from hai_ha_pipeline.catalogue import CATALOGUE, JSON_SCHEMA, SCHEMAS, catalogue
from hai_ha_pipeline.contracts.types import columns, grain
from hai_ha_pipeline.reading.descriptor import json_schema
from hai_ha_pipeline.tables import ALL, PUBLISHED, Read, Table

SOURCES = Path(__file__).resolve().parents[1] / "sources"
DESCRIPTORS = sorted(SOURCES.glob("*/datapackage.yaml"))


def test_the_catalogue_is_what_the_contracts_say() -> None:
    assert CATALOGUE.read_text(encoding="utf-8") == catalogue(), "run: make docs"


def test_the_json_schema_is_what_the_descriptor_model_says() -> None:
    assert JSON_SCHEMA.read_text(encoding="utf-8") == json_schema(), "run: make docs"


@pytest.mark.parametrize("path", DESCRIPTORS, ids=lambda path: path.parent.name)
def test_every_shipped_descriptor_names_the_json_schema_and_keeps_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = text.splitlines()[0].partition("$schema=")[2]
    assert (path.parent / named).resolve() == JSON_SCHEMA
    jsonschema.validate(yaml.safe_load(text), json.loads(json_schema()))


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.name)
def test_every_contract_says_its_grain_and_its_columns(table: Read | Table) -> None:
    assert grain(table.contract).startswith("One row is ")
    assert [column.name for column in columns(table.contract) if not column.description.endswith(".")] == []


def test_every_published_schema_is_explained() -> None:
    assert set(SCHEMAS) == {schema for schema, _ in PUBLISHED.values()}
