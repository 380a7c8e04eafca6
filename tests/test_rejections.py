"""The one list of rules: each is really produced by a worked example, says how to mend it, and is on the page."""

import re
from pathlib import Path
from typing import Any

import pandera.errors
import polars as pl
import pytest

from hai_ha_pipeline import rejections
from hai_ha_pipeline.catalogue import REJECTIONS as PAGE
from hai_ha_pipeline.contracts.audit import Rejected
from hai_ha_pipeline.contracts.reading import Figure, Statement
from hai_ha_pipeline.contracts.rejections import FIGURES, RECORDS, REJECTIONS, REMEDIES, RULE_NAMES, Rejection
from hai_ha_pipeline.contracts.types import polars_schema
from hai_ha_pipeline.transforms.rules import RULES
from hai_ha_pipeline.transforms.series import judged_by_series
from tests.build import dim_area, dim_indicator, dim_unit, figures, judged
from tests.folders import DESCRIPTOR, ingested, source

REMEDY = re.compile(
    r"\b(add|close|confirms?|correct|declare|delete|export|give|known|map|mend|name|nearest|needs|quote|settle|take|widen|write)\b"
)
ALL_REJECTED = DESCRIPTOR.replace("layout: long", "layout: long\n      max_rejected_share: 1")
HEADER = "what;when;figure\n"
GOOD = "output;2024;100\noutput_farms;2024;20\n"

RECORDS_BROKEN: dict[str, tuple[str, str]] = {
    "missing-cell": (ALL_REJECTED, f"{HEADER}output;2023\n{GOOD}"),
    "extra-cell": (ALL_REJECTED, f"{HEADER}output;2023;100;\n{GOOD}"),
    "quote-error": (ALL_REJECTED, f'{HEADER}out"put;2023;100\n{GOOD}'),
    "ambiguous-quote": (ALL_REJECTED, f'{HEADER}"output;2023;100\n{GOOD}output";2022;100\n'),
    "incorrect-label": (ALL_REJECTED, f'wh"at;when;figure\n{GOOD}'),
    "repeated-header": (ALL_REJECTED, f"{HEADER}{GOOD}{HEADER}output;2022;90\n"),
    "another-table": (ALL_REJECTED, f'{HEADER}{GOOD}"what";"when";"figure"\noutput;2022;90\n'),
    "duplicate-row": (ALL_REJECTED, f"{HEADER}{GOOD}output;2024;100\n"),
    "control-character": (ALL_REJECTED, f"{HEADER}out\x01put;2023;100\n{GOOD}"),
    "excluded": (ALL_REJECTED + "      excluded: {indicator: [All of it]}\n", f"{HEADER}All of it;2024;120\n{GOOD}"),
}
BESIDE = {"another-table": ("repeated-header",)}
FIGURES_BROKEN: dict[str, dict[str, Any]] = {
    "unknown-indicator": {"indicator": "outputt"},
    "unknown-area": {"area": "Hai Haa"},
    "ambiguous-area": {"area": "06946", "period": "2025"},
    "unknown-period": {"period": "last summer"},
    "unknown-role": {"role": "Ziel"},
    "unknown-growth-basis": {"growth": "7 %", "growth_basis": "the plan"},
    "unknown-unit": {"unit": "bilion VND"},
    "unit-of-another-quantity": {"unit": "million USD"},
    "type-error": {"value": "1,234.5"},
    "unknown-words": {"value": "100 per head"},
    "missing-baseline": {"value": "39", "indicator": "poor_households", "unit": "households", "qualifier": "reduced by"},
    "constraint-error": {"value": "500.000.000"},
    "ambiguous-number": {"indicator": "exports", "unit": "million USD", "value": "33.796"},
}


@pytest.mark.parametrize("rule", RECORDS_BROKEN)
def test_a_record_that_breaks_a_rule_is_set_aside_by_its_name(rule: str, tmp_path: Path) -> None:
    descriptor, table = RECORDS_BROKEN[rule]
    source(tmp_path / "sources", descriptor=descriptor, table=table)
    read = ingested(tmp_path)
    assert read["source_file"]["message"].to_list() == [None]
    rejected = read["figure"].filter(verdict="rejected")
    assert {*rejected["rule"]} == {rule, *BESIDE.get(rule, ())}
    assert rejected.filter(rule=rule)["reason"].str.ends_with(". " + REMEDIES[rule]).to_list() == [rule != "excluded"]


@pytest.mark.parametrize("rule", FIGURES_BROKEN)
def test_a_figure_that_breaks_a_rule_is_set_aside_by_its_name(rule: str) -> None:
    found = judged(FIGURES_BROKEN[rule], {}).rows(named=True)
    assert [(row["verdict"], row["rule"]) for row in found] == [("rejected", rule), ("accepted", None)]
    assert REMEDY.search(found[0]["reason"]), found[0]["reason"]


def test_a_figure_a_thousand_times_off_its_series_is_set_aside_by_its_name() -> None:
    years = [{"period_code": str(2020 + place), "value": value} for place, value in enumerate(["26.68", "33785.3", "28.1"])]
    found = judged_by_series(figures(*years), dim_indicator(), dim_area(), dim_unit())
    assert found["rule"].to_list() == [None, "magnitude-jump", None]


def test_every_rule_has_a_worked_example_above() -> None:
    assert {*RECORDS_BROKEN} == {rejection.rule for rejection in RECORDS}
    assert {*FIGURES_BROKEN, "magnitude-jump"} == {rejection.rule for rejection in FIGURES}


def test_every_rule_that_judges_figures_is_listed() -> None:
    assert {rule.name for rule in RULES} <= set(RULE_NAMES), "add it to FIGURES in hai_ha_pipeline/contracts/rejections.py"
    assert len(set(RULE_NAMES)) == len(RULE_NAMES)


@pytest.mark.parametrize("rejection", REJECTIONS, ids=RULE_NAMES)
def test_a_rule_says_cause_and_remedy_in_whole_sentences(rejection: Rejection) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rejection.rule)
    assert rejection.cause.endswith(".")
    assert rejection.remedy.endswith(".")
    assert rejection.example


@pytest.mark.parametrize("contract", [Statement, Figure, Rejected])
def test_a_rule_that_is_not_listed_cannot_appear(contract: Any) -> None:
    schema = contract.to_schema().columns["rule"]
    assert [check.name for check in schema.checks] == ["isin"]
    row = pl.DataFrame(dict.fromkeys(polars_schema(Rejected)), schema=polars_schema(Rejected)).with_columns(rule=pl.lit("odd"))
    with pytest.raises(pandera.errors.SchemaErrors, match="isin"):
        Rejected.validate(row, lazy=True)


def test_the_page_is_what_the_list_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == rejections.page(), "run: make docs"
