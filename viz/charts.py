"""Charts of a comparison, drawn to SVG by Altair and vl-convert without a browser."""

from __future__ import annotations

from math import isfinite
from typing import Any
from unicodedata import east_asian_width

from sim.comparison import Comparison
from sim.text import Language, Text
from viz.words import VERDICTS, verdict

#: Okabe and Ito's colours, each with a shape, so that colour is never the only sign.
VERDICT_COLOURS = {"better": "#009E73", "worse": "#D55E00", "open": "#999999", "same": "#56B4E9"}
VERDICT_SHAPES = {"better": "triangle-up", "worse": "triangle-down", "open": "circle", "same": "square"}
FONTS = "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
_LETTER, _LABEL = 12, 340  #: pixels: size of letters, and most of a label
_TITLE = Text("Difference in standard deviations of the pairs, with 95 % interval; left of 0 is less",
              "以配对标准差计的差值及 95% 区间；0 左侧表示减少")  # fmt: skip


def forest_plot(comparison: Comparison, policy: str, language: Language) -> str:
    """Return an SVG with every indicator's difference and interval on one scale, or "" if none can be drawn."""
    rows = _rows(comparison, policy, language)
    if not rows:
        return ""
    import altair as alt
    import vl_convert

    order = [row["indicator"] for row in rows]
    axis = alt.Axis(labelLimit=_LABEL, labelFontSize=_LETTER, minExtent=min(_LABEL, max(map(_width, order))))
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("indicator:N", sort=order, title=None, axis=axis))
    words = [VERDICTS[key].in_language(language) for key in VERDICT_COLOURS]
    legend = alt.Legend(
        orient="bottom", labelFontSize=_LETTER, columnPadding=4 * _LETTER
    )  # room for letters it has no font for
    colour = alt.Color("verdict:N", title=None, legend=legend,
                       scale=alt.Scale(domain=words, range=list(VERDICT_COLOURS.values())))  # fmt: skip
    shape = alt.Shape("verdict:N", title=None, legend=legend,
                      scale=alt.Scale(domain=words, range=list(VERDICT_SHAPES.values())))  # fmt: skip
    low = alt.X("low:Q", title=_TITLE.in_language(language), axis=alt.Axis(labelFontSize=_LETTER))
    bars = base.mark_rule(strokeWidth=2).encode(x=low, x2="high:Q", color=colour)
    points = base.mark_point(filled=True, size=90, opacity=1).encode(x="value:Q", color=colour, shape=shape)
    zero = alt.Chart(alt.Data(values=[{"x": 0}])).mark_rule(strokeDash=[4, 3]).encode(x="x:Q")
    chart = (zero + bars + points).properties(width=430, height=22 * len(rows))
    spec = chart.configure(font=FONTS).to_dict()
    svg: str = vl_convert.vegalite_to_svg(spec)
    return svg


def _width(text: str) -> int:
    """Return how many pixels a label takes, estimated: a machine without Chinese letters would measure none for them."""
    return sum(_LETTER if east_asian_width(letter) in "WF" else round(0.62 * _LETTER) for letter in text)


def _rows(comparison: Comparison, policy: str, language: Language) -> list[dict[str, Any]]:
    rows = []
    for row in comparison.rows:
        difference = row.differences[policy]
        if not isfinite(difference.sd) or difference.sd == 0.0:
            continue
        judged = VERDICTS[verdict(row.indicator, difference)].in_language(language)
        rows.append({
            "indicator": row.indicator.title.in_language(language),
            "value": difference.difference / difference.sd,
            "low": difference.low / difference.sd,
            "high": difference.high / difference.sd,
            "verdict": judged,
        })  # fmt: skip
    return rows
