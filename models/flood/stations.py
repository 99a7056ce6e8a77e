"""The pumping stations of underpasses: each may fail for good, and stands still while its neighbourhood has no power."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.flood.synthetic import Underpass
from models.world import World

POWER_OUT = "power.out"  #: the field that says it, where there is one


class Stations:
    """One station an underpass, in the order of `places`; `rate` (m³/s) is what each pumps now, and is written."""

    def __init__(self, world: World, places: list[Underpass], rate: NDArray[np.float64]) -> None:
        houses, drive = world.city.buildings, world.city.drive
        self._world, self._rate, self._full = world, rate, rate[: len(places)].copy()
        self._node = np.array([place.nodes[0] for place in places], dtype=np.int64)
        apart = (np.hypot(houses.x - drive.x[node], houses.y - drive.y[node]) for node in self._node)
        self._house = np.array([np.argmin(distance) for distance in apart], dtype=np.int64)
        self._powered = np.ones(len(places), dtype=np.bool_)

    def fail(self, number: int, cause: int) -> None:
        """Let a station fail for the rest of the run."""
        self._full[number] = self._rate[number] = 0.0
        self._tell(number, "flood_pump_failed", cause)

    def step(self) -> None:
        """Stop the stations whose nearest house has no power, and start those that have it again."""
        fields = self._world.fields
        if POWER_OUT not in fields:
            return
        powered = fields[POWER_OUT][self._house] == 0
        for number in np.flatnonzero((powered != self._powered) & (self._full > 0.0)).tolist():
            name = "flood_pump_runs" if powered[number] else "flood_pump_stops"
            self._tell(number, name, fields.cause(POWER_OUT))
        self._powered = powered
        self._rate[: len(powered)] = np.where(powered, self._full, 0.0)

    def _tell(self, number: int, name: str, cause: int) -> None:
        self._world.recorder.event(self._world.engine.now, name, node=int(self._node[number]), cause=cause)
