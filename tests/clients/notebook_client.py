"""Run a marimo notebook without a browser, for one area and year, and print what its tables and charts hold.

python notebook_client.py NOTEBOOK AREA YEAR
"""

import json
import runpy
import sys
from types import SimpleNamespace


def main(notebook: str, area: str, year: str) -> None:
    """Print the tables as rows, and each chart as the number of its marks' rows."""
    app = runpy.run_path(notebook)["app"]
    _, chosen = app.run()
    _, made = app.run(defs={"area": SimpleNamespace(value=area), "year": SimpleNamespace(value=year)})
    charts = {name: made[name].to_dict() for name in ("attainment_chart", "growth_chart")}
    answers = {
        "chosen when nobody chooses": [chosen["area"].value, chosen["year"].value],
        "attainment": {row["indicator"]: row for row in made["attainment"].to_dicts()},
        "growth": made["growth"].to_dicts(),
        "drawn": {name: [len(rows) for rows in chart["datasets"].values()] for name, chart in charts.items()},
    }
    print(json.dumps(answers))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
