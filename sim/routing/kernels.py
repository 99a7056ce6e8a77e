"""Shortest-path kernels over compressed sparse rows; plain arrays in and out.

`one_to_all` is a bucket queue (Dial, 1969, doi:10.1145/363269.363610) with re-relaxation inside a bucket,
as in serial Δ-stepping (Meyer and Sanders, 2003, doi:10.1016/S0196-6774(03)00076-2): exact for any width.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray


@numba.njit(cache=True, error_model="numpy")
def one_to_all(
    first_out: NDArray[np.int32],
    head: NDArray[np.int32],
    weight: NDArray[np.float64],
    source: int,
    width: float,
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Return the distance to every node and the edge by which it is reached.

    weight : float64 [edges], positive, inf for a closed edge;  width : of a bucket, positive.

    Distances are inf and edges -1 where a node is not reached. Of equal ways the one whose last edge has the
    lower number is kept, so that the answer does not depend on the order of the search.
    """
    n = len(first_out) - 1
    distance = np.full(n, np.inf)
    by_edge = np.full(n, -1, dtype=np.int32)
    largest = 0.0
    for e in range(len(weight)):
        if weight[e] > largest and weight[e] < np.inf:
            largest = weight[e]
    buckets = int(largest / width) + 3
    top = np.full(buckets, -1, dtype=np.int32)
    after = np.full(n, -1, dtype=np.int32)
    before = np.full(n, -1, dtype=np.int32)
    slot_of = np.full(n, -1, dtype=np.int32)
    distance[source] = 0.0
    top[0] = source
    slot_of[source] = 0
    queued, number = 1, 0
    while queued > 0:
        slot = number % buckets
        v = top[slot]
        if v < 0:
            number += 1
            continue
        top[slot] = after[v]
        if after[v] >= 0:
            before[after[v]] = -1
        slot_of[v] = -1
        queued -= 1
        d = distance[v]
        for e in range(first_out[v], first_out[v + 1]):
            w = head[e]
            longer = d + weight[e]
            if longer > distance[w] or longer == np.inf:
                continue
            if longer == distance[w]:
                by_edge[w] = min(by_edge[w], e)
                continue
            distance[w] = longer
            by_edge[w] = e
            old = slot_of[w]
            new = int(longer / width) % buckets
            if old == new:
                continue
            if old >= 0:
                if before[w] >= 0:
                    after[before[w]] = after[w]
                else:
                    top[old] = after[w]
                if after[w] >= 0:
                    before[after[w]] = before[w]
                queued -= 1
            after[w] = top[new]
            before[w] = -1
            if top[new] >= 0:
                before[top[new]] = w
            top[new] = w
            slot_of[w] = new
            queued += 1
    return distance, by_edge


@numba.njit(cache=True)
def reverse(
    first_out: NDArray[np.int32], head: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Return the reversed graph: first edge of each node, heads, and the number of the original edge."""
    n = len(first_out) - 1
    first = np.zeros(n + 1, dtype=np.int32)
    for e in range(len(head)):
        first[head[e] + 1] += 1
    for v in range(n):
        first[v + 1] += first[v]
    place = first[:-1].copy()
    tail = np.empty(len(head), dtype=np.int32)
    edge = np.empty(len(head), dtype=np.int32)
    for v in range(n):
        for e in range(first_out[v], first_out[v + 1]):
            i = place[head[e]]
            tail[i] = v
            edge[i] = e
            place[head[e]] += 1
    return first, tail, edge


@numba.njit(cache=True)
def trace(by_edge: NDArray[np.int32], tails: NDArray[np.int32], destination: int) -> NDArray[np.int32]:
    """Return the edges of the way to `destination`, in order; empty where it starts or is not reached."""
    count, v = 0, destination
    while by_edge[v] >= 0:
        count += 1
        v = tails[by_edge[v]]
    edges = np.empty(count, dtype=np.int32)
    v = destination
    for i in range(count - 1, -1, -1):
        edges[i] = by_edge[v]
        v = tails[by_edge[v]]
    return edges
