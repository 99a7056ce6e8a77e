"""What people breathe: by building those who are where the hour has them, one by one those who were told to go."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from models.calendar import HOUR
from models.plume.dose import Toxic, breathe
from models.plume.shelter import Escape, infiltrate
from models.whereabouts import INSIDE, OUTDOORS, Whereabouts

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ppm = Callable[[Floats, Floats], Floats]

OUT = 0.1  #: share of the people of a building who are in the open (assumption)
OPEN, SHUT = 1.0 / HOUR, 0.4 / HOUR  #: air changes before and after the order to stay inside, 1/s (assumption)
_CLEAN = 1e-3  #: ppm indoors, below which there is none


class Exposure:
    """The toxic loads of everybody; it keeps 32 bytes a building, and 8 for each who was told to go."""

    def __init__(self, toxic: Toxic, buildings: int, whereabouts: Whereabouts) -> None:
        self._toxic, self._whereabouts = toxic, whereabouts
        self.inside = np.zeros(buildings)  #: ppm
        self._indoors, self._open = np.zeros(buildings), np.zeros(buildings)  #: loads
        self._gone = np.full(buildings, np.inf)  #: s
        self._load = np.empty(0)  #: of those who were told to go

    def leave(self, buildings: NDArray[np.int64], now: float) -> None:
        """Let people of `buildings` leave as `Escape` has it, where nobody follows them one by one."""
        self._gone[buildings] = np.minimum(self._gone[buildings], now + Escape().ready)

    def breathe(self, outside: Floats, shut: Bools, open_air: Ppm, now: float, seconds: float) -> None:
        """Let the gas come in for `seconds`, and add to everybody's load what is where they are.

        outside : ppm at each building;  shut : whether its people were told to stay inside;  open_air : the ppm at
        places (m). Of those who were told to go, who is away breathes nothing; up to the order all were indoors.
        """
        known = self._whereabouts
        self._load = np.concatenate([self._load, self._indoors[known.building[len(self._load) :]]])
        infiltrate(self.inside, outside, np.where(shut, SHUT, OPEN), seconds)
        walking = (now >= self._gone) & (now < self._gone + Escape().walk)
        away = now >= self._gone + Escape().walk
        indoors = np.where(away, 0.0, np.where(walking, outside, self.inside))
        breathe(self._indoors, indoors, self._toxic.n, seconds / 60.0)
        breathe(self._open, np.where(shut | away, indoors, outside), self._toxic.n, seconds / 60.0)
        breathed = np.where(known.state == INSIDE, self.inside[known.building], 0.0)
        out = np.flatnonzero(known.state == OUTDOORS)
        if len(out):  # many stand at the same place
            place, number = np.unique(known.x[out] + 1j * known.y[out], return_inverse=True)
            breathed[out] = open_air(place.real, place.imag)[number]
        breathe(self._load, breathed, self._toxic.n, seconds / 60.0)
        self.inside[self.inside < _CLEAN] = 0.0

    def deaths(self) -> Floats:
        """Return the share of the people of each building who would die of what they have breathed, [buildings]."""
        return self.share(self._toxic.deaths)

    def above(self, ppm: float) -> Floats:
        """Return the share of each building who have breathed what an hour at `ppm` does, or more, [buildings]."""
        least = float(self._toxic.load(ppm, 60.0))
        return self.share(lambda load: (load >= least).astype(np.float64))

    def share(self, of: Callable[[Floats], Floats]) -> Floats:
        """Return the mean over the people of each building of something that follows from their loads, [buildings]."""
        share = (1.0 - OUT) * of(self._indoors) + OUT * of(self._open)
        building = self._whereabouts.building[: len(self._load)]
        told = np.bincount(building, minlength=len(share))
        sums = np.bincount(building, weights=of(self._load), minlength=len(share))
        return np.where(told > 0, sums / np.maximum(told, 1), share)

    def left(self) -> Floats:
        """Return the share of the people of each building that is still inside, [buildings]."""
        known = self._whereabouts
        told = np.bincount(known.building, minlength=len(self.inside))
        inside = np.bincount(known.building, weights=known.state == INSIDE, minlength=len(self.inside))
        return np.where(told > 0, inside / np.maximum(told, 1), 1.0)
