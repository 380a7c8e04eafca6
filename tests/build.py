"""Small frames for worked examples: master data of a made-up district, and one-row builders that fill what a test leaves out.

Add a builder here when two test files need the same shape; a figure that a test is about stands in the test.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from hai_ha_pipeline.contracts.core import DimSource, FactObservation, FactTarget
from hai_ha_pipeline.contracts.marts import Consistency
from hai_ha_pipeline.contracts.reading import EarlierFigure, EarlierFile, Figure
from hai_ha_pipeline.contracts.types import Contract, empty, polars_schema, type_of_value
from hai_ha_pipeline.parsing.periods import read_period
from hai_ha_pipeline.reading.reference import COLUMNS
from hai_ha_pipeline.reading.statements import shaped
from hai_ha_pipeline.transforms import dimensions, successors
from hai_ha_pipeline.transforms.attainment import attainment
from hai_ha_pipeline.transforms.consistency import consistency
from hai_ha_pipeline.transforms.figures import figure
from hai_ha_pipeline.transforms.growth import growth_of

NO_EARLIER, NO_EARLIER_FILE = empty(EarlierFigure), empty(EarlierFile)
REPOSITORY = Path(__file__).resolve().parent.parent
SHIPPED = REPOSITORY / "sources"
FIRST_READ = datetime(2026, 11, 24, 2, 0)  # noqa: DTZ001 (UTC, as tables hold it)

# code, unit, desired direction, measure kind, parent, parts complete, plausible from, to, derived from, derivation
INDICATORS = """
output,VND_BN,up,flow,,true,1,100000,,
output_farms,VND_BN,up,flow,output,false,1,100000,,
output_services,VND_BN,up,flow,output,false,1,100000,,
share_services,PCT,none,ratio,,false,0,100,output_services,share
exports,USD_MN,up,flow,,false,0.01,5000,,
spending,VND_BN,down,flow,,false,0,,,
poor_households,HOUSEHOLDS,down,stock,,false,0,100000,,
houses,HOUSES,up,stock,,false,0,,,
documents,DOCUMENTS,none,flow,,false,0,,,
urban_rate,PCT,up,ratio,,false,0,100,,
income,VND_MN,up,ratio,,false,1,1000,,
balance,VND_BN,up,flow,,false,,,,
road_opened,MILESTONE,up,milestone,,false,0,1,,
output_growth,PCT,up,ratio,,false,,,output,growth
water_supply,PCT,up,stock,,false,0,100,,
reserve,VND_BN,up,stock,,false,,,,
school_places,HOUSES,maintain,stock,,false,,,,
"""
# code, quantity, power of ten, printed forms
UNITS = """
VND,vnd,0,VND|đồng
VND_MN,vnd,6,million VND|Millionen VND|triệu đồng
VND_BN,vnd,9,billion VND|Milliarden VND|tỷ đồng
VND_TN,vnd,12,trillion VND|Billionen VND|nghìn tỷ đồng
USD,usd,0,US dollars
USD_MN,usd,6,million USD|Millionen USD
PCT,percent,0,%|percent
HOUSEHOLDS,households,0,households|Haushalte
HOUSES,houses,0,houses
DOCUMENTS,documents,0,documents
MILESTONE,milestone,0,reached
"""
# code, from, to, level, kind, Vietnamese name, English name, parent, other names. 06946 was re-used on 1 July 2025; 06922
# kept its name, but took in more; Đông Triều, a town, became a city on 1 November 2024 under its old code; Cái Chiên stayed
# as it was. The communes of Hải Hà are together what the district was; those of Tiên Yên and Ba Chẽ cross their border.
AREAS = """
22,,,province,Tỉnh,Tỉnh Quảng Ninh,Quang Ninh province,,Quảng Ninh
201,,2025-07-01,district,Huyện,Huyện Hải Hà,Hai Ha district,22,Hải Hà|Hai Ha
205,,2024-11-01,district,Thị xã,Thị xã Đông Triều,Dong Trieu town,22,Đông Triều|Dong Trieu
205,2024-11-01,2025-07-01,district,Thành phố,Thành phố Đông Triều,Dong Trieu city,22,Đông Triều|Dong Trieu
06946,,2025-07-01,commune,Xã,Xã Quảng Phong,Quang Phong commune,201,Quảng Phong
06946,2025-07-01,,commune,Xã,Xã Đường Hoa,Duong Hoa commune,22,Đường Hoa
06922,,2025-07-01,commune,Thị trấn,Thị trấn Quảng Hà,Quang Ha town,201,Quảng Hà
06922,2025-07-01,,commune,Xã,Xã Quảng Hà,Quang Ha commune,22,Quảng Hà
06967,,2025-07-01,commune,Xã,Xã Cái Chiên,Cai Chien commune,201,Cái Chiên
06967,2025-07-01,,commune,Xã,Xã Cái Chiên,Cai Chien commune,22,Cái Chiên
199,,2025-07-01,district,Huyện,Huyện Tiên Yên,Tien Yen district,22,Tiên Yên
202,,2025-07-01,district,Huyện,Huyện Ba Chẽ,Ba Che district,22,Ba Chẽ
06886,,2025-07-01,commune,Xã,Xã Hải Lạng,Hai Lang commune,199,Hải Lạng
06886,2025-07-01,,commune,Xã,Xã Hải Lạng,Hai Lang commune,22,Hải Lạng
06970,,2025-07-01,commune,Thị trấn,Thị trấn Ba Chẽ,Ba Che town,202,Ba Chẽ
06970,2025-07-01,,commune,Xã,Xã Ba Chẽ,Ba Che commune,22,Ba Chẽ
"""
# old code, new code, how
AREA_CHANGES = """
06922,06922,whole
06946,06922,part
06946,06946,part
06967,06967,unchanged
06886,06886,part
06886,06970,part
06970,06970,whole
"""


def _lines(text: str) -> list[list[str]]:
    return [line.split(",") for line in text.strip().splitlines()]


def _reference(name: str, rows: Iterable[tuple[str, ...]]) -> pl.DataFrame:
    table = pl.DataFrame(list(rows), schema=dict.fromkeys(COLUMNS[name], pl.String), orient="row")
    return table.select(pl.all().replace("", None))


def indicators() -> pl.DataFrame:
    """`reference/indicators.csv` as read."""
    return _reference(
        "indicators",
        (
            (code, code, code, "test", unit, direction, kind, parent, complete, _adds(kind), "", low, high, of, derivation, "", "")
            for code, unit, direction, kind, parent, complete, low, high, of, derivation in _lines(INDICATORS)
        ),
    )


def _adds(kind: str) -> str:
    """Amounts add up over areas, ratios and milestones do not."""
    return "true" if kind in {"flow", "stock"} else "false"


def units() -> pl.DataFrame:
    """`reference/units.csv` as read."""
    return _reference("units", ((code, quantity, power, code, code, names) for code, quantity, power, names in _lines(UNITS)))


def areas() -> pl.DataFrame:
    """`reference/areas.csv` as read."""
    return _reference("areas", (tuple(line) for line in _lines(AREAS)))


def area_changes() -> pl.DataFrame:
    """`reference/area_changes.csv` as read."""
    return _reference("area_changes", (("2025-07-01", old, new, how, how, "a decision") for old, new, how in _lines(AREA_CHANGES)))


def attainment_rules(*rows: tuple[str, str]) -> pl.DataFrame:
    """`reference/attainment_rules.csv` as read: status and threshold of the preset `pace`."""
    given = rows or (("on_track", "0.95"), ("at_risk", "0.60"), ("off_track", "0"), ("reversing", ""))
    return _reference("attainment_rules", (("pace", "pace_ratio", status, bound, "", status, "a method") for status, bound in given))


@cache
def dim_indicator() -> pl.DataFrame:
    """The indicators above as a dimension."""
    return dimensions.dim_indicator(indicators())


@cache
def dim_area() -> pl.DataFrame:
    """The areas above as a dimension."""
    return dimensions.dim_area(areas(), area_changes())


@cache
def area_succession() -> pl.DataFrame:
    """Which of the areas above followed which."""
    return dimensions.area_succession(area_changes(), dim_area())


@cache
def area_coverage() -> pl.DataFrame:
    """What became of the areas above."""
    return successors.area_coverage(dim_area(), area_succession())


@cache
def dim_unit() -> pl.DataFrame:
    """The units above as a dimension."""
    return dimensions.dim_unit(units())


def dim_period(*codes: str) -> pl.DataFrame:
    """These periods, and the same a year earlier, as a dimension."""
    return dimensions.dim_period(figures(*({"period_code": code} for code in codes)), NO_EARLIER)


def statements(*rows: dict[str, Any]) -> pl.DataFrame:
    """Statements in their shape: by default 100 billion VND of output of Hai Ha in 2024, printed with decimal comma and dots."""
    usual = {
        "source": "pages", "resource": "table", "file": "table.csv", "column": "value", "indicator": "output", "area": "201",
        "period": "2024", "value": "100", "unit": "billion VND", "decimal_char": ",", "group_char": ".", "precedence": 100,
        "is_missing": False, "is_corrected": False, "is_settled": False,
    }  # fmt: skip
    filled = [
        usual | {"statement_key": position, "row": position + 2} | row | {"value_as_printed": row.get("value", usual["value"])}
        for position, row in enumerate(rows)
    ]
    return shaped(pl.DataFrame(filled, infer_schema_length=None))


def judged(*rows: dict[str, Any]) -> pl.DataFrame:
    """Those statements, read and judged."""
    return figure(statements(*rows), dim_indicator(), dim_area(), dim_unit())


def judged_row(**fields: Any) -> dict[str, Any]:
    """One statement, read and judged."""
    return judged(fields).row(0, named=True)


def figures(*rows: dict[str, Any]) -> pl.DataFrame:
    """Accepted figures in their shape: by default 100 billion VND of output of Hai Ha in 2024."""
    usual = {
        "source": "pages", "resource": "table", "file": "table.csv", "column": "value", "verdict": "accepted", "role": "result",
        "indicator_code": "output", "area_code": "201", "area_valid_from": dimensions.SINCE_EVER, "period_code": "2024",
        "value": "100", "qualifier": "exact", "obs_status": "A", "is_reduction": False, "unit_code": "VND_BN", "value_as_printed": "100",
        "is_published_on_inferred": False, "precedence": 100, "is_corrected": False, "is_settled": False, "growth_basis": "same_period_last_year",
        "ingested_at": FIRST_READ, "is_restated": False,
    }  # fmt: skip
    return _filled(Figure, usual, rows, "statement_key")


def earlier_figures(*rows: dict[str, Any]) -> pl.DataFrame:
    """Figures in their shape that only an earlier content of their file holds; see `figures` for what a row leaves out."""
    clocks = pl.DataFrame(
        [(row.get("statement_key", place), "earlier", row.get("withdrawn_at")) for place, row in enumerate(rows)],
        schema={"statement_key": pl.Int64, "content": pl.String, "withdrawn_at": pl.Datetime("us")},
        orient="row",
    )
    figure = figures(*({name: given for name, given in row.items() if name != "withdrawn_at"} for row in rows))
    return figure.join(clocks, on="statement_key").select(NO_EARLIER.columns)


def observations(*rows: dict[str, Any]) -> pl.DataFrame:
    """Current results in the shape of the fact; `indicator`, `area` and `period` stand for their keys."""
    return _facts(FactObservation, "observation_key", rows, {"role": "result"})


def targets(*rows: dict[str, Any]) -> pl.DataFrame:
    """Current targets in the shape of the fact; `indicator`, `area` and `period` stand for their keys."""
    return _facts(FactTarget, "target_key", rows, {"operator": ">="})


def documents(**published_on: str | None) -> pl.DataFrame:
    """Documents as a dimension: `d1="2024-07-31"` is the one with key 1; one that ends in `~` has its day inferred."""
    days = [(day or "").removesuffix("~") for day in published_on.values()]
    table = pl.DataFrame(
        {
            "source_key": [int(name[1:]) for name in published_on],
            "published_on": [date.fromisoformat(day) if day else None for day in days],
            "is_published_on_inferred": [(day or "").endswith("~") for day in published_on.values()],
        },
        schema_overrides={"published_on": pl.Date},
    )
    empty = pl.DataFrame(schema=polars_schema(DimSource))
    return pl.concat([empty, table], how="diagonal")


def consistency_of(*results: dict[str, Any], plans: tuple[dict[str, Any], ...] = (), **published_on: str | None) -> pl.DataFrame:
    """`marts.consistency` of these results and targets; all stand in one document unless `d1`, `d2` name the days of several."""
    sources = documents(**published_on or {"d1": "2024-12-31"})
    published = sources.select("source_key", "published_on")
    facts = {
        name: fact.drop("published_on").join(published, on="source_key", how="left").select(fact.columns)
        for name, fact in {"fact_observation": observations(*results), "fact_target": targets(*plans)}.items()
    }
    codes = {row.get("period", "2024") for row in (*results, *plans)}
    earlier = {period.a_year_earlier().code for code in codes if (period := read_period(code))}
    world = {"dim_indicator": dim_indicator(), "dim_area": dim_area(), "dim_period": dim_period(*codes, *earlier)}
    marts = {
        "attainment": attainment(
            **facts,
            **world,
            dim_unit=dim_unit(),
            attainment_rule=dimensions.attainment_rule(attainment_rules()),
            area_coverage=area_coverage(),
        ),
        "growth": growth_of(facts["fact_observation"], **world, dim_unit=dim_unit(), area_coverage=area_coverage()),
    }
    return Consistency.validate(consistency(**facts, **world, **marts, document=sources))


def _facts(contract: type[Contract], key: str, rows: tuple[dict[str, Any], ...], more: dict[str, Any]) -> pl.DataFrame:
    usual = more | {
        "source_key": 1, "qualifier": "exact", "obs_status": "A", "column": "value", "is_corrected": False, "is_current": True,
        "unit_as_printed": "units",
    }  # fmt: skip
    return _filled(contract, usual, [_with_keys(dict(row)) for row in rows], key)


def _with_keys(row: dict[str, Any]) -> dict[str, Any]:
    """The keys of one fact's dimensions, of its area's first version or the one in `since`; without bounds it is exactly its value."""
    indicator, area, period = row.pop("indicator", "output"), row.pop("area", "201"), row.pop("period", "2024")
    since = row.pop("since", dimensions.SINCE_EVER)
    of_indicator = dim_indicator().row(by_predicate=pl.col("indicator_code") == indicator, named=True)
    unit = dim_unit().row(by_predicate=pl.col("unit_code") == of_indicator["unit_code"], named=True)
    keys = {
        "indicator_key": of_indicator["indicator_key"],
        "unit_key": unit["unit_key"],
        "area_key": dim_area().row(by_predicate=(pl.col("area_code") == area) & (pl.col("valid_from") == since), named=True)["area_key"],
        "period_key": dim_period(period).row(by_predicate=pl.col("period_code") == period, named=True)["period_key"],
    }
    return keys | {"lower": row["value"], "upper": row["value"], "value_as_printed": row["value"]} | row


def _filled(contract: type[Contract], usual: dict[str, Any], rows: Iterable[dict[str, Any]], key: str) -> pl.DataFrame:
    """Rows of a contract: what a test leaves out is usual, else null; figures are given as text."""
    schema = polars_schema(contract)
    filled = [usual | {key: position, "row": position + 2} | row for position, row in enumerate(rows)]
    typed = [
        {name: Decimal(given) if schema[name] == type_of_value and given is not None else given for name, given in row.items()}
        for row in filled
    ]
    return pl.DataFrame(typed, schema=schema)


def decimals(*texts: str | None) -> list[Decimal | None]:
    """Figures as DECIMALs, gaps as none."""
    return [None if text is None else Decimal(text) for text in texts]
