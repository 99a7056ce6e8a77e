"""What breaks lifelines: shaking ground, age, and heat."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from models.networks.topology import Floats

DUCTILE = 0.3  #: factor on the repair rate of pipes of ductile material (FEMA 2003, table 8.9)
BREAKS = 0.2  #: share of repairs under travelling waves that are breaks; the others are leaks (FEMA 2003, 8.2.4)


def repair_rate(velocity: ArrayLike, *, ductile: ArrayLike = False) -> Floats:
    """Return the repairs per km of buried pipe after shaking with a peak ground velocity in cm/s.

    RR = 1e-4·PGV^2.25, three tenths of it for ductile pipes (O'Rourke and Ayala 1993, as in FEMA 2003, HAZUS-MH,
    equation 8-1).
    """
    speed = np.maximum(np.asarray(velocity, dtype=np.float64), 0.0)
    return np.where(np.asarray(ductile), DUCTILE, 1.0) * 1e-4 * speed**2.25


def heat_rating(ambient: ArrayLike, *, rated: float = 30.0, share_per_k: float = 0.015) -> Floats:
    """Return the share of its rating that a self-cooled transformer may carry at an air temperature in °C.

    1.5 % less for every kelvin above 30 °C (IEEE C57.91-2011, table 3), and 1 % more below, down to 0 °C.
    """
    over = np.asarray(ambient, dtype=np.float64) - rated
    return np.clip(1.0 - np.where(over > 0.0, share_per_k, 0.01) * over, 0.0, 1.3)


def conductor_rating(ambient: ArrayLike, *, hottest: float = 75.0, rated: float = 40.0) -> Floats:
    """Return the share of its rating that an overhead line may carry at an air temperature in °C.

    At equal cooling the current grows with √(Tc - Ta) (IEEE 738-2012, the steady heat balance without sun and with
    radiation made linear).
    """
    spare = np.maximum(hottest - np.asarray(ambient, dtype=np.float64), 0.0)
    return np.sqrt(spare / (hottest - rated))


def cooling_load(ambient: ArrayLike, *, from_c: float = 26.0, share_per_k: float = 0.04, most: float = 0.8) -> Floats:
    """Return the factor by which air conditioning raises the load at an air temperature in °C.

    4 % for every kelvin above 26 °C, at most 80 % (assumption; East China's grids report 3-5 % a kelvin).
    """
    over = np.maximum(np.asarray(ambient, dtype=np.float64) - from_c, 0.0)
    return 1.0 + np.minimum(share_per_k * over, most)
