"""What comes and goes from above and below: rain, infiltration, inlets, pumps, garages; compiled, in whole units."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from models.constants import GRAVITY
from sim.errors import InputError

WEIR = 1.66  #: m^0.5/s of a kerb or grate (HEC-22, 3rd ed., 2009, eq. 4-26)
ORIFICE = 0.67  #: of an inlet that is drowned (HEC-22, eq. 4-27)
SILL = 1.7  #: m^0.5/s of a broad crest, (2/3)^1.5·√g


@dataclass(frozen=True)
class Ground:
    """Kinds of ground: which share of the rain stays, and what soaks in by Green and Ampt.

    F' : f = K·(1 + ψΔθ/F) while water stands or falls (Green & Ampt 1911; Mein & Larson 1973, doi:10.1029/WR009i002p00384).
    """

    runoff: tuple[float, ...] = (1.0,)  #: share of the rain that reaches the surface
    conductivity: tuple[float, ...] = (0.0,)  #: K, m/s; 0 for sealed ground
    suction: tuple[float, ...] = (0.0,)  #: ψ·Δθ, m

    def __post_init__(self) -> None:
        if not len(self.runoff) == len(self.conductivity) == len(self.suction) > 0:
            raise InputError(
                en="each kind of ground has a runoff share, a conductivity and a suction",
                zh="每类下垫面须同时给出径流系数、导水率与吸力",
            )
        for name, zh, values, most in (
            ("runoff share", "径流系数", self.runoff, 1.0),
            ("conductivity", "导水率", self.conductivity, 1.0),
            ("suction", "吸力", self.suction, 10.0),
        ):
            if not all(0.0 <= value <= most for value in values):
                raise InputError(en=f"a {name} lies between 0 and {most:g}", zh=f"{zh}须在 0 与 {most:g} 之间")


@dataclass
class Inlets:
    """Inlets of the drains: each takes what a weir or an orifice lets in, up to what the sewer carries.

    Arrays are [inlets]; `open` is the share that is not blocked, and 0 where the sewer is full.
    """

    cell: NDArray[np.int64]
    capacity: NDArray[np.float64]  #: m³/s
    perimeter: NDArray[np.float64]  #: m
    area: NDArray[np.float64]  #: m²
    open: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    owed: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))  #: units below one

    def __post_init__(self) -> None:
        if not len(self.open):
            self.open = np.ones(len(self.cell))
        self.owed = np.zeros(len(self.cell))

    @classmethod
    def none(cls) -> Inlets:
        """Return no inlets."""
        empty = np.empty(0)
        return cls(np.empty(0, dtype=np.int64), empty, empty, empty)


@dataclass
class Pumps:
    """Pumps: each lifts up to `rate` out of its cell while water stands there, into cell `to` or out of the raster (-1)."""

    cell: NDArray[np.int64]
    to: NDArray[np.int64]
    rate: NDArray[np.float64]  #: m³/s now; 0 for one that fails
    owed: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        self.owed = np.zeros(len(self.cell))

    @classmethod
    def none(cls) -> Pumps:
        """Return no pumps."""
        return cls(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))


@dataclass
class Garages:
    """Spaces below ground that fill over a sill: q = 1.7·b·(h − sill)^1.5, until they are full; [garages]."""

    cell: NDArray[np.int64]
    sill: NDArray[np.float64]  #: m above the cell's bed, a barrier included
    width: NDArray[np.float64]  #: m
    volume: NDArray[np.float64]  #: m³
    held: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))  #: units of the cell's area

    def __post_init__(self) -> None:
        self.held = np.zeros(len(self.cell), dtype=np.int64)

    @classmethod
    def none(cls) -> Garages:
        """Return no garages."""
        return cls(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0), np.empty(0))


@numba.njit(cache=True, error_model="numpy")
def wet(h: Any, kind: Any, fall: Any) -> Any:
    """Let `fall[kind]` units of rain fall on every cell; return the sum."""
    total = np.int64(0)
    for i in range(len(h)):
        drop = fall[kind[i]]
        h[i] += np.int32(drop)
        total += drop
    return total


@numba.njit(cache=True, error_model="numpy")
def soaked(f: float, k: float, s: float, dt: float) -> float:
    """Return how much (m) ponded ground takes within `dt` that has taken `f` before, exactly.

    Solves ΔF = K·Δt + S·ln((F + ΔF + S)/(F + S)) with S = ψ·Δθ by Newton's method.
    """
    took = k * dt + np.sqrt(2.0 * k * dt * s)
    for _ in range(20):
        value = took - k * dt - s * log((f + took + s) / (f + s)) if s > 0.0 else took - k * dt
        slope = 1.0 - s / (f + took + s) if s > 0.0 else 1.0
        change = value / slope
        took -= change
        if abs(change) < 1e-12 + 1e-9 * took:
            break
    return max(took, 0.0)


@numba.njit(cache=True, error_model="numpy")
def infiltrate(h: Any, kind: Any, taken: Any, conductivity: Any, suction: Any, unit: float, dt: float) -> Any:
    """Let water soak into cells whose ground is not sealed; return the units that left."""
    total = np.int64(0)
    for i in range(len(h)):
        k = conductivity[kind[i]]
        if k > 0.0 and h[i] > 0:
            goes = np.int64(h[i])
            if goes * unit > k * dt:  # less than that always soaks in
                goes = min(goes, np.int64(soaked(taken[i] * unit, k, suction[kind[i]], dt) / unit))
            h[i] -= np.int32(goes)
            taken[i] += goes
            total += goes
    return total


@numba.njit(cache=True, error_model="numpy")
def drain(h: Any, cell: Any, inlet: Any, share: Any, owed: Any, scale: Any) -> Any:
    """Let inlets take water; `inlet` is (capacity, perimeter, area), `scale` (unit, units per m³, s).

    Returns the units that left.
    """
    capacity, perimeter, area = inlet
    unit, per, dt = scale
    total = np.int64(0)
    for i in range(len(cell)):
        units = h[cell[i]]
        depth = units * unit
        weir, orifice = WEIR * perimeter[i] * depth * np.sqrt(depth), ORIFICE * area[i] * np.sqrt(2.0 * GRAVITY * depth)
        wanted = owed[i] + min(capacity[i], weir, orifice) * share[i] * dt * per
        goes = min(np.int64(units), np.int64(wanted))
        owed[i] = min(wanted - goes, 1.0)
        h[cell[i]] -= np.int32(goes)
        total += goes
    return total


@numba.njit(cache=True, error_model="numpy")
def pump(h: Any, cell: Any, to: Any, rate: Any, owed: Any, scale: Any) -> Any:
    """Let pumps lift water; `scale` is (unit, units per m³, s). Return the units that left the raster."""
    _, per, dt = scale
    total = np.int64(0)
    for i in range(len(cell)):
        wanted = owed[i] + rate[i] * dt * per
        goes = min(np.int64(h[cell[i]]), np.int64(wanted))
        owed[i] = min(wanted - goes, 1.0)
        h[cell[i]] -= np.int32(goes)
        if to[i] >= 0:
            h[to[i]] += np.int32(goes)
        else:
            total += goes
    return total


@numba.njit(cache=True, error_model="numpy")
def spill(h: Any, cell: Any, sill: Any, width: Any, volume: Any, held: Any, scale: Any) -> Any:
    """Let garages fill over their sills; `scale` is (unit, units per m³, s). Return the units that left the raster."""
    unit, per, dt = scale
    total = np.int64(0)
    for i in range(len(cell)):
        above = h[cell[i]] * unit - sill[i]
        if above > 0.0:
            flow = SILL * width[i] * above * np.sqrt(above)
            most = min(np.int64(above / unit), np.int64(volume[i] * per) - held[i])
            goes = max(np.int64(0), min(most, np.int64(flow * dt * per)))
            h[cell[i]] -= np.int32(goes)
            held[i] += goes
            total += goes
    return total
