"""An evacuation in one run: people step out of buildings and walk to shelters; crews fetch who cannot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.calendar import DAY, HOUR, MINUTE
from models.cordon import lanes
from models.crowd.crowd import Crowd
from models.crowd.diagram import PACKED
from models.crowd.district import Leaving, Order, residents_leaving, set_up, under_way
from models.crowd.fair import along
from models.hazards.base import Course
from models.world import World
from sim.text import Text

if TYPE_CHECKING:
    from models.hazards.evacuation import Evacuation as Kind

HELP = "evacuation_help"
_STEP = 1.0  #: s
_LOOKS = 2 * MINUTE
_BLOCKED, _SLOW, _CRAWL = 1.0, 0.3, 0.1  #: as of a fair: persons a m² that block vehicles or slow them, share of speed
_OPENS_AT = 0.95  #: of those who can walk in shelters, from which on streets are open again (assumption)


class DistrictCourse(Course):
    """The course of an evacuation; a crew at a building brings out who waits for help there."""

    lasts_s = 6 * HOUR

    def __init__(self, kind: Kind, world: World) -> None:
        self._kind, self._world, city = kind, world, world.city
        building = kind.where.building(city, world.rules.stream, "evacuation.place")
        self._x, self._y = float(city.buildings.x[building]), float(city.buildings.y[building])
        first = kind.hour * HOUR
        self._at = first if first >= world.window[0] else first + DAY
        self._district = set_up(city, self._x, self._y, kind.reach_m, kind.shelter_persons)
        self._left, self._density = world.fields.add(kind.writes[0]), world.fields.add(kind.writes[1])
        paths = self._district.paths
        street = np.flatnonzero(paths.link >= 0)
        self._edges, at = along(city.drive, paths.x[street], paths.y[street])
        self._along = street[at]
        self._inner = np.zeros(city.drive.edges, dtype=np.bool_)
        self._inner[self._edges[self._district.inner[paths.link[self._along]]]] = True
        self._kept = lanes(city.drive, self._inner)
        self._said = np.ones(city.drive.edges)
        self._leaving: Leaving | None = None
        self.crowd: Crowd | None = None
        self._told: dict[int, int] = {}  #: building by order of help
        self._helped: dict[int, float] = {}  #: s by building
        self._done, self._looked, self._begun, self.peak = set[str](), 0.0, -1, 0.0
        world.engine.at(self._at, self._order)
        world.warn(
            "evacuation",
            Text("Stairs, doors and rooms of shelters are assumptions.", "楼梯、出口与避难场所容量为假设。"),
        )

    def _order(self) -> None:
        """Tell the district to leave; call crews to the buildings with people who cannot walk."""
        world, kind, city = self._world, self._kind, self._world.city
        hour = world.hour(world.engine.now)
        asleep = hour < 6 or hour >= 22
        median = kind.night_min if asleep else kind.day_min
        order = Order(self._at, median * MINUTE, kind.sigma, kind.helpless)
        self._leaving = residents_leaving(city, world.population, self._district, order, world.rules.stream, hour)
        self.crowd, shelter = under_way(city, self._district, self._leaving, self._at)
        self._looked = self._at
        node = int(np.argmin(np.hypot(city.drive.x - self._x, city.drive.y - self._y)))
        self._begun = world.recorder.event(world.engine.now, "evacuation_ordered", node=node)
        world.roads.set("evacuation", self._kept, self._begun)
        self._said = self._kept
        wait = np.bincount(self._leaving.building[self._leaving.helpless], minlength=len(city.buildings))
        for building in np.flatnonzero(wait).tolist():
            order_of = world.open_order(
                HELP, key=int(city.buildings.osm_id[building]), building=building,
                severity=min(1.0, 0.3 + 0.1 * int(wait[building])), cause=self._begun,
            )  # fmt: skip
            self._told[order_of] = building
        taken = np.bincount(shelter, weights=np.bincount(
            np.searchsorted(self._district.buildings, self._leaving.building), minlength=len(shelter)
        ), minlength=len(self._district.rooms))  # fmt: skip
        if (taken > self._district.rooms).any():
            world.warn("evacuation", Text("The shelters around have no room for all.", "周边避难场所容量不足。"))

    def step(self, now: float, beat: float) -> None:
        """Let people walk; write who is left and how dense streets are; close and open streets."""
        crowd, until = self.crowd, now + beat
        if crowd is None or until <= crowd.now or "over" in self._done:
            return
        while crowd.now < until - 1e-9:
            crowd.step(min(_STEP, until - crowd.now))
        crowd.check()
        if crowd.now - self._looked >= _LOOKS:
            self._looked = crowd.now
            crowd.find_ways()
        density = crowd.density()
        self._density[:] = 0.0
        np.maximum.at(self._density, self._edges, density[self._along])
        self.peak = max(self.peak, float(density[self._along].max()) if len(self._along) else 0.0)
        if density.max() > PACKED:
            self._world.warn("evacuation", Text("Denser than 5.4 persons/m², where nobody has measured how people walk.",
                                                "密度超过 5.4 人/m²，超出步行速度实测范围。"))  # fmt: skip
        self._count(until)
        self._streets(now)

    def _count(self, until: float) -> None:
        """Write the share of people that is left in each building, and tell when half and all are in shelters."""
        leaving, crowd = self._leaving, self.crowd
        assert leaving is not None  # noqa: S101 — for the type checker: set with the crowd
        assert crowd is not None  # noqa: S101 — as above
        n = len(self._left)
        inside = np.bincount(leaving.building[self._outs() > until], minlength=n)
        self._left[:] = inside / np.maximum(np.bincount(leaving.building, minlength=n), 1)
        sheltered = np.isfinite(crowd.arrived()).mean() if len(crowd.people.start) else 1.0
        for name, share in (("evacuation_half", 0.5), ("evacuation_nearly", _OPENS_AT), ("evacuation_done", 1.0)):
            if sheltered >= share and name not in self._done:
                self._done.add(name)
                self._world.recorder.event(until, name, cause=self._begun)

    def _outs(self) -> NDArray[np.float64]:
        """Return when each has left their building, s; infinite for who still waits for help."""
        leaving = self._leaving
        assert leaving is not None  # noqa: S101 — for the type checker: only called once they leave
        helped = np.array([self._helped.get(b, np.inf) for b in leaving.building.tolist()])
        return np.where(leaving.helpless, helped, leaving.out)

    def _streets(self, now: float) -> None:
        factor = self._kept.copy()
        dense = self._density
        factor[self._inner & (dense >= _SLOW)] = np.minimum(factor, _CRAWL)[self._inner & (dense >= _SLOW)]
        factor[dense >= (2.0 * _BLOCKED)] = 0.0
        factor[self._inner & (dense >= _BLOCKED)] = 0.0
        if "evacuation_nearly" in self._done:
            factor = np.where(dense >= _BLOCKED, factor, 1.0)
        if {"evacuation_done"} <= self._done and set(self._told.values()) <= set(self._helped):
            self._done.add("over")
            factor[:] = 1.0
            self._density[:] = 0.0
        if (factor != self._said).any():
            event = self._world.recorder.event(now, "evacuation_streets", cause=self._begun)
            self._world.roads.set("evacuation", factor, event)
            self._said = factor

    def arrival(self, order: int, present: int, expected: int) -> bool:
        """Bring out who waits for help in the building."""
        self._helped.setdefault(self._told[order], self._world.engine.now)
        return True

    def ended(self, order: int) -> None:
        """Write how long they waited for help (min) as the outcome; NaN where nobody came."""
        helped = self._helped.get(self._told[order])
        self._world.orders.outcome[order] = (helped - self._at) / MINUTE if helped is not None else np.nan

    def rows(self) -> Mapping[str, NDArray[Any]]:
        """Return one row for everybody who was told to leave: minutes until out, and until in a shelter."""
        grid = self._world.city.buildings.grid
        if self._leaving is None or self.crowd is None:
            return {"area": np.empty(0, dtype=np.int32), "building": np.empty(0, dtype=np.int32),
                    **{name: np.empty(0) for name in ("out", "sheltered", "density")}}  # fmt: skip
        leaving, crowd = self._leaving, self.crowd
        out = (self._outs() - self._at) / MINUTE
        walks = np.flatnonzero(~leaving.helpless)
        order = walks[np.lexsort((leaving.key[walks], leaving.out[walks]))]
        sheltered = np.full(len(leaving.key), np.nan)
        sheltered[order] = (crowd.arrived() - self._at) / MINUTE
        return {
            "area": grid[leaving.building], "building": leaving.building.astype(np.int32),
            "out": np.where(np.isfinite(out), out, np.nan), "sheltered": sheltered,
            "density": np.full(len(out), self.peak),
        }  # fmt: skip
