"""A marimo notebook that answers the two questions: how far is each target reached, and how fast does it grow?

    pip install marimo          # beside this project, once
    marimo edit examples/targets_and_growth.py

It opens the warehouse for each question and closes it again, so the next question sees what was published meanwhile.
"""

import marimo

app = marimo.App(width="medium", app_title="Targets and growth")


@app.cell
def _():
    import altair as alt
    import duckdb
    import marimo as mo
    import polars as pl

    from hai_ha_pipeline.settings import project

    return alt, duckdb, mo, pl, project


@app.cell
def _(duckdb, pl, project):
    locked = {"enable_external_access": "false", "lock_configuration": "true"}

    def ask(sql: str, *values: object) -> pl.DataFrame:
        """The answer to one SELECT; nothing stays open, and nothing can be written."""
        with duckdb.connect(str(project().database), read_only=True, config=locked) as connection:
            return connection.sql(sql, params=list(values)).pl()

    return (ask,)


@app.cell
def _(ask, mo):
    _areas = ask("""
        SELECT area_name_en, count(*) AS targets FROM marts.attainment WHERE is_latest AND result_value IS NOT NULL
        GROUP BY area_name_en ORDER BY targets DESC, area_name_en
    """)["area_name_en"].to_list()
    area = mo.ui.dropdown(_areas, value=_areas[0], label="Area")
    area  # noqa: B018
    return (area,)


@app.cell
def _(area, ask, mo):
    _years = ask(
        """
        SELECT target_period[:4] AS year, count(*) AS targets FROM marts.attainment
        WHERE area_name_en = $1 AND is_latest AND result_value IS NOT NULL GROUP BY year ORDER BY targets DESC, year DESC
        """,
        area.value,
    )["year"].to_list()
    year = mo.ui.dropdown(_years, value=_years[0], label="Year of the plan")
    year  # noqa: B018
    return (year,)


@app.cell
def _(mo):
    mo.md("""
    ## How far is each target reached?

    A target that rises: result as per cent of the target. One that falls: how much of the way from its baseline is covered.
    """)


@app.cell
def _(area, ask, year):
    attainment = ask(
        """
        SELECT indicator_name_en AS indicator, target_as_printed, result_as_printed, result_period,
               CASE WHEN target_operator IN ('<=', 'reduce_by') THEN progress_pct ELSE fulfilment_pct END::DOUBLE AS reached_pct,
               expected_pct::DOUBLE AS expected_pct, status, status_reason
        FROM marts.attainment WHERE area_name_en = $1 AND target_period[:4] = $2 AND is_latest
        ORDER BY reached_pct DESC NULLS LAST, indicator
        """,
        area.value,
        year.value,
    )
    attainment  # noqa: B018
    return (attainment,)


@app.cell
def _(alt, attainment, pl):
    reached = attainment.filter(pl.col("reached_pct").is_not_null())
    rows = alt.Y("indicator:N", title=None, sort=reached["indicator"].to_list()).axis(labelLimit=320)
    bars = alt.Chart(reached).mark_bar().encode(alt.X("reached_pct:Q", title="reached, %"), rows, alt.Color("status:N"))
    # A tick where the result should be by now; a stock or a rate has none.
    expected = alt.Chart(reached).mark_tick(thickness=2, color="black").encode(alt.X("expected_pct:Q"), rows)
    attainment_chart = (bars + expected).properties(width=460)
    attainment_chart  # noqa: B018
    return (attainment_chart,)


@app.cell
def _(mo):
    mo.md("""
    ## How fast does it grow?

    Against the same period of the year before: computed from two printed figures, and as the source itself prints it.
    """)


@app.cell
def _(area, ask, year):
    growth = ask(
        """
        SELECT indicator_name_en AS indicator, period, value::DOUBLE AS value, base::DOUBLE AS base,
               growth_pct::DOUBLE AS computed, growth_reported_pct::DOUBLE AS printed, growth_agreement, reason
        FROM marts.growth WHERE area_name_en = $1 AND period[:4] = $2 AND comparison = 'same_period_last_year'
          AND (growth_pct IS NOT NULL OR growth_reported_pct IS NOT NULL)
        ORDER BY indicator, period
        """,
        area.value,
        year.value,
    )
    growth  # noqa: B018
    return (growth,)


@app.cell
def _(alt, growth, pl):
    both = growth.unpivot(["computed", "printed"], index=["indicator", "period"], variable_name="kind", value_name="growth_pct")
    growth_chart = (
        alt.Chart(both.filter(pl.col("growth_pct").is_not_null()))
        .mark_point(filled=True, size=80)
        .encode(
            alt.X("growth_pct:Q", title="growth, %"),
            alt.Y("indicator:N", title=None).axis(labelLimit=320),
            alt.Color("period:N"),
            alt.Shape("kind:N", title=None),
        )
        .properties(width=460)
    )
    growth_chart  # noqa: B018
    return (growth_chart,)


if __name__ == "__main__":
    app.run()
