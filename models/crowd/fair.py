"""A fair in the streets of a city: its inner streets and sights, and the visitors with their plans."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from models.crowd.crowd import Walkers
from models.crowd.people import residents_speeds
from models.crowd.streets import Paths, Wish, lay_out, one_way_scheme, within
from models.population import Population
from sim.city.model import City, Streets
from sim.errors import InputError
from sim.streams import Stream

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

DECISIONS = ("crowd.visits", "crowd.comes", "crowd.metro", "crowd.sight", "crowd.look", "crowd.group", "crowd.speed")
SIGHTS = 5
STOPS = 3  #: sights that a visitor sees (assumption)
_WAYS = 12  #: streets by which most people come
_WALKS = 1500.0  #: m from which people come on foot at most where the metro runs (assumption)
_AROUND = 500.0  #: m about the fair in which people are followed


@dataclass(frozen=True)
class Site:
    """Where and how a fair is held."""

    x: float  #: m
    y: float  #: m
    reach: float  #: m about the middle within which streets are the fair's
    gate: float = float("inf")  #: persons a second and metre at the gates
    lane: float = float("inf")  #: m that people use of the fair's streets at most
    one_way: bool = False
    metro: bool = True  #: whether trains stop at the stations around
    metro_rate: float = 6.0  #: persons a second that leave a station
    packed: float = 8.0  #: persons a m² up to which people press on


@dataclass(frozen=True)
class Fair:
    """A fair as a ground; goals are its sights, then the ways by which people come and go."""

    paths: Paths
    inner: NDArray[np.bool_]  #: [links of the walk network]
    sights: Ints  #: pieces
    doors: Ints  #: nodes at which people come and go
    stations: NDArray[np.bool_]  #: [doors] whether it is a metro station
    x: float
    y: float

    @property
    def goals(self) -> Ints:
        """Pieces to which plans lead."""
        return np.concatenate([self.sights, [self.paths.places[node] for node in self.doors.tolist()]]).astype(np.int32)

    def inner_pieces(self) -> NDArray[np.bool_]:
        """Return whether each piece lies on an inner street."""
        link = self.paths.link
        return np.asarray((link >= 0) & self.inner[np.maximum(link, 0)])


def set_up(city: City, site: Site) -> Fair:
    """Return the fair at a site; raise an `InputError` where there are no streets for one."""
    walk = city.walk
    nodes = within(walk, site.x, site.y, site.reach + _AROUND)
    core = within(walk, site.x, site.y, site.reach)
    tails = walk.tails()
    inner = np.zeros(len(walk.shapes), dtype=np.bool_)
    inner[walk.link[core[tails] & core[walk.head]]] = True
    if inner.sum() < 3:
        raise InputError(
            en=f"within {site.reach:g} m there are no streets for a fair", zh=f"{site.reach:g} 米内没有可举办活动的街道"
        )
    doors, stations = _doors(city, nodes, core, site)
    rates = {node: site.metro_rate if station else np.inf
             for node, station in zip(doors.tolist(), stations.tolist(), strict=True)}  # fmt: skip
    scheme = one_way_scheme(walk, inner, site.x, site.y) if site.one_way else {}
    wish = Wish(
        nodes, inner, dict.fromkeys(rates, np.inf), rates, scheme, gate=site.gate, lane=site.lane, packed=site.packed
    )
    paths = lay_out(walk, wish)
    return Fair(paths, inner, _sights(paths, inner, site), doors, stations, site.x, site.y)


def _doors(city: City, nodes: NDArray[np.bool_], core: NDArray[np.bool_], site: Site) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the nodes at which people come and go: stations, and the edge of what is followed."""
    walk, facilities = city.walk, city.facilities
    tails = walk.tails()
    edge: NDArray[np.int64] = np.unique(tails[nodes[tails] & ~nodes[walk.head]]).astype(np.int64)
    edge = edge[~core[edge]]
    if not len(edge):  # the whole network is near: people come from the nodes that are farthest away
        inside = np.flatnonzero(nodes & ~core) if (nodes & ~core).any() else np.flatnonzero(nodes)
        edge = inside[np.argsort(-np.hypot(walk.x[inside] - site.x, walk.y[inside] - site.y), kind="stable")[:_WAYS]]
    widest = np.array([walk.road_class[walk.first_out[v] : walk.first_out[v + 1]].min() for v in edge])
    edge = np.sort(edge[np.argsort(widest, kind="stable")[:_WAYS]])
    metro = np.unique(facilities.walk_node[facilities.of_kind("metro")]) if site.metro else np.empty(0, dtype=np.int32)
    metro = np.setdiff1d(metro[nodes[metro]], edge)
    return np.concatenate([edge, metro]).astype(np.int32), np.repeat([False, True], [len(edge), len(metro)])


def _sights(paths: Paths, inner: NDArray[np.bool_], site: Site) -> Ints:
    """Return the piece nearest to the middle, and others as far from each other as can be, on streets as wide."""
    cells = paths.ground.cells
    fits = (paths.link >= 0) & inner[np.maximum(paths.link, 0)]
    wide = fits & (cells.width >= np.median(cells.width[fits]))
    choice = np.flatnonzero(wide)
    away = np.hypot(paths.x[choice] - site.x, paths.y[choice] - site.y)
    found = [int(choice[np.argmin(away)])]
    while len(found) < min(SIGHTS, len(choice)):
        gap = np.min([np.hypot(paths.x[choice] - paths.x[s], paths.y[choice] - paths.y[s]) for s in found], axis=0)
        found.append(int(choice[np.argmax(gap)]))
    return np.array(found, dtype=np.int32)


@dataclass(frozen=True)
class Coming:
    """How many come, when, and how long they look; hours count from midnight of the first day."""

    share: float  #: of the residents
    opens: float  #: h
    peak: float  #: h
    spread: float  #: h, standard deviation
    closes: float  #: h
    look: float  #: s at a sight, median
    metro_share: float  #: of those from afar


def visitors(city: City, people: Population, fair: Fair, coming: Coming, stream: Stream) -> Walkers:
    """Return who comes: each by the door towards their home, or by metro, to the main sight and two more, and back."""
    comes = np.flatnonzero(stream.uniforms("crowd.visits", people.key) < coming.share)
    key, home = people.key[comes], people.home[comes]
    hour = coming.peak + coming.spread * ndtri(stream.uniforms("crowd.comes", key))
    start = 3600.0 * np.clip(hour, coming.opens, coming.closes)
    door = _door_of(city, fair, coming, stream, (key, home))
    plan = np.full((len(key), STOPS + 1), -1, dtype=np.int32)
    n = len(fair.sights)
    others = stream.uniforms("crowd.sight", key, 0)
    first = (others * max(n - 1, 1)).astype(np.int32)
    plan[:, 0] = np.where(stream.uniforms("crowd.sight", key, 1) < 0.5, 0, 1 + first) % n
    plan[:, 1] = np.where(plan[:, 0] == 0, 1 + first, 0) % n
    plan[:, 2] = (1 + (first + 1) % max(n - 1, 1)) % n
    plan[:, STOPS] = n + door
    stay = np.full(plan.shape, np.inf)
    for stop in range(STOPS):
        stay[:, stop] = stream.lognormals(coming.look, 0.5, "crowd.look", key, stop)
    ways = np.array([fair.paths.ways_in[node] for node in fair.doors.tolist()], dtype=np.int32)
    speed = residents_speeds(
        people.age_group[comes], stream.uniforms("crowd.group", key), stream.uniforms("crowd.speed", key)
    )
    return Walkers(key, start, speed, plan, stay, entry=ways[door])


def _door_of(
    city: City, fair: Fair, coming: Coming, stream: Stream, who: tuple[NDArray[np.uint64], Ints]
) -> NDArray[np.int64]:
    """Return the door by which each comes: one towards their home on foot, a station's where they live far away."""
    key, home = who
    x, y = city.buildings.x[home], city.buildings.y[home]
    dx, dy = city.walk.x[fair.doors], city.walk.y[fair.doors]
    on_foot = np.flatnonzero(~fair.stations)
    door = on_foot[np.argmin([np.hypot(x - dx[d], y - dy[d]) for d in on_foot], axis=0)]
    rides = np.hypot(x - fair.x, y - fair.y) > _WALKS
    rides &= stream.uniforms("crowd.metro", key) < coming.metro_share
    stations = np.flatnonzero(fair.stations)
    if not len(stations):
        return np.asarray(door)
    nearest = stations[np.argmin([np.hypot(x - dx[d], y - dy[d]) for d in stations], axis=0)]
    return np.asarray(np.where(rides, nearest, door))


def along(streets: Streets, x: Floats, y: Floats, near: float = 12.0) -> tuple[Ints, NDArray[np.int64]]:
    """Return which streets lead past points: an edge and a point for each within `near` m."""
    from scipy.spatial import cKDTree

    points, links = _marks(streets)
    by_link: dict[int, list[int]] = {}
    for edge, link in enumerate(streets.link.tolist()):
        by_link.setdefault(link, []).append(edge)
    gap, found = cKDTree(points).query(np.column_stack([x, y]))
    nearest = np.asarray(found, dtype=np.int64)
    pairs = [
        (edge, point) for point in np.flatnonzero(gap <= near).tolist() for edge in by_link[int(links[nearest[point]])]
    ]
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return table[:, 0].astype(np.int32), table[:, 1]


def _marks(streets: Streets, each: float = 10.0) -> tuple[Floats, Ints]:
    """Return points along every link, each some metres, and their links."""
    points, links = [], []
    for link in np.unique(streets.link).tolist():
        shape = streets.shapes[link]
        steps = np.hypot(*np.diff(shape, axis=0).T)
        far = np.concatenate([[0.0], np.cumsum(steps)])
        at = np.linspace(0.0, far[-1], max(2, int(far[-1] / each) + 1))
        points.append(np.column_stack([np.interp(at, far, shape[:, 0]), np.interp(at, far, shape[:, 1])]))
        links.append(np.full(len(at), link, dtype=np.int32))
    return np.concatenate(points), np.concatenate(links)
