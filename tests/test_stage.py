"""The exchanged Parquet, in a folder and under an address of an S3-compatible server."""

from pathlib import Path

import polars as pl
import pytest

from hai_ha_pipeline.errors import PlaceError
from hai_ha_pipeline.settings import Project
from hai_ha_pipeline.storage.stage import Stage, read_staged

COMMUNES = pl.DataFrame({"area_code": ["06922", "06925"], "households": [67, 28]})


@pytest.fixture(params=["folder", "address"])
def stage(request: pytest.FixtureRequest, tmp_path: Path) -> Stage:
    """A stage in a folder, and one in a bucket."""
    return Stage(tmp_path / "stage") if request.param == "folder" else Stage(f"{request.getfixturevalue('s3')}/{tmp_path.name}")


def test_a_table_comes_back_as_it_was_written_last(stage: Stage) -> None:
    stage.write("commune", COMMUNES.head(1))
    stage.write("commune", COMMUNES)
    assert stage.read("commune").equals(COMMUNES)


def test_tables_written_plainly_are_read_together(stage: Stage) -> None:
    """Each also where it alone says the same in every row, or has none."""
    for number in range(2):
        stage.write(f"made/{number}/commune", COMMUNES.slice(number, 1), plainly=True)
    stage.write("made/2/commune", COMMUNES.clear(), plainly=True)
    assert stage.read_together(f"made/{number}/commune" for number in range(3)).equals(COMMUNES)
    assert stage.read("made/1/commune").equals(COMMUNES.tail(1))


def test_a_damaged_file_is_told_of_with_a_remedy(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    for number in range(2):
        stage.write(f"made/{number}/commune", COMMUNES, plainly=True)
    stage.path("made/1/commune").write_bytes(stage.path("made/1/commune").read_bytes()[:100])
    with pytest.raises(PlaceError, match=r"(?s)no whole Parquet file.*delete the folder of the stage"):
        stage.read("made/1/commune")
    with pytest.raises(PlaceError, match=r"(?s)no whole Parquet file.*delete the folder of the stage"):
        stage.read_together(["made/0/commune", "made/1/commune"])


def test_a_table_that_no_run_has_made_is_not_found(stage: Stage) -> None:
    assert not stage.has("commune")
    with pytest.raises(FileNotFoundError):
        stage.read("commune")


def test_every_table_can_be_had_as_a_file_and_copies_are_gone_afterwards(stage: Stage, tmp_path: Path) -> None:
    stage.write("commune", COMMUNES)
    stage.write("made/1/commune", COMMUNES.head(1))
    with stage.as_files({"commune": ["commune", "made/1/commune"]}, tmp_path / "scratch") as files:
        assert [read_staged(file).height for file in files["commune"]] == [COMMUNES.height, 1]
    assert not list((tmp_path / "scratch").glob("*"))


def test_what_is_not_kept_by_name_is_removed(stage: Stage) -> None:
    for name in ("read/old/files", "read/new/files", "commune"):
        stage.write(name, COMMUNES)
    stage.keep_only("read", {"new"})
    assert [stage.has(name) for name in ("read/old/files", "read/new/files", "commune")] == [False, True, True]


def test_nothing_is_removed_where_nothing_was_read(stage: Stage) -> None:
    stage.keep_only("read", set())
    assert not stage.has("read/new/files")


def test_a_place_that_cannot_be_reached_is_told_of_with_a_remedy(s3: str) -> None:
    with pytest.raises(PlaceError, match=r"(?s)s3://no-such-bucket.*How to mend it: see that the address is right"):
        Stage("s3://no-such-bucket").write("commune", COMMUNES)


def test_the_stage_lies_where_the_setting_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Project(tmp_path).stage == tmp_path / "warehouse" / "stage"
    monkeypatch.setenv("HAI_HA_STAGE", "s3://hai-ha/stage")
    assert Project(tmp_path).stage == "s3://hai-ha/stage"
