"""Where crews can stand: before walls with free ground, not under the smoke, no nearer than its heat lets them.

A line of hose needs ground as wide as a fire lane before the wall (GB 50016-2014, 7.1.8: 4 m). In wind nobody works on
the side to which flames and smoke lean. In protective clothing crews bear about 4.5 kW/m² for some minutes (Heus and
Denhartog 2017, Industrial Health 55, 529; API 521: 4.73 kW/m²); a burning wall that gives more at the throw of a hand
line cannot be fought from there.
"""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from models.fire.radiation import point_to_parallel
from models.fire.state import INVOLVED, Fire, Wind
from models.fire.town import STOREY_M, Town

FREE_M = 4.0  #: ground before a wall on which a crew finds room, m
FRONT_M = 10.0  #: of wall that one line works on (assumption)
LEEWARD = 0.7071  #: cosine between a wall's outward normal and the wind from which it lies in the smoke (45°)
SMOKE_WIND = 5.0  #: m/s from which flame and smoke over a house lean by more than 45° (cos θ = 1/√u*, rounded up)
TENABLE = 4.5  #: kW/m² that a crew bears
THROW_M = 15.0  #: reach of a hand line, m (GB 50974-2014, 7.4.12 asks for a solid jet of 10 to 13 m; assumption)


def free_fronts(town: Town, wind: Wind) -> NDArray[np.float64]:
    """Return the length of wall of each building before which crews find room, m, [buildings]."""
    first = town.first_corner
    step = np.diff(town.corner, axis=0)
    ring = np.repeat(np.arange(len(first) - 1), np.diff(first))[:-1]
    inner = np.ones(len(step), dtype=np.bool_)
    inner[first[1:-1] - 1] = False  # from one ring to the next there is no wall
    cross = town.corner[:-1, 0] * town.corner[1:, 1] - town.corner[1:, 0] * town.corner[:-1, 1]
    turn = np.sign(np.bincount(ring[inner], weights=cross[inner], minlength=len(first) - 1))[ring]
    length = np.hypot(*step.T)
    # The outward normal of a wall of a ring that turns left is its direction turned right.
    towards = turn * (step[:, 1] * wind.east - step[:, 0] * wind.north) / np.maximum(length, 1e-9)
    wall = inner & ~_in_smoke(towards, wind)
    total = np.bincount(ring[wall], weights=length[wall], minlength=len(first) - 1)
    pair, emitter = town.pair, np.repeat(np.arange(len(town.site)), town.site["pairs"])
    shut = (pair["gap"] < FREE_M) & (pair["seen"] > 0.0)
    shut &= ~_in_smoke(pair["east"] * wind.east + pair["north"] * wind.north, wind)
    blocked = np.bincount(emitter[shut], weights=pair["width"][shut], minlength=len(first) - 1)
    return np.maximum(total - blocked, 0.0)


def _in_smoke(along: NDArray[np.floating], wind: Wind) -> NDArray[np.bool_]:
    return (along > LEEWARD) & (wind.speed >= SMOKE_WIND)


def lines_about(front: float) -> int:
    """Return how many lines find room at a free front of so many metres; less than a metre is none."""
    return ceil(front / FRONT_M) if front >= 1.0 else 0


def tenable(town: Town, classes: NDArray[np.void], fire: Fire, building: int) -> bool:
    """Return whether crews bear the heat of a burning building's wall at the throw of a hand line."""
    site, home = town.site[building], fire.home[building]
    if home["state"] != INVOLVED or home["high"] < home["low"]:
        return True
    storeys = float(home["high"] - home["low"] + 1)
    share = min(1.0, float(home["heat"] / site["peak"]) / (storeys * float(site["across"])))
    factor = point_to_parallel(float(np.sqrt(site["footprint"])), storeys * STOREY_M, THROW_M)
    return float(site["emitted"] * classes["unprotected"][site["structure"]]) * share * factor <= TENABLE
