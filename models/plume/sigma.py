"""How wide a plume grows with the distance: σy and σz by class, four schemes.

- `PG_RURAL`: Pasquill and Gifford's curves as fitted in ISC3 (EPA-454/B-95-003b, tables 1-1 and 1-2);
- `BRIGGS_RURAL`, `BRIGGS_URBAN`: Briggs (1973), ATDL-79, σ = a·x·(1 + b·x)^p. The rows of the two tables differ, and
  the urban classes A and B have p = +1/2 in σz;
- `PUFF`: Slade (1968, TID-24190) as in CCPS (2000, table 2.13), for puffs of less than ten minutes.
"""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from models.plume.weather import class_index
from sim.bounds import all_bounded
from sim.errors import InputError
from sim.text import Text

Floats = NDArray[np.float64]
PG_RURAL, BRIGGS_RURAL, BRIGGS_URBAN, PUFF = range(4)
SCHEMES = ("pg_rural", "briggs_rural", "briggs_urban", "puff")
#: Briggs by class: a, b, p of σy, then of σz.
BRIGGS = {
    BRIGGS_RURAL: (
        (0.22, 1e-4, -0.5, 0.20, 0.0, 0.0),
        (0.16, 1e-4, -0.5, 0.12, 0.0, 0.0),
        (0.11, 1e-4, -0.5, 0.08, 2e-4, -0.5),
        (0.08, 1e-4, -0.5, 0.06, 1.5e-3, -0.5),
        (0.06, 1e-4, -0.5, 0.03, 3e-4, -1.0),
        (0.04, 1e-4, -0.5, 0.016, 3e-4, -1.0),
    ),
    BRIGGS_URBAN: (
        (0.32, 4e-4, -0.5, 0.24, 1e-3, 0.5),
        (0.32, 4e-4, -0.5, 0.24, 1e-3, 0.5),
        (0.22, 4e-4, -0.5, 0.20, 0.0, 0.0),
        (0.16, 4e-4, -0.5, 0.14, 3e-4, -0.5),
        (0.11, 4e-4, -0.5, 0.08, 1.5e-3, -0.5),
        (0.11, 4e-4, -0.5, 0.08, 1.5e-3, -0.5),
    ),
}
#: σz of Pasquill and Gifford: (up to km, a, b) by class, σz = a·x^b with x in km; the last row holds for all beyond.
PG_HEIGHT = (
    ((0.1, 122.8, 0.9447), (0.15, 158.08, 1.0542), (0.2, 170.22, 1.0932), (0.25, 179.52, 1.1262),
     (0.3, 217.41, 1.2644), (0.4, 258.89, 1.4094), (0.5, 346.75, 1.7283), (np.inf, 453.85, 2.1166)),
    ((0.2, 90.673, 0.93198), (0.4, 98.483, 0.98332), (np.inf, 109.3, 1.0971)),
    ((np.inf, 61.141, 0.91465),),
    ((0.3, 34.459, 0.86974), (1.0, 32.093, 0.81066), (3.0, 32.093, 0.64403), (10.0, 33.504, 0.60486),
     (30.0, 36.65, 0.56589), (np.inf, 44.053, 0.51179)),
    ((0.1, 24.26, 0.8366), (0.3, 23.331, 0.81956), (1.0, 21.628, 0.7566), (2.0, 21.628, 0.63077),
     (4.0, 22.534, 0.57154), (10.0, 24.703, 0.50527), (20.0, 26.97, 0.46713), (40.0, 35.42, 0.37615),
     (np.inf, 47.618, 0.29592)),
    ((0.2, 15.209, 0.81558), (0.7, 14.457, 0.78407), (1.0, 13.953, 0.68465), (2.0, 13.953, 0.63227),
     (3.0, 14.823, 0.54503), (7.0, 16.187, 0.4649), (15.0, 17.836, 0.41507), (30.0, 22.651, 0.32681),
     (60.0, 27.074, 0.27436), (np.inf, 34.219, 0.21716)),
)  # fmt: skip
#: σy of Pasquill and Gifford: c, d by class; σy = 465.11628·x·tan(.017453293·(c − d·ln x)), x in km.
PG_WIDTH = (
    (24.167, 2.5334), (18.333, 1.8096), (12.5, 1.0857), (8.333, 0.72382), (6.25, 0.54287), (4.1667, 0.36191),
)  # fmt: skip
#: Puffs: a, b of σy (= σx), then of σz; σ = a·x^b with x in m.
SLADE = (
    (0.18, 0.92, 0.60, 0.75), (0.14, 0.92, 0.53, 0.73), (0.10, 0.92, 0.34, 0.71),
    (0.06, 0.92, 0.15, 0.70), (0.04, 0.92, 0.10, 0.65), (0.02, 0.89, 0.05, 0.61),
)  # fmt: skip
HIGHEST = 5000.0  #: m: ISC3 lets σz grow no further
_ROWS = 10  #: the longest part of PG_HEIGHT


def sigma_table(scheme: str, stability_class: str) -> Floats:
    """Return what `spread` reads for a scheme and a class, float64 [_ROWS + 1, 6]."""
    return tables(scheme)[class_index(stability_class)]


def tables(scheme: str) -> Floats:
    """Return the tables of all classes, float64 [6, _ROWS + 1, 6]: row 0 the formula, the others σz of PG."""
    if scheme not in SCHEMES:
        raise InputError(en=f"dispersion scheme {scheme!r} is unknown; there are: {', '.join(SCHEMES)}",
                         zh=f"扩散参数方案 {scheme!r} 未知；可用：{'、'.join(SCHEMES)}")  # fmt: skip
    number = SCHEMES.index(scheme)
    out = np.zeros((6, _ROWS + 1, 6))
    for k in range(6):
        if number == PG_RURAL:
            out[k, 0, :3] = (*PG_WIDTH[k], float(len(PG_HEIGHT[k])))
            out[k, 1 : len(PG_HEIGHT[k]) + 1, :3] = PG_HEIGHT[k]
        elif number == PUFF:
            out[k, 0, :4] = SLADE[k]
        else:
            out[k, 0] = BRIGGS[number][k]
    return out


@numba.njit(cache=True, error_model="numpy", inline="always")
def spread(x: float, scheme: int, table: Floats) -> tuple[float, float]:
    """Return σy and σz (m) at the distance `x` (m, positive); `table` is that of the class [rows, 6]."""
    if scheme == 0:
        km = x / 1000.0
        log_km = np.log(km)
        sy = 465.11628 * km * np.tan(0.017453293 * (table[0, 0] - table[0, 1] * log_km))
        row = 1
        while km > table[row, 0]:
            row += 1
        return sy, min(table[row, 1] * np.exp(table[row, 2] * log_km), 5000.0)
    if scheme == 3:
        log_x = np.log(x)
        return table[0, 0] * np.exp(table[0, 1] * log_x), table[0, 2] * np.exp(table[0, 3] * log_x)
    sy = table[0, 0] * x / np.sqrt(1.0 + table[0, 1] * x)
    sz = table[0, 3] * x
    power = table[0, 5]
    if power == -0.5:
        sz /= np.sqrt(1.0 + table[0, 4] * x)
    elif power == 0.5:
        sz *= np.sqrt(1.0 + table[0, 4] * x)
    elif power == -1.0:
        sz /= 1.0 + table[0, 4] * x
    return sy, min(sz, 5000.0)


@numba.njit(cache=True, error_model="numpy")
def _spread_all(x: Floats, scheme: int, table: Floats) -> tuple[Floats, Floats]:
    sy, sz = np.empty_like(x), np.empty_like(x)
    for i in range(len(x)):
        sy[i], sz[i] = spread(x[i], scheme, table)
    return sy, sz


def sigmas(distance: ArrayLike, stability_class: str, scheme: str = "briggs_urban") -> tuple[Floats, Floats]:
    """Return σy and σz (m) at each `distance` (m, positive), for a class "A" to "F" and one of SCHEMES."""
    all_bounded(distance, Text("the distance (m)", "距离（m）"), 1e-6)
    at = np.atleast_1d(np.asarray(distance, dtype=np.float64))
    return _spread_all(at, SCHEMES.index(scheme) if scheme in SCHEMES else -1, sigma_table(scheme, stability_class))
