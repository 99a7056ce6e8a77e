"""Who fights a fire before the brigade does: a resident at the call, then the micro station of the area.

Each holds a fire of Q MW with a chance of 1/(1 + (Q/Q50)²), which falls fast as the fire grows (assumption).
"""

from __future__ import annotations

from abc import ABC
from collections.abc import Callable
from typing import Annotated, ClassVar

from pydantic import Field

from models.calendar import MINUTE
from models.hazards.base import Hazard
from models.intake import interview_s
from models.world import World
from sim.kinds import Unit


def aid_decisions(prefix: str) -> tuple[str, ...]:
    """Return the names of the draws of `FirstAid` and of those who attempt, of a hazard whose draws begin so."""
    names = ("resident_tries", "resident", "micro_activated", "micro_arrival", "micro")
    return tuple(f"{prefix}.{name}" for name in names)


def control_chance(heat_mw: float, q50_mw: float) -> float:
    """Return the chance that a fire of `heat_mw` is held by who holds one of `q50_mw` with a chance of one half."""
    return 1.0 / (1.0 + (heat_mw / q50_mw) ** 2)


class FirstAid(Hazard, ABC):
    """A fire that people on the spot may put out."""

    luck: ClassVar[str]  #: how the names of its draws begin
    resident_tries: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.3
    q50_resident_mw: Annotated[float, Field(gt=0), Unit("MW")] = 0.1
    q50_micro_mw: Annotated[float, Field(gt=0), Unit("MW")] = 0.8

    def first_aid(
        self, world: World, order: int, entity: int, attempt: Callable[[str, float], object], present: float = 1.0
    ) -> None:
        """Let a resident `attempt` now and the micro station later, each by the name and the heat (MW) of half a chance.

        `entity` has the luck; `present` is the chance that somebody is there. The micro station is alerted with the
        brigade, once the address is known.
        """
        stream, rules, now = world.rules.stream, world.rules_of(order), world.engine.now
        if stream.chance(self.resident_tries * present, f"{self.luck}.resident_tries", entity):
            attempt("resident", self.q50_resident_mw)
        night = world.hour(now) >= 20 or world.hour(now) < 8
        active = rules["micro_station.p_activated"]
        active *= rules["micro_station.night_factor"] if night else 1.0
        if stream.chance(active, f"{self.luck}.micro_activated", entity):
            median = rules["micro_station.arrival_min"] * MINUTE
            wait = interview_s(rules, world.incident(order)) + stream.lognormal(
                median, 0.5, f"{self.luck}.micro_arrival", entity
            )
            world.engine.at(now + wait, lambda: attempt("micro", self.q50_micro_mw))
