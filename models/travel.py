"""Crews on the streets: where they are, how long a way takes, and the log of their legs."""

from __future__ import annotations

from collections.abc import Generator
from math import exp
from typing import Any, NamedTuple

import numpy as np
import simpy
from numpy.typing import NDArray

from models.world import World

DECISIONS = ("travel.traffic",)
#: Standard deviation of the logarithm of travel times, fitted to the spread of ambulance arrivals (assumption).
TRAFFIC_SIGMA = 0.3


class _WayHome(NamedTuple):
    """A crew's way back to its station, which a new order may break off at the next junction."""

    edges: NDArray[np.int32]
    arrivals: NDArray[np.float64]  #: time at the end of each edge (s)
    start: float


class Travel:
    """Moves crews along the streets, at the speed of the hour and with priority on the way to a scene."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._homeward: dict[int, _WayHome] = {}
        hospitals = world.city.facilities.of_kind("hospital")
        self._hospitals = world.city.facilities.drive_node[hospitals].astype(np.int32)

    def go(self, crew: int, node: int, order: int, purpose: str) -> Generator[simpy.Event, Any, None]:
        """Bring a crew from where it stands to `node`; an unreachable node is never entered."""
        world = self._world
        edges, seconds = self._way(int(world.crews.node[crew]), node)
        if purpose == "to_scene":
            factor = "traffic.priority_factor" if world.crews.priority[crew] else "traffic.others_factor"
            seconds = seconds * world.rules[factor] * self._traffic(order) * world.crews.pace[crew]
        start = world.engine.now
        yield world.engine.env.timeout(float(seconds.sum()))
        world.crews.node[crew] = node
        world.recorder.leg(crew, order, purpose, "drive", (start, world.engine.now), edges)

    def _traffic(self, order: int) -> float:
        """Return the day's luck with the traffic around an incident: lognormal with a mean of 1, for every crew the same."""
        median = exp(-(TRAFFIC_SIGMA**2) / 2.0)
        world = self._world
        return world.rules.stream.lognormal(median, TRAFFIC_SIGMA, "travel.traffic", world.incident(order))

    def send_home(self, crew: int) -> None:
        """Let a free crew drive to where it waits, from wherever it is; it can be recalled on the way."""
        world = self._world
        now = world.engine.now + self.recall(crew)
        edges, seconds = self._way(int(world.crews.node[crew]), int(world.crews.home[crew]))
        if len(edges) == 0:
            return
        way = _WayHome(edges, now + np.cumsum(seconds), now)
        self._homeward[crew] = way
        world.engine.at(float(way.arrivals[-1]), lambda: self._come_home(crew, way))

    def recall(self, crew: int) -> float:
        """Break off a way home at the next junction; return the seconds until the crew is there."""
        way = self._homeward.pop(crew, None)
        if way is None:
            return 0.0
        world = self._world
        now = world.engine.now
        done = min(int(np.searchsorted(way.arrivals, now)), len(way.edges) - 1)
        world.crews.node[crew] = world.city.drive.head[way.edges[done]]
        until = float(way.arrivals[done])
        world.crews.empty[crew] += until - way.start
        world.recorder.leg(crew, -1, "return", "drive", (way.start, until), way.edges[: done + 1])
        return max(0.0, until - now)

    def nearest_hospital(self, node: int) -> int:
        """Return the drive node of the hospital that is reached first from `node`, or `node` itself."""
        world = self._world
        if not len(self._hospitals):
            return node
        times = world.router.times_from(node, world.hour(world.engine.now))[self._hospitals]
        best = int(np.argmin(times))
        return int(self._hospitals[best]) if np.isfinite(times[best]) else node

    def position(self, crew: int) -> int:
        """Return the node where a crew is now, or that it reaches next on its way home."""
        way = self._homeward.get(crew)
        if way is None:
            return int(self._world.crews.node[crew])
        done = min(int(np.searchsorted(way.arrivals, self._world.engine.now)), len(way.edges) - 1)
        return int(self._world.city.drive.head[way.edges[done]])

    def _come_home(self, crew: int, way: _WayHome) -> None:
        if self._homeward.get(crew) is not way:
            return
        del self._homeward[crew]
        world = self._world
        world.crews.node[crew] = world.city.drive.head[way.edges[-1]]
        world.crews.empty[crew] += world.engine.now - way.start
        world.recorder.leg(crew, -1, "return", "drive", (way.start, world.engine.now), way.edges)

    def _way(self, origin: int, destination: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Return the edges of the fastest way now and the seconds on each."""
        world = self._world
        hour = world.hour(world.engine.now)
        edges, _ = world.router.path(origin, destination, hour)
        seconds = world.router.travel_time[hour, edges]
        return edges, seconds.astype(np.float64)
