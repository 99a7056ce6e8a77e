"""Forward posts: ambulances wait where the next hours are forecast to need them (态势感知–趋势研判–协同处置).

A chain of three: what is sensed, what of that the forecast hits, what the desk may move. Its worth is their product, so
the weakest link binds. A forecast that is wrong posts a crew where nothing happens, and leaves its station uncovered.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from models.crews import IDLE
from models.travel import Travel
from models.world import World
from sim.city.model import City

DECISIONS = ("posting.foreseen", "posting.false", "posting.where")
HORIZON_S = 2 * 3600.0  #: of the forecast
KIND = "ambulance"
#: Seconds from its station below which a crew is posted nowhere: it is there already.
NEAR_S = 180.0


def _centres(city: City, community: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the drive node in the middle of each community's buildings, int32 [areas]; a forecast is no finer."""
    of = community[city.buildings.grid]
    count = np.maximum(np.bincount(of, minlength=len(community)), 1)
    x, y = (
        np.bincount(of, weights, minlength=len(community)) / count for weights in (city.buildings.x, city.buildings.y)
    )
    nodes = cKDTree(np.column_stack([city.drive.x, city.drive.y]))
    return np.asarray(nodes.query(np.column_stack([x, y]))[1], dtype=np.int32)


class Posting:
    """Moves idle ambulances to forecast places at the beginning of each horizon, and back at its end."""

    def __init__(self, world: World, travel: Travel) -> None:
        self._world, self._travel = world, travel
        self._station = world.crews.home.copy()
        wanted = [world.rules.kinds[name].crew == KIND for name in world.incidents.kinds]
        needs = np.array(wanted, dtype=np.bool_)[world.incidents.kind]
        community = world.city.areas.ancestor("community")
        self._centre = _centres(world.city, community)[community[world.incidents.grid]]
        self._onset = np.where(needs, world.incidents.onset, np.inf)

    def step(self, now: float, beat: float) -> None:
        """Post anew whenever a horizon begins."""
        if not self._world.rules["posting.budget"] or now % HORIZON_S >= beat or KIND not in self._world.crews.kinds:
            return
        for crew in np.flatnonzero(self._world.crews.home != self._station).tolist():
            self._move(crew, int(self._station[crew]))
        for node in self._places(now).tolist():
            self._post(node, now)

    def _places(self, now: float) -> NDArray[np.int32]:
        """Return the drive nodes that are forecast to need a crew, as many as may be moved."""
        world, rules = self._world, self._world.rules
        on_duty = len(world.crews.available(KIND, now))
        budget = round(rules["posting.budget"] * on_duty)
        if budget == 0:
            return np.empty(0, dtype=np.int32)
        soon = np.flatnonzero((self._onset > now) & (self._onset <= now + HORIZON_S))
        luck = rules.stream.uniforms("posting.foreseen", world.incidents.id[soon])
        seen = soon[luck < rules["sensing.coverage"] * rules["forecast.hit"]]
        false = rules["forecast.false"]
        wrong = round(len(seen) * false / (1.0 - false))
        slots = np.arange(wrong) + int(now) * 1000
        where = (rules.stream.uniforms("posting.where", slots) * world.city.drive.nodes).astype(np.int32)
        places = np.concatenate([self._centre[seen], where]).astype(np.int32)
        order = np.argsort(rules.stream.uniforms("posting.false", places, int(now)), kind="stable")
        return places[order][:budget]

    def _post(self, node: int, now: float) -> None:
        """Send the nearest idle crew that stands at its own station to `node`."""
        world = self._world
        free = world.crews.available(KIND, now)
        free = free[world.crews.home[free] == self._station[free]]  # one post a crew
        if not len(free):
            return
        stand = np.array([self._travel.position(crew) for crew in free.tolist()], dtype=np.int32)
        seconds = world.router.nearest(node, world.hour(now), stand)
        best = int(np.argmin(seconds))
        if NEAR_S < seconds[best] < np.inf:
            self._move(int(free[best]), node)

    def _move(self, crew: int, home: int) -> None:
        """Give a crew another place to wait at; an idle one drives there at once."""
        crews = self._world.crews
        crews.home[crew] = home
        if crews.state[crew] == IDLE:
            self._travel.send_home(crew)
