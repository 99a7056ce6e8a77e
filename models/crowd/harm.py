"""When a crowd harms: how dense it is for how long, and who is hurt.

Above 5 persons a m² people lose control of where they go, above 7 a crowd moves like a fluid and breathing is pressed
(Fruin 1993; Still 2014). The rates are an assumption of the order of Itaewon, 29 October 2022: an alley of 40 × 3.2 m
at 7.7 to 10.7 persons a m² for some fifteen minutes (police investigation, 13 January 2023), 159 dead, 196 hurt.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.bounds import all_bounded, bounded
from sim.text import Text

Floats = NDArray[np.float64]

RISK, CRITICAL = 5.0, 7.0  #: persons a m²
HURT_RATE = 0.0009  #: of those inside a minute, times the square of what exceeds RISK (assumption)
DEATH_RATE = 0.005  #: of those inside a minute, for each person a m² above CRITICAL (assumption)


def hurt_rate(density: ArrayLike) -> Floats:
    """Return the share of those inside who need a hospital, a minute, at each density (persons a m²)."""
    given = _checked(density)
    return np.asarray(HURT_RATE * np.maximum(given - RISK, 0.0) ** 2)


def death_rate(density: ArrayLike) -> Floats:
    """Return the share of those inside who die, a minute, at each density (persons a m²)."""
    return np.asarray(DEATH_RATE * np.maximum(_checked(density) - CRITICAL, 0.0))


def person_minutes(density: ArrayLike, area: ArrayLike, seconds: float, above: float = RISK) -> float:
    """Return how many minutes people spend at a density above `above`, summed over all pieces of `area` (m²)."""
    bounded(seconds, Text("a time (s)", "时间（秒）"), 0.0)
    given = _checked(density)
    persons = given * np.asarray(area, dtype=np.float64)
    return float(persons[given > above].sum() * seconds / 60.0)


def _checked(density: ArrayLike) -> Floats:
    given = np.asarray(density, dtype=np.float64)
    all_bounded(given, Text("the density of people (1/m²)", "人群密度（人/m²）"), 0.0, 20.0)
    return given
