"""When the warehouse is made, or an earlier one brought back: the jobs, the daily schedule, the sensor that watches the sources."""

from datetime import UTC, datetime, timedelta

import dagster as dg
from pydantic import Field

from hai_ha_pipeline.errors import UserError
from hai_ha_pipeline.orchestration.ahead import ON_PUBLISHER
from hai_ha_pipeline.orchestration.executors import executor
from hai_ha_pipeline.reading.archive import fingerprint
from hai_ha_pipeline.settings import project
from hai_ha_pipeline.storage.lake import bring_lake_up_to_date
from hai_ha_pipeline.storage.publish import published_fingerprint
from hai_ha_pipeline.storage.rollback import roll_back, why_withheld

JOB = "refresh_warehouse"

FORGOTTEN_AFTER = timedelta(minutes=15)


def is_under_way(instance: dg.DagsterInstance) -> bool:
    """Whether a run of the job is going on. One that was killed stays "started" for ever, so an old one does not count."""
    under_way = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]
    recent = dg.RunsFilter(job_name=JOB, statuses=under_way, updated_after=datetime.now(UTC) - FORGOTTEN_AFTER)
    return bool(instance.get_run_records(recent, limit=1))


EXECUTOR, EXECUTION = executor()

refresh_warehouse = dg.define_asset_job(
    JOB,
    selection=dg.AssetSelection.all() | dg.AssetSelection.all_asset_checks(),
    description="Read every source, judge its figures, make the dimensions, facts and marts, and publish the warehouse.",
    executor_def=EXECUTOR,
    config={"execution": {"config": EXECUTION}},
)


class Rollback(dg.Config):
    """Which generation is brought back."""

    generation: int | None = Field(default=None, description="Its number; left out: the one that was published before the present one.")


@dg.op(
    description="Publish an earlier generation again, by the rename that published it; its figures, exports and report come back together.",
    tags=ON_PUBLISHER,
)
def bring_back(context: dg.OpExecutionContext, config: Rollback) -> None:
    """Roll back, and note it in the history of the asset `warehouse`."""
    try:
        done = roll_back(project().database, config.generation)
        bring_lake_up_to_date(project().database)
    except UserError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    metadata = {"generation": done.now, "brought_back_from": done.before or "none", "path": dg.MetadataValue.path(str(project().database))}
    context.log_event(dg.AssetMaterialization("warehouse", description="An earlier generation was brought back.", metadata=metadata))


@dg.job(description="Bring an earlier generation back. It stays until the sources or the code change, or `hai-ha run --again`.")
def rollback_warehouse() -> None:
    """One step."""
    bring_back()


daily_refresh = dg.ScheduleDefinition(
    name="daily_refresh",
    job=refresh_warehouse,
    cron_schedule="0 6 * * *",
    execution_timezone="Asia/Ho_Chi_Minh",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every day at 06:00 in Viet Nam.",
)


@dg.sensor(
    job=refresh_warehouse,
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Starts a run when a file under sources/ is added, changed or removed.",
)
def source_files_changed(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """Ask for a run where the published warehouse is not made from the files that are there.

    The cursor holds what was asked for last, so that a run that failed is not asked for again until something changes.
    """
    now, published = fingerprint(project().sources), published_fingerprint(project().database)
    if now == published:
        context.update_cursor("")
        return dg.SkipReason("the published warehouse is made from these files")
    if withheld := why_withheld(project().database, now):
        return dg.SkipReason(f"{withheld}; publish it all the same with: hai-ha run --again")
    if is_under_way(context.instance):
        return dg.SkipReason("the sources have changed; waiting for the run that is under way")
    asked_for = f"{now} instead of {published}"
    if context.cursor == asked_for:
        return dg.SkipReason("a run for these files was started and did not publish; mend what it says, or start one by hand")
    context.update_cursor(asked_for)
    return dg.RunRequest()
