"""The steady Gaussian plume, with reflection at the ground and at a mixing lid.

C = Q/(2π·u·σy·σz)·exp(−y²/2σy²)·[exp(−(z−H)²/2σz²) + exp(−(z+H)²/2σz²)], and the images of both between ground and lid
(Turner, 1970, AP-26; EPA-454/B-95-003b, section 1.1.6). Once σz > 1.6 lid heights the gas is evenly mixed below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.plume.sigma import SCHEMES, sigma_table, spread
from models.plume.weather import CALMEST, STRONGEST, towards
from sim.bounds import all_bounded, bounded
from sim.errors import InputError
from sim.text import Text

Floats = NDArray[np.float64]
MIXED = 1.6  #: σz over the lid's height from which on the gas is evenly mixed (ISC3)


@numba.njit(cache=True, error_model="numpy", inline="always")
def layered(z: float, height: float, sz: float, lid: float) -> float:
    """Return the vertical part: the sum over images, √(2π)·σz times the density over the height (1/m)."""
    if sz > 1.6 * lid:
        return 2.5066282746310002 * sz / lid if z <= lid else 0.0
    if z > lid:
        return 0.0
    half = 0.5 / (sz * sz)
    total = np.exp(-((z - height) ** 2) * half) + np.exp(-((z + height) ** 2) * half)
    if lid == np.inf:
        return total
    for j in range(1, 12):
        shift = 2.0 * j * lid
        more = np.exp(-((z - height - shift) ** 2) * half) + np.exp(-((z + height - shift) ** 2) * half)
        more += np.exp(-((z - height + shift) ** 2) * half) + np.exp(-((z + height + shift) ** 2) * half)
        total += more
        if more < 1e-13 * total:
            break
    return total


@numba.njit(cache=True, error_model="numpy")
def plume(x: Floats, y: Floats, z: Floats, setting: Floats, scheme: int, table: Floats) -> Floats:
    """Return the concentration at receptors, kg/m³, float64 [receptors].

    x, y, z : m, float64 [receptors];  setting : x and y of the source, height (m), rate (kg/s), wind (m/s), unit vector
    (east, north) of the wind, lid (m, inf for none).
    """
    x0, y0, height, rate, wind, east, north, lid = setting
    out = np.zeros(len(x))
    front = rate / (6.283185307179586 * wind)
    for i in range(len(x)):
        dx, dy = x[i] - x0, y[i] - y0
        along = dx * east + dy * north
        if along <= 0.0:
            continue
        across = dy * east - dx * north
        sy, sz = spread(along, scheme, table)
        sideways = across * across / (2.0 * sy * sy)
        if sideways < 700.0:
            out[i] = front / (sy * sz) * np.exp(-sideways) * layered(z[i], height, sz, lid)
    return out


@dataclass(frozen=True)
class Release:
    """A steady source at (`x`, `y`) in m, `height` m above ground (with any rise), of `rate` kg/s."""

    rate: float
    height: float = 0.0
    x: float = 0.0
    y: float = 0.0

    def __post_init__(self) -> None:
        bounded(self.rate, Text("the rate of release (kg/s)", "泄放速率（kg/s）"), 0.0)
        bounded(self.height, Text("the height of release (m)", "泄放高度（m）"), 0.0)


@dataclass(frozen=True)
class Air:
    """Steady air: wind (m/s, at the height of release) from `direction` (degrees), class, scheme, and a lid (m)."""

    wind: float
    direction: float = 270.0
    stability: str = "D"
    scheme: str = "briggs_urban"
    lid: float = inf

    def __post_init__(self) -> None:
        bounded(self.wind, Text("the wind (m/s)", "风速（m/s）"), 0.0, STRONGEST)
        bounded(self.direction, Text("the direction (degrees)", "风向（度）"), -360.0, 720.0)
        if self.wind < CALMEST:
            raise InputError(en=f"a steady plume needs a wind of at least {CALMEST:g} m/s, got {self.wind:g}; use puffs in a calm",
                             zh=f"稳态烟羽要求风速不低于 {CALMEST:g} m/s，给定为 {self.wind:g}；静风请用烟团模型")  # fmt: skip
        if not self.lid > 0:
            raise InputError(en=f"the mixing lid must be above ground, got {self.lid:g} m",
                             zh=f"混合层高度必须大于零，给定为 {self.lid:g} m")  # fmt: skip
        sigma_table(self.scheme, self.stability)


def concentration(release: Release, air: Air, x: ArrayLike, y: ArrayLike, z: ArrayLike = 0.0) -> Floats:
    """Return the concentration (kg/m³) at receptors in m, broadcast together; 0 upwind of the source."""
    if release.height > air.lid:
        raise InputError(en=f"the release at {release.height:g} m is above the mixing lid at {air.lid:g} m",
                         zh=f"泄放高度 {release.height:g} m 高于混合层 {air.lid:g} m")  # fmt: skip
    all_bounded(z, Text("the height of a receptor (m)", "受体高度（m）"), 0.0)
    places = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (x, y, z)))
    for place in places[:2]:
        all_bounded(place, Text("the place of a receptor (m)", "受体坐标（m）"))
    flat = [np.ascontiguousarray(place.ravel()) for place in places]
    setting = np.array([release.x, release.y, release.height, release.rate, air.wind, *towards(air.direction), air.lid])
    table = sigma_table(air.scheme, air.stability)
    return plume(*flat, setting, SCHEMES.index(air.scheme), table).reshape(places[0].shape)
