"""A year of safety education, month by month: every resident with a knowledge and a skill of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, pdtr

from models.calendar import DAY
from models.literacy.knowledge import (
    CARRIED_HOME,
    CHILD,
    CONVERSION,
    ELDER,
    FOLLOW_UP_D,
    LESSON,
    MONTH_D,
    REST,
    REST_SPREAD,
    RIDES,
    SETTINGS,
    SKILL_DRILLED,
    SKILL_REST,
    TALK,
    TALK_H,
    TALK_LISTENERS,
    TOLD,
    VISIT,
    VISIT_H,
    YEAR_D,
    Setting,
    Steady,
    Types,
    exposed,
    fade,
    found_in,
    learn,
    noticed_a_passage,
    presets,
    talks_a_day,
    told,
    type_of,
    visits_a_day,
)  # fmt: skip
from models.world import World
from sim.city.buildings import ring_area
from sim.city.model import City

if TYPE_CHECKING:
    from models.lines.safety_literacy import SafetyLiteracy

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
LESSON_H, LESSON_LEARNERS = 1.5, 15.0  #: of the chain (assumption)
DRILL_H, DRILL_LEARNERS = 2.0, 15.0  #: (assumption)
CALL_H, CALLED_H = 0.1, 0.25  #: of a follow-up: staff's and the learner's own (assumption)
GUIDE_H = 0.0005  #: of a guide, a passage through a theme station (assumption)


def villages(city: City, residents: NDArray[Any], share: float) -> Bools:
    """Return which areas are village grids: the least dense ones, until they hold `share` of `residents` [areas]."""
    grids = city.areas.of_level("grid")
    km2 = np.array([ring_area(city.areas.outlines[grid]) / 1e6 for grid in grids])
    order = grids[np.argsort(residents[grids] / np.maximum(km2, 1e-9), kind="stable")]
    held = np.cumsum(residents[order]) - residents[order] / 2.0  # a grid counts if most of it fits
    found = np.zeros(len(city.areas), dtype=np.bool_)
    found[order[held < share * residents.sum()]] = True
    return found


class LiteracyYear:
    """The residents of one run, as columns, and what their months have been."""

    def __init__(self, line: SafetyLiteracy, world: World, today: Steady) -> None:
        self.line, self.p, self.stream, people = line, world.rules, world.rules.stream, world.population
        self.key, self.age, self.household = people.key, people.age_group.astype(np.int64), people.household
        self.first = self.key[np.unique(people.household, return_index=True)[1]]
        areas, grid = world.city.areas, world.city.buildings.grid[people.home]
        residents = np.bincount(grid, minlength=len(areas))
        village = villages(world.city, residents, line.village_share)[grid]
        who = Types(people.age_group, people.day_place != people.home, village, np.ones(len(people)))
        self.pools = {s.name: np.flatnonzero(found_in(s.name, who)) for s in SETTINGS}
        self.grown = np.flatnonzero(self.age > CHILD)
        self.old = np.bincount(self.household[self.age == ELDER], minlength=len(self.first)) > 0
        self.communities, community = np.unique(areas.ancestor("community")[grid], return_inverse=True)
        self.row = community * len(REST) + self.age
        self.rows_of_month = len(self.communities) * len(REST)
        self.people = self._sum(np.ones(len(people)))
        self._start(today, type_of(people.age_group, who.away, village))
        steps = max(1, round((world.window[1] - world.window[0]) / DAY / MONTH_D))
        self.days = (world.window[1] - world.window[0]) / DAY / steps
        self.months = [self._month(month) for month in range(steps)]

    def _start(self, today: Steady, kind: Ints) -> None:
        """Put everybody where today's programme leads in the long run, with a spread from person to person."""
        line, rest = self.line, REST[self.age]
        self.rest = np.clip(rest + REST_SPREAD * ndtri(self._luck("literacy.rest")), 0.05, 0.9)
        self.taught = np.clip(self.rest + (today.knowledge[kind] - rest), 0.0, 1.0)
        self.rides = self._luck("literacy.rides") * line.ride_days / RIDES[self.age]
        self.station = np.where(self._rides(presets(line.own, 1)["station.ridership"]), today.station, 0.0)
        since = -np.log(self._luck("literacy.trained")) / today.drills[kind]
        self.skill = fade(SKILL_DRILLED, SKILL_REST, since, line.tau_skill_d)
        self.session_d = np.log(self._luck("literacy.session")) / np.maximum(today.sessions[kind], 1e-12)
        count = len(self.key)
        self.reached, self.stage = np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.int8)
        self.lesson_d, self.fresh_d, self.peak = np.full(count, np.nan), np.full(count, np.nan), np.zeros(count)
        self.turns = {name: self._luck(f"literacy.{name}") for name in ("lesson", "drilled", "joins")}
        self.before = self._sum(self.knowledge)

    @property
    def knowledge(self) -> NDArray[np.float64]:
        """What each resident knows."""
        return np.minimum(self.taught + self.station, 1.0)

    def _luck(self, decision: str, who: Any = slice(None), month: int = 0) -> NDArray[np.float64]:
        return self.stream.uniforms(decision, self.key[who], month)

    def _sum(self, values: Any, who: Any = slice(None)) -> NDArray[np.float64]:
        """Return the sum of what each resident has, by row: community, then age."""
        return np.bincount(self.row[who], weights=values, minlength=self.rows_of_month).astype(np.float64)

    def _rides(self, ridership: float) -> Bools:
        """Return who passes a theme station regularly; u·days/weight < riders a day, so that more ride, not others."""
        return self.rides < ridership

    def _month(self, month: int) -> dict[str, NDArray[Any]]:
        """Let a month pass, and return its rows."""
        line, self.now = self.line, (month + 1) * self.days
        self.learned, self.staff, self.own = (np.zeros(self.rows_of_month) for _ in range(3))
        spreads = self.knowledge >= line.spreads_above
        self.taught = fade(self.taught, self.rest, self.days, line.tau_knowledge_d)
        self.station = fade(self.station, 0.0, self.days, line.tau_knowledge_d)
        self.skill = fade(self.skill, SKILL_REST, self.days, line.tau_skill_d)
        for setting in SETTINGS:
            self._setting(setting, month)
        self._pass_station(month)
        self._communicators(month)
        self._neighbours(spreads, month)
        self._chain()
        self._call_back(month)
        return self._rows(month)

    def _teach(self, who: Ints, gain: float, staff_h: float, own_h: float) -> None:
        """Teach residents (indices); hours are a person's part of the staff's time, and the person's own."""
        known = self.taught[who]
        self.taught[who] = learn(known, gain, self.rest[who])
        count = self._sum(np.ones(len(who)), who)
        self.learned += self._sum(self.taught[who] - known, who)
        self.staff += count * staff_h * (1.0 + self.p["education.admin"])
        self.own += count * own_h

    def _places(self, pool: Ints, luck: NDArray[np.float64], chance: float, month: int) -> Ints:
        """Return who of a pool has a place: an alliance gives those of people taught within a year to whom is next."""
        lately = self.now - self.session_d[pool] < YEAR_D - self.days / 2.0  # a year, to the month
        found = luck < chance
        again = np.flatnonzero(found & lately)
        freed = again[self._luck("literacy.again", pool[again], month) >= self.p["education.duplicated"]]
        others = np.flatnonzero(~found & ~lately)
        found[freed] = False
        found[others[np.argsort(luck[others], kind="stable")][: len(freed)]] = True
        return pool[found]

    def _setting(self, setting: Setting, month: int) -> None:
        pool, name = self.pools[setting.name], f"literacy.{setting.name}"
        chance = 1.0 - (1.0 - self.p[f"education.{setting.name}"]) ** (self.days / 365.0)
        if setting.name == "family":  # everybody's setting: a household has one luck
            luck = self.stream.uniforms(name, self.first, month)[self.household]
        else:
            luck = self._luck(name, pool, month)
        found = self._places(pool, luck, chance, month)
        gain = self.line.gains()[setting.name]
        self._teach(found, gain, setting.hours / setting.listeners, setting.hours)
        self.reached[found], self.session_d[found] = True, self.now
        if setting.drilled:
            drill = found[self._luck("literacy.drill", found, month) < setting.drilled]
            self.skill[drill] = SKILL_DRILLED
        if setting.name == "school":
            home = np.zeros(len(self.first), dtype=np.bool_)
            home[self.household[found]] = True
            at_home = home[self.household]
            at_home[found] = False
            self._teach(np.flatnonzero(at_home), CARRIED_HOME * gain, 0.0, 0.0)

    def _pass_station(self, month: int) -> None:
        """Show exhibits to those who pass a theme station: a Poisson count noticed, the same mean for all of them."""
        line, riders = self.line, np.flatnonzero(self._rides(self.p["station.ridership"]))
        passages = line.ride_days * self.days
        mean = passages * noticed_a_passage(line.dwell_s)
        below = pdtr(np.arange(int(mean + 10 * mean**0.5 + 10)), mean)
        noticed = np.searchsorted(below, self._luck("literacy.station", riders, month))
        known = self.station[riders]
        self.station[riders] = exposed(known, noticed)
        count = self._sum(np.ones(len(riders)), riders)
        self.learned += self._sum(self.station[riders] - known, riders)
        self.staff += count * passages * GUIDE_H
        self.own += count * passages * line.dwell_s / 3600.0
        self.reached[riders[noticed > 0]] = True

    def _communicators(self, month: int) -> None:
        """Visit households, older ones first, and talk to grown residents."""
        visits, first = visits_a_day(self.p, len(self.key)) * self.days, self.p["communicator.elders_first"]
        old = max(int(self.old.sum()), 1)
        rate = np.where(self.old, visits * first / old, visits * (1 - first) / max(len(self.old) - old, 1))
        home = self.stream.uniforms("literacy.visit", self.first, month) < 1.0 - np.exp(-rate)
        visited = np.flatnonzero(home[self.household])
        size = len(visited) / max(int(home.sum()), 1)
        self._teach(visited, VISIT, VISIT_H / max(size, 1.0), VISIT_H)
        rate_talk = talks_a_day(self.p, len(self.key)) * self.days / max(len(self.grown), 1)
        listening = self.grown[self._luck("literacy.talk", self.grown, month) < 1.0 - np.exp(-rate_talk)]
        self._teach(listening, TALK, TALK_H / TALK_LISTENERS, TALK_H)
        self.reached[visited] = True
        self.reached[listening] = True

    def _neighbours(self, spreads: Bools, month: int) -> None:
        """Let those who know tell others of their community."""
        place = self.row // len(REST)
        share = np.bincount(place, weights=spreads) / np.maximum(np.bincount(place), 1)
        chance = told(share, self.line.contacts_month * self.days / MONTH_D, self.line.passes_on)
        heard = self._luck("literacy.told", month=month) < chance[place]
        # Nobody on duty taught this, so that it does not count as learned for the hours of staff.
        self.taught[heard] = learn(self.taught[heard], TOLD, self.rest[heard])

    def _chain(self) -> None:
        """Lead on those whose turn it is, one stage a month: the last stage first, so that nobody runs through."""
        f = self.p["education.conversion"]
        self.stage[(self.stage == 2) & (self.turns["joins"] < CONVERSION[2] * f)] = 3
        drilled = np.flatnonzero((self.stage == 1) & (self.turns["drilled"] < CONVERSION[1] * f))
        self._teach(drilled, 0.0, DRILL_H / DRILL_LEARNERS, DRILL_H)
        self.skill[drilled], self.stage[drilled] = SKILL_DRILLED, 2
        come = np.flatnonzero((self.stage == 0) & self.reached & (self.turns["lesson"] < CONVERSION[0] * f))
        self._teach(come, LESSON, LESSON_H / LESSON_LEARNERS, LESSON_H)
        self.stage[come], self.peak[come] = 1, self.taught[come]
        self.lesson_d[come] = self.fresh_d[come] = self.now

    def _call_back(self, month: int) -> None:
        """Call back the learners whose lesson is a multiple of 90 days ago: what they knew and could do is there again."""
        since = self.now - self.lesson_d
        with np.errstate(invalid="ignore"):
            due = np.floor(since / FOLLOW_UP_D) > np.floor((since - self.days) / FOLLOW_UP_D)
        due &= since >= FOLLOW_UP_D
        who = np.flatnonzero(due)
        who = who[self._luck("literacy.followup", who, month) < self.p["education.followup"]]
        known = self.taught[who]
        self.taught[who] = np.maximum(known, self.peak[who])
        self.learned += self._sum(self.taught[who] - known, who)
        able = who[self.stage[who] >= 2]
        self.skill[able] = SKILL_DRILLED
        self._teach(who, 0.0, CALL_H, CALLED_H)
        self.fresh_d[who] = self.now

    def _rows(self, month: int) -> dict[str, NDArray[Any]]:
        line, knowledge = self.line, self.knowledge
        first = np.flatnonzero(self.lesson_d <= self.days)
        left = np.exp(-(self.now - self.fresh_d[first]) / line.tau_knowledge_d)
        speaks = 1.0 - (1.0 - line.passes_on) ** line.contacts_month
        counts = {
            "people": self.people, "able": self._sum(self.skill > line.able_above), "reached": self._sum(self.reached),
            "lessons": self._sum(self.stage >= 1), "drilled": self._sum(self.stage >= 2),
            "joined": self._sum(self.stage == 3), "first_lessons": self._sum(np.ones(len(first)), first),
        }  # fmt: skip
        return {
            "area": np.repeat(self.communities, len(REST)).astype(np.int32),
            "month": np.full(self.rows_of_month, month, dtype=np.int16),
            "age": np.tile(np.arange(len(REST), dtype=np.int8), len(self.communities)),
            **{name: column.astype(np.int64) for name, column in counts.items()},
            "knowledge": self._sum(knowledge), "before": self.before, "learned": self.learned,
            "spreading": self._sum(knowledge >= line.spreads_above) * speaks, "staff_h": self.staff, "own_h": self.own,
            "left_of_them": self._sum(left, first),
        }  # fmt: skip

    def rows(self) -> dict[str, NDArray[Any]]:
        """Return the months one below the other, a row for each community and age group."""
        return {name: np.concatenate([month[name] for month in self.months]) for name in self.months[0]}
