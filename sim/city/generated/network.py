"""The drawing board of a generated city: nodes, ways, and streets as lines with stations."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Point = NDArray[np.float64]
Tags = dict[str, str]
#: From the largest road to the smallest.
RANK = ("trunk", "primary", "secondary", "tertiary", "residential", "living_street", "service")


@dataclass
class Sheet:
    """Everything that is to be written; an id is a place in the list, counted from 1."""

    nodes: list[tuple[float, float]] = field(default_factory=list)
    node_tags: dict[int, Tags] = field(default_factory=dict)
    ways: list[tuple[list[int], Tags]] = field(default_factory=list)

    def node(self, xy: Point, tags: Tags | None = None) -> int:
        """Add a node at `xy` (m) and return its id."""
        self.nodes.append((float(xy[0]), float(xy[1])))
        if tags:
            self.node_tags[len(self.nodes)] = tags
        return len(self.nodes)

    def way(self, nodes: list[int], tags: Tags) -> int:
        """Add a way through nodes and return its id."""
        self.ways.append((nodes, tags))
        return len(self.ways)

    def ring(self, points: Point, tags: Tags) -> int:
        """Add a closed way around open `points`, float64 [corners, 2], and return its id."""
        corners = [self.node(point) for point in points]
        return self.way([*corners, corners[0]], tags)

    def at(self, node: int) -> Point:
        """Return where a node lies, float64 [2] m."""
        return np.array(self.nodes[node - 1])


@dataclass(eq=False)
class Piece:
    """A piece of street between two junctions, perhaps bowed, with gates along it."""

    a: int
    b: int
    start: float  #: m along its line
    stop: float
    bow: float = 0.0  #: height of the bow as a share of the chord; left of the line where positive
    dropped: bool = False
    gates: list[tuple[float, int]] = field(default_factory=list)  #: share along the piece, node

    @property
    def length(self) -> float:
        """Distance between the junctions along the line, m."""
        return self.stop - self.start

    def point(self, sheet: Sheet, share: float) -> Point:
        """Return the point at `share` in [0, 1] of the piece: a parabola over the chord."""
        a, b = sheet.at(self.a), sheet.at(self.b)
        chord = b - a
        return a + share * chord + 4.0 * self.bow * share * (1.0 - share) * np.array([-chord[1], chord[0]])


@dataclass(eq=False)
class Line:
    """A straight street of one class and name; junctions stand on it as stations."""

    origin: Point
    along: Point  #: unit vector
    road: str
    names: tuple[str, str] = ("", "")  #: in Chinese and in English; empty without a name
    sense: int = 0  #: 1 one-way along the line, -1 against it, 0 both ways
    bridge: bool = False
    built: bool = True
    stations: list[tuple[float, int]] = field(default_factory=list)  #: m along the line, node
    pieces: list[Piece] = field(default_factory=list)

    def position(self, point: Point) -> float:
        """Return how far along the line a point lies, m."""
        return float(np.dot(point - self.origin, self.along))

    def station(self, sheet: Sheet, metres: float) -> int:
        """Add a junction `metres` along the line and return its node."""
        node = sheet.node(self.origin + metres * self.along)
        self.stations.append((metres, node))
        return node

    def cut(self) -> None:
        """Cut the line into pieces at its stations."""
        at = sorted(self.stations)
        self.pieces = [Piece(a, b, start, stop) for (start, a), (stop, b) in pairwise(at)]

    def piece_at(self, metres: float) -> Piece | None:
        """Return the built piece that passes `metres` along the line, if there is one."""
        for piece in self.pieces:
            if piece.start <= metres <= piece.stop:
                return None if piece.dropped or not self.built else piece
        return None


def between(a: Point, b: Point, road: str, names: tuple[str, str] = ("", ""), sense: int = 0) -> Line:
    """Return the line that begins at `a` and runs towards `b`."""
    return Line(a, (b - a) / np.hypot(*(b - a)), road, names, sense)
