"""A policy: a preset and levers on top of it, resolved to parameters before anything runs.

The rule: a lever of intensity x and compliance c, ramped up to the share r, moves a parameter the share
x·c·r of the way from the value at which the policy starts to the value of the lever fully on; two levers
on one parameter act one after the other; and no parameter passes the full-reform preset P2, so that
overlapping levers are not counted twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import exp
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from models import levers as lever_package
from models.parameters import Mix, Preset, in_range, known_parameter, mix, parameters, preset_values
from sim.errors import InputError
from sim.kinds import Kind, Unit, kind_called
from sim.text import Text
from sim.validation import validated

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

    mechanism: ClassVar[str]
    effects: ClassVar[tuple[Effect, ...]]
    side_effects: ClassVar[tuple[SideEffect, ...]]
    cost: ClassVar[Cost]
    requires: ClassVar[tuple[str, ...]] = ()

    intensity: Share = 1.0  #: share of the rollout
    compliance: Share = 1.0  #: share of staff who follow
    lag_days: Days = 90.0  #: half of the rollout's duration
    running_days: Days = 3650.0  #: since the rollout began

    @property
    def share(self) -> float:
        """Return how far the lever is on: intensity × compliance × logistic ramp-up."""
        if self.lag_days == 0.0:
            return self.intensity * self.compliance
        ramp = 1.0 / (1.0 + exp(-4.0 * (self.running_days - self.lag_days) / self.lag_days))
        return self.intensity * self.compliance * (1.0 if ramp > 1.0 - 1e-9 else ramp)


def _capped(name: str, start: float, value: float) -> float:
    """Return `value`, kept from passing the full-reform value on its way from `start`."""
    full = preset_values("P2")[name]
    if value > start:
        return min(value, max(start, full))
    return max(value, min(start, full))


class Policy(BaseModel):
    """A policy as it stands in a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1]
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-]{1,60}$")]
    title: Text
    base: Preset
    levers: tuple[dict[str, Any], ...] = ()
    set: dict[str, float] = Field(default_factory=dict)

    @field_validator("levers")
    @classmethod
    def _levers_are_known(cls, entries: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
        present = {str(entry.get("kind")) for entry in entries}
        for entry in entries:
            lever = _lever(entry)
            missing = [name for name in lever.requires if name not in present]
            if missing:
                needs = ", ".join(missing)
                raise InputError(en=f"lever {lever.kind!r} needs {needs} in the policy",
                                 zh=f"措施 {lever.kind!r} 需要政策中包含 {needs}")  # fmt: skip
        return entries

    @field_validator("set")
    @classmethod
    def _values_are_in_range(cls, values: dict[str, float]) -> dict[str, float]:
        return in_range(values)

    def resolved_levers(self) -> tuple[Lever, ...]:
        """Return the levers of the policy, validated."""
        return tuple(_lever(entry) for entry in self.levers)

    def resolve(self) -> dict[str, float]:
        """Return every parameter's value under the policy."""
        values = preset_values(self.base)
        for lever in self.resolved_levers():
            for effect in lever.effects:
                how: Mix = known_parameter(effect.parameter).mix
                start = values[effect.parameter]
                moved = mix(start, effect.on, lever.share, how)
                values[effect.parameter] = _capped(effect.parameter, start, moved)
            for side in lever.side_effects:
                low, high = known_parameter(side.parameter).range
                moved = values[side.parameter] * side.factor**lever.share
                values[side.parameter] = min(max(moved, low), high)
        return {**values, **self.set}


def _lever(entry: Mapping[str, Any]) -> Lever:
    return validated(kind_called(Lever, lever_package, str(entry.get("kind"))), entry)


def differing(first: Mapping[str, float], second: Mapping[str, float]) -> list[str]:
    """Return the names of the parameters in which two resolved policies differ, in catalogue order."""
    return [name for name in parameters() if first.get(name) != second.get(name)]
