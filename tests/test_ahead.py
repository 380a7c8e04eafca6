"""Sources read in parallel steps: what is taken from them is what reading here gives, and nothing else is ever taken."""

import shutil
import sys
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from hai_ha_pipeline.errors import UserError
from hai_ha_pipeline.orchestration import ahead
from hai_ha_pipeline.orchestration.ahead import READ_AHEAD, forget_what_is_not_read_any_more, grouped, read_ahead_assets, take_or_read
from hai_ha_pipeline.orchestration.assets import RETRY, all_assets
from hai_ha_pipeline.orchestration.executors import executor
from hai_ha_pipeline.orchestration.io import ParquetStage
from hai_ha_pipeline.reading.ahead import as_tables, content_key, from_tables, shared_inputs
from hai_ha_pipeline.reading.source import Judge, SourceRead, read_source, source_folders
from hai_ha_pipeline.settings import readers
from hai_ha_pipeline.storage.stage import Stage
from hai_ha_pipeline.transforms.figures import figure
from tests.build import SHIPPED
from tests.conftest import Tables


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own with the shipped sources and two reading steps."""
    shutil.copytree(SHIPPED, tmp_path / "sources")
    monkeypatch.setenv("HAI_HA_PROJECT", str(tmp_path))
    monkeypatch.setenv("HAI_HA_READERS", "2")
    return tmp_path


def read_here(folder: Path, shipped: Tables) -> SourceRead:
    return read_source(folder, judging(shipped))


def read_by_steps(here: Path) -> dict[str, str]:
    """What the reading steps say of each source, having run with the master data that they need."""
    wanted = dg.AssetSelection.assets(READ_AHEAD).upstream()
    done = dg.materialize(all_assets(), selection=wanted, resources={"io_manager": ParquetStage()})
    assert done.success
    steps = {event.step_key for event in done.all_events if event.is_step_success and event.step_key and "read_group" in event.step_key}
    assert steps == {"read_ahead.read_group[1_of_2]", "read_ahead.read_group[2_of_2]"}
    stage, shared = Stage(here / "warehouse" / "stage"), shared_inputs(here / "sources")
    return {
        folder.name: "read" if stage.has(f"read/{content_key(folder, shared)}/files") else "left"
        for folder in source_folders(here / "sources")
    }


def judging(shipped: Tables) -> Judge:
    """The judge of the shipped master data."""
    return lambda statements: figure(statements, *(shipped[name] for name in ahead.MASTER_DATA))


def never(*_: object) -> SourceRead:
    raise AssertionError


def test_every_source_comes_back_from_its_tables_as_it_was_read(shipped: Tables) -> None:
    for folder in source_folders(SHIPPED):
        read = read_here(folder, shipped)
        again = from_tables(folder, as_tables(read))
        assert again is not None
        for name in ("statement", "figure", "correction"):
            assert getattr(again, name).equals(getattr(read, name)), f"{folder.name} {name}"
        assert [(file.name, file.counted(), file.columns) for file in again.files] == [
            (file.name, file.counted(), file.columns) for file in read.files
        ]
        assert again.package == read.package


def test_read_sources_takes_what_the_steps_have_read(here: Path, shipped: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(read_by_steps(here).values()) == {"read"}
    monkeypatch.setattr(ahead, "read_source", never)
    reader = take_or_read()
    taken = [reader(folder, judging(shipped)) for folder in source_folders(here / "sources")]
    statements = pl.concat([read.statement for read in taken])
    assert statements.equals(shipped["statement"])


def test_what_changed_since_is_read_again(here: Path, shipped: Tables) -> None:
    changed, shared = here / "sources" / "quang_ninh_yearbook", shared_inputs(here / "sources")
    assert ahead._read_into_stage(changed, judging(shipped), shared).endswith(" figures")
    assert ahead._read_into_stage(changed, judging(shipped), shared) == "was read before"
    (changed / "yearbook.csv").write_text(
        (changed / "yearbook.csv").read_text(encoding="utf-8").replace("11.03", "11.04"), encoding="utf-8"
    )
    read = take_or_read()(changed, judging(shipped))
    assert "11.04" in read.statement["value_as_printed"].to_list()


def test_master_data_that_changed_makes_every_source_be_read_again(here: Path) -> None:
    folder = source_folders(here / "sources")[0]
    before = content_key(folder, shared_inputs(here / "sources"))
    with (here / "sources" / "reference" / "units.csv").open("a", encoding="utf-8") as units:
        units.write("HA2,area_of_land,4,hectares twice,héc ta,\n")
    assert content_key(folder, shared_inputs(here / "sources")) != before


def test_a_file_that_is_another_here_is_not_taken(here: Path, shipped: Tables) -> None:
    folder = here / "sources" / "quang_ninh_yearbook"
    tables = as_tables(read_here(folder, shipped))
    with (folder / "yearbook.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert from_tables(folder, tables) is None


def test_a_source_that_fails_is_left_to_the_step_that_tells_of_it(here: Path) -> None:
    (here / "sources" / "quang_ninh_yearbook" / "yearbook.csv").unlink()
    said = read_by_steps(here)
    assert said.pop("quang_ninh_yearbook") == "left"
    assert set(said.values()) == {"read"}


def test_what_is_not_read_any_more_is_forgotten(here: Path, shipped: Tables) -> None:
    kept, gone = (here / "sources" / name for name in ("administrative_units", "quang_ninh_yearbook"))
    for folder in (kept, gone):
        ahead._read_into_stage(folder, judging(shipped), shared_inputs(here / "sources"))
    shutil.rmtree(gone)
    forget_what_is_not_read_any_more()
    assert [path.name for path in (here / "warehouse" / "stage" / "read").iterdir()] == [content_key(kept, shared_inputs(here / "sources"))]


def test_sources_are_dealt_out_by_their_size(tmp_path: Path) -> None:
    for name, size in {"a": 10, "b": 50, "c": 30, "d": 20}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "file.csv").write_bytes(b"x" * size)
    groups = grouped(sorted(tmp_path.iterdir()), 2)
    assert [[folder.name for folder in group] for group in groups] == [["b", "a"], ["c", "d"]]
    assert grouped([], 2) == [[], []]


def test_without_the_setting_there_are_no_reading_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HAI_HA_READERS", raising=False)
    assert (readers(), read_ahead_assets(RETRY)) == (0, [])


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
