"""When the warehouse is made: the job, its daily schedule, and the sensor that watches the sources."""

import dagster as dg

from hai_ha_pipeline.reading.archive import fingerprint
from hai_ha_pipeline.settings import project
from hai_ha_pipeline.storage.publish import published_fingerprint

JOB = "refresh_warehouse"

refresh_warehouse = dg.define_asset_job(
    JOB,
    selection=dg.AssetSelection.all(),
    description="Read every source, judge its figures, make the dimensions, facts and marts, and publish the warehouse.",
    executor_def=dg.multi_or_in_process_executor,
    config={"execution": {"config": {"in_process": {}}}},
)

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
    """Ask for a run where the sources differ from what the last request or the published warehouse was made from."""
    now = fingerprint(project().sources)
    if now == (context.cursor or published_fingerprint(project().database)):
        return dg.SkipReason("no file under sources/ has changed")
    running = dg.RunsFilter(job_name=JOB, statuses=[dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED])
    if context.instance.get_run_records(running, limit=1):
        return dg.SkipReason("the sources have changed; waiting for the run that is under way")
    if now == published_fingerprint(project().database):
        context.update_cursor(now)
        return dg.SkipReason("the published warehouse is made from these files")
    context.update_cursor(now)
    return dg.RunRequest(run_key=now)
