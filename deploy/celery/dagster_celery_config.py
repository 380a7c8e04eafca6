"""What a Celery worker of Dagster reads at its start, from the folder that PYTHONPATH names: broker, results, and what a lost worker means."""

import os

from hai_ha_pipeline.orchestration.celery_settings import shared

broker_url = result_backend = os.environ["HAI_HA_BROKER"]
globals().update(shared())
