"""The unchanging place: streets, buildings, facilities and the governance tree, as arrays.

All coordinates are metres in the projected system `City.crs`; lon/lat only at the edges.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.text import Text

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bytes = NDArray[np.int8]
Bools = NDArray[np.bool_]

ROAD_CLASSES: tuple[str, ...] = (
    "motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential",
    "living_street", "service", "link", "footway", "cycleway", "path", "steps",
)  # fmt: skip
BUILDING_USES: tuple[str, ...] = (
    "residential", "office", "commercial", "school", "hospital", "industrial", "public", "other",
)  # fmt: skip
FACILITY_TITLES = {
    "fire_station": Text("Fire station", "消防站"), "hospital": Text("Hospital", "医院"),
    "ambulance_point": Text("Ambulance point", "急救站点"), "police": Text("Police", "派出所"),
    "aed": Text("AED", "自动体外除颤器"), "school": Text("School", "学校"), "metro": Text("Metro station", "地铁站"),
    "shelter": Text("Shelter", "应急避难场所"), "lift_depot": Text("Lift depot", "电梯救援站"),
    "community_office": Text("Community office", "社区服务中心"),
}  # fmt: skip
FACILITY_KINDS: tuple[str, ...] = tuple(FACILITY_TITLES)
AREA_TITLES = {
    "city": Text("City", "市"), "district": Text("Districts", "区"), "street": Text("Streets", "街道"),
    "community": Text("Communities", "社区"), "grid": Text("Grids", "网格"),
}  # fmt: skip
AREA_LEVELS: tuple[str, ...] = tuple(AREA_TITLES)


@dataclass(frozen=True)
class Polylines:
    """Many lines in one array: line `i` is `xy[first[i]:first[i + 1]]`.

    first : int32 [lines + 1];  xy : float64 [points, 2], metres.
    """

    first: Ints
    xy: Floats

    def __len__(self) -> int:
        return len(self.first) - 1

    def __getitem__(self, line: int) -> Floats:
        return self.xy[self.first[line] : self.first[line + 1]]


@dataclass(frozen=True)
class Streets:
    """A directed street graph in compressed sparse rows; nodes in Hilbert order.

    The edges that leave node `v` are `first_out[v]:first_out[v + 1]`. Strongly connected, no
    parallel edges (the shortest is kept), no loops, every length at least 1e-3 m. The two directed edges of a
    two-way street share one link, whose polyline runs from the tail of its forward edge.
    """

    x: Floats  #: [nodes] m
    y: Floats  #: [nodes] m
    osm_id: Longs  #: [nodes] OSM node id; unique
    first_out: Ints  #: [nodes + 1]
    head: Ints  #: [edges] node that the edge enters
    length: Floats  #: [edges] m
    road_class: Bytes  #: [edges] index into ROAD_CLASSES
    link: Ints  #: [edges] index into shapes
    forward: Bools  #: [edges] whether the edge runs along its link's polyline
    shapes: Polylines  #: [links]
    link_name: Ints  #: [links] index into names
    link_bridge: Bools  #: [links]
    names: tuple[str, ...]  #: names[0] is ""

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return len(self.x)

    @property
    def edges(self) -> int:
        """Number of directed edges."""
        return len(self.head)

    def tails(self) -> Ints:
        """Return the node that each edge leaves, int32 [edges]."""
        return np.repeat(np.arange(self.nodes, dtype=np.int32), np.diff(self.first_out))


@dataclass(frozen=True)
class Buildings:
    """Buildings with floor area and use; `grid` is an index into `Areas`."""

    osm_id: Longs  #: [buildings] unique; the key of every draw about the building
    x: Floats  #: [buildings] m, centroid
    y: Floats  #: [buildings] m
    footprint: Floats  #: [buildings] m²
    levels: NDArray[np.int16]  #: [buildings] storeys
    levels_known: Bools  #: [buildings] whether the source tells the storeys (else imputed)
    floor_area: Floats  #: [buildings] m², footprint × levels
    use: Bytes  #: [buildings] index into BUILDING_USES
    drive_node: Ints  #: [buildings] nearest node of the drive network
    walk_node: Ints  #: [buildings] nearest node of the walk network
    grid: Ints  #: [buildings] area of level "grid"
    outlines: Polylines  #: [buildings] closed outer rings

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True)
class Facilities:
    """Places that serve: stations, hospitals, AEDs, shelters."""

    kind: Bytes  #: [facilities] index into FACILITY_KINDS
    osm_id: Longs  #: [facilities] unique within a kind; negative where placed or given by overlay
    x: Floats  #: [facilities] m
    y: Floats  #: [facilities] m
    drive_node: Ints  #: [facilities]
    walk_node: Ints  #: [facilities]
    grid: Ints  #: [facilities] area of level "grid"
    synthetic: Bools  #: [facilities] placed by rule, not known to exist
    name: tuple[str, ...]  #: [facilities]

    def __len__(self) -> int:
        return len(self.x)

    def of_kind(self, kind: str) -> Ints:
        """Return the indices of the facilities of `kind`, int32."""
        return np.flatnonzero(self.kind == FACILITY_KINDS.index(kind)).astype(np.int32)


@dataclass(frozen=True)
class Areas:
    """The governance tree city → district → street → community → grid; area 0 is the city.

    Parents come before their children.
    """

    level: Bytes  #: [areas] index into AREA_LEVELS
    parent: Ints  #: [areas] area index; -1 for the city
    name: tuple[str, ...]  #: [areas]
    households: Floats  #: [areas] expected households
    synthetic: Bools  #: [areas] made by partition, not from a boundary file
    grid_of_drive_node: Ints  #: [drive nodes] area of level "grid"
    grid_of_walk_node: Ints  #: [walk nodes] area of level "grid"
    outlines: Polylines  #: [areas] outer rings for the map

    def __len__(self) -> int:
        return len(self.level)

    def of_level(self, level: str) -> Ints:
        """Return the indices of the areas of `level`, int32."""
        return np.flatnonzero(self.level == AREA_LEVELS.index(level)).astype(np.int32)

    def ancestor(self, level: str) -> Ints:
        """Return for every area its ancestor-or-self of `level`, int32 [areas]; -1 above it."""
        wanted = AREA_LEVELS.index(level)
        result = np.full(len(self), -1, dtype=np.int32)
        for area in range(len(self)):
            if self.level[area] == wanted:
                result[area] = area
            elif self.level[area] > wanted:
                result[area] = result[self.parent[area]]
        return result


@dataclass(frozen=True)
class Dropped:
    """One line of the build report: how many of what were left out or changed, and why."""

    what: str
    count: int
    reason_en: str
    reason_zh: str


@dataclass(frozen=True)
class City:
    """A city, built once, cached on disk and addressed by its hash."""

    name: str
    synthetic: bool  #: generated, or any layer of it invented: shown wherever the city appears
    crs: str  #: projected system, "EPSG:…", metres
    residents: int  #: the total that the governance tree was balanced for
    source: dict[str, str]  #: provenance: file name, sha256, reader, date, attribution
    drive: Streets
    walk: Streets
    buildings: Buildings
    facilities: Facilities
    areas: Areas
    dropped: tuple[Dropped, ...] = field(default=())
    hash: str = ""  #: hex digest of everything above

    def lonlat(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return longitude and latitude in degrees (WGS-84) of points in metres."""
        from pyproj import Transformer

        lon, lat = Transformer.from_crs(self.crs, "EPSG:4326", always_xy=True).transform(x, y)
        return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
