"""The streets of a city as a ground for people on foot."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.crowd.ground import Ground, Sketch
from sim.city.model import ROAD_CLASSES, Streets

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

#: m that people use where vehicles drive: the pavements of both sides (assumption, after CJJ 37-2012, table 5.3.4).
PAVEMENTS = {"motorway": 1.0, "trunk": 6.0, "primary": 6.0, "secondary": 6.0, "tertiary": 5.0, "unclassified": 4.0,
             "residential": 4.0, "living_street": 5.0, "service": 3.0, "link": 3.0, "footway": 3.0, "cycleway": 2.5,
             "path": 2.0, "steps": 2.5}  # fmt: skip
#: m from wall to wall, where no vehicles drive (assumption).
WHOLE = {"motorway": 20.0, "trunk": 24.0, "primary": 20.0, "secondary": 16.0, "tertiary": 12.0, "unclassified": 9.0,
         "residential": 8.0, "living_street": 7.0, "service": 5.0, "link": 6.0, "footway": 3.0, "cycleway": 3.0,
         "path": 2.5, "steps": 3.0}  # fmt: skip
_ROUND = 0.7  #: sine of the angle to the radius from which on a street leads round the middle
AMPLE = 5.5  #: persons a m² of calm people who, a little more than 5.4, shuffle on among those who come against
HALL = (
    30.0,
    20.0,
)  #: m, length and width of a hall at which people come from outside (assumption: a small concourse of the metro)


@dataclass(frozen=True)
class Paths:
    """A part of the walk network as a ground: its pieces lie along streets, others are ways in, exits and shelters."""

    ground: Ground
    link: Ints  #: [pieces] link of the walk network, -1 for a way in or a place
    x: Floats  #: [pieces] m, the middle
    y: Floats  #: [pieces] m
    places: dict[int, int]  #: piece of the place at each node where people stay or go away
    ways_in: dict[int, int]  #: passage from outside at each node
    gates: NDArray[np.int64]  #: passages into the inner streets from the others

    def pieces(self, link: int) -> NDArray[np.int64]:
        """Return the pieces of a link."""
        return np.flatnonzero(self.link == link)


@dataclass(frozen=True)
class Wish:
    """What is to be laid out: nodes and links of the walk network."""

    nodes: NDArray[np.bool_]  #: [nodes] whether people walk there
    inner: NDArray[np.bool_]  #: [links] streets without vehicles
    places: dict[int, float]  #: persons that find room at nodes where people stay or go away; infinite outside
    ways_in: dict[int, float]  #: persons a second that come in at nodes
    one_way: dict[int, bool]  #: links on which people walk along (True) or against the link's polyline only
    gate: float = float("inf")  #: persons a second and metre that are let into the inner streets
    lane: float = float("inf")  #: m that people use of inner streets at most, where stalls take the rest
    piece: float = 20.0  #: m of a piece
    packed: float = 5.4  #: persons a m² up to which people press on in inner streets


def lay_out(streets: Streets, wish: Wish) -> Paths:
    """Return the ground of those streets of a walk network whose two ends are among the wished nodes."""
    tails = streets.tails()
    kept = np.flatnonzero(wish.nodes[tails] & wish.nodes[streets.head])
    drawing = _Drawing(streets, wish, Sketch(packed=AMPLE))
    for edge in kept.tolist():
        drawing.edge(edge, int(tails[edge]))
    for node, persons in wish.places.items():
        drawing.place(node, persons)
    for node, rate in wish.ways_in.items():
        drawing.way_in(node, rate)
    drawing.junctions()
    return drawing.paths()


class _Drawing:
    def __init__(self, streets: Streets, wish: Wish, sketch: Sketch) -> None:
        self._streets, self._wish, self._sketch = streets, wish, sketch
        self._link: list[int] = []
        self._xy: list[tuple[float, float]] = []
        self._by_way: dict[tuple[int, bool], list[int]] = {}
        self._ends: dict[int, list[tuple[int, int]]] = {}  #: by node: last pieces of edges that come, with their links
        self._starts: dict[int, list[tuple[int, int]]] = {}
        self._places: dict[int, int] = {}
        self._ways_in: dict[int, int] = {}
        self._gates: list[int] = []

    def edge(self, edge: int, tail: int) -> None:
        """Cut an edge into pieces, the twins of those of the other way; none where the street is one-way against it."""
        streets = self._streets
        link, forward = int(streets.link[edge]), bool(streets.forward[edge])
        if self._wish.one_way.get(link, forward) != forward:
            return
        table = WHOLE if self._wish.inner[link] else PAVEMENTS
        width = table[ROAD_CLASSES[int(streets.road_class[edge])]]
        width = min(width, self._wish.lane) if self._wish.inner[link] else width
        length = float(streets.length[edge])
        count = max(1, round(length / self._wish.piece))
        middles = _along(streets.shapes[link], (np.arange(count) + 0.5) / count)
        other = self._by_way.get((link, not forward))
        order = range(count) if forward else range(count - 1, -1, -1)
        pieces = []
        self._sketch.packed = self._wish.packed if self._wish.inner[link] else AMPLE
        for number, place in enumerate(order):
            twin = other[count - 1 - number] if other is not None else -1
            pieces.append(self._add(self._sketch.piece(length / count, width, twin=twin), link, middles[place]))
        for a, b in pairwise(pieces):
            self._sketch.join(a, b)
        self._by_way[link, forward] = pieces
        self._starts.setdefault(tail, []).append((pieces[0], link))
        self._ends.setdefault(int(streets.head[edge]), []).append((pieces[-1], link))

    def place(self, node: int, persons: float) -> None:
        """Let people stay or go away at a node."""
        self._places[node] = self._add(self._sketch.place(persons), -1, self._at(node))
        for piece, _ in self._ends.get(node, []):
            self._sketch.join(piece, self._places[node])

    def way_in(self, node: int, rate: float) -> None:
        """Let people come in at a node."""
        self._sketch.packed = AMPLE
        hall = self._add(self._sketch.piece(*HALL), -1, self._at(node))
        self._ways_in[node] = self._sketch.way_in(hall, rate)
        for piece, _ in self._starts.get(node, []):
            self._sketch.join(hall, piece)
        if node in self._places:
            self._sketch.join(hall, self._places[node])

    def junctions(self) -> None:
        """Join the streets at their corners; people turn round anywhere."""
        for node, ends in self._ends.items():
            starts = self._starts.get(node, [])
            for piece, link in ends:
                for head, other in starts:
                    if other != link:
                        self._corner(piece, link, head, other)
        for (link, forward), pieces in self._by_way.items():
            back = self._by_way.get((link, not forward))
            if back is not None:
                for there, here in zip(pieces, back[::-1], strict=True):
                    self._sketch.join(there, here)

    def _corner(self, tail: int, link: int, head: int, other: int) -> None:
        inner = self._wish.inner
        if not (inner[other] and not inner[link]):
            self._sketch.join(tail, head)
            return
        rate = self._wish.gate * self._sketch.width(head)
        self._gates.append(self._sketch.gate(tail, head, rate) if np.isfinite(rate) else self._sketch.join(tail, head))

    def paths(self) -> Paths:
        """Return what has been drawn."""
        ground, at = self._sketch.ground()
        x, y = np.array(self._xy).reshape(-1, 2).T
        ways_in = {node: int(at[mark]) for node, mark in self._ways_in.items()}
        gates = at[np.array(self._gates, dtype=np.int64)]
        return Paths(ground, np.array(self._link, dtype=np.int32), x, y, self._places, ways_in, gates)

    def _add(self, piece: int, link: int, xy: tuple[float, float]) -> int:
        self._link.append(link)
        self._xy.append(xy)
        return piece

    def _at(self, node: int) -> tuple[float, float]:
        return float(self._streets.x[node]), float(self._streets.y[node])


def _along(shape: Floats, shares: Floats) -> list[tuple[float, float]]:
    """Return the points of a polyline at shares of its length."""
    steps = np.hypot(*np.diff(shape, axis=0).T)
    far = np.concatenate([[0.0], np.cumsum(steps)])
    at = shares * far[-1]
    return list(zip(np.interp(at, far, shape[:, 0]).tolist(), np.interp(at, far, shape[:, 1]).tolist(), strict=True))


def within(streets: Streets, x: float, y: float, reach: float) -> NDArray[np.bool_]:
    """Return which nodes lie within `reach` m of a point and can be walked to from its nearest node without leaving."""
    near = np.hypot(streets.x - x, streets.y - y) <= reach
    start = int(np.argmin(np.hypot(streets.x - x, streets.y - y)))
    found = np.zeros(streets.nodes, dtype=np.bool_)
    found[start], todo = True, [start]
    while todo:
        v = todo.pop()
        for h in streets.head[streets.first_out[v] : streets.first_out[v + 1]].tolist():
            if near[h] and not found[h]:
                found[h] = True
                todo.append(h)
    return found


def one_way_scheme(streets: Streets, chosen: NDArray[np.bool_], x: float, y: float) -> dict[int, bool]:
    """Return for links of `chosen` [links] whether people walk along their polyline (True) or against it.

    People walk anticlockwise about (x, y) on streets that lead rather round it than towards it; all others stay
    two-way. A street is left two-way where one-way it would cut a corner off from another (the corners of one-way
    streets can all be reached if and only if no street is a bridge: Robbins 1939, doi:10.2307/2303897).
    """
    tails = streets.tails()
    edges = np.flatnonzero(chosen[streets.link])
    mx, my = streets.x[tails[edges]], streets.y[tails[edges]]
    ex, ey = streets.x[streets.head[edges]] - mx, streets.y[streets.head[edges]] - my
    rx, ry = mx + ex / 2 - x, my + ey / 2 - y
    size = np.maximum(np.hypot(ex, ey) * np.hypot(rx, ry), 1e-9)
    round_it = (rx * ey - ry * ex) / size  # the sine of the angle from the radius to the street
    scheme: dict[int, bool] = {}
    kept = set(edges.tolist())
    for number in np.argsort(-round_it, kind="stable").tolist():
        edge = int(edges[number])
        if round_it[number] < _ROUND or int(streets.link[edge]) in scheme:
            continue
        against = {
            e for e in kept if streets.link[e] == streets.link[edge] and streets.forward[e] != streets.forward[edge]
        }
        if _reached(streets, kept - against, int(streets.head[edge]), int(tails[edge])):
            kept -= against
            scheme[int(streets.link[edge])] = bool(streets.forward[edge])
    return scheme


def _reached(streets: Streets, kept: set[int], start: int, end: int) -> bool:
    """Return whether one can walk from a node to another over the edges that are kept."""
    found, todo = {start}, [start]
    while todo:
        v = todo.pop()
        for edge in range(int(streets.first_out[v]), int(streets.first_out[v + 1])):
            if edge in kept and int(streets.head[edge]) not in found:
                found.add(int(streets.head[edge]))
                todo.append(int(streets.head[edge]))
    return end in found
