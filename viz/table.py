"""A comparison as a table in the terminal."""

from __future__ import annotations

from rich import box
from rich.table import Table
from rich.text import Text as Styled

from sim.comparison import Comparison
from sim.statistics import FEW_PAIRS
from sim.text import Language, Text
from viz.words import SIGNS, VERDICTS, figure, interval, p_value, signed, verdict

_INDICATOR = Text("Indicator", "指标")
_CHANGE = (Text("Differ.", "差值"), Text("95 % interval", "95% 区间"), Text("p", "p"), Text("n", "n"))
_FEW = Text(f"{SIGNS['open']} with n below {FEW_PAIRS}: so few pairs of runs tell no difference, whatever its size; take more seeds.",
            f"{SIGNS['open']} 且 n 小于 {FEW_PAIRS}：样本对过少，差值再大也不能判断；请增加种子数。")  # fmt: skip
_COLOURS = {"better": "green", "worse": "red", "open": "yellow", "same": "dim", "none": "dim"}


def comparison_table(comparison: Comparison, policy: str, language: Language) -> Table:
    """Return the measured rows of a policy against the first one; every verdict has a sign, told below the table."""
    first = comparison.policies[0].name
    told = "  ".join(f"{SIGNS[key]} {word.in_language(language)}" for key, word in VERDICTS.items())
    changes = [(row, row.differences[policy]) for row in comparison.measured()]
    if any(change.n < FEW_PAIRS and verdict(row.indicator, change) == "open" for row, change in changes):
        told += f"\n{_FEW.in_language(language)}"
    case = f" · {comparison.case.in_language(language)}" if comparison.case else ""
    title = f"{comparison.title.in_language(language)}{case} · {comparison.city.name}"
    table = Table(title=title, caption=told, box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column(_INDICATOR.in_language(language), min_width=16)
    for name in (first, policy):
        table.add_column(name, justify="right", max_width=9)
    for text in _CHANGE:
        table.add_column(text.in_language(language), justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for row, difference in changes:
        judged = verdict(row.indicator, difference)
        table.add_row(
            f"{row.indicator.title.in_language(language)}, {row.indicator.unit.in_language(language)}",
            figure(row.means[first].mean),
            figure(row.means[policy].mean),
            signed(difference.difference),
            interval(difference),
            p_value(difference.p_holm),
            str(difference.n),
            Styled(SIGNS[judged], _COLOURS[judged]),
        )
    return table
