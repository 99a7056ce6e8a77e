"""Which valves shut a break off, and who is without gas then: segments of a network between valves.

A segment is what stays connected when every valve is shut (Walski, 1993, doi:10.1002/j.1551-8833.1993.tb06018.x,
for water; the same for gas).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sim.bounds import bounded
from sim.errors import InputError
from sim.text import Text

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Pipes:
    """A network of pipes: their two ends [pipes], whether a valve sits in each [pipes], and the nodes that feed it.

    A pipe with a valve is divided by it: its first half belongs to `tail`, the second to `head`.
    """

    nodes: int
    tail: Ints
    head: Ints
    valve: Bools
    sources: Ints

    def __post_init__(self) -> None:
        if not len(self.sources):
            raise InputError(en="the gas network has no source", zh="燃气管网没有气源")
        ends = np.concatenate([self.tail, self.head, self.sources])
        if len(ends) and not (ends.min() >= 0 and ends.max() < self.nodes):
            raise InputError(en="a pipe or source names a node that the network does not have",
                             zh="管道或气源引用了管网中不存在的节点")  # fmt: skip

    def segments(self) -> Ints:
        """Return the segment of every node, int32 [nodes]."""
        return self._components(~self.valve)

    def isolate(self, pipe: int, stuck: Bools | None = None) -> Isolation:
        """Return what shuts off a break of `pipe` (at its tail), past valves that are `stuck` [pipes]."""
        bounded(pipe, Text("the pipe", "管道"), 0, len(self.tail) - 1)
        works = self.valve if stuck is None else self.valve & ~stuck
        segment = self._components(~works)
        broken = segment == segment[self.tail[pipe]]
        shut = np.flatnonzero(works & (broken[self.tail] != broken[self.head])).astype(np.int32)
        still_open = np.ones(len(self.tail), dtype=np.bool_)
        still_open[shut] = False
        fed = self._fed(still_open)
        return Isolation(valves=shut, shut_off=broken, without_gas=~fed | broken)

    def _components(self, links: Bools) -> Ints:
        pairs = (self.tail[links], self.head[links])
        matrix = coo_array((np.ones(int(links.sum()), dtype=np.int8), pairs), shape=(self.nodes, self.nodes))
        return connected_components(matrix, directed=False)[1].astype(np.int32)

    def _fed(self, links: Bools) -> Bools:
        component = self._components(links)
        return np.isin(component, component[self.sources])


@dataclass(frozen=True)
class Isolation:
    """Valves to shut [valves], the nodes between them [nodes], and all nodes that are without gas then [nodes]."""

    valves: Ints
    shut_off: Bools
    without_gas: Bools
