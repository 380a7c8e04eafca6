"""How Dagster keeps tables between steps: as Parquet in the stage."""

from typing import Any

import dagster as dg
import polars as pl

from hai_ha_pipeline.settings import project
from hai_ha_pipeline.storage.stage import Stage


class ParquetStage(dg.IOManager):
    """Every table is one Parquet file of the stage, named after its asset."""

    def handle_output(self, context: dg.OutputContext, obj: Any) -> None:
        """Write a table; an asset that gives none is published elsewhere.

        The frame is emptied when it is written: a run in one process keeps every output until its end, and with it all tables.
        """
        if isinstance(obj, pl.DataFrame):
            Stage(project().stage).write(context.asset_key.path[-1], obj)
            for column in obj.columns:
                obj.drop_in_place(column)

    def load_input(self, context: dg.InputContext) -> pl.DataFrame:
        """Read a table of this run, or of the run that made it last."""
        return Stage(project().stage).read(context.asset_key.path[-1])
