"""Heads and flows in a water network, by the global gradient method.

Taps draw by the pressure there is (Wagner et al. 1988, doi:10.1061/(ASCE)0733-9496(1988)114:3(276)): nothing below
`least`, all above `full`, √ between them. Holes are orifices to the air; hydrants give what they are asked for
from 10 m on.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from models.constants import GRAVITY
from models.networks.gradient import Laws, chosen, joined, solve
from models.networks.head_loss import FLOW_POWER, hazen_williams, minor
from models.networks.topology import Bools, Ends, Floats, Ints, balance, reached, summed
from models.networks.water import Operation, WaterNetwork, WaterState
from sim.errors import InputError

HYDRANT_HEAD = 10.0  #: m at an open hydrant that gives its full flow (GB 50974-2014, 7.2.8)
_STIFF = 1e9  #: slope beyond a limit, times what is usual for the link
_NONE = 1e-9  #: m³/s, or m² of a hole; less is nothing
_CREEP = 1e-4  #: m/s; slower water loses head in proportion to its speed


class _Outlets(NamedTuple):
    """Where water leaves: nodes of taps, hydrants and holes, in the order of their links."""

    taps: Ints
    hydrants: Ints
    holes: Ints


def flow_water(network: WaterNetwork, now: Operation, *, by_pressure: bool = True) -> WaterState:
    """Return heads and flows for an operation.

    A tank that is empty (its head NaN) feeds nothing, but fills where the head around it is above its bottom. Nodes that no source reaches lie dry: pressure 0, nothing flows. With `by_pressure=False` taps draw their whole
    demand whatever the pressure, which may then be negative (the classical analysis).

    Raises
    ------
    InputError
        No tank or reservoir has water, or the numbers are beyond all measure.
    """
    if not np.isfinite(now.head).any():
        raise InputError(en="no reservoir or tank has water", zh="所有水库和水塔均无水")
    state = _balanced(network, now, by_pressure=by_pressure)
    fills = (network.tank_area > 0.0) & np.isnan(now.head) & state.fed & (state.head > network.tank_bottom)
    if not fills.any():
        return state
    return _balanced(
        network, replace(now, head=np.where(fills, network.tank_bottom, now.head)), by_pressure=by_pressure
    )


def _balanced(network: WaterNetwork, now: Operation, *, by_pressure: bool) -> WaterState:
    """Return heads and flows where every tank and reservoir with a head holds it."""
    sources, nodes = np.isfinite(now.head), network.nodes
    inner, inner_laws, usable = _inner(network, now)
    fed = reached(nodes, inner, usable, sources)
    wanted = np.where(fed & ~sources, network.demand * now.demand, 0.0)
    outlets = _Outlets(*(np.flatnonzero(q > _NONE) for q in (wanted * by_pressure, now.hydrant, now.leak)))
    outer, outer_laws = _outer(network, now, outlets, wanted)
    keep = np.concatenate([usable & fed[inner.tail], fed[outer.tail]])
    both = Ends(np.concatenate([inner.tail, outer.tail]), np.concatenate([inner.head, outer.head]))
    links, laws, number = chosen(both, joined(inner_laws, outer_laws), keep)
    guess = np.where(sources, now.head, network.elevation + network.full)
    potential = np.concatenate([guess, network.elevation + network.least, network.elevation])
    fixed = np.concatenate([sources | ~fed, np.ones(2 * nodes, dtype=np.bool_)])
    drawn = np.concatenate([wanted * (not by_pressure), np.zeros(2 * nodes)])
    found = solve(links, laws, fixed, potential, drawn, _start(laws, network, number))
    flow = np.zeros(len(keep))
    flow[number] = found.flow
    head = np.where(fed, found.potential[:nodes], network.elevation)
    return _state(network, flow, outlets, WaterState(
        head=head, pressure=head - network.elevation, flow=flow[: len(network.length)],
        lift=flow[len(network.length) : len(inner.tail)], taken=drawn[:nodes], leaked=np.zeros(nodes),
        hydrant=np.zeros(nodes), fed=fed, steps=found.steps,
    ))  # fmt: skip


def after(network: WaterNetwork, now: Operation, state: WaterState, seconds: float) -> Operation:
    """Return the operation with the tanks' heads `seconds` later, at the flows of `state`.

    A tank that runs down to its bottom is empty: it feeds nothing until water comes back. A full one spills.
    """
    level = np.where(network.tank_area > 0.0, np.nan_to_num(now.head, nan=0.0), 0.0)
    level = np.where(np.isnan(now.head), network.tank_bottom, level)
    tank = network.tank_area > 0.0
    gained = inflow(network, state) * seconds
    rise = np.divide(gained, network.tank_area, out=np.zeros(network.nodes), where=tank)
    filled = np.minimum(level + rise, network.tank_top)
    left = np.where(filled > network.tank_bottom, filled, np.nan)
    return replace(now, head=np.where(tank, left, now.head))


def inflow(network: WaterNetwork, state: WaterState) -> Floats:
    """Return what pipes and pumps bring to each node less what they take away and what is drawn, m³/s."""
    pumped = balance(network.nodes, network.pumps.ends, state.lift)
    return balance(network.nodes, network.pipes, state.flow) + pumped - state.drawn


def _inner(network: WaterNetwork, now: Operation) -> tuple[Ends, Laws, Bools]:
    """Return pipes and pumps as links, and which of them water may pass."""
    pipes, pumps = network.pipes, network.pumps
    count, extra = len(network.length), len(pumps.shutoff)
    speed = np.maximum(now.speed, 1e-9)
    of_pipes = Laws(
        a=hazen_williams(network.length, network.diameter, network.roughness), n=np.full(count, FLOW_POWER),
        m=minor(network.minor, network.diameter), c=np.zeros(count),
        linear=_CREEP * np.pi / 4.0 * network.diameter**2, low=np.where(network.check, 0.0, -np.inf),
        high=np.full(count, np.inf), stop=np.full(count, _STIFF),
    )  # fmt: skip
    of_pumps = Laws(
        a=pumps.drop * speed ** (2.0 - pumps.power), n=pumps.power, m=np.zeros(extra), c=-pumps.shutoff * speed**2,
        linear=np.full(extra, 1e-4), low=np.zeros(extra), high=np.full(extra, np.inf), stop=np.full(extra, _STIFF),
    )  # fmt: skip
    links = Ends(np.concatenate([pipes.tail, pumps.ends.tail]), np.concatenate([pipes.head, pumps.ends.head]))
    return links, joined(of_pipes, of_pumps), np.concatenate([now.open, now.speed > 0.0])


def _outer(network: WaterNetwork, now: Operation, outlets: _Outlets, wanted: Floats) -> tuple[Ends, Laws]:
    """Return taps, hydrants and holes as links to two grounds: taps to the least pressure, the others to none."""
    nodes, (taps, hydrants, holes) = network.nodes, outlets
    asked, hole = np.concatenate([wanted[taps], now.hydrant[hydrants]]), now.leak[holes]
    span = np.repeat([network.full - network.least, HYDRANT_HEAD], [len(taps), len(hydrants)])
    usual = np.concatenate([asked / span, hole * np.sqrt(2.0 * GRAVITY)])
    count = len(usual)
    laws = Laws(
        a=np.concatenate([span / asked**2, 1.0 / (2.0 * GRAVITY * hole**2)]), n=np.full(count, 2.0),
        m=np.zeros(count), c=np.zeros(count), linear=1e-4 * usual, low=np.zeros(count),
        high=np.concatenate([asked, np.full(len(hole), np.inf)]), stop=_STIFF / usual,
    )  # fmt: skip
    tail = np.concatenate(outlets)
    return Ends(tail, tail + np.repeat([nodes, 2 * nodes, 2 * nodes], [len(part) for part in outlets])), laws


def _start(laws: Laws, network: WaterNetwork, number: Ints) -> Floats:
    """Return a first guess: water at 0.3 m/s in pipes, half of what may be drawn elsewhere."""
    pipe = number < len(network.length)
    flow = np.full(len(number), 0.01)
    flow[pipe] = 0.3 * np.pi / 4.0 * network.diameter[number[pipe]] ** 2
    return np.where(np.isfinite(laws.high), 0.5 * laws.high, flow)


def _state(network: WaterNetwork, flow: Floats, outlets: _Outlets, state: WaterState) -> WaterState:
    """Return `state` with what leaves at each outlet; the links of outlets come last in `flow`."""
    parts = np.split(flow[len(network.length) + len(state.lift) :], np.cumsum([len(part) for part in outlets])[:2])
    taken, hydrant, leaked = (
        summed(where, np.maximum(q, 0.0), network.nodes) for where, q in zip(outlets, parts, strict=True)
    )
    return replace(state, taken=state.taken + taken, leaked=leaked, hydrant=hydrant)
