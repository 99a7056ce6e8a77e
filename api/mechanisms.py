"""The catalogue of mechanisms as a planner reads it: joined with levers, parameters, indicators and measured effects."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

import scenarios.library
from models.catalogue import catalogue
from models.indicators import indicator_kinds
from models.levers.base import Lever
from models.mechanisms import BESIDE, GROUPS, PARTS, Mechanism, levers_of, mechanisms
from models.parameters import known_parameter, preset_values
from models.policy import scope_refused
from scenarios.library import (
    experiment_names,
    load_experiment,
    load_policy,
    load_scenario,
    policy_names,
    scenario_names,
)
from sim.themes import THEMES
from sim.units import unit_text

#: Written by `python -m benchmarks.mechanisms --write`.
MEASURED = Path(scenarios.library.__file__).parent / "mechanisms_measured.json"


class Effect(BaseModel):
    """What a lever did to an indicator over runs with the same luck, turned on by itself over the siloed city."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    before: float
    after: float
    difference: float
    low: float  #: of the 95 % interval of the difference
    high: float
    p: float
    n: int  #: pairs of runs


class Measured(BaseModel):
    """The file of measured effects: by lever and indicator."""

    model_config = ConfigDict(extra="forbid")

    format: int = 1
    levers: dict[str, dict[str, Effect]] = Field(default_factory=dict)


def measured(file: Path = MEASURED) -> Measured:
    """Return what has been measured, which may be nothing yet."""
    return Measured.model_validate_json(file.read_bytes()) if file.is_file() else Measured()


@cache
def mechanism_facts() -> dict[str, Any]:
    """Return the catalogue as plain data, in the order of its groups."""
    effects = measured().levers
    return {
        "groups": {name: title._asdict() for name, title in GROUPS.items()},
        "parts": {name: {"title": title._asdict(), "beside": name in BESIDE} for name, title in PARTS.items()},
        "incidents": {name: kind.title._asdict() for name, kind in catalogue().items()},
        "mechanisms": [_facts(name, mechanism, effects) for name, mechanism in mechanisms().items()],
    }


def _facts(name: str, mechanism: Mechanism, effects: dict[str, dict[str, Effect]]) -> dict[str, Any]:
    return {
        "id": name,
        "group": mechanism.group,
        "title": mechanism.title._asdict(),
        "does": mechanism.does._asdict(),
        "touches": list(mechanism.touches),
        "as": mechanism.role,
        "named": [{"name": one, **_called(one)} for one in mechanism.named],
        "levers": [_lever(kind, lever, effects.get(kind, {})) for kind, lever in levers_of(name).items()],
    }


def _called(name: str) -> dict[str, Any]:
    """Return what a principle has become: of which kind that is, and its title; neither where it is not there yet."""
    indicator = next((kind for kind in indicator_kinds() if kind.name == name), None)
    if indicator is not None:
        return {"kind": "indicator", "title": indicator.title._asdict()}
    theme = next((title for theme, title in THEMES.items() if theme == name), None)
    if theme is not None:
        return {"kind": "theme", "title": theme._asdict()}
    shipped = (
        ("experiment", experiment_names(), load_experiment),
        ("policy", policy_names(), load_policy),
        ("scenario", scenario_names(), load_scenario),
    )
    for kind, names, load in shipped:
        if name in names:
            return {"kind": kind, "title": load(name).title._asdict()}
    return {"kind": None, "title": None}


def _lever(kind: str, lever: type[Lever], effects: dict[str, Effect]) -> dict[str, Any]:
    refusal = scope_refused(lever)
    return {
        "kind": kind,
        "title": lever.title._asdict(),
        "parameters": _parameters(lever),
        "moves": [_indicator(name, effects) for name in lever.moves],
        "pays": [_indicator(name, effects) for name in lever.pays],
        "cost": lever.cost.model_dump(),
        "requires": list(lever.requires),
        "scope_refused": None if refusal is None else refusal._asdict(),
    }


def _parameters(lever: type[Lever]) -> list[dict[str, Any]]:
    """Return the parameters that a lever moves, pays with or brings along, each with what it rests on."""
    on = {effect.parameter: effect.value(preset_values("P1")[effect.parameter]) for effect in lever.effects}
    factors = {side.parameter: side.factor for side in lever.side_effects}
    rows = []
    for name in dict.fromkeys((*on, *factors, *lever.own)):
        parameter = known_parameter(name)
        basis = None if parameter.basis is None else parameter.basis._asdict()
        rows.append({
            "name": name, "title": parameter.title._asdict(), "unit": unit_text(parameter.unit)._asdict(),
            "values": list(parameter.values), "range": list(parameter.range), "on": on.get(name),
            "factor": factors.get(name), "own": name in lever.own, "basis": basis, "assumption": parameter.assumption,
        })  # fmt: skip
    return rows


def _indicator(name: str, effects: dict[str, Effect]) -> dict[str, Any]:
    kind = next(kind for kind in indicator_kinds() if kind.name == name)
    effect = effects.get(name)
    return {
        "name": name, "title": kind.title._asdict(), "unit": kind.unit._asdict(), "better": kind.better,
        "measured": None if effect is None else effect.model_dump(),
    }  # fmt: skip
