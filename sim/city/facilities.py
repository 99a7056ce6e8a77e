"""Facilities: from the map's tags, from a user's own files, and placed by rule where there are too few."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.city.boundaries import read_features
from sim.city.buildings import nearest_nodes
from sim.city.model import FACILITY_KINDS, Areas, Buildings, Dropped, Facilities, Streets
from sim.city.osm_file import RawMap
from sim.city.streets import Project
from sim.errors import InputError, NotFoundError

#: At least so many of each kind a 100,000 residents; where the map has fewer, they are placed and marked.
#: Fire stations about 120 and ambulance points 93 for 9.5 M (domain B8; a district needs a denser net),
#: 2,000 AEDs in 2021 (21 a 100,000), 1,158 shelters; the rest are assumptions.
LEAST_PER_100K = {
    "fire_station": 1.6, "hospital": 2.0, "ambulance_point": 1.6, "police": 1.4, "aed": 21.0,
    "shelter": 12.0, "lift_depot": 3.2,
}  # fmt: skip
_NEAR_DUPLICATE = 80.0


@dataclass
class Site:
    """A facility before it knows its streets."""

    kind: str
    osm_id: int
    x: float
    y: float
    synthetic: bool
    name: str


def kind_of(tags: dict[str, str]) -> str | None:
    """Return the facility kind that a map object's tags tell, or None."""
    if tags.get("emergency") == "defibrillator":
        return "aed"
    if tags.get("emergency") == "ambulance_station":
        return "ambulance_point"
    if tags.get("emergency") == "assembly_point" or tags.get("amenity") == "shelter":
        return "shelter"
    amenity = tags.get("amenity")
    if amenity in {"fire_station", "hospital", "police", "school"}:
        return amenity
    rail = tags.get("railway") == "station"
    if rail and (tags.get("station") == "subway" or tags.get("subway") == "yes"):
        return "metro"
    return None


def build_facilities(sites: list[Site], drive: Streets, walk: Streets, areas: Areas) -> Facilities:
    """Turn sites into facilities on the streets and in the grids."""
    sites = sorted(sites, key=lambda site: (FACILITY_KINDS.index(site.kind), site.osm_id))
    xy = np.array([[site.x, site.y] for site in sites]).reshape(-1, 2)
    walk_node = nearest_nodes(walk, xy)
    return Facilities(
        kind=np.array([FACILITY_KINDS.index(site.kind) for site in sites], dtype=np.int8),
        osm_id=np.array([site.osm_id for site in sites], dtype=np.int64),
        x=xy[:, 0].copy(),
        y=xy[:, 1].copy(),
        drive_node=nearest_nodes(drive, xy),
        walk_node=walk_node,
        grid=areas.grid_of_walk_node[walk_node],
        synthetic=np.array([site.synthetic for site in sites], dtype=np.bool_),
        name=tuple(site.name for site in sites),
    )


def sites_on_map(raw: RawMap, project: Project) -> tuple[list[Site], list[Dropped]]:
    """Return the map's facilities, each once: an object within 80 m of one of its kind is the same."""
    found: list[Site] = []
    doubles = 0
    for place in sorted(raw.places, key=lambda place: place.id):
        kind = kind_of(place.tags)
        if kind is None:
            continue
        x, y = project(np.array([[place.lon, place.lat]]))[0]
        near = _NEAR_DUPLICATE if kind != "aed" else 5.0
        if any(s.kind == kind and np.hypot(s.x - x, s.y - y) < near for s in found):
            doubles += 1
            continue
        found.append(Site(kind, place.id, float(x), float(y), raw.synthetic, place.tags.get("name", "")))
    return found, [Dropped("facilities", doubles, "the same facility twice", "同一设施重复")]


def sites_in_file(path: Path, project: Project) -> list[Site]:
    """Return the facilities of a user's CSV (kind, lon, lat, name) or GeoJSON file of points."""
    rows = _csv_rows(path) if path.suffix.lower() == ".csv" else _geojson_rows(path)
    sites = []
    for number, (line, kind, lon, lat, name) in enumerate(rows, start=1):
        if kind not in FACILITY_KINDS:
            there_are = ", ".join(FACILITY_KINDS)
            raise InputError(en=f"facility kind {kind!r} is unknown; there are: {there_are}",
                             zh=f"设施种类 {kind!r} 未知；可用：{there_are}", file=path, line=line)  # fmt: skip
        try:
            point = np.array([[float(str(lon)), float(str(lat))]])
        except (TypeError, ValueError) as error:
            raise _no_place(path, line) from error
        if not (abs(point[0, 0]) <= 180 and abs(point[0, 1]) <= 90):
            raise _no_place(path, line)
        x, y = project(point)[0]
        sites.append(Site(kind, -1_000_000 - number, float(x), float(y), synthetic=False, name=str(name)))
    return sites


def _no_place(path: Path, line: int | None) -> InputError:
    return InputError(en="lon and lat must be degrees", zh="lon 和 lat 必须为度数", file=path, line=line)


def _csv_rows(path: Path) -> list[tuple[int | None, str, object, object, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = set(reader.fieldnames or ())
            if not {"kind", "lon", "lat"} <= columns:
                raise InputError(en="the columns kind, lon and lat are needed",
                                 zh="需要列 kind、lon、lat", file=path, line=1)  # fmt: skip
            return [(reader.line_num, str(row["kind"]), row["lon"], row["lat"], row.get("name") or "")
                    for row in reader]  # fmt: skip
    except FileNotFoundError as error:
        raise NotFoundError(en="there is no such file", zh="文件不存在", file=path) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(en="this is not a CSV file in UTF-8", zh="不是 UTF-8 CSV 文件", file=path) from error


def _geojson_rows(path: Path) -> list[tuple[int | None, str, object, object, str]]:
    rows: list[tuple[int | None, str, object, object, str]] = []
    for number, feature in enumerate(read_features(path), start=1):
        properties = feature.get("properties") or {}
        geometry = feature.get("geometry") or {}
        coordinates = geometry.get("coordinates")
        if geometry.get("type") != "Point" or not isinstance(coordinates, list) or len(coordinates) < 2:
            raise InputError(en=f"feature {number} is no point", zh=f"第 {number} 个要素不是点", file=path)
        rows.append((None, str(properties.get("kind")), coordinates[0], coordinates[1],
                     str(properties.get("name") or "")))  # fmt: skip
    return rows


def placed_sites(have: list[Site], buildings: Buildings, areas: Areas, residents: int) -> list[Site]:
    """Return the facilities to add by rule.

    Each stands at the building that is farthest, weighted by its residents' floor area, from all of its
    kind so far (greedy k-centre, Gonzalez 1985, doi:10.1016/0304-3975(85)90224-5, with weights to the
    power of ¼). Every community has one office, at its middle building.
    """
    added: list[Site] = []
    xy = np.column_stack([buildings.x, buildings.y])
    weight = (buildings.floor_area / buildings.floor_area.max()) ** 0.25
    for kind, rate in LEAST_PER_100K.items():
        own = np.array([[s.x, s.y] for s in have if s.kind == kind]).reshape(-1, 2)
        missing = max(2, ceil(rate * residents / 100_000)) - len(own)
        for number, at in enumerate(_spread(xy, weight, own, missing), start=1):
            x, y = xy[at].tolist()
            added.append(Site(kind, -number, x, y, synthetic=True, name=""))
    return added + _community_offices(buildings, areas)


def _spread(xy: NDArray[np.float64], weight: NDArray[np.float64], own: NDArray[np.float64], count: int) -> list[int]:
    distance = np.full(len(xy), 1e9)
    for point in own:
        distance = np.minimum(distance, np.hypot(*(xy - point).T))
    chosen: list[int] = []
    if count > 0 and not len(own):
        middle = np.average(xy, axis=0, weights=weight)
        chosen.append(int(np.hypot(*(xy - middle).T).argmin()))
        distance = np.hypot(*(xy - xy[chosen[0]]).T)
    while len(chosen) < count:
        chosen.append(int((distance * weight).argmax()))
        distance = np.minimum(distance, np.hypot(*(xy - xy[chosen[-1]]).T))
    return chosen


def _community_offices(buildings: Buildings, areas: Areas) -> list[Site]:
    community = areas.ancestor("community")[buildings.grid]
    sites = []
    for number, area in enumerate(np.unique(community).tolist(), start=1):
        members = np.flatnonzero(community == area)
        xy = np.column_stack([buildings.x[members], buildings.y[members]])
        at = members[int(np.hypot(*(xy - np.median(xy, axis=0)).T).argmin())]
        sites.append(Site("community_office", -number, float(buildings.x[at]),
                          float(buildings.y[at]), True, areas.name[area]))  # fmt: skip
    return sites
