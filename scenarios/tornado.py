"""What carries an answer: the difference between two policies, with each assumption in turn at both ends of its range.

A parameter that the policies share is set to either end for both of them. One in which they differ is what the policy
changes: there the difference is told without it, the parameter left as in the first policy.
"""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import NamedTuple

from models.levers.base import lever_kinds
from models.lines.base import line_kinds
from models.parameters import parameters
from models.policy import Policy
from scenarios.cities import city_of
from scenarios.language import Scenario
from scenarios.pool import Progress, Task, run_all
from scenarios.running import resolved, run_id_of
from sim.comparison import Bar, Tornado
from sim.runs import RunStore
from sim.statistics import paired_difference
from sim.units import unit_text

ROUNDING = 1e-9  #: of the widest answer: bars below it are sums of floating-point numbers in another order


class _End(NamedTuple):
    """One end of a bar: what the parameter is set to, and the scenario and the policies with it."""

    value: float
    scenario: Scenario
    first: Policy
    second: Policy


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
    """Return the bars of an answer, the widest first; those that move it by nothing but rounding are left out."""
    first, second = policies
    values = {policy.name: resolved(scenario, policy) for policy in policies}
    whole = _End(float("nan"), scenario, first, second)
    bars: list[tuple[str, _End, _End]] = []
    for name in assumptions_of(scenario):
        low, high = parameters()[name].range
        ours, theirs = values[first.name][name], values[second.name][name]
        if ours == theirs:
            bars.append((name, _fixed(whole, name, low), _fixed(whole, name, high)))
        else:
            without = second.model_copy(update={"set": {**second.set, name: ours}})
            bars.append((name, whole._replace(value=ours, second=without), whole._replace(value=theirs)))
    _play([whole, *(end for _, *ends in bars for end in ends)], seeds, home, workers, progress)
    found = [_bar(bar, indicator, seeds, home) for bar in bars]
    answer = _difference(whole, indicator, seeds, home)
    least = ROUNDING * max(abs(answer), *(abs(bar.at_high) for bar in found if isfinite(bar.at_high)), 0.0)
    moving = sorted((bar for bar in found if isfinite(bar.width) and bar.width > least), key=lambda bar: -bar.width)
    return Tornado(policy=second.name, indicator=indicator, answer=answer, seeds=len(seeds), bars=moving)  # fmt: skip


def _fixed(whole: _End, name: str, value: float) -> _End:
    """Return the whole with a parameter fixed for both policies."""
    scenario = whole.scenario.model_copy(update={"parameters": {**whole.scenario.parameters, name: value}})
    return whole._replace(value=value, scenario=scenario)


def _play(ends: list[_End], seeds: list[int], home: Path, workers: int, progress: Progress | None) -> None:
    city = city_of(ends[0].scenario.city, home / "cities")
    tasks = [Task(end.scenario, policy, seed) for end in ends for seed in seeds for policy in (end.first, end.second)]
    run_all(tasks, city, home, workers, progress)


def _difference(end: _End, indicator: str, seeds: list[int], home: Path) -> float:
    city, store = city_of(end.scenario.city, home / "cities"), RunStore(home / "runs")
    series = [
        [store.open(run_id_of(end.scenario, policy, seed, city)).indicators[indicator] for seed in seeds]
        for policy in (end.first, end.second)
    ]
    one, other = ([float("nan") if value is None else value for value in values] for values in series)
    return paired_difference(one, other).difference


def _bar(bar: tuple[str, _End, _End], indicator: str, seeds: list[int], home: Path) -> Bar:
    name, low, high = bar
    parameter = parameters()[name]
    return Bar(name=name, title=parameter.title, unit=unit_text(parameter.unit), low=low.value, high=high.value,
               at_low=_difference(low, indicator, seeds, home), at_high=_difference(high, indicator, seeds, home),
               changed=low.second is not high.second)  # fmt: skip
