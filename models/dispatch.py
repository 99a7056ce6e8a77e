"""Who goes: the desk asks the policy and hands crews to waiting orders."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import simpy
from numpy.typing import NDArray

from models.crews import BUSY, IDLE, next_shift
from models.travel import Travel
from models.world import World

DECISIONS = ("dispatch.pooled",)


class DispatchView(NamedTuple):
    """What the policy sees: the free crews that could go, [candidates]."""

    crews: NDArray[np.int64]
    seconds: NDArray[np.float64]  #: travel time to the incident, inf where it cannot be reached
    own: NDArray[np.bool_]  #: whether the crew belongs to the incident's street
    pooled: bool  #: whether this order may go to any owner's crew


def choose_crew(view: DispatchView) -> int | None:
    """Return the crew to send: the nearest one, or the nearest of the own area first; None if none can go.

    Ties go to the crew with the lower number.
    """
    reachable = np.isfinite(view.seconds)
    if not reachable.any():
        return None
    preferred = reachable & view.own
    mask = reachable if view.pooled or not preferred.any() else preferred
    seconds = np.where(mask, view.seconds, np.inf)
    return int(view.crews[int(np.argmin(seconds))])


@dataclass(order=True)
class _Request:
    priority: int
    time: float
    order: int
    rank: int
    kind: str = ""
    granted: Any = None


class Dispatcher:
    """Keeps the waiting requests of each kind of crew, and grants them by priority and time."""

    def __init__(self, world: World, travel: Travel) -> None:
        self._world = world
        self._travel = travel
        self._street = world.city.areas.ancestor("street")
        self._waiting: dict[str, list[_Request]] = {kind: [] for kind in world.crews.kinds}

    def waiting(self, kind: str) -> int:
        """Return the number of requests that wait for a crew of `kind`."""
        return len(self._waiting.get(kind, ()))

    def request(self, order: int, kind: str, rank: int) -> simpy.Event:
        """Ask for the `rank`-th crew of `kind` for `order`; the event succeeds with the crew's number."""
        world = self._world
        granted = world.engine.env.event()
        if kind in self._waiting:
            if rank == 1:
                world.orders.lent[order] = self._own_are_lent(order, kind)
            priority = int(world.orders.priority[order])
            request = _Request(priority, world.engine.now, order, rank, kind, granted)
            heapq.heappush(self._waiting[kind], request)
            self.match(kind)
            if not granted.triggered:  # nobody may be on duty; a crew that comes free asks for itself
                free = world.crews.available(kind, world.engine.now)
                world.tell(order, "no_way" if len(free) else "no_crew")
                world.engine.at(next_shift(world.engine.now), lambda: self.match(kind))
        return granted

    def release(self, crew: int) -> None:
        """Take back a crew that is free again."""
        crews = self._world.crews
        crews.state[crew], crews.lent[crew] = IDLE, False
        self.match(crews.kinds[crews.kind[crew]])

    def match_all(self) -> None:
        """Grant what can be granted: called at every beat, since streets may open."""
        for kind, requests in self._waiting.items():
            if requests:
                self.match(kind)

    def match(self, kind: str) -> None:
        """Grant the requests for `kind` in order of (priority, time) while crews are free."""
        requests, left = self._waiting[kind], []
        while requests:
            free = self._world.crews.available(kind, self._world.engine.now)
            if not len(free):
                break
            request = heapq.heappop(requests)
            crew = choose_crew(self._view(request.order, free))
            if crew is None:
                left.append(request)
                continue
            self._world.crews.state[crew] = BUSY
            self._world.crews.lent[crew] = self._world.crews.street[crew] != self._street_of(request.order)
            request.granted.succeed(crew)
        for request in left:
            heapq.heappush(requests, request)

    def _street_of(self, order: int) -> int:
        return int(self._street[self._world.incidents.grid[order]])

    def _own_are_lent(self, order: int, kind: str) -> bool:
        """Return whether no crew of the order's street is free, and one of them at least is at work for another."""
        crews, street = self._world.crews, self._street_of(order)
        free = crews.available(kind, self._world.engine.now)
        own = (crews.kind == crews.kinds.index(kind)) & (crews.street == street)
        return bool((own & crews.lent).any()) and not bool((crews.street[free] == street).any())

    def _view(self, order: int, free: NDArray[np.int64]) -> DispatchView:
        world = self._world
        node = int(world.incidents.node[order])
        where = np.array([self._travel.position(crew) for crew in free.tolist()], dtype=np.int32)
        seconds = world.router.nearest(node, world.hour(world.engine.now), where)
        street = self._street_of(order)
        share = world.rules_of(order)["routing.pooled_share"]
        pooled = world.rules.stream.chance(share, "dispatch.pooled", world.incident(order))
        return DispatchView(free, seconds, world.crews.street[free] == street, pooled)
