"""How fast and how many people walk at a density: the fundamental diagram, stairs, doors, and counter-flow.

Level ground: v = v₀·(1 − exp(−1.913·(1/D − 1/5.4))), v₀ = 1.34 m/s (Weidmann 1993, doi:10.3929/ethz-a-000687810).
Means of egress: v = k·(1 − .266·D), k = 1.40 on the level, .863·√(tread/riser) on stairs (Gwynne and Rosenbaum, SFPE
Handbook, 5th ed. 2016, chapter 59). Doors: 1.33 persons a second and metre of clear width (IMO MSC.1/Circ.1533).
"""

from __future__ import annotations

from math import sqrt

import numba
import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.bounds import all_bounded, bounded
from sim.text import Text

Floats = NDArray[np.float64]

FREE = 1.34  #: m/s, whom nobody hinders (Weidmann)
GAMMA = 1.913  #: persons a m² (Weidmann)
PACKED = 5.4  #: persons a m², at which nobody walks (Weidmann)
BEST = 1.7511  #: persons a m², at which most pass (Weidmann's maximum, found by `best`)
MOST = 1.22490  #: persons a second and metre that pass then
DOOR = 1.33  #: persons a second and metre of clear width (IMO MSC.1/Circ.1533; doors, 1.3 to 1.33)
EDGE = 0.15  #: m of each side of a door or stair that nobody uses (SFPE)
LEVEL_K, SFPE_A = 1.40, 0.266  #: m/s, m² a person (SFPE)
#: Of the flow that is lost where two streams of equal size meet: 1.5 instead of 2.0 persons a second and metre (Zhang
#: et al. 2012, doi:10.1088/1742-5468/2012/02/P02002); the parabola between that and none is an assumption.
OPPOSED = 0.25
#: Persons a second and metre that pass at the least where people press on: flows do not vanish in the densest crowds
#: (Helbing, Johansson and Al-Abideen 2007, doi:10.1103/PhysRevE.75.046109); the figure is an assumption.
SHUFFLE = 0.1

_DENSITY = Text("the density of people (1/m²)", "人群密度（人/m²）")


@numba.njit(cache=True, error_model="numpy")
def slowing(density: float) -> float:
    """Return the share of the free speed that is left at a density, persons a m²: 1 in the open, 0 from 5.4 on."""
    if density <= 1e-6:
        return 1.0
    if density >= PACKED:
        return 0.0
    return 1.0 - np.exp(-GAMMA * (1.0 / density - 1.0 / PACKED))


@numba.njit(cache=True, error_model="numpy")
def admitted(density: float, packed: float) -> float:
    """Return how many enter a place at that density, persons a second and metre: the supply of a kinematic wave.

    Below the best density as many as can pass; above it Weidmann's falling branch, stretched so that nobody enters at
    `packed` (5.4 where people are calm, more where they press on; these shuffle on until there is no room at all).
    """
    if density <= BEST:
        return MOST
    if density >= packed:
        return 0.0
    like = BEST + (density - BEST) * (PACKED - BEST) / (packed - BEST)
    return max(like * FREE * slowing(like), SHUFFLE if packed > PACKED else 0.0)


@numba.njit(cache=True, error_model="numpy")
def opposed(share: float) -> float:
    """Return the share of the flow that is left where `share` of the people, 0 to 1, walk against the others."""
    return 1.0 - OPPOSED * 4.0 * share * (1.0 - share)


def speed(density: ArrayLike, free: float = FREE) -> Floats:
    """Return the walking speed at each density (persons a m²) by Weidmann, m/s; `free` is that of whom nobody hinders."""
    given = np.asarray(density, dtype=np.float64)
    all_bounded(given, _DENSITY, 0.0)
    bounded(free, Text("the free speed (m/s)", "自由步速（m/s）"), 0.0, 12.0)
    with np.errstate(divide="ignore"):
        share = 1.0 - np.exp(-GAMMA * (1.0 / np.minimum(given, PACKED) - 1.0 / PACKED))
    return np.asarray(free * np.where(given > 0.0, share, 1.0))


def flow(density: ArrayLike, free: float = FREE) -> Floats:
    """Return the specific flow at each density by Weidmann, persons a second and metre of width."""
    return np.asarray(density, dtype=np.float64) * speed(density, free)


def best() -> tuple[float, float]:
    """Return the density (1/m²) at which most pass, and how many, persons a second and metre, by Weidmann."""
    low, high = 0.1, PACKED
    while high - low > 1e-12:
        third = (high - low) / 3.0
        if flow(low + third) < flow(high - third):
            low += third
        else:
            high -= third
    return low, float(flow(low))


def density_of(specific: float, *, crowded: bool = False) -> float:
    """Return the density at which that many pass by Weidmann: the smaller one, or the larger where it is `crowded`."""
    at, most = best()
    bounded(specific, Text("the specific flow (1/m·s)", "单位宽度流量（人/m·s）"), 0.0, most)
    low, high = (at, PACKED) if crowded else (0.0, at)
    for _ in range(80):
        middle = (low + high) / 2.0
        if (float(flow(middle)) < specific) != crowded:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0


def stair_k(riser: float, tread: float) -> float:
    """Return k of the SFPE diagram on stairs with that riser and tread (m), m/s."""
    bounded(riser, Text("the riser (m)", "踏步高度（m）"), 0.05, 0.5)
    bounded(tread, Text("the tread (m)", "踏步宽度（m）"), 0.05, 1.0)
    return 0.863 * sqrt(tread / riser)


def sfpe_speed(density: ArrayLike, k: float = LEVEL_K) -> Floats:
    """Return the speed by the SFPE diagram, m/s: as at .54 persons a m² below that, 0 from 3.76 on."""
    given = np.asarray(density, dtype=np.float64)
    all_bounded(given, _DENSITY, 0.0)
    return np.asarray(np.maximum(k * (1.0 - SFPE_A * np.maximum(given, 0.54)), 0.0))


def sfpe_most(k: float = LEVEL_K) -> float:
    """Return the largest specific flow by SFPE, persons a second and metre of effective width: k / (4·.266)."""
    return k / (4.0 * SFPE_A)


def effective_width(width: float, edge: float = EDGE) -> float:
    """Return the width that people use, m: less a layer on each side (.15 m at doors and stairs, .2 m in corridors)."""
    bounded(width, Text("the clear width (m)", "净宽（m）"), 0.0, 1000.0)
    return max(0.0, width - 2.0 * edge)


def door_capacity(width: float, rule: str = "imo") -> float:
    """Return how many pass a door of that clear width (m), 1/s: by "imo" 1.33·width, by "sfpe" 1.32·(width − .3)."""
    bounded(width, Text("the clear width (m)", "净宽（m）"), 0.0, 1000.0)
    return DOOR * width if rule == "imo" else sfpe_most() * effective_width(width)
