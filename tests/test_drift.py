"""How a new export differs from the last one: counted figure by figure, and told or refused as the descriptor says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from hai_ha_pipeline.reading.ingest import Tables
from tests.folders import DAY_1, DAY_2, DESCRIPTOR, STORED_DAY_1, TABLE, ingested, source

DAY_3 = datetime(2026, 11, 26, 2, tzinfo=UTC)
FULL = DESCRIPTOR.replace("layout: long", "layout: long\n      completeness: full")


def counts(read: Tables) -> tuple[int, ...]:
    """New, revised, withdrawn, unchanged."""
    return read["difference"].select("figures_new", "figures_revised", "figures_withdrawn", "figures_unchanged").row(0)


def loaded_twice(root: Path, second: str, descriptor: str = DESCRIPTOR, first: str = TABLE) -> Tables:
    source(root / "sources", descriptor=descriptor, table=first)
    ingested(root, DAY_1)
    source(root / "sources", descriptor=descriptor, table=second)
    return ingested(root, DAY_2)


def test_in_a_first_load_every_figure_is_new(tmp_path: Path) -> None:
    source(tmp_path / "sources")
    read = ingested(tmp_path)
    assert counts(read) == (3, 0, 0, 0)
    assert read["difference"].select("loaded_at", "compared_with", "examples").row(0) == (STORED_DAY_1, None, None)


def test_figures_are_new_revised_withdrawn_or_unchanged(tmp_path: Path) -> None:
    # 2024 is revised from 100 to 110, the first half stands, the farms are gone, 2023 is new.
    read = loaded_twice(tmp_path, "what;when;figure\noutput;2024;110\nProduktion;2024-S1;1.250,5\noutput;2023;90\n")
    assert counts(read) == (1, 1, 1, 1)
    assert read["difference"]["examples"][0] == "result output 201 2024: 100 -> 110"
    assert read["difference"]["compared_with"][0] == STORED_DAY_1


def test_rows_in_another_order_are_no_difference(tmp_path: Path) -> None:
    header, *rows = TABLE.splitlines(keepends=True)
    assert counts(loaded_twice(tmp_path, header + "".join(reversed(rows)))) == (0, 0, 0, 3)


def test_two_figures_about_one_thing_are_told_apart(tmp_path: Path) -> None:
    twice = "what;when;figure\noutput;2024;100\noutput;2024;101\n"
    assert counts(loaded_twice(tmp_path, twice.replace("101", "102"), first=twice)) == (0, 1, 0, 1)


def test_a_better_growth_beside_the_same_value_is_a_revision(tmp_path: Path) -> None:
    descriptor = DESCRIPTOR.replace("- {name: when}", "- {name: when}\n        - {name: more}").replace(
        "value: figure", "value: figure, growth: more"
    )
    first = "what;when;more;figure\noutput;2024;7,2 %;100\n"
    assert counts(loaded_twice(tmp_path, first.replace("7,2", "7,3"), descriptor, first)) == (0, 1, 0, 0)


def test_figures_that_moved_to_another_resource_are_not_gone_and_those_gone_with_a_resource_are_told(tmp_path: Path) -> None:
    renamed = FULL.replace("- name: table", "- name: production")
    source(tmp_path / "sources", descriptor=FULL)
    ingested(tmp_path, DAY_1)
    source(tmp_path / "sources", descriptor=renamed)
    assert ingested(tmp_path, DAY_2)["source_file"]["warnings"].to_list() == [None]
    source(tmp_path / "sources", descriptor=FULL, table=TABLE.replace("output_farms;2024;20\n", ""))
    said = "1 of the 3 figures of the last load are gone with their resource, which the descriptor no longer has"
    assert ingested(tmp_path, DAY_3)["source_file"]["warnings"].to_list() == [said]


def test_the_same_content_again_repeats_what_was_said_of_it(tmp_path: Path) -> None:
    second = loaded_twice(tmp_path, TABLE + "output;2023;90\n")["difference"]
    assert ingested(tmp_path, DAY_3)["difference"].equals(second)


def test_a_stale_source_keeps_the_difference_of_its_last_good_load(tmp_path: Path) -> None:
    good = loaded_twice(tmp_path, TABLE + "output;2023;90\n")["difference"]
    source(tmp_path / "sources", descriptor="nothing: right")
    read = ingested(tmp_path, DAY_3)
    assert read["source_file"]["state"].to_list() == ["stale"]
    assert read["difference"].equals(good)


def test_figures_that_a_partial_source_does_not_repeat_are_told(tmp_path: Path) -> None:
    read = loaded_twice(tmp_path, "what;when;figure\noutput;2024;100\n")
    assert read["source_file"]["warnings"].to_list() == ["2 of the 3 figures of the last load are gone (not repeated)"]


def test_a_full_source_that_lost_most_of_its_figures_is_taken_for_truncated(tmp_path: Path) -> None:
    read = loaded_twice(tmp_path, "what;when;figure\noutput;2024;100\n", FULL)
    assert read["source_file"]["state"].to_list() == ["stale"]
    assert "2 of the 3 figures of the last load are gone (withdrawn)" in read["source_file"]["message"][0]
    assert "restore the whole export" in read["source_file"]["message"][0]


def test_a_full_source_may_withdraw_some_figures(tmp_path: Path) -> None:
    read = loaded_twice(tmp_path, "".join(TABLE.splitlines(keepends=True)[:3]), FULL)
    assert read["source_file"].select("state", "warnings").rows() == [
        ("loaded", "1 of the 3 figures of the last load are gone (withdrawn)")
    ]


def test_fewer_figures_fail_where_the_descriptor_says_so(tmp_path: Path) -> None:
    strict = DESCRIPTOR.replace("layout: long", "layout: long\n      drift: {fewer_figures: fail}")
    assert loaded_twice(tmp_path, "".join(TABLE.splitlines(keepends=True)[:3]), strict)["source_file"]["state"].to_list() == ["stale"]


@pytest.mark.parametrize(("policy", "state"), [("warn", "loaded"), ("fail", "stale")])
def test_a_unit_that_changes_is_told_or_refused(tmp_path: Path, policy: str, state: str) -> None:
    descriptor = DESCRIPTOR.replace("layout: long", f"layout: long\n      drift: {{changed_unit: {policy}}}")
    source(tmp_path / "sources", descriptor=descriptor, table="what;when;figure\noutput;2024;100\n")
    ingested(tmp_path)
    source(
        tmp_path / "sources", descriptor=descriptor.replace("billion VND", "million VND"), table="what;when;figure\noutput;2024;100.000\n"
    )
    file = ingested(tmp_path, DAY_2)["source_file"].row(0, named=True)
    assert file["state"] == state
    assert "output of 201 was printed in VND_BN, now in VND_MN" in (file["warnings"] or file["message"])


@pytest.mark.parametrize(("policy", "state"), [("subset", "loaded"), ("equal", "stale")])
def test_a_new_column_follows_fields_match(tmp_path: Path, policy: str, state: str) -> None:
    descriptor = DESCRIPTOR.replace('missingValues: ["", ".."]', f'missingValues: ["", ".."]\n      fieldsMatch: {policy}')
    wider = "\n".join(f"{line};{position}" for position, line in enumerate(TABLE.splitlines())) + "\n"
    file = loaded_twice(tmp_path, wider, descriptor)["source_file"].row(0, named=True)
    assert file["state"] == state
    assert ("table.csv has new columns: '0'" in (file["warnings"] or "")) == (state == "loaded")


def test_a_column_that_may_lack_is_told_when_it_goes(tmp_path: Path) -> None:
    fields = DESCRIPTOR.replace("- {name: when}", "- {name: when}\n        - {name: remark}").replace(
        "value: figure", "value: figure, note: remark"
    )
    descriptor = fields.replace('missingValues: ["", ".."]', 'missingValues: ["", ".."]\n      fieldsMatch: superset')
    file = loaded_twice(tmp_path, TABLE, descriptor, "what;when;figure;remark\noutput;2024;100;first\n")["source_file"].row(0, named=True)
    assert (file["state"], file["warnings"]) == ("loaded", "table.csv no longer has the columns 'remark'")
