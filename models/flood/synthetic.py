"""Ground where no elevation model exists: a gentle fall to a river, hollows, streets below their kerbs, underpasses.

It is invented, and everything that shows it says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.flood.streets import Courses, courses
from models.flood.terrain import Terrain
from sim.city.model import ROAD_CLASSES, City
from sim.fields import Raster
from sim.streams import Stream

BANK = 9.5  #: m above the datum, of the river's bank; the warning stage at Nanjing is 8.70 m
_FALL = 1.0 / 2000.0  #: of the ground towards the river (assumption)
_WAVES, _ROUGH = 8, 0.08  #: hollows: how many waves, and their height each, m (assumption)
_KERB = 0.15  #: m by which streets lie lower
_SAG, _FLAT, _RAMP = 3.2, 10.0, 55.0  #: of an underpass: depth, half of the flat, length of a ramp, m (assumption)
_APART = 350.0  #: m between underpasses at least
_LEAST_LINK = 40.0  #: m of a street that leads under something
_MAIN = tuple(ROAD_CLASSES.index(name) for name in ("trunk", "primary", "secondary", "tertiary"))


@dataclass(frozen=True)
class Underpass:
    """A street that dips: its link, the cell of its lowest point, the nodes at its two ends."""

    link: int
    cell: int
    nodes: tuple[int, int]
    key: int  #: of its luck: the OSM id of its first node


def raster_of(city: City, size: float) -> Raster:
    """Return a raster that covers all streets, with a margin of two cells."""
    x, y = city.drive.x, city.drive.y
    west, south = float(x.min()) - 2 * size, float(y.min()) - 2 * size
    columns, rows = (int(np.ceil((float(v.max()) - low) / size)) + 2 for v, low in ((x, west), (y, south)))
    return Raster(west, south, size, columns, rows)


def natural(raster: Raster, stream: Stream) -> NDArray[np.float64]:
    """Return ground that falls to the east and has hollows of some hundred metres, float64 [rows, columns], m."""
    x, y = (v.reshape(raster.rows, raster.columns) for v in raster.centres())
    east = raster.x + raster.columns * raster.size
    z = BANK + (east - x) * _FALL
    for wave in range(_WAVES):
        length = 500.0 + 2000.0 * stream.uniform("flood.ground", wave, 0)
        turn, phase = (2.0 * np.pi * stream.uniform("flood.ground", wave, i) for i in (1, 2))
        z += _ROUGH * np.sin(2.0 * np.pi * (x * np.cos(turn) + y * np.sin(turn)) / length + phase)
    return np.asarray(z)


def find_underpasses(city: City, ways: Courses, count: int, stream: Stream) -> list[Underpass]:
    """Return up to `count` streets that dip, of the main ones, by luck and apart from one another."""
    drive = city.drive
    tails = drive.tails()
    fits = drive.forward & np.isin(drive.road_class, _MAIN) & ~drive.link_bridge[drive.link]
    edges = np.flatnonzero(fits & (drive.length >= _LEAST_LINK))
    draws = stream.uniforms("flood.underpass", drive.osm_id[tails[edges]], drive.osm_id[drive.head[edges]])
    found: list[Underpass] = []
    places: list[tuple[float, float]] = []
    for edge in edges[np.argsort(draws)].tolist():
        link, a, b = int(drive.link[edge]), int(tails[edge]), int(drive.head[edge])
        cells, along = ways.of(link), ways.along[ways.first[link] : ways.first[link + 1]]
        x, y = float(drive.x[a] + drive.x[b]) / 2, float(drive.y[a] + drive.y[b]) / 2
        if len(found) == count:
            break
        if len(cells) < 3 or any(np.hypot(x - u, y - v) < _APART for u, v in places):
            continue
        middle = int(cells[np.argmin(np.abs(along - drive.length[edge] / 2.0))])
        found.append(Underpass(link, middle, (a, b), int(drive.osm_id[a])))
        places.append((x, y))
    return found


def carve(z: NDArray[np.float64], ways: Courses, underpasses: list[Underpass], size: float) -> None:
    """Lower streets by a kerb and let underpasses dip; a dip is a cell wide and connected by its sides."""
    flat = z.ravel()
    lower = np.unique(ways.cell)
    flat[lower] -= _KERB
    columns = z.shape[1]
    for one in underpasses:
        cells = ways.of(one.link)
        along = ways.along[ways.first[one.link] : ways.first[one.link + 1]]
        middle = along[np.flatnonzero(cells == one.cell)[0]]
        dip = np.zeros(len(flat))
        for cell, at, following in zip(cells.tolist(), along, [*cells[1:].tolist(), int(cells[-1])], strict=True):
            deep = _SAG * float(np.clip((_FLAT + _RAMP - abs(at - middle)) / _RAMP, 0.0, 1.0))
            corner = cell // columns * columns + following % columns  # where the line goes on across a corner
            for place in (cell, corner):
                dip[place] = max(dip[place], min(deep, _reach(along, at, size)))
        flat -= dip


def _reach(along: NDArray[np.float64], at: float, size: float) -> float:
    """Return how deep a dip may be at `at`: short streets have short ramps, so the ground ends level at junctions."""
    from_end = min(at - float(along[0]), float(along[-1]) - at) + size / 2.0
    half = (float(along[-1]) - float(along[0])) / 2.0
    return _SAG * min(1.0, from_end / max(min(_RAMP, half), size))


def synthetic_terrain(city: City, size: float, count: int, stream: Stream) -> tuple[Terrain, Courses, list[Underpass]]:
    """Return invented ground for a city, with the courses of its streets and its underpasses."""
    raster = raster_of(city, size)
    z = natural(raster, stream)
    ways = courses(city.drive.shapes, raster)
    underpasses = find_underpasses(city, ways, count, stream)
    carve(z, ways, underpasses, size)
    return Terrain(z, raster, city.crs), ways, underpasses
