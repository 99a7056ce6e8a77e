"""The register of hazards (隐患库) as a kernel: every hazard from its birth until it is gone, found or not.

Times are days since the window began; before it, the city is governed as it is today. A hazard goes by itself, or is found
by the first of the layers that look at its premises; what is found is rectified, and may come back.
"""

from __future__ import annotations

from math import cos, exp, inf, log, pi, sqrt
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from sim.streams import uniform

YEAR = 365.0
CALIBRATED_D = 3 * YEAR  #: days before the window that tell how much hazard there is today
MOST_AGAIN = 12
#: What is counted of every premises and year.
COUNTS = (
    "open_start", "opened", "relapsed", "found_inspectors", "found_patrol", "found_residents", "found_owner",
    "rectified", "gone", "open_end", "hazard_d", "exposed_d", "looked", "rectify_d", "closure_d", "early",
)  # fmt: skip
_START, _OPENED, _RELAPSED, _FOUND = 0, 1, 2, 3
_RECTIFIED, _GONE, _END, _HAZARD_D, _EXPOSED_D, _LOOKED, _RECTIFY_D, _CLOSURE_D, _EARLY = range(7, 16)
_NEVER = 4  #: who found a hazard that nobody finds


class Visits(NamedTuple):
    """Visits of inspectors in order of premises and time, arrays [visits] but for `first`."""

    first: NDArray[np.int64]  #: [premises + 1]
    time: NDArray[np.float64]  #: d
    looks: NDArray[np.int64]  #: bits 0–2: the domains it looks at; bit 3: also across them
    uid: NDArray[np.uint64]
    hit: NDArray[np.bool_]  #: whether it found a hazard, written by the kernel


class Hazards(NamedTuple):
    """Hazards as they arise, arrays [hazards]."""

    premises: NDArray[np.int64]
    born: NDArray[np.float64]  #: d
    id: NDArray[np.uint64]
    early: NDArray[np.bool_]  #: whether it arose before the first inspection of a new licence


class Rules(NamedTuple):
    """How hazards are found and rectified, before the window (index 0) and in it (index 1)."""

    find: NDArray[np.float64]  #: [2, premises, 3] per day, by patrol, residents and owner
    weight: NDArray[np.float64]  #: [2, premises] of a hazard in incidents
    p_find: NDArray[np.float64]  #: [2] of a hazard that a visit looks at
    rectify_d: NDArray[np.float64]  #: [2] median of one order to rectify
    compliance: NDArray[np.float64]  #: [2] share of orders that are followed
    relapse: NDArray[np.float64]  #: [2] share of what was rectified that comes back


class Facts(NamedTuple):
    """What no policy changes."""

    gone_per_d: float  #: hazards that go by themselves
    sigma: float  #: of the logarithm of the time to rectify
    relapse_d: float  #: mean
    across: float  #: share of hazards between domains
    serious: float  #: share of found hazards that close the premises
    end: float  #: d, of the window


class Luck(NamedTuple):
    """Keys of the draws about hazards."""

    domain: np.uint64
    see: np.uint64
    wait: np.uint64
    rectify: np.uint64
    relapse: np.uint64
    serious: np.uint64


@numba.njit(cache=True)
def arrivals(
    key: np.uint64, entities: NDArray[np.uint64], rates: NDArray[np.float64], spans: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return Poisson arrivals of each entity at its rate over its span, as index, number and time, each [arrivals].

    The n-th gap is a draw for (entity, n): a longer span or a higher rate leaves the arrivals that there were, sooner.
    """
    index, number, time = [], [], []
    for i in range(len(entities)):
        if rates[i] <= 0.0:
            continue
        t, n = 0.0, 0
        while True:
            t -= log(uniform(key, entities[i], np.uint64(n))) / rates[i]
            if t >= spans[i]:
                break
            index.append(i)
            number.append(n)
            time.append(t)
            n += 1
    return np.array(index, dtype=np.int64), np.array(number, dtype=np.int64), np.array(time, dtype=np.float64)


@numba.njit(cache=True)
def when(start: float, wait: float, before: float, after: float) -> float:
    """Return when the integral of a rate from `start` is `wait`; the rate changes from `before` to `after` at 0."""
    if start < 0.0:
        if before * -start >= wait:
            return start + wait / before
        wait += before * start
        start = 0.0
    return start + wait / after if after > 0.0 else inf


@numba.njit(cache=True)
def _add_span(cell: NDArray[np.float64], column: int, start: float, stop: float, weight: float) -> None:
    """Add the days from `start` to `stop`, with a weight, to a column of the years [years, columns] of one premises.

    What lies after the last whole year belongs to it.
    """
    for year in range(len(cell)):
        ends = (year + 1) * YEAR if year < len(cell) - 1 else inf
        overlap = min(stop, ends) - max(start, year * YEAR)
        if overlap > 0.0:
            cell[year, column] += weight * overlap


@numba.njit(cache=True)
def _count(cell: NDArray[np.float64], column: int, time: float, end: float, amount: float) -> None:
    """Add `amount` to a column of the year of `time`, if it lies within the window."""
    if 0.0 <= time < end:
        cell[min(int(time / YEAR), len(cell) - 1), column] += amount


@numba.njit(cache=True)
def _visited(
    hazard: np.uint64, mark: int, t: float, until: float, p: tuple[int, Visits, Rules, Luck, float, NDArray[np.float64]]
) -> float:
    """Return when a visit after `t` and before `until` finds the hazard, inf if none does; count who looked at it."""
    premises, visits, rules, luck, end, cell = p
    last = visits.first[premises + 1]
    v = visits.first[premises] + np.searchsorted(visits.time[visits.first[premises] : last], t)
    while v < last and visits.time[v] < until:
        if visits.looks[v] & mark:
            time = visits.time[v]
            _count(cell, _LOOKED, time, end, 1.0)
            if uniform(luck.see, hazard, visits.uid[v]) < rules.p_find[int(time >= 0.0)]:
                visits.hit[v] = True
                return time
        v += 1
    return inf


@numba.njit(cache=True)
def _rectified(hazard: np.uint64, again: int, found: float, rules: Rules, p: tuple[float, Luck]) -> float:
    """Return when a hazard found at `found` is rectified: lognormal by order, and as many orders as it takes."""
    sigma, luck = p
    regime, moment = int(found >= 0.0), np.uint64(4 * again)
    radius = sqrt(-2.0 * log(uniform(luck.rectify, hazard, moment)))
    normal = radius * cos(2.0 * pi * uniform(luck.rectify, hazard, moment + np.uint64(1)))
    disobeys = 1.0 - rules.compliance[regime]
    orders = 1
    if disobeys > 0.0:
        orders += int(log(uniform(luck.rectify, hazard, moment + np.uint64(2))) / log(disobeys))
    return found + orders * rules.rectify_d[regime] * exp(sigma * normal)


@numba.njit(cache=True)
def _first(
    hazard: np.uint64, again: int, t: float, p: tuple[NDArray[np.float64], float, Luck]
) -> tuple[int, float, float]:
    """Return which layer beside the inspectors finds a hazard that is open at `t`, when, and when it goes by itself."""
    find, gone_per_d, luck = p
    by, found = _NEVER, inf
    for layer in range(3):
        wait = -log(uniform(luck.wait, hazard, np.uint64(8 * again + layer)))
        time = when(t, wait, find[0, layer], find[1, layer])
        if time < found:
            by, found = layer + 1, time
    gone = when(t, -log(uniform(luck.wait, hazard, np.uint64(8 * again + 3))), gone_per_d, gone_per_d)
    return by, found, gone


@numba.njit(cache=True)
def _mark(hazard: np.uint64, across: float, luck: Luck) -> int:
    """Return the bit of the domain of a hazard, or that of those between the domains."""
    draw = uniform(luck.domain, hazard, np.uint64(0))
    return 8 if draw < across else 1 << min(int((draw - across) / (1.0 - across) * 3.0), 2)


@numba.njit(cache=True)
def live(
    hazards: Hazards, visits: Visits, rules: Rules, facts: Facts, luck: Luck, counts: NDArray[np.float64]
) -> float:
    """Live every hazard to its end, count into `counts` [premises, years, COUNTS], and return the weighted days of before."""
    before = 0.0
    for h in range(len(hazards.born)):
        i, hazard, t, end = hazards.premises[h], hazards.id[h], hazards.born[h], facts.end
        cell, mark = counts[i], _mark(hazard, facts.across, luck)
        if hazards.early[h]:
            _count(cell, _EARLY, t, end, 1.0)
        for again in range(MOST_AGAIN):
            if t >= end:
                break
            _count(cell, _OPENED if again == 0 else _RELAPSED, t, end, 1.0)
            by, found, gone = _first(hazard, again, t, (rules.find[:, i], facts.gone_per_d, luck))
            visited = _visited(hazard, mark, t, min(found, gone), (i, visits, rules, luck, end, cell))
            if visited < found:
                by, found = 0, visited
            stop = gone if gone < found else _rectified(hazard, again, found, rules, (facts.sigma, luck))
            before += rules.weight[0, i] * max(0.0, min(stop, 0.0) - max(t, -CALIBRATED_D))
            _open(cell, t, stop, rules.weight[1, i], end)
            if gone < found:
                _count(cell, _GONE, gone, end, 1.0)
                break
            _count(cell, _FOUND + by, found, end, 1.0)
            _count(cell, _RECTIFIED, stop, end, 1.0)
            _count(cell, _RECTIFY_D, found, end, stop - found)
            if uniform(luck.serious, hazard, np.uint64(again)) < facts.serious:
                _add_span(cell, _CLOSURE_D, max(found, 0.0), min(stop, end), 1.0)
            if uniform(luck.relapse, hazard, np.uint64(2 * again)) >= rules.relapse[int(stop >= 0.0)]:
                break
            t = stop - facts.relapse_d * log(uniform(luck.relapse, hazard, np.uint64(2 * again + 1)))
    return before


@numba.njit(cache=True)
def _open(cell: NDArray[np.float64], start: float, stop: float, weight: float, end: float) -> None:
    """Count a hazard that is open from `start` to `stop` in the years in which it is."""
    _add_span(cell, _HAZARD_D, max(start, 0.0), min(stop, end), 1.0)
    _add_span(cell, _EXPOSED_D, max(start, 0.0), min(stop, end), weight)
    for year in range(len(cell)):
        if start < year * YEAR <= stop:
            cell[year, _START] += 1.0
        if start < ((year + 1) * YEAR if year < len(cell) - 1 else end) <= stop:
            cell[year, _END] += 1.0
