"""Patrols: each grid worker walks the streets of the grid, round by round, and may see what is there."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from sim.city.model import City
from sim.streams import Stream, uniform

DECISIONS = ("patrol.see", "patrol.self_work")
WALKING, OCCUPIED = 0, 1
#: The working day of a grid worker, h (assumption).
SHIFT = (8.5, 17.5)


@dataclass
class Patrol:
    """Grid workers and their rounds; one worker a grid, all arrays [workers] unless noted."""

    grid: NDArray[np.int32]  #: area of the worker
    first: NDArray[np.int32]  #: [workers + 1] where the tour of each worker begins in `tour`
    tour: NDArray[np.int32]  #: [stops] walk nodes, tour by tour
    at: NDArray[np.float64]  #: [stops] share of the round at which the stop is passed, in [0, 1)
    progress: NDArray[np.float64]  #: rounds walked since the start
    state: NDArray[np.int8]  #: WALKING or OCCUPIED
    waiting: NDArray[np.int32]  #: [walk nodes] first open event there, -1 for none
    following: NDArray[np.int32]  #: [orders] next open event at the same node, -1 for none

    def __len__(self) -> int:
        return len(self.grid)


def build_patrol(city: City, orders: int) -> Patrol:
    """Lay a round through the walk nodes of every grid, from neighbour to neighbour."""
    grid_of = city.areas.grid_of_walk_node
    order = np.argsort(grid_of, kind="stable")
    grids, starts = np.unique(grid_of[order], return_index=True)
    first = np.append(starts, len(order)).astype(np.int32)
    tour = order.astype(np.int32)
    at = np.zeros(len(order))
    for i in range(len(grids)):
        nodes = tour[first[i] : first[i + 1]]
        stops = round_trip(city.walk.x[nodes], city.walk.y[nodes])
        tour[first[i] : first[i + 1]] = nodes[stops]
        at[first[i] : first[i + 1]] = _shares(city.walk.x[nodes[stops]], city.walk.y[nodes[stops]])
    return Patrol(
        grid=grids.astype(np.int32),
        first=first,
        tour=tour,
        at=at,
        progress=np.zeros(len(grids)),
        state=np.zeros(len(grids), dtype=np.int8),
        waiting=np.full(city.walk.nodes, -1, dtype=np.int32),
        following=np.full(orders, -1, dtype=np.int32),
    )


@numba.njit(cache=True)
def round_trip(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return an order in which to visit the points, always going on to the nearest one left; x, y in m."""
    n = len(x)
    seen = np.zeros(n, dtype=np.bool_)
    stops = np.zeros(n, dtype=np.int64)
    seen[0] = True
    for i in range(1, n):
        here, best, nearest = stops[i - 1], -1, np.inf
        for j in range(n):
            distance = (x[j] - x[here]) ** 2 + (y[j] - y[here]) ** 2
            if not seen[j] and distance < nearest:
                best, nearest = j, distance
        stops[i] = best
        seen[best] = True
    return stops


def _shares(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    steps = np.hypot(np.diff(x, append=x[0]), np.diff(y, append=y[0])) + 1.0
    return np.concatenate([[0.0], np.cumsum(steps)[:-1]]) / steps.sum()


@numba.njit(cache=True)
def walk(
    first: NDArray[np.int32],
    tour: NDArray[np.int32],
    at: NDArray[np.float64],
    progress: NDArray[np.float64],
    state: NDArray[np.int8],
    waiting: NDArray[np.int32],
    following: NDArray[np.int32],
    incident: NDArray[np.int64],
    key: np.uint64,
    rounds: float,
    p_see: float,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Move every walking worker by `rounds` rounds; return the pairs (worker, order) that were found.

    A worker who finds something stops there for this beat. Each passing of an event is one draw for
    (event, number of the round), so a worker who walks on sees the same things under every policy.
    """
    workers, orders = [], []
    for w in range(len(progress)):
        if state[w] != 0:
            continue
        lo, hi = first[w], first[w + 1]
        end = progress[w] + rounds
        lap = np.floor(progress[w])
        found = False
        while lap <= end and not found:
            for stop in range(lo, hi):
                when = lap + at[stop]
                if when < progress[w] or when >= end:
                    continue
                order = waiting[tour[stop]]
                while order >= 0 and not found:
                    seen = uniform(key, np.uint64(incident[order]), np.uint64(np.int64(lap)))
                    if seen < p_see:
                        workers.append(w)
                        orders.append(order)
                        end = when + 1e-9
                        found = True
                    order = following[order]
                if found:
                    break
            lap += 1.0
        progress[w] = end
    return np.array(workers, dtype=np.int32), np.array(orders, dtype=np.int32)


def put(patrol: Patrol, node: int, order: int) -> None:
    """Let an event lie open at a walk node."""
    patrol.following[order] = patrol.waiting[node]
    patrol.waiting[node] = order


def take(patrol: Patrol, node: int, order: int) -> bool:
    """Take an event away from a walk node; return whether it lay there."""
    at, before = int(patrol.waiting[node]), -1
    while at >= 0 and at != order:
        before, at = at, int(patrol.following[at])
    if at < 0:
        return False
    if before < 0:
        patrol.waiting[node] = patrol.following[order]
    else:
        patrol.following[before] = patrol.following[order]
    return True


def on_shift(hour_of_day: float) -> bool:
    """Return whether grid workers walk at this hour."""
    return SHIFT[0] <= hour_of_day < SHIFT[1]


def walk_beat(
    patrol: Patrol, incident: NDArray[np.int64], stream: Stream, rounds: float, p_see: float
) -> list[tuple[int, int]]:
    """Move all workers by `rounds` rounds; return the (worker, order) pairs found."""
    workers, orders = walk(
        patrol.first, patrol.tour, patrol.at, patrol.progress, patrol.state, patrol.waiting,
        patrol.following, incident, stream.key("patrol.see"), rounds, p_see,
    )  # fmt: skip
    return list(zip(workers.tolist(), orders.tolist(), strict=True))
