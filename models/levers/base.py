"""What a lever is: a mechanism that a policy can turn on, with its effects, its price and its own parameters."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp
from typing import Annotated, ClassVar, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models import levers as lever_package
from models.parameter import Parameter
from sim.errors import InputError
from sim.kinds import Kind, Unit, kinds_in
from sim.text import Text

Share = Annotated[float, Field(ge=0.0, le=1.0), Unit("share")]
Hour = Annotated[int, Field(ge=0, le=24)]
Days = Annotated[float, Field(ge=0.0, le=36500.0), Unit("d")]


class Effect(BaseModel):
    """What a lever does to one parameter when it is fully on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parameter: str
    on: float | None = None  #: its value then …
    times: Annotated[float, Field(gt=0.0)] | None = None  #: … or how many times the preset's value

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Effect:
        if (self.on is None) == (self.times is None):
            raise InputError(en="an effect has either `on` or `times`", zh="措施效果须为 on 或 times 之一")
        return self

    def value(self, start: float) -> float:
        """Return the parameter's value where the lever is fully on, over a preset's `start`."""
        return start * self.times if self.times is not None else float(self.on or 0.0)


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


class Place(NamedTuple):
    """Where, when and with what a lever may act: an order's district, its hour of onset and its kind of incident."""

    district: str
    hour: int
    incident: str


class Scope(BaseModel):
    """What a lever is limited to; an empty scope is the whole city, at all hours, for everything."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    districts: tuple[str, ...] = ()  #: by name; none named: all
    hours: tuple[Hour, Hour] | None = None  #: from the first up to the second, over midnight where the first is later
    incidents: tuple[str, ...] = ()  #: kinds of the catalogue; none named: all

    @model_validator(mode="after")
    def _has_an_hour(self) -> Scope:
        if self.hours is not None and self.hours[0] == self.hours[1]:
            raise InputError(
                en="a scope needs an hour at least: its hours must differ", zh="适用范围至少含一小时：起止时刻须不同"
            )
        return self

    def __str__(self) -> str:
        hours = () if self.hours is None else ("{:02}–{:02} h".format(*self.hours),)
        return " · ".join((*self.districts, *hours, *self.incidents))

    def holds(self, place: Place) -> bool:
        """Return whether a place lies within the scope."""
        if self.hours is not None:
            start, end = self.hours
            if not (start <= place.hour < end if start < end else place.hour >= start or place.hour < end):
                return False
        named = ((self.districts, place.district), (self.incidents, place.incident))
        return all(not names or name in names for names, name in named)


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
    scope: Annotated[Scope, Unit("scope")] = Scope()

    @property
    def is_limited(self) -> bool:
        """Whether it acts on a part of the city's orders only."""
        return self.scope != Scope()

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
