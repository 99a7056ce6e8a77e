"""Buildings: footprint, storeys, floor area, use; and infill along the streets where a map has too few."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.city.model import BUILDING_USES, Buildings, Dropped, Streets
from sim.city.osm_file import RawMap, RawWay
from sim.city.streets import Project, polylines

_USE = {name: number for number, name in enumerate(BUILDING_USES)}
_USE_OF_TAG = {
    "apartments": "residential", "residential": "residential", "house": "residential",
    "dormitory": "residential", "detached": "residential", "terrace": "residential",
    "office": "office", "commercial": "commercial", "retail": "commercial", "hotel": "commercial",
    "supermarket": "commercial", "school": "school", "university": "school", "college": "school",
    "kindergarten": "school", "hospital": "hospital", "clinic": "hospital", "industrial": "industrial",
    "warehouse": "industrial", "factory": "industrial", "public": "public", "government": "public",
    "civic": "public", "train_station": "public", "temple": "public", "museum": "public",
    "fire_station": "public", "garage": "other", "roof": "other", "shed": "other", "hut": "other",
}  # fmt: skip
#: Storeys where the map tells none, by use: the two values are for footprints below and above 300 m².
_IMPUTED = {"residential": (3, 6), "office": (6, 12), "commercial": (3, 5), "hospital": (6, 10)}
MIN_FOOTPRINT = 15.0
#: Gross floor area a resident with services, m²; below it a map has too few buildings (assumption).
FLOOR_PER_RESIDENT = 40.0
_INFILL_LEVELS, _INFILL_SIDE, _INFILL_SETBACK = 6, 18.0, 16.0


@dataclass
class _Draft:
    """Buildings before they know their streets and grids."""

    osm_id: list[int]
    ring: list[NDArray[np.float64]]
    levels: list[int]
    known: list[bool]
    use: list[int]


def ring_area(ring: NDArray[np.float64]) -> float:
    """Return the area of a closed ring, m²."""
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return float(abs(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2.0)


def building_use(tags: dict[str, str]) -> str:
    """Return the use of a building; a bare `building=yes` counts as residential."""
    amenity = tags.get("amenity", "")
    if amenity in _USE_OF_TAG:
        return _USE_OF_TAG[amenity]
    if "office" in tags:
        return "office"
    if "shop" in tags:
        return "commercial"
    return _USE_OF_TAG.get(tags.get("building", "yes"), "residential")


def build_buildings(
    raw: RawMap, drive: Streets, walk: Streets, residents: int | None, project: Project
) -> tuple[Buildings, int, list[Dropped]]:
    """Return the buildings, the residents they are built for, and the report.

    `residents` None means: as many as the residential floor area houses. Where the map's buildings do
    not house a tenth of the residents, buildings are put along the streets; their ids are negative.
    """
    draft, small = _from_map(raw.buildings, project)
    report = [Dropped("buildings", small, f"footprint below {MIN_FOOTPRINT:g} m²",
                      f"基底面积小于 {MIN_FOOTPRINT:g} m²")]  # fmt: skip
    housed = _housed(draft)
    if residents is None:
        residents = housed if housed >= 1000 else round(120 * walk.length[walk.forward].sum() / 1000)
    if housed < 0.1 * residents:
        added = _infill(draft, walk, residents)
        report.append(Dropped("buildings.added", added, "synthetic: the map has too few buildings",
                              "合成：地图建筑过少"))  # fmt: skip
    return _finished(draft, drive, walk), int(residents), report


def _from_map(ways: list[RawWay], project: Project) -> tuple[_Draft, int]:
    draft, small = _Draft([], [], [], [], []), 0
    for way in ways:
        ring = project(way.lonlat)
        if not np.array_equal(ring[0], ring[-1]):
            ring = np.vstack([ring, ring[:1]])
        area = ring_area(ring)
        if area < MIN_FOOTPRINT:
            small += 1
            continue
        use = building_use(way.tags)
        levels, known = _levels(way.tags, use, area)
        draft.osm_id.append(way.id)
        draft.ring.append(ring)
        draft.levels.append(levels)
        draft.known.append(known)
        draft.use.append(_USE[use])
    return draft, small


def _levels(tags: dict[str, str], use: str, area: float) -> tuple[int, bool]:
    try:
        levels = int(float(tags.get("building:levels", "")))
    except (ValueError, OverflowError):
        levels = 0
    if 1 <= levels <= 200:
        return levels, True
    low, high = _IMPUTED.get(use, (2, 3))
    return (high if area > 300 else low), False


def _housed(draft: _Draft) -> int:
    home = _USE["residential"]
    floor = sum(ring_area(ring) * levels for ring, levels, use in
                zip(draft.ring, draft.levels, draft.use, strict=True) if use == home)  # fmt: skip
    return int(floor / FLOOR_PER_RESIDENT)


def _infill(draft: _Draft, walk: Streets, residents: int) -> int:
    """Put slabs of six storeys on both sides of the links, evenly, four homes to one workplace."""
    links = len(walk.shapes)
    a, b = walk.shapes.xy[walk.shapes.first[:-1]], walk.shapes.xy[walk.shapes.first[1:] - 1]
    length = np.hypot(*(b - a).T)
    floor = _INFILL_LEVELS * _INFILL_SIDE**2
    wanted = int(np.ceil(1.25 * residents * FLOOR_PER_RESIDENT / floor))
    share = np.cumsum(length) / length.sum()
    at = (np.arange(wanted) + 0.5) / wanted
    link = np.minimum(np.searchsorted(share, at), links - 1)
    along = np.clip(1.0 - (share[link] - at) * length.sum() / np.maximum(length[link], 1.0), 0.1, 0.9)
    direction = (b - a)[link] / np.maximum(length[link], 1e-9)[:, None]
    side = np.where(np.arange(wanted) % 2 == 0, 1.0, -1.0)[:, None]
    normal = np.column_stack([-direction[:, 1], direction[:, 0]]) * side
    centre = a[link] + (b - a)[link] * along[:, None] + normal * _INFILL_SETBACK
    half = _INFILL_SIDE / 2
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) * half
    for i in range(wanted):
        turned = corners @ np.array([direction[i], [-direction[i, 1], direction[i, 0]]])
        draft.osm_id.append(-(i + 1))
        draft.ring.append(centre[i] + turned)
        draft.levels.append(_INFILL_LEVELS)
        draft.known.append(False)
        draft.use.append(_USE["commercial"] if i % 10 == 3 else _USE["office"] if i % 10 == 7
                         else _USE["residential"])  # fmt: skip
    return wanted


def _finished(draft: _Draft, drive: Streets, walk: Streets) -> Buildings:
    order = np.argsort(np.array(draft.osm_id, dtype=np.int64), kind="stable")
    rings = [draft.ring[i] for i in order]
    xy = np.array([ring[:-1].mean(axis=0) for ring in rings]).reshape(-1, 2)
    footprint = np.array([ring_area(ring) for ring in rings])
    levels = np.array(draft.levels, dtype=np.int16)[order]
    return Buildings(
        osm_id=np.array(draft.osm_id, dtype=np.int64)[order],
        x=xy[:, 0].copy(),
        y=xy[:, 1].copy(),
        footprint=footprint,
        levels=levels,
        levels_known=np.array(draft.known, dtype=np.bool_)[order],
        floor_area=footprint * levels,
        use=np.array(draft.use, dtype=np.int8)[order],
        drive_node=nearest_nodes(drive, xy),
        walk_node=nearest_nodes(walk, xy),
        grid=np.zeros(len(rings), dtype=np.int32),
        outlines=polylines(rings),
    )


def nearest_nodes(streets: Streets, xy: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return the node of `streets` nearest to each point, int32 [points]."""
    from scipy.spatial import cKDTree

    if not len(xy):
        return np.empty(0, dtype=np.int32)
    _, node = cKDTree(np.column_stack([streets.x, streets.y])).query(xy)
    return np.asarray(node, dtype=np.int32)
