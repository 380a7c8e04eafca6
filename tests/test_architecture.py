"""Who may import whom, and that nothing was left unregistered. A failure names the file to edit."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from hai_ha_pipeline.tables import ALL, REFERENCE, TABLES, Table
from hai_ha_pipeline.transforms import attainment, audit, consistency, dimensions, facts, growth, history, successors
from tests.build import REPOSITORY, SHIPPED

NAME = "hai_ha_pipeline"
PACKAGE = REPOSITORY / NAME
MODULES = sorted(PACKAGE.rglob("*.py"))
TRANSFORMS = (dimensions, successors, facts, attainment, growth, consistency, history, audit)
# Makes rows for the history and the table macros; it is no table of its own.
NO_TABLE = {"attainment_by_preset"}


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it; `from a import b` counts as `a.b`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: imports relative to a place in the tree hide who imports whom"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def importing(module: str) -> set[str]:
    """The files of the package that import `module` or something in it."""
    return {
        path.relative_to(PACKAGE).as_posix()
        for path in MODULES
        if any(name == module or name.startswith(f"{module}.") for name in imports(path))
    }


def parts_used_by(part: str) -> set[str]:
    """The parts of the package that the files of one part import."""
    names = {name for path in MODULES if path.relative_to(PACKAGE).parts[0] == part for name in imports(path)}
    return {name.split(".")[1] for name in names if name.startswith(f"{NAME}.")}


def test_the_package_was_found() -> None:
    assert len(MODULES) > 20
    assert importing("polars")


def test_only_orchestration_imports_dagster() -> None:
    assert {path for path in importing("dagster") if not path.startswith("orchestration/")} <= {"definitions.py"}


def test_only_storage_imports_duckdb() -> None:
    assert {path for path in importing("duckdb") if not path.startswith("storage/")} == set()


@pytest.mark.parametrize("module", ["pandas", "numpy"])
def test_frames_are_polars(module: str) -> None:
    assert importing(module) == set()


@pytest.mark.parametrize(
    ("part", "allowed"),
    [
        ("parsing", {"parsing"}),
        ("contracts", {"contracts"}),
        ("transforms", {"transforms", "parsing", "contracts", "keys", "errors"}),
        ("reading", {"reading", "contracts", "errors", "keys"}),
        ("storage", {"storage", "contracts", "errors", "settings", "tables"}),
        ("exports", {"exports", "storage", "contracts", "settings", "tables"}),
        ("report", {"report", "storage", "parsing"}),
    ],
)
def test_a_part_imports_only_what_lies_before_it_in_the_flow(part: str, allowed: set[str]) -> None:
    assert parts_used_by(part) <= allowed


def test_only_exports_imports_pysdmx() -> None:
    assert {path for path in importing("pysdmx") if not path.startswith("exports/")} == set()


def test_no_module_names_a_source() -> None:
    sources = {path.name for path in SHIPPED.iterdir() if path.is_dir()} - {"reference"}
    assert len(sources) >= 5
    named = {
        (path.relative_to(PACKAGE).as_posix(), source)
        for path in PACKAGE.rglob("*")
        if path.suffix in {".py", ".json", ".yaml", ".html"}
        for source in sources
        if source in path.read_text(encoding="utf-8")
    }
    assert named == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_opens_with_its_charter(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or not path.read_text(encoding="utf-8").strip()


def tables_in(module: ModuleType) -> set[str]:
    """The public functions of a module that give a table and need only tables that exist, by name and parameter."""
    known = {table.name for table in ALL} | set(REFERENCE)
    return {
        name
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and name not in NO_TABLE
        and not name.startswith("_")
        and function.__annotations__.get("return") is pl.DataFrame
        and set(inspect.signature(function).parameters) <= known
    }


@pytest.mark.parametrize("module", TRANSFORMS, ids=lambda module: str(module.__name__))
def test_every_table_is_registered(module: ModuleType) -> None:
    forgotten = tables_in(module) - {table.name for table in TABLES}
    assert not forgotten, f"add a line for {', '.join(sorted(forgotten))} to TABLES in hai_ha_pipeline/tables.py"


def test_every_registered_table_is_found_in_its_module() -> None:
    assert {table.name for table in TABLES} == set().union(*(tables_in(module) for module in TRANSFORMS))


def test_a_table_needs_only_what_stands_before_it() -> None:
    known = {*REFERENCE, *(table.name for table in ALL if table not in TABLES)}
    for table in TABLES:
        assert set(table.needs) <= known, f"{table.name} stands too early in TABLES of hai_ha_pipeline/tables.py"
        known.add(table.name)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: str(table.name))
def test_a_table_states_its_grain_in_one_line(table: Table) -> None:
    assert (inspect.getdoc(table.make) or "").startswith("One row "), f"{table.name}: begin its docstring with `One row ...`"
