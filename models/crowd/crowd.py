"""A crowd on a ground: individuals with plans, and how they are let on, held and led."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.crowd import kernel
from models.crowd.diagram import BEST, FREE, PACKED, slowing
from models.crowd.ground import Ground
from models.crowd.state import GONE, OUTSIDE, STAYS, WAITS, WALKS, People, Queues, Ways
from sim.bounds import all_bounded, bounded
from sim.errors import InputError, PhysicsError
from sim.routing.kernels import one_to_all
from sim.text import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

_SLOWEST = 0.05  #: of the free speed, as people reckon their way through a standing crowd (assumption)
_NEVER = -1e18


@dataclass(frozen=True)
class Walkers:
    """Who comes, when, and where to; [people], in any order."""

    key: NDArray[np.uint64]  #: of each person: settles ties, so that their order means nothing
    start: Floats  #: s, when each comes to their way in, or leaves where they are
    speed: Floats  #: m/s where nobody hinders
    plan: Ints  #: [people, stops] numbers of goals one after the other, -1 for none more
    stay: Floats  #: [people, stops] s at each of them; infinite for good
    entry: Ints | None = None  #: passage from outside by which each comes in
    cell: Ints | None = None  #: piece in which each is from the beginning, where there is no entry
    first: Floats | None = None  #: m that each has to walk in the first piece; None for all of it

    def __len__(self) -> int:
        return len(self.key)


def to_goal(goal: ArrayLike) -> tuple[Ints, Floats]:
    """Return plan and stay of people who go to one goal each, and stay there for good."""
    plan = np.asarray(goal, dtype=np.int32)[:, None]
    return plan, np.full(plan.shape, np.inf)


@dataclass
class Crowd:
    """People on a ground from `now` on; `goals` are the pieces to which plans lead."""

    ground: Ground
    walkers: Walkers
    goals: Ints
    now: float = 0.0
    people: People = field(init=False)
    queues: Queues = field(init=False)
    ways: Ways = field(init=False)
    _next: int = 0

    def __post_init__(self) -> None:
        size, passages = self.ground.size, len(self.ground.passages.tail)
        self.goals = np.asarray(self.goals, dtype=np.int32)
        _check(self.walkers, self.ground, len(self.goals))
        self.queues = Queues(
            np.zeros(size, dtype=np.int64), np.zeros(size), np.ones(size), np.full(size, _NEVER),
            np.full(passages, -1, dtype=np.int32), np.full(passages, -1, dtype=np.int32),
            np.zeros(passages, dtype=np.int64), np.full(passages, _NEVER), np.zeros(passages, dtype=np.int64),
        )  # fmt: skip
        self.people = _lined_up(self.walkers)
        inside = self.people.cell >= 0
        np.add.at(self.queues.inside, self.people.cell[inside], 1)
        self.find_ways()

    def step(self, dt: float) -> None:
        """Go on by `dt` s; a piece should take at least that long to be walked through."""
        bounded(dt, Text("the time step (s)", "时间步长（秒）"), 1e-3, 60.0)
        ground, until = self.ground, self.now + dt
        kernel.slow_down(ground.cells, self.queues)
        self._next = kernel.set_out(self.people, self.queues, self._next, until)
        seen = People._make(column[: self._next] for column in self.people)  # the others have not set out
        kernel.walk(seen, ground.cells, ground.passages, self.queues, self.ways, self.now, dt)
        kernel.pass_on(self.people, ground.cells, ground.passages, self.queues, self.ways, until)
        self.now = until

    def run(self, until: float, dt: float = 1.0) -> None:
        """Go on until `until` (s) in steps of `dt`, or until everybody has come to where they stay."""
        while self.now < until - 1e-9 and not self.settled:
            self.step(min(dt, until - self.now))
            self.check()

    @property
    def settled(self) -> bool:
        """Whether everybody is gone, or stays for good."""
        people = self.people
        done = (people.state == GONE) | ((people.state == STAYS) & np.isinf(people.ready))
        return bool(done.all())

    def check(self) -> None:
        """Raise a `PhysicsError` if somebody was lost or a piece holds more than it can."""
        inside = self.people.cell[self.people.cell >= 0]
        counted = np.bincount(inside, minlength=self.ground.size)
        wrong = np.flatnonzero((counted != self.queues.inside) | (self.persons() > self._most))
        if len(wrong):
            at = int(wrong[0])
            raise PhysicsError(
                en=f"people were lost in piece {at} at {self.now:g} s: {self.queues.inside[at]} of {counted[at]}",
                zh=f"第 {at} 段在 {self.now:g} 秒人数不守恒：{self.queues.inside[at]}，应为 {counted[at]}",
            )

    @property
    def _most(self) -> Floats:
        begun = np.bincount(self.walkers.cell, minlength=self.ground.size) if self.walkers.cell is not None else 0
        presses = self.ground.cells.packed > PACKED
        squeezed = np.where(presses, kernel.SQUEEZED, 1.0)
        more = np.diff(self.ground.passages.first_in)
        twin = self.ground.cells.twin
        more = more + np.where(twin >= 0, more[twin], 0)  # who is pressed in at once
        return np.asarray(np.maximum(squeezed * self.ground.cells.hold, 1.0) + begun + presses * 4 * more)

    def persons(self) -> NDArray[np.int64]:
        """Return how many are in each piece, both ways together."""
        twin, inside = self.ground.cells.twin, self.queues.inside
        return inside + np.where(twin >= 0, inside[twin], 0)

    def density(self) -> Floats:
        """Return the density in each piece, persons a m²."""
        return self.persons() / self.ground.cells.area

    def set_capacity(self, passage: NDArray[np.integer] | int, capacity: ArrayLike) -> None:
        """Let so many persons a second pass: 0 shuts, infinity takes a gate away. Call `find_ways` once all are set."""
        all_bounded(np.minimum(capacity, 1e9), Text("the capacity of a gate (1/s)", "闸口通行能力（人/秒）"), 0.0)
        self.ground.passages.capacity[passage] = np.asarray(capacity, dtype=np.float64)

    def find_ways(self) -> None:
        """Find the quickest ways to all goals as things stand, and let those who wait choose anew."""
        cells, passages, size = self.ground.cells, self.ground.passages, self.ground.size
        factor = np.array([max(slowing(density), _SLOWEST) for density in self.density()])
        walk = cells.length / (FREE * cells.pace * factor)
        rate = np.minimum(passages.capacity, cells.most[passages.head] * cells.width[passages.head])
        with np.errstate(divide="ignore"):
            seconds = np.maximum(walk[passages.head] + (self.queues.length + 1) / rate, 1e-3)
        first = np.append(passages.first_in, passages.first_in[-1]).astype(np.int32)
        tails = np.where(passages.tail >= 0, passages.tail, size).astype(np.int32)
        finite = seconds[np.isfinite(seconds)]
        width = float(np.median(finite)) if len(finite) else 1.0
        far = np.array([one_to_all(first, tails, seconds, goal, width)[0][:size] for goal in self.goals.tolist()])
        self.ways = Ways(self.goals, far.reshape(len(self.goals), size), walk, rate)
        waiting = np.flatnonzero(self.people.state == WAITS)
        order = waiting[np.argsort(self.people.ready[waiting], kind="stable")]
        kernel.turn_round(self.people, cells, passages, self.queues, self.ways, order, self.now)

    def give_up(self, patience: float) -> None:
        """Let those who have waited longer than `patience` s make for their last goal; who has not come in turns back.

        Call `find_ways` afterwards.
        """
        kernel.give_up(self.people, self.now - patience)

    def move_on(self, pieces: NDArray[np.integer]) -> None:
        """Let nobody stop in these pieces now: who stays there goes on, who makes for them makes for what comes next."""
        people = self.people
        held = np.zeros(self.ground.size, dtype=np.bool_)
        held[pieces] = True
        last = (people.plan >= 0).sum(axis=1) - 1
        early = people.stop < last
        stays = (people.state == STAYS) & early & ~np.isinf(people.ready)
        people.ready[stays & held[people.cell]] = self.now
        goal = people.plan[np.arange(len(last)), np.maximum(people.stop, 0)]
        under_way = (people.state == WALKS) | (people.state == WAITS)
        people.stop[under_way & early & held[self.goals[goal]]] += 1

    def go_home(self) -> None:
        """Let everybody inside make for their last goal now; who has not come yet does not come."""
        people = self.people
        last = (people.plan >= 0).sum(axis=1) - 1
        people.state[people.state == OUTSIDE] = GONE
        people.state[(people.state == WAITS) & (people.cell < 0)] = GONE
        stays = (people.state == STAYS) & ~np.isinf(people.ready) & (people.stop < last)
        people.ready[stays] = self.now
        moves = (people.state == WALKS) | (people.state == WAITS)
        people.stop[:] = np.where(stays, last - 1, np.where(moves, np.maximum(people.stop, last), people.stop))
        self._next = len(people.start)
        self.find_ways()

    def arrived(self) -> Floats:
        """Return when each of `people` came to where they stay for good, s; NaN for those who have not yet."""
        people = self.people
        there = (people.state == GONE) | ((people.state == STAYS) & np.isinf(people.ready) & (people.stop >= 0))
        return np.where(there, people.came, np.nan)

    @property
    def under_way(self) -> int:
        """How many are inside and not yet where they stay for good."""
        people = self.people
        inside = (people.state == WALKS) | (people.state == WAITS) | (people.state == STAYS)
        return int((inside & ~((people.state == STAYS) & np.isinf(people.ready))).sum())

    def crowded(self) -> NDArray[np.bool_]:
        """Return whether each piece is denser than that at which most pass."""
        return self.density() > BEST


def _lined_up(walkers: Walkers) -> People:
    """Return the walkers in the order in which they set out; ties by their keys."""
    order = np.lexsort((walkers.key, walkers.start))
    n = len(order)
    entry = walkers.entry[order] if walkers.entry is not None else np.full(n, -1)
    cell = walkers.cell[order] if walkers.cell is not None else np.full(n, -1)
    first = walkers.first[order] if walkers.first is not None else np.full(n, -1.0)
    within = cell >= 0
    return People(
        start=walkers.start[order].astype(np.float64), entry=entry.astype(np.int32),
        speed=walkers.speed[order].astype(np.float64), first=first.astype(np.float64),
        plan=np.ascontiguousarray(walkers.plan[order], dtype=np.int32),
        stay=np.ascontiguousarray(walkers.stay[order], dtype=np.float64),
        state=np.where(within, STAYS, OUTSIDE).astype(np.int8), stop=np.where(within, -1, 0).astype(np.int32),
        cell=cell.astype(np.int32), way=np.full(n, -1, dtype=np.int32), left=np.zeros(n),
        ready=np.where(within, walkers.start[order], np.inf), came=np.full(n, np.nan), behind=np.full(n, -1, dtype=np.int32),
    )  # fmt: skip


def _check(walkers: Walkers, ground: Ground, goals: int) -> None:
    all_bounded(walkers.start, Text("a time of setting out (s)", "出发时刻（秒）"))
    all_bounded(walkers.speed, Text("a walking speed (m/s)", "步速（m/s）"), 1e-3, 12.0)
    all_bounded(np.where(np.isinf(walkers.stay), 0.0, walkers.stay), Text("a stay (s)", "停留时间（秒）"), 0.0)
    if (walkers.entry is None) == (walkers.cell is None):
        raise InputError(en="people either come in by a passage or are in a piece from the beginning",
                         zh="人员须由入口进入，或一开始就在某段内，二者择一")  # fmt: skip
    where, most = walkers.cell, ground.size
    if walkers.entry is not None:
        where, most = walkers.entry, len(ground.passages.tail)
    if where is not None and len(walkers) and not (int(np.min(where)) >= 0 and int(np.max(where)) < most):
        raise InputError(en="somebody begins in a place that the ground does not have", zh="有人的起点不在场地之内")
    if len(walkers) and not (int(walkers.plan.min()) >= -1 and int(walkers.plan.max()) < goals):
        raise InputError(en="somebody walks to a goal that there is not", zh="有人的目的地不存在")
