"""A room on fire: its layer temperature, when it flashes over, and how much its openings let burn.

MQH: McCaffrey, Quintiere and Harkleroad 1981, doi:10.1007/BF02479583; Thomas 1981, Fire Safety Journal 3, 67.
"""

from __future__ import annotations

from math import sqrt

import numba

from models.checks import require
from sim.text import Text

MQH = 610.0  #: kW/(m^2.5·kW^.5/(m·K^.5)): heat at which the layer is 500 K warmer, Q = 610·√(hk·At·Av·√Hv)
MQH_RISE = 6.85  #: K, the layer's rise is 6.85·(Q²/(Av·√Hv·hk·At))^⅓
VENTILATION = 1500.0  #: kW/m^2.5, heat that air through an opening sustains: ½·√Hv·Av kg/s of air at 3 MJ/kg


@numba.njit(cache=True, error_model="numpy")
def flashover_kernel(loss: float, walls: float, opening: float, height: float, factor: float) -> float:
    """Return the heat for flashover, kW; `factor` is that of MQH."""
    return factor * sqrt(loss * walls * opening * sqrt(height))


def flashover_heat(loss: float, walls: float, opening: float, height: float, factor: float = MQH) -> float:
    """Return the heat release at which a room flashes over, kW, after MQH.

    Parameters
    ----------
    loss
        Effective heat transfer coefficient of the enclosure hk, kW/(m²·K).
    walls
        Total area of the enclosure without the openings At, m².
    opening, height
        Area (m²) and height (m) of the opening.
    factor
        610 of the correlation.
    """
    for what, value in ((Text("hk", "hk"), loss), (Text("enclosure area", "围护面积"), walls),
                        (Text("opening area", "开口面积"), opening), (Text("opening height", "开口高度"), height)):  # fmt: skip
        require(what, value, 0.0, open_low=True)
    return float(flashover_kernel(loss, walls, opening, height, factor))


def thomas_flashover_heat(walls: float, opening: float, height: float) -> float:
    """Return the heat for flashover after Thomas 1981, kW: 7.8·At + 378·Av·√Hv."""
    return 7.8 * walls + 378.0 * opening * sqrt(height)


def layer_rise(heat: float, loss: float, walls: float, opening: float, height: float) -> float:
    """Return the rise of the hot layer's temperature before flashover, K, after MQH; 500 K is the flashover."""
    return MQH_RISE * (heat**2 / (opening * sqrt(height) * loss * walls)) ** (1.0 / 3.0)


def heat_loss_coefficient(
    inertia: float, conductivity: float, thickness: float, diffusivity: float, age: float
) -> float:
    """Return hk in kW/(m²·K): √(kρc/t) until the heat is through the wall at δ²/(4a), k/δ after.

    `inertia` kρc in kW²·s/(m⁴·K²), `conductivity` k in kW/(m·K), `thickness` δ in m, `diffusivity` a in m²/s,
    `age` in s.
    """
    through = thickness**2 / (4.0 * diffusivity)
    return sqrt(inertia / age) if age <= through else conductivity / thickness


@numba.njit(cache=True, error_model="numpy")
def ventilation_limit(opening: float, height: float) -> float:
    """Return the greatest heat that can burn inside, kW: 1500·Av·√Hv."""
    return VENTILATION * opening * sqrt(height)
