"""Drills: now and then a crew practises at its station for an hour, and is off duty meanwhile."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from models.calendar import DAY, HOUR
from models.crews import DRILL, IDLE
from models.dispatch import Dispatcher
from models.world import World
from sim.city.model import FACILITY_KINDS

DECISIONS = ("drill.day", "drill.hour")
SESSION_H = 1.0  #: a drill (assumption)
HOURS = (9.0, 16.0)  #: between which drills begin (assumption)
MOST_AT_A_STATION = 1000


def plan(world: World, dispatcher: Dispatcher) -> None:
    """Set down every drill of the window; a crew that is out at the time misses it."""
    crews, (start, end) = world.crews, world.window
    if not len(world.orders) or not len(crews):
        return  # nobody calls them
    entity, rank = _stable(world)
    chance = world.rules["crew.drill_h"] / SESSION_H / 365.0
    for day in range(int(start // DAY), int(np.ceil(end / DAY))):
        moment = day * MOST_AT_A_STATION + rank
        hour = HOURS[0] + (HOURS[1] - HOURS[0]) * world.rules.stream.uniforms("drill.hour", entity, moment)
        begins = day * DAY + hour * HOUR
        drills = (
            (world.rules.stream.uniforms("drill.day", entity, moment) < chance) & (start <= begins) & (begins < end)
        )
        for crew in np.flatnonzero(drills).tolist():
            world.engine.at(float(begins[crew]), partial(_begin, world, dispatcher, crew))


def _stable(world: World) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each crew's station by name, and its number among the crews there: the entity of its luck."""
    station, facilities = world.crews.station, world.city.facilities
    rank = np.array([int((station[:crew] == own).sum()) for crew, own in enumerate(station.tolist())], dtype=np.int64)
    return facilities.osm_id[station] * len(FACILITY_KINDS) + facilities.kind[station], rank


def _begin(world: World, dispatcher: Dispatcher, crew: int) -> None:
    crews = world.crews
    if crews.state[crew] != IDLE:
        return
    crews.state[crew] = DRILL
    crews.drill[crew] += SESSION_H * HOUR
    world.engine.at(world.engine.now + SESSION_H * HOUR, lambda: dispatcher.release(crew))
