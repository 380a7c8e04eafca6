"""What changed between two generations, as an analyst asks: which results, targets and verdicts, from what to what.

Figures are compared as what holds today for an indicator, area and period, not row by row: a file that only moved changes nothing.
"""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import duckdb

from hai_ha_pipeline.errors import PublishError
from hai_ha_pipeline.storage.generations import Generations
from hai_ha_pipeline.storage.parts import PART
from hai_ha_pipeline.storage.quoting import quoted
from hai_ha_pipeline.storage.rollback import previous_of
from hai_ha_pipeline.storage.verify import GENERATION

SHOWN = """CASE qualifier WHEN 'exact' THEN '' WHEN 'range' THEN '' ELSE replace(qualifier, '_', ' ') || ' ' END
    || CASE qualifier WHEN 'range' THEN {number:lower} || ' to ' || {number:upper} ELSE {number:value} END
    || ' ' || unit_code || CASE obs_status WHEN 'A' THEN '' ELSE ' (' || obs_status || ')' END"""
FIGURES = """
    SELECT role AS what, indicator_code, indicator_name_en, area_code, area_name_en, period_code AS period, {shown} AS shown
    FROM {generation}.core.fact_observation JOIN {dimensions} WHERE is_current
    UNION ALL
    SELECT 'target', indicator_code, indicator_name_en, area_code, area_name_en, period_code, operator || ' ' || {shown}
    FROM {generation}.core.fact_target JOIN {dimensions} WHERE is_current
    UNION ALL
    SELECT 'attainment', indicator_code, indicator_name_en, area_code, area_name_en, target_period,
           replace(status, '_', ' ') || coalesce(', ' || round(fulfilment_pct, 2) || ' % of the target', '')
    FROM {generation}.marts.attainment WHERE is_latest"""
CHANGES = """
    WITH figure AS (SELECT true AS is_old, * FROM ({before}) UNION ALL SELECT false, * FROM ({after}))
    SELECT what, indicator_code, last(indicator_name_en ORDER BY is_old DESC), area_code, last(area_name_en ORDER BY is_old DESC), period,
           string_agg(DISTINCT shown, '; ' ORDER BY shown) FILTER (is_old) AS before,
           string_agg(DISTINCT shown, '; ' ORDER BY shown) FILTER (NOT is_old) AS after
    FROM figure GROUP BY what, indicator_code, area_code, period
    HAVING before IS DISTINCT FROM after
    ORDER BY what <> 'attainment', what, area_code, indicator_code, period"""


@dataclass(frozen=True)
class Change:
    """What an indicator, area and period says before and after; null before: added, null after: removed."""

    what: str
    indicator_code: str
    indicator_name_en: str
    area_code: str
    area_name_en: str
    period: str
    before: str | None
    after: str | None

    @property
    def kind(self) -> str:
        """Whether it was added, removed or changed."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"


@dataclass(frozen=True)
class TableChange:
    """A table: its rows before and after (none where it is not there), and how many contents are only in one of them.

    Keys are not compared: those of facts follow the file, so that every row of a file that moved would count.
    """

    table: str
    rows_before: int | None
    rows_after: int | None
    only_before: int
    only_after: int


@dataclass(frozen=True)
class Comparison:
    """What changed from one generation to another."""

    before: int
    after: int
    figures: list[Change]
    tables: list[TableChange]


def compare(database: Path, before: int | None = None, after: int | None = None) -> Comparison:
    """What changed from generation `before` to `after`; left out: the newest one, and what was published before it.

    Raises `PublishError` where one of them is not kept, cannot be read, or has tables that cannot be compared.
    """
    generations = Generations(database)
    after = _kept(generations, after or max(generations.numbers(), default=None))
    before = _kept(generations, before or previous_of(generations, after))
    try:
        with closing(duckdb.connect()) as connection:
            for name, number in (("old", before), ("new", after)):
                file = generations.path(number) / database.name
                connection.execute(f"ATTACH '{quoted(file)}' AS {name} (READ_ONLY)")
            return Comparison(before, after, _figures(connection), _tables(connection))
    except duckdb.Error as error:
        where, mend = f"generations {before} and {after}", "compare two that are nearer to each other"
        raise PublishError(where, f"they cannot be compared: {str(error).strip()}", mend) from None


def _kept(generations: Generations, number: int | None) -> int:
    if number is None or number not in generations.numbers():
        raise PublishError(
            "hai-ha diff" if number is None else f"generation {number}",
            f"two generations are compared, and {generations.folder} holds {', '.join(map(str, generations.numbers())) or 'none'}",
            "name two of them, or publish another one with: hai-ha run",
        )
    return number


def _figures(connection: duckdb.DuckDBPyConnection) -> list[Change]:
    rows = connection.execute(CHANGES.format(before=_said("old"), after=_said("new"))).fetchall()
    return [Change(*row) for row in rows]


def _said(generation: str) -> str:
    """The SQL of everything a generation says: what, about what, and the figure as shown."""
    shown = SHOWN
    for column in ("value", "lower", "upper"):
        shown = shown.replace(f"{{number:{column}}}", f"rtrim(rtrim(CAST({column} AS VARCHAR), '0'), '.')")
    dimensions = " JOIN ".join(f"{generation}.core.dim_{name} USING ({name}_key)" for name in ("indicator", "area", "period"))
    return FIGURES.format(generation=generation, dimensions=dimensions, shown=shown)


def _tables(connection: duckdb.DuckDBPyConnection) -> list[TableChange]:
    old, new = (_columns(connection, generation) for generation in ("old", "new"))
    changes = [_table(connection, table, old.get(table), new.get(table)) for table in sorted({*old, *new} - {GENERATION, PART})]
    return [change for change in changes if change.only_before or change.only_after or change.rows_before != change.rows_after]


def _table(connection: duckdb.DuckDBPyConnection, table: str, old: list[str] | None, new: list[str] | None) -> TableChange:
    def count(sql: str) -> int:
        return int(connection.execute(f"SELECT count(*) FROM ({sql})").fetchall()[0][0])  # noqa: S608

    rows_before = count(f"FROM old.{table}") if old is not None else None
    rows_after = count(f"FROM new.{table}") if new is not None else None
    shared = [column for column in old or [] if column in (new or [])]
    if not shared:
        return TableChange(table, rows_before, rows_after, rows_before or 0, rows_after or 0)
    before, after = (f"SELECT {', '.join(shared)} FROM {generation}.{table}" for generation in ("old", "new"))  # noqa: S608
    return TableChange(table, rows_before, rows_after, count(f"({before}) EXCEPT ALL ({after})"), count(f"({after}) EXCEPT ALL ({before})"))


def _columns(connection: duckdb.DuckDBPyConnection, generation: str) -> dict[str, list[str]]:
    """The columns of each table of a generation, keys aside."""
    rows = connection.execute(
        "SELECT schema_name || '.' || table_name, list('\"' || column_name || '\"' ORDER BY column_index) FROM duckdb_columns() "
        "WHERE database_name = ? AND NOT internal AND NOT ends_with(column_name, '_key') GROUP BY ALL",
        [generation],
    ).fetchall()
    return dict(rows)
