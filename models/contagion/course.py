"""An epidemic in one run of a city: it spreads hour by hour, is found by tests, and asks for ambulances and beds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.calendar import DAY, MINUTE
from models.contagion.care import Beds, Laboratory
from models.contagion.meeting import SETTINGS
from models.contagion.spread import Epidemic
from models.hazards.base import Course
from models.world import World

if TYPE_CHECKING:
    from models.hazards.contagion import Contagion

ORDER = "severe_infection"
_STEP_D = 1.0 / 24.0
_WEEK_D = 7.0
_ABOUT = 300.0  #: m about a place in which the first cases live (assumption)
_LONGEST_RAMP = 60.0 * MINUTE  #: that a crew waits for a bed (assumption)
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class EpidemicCourse(Course):
    """An epidemic in one run; the one place of its state."""

    def __init__(self, kind: Contagion, world: World) -> None:
        self._kind, self._world = kind, world
        people, stream, areas = world.population, world.rules.stream, world.city.areas
        self._community = areas.ancestor("community")[world.city.buildings.grid[people.home]]
        self._residents = np.bincount(self._community, minlength=len(areas))
        mixing, disease = kind.mixing(), kind.disease()
        places = world.city.buildings
        homes = (self._community, places.x[people.home], places.y[people.home])
        settings = mixing.settings(people, homes, disease, stream)
        self.epidemic = Epidemic(disease, settings, people.key, stream, world.window[0] / DAY)
        self.epidemic.susceptibility[:] = kind.vaccine().susceptibility(stream, people.key)
        self._finding, self._severity = kind.finding(len(people), world.rules.parameters), kind.severity()
        self._laboratory = Laboratory(self._finding, stream)
        self.beds = Beds(round(kind.beds_per_100k * len(people) / 1e5))
        n = len(people)
        self._asked, self.reported_at = np.full(n, np.inf), np.full(n, np.inf)
        self._pending = np.zeros(0, dtype=np.int64)
        self.severe_at, self.bed_at = np.full(n, np.inf), np.full(n, np.inf)
        self.mortality = np.zeros(n)
        self._patient: dict[int, int] = {}  #: by order
        self._ill, self._cases = (world.fields.add(field) for field in kind.writes)
        self._closed_until, self._confirmed, self._full = -np.inf, -1, False
        self._begun = world.recorder.event(world.window[0], "contagion_begins")
        self._seed(kind)
        kind.warn(world)

    def _seed(self, kind: Contagion) -> None:
        """Let the first cases be infectious when the run begins: those with the least luck, of all or about a place."""
        world, key, home = self._world, self._world.population.key, self._world.population.home
        first = min(len(key), round(kind.first_per_100k * len(key) / 1e5))
        order = world.rules.stream.uniforms("contagion.first", key)
        if kind.where is not None:
            places, at = world.city.buildings, kind.where.building(world.city, world.rules.stream, "contagion.place")
            away = np.hypot(places.x - places.x[at], places.y - places.y[at])[home]
            order = order + (away > max(_ABOUT, float(np.sort(away)[max(first - 1, 0)])))
        cases = np.sort(np.argsort(order, kind="stable")[:first])
        self.epidemic.infect(cases, infectious=True)
        self._fall_ill(cases)

    def step(self, now: float, beat: float) -> None:
        """Go on by whole hours until the end of the beat is reached."""
        while self.epidemic.now * DAY < now + beat - 1.0:
            self._hour()

    def _hour(self) -> None:
        new = self.epidemic.step(_STEP_D)
        if len(new):
            self._fall_ill(new)
        self._test()
        self._tell()
        self._schools()

    def _fall_ill(self, new: Ints) -> None:
        """Decide what is to become of new cases: whether they ask for a test, and whether they need a bed."""
        key, start = self._world.population.key[new], self.epidemic.infectious_at[new]
        self._asked[new] = self._laboratory.asks(key, start)
        self._pending = np.concatenate([self._pending, new[np.isfinite(self._asked[new])]])
        stream, age = self._world.rules.stream, self._world.population.age_group[new]
        severe = self._severity.severe(stream, key, age)
        self.severe_at[new[severe]] = start[severe] + self._severity.after_d
        for resident in new[severe].tolist():
            at = float(self.severe_at[resident]) * DAY
            if at < self._world.window[1]:
                self._world.engine.at(at, partial(self._worsens, resident))

    def _test(self) -> None:
        """Test those who have asked by now, in order of time; the positive are reported, and some stay apart."""
        due = self._asked[self._pending] <= self.epidemic.now
        asking, self._pending = self._pending[due], self._pending[~due]
        if not len(asking):
            return
        asking = asking[np.argsort(self._asked[asking], kind="stable")]
        key = self._world.population.key[asking]
        self.reported_at[asking], isolated = self._laboratory.results(key, self._asked[asking])
        self.epidemic.isolated_at[asking] = isolated

    def _reported(self, since: float, until: float) -> NDArray[np.bool_]:
        return (self.reported_at > since) & (self.reported_at <= until)

    def _tell(self) -> None:
        """Write the fields by community: infectious residents now, and cases reported in the last seven days."""
        now, epidemic, areas = self.epidemic.now, self.epidemic, len(self._residents)
        ill = (epidemic.infectious_at <= now) & (epidemic.removed_at > now)
        week = self._reported(now - _WEEK_D, now)
        per = np.maximum(self._residents, 1)
        self._ill[:] = np.bincount(self._community[ill], minlength=areas) / per
        self._cases[:] = np.bincount(self._community[week], minlength=areas) / per * 1e5
        at = min(now * DAY, self._world.window[1])
        if self._confirmed < 0 and week.any():
            self._confirmed = self._world.recorder.event(at, "contagion_confirmed", cause=self._begun)
        if round(now * 24.0) % 24 == 0:
            self._world.recorder.value(at, "infectious.contagion", float(ill.sum()))
            self._world.recorder.value(at, "beds_taken.contagion", float(self.beds.taken(now)))

    def _schools(self) -> None:
        """Close schools for some days where more than so many cases were reported in a week; look once a day."""
        kind, now, world = self._kind, self.epidemic.now, self._world
        if kind.close_schools_per_100k <= 0.0 or round(now * 24.0) % 24:
            return
        school, at = SETTINGS.index("school"), min(now * DAY, world.window[1])
        closed = bool(self.epidemic.factor[school] < 1.0)
        week = int(self._reported(now - _WEEK_D, now).sum()) * 1e5 / len(world.population)
        if not closed and week >= kind.close_schools_per_100k:
            self.epidemic.factor[school] = kind.closed_contacts
            self._closed_until = now + kind.closed_d
            world.recorder.event(at, "schools_closed", cause=self._confirmed)
        elif closed and now >= self._closed_until and week < kind.close_schools_per_100k:
            self.epidemic.factor[school] = 1.0
            world.recorder.event(at, "schools_open", cause=self._confirmed)

    def _worsens(self, resident: int) -> None:
        """Let a severe case call an ambulance, or go to a hospital by itself."""
        world = self._world
        key = int(world.population.key[resident])
        if world.rules.stream.chance(self._kind.by_ambulance, "contagion.ambulance", key):
            cause = self._confirmed if self._confirmed >= 0 else self._begun
            severity = 0.5 + 0.25 * float(world.population.age_group[resident] == 2)
            building = int(world.population.home[resident])
            order = world.open_order(ORDER, key=key, building=building, severity=severity, cause=cause)
            self._patient[order] = resident
        else:
            self._admit(resident)

    def _admit(self, resident: int) -> float:
        """Ask for a bed now; return the days until there is one."""
        world, now = self._world, self._world.engine.now / DAY
        key = world.population.key[resident : resident + 1]
        stay = float(self._severity.stay(world.rules.stream, key)[0])
        self.bed_at[resident] = self.beds.admit(now, stay)
        waits = float(self.bed_at[resident]) - now
        self._judge(resident, waits)
        if (waits > 0.0) != self._full:
            self._full = waits > 0.0
            name = "beds_full" if self._full else "beds_free"
            world.recorder.event(world.engine.now, name, cause=max(self._confirmed, self._begun))
        return waits

    def _judge(self, resident: int, waits: float) -> None:
        age = self._world.population.age_group[resident : resident + 1]
        self.mortality[resident] = float(self._severity.mortality(age, np.array([waits]))[0])

    def ramp(self, order: int) -> float:
        """Ask for a bed at the hospital: while there is none, the crew waits with the patient, up to an hour."""
        return min(self._admit(self._patient[order]) * DAY, _LONGEST_RAMP)

    def ended(self, order: int) -> None:
        """Write the days until there was a bed as the outcome, and the expected deaths; whom nobody fetched has none."""
        resident, world = self._patient[order], self._world
        if np.isinf(self.bed_at[resident]):
            self._judge(resident, np.inf)
        waited = max(float(self.bed_at[resident]) - float(world.orders.stamps[order, 0]) / DAY, 0.0)
        world.orders.outcome[order] = waited if np.isfinite(waited) else np.nan
        world.orders.deaths[order] = self.mortality[resident]

    def rows(self) -> Mapping[str, NDArray[Any]]:
        """Return what happened in each community on each day of the window."""
        first, end = (moment / DAY for moment in self._world.window)
        days, areas = int(np.ceil(end - first - 1e-9)), np.flatnonzero(self._residents > 0)

        def each(at: Floats, weight: Floats | None = None) -> NDArray[np.float64]:
            inside = (at >= first) & (at < end)
            day = np.minimum((at[inside] - first).astype(np.int64), days - 1)
            cell = day * len(self._residents) + self._community[inside]
            weights = None if weight is None else weight[inside]
            counted = np.bincount(cell, weights=weights, minlength=days * len(self._residents))
            return counted.reshape(days, -1)[:, areas].ravel().astype(np.float64)

        start = self.epidemic.infectious_at
        ill = np.where(self._laboratory.symptoms(self._world.population.key), start, np.inf)
        got = np.isfinite(self.bed_at)
        wait = np.where(got, self.bed_at, 0.0) - np.where(got, self.severe_at, 0.0)
        present = np.cumsum(each(start).reshape(days, -1) - each(self.epidemic.removed_at).reshape(days, -1), axis=0)
        return {
            "day": np.repeat(np.arange(days, dtype=np.int32), len(areas)),
            "area": np.tile(areas.astype(np.int32), days),
            "residents": np.tile(self._residents[areas].astype(np.int64), days),
            "infected": each(self.epidemic.infected_at), "ill": each(ill), "infectious": present.ravel(),
            "reported": each(self.reported_at), "severe": each(self.severe_at), "bed_wait_d": each(self.severe_at, wait),
            "deaths": each(self.severe_at, self.mortality),
        }  # fmt: skip
