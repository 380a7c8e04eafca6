"""One run of the job from the command line, in this process, with its progress told while it goes on."""

import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import dagster as dg

from hai_ha_pipeline.definitions import defs
from hai_ha_pipeline.errors import UserError
from hai_ha_pipeline.orchestration.automation import JOB, is_under_way
from hai_ha_pipeline.orchestration.history import instance_of_one_run
from hai_ha_pipeline.settings import project


@dataclass(frozen=True)
class Step:
    """How far one step is: waiting, running, done or failed; and the rows of each table it made."""

    name: str
    state: str
    tables: dict[str, int] = field(default_factory=dict)
    seconds: float | None = None
    error: str | None = None


def dagster_home() -> Path:
    """The folder of run history: `DAGSTER_HOME`, else the project's own, made with its settings where it is missing.

    Raises `UserError` where `DAGSTER_HOME` is no absolute path.
    """
    chosen = os.environ.get("DAGSTER_HOME")
    if chosen:
        if not Path(chosen).is_absolute():
            raise UserError(f"DAGSTER_HOME={chosen}", "is no absolute path", "write the whole path, or unset it")
        Path(chosen).mkdir(parents=True, exist_ok=True)
        return Path(chosen)
    home = project().dagster_home
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "dagster.yaml"
    if not settings.exists():
        settings.write_text(files("hai_ha_pipeline.orchestration").joinpath("dagster.yaml").read_text())
    os.environ["DAGSTER_HOME"] = str(home)
    return home


def step_names() -> list[str]:
    """The steps of the job, in the order in which they can run."""
    job = defs.resolve_job_def(JOB)
    return [node.name for node in job.nodes_in_topological_order]


def refresh(tell: Callable[[Step], None]) -> bool:
    """Run the job; `tell` hears of every step when it begins and ends. True where the run succeeded.

    The run stands in the history that the UI shows. Raises `UserError` while another run is under way.
    """
    home = dagster_home()
    run_id = str(uuid.uuid4())
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with instance_of_one_run(home) as instance:
        if is_under_way(instance):
            raise UserError("hai-ha run", "another run is under way", "wait until it has finished; the Dagster UI shows it")
        job = defs.resolve_job_def(JOB)
        instance.add_event_listener(run_id, _listener(tell))
        return job.execute_in_process(instance=instance, run_id=run_id, run_config=quiet, raise_on_error=False).success


def _listener(tell: Callable[[Step], None]) -> Callable[[dg.EventLogEntry], None]:
    """What hears every event of a run as Dagster records it and tells of its steps, so that no step knows it is watched."""
    started: dict[str, float] = {}
    tables: dict[str, dict[str, int]] = {}
    return lambda entry: _tell_of(entry, started, tables, tell)


def _tell_of(entry: dg.EventLogEntry, started: dict[str, float], tables: dict[str, dict[str, int]], tell: Callable[[Step], None]) -> None:
    event = entry.dagster_event
    if event is None or entry.step_key is None:
        return
    name = entry.step_key.split(".")[0]  # the steps inside a graph are told of as that one
    kind = event.event_type
    if kind == dg.DagsterEventType.STEP_START:
        started[name] = entry.timestamp
        tell(Step(name, "running"))
    elif kind == dg.DagsterEventType.ASSET_MATERIALIZATION:
        made = event.step_materialization_data.materialization
        count = made.metadata.get("dagster/row_count")
        if isinstance(count, dg.IntMetadataValue):
            tables.setdefault(name, {})[made.asset_key.path[-1]] = int(count.value or 0)
    elif kind in {dg.DagsterEventType.STEP_SUCCESS, dg.DagsterEventType.STEP_FAILURE}:
        is_done = kind == dg.DagsterEventType.STEP_SUCCESS
        error = None if is_done else _error(event)
        tell(Step(name, "done" if is_done else "failed", tables.get(name, {}), entry.timestamp - started[name], error))
    elif kind == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
        _tell_of_check(event, name, tell)


def _tell_of_check(event: dg.DagsterEvent, name: str, tell: Callable[[Step], None]) -> None:
    check = event.asset_check_evaluation_data
    if not check.passed:
        cases = check.metadata.get("failing_cases") or check.metadata.get("not_loaded")
        tell(Step(name, "failed", error=f"{check.description or check.check_name}\n{cases.value if cases else ''}"))


def _error(event: dg.DagsterEvent) -> str | None:
    """What a person needs to know: the message of the failure, or of the error that caused it."""
    failure = event.step_failure_data
    if failure.user_failure_data:
        return failure.user_failure_data.description
    cause = failure.error.cause if failure.error and failure.error.cause else failure.error
    if cause is None or "DagsterAssetCheckFailedError" in (failure.error.message if failure.error else ""):
        return None
    return cause.message.strip()
