"""Descriptors: what they may say, and what is said about a mistake."""

import unicodedata
from pathlib import Path

import frictionless
import pytest
import yaml

from hai_ha_pipeline.errors import SourceError
from hai_ha_pipeline.reading.descriptor import Layout, Package, read_descriptor
from tests.build import SHIPPED
from tests.folders import DESCRIPTOR, write

DESCRIPTORS = sorted(SHIPPED.glob("*/datapackage.yaml"))


def read(folder: Path, text: str) -> Package:
    return read_descriptor(write(folder / "pages", {"datapackage.yaml": text}))


def layout_of(folder: Path, text: str) -> Layout:
    layout = read(folder, text).resources[0].statement
    assert layout
    return layout


def test_a_correct_descriptor_says_how_the_file_is_read(tmp_path: Path) -> None:
    package = read(tmp_path, DESCRIPTOR)
    table = package.resources[0]
    assert (package.name, table.path, table.dialect.delimiter) == ("pages", ["table.csv"], ";")
    assert [field.group_char for field in table.table_schema.fields] == ["", "", "."]
    assert layout_of(tmp_path, DESCRIPTOR).max_rejected_share == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("title: Pages", "titel: Pages", "unknown key 'titel'"),
        ("layout: long", "layuot: long", r"unknown key 'resources\.0\.hai-ha\.layuot'"),
        ('delimiter: ";"', 'delimeter: ";"', r"unknown key 'resources\.0\.dialect\.delimeter'"),
        ("{name: when}", "{name: when, typ: string}", r"unknown key 'resources\.0\.schema\.fields\.1\.typ'"),
        ("name: pages\n", "", "the key 'name' is missing"),
        ("period: when", "perod: when", r"resources\.0\.hai-ha\.columns\.perod"),
        ("layout: long", "layout: tall", r"resources\.0\.hai-ha\.layout: .*'long' or 'wide'"),
        ("indicator: what, ", "", "nothing says which indicator a figure is about"),
        ("area: 201, ", "", "nothing says which area a figure is about"),
        (", value: figure", "", r"long layout names its figure column as `columns\.value`"),
        ("layout: long", "layout: wide", "wide layout names its figure columns under `values`"),
        ("layout: long", "layout: long\n      values: {figure: {}}", "a long layout names .* has no `values`"),
        ("missingValues:", "fieldsMatch: some\n      missingValues:", r"resources\.0\.schema\.fieldsMatch"),
        ("language: de", 'max_rejected_share: "1.5"', "less than or equal to 1"),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    assert right in DESCRIPTOR
    with pytest.raises(SourceError, match=rf"sources/pages/datapackage\.yaml: .*{said}"):
        read(tmp_path, DESCRIPTOR.replace(right, wrong, 1))


def test_a_column_that_the_layout_reads_must_be_declared(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="wann"):
        read(tmp_path, DESCRIPTOR.replace("period: when", "period: wann"))


def test_one_mark_cannot_be_decimal_and_grouping_mark(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="groupChar"):
        read(tmp_path, DESCRIPTOR.replace('decimalChar: ","', 'decimalChar: "."'))


def test_a_wide_layout_says_for_each_column_what_it_stands_for(tmp_path: Path) -> None:
    wide = DESCRIPTOR.replace("layout: long", "layout: wide").replace(
        "columns: {indicator: what, period: when, value: figure}", 'columns: {indicator: what}\n      values: {figure: {period: "2024"}}'
    )
    assert layout_of(tmp_path, wide).values == {"figure": {"period": "2024"}}
    with pytest.raises(SourceError, match="which period a figure of figure column 'figure' is about"):
        read(tmp_path, wide.replace('{period: "2024"}', "{}"))


def test_a_key_that_stands_twice_is_named_with_its_line(tmp_path: Path) -> None:
    # DESCRIPTOR begins with an empty line, so `name` stands on line 2 and its twin on line 3.
    with pytest.raises(SourceError, match=r"datapackage\.yaml, line 3: .*the key 'name' stands twice"):
        read(tmp_path, DESCRIPTOR.replace("name: pages\n", "name: pages\nname: pages\n", 1))


@pytest.mark.parametrize("text", ["a: [1, 2", "", "- a\n- b\n", "name: \x01\n", "{{ name }}: pages\n"])
def test_what_is_no_mapping_is_one_message(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match="How to mend it"):
        read(tmp_path, text)


def test_a_folder_without_descriptor_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="the folder has no descriptor"):
        read_descriptor(write(tmp_path / "pages", {}))


@pytest.mark.parametrize(
    ("written", "text"), [("012", "012"), ('"022"', "022"), ("no", "no"), ("yes", "yes"), ("1e3", "1e3"), ("2024-06-20", "2024-06-20")]
)
def test_codes_stay_the_text_they_were_written_as(tmp_path: Path, written: str, text: str) -> None:
    assert layout_of(tmp_path, DESCRIPTOR.replace("area: 201", f"area: {written}")).constants["area"] == text


def test_the_first_five_mistakes_are_listed(tmp_path: Path) -> None:
    more = "".join(f"key_{number}: x\n" for number in range(7))
    with pytest.raises(SourceError, match="and 2 more"):
        read(tmp_path, more + DESCRIPTOR)


def test_there_are_shipped_descriptors() -> None:
    assert len(DESCRIPTORS) >= 6


@pytest.mark.parametrize("path", DESCRIPTORS, ids=lambda path: str(path.parent.name))
def test_a_shipped_descriptor_loads_and_keeps_the_standard(path: Path) -> None:
    assert read_descriptor(path.parent).resources
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    report = frictionless.Package.validate_descriptor(content, basepath=str(path.parent))
    assert report.valid, report.flatten(["type", "note"])


def test_a_descriptor_in_decomposed_letters_names_the_same_columns(tmp_path: Path) -> None:
    vietnamese = DESCRIPTOR.replace("when", "Kỳ báo cáo")
    assert read(tmp_path, unicodedata.normalize("NFD", vietnamese)) == read(tmp_path, unicodedata.normalize("NFC", vietnamese))
