"""Firebrands: how many fly, where they land and whether they light what they land on.

Landing (Himoto and Tanaka 2005, doi:10.3801/IAFSS.FSS.8-433, used in their town-fire model of 2008,
Fire Safety Journal 43, 477): the way downwind is lognormal with mean .47·D·B^⅔ and standard deviation
.88·D·B^⅓, the way across normal with standard deviation .92·D, where D is the source's width and
B = U/√(gD) · (ρp·dp/(ρ∞·D))^(−¾) · (Q/(ρ∞·cp·T∞·√g·D^2.5))^½.
Brands leave a burning building as a Poisson process in proportion to the heat that is released.
"""

from __future__ import annotations

from math import erf, exp, log, pi, sqrt

import numba
import numpy as np
from numpy.typing import NDArray

from models.constants import GRAVITY

AIR_DENSITY, AIR_HEAT, AIR_TEMPERATURE = 1.2, 1.0, 293.0  #: kg/m³, kJ/(kg·K), K
BRAND_DENSITY, BRAND_THICKNESS = 130.0, 0.004  #: kg/m³ of charred wood and m of a splinter (assumption)
MEAN, SPREAD, ASIDE = 0.47, 0.88, 0.92


@numba.njit(cache=True, error_model="numpy")
def brand_number(heat: float, wind: float, width: float) -> float:
    """Return B, dimensionless, of a source of `heat` kW and `width` m in a `wind` of m/s."""
    mass = BRAND_DENSITY * BRAND_THICKNESS / (AIR_DENSITY * width)
    power = heat / (AIR_DENSITY * AIR_HEAT * AIR_TEMPERATURE * sqrt(GRAVITY) * width * width * sqrt(width))
    return wind / sqrt(GRAVITY * width) * sqrt(power) / (sqrt(mass) * sqrt(sqrt(mass)))


@numba.njit(cache=True, error_model="numpy")
def landing(heat: float, wind: float, width: float) -> tuple[float, float, float]:
    """Return the logarithm's mean and standard deviation of the way downwind, and the deviation across, m.

    Without wind or heat brands fall beside their source: the way downwind is then no further than `width`/100.
    """
    cube = exp(log(max(brand_number(heat, wind, width), 1e-3)) / 3.0)
    mean, deviation = MEAN * cube * cube * width, SPREAD * cube * width
    variance = log(1.0 + (deviation / mean) ** 2)
    return log(mean) - variance / 2.0, sqrt(variance), ASIDE * width


def landing_density(
    down: NDArray[np.float64], side: NDArray[np.float64], heat: float, wind: float, width: float
) -> NDArray[np.float64]:
    """Return the density of landing places, 1/m², `down` wind and `side`ways of the source, m; its integral is 1."""
    centre, sigma, aside = landing(heat, wind, width)
    x, y = np.asarray(down, dtype=np.float64), np.asarray(side, dtype=np.float64)
    ahead = np.where(x > 0.0, x, 1.0)
    along = np.exp(-((np.log(ahead) - centre) ** 2) / (2.0 * sigma**2)) / (ahead * sigma * sqrt(2.0 * pi))
    across = np.exp(-(y**2) / (2.0 * aside**2)) / (aside * sqrt(2.0 * pi))
    return np.where(x > 0.0, along * across, 0.0)


def share_beyond(down: float, heat: float, wind: float, width: float) -> float:
    """Return the share of the brands that fly further than `down` m."""
    centre, sigma, _ = landing(heat, wind, width)
    if down <= 0.0:
        return 1.0
    return 0.5 * (1.0 - erf((log(down) - centre) / (sigma * sqrt(2.0))))


@numba.njit(cache=True, error_model="numpy")
def poisson(expected: float, draw: float) -> int:
    """Return a Poisson count by inversion of one uniform `draw`; more expected is never fewer. At most 1000."""
    term = exp(-expected)
    total, count = term, 0
    while draw > total and count < 1000 and term > 0.0:
        count += 1
        term *= expected / count
        total += term
    return count


@numba.njit(cache=True, error_model="numpy")
def normal_quantile(p: float) -> float:
    """Return the standard normal quantile for 0 < p < 1; Acklam's rational fit, relative error below 1.2e-9."""
    if p < 0.02425:
        q = sqrt(-2.0 * log(p))
        return _tail(q)
    if p > 0.97575:
        return -_tail(sqrt(-2.0 * log(1.0 - p)))
    q = p - 0.5
    r = q * q
    top = -3.969683028665376e1 * r + 2.209460984245205e2
    top = ((top * r - 2.759285104469687e2) * r + 1.383577518672690e2) * r - 3.066479806614716e1
    top = (top * r + 2.506628277459239) * q
    bottom = -5.447609879822406e1 * r + 1.615858368580409e2
    bottom = ((bottom * r - 1.556989798598866e2) * r + 6.680131188771972e1) * r - 1.328068155288572e1
    return top / (bottom * r + 1.0)


@numba.njit(cache=True, error_model="numpy")
def _tail(q: float) -> float:
    top = -7.784894002430293e-3 * q - 3.223964580411365e-1
    top = ((top * q - 2.400758277161838) * q - 2.549732539343734) * q + 4.374664141464968
    top = top * q + 2.938163982698783
    bottom = 7.784695709041462e-3 * q + 3.224671290700398e-1
    bottom = (bottom * q + 2.445134137142996) * q + 3.754408661907416
    return top / (bottom * q + 1.0)
