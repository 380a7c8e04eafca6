"""Files read and tables made in parallel steps: what is taken from them is what this host would make, and nothing else is ever taken."""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from hai_ha_pipeline.errors import UserError
from hai_ha_pipeline.orchestration import parts
from hai_ha_pipeline.orchestration.ahead import MAKE_AHEAD, READ_AHEAD, grouped, make_ahead_assets, read_ahead_assets
from hai_ha_pipeline.orchestration.assets import RETRY, all_assets
from hai_ha_pipeline.orchestration.executors import executor
from hai_ha_pipeline.orchestration.io import ParquetStage
from hai_ha_pipeline.reading import kept
from hai_ha_pipeline.reading.archive import snapshot_of
from hai_ha_pipeline.reading.source import open_source, source_folders
from hai_ha_pipeline.settings import readers
from hai_ha_pipeline.storage.stage import Stage
from tests.build import SHIPPED
from tests.conftest import Tables
from tests.folders import Memory


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own with the shipped sources, two parallel steps and several parts."""
    shutil.copytree(SHIPPED, tmp_path / "sources")
    monkeypatch.setenv("HAI_HA_PROJECT", str(tmp_path))
    monkeypatch.setenv("HAI_HA_READERS", "2")
    monkeypatch.setenv("HAI_HA_PART_BYTES", "32768")
    return tmp_path


def done(*names: str) -> dg.ExecuteInProcessResult:
    """The assets of these names, made with all that they need."""
    wanted = dg.AssetSelection.assets(*names).required_multi_asset_neighbors().upstream().required_multi_asset_neighbors()
    result = dg.materialize(all_assets(), selection=wanted, resources={"io_manager": ParquetStage()})
    assert result.success
    return result


def read_by_steps(here: Path, shipped: Tables) -> dict[str, str]:
    """What the reading steps have read of each source."""
    stage = Stage(here / "warehouse" / "stage")
    reading = parts.reading_of(parts.plan_of(here / "sources", shipped), shipped, stage)
    said = {}
    for folder in source_folders(here / "sources"):
        places = open_source(folder)
        keys = kept._keys(places, places.places, snapshot_of(folder), reading)
        said[folder.name] = "read" if all(stage.noted(f"read/{key.value}/file.json") for key in keys.values()) else "left"
    return said


def never(*_: object) -> None:
    raise AssertionError


def test_each_step_reads_its_share_and_read_sources_takes_it(here: Path, shipped: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    result = done(READ_AHEAD)
    steps = {event.step_key for event in result.all_events if event.is_step_success and event.step_key and "read_group" in event.step_key}
    assert steps == {"read_ahead.read_group[1_of_2]", "read_ahead.read_group[2_of_2]"}
    assert set(read_by_steps(here, shipped).values()) == {"read"}
    monkeypatch.setattr(kept, "read_file", never)
    done("part_recipe")


def test_each_step_makes_its_share_and_make_tables_takes_it(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done(MAKE_AHEAD)
    made = list((here / "warehouse" / "stage" / "made").iterdir())
    assert len(made) == Stage(here / "warehouse" / "stage").read("part_recipe").height > 2
    monkeypatch.setattr(parts, "tables_of_part", never)
    done("growth")


def test_what_changed_since_is_read_again_and_the_old_is_forgotten(here: Path, shipped: Tables) -> None:
    done("part_recipe")
    before = {path.name for path in (here / "warehouse" / "stage" / "read").iterdir()}
    changed = here / "sources" / "quang_ninh_yearbook" / "yearbook.csv"
    changed.write_text(changed.read_text(encoding="utf-8").replace("11.03", "11.04"), encoding="utf-8")
    shutil.rmtree(here / "warehouse" / "archive")  # else what was read of the earlier load is needed for the history
    assert read_by_steps(here, shipped)["quang_ninh_yearbook"] == "left"
    done("part_recipe")
    after = {path.name for path in (here / "warehouse" / "stage" / "read").iterdir()}
    assert (len(before - after), len(after - before)) == (1, 1)


def test_what_is_kept_depends_on_the_master_data_that_the_run_was_given(here: Path, shipped: Tables) -> None:
    before = parts.plan_of(here / "sources", shipped).shared
    with (here / "sources" / "reference" / "units.csv").open("a", encoding="utf-8") as units:
        units.write("HA2,area_of_land,4,hectares twice,héc ta,\n")
    assert parts.plan_of(here / "sources", shipped).shared == before  # edited after the run had read it
    for name in parts.DIMENSIONS:
        assert parts.plan_of(here / "sources", {**shipped, name: shipped[name].head(5)}).shared != before, name


def test_what_is_damaged_in_the_stage_is_made_anew(here: Path) -> None:
    done("growth")
    stage = here / "warehouse" / "stage"
    for damaged in (next(stage.glob("read/*/0.parquet")), next(stage.glob("made/*/growth.parquet"))):
        damaged.unlink()
    next(stage.glob("read/*/file.json")).write_text("{")
    next(stage.glob("made/*/rows.json")).write_text("")
    rows = sum(pl.scan_parquet(path).select(pl.len()).collect().item() for path in stage.glob("made/*/growth.parquet"))
    done("growth")
    again = sum(pl.scan_parquet(path).select(pl.len()).collect().item() for path in stage.glob("made/*/growth.parquet"))
    assert again > rows


def test_a_source_that_fails_is_left_to_the_step_that_tells_of_it(here: Path) -> None:
    (here / "sources" / "quang_ninh_yearbook" / "yearbook.csv").unlink()
    done(READ_AHEAD)
    result = done("source_file")
    files = Stage(here / "warehouse" / "stage").read("source_file")
    assert dict(files.select("source", "state").rows())["quang_ninh_yearbook"] == "failed"
    assert result.success


def test_files_are_dealt_out_by_their_size(tmp_path: Path) -> None:
    folder = shutil.copytree(SHIPPED / "quang_ninh_yearbook", tmp_path / "pages")
    for name, size in {"a": 10, "b": 50, "c": 30, "d": 20}.items():
        (folder / f"{name}.csv").write_bytes(b"x" * size)
    opened = open_source(folder)
    [place] = opened.places
    places = [type(place)(f"{name}.csv", folder / f"{name}.csv", place.resource, place.layout) for name in "abcd"]
    groups = grouped({folder: replace(opened, places=places)}, 2)
    assert groups == [{folder: {"b.csv", "a.csv"}}, {folder: {"c.csv", "d.csv"}}]
    assert grouped({}, 2) == [{}, {}]


def test_without_the_setting_there_are_no_such_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HAI_HA_READERS", raising=False)
    assert (readers(), read_ahead_assets(RETRY), make_ahead_assets(RETRY)) == (0, [], [])


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("HAI_HA_READERS", "many", "HAI_HA_READERS=many: is no whole number"),
        ("HAI_HA_EXECUTOR", "dask", "HAI_HA_EXECUTOR=dask: is no executor of this project"),
        ("HAI_HA_EXECUTOR", "celery", r"pip install 'hai-ha-pipeline\[cluster\]'"),
        ("HAI_HA_EXECUTOR", "kubernetes", r"pip install 'hai-ha-pipeline\[kubernetes\]'"),
    ],
)
def test_a_setting_that_cannot_be_followed_says_how_to_mend_it(
    variable: str, value: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    for package in ("dagster_celery", "dagster_k8s"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(UserError, match=message):
        (readers if variable == "HAI_HA_READERS" else executor)()


def test_what_is_kept_depends_on_the_descriptor_that_was_read(here: Path, shipped: Tables) -> None:
    folder, shelf = here / "sources" / "quang_ninh_yearbook", Memory()
    reading = parts.reading_of(parts.plan_of(here / "sources", shipped), shipped, shelf)
    opened = open_source(folder)
    descriptor = folder / "datapackage.yaml"
    descriptor.write_text(descriptor.read_text(encoding="utf-8") + "# edited while the files are read\n", encoding="utf-8")
    [kept_before] = kept.kept_files(opened, snapshot_of(folder), reading)
    [kept_after] = kept.kept_files(open_source(folder), snapshot_of(folder), reading)
    assert kept_before.key != kept_after.key
