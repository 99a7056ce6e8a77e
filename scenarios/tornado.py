"""What carries an answer: the difference between two policies, with each assumption in turn at both ends of its range.

A parameter that the policies share is set to either end for both of them. One in which they differ is what the policy
changes: there the difference is told without it, the parameter left as in the first policy.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from pathlib import Path

from models.levers.base import lever_kinds
from models.lines.base import line_kinds
from models.parameters import parameters
from models.policy import Policy
from scenarios.cities import city_of
from scenarios.comparing import run_all
from scenarios.language import Scenario
from scenarios.running import resolved, run_id_of
from sim.comparison import Bar, Tornado
from sim.runs import RunStore
from sim.statistics import paired_difference
from sim.units import unit_text

Progress = Callable[[float], None]
#: One end of a bar: what the parameter is set to, and the scenario and the policies with it.
End = tuple[float, Scenario, Policy, Policy]


def assumptions_of(scenario: Scenario) -> list[str]:
    """Return the assumptions that a run of `scenario` reads and does not fix, in catalogue order."""
    lines = line_kinds()
    read = {name for line in scenario.working_lines() for name in (*lines[line].own, *lines[line].reads)}
    if scenario.kinds():
        of_lines = {name for line in lines.values() for name in line.own}
        of_levers = {name for lever in lever_kinds().values() for name in lever.own}
        read |= (set(parameters()) - of_lines) | of_levers
    return [name for name, parameter in parameters().items()
            if parameter.assumption and name in read and name not in scenario.parameters]  # fmt: skip


def tornado(
    scenario: Scenario,
    policies: tuple[Policy, Policy],
    indicator: str,
    seeds: list[int],
    home: Path,
    workers: int = 2,
    progress: Progress | None = None,
) -> Tornado:
    """Return the bars of an answer, the widest first; those that move it by nothing are left out."""
    first, second = policies
    values = {policy.name: resolved(scenario, policy) for policy in policies}
    bars: list[tuple[str, list[End]]] = []
    for name in assumptions_of(scenario):
        low, high = parameters()[name].range
        ours, theirs = values[first.name][name], values[second.name][name]
        if ours == theirs:
            fixed = [
                scenario.model_copy(update={"parameters": {**scenario.parameters, name: end}}) for end in (low, high)
            ]
            bars.append((name, [(end, one, first, second) for end, one in zip((low, high), fixed, strict=True)]))
        else:
            without = second.model_copy(update={"set": {**second.set, name: ours}})
            bars.append((name, [(ours, scenario, first, without), (theirs, scenario, first, second)]))
    _play([(scenario, first, second), *(end[1:] for _, ends in bars for end in ends)], seeds, home, workers, progress)
    answer = _difference(scenario, first, second, indicator, seeds, home)
    found = [_bar(name, ends, indicator, seeds, home) for name, ends in bars]
    moving = [bar for bar in found if isfinite(bar.width) and bar.width > 0.0]
    return Tornado(policy=second.name, indicator=indicator, answer=answer, seeds=len(seeds),
                   bars=sorted(moving, key=lambda bar: -bar.width))  # fmt: skip


def _play(
    asked: list[tuple[Scenario, Policy, Policy]], seeds: list[int], home: Path, workers: int, progress: Progress | None
) -> None:
    city = city_of(asked[0][0].city, home / "cities")
    for done, (scenario, first, second) in enumerate(asked):
        run_all(scenario, [(policy, seed) for seed in seeds for policy in (first, second)], city, home, workers, None)
        if progress is not None:
            progress((done + 1) / len(asked))


def _difference(
    scenario: Scenario, first: Policy, second: Policy, indicator: str, seeds: list[int], home: Path
) -> float:
    city, store = city_of(scenario.city, home / "cities"), RunStore(home / "runs")
    one, other = (
        [store.open(run_id_of(scenario, policy, seed, city)).indicators[indicator] for seed in seeds]
        for policy in (first, second)
    )
    nothing = float("nan")
    return paired_difference(
        [nothing if x is None else x for x in one], [nothing if x is None else x for x in other]
    ).difference


def _bar(name: str, ends: list[End], indicator: str, seeds: list[int], home: Path) -> Bar:
    (low, *first), (high, *second) = ends
    parameter = parameters()[name]
    at = [_difference(*end, indicator, seeds, home) for end in (first, second)]  # type: ignore[arg-type]  # the rest of an End
    return Bar(name=name, title=parameter.title, unit=unit_text(parameter.unit), low=low, high=high, at_low=at[0],
               at_high=at[1], changed=first[1] is not second[1] or first[2] is not second[2])  # fmt: skip
