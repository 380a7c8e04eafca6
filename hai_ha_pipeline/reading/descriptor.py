"""The descriptor of a source: a Data Package v2 plus one block of ours on each resource.

What a descriptor may say is decided here; what is done with it is not. Codes stay text: YAML's own guesses
(`012` as 10, `no` as false) are switched off, and a key that stands twice is refused.
"""

import json
import unicodedata
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from hai_ha_pipeline.errors import SourceError

StatementField = Literal[
    "indicator", "area", "period", "role", "value", "unit", "qualifier", "growth", "growth_basis", "plan_fulfilment",
    "status", "baseline", "baseline_period", "address", "title", "published_on", "question", "description", "note",
]  # fmt: skip
STATEMENT_FIELDS: tuple[StatementField, ...] = get_args(StatementField)
REQUIRED_FIELDS: tuple[StatementField, ...] = ("indicator", "area", "period", "value")
FIGURES_BESIDE: tuple[StatementField, ...] = ("growth", "plan_fulfilment", "baseline")
FILE_NAME = "datapackage.yaml"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True)


class Contributor(_Strict):
    """Somebody behind the data; the publisher has the role `publisher`."""

    title: str
    path: str | None = None
    email: str | None = None
    organization: str | None = None
    roles: list[str] = []


class License(_Strict):
    """Under which terms the data may be used."""

    name: str | None = None
    title: str | None = None
    path: str | None = None


class Origin(_Strict):
    """Where the data comes from."""

    title: str | None = None
    path: str | None = None
    email: str | None = None
    version: str | None = None


class Dialect(_Strict):
    """How the file is laid out as CSV (Table Dialect v2)."""

    delimiter: str = Field(",", pattern=r"^[\x00-\x7f]$", description="One ASCII character.")
    quote_char: str = Field('"', alias="quoteChar", pattern=r"^[\x00-\x7f]$", description="One ASCII character.")
    double_quote: bool = Field(True, alias="doubleQuote")
    header: Literal[True] = Field(True, description="A file without a header cannot be checked against its descriptor.")
    header_rows: list[int] = Field([1], alias="headerRows", min_length=1, max_length=1, description="Line of the header.")
    comment_rows: list[int] = Field([], alias="commentRows", description="Lines that are no data.")


def _one_or_many(given: str | list[str]) -> list[str]:
    return [given] if isinstance(given, str) else given


class ColumnField(_Strict):
    """A column of the file (Table Schema v2). Number formats stand on the columns that hold figures."""

    name: str
    type: Literal["string", "number", "integer", "date", "year", "any"] = "string"
    title: str | None = None
    description: str | None = None
    decimal_char: str = Field(".", alias="decimalChar", min_length=1, max_length=1)
    group_char: str = Field("", alias="groupChar", max_length=1)
    bare_number: bool = Field(True, alias="bareNumber", description="For other readers; here words around a number are always read.")

    @model_validator(mode="after")
    def _marks_differ(self) -> "ColumnField":
        if self.decimal_char == self.group_char:
            raise ValueError(f"groupChar and decimalChar are both {self.group_char!r}")
        return self


class Schema(_Strict):
    """The columns of the file (Table Schema v2)."""

    fields: list[ColumnField] = Field(min_length=1)
    fields_match: Annotated[list[Literal["equal", "subset"]], BeforeValidator(_one_or_many, json_schema_input_type=str | list[str])] = (
        Field(["equal"], alias="fieldsMatch", description="`subset`: the file may hold more columns than these.")
    )
    missing_values: list[str] = Field([""], alias="missingValues", description="How this export marks a gap.")
    primary_key: str | list[str] | None = Field(None, alias="primaryKey", description="For other readers; not checked here.")


class Layout(_Strict):
    """What the standard lacks: how the file's columns become statements."""

    layout: Literal["long", "wide"] = Field("long", description="`long`: a figure a row. `wide`: several columns hold figures.")
    language: str | None = Field(None, description="Language of the printed words, e.g. `de`.")
    columns: dict[StatementField, str] = Field({}, description="Statement field: the column of the file that holds it.")
    constants: dict[StatementField, str] = Field({}, description="Statement field: one text for every row.")
    values: dict[str, dict[StatementField, str]] = Field(
        {}, description="Wide only. Column that holds figures: what its header stands for."
    )
    names: dict[StatementField, dict[str, str]] = Field({}, description="Statement field: the publisher's word: our code.")
    completeness: Literal["full", "partial"] = Field(
        "partial", description="`full`: a figure that disappears was withdrawn. `partial`: it was only not repeated."
    )
    max_rejected_share: float = Field(0.2, ge=0, le=1, description="More rejected figures than this share fail the source.")
    precedence: int = Field(100, description="Where sources print different figures on one day, the lowest wins.")

    @model_validator(mode="after")
    def _says_where_everything_stands(self) -> "Layout":
        if self.layout == "wide" and (not self.values or "value" in self.columns):
            raise ValueError("a wide layout names its figure columns under `values`, and no `columns.value`")
        if self.layout == "long" and (self.values or "value" not in self.columns):
            raise ValueError("a long layout names its figure column as `columns.value`, and has no `values`")
        for column, stands_for in self.values.items() or [("", {})]:
            given = {*self.columns, *self.constants, *stands_for, *(["value"] if self.values else [])}
            missing = [field for field in REQUIRED_FIELDS if field not in given]
            if missing:
                place = f" of figure column {column!r}" if column else ""
                raise ValueError(f"nothing says which {' and which '.join(missing)} a figure{place} is about")
        return self


class Resource(_Strict):
    """One file, or several of one shape. A resource without our block is documentation only."""

    name: str = Field(pattern=r"^[a-z0-9._/-]+$")
    path: Annotated[list[str], BeforeValidator(_one_or_many, json_schema_input_type=str | list[str])] = Field(min_length=1)
    type: Literal["table"] = "table"
    title: str | None = None
    description: str | None = None
    scheme: Literal["file"] = "file"
    format: Literal["csv", "tsv"] = "csv"
    mediatype: str | None = None
    encoding: str = "utf-8"
    sources: list[Origin] = []
    licenses: list[License] = []
    dialect: Dialect = Dialect()
    table_schema: Schema = Field(alias="schema")
    statement: Layout | None = Field(None, alias="hai-ha")

    @model_validator(mode="before")
    @classmethod
    def _tabs_in_a_tsv(cls, given: Any) -> Any:
        if isinstance(given, dict) and given.get("format") == "tsv" and isinstance(given.get("dialect", {}), dict):
            return given | {"dialect": {"delimiter": "\t"} | given.get("dialect", {})}
        return given

    @model_validator(mode="after")
    def _uses_declared_columns_in_one_number_format(self) -> "Resource":
        if self.statement is None:
            return self
        declared = {field.name: field for field in self.table_schema.fields}
        value_columns = list(self.statement.values) or [self.statement.columns["value"]]
        for column in [*self.statement.columns.values(), *value_columns]:
            if column not in declared:
                raise ValueError(f"the column {column!r} is used in `hai-ha`, but not declared in `schema.fields`")
        for name in FIGURES_BESIDE:
            beside = declared.get(self.statement.columns.get(name, ""))
            if beside and _is_number(beside) and any(_marks(beside) != _marks(declared[each]) for each in value_columns):
                raise ValueError(f"the column {beside.name!r} declares another number format than the value beside it")
        return self


def _is_number(field: ColumnField) -> bool:
    return field.type == "number" or bool({"decimal_char", "group_char"} & field.model_fields_set)


def _marks(field: ColumnField) -> tuple[str, str]:
    return field.decimal_char, field.group_char


class Package(_Strict):
    """A source: title, publisher, licence, address, and its resources (Data Package v2)."""

    schema_address: str | None = Field(None, alias="$schema")
    name: str = Field(pattern=r"^[a-z0-9._/-]+$")
    title: str
    description: str | None = None
    version: str | None = None
    created: str | None = None
    homepage: str | None = None
    keywords: list[str] = []
    contributors: list[Contributor] = Field(min_length=1)
    licenses: list[License] = Field(min_length=1)
    sources: list[Origin] = Field(min_length=1)
    resources: list[Resource] = Field(min_length=1)


class _TextLoader(yaml.BaseLoader):
    """Every scalar stays text; a key that stands twice is an error."""


def _mapping_without_twins(loader: _TextLoader, node: yaml.MappingNode) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node)
        if not isinstance(key, str):
            raise yaml.MarkedYAMLError(problem="a key must be a text", problem_mark=key_node.start_mark)
        if key in mapping:
            raise yaml.MarkedYAMLError(problem=f"the key {key!r} stands twice", problem_mark=key_node.start_mark)
        mapping[key] = loader.construct_object(value_node, deep=True)
    return mapping


_TextLoader.add_constructor("tag:yaml.org,2002:map", _mapping_without_twins)


def read_descriptor(folder: Path) -> Package:
    """The checked descriptor of the source in `folder`.

    Raises `SourceError` with the first few mistakes, each with its place in the file.
    """
    where = f"sources/{folder.name}/{FILE_NAME}"
    try:
        text = unicodedata.normalize("NFC", (folder / FILE_NAME).read_text(encoding="utf-8"))
        content = yaml.load(text, Loader=_TextLoader)  # noqa: S506
        return Package.model_validate(content)
    except FileNotFoundError:
        raise SourceError(where, "the folder has no descriptor", "write one: docs/sources.md shows how") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problem = error.problem if isinstance(error, yaml.MarkedYAMLError) else str(error).splitlines()[0]
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        place = f"{where}, line {mark.line + 1}" if mark else where
        raise SourceError(place, f"not readable as YAML: {problem}", "correct the line") from None
    except ValidationError as error:
        mistakes = [_mistake(each) for each in error.errors()]
        more = f"; and {len(mistakes) - 5} more" if len(mistakes) > 5 else ""
        raise SourceError(where, "; ".join(mistakes[:5]) + more, "correct the key, or see docs/sources.md") from None


def json_schema() -> str:
    """JSON Schema of a descriptor, for editors to complete and check it."""
    return json.dumps(Package.model_json_schema(by_alias=True), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _mistake(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"unknown key {place!r}"
    if error["type"] == "missing":
        return f"the key {place!r} is missing"
    return f"{place}: {error['msg'].removeprefix('Value error, ')}"
