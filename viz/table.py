"""A comparison as a table in the terminal."""

from __future__ import annotations

from rich.table import Table

from sim.comparison import Comparison
from sim.text import Language, Text
from viz.words import SIGNS, VERDICTS, figure, interval, p_value, signed, verdict

_HEAD = (
    Text("Indicator", "指标"), Text("Unit", "单位"), Text("Difference", "差值"), Text("95 % interval", "95% 区间"),
    Text("p (Holm)", "p（Holm）"), Text("n", "n"), Text("Verdict", "结论"),
)  # fmt: skip
_COLOURS = {"better": "green", "worse": "red", "open": "yellow", "same": "dim", "none": "dim"}


def comparison_table(comparison: Comparison, language: Language) -> Table:
    """Return the rows of a comparison; every verdict has a sign and a word beside its colour."""
    first = comparison.policies[0]
    head = [text.in_language(language) for text in _HEAD]
    table = Table(title=f"{comparison.title.in_language(language)} · {comparison.city.name}")
    table.add_column(head[0])
    table.add_column(head[1])
    table.add_column(first.name, justify="right")
    table.add_column("→", justify="right")
    for text in head[2:6]:
        table.add_column(text, justify="right", no_wrap=True)
    table.add_column(head[6], no_wrap=True)
    for row in comparison.rows:
        for policy, difference in row.differences.items():
            judged = verdict(row.indicator, difference)
            table.add_row(
                row.indicator.title.in_language(language),
                row.indicator.unit.in_language(language),
                figure(row.means[first.name].mean),
                f"{policy} {figure(row.means[policy].mean)}",
                signed(difference.difference),
                interval(difference),
                p_value(difference.p_holm),
                str(difference.n),
                f"[{_COLOURS[judged]}]{SIGNS[judged]} {VERDICTS[judged].in_language(language)}[/]",
            )
    return table
