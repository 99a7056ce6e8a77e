"""The report of a comparison: one HTML file that works offline, in both languages, on paper too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from sim.comparison import Comparison, Expected, Row
from sim.equity import spread_of
from sim.runs import write_durably
from sim.statistics import PairedDifference
from sim.text import LANGUAGES, Language, Text
from sim.themes import THEMES
from viz.charts import forest_plot
from viz.words import (
    EXPECTED,
    EXPECTED_SIGNS,
    SIGNS,
    VERDICTS,
    as_expected,
    band,
    carried,
    change,
    equity,
    figure,
    interval,
    p_value,
    signed,
    tally,
    verdict,
)

SYNERGY = {
    "better": Text("▲ more than the sum", "▲ 大于两者之和"),
    "worse": Text("▼ less than the sum", "▼ 小于两者之和"),
    "same": Text("= the sum", "= 等于两者之和"),
    "open": Text("? cannot be told", "? 尚不能判断"),
    "none": Text("–", "–"),
}
LANDED = {
    "within": Text("✓ within", "✓ 在范围内"),
    "open": Text("? cannot be told", "? 尚不能判断"),
    "outside": Text("✗ outside", "✗ 在范围外"),
    "none": Text("– nothing to measure", "– 无可测量"),
}
_MARKS = {"colon": Text(": ", "："), "comma": Text(", ", "，"), "stop": Text(". ", "。")}
TEXTS: dict[str, Text] = {
    "more": Text("scroll", "可滑动"),
    "report": Text("comparison report", "对比报告"),
    "question": Text("Question.", "问题："),
    "synthetic": Text("This city is synthetic: generated, not surveyed.", "本城市为合成城市：由程序生成，并非实测。"),
    "city": Text("City", "城市"),
    "km": Text("km of streets", "公里街道"),
    "window": Text("a window of", "时间窗口"),
    "hours": Text("h", "小时"),
    "residents": Text("synthetic residents", "名合成居民"),
    "junctions": Text("junctions", "个路口"),
    "buildings": Text("buildings", "栋建筑"),
    "facilities": Text("Facilities, and how many of them are synthetic", "设施及其中合成的数量"),
    "kind": Text("Kind", "种类"),
    "count": Text("Count", "数量"),
    "of_synthetic": Text("synthetic", "合成"),
    "policies": Text("Policies", "政策"),
    "parameters": Text("Parameters in which the policies differ", "政策之间不同的参数"),
    "parameter": Text("Parameter", "参数"),
    "unit": Text("Unit", "单位"),
    "basis": Text("Basis", "依据"),
    "assumption": Text("assumption", "假设"),
    "price": Text("What the levers cost, and what they make worse", "措施的成本与代价"),
    "capex": Text("Investment, million yuan", "投资（百万元）"),
    "opex": Text("Running, million yuan a year", "年运行费（百万元）"),
    "staff": Text("Staff hours a case", "每件人工（小时）"),
    "worse": Text("Side effects on", "副作用涉及"),
    "preset": Text("a preset, or set by hand: its price is not known", "预设或手动设定：成本未知"),
    "results": Text("Results", "结果"),
    "case": Text("Case", "情形"),
    "expected": Text("What was expected, and what came out", "预期与结果"),
    "rule": Text("✓: the difference can be told, goes that way, and its interval reaches the band; ≠: it goes that way, but "
                 "its interval does not reach the band.",
                 "✓：差值可判断、方向一致且区间触及预期范围；≠：方向一致，但区间未触及预期范围。"),
    "expectation": Text("Expected", "预期"),
    "found": Text("Found", "结果判定"),
    "together": Text("Together or one by one", "协同还是各自叠加"),
    "sum": Text("Sum of the two effects", "两者效果之和"),
    "both": Text("Effect of both", "同时实施的效果"),
    "index": Text("Composite index", "综合指数"),
    "index_told": Text("Each theme is the mean of its indicators' differences towards the better, in standard deviations of the "
                       "first policy's runs, cut at ±5; the index is their mean by weight. Read the themes before the index.",
                       "各主题为其指标向好差值的均值，以首个政策各次运行的标准差计，截断于 ±5；指数为各主题加权均值。请先看主题，再看指数。"),
    "theme": Text("Theme", "主题"),
    "weight": Text("Weight", "权重"),
    "tornado": Text("Which assumptions carry the answer", "哪些假设左右结论"),
    "tornado_told": Text("The difference with each assumption at either end of its range; where the policy itself changes the "
                         "parameter (◆), without and with that change.",
                         "各假设取区间两端时的差值；政策自身改变的参数（◆）则为不改变与改变时的差值。"),
    "low": Text("Low", "低值"),
    "high": Text("High", "高值"),
    "at": Text("difference with it", "此时的差值"),
    "figure": Text("Triangles: told apart from zero after Holm's correction; circles: cannot be told.",
                   "三角：经 Holm 校正后可与零区分；圆点：尚不能判断。"),
    "table": Text("Means, paired differences and 95 % intervals", "均值、配对差值与 95% 区间"),
    "indicator": Text("Indicator", "指标"),
    "difference": Text("Difference", "差值"),
    "interval": Text("95 % interval", "95% 区间"),
    "verdict": Text("Verdict", "结论"),
    "needed": Text("pairs needed", "所需样本对"),
    "equity": Text("Equity: who gains", "公平：谁受益"),
    "worst": Text("The worst tenth of areas", "最差十分之一区域"),
    "by_area": Text("By area", "分区域"),
    "area": Text("Area", "区域"),
    "landings": Text("Does the model of today land where the real city is?", "现状模型与现实是否相符"),
    "real": Text("Real", "现实"),
    "simulated": Text("Simulated", "模拟"),
    "limits": Text("Limits", "局限"),
    "warnings": Text("Beyond what was checked, and assumed", "超出验证范围与假设"),
    "warned": Text("runs that warned", "告警的运行数"),
    "hazard": Text("Model", "模型"),
    "warning": Text("Warning", "告警"),
    "provenance": Text("How to reproduce it", "如何复现"),
    "seeds": Text("Seeds", "种子"),
    "hashes": Text("Hashes of the logs", "日志哈希"),
}  # fmt: skip


def write_report(comparisons: Sequence[Comparison], path: Path, first: Language = "en") -> Path:
    """Write the report of `comparisons` to `path` and return the path; the file asks the network for nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(path, render_report(comparisons, first).encode())
    return path


def render_report(comparisons: Sequence[Comparison], first: Language = "en") -> str:
    """Return a comparison, or those of the cases of an experiment, as HTML; every text of the data is escaped."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    environment.filters |= {
        "say": _say, "figure": figure, "signed": signed, "interval": interval, "band": band,
        "p_value": p_value, "verdict": _verdict, "found": _found, "synergy": _synergy, "percent": _share_of_first,
        "moment": lambda created: created[:16].replace("T", " ") + " UTC",
    }  # fmt: skip

    def chart(comparison: Comparison, policy: str, language: Language) -> Markup:
        return Markup(forest_plot(comparison, policy, language))  # noqa: S704 - vl-convert escapes the texts in its SVG

    return environment.get_template("report.html").render(
        c=comparisons[0],
        cases=comparisons,
        languages=sorted(LANGUAGES, key=lambda language: language != first),
        texts={
            language: {key: text.in_language(language) for key, text in (TEXTS | _MARKS).items()}
            for language in LANGUAGES
        },
        answers=_answers,
        carries=carried,
        equity=_equity,
        by_indicator=lambda comparison: {row.indicator.name: row for row in comparison.rows},
        themes=THEMES,
        landed=LANDED,
        chart=chart,
    )


class _Answer(NamedTuple):
    """What a policy answers to the question."""

    title: str
    changes: list[str]  #: a sentence for each indicator that the question asks about
    tally: str  #: how many indicators could be told


def _answers(comparison: Comparison, language: Language) -> list[_Answer]:
    answers = []
    for policy in comparison.policies[1:]:
        judged = [verdict(row.indicator, row.differences[policy.name]) for row in comparison.measured()]
        told = [change(row, policy.name, language) for row in comparison.asked(policy.name)]
        answers.append(_Answer(policy.title.in_language(language), told, tally(judged, language)))
    return answers


def _equity(comparison: Comparison, policy: str, language: Language) -> str:
    return equity(spread_of(comparison, policy), language)


def _verdict(row: Row, policy: str, language: Language) -> str:
    judged = verdict(row.indicator, row.differences[policy])
    return f"{SIGNS[judged]} {VERDICTS[judged].in_language(language)}"


def _synergy(difference: PairedDifference, row: Row, language: Language) -> str:
    """Return whether two things do more together than one by one, with its sign."""
    key = SYNERGY[verdict(row.indicator, difference)]
    return key.in_language(language)


def _found(one: Expected, row: Row, language: Language) -> str:
    """Return whether an expectation came true, with its sign."""
    key = as_expected(one, row)
    return f"{EXPECTED_SIGNS[key]} {EXPECTED[key].in_language(language)}"


def _share_of_first(difference: PairedDifference, value: float) -> str:
    """Return a part of a difference in percent of the first policy's mean."""
    return f"{signed(100.0 * value / difference.mean_first)} %" if difference.mean_first else "–"


def _say(text: Text, language: Language) -> str:
    return text.in_language(language)
