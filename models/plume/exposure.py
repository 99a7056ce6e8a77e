"""What people breathe: by building those who are where the hour has them, one by one those who were told to go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
    """The toxic loads of everybody; it keeps 48 bytes a building, and 17 for each who was told to go.

    Who was told and is still inside has the load of the building; from the moment they step out they have one of their own.
    """

    def __init__(self, toxic: Toxic, buildings: int, whereabouts: Whereabouts) -> None:
        self._toxic, self._whereabouts = toxic, whereabouts
        self.inside = np.zeros(buildings)  #: ppm
        self._indoors, self._open = np.zeros(buildings), np.zeros(buildings)  #: loads
        self._gone = np.full(buildings, np.inf)  #: s
        self._told, self._in = np.zeros(buildings, dtype=np.int32), np.zeros(buildings, dtype=np.int32)  #: persons
        self._dead = np.zeros(buildings)  #: expected, of those told to go who have stepped out
        self._load, self._dies = np.empty(0), np.empty(0)  #: of each told to go, and the chance, once out
        self._out = np.empty(0, dtype=np.bool_)  #: whether each has stepped out

    def leave(self, buildings: NDArray[np.int64], now: float) -> None:
        """Let people of `buildings` leave as `Escape` has it, where nobody follows them one by one."""
        self._gone[buildings] = np.minimum(self._gone[buildings], now + Escape().ready)

    def breathe(self, outside: Floats, shut: Bools, open_air: Ppm, now: float, seconds: float) -> None:
        """Let the gas come in for `seconds`, and add to everybody's load what is where they are.

        outside : ppm at each building;  shut : whether its people were told to stay inside;  open_air : the ppm at
        places (m). Of those who were told to go, who is away breathes nothing; up to the order all were indoors.
        """
        self._step_out()
        infiltrate(self.inside, outside, np.where(shut, SHUT, OPEN), seconds)
        walking = (now >= self._gone) & (now < self._gone + Escape().walk)
        away = now >= self._gone + Escape().walk
        indoors = np.where(away, 0.0, np.where(walking, outside, self.inside))
        if len(self._load):  # whoever is followed one by one leaves as they do
            indoors = np.where(self._told > 0, self.inside, indoors)
        breathe(self._indoors, indoors, self._toxic.n, seconds / 60.0)
        breathe(self._open, np.where(shut | away, indoors, outside), self._toxic.n, seconds / 60.0)
        self._breathe_outdoors(open_air, seconds)
        self.inside[self.inside < _CLEAN] = 0.0

    def _step_out(self) -> None:
        """Give those who have stepped out since the last time the load of their building."""
        known, more = self._whereabouts, len(self._whereabouts) - len(self._load)
        if more:
            self._told += np.bincount(known.building[-more:], minlength=len(self._told)).astype(np.int32)
            self._load, self._dies = (np.concatenate([one, np.zeros(more)]) for one in (self._load, self._dies))
            self._out = np.concatenate([self._out, np.zeros(more, dtype=np.bool_)])
            self._in += np.bincount(known.building[-more:], minlength=len(self._told)).astype(np.int32)
        new = np.flatnonzero((known.state != INSIDE) & ~self._out)
        self._out[new] = True
        self._load[new] = self._indoors[known.building[new]]
        self._judge(new)
        self._in -= np.bincount(known.building[new], minlength=len(self._told)).astype(np.int32)

    def _breathe_outdoors(self, open_air: Ppm, seconds: float) -> None:
        known = self._whereabouts
        out = np.flatnonzero(known.state == OUTDOORS)
        if not len(out):
            return
        spot = known.spot[out]
        taken = np.flatnonzero(np.bincount(spot, minlength=len(known.x)))
        ppm = np.zeros(len(known.x))
        ppm[taken] = open_air(known.x[taken], known.y[taken])
        load = self._load[out]
        breathe(load, ppm[spot], self._toxic.n, seconds / 60.0)
        self._load[out] = load
        self._judge(out)

    def _judge(self, who: NDArray[np.int64]) -> None:
        """Reckon anew the chance to die of those whose load has changed."""
        chance, building = self._toxic.deaths(self._load[who]), self._whereabouts.building[who]
        self._dead += np.bincount(building, weights=chance - self._dies[who], minlength=len(self._dead))
        self._dies[who] = chance

    def loads(self) -> Floats:
        """Return the load of each who was told to go, ppmⁿ·min."""
        building = self._whereabouts.building[: len(self._load)]
        return np.where(self._out, self._load, self._indoors[building])

    def deaths(self) -> Floats:
        """Return the share of the people of each building who would die of what they have breathed, [buildings]."""
        return self._mean(self._toxic.deaths, self._dead)

    def above(self, ppm: float) -> Floats:
        """Return the share of each building who have breathed what an hour at `ppm` does, or more, [buildings]."""
        least = float(self._toxic.load(ppm, 60.0))
        building = self._whereabouts.building[: len(self._load)]
        out = np.bincount(building, weights=self._out & (self._load >= least), minlength=len(self._told))
        return self._mean(lambda load: (load >= least).astype(np.float64), out)

    def _mean(self, of: Callable[[Floats], Floats], out: NDArray[Any]) -> Floats:
        """Return the mean over the people of each building of what follows from their loads; `out`: its sum over who is out."""
        indoors = of(self._indoors)
        told = (indoors * self._in + out) / np.maximum(self._told, 1)
        return np.where(self._told > 0, told, (1.0 - OUT) * indoors + OUT * of(self._open))

    def left(self) -> Floats:
        """Return the share of the people of each building that is still inside, [buildings]."""
        return np.where(self._told > 0, self._in / np.maximum(self._told, 1), 1.0)
