"""Indoors: one well-mixed zone that exchanges air, dCi/dt = n·(Co − Ci), and whether to stay or to leave.

The exchange of air of dwellings with shut windows is .3–.8 a hour (Persily, Musser and Emmerich, 2010,
doi:10.1111/j.1600-0668.2010.00661.x). In the end the same gas passes indoors as outdoors (∫Ci dt = ∫Co dt): shelter
pays by cutting the peak, where n of the toxic load is above 1, and by airing once the cloud has passed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.plume.dose import Toxic, breathe
from sim.bounds import all_bounded, bounded
from sim.text import Text

Floats = NDArray[np.float64]
CALM, STAY, LEAVE = range(3)


@numba.njit(cache=True, error_model="numpy")
def infiltrate(inside: Floats, outside: Floats, exchange: Floats, seconds: float) -> None:
    """Move the concentration `inside` on by `seconds`, exactly for a steady `outside`; all float64 [buildings].

    exchange : 1/s, at least 0. `inside` is changed in place; any unit of concentration.
    """
    for i in range(len(inside)):
        inside[i] = outside[i] + (inside[i] - outside[i]) * np.exp(-exchange[i] * seconds)


def indoors(outside: ArrayLike, exchange: float, seconds: float) -> Floats:
    """Return the concentration indoors at the end of each step of `seconds`, for that `outside` in each step [steps, …]."""
    bounded(exchange, Text("the exchange of air (1/s)", "换气率（1/s）"), 0.0)
    given = np.asarray(outside, dtype=np.float64)
    all_bounded(given, Text("the concentration", "浓度"), 0.0)
    inside = np.zeros(given[0].size)
    out = np.empty((len(given), given[0].size))
    for step, now in enumerate(given.reshape(len(given), -1)):
        infiltrate(inside, np.ascontiguousarray(now), np.full(inside.shape, exchange), seconds)
        out[step] = inside
    return out.reshape(given.shape)


@dataclass(frozen=True)
class Escape:
    """How people leave: `ready` s after the order they go out, `walk` s later they are out of the gas."""

    ready: float = 300.0  #: assumption
    walk: float = 600.0  #: assumption: 800 m at 1.34 m/s, across the wind

    def exposed(self, outside: ArrayLike, exchange: float, seconds: float) -> Floats:
        """Return what they breathe in each step [steps, …]: indoors, then outdoors where they live, then nothing.

        Outdoors they are counted as if the gas were as thick on all of their way (on the safe side).
        """
        given = np.asarray(outside, dtype=np.float64)
        middle = (np.arange(len(given)) + 0.5) * seconds
        inside = indoors(given, exchange, seconds)
        shape = (-1,) + (1,) * (given.ndim - 1)
        out_of_doors = ((middle >= self.ready) & (middle < self.ready + self.walk)).reshape(shape)
        still_in = (middle < self.ready).reshape(shape)
        return np.where(still_in, inside, np.where(out_of_doors, given, 0.0))


def loads(toxic: Toxic, ppm: ArrayLike, seconds: float) -> Floats:
    """Return the toxic load of breathing `ppm` [steps, …], each for `seconds`."""
    given = np.asarray(ppm, dtype=np.float64)
    total = np.zeros(given[0].size)
    for now in given.reshape(len(given), -1):
        breathe(total, np.ascontiguousarray(now), toxic.n, seconds / 60.0)
    return total.reshape(given.shape[1:])


def advise(toxic: Toxic, outside: ArrayLike, exchange: float, seconds: float, escape: Escape) -> int:
    """Return what a sector is told for the `outside` ppm to come at its places [steps, places]: CALM, STAY or LEAVE.

    Nothing where no place comes to harm (AEGL-2); else whichever costs the smaller toxic load on average.
    """
    given = np.asarray(outside, dtype=np.float64)
    if not given.size or given.max() < toxic.harm:
        return CALM
    stay = loads(toxic, indoors(given, exchange, seconds), seconds)
    leave = loads(toxic, escape.exposed(given, exchange, seconds), seconds)
    return LEAVE if leave.mean() < stay.mean() else STAY


def sectors(x: ArrayLike, y: ArrayLike, centre: tuple[float, float], rings: tuple[float, ...]) -> NDArray[np.int32]:
    """Return the sector of every place: eight compass sectors (0 north, 2 east) in each ring, −1 beyond the last.

    rings : outer radii, m, ascending. The number is 8·ring + sector.
    """
    all_bounded(rings, Text("the radius of a ring (m)", "圈层半径（m）"), 0.0)
    east = np.asarray(x, dtype=np.float64) - centre[0]
    north = np.asarray(y, dtype=np.float64) - centre[1]
    compass = np.floor(np.degrees(np.arctan2(east, north)) / 45.0 + 0.5).astype(np.int32) % 8
    ring = np.searchsorted(np.asarray(rings), np.hypot(east, north)).astype(np.int32)
    return np.where(ring < len(rings), 8 * ring + compass, -1).astype(np.int32)
