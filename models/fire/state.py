"""The state of a town on fire, and how something in it takes fire."""

from __future__ import annotations

from math import cos, pi, sin
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from models.checks import require
from models.fire.town import Town
from sim.streams import Stream
from sim.text import Text

WHOLE, GROWING, INVOLVED, BURNT, OUT = range(5)  #: of a building; a unit is whole, growing, flashed, burnt or put out
SET, RADIATION, BRAND, CONTACT = range(1, 5)  #: ways in which a building takes fire


class Luck(NamedTuple):
    """Keys of the draws."""

    barrier: np.uint64
    wall: np.uint64
    brands: np.uint64
    reach: np.uint64
    aside: np.uint64
    lights: np.uint64


class Wind(NamedTuple):
    """Speed in m/s and the unit vector towards which it blows."""

    speed: float
    east: float
    north: float


#: The state of a building: whole, growing, involved, burnt or put out; when it took fire (s, NaN before) and first
#: flashed over (s, infinite before); how, and from which building (−1 for none); heat (kW); flux on its facade
#: (kW/m²), what of it comes from flames over roofs, the greatest part of it and the building whence that comes; flux-time product so far; water (l/s), the
#: share of flux and brands that crews keep off, and the factor that water has put on its heat; first and last flashed
#: storey, lean of the flame over the roof (m), and when the lines of hose were sent that are there now (s, NaN for none).
HOME = np.dtype([
    *[(name, np.int32) for name in ("state", "way", "cause", "hottest", "low", "high")],
    *[(name, np.float64) for name in ("since", "flashed", "heat", "flux", "flames", "most", "dose", "water", "shield", "damp",
                                      "lean", "sent")],
])  # fmt: skip
#: The state of a unit: when it took fire and flashed over (s), its growth (kW/s²) and the energy left (MJ).
UNIT = np.dtype([("state", np.int64), *[(name, np.float64) for name in ("since", "flashed", "alpha", "left")]])


class Fire(NamedTuple):
    """The state of a town on fire; arrays change in place."""

    home: NDArray[np.void]  #: [buildings] records of `HOME`
    unit: NDArray[np.void]  #: [units] records of `UNIT`
    factor: NDArray[np.float32]  #: [pairs] configuration factor of the burning facade now
    leaning: NDArray[np.float32]  #: [pairs] that of the flame over the roof, times the share by which it leans there
    active: NDArray[np.int32]  #: [buildings] those that burn
    touched: NDArray[np.int32]  #: [buildings] those on which flux acts
    counts: NDArray[np.int64]  #: [2] how many are active and touched


GROWTH_SIGMA = 0.5  #: of the logarithm of a building's own growth about that of its use (assumption)


def growth_luck(town: Town, stream: Stream, decision: str) -> NDArray[np.float64]:
    """Return the factor by which fires in each building grow faster or slower than its use says, [buildings]."""
    return stream.lognormals(1.0, GROWTH_SIGMA, decision, town.site["key"])


def no_fire(town: Town, growth: NDArray[np.float64] | float = 1.0) -> Fire:
    """Return a town that does not burn; `growth` is a factor on the growth of fires, [buildings] or one for all."""
    many = len(town.site)
    home, unit = np.zeros(many, dtype=HOME), np.zeros(int(town.site["units"].sum()), dtype=UNIT)
    home["since"], home["flashed"], home["damp"], home["sent"] = np.nan, np.inf, 1.0, np.nan
    home["cause"] = home["hottest"] = home["high"] = home["lean"] = -1
    unit["since"], unit["flashed"] = np.nan, np.inf
    unit["alpha"] = np.repeat(town.site["alpha"] * growth, town.site["units"])
    unit["left"] = np.repeat(town.site["store"], town.site["units"])
    active, touched = np.zeros(many, dtype=np.int32), np.zeros(many, dtype=np.int32)
    factor, leaning = np.zeros((2, len(town.pair)), dtype=np.float32)
    return Fire(home, unit, factor, leaning, active, touched, np.zeros(2, dtype=np.int64))


@numba.njit(cache=True, error_model="numpy")
def ignite(town: Town, fire: Fire, building: int, unit: int, now: float, origin: tuple[int, int]) -> None:
    """Set one unit (counted within its building) alight; `origin` is the way and the building it came from."""
    home, first = fire.home[building], fire.unit[town.site[building].first_unit + unit]
    if first.state == WHOLE:
        first.state, first.since = GROWING, now
    if home.state == WHOLE:
        home.state, home.since = GROWING, now
        home.way, home.cause = origin
        fire.active[fire.counts[0]] = building
        fire.counts[0] += 1


def wind_from(degrees: float, speed: float) -> Wind:
    """Return a wind of `speed` m/s (at most 60) that comes from `degrees`, clockwise from north."""
    angle = require(Text("wind direction", "风向"), degrees, -360.0, 360.0) * pi / 180.0
    return Wind(require(Text("wind", "风速"), speed, 0.0, 60.0), -sin(angle), -cos(angle))
