"""How fast gas escapes: holes (choked or not), vessels that empty, mains that feed a break.

The orifice formula is that of CCPS, Guidelines for Chemical Process Quantitative Risk Analysis (2000,
ISBN 0-8169-0720-X, section 2.1.1), isentropic flow of an ideal gas (Shapiro, 1953). Long pipes flow
isothermally with Darcy friction (Crane, Technical Paper 410).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log, pi, sqrt

from models.constants import ATMOSPHERE, GAS_CONSTANT
from sim.bounds import bounded
from sim.text import Text


@dataclass(frozen=True)
class Gas:
    """A gas as an ideal one; fractions by volume."""

    title: Text
    molar_mass: float  #: kg/mol
    ratio: float  #: of specific heats, k = cp/cv
    lower: float  #: lower explosive limit, fraction
    upper: float  #: upper explosive limit, fraction
    heat: float  #: of combustion (lower), J/kg
    oxygen: float  #: mol of oxygen that a mol of the gas burns

    def density(self, pressure: float, temperature: float) -> float:
        """Return the density at `pressure` (Pa, absolute) and `temperature` (K), kg/m³."""
        bounded(pressure, _PRESSURE, 0.0)
        return pressure * self.molar_mass / (GAS_CONSTANT * bounded(temperature, _TEMPERATURE, 1.0, 3000.0))


#: Explosive limits and heats of combustion: NFPA 325 (1994); k at 288 K: Perry's Chemical Engineers' Handbook.
METHANE = Gas(Text("methane", "甲烷"), 0.016043, 1.31, 0.05, 0.15, 50.0e6, 2.0)
PROPANE = Gas(Text("propane", "丙烷"), 0.044097, 1.13, 0.021, 0.095, 46.4e6, 5.0)
HYDROGEN = Gas(Text("hydrogen", "氢"), 0.002016, 1.41, 0.04, 0.75, 120.0e6, 0.5)

_PRESSURE = Text("the pressure (Pa)", "压力（Pa）")
_TEMPERATURE = Text("the temperature (K)", "温度（K）")
_DENSITY = Text("the density (kg/m³)", "密度（kg/m³）")
_RATIO = Text("the ratio of specific heats", "比热比")
_AREA = Text("the area of the hole (m²)", "孔口面积（m²）")
_DISCHARGE = Text("the discharge coefficient", "流量系数")
_LENGTH = Text("the length of the pipe (m)", "管长（m）")
_DIAMETER = Text("the diameter (m)", "直径（m）")
_FRICTION = Text("the friction factor", "摩擦系数")
_VOLUME = Text("the volume (m³)", "容积（m³）")


def circle(diameter: float) -> float:
    """Return the area of a round hole, m²."""
    return pi * bounded(diameter, _DIAMETER, 0.0) ** 2 / 4.0


def critical_ratio(ratio: float) -> float:
    """Return the ratio of outer to inner pressure below which the flow is choked."""
    bounded(ratio, _RATIO, 1.0 + 1e-9, 5.0 / 3.0 + 1e-9)
    return (2.0 / (ratio + 1.0)) ** (ratio / (ratio - 1.0))


@dataclass(frozen=True)
class Orifice:
    """A hole towards the open; `area` in m², `discharge` the discharge coefficient, `outside` in Pa (absolute)."""

    area: float
    discharge: float = 0.85
    outside: float = ATMOSPHERE

    def __post_init__(self) -> None:
        bounded(self.area, _AREA, 0.0)
        bounded(self.discharge, _DISCHARGE, 0.0, 1.0)
        bounded(self.outside, _PRESSURE, 0.0)

    def flow(self, pressure: float, density: float, ratio: float) -> float:
        """Return the mass flow, kg/s: ṁ = Cd·A·√(ρ₁·P₁·2k/(k−1)·(η^{2/k} − η^{(k+1)/k})).

        η = max(P₂/P₁, (2/(k+1))^{k/(k−1)}); no flow where the inner pressure P₁ (Pa, absolute) is not above
        the outer one. `density` is that inside, kg/m³; `ratio` is k.
        """
        bounded(pressure, _PRESSURE, 0.0)
        bounded(density, _DENSITY, 0.0)
        choked_at = critical_ratio(ratio)
        if pressure <= self.outside:
            return 0.0
        eta = max(self.outside / pressure, choked_at)
        expansion = eta ** (2.0 / ratio) - eta ** ((ratio + 1.0) / ratio)
        driving = density * pressure * 2.0 * ratio / (ratio - 1.0) * expansion
        return self.discharge * self.area * sqrt(max(driving, 0.0))

    def choked(self, pressure: float, ratio: float) -> bool:
        """Return whether the gas leaves at the speed of sound."""
        return self.outside <= pressure * critical_ratio(ratio)

    def of(self, gas: Gas, pressure: float, temperature: float = 288.15) -> float:
        """Return the mass flow of `gas` kept at `pressure` (Pa, absolute) and `temperature` (K), kg/s."""
        return self.flow(pressure, gas.density(pressure, temperature), gas.ratio)


@dataclass(frozen=True)
class Vessel:
    """A closed volume of gas (m³) at one temperature (K), as a section of main between shut valves."""

    gas: Gas
    volume: float
    temperature: float = 288.15

    def __post_init__(self) -> None:
        bounded(self.volume, _VOLUME, 1e-9)

    def mass(self, pressure: float) -> float:
        """Return the gas inside at `pressure`, kg."""
        return self.volume * self.gas.density(pressure, self.temperature)

    def time_constant(self, hole: Orifice) -> float:
        """Return the time in which the mass falls to 1/e while the flow is choked, s.

        At one temperature choked flow is proportional to the mass, so that m = m₀·exp(−t/τ) exactly.
        """
        far_above = hole.outside / critical_ratio(self.gas.ratio) * 2.0 + 1.0
        flow = hole.of(self.gas, far_above, self.temperature)
        return self.mass(far_above) / flow if flow > 0 else float("inf")

    def empty(self, hole: Orifice, pressure: float, seconds: float, steps: int = 400) -> tuple[float, float]:
        """Return the pressure (Pa) and the mass that has left (kg), `seconds` after the hole opened at `pressure`.

        Choked flow by its closed form, the rest by Runge and Kutta's fourth order in `steps` steps.
        """
        bounded(seconds, Text("the time (s)", "时间（s）"), 0.0)
        if pressure <= hole.outside or hole.area * hole.discharge == 0.0:
            return pressure, 0.0
        tau = self.time_constant(hole)
        subchoked_at = hole.outside / critical_ratio(self.gas.ratio)
        choked_for = min(seconds, max(0.0, tau * log(pressure / subchoked_at))) if subchoked_at > 0 else seconds
        after = pressure * exp(-choked_for / tau)
        after = self._subchoked(hole, after, seconds - choked_for, steps)
        return after, self.mass(pressure) - self.mass(after)

    def _subchoked(self, hole: Orifice, pressure: float, seconds: float, steps: int) -> float:
        per_kg = self.gas.density(1.0, self.temperature) * self.volume
        h = seconds / steps

        def slope(p: float) -> float:
            return -hole.of(self.gas, max(p, hole.outside), self.temperature) / per_kg

        for _ in range(steps if seconds > 0 else 0):
            k1 = slope(pressure)
            k2 = slope(pressure + h / 2 * k1)
            k3 = slope(pressure + h / 2 * k2)
            k4 = slope(pressure + h * k3)
            pressure = max(hole.outside, pressure + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4))
        return pressure


@dataclass(frozen=True)
class Main:
    """A main that is fed at one end: length and inner diameter in m, Darcy friction factor, pressure at the feed in Pa."""

    gas: Gas
    length: float
    diameter: float
    pressure: float
    friction: float = 0.02
    temperature: float = 288.15

    def __post_init__(self) -> None:
        bounded(self.length, _LENGTH, 0.0)
        bounded(self.diameter, _DIAMETER, 1e-4, 5.0)
        bounded(self.pressure, _PRESSURE, 0.0)
        bounded(self.friction, _FRICTION, 1e-4, 1.0)

    def vessel(self) -> Vessel:
        """Return the main as a closed volume."""
        return Vessel(self.gas, max(self.length, 1e-6) * circle(self.diameter), self.temperature)

    def end_pressure(self, flow: float) -> float:
        """Return the pressure at the far end under a mass flow (kg/s), Pa; 0 where the main cannot carry it.

        Isothermal with friction, and without the (small) term of acceleration: p₁² − p₂² = f·L/D·G²·R·T/M.
        """
        flux = flow / circle(self.diameter)
        drop = self.friction * self.length / self.diameter * flux**2 * GAS_CONSTANT * self.temperature
        left = self.pressure**2 - drop / self.gas.molar_mass
        return sqrt(left) if left > 0 else 0.0

    def strike(self, hole: Orifice) -> tuple[float, float]:
        """Return the mass flow (kg/s) through `hole` at the far end, and the pressure there (Pa).

        The one flow at which the main delivers what the hole passes: found by halving, since the one falls
        and the other rises with it.
        """
        least, most = 0.0, hole.of(self.gas, self.pressure, self.temperature)
        for _ in range(200):
            flow = (least + most) / 2.0
            if hole.of(self.gas, self.end_pressure(flow), self.temperature) > flow:
                least = flow
            else:
                most = flow
        flow = (least + most) / 2.0
        return flow, self.end_pressure(flow)
