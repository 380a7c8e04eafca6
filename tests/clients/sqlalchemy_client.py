"""What a tool asks through SQLAlchemy: schemas, tables, columns, comments, rows; and what it sees after a new generation.

    python sqlalchemy_client.py DATABASE NEXT_GENERATION

`current` beside the database is a link to its generation; it is switched to NEXT_GENERATION by one rename.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool, QueuePool

LOCKED = {"read_only": True, "config": {"enable_external_access": "false", "lock_configuration": "true"}}
POOR = "SELECT households FROM core.household WHERE kind = 'poor'"


def main(database: Path, following: str) -> None:
    """Print what worked, by the name of the question, and the error's name where it did not."""
    held, reopening = (sa.create_engine(f"duckdb:///{database}", connect_args=LOCKED, poolclass=pool) for pool in (QueuePool, NullPool))
    asked = sa.inspect(held)
    answers = {
        "version": sa.__version__.rpartition(".")[0],
        "schemas": answer(asked.get_schema_names),
        "tables": answer(lambda: asked.get_table_names(schema="core")),
        "columns": answer(lambda: {column["name"]: column.get("comment") for column in asked.get_columns("household", schema="core")}),
        "comment": answer(lambda: asked.get_table_comment("household", schema="core")["text"]),
        "reflected": answer(lambda: list(sa.Table("household", sa.MetaData(), schema="core", autoload_with=held).columns.keys())),
        "rows": answer(lambda: [list(row) for row in rows(held, "SELECT * FROM core.household ORDER BY households")]),
        "written": answer(lambda: rows(held, "DELETE FROM core.household")),
        "other file": answer(lambda: rows(held, "SELECT content FROM read_text('/etc/hostname')")),
    }
    answers["after the switch"] = {"held": after_switch(held, database, following), "reopening": rows(reopening, POOR)[0][0]}
    print(json.dumps(answers))  # noqa: T201


def after_switch(held: sa.engine.Engine, database: Path, following: str) -> list[int]:
    """What a pool answers before the switch, after it, and after `dispose`."""
    seen = [rows(held, POOR)[0][0]]
    (database.parent / ".next").symlink_to(following)
    (database.parent / ".next").rename(database.parent / "current")
    seen.append(rows(held, POOR)[0][0])
    held.dispose()
    seen.append(rows(held, POOR)[0][0])
    held.dispose()
    return seen


def rows(engine: sa.engine.Engine, sql: str) -> list[Any]:
    """All rows of one statement."""
    with engine.connect() as connection:
        return list(connection.execute(sa.text(sql)).fetchall())


def answer(question: Callable[[], Any]) -> Any:
    """The answer, or the name of the database's error."""
    try:
        return question()
    except sa.exc.DBAPIError as error:
        return type(error.orig).__name__


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
