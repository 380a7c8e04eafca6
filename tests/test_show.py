"""How answers look to people."""

from decimal import Decimal

import pytest

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
