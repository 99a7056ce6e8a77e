"""Rain over time: a design storm, a hyetograph, or an observed series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError

MM_PER_H = 1e-3 / 3600.0  #: m/s
HEAVIEST = 1000.0  #: mm/h; the heaviest minute ever measured is 1872 mm/h, the heaviest hour 305 mm


@dataclass(frozen=True)
class Intensity:
    """A formula of rain intensity: i = a·(1 + c·lg P)/(t + b)^n, mm/min with t in min and P in years."""

    a: float
    c: float
    b: float
    n: float

    def of(self, years: float, minutes: float) -> float:
        """Return the mean intensity (mm/min) of the heaviest `minutes` that come once in `years`."""
        return self.a * (1.0 + self.c * log10(years)) / (minutes + self.b) ** self.n


#: Nanjing's formula in force since 2014 (64.300·(1 + 0.837·lg P)/(t + 32.9)^1.011 mm/min).
NANJING = Intensity(64.300, 0.837, 32.900, 1.011)


@dataclass(frozen=True)
class Rain:
    """Rain of constant intensity between times.

    edges : float64 [blocks + 1], s, rising; intensity : float64 [blocks], m/s. Outside there is none.
    """

    edges: NDArray[np.float64]
    intensity: NDArray[np.float64]

    def __post_init__(self) -> None:
        if len(self.edges) != len(self.intensity) + 1 or not (np.diff(self.edges) > 0).all():
            raise InputError(en="the times of the rain must rise", zh="降雨时间须递增")
        if not np.isfinite(self.intensity).all() or (self.intensity < 0).any():
            raise InputError(en="rain cannot be below zero or unknown", zh="降雨强度不能为负或缺测")
        if (self.intensity > HEAVIEST * MM_PER_H).any():
            raise InputError(
                en=f"rain above {HEAVIEST:g} mm/h is not of this world",
                zh=f"降雨强度超过 {HEAVIEST:g} 毫米/小时，不合实际",
            )

    @property
    def total(self) -> float:
        """The depth of all rain, m."""
        return float(np.sum(self.intensity * np.diff(self.edges)))

    def until(self, time: float) -> float:
        """Return the depth (m) that has fallen by `time`."""
        into = np.clip(time - self.edges[:-1], 0.0, np.diff(self.edges))
        return float(np.sum(self.intensity * into))

    def at(self, time: float) -> float:
        """Return the intensity at `time`, m/s."""
        block = int(np.searchsorted(self.edges, time, side="right")) - 1
        return float(self.intensity[block]) if 0 <= block < len(self.intensity) else 0.0

    def most_within(self, seconds: float) -> float:
        """Return the greatest depth (m) that falls within any such time, for signals such as "100 mm in 3 h"."""
        starts = np.concatenate([self.edges, self.edges - seconds])
        return max(self.until(start + seconds) - self.until(start) for start in starts)

    def starting(self, time: float) -> Rain:
        """Return the same rain, beginning at `time`."""
        return Rain(self.edges - self.edges[0] + time, self.intensity)


def steady(mm_per_h: float, seconds: float) -> Rain:
    """Return constant rain."""
    return Rain(np.array([0.0, seconds]), np.array([mm_per_h * MM_PER_H]))


def hyetograph(mm_per_h: Sequence[float], block_s: float) -> Rain:
    """Return the rain of a series of mean intensities (mm/h) over blocks of one length (s)."""
    if not len(mm_per_h) or not block_s > 0:
        raise InputError(en="a hyetograph needs blocks of some length", zh="雨量过程线须有时段与时长")
    return Rain(
        np.arange(len(mm_per_h) + 1, dtype=np.float64) * float(block_s),
        np.asarray(mm_per_h, dtype=np.float64) * MM_PER_H,
    )


def observed(seconds: Sequence[float], mm: Sequence[float]) -> Rain:
    """Return the rain of a gauge: at each time, the depth (mm) since the time before; the first one only begins it."""
    if len(seconds) != len(mm) or len(mm) < 2:
        raise InputError(
            en="an observed series needs a depth at each of two times at least", zh="实测序列至少需两个时刻的雨量"
        )
    times = np.asarray(seconds, dtype=np.float64)
    if not (np.diff(times) > 0).all():
        raise InputError(en="the times of the rain must rise", zh="降雨时间须递增")
    return Rain(times, np.asarray(mm, dtype=np.float64)[1:] * 1e-3 / np.diff(times))


def design_storm(
    years: float, minutes: float, peak: float = 0.4, block_min: float = 5.0, formula: Intensity = NANJING
) -> Rain:
    """Return a Chicago storm: within any time around the peak it rains what the formula says for that time.

    peak : share of the time before the peak, 0 … 1. With τ the time from the peak, divided by its share, the depth on
    that side is τ·share·i(τ) (Keifer & Chu 1957, doi:10.1061/JYCEAJ.0000104); blocks hold its exact mean.
    """
    if not (1.0 <= years <= 10_000.0 and 0.0 < minutes <= 2880.0 and 0.0 <= peak <= 1.0 and 0.0 < block_min <= minutes):
        raise InputError(
            en="a design storm has a return period of 1 to 10,000 years, lasts up to 2880 min and peaks within",
            zh="设计暴雨的重现期为 1～10000 年，历时不超过 2880 分钟，雨峰须在其中",
        )
    edges = np.append(np.arange(0.0, minutes - 1e-9, block_min), minutes)
    from_peak = edges - peak * minutes
    share = np.where(from_peak < 0, peak, 1.0 - peak)
    tau = np.divide(np.abs(from_peak), share, out=np.zeros_like(from_peak), where=share > 0)
    depth = np.sign(from_peak) * share * tau * np.array([formula.of(years, one) for one in tau])
    return Rain(
        np.multiply(edges, 60.0, dtype=np.float64), np.maximum(np.diff(depth), 0.0) * 1e-3 / (np.diff(edges) * 60.0)
    )
