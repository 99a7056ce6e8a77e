"""Leaving a building: flats on storeys, stairs, and doors to the street.

Every storey has a floor whose people walk to the stairs; a flight leads from each storey to the next one down, and doors
lead out of the ground floor. On a landing those from above and those of the storey take turns as they come.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.crowd.crowd import Crowd, Walkers
from models.crowd.diagram import EDGE
from models.crowd.ground import Ground, Sketch
from sim.bounds import bounded
from sim.errors import InputError
from sim.text import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class House:
    """A building as those see it who leave it."""

    storeys: int
    floor_m2: float  #: of a storey
    stairs: int = 1
    stair_m: float = 1.2  #: clear width (GB 50016: at least 1.1 m; assumption where it is not known)
    doors: int = 1
    door_m: float = 1.2  #: clear width of each door to the street
    height_m: float = 3.0  #: of a storey
    riser: float = 0.175  #: m (GB 50096: at most .175)
    tread: float = 0.26  #: m (GB 50096: at least .26)

    def __post_init__(self) -> None:
        for what, value, least, most in (
            (Text("storeys", "层数"), self.storeys, 1, 200), (Text("stairs", "楼梯数"), self.stairs, 1, 100),
            (Text("doors", "出口数"), self.doors, 1, 1000),
            (Text("the floor (m²)", "楼层面积（m²）"), self.floor_m2, 1.0, 1e6),
            (Text("the width of the stairs (m)", "楼梯净宽（m）"), self.stair_m, 0.6, 20.0),
            (Text("the width of a door (m)", "出口净宽（m）"), self.door_m, 0.5, 50.0),
            (Text("the height of a storey (m)", "层高（m）"), self.height_m, 2.0, 20.0),
        ):  # fmt: skip
            bounded(value, what, least, most)

    @property
    def flight(self) -> float:
        """Length of the stairs from one storey to the next, along the slope, m."""
        return self.height_m / self.riser * sqrt(self.riser**2 + self.tread**2)


@dataclass(frozen=True)
class Plan:
    """A building as a ground: piece `floor[storey]` is a storey, from the ground up."""

    ground: Ground
    floor: Ints
    outside: int
    doors: NDArray[np.int64]  #: passages to the street


def draw(house: House) -> Plan:
    """Return a building as a ground."""
    sketch = Sketch()
    outside = sketch.place()
    side = sqrt(house.floor_m2)
    floor = [sketch.room(side, side) for _ in range(house.storeys)]
    below = [floor[0]] * house.stairs
    for storey in range(1, house.storeys):
        flights = [
            sketch.stairs(house.flight, max(house.stair_m - 2 * EDGE, 0.3), house.riser, house.tread)
            for _ in range(house.stairs)
        ]
        for flight, under in zip(flights, below, strict=True):
            sketch.join(floor[storey], flight)
            sketch.join(flight, under)
        below = flights
    doors = [sketch.door(floor[0], outside, house.door_m, "sfpe") for _ in range(house.doors)]
    ground, at = sketch.ground()
    return Plan(ground, np.array(floor, dtype=np.int32), outside, at[doors])


def leave(
    house: House, storey: ArrayLike, start: ArrayLike, speed: ArrayLike, walk: ArrayLike, dt: float = 1.0
) -> Floats:
    """Return when each leaves the building, s; all arguments after the first are of the people inside.

    storey : from 0;  start : s until each sets out;  speed : m/s on the level;  walk : m on the own storey to the stairs
    or the door. People spread evenly over stairs and doors. Raises a `PhysicsError` if anybody is lost.
    """
    at = np.asarray(storey, dtype=np.int64)
    if len(at) and not (at.min() >= 0 and at.max() < house.storeys):
        raise InputError(en=f"somebody is on a storey that a building of {house.storeys} does not have",
                         zh=f"有人所在楼层超出该建筑的 {house.storeys} 层")  # fmt: skip
    plan = draw(house)
    n = len(at)
    walkers = Walkers(
        key=np.arange(n, dtype=np.uint64), start=np.asarray(start, dtype=np.float64),
        speed=np.asarray(speed, dtype=np.float64), plan=np.zeros((n, 1), dtype=np.int32), stay=np.full((n, 1), np.inf),
        cell=plan.floor[at], first=np.asarray(walk, dtype=np.float64),
    )  # fmt: skip
    crowd = Crowd(plan.ground, walkers, np.array([plan.outside]))
    while not crowd.settled:
        crowd.run(crowd.now + 60.0, dt)
        crowd.find_ways()
    out = np.empty(n)
    out[np.lexsort((walkers.key, walkers.start))] = crowd.arrived()
    return out
