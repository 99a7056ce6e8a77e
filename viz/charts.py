"""Charts of a comparison, drawn to SVG by Altair and vl-convert without a browser."""

from __future__ import annotations

from math import isfinite
from typing import Any

from sim.comparison import Comparison
from sim.text import Language, Text
from viz.words import VERDICTS, verdict

#: Okabe and Ito's colours, each with a shape, so that colour is never the only sign.
VERDICT_COLOURS = {"better": "#009E73", "worse": "#D55E00", "open": "#999999", "same": "#56B4E9"}
VERDICT_SHAPES = {"better": "triangle-up", "worse": "triangle-down", "open": "circle", "same": "square"}
FONTS = "Noto Sans CJK SC, Noto Sans SC, PingFang SC, Microsoft YaHei, sans-serif"
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
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("indicator:N", sort=order, title=None,
                                                           axis=alt.Axis(labelLimit=330)))  # fmt: skip
    words = [VERDICTS[key].in_language(language) for key in VERDICT_COLOURS]
    colour = alt.Color("verdict:N", scale=alt.Scale(domain=words, range=list(VERDICT_COLOURS.values())), title=None)
    shape = alt.Shape("verdict:N", scale=alt.Scale(domain=words, range=list(VERDICT_SHAPES.values())), title=None)
    axis = alt.X("low:Q", title=_TITLE.in_language(language))
    bars = base.mark_rule(strokeWidth=2).encode(x=axis, x2="high:Q", color=colour)
    points = base.mark_point(filled=True, size=90, opacity=1).encode(x="value:Q", color=colour, shape=shape)
    zero = alt.Chart(alt.Data(values=[{"x": 0}])).mark_rule(strokeDash=[4, 3]).encode(x="x:Q")
    chart = (zero + bars + points).properties(width=430, height=22 * len(rows))
    spec = chart.configure(font=FONTS).to_dict()
    svg: str = vl_convert.vegalite_to_svg(spec)
    return svg


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
