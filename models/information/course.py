"""A scare in one run of a city: a warning and its storm, a rumour, those who call because of it, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.calendar import DAY, HOUR
from models.hazards.base import Course
from models.information.desk import Desk
from models.information.talk import Circles, Rumour
from models.information.warning import chosen, warned
from models.orders import ARRIVE
from models.population import allocate
from models.world import World

if TYPE_CHECKING:
    from models.hazards.information import Alert, Information

QUESTION, CHECK, INJURY = "rumour_question", "rumour_check", "storm_injury"
STEP_S = 300.0
Ints = NDArray[np.int64]


class Scare(Course):
    """What people hear in one run; the one place of its state."""

    def __init__(self, kind: Information, world: World) -> None:
        self._kind, self._world = kind, world
        people, areas = world.population, world.city.areas
        self._community = areas.ancestor("community")[world.city.buildings.grid[people.home]]
        self._residents = np.bincount(self._community, minlength=len(areas))
        self._there = np.flatnonzero(self._residents)
        elsewhere, home = kind.elsewhere, kind.at_home
        ways = ((home, Circles.of_groups(people.household)), (1.0 - home - elsewhere, Circles.of_groups(self._community)),
                (elsewhere, Circles.of_groups(np.zeros(len(people), dtype=np.int32))))  # fmt: skip
        start = world.window[0]
        self.rumour = Rumour(
            kind.manner(world.rules["rumour.spread"]), ways, people.key, world.rules.stream, start / HOUR
        )
        self._spreading, self._heard, self._warned = (world.fields.add(field) for field in kind.writes)
        self.desk = Desk(world, self._community, max(1, round(kind.takers_per_100k * len(people) / 1e5)))
        self.desk.usual(kind.calls_per_100k)
        self.warned_at = np.full(len(people), np.inf)  #: s
        if kind.alert is not None:
            self._issue(kind.alert)
        self._begun, self._noticed, self._asked, self._alert = -1, -1, 0, -1
        self._begins_at = np.inf if kind.rumour_h is None else world.moment(kind.rumour_h)
        self._takes, self._due, self.stated_at = 0.0, np.inf, np.inf
        self._told: list[tuple[NDArray[np.float64], ...]] = []
        kind.warn(world)

    # The warning and its storm

    def _issue(self, alert: Alert) -> None:
        """Let the warning go out by its channels, and find whom the storm will hurt."""
        world, people = self._world, self._world.population
        begins = world.moment(alert.onset_h)
        at = max(begins - (alert.onset_h - alert.at_h) * HOUR, world.window[0])  # what was said before is known
        told = warned(chosen(alert.channels), people.key, people.age_group, world.rules.stream)
        self.warned_at = at + told.minutes * 60.0
        world.engine.at(at, self._warn)
        draw = partial(world.rules.stream.uniforms, entities=people.key)
        moment = begins + alert.lasts_h * HOUR * draw("information.when")
        stays = (self.warned_at < moment) & (draw("information.follows") < alert.follows)
        chance = alert.injuries_per_100k / 1e5 * np.where(stays, 1.0 - alert.spares, 1.0)
        hurt = np.flatnonzero((draw("information.hurt") < chance) & (moment < world.window[1]))
        for resident in hurt.tolist():
            world.engine.at(float(moment[resident]), partial(self._hurt, resident))
        world.engine.at(begins, self._onset)

    def _warn(self) -> None:
        self._alert = self._world.recorder.event(self._world.engine.now, "storm_warning")

    def _onset(self) -> None:
        self._alert = self._world.recorder.event(self._world.engine.now, "storm_begins", cause=self._alert)

    def _hurt(self, resident: int) -> None:
        people = self._world.population
        self._world.open_order(
            INJURY, key=int(people.key[resident]), building=int(people.home[resident]), cause=self._alert
        )

    # The rumour

    def step(self, now: float, beat: float) -> None:
        """Go on by steps of five minutes until the end of the beat is reached."""
        while self.rumour.now * HOUR < now + beat - 1.0:
            self._five_minutes()

    def _five_minutes(self) -> None:
        now, world, rumour = self.rumour.now * HOUR, self._world, self.rumour
        if self._begun < 0 and now + 1.0 >= self._begins_at:
            self._begin(now)
        if self._due <= now:
            self._state()
        since = (now - self.stated_at) / HOUR + STEP_S / HOUR / 2.0
        rumour.step(STEP_S / HOUR, self._kind.statement().debunking(world.rules, since))
        if self._begun >= 0 and rumour.counts()[1]:
            self._scare(now)
        end = rumour.now * HOUR
        if round(end / STEP_S) % 12 == 0 or end >= world.window[1]:
            self._tell(end)

    def _begin(self, now: float) -> None:
        """Let the first residents spread it: some in one community, the rest anywhere."""
        kind, world, stream = self._kind, self._world, self._world.rules.stream
        self._begun = world.recorder.event(now, "rumour_begins", cause=self._alert)
        residents, n = self._residents[self._there], len(world.population)
        weights = (1.0 - kind.at_origin) * residents / n
        place = stream.uniform("information.origin", 0) * n
        weights[np.searchsorted(np.cumsum(residents), place, side="right")] += kind.at_origin
        first = np.minimum(allocate(weights, max(1, round(kind.first_per_100k * n / 1e5))), residents)
        self._takes = stream.lognormal(world.rules["rumour.first_statement_h"] * HOUR, 0.2, "information.statement", 0)
        world.engine.at(now + kind.noticed * self._takes, self._notice)
        draws = stream.uniforms("information.first", world.population.key)
        order = np.lexsort((draws, self._community))
        rank = np.arange(n) - np.repeat(np.cumsum(residents) - residents, residents)
        self.rumour.begin(order[rank < np.repeat(first, residents)])

    def _scare(self, now: float) -> None:
        """Let some of those who spread it call 110, 119 and 120, and others ask the hotline."""
        kind, spreading = self._kind, np.flatnonzero(self.rumour.people.state == 1)
        count = np.bincount(self._community[spreading], minlength=len(self._residents))
        share = count / np.maximum(self._residents, 1)
        each = STEP_S / DAY / 1e5 * self._residents / np.maximum(count, 1)
        for what, calls in (("calls", kind.emergency_calls(share)), ("asks", kind.questions(share))):
            chance = (calls * each)[self._community[spreading]]
            self._phone(what, spreading, chance, now)

    def _phone(self, what: str, spreading: Ints, chance: NDArray[np.float64], now: float) -> None:
        world, moment = self._world, round(now / STEP_S)
        stream, key = world.rules.stream, world.population.key
        callers = spreading[stream.uniforms(f"information.{what}", key[spreading], moment) < chance]
        later = stream.uniforms(f"information.{what}_at", key[callers], moment) * STEP_S
        for resident, wait in zip(callers.tolist(), later.tolist(), strict=True):
            if now + wait >= world.window[1]:
                continue
            act = self.desk.scare if what == "calls" else self._ask
            world.engine.at(now + wait, partial(act, resident, moment))

    def _ask(self, resident: int, moment: int) -> None:
        """Ask the hotline whether it is true; once enough have, the office notices."""
        world = self._world
        key, home = int(world.population.key[resident]), int(world.population.home[resident])
        world.open_order(QUESTION, key=key * 1_000_000 + moment, building=home, cause=self._begun)
        self.desk.asked(resident)
        self._asked += 1
        if self._asked >= self._kind.noticed_after:
            self._notice()

    def _notice(self) -> None:
        """Send somebody to look whether it is true, once."""
        world = self._world
        if self._noticed >= 0 or world.engine.now >= world.window[1]:
            return
        self._noticed = world.recorder.event(world.engine.now, "rumour_noticed", cause=self._begun)
        building = self._kind.where.building(world.city, world.rules.stream, "information.where")
        entity = int(world.city.buildings.osm_id[building])
        world.open_order(CHECK, key=entity, building=building, cause=self._noticed)

    def ended(self, order: int) -> None:
        """Once the place was looked at, let the statement be made when it is written, but not before."""
        world = self._world
        if world.orders.kind(order) != CHECK or isnan(world.orders.stamps[order, ARRIVE]):
            return
        takes = world.rules.stream.lognormal(
            world.rules["rumour.first_statement_h"] * HOUR, 0.2, "information.statement", 0
        )
        self._due = max(self._begins_at + takes, world.engine.now)

    def _state(self) -> None:
        now = self.rumour.now * HOUR
        self.stated_at, self._due = now, np.inf
        self._world.recorder.event(now, "official_statement", cause=self._noticed)

    # What is told of it

    def _tell(self, end: float) -> None:
        """Write the fields, and keep the hour's rows."""
        state, areas = self.rumour.people.state, len(self._residents)
        per = np.maximum(self._residents, 1)
        spreading = np.bincount(self._community[state == 1], minlength=areas)
        heard = np.bincount(self._community[state > 0], minlength=areas)
        warned_now = np.bincount(self._community[self.warned_at <= end], minlength=areas)
        for field, count in ((self._spreading, spreading), (self._heard, heard), (self._warned, warned_now)):
            field[:] = count / per
        self._told.append(tuple(column[self._there].astype(np.float64) for column in (heard, spreading, warned_now)))

    def rows(self) -> Mapping[str, NDArray[Any]]:
        """Return hour by hour how many of each community have heard, spread it, were warned, and called."""
        n, hours = len(self._there), len(self._told)
        heard, spreading, told = (
            np.concatenate([row[i] for row in self._told]) if hours else np.zeros(0) for i in range(3)
        )
        alert, window = self._kind.alert, self._world.window
        ready = np.full(n, np.nan)
        if alert is not None:
            early = self.warned_at <= self._world.moment(alert.onset_h)
            ready[:] = np.bincount(self._community[early], minlength=len(self._residents))[self._there]
        phoned = self.desk.by_hour(self._there, hours, window[0])
        return {
            "hour": np.repeat(np.arange(hours, dtype=np.int32), n), "area": np.tile(self._there.astype(np.int32), hours),
            "residents": np.tile(self._residents[self._there].astype(np.int64), hours), "heard": heard,
            "spreading": spreading, "warned": told, "ready": np.tile(ready, hours),
            "statement_h": np.full(n * hours, (self.stated_at - self._begins_at) / HOUR), **phoned,
        }  # fmt: skip
