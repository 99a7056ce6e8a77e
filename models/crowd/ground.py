"""Where people walk: pieces of streets, rooms and stairs, and the passages between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.crowd.diagram import LEVEL_K, MOST, PACKED, door_capacity, sfpe_most, stair_k
from sim.bounds import bounded
from sim.errors import InputError
from sim.text import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


class Cells(NamedTuple):
    """Pieces in which people walk one way, [cells]; the two ways of a street are twins that share its room."""

    length: Floats  #: m, to be walked
    width: Floats  #: m that people use
    area: Floats  #: m², of both ways together
    pace: Floats  #: share of the speed on the level: less on stairs
    most: Floats  #: persons a second and metre that enter at best
    hold: Floats  #: persons that find room, of both ways together; infinite beyond an exit
    packed: Floats  #: persons a m² up to which people press on
    twin: Ints  #: the piece of the other way, -1 for none


class Passages(NamedTuple):
    """Ways from a piece into the next one, [passages], in the order of where they lead to."""

    tail: Ints  #: piece, -1 for a way in from outside
    head: Ints  #: piece
    capacity: Floats  #: persons a second: of a door or gate; infinite for none, 0 where it is shut
    takes: NDArray[np.bool_]  #: whether whoever passes is through only 1 / capacity later: doors and gates
    first_in: Ints  #: [cells + 1] where the passages into a piece begin
    first_out: Ints  #: [cells + 1] where those out of a piece begin among `out`
    out: Ints  #: passages in the order of where they lead from; those from outside are not among them


@dataclass(frozen=True)
class Ground:
    """Pieces and passages; every passage leads between pieces that there are."""

    cells: Cells
    passages: Passages

    @property
    def size(self) -> int:
        """Number of pieces."""
        return len(self.cells.length)


@dataclass
class Sketch:
    """A ground while it is drawn: rooms, ways, stairs, doors, exits."""

    packed: float = PACKED  #: persons a m² up to which people press on, if not told: 5.4 where they are calm
    _cells: list[tuple[float, ...]] = field(default_factory=list)
    _twin: list[int] = field(default_factory=list)
    _passages: list[tuple[int, int, float, bool]] = field(default_factory=list)

    def __post_init__(self) -> None:
        bounded(
            self.packed, Text("the density up to which people press on (1/m²)", "拥挤上限密度（人/m²）"), PACKED, 12.0
        )

    def piece(self, length: float, width: float, pace: float = 1.0, most: float = MOST, *, twin: int = -1) -> int:
        """Add a piece of `length` and used `width` (m); return its number. `twin` shares its room the other way."""
        bounded(length, Text("the length of a way (m)", "路段长度（m）"), 1e-3, 1e6)
        bounded(width, Text("the width of a way (m)", "路段宽度（m）"), 1e-3, 1e4)
        bounded(pace, Text("the share of the speed", "速度比例"), 1e-3, 1.0)
        area = length * width
        self._cells.append((length, width, area, pace, most, area * self.packed, self.packed))
        self._twin.append(twin)
        if twin >= 0:
            self._twin[twin] = len(self._cells) - 1
        return len(self._cells) - 1

    def street(self, length: float, width: float) -> tuple[int, int]:
        """Add a piece in which people walk both ways; return the numbers of both."""
        there = self.piece(length, width)
        return there, self.piece(length, width, twin=there)

    def room(self, length: float, width: float) -> int:
        """Add a room of `length` × `width` m."""
        return self.piece(length, width)

    def stairs(self, length: float, width: float, riser: float = 0.18, tread: float = 0.28) -> int:
        """Add stairs of `length` along the slope and effective `width` (m), after SFPE."""
        k = stair_k(riser, tread)
        return self.piece(length, width, k / LEVEL_K, min(MOST, sfpe_most(k)))

    def place(self, persons: float = float("inf")) -> int:
        """Add a place that people reach and stay at: outside, or a shelter with room for so many `persons`."""
        self._cells.append((1.0, 1e4, 1e12, 1.0, MOST, persons, PACKED))
        self._twin.append(-1)
        return len(self._cells) - 1

    def width(self, piece: int) -> float:
        """Return the width of a piece, m."""
        return self._cells[piece][1]

    def join(self, tail: int, head: int) -> int:
        """Let people walk from one piece into another, as many as its width lets in; return a mark of the passage."""
        return self._pass(tail, head, float("inf"), takes=False)

    def door(self, tail: int, head: int, width: float, rule: str = "imo") -> int:
        """Put a door of clear `width` m between two pieces (by the `rule` of `door_capacity`)."""
        return self.gate(tail, head, door_capacity(width, rule))

    def gate(self, tail: int, head: int, capacity: float) -> int:
        """Put a gate between two pieces through which `capacity` persons pass a second; 0 is shut."""
        bounded(capacity, Text("the capacity of a gate (1/s)", "闸口通行能力（人/秒）"), 0.0, 1e6)
        return self._pass(tail, head, capacity, takes=True)

    def way_in(self, head: int, capacity: float = float("inf")) -> int:
        """Let people in from outside, `capacity` a second."""
        return self._pass(-1, head, capacity, takes=False)

    def _pass(self, tail: int, head: int, capacity: float, *, takes: bool) -> int:
        if not -1 <= tail < len(self._cells) or not 0 <= head < len(self._cells):
            raise InputError(en=f"a passage leads from piece {tail} to {head}, but there are {len(self._cells)} pieces",
                             zh=f"通道由第 {tail} 段通向第 {head} 段，但只有 {len(self._cells)} 段")  # fmt: skip
        self._passages.append((tail, head, capacity, takes))
        return len(self._passages) - 1

    def ground(self) -> tuple[Ground, NDArray[np.int64]]:
        """Return the ground, and the passage of each mark."""
        columns = np.array(self._cells, dtype=np.float64).reshape(-1, 7).T
        length, width, area, pace, most, hold, packed = (np.ascontiguousarray(column) for column in columns)
        cells = Cells(length, width, area, pace, most, hold, packed, np.array(self._twin, dtype=np.int32))
        tail = np.array([one[0] for one in self._passages], dtype=np.int32)
        head = np.array([one[1] for one in self._passages], dtype=np.int32)
        order = np.argsort(head, kind="stable")
        first = np.concatenate([[0], np.cumsum(np.bincount(head, minlength=len(self._cells)))]).astype(np.int32)
        capacity = np.array([one[2] for one in self._passages], dtype=np.float64)
        takes = np.array([one[3] for one in self._passages], dtype=np.bool_)
        marks = np.empty(len(order), dtype=np.int64)
        marks[order] = np.arange(len(order))
        tail = tail[order]
        out = np.argsort(tail, kind="stable")[(tail < 0).sum() :].astype(np.int32)
        first_out = np.concatenate([[0], np.cumsum(np.bincount(tail[out], minlength=len(self._cells)))]).astype(
            np.int32
        )
        passages = Passages(tail, head[order], capacity[order], takes[order], first, first_out, out)
        return Ground(cells, passages), marks
