"""What executes the steps of a run: this machine, Celery workers, or a Kubernetes job for each step; `docs/scaling.md` says when which.

The packages for the last two are optional: `pip install 'hai-ha-pipeline[cluster]'` or `[kubernetes]`.
"""

from importlib import import_module
from typing import Any

import dagster as dg

from hai_ha_pipeline.errors import UserError
from hai_ha_pipeline.orchestration import celery_settings
from hai_ha_pipeline.settings import executor_wanted

BROKER = {"env": "HAI_HA_BROKER"}
MODULES = {"celery": ("dagster_celery", "celery_executor", "cluster"), "kubernetes": ("dagster_k8s", "k8s_job_executor", "kubernetes")}


def executor() -> tuple[dg.ExecutorDefinition, dict[str, Any]]:
    """The executor that `HAI_HA_EXECUTOR` names, and its configuration.

    Raises `UserError` where its package is not installed.
    """
    named = executor_wanted()
    if named not in MODULES:
        return dg.multi_or_in_process_executor, {"in_process": {}}
    module, attribute, extra = MODULES[named]
    try:
        definition: dg.ExecutorDefinition = getattr(import_module(module), attribute)
    except ModuleNotFoundError as error:
        mend = f"install it with: pip install 'hai-ha-pipeline[{extra}]'"
        raise UserError(f"HAI_HA_EXECUTOR={named}", f"the package {error.name} is not installed", mend) from None
    return definition, {"broker": BROKER, "backend": BROKER, "config_source": celery_settings.shared()} if named == "celery" else {}
