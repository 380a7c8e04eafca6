"""How answers look to people."""

from decimal import Decimal

import pytest
from rich.console import Console

from hai_ha_pipeline.cli.run import MOST_SHOWN, _show_disagreements
from hai_ha_pipeline.cli.show import show
from hai_ha_pipeline.storage.query import Answer


def test_few_columns_stand_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    show(Answer(["area", "value"], [("Hai Ha", Decimal("1234.50"))]), "table")
    assert [line.split() for line in capsys.readouterr().out.splitlines() if "Ha" in line] == [["Hai", "Ha", "1,234.5"]]


def test_more_columns_than_can_be_read_side_by_side_stand_below_each_other(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    show(Answer(["area", "value", "note", "line"], [("Hai\x1b", Decimal("1234.50"), None, 7)]), "table")
    assert capsys.readouterr().out.splitlines()[:5] == ["row 1", "area   Hai\\x1b", "value  1,234.5", "line   7", ""]


@pytest.mark.parametrize("beyond", [0, 3])
def test_no_more_contradictions_are_told_of_than_fit_on_a_screen(capsys: pytest.CaptureFixture[str], beyond: int) -> None:
    many = [("Hai Ha", "Poor households", str(year), "67, and 28 in the version before") for year in range(MOST_SHOWN + beyond)]
    _show_disagreements(Console(width=200), many)
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == f"Figures that contradict each other: {MOST_SHOWN + beyond}"
    assert rest[0] == "  Hai Ha, poor households, 0: 67, and 28 in the version before"
    more = [f"  and {beyond} more: hai-ha query \"FROM marts.consistency WHERE verdict = 'inconsistent'\""]
    assert rest[MOST_SHOWN:] == (more if beyond else [])
