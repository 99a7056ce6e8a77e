"""Fire grounds: the orders to which the engines come, and which buildings belong to which."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import hypot, isnan

from models.fire.town import Town
from models.orders import CONTROL
from models.world import World

ORDER = "spreading_fire"
PER_ALARM = 5  #: buildings that take fire until one more alarm is given (assumption)
MOST_ALARMS = 10


@dataclass
class Ground:
    """One fire ground: where it began, what took fire in it, and its alarms."""

    origin: int
    members: list[int] = field(default_factory=list)
    orders: list[int] = field(default_factory=list)

    def engines(self, world: World) -> int:
        """Return how many engines are there."""
        return int(sum(world.orders.present[order] for order in self.orders))


class Grounds:
    """All fire grounds of a run; one more alarm is given to a ground for every few buildings that take fire."""

    def __init__(self, world: World, reach: float, at_once: int = 1) -> None:
        self._world, self._reach, self._at_once = world, reach, at_once
        self._of: dict[int, Ground] = {}
        self._all: list[Ground] = []
        self.shut: list[Ground] = []

    def open(self) -> list[Ground]:
        """Return the grounds that still burn."""
        return [ground for ground in self._all if ground not in self.shut]

    def of_order(self, order: int) -> Ground | None:
        """Return the ground of an order."""
        return next((ground for ground in self._all if order in ground.orders), None)

    def of_building(self, building: int) -> Ground | None:
        """Return the ground to which a building belongs."""
        return self._of.get(building)

    def join(self, building: int, cause: int, event: int, town: Town) -> int:
        """Let a building that took fire join the ground of its cause, or begin one; return the order of its alarm."""
        ground = self._of.get(cause)
        if ground is None or ground in self.shut or not self._near(town, building, cause):
            ground = Ground(building)
            self._all.append(ground)
        ground.members.append(building)
        self._of[building] = ground
        wanted = min(self._at_once + (len(ground.members) - 1) // PER_ALARM, MOST_ALARMS)
        for alarm in range(len(ground.orders), wanted):
            key = int(self._world.city.buildings.osm_id[building]) * MOST_ALARMS + alarm
            ground.orders.append(self._world.open_order(ORDER, key=key, building=building, severity=1.0, cause=event))
        return ground.orders[-1]

    def _near(self, town: Town, a: int, b: int) -> bool:
        return hypot(*(float(town.site[axis][a] - town.site[axis][b]) for axis in ("x", "y"))) <= 2.0 * self._reach

    def close(self, ground: Ground) -> None:
        """Bring a ground that burns no more under control."""
        self.shut.append(ground)
        for order in ground.orders:
            if isnan(self._world.orders.stamps[order, CONTROL]):
                self._world.reach(order, CONTROL, "fire_out")
