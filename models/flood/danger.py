"""What water does to people and vehicles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BANDS = (0.75, 1.25, 2.0)  #: danger to some, to most, to all (FD2320/TR2)
STALLS = 0.3  #: m in which a car stands still (Pregnolato et al. 2017)


def hazard_rating(depth: Floats | float, speed: Floats | float) -> Floats:
    """Return HR = d·(v + 0.5) + DF, with a debris factor of 0 below 0.25 m and of 1 from there on.

    depth : m; speed : m/s. Where it is dry the rating is 0 (Defra & Environment Agency 2006, FD2320/TR2).
    """
    d, v = np.asarray(depth, dtype=np.float64), np.asarray(speed, dtype=np.float64)
    return np.asarray(d * (v + 0.5) + np.where(d >= 0.25, 1.0, 0.0))


def vehicle_speed(depth: Floats | float) -> Floats:
    """Return the greatest safe speed (km/h) in water of `depth` (m).

    v = 0.0009·w² − 0.5529·w + 86.9448, w in mm, and 0 from 300 mm on (Pregnolato et al. 2017,
    doi:10.1016/j.trd.2017.06.020).
    """
    w = np.asarray(depth, dtype=np.float64) * 1000.0
    return np.where(w < 1000.0 * STALLS, np.maximum(0.0009 * w**2 - 0.5529 * w + 86.9448, 0.0), 0.0)
