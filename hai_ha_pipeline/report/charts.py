"""Charts as SVG, drawn by Altair when the page is made, so that the page needs no script for them.

One drawing carries both languages; its colours are the style sheet's, so it follows dark mode and print. Sizes are given, not
measured, so that the bytes do not depend on the fonts of the machine.
"""

import re
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import altair as alt
import vl_convert
from markupsafe import Markup

from hai_ha_pipeline.report.wording import Both

WIDTH, PLOT, ROW, GAP = 360, 282, 42, 4  # pixels; right of the plot stand the numbers
LONGEST_LABEL = 54  # letters that fit into the width
MOST_BARS = 24
SHARE_AXIS = 130  # per cent; a longer bar is cut and marked

# A shape for each status, in a box from -1 to 1: the same in the charts, the legend and the tables.
SHAPES = {
    "achieved": "M-0.95,0.05L-0.6,-0.3L-0.25,0.05L0.6,-0.8L0.95,-0.45L-0.25,0.75Z",
    "on_track": "M-0.75,-0.9L0.95,0L-0.75,0.9Z",
    "at_risk": "M0,-0.9L0.98,0.8L-0.98,0.8Z",
    "off_track": "M0,-1L1,0L0,1L-1,0Z",
    "reversing": "M-0.98,0L-0.1,-0.85L-0.1,-0.35L0.95,-0.35L0.95,0.35L-0.1,0.35L-0.1,0.85Z",
    "not_achieved": "M-0.85,-0.55L-0.55,-0.85L0,-0.3L0.55,-0.85L0.85,-0.55L0.3,0L0.85,0.55L0.55,0.85L0,0.3L-0.55,0.85L-0.85,0.55L-0.3,0Z",
    "undetermined": "M-0.9,-0.6L0.9,-0.6L0.9,-0.15L-0.9,-0.15ZM-0.9,0.15L0.9,0.15L0.9,0.6L-0.9,0.6Z",
    "not_assessable": "M-0.9,-0.24L0.9,-0.24L0.9,0.24L-0.9,0.24Z",
    "no_result": "M-0.85,-0.85L0.85,-0.85L0.85,0.85L-0.85,0.85ZM-0.5,-0.5L-0.5,0.5L0.5,0.5L0.5,-0.5Z",
}


# Vega writes `<` of a text as `&lt;`, so what begins with `<` here is markup and never text of a source.
TIDIED = (
    *(
        (re.compile(rf'<g class="mark-text role-mark (?:label|text)_{side}_marks"'), f'<g class="{side}" lang="{side}"')
        for side in Both._fields
    ),
    (re.compile(r'(<g class="[^"]*"(?: lang="[^"]*")?) role="graphics-\w+" aria-roledescription="[^"]*"'), r"\1"),
)


class Drawing(NamedTuple):
    """What stands inside an `<svg>`, and its `viewBox`; the template gives it a name."""

    box: str
    inner: Markup


class Bar(NamedTuple):
    """One bar with what stands over it, a label and perhaps a period, and the number to its right."""

    label: Both
    period: Both
    text: Both
    value: Decimal
    status: str = ""
    expected: Decimal | None = None


def share_chart(bars: list[Bar]) -> Drawing:
    """How much of each target is reached: a bar on a track that ends at 100 %, and a mark where an even pace would be."""
    return _drawn(_share_drawing(), [_row(place, bar) | _shares(bar) for place, bar in enumerate(bars)])


def change_chart(bars: list[Bar]) -> Drawing:
    """Growth or contributions: bars to the right of zero for more, to the left for less; the kind in `status` fills them."""
    low, high = min(0.0, *(float(bar.value) for bar in bars)), max(0.0, *(float(bar.value) for bar in bars))
    width = high - low or 1.0
    ends = [{"zero": -low / width, "end": (float(bar.value) - low) / width} for bar in bars]
    return _drawn(_change_drawing(), [_row(place, bar) | end for (place, bar), end in zip(enumerate(bars), ends, strict=True)])


def _shares(bar: Bar) -> dict[str, Any]:
    """Where a bar of a target ends, and where it would at an even pace, both on the axis."""
    shares = {"zero": 0, "hundred": 100, "end": min(max(float(bar.value), 0.0), SHARE_AXIS), "is_cut": bar.value > SHARE_AXIS}
    return shares if bar.expected is None else shares | {"expected": min(float(bar.expected), SHARE_AXIS)}


@cache
def _share_drawing() -> dict[str, Any]:
    """The chart of targets without its rows. Altair takes a quarter of a second for it, so it is made once."""
    x, base = alt.Scale(domain=[0, SHARE_AXIS], range=[0, PLOT], nice=False), alt.Chart()
    track = base.mark_rect(fill="var(--track)").encode(**_span(x, "zero", "hundred"))
    colours = alt.Color("status:N", legend=None, scale=_domain({status: f"var(--{status})" for status in SHAPES}))
    bar = base.mark_rect().encode(**_span(x, "zero", "end"), color=colours)
    goal = base.mark_rule(stroke="var(--ink)", strokeWidth=1.5).encode(**_upright(x, "hundred"))
    timed = base.transform_filter("isValid(datum.expected)")
    halo = timed.mark_rule(stroke="var(--paper)", strokeWidth=5).encode(**_upright(x, "expected"))
    pace = timed.mark_rule(stroke="var(--ink)", strokeWidth=2.5, strokeDash=[3, 2]).encode(**_upright(x, "expected"))
    cut = base.transform_filter("datum.is_cut").mark_text(text="›", fill="var(--paper)", fontSize=18, dx=-7, baseline="middle")
    beyond = cut.encode(x=alt.X("end:Q", scale=x, axis=None), y=_down("middle"))
    symbol = base.transform_filter("datum.end > 6").mark_point(size=55, filled=True, fill="var(--paper)", opacity=1)
    shapes = alt.Shape("status:N", legend=None, scale=_domain(SHAPES))
    symbols = symbol.encode(x=alt.value(9), y=_down("middle"), shape=shapes)
    return _drawing([track, bar, goal, halo, pace, beyond, *_labels(base), symbols])


@cache
def _change_drawing() -> dict[str, Any]:
    """The chart of changes without its rows; their ends come as shares of its width."""
    x, base = alt.Scale(domain=[0, 1], range=[0, PLOT], nice=False), alt.Chart()
    fill = alt.Fill("status:N", legend=None, scale=_domain(CHANGE_FILLS))
    stroke = alt.Stroke("status:N", legend=None, scale=_domain(CHANGE_STROKES))
    bar = base.mark_rect(strokeWidth=1.5).encode(**_span(x, "zero", "end"), fill=fill, stroke=stroke)
    zero = base.mark_rule(stroke="var(--ink)", strokeWidth=1).encode(**_upright(x, "zero"))
    return _drawing([bar, zero, *_labels(base)])


CHANGE_FILLS = {"computed": "var(--bar)", "printed": "var(--paper)", "rest": "var(--track)", "whole": "var(--ink)"}
CHANGE_STROKES = {"computed": "var(--bar)", "printed": "var(--bar)", "rest": "var(--muted)", "whole": "var(--ink)"}


def _row(place: int, bar: Bar) -> dict[str, Any]:
    """What a bar says, and where it stands, in pixels from above."""
    top = place * ROW
    return {
        "label_en": _label(bar.label.en, bar.period.en), "label_vi": _label(bar.label.vi, bar.period.vi), "text_en": bar.text.en, "text_vi": bar.text.vi,
        "status": bar.status, "line": top + 12, "upper": top + 20, "lower": top + 33, "middle": top + 26.5, "above": top + 17, "below": top + 36,
    }  # fmt: skip


def _label(name: str, period: str) -> str:
    """Name and period; where both are too long, the name is cut, for bars of one indicator differ in the period."""
    behind = f", {period}" if period else ""
    most = LONGEST_LABEL - len(behind)
    return (name if len(name) <= most else f"{name[: most - 1].rstrip()}…") + behind


def _down(field: str) -> alt.Y:
    """A place in pixels from above."""
    return alt.Y(f"{field}:Q", axis=None, scale=None)


def _span(x: alt.Scale, start: str, end: str) -> dict[str, Any]:
    return {"x": alt.X(f"{start}:Q", scale=x, axis=None), "x2": f"{end}:Q", "y": _down("upper"), "y2": "lower:Q"}


def _upright(x: alt.Scale, at: str) -> dict[str, Any]:
    return {"x": alt.X(f"{at}:Q", scale=x, axis=None), "y": _down("above"), "y2": "below:Q"}


def _domain(colours: dict[str, str]) -> alt.Scale:
    return alt.Scale(domain=list(colours), range=list(colours.values()))


def _labels(base: alt.Chart) -> list[alt.Chart]:
    """The label over every bar and the number to its right, a layer for each language."""
    layers = []
    for language in Both._fields:
        label = base.mark_text(align="left", baseline="alphabetic").encode(x=alt.value(0), y=_down("line"), text=f"label_{language}:N")
        text = base.mark_text(align="right", baseline="middle", fontWeight="bold").encode(
            x=alt.value(WIDTH), y=_down("middle"), text=f"text_{language}:N"
        )
        layers += [label.properties(name=f"label_{language}"), text.properties(name=f"text_{language}")]
    return layers


def _drawing(layers: list[alt.Chart]) -> dict[str, Any]:
    """Layers as a Vega-Lite specification without rows and height."""
    chart = alt.layer(*layers, data=alt.InlineData(values=[]))
    sized = chart.properties(width=WIDTH, height=ROW, padding=GAP, autosize=alt.AutoSizeParams(type="none"), background="transparent")
    text = {"fontSize": 13, "fill": "currentColor", "font": "system-ui, sans-serif"}
    return dict(sized.configure(aria=False, view=alt.ViewConfig(stroke=None), text=text).to_dict())


def _drawn(drawing: dict[str, Any], rows: list[dict[str, Any]]) -> Drawing:
    height = len(rows) * ROW
    drawn = str(vl_convert.vegalite_to_svg(drawing | {"data": {"values": rows}, "height": height}))
    for pattern, instead in TIDIED:
        drawn = pattern.sub(instead, drawn)
    return Drawing(f"0 0 {WIDTH + 2 * GAP} {height + 2 * GAP}", Markup(drawn[drawn.index(">") + 1 : drawn.rindex("</svg>")]))  # noqa: S704
