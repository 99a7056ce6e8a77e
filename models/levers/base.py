"""What a lever is: a mechanism that a policy can turn on, with its effects, its price and its own parameters."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from models import levers as lever_package
from models.parameter import Parameter
from sim.kinds import Kind, Unit, kinds_in
from sim.text import Text

Share = Annotated[float, Field(ge=0.0, le=1.0), Unit("share")]
Days = Annotated[float, Field(ge=0.0, le=36500.0), Unit("d")]


class Effect(BaseModel):
    """What a lever does to one parameter when it is fully on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parameter: str
    on: float


class SideEffect(BaseModel):
    """What a fully working lever costs elsewhere: a parameter multiplied by a factor."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parameter: str
    factor: Annotated[float, Field(gt=0.0)]


class Cost(BaseModel):
    """What a lever costs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    capex_yuan: float = 0.0
    opex_yuan_per_year: float = 0.0
    staff_h_per_case: float = 0.0


class Lever(Kind):
    """A mechanism of governance that a policy can turn on; subclasses live in `models/levers/`."""

    family: ClassVar[Text] = Text("lever", "措施")
    mechanism: ClassVar[str]  #: its id in the list of mechanisms, as "A03"
    moves: ClassVar[tuple[str, ...]]  #: indicators that it makes better; a test turns it on and looks
    pays: ClassVar[tuple[str, ...]] = ()  #: indicators that it makes worse; the same test looks
    effects: ClassVar[tuple[Effect, ...]]
    side_effects: ClassVar[tuple[SideEffect, ...]]
    cost: ClassVar[Cost]
    requires: ClassVar[tuple[str, ...]] = ()
    own: ClassVar[Mapping[str, Parameter]] = {}  #: parameters that this mechanism brings along, by name

    intensity: Share = 1.0  #: share of the rollout
    compliance: Share = 1.0  #: share of staff who follow
    lag_days: Days = 90.0  #: half of the rollout's duration
    running_days: Days = 3650.0  #: since the rollout began

    @property
    def share(self) -> float:
        """Return how far the lever is on: intensity × compliance × logistic ramp-up."""
        if self.lag_days == 0.0:
            return self.intensity * self.compliance
        if self.running_days == 0.0:
            return 0.0
        ramp = 1.0 / (1.0 + exp(-4.0 * (self.running_days - self.lag_days) / self.lag_days))
        return self.intensity * self.compliance * (1.0 if ramp > 1.0 - 1e-9 else ramp)


def lever_kinds() -> Mapping[str, type[Lever]]:
    """Return all lever kinds by name."""
    return kinds_in(Lever, lever_package)
