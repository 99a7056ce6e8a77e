"""Fire as a walk along links: who burns when every burning building lights its neighbours after a known delay.

The exact answer for fixed delays (first passage), which the stepped model must agree with, and for chances (bond
percolation: a square lattice spans at p = ½, Kesten 1980, doi:10.1007/BF01197577).
"""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.streams import Stream


def first_passage(
    first: NDArray[np.int64], to: NDArray[np.int32], delay: NDArray[np.float64], sources: list[int]
) -> NDArray[np.float64]:
    """Return when each building takes fire, s after the sources; infinity for never, float64 [buildings].

    Parameters
    ----------
    first, to
        Links in compressed rows, [buildings + 1] and [links].
    delay
        Time from a building's taking fire to its lighting the other, s, [links]; infinity where it never does.
    sources
        Buildings that burn at 0.
    """
    if np.isnan(delay).any() or (delay < 0.0).any():
        raise InputError(en="delays must be numbers from 0 or infinity", zh="延迟须为不小于 0 的数或无穷大")
    when = np.full(len(first) - 1, np.inf)
    queue = [(0.0, source) for source in sources]
    when[sources] = 0.0
    while queue:
        now, b = heapq.heappop(queue)
        if now > when[b]:
            continue
        for p in range(first[b], first[b + 1]):
            then = now + delay[p]
            if then < when[to[p]]:
                when[to[p]] = then
                heapq.heappush(queue, (then, int(to[p])))
    return when


def open_links(
    stream: Stream, decision: str, keys: NDArray[np.uint64], links: tuple[NDArray[np.int64], NDArray[np.int32]],
    chance: float,
) -> NDArray[np.bool_]:  # fmt: skip
    """Return which links light at all, each with `chance`; both directions of a pair share their luck, [links]."""
    first, to = links
    source = np.repeat(np.arange(len(first) - 1), np.diff(first))
    low, high = np.minimum(source, to), np.maximum(source, to)
    return stream.uniforms(decision, keys[low], keys[high]) < chance
