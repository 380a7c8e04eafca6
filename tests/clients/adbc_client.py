"""What a tool asks through ADBC, with the driver that DuckDB brings: objects, comments, an Arrow table, a forbidden write.

python adbc_client.py DATABASE
"""

import json
import sys
from pathlib import Path

import adbc_driver_duckdb
from adbc_driver_manager import ProgrammingError, dbapi


def main(database: Path) -> None:
    """Print the answers."""
    options = {"path": str(database), "access_mode": "read_only"}
    with dbapi.connect(driver=adbc_driver_duckdb.driver_path(), entrypoint="duckdb_adbc_init", db_kwargs=options) as connection:
        catalogues = connection.adbc_get_objects(depth="columns", db_schema_filter="core").read_all().to_pylist()
        (table,) = (table for catalogue in catalogues for schema in catalogue["catalog_db_schemas"] for table in schema["db_schema_tables"])
        with connection.cursor() as cursor:
            # As an option of the connection this would forbid a path that is a link: its real name is looked for too.
            cursor.execute("SET enable_external_access = false")
            cursor.execute("SELECT comment FROM duckdb_tables() WHERE table_name = 'household'")
            comment = cursor.fetchall()
            cursor.execute("SELECT * FROM core.household ORDER BY households")
            household = cursor.fetch_arrow_table().to_pylist()
            written = refusal(cursor, "DELETE FROM core.household")
            other_file = refusal(cursor, "SELECT content FROM read_text('/etc/hostname')")
    answers = {
        "table": table["table_name"],
        "columns": {column["column_name"]: column["remarks"] for column in table["table_columns"]},
        "comment": comment[0][0],
        "rows": household,
        "written": written,
        "other file": other_file,
    }
    print(json.dumps(answers))  # noqa: T201


def refusal(cursor: dbapi.Cursor, sql: str) -> str:
    """What the database says to this statement."""
    try:
        cursor.execute(sql)
    except (ProgrammingError, dbapi.DatabaseError) as error:
        return str(error)
    return "done"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
