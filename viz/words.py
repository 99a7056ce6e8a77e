"""Numbers in words and figures, in both languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import isfinite

from sim.comparison import Described, Expected, Row, Tornado
from sim.equity import AreaChange, Spread
from sim.statistics import FEW_PAIRS, PairedDifference
from sim.text import Language, Text

VERDICTS = {
    "better": Text("better", "更好"),
    "worse": Text("worse", "更差"),
    "same": Text("exactly the same", "完全相同"),
    "open": Text("cannot be told", "尚不能判断"),
    "none": Text("nothing to measure", "无可测量"),
}
EXPECTED = {
    "yes": Text("as expected", "符合预期"),
    "size": Text("the right way, another size", "方向相符，幅度不同"),
    "no": Text("no, or the other way", "无变化或与预期相反"),
    "open": Text("cannot be told", "尚不能判断"),
}
EXPECTED_SIGNS = {"yes": "✓", "size": "≠", "no": "✗", "open": "?"}
SIGNS = {"better": "▲", "worse": "▼", "same": "=", "open": "?", "none": "–"}
#: Below it, whatever the unit, a figure is an error of rounding.
_ROUNDING = 1e-12


def figure(value: float) -> str:
    """Return a number with three significant digits, or a dash where there is none."""
    if not isfinite(value):
        return "–"
    if abs(value) < _ROUNDING:
        return "0"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def signed(value: float) -> str:
    """Return a number with its sign."""
    return "–" if not isfinite(value) else f"{'+' if value >= _ROUNDING else ''}{figure(value)}"


def interval(difference: PairedDifference) -> str:
    """Return a confidence interval as `low … high`."""
    return f"{signed(difference.low)} … {signed(difference.high)}"


def p_value(p: float) -> str:
    """Return a p-value."""
    if not isfinite(p):
        return "–"
    return "<.001" if p < 0.001 else f"{p:.3f}"


def verdict(indicator: Described, difference: PairedDifference) -> str:
    """Return the key of VERDICTS that a difference deserves at 5 %, corrected for many looks."""
    if difference.n == 0:
        return "none"
    if max(abs(difference.low), abs(difference.high)) < _ROUNDING:
        return "same"
    if not difference.enough or not difference.p_holm < 0.05:
        return "open"
    falls = difference.difference < 0
    return "better" if falls == (indicator.better == "lower") else "worse"


def as_expected(one: Expected, row: Row) -> str:
    """Return the key of EXPECTED for what was expected of a policy in one indicator.

    It came true where a difference of that direction can be told and its interval reaches the expected band.
    """
    difference = row.differences[one.policy]
    judged = verdict(row.indicator, difference)
    if judged == "same":
        return "no"
    if judged not in {"better", "worse"}:
        return "open"
    if (difference.difference < 0) != (one.low < 0):
        return "no"
    scale = difference.mean_first if one.relative else 1.0
    low, high = sorted((one.low * scale, one.high * scale))
    return "yes" if difference.low <= high and difference.high >= low else "size"


def band(one: Expected) -> str:
    """Return what was expected as `low … high`, in percent where it is relative."""
    if one.relative:
        return f"{signed(100 * one.low)} … {signed(100 * one.high)} %"
    return f"{signed(one.low)} … {signed(one.high)}"


def sentence(row: Row, policy: str, title: Text, language: Language) -> str:
    """Return one indicator's answer in a sentence with its interval, led by the policy's title."""
    return f"{title.in_language(language)}{Text(': ', '：').in_language(language)}{change(row, policy, language)}"


def change(row: Row, policy: str, language: Language) -> str:
    """Return what a policy changes in one indicator, with its interval."""
    difference = row.differences[policy]
    name = row.indicator.title.in_language(language)
    unit = row.indicator.unit.in_language(language)
    judged = VERDICTS[verdict(row.indicator, difference)].in_language(language)
    if language == "zh":
        return (f"{name}变化 {signed(difference.difference)} {unit}"
                f"（95% 置信区间 {interval(difference)}，n = {difference.n}）——{judged}。")  # fmt: skip
    return (f"{name} changes by {signed(difference.difference)} {unit} "
            f"(95 % interval {interval(difference)}, n = {difference.n} pairs): {judged}.")  # fmt: skip


_GAINS = {
    ("most", True): Text("gains most", "获益最多"),
    ("most", False): Text("loses least", "受损最少"),
    ("least", True): Text("gains least", "获益最少"),
    ("least", False): Text("loses most", "受损最多"),
}


def equity(spread: Spread | None, language: Language) -> str:
    """Return who gains most and least by a policy, how far apart they lie, and whether that can be told."""
    if spread is None:
        return Text("Nothing was measured in two areas: who gains cannot be told.",
                    "没有指标在两个以上区域测得：无法判断谁受益。").in_language(language)  # fmt: skip
    name = spread.indicator.title.in_language(language)
    if spread.width < _ROUNDING:
        return Text(f"{name} changes by the same in all {spread.areas} areas.",
                    f"{name}在全部 {spread.areas} 个区域的变化相同。").in_language(language)  # fmt: skip
    most, least = (_gain(spread, key, language) for key in ("most", "least"))
    width = f"{figure(spread.width)} {spread.indicator.unit.in_language(language)}"
    judged = _told_apart(spread).in_language(language)
    return Text(f"{name}, over {spread.areas} areas: {most}, {least}; they lie {width} apart, and {judged}.",
                f"{name}，共 {spread.areas} 个区域：{most}，{least}；两者相差 {width}，{judged}。").in_language(language)  # fmt: skip


def _gain(spread: Spread, key: str, language: Language) -> str:
    found: AreaChange = getattr(spread, key)
    difference = found.difference
    gains = (difference.difference <= 0) == (spread.indicator.better == "lower") or difference.difference == 0
    verb = _GAINS[key, gains].in_language(language)
    return Text(f"{found.area} {verb} ({signed(difference.difference)}; 95 % interval {interval(difference)})",
                f"{found.area} {verb}（{signed(difference.difference)}；95% 区间 {interval(difference)}）").in_language(language)  # fmt: skip


def _told_apart(spread: Spread) -> Text:
    """Return whether the two areas can be told apart, and why not where they cannot."""
    if spread.can_be_told:
        return Text("that is more than luck", "可判断两者不同，并非偶然")
    if spread.pairs < FEW_PAIRS:
        return Text(f"whether they differ cannot be told from {spread.pairs} pairs ({FEW_PAIRS} at least)",
                    f"仅 {spread.pairs} 对样本，尚不能判断两者是否不同（至少 {FEW_PAIRS} 对）")  # fmt: skip
    return Text("whether that is more than luck cannot be told", "尚不能判断是真有差别还是偶然")


def carried(tornado: Tornado, language: Language) -> str:
    """Return which assumption moves an answer most, and how many turn it round at an end of their range."""
    if not tornado.bars:
        return Text("No assumption moves it.", "没有假设能改变它。").in_language(language)
    widest, count = tornado.bars[0], len(tornado.bars)
    turning = sum(min(tornado.answer * bar.at_low, tornado.answer * bar.at_high) < 0.0 for bar in tornado.bars)
    ends = f"{signed(widest.at_low)} … {signed(widest.at_high)}"
    return Text(
        f"Most is carried by {widest.title.en!r} ({ends}). Of {count} assumptions that move it, "
        + (f"{turning} would turn it round." if turning else "none would turn it round."),
        f"影响最大的是“{widest.title.zh}”（{ends}）。能改变它的 {count} 项假设中，"
        + (f"{turning} 项可使其反转方向。" if turning else "没有一项会使其反转方向。"),
    ).in_language(language)


def tally(verdicts: Sequence[str], language: Language) -> str:
    """Return how many indicators got which verdict, as a sentence."""
    counted = Counter(verdicts)
    parts = [(counted[key], word.in_language(language)) for key, word in VERDICTS.items() if counted[key]]
    if language == "zh":
        return f"{len(verdicts)} 项指标中：" + "，".join(f"{word} {count} 项" for count, word in parts) + "。"
    return f"Of {len(verdicts)} indicators: " + ", ".join(f"{count} {word}" for count, word in parts) + "."
