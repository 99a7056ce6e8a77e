"""Steady isothermal flow in gas networks, by the same method as water: the potential is the square of the pressure.

For an ideal gas at one temperature a pipe loses p1² - p2² = 16·λ·L·Z·R·T/(π²·D⁵)·m·|m| (Osiadacz 1987, Simulation and
Analysis of Gas Networks, ISBN 0-419-12480-2, ch. 3). With λ = 64/Re + λ_rough, the sum of Hagen-Poiseuille and
Nikuradse that pandapipes uses too (Lohmeier et al. 2020, doi:10.3390/su12239899), it is a linear and a square term of
the mass flow, so that it stays one monotone law.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from models.constants import ATMOSPHERE, GAS_CONSTANT
from models.networks.gradient import Laws, chosen, joined, solve
from models.networks.topology import Bools, Ends, Floats, column, ends, reached, summed
from sim.errors import InputError

_STIFF = 1e10  #: slope beyond what a customer may take, times the usual one


@dataclass(frozen=True)
class GasKind:
    """A gas. molar_mass : kg/mol;  viscosity : Pa·s;  compressibility : Z, one figure for the network."""

    molar_mass: float = 0.01604
    viscosity: float = 1.1e-5
    compressibility: float = 1.0

    def bulk(self, temperature: float) -> float:
        """Return Z·R·T/M in J/kg: p = bulk·ρ."""
        return self.compressibility * GAS_CONSTANT * temperature / self.molar_mass


METHANE = GasKind()


@dataclass(frozen=True)
class GasNetwork:
    """A checked network; build it with `gas_network`. All pressures are absolute.

    demand : float64 [nodes] kg/s;  source : float64 [nodes] Pa, the pressure that is held, NaN elsewhere.
    linear, square : float64 [pipes], of p1² - p2² = linear·m + square·m·|m|.
    """

    demand: Floats
    source: Floats
    pipes: Ends
    linear: Floats
    square: Floats
    least: float  #: Pa below which a customer's regulator shuts
    full: float  #: Pa from which a customer has all

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.demand)


@dataclass(frozen=True)
class GasState:
    """A network in balance.

    pressure : float64 [nodes] Pa absolute, that of the atmosphere where no gas comes;  flow : float64 [pipes] kg/s.
    taken : float64 [nodes] kg/s;  fed : bool [nodes], whether an open way leads from a source.
    """

    pressure: Floats
    flow: Floats
    taken: Floats
    fed: Bools
    steps: int


def rough_friction(diameter: ArrayLike, roughness: ArrayLike) -> Floats:
    """Return λ of fully rough flow, 1/(-2·log10(k/3.71·D))² (Nikuradse 1933), for lengths in m."""
    relative = np.asarray(roughness, dtype=np.float64) / (3.71 * np.asarray(diameter, dtype=np.float64))
    return (-2.0 * np.log10(relative)) ** -2


def gas_network(
    demand: ArrayLike,
    source: ArrayLike,
    pipes: tuple[ArrayLike, ArrayLike],
    shape: dict[str, ArrayLike],
    *,
    gas: GasKind = METHANE,
    temperature: float = 288.15,
    regulator: tuple[float, float] = (ATMOSPHERE, ATMOSPHERE + 1e4),
) -> GasNetwork:
    """Return a checked network.

    Parameters
    ----------
    demand, source
        Of every node: kg/s, and the absolute pressure in Pa that a source holds (NaN elsewhere).
    shape
        `length`, `diameter` and `roughness` of every pipe in m.
    temperature
        K, of gas and ground.
    regulator
        Absolute pressures in Pa at which customers have nothing, and all.

    Raises
    ------
    InputError
        No source, one below the atmosphere, an unknown node, a length, diameter or demand that cannot be.
    """
    given = np.atleast_1d(np.asarray(source, dtype=np.float64))
    nodes = len(given)
    if not np.isfinite(given).any():
        raise InputError(en="a gas network needs a source with a pressure", zh="燃气管网须有带压力的气源")
    if np.nanmin(given) < ATMOSPHERE:
        raise InputError(en="the pressure of a gas source is absolute and at least that of the atmosphere",
                         zh="气源压力为绝对压力，不得低于大气压")  # fmt: skip
    if not ATMOSPHERE <= regulator[0] < regulator[1]:
        raise InputError(en="a regulator opens at a pressure above the one at which it shuts",
                         zh="调压器的全开压力须高于关闭压力")  # fmt: skip
    both = ends(nodes, *pipes)
    count = len(both.tail)
    length = column(shape["length"], count, ("length of a pipe", "管长"), 0.0, above=True)
    diameter = column(shape["diameter"], count, ("diameter of a pipe", "管径"), 0.0, above=True)
    roughness = column(shape["roughness"], count, ("roughness of a pipe", "管壁粗糙度"), 0.0, above=True)
    bulk = gas.bulk(float(column(temperature, 1, ("temperature", "温度"), 0.0, above=True)[0]))
    return GasNetwork(
        column(demand, nodes, ("demand", "用气量"), 0.0), given, both,
        linear=256.0 * gas.viscosity * length * bulk / (np.pi * diameter**4),
        square=16.0 * rough_friction(diameter, roughness) * length * bulk / (np.pi**2 * diameter**5),
        least=regulator[0], full=regulator[1],
    )  # fmt: skip


def flow_gas(network: GasNetwork, *, closed: Bools | None = None, by_pressure: bool = True) -> GasState:
    """Return pressures and flows; `closed` : bool [pipes], those that valves shut.

    Customers take by the pressure there is, as those of water do: all from `full` on, nothing below `least`. With
    `by_pressure=False` they take their whole demand.

    Raises
    ------
    InputError
        With `by_pressure=False`: the sources' pressure does not carry the demand.
    """
    nodes, count = network.nodes, len(network.linear)
    sources = np.isfinite(network.source)
    usable = np.ones(count, dtype=np.bool_) if closed is None else ~closed
    fed = reached(nodes, network.pipes, usable, sources)
    wanted = np.where(fed & ~sources, network.demand, 0.0)
    takers = np.flatnonzero(wanted * by_pressure > 0.0)
    laws = joined(_pipes(network), _takers(network, wanted[takers]))
    both = Ends(np.r_[network.pipes.tail, takers], np.r_[network.pipes.head, takers + nodes])
    keep = np.r_[usable & fed[network.pipes.tail], np.ones(len(takers), dtype=np.bool_)]
    links, laws, number = chosen(both, laws, keep)
    top = float(np.nanmax(network.source))
    potential = np.r_[np.where(sources, network.source, top) ** 2, np.full(nodes, network.least**2)]
    fixed = np.r_[sources | ~fed, np.ones(nodes, dtype=np.bool_)]
    drawn = np.r_[wanted * (not by_pressure), np.zeros(nodes)]
    start = np.where(np.isfinite(laws.high), 0.5 * laws.high, max(float(wanted.sum()), 1e-6) / 10.0)
    found = solve(links, laws, fixed, potential, drawn, start)
    square = np.where(fed, found.potential[:nodes], ATMOSPHERE**2)
    if square.min() <= 0.0:
        raise InputError(en=f"the pressure of the sources does not carry the demand: none is left at node {int(np.argmin(square))}",
                         zh=f"气源压力不足以满足用气量：节点 {int(np.argmin(square))} 处压力耗尽")  # fmt: skip
    flow = np.zeros(len(keep))
    flow[number] = found.flow
    taken = drawn[:nodes] + summed(takers, np.maximum(flow[count:], 0.0), nodes)
    return GasState(np.sqrt(square), flow[:count], taken, fed, found.steps)


def _pipes(network: GasNetwork) -> Laws:
    count = len(network.linear)
    none, free = np.zeros(count), np.full(count, np.inf)
    return Laws(
        a=network.linear, n=np.ones(count), m=network.square, c=none, linear=np.full(count, 1e-12), low=-free,
        high=free, stop=np.ones(count),
    )  # fmt: skip


def _takers(network: GasNetwork, wanted: Floats) -> Laws:
    span = network.full**2 - network.least**2
    count = len(wanted)
    return Laws(
        a=span / wanted**2, n=np.full(count, 2.0), m=np.zeros(count), c=np.zeros(count), linear=1e-4 * wanted,
        low=np.zeros(count), high=wanted, stop=_STIFF * span / wanted,
    )  # fmt: skip
