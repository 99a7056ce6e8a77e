"""Where a Gaussian plume may be believed, and what is told where it may not."""

from __future__ import annotations

from math import sqrt

from models.constants import GRAVITY
from sim.bounds import bounded
from sim.text import Text

NEAREST, FARTHEST = 100.0, 10_000.0  #: m: the range of Briggs's curves
CANYON = 0.65  #: height over width of streets from which on the wind skims over them (Oke, 1988, doi:10.1016/0378-7788(88)90026-6)

DENSE = Text(
    "By the criterion of Britter and McQuaid the gas is dense: it slumps, spreads wider and also against the wind.",
    "按布里特—麦奎德判据属重气：会沉降、铺展更宽，并可逆风扩散。",
)
CALM = Text("The wind is below 1 m/s: the direction of the gas is not known.", "风速低于 1 m/s：气体去向不确定。")


def dense_plume(rate: float, gas_density: float, wind: float, air_density: float = 1.225) -> bool:
    """Return whether a continuous release is dense: (g′·q/(u³·D))^{1/3} ≥ .15, D = √(q/u).

    rate : volume of undiluted gas, m³/s;  densities : kg/m³;  wind : at 10 m, m/s. Britter and McQuaid (1988, Workbook on
    the Dispersion of Dense Gases, HSE 17/1988, ISBN 0-11-885989-3).
    """
    return plume_number(rate, gas_density, wind, air_density) >= 0.15


def plume_number(rate: float, gas_density: float, wind: float, air_density: float = 1.225) -> float:
    """Return (g′·q/(u³·D))^{1/3} of a continuous release; 0 for a gas lighter than air."""
    u = bounded(wind, Text("the wind at 10 m (m/s)", "10 米高风速（m/s）"), 1e-3)
    q = bounded(rate, Text("the rate (m³/s)", "泄放体积速率（m³/s）"), 0.0)
    reduced = GRAVITY * (gas_density - air_density) / air_density
    if q == 0.0 or reduced <= 0.0:
        return 0.0
    return float((reduced * q / (u**3 * sqrt(q / u))) ** (1.0 / 3.0))


def dense_puff(volume: float, gas_density: float, wind: float, air_density: float = 1.225) -> bool:
    """Return whether an instantaneous release is dense: √(g′·V)/(u·D) ≥ .20, D = V^{1/3}; volume in m³."""
    u = bounded(wind, Text("the wind at 10 m (m/s)", "10 米高风速（m/s）"), 1e-3)
    v = bounded(volume, Text("the volume (m³)", "体积（m³）"), 0.0)
    reduced = GRAVITY * (gas_density - air_density) / air_density
    return v > 0.0 and reduced > 0.0 and sqrt(reduced * v) / (u * v ** (1.0 / 3.0)) >= 0.20


def continuous(duration: float, wind: float, distance: float) -> bool | None:
    """Return whether a release of `duration` (s) is a plume (u·t/x ≥ 2.5), a puff (≤ .6), or neither (None)."""
    ratio = wind * duration / bounded(distance, Text("the distance (m)", "距离（m）"), 1e-6)
    return True if ratio >= 2.5 else False if ratio <= 0.6 else None
