"""Gas that gathers in a space beside the leak: a well-mixed volume with exchange of air, and how soon it can ignite.

V·dC/dt = q − (q + n·V)·C, with the leak q (m³/s of gas at ambient pressure), the volume V (m³) and the exchange of
air n (1/s): what flows in pushes mixture out, so that the fraction never exceeds 1 (Harris, 1983, Investigation and
Control of Gas Explosions in Buildings and Heating Plant, ISBN 0-419-13220-1, chapter 2).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, log1p

import numba
import numpy as np
from numpy.typing import NDArray

from models.gas.source import Gas
from sim.bounds import bounded
from sim.text import Text

Floats = NDArray[np.float64]
_LEAK = Text("the leak (m³/s)", "泄漏量（m³/s）")
_EXCHANGE = Text("the exchange of air (1/s)", "换气率（1/s）")
_VOLUME = Text("the volume (m³)", "容积（m³）")
_FRACTION = Text("the fraction of gas", "燃气体积分数")


@dataclass(frozen=True)
class Space:
    """A well-mixed space: volume in m³, exchange of air in 1/s, gas at first as a fraction."""

    volume: float
    exchange: float
    at_first: float = 0.0

    def __post_init__(self) -> None:
        bounded(self.volume, _VOLUME, 1e-9)
        bounded(self.exchange, _EXCHANGE, 0.0)
        bounded(self.at_first, _FRACTION, 0.0, 1.0)

    def settles_at(self, leak: float) -> float:
        """Return the fraction that is reached in the end: q/(q + n·V)."""
        through = bounded(leak, _LEAK, 0.0) + self.exchange * self.volume
        return leak / through if through > 0 else self.at_first

    def fraction(self, leak: float, seconds: float) -> float:
        """Return the fraction of gas after `seconds` of a steady `leak` (m³/s)."""
        end = self.settles_at(leak)
        rate = (leak + self.exchange * self.volume) / self.volume
        return end + (self.at_first - end) * exp(-rate * seconds)

    def time_to(self, fraction: float, leak: float) -> float:
        """Return when `fraction` is reached from below, s; inf where it never is, 0 where it is there at first."""
        bounded(fraction, _FRACTION, 0.0, 1.0)
        end = self.settles_at(leak)
        if self.at_first >= fraction:
            return 0.0
        if end <= fraction:
            return inf
        rate = (leak + self.exchange * self.volume) / self.volume
        return -log1p((self.at_first - fraction) / (end - self.at_first)) / rate

    def flammable_s(self, gas: Gas, leak: float, seconds: float) -> float:
        """Return how long the mixture can burn within the first `seconds` of a steady `leak` that starts in clean air, s."""
        starts = self.time_to(gas.lower, leak)
        ends = self.time_to(gas.upper, leak)
        return max(0.0, min(ends, seconds) - min(starts, seconds))


def ignition_probability(flammable_s: float, per_hour: float) -> float:
    """Return the chance that one of the sparks that come at `per_hour` meets a mixture that burns: 1 − exp(−λ·t)."""
    bounded(per_hour, Text("the sparks per hour", "每小时点火次数"), 0.0)
    return -np.expm1(-per_hour * flammable_s / 3600.0)


def open_ignition_probability(flow: float) -> float:
    """Return the chance that a release of gas in the open ignites, for `flow` in kg/s.

    P = .0156·ṁ^.642 (Cox, Lees and Ang, 1990, Classification of Hazardous Locations, ISBN 0-85295-258-9), at most 1;
    fitted between 1 and 50 kg/s.
    """
    return min(1.0, 0.0156 * bounded(flow, Text("the mass flow (kg/s)", "质量流量（kg/s）"), 0.0) ** 0.642)


@numba.njit(cache=True, error_model="numpy")
def gather(fraction: Floats, leak: Floats, volume: Floats, exchange: Floats, seconds: float) -> None:
    """Move the fraction of gas in many spaces, all float64 [spaces], on by `seconds`, exactly for a steady leak.

    leak : m³/s into each space;  volume : m³, positive;  exchange : 1/s, at least 0. `fraction` is changed in place.
    """
    for i in range(len(fraction)):
        through = leak[i] + exchange[i] * volume[i]
        if through > 0.0:
            end = leak[i] / through
            fraction[i] = end + (fraction[i] - end) * np.exp(-through / volume[i] * seconds)
