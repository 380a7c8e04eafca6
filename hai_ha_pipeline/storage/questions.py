"""The two questions that matter, as SQL: how far each target is reached, and how fast each figure grows."""

from pathlib import Path
from typing import Any

from hai_ha_pipeline.errors import QueryError
from hai_ha_pipeline.storage.query import Answer, asking, query

AREA = "(area_code = $1 OR contains(strip_accents(lower(area_name_en)), strip_accents(lower($1))))"
BUSIEST = {
    "attainment": "SELECT area_code, target_period[:4] FROM marts.attainment WHERE result_value IS NOT NULL",
    "growth": "SELECT area_code, period[:4] FROM marts.growth WHERE growth_pct IS NOT NULL OR growth_reported_pct IS NOT NULL",
}


def attainment_of(database: Path, area: str | None, year: str | None, *, every_period: bool) -> Answer:
    """The targets of an area and year: the last result of each, or every result period."""
    area, year = _chosen(database, "attainment", area, year)
    return query(
        database,
        f"""
        SELECT area_name_en AS area, indicator_name_en AS indicator, measure_kind, target_period, target_operator, target_value,
               target_lower, target_upper, target_as_printed, period_name_en AS result_until, result_value, result_lower, result_upper,
               result_as_printed, is_derived, unit_name_en AS unit, fulfilment_pct, progress_pct, expected_pct, status, status_reason
        FROM marts.attainment LEFT JOIN core.dim_period ON period_code = result_period
        WHERE {AREA} AND target_period[:4] = $2 AND (is_latest OR $3)
        ORDER BY area_code, status = 'no_result', indicator_name_en, result_period_last_day
        """,  # noqa: S608
        [area, year, every_period],
    )


def growth_of(database: Path, area: str | None, year: str | None) -> Answer:
    """The growth of an area's figures in a year, computed and as printed."""
    area, year = _chosen(database, "growth", area, year)
    return query(
        database,
        f"""
        SELECT area_name_en AS area, indicator_name_en AS indicator, now.period_name_en AS period, comparison, value,
               unit_name_en AS unit, coalesce(before.period_name_en, base_period) AS base_period, base, growth_pct, growth_reported_pct, growth_agreement, change_pp, implied_base,
               contribution_pp, is_derived, series_end
        FROM marts.growth
        JOIN core.dim_period AS now ON now.period_code = period
        LEFT JOIN core.dim_period AS before ON before.period_code = base_period
        WHERE {AREA} AND now.year = CAST($2 AS INTEGER)
          AND (base IS NOT NULL OR growth_reported_pct IS NOT NULL)
        ORDER BY area_code, indicator_name_en, period_last_day, comparison
        """,  # noqa: S608
        [area, year],
    )


def _chosen(database: Path, mart: str, area: str | None, year: str | None) -> tuple[str, str]:
    """The area and year asked for; where one is left open, that with the most rows.

    Raises `QueryError` with what there is where nothing fits.
    """
    conditions = [*([AREA] if area else ["$1 IS NULL"]), "$2 IS NULL" if not year else "year = $2"]
    rows = query(
        database,
        f"""
        SELECT area_code, year, count(*) FROM ({BUSIEST[mart]}) AS busy(area_code, year)
        JOIN (SELECT DISTINCT area_code, area_name_en FROM marts.{mart}) USING (area_code)
        WHERE {" AND ".join(conditions)} GROUP BY ALL ORDER BY 3 DESC, 1, 2 DESC LIMIT 1
        """,  # noqa: S608
        [area, year],
    ).rows
    if rows:
        return area or str(rows[0][0]), year or str(rows[0][1])
    known = query(database, f"SELECT DISTINCT area_code, area_name_en FROM marts.{mart} ORDER BY 1").rows  # noqa: S608
    names = ", ".join(f"{code} {name}" for code, name in known)
    raise QueryError(f"area {area or 'any'}, year {year or 'any'}", f"marts.{mart} holds nothing for it", f"choose one of: {names}")


def run_summary(database: Path) -> dict[str, Answer]:
    """What a run left behind: figures by source, rejections by rule, targets by status, disagreements."""
    with asking(database) as ask:
        return {
            "sources": ask(
                """SELECT source, max(state) AS state, sum(records_read) AS records, sum(figures_loaded) AS loaded,
                          sum(figures_rejected) AS rejected, sum(cells_missing) AS missing, max(message) AS message,
                          max(warnings) AS warnings
                   FROM audit.load GROUP BY source ORDER BY source""",
            ),
            "differences": ask(
                """SELECT source, figures_new, figures_revised, figures_withdrawn, figures_unchanged, examples FROM audit.difference
                   JOIN (SELECT max(loaded_at) AS loaded_at FROM audit.difference) USING (loaded_at)
                   WHERE compared_with IS NOT NULL ORDER BY source""",
            ),
            "releases": ask(
                """SELECT source, release_every, release_days_after, max(last_result_on) FROM audit.load
                   WHERE release_every IS NOT NULL GROUP BY ALL ORDER BY ALL""",
            ),
            "rejections": ask(
                """SELECT rule, count(*) AS figures, first(source || '/' || file || ' line ' || "row" ORDER BY statement_key) AS example,
                          first(coalesce(field || ' ' || text, field || ' left empty', 'record ' || value_as_printed) ORDER BY statement_key)
                          AS what, first(reason ORDER BY statement_key) AS reason
                   FROM audit.rejected WHERE content IS NULL GROUP BY rule ORDER BY figures DESC, rule""",
            ),
            "targets": ask("SELECT status, count(*) AS targets FROM marts.attainment WHERE is_latest GROUP BY status ORDER BY 2 DESC, 1"),
            "disagreements": ask(
                """SELECT area_name_en, indicator_name_en, coalesce(period_name_en, period), explanation FROM marts.consistency
                   LEFT JOIN core.dim_period ON period_code = period
                   WHERE verdict = 'inconsistent' ORDER BY ALL""",
            ),
        }


def loads_by_source(database: Path) -> list[dict[str, Any]]:
    """What the published warehouse has of each source: its state, how many files and figures, and why it failed if it did."""
    answer = query(
        database,
        """SELECT source, max(state) AS state, max(message) AS message, count(file) AS files, sum(figures_loaded)::INTEGER AS loaded,
                  sum(figures_rejected)::INTEGER AS rejected, sum(cells_missing)::INTEGER AS missing
           FROM audit.load GROUP BY source ORDER BY source""",
    )
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
