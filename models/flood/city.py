"""The basin of a city: its ground, rain, inlets, pumps and garages put together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.flood.basin import EDGES, Basin, Stage
from models.flood.elevation_files import read_elevations
from models.flood.exchange import Garages, Ground, Inlets, Pumps
from models.flood.rain import MM_PER_H, Rain
from models.flood.streets import Courses, courses
from models.flood.synthetic import Underpass, carve, find_underpasses, synthetic_terrain
from models.flood.terrain import Bounds, Terrain
from sim.city.model import City
from sim.errors import InputError
from sim.streams import Stream
from sim.text import Text

STREET, BUILT, GREEN = 0, 1, 2
_GROUND = Ground(runoff=(0.95, 0.85, 0.9), conductivity=(0.0, 0.0, 1e-6), suction=(0.0, 0.0, 0.04))  # assumption
_ROUGHNESS = (0.03, 0.08, 0.08)  #: Manning's n between houses and in grass holds what cells do not show (assumption)
_PER_INLET = 0.02  #: m³/s that one inlet is built for (assumption); an area of 0.25 m² and a rim of 1.5 m
_CLEAR = 3.0  #: m of a river below the ground at which drains run freely (assumption)
_FALL = 0.001  #: slope with which water leaves the raster where there is no river (assumption)
_BELOW = 3.0  #: m of the river's bed below its bank (assumption)
_TALL = 7  #: storeys from which houses have a garage (assumption)
_ROOM, _WIDTH, _SILL = 2.6, 6.0, 0.15  #: m of a garage: height, width of its mouth, kerb before it (assumption)
BARRIER = 0.6  #: m of a barrier at the mouth of a garage


if TYPE_CHECKING:
    from models.hazards.flood import Flood


@dataclass
class Places:
    """Where the city's basin touches the city."""

    basin: Basin
    ways: Courses  #: of links
    underpasses: list[Underpass]
    garage_of: NDArray[np.int64]  #: [garages] building
    building_cell: NDArray[np.int64]  #: [buildings] -1 off the raster
    about_ground: Text | None  #: what a user should know of it


def build(city: City, wish: Flood, rain: Rain, stream: Stream) -> Places:
    """Return the basin of a city, dry, before the `rain`, with whose beginning the river's series begins."""
    start = float(rain.edges[0])
    terrain, ways, underpasses, about = _terrain(city, wish, stream)
    z, raster = terrain.z, terrain.raster
    cell = raster.cell_of(city.buildings.x, city.buildings.y).astype(np.int64)
    kind = _kinds(city, terrain, ways)
    side, river = _river(z, wish, start)
    basin = Basin(
        terrain, np.array(_ROUGHNESS)[kind].reshape(z.shape), _GROUND, kind.astype(np.uint8),
        edges={edge: _FALL for edge in EDGES if edge != side}, rain=rain, stages=river,
        inlets=_inlets(wish, terrain, ways, underpasses), pumps=_pumps(wish, underpasses), exchange_s=5.0, soak_s=300.0,
    )  # fmt: skip
    garage_of, basin.garages = _garages(city, wish, cell, z, stream)
    return Places(basin, ways, underpasses, garage_of, cell, about)


def _terrain(city: City, wish: Flood, stream: Stream) -> tuple[Terrain, Courses, list[Underpass], Text | None]:
    if wish.dem is None:
        invented = Text("The ground of this city is invented: no elevation model was given.",
                        "未提供高程模型，本城市地形为合成数据。")  # fmt: skip
        return *synthetic_terrain(city, wish.cell_m, wish.underpasses, stream), invented
    x, y = city.drive.x, city.drive.y
    bounds = (float(x.min()), float(y.min()), float(x.max()), float(y.max()))
    read, about = _given(Path(wish.dem), bounds, city.crs, wish.cell_m)
    terrain = Terrain(read.z.copy(), read.raster, read.crs)
    ways = courses(city.drive.shapes, terrain.raster)
    underpasses = find_underpasses(city, ways, wish.underpasses, stream)
    carve(terrain.z, ways, underpasses, terrain.raster.size)
    return terrain, ways, underpasses, about


def _given(file: Path, bounds: Bounds, crs: str, size: float) -> tuple[Terrain, Text | None]:
    held = read_elevations(file)
    try:
        return held.over(bounds, crs, size)
    except InputError as error:
        raise InputError(en=error.text.en, zh=error.text.zh, file=file.name) from error


def _kinds(city: City, terrain: Terrain, ways: Courses) -> NDArray[np.int64]:
    """Return what each cell is: a street, built, or green (where no house is within a cell or its own size)."""
    raster, places = terrain.raster, city.buildings
    kind = np.full(len(raster), GREEN)
    reach = np.sqrt(places.footprint / np.pi) + raster.size
    for dx in (-1.0, -0.5, 0.0, 0.5, 1.0):
        for dy in (-1.0, -0.5, 0.0, 0.5, 1.0):
            cell = raster.cell_of(places.x + dx * reach, places.y + dy * reach)
            kind[cell[cell >= 0]] = BUILT
    kind[ways.cell] = STREET
    return kind


def _river(z: NDArray[np.float64], wish: Flood, start: float) -> tuple[str, list[Stage]]:
    """Return the river along the lowest edge of the raster, with its bed dug, and the edge; water leaves by the others."""
    course = wish.river()
    if course is None:
        return "", []
    numbers = np.arange(z.size).reshape(z.shape)
    edges = dict(zip(EDGES, (numbers[:, 0], numbers[:, -1], numbers[0], numbers[-1]), strict=True))
    side = min(edges, key=lambda edge: float(z.ravel()[edges[edge]].mean()))
    bed = edges[side].astype(np.int64)
    z.ravel()[bed] = z.ravel()[bed].min() - _BELOW
    times, levels = course
    return side, [Stage(bed, start + times, np.maximum(levels, float(z.min())))]


def _inlets(wish: Flood, terrain: Terrain, ways: Courses, underpasses: list[Underpass]) -> Inlets:
    """Return inlets in all street cells: together they carry the design rain of the whole raster."""
    cell = np.setdiff1d(np.unique(ways.cell), [one.cell for one in underpasses])
    area = len(terrain.raster) * terrain.raster.size**2
    capacity = np.full(len(cell), wish.drain_mm_per_h * MM_PER_H * area / max(1, len(cell)))
    count = np.maximum(1.0, capacity / _PER_INLET)
    free = 1.0
    river = wish.river()
    if river is not None:  # at its highest it holds the drains back
        free = float(np.sqrt(np.clip((float(np.median(terrain.z)) - river[1].max()) / _CLEAR, 0.0, 1.0)))
    return Inlets(cell, capacity, 1.5 * count, 0.25 * count, np.full(len(cell), (1.0 - wish.blocked) * free))


def _pumps(wish: Flood, underpasses: list[Underpass]) -> Pumps:
    """Return the stations of the underpasses, and after them the crews' pumps, which still stand idle."""
    cell = np.array([one.cell for one in underpasses] * 2, dtype=np.int64)
    rate = np.zeros(len(cell))
    rate[: len(underpasses)] = wish.pump_m3_per_h / 3600.0
    return Pumps(cell, np.full(len(cell), -1), rate)


def _garages(
    city: City, wish: Flood, cell: NDArray[np.int64], z: NDArray[np.float64], stream: Stream
) -> tuple[NDArray[np.int64], Garages]:
    """Return the buildings with a garage, by luck among tall ones, and their garages; some have a barrier in place."""
    places = city.buildings
    tall = np.flatnonzero((places.levels >= _TALL) & (cell >= 0))
    draws = stream.uniforms("flood.garage", places.osm_id[tall])
    chosen = np.sort(tall[np.argsort(draws)][: wish.garages]).astype(np.int64)
    mouth = np.array([_lowest_beside(z, int(one)) for one in cell[chosen]], dtype=np.int64)
    guarded = stream.uniforms("flood.barrier", places.osm_id[chosen]) < wish.barriers
    room = np.asarray(_ROOM * np.maximum(places.footprint[chosen], 100.0))
    sill = np.where(guarded, _SILL + BARRIER, _SILL)
    return chosen, Garages(mouth, sill, np.full(len(chosen), _WIDTH), room)


def _lowest_beside(z: NDArray[np.float64], cell: int) -> int:
    row, column = divmod(cell, z.shape[1])
    near = [
        (float(z[r, c]), r * z.shape[1] + c)
        for r in range(max(0, row - 1), min(z.shape[0], row + 2))
        for c in range(max(0, column - 1), min(z.shape[1], column + 2))
    ]
    return min(near)[1]
