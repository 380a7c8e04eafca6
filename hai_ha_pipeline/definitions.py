"""What Dagster loads: `dagster dev -w workspace.yaml`, `dg dev`, and every run."""

import dagster as dg

from hai_ha_pipeline.orchestration.assets import all_assets
from hai_ha_pipeline.orchestration.automation import daily_refresh, refresh_warehouse, rollback_warehouse, source_files_changed
from hai_ha_pipeline.orchestration.io import ParquetStage
from hai_ha_pipeline.orchestration.sources import source_checks

defs = dg.Definitions(
    assets=all_assets(),
    asset_checks=source_checks(),
    jobs=[refresh_warehouse, rollback_warehouse],
    schedules=[daily_refresh],
    sensors=[source_files_changed],
    resources={"io_manager": ParquetStage()},
)
