"""How the heat of a fire grows, stays and dies: the t² design fire with a fixed store of energy.

Growth Q = α·t²; the classes reach 1055 kW at 600, 300, 150 and 75 s (NFPA 92; ISO/TR 13387-2). The fire burns at its
peak until `DECAY` of the energy is left and then falls linearly in time to nothing (Eurocode 1, EN 1991-1-2, annex E).
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numba

from models.checks import require
from sim.text import Text

REFERENCE_KW = 1055.0  #: 1000 BTU/s, the heat by which the classes are told apart
#: Seconds to the reference heat. A burning e-bike is ultra-fast.
CLASS_SECONDS = {"slow": 600.0, "medium": 300.0, "fast": 150.0, "ultrafast": 75.0}
#: Speed of the air through a room that is open on both sides, as a share of the wind times the open share of its
#: walls: Cd·√(ΔCp/2), with Cd = .6 and ΔCp = .8 − (−.5) (wall pressures of EN 1991-1-4; two openings in series).
DRAUGHT = 0.6 * sqrt(1.3 / 2.0)
DECAY = 0.3  #: share of the energy that is left when a fire begins to die; EN 1991-1-2: 70 % burns before


def growth_rate(seconds: float) -> float:
    """Return α in kW/s² of a fire that reaches 1055 kW after `seconds`."""
    return REFERENCE_KW / require(Text("time to 1055 kW", "达到 1055 kW 的时间"), seconds, 0.0, open_low=True) ** 2


def class_growth_rate(name: str) -> float:
    """Return α in kW/s² of a growth class: slow, medium, fast or ultrafast."""
    from sim.errors import NotFoundError

    if name not in CLASS_SECONDS:
        there_are = ", ".join(CLASS_SECONDS)
        raise NotFoundError(en=f"growth class {name!r} is unknown; there are: {there_are}",
                            zh=f"增长等级 {name!r} 未知；可用：{there_are}")  # fmt: skip
    return growth_rate(CLASS_SECONDS[name])


@numba.njit(cache=True, error_model="numpy")
def growing_heat(alpha: float, age: float, peak: float) -> float:
    """Return the heat of a growing fire, kW: α·age², at most `peak`; 0 before it began."""
    if age <= 0.0:
        return 0.0
    return min(alpha * age * age, peak)


@numba.njit(cache=True, error_model="numpy")
def draught_factor(wind: float, opening: float) -> float:
    """Return by how much α is greater in a room whose walls are open for a share `opening`, in a `wind` of m/s.

    Fire runs through wooden cribs 1 + u times as fast before an air stream of u m/s (Thomas 1971, Forestry 44, 155);
    it does so in one of the two directions of the floor.
    """
    return 1.0 + DRAUGHT * opening * wind


@numba.njit(cache=True, error_model="numpy")
def dying_heat(peak: float, left: float, store: float) -> float:
    """Return the heat of a fire at its peak or after, kW, from the energy `left` of its `store` (same unit).

    In the decay Q = peak·√(left / (DECAY·store)), whose solution in time is a straight line down to zero.
    """
    if left <= 0.0 or store <= 0.0:
        return 0.0
    return peak * min(1.0, sqrt(left / (DECAY * store)))


class DesignFire(NamedTuple):
    """A fire by itself: α in kW/s², peak in kW, store of energy in MJ."""

    alpha: float
    peak: float
    store: float

    def phases(self) -> tuple[float, float, float]:
        """Return when growth, full heat and decay end, s; a small store is spent before the peak is reached."""
        growth = sqrt(self.peak / self.alpha)
        grown = self.alpha * growth**3 / 3000.0
        before = (1.0 - DECAY) * self.store
        if grown >= before:
            growth = (3000.0 * before / self.alpha) ** (1.0 / 3.0)
            return growth, growth, growth + 2000.0 * DECAY * self.store / (self.alpha * growth**2)
        steady = growth + 1000.0 * (before - grown) / self.peak
        return growth, steady, steady + 2000.0 * DECAY * self.store / self.peak

    def heat(self, age: float) -> float:
        """Return the heat release `age` seconds after ignition, kW; its integral over all time is the store."""
        growth, steady, end = self.phases()
        top = min(self.peak, self.alpha * growth**2)
        if age <= 0.0 or age >= end:
            return 0.0
        if age <= growth:
            return self.alpha * age**2
        return top if age <= steady else top * (end - age) / (end - steady)
