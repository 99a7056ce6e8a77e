"""Queues in space behind incidents and closures: kinematic waves by the link transmission model.

Each link has a triangular fundamental diagram (free speed u, backward wave w, jam density kj; capacity
kj·u·w/(u + w)) and is known by its cumulative counts at both ends. What it can send and receive follows from Newell's
three-detector rule (1993, doi:10.1016/0191-2615(93)90038-C; Yperman, 2007, ISBN 978-90-5682-837-1); nodes divide what
they can pass by turning shares, first in first out, in proportion to capacity (Tampère et al., 2011,
doi:10.1016/j.trb.2010.06.004). Vehicles are neither made nor lost.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from models.traffic.links import advance, count_at, late
from models.traffic.network import Floats, Ints
from sim.bounds import all_bounded, bounded
from sim.errors import InputError
from sim.text import Text

_LIMIT = Text("the limit (vehicles/s)", "限流（辆/s）")


@dataclass(frozen=True)
class Roads:
    """Links, the junctions between them, and where drivers turn; all [links] unless noted, SI units.

    The turns of link `i` are `first_turn[i]:first_turn[i + 1]`; what no turn takes ends its trip at the end of `i`.
    """

    length: Floats
    speed: Floats  #: u, m/s
    wave: Floats  #: w, m/s
    jam: Floats  #: kj, vehicles/m
    head: Ints  #: junction that the link enters
    first_turn: Ints  #: [links + 1]
    turn_to: Ints  #: [turns] link

    def __post_init__(self) -> None:
        for values, name in (
            (self.length, Text("the length of a link (m)", "路段长度（m）")),
            (self.speed, Text("the free speed (m/s)", "自由流速度（m/s）")),
            (self.wave, Text("the backward wave (m/s)", "回波速度（m/s）")),
            (self.jam, Text("the jam density (vehicles/m)", "阻塞密度（辆/m）")),
        ):
            all_bounded(values, name, 1e-9)

    @property
    def capacity(self) -> Floats:
        """The most that passes, vehicles/s."""
        return self.jam * self.speed * self.wave / (self.speed + self.wave)


class Queues:
    """Traffic on `roads` in steps of `dt` s, from the steady flow that `inflow` and `share` give.

    Parameters
    ----------
    roads
        Links shorter than one step of a vehicle count as so long.
    dt
        Step, s.
    inflow
        Vehicles/s that begin their trip at the upstream end of each link, float64 [links].
    share
        Of the drivers at the end of a link that take each turn, float64 [turns]; the sums are at most 1.
    flow
        Vehicles/s on each link at first, float64 [links]; at most its capacity. None for an empty road.
    kept_s
        Time for which counts are kept, s; at least that of the slowest wave is.
    """

    def __init__(
        self, roads: Roads, dt: float, inflow: Floats, share: Floats, flow: Floats | None = None, kept_s: float = 0.0
    ) -> None:
        bounded(dt, Text("the step (s)", "步长（s）"), 1e-6)
        self.roads, self.dt, self.now = roads, dt, 0
        self.capacity = roads.capacity
        long_enough = np.maximum(roads.length, roads.speed * dt)
        self._lag = np.stack([long_enough / roads.speed, np.maximum(long_enough / roads.wave, dt)], axis=1) / dt
        self._room = roads.jam * long_enough
        self._most = np.repeat(self.capacity[:, None] * dt, 2, axis=1)
        self._length = long_enough
        ring = int(np.ceil(max(self._lag.max(), kept_s / dt))) + 3
        before = np.zeros(len(roads.length)) if flow is None else flow
        all_bounded(before, Text("the flow (vehicles/s)", "流量（辆/s）"), 0.0)
        if (before > self.capacity * (1.0 + 1e-9)).any():
            raise InputError(en="a link carries more than its capacity at first", zh="初始流量超过了路段通行能力")
        times = (np.arange(ring) - ring) * dt
        times[0] = 0.0
        self._up = before[:, None] * times[None, :]
        self._down = before[:, None] * (times[None, :] - (self._lag[:, :1] * dt))
        self.waiting = np.zeros(len(roads.length))
        self.ended = 0.0
        order = np.argsort(roads.head, kind="stable").astype(np.int32)
        nodes = int(roads.head.max()) + 1
        self._first_in = np.concatenate([[0], np.cumsum(np.bincount(roads.head, minlength=nodes))]).astype(np.int32)
        self._link_in = order
        self.set_demand(inflow, share)

    def set_demand(self, inflow: Floats, share: Floats) -> None:
        """Change what begins on each link (vehicles/s) and where drivers turn, from now on."""
        all_bounded(inflow, Text("the inflow (vehicles/s)", "驶入流量（辆/s）"), 0.0)
        all_bounded(share, Text("the share of a turn", "转向比例"), 0.0, 1.0)
        first = self.roads.first_turn
        link = np.repeat(np.arange(len(first) - 1), np.diff(first))
        sums = np.bincount(link, weights=share, minlength=len(first) - 1)
        if (sums > 1.0 + 1e-9).any():
            raise InputError(en="more than all drivers turn at the end of a link", zh="路段末端转向比例之和超过 1")
        self.inflow, self.share = inflow.astype(np.float64), share.astype(np.float64)

    def limit(self, link: int, leaves: float | None = None, enters: float | None = None) -> None:
        """Let at most `leaves` and `enters` vehicles/s leave and enter a link from now on; None for its capacity."""
        for side, value in ((0, leaves), (1, enters)):
            allowed = self.capacity[link] if value is None else min(bounded(value, _LIMIT, 0.0), self.capacity[link])
            self._most[link, side] = allowed * self.dt

    def limits(self, leaves: Floats, enters: Floats | None = None) -> None:
        """Let at most `leaves` and `enters` vehicles/s leave and enter each link from now on, float64 [links]."""
        for side, values in ((0, leaves), (1, self.capacity if enters is None else enters)):
            all_bounded(values, _LIMIT, 0.0)
            self._most[:, side] = np.minimum(values, self.capacity) * self.dt

    def run(self, seconds: float) -> None:
        """Move on by `seconds`, a whole number of steps."""
        steps = round(seconds / self.dt)
        if abs(steps * self.dt - seconds) > 1e-6 * max(seconds, self.dt):
            raise InputError(en=f"{seconds:g} s is not a whole number of steps of {self.dt:g} s",
                             zh=f"{seconds:g} s 不是步长 {self.dt:g} s 的整数倍")  # fmt: skip
        self.ended += advance(
            self._up, self._down, self.waiting, self._lag, self._room, self._most, self.inflow * self.dt,
            self.capacity, self._first_in, self._link_in, self.roads.first_turn, self.roads.turn_to, self.share,
            self.now, steps,
        )  # fmt: skip
        self.now += steps

    @property
    def seconds(self) -> float:
        """The time since the start, s."""
        return self.now * self.dt

    def counts(self, ago: float = 0.0) -> tuple[Floats, Floats]:
        """Return the cumulative counts at the upstream and downstream ends, `ago` s before now, float64 [links] each."""
        at = self.now - ago / self.dt
        links = range(len(self.roads.length))
        return np.array([count_at(self._up, i, at) for i in links]), np.array(
            [count_at(self._down, i, at) for i in links]
        )

    def inside(self) -> Floats:
        """Return the vehicles on each link, float64 [links]."""
        at = self.now % self._up.shape[1]
        held: Floats = self._up[:, at] - self._down[:, at]
        return held

    def filled(self) -> Floats:
        """Return how full each link is: its vehicles against those that fit, float64 [links]."""
        share: Floats = self.inside() / self._room
        return share

    def delayed(self) -> Floats:
        """Return the vehicles that would have left each link by now without any queue on it, float64 [links]."""
        return late(self._up, self._down, self._lag, self.now)

    def travel_time(self) -> Floats:
        """Return the time (s) that the vehicle now at the end of each link's queue will need for the link.

        Free time and what is late at the rate at which the link lets go: that of its last step, or of what it may.
        """
        ring = self._up.shape[1]
        let_go = (self._down[:, self.now % ring] - self._down[:, (self.now - 1) % ring]) / self.dt
        rate = np.maximum(let_go, 0.02 * self.capacity)
        late = self.delayed()
        return self._length / self.roads.speed + np.where(late > 1e-6, late / rate, 0.0)

    def queue_length(self, link: int) -> float:
        """Return how far the vehicles that were held up reach back from the end of a link, m."""
        length = float(self._length[link])
        speed, wave = float(self.roads.speed[link]), float(self.roads.wave[link])
        jam = float(self.roads.jam[link])

        def held(back: float) -> float:
            free = count_at(self._up, link, self.now - (length - back) / speed / self.dt)
            queued = count_at(self._down, link, self.now - back / wave / self.dt) + jam * back
            return free - queued

        return _farthest(held, length)


def _farthest(held: Callable[[float], float], length: float) -> float:
    """Return the greatest distance at which `held` is positive: looked for in 400 places, then halved."""
    grid = np.linspace(0.0, length, 401)
    positive = np.flatnonzero([held(float(back)) > 1e-9 for back in grid])
    if not len(positive):
        return 0.0
    if positive[-1] == 400:
        return length
    least, most = float(grid[positive[-1]]), float(grid[positive[-1] + 1])
    for _ in range(60):
        middle = (least + most) / 2.0
        if held(middle) > 1e-9:
            least = middle
        else:
            most = middle
    return (least + most) / 2.0


def tail_shock(flow: ArrayLike, speed: float, wave: float, jam: float, outflow: float = 0.0) -> Floats:
    """Return the speed (m/s) at which the tail of a queue moves, negative backwards: Δq/Δk.

    Between free flow of `flow` vehicles/s and the queue that passes `outflow` (Lighthill and Whitham, 1955).
    """
    arriving = np.asarray(flow, dtype=np.float64)
    capacity = jam * speed * wave / (speed + wave)
    all_bounded(arriving, Text("the flow (vehicles/s)", "流量（辆/s）"), 0.0, capacity)
    bounded(outflow, Text("the outflow (vehicles/s)", "驶离流量（辆/s）"), 0.0, capacity)
    free_density, queue_density = arriving / speed, jam - outflow / wave
    moved: Floats = (outflow - arriving) / (queue_density - free_density)
    return moved
