"""A rumour from person to person: who meets whom, who tells, and who stops.

A spreader makes contacts at one rate, each with somebody of a circle of theirs: a household, a community, the city, or the
neighbours of a graph. Who is ignorant is told and spreads it from then on. Meeting somebody who knows stops the one who
tells (Maki and Thompson 1973), or both where both spread it and every pair meets at the same rate (Daley and Kendall 1964,
doi:10.1038/2041118a0). Spreaders also forget, and an official statement stops them at a rate that changes in time.

Time is continuous: the next contact of each spreader waits in a queue, so the result does not depend on the step. The
luck of a contact is that of the one who makes it and of its number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from models.checks import require
from sim.errors import InputError
from sim.streams import Stream, uniform
from sim.text import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DECISIONS = ("talk.wait", "talk.circle", "talk.whom", "talk.stops", "talk.forgets", "talk.believes")
IGNORANT, SPREADING, STOPPED = range(3)


@dataclass(frozen=True)
class Circles:
    """One way to meet: `circle[i]` is the circle of person i, -1 for none; its members are those of `first` and `member`."""

    circle: NDArray[np.int32]  #: [persons]
    first: Ints  #: [circles + 1] where the members of each begin
    member: NDArray[np.int32]  #: [members]
    with_self: bool  #: whether people are members of their own circle, as in groups; False in a graph

    @classmethod
    def of_groups(cls, group: NDArray[np.int32]) -> Circles:
        """Return the circles in which everybody of a group meets everybody; -1 for who has none."""
        member = np.argsort(group, kind="stable")[int((group < 0).sum()) :].astype(np.int32)
        sizes = np.bincount(group[group >= 0], minlength=1)
        return cls(group.astype(np.int32), np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64), member, True)

    @classmethod
    def of_graph(cls, persons: int, ties: NDArray[Any]) -> Circles:
        """Return the neighbours along undirected ties, int [ties, 2]; raise `InputError` for a tie to nobody or oneself."""
        a, b = np.asarray(ties, dtype=np.int64).reshape(-1, 2).T
        if len(a) and (min(a.min(), b.min()) < 0 or max(a.max(), b.max()) >= persons or (a == b).any()):
            raise InputError(
                en=f"ties join two different persons of {persons}", zh=f"联系须连接 {persons} 人中的不同两人"
            )
        tails, heads = np.concatenate([a, b]), np.concatenate([b, a])
        order = np.lexsort((heads, tails))
        degree = np.bincount(tails, minlength=persons)
        circle = np.where(degree > 0, np.arange(persons), -1).astype(np.int32)
        return cls(
            circle, np.concatenate([[0], np.cumsum(degree)]).astype(np.int64), heads[order].astype(np.int32), False
        )


@dataclass(frozen=True)
class Manner:
    """How a rumour goes on and ends, rates per hour."""

    contacts_h: float  #: that a spreader makes
    forgets_h: float = 0.0  #: at which a spreader stops by themselves
    stifling: float = 1.0  #: chance that meeting somebody who knows stops
    pairs: bool = False  #: whether two spreaders who meet both stop (Daley and Kendall), else only who tells

    def __post_init__(self) -> None:
        require(Text("the rate of contacts", "接触率"), self.contacts_h, 0.0)
        require(Text("the rate of forgetting", "遗忘率"), self.forgets_h, 0.0)
        require(Text("the chance of stifling", "抑制概率"), self.stifling, 0.0, 1.0)


#: A rumour in a city by domain table 0.1: β .6 and γ .1 an hour, and nobody stops for meeting one who knows (assumption).
CITY = Manner(0.6, 0.1, 0.0)
ELSEWHERE = 0.3  #: of the contacts, outside one's own community (assumption)
FIRST_PER_100K, AT_ORIGIN = 20.0, 0.5  #: who spread it at first, and of them in one community (assumption)


class _Web(NamedTuple):
    circle: NDArray[np.int32]  #: [ways, persons]
    first: Ints  #: members of all ways, one after the other
    offset: Ints  #: [ways] of the circles of a way in `first`
    member: NDArray[np.int32]
    with_self: NDArray[np.bool_]  #: [ways]
    until: Floats  #: [ways] cumulative share of the contacts


class _People(NamedTuple):
    key: NDArray[np.uint64]
    state: NDArray[np.int8]
    heard_at: Floats  #: h, inf before
    stopped_at: Floats  #: h, inf before
    forgets_at: Floats  #: h at which a spreader stops by themselves
    bound: Floats  #: of the debunking at which a spreader stops
    told_by: NDArray[np.int64]  #: -1 for who has not been told by anybody
    contacts: NDArray[np.int64]  #: made so far


class _Queue(NamedTuple):
    time: Floats  #: [persons] h, a heap
    who: Ints  #: [persons]
    size: Ints  #: [1]


class _Rule(NamedTuple):
    contacts_h: float
    forgets_h: float
    stifling: float
    pairs: bool
    now: float  #: h
    until: float  #: h
    debunked: float  #: debunking so far, of who spread it from the beginning
    debunks_h: float  #: rate of debunking in this step


@numba.njit(cache=True, error_model="numpy")
def _push(queue: _Queue, time: float, who: int) -> None:
    at = queue.size[0]
    queue.size[0] += 1
    while at > 0:
        above = (at - 1) // 2
        if queue.time[above] <= time:
            break
        queue.time[at], queue.who[at] = queue.time[above], queue.who[above]
        at = above
    queue.time[at], queue.who[at] = time, who


@numba.njit(cache=True, error_model="numpy")
def _pop(queue: _Queue) -> int:
    first = queue.who[0]
    queue.size[0] -= 1
    size = queue.size[0]
    time, who, at = queue.time[size], queue.who[size], 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and queue.time[below + 1] < queue.time[below]:
            below += 1
        if queue.time[below] >= time:
            break
        queue.time[at], queue.who[at] = queue.time[below], queue.who[below]
        at = below
    if size > 0:
        queue.time[at], queue.who[at] = time, who
    return int(first)


@numba.njit(cache=True, error_model="numpy")
def _has_stopped(people: _People, rule: _Rule, i: int, time: float) -> bool:
    """Note whether a spreader has stopped by `time` without meeting anybody, by forgetting or by what they were told."""
    if people.state[i] != SPREADING:
        return True
    ends = people.forgets_at[i]
    if rule.debunks_h > 0.0:
        ends = min(ends, max(rule.now + (people.bound[i] - rule.debunked) / rule.debunks_h, rule.now))
    if ends > time:
        return False
    people.state[i], people.stopped_at[i] = STOPPED, ends
    return True


@numba.njit(cache=True, error_model="numpy")
def _next(people: _People, rule: _Rule, luck: NDArray[np.uint64], queue: _Queue, i: int, time: float) -> None:
    wait = -np.log(uniform(luck[0], people.key[i], np.uint64(people.contacts[i])))
    _push(queue, time + wait / rule.contacts_h if rule.contacts_h > 0.0 else np.inf, i)


@numba.njit(cache=True, error_model="numpy")
def _tell(people: _People, rule: _Rule, luck: NDArray[np.uint64], queue: _Queue, i: int, time: float) -> None:
    """Let person i hear of it, and spread it from now on."""
    zero, key = np.uint64(0), people.key[i]
    people.state[i], people.heard_at[i] = SPREADING, time
    forgets = -np.log(uniform(luck[4], key, zero))
    people.forgets_at[i] = time + forgets / rule.forgets_h if rule.forgets_h > 0.0 else np.inf
    so_far = rule.debunked + rule.debunks_h * (time - rule.now)
    people.bound[i] = so_far - np.log(uniform(luck[5], key, zero))
    _next(people, rule, luck, queue, i, time)


@numba.njit(cache=True, error_model="numpy")
def _whom(web: _Web, people: _People, luck: NDArray[np.uint64], i: int) -> int:
    """Return whom person i meets at their next contact, -1 for nobody."""
    key, count = people.key[i], np.uint64(people.contacts[i])
    draw, way = uniform(luck[1], key, count), 0
    while way < len(web.until) - 1 and draw >= web.until[way]:
        way += 1
    circle = web.circle[way, i]
    if circle < 0:
        return -1
    start, end = web.first[web.offset[way] + circle], web.first[web.offset[way] + circle + 1]
    others = end - start - (1 if web.with_self[way] else 0)
    if others <= 0:
        return -1
    j = web.member[start + min(int(uniform(luck[2], key, count) * others), others - 1)]
    return int(web.member[end - 1]) if j == i else int(j)


@numba.njit(cache=True, error_model="numpy")
def _meets(
    people: _People, rule: _Rule, luck: NDArray[np.uint64], queue: _Queue, pair: tuple[int, int], time: float
) -> None:
    """Let i meet j: an ignorant is told, one who knows stops i, or both."""
    i, j = pair
    if people.state[j] == IGNORANT:
        people.told_by[j] = i
        _tell(people, rule, luck, queue, j, time)
        return
    both = rule.pairs and not _has_stopped(people, rule, j, time)
    # Each of two spreaders contacts the other: half of these contacts are one meeting of the pair.
    chance = rule.stifling / 2.0 if both else rule.stifling
    if uniform(luck[3], people.key[i], np.uint64(people.contacts[i])) < chance:
        people.state[i], people.stopped_at[i] = STOPPED, time
        if both:
            people.state[j], people.stopped_at[j] = STOPPED, time


@numba.njit(cache=True, error_model="numpy")
def talk(web: _Web, people: _People, rule: _Rule, luck: NDArray[np.uint64], queue: _Queue) -> None:
    """Let spreaders meet others from `rule.now` until `rule.until`, in order of time."""
    while queue.size[0] > 0 and queue.time[0] <= rule.until:
        time = queue.time[0]
        i = _pop(queue)
        if _has_stopped(people, rule, i, time):
            continue
        j = _whom(web, people, luck, i)
        if j >= 0:
            _meets(people, rule, luck, queue, (i, j), time)
        people.contacts[i] += 1
        if people.state[i] == SPREADING:
            _next(people, rule, luck, queue, i, time)
    for i in range(len(people.state)):
        _has_stopped(people, rule, i, rule.until)


@dataclass
class Rumour:
    """A rumour in one run; hours count from the start of the run's clock.

    `ways` are the ways to meet, each with its share of the contacts; `key` names the people for their luck. It keeps
    73 + 8·ways bytes a person.
    """

    manner: Manner
    ways: tuple[tuple[float, Circles], ...]
    key: NDArray[np.uint64]
    stream: Stream
    now: float = 0.0  #: h
    _debunked: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        n, shares = len(self.key), np.array([share for share, _ in self.ways])
        if not len(shares) or (shares < 0.0).any() or abs(shares.sum() - 1.0) > 1e-9:
            raise InputError(en="the shares of the ways to meet must add up to 1", zh="各接触方式的份额之和须为 1")
        circles = [one for _, one in self.ways]
        if any(len(one.circle) != n for one in circles):
            raise InputError(en=f"every way to meet needs a circle for each of {n} persons",
                             zh=f"每种接触方式须为 {n} 人各给出一个圈子")  # fmt: skip
        starts = np.cumsum([0, *(len(one.member) for one in circles)])
        first = np.concatenate([one.first + start for one, start in zip(circles, starts, strict=False)])
        offset = np.cumsum([0, *(len(one.first) for one in circles)])[:-1]
        self._web = _Web(
            np.stack([one.circle for one in circles]), first.astype(np.int64), offset.astype(np.int64),
            np.concatenate([one.member for one in circles]), np.array([one.with_self for one in circles]),
            np.cumsum(shares),
        )  # fmt: skip
        never = np.full(n, np.inf)
        self.people = _People(
            np.ascontiguousarray(self.key, dtype=np.uint64), np.zeros(n, dtype=np.int8), never.copy(), never.copy(),
            never.copy(), never.copy(), np.full(n, -1, dtype=np.int64), np.zeros(n, dtype=np.int64),
        )  # fmt: skip
        self._queue = _Queue(np.zeros(n), np.zeros(n, dtype=np.int64), np.zeros(1, dtype=np.int64))
        self._luck = np.array([self.stream.key(name) for name in DECISIONS], dtype=np.uint64)

    def _rule(self, until: float, debunks_h: float) -> _Rule:
        m = self.manner
        return _Rule(float(m.contacts_h), float(m.forgets_h), float(m.stifling), bool(m.pairs), float(self.now),
                     float(until), float(self._debunked), float(debunks_h))  # fmt: skip

    def begin(self, persons: Ints) -> None:
        """Let persons hear of it now, from elsewhere."""
        rule = self._rule(self.now, 0.0)
        for i in np.unique(persons).tolist():
            if self.people.state[i] == IGNORANT:
                _tell(self.people, rule, self._luck, self._queue, i, self.now)

    def step(self, dt: float, debunks_h: float = 0.0) -> None:
        """Go on by `dt` hours, in which each spreader is convinced at the rate `debunks_h` to stop."""
        require(Text("a step of a rumour", "谣言时间步"), dt, 0.0, open_low=True)
        require(Text("the rate of debunking", "辟谣速率"), debunks_h, 0.0)
        talk(self._web, self.people, self._rule(self.now + dt, debunks_h), self._luck, self._queue)
        self._debunked += debunks_h * dt
        self.now += dt

    def run_out(self, most_h: float = 1e6) -> None:
        """Go on until nobody spreads it any more."""
        while self.counts()[1] and self.now < most_h:
            self.step(1000.0)

    def counts(self) -> tuple[int, int, int]:
        """Return how many are ignorant, spread it, and have stopped."""
        ignorant, spreading, stopped = np.bincount(self.people.state, minlength=3).tolist()
        return ignorant, spreading, stopped
