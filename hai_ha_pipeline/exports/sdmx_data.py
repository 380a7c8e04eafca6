"""SDMX-CSV 2.0 of the figures that hold: results and targets side by side, told apart by the dimension FIGURE_ROLE.

A key has one value in SDMX, so earlier vintages stay out; they are in the Parquet of the facts. No text of a source stands
in the file, only codes and numbers: the printed text is found by FIGURE_KEY.
"""

from pathlib import Path

from hai_ha_pipeline.exports.sdmx_components import AGENCY, AREA_CODES, COMPONENTS, FLOW, UNIT_CODES, VERSION
from hai_ha_pipeline.storage.copying import Finished

FIGURES = """
    SELECT * EXCLUDE (observation_key), observation_key AS figure_key FROM core.fact_observation WHERE is_current
    UNION ALL BY NAME
    SELECT * EXCLUDE (target_key), target_key AS figure_key, 'target' AS role FROM core.fact_target WHERE is_current"""


def write_figures(warehouse: Finished, file: Path) -> None:
    """Write the current observations and targets, one row each, in the order of their keys."""
    warehouse.to_csv(figures_sql(), file)


def figures_sql() -> str:
    """The rows of the file: what they belong to, then every component."""
    components = ", ".join(f'{component.value} AS "{component.id}"' for component in COMPONENTS)
    dimensions = ", ".join(f'"{component.id}"' for component in COMPONENTS if component.role == "dimension")
    return f"""
        WITH figure AS ({FIGURES}), area_code AS ({AREA_CODES}), unit_code AS ({UNIT_CODES})
        SELECT 'dataflow' AS "STRUCTURE", '{AGENCY}:{FLOW}({VERSION})' AS "STRUCTURE_ID", 'I' AS "ACTION", {components}
        FROM figure
        JOIN core.dim_indicator USING (indicator_key)
        JOIN unit_code USING (unit_code)
        JOIN core.dim_period USING (period_key)
        JOIN area_code USING (area_key)
        ORDER BY {dimensions}, figure_key"""  # noqa: S608
