"""Who is in danger: drivers who enter a flooded underpass, people on ground floors and in garages; who drowns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.city.model import ROAD_CLASSES

#: Vehicles an hour and direction by day (assumption).
_FLOW = {"motorway": 1500.0, "trunk": 1200.0, "primary": 1000.0, "secondary": 600.0, "tertiary": 300.0}
_NIGHT = 0.15  #: of it from 0 to 6 h (assumption)
_OCCUPANTS = 1.4  #: persons a vehicle (assumption)
_TRIES = 0.04  #: share of drivers who drive into water in which they stall (assumption)
_WARNS = 10.0  #: persons trapped whose sight holds 63 % of the others back (assumption)
_HELPLESS = 0.03  #: share of people on a ground floor who cannot leave it (assumption)
_FETCHES = 0.004  #: share of a building's people who go for their cars while the garage fills (assumption)
_STAYS = 0.2  #: share of people in a car that fills who do not get out by themselves (assumption)
_DROWNS = 600.0  #: s, mean time until these drown (assumption)
FILLS, WADES, ROOFS = 1.0, 0.6, 0.6  #: m in a car, m on a ground floor, share of a garage from which life is in danger


def expected_drivers(road_class: int, hour: int, seconds: float, trapped: float) -> float:
    """Return how many persons are expected to drive into the water of an open street within `seconds`.

    Who sees others `trapped` there is less likely to follow.
    """
    flow = _FLOW.get(ROAD_CLASSES[road_class], 100.0) * (_NIGHT if hour < 6 else 1.0)
    return flow * 2.0 * seconds / 3600.0 * _TRIES * _OCCUPANTS * float(np.exp(-trapped / _WARNS))


def expected_helpless(inside: NDArray[np.float64], levels: NDArray[np.int16]) -> NDArray[np.float64]:
    """Return how many on the ground floor cannot leave it, float64 [buildings]."""
    return np.asarray(inside / np.maximum(levels, 1) * _HELPLESS)


def expected_in_garage(inside: float) -> float:
    """Return how many are in a garage when it fills."""
    return inside * _FETCHES


def drowned(alive: float, seconds: float) -> float:
    """Return the deaths expected within `seconds` among `alive` who do not get out by themselves."""
    return alive * -float(np.expm1(-seconds / _DROWNS))


def at_risk(persons: float) -> float:
    """Return those of whom nobody gets out by themselves."""
    return persons * _STAYS
