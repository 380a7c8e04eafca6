"""What the page asks the warehouse: the rows it shows, and how many there are of what it leaves out.

Nothing here grows with the data: every list has a limit, set in `Limits`, and comes with the count of all there are.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hai_ha_pipeline.storage.query import Answer, asking

Row = dict[str, Any]
LETTERS = 600  # the longest text that is shown; a source may print more

PLACES = """
targets AS (
    SELECT area_code, area_name_en, year, count(*) AS targets, count(result_value) AS results
    FROM marts.attainment JOIN core.dim_period ON period_code = target_period WHERE is_latest GROUP BY ALL),
growths AS (
    SELECT area_code, area_name_en, year, count(*) AS growths FROM marts.growth JOIN core.dim_period ON period_code = period
    WHERE growth_pct IS NOT NULL OR growth_reported_pct IS NOT NULL OR change_pp IS NOT NULL GROUP BY ALL),
places AS (
    SELECT area_code, area_name_en, year, coalesce(targets, 0) AS targets, coalesce(results, 0) AS results,
           coalesce(growths, 0) AS growths, count(*) OVER () AS of_all
    FROM targets FULL JOIN growths USING (area_code, area_name_en, year)
    ORDER BY results DESC, targets DESC, growths DESC, year DESC, area_code, area_name_en LIMIT $1),
area_names AS (SELECT area_code, area_name_en, min(area_name_vi) AS area_name_vi FROM core.dim_area GROUP BY ALL)
"""
UNITS = "LEFT JOIN core.dim_indicator USING (indicator_code) LEFT JOIN core.dim_unit USING (unit_code)"
DOCUMENT = (
    "{0}.source_title, {0}.publisher, {0}.language, {0}.address, {0}.published_on, {0}.is_published_on_inferred, {0}.source, {0}.file"
)


@dataclass(frozen=True)
class Limits:
    """The most that the page shows: areas and years, rows of each, and entries of each list."""

    places: int = 30
    rows: int = 40
    entries: int = 120

    def halved(self) -> "Limits":
        """Half as much of everything."""
        return Limits(max(self.places // 2, 1), max(self.rows // 2, 1), max(self.entries // 2, 1))


@dataclass(frozen=True)
class Rows:
    """Everything the page shows, as rows by column name. The lists of a place are joined to it by its three columns."""

    places: list[Row]
    statuses: list[Row]
    targets: list[Row]
    earlier: list[Row]
    growths: list[Row]
    verdicts: list[Row]
    contradictions: list[Row]
    named: list[Row]
    undecided: list[Row]
    no_result: int
    loads: list[Row]
    load_totals: Row
    rejected: list[Row]
    rejected_rules: list[Row]
    corrections: list[Row]
    documents: list[Row]
    build: Row


def read_rows(database: Path, limits: Limits) -> Rows:
    """The rows of the page from a warehouse. Raises `QueryError` where a table or column is not there."""
    with asking(database) as answer_to:
        return _rows(lambda sql, *parameters: _as_rows(answer_to(sql, parameters)), limits)


def _rows(ask: Callable[..., list[Row]], limits: Limits) -> Rows:
    targets = ask(TARGETS, limits.places, limits.rows)
    keys = [row["target_key"] for row in targets]
    contradictions = ask(CONTRADICTIONS, "inconsistent", limits.entries)
    named = sorted({word for row in contradictions for word in re.findall(r"\w*_\w+", row["explanation"])})
    return Rows(
        places=ask(f"WITH {PLACES} SELECT * FROM places LEFT JOIN area_names USING (area_code, area_name_en)", limits.places),  # noqa: S608
        statuses=ask(STATUSES, limits.places),
        targets=targets,
        earlier=ask(EARLIER, keys),
        growths=ask(GROWTHS, limits.places, limits.rows),
        verdicts=ask("SELECT check_name, verdict, count(*) AS subjects FROM marts.consistency GROUP BY ALL ORDER BY ALL"),
        contradictions=contradictions,
        named=ask("SELECT indicator_code, indicator_name_en FROM core.dim_indicator WHERE list_contains($1, indicator_code)", named),
        undecided=ask(CONTRADICTIONS, "undetermined", limits.entries),
        no_result=ask("SELECT count(*) AS targets FROM marts.attainment WHERE is_latest AND status = 'no_result'")[0]["targets"],
        loads=ask("SELECT *, count(*) OVER () AS of_all FROM audit.load ORDER BY source, file LIMIT $1", limits.entries),
        load_totals=ask(LOAD_TOTALS)[0],
        rejected=ask('SELECT * FROM audit.rejected ORDER BY source, file, "row", statement_key LIMIT $1', limits.entries),
        rejected_rules=ask("SELECT rule, count(*) AS figures FROM audit.rejected GROUP BY ALL ORDER BY figures DESC, rule"),
        corrections=ask(
            'SELECT *, count(*) OVER () AS of_all FROM audit.correction ORDER BY source, file, "row", "column" LIMIT $1', limits.entries
        ),
        documents=ask(DOCUMENTS, limits.entries),
        build=ask("SELECT fingerprint FROM audit.build ORDER BY ALL")[0],
    )


def _as_rows(answer: Answer) -> list[Row]:
    return [{name: _bounded(value) for name, value in zip(answer.columns, row, strict=True)} for row in answer.rows]


def _bounded(value: Any) -> Any:
    return f"{value[:LETTERS]}…" if isinstance(value, str) and len(value) > LETTERS else value


STATUSES = f"""
WITH {PLACES}
SELECT area_code, area_name_en, year, status, count(*) AS targets
FROM marts.attainment JOIN core.dim_period ON period_code = target_period JOIN places USING (area_code, area_name_en, year)
WHERE is_latest GROUP BY ALL ORDER BY ALL
"""  # noqa: S608
TARGETS = f"""
WITH {PLACES},
chosen AS (
    SELECT * FROM marts.attainment
    JOIN (SELECT period_code AS target_period, year FROM core.dim_period) USING (target_period)
    SEMI JOIN places USING (area_code, area_name_en, year)
    WHERE is_latest
    QUALIFY row_number() OVER (PARTITION BY area_code, area_name_en, year
        ORDER BY result_value IS NULL, indicator_name_en, target_period, target_key) <= $2)
SELECT chosen.*, unit_code, unit_name_vi, aimed.qualifier AS target_qualifier, met.qualifier AS result_qualifier, met.obs_status,
       aimed."row" AS target_row, met."row" AS result_row, lived.valid_to AS area_ended_on,
       {{target}}, {{result}}
FROM chosen {UNITS}
LEFT JOIN core.fact_target AS aimed USING (target_key)
LEFT JOIN core.fact_observation AS met USING (observation_key)
LEFT JOIN core.dim_source AS target_document ON target_document.source_key = target_source_key
LEFT JOIN core.dim_source AS result_document ON result_document.source_key = result_source_key
LEFT JOIN core.dim_area AS lived ON lived.area_key = aimed.area_key
ORDER BY area_code, chosen.area_name_en, year, result_value IS NULL, chosen.indicator_name_en, target_period, target_key
"""  # noqa: S608
EARLIER = """
SELECT target_key, result_period, result_value, result_lower, result_upper, qualifier AS result_qualifier, fulfilment_pct, progress_pct,
       expected_pct, status, is_derived
FROM marts.attainment LEFT JOIN core.fact_observation USING (observation_key)
WHERE NOT is_latest AND list_contains($1, target_key)
QUALIFY row_number() OVER (PARTITION BY target_key ORDER BY result_period_last_day DESC, result_period) <= 6
ORDER BY target_key, result_period_last_day, result_period
"""
GROWTHS = f"""
WITH {PLACES},
chosen AS (
    SELECT * FROM marts.growth JOIN (SELECT period_code AS period, year FROM core.dim_period) USING (period)
    SEMI JOIN places USING (area_code, area_name_en, year)
    WHERE growth_pct IS NOT NULL OR growth_reported_pct IS NOT NULL OR change_pp IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY area_code, area_name_en, year
        ORDER BY indicator_name_en, period_last_day DESC, period, comparison) <= $2)
SELECT chosen.*, parent_code, unit_code, unit_name_vi, qualifier, growth_as_printed, value_as_printed, unit_as_printed,
       qualifier_as_printed, met."row", {DOCUMENT.format("document")}
FROM chosen {UNITS}
LEFT JOIN core.fact_observation AS met USING (observation_key)
LEFT JOIN core.dim_source AS document ON document.source_key = met.source_key
ORDER BY area_code, chosen.area_name_en, year, chosen.indicator_name_en, period_last_day DESC, period, comparison
"""  # noqa: S608
CONTRADICTIONS = f"""
WITH shown AS (
    SELECT *, count(*) OVER () AS of_all FROM marts.consistency WHERE verdict = $1
    ORDER BY area_code, area_name_en, period DESC, check_name, indicator_name_en, role LIMIT $2),
area_names AS (SELECT area_code, area_name_en, min(area_name_vi) AS area_name_vi FROM core.dim_area GROUP BY ALL),
figures AS (
    SELECT indicator_code, area_code, area_name_en, period_code AS period, 'result' AS role, source_key, value_as_printed,
           qualifier_as_printed, unit_as_printed, CASE WHEN growth_reported_pct IS NOT NULL THEN growth_as_printed END AS growth, "row"
    FROM core.fact_observation JOIN core.dim_indicator USING (indicator_key) JOIN core.dim_area USING (area_key)
    JOIN core.dim_period USING (period_key) WHERE is_current
    UNION ALL
    SELECT indicator_code, area_code, area_name_en, period_code, 'target', source_key, value_as_printed, qualifier_as_printed,
           unit_as_printed, CASE WHEN growth_reported_pct IS NOT NULL THEN growth_as_printed END, "row"
    FROM core.fact_target JOIN core.dim_indicator USING (indicator_key) JOIN core.dim_area USING (area_key)
    JOIN core.dim_period USING (period_key) WHERE is_current)
SELECT shown.*, area_name_vi, dim_indicator.indicator_name_vi, unit_code, unit_name_en, unit_name_vi, due.year, value_as_printed,
       qualifier_as_printed, unit_as_printed, growth AS growth_as_printed, figures."row", {DOCUMENT.format("document")}
FROM shown {UNITS}
LEFT JOIN area_names ON area_names.area_code = shown.area_code AND area_names.area_name_en = shown.area_name_en
LEFT JOIN core.dim_period AS due ON due.period_code = shown.period
LEFT JOIN figures ON figures.indicator_code = shown.indicator_code AND figures.area_code = shown.area_code
    AND figures.area_name_en = shown.area_name_en AND figures.period = shown.period AND figures.role = shown.role
LEFT JOIN core.dim_source AS document USING (source_key)
QUALIFY row_number() OVER (PARTITION BY shown.check_name, shown.indicator_code, shown.area_code, shown.area_name_en, shown.period,
    shown.role ORDER BY source_key, figures."row") = 1
ORDER BY shown.area_code, shown.area_name_en, shown.period DESC, shown.check_name, shown.indicator_name_en, shown.role
"""  # noqa: S608
LOAD_TOTALS = """
SELECT coalesce(sum(cells_read), 0) AS read, coalesce(sum(figures_loaded), 0) AS loaded, coalesce(sum(figures_rejected), 0) AS rejected,
       coalesce(sum(cells_missing), 0) AS missing, count(*) AS files, count(DISTINCT source) AS sources,
       max(ingested_at) AS newest FROM audit.load
"""
DOCUMENTS = f"""
WITH used AS (
    SELECT source_key, count(*) AS figures
    FROM (SELECT source_key FROM core.fact_observation UNION ALL SELECT source_key FROM core.fact_target) GROUP BY ALL)
SELECT {DOCUMENT.format("document")}, coalesce(figures, 0) AS figures, count(*) OVER () AS of_all
FROM core.dim_source AS document LEFT JOIN used USING (source_key)
ORDER BY source, published_on DESC NULLS LAST, file, address, source_key LIMIT $1
"""  # noqa: S608


def _prefixed(table: str, prefix: str) -> str:
    """The columns of a document, each with a prefix that says whose it is."""
    names = [column.split(".")[1] for column in DOCUMENT.format(table).split(", ")]
    return ", ".join(f"{table}.{name} AS {prefix}_{name}" for name in names)


TARGETS = TARGETS.format(target=_prefixed("target_document", "target"), result=_prefixed("result_document", "result"))
