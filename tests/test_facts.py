"""Facts: which figure holds, how a target is compared, and what is carried over."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from hai_ha_pipeline.contracts.core import FactObservation, FactTarget
from hai_ha_pipeline.transforms import dimensions, facts
from tests.build import NO_EARLIER, dim_area, dim_indicator, dim_unit, figures


def facts_of(*rows: dict[str, Any]) -> tuple[pl.DataFrame, pl.DataFrame]:
    figure = figures(*rows)
    dims = (dim_indicator(), dim_area(), dimensions.dim_period(figure, NO_EARLIER), dim_unit())
    return facts.fact_observation(figure, NO_EARLIER, *dims), facts.fact_target(figure, NO_EARLIER, *dims)


def current(*rows: dict[str, Any]) -> list[Decimal]:
    observations, _ = facts_of(*rows)
    return observations.filter("is_current")["value"].to_list()


def test_results_and_baselines_are_observations_and_targets_are_not() -> None:
    observations, targets = facts_of(
        {"role": "result"}, {"role": "baseline"}, {"role": "target"}, {"verdict": "rejected"}, {"verdict": "missing"}
    )
    assert sorted(observations["observation_key"]) == [0, 1]
    assert targets["target_key"].to_list() == [2]
    FactObservation.validate(observations)
    FactTarget.validate(targets)


def test_a_fact_has_the_keys_of_its_dimensions() -> None:
    observations, _ = facts_of({"area_code": "205", "area_valid_from": date(2024, 11, 1), "indicator_code": "exports", "unit_code": "USD"})
    keys = observations.row(0, named=True)
    assert dim_area().filter(area_key=keys["area_key"])["area_name_en"].to_list() == ["Dong Trieu city"]
    assert dim_indicator().filter(indicator_key=keys["indicator_key"])["indicator_code"].to_list() == ["exports"]
    assert dim_unit().filter(unit_key=keys["unit_key"])["unit_code"].to_list() == ["USD"]


def test_the_latest_published_figure_holds() -> None:
    assert current(
        {"value": "1", "published_on": date(2024, 6, 20)},
        {"value": "2", "published_on": date(2025, 1, 5)},
        {"value": "3", "published_on": None},
    ) == [Decimal(2)]


ON_ONE_DAY = {"published_on": date(2024, 6, 20)}


@pytest.mark.parametrize(
    ("holds", "yields"),
    [
        ({"published_on": date(2020, 1, 1)}, {"published_on": None}),
        ({"role": "result"}, {"role": "baseline"}),
        ({"obs_status": "A"}, {"obs_status": "P"}),
        ({"obs_status": "P"}, {"obs_status": "E"}),
        ({"obs_status": "E"}, {"obs_status": "F"}),
        ({"obs_status": "A", "precedence": 99}, {"obs_status": "P", "precedence": 1}),
        ({"precedence": 10}, {"precedence": 20}),
        ({"is_corrected": False}, {"is_corrected": True}),
        ({"published_on": date(2025, 1, 1), "obs_status": "F", "precedence": 99}, {"obs_status": "A", "precedence": 1}),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_of_two_figures_one_holds(holds: dict[str, Any], yields: dict[str, Any], first: bool) -> None:
    rows = [ON_ONE_DAY | holds | {"value": "1"}, ON_ONE_DAY | yields | {"value": "2"}]
    assert current(*(rows if first else rows[::-1])) == [Decimal(1)]


def test_one_figure_holds_for_each_indicator_area_and_period() -> None:
    assert len(current({}, {}, {"period_code": "2023"}, {"indicator_code": "exports"}, {"area_code": "22"})) == 4


def test_a_target_does_not_replace_a_result() -> None:
    observations, targets = facts_of({"published_on": date(2024, 1, 1)}, {"role": "target", "published_on": date(2025, 1, 1)})
    assert observations["is_current"].to_list() == targets["is_current"].to_list() == [True]


@pytest.mark.parametrize(
    ("fields", "operator"),
    [
        ({"qualifier": "more_than"}, ">="),
        ({"qualifier": "at_least", "indicator_code": "spending"}, ">="),
        # "Nearly" describes the figure, not the wish: nearly 1,000 of something that should rise is no ceiling.
        ({"qualifier": "nearly"}, ">="),
        ({"qualifier": "at_most"}, "<="),
        ({"qualifier": "range"}, "between"),
        ({"is_reduction": True, "qualifier": "more_than"}, "reduce_by"),
        ({"qualifier": "exact", "indicator_code": "output"}, ">="),
        ({"qualifier": "about", "indicator_code": "spending"}, "<="),
        ({"qualifier": "exact", "indicator_code": "documents"}, "="),
    ],
)
def test_a_target_is_compared_as_its_words_say_else_as_its_direction_does(fields: dict[str, Any], operator: str) -> None:
    _, targets = facts_of({"role": "target"} | fields)
    assert targets["operator"].to_list() == [operator]


def test_a_basis_stands_only_beside_a_printed_growth() -> None:
    observations, _ = facts_of({"growth_pct": "14.8"}, {"period_code": "2023"})
    assert sorted(observations.select("growth_reported_pct", "growth_basis").rows(), key=str) == [
        (Decimal("14.8"), "same_period_last_year"),
        (None, None),
    ]
