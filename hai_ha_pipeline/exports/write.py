"""Everything under `exports/` of a generation, from its finished database. The same content gives the same bytes."""

from pathlib import Path

from hai_ha_pipeline.exports.datapackage import describe
from hai_ha_pipeline.exports.sdmx_data import write_figures
from hai_ha_pipeline.exports.sdmx_structures import write_structures
from hai_ha_pipeline.exports.spreadsheets import sheets
from hai_ha_pipeline.exports.tables import leaving
from hai_ha_pipeline.settings import exports_are_wanted
from hai_ha_pipeline.storage.copying import finished


def write_exports(database: Path, folder: Path) -> None:
    """Write `folder/exports/` from a built DuckDB file; nothing where the setting `HAI_HA_EXPORTS` is `off`.

    `docs/exports.md` describes every file. `folder` is the draft of a generation and holds no exports yet.
    """
    if not exports_are_wanted():
        return
    exports = folder / "exports"
    for part in ("parquet", "csv", "sdmx"):
        (exports / part).mkdir(parents=True)
    with finished(database, folder) as warehouse:
        for table in leaving():
            warehouse.to_parquet(f"FROM {table.name} ORDER BY {table.order}", exports / "parquet" / f"{table.name}.parquet")
        for sheet in sheets():
            warehouse.to_csv(sheet.query, exports / "csv" / f"{sheet.name}.csv")
        write_figures(warehouse, exports / "sdmx" / "figures.csv")
        write_structures(warehouse, exports / "sdmx" / "structures.xml")
        describe(warehouse, exports)
