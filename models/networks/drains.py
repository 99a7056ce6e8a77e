"""Storm drains in their simplest form: water runs down a tree of pipes, each with a capacity, and backs up where it must.

What reaches an inlet is the rational method's C·i·A (Kuichling 1889); a pipe that runs full carries Manning's flow.
Within a step water passes from the top of the tree to its outfalls; what a pipe cannot carry stays above its inlet,
and what finds no room there backs up to those above. Travel time and pressure are not computed: a network with SWMM's
dynamic wave would fill later.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import ArrayLike

from models.networks.topology import Floats, Ints, column
from sim.errors import InputError, PhysicsError

MM_PER_HOUR = 1e-3 / 3600.0  #: m/s


@dataclass(frozen=True)
class Drains:
    """A checked tree; build it with `drains`.

    down : int64 [nodes], the next node downstream, -1 at an outfall.
    capacity : float64 [nodes] m³/s of the pipe that leaves the node, or of an outfall's gate or pumps.
    order : int64 [nodes], every node after all those above it.
    """

    down: Ints
    capacity: Floats
    order: Ints


def manning_full(diameter: ArrayLike, slope: ArrayLike, roughness: ArrayLike = 0.013) -> Floats:
    """Return what a round pipe carries that just runs full, m³/s: A·R^(2/3)·√S/n (Manning 1891), D in m."""
    d, s, n = (np.asarray(value, dtype=np.float64) for value in (diameter, slope, roughness))
    return np.pi / 4.0 * d**2 * (d / 4.0) ** (2.0 / 3.0) * np.sqrt(np.maximum(s, 0.0)) / n


def runoff(rain: ArrayLike, area: ArrayLike, coefficient: ArrayLike) -> Floats:
    """Return the flow to inlets, m³/s, from rain in mm/h on areas in m² (the rational method).

    Raises
    ------
    InputError
        Rain below zero.
    """
    fall = np.asarray(rain, dtype=np.float64)
    if not (fall >= 0.0).all():
        raise InputError(en="rain must be at least 0 mm/h", zh="降雨强度不得为负（mm/h）")
    return fall * MM_PER_HOUR * np.asarray(area, dtype=np.float64) * np.asarray(coefficient, dtype=np.float64)


def drains(down: ArrayLike, capacity: ArrayLike) -> Drains:
    """Return a checked tree.

    Raises
    ------
    InputError
        A node drains to one that does not exist, no outfall, pipes in a circle, or a capacity below 0.
    """
    to = np.asarray(down, dtype=np.int64)
    nodes = len(to)
    if (to < -1).any() or (to >= nodes).any():
        raise InputError(en="a drain leads to a node that does not exist", zh="排水管指向不存在的节点")
    if not (to == -1).any():
        raise InputError(en="a drain network needs an outfall", zh="排水管网须有排放口")
    order = _downward(to)
    if len(order) < nodes:
        raise InputError(en="the drains run in a circle", zh="排水管形成环路")
    return Drains(to, column(capacity, nodes, ("capacity of a drain", "排水能力"), 0.0), order)


def _downward(to: Ints) -> Ints:
    above = np.bincount(to[to >= 0], minlength=len(to))
    ready = np.flatnonzero(above == 0).tolist()
    order: list[int] = []
    while ready:
        node = ready.pop()
        order.append(node)
        nxt = int(to[node])
        if nxt >= 0:
            above[nxt] -= 1
            if above[nxt] == 0:
                ready.append(nxt)
    return np.array(order, dtype=np.int64)


def drain(
    network: Drains,
    stored: Floats,
    inflow: Floats,
    seconds: float,
    *,
    share: Floats | None = None,
    room: Floats | None = None,
) -> Floats:
    """Let water run for `seconds`; `stored` (m³ [nodes]) changes in place. Return what left at outfalls, m³ [nodes].

    Parameters
    ----------
    inflow
        float64 [nodes] m³/s.
    share
        float64 [nodes], of the capacity that works now (pumps without power: 0); all without it.
    room
        float64 [nodes] m³ that find room at a node; more of what comes from above goes back there. No limit without it.

    Raises
    ------
    PhysicsError
        Water is lost or made: the balance is off by more than 1e-9 of what there was.
    """
    works = network.capacity if share is None else network.capacity * share
    space = np.full(len(stored), np.inf) if room is None else room
    before = float(stored.sum() + inflow.sum() * seconds)
    out = np.zeros(len(stored))
    _run_down(network.order, network.down, works * seconds, space, inflow * seconds, stored, out)
    off = abs(float(stored.sum() + out.sum()) - before)
    if not off <= 1e-9 * max(before, 1.0):
        raise PhysicsError(en=f"{off:g} m³ of drain water are lost or made", zh=f"排水水量不守恒，误差 {off:g} m³")
    return out


@numba.njit(cache=True, error_model="numpy")
def _run_down(order: Ints, down: Ints, most: Floats, room: Floats, came: Floats, stored: Floats, out: Floats) -> None:
    gone, above = np.zeros(len(order)), np.zeros(len(order))
    for node in order:
        there = stored[node] + came[node]
        gone[node] = min(there, most[node])
        stored[node] = there - gone[node]
        if down[node] >= 0:
            stored[down[node]] += gone[node]
            above[down[node]] += gone[node]
        else:
            out[node] = gone[node]
    back = np.zeros(len(order))  # share of what came from above that goes back there
    for node in order[::-1]:
        if down[node] >= 0:
            stored[node] += back[down[node]] * gone[node]
        if above[node] > 0.0 and stored[node] > room[node]:
            back[node] = min((stored[node] - room[node]) / above[node], 1.0)
            stored[node] -= back[node] * above[node]
