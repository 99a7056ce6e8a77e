"""From a street map to a city: read, project, connect, house, govern, equip, store."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b, sha256
from pathlib import Path
from shutil import rmtree

import numpy as np
from numpy.typing import NDArray

from sim.city import store
from sim.city.areas import build_areas
from sim.city.buildings import build_buildings
from sim.city.facilities import Site, build_facilities, placed_sites, sites_in_file, sites_on_map
from sim.city.model import BUILDING_USES, Buildings, City, Dropped, Facilities, Streets
from sim.city.osm_file import RawMap, read_osm
from sim.city.streets import Project, build_streets
from sim.errors import DamagedError, InputError, NotFoundError

#: Raised whenever the same file would give another city.
BUILD_VERSION = 1
ATTRIBUTION = "© OpenStreetMap contributors, ODbL 1.0"
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class CitySource:
    """What a city is built from.

    `residents` None means: as many as the residential floor area houses. `gcj02` says that the overlay
    and boundary files are in GCJ-02, as Chinese map services give them.
    """

    file: Path
    name: str
    residents: int | None = None
    overlays: tuple[Path, ...] = ()
    boundaries: Path | None = None
    gcj02: bool = False


def source_hash(source: CitySource) -> str:
    """Return the hash of what determines the city: files, options and the version of the builder."""
    digest = blake2b(digest_size=16)
    options = [BUILD_VERSION, source.name, source.residents, source.gcj02, source.file.name]
    digest.update(json.dumps(options).encode())
    for path in (source.file, *source.overlays, *([source.boundaries] if source.boundaries else [])):
        if not path.is_file():
            raise NotFoundError(en="there is no such file", zh="文件不存在", file=path)
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
        digest.update(b"\0")
    return digest.hexdigest()


def build_city(source: CitySource, cache: Path, progress: Progress | None = None) -> City:
    """Return the city built from `source`, from the cache where it was built before.

    A stored city that is damaged is built anew. `progress` hears the name of each step and the share done.
    """
    folder = cache / source_hash(source)
    if (folder / "city.json").is_file():
        with suppress(DamagedError):
            return store.load(folder)
        rmtree(folder)
    tell = progress or (lambda *_: None)
    tell("read", 0.0)
    raw = read_map(source.file)
    if not raw.highways:
        raise InputError(en="the map holds no street", zh="地图中没有街道", file=source.file)
    city = _assemble(source, raw, tell)
    store.save(city, folder)
    tell("done", 1.0)
    return city


def read_map(path: Path) -> RawMap:
    """Read a map file by its kind: `.graphml` through osmnx, everything else as OSM data."""
    if path.suffix.lower() == ".graphml":
        from sim.city.graphml import read_graphml

        return read_graphml(path)
    return read_osm(path)


def projection(raw: RawMap) -> tuple[str, Project]:
    """Return the UTM zone of the middle of the streets, and how to project lon/lat into it."""
    from pyproj import Transformer

    points = np.concatenate([way.lonlat for way in raw.highways])
    lon, lat = np.median(points, axis=0)
    zone = int((lon + 180.0) // 6.0) + 1
    crs = f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"
    transformer = Transformer.from_crs("EPSG:4326", crs, always_xy=True)

    def project(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(lonlat[:, 0], lonlat[:, 1]))

    return crs, project


def _from_gcj02(project: Project) -> Project:
    from sim.city.gcj02 import to_wgs84

    return lambda lonlat: project(np.column_stack(to_wgs84(lonlat[:, 0], lonlat[:, 1])))


def _assemble(source: CitySource, raw: RawMap, tell: Progress) -> City:
    crs, project = projection(raw)
    own = _from_gcj02(project) if source.gcj02 else project
    tell("streets", 0.2)
    drive, walk, report = _networks(raw, project, source.file)
    tell("buildings", 0.5)
    buildings, residents, more = build_buildings(raw, drive, walk, source.residents, project)
    report += more
    tell("areas", 0.7)
    boundaries = None if source.boundaries is None else (source.boundaries, own)
    areas = build_areas(drive, walk, _households(buildings, walk, residents), source.name, boundaries)
    buildings = _in_grids(buildings, areas.grid_of_walk_node)
    tell("facilities", 0.9)
    on_map, more = sites_on_map(raw, project)
    given = [site for path in source.overlays for site in sites_in_file(path, own)]
    placed = placed_sites(on_map + given, buildings, areas, residents)
    facilities = build_facilities(on_map + given + placed, drive, walk, areas)
    report += [*more, *_shifted(source, given, drive)]
    return store.with_hash(City(
        name=source.name,
        synthetic=raw.synthetic,
        crs=crs,
        residents=residents,
        source=_provenance(source),
        drive=drive,
        walk=walk,
        buildings=buildings,
        facilities=facilities,
        areas=areas,
        dropped=tuple(line for line in report if line.count),
    ))  # fmt: skip


def _networks(raw: RawMap, project: Project, file: Path) -> tuple[Streets, Streets, list[Dropped]]:
    drive, report = build_streets(raw, "drive", project)
    walk, more = build_streets(raw, "walk", project)
    drive, walk = drive or walk, walk or drive
    if drive is None or walk is None:
        raise InputError(en="the map holds no connected street", zh="地图中没有连通的街道", file=file)
    broken = Dropped("ways.cut", raw.broken_ways, "cut at the edge of the extract", "在数据边界处被截断")
    return drive, walk, [*report, *more, broken]


def _households(buildings: Buildings, walk: Streets, residents: int) -> NDArray[np.float64]:
    """Return the expected households nearest to each walk node: 2.48 persons each (census 2020)."""
    home = buildings.use == BUILDING_USES.index("residential")
    floor = np.where(home if home.any() else True, buildings.floor_area, 0.0)
    by_node = np.bincount(buildings.walk_node, weights=floor, minlength=walk.nodes)
    result: NDArray[np.float64] = by_node * (residents / 2.48 / by_node.sum())
    return result


def _in_grids(buildings: Buildings, grid_of_walk_node: NDArray[np.int32]) -> Buildings:
    from dataclasses import replace

    return replace(buildings, grid=grid_of_walk_node[buildings.walk_node])


def _shifted(source: CitySource, given: list[Site], drive: Streets) -> list[Dropped]:
    """Warn where a user's file looks shifted against the streets, as GCJ-02 data are."""
    from sim.city.gcj02 import looks_shifted

    if source.gcj02 or len(given) < 5:
        return []
    points = np.array([[site.x, site.y] for site in given])
    if not looks_shifted(points, np.column_stack([drive.x, drive.y])):
        return []
    return [Dropped("overlay.shifted", len(given), "the points look shifted: is the file in GCJ-02?",
                    "点位疑似偏移：文件是否为 GCJ-02？")]  # fmt: skip


def _provenance(source: CitySource) -> dict[str, str]:
    return {
        "file": source.file.name,
        "sha256": sha256(source.file.read_bytes()).hexdigest(),
        "attribution": ATTRIBUTION,
    }


def facility_counts(facilities: Facilities) -> dict[str, tuple[int, int]]:
    """Return, by kind, how many facilities there are and how many of them are synthetic."""
    from sim.city.model import FACILITY_KINDS

    result = {}
    for kind in FACILITY_KINDS:
        members = facilities.of_kind(kind)
        result[kind] = (len(members), int(facilities.synthetic[members].sum()))
    return result
