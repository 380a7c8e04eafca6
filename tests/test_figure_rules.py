"""Every rule that sets a figure aside, each with a row that breaks it."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import polars as pl
import pytest

from hai_ha_pipeline.transforms.rules import RULES
from tests.build import SHIPPED, judged, judged_row
from tests.conftest import tables_of

REDUCED = {"indicator": "poor_households", "unit": "households", "qualifier": "reduced by"}
BROKEN: list[tuple[str, str, dict[str, Any], str]] = [
    ("unknown-indicator", "indicator", {"indicator": "outputt"}, "nearest: output"),
    ("unknown-indicator", "indicator", {"indicator": "xyzzy"}, "nothing like it is known"),
    ("unknown-indicator", "indicator", {"indicator": None}, "the cell is empty"),
    ("unknown-role", "role", {"role": "Ziel"}, "result, target or baseline"),
    ("unknown-period", "period", {"period": "last summer"}, "no such period"),
    ("unknown-period", "period", {"period": None}, "no such period"),
    ("unknown-area", "area", {"area": None}, "the cell is empty"),
    ("unknown-area", "area", {"area": "Hai Haa"}, "nearest: .*hai ha"),
    ("unknown-area", "area", {"area": "Đường Hoa", "period": "2024"}, "no such unit existed in 2024; known: 06946 Duong Hoa commune"),
    ("ambiguous-area", "area", {"area": "06946", "period": "2025"}, "fits several units in 2025"),
    ("unknown-unit", "unit", {"unit": "bilion VND"}, "nearest: VND_BN"),
    ("unknown-unit", "unit", {"unit": None}, "the cell is empty"),
    ("unit-of-another-quantity", "unit", {"unit": "million USD"}, r"measures usd, but the indicator is in VND_BN \(vnd\)"),
    ("unit-of-another-quantity", "value", {"value": "10 %"}, "is in per cent, but its unit measures vnd"),
    ("type-error", "value", {"value": "many"}, "no number in the declared format .*decimal mark ',', grouping mark '.'"),
    ("type-error", "value", {"value": "1,234.5"}, "no number"),
    ("unknown-words", "value", {"value": "100 per head"}, "the words 'per head' beside the number"),
    ("unknown-words", "value", {"qualifier": "almost certainly"}, "the words 'certainly'"),
    ("unknown-words", "status", {"status": "rumoured"}, "no release stage is called so"),
    ("ambiguous-number", "value", {"indicator": "exports", "unit": "million USD", "value": "33.796"}, "it is 33796, outside .*0.01 to 5000 USD_MN; .* it is 33.796, inside"),
    ("unit-of-another-quantity", "value", {"value": "48 USD"}, "names USD, but its unit measures vnd"),
    ("unknown-words", "value", {"value": "1,2 Billionen", "unit": "billion VND", "language": "de"}, "a scale stands in the cell and in its unit 'billion VND'"),
    ("unknown-words", "value", {"value": "1,2 Billion", "unit": "VND"}, r"10\^9 or 10\^12"),
    ("unknown-words", "value", {"value": "gấp 3 lần"}, "which only a growth can be"),
    ("unknown-words", "value", {"value": "hÆ¡n 36.000"}, "text of another encoding"),
    ("unit-of-another-quantity", "growth", {"growth": "+48 USD"}, "a change in usd, but the indicator measures vnd"),
    ("unit-of-another-quantity", "growth", {"growth": "+2,3 Prozentpunkte"}, "a change in percentage points, but the indicator measures vnd"),
    ("unknown-words", "growth", {"growth": "tăng 3 lần"}, "by or to so many times"),
    ("unknown-words", "growth", {"growth": "1,2 triệu"}, "a scale word stands beside a growth, but no unit"),
    ("unknown-words", "growth", {"growth": "+48 $"}, "names a currency beside a growth in per cent"),
    ("unknown-words", "growth", {"growth": "10-12 VND"}, "is a change that is also a range"),
    ("unknown-words", "plan_fulfilment", {"plan_fulfilment": "1,2 triệu"}, "a scale word stands beside a share of the plan"),
    ("missing-baseline", "baseline", {"value": "39", **REDUCED}, "a reduction needs the level it starts from"),
    # 0.0001 million VND are 0.0000001 billion.
    ("constraint-error", "value", {"indicator": "balance", "value": "0,0001", "unit": "million VND"}, "more than six decimals"),
    ("constraint-error", "value", {"indicator": "balance", "value": "1.000.000.000.000"}, "too large"),
    ("constraint-error", "value", {"value": "500.000.000"}, "outside the plausible 1 to 100000 VND_BN"),
    ("constraint-error", "value", {"value": "-5"}, "outside the plausible"),
    ("type-error", "growth", {"growth": "strong"}, "no growth in the declared format"),
    ("unknown-words", "growth", {"growth": "7 % in real terms"}, "the words 'in real terms' beside the growth"),
    ("unknown-growth-basis", "growth_basis", {"growth": "7 %", "growth_basis": "the plan"}, "same_period_last_year or previous_period"),
    ("type-error", "plan_fulfilment", {"plan_fulfilment": "most"}, "no number"),
    ("type-error", "baseline", {"baseline": "some"}, "no number"),
    ("unknown-period", "baseline_period", {"baseline": "67", "baseline_period": "before"}, "no such period"),
    ("unknown-words", "plan_fulfilment", {"plan_fulfilment": "63,9 % of nothing known"}, "the words '.*of nothing known'"),
    ("unknown-words", "baseline", {"baseline": "67 or so", "baseline_period": "2023"}, "the words 'or so'"),
    ("type-error", "published_on", {"published_on": "yesterday"}, "no date"),
    ("ambiguous-number", "growth", {"growth": "tăng 50.100"}, "it is 50100 %; .* it is 50.1 %"),
    ("constraint-error", "growth", {"growth": "giảm 107,2 %"}, "falls by more than all there was"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "field", "row", "said"), BROKEN)
def test_a_row_that_breaks_a_rule_is_rejected_with_its_reason(rule: str, field: str, row: dict[str, Any], said: str) -> None:
    found = judged_row(**row)
    assert (found["verdict"], found["rule"], found["field"]) == ("rejected", rule, field)
    assert pl.Series([found["reason"]]).str.contains(f"(?i){said}")[0], found["reason"]


def test_every_rule_is_broken_by_a_row_above() -> None:
    assert {(rule.name, rule.field) for rule in RULES} == {(rule, field) for rule, field, _, _ in BROKEN}


def test_the_text_that_broke_a_rule_stands_beside_it() -> None:
    assert [judged_row(**row)["text"] for row in ({"value": "many"}, {"indicator": "outputt"}, {"growth": "strong"})] == [
        "many",
        "outputt",
        "strong",
    ]


def test_a_bad_row_leaves_its_neighbours_alone() -> None:
    assert judged({}, {"value": "many"}, {})["verdict"].to_list() == ["accepted", "rejected", "accepted"]


@pytest.mark.parametrize(
    ("value", "lower", "upper"),
    [("39-40", 27, 28), ("30-40", 27, 37)],  # 67 minus 39 to 40, and 67 minus 30 to 40
)
def test_a_reduction_by_a_range_leaves_a_range(value: str, lower: int, upper: int) -> None:
    found = judged_row(value=value, baseline="67", **REDUCED)
    assert (found["lower"], found["upper"], found["qualifier"]) == (Decimal(lower), Decimal(upper), "range")


@pytest.mark.parametrize(
    ("field", "row"),
    [
        # A mark or a word that says more than the number is never left out.
        ("value", {"value": "10+"}),
        ("value", {"value": "mehr als 15-16"}),
        ("value", {"value": "15-16 or more"}),
        ("value", {"value": "tăng 50"}),  # by how much, not how much
        ("value", {"value": "0,5", "unit": "%", "indicator": "urban_rate", "qualifier": "up"}),
        ("value", {"value": "15 % p.p.", "unit": "%", "indicator": "urban_rate"}),
        ("value", {"value": "15 % p. a.", "unit": "%", "indicator": "urban_rate"}),
        ("value", {"value": "-39/67", **REDUCED}),  # 67 + 39 = 106
        ("value", {"value": "-50", "unit": "%", "baseline": "281", "indicator": "poor_households", "qualifier": "reduced by"}),
        ("value", {"value": "from 28 to 67", "baseline": "67", **REDUCED}),
        ("value", {"value": "39 up", "baseline": "67", **REDUCED}),
        ("status", {"status": "nearly"}),
        ("growth", {"growth": "14 %+"}),
        ("growth", {"growth": "3/4 %"}),
        ("growth", {"growth": "more than 10-12 %"}),
        ("growth", {"growth": "1,5E-1"}),
        ("growth", {"growth": "giảm 3 lần"}),  # -100 - 3 = -103 %
        ("growth", {"growth": "giảm bằng 93 %"}),
        ("growth", {"growth": "giảm 7 % cùng kỳ"}),
        ("growth", {"growth": "tăng giảm 3 %"}),
        ("growth", {"growth": "bằng 114,8 % kế hoạch"}),
        ("growth", {"growth": "114,8 % of the plan"}),
        ("growth", {"growth": "đạt 107,2 % so với cùng kỳ"}),  # an index, most often
        ("growth", {"growth": "ước đạt 107,2 % so với cùng kỳ"}),
        ("growth", {"growth": "tăng 20 % houses", "unit": "houses", "indicator": "houses"}),
        ("growth", {"growth": "2 to 3 pp", "unit": "%", "indicator": "urban_rate", "value": "36"}),
        ("growth", {"growth": "2-3 percentage points", "unit": "%", "indicator": "urban_rate", "value": "36"}),
        *(
            ("plan_fulfilment", {"plan_fulfilment": text})
            for text in ("60-62 %", "16/19", "tăng 27 %", "minus 7 %", "giảm 7 %", "gấp 2 lần kế hoạch", "5 pp", "1,5E+1")
        ),
        ("plan_fulfilment", {"plan_fulfilment": "bằng 107,2 % cùng kỳ"}),
        *(
            ("baseline", {"value": "39", "baseline": text, **REDUCED})
            for text in ("60-67", "39/67", "more than 67", "67 USD", "67 %", "giảm 67", "67 times")
        ),
        ("baseline", {"baseline": "281 Mrd.", "language": "de"}),  # beside a unit that is in billions
    ],
)
def test_what_is_more_than_its_number_is_never_read_as_the_number_alone(field: str, row: dict[str, Any]) -> None:
    found = judged_row(**row)
    assert (found["verdict"], found["rule"], found["field"]) == ("rejected", "unknown-words", field)


@pytest.mark.parametrize("text", ["107,2 % so với cùng kỳ", "107,2 % gegenüber dem gleichen Zeitraum", "93 % over the same period"])
def test_a_share_near_a_hundred_beside_the_same_period_may_be_an_index(text: str) -> None:
    found = judged_row(growth=text)
    assert (found["verdict"], found["rule"], found["field"]) == ("rejected", "ambiguous-number", "growth")


@pytest.mark.parametrize(
    ("text", "growth"), [("+107,2 % so với cùng kỳ", "107.2"), ("tăng 107,2 % so với cùng kỳ", "107.2"), ("42,9 % so với cùng kỳ", "42.9")]
)
def test_a_growth_that_says_so_is_no_index(text: str, growth: str) -> None:
    assert judged_row(growth=text)["growth_pct"] == Decimal(growth)


@pytest.mark.parametrize("text", ["-0,5 pp", "\u22120,5 Prozentpunkte", "giảm 0,5 điểm phần trăm", "-0,5 p.p.", "-0,5 %-Punkte"])
def test_a_fall_in_percentage_points_is_a_change_and_no_growth(text: str) -> None:
    found = judged_row(value="36,3", unit="%", indicator="urban_rate", growth=text)
    assert (found["verdict"], found["growth_change"], found["growth_pct"]) == ("accepted", Decimal("-0.5"), None)


@pytest.mark.parametrize(
    ("text", "growth"),
    [
        ("107,2 % of the same period last year", "7.2"),
        ("entspricht 93 % des gleichen Zeitraums des Vorjahres", "-7"),
        ("bằng 107,2 % cùng kỳ năm trước", "7.2"),
        ("increased by 7,2 %", "7.2"),
        ("decreased by 7,2 %", "-7.2"),
    ],
)
def test_a_growth_may_name_its_period_in_full(text: str, growth: str) -> None:
    assert judged_row(growth=text)["growth_pct"] == Decimal(growth)


@pytest.mark.parametrize("text", ["đạt 63,9 % kế hoạch", "bằng 63,9 % kế hoạch", "63,9 % of the plan"])
def test_a_share_of_the_plan_may_say_so(text: str) -> None:
    assert judged_row(plan_fulfilment=text)["plan_fulfilment_pct"] == Decimal("63.9")


def test_a_share_taken_off_a_baseline_with_a_scale_word_leaves_that_scale() -> None:
    # 20 % off 281 billion VND leaves 224.8 billion.
    found = judged_row(value="20", unit="%", qualifier="reduziert um", baseline="281 Mrd. VND", language="de")
    assert [found["value"], found["baseline_value"]] == [Decimal("224.8"), Decimal(281)]


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("24조 4,646억", "ko", "24464.6"),  # 24 * 10^12 + 4,646 * 10^8 dong
        ("24조 4646억", "ko", "24464.6"),
        ("24兆4,646億", "zh", "24464.6"),
        ("một tỷ hai trăm triệu", "vi", "1.2"),
    ],
)
def test_amounts_with_falling_scales_are_added(text: str, language: str, value: str) -> None:
    assert judged_row(value=text, language=language, unit="VND", decimal_char=".", group_char=",")["value"] == Decimal(value)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("một triệu hai", "vi"),  # 1.2 million in speech
        ("một triệu hai trăm", "vi"),
        ("một nghìn hai", "vi"),
        ("mười năm", "vi"),  # ten years; fifteen is "mười lăm"
        ("five zero", "en"),
    ],
)
def test_a_number_in_words_with_two_meanings_is_none(text: str, language: str) -> None:
    assert judged_row(value=text, language=language, indicator="balance")["rule"] == "type-error"


def test_a_comma_groups_the_parts_of_an_amount_in_east_asia_only() -> None:
    assert judged_row(value="24조 4,646억", language="vi", unit="VND")["rule"] == "type-error"


def test_a_fall_said_twice_is_not_certain() -> None:
    assert judged_row(growth="down -7 %")["rule"] == "unknown-words"


def test_a_sign_may_stand_apart() -> None:
    assert judged_row(growth="- 7 %")["growth_pct"] == Decimal(-7)


def interview(root: Path, edited: Callable[[str], str]) -> pl.DataFrame:
    """The import and export turnover of the shipped interview, with its corrections.csv edited."""
    others = ignore_patterns(*(path.name for path in SHIPPED.iterdir() if path.name not in {"reference", "hai_ha_interview_2024"}))
    copytree(SHIPPED, root / "sources", ignore=others)
    corrections = root / "sources" / "hai_ha_interview_2024" / "corrections.csv"
    corrections.write_text(edited(corrections.read_text(encoding="utf-8")), encoding="utf-8")
    return tables_of(root / "sources", root / "archive")["figure"].filter(value_as_printed="33.796")


def test_the_ambiguous_turnover_of_the_interview_is_rejected_without_its_correction(tmp_path: Path) -> None:
    found = interview(tmp_path, lambda text: text.splitlines()[0] + "\n").row(0, named=True)
    assert (found["verdict"], found["rule"], found["unit_as_printed"]) == ("rejected", "ambiguous-number", "Millionen USD")
    assert "settle it with a line in corrections.csv" in found["reason"]


def test_the_ambiguous_turnover_of_the_interview_loads_with_its_correction(tmp_path: Path) -> None:
    found = interview(tmp_path, lambda text: text).row(0, named=True)
    assert (found["verdict"], found["value"], found["is_corrected"]) == ("accepted", Decimal("33.796"), True)
    assert [found["lower"], found["upper"]] == [Decimal("33.7955"), Decimal("33.7965")]


def test_the_publication_of_a_document_is_a_day() -> None:
    found = judged_row(published_on="~2024-07")
    assert (found["published_on"], found["is_published_on_inferred"]) == (datetime(2024, 7, 31, tzinfo=UTC).date(), True)


@pytest.mark.parametrize("value", ["down 5", "equal to 107,2 of the same period"])
def test_a_fall_or_an_index_is_no_level(value: str) -> None:
    # Loaded as +5 or 107.2 it would be a wrong figure without a word.
    assert judged_row(value=value)["rule"] == "unknown-words"


def test_a_conversion_that_loses_no_digit_is_exact() -> None:
    # 8,890,000 million VND are exactly 8,890 billion; a millionth of a million is a billionth of a billion.
    assert judged_row(value="8.890.000", unit="million VND")["value"] == Decimal(8890)
    assert judged_row(value="0,000001", unit="million VND")["rule"] == "constraint-error"
