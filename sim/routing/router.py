"""Ways through the streets at the speed of the hour, around what is closed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sim.city.model import Streets
from sim.routing.kernels import one_to_all, reverse, trace

_KEPT = 4096


def travel_times(streets: Streets, speeds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the seconds on every edge in every hour, float64 [24, edges], for speeds in m/s.

    An infinite speed gives a time of 1e-9 s, so that every weight is positive.
    """
    return np.maximum(streets.length[None, :] / speeds, 1e-9)


class Router:
    """Fastest ways on one street network.

    Parameters
    ----------
    streets
        The network.
    travel_time
        Seconds on every edge in every hour, float64 [24, edges], positive.
    """

    def __init__(self, streets: Streets, travel_time: NDArray[np.float64]) -> None:
        self.travel_time = travel_time.copy()
        self._open_time = travel_time
        self._streets = streets
        self._tails = streets.tails()
        self._first_in, self._tail_in, self._edge_in = reverse(streets.first_out, streets.head)
        self._width = np.array([max(float(np.median(hour)), 1e-9) for hour in travel_time])
        self._kept: OrderedDict[tuple[str, int, int], tuple[NDArray[np.float64], NDArray[np.int32]]]
        self._kept = OrderedDict()

    def times_from(self, node: int, hour: int) -> NDArray[np.float64]:
        """Return the seconds from `node` to every node, inf where there is no way."""
        return self._search("from", node, hour)[0]

    def times_to(self, node: int, hour: int) -> NDArray[np.float64]:
        """Return the seconds from every node to `node`, inf where there is no way."""
        return self._search("to", node, hour)[0]

    def nearest(self, node: int, hour: int, candidates: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the seconds from each of the nodes `candidates` to `node`, float64 [candidates]."""
        return self.times_to(node, hour)[candidates]

    def path(self, origin: int, destination: int, hour: int) -> tuple[NDArray[np.int32], float]:
        """Return the edges of the fastest way and its seconds; no edges and inf where there is none."""
        seconds, by_edge = self._search("to", destination, hour)
        if not np.isfinite(seconds[origin]):
            return np.empty(0, dtype=np.int32), float("inf")
        # The search ran backwards from the destination: its tree leads each node towards it.
        backwards = trace(by_edge, self._streets.head, origin)
        return backwards[::-1].copy(), float(seconds[origin])

    def close(self, edges: Iterable[int]) -> None:
        """Close edges: no way crosses them until they are opened."""
        self.travel_time[:, list(edges)] = np.inf
        self._kept.clear()

    def open(self, edges: Iterable[int]) -> None:
        """Open edges again."""
        opened = list(edges)
        self.travel_time[:, opened] = self._open_time[:, opened]
        self._kept.clear()

    def slow(self, edges: NDArray[np.int64], factors: NDArray[np.float64]) -> None:
        """Let edges be driven at `factors` of their speed, each at least 0; 0 closes an edge."""
        with np.errstate(divide="ignore"):
            self.travel_time[:, edges] = self._open_time[:, edges] / factors
        self._kept.clear()

    def _search(self, direction: str, node: int, hour: int) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        key = (direction, node, hour)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        found = self._compute(direction, node, hour)
        self._kept[key] = found
        if len(self._kept) > _KEPT or len(self._kept) * self._streets.nodes > 20_000_000:
            self._kept.popitem(last=False)
        return found

    def _compute(self, direction: str, node: int, hour: int) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        weight, width = self.travel_time[hour], self._width[hour]
        if direction == "from":
            return one_to_all(self._streets.first_out, self._streets.head, weight, node, width)
        seconds, by = one_to_all(self._first_in, self._tail_in, weight[self._edge_in], node, width)
        return seconds, np.where(by >= 0, self._edge_in[np.maximum(by, 0)], -1).astype(np.int32)
