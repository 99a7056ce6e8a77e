"""Those who were told to leave at one moment: their way out of buildings, along streets, into shelters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.calendar import MINUTE
from models.cordon import lanes
from models.crowd.district import District, Order, residents_leaving, under_way
from models.crowd.fair import along
from models.crowd.state import OUTSIDE
from models.whereabouts import AWAY, INSIDE, OUTDOORS
from models.world import World

Floats = NDArray[np.float64]

_STEP = 1.0  #: s
_LOOKS = 2 * MINUTE
_BLOCKED, _SLOW, _CRAWL = 1.0, 0.3, 0.1  #: as of a fair: persons a m² that block vehicles or slow them, share of speed
_OPENS_AT = 0.95  #: of those who can walk in shelters, from which on streets are open again (assumption)


class Wave:
    """The people of a district who were told to leave at once; `begun` is the event with which they were told."""

    def __init__(self, world: World, district: District, order: Order, begun: int) -> None:
        self._world, self.district, self.at, self.begun, city = world, district, order.at, begun, world.city
        people, known = world.population, world.whereabouts
        place = (people.day_place if 8 <= world.hour(order.at) < 18 else people.home).copy()
        place[known.who] = -1
        self.leaving = residents_leaving(city, people, place, district, order, world.rules.stream)
        self.crowd, self.shelter = under_way(city, district, self.leaving, order.at)
        self._told = known.add(self.leaving.who, self.leaving.building)
        walks = np.flatnonzero(~self.leaving.helpless)
        #: of the leaving, in the order of the crowd's people
        self._walks = walks[np.lexsort((self.leaving.key[walks], self.leaving.out[walks]))]
        paths = district.paths
        self._spots = known.add_spots(paths.x, paths.y)  #: one for every piece
        self._doors = paths.ground.passages.head[self.crowd.people.entry]  #: where each comes into the open
        street = np.flatnonzero(paths.link >= 0)
        self._edges, at = along(city.drive, paths.x[street], paths.y[street])
        self._along = street[at]
        self._inner = np.zeros(city.drive.edges, dtype=np.bool_)
        self._inner[self._edges[district.inner[paths.link[self._along]]]] = True
        self.kept = lanes(city.drive, self._inner)
        self._dense = np.zeros(city.drive.edges)
        self.waiting: dict[int, int] = {}  #: building by order of help
        self.helped: dict[int, float] = {}  #: s by building
        self._done, self._looked, self.peak, self.over = set[str](), order.at, 0.0, False

    @property
    def crowded_out(self) -> bool:
        """Whether shelters get more people than they have room for."""
        persons = np.bincount(self._number(), minlength=len(self.shelter))
        taken = np.bincount(self.shelter, weights=persons, minlength=len(self.district.rooms))
        return bool((taken > self.district.rooms).any())

    def _number(self) -> NDArray[np.int64]:
        return np.searchsorted(self.district.buildings, self.leaving.building)

    def walk(self, until: float) -> Floats:
        """Let people walk until `until` (s); return the density in streets, persons a m² [edges]."""
        crowd = self.crowd
        while crowd.now < until - 1e-9:
            crowd.step(min(_STEP, until - crowd.now))
        crowd.check()
        if crowd.now - self._looked >= _LOOKS:
            self._looked = crowd.now
            crowd.find_ways()
        density = crowd.density()
        self._dense[:] = 0.0
        np.maximum.at(self._dense, self._edges, density[self._along])
        self.peak = max(self.peak, float(density[self._along].max()) if len(self._along) else 0.0)
        self._place(until)
        self._tell(until)
        return self._dense

    def _place(self, now: float) -> None:
        """Write where everybody is."""
        known, people = self._world.whereabouts, self.crowd.people
        state = np.where(self.outs() > now, INSIDE, AWAY)
        under_way = np.isnan(self.crowd.arrived()) & (people.state != OUTSIDE)
        state[self._walks[under_way]] = OUTDOORS
        spot = known.spot[self._told]
        spot[self._walks] = self._spots + np.where(people.cell >= 0, people.cell, self._doors)
        known.state[self._told] = state

    def _tell(self, until: float) -> None:
        """Tell when half and all are in shelters."""
        crowd = self.crowd
        sheltered = np.isfinite(crowd.arrived()).mean() if len(crowd.people.start) else 1.0
        for name, share in (("evacuation_half", 0.5), ("evacuation_nearly", _OPENS_AT), ("evacuation_done", 1.0)):
            if sheltered >= share and name not in self._done:
                self._done.add(name)
                self._world.recorder.event(until, name, cause=self.begun)

    def outs(self) -> Floats:
        """Return when each has left their building, s; infinite for who still waits for help."""
        leaving = self.leaving
        helped = np.full(len(leaving.who), np.inf)
        waits = np.flatnonzero(leaving.helpless)
        helped[waits] = [self.helped.get(b, np.inf) for b in leaving.building[waits].tolist()]
        return np.where(leaving.helpless, helped, leaving.out)

    def roads(self) -> Floats:
        """Return the factor of the speed on every street; the wave is over once everybody is out and in."""
        factor, dense = self.kept.copy(), self._dense
        slow = self._inner & (dense >= _SLOW)
        factor[slow] = np.minimum(factor, _CRAWL)[slow]
        factor[dense >= (2.0 * _BLOCKED)] = 0.0
        factor[self._inner & (dense >= _BLOCKED)] = 0.0
        if "evacuation_nearly" in self._done:
            factor = np.where(dense >= _BLOCKED, factor, 1.0)
        if "evacuation_done" in self._done and set(self.waiting.values()) <= set(self.helped):
            self.over = True
            self._dense[:] = 0.0
            factor[:] = 1.0
        return factor

    def rows(self, grid: NDArray[np.int32]) -> Mapping[str, NDArray[Any]]:
        """Return one row for everybody who was told to leave: minutes until out, and until in a shelter."""
        leaving = self.leaving
        out = (self.outs() - self.at) / MINUTE
        sheltered = np.full(len(out), np.nan)
        sheltered[self._walks] = (self.crowd.arrived() - self.at) / MINUTE
        return {
            "area": grid[leaving.building], "building": leaving.building.astype(np.int32),
            "out": np.where(np.isfinite(out), out, np.nan), "sheltered": sheltered,
            "density": np.full(len(out), self.peak),
        }  # fmt: skip
