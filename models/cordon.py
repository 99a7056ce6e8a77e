"""A cordon: the streets that are closed around a place, with a way in to each place that rescue must reach."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sim.city.model import Streets

WAY_IN = 0.3  #: of the speed on the way that is kept for rescue (assumption: it is guarded and narrow)


def cordon(streets: Streets, nodes: Iterable[int], inside: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the factor of the speed on every edge, float64 [edges]: 0 between nodes `inside`, but for a way to each of `nodes`.

    inside : bool [nodes]. A way in has the fewest streets, of equal ones the one that is found first in the order of
    edges; both its directions stay open.
    """
    closed = inside[streets.tails()] & inside[streets.head]
    factors = np.where(closed, 0.0, 1.0)
    for node in nodes:
        _keep_way(factors, streets, node, inside)
    return factors


def _keep_way(factors: NDArray[np.float64], streets: Streets, node: int, inside: NDArray[np.bool_]) -> None:
    by: dict[int, int] = {node: -1}
    queue = deque([node])
    while queue:
        v = queue.popleft()
        if not inside[v]:
            _keep(factors, streets, by, v)
            break
        for edge in range(int(streets.first_out[v]), int(streets.first_out[v + 1])):
            head = int(streets.head[edge])
            if head not in by:
                by[head] = edge
                queue.append(head)


def _keep(factors: NDArray[np.float64], streets: Streets, by: dict[int, int], v: int) -> None:
    tails = streets.tails()
    while by[v] >= 0:
        edge, v = by[v], int(tails[by[v]])
        back = range(int(streets.first_out[streets.head[edge]]), int(streets.first_out[streets.head[edge] + 1]))
        for one in (edge, *(e for e in back if int(streets.head[e]) == v)):
            factors[one] = max(factors[one], WAY_IN)
