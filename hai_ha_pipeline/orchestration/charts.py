"""Charts of the marts for the Dagster UI, as PNG. What a chart shows is chosen from the rows; no area or year is named here."""

import io

import altair as alt
import polars as pl

STATUS_COLOURS = {
    "achieved": "#1b7f4b", "on_track": "#5aa469", "at_risk": "#d9a441", "off_track": "#c8553d", "reversing": "#8c2f39",
    "not_achieved": "#8c2f39", "undetermined": "#7a7a7a", "not_assessable": "#a9a9a9",
}  # fmt: skip
MOST_BARS, LABELS = 30, 380


def attainment_chart(attainment: pl.DataFrame) -> bytes | None:
    """The targets of the area and year with the most results, a bar a target, coloured by status.

    A target that falls shows the way covered from its baseline: a plain quotient would be best at its worst.
    """
    falls = pl.col("target_operator").is_in(["<=", "reduce_by"])
    share = pl.when(falls).then("progress_pct").otherwise("fulfilment_pct").cast(pl.Float64)
    latest = attainment.filter("is_latest").with_columns(share=share).filter(pl.col("share").is_not_null())
    chosen = _busiest(latest, ["area_name_en", "target_period"]).sort("share", descending=True).head(MOST_BARS)
    if chosen.is_empty():
        return None
    bars = chosen.select("indicator_name_en", "status", "share")
    used = [status for status in STATUS_COLOURS if status in set(bars["status"])]
    colour = alt.Color("status:N", title="status").scale(domain=used, range=[STATUS_COLOURS[status] for status in used])
    order = bars["indicator_name_en"].to_list()
    base = alt.Chart(bars).encode(y=alt.Y("indicator_name_en:N", title=None, sort=order).axis(labelLimit=LABELS))
    bar = base.mark_bar().encode(x=alt.X("share:Q", title="target reached, %; where it falls, way covered from the baseline"), color=colour)
    number = base.mark_text(align="left", dx=4).encode(x="share:Q", text=alt.Text("share:Q", format=".1f"))
    line = alt.Chart(pl.DataFrame({"target": [100.0]})).mark_rule(strokeDash=[4, 3]).encode(x="target:Q")
    return _png(bar + number + line, f"{chosen['area_name_en'][0]}, targets for {chosen['target_period'][0]}: last result of each")


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
            y=alt.Y("indicator_name_en:N", title=None).axis(labelLimit=LABELS),
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
    chart.properties(title=title, width=440).configure_legend(labelLimit=LABELS, orient="bottom").save(picture, format="png", ppi=100)
    return picture.getvalue()
