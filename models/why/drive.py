"""A crew's way to the scene taken apart: the usual way, the detour, and what slow streets cost."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.calendar import HOUR
from models.why.log import Log
from sim.routing.router import Router

_SLOW = 0.9  #: of the usual speed, below which a street is told as slow


class Driven(NamedTuple):
    """The seconds of a drive by what they were for; they add up to the drive."""

    usual: float  #: on the fastest way when nothing is closed or slow, in the traffic to be expected
    traffic: float  #: more than that since the traffic there was worse that day
    detour: float  #: more than that on the streets that were taken, at their usual speed
    slow: float  #: more than that at the speed which was left on them
    avoided: NDArray[np.int64]  #: edges of the usual way that were closed or slow at the start
    slowed: NDArray[np.int64]  #: edges that were driven slowly


def _hour(time: float) -> int:
    return int(time // HOUR) % 24


def driven(log: Log, legs: list[dict[str, Any]], node: int, expected: float) -> Driven:
    """Take the legs of a crew to `node` apart; a leg's pace is that of its whole length, `expected` that on a usual day.

    Where a street is freer than the table of hours says, that is how it is undisturbed. With seconds R₀ on its edges undisturbed, R₁ as they were and D as it took, the pace is k = D/R₁, the slow streets cost
    k·(R₁ − R₀), and the detour is k·R₀ summed over the legs less k·F₀ of the fastest undisturbed way, of which (k − expected)·F₀ is the day's traffic.
    """
    legs = [leg for leg in legs if len(leg["edges"])]
    if not legs:
        return Driven(0.0, 0.0, 0.0, 0.0, np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    plain = slow = 0.0
    slowed: list[NDArray[np.int64]] = []
    paces = []
    for leg in legs:
        edges, hour = np.array(leg["edges"], dtype=np.int64), _hour(leg["t_start"])
        factor = log.roads.at(leg["t_start"])[edges]
        took, quiet = leg["t_end"] - leg["t_start"], log.seconds[hour, edges] / np.maximum(factor, 1.0)
        pace = took / float((log.seconds[hour, edges] / np.maximum(factor, 1e-6)).sum())
        paces.append(pace)
        plain += pace * float(quiet.sum())
        slow += took - pace * float(quiet.sum())
        slowed.append(edges[factor < _SLOW])
    start, hour = legs[0]["t_start"], _hour(legs[0]["t_start"])
    tail = int(log.streets.tails()[legs[0]["edges"][0]])
    router, at_start = Router(log.streets, log.seconds), log.roads.at(start)
    freer = np.flatnonzero(at_start > 1.0)
    router.slow(freer, at_start[freer])
    best, seconds = router.path(tail, node, hour)
    usual = min(paces[0] * seconds, plain)
    there = best.astype(np.int64)
    traffic = max(0.0, usual - expected * seconds)
    return Driven(usual - traffic, traffic, plain - usual, slow, there[at_start[there] < _SLOW], np.concatenate(slowed))


def ahead(log: Log, leg: dict[str, Any], node: int) -> NDArray[np.int64]:
    """Return the edges that still lay ahead on the way of a crew that turned, as it had planned it."""
    start, edges = leg["t_start"], leg["edges"]
    router = Router(log.streets, log.seconds)
    changed = log.roads.edges
    router.slow(changed, log.roads.at(start)[changed])
    planned, _ = router.path(int(log.streets.tails()[edges[0]]), node, _hour(start))
    return planned[len(edges) :].astype(np.int64)


def nearer(log: Log, kind: str, node: int, crew: int, time: float) -> list[int]:
    """Return the crews of a kind whose stations lie nearer to `node` than that of `crew`, the nearest first."""
    times = Router(log.streets, log.seconds).times_to(node, _hour(time))[log.crews["node"].to_numpy()]
    same = np.array(log.crews["kind"].to_pylist(), dtype=object) == kind
    found = np.flatnonzero(same & (times < times[crew] - 1.0))
    return [int(one) for one in found[np.argsort(times[found], kind="stable")]]
