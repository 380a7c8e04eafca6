"""What was known when: validity of figures, the versions of a target, and marts as of any day."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import polars.selectors as cs
from hypothesis import given, settings
from hypothesis import strategies as st

from hai_ha_pipeline.contracts.core import FactObservation, FactTarget, Revision
from hai_ha_pipeline.contracts.marts import AttainmentHistory, GrowthHistory
from hai_ha_pipeline.transforms import dimensions, facts
from hai_ha_pipeline.transforms.attainment import attainment
from hai_ha_pipeline.transforms.growth import growth
from hai_ha_pipeline.transforms.history import attainment_history, growth_over_time, growth_past, revision
from tests.build import area_coverage, attainment_rules, dim_area, dim_indicator, dim_unit, earlier_figures, figures
from tests.conftest import Tables

RULES = dimensions.attainment_rule(attainment_rules())
JUNE_14, JUNE_20, JULY_31 = date(2024, 6, 14), date(2024, 6, 20), date(2024, 7, 31)
FIRST_READ = date(2026, 11, 24)


class Known:
    """The facts and dimensions of some figures."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.figure = figures(*(row for row in rows if "withdrawn_at" not in row))
        earlier = earlier_figures(*(row for row in rows if "withdrawn_at" in row))
        self.dims = (dim_indicator(), dim_area(), dimensions.dim_period(self.figure, earlier), dim_unit())
        self.observations = facts.fact_observation(self.figure, earlier, *self.dims)
        self.targets = facts.fact_target(self.figure, earlier, *self.dims)

    def attainment(self) -> pl.DataFrame:
        return attainment(self.targets, self.observations, *self.dims, RULES, area_coverage())

    def attainment_history(self) -> pl.DataFrame:
        return attainment_history(self.targets, self.observations, *self.dims, RULES, area_coverage())

    def growth(self) -> pl.DataFrame:
        return growth(self.observations, *self.dims, area_coverage(), self.growth_over_time())

    def growth_over_time(self) -> pl.DataFrame:
        return growth_over_time(self.observations, *self.dims, area_coverage())

    def growth_past(self) -> pl.DataFrame:
        return growth_past(self.growth_over_time())

    def growth_history(self) -> pl.DataFrame:
        """The rows of the view."""
        return pl.concat([self.growth().with_columns(known_to=pl.lit(None, pl.Date)), self.growth_past()])


def on(rows: pl.DataFrame, day: date) -> pl.DataFrame:
    """What the macros of the warehouse select; where one area has one series."""
    there = rows.filter(pl.col("known_from") <= day, pl.col("known_to").is_null() | (pl.col("known_to") > day))
    series = ["indicator_key", "area_key", "period_key"]
    return there.filter(pl.col("vintage") == pl.col("vintage").max().over(series)) if "vintage" in rows.columns else there


def test_a_figure_holds_from_its_publication_until_a_better_one_is_published() -> None:
    known = Known(
        {"value": "30774", "published_on": JUNE_20, "obs_status": "E"},
        {"value": "29130", "published_on": JULY_31},
        {"value": "30770", "published_on": JUNE_14},
    )
    FactObservation.validate(known.observations)
    assert known.observations.sort("vintage").select("vintage", "value", "known_from", "known_to", "is_current").rows() == [
        (1, Decimal(30770), JUNE_14, JUNE_20, False),
        (2, Decimal(30774), JUNE_20, JULY_31, False),
        (3, Decimal(29130), JULY_31, None, True),
    ]


def test_a_document_without_a_date_is_known_since_it_was_read_and_gives_way_to_all_others() -> None:
    known = Known({"value": "1", "published_on": None}, {"value": "2", "published_on": JUNE_20})
    undated, dated = known.observations.sort("vintage").rows(named=True)
    assert (undated["known_from"], undated["known_to"]) == (FIRST_READ, FIRST_READ)  # the dated one was there before: it never held
    assert (dated["known_from"], dated["known_to"]) == (JUNE_20, None)


def test_a_figure_read_before_the_day_printed_on_it_is_known_since_it_was_read() -> None:
    """A page of "December 2026" counts as of the 31st and was read in November."""
    known = Known({"value": "1", "published_on": JUNE_20}, {"value": "2", "published_on": date(2026, 12, 31)})
    assert known.observations.sort("vintage").select("value", "known_from", "known_to").rows() == [
        (Decimal(1), JUNE_20, FIRST_READ),
        (Decimal(2), FIRST_READ, None),
    ]


def test_an_estimate_published_with_its_final_figure_never_held() -> None:
    known = Known({"value": "1", "published_on": JUNE_20, "obs_status": "E"}, {"value": "2", "published_on": JUNE_20})
    assert on(known.observations, JUNE_20)["value"].to_list() == [Decimal(2)]


RAISED = (
    {"role": "target", "value": "12", "published_on": date(2024, 12, 10), "period_code": "2025"},
    {"role": "target", "value": "14", "published_on": date(2025, 8, 1), "period_code": "2025"},
    {"value": "7", "lower": "7", "upper": "7", "published_on": date(2025, 7, 5), "period_code": "2025-S1"},
    {"value": "13", "lower": "13", "upper": "13", "published_on": date(2026, 1, 6), "period_code": "2025"},
)


def of_version(rows: pl.DataFrame, version: str) -> list[tuple[Any, ...]]:
    chosen = rows.filter(target_version=version, preset="pace").sort("result_period_last_day", "known_from", nulls_last=True)
    return chosen.select("result_period", "target_value", "status", "known_from", "known_to").rows()


def test_a_target_raised_in_mid_year_is_judged_in_each_of_its_versions() -> None:
    """7 of 12 by 30 June is 58.33 % where 181 of 365 days are 49.59 %: 1.18, on track; 7 of 14 is 50 %: 1.008, on track."""
    history = Known(*RAISED).attainment_history()
    AttainmentHistory.validate(history)
    raised, final = date(2025, 8, 1), date(2026, 1, 6)
    assert of_version(on(history, date(2026, 2, 1)), "current") == [
        ("2025-S1", Decimal(14), "on_track", final, None),
        ("2025", Decimal(14), "not_achieved", final, None),
    ]
    assert of_version(on(history, date(2026, 2, 1)), "original") == [
        ("2025-S1", Decimal(12), "on_track", final, None),
        ("2025", Decimal(12), "achieved", final, None),
    ]
    assert of_version(on(history, date(2026, 2, 1)), "then_valid") == [
        ("2025-S1", Decimal(12), "on_track", final, None),
        ("2025", Decimal(14), "not_achieved", final, None),
    ]
    assert of_version(on(history, date(2025, 7, 15)), "current") == [("2025-S1", Decimal(12), "on_track", date(2025, 7, 5), raised)]
    assert of_version(on(history, date(2025, 1, 1)), "current") == [(None, Decimal(12), "no_result", date(2024, 12, 10), date(2025, 7, 5))]
    assert on(history, date(2024, 12, 9)).is_empty()


def test_a_row_says_the_same_for_as_long_as_nothing_in_it_changes() -> None:
    """A figure of another year is known in between; the growth of 2024 is not touched by it."""
    history = Known(
        {"value": "110", "published_on": date(2025, 1, 5)},
        {"value": "100", "period_code": "2023", "published_on": date(2024, 1, 5)},
        {"value": "90", "period_code": "2022", "published_on": date(2025, 3, 1)},
    ).growth_history()
    GrowthHistory.validate(history)
    of_2024 = history.filter(period="2024", comparison="same_period_last_year")
    assert of_2024.select("growth_pct", "known_from", "known_to").rows() == [(Decimal(10), date(2025, 1, 5), None)]
    of_2023 = history.filter(period="2023", comparison="same_period_last_year").sort("known_from")
    assert of_2023.select("base", "known_from", "known_to").rows() == [
        (None, date(2024, 1, 5), date(2025, 3, 1)),
        (Decimal(90), date(2025, 3, 1), None),
    ]


def test_the_vintages_of_a_figure_stand_side_by_side() -> None:
    known = Known(
        {"value": "312000", "published_on": date(2023, 11, 28), "obs_status": "E"},
        {"value": "313595", "published_on": date(2025, 6, 30), "obs_status": "P"},
        {"value": "5", "period_code": "2022"},
    )
    rows = revision(known.observations, known.targets, *known.dims)
    Revision.validate(rows)
    (row,) = rows.rows(named=True)
    assert (row["period"], row["vintages"], row["first_status"], row["latest_status"]) == ("2024", 2, "E", "P")
    assert (row["change"], round(row["change_pct"], 4)) == (Decimal(1595), Decimal("0.5112"))  # 1,595 / 312,000
    assert row["values_over_time"] == "312000 (2023-11-28, E), then 313595 (2025-06-30, P)"


def day(number: int) -> date:
    return date(2024, 1, 1) + timedelta(days=number)


PUBLISHED = st.fixed_dictionaries(
    {
        "indicator_code": st.sampled_from(["output", "output_farms", "output_services", "poor_households"]),
        "period_code": st.sampled_from(["2022", "2023", "2023-S1", "2024", "2024-S1", "2024-01-01/P7M"]),
        "role": st.sampled_from(["result", "result", "target", "baseline"]),
        "value": st.integers(1, 300).map(str),
        "published_on": st.integers(0, 12).map(day),
        "obs_status": st.sampled_from(["A", "E", "P", "F"]),
        "precedence": st.integers(1, 2),
    }
)


STAYED = st.one_of(st.none(), st.none(), st.integers(0, 8))


def gone_after(row: dict[str, Any], days: int | None) -> dict[str, Any]:
    """The figure, withdrawn so many days after its publication; with none it stands today."""
    withdrawn_on = row["published_on"] + timedelta(days=days or 0)
    return row if days is None else row | {"withdrawn_at": datetime.combine(withdrawn_on, time())}


def is_there(row: dict[str, Any], today: date) -> bool:
    return bool(row["published_on"] <= today and ("withdrawn_at" not in row or today < row["withdrawn_at"].date()))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(PUBLISHED, STAYED), min_size=1, max_size=14), st.integers(-1, 22).map(day))
def test_as_of_a_day_equals_a_rebuild_from_the_documents_that_stood_then(
    published: list[tuple[dict[str, Any], int | None]], today: date
) -> None:
    keyed = [gone_after(row | {"statement_key": place, "row": place + 2}, days) for place, (row, days) in enumerate(published)]
    whole = Known(*keyed)
    then = ({name: said for name, said in row.items() if name != "withdrawn_at"} for row in keyed if is_there(row, today))
    by_then = Known(*then)
    for now, rebuilt in ((whole.observations, by_then.observations), (whole.targets, by_then.targets)):
        key = now.columns[0]
        assert sorted(on(now, today)[key]) == sorted(rebuilt.filter("is_current")[key])
    if by_then.figure.is_empty():
        assert on(whole.attainment_history(), today).is_empty()
        assert on(whole.growth_history(), today).is_empty()
        return
    attained = on(whole.attainment_history(), today).filter(target_version="current", preset="pace")
    assert same(attained, by_then.attainment())
    assert same(on(whole.growth_history(), today).drop("known_from"), by_then.growth().drop("known_from"))


def same(history: pl.DataFrame, rebuilt: pl.DataFrame) -> bool:
    """Whether they say the same; the key of a document is another one once its file has another content."""
    said = rebuilt.drop(cs.ends_with("source_key"))
    return history.select(said.columns).sort(pl.all()).equals(said.sort(pl.all()))


def test_today_is_what_the_marts_show(shipped: Tables) -> None:
    attained = shipped["attainment_history"].filter(pl.col("known_to").is_null(), target_version="current", preset="pace")
    assert same(attained, shipped["attainment"])
    grown = shipped["growth_over_time"].filter(pl.col("known_to").is_null())
    assert same(grown, shipped["growth"].join(grown, on="indicator_code", how="semi"))


def test_the_revenue_target_of_the_province_for_2026_was_raised_from_74_000_to_100_000(shipped: Tables) -> None:
    history = shipped["attainment_history"].filter(indicator_code="budget_revenue_total", target_period="2026", area_code="22")
    assert history.filter(target_version="current", preset="pace").select("target_value", "known_from", "known_to").rows() == [
        (Decimal(74000), date(2025, 12, 16), date(2026, 3, 2)),
        (Decimal(100000), date(2026, 3, 2), None),
    ]


def test_what_the_province_had_taken_in_by_mid_2024_fell_from_30_774_to_29_130(shipped: Tables) -> None:
    row = shipped["revision"].row(
        by_predicate=(pl.col("indicator_code") == "budget_revenue_total") & (pl.col("period") == "2024-S1"), named=True
    )
    assert row["values_over_time"] == "30770 (2024-06-14, A), then 30774 (2024-06-20, E), then 29130 (2024-07-31, A)"


def test_facts_keep_their_contract(shipped: Tables) -> None:
    FactTarget.validate(shipped["fact_target"])
    held = shipped["fact_observation"].filter("is_current")
    assert held["known_to"].is_null().all()


def test_a_district_goes_on_as_the_sum_of_its_successors_once_all_of_them_are_known() -> None:
    reform, first, last = date(2025, 7, 1), date(2026, 1, 10), date(2026, 2, 20)
    communes = [("06922", "20", first), ("06946", "12", first), ("06967", "5", last)]
    after = [
        {
            "area_code": code,
            "area_valid_from": reform,
            "period_code": "2025",
            "value": value,
            "lower": value,
            "upper": value,
            "published_on": day,
        }
        for code, value, day in communes
    ]
    known = Known(
        {"value": "30", "published_on": JUNE_20}, *after, {"role": "target", "period_code": "2025", "value": "36", "published_on": JUNE_20}
    )
    district = pl.col("area_code") == "201"
    assert on(known.growth_history(), first).filter(district, pl.col("period") == "2025").is_empty()
    grown = on(known.growth_history(), last).filter(district, pl.col("period") == "2025").row(0, named=True)
    assert (grown["value"], grown["base"], grown["is_derived"], grown["observation_key"]) == (Decimal(37), Decimal(30), True, None)
    before, then = (
        on(known.attainment_history(), day).filter(district, target_version="current").row(0, named=True) for day in (first, last)
    )
    assert (before["status"], then["status"], then["result_value"]) == ("no_result", "achieved", Decimal(37))
    assert "not all of them have a figure" in before["status_reason"]
