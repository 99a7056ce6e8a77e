"""The reference of everything that a file can name: hazards, levers, incidents, crews and parameters."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from models.catalogue import catalogue
from models.command import actor_kinds
from models.crews import DEFAULT_CREWS
from models.hazards.base import hazard_kinds
from models.indicators import indicator_kinds
from models.levers.base import Lever, lever_kinds
from models.lines.base import Line, line_kinds
from models.parameters import parameters
from models.policy import scope_refused
from sim.kinds import Kind, unit_of
from sim.text import Text
from sim.units import unit_text

Family = dict[str, dict[str, Any]]
FAMILIES = {
    "hazards": Text("Hazards", "灾害"),
    "levers": Text("Levers", "治理措施"),
    "lines": Text("Lines of work", "业务条线"),
    "actors": Text("Actors", "决策者"),
    "incidents": Text("Incidents", "事件"),
    "crews": Text("Crews", "力量"),
    "parameters": Text("Parameters", "参数"),
    "indicators": Text("Indicators", "指标"),
}


def reference() -> dict[str, Family]:
    """Return every family's members with title, fields and units, as plain data."""
    return {
        "hazards": {name: _kind(cls) for name, cls in hazard_kinds().items()},
        "levers": {name: _lever(cls) for name, cls in lever_kinds().items()},
        "lines": {name: _line(cls) for name, cls in line_kinds().items()},
        "actors": {name: _kind(cls) for name, cls in actor_kinds().items()},
        "incidents": {
            name: {"title": kind.title._asdict(), "unit": _unit("per year and 100,000 residents"),
                   "fields": kind.model_dump(mode="json", exclude={"title"})}
            for name, kind in catalogue().items()
        },
        "crews": {
            name: {"title": (kind.title or Text(name, name))._asdict(), "unit": _unit("per 100,000 residents"),
                   "fields": kind.model_dump(mode="json", exclude={"title"})}
            for name, kind in DEFAULT_CREWS.items()
        },
        "parameters": {
            name: {"title": parameter.title._asdict(), "unit": _unit(parameter.unit),
                   "fields": parameter.model_dump(mode="json", exclude={"title"})}
            for name, parameter in parameters().items()
        },
        "indicators": {
            kind.name: {"title": kind.title._asdict(), "unit": kind.unit._asdict(), "better": kind.better}
            for kind in indicator_kinds()
        },
    }  # fmt: skip


def _unit(symbol: str) -> dict[str, str]:
    return unit_text(symbol)._asdict()


def _kind(cls: type[Kind]) -> dict[str, Any]:
    return {
        "title": cls.title._asdict(),
        "fields": {
            name: {
                "default": field.default.model_dump() if isinstance(field.default, BaseModel) else field.default,
                "unit": _unit(unit_of(field)),
                "type": getattr(field.annotation, "__name__", ""),
            }
            for name, field in cls.model_fields.items()
            if name != "kind"
        },
    }


def _lever(cls: type[Lever]) -> dict[str, Any]:
    facts = _kind(cls)
    facts["mechanism"] = cls.mechanism
    facts["moves"] = list(cls.moves)
    facts["pays"] = list(cls.pays)
    facts["effects"] = [effect.model_dump() for effect in cls.effects]
    facts["side_effects"] = [effect.model_dump() for effect in cls.side_effects]
    facts["cost"] = cls.cost.model_dump()
    refusal = scope_refused(cls)
    facts["scope_refused"] = None if refusal is None else refusal._asdict()
    return facts


def _line(cls: type[Line]) -> dict[str, Any]:
    facts = _kind(cls)
    facts["parameters"] = [*cls.own, *cls.reads]
    facts["least_d"] = cls.least_d
    facts["indicators"] = [kind.name for kind in cls.indicators]
    return facts
