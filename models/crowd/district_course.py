"""An evacuation in one run: at an hour, or wave by wave as buildings are ordered to leave; crews fetch who cannot walk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.calendar import HOUR, MINUTE
from models.crowd.district import Order, Told, around, ordered, set_up
from models.crowd.passport import DENSITY_RANGE, PIECE_RANGE
from models.crowd.wave import Wave
from models.hazards.base import Course
from models.world import World
from sim.text import Text

if TYPE_CHECKING:
    from models.hazards.evacuation import Evacuation as Kind

HELP = "evacuation_help"
ADVICE, LEAVE = "toxic.advice", 2.0  #: the field of orders to people in buildings, and its value for leaving


class DistrictCourse(Course):
    """The course of an evacuation; a crew at a building brings out who waits for help there."""

    lasts_s = 6 * HOUR

    def __init__(self, kind: Kind, world: World) -> None:
        self._kind, self._world, city = kind, world, world.city
        self._left, self._density = world.fields.add(kind.writes[0]), world.fields.add(kind.writes[1])
        self._said: NDArray[np.float64] = np.ones(city.drive.edges)
        self.waves: list[Wave] = []
        self._wave_of: dict[int, Wave] = {}  #: by order of help
        self._heard = np.zeros(len(city.buildings), dtype=np.bool_)
        self._follows = ADVICE in world.fields
        if not self._follows:
            building = kind.where.building(city, world.rules.stream, "evacuation.place")
            told = around(city, float(city.buildings.x[building]), float(city.buildings.y[building]), kind.reach_m)
            at = world.moment(kind.hour)
            district = set_up(city, told, kind.shelter_persons)
            world.engine.at(at, lambda: self._order(told, Wave(world, district, self._how(), self._tell(told, -1))))
        world.warn(
            "evacuation",
            Text("Stairs, doors and rooms of shelters are assumptions.", "楼梯、出口与避难场所容量为假设。"),
        )

    def _tell(self, told: Told, cause: int) -> int:
        drive = self._world.city.drive
        node = int(np.argmin(np.hypot(drive.x - told.x, drive.y - told.y)))
        return self._world.recorder.event(self._world.engine.now, "evacuation_ordered", node=node, cause=cause)

    def _how(self) -> Order:
        kind, now = self._kind, self._world.engine.now
        hour = self._world.hour(now)
        median = kind.night_min if hour < 6 or hour >= 22 else kind.day_min
        return Order(now, median * MINUTE, kind.sigma, kind.helpless)

    def _order(self, told: Told, wave: Wave) -> None:
        """Let those who were told set out; call crews to the buildings with people who cannot walk."""
        world, places, leaving = self._world, self._world.city.buildings, wave.leaving
        self.waves.append(wave)
        world.within("evacuation", PIECE_RANGE, wave.crowd.ground.cells.length)
        self._heard[told.buildings] = True
        self._close(wave.begun)
        wait = np.bincount(leaving.building[leaving.helpless], minlength=len(places))
        for building in np.flatnonzero(wait).tolist():
            order = world.open_order(
                HELP, key=int(places.osm_id[building]), building=building,
                severity=min(1.0, 0.3 + 0.1 * int(wait[building])), cause=wave.begun,
            )  # fmt: skip
            wave.waiting[order], self._wave_of[order] = building, wave
        if wave.crowded_out:
            world.warn("evacuation", Text("The shelters around have no room for all.", "周边避难场所容量不足。"))

    def _hear(self) -> None:
        """Let those leave who are ordered to now, to shelters where nobody is ordered anything."""
        world, advice = self._world, self._world.fields[ADVICE]
        new = (advice == LEAVE) & ~self._heard
        if new.any():
            told = ordered(world.city, new, advice == 0.0)
            district = set_up(world.city, told, self._kind.shelter_persons)
            self._order(told, Wave(world, district, self._how(), self._tell(told, world.fields.cause(ADVICE))))

    def step(self, now: float, beat: float) -> None:
        """Let people walk; write who is left and how dense streets are; close and open streets."""
        if self._follows:
            self._hear()
        until, moving = now + beat, [wave for wave in self.waves if not wave.over and wave.crowd.now < now + beat]
        if not moving:
            return
        self._density[:] = 0.0
        for wave in moving:
            np.maximum(self._density, wave.walk(until), out=self._density)
            self._world.within("evacuation", DENSITY_RANGE, wave.crowd.density())
        self._count(until)
        self._close(-1)

    def _count(self, until: float) -> None:
        """Write the share of people that is left in each building."""
        n = len(self._left)
        inside, told = np.zeros(n), np.zeros(n)
        for wave in self.waves:
            inside += np.bincount(wave.leaving.building[wave.outs() > until], minlength=n)
            told += np.bincount(wave.leaving.building, minlength=n)
        self._left[:] = inside / np.maximum(told, 1)

    def _close(self, event: int) -> None:
        """Close and open streets, because of an `event` or of the people in them."""
        factor = np.ones(len(self._said))
        for wave in self.waves:
            if not wave.over:
                factor = np.minimum(factor, wave.roads())
        if all(wave.over for wave in self.waves):
            self._density[:] = 0.0
        if (factor != self._said).any():
            world, begun = self._world, self.waves[-1].begun
            event = event if event >= 0 else world.recorder.event(world.engine.now, "evacuation_streets", cause=begun)
            world.roads.set("evacuation", factor, event)
            self._said = factor

    def arrival(self, order: int, present: int, expected: int) -> bool:
        """Bring out who waits for help in the building."""
        wave = self._wave_of[order]
        wave.helped.setdefault(wave.waiting[order], self._world.engine.now)
        return True

    def ended(self, order: int) -> None:
        """Write how long they waited for help (min) as the outcome; NaN where nobody came."""
        wave = self._wave_of[order]
        helped = wave.helped.get(wave.waiting[order])
        self._world.orders.outcome[order] = (helped - wave.at) / MINUTE if helped is not None else np.nan

    def rows(self) -> Mapping[str, NDArray[Any]]:
        """Return one row for everybody who was told to leave: minutes until out, and until in a shelter."""
        grid = self._world.city.buildings.grid
        rows = [wave.rows(grid) for wave in self.waves]
        if not rows:
            return {"area": np.empty(0, dtype=np.int32), "building": np.empty(0, dtype=np.int32),
                    **{name: np.empty(0) for name in ("out", "sheltered", "density")}}  # fmt: skip
        return {name: np.concatenate([one[name] for one in rows]) for name in rows[0]}
