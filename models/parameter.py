"""A parameter that governance can change, and how two of its values mix."""

from __future__ import annotations

from math import exp, log
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from sim.errors import InputError
from sim.text import Text
from sim.units import unit_text

PRESETS = ("P0", "P1", "P2")
Preset = Literal["P0", "P1", "P2"]
Mix = Literal["geo", "logit", "linear"]


class Parameter(BaseModel):
    """One parameter: its value under each preset, its range and how two values mix."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text
    unit: str
    values: tuple[float, float, float]
    range: tuple[float, float]
    mix: Mix
    basis: Text | None = None  #: the source of the figures
    assumption: bool = False  #: whether some of them, or all, rest on no source

    @property
    def may_be_off(self) -> bool:
        """Whether 0 means that there is none of it: so with shares and rates, not with times and factors."""
        return self.unit in {"share", "rounds", "per day", "per km²"}

    @field_validator("unit")
    @classmethod
    def _unit_is_known(cls, unit: str) -> str:
        unit_text(unit)
        return unit

    @model_validator(mode="after")
    def _rests_on_something(self) -> Parameter:
        if self.basis is None and not self.assumption:
            raise InputError(en="a parameter needs a basis, or says that it is an assumption",
                             zh="参数需要依据，或注明为假设")  # fmt: skip
        return self


def share_of(
    en: str, zh: str, values: tuple[float, float, float], most: float = 1.0, *, basis: Text | None = None,
    assumption: bool | None = None,
) -> Parameter:  # fmt: skip
    """Return a share from 0 to `most` that mixes linearly: an assumption unless it has a basis, or as `assumption` says."""
    assumed = basis is None if assumption is None else assumption
    return Parameter(title=Text(en, zh), unit="share", values=values, range=(0.0, most), mix="linear", basis=basis,
                     assumption=assumed)  # fmt: skip


def to_space(value: float, how: Mix) -> float:
    """Return `value` where moves add: its logarithm (above 0), its logit (between 0 and 1), or itself."""
    if how == "geo":
        return log(value)
    return log(value / (1.0 - value)) if how == "logit" else value


def from_space(place: float, how: Mix) -> float:
    """Return the value at a place of `to_space`."""
    if how == "geo":
        return exp(place)
    return 1.0 / (1.0 + exp(-place)) if how == "logit" else place
