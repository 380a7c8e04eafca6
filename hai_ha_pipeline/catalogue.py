"""What is generated from code: two pages of `docs/`, `warehouse/README.md`, and the descriptor's JSON Schema for editors.

`python -m hai_ha_pipeline.catalogue` writes them; a test holds that they are up to date.
"""

from pathlib import Path

from hai_ha_pipeline import printed_forms, rejections
from hai_ha_pipeline.contracts.types import columns, grain
from hai_ha_pipeline.reading.descriptor import json_schema
from hai_ha_pipeline.tables import MADE_BY_PUBLISHING, PUBLISHED

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "warehouse" / "README.md"
REJECTIONS = ROOT / "docs" / "rejections.md"
PRINTED_FIGURES = ROOT / "docs" / "printed-figures.md"
JSON_SCHEMA = ROOT / "hai_ha_pipeline" / "reading" / "descriptor.schema.json"
SCHEMAS = {
    "core": "Dimensions and facts: every figure with its value, interval, unit, source and text as printed.",
    "marts": "Answers: attainment of targets, growth, and whether the figures agree.",
    "audit": "What was read, what was rejected and why, and what was corrected.",
}
HEAD = """# The warehouse

`hai_ha.duckdb` leads to the generation that `make run` published last; every run that finds something new publishes another, whole
(docs/publishing.md). This page is generated from the contracts (`make docs`); the same texts stand as comments on the tables and columns in DuckDB.
`queries/` holds SQL for questions that analysts ask: `hai-ha query "$(cat warehouse/queries/FILE.sql)"`.

Percentages are in per cent (54.6, not 0.546). `_pct` is per cent, `_pp` percentage points, `_on` a date, `_at` a UTC timestamp.
`DECIMAL(18,6)` values are in the indicator's canonical unit; a null bound means that the printed figure leaves that side open.
"""


def catalogue() -> str:
    """Every published table with its grain and columns, as Markdown."""
    parts = [HEAD]
    for schema, purpose in SCHEMAS.items():
        parts.append(f"\n## {schema}\n\n{purpose}\n")
        for name, (its_schema, contract) in (PUBLISHED | MADE_BY_PUBLISHING).items():
            if its_schema == schema:
                rows = "\n".join(
                    f"| `{column.name}` | {column.dtype} | {'yes' if column.is_nullable else ''} | {column.description.replace('|', chr(92) + '|')} |"
                    for column in columns(contract)
                )
                parts.append(
                    f"\n### {schema}.{name}\n\n{grain(contract)}\n\n| column | type | may be null | meaning |\n|---|---|---|---|\n{rows}\n"
                )
    return "".join(parts)


if __name__ == "__main__":
    CATALOGUE.write_text(catalogue(), encoding="utf-8")
    REJECTIONS.write_text(rejections.page(), encoding="utf-8")
    PRINTED_FIGURES.write_text(printed_forms.page(ROOT / "sources"), encoding="utf-8")
    JSON_SCHEMA.write_text(json_schema(), encoding="utf-8")
