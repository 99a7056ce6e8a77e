"""The flame over a burning roof: how tall it stands, how far it leans and what of a wall is seen.

Length L = .235·Q^⅖ − 1.02·D (Heskestad 1983, Fire Safety Journal 5, 103); lean cos θ = 1/√u* (American Gas Association
1974).
"""

from __future__ import annotations

from math import exp, log, pi, sqrt
from typing import Any

import numba

from models.constants import GRAVITY
from models.fire.neighbours import TOUCHING
from models.fire.radiation import corner_factor

FLAME = 81.0  #: kW/m² of a thick flame: black, 800 K warmer than the air (McCaffrey 1979, NBSIR 79-1910)
WOOD_HEAT = 17_500.0  #: kJ/kg, EN 1991-1-2 table E.3


@numba.njit(cache=True, error_model="numpy")
def flame(heat: float, footprint: float, wind: float) -> tuple[float, float]:
    """Return how far the flame over a burning roof leans and how high it stands, m."""
    width = sqrt(4.0 * footprint / pi)
    length = 0.235 * exp(0.4 * log(max(heat, 1.0))) - 1.02 * width
    if length <= 0.0:
        return 0.0, 0.0
    rate = heat / (WOOD_HEAT * footprint)
    number = wind / exp(log(max(GRAVITY * rate * width / 1.2, 1e-9)) / 3.0)
    upright = 1.0 if number <= 1.0 else 1.0 / sqrt(number)
    return length * sqrt(1.0 - upright * upright), length * upright


@numba.njit(cache=True, error_model="numpy")
def wall_factor(pair: Any, low: float, high: float, gap: float) -> float:
    """Return the factor of a wall as wide as the emitter's facade, between two heights over the receiver's eye, m."""
    gap = max(gap, TOUCHING)
    return (
        corner_factor(pair.left, high, gap) - corner_factor(pair.left, low, gap)
        + corner_factor(pair.right, high, gap) - corner_factor(pair.right, low, gap)
    )  # fmt: skip
