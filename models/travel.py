"""Crews on the streets: where they are, how long a way takes, and the log of their legs."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from math import exp
from typing import Any

import numpy as np
import simpy
from numpy.typing import NDArray

from models.world import World

DECISIONS = ("travel.traffic",)
#: Standard deviation of the logarithm of travel times, fitted to the spread of ambulance arrivals (assumption).
TRAFFIC_SIGMA = 0.3
#: Another way is taken where it saves both this share of what is left and so many s: nobody turns for less (assumption).
WORTH_SHARE, WORTH_S = 0.1, 30.0
_NOWHERE: NDArray[np.int32] = np.empty(0, dtype=np.int32)


@dataclass(eq=False)
class _Way:
    """Edges, and when the end of each is reached."""

    edges: NDArray[np.int32]
    arrivals: NDArray[np.float64]  #: s since midnight of the first day

    def at(self, time: float) -> int:
        """Return the edge of the way on which one is at `time`."""
        return min(int(np.searchsorted(self.arrivals, time)), len(self.edges) - 1)


@dataclass(eq=False)
class _Leg(_Way):
    """A crew's way to where it is needed; `broken_off` is the event that the streets ahead have changed."""

    broken_off: simpy.Event
    cause: int = -1  #: event of the log that changed them


@dataclass(eq=False)
class _WayHome(_Way):
    """A crew's way back to its station, which a new order may break off at the next junction."""

    start: float

    def at(self, time: float) -> int:
        """Return the edge of the way on which one is at `time`, -1 before the start."""
        return -1 if time < self.start else super().at(time)


class Travel:
    """Moves crews along the streets, at the speed of the hour and with priority on the way to a scene."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._homeward: dict[int, _WayHome] = {}
        self._under_way: dict[int, _Leg] = {}
        self._change: simpy.Event | None = None
        world.roads.listen(self._hear)
        hospitals = world.city.facilities.of_kind("hospital")
        self._hospitals = world.city.facilities.drive_node[hospitals].astype(np.int32)

    def go(self, crew: int, node: int, order: int, purpose: str) -> Generator[simpy.Event, Any, None]:
        """Bring a crew from where it stands to `node`, around what closes on the way; an unreachable node is never entered.

        Where streets ahead change, it looks anew at the next junction, and leaves its way only for a much shorter one.
        """
        world = self._world
        cut_off, planned, cause = False, _NOWHERE, -1
        while True:
            edges, seconds = self._onward(int(world.crews.node[crew]), node, planned, self._pace(crew, order, purpose))
            if len(planned) and len(edges) and not np.array_equal(edges, planned):
                turns = int(edges[0]) != int(planned[0])
                world.tell(order, "turned_back" if turns else "another_way", crew=crew, cause=cause)
            if not len(edges) and int(world.crews.node[crew]) != node:  # no way, until the streets change
                if not cut_off:
                    world.tell(order, "no_way", crew=crew)
                cut_off, planned = True, _NOWHERE
                yield self._streets_change()
                continue
            start = world.engine.now
            leg = _Leg(edges, start + np.cumsum(seconds), world.engine.env.event())
            self._under_way[crew] = leg
            yield world.engine.env.timeout(float(seconds.sum())) | leg.broken_off
            del self._under_way[crew]
            if not leg.broken_off.triggered:
                world.crews.node[crew] = node
                world.recorder.leg(crew, order, purpose, "drive", (start, world.engine.now), edges)
                return
            done = leg.at(world.engine.now)
            yield world.engine.env.timeout(max(0.0, float(leg.arrivals[done]) - world.engine.now))
            world.crews.node[crew] = world.city.drive.head[edges[done]]
            world.recorder.leg(crew, order, purpose, "drive", (start, world.engine.now), edges[: done + 1])
            planned, cause = edges[done + 1 :], leg.cause

    def _pace(self, crew: int, order: int, purpose: str) -> tuple[float, ...]:
        """Return the factors of a crew's time on the streets: of priority, of the day's traffic and of the crew."""
        world = self._world
        if purpose != "to_scene":
            return ()
        factor = "traffic.priority_factor" if world.crews.priority[crew] else "traffic.others_factor"
        return world.rules[factor], self._traffic(order), float(world.crews.pace[crew])

    def _onward(
        self, origin: int, destination: int, planned: NDArray[np.int32], pace: tuple[float, ...]
    ) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Return the way to go on and the seconds on each of its edges: the one planned, unless another is worth it."""
        edges, seconds = self._way(origin, destination)
        for factor in pace:
            seconds = seconds * factor
        if not len(planned):
            return edges, seconds
        world = self._world
        stay = world.router.travel_time[world.hour(world.engine.now), planned].astype(np.float64)
        for factor in pace:
            stay = stay * factor
        left = float(stay.sum())  # inf where it is closed
        if left - float(seconds.sum()) <= max(WORTH_S, WORTH_SHARE * min(left, np.finfo(np.float64).max)):
            return planned, stay
        return edges, seconds

    def _streets_change(self) -> simpy.Event:
        """Return the event that the speed on some street has changed."""
        if self._change is None or self._change.triggered:
            self._change = self._world.engine.env.event()
        return self._change

    def _hear(self, changed: NDArray[np.int64], cause: int) -> None:
        """Let crews plan anew whose way leads over streets that have changed."""
        if self._change is not None and not self._change.triggered:
            self._change.succeed()
        now = self._world.engine.now
        for leg in list(self._under_way.values()):
            ahead = leg.edges[leg.at(now) + 1 :]
            if len(ahead) and not leg.broken_off.triggered and np.isin(ahead, changed).any():
                leg.cause = cause
                leg.broken_off.succeed()
        for crew, way in list(self._homeward.items()):
            if np.isin(way.edges[way.at(now) + 1 :], changed).any():
                self.send_home(crew)

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
        done = way.at(now)
        if done < 0:  # it has not set out
            return way.start - now
        world.crews.node[crew] = world.city.drive.head[way.edges[done]]
        until = float(way.arrivals[done])
        world.crews.empty[crew] += until - way.start
        world.recorder.leg(crew, -1, "return", "drive", (way.start, until), way.edges[: done + 1])
        return max(0.0, until - now)

    def nearest_hospital(self, node: int) -> int:
        """Return the drive node of the hospital that is reached first from `node`, or `node` itself.

        A dark hospital is passed by while another one takes patients in.
        """
        world = self._world
        if not len(self._hospitals):
            return node
        times = world.router.times_from(node, world.hour(world.engine.now))[self._hospitals]
        dark = world.dark_hospitals
        if dark is not None and np.isfinite(times[~dark]).any():
            times = np.where(dark, np.inf, times)
        best = int(np.argmin(times))
        return int(self._hospitals[best]) if np.isfinite(times[best]) else node

    def position(self, crew: int) -> int:
        """Return the node where a crew is now, or that it reaches next on its way home."""
        way = self._homeward.get(crew)
        done = -1 if way is None else way.at(self._world.engine.now)
        if way is None or done < 0:
            return int(self._world.crews.node[crew])
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
