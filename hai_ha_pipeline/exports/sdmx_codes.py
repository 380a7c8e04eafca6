"""The code lists of the SDMX structure: areas, indicators, units and sources from the dimensions, closed lists from here.

A closed list must name every value that the contracts allow; a test holds that.
"""

import re
from dataclasses import dataclass

from hai_ha_pipeline.contracts.types import OBS_STATUSES
from hai_ha_pipeline.exports.sdmx_components import AREA_CODES, OPERATORS, UNIT_CODES
from hai_ha_pipeline.storage.copying import Finished


@dataclass(frozen=True)
class Code:
    """A code with its English name, and the Vietnamese one where there is one."""

    id: str
    name_en: str
    description: str
    name_vi: str | None = None


@dataclass(frozen=True)
class Codes:
    """A code list."""

    id: str
    name: str
    codes: list[Code]


ROLES = {"result": "Result", "baseline": "Baseline", "target": "Target"}
STATUSES = {
    "A": "Normal value", "B": "Time series break", "D": "Definition differs", "E": "Estimated value", "F": "Forecast value",
    "G": "Experimental value", "I": "Imputed value", "J": "Derogation", "M": "Missing value; data cannot exist",
    "N": "Not significant", "P": "Provisional value", "S": "Strike and other special events", "U": "Low reliability",
    "V": "Unvalidated value",
}  # fmt: skip
QUALIFIED = {
    "exact": "Exact, to half a unit of the last printed digit", "more_than": "More than the value", "at_least": "The value or more",
    "nearly": "Nearly the value, so less", "at_most": "The value or less", "about": "About the value", "range": "A range; the value is its middle",
}  # fmt: skip
COMPARED = {
    "GE": "The value or more", "LE": "The value or less", "EQ": "The value itself", "BETWEEN": "Between the bounds",
    "REDUCE_BY": "A reduction to the value",
}  # fmt: skip
FREQUENCIES = {"A": ("Annual", "years"), "S": ("Half-yearly", "half-years"), "Q": ("Quarterly", "quarters"), "M": ("Monthly", "months")}
MULTIPLIERS = {
    0: "Units", 3: "Thousands", 4: "Tens of thousands", 6: "Millions", 8: "Hundreds of millions", 9: "Billions", 12: "Trillions",
}  # fmt: skip


def code_lists(warehouse: Finished) -> list[Codes]:
    """Every code list, its codes in the order of their ids."""
    multipliers = [int(power) for (power,) in warehouse.rows(f"SELECT DISTINCT unit_mult FROM ({UNIT_CODES}) ORDER BY 1")]  # noqa: S608
    frequencies = [str(freq) for (freq,) in warehouse.rows("SELECT DISTINCT freq FROM core.dim_period ORDER BY 1")]
    return [
        Codes("CL_AREA", "Areas", _areas(warehouse)),
        Codes("CL_DATA_SOURCE", "Documents that print the figures", _sources(warehouse)),
        _closed("CL_FIGURE_ROLE", "Roles of figures", ROLES),
        _closed("CL_FREQ", "Frequencies", {freq: _frequency(freq) for freq in frequencies}),
        Codes("CL_INDICATOR", "Indicators", _indicators(warehouse)),
        _closed("CL_OBS_STATUS", "Observation status, codes as in SDMX CL_OBS_STATUS", {code: STATUSES[code] for code in OBS_STATUSES}),
        _closed("CL_QUALIFIER", "Qualifiers", QUALIFIED),
        _closed("CL_TARGET_OPERATOR", "Operators of targets", {code: COMPARED[code] for code in OPERATORS.values()}),
        Codes("CL_UNIT_MEASURE", "Units of measure", _units(warehouse)),
        _closed(
            "CL_UNIT_MULT",
            "Unit multipliers",
            {str(power): MULTIPLIERS.get(power, f"Ten to the power of {power}") for power in multipliers},
        ),
    ]


def _closed(name: str, title: str, names: dict[str, str]) -> Codes:
    return Codes(name, title, [Code(code, meaning, meaning) for code, meaning in names.items()])


def _frequency(freq: str) -> str:
    """A frequency in words; a number after the letter counts the periods together: M7."""
    letter, number = re.fullmatch(r"([A-Z])(\d*)", freq).groups()  # type: ignore[union-attr] # the contract of dim_period says so
    if letter not in FREQUENCIES:
        return "Days" if letter == "D" else freq
    single, several = FREQUENCIES[letter]
    return f"{number} {several} together" if number else single


def _areas(warehouse: Finished) -> list[Code]:
    """Places: named as their last version, with all versions in the description."""
    rows = warehouse.rows(
        f"""
        SELECT ref_area, last(area_name_en ORDER BY valid_from), last(area_name_vi ORDER BY valid_from),
               string_agg(area_name_en || ', ' || level || ' with the official code ' || area_code
                          || CASE WHEN valid_from > DATE '1900-01-01' THEN ' from ' || valid_from ELSE '' END
                          || coalesce(' until ' || CAST(valid_to - 1 AS DATE), '') || coalesce(', in ' || parent_code, ''),
                          '; ' ORDER BY valid_from)
        FROM core.dim_area JOIN ({AREA_CODES}) USING (area_key) GROUP BY ref_area ORDER BY ref_area"""  # noqa: S608
    )
    return [Code(code, english, versions, vietnamese) for code, english, vietnamese, versions in rows]


def _indicators(warehouse: Finished) -> list[Code]:
    rows = warehouse.rows(
        """
        SELECT indicator_code, indicator_name_en, indicator_name_vi,
               concat_ws('. ', rtrim(description, '.'), theme || ', ' || measure_kind, 'part of ' || parent_code)
        FROM core.dim_indicator ORDER BY indicator_code"""
    )
    return [Code(code, english, description, vietnamese) for code, english, vietnamese, description in rows]


def _units(warehouse: Finished) -> list[Code]:
    rows = warehouse.rows(
        f"""
        SELECT unit_code, unit_name_en, unit_name_vi, quantity FROM core.dim_unit
        WHERE unit_code IN (SELECT unit_measure FROM ({UNIT_CODES})) ORDER BY unit_code"""  # noqa: S608
    )
    return [Code(code, english, f"Measures {quantity}", vietnamese) for code, english, vietnamese, quantity in rows]


def _sources(warehouse: Finished) -> list[Code]:
    rows = warehouse.rows(
        """
        SELECT CAST(source_key AS VARCHAR), source_title,
               concat_ws('; ', publisher, 'published on ' || published_on, address, source || '/' || file)
        FROM core.dim_source ORDER BY 1"""
    )
    return [Code(key, title, document) for key, title, document in rows]
