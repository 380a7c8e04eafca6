"""Charts of the marts for the Dagster UI, as PNG. What a chart shows is chosen from the rows; no area or year is named here."""

import io

import altair as alt
import polars as pl

STATUS_COLOURS = {
    "achieved": "#1b7f4b", "on_track": "#5aa469", "at_risk": "#d9a441", "off_track": "#c8553d", "reversing": "#8c2f39",
    "not_achieved": "#8c2f39", "undetermined": "#7a7a7a", "not_assessable": "#a9a9a9",
}  # fmt: skip
MOST_BARS = 30


def attainment_chart(attainment: pl.DataFrame) -> bytes | None:
    """Fulfilment of the area and year with the most results, a bar a target, coloured by status."""
    latest = attainment.filter("is_latest", pl.col("fulfilment_pct").is_not_null())
    chosen = _busiest(latest, ["area_name_en", "target_period"])
    if chosen.is_empty():
        return None
    area, year = chosen.row(0, named=True)["area_name_en"], chosen.row(0, named=True)["target_period"]
    bars = chosen.head(MOST_BARS).select("indicator_name_en", "status", pl.col("fulfilment_pct").cast(pl.Float64))
    used = [status for status in STATUS_COLOURS if status in set(bars["status"])]
    colour = alt.Color("status:N", title="status").scale(domain=used, range=[STATUS_COLOURS[status] for status in used])
    base = alt.Chart(bars).encode(y=alt.Y("indicator_name_en:N", title=None, sort="-x").axis(labelLimit=380))
    bar = base.mark_bar().encode(x=alt.X("fulfilment_pct:Q", title="fulfilment of the target, %"), color=colour)
    number = base.mark_text(align="left", dx=4).encode(x="fulfilment_pct:Q", text=alt.Text("fulfilment_pct:Q", format=".1f"))
    line = alt.Chart(pl.DataFrame({"target": [100.0]})).mark_rule(strokeDash=[4, 3]).encode(x="target:Q")
    return _png(bar + number + line, f"{area}, targets {year}: latest result against target")


def growth_chart(growth: pl.DataFrame) -> bytes | None:
    """Growth on the same period of last year of the area with the most growths: computed, else as printed."""
    known = growth.filter(pl.col("comparison") == "same_period_last_year").with_columns(
        shown=pl.coalesce("growth_pct", "growth_reported_pct").cast(pl.Float64),
        kind=pl.when(pl.col("growth_pct").is_not_null()).then(pl.lit("computed")).otherwise(pl.lit("as printed")),
    )
    chosen = _busiest(known.filter(pl.col("shown").is_not_null()), ["area_name_en"])
    if chosen.is_empty():
        return None
    dots = chosen.select("indicator_name_en", "period", "shown", "kind", day=pl.col("period_last_day"))
    chart = (
        alt.Chart(dots)
        .mark_point(filled=True, size=70)
        .encode(
            x=alt.X("shown:Q", title="growth on the same period of last year, %"),
            y=alt.Y("indicator_name_en:N", title=None).axis(labelLimit=380),
            color=alt.Color("year(day):O", title="year", scale=alt.Scale(scheme="viridis")),
            shape=alt.Shape("kind:N", title=None),
        )
    )
    return _png(chart, f"{chosen['area_name_en'][0]}: growth")


def consistency_chart(consistency: pl.DataFrame) -> bytes | None:
    """How many subjects of each check agree."""
    if consistency.is_empty():
        return None
    counts = consistency.group_by("check_name", "verdict").len("subjects")
    verdicts = {"consistent": "#1b7f4b", "undetermined": "#a9a9a9", "inconsistent": "#8c2f39"}
    colour = alt.Color("verdict:N").scale(domain=list(verdicts), range=list(verdicts.values()))
    chart = alt.Chart(counts).mark_bar().encode(x=alt.X("subjects:Q", title="subjects"), y=alt.Y("check_name:N", title=None), color=colour)
    return _png(chart, "Figures that must agree")


def _busiest(rows: pl.DataFrame, group: list[str]) -> pl.DataFrame:
    """The rows of the group that has the most."""
    if rows.is_empty():
        return rows
    largest = rows.group_by(group).len().sort("len", *group, descending=[True, *[False] * len(group)]).head(1)
    return rows.join(largest.select(group), on=group, how="semi", maintain_order="left")


def _png(chart: alt.Chart | alt.LayerChart, title: str) -> bytes:
    picture = io.BytesIO()
    chart.properties(title=title, width=560).save(picture, format="png", ppi=110)
    return picture.getvalue()
