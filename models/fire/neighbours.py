"""Which buildings face which: gaps between walls and extents of facades, from outlines, built once a city.

Walls that a third building hides see nothing of each other; a flame over a roof is seen past what is no taller.
"""

from __future__ import annotations

from math import hypot
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from models.checks import require
from models.fire.cells import CELL_M, Cells, build_cells
from sim.city.model import Polylines
from sim.text import Text

Floats = NDArray[np.float64]

GRAZE = 1e-3  #: m; a sight line that passes a wall so near is hidden, so that symmetric towns are so to the last bit
TOUCHING = 0.3  #: m; walls nearer than this are one wall


#: An ordered pair of neighbours: the receiver, the gap between the walls (m), the unit vector towards it, how far the
#: emitter's facade reaches to the left and right of the middle of what overlaps (m), the width of the overlap (m), and the share of the
#: emitter's facade that is seen from there past third buildings, and the storeys of the tallest of those (0 for none).
PAIR = np.dtype([
    ("to", np.int32), *[(n, np.float32) for n in ("gap", "east", "north", "left", "right", "width", "seen")],
    ("over", np.int32),
])  # fmt: skip


class Pairs(NamedTuple):
    """Neighbours in compressed rows: those of building b are `pair[first[b]:first[b + 1]]`, sorted by receiver."""

    first: NDArray[np.int64]  #: [buildings + 1]
    pair: NDArray[np.void]  #: [pairs] records of `PAIR`


class Roofs(NamedTuple):
    """What stands over the ground, [buildings]."""

    storeys: NDArray[np.int64]
    flames: NDArray[np.bool_]  #: whether flames stand over the roof when it burns


def find_pairs(outlines: Polylines, reach: float, roofs: Roofs | None = None, *, screened: bool = True) -> Pairs:
    """Return all pairs of buildings whose walls are at most `reach` m apart, in both directions.

    Parameters
    ----------
    outlines
        Closed rings, m.
    reach
        Greatest gap, m.
    roofs
        Whose flames are seen over houses between; those who see nothing of a facade or flame are left out.
    screened
        Whether third buildings hide what they stand before.
    """
    import shapely

    require(Text("reach of radiation", "辐射作用距离"), reach, 0.0, 500.0)
    count = len(outlines)
    if count == 0:
        return _rows(np.empty((2, 0), dtype=np.int64), np.empty((0, 12)), np.zeros(0, dtype=np.bool_))
    roofs = roofs or Roofs(np.ones(count, dtype=np.int64), np.zeros(count, dtype=np.bool_))
    ring = np.repeat(np.arange(count), np.diff(outlines.first))
    shapes = np.asarray(shapely.polygons(shapely.linearrings(outlines.xy, indices=ring)))
    tree = shapely.STRtree(shapes)
    found = tree.query(shapes, predicate="dwithin", distance=reach)
    found = np.ascontiguousarray(found[:, found[0] < found[1]]).astype(np.int64)
    lines = shapely.shortest_line(shapes[found[0]], shapes[found[1]])
    ends = shapely.get_coordinates(lines).reshape(-1, 4)
    town = _Rings(
        outlines.first.astype(np.int64), outlines.xy, build_cells(outlines.first.astype(np.int64), outlines.xy)
    )
    facts = _facades(found, ends, town.first, town.xy, ring_means(outlines))
    seen, over = (
        _seen(town, roofs.storeys, found, ends, facts)
        if screened
        else (np.ones((found.shape[1], 2)), np.zeros(found.shape[1], dtype=np.int64))
    )
    return _rows(found, np.column_stack([facts, seen, over]), roofs.flames)


def ring_means(outlines: Polylines) -> Floats:
    """Return the mean corner of each ring, [rings, 2]."""
    corners = np.maximum(np.diff(outlines.first) - 1, 1)
    total = np.add.reduceat(outlines.xy, outlines.first[:-1], axis=0) - outlines.xy[outlines.first[1:] - 1]
    return total / corners[:, None]


class _Rings(NamedTuple):
    """Outlines with the cells in which they lie."""

    first: NDArray[np.int64]
    xy: Floats
    cells: Cells


@numba.njit(cache=True, error_model="numpy")
def _hiding(rings: _Rings, storeys: NDArray[np.int64], found: NDArray[np.int64], sight: Floats) -> NDArray[np.int64]:
    """Return the storeys of the tallest third building that the sight line (x, y to x, y, [pairs, 4]) of each pair cuts."""
    hiding = np.zeros(len(sight), dtype=np.int64)
    for p in range(len(sight)):
        x0, y0, x1, y1 = sight[p]
        low, high = _cells_between(rings.cells, x0, x1, 0), _cells_between(rings.cells, y0, y1, 1)
        for row in range(high[0], high[1] + 1):
            for column in range(low[0], low[1] + 1):
                c = int(row * rings.cells.grid[2] + column)
                for i in range(rings.cells.first[c], rings.cells.first[c + 1]):
                    b = rings.cells.building[i]
                    third = b != found[0, p] and b != found[1, p]
                    hiding[p] = max(hiding[p], storeys[b] if third and _cut(rings, b, (x0, y0, x1, y1)) else 0)
    return hiding


@numba.njit(cache=True, error_model="numpy")
def _cells_between(cells: Cells, a: float, b: float, axis: int) -> tuple[int, int]:
    """Return the first and last column (axis 0) or row (axis 1) that a stretch meets."""
    last = int(cells.grid[2 + axis]) - 1
    low = int(np.floor((min(a, b) - cells.grid[axis]) / CELL_M))
    high = int(np.floor((max(a, b) - cells.grid[axis]) / CELL_M))
    return max(low, 0), min(high, last)


@numba.njit(cache=True, error_model="numpy")
def _cut(rings: _Rings, b: int, line: tuple[float, float, float, float]) -> bool:
    """Return whether a wall of building `b` crosses or grazes the line."""
    x0, y0, x1, y1 = line
    for k in range(rings.first[b], rings.first[b + 1] - 1):
        px, py, qx, qy = rings.xy[k, 0], rings.xy[k, 1], rings.xy[k + 1, 0], rings.xy[k + 1, 1]
        side_p = (x1 - x0) * (py - y0) - (y1 - y0) * (px - x0)
        side_q = (x1 - x0) * (qy - y0) - (y1 - y0) * (qx - x0)
        side_0 = (qx - px) * (y0 - py) - (qy - py) * (x0 - px)
        side_1 = (qx - px) * (y1 - py) - (qy - py) * (x1 - px)
        graze, touch = GRAZE * hypot(x1 - x0, y1 - y0), GRAZE * hypot(qx - px, qy - py)
        across = (side_p <= graze and side_q >= -graze) or (side_q <= graze and side_p >= -graze)
        reached = (side_0 <= touch and side_1 >= -touch) or (side_1 <= touch and side_0 >= -touch)
        if across and reached:
            return True
    return False


def _seen(
    town: _Rings, storeys: NDArray[np.int64], found: NDArray[np.int64], ends: Floats, facts: Floats
) -> tuple[Floats, NDArray[np.int64]]:
    """Return the share of each facade that is seen from the other, [pairs, 2], and the storeys of what hides some, [pairs].

    Three sight lines tell, each from the middle of the other facade; of what hides some the tallest counts.
    """
    _, east, north, left_a, right_a, left_b, right_b, _, centre = facts.T
    along = np.column_stack([-north, east])
    seen, over = np.ones((len(facts), 2)), np.zeros(len(facts), dtype=np.int64)
    for column, (own, other, left, right) in enumerate(((ends[:, :2], ends[:, 2:], left_a, right_a),
                                                        (ends[:, 2:], ends[:, :2], left_b, right_b))):  # fmt: skip
        eye, foot = (end + (centre - np.einsum("ij,ij->i", end, along))[:, None] * along for end in (other, own))
        for reach in (0.0 * left, 0.8 * left, -0.8 * right):
            sight = np.column_stack([eye, foot + reach[:, None] * along])
            hiding = _hiding(town, storeys, found, sight)
            seen[hiding > 0, column] -= 1.0 / 3.0
            over = np.maximum(over, hiding)
    return np.where(seen < 0.1, 0.0, seen), over


@numba.njit(cache=True, error_model="numpy")
def _extent(xy: Floats, low: int, high: int, east: float, north: float) -> tuple[float, float]:
    """Return the extent of a ring along a direction, m."""
    least, most = np.inf, -np.inf
    for i in range(low, high):
        along = xy[i, 0] * east + xy[i, 1] * north
        least, most = min(least, along), max(most, along)
    return least, most


@numba.njit(cache=True, error_model="numpy")
def _facades(found: NDArray[np.int64], ends: Floats, first: NDArray[np.int64], xy: Floats, middle: Floats) -> Floats:
    """Return for each pair gap, east, north, and the extents of both facades about the overlap's middle, [pairs, 9].

    Left is as one looks from the first of the pair to the second, for both facades.
    """
    facts = np.empty((found.shape[1], 9))
    for p in range(found.shape[1]):
        a, b = found[0, p], found[1, p]
        dx, dy = ends[p, 2] - ends[p, 0], ends[p, 3] - ends[p, 1]
        gap = hypot(dx, dy)
        if gap < 1e-6:
            dx, dy = middle[b, 0] - middle[a, 0], middle[b, 1] - middle[a, 1]
        norm = max(hypot(dx, dy), 1e-9)
        east, north = dx / norm, dy / norm
        low_a, high_a = _extent(xy, first[a], first[a + 1], -north, east)
        low_b, high_b = _extent(xy, first[b], first[b + 1], -north, east)
        low, high = max(low_a, low_b), min(high_a, high_b)
        centre = (low + high) / 2.0
        facts[p, :3] = gap, east, north
        facts[p, 3:7] = high_a - centre, centre - low_a, high_b - centre, centre - low_b
        facts[p, 7:] = max(high - low, 0.0), centre
    return facts


def _rows(found: NDArray[np.int64], facts: Floats, flames: NDArray[np.bool_]) -> Pairs:
    """Return the pairs in both directions, sorted by emitter and receiver, where a facade or flame is seen."""
    gap, east, north, left_a, right_a, left_b, right_b, width, _, seen_a, seen_b, over = facts.T
    emitter, receiver = np.concatenate([found[0], found[1]]), np.concatenate([found[1], found[0]])
    order = np.lexsort((receiver, emitter))
    some = np.tile(np.maximum(seen_a, seen_b) > 0.0, 2) | (flames[emitter] & (np.tile(gap, 2) >= TOUCHING))
    order = order[some[order]]
    both = {"gap": (gap, gap), "east": (east, -east), "north": (north, -north), "left": (left_a, right_b),
            "right": (right_a, left_b), "width": (width, width), "seen": (seen_a, seen_b), "over": (over, over)}  # fmt: skip
    pair = np.zeros(len(order), dtype=PAIR)
    pair["to"] = receiver[order]
    for name, values in both.items():
        pair[name] = np.concatenate(values)[order]
    return Pairs(np.searchsorted(emitter[order], np.arange(len(flames) + 1)).astype(np.int64), pair)
