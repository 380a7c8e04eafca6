"""`hai-ha source add`, `check` and `list` as a person types them, each on a project of its own."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from hai_ha_pipeline.cli.main import main
from hai_ha_pipeline.cli.master_data import master_data
from hai_ha_pipeline.reading.archive import Archive
from hai_ha_pipeline.reading.ingest import ingest
from hai_ha_pipeline.reading.kept import Reading
from hai_ha_pipeline.reading.part import recipes
from hai_ha_pipeline.storage.stage import Stage
from tests.build import SHIPPED
from tests.folders import DAY_1, HEAD, all_in_one_part, write

TABLE = "what;where;when;figure\npopulation;Hai Ha;2023;62.240\npopulation;Hai Ha;2024;63.000,5\npopulation;Mong Cai;2024;-\n"
DESCRIPTOR = (
    HEAD
    + """
resources:
  - name: table
    path: table.csv
    dialect: {delimiter: ";"}
    schema:
      missingValues: ["", "-"]
      fields: [{name: what}, {name: where}, {name: when}, {name: figure, type: number, decimalChar: ",", groupChar: "."}]
    hai-ha:
      layout: long
      columns: {indicator: what, area: where, period: when, value: figure}
      constants: {unit: persons}
      max_rejected_share: 0.6
"""
)


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    def data(self) -> Any:
        return json.loads(self.out)


HaiHa = Callable[..., Answer]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with the shipped master data and one source."""
    (tmp_path / "sources" / "reference").mkdir(parents=True)
    for path in (SHIPPED / "reference").iterdir():
        (tmp_path / "sources" / "reference" / path.name).write_bytes(path.read_bytes())
    source(tmp_path)
    return tmp_path


@pytest.fixture
def hai_ha(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> HaiHa:
    """The command on that project."""
    monkeypatch.setenv("HAI_HA_PROJECT", str(root))
    monkeypatch.setenv("COLUMNS", "180")

    def ask(*arguments: str) -> Answer:
        monkeypatch.setattr(sys, "argv", ["hai-ha", "source", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        code = ended.value.code
        return Answer(code if isinstance(code, int) else 0, printed.out, printed.err)

    return ask


def source(root: Path, name: str = "pages", descriptor: str = DESCRIPTOR, table: str = TABLE) -> Path:
    return write(root / "sources" / name, {"datapackage.yaml": descriptor, "table.csv": table})


def load(root: Path) -> None:
    """What a run keeps: the archive, and the figures of all sources."""
    known, stage = master_data(root / "sources"), Stage(root / "warehouse" / "stage")
    reading = Reading(stage, "tests", known.judge, all_in_one_part)
    read = ingest(root / "sources", Archive(root / "warehouse" / "archive"), reading, DAY_1)
    stage.write("part_recipe", pl.DataFrame({"recipe": [json.dumps(recipe) for recipe in recipes(read.histories, 1)]}))


def publish(root: Path, *loads: tuple[str, str, str | None]) -> None:
    """A warehouse with these rows of `audit.load`: source, state and message."""
    with duckdb.connect(str(root / "warehouse" / "hai_ha.duckdb")) as connection:
        connection.execute(
            "CREATE SCHEMA audit; CREATE TABLE audit.load (source VARCHAR, file VARCHAR, state VARCHAR, message VARCHAR,"
            " figures_loaded BIGINT, figures_rejected BIGINT, cells_missing BIGINT)"
        )
        for name, state, message in loads:
            connection.execute("INSERT INTO audit.load VALUES (?, 'table.csv', ?, ?, 2, 0, 1)", [name, state, message])


def states(answer: Answer) -> dict[str, str]:
    return {row["source"]: row["state"] for row in answer.data()}


def test_before_the_first_run_every_source_is_new(hai_ha: HaiHa) -> None:
    (row,) = hai_ha("list", "--json").data()
    assert row == {
        "source": "pages", "title": "Pages of a district", "state": "new", "figures": 0, "rejected": 0, "missing": 0, "files": 0,
        "completeness": "partial", "last_loaded": None, "message": None, "to_do": "hai-ha source check pages, then hai-ha run",
    }  # fmt: skip
    assert "Nothing is published yet: hai-ha run" in hai_ha("list").out


def test_a_loaded_source_whose_files_differ_is_changed(root: Path, hai_ha: HaiHa) -> None:
    load(root)
    publish(root, ("pages", "loaded", None))
    (row,) = hai_ha("list", "--json").data()
    assert (row["state"], row["figures"], row["missing"], row["files"], row["to_do"]) == ("loaded", 2, 1, 1, None)
    assert row["last_loaded"] == "2026-11-24T02:00:00"
    source(root, table=TABLE + "population;Hai Ha;2022;61.000\n")
    (row,) = hai_ha("list", "--json").data()
    assert (row["state"], row["to_do"]) == ("changed", "hai-ha run")


def test_failed_stale_and_removed_sources_say_what_is_to_do(root: Path, hai_ha: HaiHa) -> None:
    load(root)
    source(root, table="what;where\n")
    source(root, "broken", "name: [")
    publish(
        root,
        ("pages", "stale", "table.csv: the header lacks 'when'\n  How to mend it: ..."),
        ("broken", "failed", "no"),
        ("gone", "loaded", None),
    )
    assert states(hai_ha("list", "--json")) == {"broken": "failed", "gone": "removed", "pages": "stale"}
    shown = hai_ha("list").out
    assert "pages is stale: hai-ha source check pages" in shown
    assert "the header lacks 'when'" in shown
    assert "gone is removed: restore its folder, or its figures are withdrawn by the next hai-ha run" in shown


def test_a_stale_source_that_was_put_right_again_only_waits_for_a_run(root: Path, hai_ha: HaiHa) -> None:
    load(root)
    publish(root, ("pages", "stale", "it failed"))
    assert states(hai_ha("list", "--json")) == {"pages": "changed"}


def test_check_counts_shows_and_judges_without_keeping_anything(root: Path, hai_ha: HaiHa) -> None:
    answer = hai_ha("check", "pages", "--json")
    report = answer.data()
    assert (answer.code, report["would_load"], report["verdict"]) == (0, True, "would load 2 figures")
    assert report["files"] == [
        {"file": "table.csv", "resource": "table", "records": 3, "figures": 3, "loaded": 2, "rejected": 0, "excluded": 0, "missing": 1}
    ]
    assert [(row["indicator_code"], row["area_code"], row["period_code"], row["value"], row["value_as_printed"]) for row in report["preview"]] == [
        ("population", "201", "2023", "62240.000000", "62.240"),
        ("population", "201", "2024", "63000.500000", "63.000,5"),
    ]  # fmt: skip
    assert not (root / "warehouse").exists()
    assert "pages: would load 2 figures" in hai_ha("check", "pages").out


def test_check_tells_the_difference_to_the_last_load(root: Path, hai_ha: HaiHa) -> None:
    load(root)
    source(root, table=TABLE.replace("62.240", "62.250").replace("figure\n", "figure\npopulation;Hai Ha;2022;61.000\n"))
    report = hai_ha("check", "pages", "--json").data()
    assert report["difference"] == {
        "compared_with": "2026-11-24T02:00:00", "figures_new": 1, "figures_revised": 1, "figures_withdrawn": 0, "figures_unchanged": 1,
        "examples": "result population 201 2023: 62240 -> 62250",
    }  # fmt: skip
    assert "1 new, 1 revised, 0 withdrawn, 1 unchanged" in hai_ha("check", "pages").out


def test_names_that_are_not_known_stand_once_with_the_nearest_and_a_snippet(root: Path, hai_ha: HaiHa) -> None:
    source(root, table=TABLE + "populaton;Hai Ha;2021;61.000\npopulaton;Hai Ha;2022;61.000\npopulation;Hai Haa;Mai;1\n")
    report = hai_ha("check", "pages", "--json").data()
    assert report["verdict"] == "would load 2 figures, with 3 rejected"
    assert [(row["field"], row["text"], row["figures"], row["nearest"][:1]) for row in report["unknown_names"]] == [
        ("indicator", "populaton", 2, ["population"]),
        ("period", "Mai", 1, []),
    ]
    assert report["names"].splitlines() == [
        "names:",
        "  indicator:",
        '    "populaton": "population"  # or population_density',
        "  period:",
        '    "Mai": "CHANGE-ME"',
    ]
    shown = hai_ha("check", "pages").out
    assert "2 x unknown-indicator" in shown
    assert "table.csv line 5, column 'figure': indicator 'populaton'" in shown
    assert '          "populaton": "population"' in shown


def test_too_many_rejects_are_a_verdict_and_exit_code_1(root: Path, hai_ha: HaiHa) -> None:
    source(root, descriptor=DESCRIPTOR.replace("0.6", "0"), table=TABLE + "populaton;Hai Ha;2021;61.000\n")
    answer = hai_ha("check", "pages", "--json")
    assert answer.code == 1
    assert answer.data()["verdict"].startswith("would fail: 1 of 3 figures are rejected")
    assert answer.data()["rejects"][0]["count"] == 1
    shown = hai_ha("check", "pages")
    assert (shown.code, "would fail" in shown.out, "How to mend it" in shown.out) == (1, True, True)


def test_a_change_that_the_descriptor_forbids_is_a_verdict(root: Path, hai_ha: HaiHa) -> None:
    load(root)
    source(
        root,
        descriptor=DESCRIPTOR + "      drift: {fewer_figures: fail}\n",
        table="what;where;when;figure\npopulation;Hai Ha;2023;62.240\n",
    )
    answer = hai_ha("check", "pages", "--json")
    assert (answer.code, answer.data()["would_load"]) == (1, False)
    assert "1 of the 2 figures of the last load are gone" in answer.data()["verdict"]


def test_a_figure_that_contradicts_the_series_of_other_sources_is_rejected(root: Path, hai_ha: HaiHa) -> None:
    rows = "".join(f"population;Hai Ha;{year};6{year % 10}.000\n" for year in range(2013, 2023))
    source(root, "others", table="what;where;when;figure\n" + rows)
    load(root)
    source(root, table="what;where;when;figure\npopulation;Hai Ha;2023;62\n")
    report = hai_ha("check", "pages", "--json").data()
    assert [row["rule"] for row in report["rejects"]] == ["magnitude-jump"]


def test_a_broken_descriptor_is_told_with_its_place(root: Path, hai_ha: HaiHa) -> None:
    source(root, descriptor=DESCRIPTOR.replace("layout: long", "layout: lang"))
    answer = hai_ha("check", "pages")
    assert answer.code == 1
    assert "resources.0.hai-ha.layout" in answer.out
    assert "Traceback" not in answer.out + answer.err


def test_an_unknown_source_gets_the_nearest_names(hai_ha: HaiHa) -> None:
    answer = hai_ha("check", "page")
    assert (answer.code, "nearest: pages" in answer.err) == (1, True)


def test_a_source_may_be_named_by_its_path(root: Path, hai_ha: HaiHa) -> None:
    assert hai_ha("check", str(root / "sources" / "pages")).code == 0


EXPORT = "Chỉ tiêu;Năm;Giá trị;Đơn vị\nDân số;2023;62.240,5;người\nDân sô;2024;63.000;người\n"


def test_add_says_what_it_guessed_what_it_doubts_and_how_to_go_on(root: Path, hai_ha: HaiHa) -> None:
    (root / "Dân số.csv").write_text(EXPORT)
    answer = hai_ha("add", str(root / "Dân số.csv"))
    assert answer.code == 0
    assert "'Chỉ tiêu' is the indicator" in answer.out
    assert "doubt: nothing says which area the figures are about" in answer.out
    assert "Next: hai-ha source check dan_so" in answer.out
    check = hai_ha("check", "dan_so")
    assert check.code == 1
    assert 'line 6: title: "CHANGE ME: what this source is"' in check.out
    descriptor = root / "sources" / "dan_so" / "datapackage.yaml"
    descriptor.write_text(descriptor.read_text().replace('"CHANGE-ME"', '"201"').replace("# names:", "names:").replace("#   ", "  "))
    assert hai_ha("check", "dan_so").code == 0


def test_add_with_json_prints_one_object(root: Path, hai_ha: HaiHa) -> None:
    (root / "dan_so.csv").write_text(EXPORT)
    added = hai_ha("add", str(root / "dan_so.csv"), "--name", "people", "--json").data()
    assert added["folder"] == str(root / "sources" / "people")
    assert added["guesses"]["dan-so"]["layout"] == "long"
    assert {
        "resource": "dan-so",
        "about": "constants",
        "doubt": "nothing says which area the figures are about: write it in place of CHANGE-ME",
    } in added["doubts"]
    assert [row["value_as_printed"] for row in added["preview"]] == ["62.240,5", "63.000"]


def test_add_refuses_what_it_cannot_do_with_one_message(root: Path, hai_ha: HaiHa) -> None:
    (root / "page.csv").write_text("<html><body>404</body></html>")
    for arguments, said in (
        (["add", str(root / "none.csv")], "there is no such file"),
        (["add", str(root / "sources")], "is a folder"),
        (["add", str(root / "page.csv")], "is an HTML page"),
        (["add", str(root / "sources" / "pages" / "table.csv"), "--name", "pages"], "there is such a source already"),
    ):
        answer = hai_ha(*arguments)
        assert (answer.code, said in answer.err, "How to mend it" in answer.err) == (1, True, True), answer.err


@pytest.mark.parametrize("width", ["80", "180"])
def test_reports_fit_the_terminal(root: Path, hai_ha: HaiHa, monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    source(root, table=TABLE + "populaton;Hai Ha;2021;61.000\n")
    for arguments in (["list"], ["check", "pages"]):
        assert max(map(len, hai_ha(*arguments).out.splitlines())) <= int(width)


def test_the_commands_need_no_dagster() -> None:
    script = (
        "import sys\n"
        "from hai_ha_pipeline.cli import check, source, source_show, states\n"
        "from hai_ha_pipeline.reading.scaffold import folder\n"
        "print('dagster' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert answer.stdout.strip() == "False"


def test_a_file_cannot_steer_the_terminal(hai_ha: HaiHa, tmp_path: Path) -> None:
    write(tmp_path / "dropped", {"red.csv": TABLE + "population;\x1b[31mHai Ha;2022;1\n"})
    added = hai_ha("add", str(tmp_path / "dropped" / "red.csv"), "--name", "red")
    assert added.code == 0
    assert "\x1b" not in added.out + hai_ha("check", "red").out


def test_the_units_that_an_ambiguous_name_fits_are_offered(hai_ha: HaiHa, tmp_path: Path) -> None:
    write(tmp_path / "dropped", {"dam_ha.csv": TABLE.replace("Mong Cai;2024;-", "Dam Ha;2024;40.000")})
    hai_ha("add", str(tmp_path / "dropped" / "dam_ha.csv"), "--name", "dam_ha")
    descriptor = tmp_path / "sources" / "dam_ha" / "datapackage.yaml"
    descriptor.write_text(descriptor.read_text().replace('unit: "CHANGE-ME"', "unit: persons"))
    (name,) = hai_ha("check", "dam_ha", "--json").data()["unknown_names"]
    assert (name["text"], sorted(name["nearest"])) == ("Dam Ha", ["06895", "06916", "200"])
