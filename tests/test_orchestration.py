"""The orchestration without a server: what stops a run, what starts one, and what the UI is told."""

import json
import shutil
from datetime import date
from functools import partial
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from hai_ha_pipeline.contracts.audit import Load
from hai_ha_pipeline.contracts.types import empty
from hai_ha_pipeline.definitions import defs
from hai_ha_pipeline.errors import UserError
from hai_ha_pipeline.orchestration import assets, automation
from hai_ha_pipeline.orchestration.automation import daily_refresh, source_files_changed
from hai_ha_pipeline.orchestration.judged import contract_check
from hai_ha_pipeline.orchestration.metadata import as_markdown, column_schema, of_table
from hai_ha_pipeline.orchestration.run import step_names
from hai_ha_pipeline.orchestration.sources import _release_is_in
from hai_ha_pipeline.reading.archive import fingerprint
from hai_ha_pipeline.settings import project
from hai_ha_pipeline.storage.query import query
from hai_ha_pipeline.storage.rollback import roll_back
from hai_ha_pipeline.storage.stage import Stage
from hai_ha_pipeline.tables import ALL, PUBLISHED, REFERENCE, TABLES
from tests.small_warehouse import publish_small, said

SHIPPED = Path(__file__).resolve().parents[1] / "sources"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own with the shipped sources."""
    shutil.copytree(SHIPPED, tmp_path / "sources")
    monkeypatch.setenv("HAI_HA_PROJECT", str(tmp_path))
    return tmp_path


def evaluate(instance: dg.DagsterInstance, cursor: str | None = None) -> tuple[object, str | None]:
    with dg.build_sensor_context(instance=instance, cursor=cursor) as context:
        return source_files_changed(context), context.cursor


def test_the_sensor_asks_for_a_run_when_a_file_is_added_changed_or_removed(here: Path) -> None:
    readme = here / "sources" / "README.md"
    with dg.DagsterInstance.ephemeral() as instance:
        request, cursor = evaluate(instance)
        assert isinstance(request, dg.RunRequest)
        readme.write_text("changed")
        request, cursor = evaluate(instance, cursor)
        assert isinstance(request, dg.RunRequest)
        (here / "sources" / "added.csv").write_text("a\n1\n")
        request, cursor = evaluate(instance, cursor)
        assert isinstance(request, dg.RunRequest)
        readme.unlink()
        request, cursor = evaluate(instance, cursor)
        assert isinstance(request, dg.RunRequest)
        assert isinstance(evaluate(instance, cursor)[0], dg.SkipReason)


def test_the_sensor_rests_while_the_warehouse_is_made_from_the_files_that_are_there(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published: list[str | None] = [fingerprint(here / "sources")]
    monkeypatch.setattr(automation, "published_fingerprint", lambda _: published[0])
    with dg.DagsterInstance.ephemeral() as instance:
        skipped, cursor = evaluate(instance)
        assert isinstance(skipped, dg.SkipReason)
        published[0] = None  # somebody deleted the warehouse
        request, cursor = evaluate(instance, cursor)
        assert isinstance(request, dg.RunRequest)
        assert request.run_key is None  # a key would keep Dagster from ever running the same contents again
        skipped, _ = evaluate(instance, cursor)  # that run failed: not asked for again until something changes
        assert isinstance(skipped, dg.SkipReason)
        assert "did not publish" in str(skipped.skip_message)


def test_the_sensor_does_not_care_about_dates_and_hidden_files(here: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        _, cursor = evaluate(instance)
        (here / "sources" / "README.md").touch()
        (here / "sources" / ".README.md.swp").write_text("an editor's draft")
        assert isinstance(evaluate(instance, cursor)[0], dg.SkipReason)


def test_the_schedule_is_at_six_in_viet_nam() -> None:
    assert (daily_refresh.cron_schedule, daily_refresh.execution_timezone) == ("0 6 * * *", "Asia/Ho_Chi_Minh")


def test_every_table_is_an_asset_with_a_description_columns_and_a_blocking_check() -> None:
    graph = defs.resolve_asset_graph()
    for table in ALL:
        key = dg.AssetKey(table.name)
        node = graph.get(key)
        assert node.description, table.name
        assert node.metadata["dagster/column_schema"] == column_schema(table.contract)
        check = graph.get_check_spec(dg.AssetCheckKey(key, "contract"))
        assert check.blocking


def test_the_published_warehouse_waits_for_everything_it_publishes() -> None:
    needed = {key.path[-1] for key in defs.resolve_asset_graph().get(dg.AssetKey("warehouse")).parent_keys}
    assert needed == set(PUBLISHED)


def test_the_steps_come_in_the_order_of_the_flow() -> None:
    steps = step_names()
    assert steps[-1] == "warehouse"
    assert set(steps) == {
        "build",
        *REFERENCE,
        "read_sources",
        "sources_are_current",
        "releases_are_in",
        "make_tables",
        *(table.name for table in TABLES if not table.of_parts),
        "warehouse",
    }
    assert steps.index("read_sources") < steps.index("make_tables") < steps.index("load")


def test_a_broken_contract_names_its_failing_cases() -> None:
    lost = pl.DataFrame(
        {
            "source": ["office"], "file": ["export.csv"], "state": ["loaded"], "message": [None], "sha256": ["0"], "ingested_at": [None],
            "records_read": [3], "cells_read": [3], "figures_loaded": [1], "figures_rejected": [1], "cells_missing": [0],
        },
        schema_overrides={"message": pl.String, "ingested_at": pl.Datetime("us")},
    )  # fmt: skip
    check = contract_check("load", Load, lost)
    assert not check.passed
    assert "export.csv" in str(check.metadata["failing_cases"].value)
    assert "nothing is published" in str(check.description)


def test_a_table_without_rows_must_have_the_columns_of_its_contract() -> None:
    nothing = empty(Load)
    assert contract_check("load", Load, nothing).passed
    wrong = (nothing.drop("records_read"), nothing.select(reversed(nothing.columns)), nothing.cast({"records_read": pl.String}))
    assert not any(contract_check("load", Load, each).passed for each in wrong)


def test_a_broken_contract_stops_what_comes_after_it(here: Path) -> None:
    units = here / "sources" / "reference" / "units.csv"
    units.write_text(units.read_text(encoding="utf-8").replace("PERSONS,persons,0", "PERSONS,persons,99"), encoding="utf-8")
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        result = defs.resolve_job_def("refresh_warehouse").execute_in_process(instance=instance, run_config=quiet, raise_on_error=False)
        assert not result.success
        finished = {event.step_key for event in result.all_events if event.is_step_success}
        [broken] = [each for each in result.get_asset_check_evaluations() if not each.passed]
    assert broken.asset_key == dg.AssetKey("dim_unit")
    assert "99" in str(broken.metadata["failing_cases"].value)
    assert not {"read_sources", "make_tables", "warehouse"} & finished
    assert not project().database.exists()


def test_a_source_that_is_not_shown_as_its_files_say_is_yellow_in_the_ui_and_stops_nothing(here: Path) -> None:
    (here / "sources" / "quang_ninh_yearbook" / "yearbook.csv").unlink()
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        result = defs.resolve_job_def("refresh_warehouse").execute_in_process(instance=instance, run_config=quiet, raise_on_error=False)
        checks = {each.asset_key.path[-1]: each for each in result.get_asset_check_evaluations() if each.check_name == "is_current"}
    assert result.success
    assert {key for key, check in checks.items() if not check.passed} == {"quang_ninh_yearbook"}
    assert len(checks) == 6
    assert checks["quang_ninh_yearbook"].severity == dg.AssetCheckSeverity.WARN
    assert "there is no file 'yearbook.csv'" in str(checks["quang_ninh_yearbook"].metadata["message"].value)


def loads_of(every: str, last_result_on: date | None) -> pl.DataFrame:
    row = {"source": "office", "release_every": every, "release_days_after": 45, "last_result_on": last_result_on}
    return pl.DataFrame([row], schema_overrides={"last_result_on": pl.Date})


@pytest.mark.parametrize(
    ("today", "passed", "said"),
    [
        (date(2025, 2, 13), True, "Nothing that is due is missing."),
        (date(2025, 2, 14), False, "figures until 2024-12-31 are due since 2025-02-14; the last there are until 2024-06-30"),
    ],
)
def test_a_missed_release_is_yellow_from_the_day_it_is_due(today: date, passed: bool, said: str) -> None:
    found = _release_is_in("office", loads_of("half_year", date(2024, 6, 30)), today)
    assert (found.passed, found.description, found.severity) == (passed, said, dg.AssetCheckSeverity.WARN)


def test_the_ui_has_owners_lineage_and_the_freshness_of_the_warehouse() -> None:
    specs = {spec.key.path[-1]: spec for spec in defs.resolve_all_asset_specs()}
    assert specs["attainment"].owners == ["team:pipeline"]
    assert specs["indicators"].owners == ["team:analysts"]
    lineage = specs["attainment"].metadata["dagster/column_lineage"].deps_by_column["fulfilment_pct"]
    assert [(dep.asset_key.path[-1], dep.column_name) for dep in lineage] == [("fact_observation", "value"), ("fact_target", "value")]
    assert specs["warehouse"].freshness_policy is not None


def test_a_preview_is_a_table_whose_cells_cannot_break_it() -> None:
    rows = pl.DataFrame({"a|b": ["x|y", "two\n<b>lines", None], "n": [1, 2, 3]})
    assert as_markdown(rows).splitlines() == [
        r"| a\|b | n |",
        "| --- | --- |",
        r"| x\|y | 1 |",
        "| two &lt;b>lines | 2 |",
        "|  | 3 |",
    ]


def test_a_table_without_rows_has_no_chart() -> None:
    shown = of_table("consistency", pl.DataFrame({"check_name": [], "verdict": []}, schema={"check_name": pl.String, "verdict": pl.String}))
    assert "chart" not in shown
    assert shown["dagster/row_count"] == dg.IntMetadataValue(0)


def test_the_rollback_job_brings_back_the_generation_that_it_is_given(here: Path) -> None:
    database = project().database
    for poor in (67, 50, 28):
        publish_small(database, poor)
    with dg.DagsterInstance.ephemeral() as instance:
        job = defs.resolve_job_def("rollback_warehouse")
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        given = quiet | {"ops": {"bring_back": {"config": {"generation": 1}}}}
        assert job.execute_in_process(instance=instance, run_config=given).success
        assert said(database) == 67
        noted = instance.get_latest_materialization_event(dg.AssetKey("warehouse"))
        assert noted is not None
        assert noted.asset_materialization is not None
        assert noted.asset_materialization.metadata["generation"] == dg.IntMetadataValue(1)
        assert job.execute_in_process(instance=instance, run_config=quiet | {"ops": {"bring_back": {"config": {"generation": 3}}}}).success
        assert job.execute_in_process(instance=instance, run_config=quiet).success
        assert said(database) == 50
        assert not job.execute_in_process(
            instance=instance, run_config=quiet | {"ops": {"bring_back": {"config": {"generation": 9}}}}, raise_on_error=False
        ).success


def test_the_sensor_does_not_undo_a_rollback(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = project().database
    publish_small(database, 67)
    publish_small(database, 28)
    roll_back(database)
    monkeypatch.setattr(automation, "fingerprint", lambda _: "poor 28")
    with dg.DagsterInstance.ephemeral() as instance:
        skipped, cursor = evaluate(instance)
        assert isinstance(skipped, dg.SkipReason)
        assert "generation 1 was brought back" in str(skipped.skip_message)
        monkeypatch.setattr(automation, "fingerprint", lambda _: "poor 27")
        assert isinstance(evaluate(instance, cursor)[0], dg.RunRequest)


def test_what_leaves_beside_the_database_is_published_with_it_or_nothing_is(
    here: Path, shipped: dict[str, pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Stage(project().stage)
    for name, rows in (shipped | {"build": pl.DataFrame({"fingerprint": [fingerprint(here / "sources")]})}).items():
        stage.write(name, rows)
        stage.write(f"made/the only part/{name}", rows)
    stage.write("part_recipe", pl.DataFrame({"content_key": ["the only part"], "dimension": ["area"], "codes": ["[]"]}))

    def write_page(database: Path, folder: Path) -> None:
        targets = query(database, "SELECT count(*) FROM core.fact_target").rows[0][0]
        (folder / "report").mkdir()
        (folder / "report" / "index.html").write_text(f"<p>{targets} targets</p>")

    def fail(database: Path, folder: Path) -> None:
        raise UserError("the report", "cannot be drawn", "draw it")

    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    for writers, succeeds in (((write_page, fail), False), ((write_page,), True)):
        monkeypatch.setattr(assets, "_writers", partial(tuple, writers))
        monkeypatch.setattr(assets, "RETRY", None)
        with dg.DagsterInstance.ephemeral() as instance:
            done = dg.materialize([assets._warehouse_asset()], instance=instance, run_config=quiet, raise_on_error=False)
        assert done.success is succeeds
        assert project().database.exists() is succeeds
    assert (here / "warehouse" / "report" / "index.html").read_text() == f"<p>{shipped['fact_target'].height} targets</p>"
    assert "report/index.html" in json.loads((here / "warehouse" / "manifest.json").read_text())["files"]
