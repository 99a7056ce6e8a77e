"""The call-takers of 110, 119 and 120: the usual calls, those that a scare adds, and how long they wait."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from models.calendar import DAY, HOUR
from models.missions import Process
from models.world import World

DECISIONS = ("desk.usual", "desk.usual_at", "desk.usual_talk", "desk.scare_talk")
TALK_S = 60.0  #: median of a call that asks for no crew (assumption)
_MOST_IN_HOUR = 100_000
USUAL, SCARE, ASKED = range(3)


class Desk:
    """Call-takers who are few: all emergency calls of the run wait for one of them, first come first served."""

    def __init__(self, world: World, community: NDArray[np.int32], takers: int) -> None:
        self._world, self._community = world, community
        self._takers = world.takers = simpy.Resource(world.engine.env, capacity=takers)
        self._calls: list[tuple[int, float, int, float]] = []  #: community, s, of which sort, s waited

    def usual(self, per_100k: float) -> None:
        """Let the usual calls, that many a day, come in the window: a Poisson process in each community."""
        world, stream = self._world, self._world.rules.stream
        areas, residents = np.unique(self._community, return_counts=True)
        start, end = world.window
        expected = (residents * (per_100k / 1e5 * HOUR / DAY)).astype(np.float64)
        for hour in range(int(start // HOUR), int(np.ceil(end / HOUR))):
            counts = stream.poissons(expected, "desk.usual", areas, hour)
            for area, count in zip(areas[counts > 0].tolist(), counts[counts > 0].tolist(), strict=True):
                for k in range(count):
                    number = hour * _MOST_IN_HOUR + k
                    at = (hour + stream.uniform("desk.usual_at", area, number)) * HOUR
                    if start <= at < end:
                        talk = stream.lognormal(TALK_S, 0.5, "desk.usual_talk", area, number)
                        world.engine.at(at, partial(self._begin, area, USUAL, talk))

    def scare(self, resident: int, moment: int) -> None:
        """Let a resident call because of a scare."""
        key = int(self._world.population.key[resident])
        talk = self._world.rules.stream.lognormal(TALK_S, 0.5, "desk.scare_talk", key, moment)
        self._begin(int(self._community[resident]), SCARE, talk)

    def asked(self, resident: int) -> None:
        """Note that a resident asked the hotline, which has seats of its own."""
        self._calls.append((int(self._community[resident]), self._world.engine.now, ASKED, 0.0))

    def _begin(self, area: int, sort: int, talk: float) -> None:
        self._world.engine.process(self._call(area, sort, talk))

    def _call(self, area: int, sort: int, talk: float) -> Process:
        env, called = self._world.engine.env, self._world.engine.now
        with self._takers.request() as taker:
            yield taker
            waited = self._world.engine.now - called
            self._calls.append((area, called, sort, waited))
            yield env.timeout(talk)

    def by_hour(self, areas: NDArray[Any], hours: int, start: float) -> dict[str, NDArray[np.float64]]:
        """Return the calls of each hour and area, [hours × areas]: usual, of the scare, at the hotline, and s waited."""
        row = {int(area): i for i, area in enumerate(areas.tolist())}
        found = {name: np.zeros((hours, len(areas))) for name in ("usual_calls", "calls", "asked", "waited_s")}
        for area, at, sort, waited in self._calls:
            cell = min(int((at - start) // HOUR), hours - 1), row[area]
            found[("usual_calls", "calls", "asked")[sort]][cell] += 1.0
            found["waited_s"][cell] += waited
        return {name: column.ravel() for name, column in found.items()}
