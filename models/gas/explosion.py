"""What an explosion and a jet of burning gas do at a distance: overpressure, heat, damage, injuries.

Overpressure by the equivalent mass of TNT on the ground (Kingery and Bulmash, 1984, ARBRL-TR-02555), harm by probits
(Eisenberg, Lynch and Breeding, 1975, CG-D-136-75; CCPS, 2000, table 2.28).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from models.constants import ATMOSPHERE
from models.gas.source import Gas
from sim.bounds import all_bounded, bounded
from sim.text import Text

Floats = NDArray[np.float64]
OXYGEN = 0.2095  #: of air, fraction
TNT_HEAT = 4.6e6  #: J/kg, within the 4.2–4.7 MJ/kg in use (CCPS, 2000)
#: Range of the scaled distance in which the overpressure was measured, m/kg^(1/3).
SCALED_RANGE = (0.0674, 40.0)
_SHIFT = (-0.214362789151, 1.35034249993)
_SURFACE = (
    2.78076916577, -1.6958988741, -0.154159376846, 0.514060730593, 0.0988534365274, -0.293912623038,
    -0.0268112345019, 0.109097496421, 0.00162846756311, -0.0214631030242, 0.0001456723382, 0.00167847752266,
)  # fmt: skip


def tnt_mass(gas_kg: float, heat: float, share: float) -> float:
    """Return the mass of TNT (kg) of which the blast equals that of `gas_kg` of gas with `heat` of combustion (J/kg).

    `share` is the part of the heat that goes into the blast: .01–.10 for a cloud in the open, more where it is
    confined (CCPS, 2000).
    """
    bounded(gas_kg, Text("the mass of gas (kg)", "燃气质量（kg）"), 0.0)
    return bounded(share, Text("the share of the heat", "能量份额"), 0.0, 1.0) * gas_kg * heat / TNT_HEAT


def overpressure(distance: ArrayLike, tnt_kg: float) -> Floats:
    """Return the side-on overpressure of a charge on the ground at each `distance` (m), Pa.

    Kingery and Bulmash's polynomial in the logarithm of Z = r/W^(1/3), for Z from .0674 to 40 m/kg^(1/3): nearer it
    stays at its value there, farther it falls as 1/r. Zero for no charge.
    """
    all_bounded(distance, Text("the distance (m)", "距离（m）"), 0.0)
    bounded(tnt_kg, Text("the mass of TNT (kg)", "TNT 质量（kg）"), 0.0)
    at = np.asarray(distance, dtype=np.float64)
    if tnt_kg == 0.0:
        return np.zeros_like(at)
    scaled = at / np.cbrt(tnt_kg)
    inside = np.clip(scaled, *SCALED_RANGE)
    u = _SHIFT[0] + _SHIFT[1] * np.log10(inside)
    far = SCALED_RANGE[1] / np.maximum(scaled, SCALED_RANGE[1])
    return 1000.0 * 10.0 ** np.polynomial.polynomial.polyval(u, _SURFACE) * far


@dataclass(frozen=True)
class Probit:
    """A share of harmed people or things: Φ(a + b·ln(dose) − 5)."""

    a: float
    b: float

    def share(self, dose: ArrayLike) -> Floats:
        """Return the share that is harmed by each `dose`, in the unit of the probit; 0 for no dose."""
        given = np.asarray(dose, dtype=np.float64)
        all_bounded(given, Text("the dose", "剂量"), 0.0)
        positive = np.maximum(given, np.finfo(np.float64).tiny)
        return np.where(given > 0.0, ndtr(self.a + self.b * np.log(positive) - 5.0), 0.0)

    def dose(self, share: float) -> float:
        """Return the dose that harms a `share` between 0 and 1."""
        from scipy.special import ndtri

        return float(np.exp((5.0 + ndtri(share) - self.a) / self.b))


#: Of the overpressure in Pa (Eisenberg et al., 1975).
COLLAPSE = Probit(-23.8, 2.92)
GLASS = Probit(-18.1, 2.79)
EARDRUM = Probit(-15.6, 1.93)
LUNG_DEATH = Probit(-77.1, 6.91)
#: Of t·q^(4/3)/10⁴ with t in s and q in W/m² (Eisenberg et al., 1975).
BURN_DEATH = Probit(-14.9, 2.56)


@dataclass(frozen=True)
class Explosion:
    """A blast of `tnt_kg` at one place."""

    tnt_kg: float

    def reaches(self, pressure: float) -> float:
        """Return the distance at which the overpressure has fallen to `pressure` (Pa), m; by halving, as it falls with distance."""
        bounded(pressure, Text("the overpressure (Pa)", "超压（Pa）"), 1.0)
        near, far = 0.0, 1e5
        for _ in range(80):
            middle = (near + far) / 2.0
            if float(overpressure(middle, self.tnt_kg)) > pressure:
                near = middle
            else:
                far = middle
        return (near + far) / 2.0

    def shares(self, distance: ArrayLike) -> dict[str, Floats]:
        """Return the shares of buildings that collapse, of panes that break, of eardrums that burst and of deaths in the open."""
        pressure = overpressure(distance, self.tnt_kg)
        kinds = {"collapse": COLLAPSE, "glass": GLASS, "eardrum": EARDRUM, "death": LUNG_DEATH}
        return {name: probit.share(pressure) for name, probit in kinds.items()}


def confined_mass(gas: Gas, fraction: float, volume: float, temperature: float = 288.15) -> float:
    """Return the gas that burns in a space full of a mixture, kg: at most what the air there can burn."""
    bounded(volume, Text("the volume (m³)", "容积（m³）"), 0.0)
    if not gas.lower <= fraction <= gas.upper:
        return 0.0
    burnt = min(fraction, (1.0 - fraction) * OXYGEN / gas.oxygen)
    return burnt * volume * gas.density(ATMOSPHERE, temperature)


def jet_heat(flow: float, gas: Gas, distance: ArrayLike, radiated: float = 0.2, passes: float = 1.0) -> Floats:
    """Return the heat on a surface at each `distance` (m) from a burning jet, W/m²: τ·χ·ṁ·Hc/(4π·r²).

    A point source (API 521): too low inside the flame. `radiated` is χ (.2 for methane, API 521), `passes` τ.
    """
    all_bounded(distance, Text("the distance (m)", "距离（m）"), 0.01)
    at = np.asarray(distance, dtype=np.float64)
    return (
        passes
        * radiated
        * bounded(flow, Text("the mass flow (kg/s)", "质量流量（kg/s）"), 0.0)
        * gas.heat
        / (4.0 * pi * at**2)
    )


def jet_reach(flow: float, gas: Gas, heat: float, radiated: float = 0.2) -> float:
    """Return the distance at which a burning jet gives `heat` (W/m²), m."""
    return sqrt(radiated * flow * gas.heat / (4.0 * pi * bounded(heat, Text("the heat (W/m²)", "热通量（W/m²）"), 1.0)))


def burn_deaths(heat: ArrayLike, seconds: float) -> Floats:
    """Return the share of people without shelter who die of `heat` (W/m²) within `seconds`."""
    return BURN_DEATH.share(seconds * np.asarray(heat, dtype=np.float64) ** (4.0 / 3.0) / 1e4)
