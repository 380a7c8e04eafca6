"""Every source on its own: what bad input gets, and what the others make of it."""

import gzip
import io
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.source import open_source, source_folders
from hai_ha_pipeline.reading.table_file import read_table_in_pieces
from tests.folders import DAY_2, DESCRIPTOR, TABLE, ingested, source, write


def states(root: Path) -> dict[str, str]:
    return dict(ingested(root, DAY_2)["source_file"].select("source", "state").rows())


def test_every_folder_but_master_data_is_a_source(tmp_path: Path) -> None:
    for name in ("pages", "another", "reference", ".hidden", "_draft"):
        (tmp_path / name).mkdir()
    (tmp_path / "README.md").write_text("no folder")
    assert [folder.name for folder in source_folders(tmp_path)] == ["another", "pages"]


def test_a_source_loads_with_its_counts(tmp_path: Path) -> None:
    source(tmp_path / "sources", table=TABLE + "output;2022;1\noutput;2023;..\nshort\n")
    file = ingested(tmp_path)["source_file"].row(0, named=True)
    names = ("source", "file", "state", "message", "records_read", "cells_read", "title", "publisher", "licence", "address", "completeness")
    assert [file[name] for name in names] == [
        "pages", "table.csv", "loaded", None, 6, 6, "Pages of a district", "The district", "Facts are free", "https://example.org/", "partial",
    ]  # fmt: skip


def test_a_project_without_a_source_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "sources" / "reference").mkdir(parents=True)
    with pytest.raises(SourceError, match="holds no source"):
        ingested(tmp_path)


def test_a_table_without_records_is_a_loaded_file(tmp_path: Path) -> None:
    source(tmp_path / "sources", table="what;when;figure\n")
    assert ingested(tmp_path)["source_file"].select("state", "records_read", "cells_read").rows() == [("loaded", 0, 0)]


@pytest.mark.parametrize(
    ("descriptor", "table", "said"),
    [
        (DESCRIPTOR.replace("title:", "titel:", 1), TABLE, r"unknown key 'titel'"),
        (DESCRIPTOR.replace("path: table.csv", "path: tabelle.csv"), TABLE, r"there is no file 'tabelle.csv'"),
        (DESCRIPTOR.replace("path: table.csv", "path: ../other/table.csv"), TABLE, r"the path '../other/table.csv' leaves the folder"),
        (DESCRIPTOR.replace("path: table.csv", "path: /etc/hosts"), TABLE, r"the path '/etc/hosts' leaves the folder"),
        (DESCRIPTOR.replace("period: when", "period: wann"), TABLE, r"wann"),
        (DESCRIPTOR, TABLE.replace("figure", "number", 1), r"the header lacks 'figure'"),
        (DESCRIPTOR.replace("encoding: utf-8", "") + "    encoding: ascii\n", TABLE + "sản lượng;2024;1\n", r"does not decode as ascii"),
        ("", TABLE, r"How to mend it"),
    ],
)
def test_a_source_that_cannot_be_read_is_told_why_and_the_others_go_on(tmp_path: Path, descriptor: str, table: str, said: str) -> None:
    source(tmp_path / "sources", "bad", descriptor, table)
    source(tmp_path / "sources", "good")
    files = ingested(tmp_path)["source_file"]
    assert dict(files.select("source", "state").rows()) == {"bad": "failed", "good": "loaded"}
    assert said in files.filter(source="bad")["message"][0]


def test_a_link_to_a_file_outside_the_folder_fails_the_source(tmp_path: Path) -> None:
    outside = write(tmp_path, {"secret.csv": TABLE}) / "secret.csv"
    folder = source(tmp_path / "sources")
    (folder / "table.csv").unlink()
    (folder / "table.csv").symlink_to(outside)
    assert "'table.csv' links to a file outside the folder" in ingested(tmp_path)["source_file"]["message"][0]


def test_a_pipe_is_no_file_and_hangs_nothing(tmp_path: Path) -> None:
    folder = write(tmp_path / "sources" / "pages", {"datapackage.yaml": DESCRIPTOR})
    os.mkfifo(folder / "table.csv")
    assert "'table.csv' is no regular file" in ingested(tmp_path)["source_file"]["message"][0]


@pytest.mark.parametrize("name", ["datapackage.yaml", "corrections.csv"])
def test_a_descriptor_or_correction_that_is_a_pipe_or_a_link_outside_fails_its_source(tmp_path: Path, name: str) -> None:
    pipe, link = (source(tmp_path / "sources", each) / name for each in ("pipe", "link"))
    for path in (pipe, link):
        path.unlink(missing_ok=True)
    os.mkfifo(pipe)
    link.symlink_to(write(tmp_path, {"outside": DESCRIPTOR}) / "outside")
    messages = dict(ingested(tmp_path)["source_file"].select("source", "message").rows())
    assert f"{name!r} is no regular file" in messages["pipe"]
    assert f"{name!r} links to a file outside the folder" in messages["link"]


def packed(compression: str) -> bytes:
    if compression == "gz":
        return gzip.compress(TABLE.encode())
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("inner.csv", TABLE)
    return written.getvalue()


@pytest.mark.parametrize("compression", ["gz", "zip"])
def test_a_compressed_file_is_read_only_where_it_is_declared(tmp_path: Path, compression: str) -> None:
    declared = DESCRIPTOR.replace("path: table.csv", f"path: table.csv\n    compression: {compression}")
    for name, descriptor in (("declared", declared), ("undeclared", DESCRIPTOR)):
        (source(tmp_path / "sources", name, descriptor) / "table.csv").write_bytes(packed(compression))
    source(tmp_path / "sources", "unpacked", declared)
    files = ingested(tmp_path)["source_file"]
    assert files.select("source", "state", "records_read").rows() == [
        ("declared", "loaded", 3),
        ("undeclared", "failed", 0),
        ("unpacked", "failed", 0),
    ]
    assert f"declare `compression: {compression}`" in files.filter(source="undeclared")["message"][0]
    assert f"is no whole {compression} file" in files.filter(source="unpacked")["message"][0]


def test_a_link_inside_the_folder_is_followed(tmp_path: Path) -> None:
    folder = source(tmp_path / "sources")
    (folder / "table.csv").rename(folder / "table_2024.csv")
    (folder / "table.csv").symlink_to(folder / "table_2024.csv")
    assert ingested(tmp_path)["source_file"]["state"].to_list() == ["loaded"]


def test_a_file_that_changes_while_it_is_read_fails_the_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = source(tmp_path / "sources")

    def read_while_somebody_writes(*given: Any, **said: Any) -> Any:
        (folder / "table.csv").write_text(TABLE + "output;2023;1\n")
        return read_table_in_pieces(*given, **said)

    monkeypatch.setattr("hai_ha_pipeline.reading.source.read_table_in_pieces", read_while_somebody_writes)
    assert "the file changed while it was read" in ingested(tmp_path)["source_file"]["message"][0]


def test_a_file_that_changes_between_snapshot_and_reading_is_compared_with_the_last_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = source(tmp_path / "sources")
    ingested(tmp_path)

    def read_after_somebody_wrote(*given: Any) -> Any:
        write(folder, {"table.csv": TABLE.replace("100", "101")})
        return open_source(*given)

    with monkeypatch.context() as patch:
        patch.setattr("hai_ha_pipeline.reading.ingest.open_source", read_after_somebody_wrote)
        assert ingested(tmp_path)["source_file"]["state"].to_list() == ["stale"]
    assert ingested(tmp_path, DAY_2)["difference"].select("figures_revised", "figures_unchanged").rows() == [(1, 2)]


def test_a_hidden_file_that_a_resource_reads_is_kept_as_well(tmp_path: Path) -> None:
    folder = source(tmp_path / "sources", descriptor=DESCRIPTOR.replace("table.csv", ".table.csv"))
    write(folder, {".table.csv": TABLE})
    ingested(tmp_path)
    write(folder, {".table.csv": "broken"})
    assert states(tmp_path) == {"pages": "stale"}


def test_a_folder_instead_of_a_file_fails_the_source(tmp_path: Path) -> None:
    folder = write(tmp_path / "sources" / "pages", {"datapackage.yaml": DESCRIPTOR})
    (folder / "table.csv").mkdir()
    assert "'table.csv' is no regular file" in ingested(tmp_path)["source_file"]["message"][0]


def test_a_file_that_two_resources_read_fails_the_source_and_says_so(tmp_path: Path) -> None:
    again = DESCRIPTOR.partition("resources:\n")[2].replace("name: table", "name: again").replace("path: table.csv", 'path: "*.csv"')
    source(tmp_path / "sources", descriptor=DESCRIPTOR + again)
    files = ingested(tmp_path)["source_file"]
    assert files["state"].to_list() == ["failed"]
    assert "again" in files["message"][0]


def test_a_glob_reads_every_file_in_a_fixed_order(tmp_path: Path) -> None:
    folder = source(tmp_path / "sources", descriptor=DESCRIPTOR.replace("path: table.csv", 'path: "table*.csv"'))
    write(folder, {"table_2024.csv": TABLE, "table_2023.csv": TABLE})
    assert ingested(tmp_path)["source_file"]["file"].to_list() == ["table.csv", "table_2023.csv", "table_2024.csv"]


def test_one_bad_row_is_rejected_and_the_rest_goes_on(tmp_path: Path) -> None:
    source(
        tmp_path / "sources",
        table=TABLE + "".join(f"output;20{year};900\n" for year in range(10, 20)) + "outptu;2009;900\noutput;2008;many\n",
    )
    rejected = ingested(tmp_path)["figure"].filter(verdict="rejected")
    assert rejected.select("row", "field", "text", "rule").rows() == [
        (15, "indicator", "outptu", "unknown-indicator"),
        (16, "value", "many", "type-error"),
    ]
    assert rejected["reason"][0].startswith("no indicator is called so; nearest: output")


def test_too_many_rejected_figures_fail_the_source(tmp_path: Path) -> None:
    # One of four is more than the usual fifth.
    source(tmp_path / "sources", table=TABLE + "unheard;2024;1\n")
    files = ingested(tmp_path)["source_file"]
    assert files["state"].to_list() == ["failed"]
    assert "1 of 4 figures are rejected, more than the share of 0.2 allowed; the first, line 5, indicator 'unheard'" in files["message"][0]


def test_as_many_rejected_figures_as_are_allowed_load(tmp_path: Path) -> None:
    # One of five is exactly a fifth; a missing cell counts for neither.
    source(tmp_path / "sources", table=TABLE + "output;2022;1\nunheard;2024;1\noutput;2021;..\n")
    assert ingested(tmp_path)["source_file"]["state"].to_list() == ["loaded"]


def test_a_source_that_fails_now_keeps_its_last_good_content(tmp_path: Path) -> None:
    folder = source(tmp_path / "sources")
    source(tmp_path / "sources", "other")
    before = ingested(tmp_path)
    write(folder, {"table.csv": "what;when;number\n"})
    after = ingested(tmp_path, DAY_2)
    assert dict(after["source_file"].select("source", "state").rows()) == {"other": "loaded", "pages": "stale"}
    assert "the header lacks 'figure'" in after["source_file"].filter(source="pages")["message"][0]
    assert after["figure"].equals(before["figure"])
    assert after["source_file"]["ingested_at"].equals(before["source_file"]["ingested_at"])


def test_a_mended_source_is_loaded_again(tmp_path: Path) -> None:
    folder = source(tmp_path / "sources")
    ingested(tmp_path)
    write(folder, {"table.csv": "broken"})
    assert states(tmp_path) == {"pages": "stale"}
    write(folder, {"table.csv": TABLE})
    assert states(tmp_path) == {"pages": "loaded"}


def test_the_same_content_again_changes_nothing(tmp_path: Path) -> None:
    source(tmp_path / "sources")
    first, again = ingested(tmp_path), ingested(tmp_path, DAY_2)
    for name in first:
        assert first[name].equals(again[name]), name


def test_changed_content_is_new_since_its_own_first_reading(tmp_path: Path) -> None:
    folder = source(tmp_path / "sources")
    ingested(tmp_path)
    write(folder, {"table.csv": TABLE.replace("100", "101")})
    assert ingested(tmp_path, DAY_2)["source_file"]["ingested_at"].to_list() == [DAY_2.replace(tzinfo=None)]


def test_a_wide_table_counts_each_cell(tmp_path: Path) -> None:
    wide = (
        DESCRIPTOR.replace("layout: long", "layout: wide")
        .replace("columns: {indicator: what, period: when, value: figure}", 'columns: {indicator: what}\n      values: {when: {period: "2023"}, figure: {period: "2024"}}')
    )  # fmt: skip
    source(tmp_path / "sources", descriptor=wide, table="what;when;figure\noutput;1;2\noutput_farms;..;4\nshort\noutput_services;1;1\n")
    found = ingested(tmp_path)
    # Three whole records of two cells each, and one damaged record.
    assert found["source_file"].select("records_read", "cells_read").rows() == [(4, 7)]
    assert found["figure"]["verdict"].value_counts().sort("verdict").rows() == [("accepted", 5), ("missing", 1), ("rejected", 1)]


def test_a_day_that_one_figure_prints_is_printed_for_its_whole_document(tmp_path: Path) -> None:
    descriptor = DESCRIPTOR.replace("{name: figure, type: number", "{name: day}\n        - {name: figure, type: number").replace(
        "value: figure}", "value: figure, published_on: day}"
    )
    table = "what;when;day;figure\noutput;2024;~2024-05-01;100\noutput;2023;2024-05-01;90\noutput;2022;~2024-04-01;80\n"
    source(tmp_path / "sources", descriptor=descriptor, table=table)
    figure = ingested(tmp_path)["figure"]
    assert figure.sort("row")["is_published_on_inferred"].to_list() == [False, False, True]
