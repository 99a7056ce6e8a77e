"""A road network for traffic, and what its streets cost under flow.

t = t₀·(1 + b·(v/c)^p) (Bureau of Public Roads, 1964, Traffic Assignment Manual).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.bounds import all_bounded
from sim.errors import InputError
from sim.text import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Network:
    """Directed links in compressed sparse rows: those that leave node `v` are `first_out[v]:first_out[v + 1]`.

    Turns are the pairs of a link and one that leaves its head; those after link `e` begin at `first_turn[e]`, in the
    order of the links that leave.
    """

    first_out: Ints  #: [nodes + 1]
    head: Ints  #: [links]
    free: Floats  #: [links] time without traffic, positive, any unit
    capacity: Floats  #: [links] positive, in the unit of flow
    b: Floats  #: [links] at least 0
    power: Floats  #: [links] at least 1
    through: Bools  #: [nodes] whether a way may lead through; it may begin and end anywhere

    def __post_init__(self) -> None:
        all_bounded(self.free, Text("the free time of a link", "路段自由流时间"), 1e-300)
        all_bounded(self.capacity, Text("the capacity of a link", "路段通行能力"), 1e-300)
        all_bounded(self.b, Text("the factor b of a link", "路段系数 b"), 0.0)
        all_bounded(self.power, Text("the power of a link", "路段指数"), 1.0)
        if len(self.head) and not (self.head.min() >= 0 and self.head.max() < self.nodes):
            raise InputError(
                en="a link leads to a node that the network does not have", zh="路段指向了路网中不存在的节点"
            )

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.first_out) - 1

    @property
    def links(self) -> int:
        """Number of links."""
        return len(self.head)

    @property
    def tail(self) -> Ints:
        """The node that each link leaves."""
        return np.repeat(np.arange(self.nodes, dtype=np.int32), np.diff(self.first_out))

    @property
    def first_turn(self) -> Ints:
        """Where the turns after each link begin, int32 [links + 1]."""
        after = np.diff(self.first_out)[self.head]
        return np.concatenate([[0], np.cumsum(after)]).astype(np.int32)

    def time(self, flow: Floats) -> Floats:
        """Return the time on every link under `flow`."""
        return self.free * (1.0 + self.b * (flow / self.capacity) ** self.power)

    def slope(self, flow: Floats) -> Floats:
        """Return the derivative of the time by the flow."""
        return self.free * self.b * self.power / self.capacity * (flow / self.capacity) ** (self.power - 1.0)

    def beckmann(self, flow: Floats) -> float:
        """Return the sum over links of ∫₀ᵛ t dv, which the user equilibrium makes least (Beckmann et al., 1956)."""
        share = self.b / (self.power + 1.0) * (flow / self.capacity) ** self.power
        return float((self.free * flow * (1.0 + share)).sum())


def build_network(
    tail: Ints, head: Ints, columns: tuple[Floats, Floats, Floats, Floats], through: Bools
) -> tuple[Network, NDArray[np.int64]]:
    """Return the network of links in any order, and the place of each of its links among them.

    columns : free time, capacity, b, power, each float64 [links];  through : bool [nodes].
    """
    nodes = len(through)
    if len(tail) and not (tail.min() >= 0 and tail.max() < nodes):
        raise InputError(en="a link leaves a node that the network does not have", zh="路段起点不在路网节点之中")
    order = np.argsort(tail, kind="stable")
    first = np.concatenate([[0], np.cumsum(np.bincount(tail, minlength=nodes))]).astype(np.int32)
    free, capacity, b, power = (column[order] for column in columns)
    return Network(first, head[order].astype(np.int32), free, capacity, b, power, through), order
