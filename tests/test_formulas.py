"""The formulas of the marts, each by hand, over whole columns as the marts use them."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from hai_ha_pipeline.transforms import formulas
from tests.build import decimals


def answers(formula: Callable[..., pl.Expr], *rows: tuple[str | None, ...]) -> list[Decimal | None]:
    """The formula applied to rows of its arguments, rounded to four decimals."""
    names = [f"argument_{position}" for position in range(len(rows[0]))]
    table = pl.DataFrame([decimals(*row) for row in rows], schema=dict.fromkeys(names, pl.Decimal(38, 6)), orient="row")
    found = table.select(formula(*(pl.col(name) for name in names))).to_series().to_list()
    return [None if each is None else round(Decimal(each), 4) for each in found]


@pytest.mark.parametrize(
    ("formula", "rows", "expected"),
    [
        (formulas.fulfilment_pct, [("19658", "36000"), ("28", "0"), (None, "36000")], ("54.6056", None, None)),
        # (28 - 67) / (0 - 67) = 39 / 67
        (formulas.progress_pct, [("28", "0", "67"), ("126", "140.5", "281"), ("70", "0", "67"), ("70", "67", "67")], ("58.2090", "110.3203", "-4.4776", None)),
        (formulas.reduction_pct, [("126", "281"), ("126", "0")], ("55.1601", None)),
        (formulas.growth_pct, [("37000", "33497"), ("37000", "0"), ("37000", "-1")], ("10.4577", None, None)),
        # 100 x 1.1 x 1.1 x 1.1 = 133.1
        (formulas.cagr_pct, [("133.1", "100", "3"), ("81", "100", "2")], ("10", "-10")),
        (formulas.cagr_pct, [("133.1", "100", "3"), ("133.1", "0", "3")], ("10", None)),
        (formulas.cagr_pct, [("133.1", "100", "3"), ("-133.1", "100", "3")], ("10", None)),
        # Half of the growth that is needed; a target that needs none has no ratio.
        (formulas.growth_ratio, [("5", "10"), ("-1", "10"), ("5", "0")], ("0.5", "-0.1", None)),
        # 121 x 1.1 x 1.1 x 1.1 = 161.051
        (formulas.projected_by_growth, [("121", "10", "3"), ("28", "-82.535086", "0.5")], ("161.051", "11.7015")),
        (formulas.change_per_year, [("150", "100", "5"), ("150", "100", "0")], ("10", None)),
        (formulas.projected_by_change, [("150", "10", "2"), ("150", "-10", "0.5")], ("170", "145")),
        (formulas.implied_base, [("19658", "14.8"), ("19658", "-100"), ("19658", "-120")], ("17123.6934", None, None)),
        (formulas.contribution_pp, [("67", "60", "100"), ("67", "60", "0")], ("7", None)),
    ],
)  # fmt: skip
def test_a_formula_gives_what_is_worked_out_by_hand(
    formula: Callable[..., pl.Expr], rows: list[tuple[str | None, ...]], expected: tuple[str | None, ...]
) -> None:
    assert answers(formula, *rows) == decimals(*expected)


@pytest.mark.parametrize(
    ("earlier", "later", "years"),
    [
        (date(2020, 12, 31), date(2025, 12, 31), "5"),
        # Whole months whatever their length: a leap year's June is half a year after December.
        (date(2023, 12, 31), date(2024, 6, 30), "0.5"),
        (date(2024, 2, 29), date(2025, 2, 28), "1"),
        # 15 of 30 days of June: half a month, 5.5 of 12.
        (date(2023, 12, 31), date(2024, 6, 15), "0.4583"),
        (date(2024, 6, 30), date(2023, 12, 31), "-0.5"),
        (None, date(2024, 6, 30), None),
    ],
)
def test_years_run_by_the_calendar(earlier: date | None, later: date, years: str | None) -> None:
    days = pl.DataFrame({"earlier": [earlier], "later": [later]}, schema={"earlier": pl.Date, "later": pl.Date})
    found = days.select(formulas.years_between(pl.col("earlier"), pl.col("later"))).item()
    assert (None if found is None else round(found, 4)) == decimals(years)[0]
