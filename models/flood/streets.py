"""Streets on a raster: which cells a street runs over, how deep it is, how fast one may drive."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.flood.danger import STALLS, vehicle_speed
from sim.city.model import Polylines, Streets
from sim.fields import Raster


@dataclass(frozen=True)
class Courses:
    """The cells under each line: those of line `i` are `cell[first[i]:first[i + 1]]`; a line off the raster has none."""

    first: NDArray[np.int64]
    cell: NDArray[np.int64]
    along: NDArray[np.float64]  #: m from the start of the line

    def of(self, line: int) -> NDArray[np.int64]:
        """Return the cells of a line."""
        return self.cell[self.first[line] : self.first[line + 1]]

    def greatest(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the greatest value of cells on each line, 0 where it has none."""
        found = np.zeros(len(self.first) - 1)
        some = np.flatnonzero(np.diff(self.first) > 0)
        if len(some):
            found[some] = np.maximum.reduceat(values.ravel()[self.cell], self.first[some])
        return found


def courses(lines: Polylines, raster: Raster) -> Courses:
    """Return the cells under each line, in their order along it, found at every third of a cell."""
    firsts, cells, alongs = [0], [], []
    for line in range(len(lines)):
        xy = lines[line]
        length = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
        at = np.linspace(0.0, length[-1], max(2, int(np.ceil(3.0 * length[-1] / raster.size)) + 1))
        cell = raster.cell_of(np.interp(at, length, xy[:, 0]), np.interp(at, length, xy[:, 1])).astype(np.int64)
        keep = cell >= 0
        cell, at = cell[keep], at[keep]
        new = np.ones(len(cell), dtype=np.bool_)
        new[1:] = cell[1:] != cell[:-1]
        cells.append(cell[new])
        alongs.append(at[new])
        firsts.append(firsts[-1] + int(new.sum()))
    return Courses(np.array(firsts), np.concatenate(cells), np.concatenate(alongs))


def speed_factors(streets: Streets, depth: NDArray[np.float64], free: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the factor of the speed on every edge, float64 [edges], in steps of a quarter; 0 where cars stall.

    depth : m, the greatest on every link; free : speed on the dry edge, m/s. Bridges stand above the water.
    """
    wet = np.where(streets.link_bridge, 0.0, depth)[streets.link]
    safe = vehicle_speed(wet) / 3.6
    factor = np.minimum(1.0, np.ceil(4.0 * safe / free) / 4.0)
    return np.where(wet >= STALLS, 0.0, np.where(wet < 0.05, 1.0, factor))
