"""Square cells that tell which buildings lie about a place."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

CELL_M = 20.0  #: side of a cell


class Cells(NamedTuple):
    """Buildings by cell: those of cell c, counted row by row, are `building[first[c]:first[c + 1]]`."""

    first: Longs  #: [cells + 1]
    building: NDArray[np.int32]
    grid: Floats  #: x and y of the corner in m, columns, rows


def build_cells(first: Longs, xy: Floats) -> Cells:
    """Return buildings by the square cells that their bounding boxes meet."""
    low = np.floor(np.minimum.reduceat(xy, first[:-1], axis=0) / CELL_M).astype(np.int64)
    high = np.floor(np.maximum.reduceat(xy, first[:-1], axis=0) / CELL_M).astype(np.int64)
    corner = low.min(axis=0)
    columns, rows = high.max(axis=0) - corner + 1
    count = _fill(low - corner, high - corner, np.zeros(columns * rows + 1, dtype=np.int64), columns)
    first_cell = np.concatenate([[0], np.cumsum(count[:-1])])
    cell = np.empty(first_cell[-1], dtype=np.int32)
    _put(low - corner, high - corner, first_cell.copy(), cell, columns)
    return Cells(first_cell, cell, np.array([corner[0] * CELL_M, corner[1] * CELL_M, columns, rows], dtype=np.float64))


@numba.njit(cache=True, error_model="numpy")
def _fill(low: Longs, high: Longs, count: Longs, columns: int) -> Longs:
    for b in range(len(low)):
        for row in range(low[b, 1], high[b, 1] + 1):
            for column in range(low[b, 0], high[b, 0] + 1):
                count[row * columns + column] += 1
    return count


@numba.njit(cache=True, error_model="numpy")
def _put(low: Longs, high: Longs, place: Longs, cell: NDArray[np.int32], columns: int) -> None:
    for b in range(len(low)):
        for row in range(low[b, 1], high[b, 1] + 1):
            for column in range(low[b, 0], high[b, 0] + 1):
                cell[place[row * columns + column]] = b
                place[row * columns + column] += 1


@numba.njit(cache=True, error_model="numpy")
def cell_at(cells: Cells, x: float, y: float) -> int:
    """Return the number of the cell in which a point lies, or −1 outside."""
    column, row = np.floor((x - cells.grid[0]) / CELL_M), np.floor((y - cells.grid[1]) / CELL_M)
    if 0 <= column < cells.grid[2] and 0 <= row < cells.grid[3]:
        return int(row * cells.grid[2] + column)
    return -1
