"""User equilibrium: nobody gets faster by another way (Wardrop, 1952), by the bi-conjugate Frank–Wolfe method.

Mitradjieva and Lindberg (2013), Transportation Science 47(2), doi:10.1287/trsc.1120.0409. The relative gap is
1 − Σ shortest / Σ spent. Flows on turns are carried along, so that queues know where drivers go.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from models.traffic.network import Bools, Floats, Ints, Network
from sim.bounds import all_bounded, bounded
from sim.errors import InputError
from sim.routing.kernels import one_to_all
from sim.text import Text

_BLEND = 0.99  #: of a step so long that the points before it say nothing more


@dataclass(frozen=True)
class Trips:
    """Trips between zones: node of each zone [zones], and how many from each to each [zones, zones]."""

    zone: Ints
    matrix: Floats

    def __post_init__(self) -> None:
        if self.matrix.shape != (len(self.zone), len(self.zone)):
            raise InputError(en=f"trips between {len(self.zone)} zones need a square table of that size, got {self.matrix.shape}",
                             zh=f"{len(self.zone)} 个小区的出行需要同样大小的方阵，给定为 {self.matrix.shape}")  # fmt: skip
        all_bounded(self.matrix, Text("the number of trips", "出行量"), 0.0)


@dataclass(frozen=True)
class Equilibrium:
    """Flow and time by link, flow by turn, and how near it is to the true equilibrium."""

    flow: Floats  #: [links]
    turns: Floats  #: [turns]
    time: Floats  #: [links]
    gap: float  #: relative
    iterations: int


@numba.njit(cache=True, error_model="numpy")
def load_fastest(
    first_out: Ints,
    head: Ints,
    first_turn: Ints,
    through: Bools,
    cost: Floats,
    zone: Ints,
    matrix: Floats,
) -> tuple[Floats, Floats, float]:
    """Put all trips on their fastest ways; return flow by link, by turn, and the time of all (inf if one has no way)."""
    flow, turns = np.zeros(len(head)), np.zeros(first_turn[-1])
    tail = np.empty(len(head), dtype=np.int32)
    barred = cost.copy()
    for v in range(len(first_out) - 1):
        for e in range(first_out[v], first_out[v + 1]):
            tail[e] = v
            if not through[v]:
                barred[e] = np.inf
    width = max(np.median(cost), cost.max() * 1e-3)
    spent = 0.0
    for a in range(len(zone)):
        origin = zone[a]
        begin, end = first_out[origin], first_out[origin + 1]
        barred[begin:end] = cost[begin:end]
        distance, by_edge = one_to_all(first_out, head, barred, origin, width)
        if not through[origin]:
            barred[begin:end] = np.inf
        for b in range(len(zone)):
            trips = matrix[a, b]
            if trips == 0.0 or zone[b] == origin:
                continue
            spent += trips * distance[zone[b]]
            v, after = zone[b], -1
            while by_edge[v] >= 0:
                e = by_edge[v]
                flow[e] += trips
                if after >= 0:
                    turns[first_turn[e] + after - first_out[v]] += trips
                v, after = tail[e], e
    return flow, turns, spent


def _step(network: Network, flow: Floats, direction: Floats) -> float:
    """Return the step in [0, 1] at which Beckmann's function is least along `direction`: where its slope crosses 0.

    False position by the Illinois rule (Dowell and Jarratt, 1971, doi:10.1007/BF01934364): the slope never falls.
    """
    moved = np.flatnonzero(direction)
    here, there = flow[moved], direction[moved]
    parts = (
        network.free[moved],
        network.b[moved] / network.capacity[moved] ** network.power[moved],
        network.power[moved],
    )

    def slope(step: float) -> float:
        free, b, power = parts
        return float(free * (1.0 + b * np.maximum(here + step * there, 0.0) ** power) @ there)

    least, most = 0.0, 1.0
    low, high = slope(least), slope(most)
    if high <= 0.0:
        return most
    for _ in range(60):
        if low >= 0.0 or most - least <= 1e-14:
            break
        middle = min(max(least - low * (most - least) / (high - low), least), most)
        value = slope(middle)
        if value == 0.0 or middle in (least, most):
            return middle
        if value < 0.0:
            least, low, high = middle, value, high / 2.0
        else:
            most, high, low = middle, value, low / 2.0
    return (least + most) / 2.0


@dataclass
class _Past:
    """The two points aimed at before, and the step made towards the last; points are [links + turns]."""

    last: Floats | None = None
    before: Floats | None = None
    step: float = 0.0

    def aim(self, here: Floats, fastest: Floats, slope: Floats) -> Floats:
        """Return the point to aim at: the fastest ways, mixed with the former aims so that directions are conjugate."""
        links, last, before = len(slope), self.last, self.before
        if last is None or self.step > _BLEND:
            return fastest

        def product(a: Floats, b: Floats) -> float:
            return float(a[:links] * slope @ b[:links])

        towards = fastest - here
        back = last - here
        own = product(back, back)
        if own <= 0.0:
            return fastest
        nu, mu = -product(back, towards) / own, 0.0
        if before is not None:
            mixed = self.step * last + (1.0 - self.step) * before - here
            other = product(mixed, before - last)
            if other != 0.0:
                mu = max(0.0, -product(mixed, towards) / other)
        nu = max(0.0, nu + mu * self.step / (1.0 - self.step))
        aim = fastest + nu * last + (mu * before if before is not None else 0.0)
        return aim / (1.0 + nu + mu)

    def keep(self, aim: Floats, step: float) -> None:
        """Remember the aim and the step."""
        self.before, self.last, self.step = self.last if step <= _BLEND else None, aim, step


def equilibrium(
    network: Network, trips: Trips, gap: float = 1e-5, most: int = 2000, start: Equilibrium | None = None
) -> Equilibrium:
    """Return the user equilibrium of `trips`, to a relative `gap` or after `most` iterations.

    start : an equilibrium of the same trips to begin with, for example before a street was closed.
    """
    bounded(gap, Text("the relative gap", "相对间隙"), 1e-14, 1.0)
    if len(trips.zone) and not (trips.zone.min() >= 0 and trips.zone.max() < network.nodes):
        raise InputError(en="a zone is at a node that the network does not have", zh="交通小区位于路网中不存在的节点")
    links, parts = network.links, (network.first_out, network.head, network.first_turn, network.through)
    here, past, reached, iteration = np.zeros(0), _Past(), np.inf, 0
    if start is not None:
        here = np.concatenate([start.flow, start.turns])
    for iteration in range(most + 1):
        time = network.time(here[:links] if len(here) else np.zeros(links))
        flow, turns, shortest = load_fastest(*parts, time, trips.zone, trips.matrix)
        _refuse_stranded(shortest)
        fastest = np.concatenate([flow, turns])
        if not len(here):
            here = fastest
            continue
        spent = float(time @ here[:links])
        reached = 1.0 - shortest / spent if spent > 0.0 else 0.0
        if reached <= gap or iteration == most:
            break
        here = _move(network, past, here, fastest)
    return Equilibrium(here[:links], here[links:], network.time(here[:links]), reached, iteration)


def _move(network: Network, past: _Past, here: Floats, fastest: Floats) -> Floats:
    links = network.links
    time, slope = network.time(here[:links]), network.slope(here[:links])
    aim = past.aim(here, fastest, slope)
    if float(time @ (aim - here)[:links]) >= 0.0:  # no way down: begin anew with the fastest ways
        aim = fastest
    step = _step(network, here[:links], (aim - here)[:links])
    past.keep(aim, step)
    moved: Floats = np.maximum(here + step * (aim - here), 0.0)
    return moved


def _refuse_stranded(shortest: float) -> None:
    if not np.isfinite(shortest):
        raise InputError(en="between two zones with trips there is no way", zh="有出行的两个小区之间没有通路")


def gaps(network: Network, found: Equilibrium, trips: Trips) -> NDArray[np.float64]:
    """Return relative gap, Beckmann's objective and the time spent by all, float64 [3]."""
    parts = (network.first_out, network.head, network.first_turn, network.through)
    shortest = load_fastest(*parts, found.time, trips.zone, trips.matrix)[2]
    spent = float(found.time @ found.flow)
    return np.array([1.0 - shortest / spent, network.beckmann(found.flow), spent])
