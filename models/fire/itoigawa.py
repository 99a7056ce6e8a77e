"""The fire of Itoigawa, 22 December 2016: what was published, and how a simulated curve stands against it.

Ignition 10:20, call 10:28, first spot fire 11:21, at least 50 buildings at 13:46, 147 in the end (Itoigawa City;
Ogawara et al. 2017, JpGU-AGU MIS14-P13); about 140 at 15:30 (Mainichi, 24 December 2016); contained 20:50. Southerly
wind of 10 to 14 m/s with gusts to 27. Nothing in the model was fitted to it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError

Floats = NDArray[np.float64]

IGNITION_H = 10.0 + 20.0 / 60.0
CALL_MIN, SPOT_MIN = 8.0, 61.0
#: Minutes from ignition and buildings that had taken fire by then; the second is "at least".
PUBLISHED = ((0.0, 1.0), (206.0, 50.0), (310.0, 140.0), (630.0, 147.0))


class Compared(NamedTuple):
    """A published value against the simulated ones at the same minute."""

    minute: float
    published: float
    low: float  #: 5th percentile of the runs
    middle: float
    high: float  #: 95th percentile

    @property
    def inside(self) -> bool:
        """Whether the published value lies in the 90 % band."""
        return self.low <= self.published <= self.high


def burnt_curve(lit_s: Floats, minutes: Floats) -> Floats:
    """Return how many buildings had taken fire by each of `minutes` after ignition at second 0."""
    return np.searchsorted(np.sort(lit_s[np.isfinite(lit_s)]), np.asarray(minutes) * 60.0, side="right").astype(
        np.float64
    )


def compare(curves: Floats, minutes: Floats) -> list[Compared]:
    """Return every published value against the 90 % band of `curves`, float64 [runs, minutes]."""
    if curves.ndim != 2 or len(curves) < 10 or curves.shape[1] != len(minutes):
        raise InputError(
            en="a band needs at least ten runs with one value a minute", zh="区间至少需要十次运行，每个时刻一个取值"
        )
    told = []
    for minute, published in PUBLISHED:
        at = np.array([np.interp(minute, minutes, curve) for curve in curves])
        low, middle, high = np.percentile(at, [5, 50, 95]).tolist()
        told.append(Compared(minute, published, low, middle, high))
    return told
