"""What a question typed by somebody may name: the warehouse's own tables and macros, and what describes them.

Judges DuckDB's own syntax tree of a statement, so that no spelling hides a function. It runs nothing and imports no library.
"""

from collections.abc import Iterator
from typing import Any

SCHEMAS = {"core", "marts", "audit"}
DESCRIBING = {"duckdb_columns", "duckdb_constraints", "duckdb_functions", "duckdb_schemas", "duckdb_tables", "duckdb_views"}
# Every other table function reads files, memory or the configuration, or runs a text as SQL, in which anything can hide.
MAKING_ROWS = {"range", "generate_series", "unnest", "repeat", "repeat_row", "json_each", "json_tree"}
ABOUT_THE_MACHINE = ("duckdb_", "pragma_", "pg_", "sqlite_")
# They say where files lie, or leave something behind.
REFUSED_FUNCTIONS = {"current_setting", "getenv", "write_log", "nextval"}


def refused(tree: dict[str, Any]) -> str | None:
    """Why a statement is not answered, from its `json_serialize_sql`; none where it may run."""
    if tree["error"]:
        return str(tree["error_message"]) if tree["error_type"] == "parser" else "only one SELECT is answered"
    if len(tree["statements"]) != 1:
        return "only one SELECT is answered"
    return next((reason for node in _nodes(tree["statements"]) if (reason := _refused_node(node))), None)


def _nodes(branch: Any) -> Iterator[dict[str, Any]]:
    """Every node of a syntax tree, outermost first."""
    waiting = [branch]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            yield found
            waiting.extend(found.values())
        elif isinstance(found, list):
            waiting.extend(found)


def _refused_node(node: dict[str, Any]) -> str | None:
    kind = node.get("type")
    if kind == "TABLE_FUNCTION":
        name, schema = str(node["function"]["function_name"]).lower(), str(node["function"]["schema"]).lower()
        if schema not in SCHEMAS and name not in DESCRIBING | MAKING_ROWS:
            return f"{name}() reads something else than the warehouse"
    elif kind == "BASE_TABLE":
        name = str(node["table_name"]).lower()
        if name.startswith(ABOUT_THE_MACHINE) and name not in DESCRIBING:
            return f"{name} tells about the machine, not about the warehouse"
    elif kind == "FUNCTION" and str(node["function_name"]).lower() in REFUSED_FUNCTIONS:
        return f"{node['function_name']}() does not only read the warehouse"
    return None
