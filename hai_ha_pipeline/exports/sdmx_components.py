"""The SDMX data structure: every dimension, measure and attribute once, with its meaning and the SQL of its value.

The data (`sdmx_data`) and the structure definition (`sdmx_structures`) are both made from `COMPONENTS`, so they cannot differ.
"""

from dataclasses import dataclass
from typing import Literal

from hai_ha_pipeline.storage.copying import plain_number

AGENCY, VERSION = "HAI_HA", "1.0"
FLOW, STRUCTURE, CONCEPTS = "PLAN_TRACKING", "PLAN_TRACKING", "CS_PLAN_TRACKING"
OPERATORS = {">=": "GE", "<=": "LE", "=": "EQ", "between": "BETWEEN", "reduce_by": "REDUCE_BY"}
OPERATOR_CASES = [f"WHEN '{sign}' THEN '{code}'" for sign, code in OPERATORS.items()]

# A place keeps one code while its land stays the same. The first version of a place that is as old as the records has the
# official code as it is; where a code was given to another place later, the day since when tells the two apart.
AREA_CODES = """
    SELECT area_key, first_value(area_code || CASE WHEN valid_from > DATE '1900-01-01' THEN strftime(valid_from, '_%Y%m%d') ELSE '' END)
                     OVER (PARTITION BY area_series_key ORDER BY valid_from) AS ref_area
    FROM core.dim_area"""
# A unit that is a power of ten of another one, as its code says (VND_BN of VND), is written as that one with its multiplier.
# Any other is written as it is: hectares, or million VND per person and year.
UNIT_CODES = """
    SELECT unit.unit_code, unit.power_of_ten <> 0 AND coalesce(base.power_of_ten = 0, false) AS is_multiple,
           CASE WHEN is_multiple THEN base.unit_code ELSE unit.unit_code END AS unit_measure,
           CASE WHEN is_multiple THEN unit.power_of_ten ELSE 0 END AS unit_mult
    FROM core.dim_unit AS unit
    LEFT JOIN core.dim_unit AS base ON base.quantity = unit.quantity AND starts_with(unit.unit_code, base.unit_code || '_')
    QUALIFY row_number() OVER (PARTITION BY unit.unit_code ORDER BY length(base.unit_code) DESC NULLS LAST) = 1"""


@dataclass(frozen=True)
class Component:
    """A component of the structure: `value` is SQL over the joined figures; a code list or a data type says what it may be."""

    id: str
    role: Literal["dimension", "measure", "attribute"]
    name: str
    meaning: str
    value: str
    codelist: str | None = None
    dtype: str = "String"
    is_required: bool = True
    attached_to: str = "O"


def _amount(component: str, name: str, meaning: str, column: str) -> Component:
    return Component(component, "attribute", name, meaning, plain_number(f"figure.{column}"), dtype="Decimal", is_required=False)


COMPONENTS: tuple[Component, ...] = (
    Component("FREQ", "dimension", "Frequency", "Length of the period the figure is about.", "dim_period.freq", "CL_FREQ"),
    Component("REF_AREA", "dimension", "Reference area", "Place the figure is about.", "area_code.ref_area", "CL_AREA"),
    Component("INDICATOR", "dimension", "Indicator", "What is measured.", "dim_indicator.indicator_code", "CL_INDICATOR"),
    Component(
        "FIGURE_ROLE",
        "dimension",
        "Role of the figure",
        "Whether it reports a result, is a level to start from, or a target to reach.",
        "figure.role",
        "CL_FIGURE_ROLE",
    ),
    Component(
        "TIME_PERIOD",
        "dimension",
        "Time period",
        "Period the figure is about; a cumulative one as a time range (2024-01-01/P7M).",
        "dim_period.period_code",
        dtype="ObservationalTimePeriod",
    ),
    Component(
        "OBS_VALUE",
        "measure",
        "Value",
        "The figure in units of UNIT_MEASURE times ten to the power of UNIT_MULT.",
        plain_number("figure.value"),
        dtype="Decimal",
    ),
    Component(
        "UNIT_MEASURE",
        "attribute",
        "Unit of measure",
        "Unit of the value.",
        "unit_code.unit_measure",
        "CL_UNIT_MEASURE",
        attached_to="INDICATOR",
    ),
    Component(
        "UNIT_MULT",
        "attribute",
        "Unit multiplier",
        "Power of ten by which the value is multiplied.",
        "CAST(unit_code.unit_mult AS VARCHAR)",
        "CL_UNIT_MULT",
        attached_to="INDICATOR",
    ),
    Component("OBS_STATUS", "attribute", "Observation status", "Release stage of the figure.", "figure.obs_status", "CL_OBS_STATUS"),
    Component("QUALIFIER", "attribute", "Qualifier", "How the printed figure is bounded.", "figure.qualifier", "CL_QUALIFIER"),
    _amount("LOWER_BOUND", "Lower bound", "Lowest value the printed figure allows; left empty where it allows any.", "lower"),
    _amount("UPPER_BOUND", "Upper bound", "Highest value the printed figure allows; left empty where it allows any.", "upper"),
    Component(
        "TARGET_OPERATOR",
        "attribute",
        "Operator of the target",
        "How a result is compared with the target.",
        f"CASE figure.operator {' '.join(OPERATOR_CASES)} END",
        "CL_TARGET_OPERATOR",
        is_required=False,
    ),
    _amount("BASELINE_VALUE", "Baseline value", "Level from which the target, or the printed reduction, starts.", "baseline_value"),
    Component(
        "BASELINE_PERIOD",
        "attribute",
        "Baseline period",
        "Period of that level.",
        "figure.baseline_period_code",
        dtype="ObservationalTimePeriod",
        is_required=False,
    ),
    _amount("REDUCTION_PCT", "Reduction", "Reduction to reach, in per cent of the baseline.", "reduction_pct"),
    _amount("GROWTH_PRINTED_PCT", "Printed growth", "Growth as the source prints it, in per cent.", "growth_reported_pct"),
    _amount(
        "FULFILMENT_PRINTED_PCT", "Printed fulfilment", "Share of the plan fulfilled as printed, in per cent.", "fulfilment_reported_pct"
    ),
    Component(
        "DATA_SOURCE",
        "attribute",
        "Source",
        "Document that prints the figure.",
        "CAST(figure.source_key AS VARCHAR)",
        "CL_DATA_SOURCE",
    ),
    Component("KNOWN_FROM", "attribute", "Known from", "Day since which the figure is known.", "figure.known_from", dtype="GregorianDay"),
    Component(
        "FIGURE_KEY",
        "attribute",
        "Key in the warehouse",
        "observation_key of core.fact_observation or target_key of core.fact_target: there stands the text as printed.",
        "figure.figure_key",
        dtype="Long",
    ),
)
