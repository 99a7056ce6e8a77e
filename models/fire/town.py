"""A town as a fire sees it: buildings of equal units, their neighbours, and who lies under a falling brand."""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from models.fire.cells import Cells, build_cells, cell_at
from models.fire.compartment import MQH, flashover_kernel, ventilation_limit
from models.fire.growth import class_growth_rate
from models.fire.neighbours import Roofs, find_pairs, ring_means
from models.fire.radiation import EMITTED
from models.fire.structures import CONTENTS_PEAK, STRUCTURES, WOODEN, Uses, standard_classes, standard_uses
from sim.city.model import BUILDING_USES, Polylines
from sim.errors import InputError

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

STOREY_M = 3.0  #: height of a storey (assumption)
WINDOW_M = 1.5  #: height of an opening (assumption)
LOSS_AGE = 300.0  #: s after ignition at which the loss through the linings is taken for the flashover (assumption)
REACH_M = 25.0  #: gap beyond which radiation is not followed
LARGEST_UNIT_WOOD = 150.0  #: m²


#: A building: its stable key, middle (m), footprint (m²); of the units of which it is made alike: growth of a fire
#: from outside (kW/s²; on wood, where a wall burns at once, at least fast: assumption), heat at which one flashes over
#: (kW; infinite where its fuel cannot), peak (kW), store (MJ); what a facade emits (kW/m²); storeys, units a storey,
#: structure (index into STRUCTURES), and where its units and neighbours begin.
SITE = np.dtype([
    ("key", np.uint64),
    *[(name, np.float64) for name in ("x", "y", "footprint", "alpha", "flash", "peak", "store", "emitted")],
    *[(name, np.int64) for name in ("storeys", "across", "structure", "first_unit", "units", "first_pair", "pairs")],
])  # fmt: skip


class Town(NamedTuple):
    """Buildings with storeys of equal units; a unit is one fire compartment, numbered from the ground."""

    site: NDArray[np.void]  #: [buildings] records of `SITE`
    pair: NDArray[np.void]  #: [pairs] records of `models.fire.neighbours.PAIR`
    cells: Cells  #: in which brands look for a roof
    first_corner: Longs  #: [buildings + 1]
    corner: Floats  #: [corners, 2] m


def build_town(
    outlines: Polylines,
    storeys: NDArray[np.integer],
    use: NDArray[np.integer],
    structure: NDArray[np.integer],
    key: NDArray[np.integer],
    reach: float = REACH_M,
) -> Town:
    """Return a town.

    Parameters
    ----------
    outlines
        Closed outer rings [buildings], m.
    storeys, use, structure
        Storeys from 1, index into `BUILDING_USES`, index into `STRUCTURES`, each [buildings].
    key
        Stable id of each building; luck belongs to it.
    reach
        Greatest gap over which radiation is followed, m.
    """
    _check(outlines, storeys, use, structure)
    classes, uses = standard_classes(), standard_uses()
    first = outlines.first.astype(np.int64)
    site = np.zeros(len(outlines), dtype=SITE)
    site["key"], site["storeys"], site["structure"] = np.asarray(key).astype(np.uint64), storeys, structure
    site["x"], site["y"] = ring_means(outlines).T
    site["footprint"] = _areas(first, outlines.xy)
    wooden = structure == WOODEN
    site["alpha"] = np.where(wooden, np.maximum(uses.alpha[use], class_growth_rate("fast")), uses.alpha[use])
    site["emitted"] = np.where(wooden, EMITTED, uses.emitted[use])
    _units(site, use, classes, uses)
    site["first_unit"] = np.cumsum(site["units"]) - site["units"]
    roofs = Roofs(site["storeys"], classes["open_flames"][structure] > 0.0)
    pairs = find_pairs(outlines, reach, roofs)
    site["first_pair"], site["pairs"] = pairs.first[:-1], np.diff(pairs.first)
    return Town(site, pairs.pair, build_cells(first, outlines.xy), first, np.ascontiguousarray(outlines.xy))


def _check(
    outlines: Polylines, storeys: NDArray[np.integer], use: NDArray[np.integer], structure: NDArray[np.integer]
) -> None:
    count = len(outlines)
    if not count or not len(storeys) == len(use) == len(structure) == count:
        raise InputError(en=f"a town needs buildings with one value of each kind; {count} outlines came",
                         zh=f"城镇须有建筑，且每栋各有一个取值；收到 {count} 个轮廓")  # fmt: skip
    if not np.isfinite(outlines.xy).all() or np.diff(outlines.first).min() < 4:
        raise InputError(
            en="an outline must be a closed ring of finite points", zh="建筑轮廓须为由有限坐标组成的闭合环"
        )
    if storeys.min() < 1 or use.min() < 0 or use.max() >= len(BUILDING_USES) or structure.min() < 0 \
            or structure.max() >= len(STRUCTURES):  # fmt: skip
        raise InputError(en="storeys count from 1, uses and structures are indices of known ones",
                         zh="层数从 1 起，用途与结构须为已知种类的序号")  # fmt: skip


def _units(site: NDArray[np.void], use: NDArray[np.integer], classes: NDArray[np.void], uses: Uses) -> None:
    """Write units a storey, and flashover heat (kW), peak (kW) and store (MJ) of a unit."""
    own = classes[site["structure"]]
    size = np.where(site["structure"] == WOODEN, np.minimum(uses.unit[use], LARGEST_UNIT_WOOD), uses.unit[use])
    site["across"] = np.maximum(1, np.rint(site["footprint"] / size))
    site["units"] = site["across"] * site["storeys"]
    area = site["footprint"] / site["across"]
    window = np.maximum(own["window"] * 4.0 * np.sqrt(site["footprint"]) / site["across"] * STOREY_M, 1.0)
    walls = 2.0 * area + 4.0 * np.sqrt(area) * STOREY_M - window
    flash = flashover_many(np.sqrt(own["inertia"] / LOSS_AGE), walls, window)
    site["peak"] = np.minimum((CONTENTS_PEAK + own["frame_peak"]) * area, ventilation_limit(window, WINDOW_M))
    site["flash"] = np.where(flash <= site["peak"], flash, np.inf)
    site["store"] = (uses.load[use] + own["frame_load"]) * area


@numba.njit(cache=True, error_model="numpy")
def flashover_many(loss: Floats, walls: Floats, opening: Floats) -> Floats:
    """Return the heat for flashover of many rooms with windows of `WINDOW_M`, kW."""
    heat = np.empty(len(loss))
    for i in range(len(loss)):
        heat[i] = flashover_kernel(loss[i], walls[i], opening[i], WINDOW_M, MQH)
    return heat


@numba.njit(cache=True, error_model="numpy")
def _areas(first: Longs, xy: Floats) -> Floats:
    """Return the areas of closed rings, m²."""
    area = np.zeros(len(first) - 1)
    for b in range(len(area)):
        x0, y0 = xy[first[b], 0], xy[first[b], 1]
        for i in range(first[b], first[b + 1] - 1):
            area[b] += (xy[i, 0] - x0) * (xy[i + 1, 1] - y0) - (xy[i + 1, 0] - x0) * (xy[i, 1] - y0)
        area[b] = abs(area[b]) / 2.0
    return area


@numba.njit(cache=True, error_model="numpy")
def building_at(town: Town, x: float, y: float) -> int:
    """Return the building on which the point lies, or −1."""
    number = cell_at(town.cells, x, y)
    if number < 0:
        return -1
    for i in range(town.cells.first[number], town.cells.first[number + 1]):
        if _inside(town, town.cells.building[i], x, y):
            return town.cells.building[i]
    return -1


@numba.njit(cache=True, error_model="numpy")
def _inside(town: Town, building: int, x: float, y: float) -> bool:
    """Return whether the point lies in the ring, by counting crossings."""
    inside = False
    for i in range(town.first_corner[building], town.first_corner[building + 1] - 1):
        x0, y0, x1, y1 = town.corner[i, 0], town.corner[i, 1], town.corner[i + 1, 0], town.corner[i + 1, 1]
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            inside = not inside
    return inside
