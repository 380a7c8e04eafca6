"""The descriptor of a source: a Data Package v2 plus one block of ours on each resource.

What a descriptor may say is decided here; what is done with it is not. Codes stay text: YAML's own guesses
(`012` as 10, `no` as false) are switched off, and a key that stands twice is refused.
"""

import json
import re
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
    """How the file is laid out as a table (Table Dialect v2)."""

    delimiter: str = Field(",", min_length=1, max_length=8, pattern=r"^[\x00-\x7f]+$", description="Usually one character; `, ` works too.")
    quote_char: str = Field('"', alias="quoteChar", pattern=r"^[\x00-\x7f]$", description="One ASCII character.")
    double_quote: bool = Field(True, alias="doubleQuote", description="A quote inside a quoted cell is written twice.")
    escape_char: str | None = Field(
        None, alias="escapeChar", pattern=r"^[\x00-\x7f]$", description="Stands before a quote that is meant as such; then none is doubled."
    )
    skip_initial_space: bool = Field(False, alias="skipInitialSpace", description="A blank after the delimiter is no part of the cell.")
    header: bool = Field(True, description="`false`: the file has no header; its columns are `schema.fields` in their order.")
    header_rows: list[int] = Field([1], alias="headerRows", min_length=1, description="Lines of the header, the first line being 1.")
    header_join: str = Field(" ", alias="headerJoin", description="Between the names of a column that several header rows give.")
    comment_rows: list[int] = Field([], alias="commentRows", description="Lines that are no data.")
    comment_char: str | None = Field(None, alias="commentChar", min_length=1, description="A line that begins so is no data.")
    sheet_name: str | None = Field(None, alias="sheetName", description="Workbooks only: the sheet, the first if left out.")
    sheet_number: int | None = Field(None, alias="sheetNumber", ge=1, description="Workbooks only: the sheet by its position from 1.")

    @model_validator(mode="after")
    def _marks_differ(self) -> "Dialect":
        marks = [mark for mark in (self.delimiter, self.quote_char, self.escape_char) if mark is not None]
        if len(set(marks)) < len(marks):
            raise ValueError(f"delimiter, quoteChar and escapeChar must differ, they are {marks}")
        if self.header_rows != list(range(self.header_rows[0], self.header_rows[0] + len(self.header_rows))) or self.header_rows[0] < 1:
            raise ValueError(f"headerRows must be lines that follow each other, they are {self.header_rows}")
        if self.sheet_name is not None and self.sheet_number is not None:
            raise ValueError("sheetName and sheetNumber both name the sheet: keep one")
        return self


FieldsMatch = Literal["exact", "equal", "subset", "superset", "partial"]


def _one_or_many(given: str | list[str]) -> list[str]:
    return [given] if isinstance(given, str) else given


def _the_only_one(given: Any) -> Any:
    """Frictionless writes `fieldsMatch` as a list of one."""
    return given[0] if isinstance(given, list) and len(given) == 1 else given


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
    fields_match: Annotated[FieldsMatch, BeforeValidator(_the_only_one, json_schema_input_type=FieldsMatch | list[FieldsMatch])] = Field(
        "equal",
        alias="fieldsMatch",
        description="What the header may hold, in any order. `equal`: just these columns. `subset`: also others, which are not read."
        " `superset`: some of these may lack. `partial`: both. `exact`: just these columns, in this order.",
    )
    missing_values: list[str] = Field([""], alias="missingValues", description="How this export marks a gap.")
    primary_key: str | list[str] | None = Field(None, alias="primaryKey", description="For other readers; not checked here.")


class ValueColumns(_Strict):
    """The columns that hold figures, by what their headers say."""

    matching: str = Field(description="Regular expression of the whole header; its named groups are statement fields.")
    decimal_char: str = Field(".", alias="decimalChar", min_length=1, max_length=1)
    group_char: str = Field("", alias="groupChar", max_length=1)

    @model_validator(mode="after")
    def _names_statement_fields(self) -> "ValueColumns":
        _check_pattern("matching", self.matching)
        if self.decimal_char == self.group_char:
            raise ValueError(f"groupChar and decimalChar are both {self.group_char!r}")
        return self


def fields_named_by(pattern: str | None) -> list[StatementField]:
    """The statement fields that the named groups of a pattern give."""
    return [field for field in STATEMENT_FIELDS if pattern and field in re.compile(pattern).groupindex]


def _check_pattern(key: str, pattern: str) -> None:
    try:
        groups = re.compile(pattern).groupindex
    except re.error as error:
        raise ValueError(f"{key} is no regular expression: {error}") from None
    unknown = [name for name in groups if name not in STATEMENT_FIELDS]
    if unknown or not groups:
        raise ValueError(f"{key} needs named groups that are statement fields, e.g. (?P<period>\\d{{4}}); it has {unknown or 'none'}")


class Drift(_Strict):
    """What happens when a new export differs from the last one in its shape. Columns follow `fieldsMatch`."""

    changed_unit: Literal["fail", "warn"] = Field("warn", description="A series that is suddenly printed in another unit.")
    fewer_figures: Literal["fail", "warn"] = Field("warn", description="Figures of the last export that this one lacks.")
    max_fewer_share: float = Field(0.5, ge=0, le=1, description="A larger share of figures gone is taken for a truncated export and fails.")


class Releases(_Strict):
    """How often the publisher puts out new figures."""

    every: Literal["month", "quarter", "half_year", "year"] = Field(description="How often there is a release, by the calendar.")
    days_after: int = Field(ge=0, le=1500, description="Days after the end of a period by which its figures are out at the latest.")


class Layout(_Strict):
    """What the standard lacks: how the file's columns become statements."""

    layout: Literal["long", "wide"] = Field("long", description="`long`: a figure a row. `wide`: several columns hold figures.")
    language: str | None = Field(None, description="Language of the printed words, e.g. `de`.")
    columns: dict[StatementField, str] = Field({}, description="Statement field: the column of the file that holds it.")
    constants: dict[StatementField, str] = Field({}, description="Statement field: one text for every row.")
    file_name: str | None = Field(None, description="Regular expression of the file's name; its named groups are statement fields.")
    values: dict[str, dict[StatementField, str]] = Field(
        {}, description="Wide only. Column that holds figures: what its header stands for."
    )
    value_columns: ValueColumns | None = Field(None, description="Wide only. The same for many columns, read from their headers.")
    names: dict[StatementField, dict[str, str]] = Field({}, description="Statement field: the publisher's word: our code.")
    fill_down: list[str] = Field([], description="Columns whose empty cell repeats the one above, as merged cells do.")
    headings: StatementField | None = Field(
        None, description="A row without any figure is a heading of this field: the rows below it read `heading / name`."
    )
    excluded: dict[StatementField, list[str]] = Field(
        {}, description="Statement field: what is set aside on purpose, e.g. totals that no area stands for. `*` ends a beginning."
    )
    round_to: int | None = Field(None, ge=0, le=6, description="Decimals to keep of figures that are exported with more than six.")
    completeness: Literal["full", "partial"] = Field(
        "partial", description="`full`: a figure that disappears was withdrawn. `partial`: it was only not repeated."
    )
    releases: Releases | None = Field(None, description="How often new figures come; a release that is missed is told.")
    drift: Drift = Field(Drift(), description="What happens when a new export has another shape than the last.")
    max_rejected_share: float = Field(0.2, ge=0, le=1, description="More rejected figures than this share fail the source.")
    precedence: int = Field(100, description="Where sources print different figures on one day, the lowest wins.")

    @model_validator(mode="after")
    def _says_where_everything_stands(self) -> "Layout":
        is_wide = bool(self.values or self.value_columns)
        if self.layout == "wide" and (not is_wide or "value" in self.columns):
            raise ValueError("a wide layout names its figure columns under `values` or `value_columns`, and no `columns.value`")
        if self.layout == "long" and (is_wide or "value" not in self.columns):
            raise ValueError("a long layout names its figure column as `columns.value`, and has no `values` or `value_columns`")
        if self.file_name is not None:
            _check_pattern("file_name", self.file_name)
        if self.headings and self.headings not in self.columns:
            raise ValueError(f"`headings` is {self.headings}, which no column of `columns` holds")
        pattern = self.value_columns.matching if self.value_columns else None
        everywhere = {*self.columns, *self.constants, *fields_named_by(self.file_name), *(["value"] if is_wide else [])}
        stand_for: list[tuple[str, set[str]]] = [(f" of figure column {column!r}", {*given}) for column, given in self.values.items()]
        if pattern is not None or not self.values:
            stand_for.append(("", {*fields_named_by(pattern)}))
        for place, given in stand_for:
            missing = [field for field in REQUIRED_FIELDS if field not in everywhere | given]
            if missing:
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
    format: Literal["csv", "tsv", "xlsx"] = "csv"
    mediatype: str | None = None
    compression: Literal["gz", "zip"] | None = Field(None, description="How the file is compressed; a zip holds exactly one file.")
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
        long_value = [self.statement.columns["value"]] if "value" in self.statement.columns else []
        for column in [*self.statement.columns.values(), *self.statement.values, *self.statement.fill_down]:
            if column not in declared:
                raise ValueError(f"the column {column!r} is used in `hai-ha`, but not declared in `schema.fields`")
        formats = {_marks(declared[column]) for column in [*self.statement.values, *long_value]}
        if self.statement.value_columns:
            formats.add((self.statement.value_columns.decimal_char, self.statement.value_columns.group_char))
        for name in FIGURES_BESIDE:
            beside = declared.get(self.statement.columns.get(name, ""))
            if beside and _is_number(beside) and formats != {_marks(beside)}:
                raise ValueError(f"the column {beside.name!r} declares another number format than the value beside it")
        if self.format == "xlsx" and self.compression:
            raise ValueError("a workbook is compressed by itself: leave out `compression`")
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


class _TextLoader(yaml.CBaseLoader):
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
