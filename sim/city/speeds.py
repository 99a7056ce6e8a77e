"""How fast traffic runs: by class of road and hour of the day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.city.model import ROAD_CLASSES, Streets

#: Free flow by class, km/h: Chinese practice, since OSM there has almost no maxspeed.
FREE_FLOW_KMH = {
    "motorway": 100, "trunk": 80, "primary": 60, "secondary": 50, "tertiary": 40, "unclassified": 30,
    "residential": 30, "living_street": 20, "service": 20, "link": 36, "footway": 4.5, "cycleway": 15,
    "path": 4.5, "steps": 2,
}  # fmt: skip
#: Share of the free-flow speed that is left, by hour of a working day (assumption).
ARTERIAL_FACTORS = (
    0.95, 1.0, 1.0, 1.0, 1.0, 0.95, 0.85, 0.62, 0.55, 0.62, 0.70, 0.70,
    0.72, 0.70, 0.70, 0.68, 0.65, 0.55, 0.52, 0.60, 0.72, 0.80, 0.85, 0.90,
)  # fmt: skip
_ARTERIAL = ("motorway", "trunk", "primary", "secondary", "tertiary", "link")
#: Local streets suffer half as much (assumption).
_LOCAL_SHARE = 0.5
#: Share of the free-flow speed that is left by signals and turns at junctions (assumption).
_JUNCTIONS = 0.5


def free_speeds(streets: Streets) -> NDArray[np.float64]:
    """Return the speed on every edge without other traffic, m/s, float64 [edges]."""
    free = np.array([FREE_FLOW_KMH[name] for name in ROAD_CLASSES]) / 3.6
    speed: NDArray[np.float64] = (free * _JUNCTIONS)[streets.road_class]
    return speed


def drive_speeds(streets: Streets) -> NDArray[np.float64]:
    """Return the speed on every edge in every hour, m/s, float64 [24, edges]."""
    arterial = np.array([name in _ARTERIAL for name in ROAD_CLASSES])
    factors = np.asarray(ARTERIAL_FACTORS)[:, None]
    by_class = np.where(arterial[None, :], factors, 1.0 - _LOCAL_SHARE * (1.0 - factors))
    speed: NDArray[np.float64] = by_class[:, streets.road_class] * free_speeds(streets)
    return speed
