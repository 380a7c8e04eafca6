"""When tables are made: Dagster assets, checks, the job, the schedule and the sensor. Only this package imports dagster."""
