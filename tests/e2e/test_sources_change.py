"""What a run does when somebody changes the sources: a new folder, a mistake, a correction that is gone."""

import json
from pathlib import Path
from typing import Any

from tests.e2e.conftest import runner

LABEL = "datapackage.yaml"


def asked(root: Path, sql: str) -> list[dict[str, Any]]:
    return list(json.loads(runner(root)("query", sql, "--format", "json").stdout))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_folder_is_enough_to_add_a_source(fresh: Path) -> None:
    """Real figures: the retail sales that a page of the district prints for 2024, as another office would export them."""
    folder = fresh / "sources" / "trade_office"
    folder.mkdir()
    (folder / "export.csv").write_text("Jahr;Wert\n2024;11.208,8\n", encoding="utf-8")
    (folder / LABEL).write_text(
        """
name: trade-office
title: Retail sales of Hai Ha
contributors: [{title: Trade office, roles: [publisher]}]
licenses: [{name: CC0-1.0}]
sources: [{title: Export}]
resources:
  - name: export
    path: export.csv
    dialect: {delimiter: ";"}
    schema:
      fields:
        - {name: Jahr}
        - {name: Wert, type: number, decimalChar: ",", groupChar: "."}
    hai-ha:
      columns: {period: Jahr, value: Wert}
      constants: {indicator: retail_sales_goods_services, area: "201", unit: Milliarden VND}
""",
        encoding="utf-8",
    )
    assert runner(fresh)("run").returncode == 0
    found = asked(
        fresh,
        "SELECT value, value_as_printed, file, o.row FROM core.fact_observation o JOIN core.dim_source USING (source_key) "
        "WHERE source = 'trade_office'",
    )
    assert found == [{"value": "11208.800000", "value_as_printed": "11.208,8", "file": "export.csv", "row": 2}]


def test_a_run_says_how_a_source_differs_from_its_last_load_and_can_be_taken_back(fresh: Path) -> None:
    assert runner(fresh)("run").returncode == 0
    table = fresh / "sources" / "hai_ha_interview_2024" / "statements.csv"
    edit(table, "6.506,3", "6.506,4")
    shown = " ".join(runner(fresh)("run").stdout.split())
    assert "hai_ha_interview_2024: 0 new, 1 revised, 0 gone, 31 unchanged since its last load" in shown
    assert "production_value_services 201 2024-S1: 6506.3 -> 6506.4" in shown
    changes = json.loads(runner(fresh)("diff", "--json").stdout)
    assert (changes["before"], changes["after"]) == (1, 2)
    assert [(change["kind"], change["before"], change["after"]) for change in changes["figures"]] == [
        ("changed", "6506.3 VND_BN", "6506.4 VND_BN")
    ]
    assert "From generation 1 to 2: 1 changed" in runner(fresh)("diff").stdout
    assert "Generation 1 is published instead of 2." in runner(fresh)("rollback").stdout
    assert json.loads((fresh / "warehouse" / "manifest.json").read_text())["generation"] == 1
    withheld = " ".join(runner(fresh)("run").stdout.split())
    assert "Not run: generation 1 was brought back on" in withheld
    assert "hai-ha run --again" in withheld
    generations = json.loads(runner(fresh)("generations", "--json").stdout)
    assert [(each["generation"], each["is_current"]) for each in generations] == [(1, True), (2, False)]
    assert "made generation 2; no run publishes that again by itself" in " ".join(runner(fresh)("generations").stdout.split())
    refused = runner(fresh)("rollback", "9")
    assert (refused.returncode, refused.stderr.splitlines()[0][:32]) == (1, "generation 9: it is not kept in ")


def test_a_source_that_fails_is_named_and_the_others_go_on(fresh: Path) -> None:
    edit(fresh / "sources" / "hai_ha_published" / LABEL, "dialect:", "dialekt:")
    (fresh / "sources" / "neighbouring_districts" / "decimal_comma.csv").unlink()
    finished = runner(fresh)("run")
    shown = " ".join(finished.stdout.split())
    assert finished.returncode == 0
    assert "hai_ha_published is failed" in shown
    assert "unknown key 'resources.0.dialekt'" in shown
    assert "there is no file 'decimal_comma.csv'" in shown
    states = {row["source"]: row["state"] for row in asked(fresh, "SELECT DISTINCT source, state FROM audit.load")}
    assert states["hai_ha_published"] == states["neighbouring_districts"] == "failed"
    assert states["hai_ha_interview_2024"] == states["quang_ninh_province"] == "loaded"


def test_a_source_that_fails_later_keeps_its_last_good_content(fresh: Path) -> None:
    assert runner(fresh)("run").returncode == 0
    before = asked(fresh, "FROM marts.attainment ORDER BY target_key, result_period")
    edit(fresh / "sources" / "hai_ha_interview_2024" / LABEL, 'delimiter: ";"', 'delimiter: ","')
    finished = runner(fresh)("run")
    shown = " ".join(finished.stdout.split())
    assert "hai_ha_interview_2024 is stale (its last good content is used)" in shown
    assert "the header lacks" in shown
    assert asked(fresh, "FROM marts.attainment ORDER BY target_key, result_period") == before


def test_the_ambiguous_turnover_is_rejected_without_its_correction(fresh: Path) -> None:
    corrections = fresh / "sources" / "hai_ha_interview_2024" / "corrections.csv"
    corrections.write_text(corrections.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    finished = runner(fresh)("run")
    assert "1 rejected" in finished.stdout
    rejected = asked(fresh, "SELECT source, file, row, value_as_printed, rule, reason FROM audit.rejected")
    assert [(row["file"], row["row"], row["value_as_printed"], row["rule"]) for row in rejected] == [
        ("statements.csv", 21, "33.796", "ambiguous-number")
    ]
    assert "read as declared it is 33796" in rejected[0]["reason"]
    assert "with the mark read the other way it is 33.796" in rejected[0]["reason"]


def test_broken_master_data_publishes_nothing(fresh: Path) -> None:
    assert runner(fresh)("run").returncode == 0
    published = (fresh / "warehouse" / "hai_ha.duckdb").read_bytes()
    edit(fresh / "sources" / "reference" / "indicators.csv", "poor_households,", "poor_households,surplus cell,")
    finished = runner(fresh)("run")
    assert finished.returncode == 1
    assert "sources/reference/indicators.csv" in finished.stdout
    assert "nothing was published" in finished.stdout
    assert "Traceback" not in finished.stdout + finished.stderr
    assert (fresh / "warehouse" / "hai_ha.duckdb").read_bytes() == published


def test_a_broken_contract_publishes_nothing_and_shows_its_cases(fresh: Path) -> None:
    edit(fresh / "sources" / "reference" / "units.csv", "PERSONS,persons,0", "PERSONS,persons,99")
    finished = runner(fresh)("run")
    assert finished.returncode == 1
    assert "dim_unit breaks its contract" in finished.stdout
    assert "99" in finished.stdout
    assert not (fresh / "warehouse" / "hai_ha.duckdb").exists()
