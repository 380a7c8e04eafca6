"""Made-up sources for the trial of several hosts: as many as wanted, each with long files of monthly values."""

from pathlib import Path

from hai_ha_pipeline.reading.reference import COLUMNS

AREAS = [f"D{number:03d}" for number in range(40)]
YEARS = range(2015, 2025)
RULES = [
    f"pace,pace_ratio,{status},{least},,{status},made up" for status, least in (("on_track", 0.95), ("at_risk", 0.6), ("off_track", 0))
]
DESCRIPTOR = """\
$schema: https://datapackage.org/profiles/2.0/datapackage.json
name: {name}
title: "Made-up figures, part {name}"
created: "2025-01-31T00:00:00Z"
contributors: [{{title: "a generator", roles: [publisher]}}]
licenses: [{{name: CC0-1.0}}]
sources: [{{title: "a generator", path: "https://example.org/"}}]
resources:
  - name: figures
    path: "*.csv"
    encoding: utf-8
    dialect: {{delimiter: ";"}}
    schema:
      fields: [{{name: area}}, {{name: indicator}}, {{name: period}}, {{name: role}}, {{name: value, type: number, decimalChar: ",", groupChar: "."}}, {{name: unit}}]
    hai-ha:
      layout: long
      language: de
      columns: {{area: area, indicator: indicator, period: period, role: role, value: value, unit: unit}}
"""


def write_sources(sources: Path, count: int) -> int:
    """Write `count` sources of one indicator each, and their master data; how many figures they hold."""
    reference = sources / "reference"
    reference.mkdir(parents=True)
    rows = {
        "indicators": [f"ind{n:03d},Indicator {n},Chỉ tiêu {n},made_up,VND_BN,up,flow,,false,true,,,,,,," for n in range(count)],
        "areas": [f"{code},,,district,Huyện,Huyện {code},District {code},,{code}" for code in AREAS],
        "units": ["VND_BN,vnd,9,billion VND,tỷ đồng,Milliarden VND"],
        "area_changes": [],
        "attainment_rules": RULES,
    }
    for name, columns in COLUMNS.items():
        (reference / f"{name}.csv").write_text("\n".join([",".join(columns), *rows[name]]) + "\n", encoding="utf-8")
    return sum(_write_source(sources / f"office_{number:03d}", number) for number in range(count))


def _write_source(folder: Path, number: int) -> int:
    folder.mkdir()
    (folder / "datapackage.yaml").write_text(DESCRIPTOR.format(name=folder.name), encoding="utf-8")
    lines = [
        f"{area};ind{number:03d};{year}-{month:02d};result;{_german(1000 + 17 * number + 5 * place + 3 * (12 * (year - 2015) + month))};Milliarden VND"
        for place, area in enumerate(AREAS)
        for year in YEARS
        for month in range(1, 13)
    ]
    lines += [f"{area};ind{number:03d};2024;target;{_german(16_000 + 200 * number)};Milliarden VND" for area in AREAS]
    (folder / "figures.csv").write_text("\n".join(["area;indicator;period;role;value;unit", *lines]) + "\n", encoding="utf-8")
    return len(lines)


def _german(value: int) -> str:
    return f"{value:,}".replace(",", ".") + ",5"
