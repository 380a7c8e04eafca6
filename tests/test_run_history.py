"""The run history that the process of one run writes is the one that Dagster reads."""

from pathlib import Path

import dagster as dg

from hai_ha_pipeline.orchestration.history import OpenedOnce, instance_of_one_run

RUN = "11111111-1111-1111-1111-111111111111"


@dg.op
def greet() -> str:
    """One step."""
    return "hello"


@dg.job(executor_def=dg.in_process_executor)
def greeting() -> None:
    """One step."""
    greet()


def test_dagster_reads_what_a_run_wrote(tmp_path: Path) -> None:
    with instance_of_one_run(tmp_path) as instance:
        assert isinstance(instance.event_log_storage, OpenedOnce)
        assert greeting.execute_in_process(instance=instance, run_id=RUN).success
        written = [event.message for event in instance.all_logs(RUN)]
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        assert [event.message for event in instance.all_logs(RUN)] == written
        run = instance.get_run_by_id(RUN)
        assert run is not None
        assert run.status == dg.DagsterRunStatus.SUCCESS
    assert not list(tmp_path.rglob("*.db-wal"))


def test_every_event_is_in_the_file_that_the_ui_watches(tmp_path: Path) -> None:
    contents: list[bytes] = []
    with instance_of_one_run(tmp_path) as instance:
        instance.add_event_listener(RUN, lambda _: contents.append((tmp_path / "history" / "runs" / f"{RUN}.db").read_bytes()))
        greeting.execute_in_process(instance=instance, run_id=RUN)
    assert len(contents) > 8
    assert len(set(contents)) == len(contents)


def test_a_history_that_is_not_in_sqlite_files_is_left_as_it_is(tmp_path: Path) -> None:
    module = "dagster._core.storage.event_log"
    settings = f"event_log_storage: {{module: {module}, class: InMemoryEventLogStorage}}"
    (tmp_path / "dagster.yaml").write_text(settings, encoding="utf-8")
    with instance_of_one_run(tmp_path) as instance:
        assert type(instance.event_log_storage).__name__ == "InMemoryEventLogStorage"
