"""The desk of a shock day: needs come, forces that may do the work are sent, and what is not met leads on to the next.

A force takes its own work first, then, if it is lent, what falls due soonest of what it can do. Where the cascade
graph is shared, a step is worked on from the moment its parent is known: done before it comes, it never comes.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.calendar import HOUR, MINUTE
from models.surge.forces import Forces, efficiency, station_distance
from models.surge.needs import ALLIANCE, CORE, NEIGHBOURS, TRAFFIC, Floats, Needs
from models.world import World

if TYPE_CHECKING:
    from models.lines.surge import Surge

DETOUR = 1.3
HIDDEN, WAITING, TAKEN = range(3)  #: what the desk knows of a need: nothing, that it is open, who goes


class Desk:
    """The desk of one run; columns of needs and forces that change as they work."""

    def __init__(self, line: Surge, world: World, needs: Needs, forces: Forces) -> None:
        self.line, self.world, self.needs, self.forces = line, world, needs, forces
        n, m = len(needs), len(forces)
        self.onset, self.help, self.done = np.full(n, np.nan), np.full(n, np.nan), np.full(n, np.nan)
        self.prevented = np.zeros(n, dtype=np.bool_)
        self.uncovered = np.zeros(n, dtype=np.bool_)
        self.helper = np.full(n, -1, dtype=np.int64)
        self.state = np.zeros(n, dtype=np.int8)
        self.due = np.full(n, np.inf)
        self.free = np.ones(m, dtype=np.bool_)
        self._abroad = np.zeros(m, dtype=np.bool_)  #: at another owner's work
        self.x, self.y, self.busy = forces.x.copy(), forces.y.copy(), np.zeros(m)
        community = world.city.areas.ancestor("community")
        self._place, self._post = community[needs.grid], community[forces.area]
        self._dark = np.zeros(len(world.city.areas), dtype=np.int64)
        self._children: list[list[int]] = [[] for _ in range(n)]
        for child in np.flatnonzero(needs.parent >= 0).tolist():
            self._children[needs.parent[child]].append(child)
        self._helps = forces.lent | (forces.owner >= NEIGHBOURS)  # beside work of one's own
        self._able = efficiency(world.rules["surge.substitution"])
        self._report = self._reports()
        self._shared = world.rules.stream.uniforms("surge.shared", needs.entity) < world.rules["surge.shared_graph"]

    def open(self) -> None:
        """Put all that comes by itself on the clock: roots, core duties, and forces that are not there yet."""
        engine, needs, forces = self.world.engine, self.needs, self.forces
        for need in np.flatnonzero((needs.parent < 0) & (needs.after >= self.world.window[0])).tolist():
            engine.at(float(needs.after[need]), partial(self._arises, need))
        for force in np.flatnonzero(np.isfinite(forces.ready)).tolist():
            self.free[force] = False
            engine.at(float(forces.ready[force]), partial(self._comes_free, force))

    def _reports(self) -> Floats:
        """Return s from a need to the desk that looks it up: on foot to a station one knows, or by a busy telephone."""
        rules, entity = self.world.rules, self.needs.entity
        walks = rules.stream.uniforms("surge.walk_in", entity) < rules["surge.recognised"]
        away = station_distance(rules["surge.stations_per_km2"], rules.stream.uniforms("surge.walk", entity))
        phone = rules.stream.lognormals(self.line.phone_min * MINUTE, 0.7, "surge.phone", entity)
        told = np.where(walks, np.minimum(away / self.line.walking, phone), phone)
        return np.where(self.needs.kind == CORE, 0.0, told + rules["surge.lookup_min"] * MINUTE)

    def _arises(self, need: int) -> None:
        engine, needs = self.world.engine, self.needs
        self.onset[need] = engine.now
        self.due[need] = engine.now + needs.limit[need]
        if needs.kind[need] == TRAFFIC:
            self._dark[self._place[need]] += 1
        if self.state[need] == HIDDEN:
            engine.at(engine.now + float(self._report[need]), partial(self._known, need))
        else:
            self._foresee(need)
        for child in self._children[need]:
            engine.at(engine.now + float(needs.after[child]), partial(self._falls_due, child))

    def _known(self, need: int) -> None:
        if self.state[need] == HIDDEN:
            self._offer(need)
        self._foresee(need)

    def _foresee(self, need: int) -> None:
        """Offer what a need may lead to, where the graph is shared and it has not come yet."""
        for child in self._children[need]:
            if self._shared[child] and self.state[child] == HIDDEN and np.isnan(self.onset[child]):
                expected = self.onset[need] + self.needs.expected[child]
                self.due[child] = expected + self.needs.limit[child]
                if self.world.engine.now < self.onset[need] + self.needs.after[child]:
                    self._offer(child)

    def _falls_due(self, need: int) -> None:
        """Let a step of the cascade come, unless its parent was met or it was worked on before."""
        met = self.help[self.needs.parent[need]] <= self.world.engine.now
        if self.needs.happens[need] and not met and not self.prevented[need]:
            self._arises(need)
        elif self.state[need] == WAITING:
            self.state[need] = HIDDEN

    def _offer(self, need: int) -> None:
        """Send the force that is done soonest of those free, or let the need wait."""
        self.state[need] = WAITING
        forces, kind, owner = self.forces, self.needs.kind[need], self.needs.owner[need]
        now = self.world.engine.now
        able = self._able[forces.owner, kind]
        may = self.free & (now < forces.leaves) & ((forces.owner == owner) | ((able > 0.0) & self._helps))
        may &= (forces.owner != NEIGHBOURS) | (self._post == self._place[need])
        chosen = np.flatnonzero(may)
        if len(chosen):
            well = np.where(forces.owner[chosen] == owner, 1.0, able[chosen])
            takes = self._travel(chosen, np.full(len(chosen), need)) + self.needs.work[need] / well
            self._send(int(chosen[np.argmin(takes)]), need)
        elif kind == CORE:
            self.uncovered[need] = bool(self._abroad[forces.owner == owner].any())

    def _comes_free(self, force: int) -> None:
        """Let a force take what it should do next: its own work first, then what falls due soonest."""
        forces, needs, now = self.forces, self.needs, self.world.engine.now
        self.free[force] = now < forces.leaves[force]
        if not self.free[force]:
            return
        owner = int(forces.owner[force])
        waiting = np.flatnonzero(self.state == WAITING)
        able = self._able[owner, needs.kind[waiting]]
        may = (needs.owner[waiting] == owner) | ((able > 0.0) & self._helps[force])
        if owner == NEIGHBOURS:
            may &= self._place[waiting] == self._post[force]
        chosen = waiting[may]
        own = chosen[needs.owner[chosen] == owner]
        chosen = own if len(own) else chosen
        if len(chosen):
            urgency = self.due[chosen] + self._travel(np.full(len(chosen), force), chosen)
            self._send(force, int(chosen[np.argmin(urgency)]))

    def _travel(self, force: NDArray[np.int64], need: NDArray[np.int64]) -> Floats:
        """Return s from where forces are to where they are needed; units are slow where signals are dark."""
        away = np.hypot(self.x[force] - self.needs.x[need], self.y[force] - self.needs.y[need]) * DETOUR
        slow = np.where(self._dark[self._place[need]] > 0, self.line.dark_factor, 1.0)
        drive = away / (self.line.speed_kmh / 3.6) * slow
        return np.where(self.forces.owner[force] == NEIGHBOURS, away / self.line.walking, drive)

    def _send(self, force: int, need: int) -> None:
        now = self.world.engine.now
        takes = float(self._travel(np.array([force]), np.array([need]))[0])
        owner = self.forces.owner[force]
        self._abroad[force] = owner < NEIGHBOURS and owner != self.needs.owner[need]
        if self._abroad[force]:
            takes += self.world.rules["surge.brief_min"] * MINUTE  # under another's command
        self.free[force] = False
        self.state[need] = TAKEN
        self.helper[need] = force
        self.world.engine.at(now + takes, partial(self._arrives, force, need, now))

    def _arrives(self, force: int, need: int, left: float) -> None:
        now, needs = self.world.engine.now, self.needs
        self.x[force], self.y[force] = needs.x[need], needs.y[need]
        owner = self.forces.owner[force]
        well = 1.0 if owner == needs.owner[need] else self._able[owner, needs.kind[need]]
        work = float(needs.work[need] / well)
        if self.forces.volunteer[force]:
            work *= 1.0 + self.world.rules["surge.fatigue"] * max(0.0, now - self.forces.ready[force]) / HOUR
        if np.isnan(self.onset[need]):
            open_yet = np.isnan(self.help[needs.parent[need]])
            self.prevented[need] = open_yet
            work *= self.line.prevention if open_yet else 0.0
        else:
            self.help[need] = now
            if needs.kind[need] == TRAFFIC:
                self._dark[self._place[need]] -= 1
        self.world.engine.at(now + work, partial(self._finishes, force, need, left))

    def _finishes(self, force: int, need: int, left: float) -> None:
        now = self.world.engine.now
        self.busy[force] += now - left
        self._abroad[force] = False
        if not np.isnan(self.onset[need]):
            self.done[need] = now
        self._comes_free(force)

    def foreign(self) -> NDArray[np.bool_]:
        """Return whether a unit of another owner helped, bool [needs]."""
        helped = self.helper >= 0
        owner = self.forces.owner[np.where(helped, self.helper, 0)]
        return np.asarray(helped & (owner != self.needs.owner) & (owner != ALLIANCE) & (owner != NEIGHBOURS))
