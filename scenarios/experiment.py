"""Experiments: a question to the city as a file: a scenario, arms that are policies, and what is expected of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.indicators import indicator_kinds
from models.policy import Policy
from scenarios.comparing import Asked, Progress, compare
from scenarios.language import Name, Scenario
from sim.comparison import Comparison, Expected
from sim.errors import InputError
from sim.text import Text


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Expectation(_Strict):
    """What an arm is expected to do to an indicator, against the first arm: a difference between `low` and `high`."""

    arm: str
    indicator: str
    low: float
    high: float
    because: Text  #: how much in words, and from where that is known

    @model_validator(mode="after")
    def _has_a_direction(self) -> Expectation:
        if not (self.low <= self.high and self.low * self.high >= 0.0 and (self.low or self.high)):
            raise InputError(en="low and high must be differences of one direction, low first",
                             zh="low 与 high 须为同一方向的差值，且 low 在前")  # fmt: skip
        return self


class Experiment(_Strict):
    """An experiment as it stands in a file; the first arm is the baseline."""

    format: Literal[1]
    name: Name
    title: Text
    question: Text
    scenario: Name
    seeds: Annotated[int, Field(ge=2, le=100_000)] = 30
    arms: Annotated[tuple[Policy, ...], Field(min_length=2, max_length=12)]
    expected: Annotated[tuple[Expectation, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _expects_of_what_there_is(self) -> Experiment:
        arms = [arm.name for arm in self.arms]
        if len(set(arms)) != len(arms):
            raise InputError(en="the arms need different names", zh="各组名称须不同")
        indicators = [kind.name for kind in indicator_kinds()]
        for one in self.expected:
            for name, known in ((one.arm, arms[1:]), (one.indicator, indicators)):
                if name not in known:
                    there_are = ", ".join(known)
                    raise InputError(en=f"{name!r} is unknown; there are: {there_are}",
                                     zh=f"{name!r} 未知；可用：{there_are}")  # fmt: skip
        return self

    def asked(self, scenario: Scenario) -> Scenario:
        """Return the scenario under the experiment's own title and question."""
        return scenario.model_copy(update={"name": self.name, "title": self.title, "question": self.question})


def conduct(
    experiment: Experiment,
    scenario: Scenario,
    seeds: int,
    home: Path,
    workers: int = 2,
    progress: Progress | None = None,
    command: str = "",
) -> Comparison:
    """Compare the arms of an experiment; the answer says for each expectation what was expected."""
    expected = [Expected(policy=one.arm, indicator=one.indicator, low=one.low, high=one.high, because=one.because)
                for one in experiment.expected]  # fmt: skip
    return compare(experiment.asked(scenario), list(experiment.arms), list(range(seeds)), home, workers, progress,
                   Asked(command, expected))  # fmt: skip
