"""The parameters that governance can change, with units, presets, ranges and sources."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import exp, log
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, RootModel, field_validator, model_validator

from sim.errors import InputError
from sim.text import Text
from sim.units import unit_text
from sim.validation import load_model

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


class _File(RootModel[dict[str, Parameter]]):
    pass


@cache
def parameters() -> Mapping[str, Parameter]:
    """Return the catalogue of parameters by name."""
    return load_model(_File, Path(__file__).with_suffix(".yaml")).root


def preset_values(preset: Preset) -> dict[str, float]:
    """Return every parameter's value under `preset`."""
    column = PRESETS.index(preset)
    return {name: parameter.values[column] for name, parameter in parameters().items()}


def known_parameter(name: str) -> Parameter:
    """Return the parameter called `name`, or raise an `InputError` that lists those there are."""
    catalogue = parameters()
    if name not in catalogue:
        raise InputError(
            en=f"parameter {name!r} is unknown; there are: {', '.join(catalogue)}",
            zh=f"参数 {name!r} 未知；可用：{', '.join(catalogue)}",
        )
    return catalogue[name]


def in_range(values: Mapping[str, float]) -> dict[str, float]:
    """Return `values` if each is a known parameter within its range (0 always means off), else raise `InputError`."""
    for name, value in values.items():
        low, high = known_parameter(name).range
        if not (low <= value <= high or value == 0.0):
            raise InputError(en=f"{name} must be within {low} to {high}; {value} came",
                             zh=f"{name} 应在 {low} 至 {high} 之间；收到 {value}")  # fmt: skip
    return dict(values)


def mix(off: float, on: float, share: float, how: Mix) -> float:
    """Return the value `share` of the way from `off` to `on`: geometric, in logits, or linear."""
    if share <= 0.0 or off == on:
        return off
    if share >= 1.0:
        return on
    if how == "geo" and off > 0.0 and on > 0.0:
        return exp((1.0 - share) * log(off) + share * log(on))
    if how == "logit" and 0.0 < off < 1.0 and 0.0 < on < 1.0:
        logit = (1.0 - share) * log(off / (1.0 - off)) + share * log(on / (1.0 - on))
        return 1.0 / (1.0 + exp(-logit))
    return (1.0 - share) * off + share * on
