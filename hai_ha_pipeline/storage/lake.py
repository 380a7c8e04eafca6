"""Whether what is published goes to Delta Lake as well: only where `HAI_HA_DELTA` names a place. How it is written is `delta.py`."""

from pathlib import Path

from hai_ha_pipeline.settings import delta_place


def bring_lake_up_to_date(database: Path) -> list[str] | None:
    """Make the Delta tables hold what the published DuckDB file holds; the tables that changed, none at all where there is no lake.

    Raises `PlaceError` where the place cannot be written, or the package deltalake is missing.
    """
    place = delta_place()
    if place is None:
        return None
    from hai_ha_pipeline.storage.delta import publish_delta  # noqa: PLC0415 -- an optional dependency
    from hai_ha_pipeline.tables import LEAVING  # noqa: PLC0415 -- `hai-ha rollback` starts without Polars where there is no lake

    return publish_delta(database, place, LEAVING)
