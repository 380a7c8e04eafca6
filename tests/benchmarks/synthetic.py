"""A project of made-up figures, as large as wanted: one long export with German numbers, its descriptor and its master data.

`python -m tests.benchmarks.synthetic FOLDER ROWS` writes one with targets beside the figures, for the questions of BI tools. Nothing here is a statistic; the values come from a fixed hash, so the same number of rows gives the same file.
"""

import sys
from pathlib import Path

import duckdb

from hai_ha_pipeline.reading.reference import COLUMNS as COLUMNS_OF_MASTER_DATA

AREAS = [f"VN{province:02d}{district:03d}" for province in range(63) for district in range(11)]
INDICATORS = [f"IND{number:03d}" for number in range(120)]
MONTHS = 240  # from January 2005
COLUMNS = ("area", "indicator", "period", "value", "unit", "status")
RULES = [
    f"pace,pace_ratio,{status},{least},,{status},made up" for status, least in (("on_track", 0.95), ("at_risk", 0.6), ("off_track", 0))
]
DESCRIPTOR = """\
$schema: https://datapackage.org/profiles/2.0/datapackage.json
name: synthetic
title: "Made-up figures"
created: "2026-01-01T00:00:00Z"
contributors: [{title: "a generator", roles: [publisher]}]
licenses: [{name: CC0-1.0}]
sources: [{title: "a generator", path: "https://example.org/"}]
resources:
  - name: figures
    path: "*.csv"
    format: csv
    encoding: utf-8
    dialect: {delimiter: ";"}
    schema:
      fields:
        - {name: area, type: string}
        - {name: indicator, type: string}
        - {name: period, type: string}
        - {name: value, type: number, decimalChar: ",", groupChar: "."}
        - {name: unit, type: string}
        - {name: status, type: string}
    hai-ha:
      layout: long
      language: de
      columns: {area: area, indicator: indicator, period: period, value: value, unit: unit, status: status}
"""


PLANS = DESCRIPTOR.replace("name: synthetic", "name: plans").replace(
    "columns: {area: area,", "constants: {role: target}\n      columns: {area: area,"
)


def write_plans(root: Path, rows: int) -> None:
    """Targets for December 2020: of each twelfth indicator, for every area that an export of so many rows has."""
    folder = root / "sources" / "plans"
    folder.mkdir(parents=True)
    (folder / "datapackage.yaml").write_text(PLANS, encoding="utf-8")
    areas = AREAS[: -(-rows // (len(INDICATORS) * MONTHS))]
    lines = [f"{area};{indicator};2020-12;3.000,0;Milliarden VND;A" for area in areas for indicator in INDICATORS[::12]]
    (folder / "plans.csv").write_text("\n".join([";".join(COLUMNS), *lines]) + "\n", encoding="utf-8")


def write_project(root: Path) -> Path:
    """Master data and descriptor under `root`; where its export belongs."""
    reference, source = root / "sources" / "reference", root / "sources" / "synthetic"
    for folder in (reference, source):
        folder.mkdir(parents=True)
    rows = {
        "indicators": [f"{code.lower()},Indicator {code},Chỉ tiêu {code},made_up,VND_BN,up,flow,,false,true,,,,,,," for code in INDICATORS],
        "areas": [f"{code},,,district,Huyện,Huyện {code},District {code},,{code}" for code in AREAS],
        "units": ["VND_BN,vnd,9,billion VND,tỷ đồng,Milliarden VND"],
        "area_changes": [],
        "attainment_rules": RULES,
    }
    for name, columns in COLUMNS_OF_MASTER_DATA.items():
        (reference / f"{name}.csv").write_text("\n".join([",".join(columns), *rows[name]]) + "\n", encoding="utf-8")
    (source / "datapackage.yaml").write_text(DESCRIPTOR, encoding="utf-8")
    return source / "figures.csv"


def cut(export: Path, files: int) -> None:
    """Put the rows of an export, in their order, into so many files."""
    if files > 1:
        header, *lines = export.read_text(encoding="utf-8").splitlines(keepends=True)
        size = -(-len(lines) // files)
        for number, at in enumerate(range(0, len(lines), size)):
            export.with_name(f"figures_{number:05d}.csv").write_text("".join([header, *lines[at : at + size]]), encoding="utf-8")
        export.unlink()


def write_export(rows: int, file: Path) -> None:
    """So many monthly values such as `1.234,5`, one after the other by area, indicator and month."""
    query = f"""
        SELECT $areas[i // {len(INDICATORS) * MONTHS} % {len(AREAS)} + 1] AS area,
               $indicators[i // {MONTHS} % {len(INDICATORS)} + 1] AS indicator,
               strftime(DATE '2005-01-01' + to_months((i % {MONTHS})::INTEGER), '%Y-%m') AS period,
               translate(format('{{:,.1f}}', exp(6 + 3 * (hash(i) % 100_000) / 100_000)), ',.', '.,') AS value,
               'Milliarden VND' AS unit, 'A' AS status
        FROM range({rows}) AS positions(i)"""
    connection = duckdb.connect()
    connection.execute("SET preserve_insertion_order = true")
    connection.execute(
        f"COPY ({query}) TO '{file}' (FORMAT csv, HEADER, DELIMITER ';', QUOTE '')", {"areas": AREAS, "indicators": INDICATORS}
    )


if __name__ == "__main__":
    place, wanted = Path(sys.argv[1]), int(sys.argv[2])
    write_export(wanted, write_project(place))
    write_plans(place, wanted)
