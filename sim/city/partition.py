"""Balanced connected parts of a graph: subtrees are cut off a breadth-first tree when they are heavy enough."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray


@numba.njit(cache=True)
def connected_parts(
    first: NDArray[np.int32],
    neighbour: NDArray[np.int32],
    weight: NDArray[np.float64],
    target: float,
) -> NDArray[np.int32]:
    """Divide an undirected graph into connected parts of about `target` weight.

    first, neighbour : compressed sparse rows, each edge in both directions;  weight : [nodes] ≥ 0.

    Returns the part of each node, int32 [nodes], numbered from 0 in order of the lowest node. A part is a
    subtree of a depth-first tree, whose thin branches keep the parts near the target; a rest that
    is too light joins a neighbouring part.
    """
    n = len(first) - 1
    parent = np.full(n, -1, dtype=np.int32)
    order = np.empty(n, dtype=np.int32)
    seen = np.zeros(n, dtype=np.bool_)
    place = first[:-1].copy()
    stack = np.empty(n, dtype=np.int32)
    count = 0
    for root in range(n):
        if seen[root]:
            continue
        seen[root] = True
        stack[0] = root
        depth = 1
        order[count] = root
        count += 1
        while depth > 0:
            v = stack[depth - 1]
            if place[v] == first[v + 1]:
                depth -= 1
                continue
            w = neighbour[place[v]]
            place[v] += 1
            if not seen[w]:
                seen[w] = True
                parent[w] = v
                order[count] = w
                count += 1
                stack[depth] = w
                depth += 1
    load = weight.copy()
    cut = np.zeros(n, dtype=np.bool_)
    for i in range(n - 1, -1, -1):
        v = order[i]
        p = parent[v]
        if p < 0 or load[v] >= 0.8 * target or load[v] + load[p] > 1.6 * target:
            cut[v] = True
        else:
            load[p] += load[v]
    part = np.full(n, -1, dtype=np.int32)
    parts = 0
    for i in range(n):
        v = order[i]
        if cut[v]:
            part[v] = parts
            parts += 1
        else:
            part[v] = part[parent[v]]
    return _merge_light(first, neighbour, weight, part, parts, 0.45 * target)


@numba.njit(cache=True)
def _merge_light(
    first: NDArray[np.int32],
    neighbour: NDArray[np.int32],
    weight: NDArray[np.float64],
    part: NDArray[np.int32],
    parts: int,
    light: float,
) -> NDArray[np.int32]:
    """Let each part below `light` join its lightest neighbour, lightest first, as long as there is one."""
    n = len(part)
    load = np.zeros(parts)
    for v in range(n):
        load[part[v]] += weight[v]
    into = np.arange(parts).astype(np.int32)
    while True:
        best = np.full(parts, -1, dtype=np.int32)
        for v in range(n):
            a = into[part[v]]
            for k in range(first[v], first[v + 1]):
                b = into[part[neighbour[k]]]
                if a != b and (best[a] < 0 or load[b] < load[best[a]]):
                    best[a] = b
        busy = np.zeros(parts, dtype=np.bool_)
        merged = 0
        for a in np.argsort(load):
            if into[a] != a or load[a] >= light or best[a] < 0 or busy[a] or busy[best[a]]:
                continue
            b = best[a]
            busy[a] = True
            busy[b] = True
            load[b] += load[a]
            for c in range(parts):
                if into[c] == a:
                    into[c] = b
            merged += 1
        if merged == 0:
            break
    number = np.full(parts, -1, dtype=np.int32)
    count = 0
    result = np.empty(n, dtype=np.int32)
    for v in range(n):
        a = into[part[v]]
        if number[a] < 0:
            number[a] = count
            count += 1
        result[v] = number[a]
    return result


def undirected(nodes: int, a: NDArray[np.int32], b: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return compressed sparse rows of the undirected graph with the edges (a, b), without doubles."""
    ends = np.unique(np.concatenate([np.stack([a, b]), np.stack([b, a])], axis=1), axis=1)
    ends = ends[:, ends[0] != ends[1]]
    first = np.searchsorted(ends[0], np.arange(nodes + 1)).astype(np.int32)
    return first, ends[1].astype(np.int32)
