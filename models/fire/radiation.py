"""Radiation between facades: configuration factors, the flux that arrives and the distance at which it is harmless.

A burning facade emits 168 kW/m² (84 where the fire load is small) times the share of it that is open, and a piloted
fire starts at 12.5 kW/m² (BR 187, 2nd ed. 2014; Law 1963, Fire Research Technical Paper 5).
Factors: Howell, A Catalog of Radiation Heat Transfer Configuration Factors, B-3, B-4, C-11, C-14.
"""

from __future__ import annotations

from math import atan, inf, log, pi, sqrt

import numba
import numpy as np

from models.checks import require
from sim.text import Text

EMITTED, EMITTED_REDUCED = 168.0, 84.0  #: kW/m², BR 187
PILOTED = 12.5  #: kW/m², BR 187
_GAP = Text("gap", "间距")


@numba.njit(cache=True, error_model="numpy")
def corner_factor(width: float, height: float, gap: float) -> float:
    """Return the factor from a point to a parallel rectangle with a corner straight before it; signs multiply."""
    x, y = width / gap, height / gap
    if x == 0.0 or y == 0.0:
        return 0.0
    rx, ry = sqrt(1.0 + x * x), sqrt(1.0 + y * y)
    return (x / rx * atan(y / rx) + y / ry * atan(x / ry)) / (2.0 * pi)


def point_to_parallel(width: float, height: float, gap: float, right: float = 0.0, up: float = 0.0) -> float:
    """Return the configuration factor from a point to a parallel rectangle, in [0, 1].

    Parameters
    ----------
    width, height
        The rectangle's sides, m.
    gap
        Distance between the point and the rectangle's plane, m, above 0.
    right, up
        How far the rectangle's middle lies from the foot of the point's normal, m.
    """
    require(_GAP, gap, 0.0, open_low=True)
    require(Text("width", "宽度"), width, 0.0)
    require(Text("height", "高度"), height, 0.0)
    x0, x1, y0, y1 = right - width / 2, right + width / 2, up - height / 2, up + height / 2
    return float(
        corner_factor(x1, y1, gap)
        - corner_factor(x0, y1, gap)
        - corner_factor(x1, y0, gap)
        + corner_factor(x0, y0, gap)
    )


def point_to_perpendicular(width: float, height: float, gap: float) -> float:
    """Return the factor from a point to a rectangle that stands at right angles to the point's plane.

    The rectangle's foot lies in the point's plane, `gap` away, and its middle straight before the point.
    """
    require(_GAP, gap, 0.0, open_low=True)
    x, y = width / 2 / gap, height / gap
    if x <= 0.0 or y <= 0.0:
        return 0.0
    r = sqrt(1.0 + y * y)
    return (atan(x) - atan(x / r) / r) / pi


def parallel_rectangles(width: float, height: float, gap: float) -> float:
    """Return the factor between two equal, opposite, parallel rectangles, in [0, 1]."""
    require(_GAP, gap, 0.0, open_low=True)
    x, y = width / gap, height / gap
    if x <= 0.0 or y <= 0.0:
        return 0.0
    rx, ry = sqrt(1.0 + x * x), sqrt(1.0 + y * y)
    return (2.0 / (pi * x * y)) * (
        log(rx * ry / sqrt(1.0 + x * x + y * y))
        + x * ry * atan(x / ry) + y * rx * atan(y / rx) - x * atan(x) - y * atan(y)
    )  # fmt: skip


def perpendicular_rectangles(common: float, from_depth: float, to_height: float) -> float:
    """Return the factor between two rectangles at right angles that share an edge of length `common`, m."""
    require(Text("common edge", "公共边"), common, 0.0, open_low=True)
    w, h = from_depth / common, to_height / common
    if w <= 0.0 or h <= 0.0:
        return 0.0
    w2, h2 = w * w, h * h
    s = sqrt(h2 + w2)
    mixed = (
        log((1.0 + w2) * (1.0 + h2) / (1.0 + w2 + h2))
        + w2 * log(w2 * (1.0 + w2 + h2) / ((1.0 + w2) * (w2 + h2)))
        + h2 * log(h2 * (1.0 + h2 + w2) / ((1.0 + h2) * (h2 + w2)))
    )
    return (w * atan(1.0 / w) + h * atan(1.0 / h) - s * atan(1.0 / s) + mixed / 4.0) / (pi * w)


def mean_factor(
    emitter: tuple[float, float], receiver: tuple[float, float], gap: float, right: float = 0.0, up: float = 0.0
) -> float:
    """Return the factor of a whole receiver towards a parallel emitter of another size or place.

    `emitter` and `receiver` are (width, height) in m; `right` and `up` shift the emitter's middle from the
    receiver's. By Gauss-Legendre quadrature of the point factor, 12 × 12 points.
    """
    at, weight = np.polynomial.legendre.leggauss(12)
    total = 0.0
    for x, wx in zip(at, weight, strict=True):
        for y, wy in zip(at, weight, strict=True):
            shift = (right - x * receiver[0] / 2, up - y * receiver[1] / 2)
            total += wx * wy * point_to_parallel(*emitter, gap, *shift)
    return float(total / 4.0)


def incident_flux(factor: float, emitted: float = EMITTED, opening: float = 1.0, transmitted: float = 1.0) -> float:
    """Return the flux that arrives, kW/m²: emitted × share of openings × share let through × factor."""
    for what, share in (
        (Text("share of openings", "开口比例"), opening),
        (Text("share let through", "透过比例"), transmitted),
    ):
        require(what, share, 0.0, 1.0)
    return emitted * opening * transmitted * factor


def safe_gap(
    width: float, height: float, emitted: float = EMITTED, opening: float = 1.0, critical: float = PILOTED
) -> float:
    """Return the gap at which the greatest flux opposite a facade falls to `critical`, m; 0 where it never exceeds it."""
    require(Text("critical flux", "临界热流"), critical, 0.0, open_low=True)
    low, high = 1e-6, 1.0
    if incident_flux(point_to_parallel(width, height, low), emitted, opening) <= critical:
        return 0.0
    while incident_flux(point_to_parallel(width, height, high), emitted, opening) > critical:
        low, high = high, 2.0 * high
        if high == inf:
            break
    for _ in range(200):
        middle = (low + high) / 2.0
        above = incident_flux(point_to_parallel(width, height, middle), emitted, opening) > critical
        low, high = (middle, high) if above else (low, middle)
    return (low + high) / 2.0
