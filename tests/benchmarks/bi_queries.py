"""How long questions of a BI tool take on a large warehouse of made-up figures: `python -m tests.benchmarks.bi_queries DATABASE`.

Each is asked five times of one open connection; the first time, when nothing is cached, and the median stand side by side.
"""

import statistics
import sys
import time
from contextlib import closing

import duckdb

ASKED = 5
QUESTIONS = {
    "targets of all areas in a year": "SELECT area_code, indicator_code, status FROM marts.attainment WHERE target_period = '2020-12' AND is_latest",
    "growth of one indicator in one area over time": "SELECT period, growth_pct FROM marts.growth WHERE area_code = 'VN00003'"
    " AND indicator_code = 'ind007' AND comparison = 'same_period_last_year' ORDER BY period",
    "ten fastest growing areas of an indicator in a month": "SELECT area_name_en, growth_pct FROM marts.growth WHERE indicator_code = 'ind007'"
    " AND period = '2020-06' AND comparison = 'same_period_last_year' ORDER BY growth_pct DESC NULLS LAST LIMIT 10",
    "median growth of every indicator by year": "SELECT indicator_code, year(period_last_day) AS year, median(growth_pct) FROM marts.growth"
    " WHERE comparison = 'same_period_last_year' GROUP BY ALL",
    "areas that fell in most months": "SELECT area_code, count(*) FILTER (growth_pct < 0) AS falls FROM marts.growth"
    " WHERE comparison = 'previous_period' GROUP BY ALL ORDER BY falls DESC LIMIT 10",
    "one area, one year, every indicator": "SELECT indicator_code, period_code, value FROM core.fact_observation JOIN core.dim_area USING (area_key)"
    " JOIN core.dim_indicator USING (indicator_key) JOIN core.dim_period USING (period_key) WHERE area_code = 'VN00003' AND year = 2020 AND is_current",
    "one indicator, one month, every area": "SELECT area_code, value FROM core.fact_observation JOIN core.dim_area USING (area_key)"
    " JOIN core.dim_indicator USING (indicator_key) JOIN core.dim_period USING (period_key)"
    " WHERE indicator_code = 'ind007' AND period_code = '2020-06' AND is_current",
    "yearly sums of every indicator": "SELECT indicator_code, year, sum(value) FROM core.fact_observation JOIN core.dim_indicator USING (indicator_key)"
    " JOIN core.dim_period USING (period_key) WHERE is_current GROUP BY ALL",
    "share of each area in an indicator's year": "SELECT area_code, sum(value) / sum(sum(value)) OVER () AS share FROM core.fact_observation"
    " JOIN core.dim_area USING (area_key) JOIN core.dim_indicator USING (indicator_key) JOIN core.dim_period USING (period_key)"
    " WHERE indicator_code = 'ind007' AND year = 2020 AND is_current GROUP BY ALL",
    "what was known of an area on a day": "SELECT count(*) FROM core.observation_as_of(current_date::VARCHAR) WHERE area_key ="
    " (SELECT min(area_key) FROM core.dim_area WHERE area_code = 'VN00003')",
    "where a figure is printed": 'SELECT file, "row", value_as_printed FROM core.fact_observation JOIN core.dim_source USING (source_key)'
    " WHERE observation_key = (SELECT max(observation_key) FROM core.fact_observation)",
    "rejected figures by rule": "SELECT source, rule, count(*) FROM audit.rejected GROUP BY ALL",
    "contradictions by check": "SELECT check_name, verdict, count(*) FROM marts.consistency GROUP BY ALL",
}


def seconds(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    """How long one question takes until all of its answer is there."""
    began = time.perf_counter()
    connection.execute(sql).fetchall()
    return time.perf_counter() - began


if __name__ == "__main__":
    with closing(duckdb.connect(sys.argv[1], read_only=True)) as warehouse:
        for question, sql in QUESTIONS.items():
            taken = [seconds(warehouse, sql) for _ in range(ASKED)]
            print(f"{question:<55} {1000 * taken[0]:8.0f} {1000 * statistics.median(taken):8.0f} ms (first, median)")
