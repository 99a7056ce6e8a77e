"""Smoke in a stair: soot and carbon monoxide that enter on the fire's storey, rise, and leave at the top.

The shaft is a column of well-mixed storeys through which stack flow carries air upward (upwind scheme; what leaves one
storey enters the next, so that matter is conserved to rounding). Visibility S = K/(σ·C), σ = 8.7 m²/g of flaming soot
(Mulholland and Croarkin 2000), K = 3 for a lit wall
(Jin 1978). Toxic dose FED = Σ CO·Δt / 35000 ppm·min (Purser, SFPE Handbook, chapter 63: the simple product).
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from models.checks import require
from models.constants import GRAVITY
from sim.errors import InputError
from sim.text import Text

Floats = NDArray[np.float64]

EXTINCTION, LIT_WALL = 8.7, 3.0  #: m²/g; K of a wall that is lit, 8 of a lit sign
SOOT_YIELD, CO_YIELD = 0.06, 0.04  #: g/g of mixed furnishing after flashover (SFPE Handbook, table A.39; assumption)
HEAT_OF_COMBUSTION = 20.0  #: kJ/g of mixed furnishing (assumption)
PPM_OF_CO = 873.0  #: ppm at 25 °C of 1 g/m³ of carbon monoxide
TENABLE_M = 5.0  #: m of sight that people who know the way need (ISO 13571)
FATAL_DOSE = 35000.0  #: ppm·min


class Stair(NamedTuple):
    """A stair: storeys, height of one (m), area (m²), and the openings at foot and top by which air passes (m²)."""

    storeys: int
    height: float = 3.0
    area: float = 15.0
    vents: float = 0.5


def check_stair(stair: Stair) -> Stair:
    """Return `stair` if it can stand; else raise an `InputError`."""
    require(Text("storeys", "层数"), stair.storeys, 1, 200)
    for what, value in ((Text("storey height", "层高"), stair.height), (Text("stair area", "楼梯面积"), stair.area),
                        (Text("vents", "通风口面积"), stair.vents)):  # fmt: skip
        require(what, value, 0.0, open_low=True)
    return stair


def stack_flow(height: float, warmer: float, vents: float, outside: float = 288.0) -> float:
    """Return the upward flow through a shaft, m³/s: Cd·A·√(g·H·ΔT/T), two openings of `vents` m² in a row.

    `height` in m, `warmer` in K over the `outside` in K; a colder shaft flows not at all here.
    """
    require(Text("height", "高度"), height, 0.0)
    return 0.65 * vents * sqrt(GRAVITY * height * max(warmer, 0.0) / outside)


def smoke_source(heat: float, leaks: float) -> tuple[float, float]:
    """Return soot and carbon monoxide that enter the stair, g/s, from a fire of `heat` kW and the share that `leaks`."""
    burnt = require(Text("heat", "热释放"), heat, 0.0) / HEAT_OF_COMBUSTION
    share = require(Text("leaking share", "泄漏比例"), leaks, 0.0, 1.0)
    return burnt * SOOT_YIELD * share, burnt * CO_YIELD * share


@numba.njit(cache=True, error_model="numpy")
def rise(mass: Floats, source: float, storey: int, flow: float, volume: float, dt: float) -> float:
    """Carry `mass` (g by storey, in place) upward for `dt` s; return the grams that left at the top.

    `source` in g/s enters on `storey` (from 0), `flow` in m³/s, `volume` of a storey in m³. The inner step keeps the
    Courant number flow·dt/volume at most 1, whence no mass is ever negative.
    """
    steps = max(1, int(np.ceil(flow * dt / volume)))
    share = flow * dt / steps / volume
    left = 0.0
    for _ in range(steps):
        up = mass[len(mass) - 1] * share
        left += up
        for k in range(len(mass) - 1, 0, -1):
            mass[k] += share * (mass[k - 1] - mass[k])
        mass[0] -= share * mass[0]
        mass[storey] += source * dt / steps
    return left


def visibility(concentration: Floats, sign: float = LIT_WALL) -> Floats:
    """Return how far one sees, m, in soot of `concentration` g/m³; at most 30 m."""
    return np.minimum(30.0, sign / np.maximum(EXTINCTION * np.asarray(concentration), 1e-9))


def dose(concentration: Floats, seconds: float) -> Floats:
    """Return the fractional effective dose of `seconds` in carbon monoxide of `concentration` g/m³; 1 incapacitates."""
    return np.asarray(concentration) * PPM_OF_CO * seconds / 60.0 / FATAL_DOSE


def untenable_after(stair: Stair, storey: int, heat: float, leaks: float, warmer: float = 10.0) -> Floats:
    """Return when each storey of a stair is filled so that one sees less than 5 m, s; infinity within an hour.

    A steady fire of `heat` kW on `storey` (from 0) leaks the share `leaks` of its smoke into a stair that is `warmer`
    than outside by so many K.
    """
    check_stair(stair)
    if not 0 <= storey < stair.storeys:
        raise InputError(en=f"the fire must be on one of {stair.storeys} storeys; {storey} came",
                         zh=f"起火层须在 {stair.storeys} 层之内；收到 {storey}")  # fmt: skip
    soot, _ = smoke_source(heat, leaks)
    volume = stair.area * stair.height
    flow = stack_flow(stair.storeys * stair.height, warmer, stair.vents)
    mass, when = np.zeros(stair.storeys), np.full(stair.storeys, np.inf)
    for now in range(0, 3600, 5):
        rise(mass, soot, storey, flow, volume, 5.0)
        full = (visibility(mass / volume) < TENABLE_M) & np.isinf(when)
        when[full] = now + 5.0
    return when
