"""Experiments: a question to the city as a file: a scenario, arms that are policies, and what is expected of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.indicators import indicator_kinds
from models.policy import Policy
from scenarios.comparing import Asked, compare
from scenarios.language import Name, Scenario
from scenarios.pool import Progress
from scenarios.tornado import tornado
from sim.comparison import Comparison, Expected
from sim.errors import InputError
from sim.statistics import FEW_PAIRS
from sim.text import Text
from sim.validation import validated

LEAST_SEEDS = 2


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Expectation(_Strict):
    """What an arm is expected to do to an indicator, against the first arm: a difference between `low` and `high`."""

    arm: str
    indicator: str
    low: float
    high: float
    relative: bool = False  #: whether low and high are shares of the first arm's mean
    case: Name | None = None  #: None: every case
    because: Text  #: how much in words, and from where that is known

    @model_validator(mode="after")
    def _has_a_direction(self) -> Expectation:
        if not (self.low <= self.high and self.low * self.high >= 0.0 and (self.low or self.high)):
            raise InputError(en="low and high must be differences of one direction, low first",
                             zh="low 与 high 须为同一方向的差值，且 low 在前")  # fmt: skip
        return self


class Case(_Strict):
    """What a case of an experiment changes in its scenario; the arms are compared in each case by themselves."""

    name: Name
    title: Text
    hours: float | None = None
    start_hour: int | None = None
    lines: dict[str, dict[str, Any]] = Field(default_factory=dict)  #: fields over those that the scenario gives
    parameters: dict[str, float] = Field(default_factory=dict)

    def changed(self, scenario: Scenario) -> Scenario:
        """Return `scenario` in this case."""
        said = scenario.model_dump(exclude={"lines", "parameters"})
        lines = {name: {**fields, **self.lines.get(name, {})} for name, fields in scenario.lines.items()}
        lines |= {name: fields for name, fields in self.lines.items() if name not in lines}
        own = {"hours": self.hours, "start_hour": self.start_hour}
        own = {name: value for name, value in own.items() if value is not None}
        given = {**said, **own, "lines": lines, "parameters": {**scenario.parameters, **self.parameters}}
        return validated(Scenario, given, f"{self.name}.")


_WHAT = {"arm": "组", "indicator": "指标", "case": "情形"}


class Experiment(_Strict):
    """An experiment as it stands in a file; the first arm is the baseline."""

    format: Literal[1]
    name: Name
    title: Text
    question: Text
    scenario: Name
    seeds: Annotated[int, Field(ge=LEAST_SEEDS, le=100_000)] = 30
    arms: Annotated[tuple[Policy, ...], Field(min_length=2, max_length=12)]
    factors: tuple[str, str, str] | None = (
        None  #: arms with one thing, with another, with both: do they help each other?
    )
    cases: Annotated[tuple[Case, ...], Field(max_length=12)] = ()
    expected: Annotated[tuple[Expectation, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _expects_of_what_there_is(self) -> Experiment:
        arms = [arm.name for arm in self.arms]
        if len(set(arms)) != len(arms):
            raise InputError(en="the arms need different names", zh="各组名称须不同")
        if self.factors is not None and not set(self.factors) <= set(arms[1:]):
            there_are = ", ".join(arms[1:])
            raise InputError(
                en=f"factors name three arms after the first (one thing, another, both); there are: {there_are}",
                zh=f"factors 须依次为首组之后的三组（其一、其二、二者兼有）；可用：{there_are}",
            )
        indicators = [kind.name for kind in indicator_kinds()]
        cases = [case.name for case in self.cases]
        for one in self.expected:
            for what, name, known in (("arm", one.arm, arms[1:]), ("indicator", one.indicator, indicators),
                                      ("case", one.case, [*cases, None])):  # fmt: skip
                if name not in known:
                    there_are = ", ".join(filter(None, known)) or "–"
                    raise InputError(en=f"{what} {name!r} is unknown; there are: {there_are}",
                                     zh=f"{_WHAT[what]} {name!r} 未知；可用：{there_are}")  # fmt: skip
        return self

    def asked(self, scenario: Scenario) -> list[tuple[Case | None, Scenario]]:
        """Return the scenario of each case under the experiment's own title and question."""
        own = {"name": self.name, "title": self.title, "question": self.question}
        whole = scenario.model_copy(update=own)
        asked: list[tuple[Case | None, Scenario]] = [(case, case.changed(whole)) for case in self.cases]
        asked = asked or [(None, whole)]
        for case, played in asked:
            self._is_played(case, played)
        return asked

    def _is_played(self, case: Case | None, played: Scenario) -> None:
        """Raise `InputError` if something is expected of what a case does not play."""
        tables = {kind.name: kind.table for kind in indicator_kinds()}
        there_are = {*played.lines, *(("orders", "crews") if played.kinds() else ())}
        for one in self.expected_in(case):
            if tables[one.indicator] not in there_are:
                told = ", ".join(sorted(there_are)) or "–"
                raise InputError(en=f"{one.indicator!r} is expected, but the scenario plays only: {told}",
                                 zh=f"预期涉及 {one.indicator!r}，但场景只包含：{told}")  # fmt: skip

    def expected_in(self, case: Case | None) -> list[Expected]:
        """Return what is expected in a case."""
        name = None if case is None else case.name
        return [
            Expected(policy=one.arm, indicator=one.indicator, low=one.low, high=one.high, relative=one.relative,
                     because=one.because)
            for one in self.expected if one.case in {None, name}
        ]  # fmt: skip


def conduct(
    experiment: Experiment,
    scenario: Scenario,
    seeds: int,
    home: Path,
    workers: int = 2,
    progress: Progress | None = None,
    said: Asked | None = None,
) -> list[Comparison]:
    """Compare the arms of an experiment in each of its cases; each answer says what was expected.

    Raises `InputError` for fewer than two seeds: a single pair has no interval.
    """
    if seeds < LEAST_SEEDS:
        raise InputError(en=f"an experiment needs at least {LEAST_SEEDS} seeds, for one pair of runs tells nothing of chance; {FEW_PAIRS} tell a difference",
                         zh=f"实验至少需要 {LEAST_SEEDS} 个种子：单对运行无法区分差异与偶然；{FEW_PAIRS} 个以上才能判断差异")  # fmt: skip
    asked = experiment.asked(scenario)
    found: list[Comparison] = []
    for number, (case, played) in enumerate(asked):
        here = (said or Asked())._replace(
            expected=experiment.expected_in(case), case=None if case is None else case.title, factors=experiment.factors
        )
        told = None if progress is None else partial(_of_all, progress, number, len(asked))
        found.append(
            compare(
                played,
                list(experiment.arms),
                list(range(seeds)),
                home,
                workers,
                told,
                here,
            )
        )
    return found


def with_tornado(
    experiment: Experiment,
    scenario: Scenario,
    found: list[Comparison],
    seeds: int,
    home: Path,
    workers: int = 2,
    progress: Progress | None = None,
) -> list[Comparison]:
    """Return the answers of an experiment, the first one with what carries it: its first expectation, over all assumptions."""
    case, played = experiment.asked(scenario)[0]
    key = experiment.expected_in(case)[0]
    arms = {arm.name: arm for arm in experiment.arms}
    pair = experiment.arms[0], arms[key.policy]
    bars = tornado(played, pair, key.indicator, list(range(seeds)), home, workers, progress)
    return [found[0].model_copy(update={"tornado": bars}), *found[1:]]


def _of_all(progress: Progress, number: int, cases: int, share: float) -> None:
    progress((number + share) / cases)
