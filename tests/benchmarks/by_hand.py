"""What a careful person writes for one export: DuckDB SQL from CSV to a star and the growth on last year, and nothing else.

`python -m tests.benchmarks.by_hand IN.csv OUT.duckdb`. No cell is checked, nothing is set aside, no figure knows its line.
"""

import sys
from contextlib import closing

import duckdb

NAMES = ("area", "indicator", "period", "unit")
STAR = """
CREATE TABLE observation AS
SELECT area_key, indicator_key, period_key, unit_key, status, value AS value_as_printed,
       translate(value, ',.', '.')::DECIMAL(18, 6) AS value
FROM printed NATURAL JOIN area NATURAL JOIN indicator NATURAL JOIN period NATURAL JOIN unit
"""
GROWTH = """
CREATE TABLE growth AS
WITH figure AS (SELECT *, left(period, 4)::INTEGER AS year, right(period, 2) AS month FROM observation JOIN period USING (period_key))
SELECT figure.area_key, figure.indicator_key, figure.period_key, figure.value, before.value AS base,
       100 * (figure.value - before.value) / before.value AS growth_pct
FROM figure LEFT JOIN figure AS before
  ON before.area_key = figure.area_key AND before.indicator_key = figure.indicator_key
 AND before.month = figure.month AND before.year = figure.year - 1
"""


def build(export: str, database: str) -> None:
    """The warehouse of one export."""
    with closing(duckdb.connect(database)) as connection:
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("CREATE TEMP TABLE printed AS FROM read_csv($file, delim = ';', all_varchar = true)", {"file": export})
        for name in NAMES:
            numbered = (
                f"SELECT row_number() OVER (ORDER BY {name})::INTEGER AS {name}_key, {name} FROM (SELECT DISTINCT {name} FROM printed)"
            )
            connection.execute(f"CREATE TABLE {name} AS {numbered}")
        connection.execute(STAR)
        connection.execute(GROWTH)


if __name__ == "__main__":
    build(*sys.argv[1:])
