"""Earlier loads of a source: what their figures say of the past, from files alone."""

import shutil
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hai_ha_pipeline.contracts.audit import EarlierLoad, Load, Rejected
from hai_ha_pipeline.contracts.core import DimSource, FactObservation
from hai_ha_pipeline.contracts.reading import EarlierFigure, EarlierFile, Figure
from hai_ha_pipeline.errors import UserError
from hai_ha_pipeline.reading.archive import Archive
from hai_ha_pipeline.reading.clocks import LoadRead, put_together
from hai_ha_pipeline.reading.ingest import Tables
from hai_ha_pipeline.transforms import audit, dimensions, facts
from hai_ha_pipeline.transforms.history import revision
from tests.build import dim_area, dim_indicator, dim_unit, figures
from tests.folders import DAY_1, DAY_2, DESCRIPTOR, LONG, STORED_DAY_1, ingested, source, write

DAY_3 = datetime(2026, 11, 26, 2, tzinfo=UTC)
STORED_DAY_2, STORED_DAY_3 = (day.replace(tzinfo=None) for day in (DAY_2, DAY_3))
NOVEMBER_24, NOVEMBER_25, NOVEMBER_26 = date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 26)
HEADER = "what;when;figure\n"
FULL = DESCRIPTOR.replace("layout: long", "layout: long\n      completeness: full\n      drift: {max_fewer_share: 1}")


def loaded(root: Path, *tables: str, descriptor: str = FULL) -> Tables:
    """The source with these tables, one a day, as the last day shows it."""
    read: Tables = {}
    for table, day in zip(tables, (DAY_1, DAY_2, DAY_3), strict=False):
        source(root / "sources", descriptor=descriptor, table=HEADER + table)
        read = ingested(root, day)
    return read


def observations(read: Tables) -> pl.DataFrame:
    figure = (read["figure"], read["earlier_figure"])
    made = facts.fact_observation(*figure, dim_indicator(), dim_area(), dimensions.dim_period(*figure), dim_unit())
    return FactObservation.validate(made)


def windows(read: Tables) -> list[tuple[object, ...]]:
    """Value, since when and until when it is known, and whether it holds; in the order in which figures became known."""
    rows = observations(read).sort("known_from", "vintage").select("value", "known_from", "known_to", "is_current")
    return [(int(value), *clocks) for value, *clocks in rows.rows()]


def test_a_figure_that_a_full_source_no_longer_prints_was_withdrawn_and_stays_in_the_history(tmp_path: Path) -> None:
    read = loaded(tmp_path, "output;2024;100\noutput;2023;90\n", "output;2024;100\n")
    assert windows(read) == [(90, NOVEMBER_24, NOVEMBER_25, False), (100, NOVEMBER_24, None, True)]
    gone = observations(read).row(by_predicate=pl.col("value") == 90, named=True)
    assert (gone["withdrawn_on"], gone["row"], gone["value_as_printed"]) == (NOVEMBER_25, 3, "90")


def test_a_figure_that_a_partial_source_does_not_repeat_still_holds(tmp_path: Path) -> None:
    read = loaded(tmp_path, "output;2024;100\noutput;2023;90\n", "output;2024;100\n", descriptor=DESCRIPTOR)
    assert windows(read) == [(90, NOVEMBER_24, None, True), (100, NOVEMBER_24, None, True)]


def test_a_source_that_is_full_or_partial_from_now_on_is_so_for_what_this_export_lacks(tmp_path: Path) -> None:
    """The office exported everything, then puts out each year by itself; another one begins to export everything."""
    everything, a_year = "output;2023;90\noutput;2024;100\n", "output;2025;110\n"
    for root, before, now in ((tmp_path / "partial", FULL, DESCRIPTOR), (tmp_path / "full", DESCRIPTOR, FULL)):
        source(root / "sources", descriptor=before, table=HEADER + everything)
        ingested(root, DAY_1)
        source(root / "sources", descriptor=now, table=HEADER + a_year)
        until, is_current = (NOVEMBER_25, False) if now == FULL else (None, True)
        assert windows(ingested(root, DAY_2)) == [
            (90, NOVEMBER_24, until, is_current),
            (100, NOVEMBER_24, until, is_current),
            (110, NOVEMBER_25, None, True),
        ]


@pytest.mark.parametrize("descriptor", [FULL, DESCRIPTOR])
def test_a_figure_changed_without_a_new_date_is_known_since_it_was_read(tmp_path: Path, descriptor: str) -> None:
    dated = descriptor.replace("unit: billion VND}", "unit: billion VND, published_on: 2026-11-01}")
    read = loaded(tmp_path, "output;2024;100\n", "output;2024;110\n", descriptor=dated)
    assert windows(read) == [(100, date(2026, 11, 1), NOVEMBER_25, False), (110, NOVEMBER_25, None, True)]


def test_a_figure_changed_with_a_new_date_is_known_since_that_day(tmp_path: Path) -> None:
    columns = FULL.replace("- {name: when}", "- {name: when}\n        - {name: day}").replace(
        "value: figure}", "value: figure, published_on: day}"
    )
    source(tmp_path / "sources", descriptor=columns, table="what;when;day;figure\noutput;2024;2026-11-01;100\n")
    ingested(tmp_path, DAY_1)
    source(tmp_path / "sources", descriptor=columns, table="what;when;day;figure\noutput;2024;2026-11-20;110\n")
    assert windows(ingested(tmp_path, DAY_2)) == [
        (100, date(2026, 11, 1), date(2026, 11, 20), False),
        (110, date(2026, 11, 20), None, True),
    ]


def test_a_figure_that_moves_to_another_line_or_file_is_the_same(tmp_path: Path) -> None:
    read = loaded(tmp_path, "output;2024;100\n", "output;2022;80\noutput;2024;100\n")
    assert windows(read) == [(100, NOVEMBER_24, None, True), (80, NOVEMBER_25, None, True)]
    named = FULL.replace("path: table.csv", 'path: "*.csv"')
    root = tmp_path / "renamed"
    folder = source(root / "sources", descriptor=named, table=HEADER + "output;2024;100\n")
    ingested(root, DAY_1)
    (folder / "table.csv").rename(folder / "table_2024.csv")
    assert windows(ingested(root, DAY_2)) == [(100, NOVEMBER_24, None, True)]


def test_what_comes_back_after_it_was_withdrawn_is_known_since_then(tmp_path: Path) -> None:
    read = loaded(tmp_path, "output;2024;100\noutput;2023;90\n", "output;2024;100\n", "output;2024;100\noutput;2023;90\n")
    assert windows(read) == [
        (90, NOVEMBER_24, NOVEMBER_25, False),
        (100, NOVEMBER_24, None, True),
        (90, NOVEMBER_26, None, True),
    ]


def test_what_a_better_figure_hid_holds_again_when_that_is_withdrawn(tmp_path: Path) -> None:
    """The office prints 90, then a page of later date prints 95, which is withdrawn a day later."""
    dated = FULL.replace("unit: billion VND}", "unit: billion VND, published_on: 2026-11-01}")
    source(tmp_path / "sources", "office", dated, HEADER + "output;2024;90\n")
    later = dated.replace("2026-11-01", "2026-11-10")
    source(tmp_path / "sources", "page", later, HEADER + "output;2024;95\n")
    ingested(tmp_path, DAY_1)
    source(tmp_path / "sources", "page", later, HEADER)
    read = ingested(tmp_path, DAY_2)
    assert windows(read) == [(90, date(2026, 11, 1), None, True), (95, date(2026, 11, 10), NOVEMBER_25, False)]


def test_a_mended_descriptor_holds_for_the_past_as_well(tmp_path: Path) -> None:
    """The unit was declared wrongly on the first day: no figure of that reading is left."""
    source(tmp_path / "sources", descriptor=FULL.replace("billion VND", "million VND"), table=HEADER + "output;2024;5000\n")
    ingested(tmp_path, DAY_1)
    source(tmp_path / "sources", descriptor=FULL, table=HEADER + "output;2024;5000\n")
    assert windows(ingested(tmp_path, DAY_2)) == [(5000, NOVEMBER_24, None, True)]


@pytest.mark.parametrize("completeness", ["full", "partial"])
def test_what_is_mended_together_with_a_new_file_holds_for_the_files_that_are_the_same(tmp_path: Path, completeness: str) -> None:
    """The second month's file comes together with another word for the first one's indicator and a correction of its figure."""
    dated = FULL.replace("unit: billion VND}", "unit: billion VND, published_on: 2026-11-01}").replace("path: table.csv", 'path: "m*.csv"')
    descriptor = dated.replace("completeness: full", f"completeness: {completeness}")
    wrong = descriptor.replace("Produktion: output", "Produktion: output_farms")
    folder = write(tmp_path / "sources" / "pages", {"datapackage.yaml": wrong, "m1.csv": HEADER + "Produktion;2024;1.000\n"})
    ingested(tmp_path, DAY_1)
    correction = "file,row,column,expected,corrected,reason,since\nm1.csv,2,figure,1.000,100,a digit too many,2026-11-25\n"
    write(folder, {"datapackage.yaml": descriptor, "m2.csv": HEADER + "output;2025;120\n", "corrections.csv": correction})
    read = ingested(tmp_path, DAY_2)
    assert windows(read) == [(100, date(2026, 11, 1), None, True), (120, date(2026, 11, 1), None, True)]
    assert read["figure"].sort("value").select("indicator_code", "ingested_at").rows() == [
        ("output", STORED_DAY_1),
        ("output", STORED_DAY_2),
    ]
    assert read["earlier_load"].select("figures_loaded", "figures_accepted").rows() == [(1, 1)]


def test_a_source_whose_folder_is_gone_withdraws_its_figures_and_says_so(tmp_path: Path) -> None:
    source(tmp_path / "sources", "others", table=HEADER + "output;2020;70\n")
    loaded(tmp_path, "output;2024;100\n", descriptor=DESCRIPTOR)
    shutil.rmtree(tmp_path / "sources" / "pages")
    read = ingested(tmp_path, DAY_2)
    assert windows(read) == [(70, NOVEMBER_24, None, True), (100, NOVEMBER_24, NOVEMBER_25, False)]
    [removed] = read["source_file"].filter(source="pages").rows(named=True)
    assert (removed["state"], removed["records_read"]) == ("removed", 0)
    assert "its folder is gone since 2026-11-25" in removed["message"]
    assert windows(ingested(tmp_path, DAY_3)) == windows(read)
    assert Archive(tmp_path / "archive").forget("pages", wholly=True) == 2
    assert windows(ingested(tmp_path, DAY_3)) == [(70, NOVEMBER_24, None, True)]


def test_a_source_that_is_put_back_broken_keeps_its_history(tmp_path: Path) -> None:
    source(tmp_path / "sources", "others", table=HEADER + "output;2020;70\n")
    loaded(tmp_path, "output;2024;100\n")
    shutil.rmtree(tmp_path / "sources" / "pages")
    ingested(tmp_path, DAY_2)
    source(tmp_path / "sources", descriptor="broken: [", table=HEADER + "output;2024;100\n")
    read = ingested(tmp_path, DAY_3)
    assert read["source_file"]["state"].to_list() == ["loaded", "failed"]
    assert windows(read) == [(70, NOVEMBER_24, None, True), (100, NOVEMBER_24, NOVEMBER_25, False)]


def test_exports_of_one_second_and_of_a_clock_set_back_follow_each_other(tmp_path: Path) -> None:
    """Read on the 25th, then thrice in one second of the 24th: each is known a second after the one before."""
    for value, day in (("100", DAY_2), ("110", DAY_1), ("100", DAY_1), ("110", DAY_1)):
        source(tmp_path / "sources", descriptor=FULL, table=f"{HEADER}output;2024;{value}\n")
        read = ingested(tmp_path, day)
    clocks = read["earlier_figure"].sort("ingested_at").select("value", "ingested_at", "withdrawn_at").rows()
    second = [STORED_DAY_2 + timedelta(seconds=number) for number in range(4)]
    assert clocks == [(100, second[0], second[1]), (110, second[1], second[2]), (100, second[2], second[3])]
    assert read["figure"].select("value", "ingested_at").rows() == [(110, second[3])]
    assert windows(read)[-1] == (110, NOVEMBER_25, None, True)


def test_a_figure_in_two_files_that_leaves_the_one_and_then_the_other_has_a_key_each_time(tmp_path: Path) -> None:
    """The full file and the partial one print 100; the full one is emptied, then it is as before and the other is, then both are."""
    partial = LONG.split("resources:")[1].replace("table", "month")
    prints, empty = HEADER + "output;2024;100\n", HEADER
    for number, (table, month) in enumerate([(prints, prints), (empty, prints), (prints, empty), (empty, empty)]):
        files = {"datapackage.yaml": FULL.replace("resources:", "resources:" + partial), "table.csv": table, "month.csv": month}
        write(tmp_path / "sources" / "pages", files)
        read = ingested(tmp_path, DAY_1 + timedelta(days=number))
    EarlierFigure.validate(read["earlier_figure"])
    withdrawn = [STORED_DAY_1 + timedelta(days=1), STORED_DAY_1 + timedelta(days=3)]
    assert read["earlier_figure"].sort("withdrawn_at").select("ingested_at", "withdrawn_at").rows() == [
        (STORED_DAY_1, day) for day in withdrawn
    ]


def test_the_tables_of_a_source_with_a_history_keep_their_contracts_and_their_counts(tmp_path: Path) -> None:
    read = loaded(tmp_path, "output;2024;100\noutput;2023;90\n", "output;2024;110\n")
    for name, contract in (
        ("figure", Figure),
        ("earlier_figure", EarlierFigure),
        ("earlier_file", EarlierFile),
        ("earlier_load", EarlierLoad),
    ):
        contract.validate(read[name])
    figure, earlier = read["figure"], read["earlier_figure"]
    assert (figure.height, earlier.height) == (1, 2)
    sources = DimSource.validate(dimensions.dim_source(dimensions.document(figure, earlier), read["source_file"], read["earlier_file"]))
    assert sources["ingested_at"].to_list() == [STORED_DAY_1, STORED_DAY_2]
    made = observations(read)
    assert set(made["source_key"]) == set(sources["source_key"])
    rejected = Rejected.validate(audit.rejected(figure, earlier))
    periods = dimensions.dim_period(figure, earlier)
    counted = audit.file_count(figure, made, facts_without_rows(), periods, rejected)
    Load.validate(audit.load(read["source_file"], counted))
    assert read["earlier_load"].select("loaded_at", "figures_loaded", "figures_accepted", "message").rows() == [(STORED_DAY_1, 2, 2, None)]


def facts_without_rows() -> pl.DataFrame:
    return pl.DataFrame(schema={"target_key": pl.Int64})


def test_a_revision_without_a_new_date_stands_among_the_vintages(tmp_path: Path) -> None:
    read = loaded(tmp_path, "output;2024;100\n", "output;2024;110\n", "output;2023;1\n")
    made = observations(read)
    [row] = revision(
        made, made.clear(), dim_indicator(), dim_area(), dimensions.dim_period(read["figure"], read["earlier_figure"]), dim_unit()
    ).rows(named=True)
    assert row["values_over_time"] == "100 (2026-11-24, A), then 110 (2026-11-25, A)"
    assert (row["first_value"], row["latest_value"], row["change"]) == (Decimal(100), None, None)  # both were withdrawn


def test_an_earlier_figure_that_its_series_contradicts_is_set_aside_with_its_reason(tmp_path: Path) -> None:
    years = "".join(f"output;{year};{year - 1990}\n" for year in range(2010, 2024))
    read = loaded(tmp_path, years + "output;2024;34000\n", years + "output;2024;34\n")
    assert read["figure"]["verdict"].unique().to_list() == ["accepted"]
    assert read["earlier_figure"].select("verdict", "rule").rows() == [("rejected", "magnitude-jump")]
    [row] = audit.rejected(read["figure"], read["earlier_figure"]).rows(named=True)
    assert (row["value_as_printed"], row["content"]) == ("34000", read["earlier_file"]["sha256"][0])


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_load_that_cannot_be_read_again_is_told_of(tmp_path: Path, *, is_gone: bool) -> None:
    loaded(tmp_path, "output;2024;100\n", "output;2024;110\n")
    contents = tmp_path / "archive" / "contents"
    for path in contents.iterdir():
        if "2024;100" in path.read_text():
            path.unlink()
            if not is_gone:
                path.write_text("output;2024;101\n")
    read = ingested(tmp_path, DAY_3)
    assert read["earlier_load"]["message"].to_list() == ["a file of it is no longer in the archive, or is damaged there"]
    assert windows(read) == [(110, NOVEMBER_25, None, True)]


@pytest.mark.parametrize("is_removed", [False, True])
def test_what_is_damaged_in_the_archive_of_one_source_stops_no_other(tmp_path: Path, *, is_removed: bool) -> None:
    source(tmp_path / "sources", "others", table=HEADER + "output;2020;70\n")
    loaded(tmp_path, "output;2024;100\n")
    (tmp_path / "archive" / "loads" / "pages.json").write_text("[{")
    if is_removed:
        shutil.rmtree(tmp_path / "sources" / "pages")
    read = ingested(tmp_path, DAY_2)
    others, pages = read["source_file"].sort("source").rows(named=True)
    assert others["state"] == "loaded"
    assert pages["state"] == ("removed" if is_removed else "failed")
    assert "pages.json is damaged" in pages["message"]
    assert windows(read) == [(70, NOVEMBER_24, None, True)]


def test_a_damaged_ledger_stops_the_run_with_a_message(tmp_path: Path) -> None:
    loaded(tmp_path, "output;2024;100\n")
    (tmp_path / "archive" / "ledger.json").write_text("{")
    with pytest.raises(UserError, match=r"ledger\.json: is damaged"):
        ingested(tmp_path, DAY_2)


def test_a_rebuild_from_the_archive_gives_the_same_tables(tmp_path: Path) -> None:
    read = loaded(tmp_path, "output;2024;100\noutput;2023;90\n", "output;2024;110\n", "output;2024;110\noutput;2023;91\n")
    again = ingested(tmp_path, datetime(2027, 1, 1, tzinfo=UTC))
    assert all(read[name].equals(again[name]) for name in read)


EXPORTS = st.lists(st.frozensets(st.tuples(st.sampled_from(["2023", "2024"]), st.integers(1, 2)), max_size=3), min_size=1, max_size=6)


@settings(max_examples=80, deadline=None)
@given(EXPORTS)
def test_each_unbroken_run_of_a_full_source_is_one_figure(exports: list[frozenset[tuple[str, int]]]) -> None:
    """For every figure ever printed: one row for each run of loads that have it, from its first load to the first that lacks it."""
    moments = [STORED_DAY_1 + timedelta(days=number) for number in range(len(exports))]
    loads = [LoadRead(moment, exported(export, str(moment)), {}) for moment, export in zip(moments, exports, strict=True)]
    figure, earlier = put_together(loads)
    clocks = ["period_code", "value", "ingested_at", "withdrawn_at"]
    made = pl.concat([figure, earlier], how="diagonal").select(clocks)
    expected = []
    for period, value in set().union(*exports):
        for is_there, run in groupby(range(len(exports)), key=lambda number: (period, value) in exports[number]):
            first, *_, last = [*run] * 2
            if is_there:
                expected.append((period, Decimal(value), moments[first], moments[last + 1] if last + 1 < len(exports) else None))
    assert sorted(made.rows(), key=str) == sorted(expected, key=str)
    assert pl.concat([figure["statement_key"], earlier["statement_key"]]).is_unique().all()


def exported(export: frozenset[tuple[str, int]], content: str) -> pl.DataFrame:
    rows = [{"period_code": period, "value": str(value)} for period, value in sorted(export)]
    made = figures(*rows).drop("ingested_at", "is_restated")
    return made.with_columns(content=pl.lit(content), is_full=pl.lit(value=True))
