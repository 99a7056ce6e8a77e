"""All parameters that governance can change, with units, presets, ranges and sources."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import RootModel

from models.levers.base import Lever, lever_kinds
from models.lines.base import Line, line_kinds
from models.parameter import PRESETS, Parameter, Preset
from sim.errors import InputError
from sim.validation import load_model


class _File(RootModel[dict[str, Parameter]]):
    pass


@cache
def parameters() -> Mapping[str, Parameter]:
    """Return the catalogue of parameters by name: those of `parameters.yaml`, then each line's and each lever's own."""
    found = dict(load_model(_File, Path(__file__).with_suffix(".yaml")).root)
    owners: list[tuple[str, type[Line | Lever]]] = [*line_kinds().items(), *lever_kinds().items()]
    for kind, owner in owners:
        for name, parameter in owner.own.items():
            if name in found:
                raise InputError(en=f"parameter {name!r} of {owner.family.en} {kind!r} is there already",
                                 zh=f"{owner.family.zh} {kind!r} 的参数 {name!r} 已存在")  # fmt: skip
            found[name] = parameter
    return found


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
    """Return `values` if each is a known parameter within its range, or 0 where it may be off; else raise `InputError`."""
    for name, value in values.items():
        low, high = known_parameter(name).range
        if not (low <= value <= high or (value == 0.0 and known_parameter(name).may_be_off)):
            raise InputError(en=f"{name} must be within {low} to {high}; {value} came",
                             zh=f"{name} 应在 {low} 至 {high} 之间；收到 {value}")  # fmt: skip
    return dict(values)
