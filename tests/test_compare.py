"""What changed between two generations, on a warehouse of the shipped sources in which one thing was changed."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from hai_ha_pipeline.errors import PublishError
from hai_ha_pipeline.storage.compare import Change, TableChange, compare
from hai_ha_pipeline.storage.publish import publish
from hai_ha_pipeline.storage.stage import Stage
from hai_ha_pipeline.tables import PUBLISHED
from tests.conftest import Tables

Revise = Callable[..., Path]
COMPARED = {
    name: PUBLISHED[name] for name in ("build", "dim_indicator", "dim_area", "dim_period", "fact_observation", "fact_target", "attainment")
}


@pytest.fixture
def revised(shipped: Tables, tmp_path: Path) -> Revise:
    """Publish the shipped tables, then the same with some of them replaced."""

    def publish_both(**changed: pl.DataFrame) -> Path:
        stage, database = Stage(tmp_path / "stage"), tmp_path / "warehouse" / "hai_ha.duckdb"
        tables = shipped | {"build": pl.DataFrame({"fingerprint": ["before"]})}
        for tables_now in (tables, tables | changed):
            for name in COMPARED:
                stage.write(name, tables_now[name])
            publish(database, {name: [stage.path(name)] for name in COMPARED}, COMPARED)
        return database

    return publish_both


def of_services(shipped: Tables) -> pl.Expr:
    """The result of services in Hai Ha for the first half of 2024: 6,506.3 billion VND."""
    keys = {
        name: shipped[f"dim_{name}"].filter(pl.col(f"{name}_code") == code)[f"{name}_key"].implode()
        for name, code in {"indicator": "production_value_services", "area": "201", "period": "2024-S1"}.items()
    }
    return pl.all_horizontal(pl.col(f"{name}_key").is_in(key) for name, key in keys.items()) & pl.col("is_current")


def test_a_revised_figure_is_shown_from_what_to_what(shipped: Tables, revised: Revise) -> None:
    new = pl.lit("6506.4").cast(pl.Decimal(18, 6))
    observations = shipped["fact_observation"].with_columns(pl.when(of_services(shipped)).then(new).otherwise("value").alias("value"))
    found = compare(revised(fact_observation=observations))
    assert (found.before, found.after) == (1, 2)
    assert found.figures == [
        Change(
            "result", "production_value_services", "Production value of services", "201", "Hai Ha district", "2024-S1",
            before="6506.3 VND_BN", after="6506.4 VND_BN",
        )
    ]  # fmt: skip
    assert found.figures[0].kind == "changed"
    assert found.tables == [TableChange("core.fact_observation", observations.height, observations.height, only_before=1, only_after=1)]


def test_a_figure_that_is_gone_and_one_that_is_new_are_told_apart(shipped: Tables, revised: Revise) -> None:
    without = shipped["fact_observation"].filter(~of_services(shipped))
    database = revised(fact_observation=without)
    assert [(change.kind, change.before, change.after) for change in compare(database).figures] == [("removed", "6506.3 VND_BN", None)]
    assert [(change.kind, change.before, change.after) for change in compare(database, 2, 1).figures] == [("added", None, "6506.3 VND_BN")]


def test_a_target_and_a_verdict_that_change_are_shown(shipped: Tables, revised: Revise) -> None:
    is_total = (pl.col("indicator_code") == "total_production_value") & (pl.col("area_code") == "201") & (pl.col("target_period") == "2024")
    status = pl.when(is_total & pl.col("is_latest")).then(pl.lit("on_track")).otherwise("status").alias("status")
    changed = compare(revised(attainment=shipped["attainment"].with_columns(status))).figures
    assert [(change.what, change.before, change.after) for change in changed] == [
        ("attainment", "achieved, 102.78 % of the target", "on track, 102.78 % of the target")
    ]


def test_keys_that_follow_a_file_are_no_change(shipped: Tables, revised: Revise) -> None:
    moved = shipped["fact_observation"].with_columns(pl.col("observation_key") + 1)
    found = compare(revised(fact_observation=moved))
    assert (found.figures, found.tables) == ([], [])


def test_a_generation_that_is_not_kept_cannot_be_compared(shipped: Tables, revised: Revise) -> None:
    database = revised(build=pl.DataFrame({"fingerprint": ["after"]}))
    with pytest.raises(PublishError, match=r"generation 7: two generations are compared, and .* holds 1, 2"):
        compare(database, 1, 7)
