"""Exact twins of the queues of the reference set, in numbers of the mean service, and many copies of them at once."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

import numpy as np


def by_priority(arrivals, services, priority, servers: int) -> np.ndarray:
    """The waits of calls served by (priority, arrival), nobody interrupted."""
    waits, waiting, ends = np.empty(len(arrivals)), [], [-np.inf] * servers
    heapq.heapify(ends)

    def serve(until: float) -> None:
        while waiting and ends[0] <= until:
            _, i = heapq.heappop(waiting)
            begins = max(ends[0], arrivals[i])
            waits[i] = begins - arrivals[i]
            heapq.heapreplace(ends, begins + services[i])

    arrivals, services, priority = list(arrivals), list(services), list(priority)
    for i, now in enumerate(arrivals):
        serve(now)
        heapq.heappush(waiting, (priority[i], i))
    serve(np.inf)
    return waits


def by_preference(arrivals, services, preferences: Sequence[Sequence[int]], servers: int) -> np.ndarray:
    """Who serves each call, where the first free server of the call's list goes and the line is first come first served."""
    free, who = [-np.inf] * servers, np.empty(len(arrivals), dtype=int)
    for i, now in enumerate(arrivals):
        idle = [server for server in preferences[i] if free[server] <= now]
        who[i] = idle[0] if idle else min(range(servers), key=free.__getitem__)
        free[who[i]] = max(now, free[who[i]]) + services[i]
    return who


def many(
    servers: int, rate: float, takes: Callable[[int], np.ndarray], seed: int, *, loses: bool = False,
    copies: int = 2000, warm: int = 800, calls: int = 1500,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """The mean wait and the share that finds all servers busy, in each of many copies after `warm` calls.

    All copies take one step of Kiefer and Wolfowitz (1955) at once; where `loses`, whoever finds all busy goes away.
    """
    luck = np.random.default_rng(seed)
    work, wait, busy = np.zeros((copies, servers)), np.zeros(copies), np.zeros(copies)
    for call in range(warm + calls):
        waits = work[:, 0].copy()
        if call >= warm:
            wait += waits
            busy += waits > 0.0
        work[:, 0] += np.where(waits > 0.0, 0.0, takes(copies)) if loses else takes(copies)
        work -= luck.exponential(1.0 / rate, copies)[:, None]
        np.maximum(work, 0.0, out=work)
        work.sort(axis=1)
    return wait / calls, busy / calls
