"""Numbers in words and figures, in both languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import isfinite

from sim.comparison import Described, Expected, Row
from sim.statistics import PairedDifference
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


def figure(value: float) -> str:
    """Return a number with three significant digits, or a dash where there is none."""
    if not isfinite(value):
        return "–"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def signed(value: float) -> str:
    """Return a number with its sign."""
    return "–" if not isfinite(value) else f"{'+' if value > 0 else ''}{figure(value)}"


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
    if difference.sd == 0.0 and difference.difference == 0.0:
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
    """Return one indicator's answer in a sentence with its interval."""
    difference = row.differences[policy]
    name = row.indicator.title.in_language(language)
    unit = row.indicator.unit.in_language(language)
    judged = VERDICTS[verdict(row.indicator, difference)].in_language(language)
    who = title.in_language(language)
    if language == "zh":
        return (f"{who}：{name}变化 {signed(difference.difference)} {unit}"
                f"（95% 置信区间 {interval(difference)}，n = {difference.n}）——{judged}。")  # fmt: skip
    return (f"{who}: {name} changes by {signed(difference.difference)} {unit} "
            f"(95 % interval {interval(difference)}, n = {difference.n} pairs): {judged}.")  # fmt: skip


def tally(verdicts: Sequence[str], language: Language) -> str:
    """Return how many indicators got which verdict, as a sentence."""
    counted = Counter(verdicts)
    parts = [(counted[key], word.in_language(language)) for key, word in VERDICTS.items() if counted[key]]
    if language == "zh":
        return f"{len(verdicts)} 项指标中：" + "，".join(f"{word} {count} 项" for count, word in parts) + "。"
    return f"Of {len(verdicts)} indicators: " + ", ".join(f"{count} {word}" for count, word in parts) + "."
