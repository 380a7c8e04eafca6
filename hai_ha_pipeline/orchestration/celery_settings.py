"""What Celery must do so that a killed worker loses nothing; the executor and the workers read the same settings.

A step is acknowledged when it has ended, so one whose worker dies is given to another. Redis notices a killed worker only by
the time that has passed, so no step may take longer than `longest_step_seconds`: it would be done twice.
"""

from typing import Any

from hai_ha_pipeline.settings import longest_step_seconds


def shared() -> dict[str, Any]:
    """The settings, by their names in Celery."""
    return {
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "broker_transport_options": {"visibility_timeout": longest_step_seconds()},
        "result_expires": 7 * 24 * 3600,
        "broker_connection_retry_on_startup": True,
    }
