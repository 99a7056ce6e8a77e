"""A slow plain twin of the crowd's kernel: queues as lists, one person after the other, no arrays in place."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import exp, inf

GAMMA, PACKED, FREE, BEST, MOST = 1.913, 5.4, 1.34, 1.7511, 1.22490


def slowing(density: float) -> float:
    return 1.0 if density <= 1e-6 else 0.0 if density >= PACKED else 1 - exp(-GAMMA * (1 / density - 1 / PACKED))


def admitted(density: float, packed: float) -> float:
    if density <= BEST:
        return MOST
    if density >= packed:
        return 0.0
    like = BEST + (density - BEST) * (PACKED - BEST) / (packed - BEST)
    return max(like * FREE * slowing(like), 0.1 if packed > PACKED else 0)


@dataclass
class Person:
    start: float
    entry: int
    speed: float
    cell: int = -1
    left: float = 0.0
    ready: float = inf
    came: float | None = None
    state: str = "outside"


@dataclass
class Twin:
    """One goal for all; people come in by passages or are inside from the beginning."""

    ground: object
    goal: int
    far: list
    walk_s: list
    rate: list
    people: list
    now: float = 0.0
    queue: dict = field(default_factory=dict)
    passed: dict = field(default_factory=dict)
    entered: dict = field(default_factory=dict)

    def inside(self, c: int) -> int:
        return sum(p.cell == c for p in self.people)

    def step(self, dt: float) -> None:
        cells, until = self.ground.cells, self.now + dt
        count = [self.inside(c) for c in range(len(cells.length))]
        both = [count[c] + (count[cells.twin[c]] if cells.twin[c] >= 0 else 0) for c in range(len(count))]
        factor = [cells.pace[c] * slowing(min(both[c] / cells.area[c], BEST)) for c in range(len(count))]
        for person in self.people:
            if person.state == "outside" and person.start < until:
                person.state, person.ready = "waits", person.start
                self.queue.setdefault(person.entry, deque()).append(person)
        for person in self.people:
            if person.state == "walks":
                pace = person.speed * factor[person.cell]
                person.left -= pace * dt
                if person.left <= 0:
                    p = self.choose(person.cell)
                    person.ready = until + person.left / pace
                    person.state = "waits"
                    self.queue.setdefault(p, deque()).append(person)
        self.pass_on(both, count, factor, until)
        self.now = until

    def choose(self, c: int) -> int:
        ways = self.ground.passages
        out = [p for p in range(len(ways.tail)) if ways.tail[p] == c and self.far[ways.head[p]] < self.far[c]]
        cost = {
            p: (len(self.queue.get(p, ())) + 1) / self.rate[p] + self.walk_s[ways.head[p]] + self.far[ways.head[p]]
            for p in out
        }
        return min(out, key=lambda p: (cost[p], p))

    def pass_on(self, both: list, count: list, factor: list, until: float) -> None:  # noqa: C901, PLR0912 — plain on purpose
        cells, ways = self.ground.cells, self.ground.passages
        into = {c: [p for p in range(len(ways.head)) if ways.head[p] == c] for c in range(len(count))}
        waiting = [sum(len(self.queue.get(p, ())) for p in into[c]) for c in range(len(count))]
        for c in range(len(count)):
            if not waiting[c]:
                continue
            twin = cells.twin[c]
            rival = waiting[twin] if twin >= 0 else 0
            against = count[twin] / both[c] if twin >= 0 and both[c] else 0.0
            room = cells.hold[c] - both[c]
            if rival:
                room = max(room / 2 // 1, room - rival)
            theirs = rival + both[c] - count[c]
            if theirs:
                share = min(0.5, theirs / (theirs + count[c] + waiting[c]))
                room = min(room, cells.hold[c] * (1 - share) // 1 - count[c])
            supply = min(admitted(both[c] / cells.area[c], cells.packed[c]), cells.most[c]) * cells.width[c]
            supply *= (1 - 0.25 * 4 * against * (1 - against)) * waiting[c] / (waiting[c] + rival)
            gap = 1 / supply if supply > 0 else inf
            while True:
                first = [(self.when(p), p) for p in into[c] if self.queue.get(p)]
                if not first:
                    break
                time, p = min(first)
                time = max(time, self.entered.get(c, -1e18) + gap)
                if room < 1 or gap == inf:
                    dense = [n / a for n, a in zip(both, cells.area, strict=True)]
                    press = [
                        (-len(self.queue[q]), q) for q in into[c]
                        if self.queue.get(q) and ways.tail[q] >= 0 and dense[ways.tail[q]] >= 0.95 * dense[c]
                    ]  # fmt: skip
                    time = self.entered.get(c, -1e18) + gap
                    pushes = cells.packed[c] > PACKED and dense[c] < 1.25 * cells.packed[c]
                    if not press or not pushes or time > until:
                        for q in into[c]:
                            if self.queue.get(q):
                                self.queue[q][0].ready = max(self.queue[q][0].ready, until)
                        break
                    p = min(press)[1]
                    time = max(time, self.queue[p][0].ready)
                if time > until:
                    break
                person = self.queue[p].popleft()
                self.passed[p] = self.entered[c] = time
                person.cell = c
                room -= 1
                if c == self.goal:
                    person.state, person.came = "stays", time
                else:
                    person.state = "walks"
                    person.left = cells.length[c] - person.speed * factor[c] * (until - time)

    def when(self, p: int) -> float:
        takes = 1 / self.ground.passages.capacity[p]
        cells, tail = self.ground.cells, self.ground.passages.tail[p]
        head = self.queue[p][0].ready
        last = self.passed.get(p, -1e18) + (0 if self.ground.passages.takes[p] else takes)
        free = self.passed.get(p, -1e18) + 1 / (cells.most[tail] * cells.width[tail]) if tail >= 0 else -1e18
        return max(max(head, last) + (takes if self.ground.passages.takes[p] else 0), free)
