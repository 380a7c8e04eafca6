"""Reads an SDMX-CSV with pysdmx and with sdmx1 and prints what each saw, as JSON. Run by test_sdmx.py where pandas is at hand."""

import json
import sys
from typing import Any

import sdmx
from pysdmx.io import get_datasets


def by_pysdmx(figures: str, structures: str) -> list[dict[str, str]]:
    (dataset,) = get_datasets(figures, structures)
    return [{name: str(value) for name, value in row.items()} for row in dataset.data.astype(str).to_dict("records")]


def by_sdmx1(figures: str, structures: str) -> list[dict[str, str]]:
    flow = sdmx.read_sdmx(structures).dataflow["PLAN_TRACKING"]
    (dataset,) = sdmx.read_sdmx(figures, structure=flow).data
    return [
        {value.id: str(value.value) for value in observation.key.values.values()}
        | {"OBS_VALUE": str(observation.value)}
        | {name: str(attribute.value) for name, attribute in observation.attrib.items()}
        for observation in dataset.obs
    ]


def codes_by_sdmx1(structures: str) -> dict[str, Any]:
    return {name: {code.id: dict(code.name.localizations) for code in codes} for name, codes in sdmx.read_sdmx(structures).codelist.items()}


if __name__ == "__main__":
    read = {"pysdmx": by_pysdmx(*sys.argv[1:]), "sdmx1": by_sdmx1(*sys.argv[1:]), "codes": codes_by_sdmx1(sys.argv[2])}
    json.dump(read, sys.stdout)
