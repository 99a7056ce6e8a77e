"""Emergency generators: who runs on where the grid has failed, if it starts, until its fuel is used up."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from models.calendar import HOUR, MINUTE
from models.networks.topology import Bools, Floats, Ints
from models.world import World
from sim.streams import Stream

HOSPITAL_H = 12.0  #: of fuel (JGJ 312-2013, 4.4.5: 24 h in hospitals of the third class, 12 in those of the second)
WORKS_H = 12.0  #: of fuel at a waterworks (assumption, as in a hospital)
STARTS = 0.95  #: share of generators that start when they must (assumption)


@dataclass
class Generators:
    """One generator at each of some places; its tank is full again whenever the grid has come back (assumption)."""

    stream: Stream
    decision: str
    keys: Ints  #: [places] of their luck
    hours: float  #: that the fuel lasts
    starts: float  #: chance, drawn anew at every failure of the grid
    since: Floats = field(init=False)  #: [places] s, when the grid failed; inf where it has not
    started: Bools = field(init=False)

    def __post_init__(self) -> None:
        self.since = np.full(len(self.keys), np.inf)
        self.started = np.zeros(len(self.keys), dtype=np.bool_)

    def powered(self, now: float, out: Bools) -> Bools:
        """Return which places have power, where the grid is `out` or not."""
        fails = out & np.isinf(self.since)
        if fails.any():
            luck = self.stream.uniforms(self.decision, self.keys, int(now // MINUTE))
            self.started = np.where(fails, luck < self.starts, self.started)
        self.since = np.where(out, np.minimum(self.since, now), np.inf)
        return ~out | (self.started & (now - self.since < self.hours * HOUR))


class Hospitals:
    """The hospitals of a city in a power failure: without grid and generator they take nobody in."""

    def __init__(self, world: World, hours: float, starts: float) -> None:
        city = world.city
        self._world, self._which = world, city.facilities.of_kind("hospital")
        places = city.facilities
        away = (np.hypot(city.buildings.x - places.x[i], city.buildings.y - places.y[i]) for i in self._which)
        self._house = np.array([np.argmin(one) for one in away], dtype=np.int64)
        keys = places.osm_id[self._which]
        self._generators = Generators(world.rules.stream, "power.generator", keys, hours, starts)
        self._out = np.zeros(len(keys), dtype=np.bool_)
        self._dark = self._out.copy()
        world.dark_hospitals = self._dark

    @property
    def on_generators(self) -> Ints:
        """The buildings of hospitals that run on their generators now."""
        return self._house[self._out & ~self._dark]

    def step(self, now: float, out: Bools, cause: int) -> None:
        """Let generators start and stop; `out` : bool [buildings], `cause` the event because of which it changed."""
        lost = out[self._house]
        dark = ~self._generators.powered(now, lost)
        for i in np.flatnonzero((lost != self._out) | (dark != self._dark)).tolist():
            name = "hospital_dark" if dark[i] else "hospital_generator" if lost[i] else "hospital_back"
            node = int(self._world.city.facilities.drive_node[self._which[i]])
            self._world.recorder.event(now, name, node=node, cause=cause)
        self._out, self._dark[:] = lost, dark
