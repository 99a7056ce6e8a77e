"""The hall of one run: who applies when and how, the windows that they queue for, and the offices behind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import ceil, exp, nan
from typing import TYPE_CHECKING, Any

import numpy as np
import simpy
from numpy.typing import NDArray

from models.calendar import DAY, MINUTE, WorkingHours
from models.demand import occurrences
from models.missions import Process
from models.world import World

if TYPE_CHECKING:
    from models.lines.service_hall import ServiceHall

MOST_VISITS = 12  #: after which an applicant gives up
BEFORE_D = 14  #: days before the window from which matters still come back
ELDER = 2
_EVENLY = (1.0,) * 24
#: Arrivals in each eighth of the opening hours: most at 9–11 and 14–16 h.
_RUSH = np.array([5.0, 6.0, 4.0, 2.0, 3.0, 5.0, 4.0, 2.0])
ERROR, GAMED = 0.02, 0.03  #: wrong decisions, and those that appraisal w by figures adds: 0.03 w² (assumption)
SPEED = 0.1  #: that appraisal by figures adds to a clerk (assumption)
AGAIN = 64  #: draws of approvals from which a matter's second decision starts


@dataclass
class Hall:
    """The hall of one run: its windows, and its matters as columns."""

    line: ServiceHall
    world: World

    def __post_init__(self) -> None:
        self._draw_applications()
        self._draw_ways()
        self._drop_those_before()
        self._open_windows()
        self._draw_services()
        n = len(self.matter)
        draw = partial(self.world.rules.stream.uniforms, entities=self.matter)
        self.parallel = (draw("hall.parallel") < self._p("parallel")) & (self.line.items > 1)
        self.wrong = draw("hall.wrong") < ERROR + GAMED * self._p("appraisal") ** 2
        self.done: list[int] = self.behind.tolist()  #: submissions that a clerk has taken
        self.visits: list[int] = np.where(self.online, 0, self.behind).tolist()
        self.came, self.left = [0] * n, [0] * n
        self.wait, self.clerk = [0.0] * n, [0.0] * n
        self.wait_first, self.t_accept = [nan] * n, [nan] * n
        self.spells: list[tuple[float, float]] = []  #: start and duration of each service

    @property
    def _working(self) -> WorkingHours:
        return self.world.rules.working

    def _p(self, name: str) -> float:
        return self.world.rules[f"hall.{name}"]

    def _draw_applications(self) -> None:
        """Draw who applies when: at any hour of a working day that is one, moved into its opening hours."""
        line, people, end = self.line, self.world.population, self.world.window[1]
        self._spans = np.array([self._working.span(day) for day in range(-BEFORE_D, ceil(end / DAY))])
        grown = people.age_group > 0
        per_day = np.where(grown, line.matters_per_100k / 100_000 / max(float(grown.mean()), 1e-9), 0.0)
        around = (0.0, len(self._spans) * DAY)
        person, matter, drawn = occurrences(self.world.rules.stream, "hall", people.key, per_day, _EVENLY, around)
        opens, closes = self._spans[(drawn // DAY).astype(np.int64)].T
        weights = 1.0 + line.peaks * (_RUSH / _RUSH.mean() - 1.0)
        steps = np.concatenate([[0.0], np.cumsum(weights) / weights.sum()])
        time = opens + (closes - opens) * np.interp(drawn % DAY / DAY, steps, np.linspace(0.0, 1.0, len(steps)))
        kept = (closes > opens) & (time < end)
        self.matter, self.t_apply = matter[kept], time[kept]
        self.area = self.world.city.buildings.grid[people.home[person[kept]]]
        self.elder = people.age_group[person[kept]] == ELDER

    def _draw_ways(self) -> None:
        """Draw who applies online, by themselves or helped, and how often until nothing lacks."""
        line, draw = self.line, partial(self.world.rules.stream.uniforms, entities=self.matter)
        access = draw("hall.assisted")
        able = ~self.elder | (access < line.elder_online)
        helped = ~able & (access < line.elder_online + (1.0 - line.elder_online) * self._p("assisted"))
        self.online = (able | helped) & (draw("hall.online") < self._p("online"))
        self.helped = self.online & helped
        brought = line.documents * (1.0 - self._p("shared_documents"))
        lacking = 1.0 - (1.0 - line.document_lacks) ** brought
        self.submissions = np.ones(len(self.matter), dtype=np.int16)
        again = np.ones(len(self.matter), dtype=np.bool_)
        for number in range(MOST_VISITS - 1):
            again &= draw("hall.returns", moments=number) < lacking
            self.submissions += again

    def _drop_those_before(self) -> None:
        """Drop what was accepted before the window; of the rest, note how many submissions lie behind."""
        start = self.world.window[0]
        day, today = (self.t_apply // DAY).astype(np.int64) + BEFORE_D, int(start // DAY) + BEFORE_D
        opened = np.concatenate([[0], np.cumsum(self._spans[:, 1] > self._spans[:, 0])])
        behind = opened[today] - opened[np.minimum(day, today)]
        behind += (day <= today) & (opened[today + 1] > opened[today]) & (self.t_apply % DAY < start % DAY)
        kept = (self.submissions > behind) & ((self.t_apply >= start) | ~self.online | self.helped)
        for name in ("matter", "area", "elder", "online", "helped", "submissions", "t_apply"):
            setattr(self, name, getattr(self, name)[kept])
        self.behind = behind[kept]

    def _open_windows(self) -> None:
        """Give each department its windows and as much of what comes; those that have joined work as one pool."""
        line, env = self.line, self.world.engine.env
        self.count = max(2, round(line.windows_per_100k * self.world.city.residents / 100_000))
        departments = min(line.departments, self.count)
        owner = np.arange(self.count) * departments // self.count
        luck = self.world.rules.stream.uniforms("hall.department", self.matter)
        self.department = owner[(luck * self.count).astype(np.int64)].astype(np.int8)
        joined = round(min(self._p("pooled"), 1.0 - line.specialised) * departments)
        joined = joined if joined > 1 else 0  # one department alone is no pool
        self.pooled = self.department < joined
        counts = np.bincount(owner).tolist()
        pool = [simpy.Resource(env, sum(counts[:joined]))] if joined else []
        self.windows = pool * joined + [simpy.Resource(env, count) for count in counts[joined:]]

    def _draw_services(self) -> None:
        """Draw a clerk's time (s) for every submission, one row's after the other's: that of number k at `first` + k."""
        line, to_come = self.line, self.submissions - self.behind
        self.first = np.cumsum(to_come) - to_come - self.behind
        row = np.repeat(np.arange(len(to_come)), to_come)
        mean_min = line.service_min * np.where(self.pooled, self._p("pool_factor"), 1.0)
        mean_min = np.where(self.helped, self._p("help_min"), mean_min) / (1.0 + SPEED * self._p("appraisal"))
        luck = self.world.rules.stream.lognormals(
            exp(-0.5 * line.service_sigma**2), line.service_sigma, "hall.service", self.matter[row],
            np.arange(len(row)) - self.first[row],
        )  # fmt: skip
        self.services: list[float] = (mean_min[row] * MINUTE * luck).tolist()

    def start(self) -> None:
        """Send everybody on their way; those who apply online by themselves need no window."""
        start, alone = self.world.window[0], self.online & ~self.helped
        for row, time in enumerate(self.t_apply.tolist()):
            if alone[row]:
                whole = time
                for _ in range(self.submissions[row] - 1):
                    whole = self._next_day(whole, time)
                self.t_accept[row] = whole
            else:
                first = time if time >= start else self._next_day(start - DAY, time)
                first = first if first >= start else self._next_day(start, time)
                self.world.engine.process(self._apply(row, first))

    def _next_day(self, now: float, time: float) -> float:
        """Return the first moment of a working day after that of `now` at the same time of day as `time`."""
        day = int(now // DAY) + 1
        opens, closes = self._working.span(day)
        while not opens < closes:
            day += 1
            opens, closes = self._working.span(day)
        return day * DAY + time % DAY

    def _apply(self, row: int, time: float) -> Process:
        """Come to the hall, or be helped from it, as often as it takes until the submission is whole."""
        env, windows, helped = self.world.engine.env, self.windows[self.department[row]], bool(self.helped[row])
        needed, first = int(self.submissions[row]), int(self.first[row])
        while self.done[row] < needed and self.visits[row] < MOST_VISITS:
            yield env.timeout(max(0.0, time - env.now))
            came = env.now
            with windows.request() as window:
                if not window.triggered:
                    yield window
                if helped or self._stayed(row, came):
                    takes = self.services[first + self.done[row]]
                    self.clerk[row] += takes
                    self.spells.append((env.now, takes))
                    self.done[row] += 1
                    yield env.timeout(takes)
            time = self._next_day(env.now, time)
        if self.done[row] == needed:
            self.t_accept[row] = env.now

    def _stayed(self, row: int, came: float) -> bool:
        """Note a visit whose turn it is now, and return whether patience has lasted: else the applicant left before.

        What is waited after the window is not told, for the hall is emptier then than it would be.
        """
        waited, visit, stayed = self.world.engine.now - came, self.visits[row], True
        if waited > 0.0:
            mean_s, matter = self.line.patience_min * MINUTE, int(self.matter[row])
            patience = self.world.rules.stream.exponential(mean_s, "hall.patience", matter, visit)
            waited, stayed = min(waited, patience), waited <= patience
        if visit == 0:
            self.wait_first[row] = waited
        self.visits[row] += 1
        if came < self.world.window[1]:
            self.came[row] += 1
            self.left[row] += not stayed
            self.wait[row] += waited
        return stayed

    def _approvals(self) -> NDArray[np.float64]:
        """Return the working seconds from acceptance to certificate; a wrong decision is made again from the start."""
        line, handover = self.line, self._p("handover_d") * self._working.day
        draw = partial(self.world.rules.stream.lognormals, line.item_d * self._working.day, line.item_sigma)
        total = np.where(self.pooled & ~self.online, handover, 0.0)
        for attempt, needed in enumerate((np.ones_like(self.wrong), self.wrong)):
            items = np.stack([draw("hall.item", self.matter, attempt * AGAIN + i) for i in range(line.items)])
            total += needed * np.where(self.parallel, items.max(axis=0) + handover, items.sum(axis=0))
        return total

    def _days(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return for each day of the window the share of open time that windows were busy, and overtime (s a window)."""
        spans = self._spans[BEFORE_D:]
        opens, closes = np.clip(spans, *self.world.window).T
        begin, takes = np.array(self.spells, dtype=np.float64).reshape(-1, 2).T
        within = begin < len(spans) * DAY
        begin, end = begin[within], (begin + takes)[within]
        day = (begin // DAY).astype(np.int64)
        open_s = np.clip(np.minimum(end, closes[day]) - np.maximum(begin, opens[day]), 0.0, None)
        late_s = np.clip(end - np.maximum(begin, spans[day, 1]), 0.0, None)
        busy, late = (np.bincount(day, seconds, minlength=len(spans)) for seconds in (open_s, late_s))
        return busy / np.maximum(self.count * (closes - opens), 1.0), late / self.count

    def rows(self) -> dict[str, NDArray[Any]]:
        """Return the matters that were applied for within the window as columns."""
        working, kept = self._working, np.flatnonzero(self.t_apply >= self.world.window[0])
        told = {name: np.asarray(getattr(self, name))[kept] for name in self.line.table.names if hasattr(self, name)}
        approvals, day = self._approvals()[kept], (told["t_apply"] // DAY).astype(np.int64)
        busy, overtime = self._days()
        issue, elapsed = np.full(len(kept), np.nan), np.full(len(kept), np.nan)
        accepted = np.isfinite(told["t_accept"])
        for row in np.flatnonzero(accepted):
            apply, accept, takes = (float(column[row]) for column in (told["t_apply"], told["t_accept"], approvals))
            issue[row] = working.add(accept, takes)
            elapsed[row] = working.between(apply, accept) + takes
        return {
            **told,
            "t_issue": issue,
            "elapsed_d": elapsed / working.day,
            "on_time": accepted & (approvals <= self.line.promise_d * working.day),
            "busy": busy[day],
            "overtime": overtime[day],
        }
