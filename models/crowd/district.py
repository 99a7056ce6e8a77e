"""A district that is told to leave: its people, their ways out of buildings and along streets, and their shelters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from models.crowd.buildings import House, leave
from models.crowd.crowd import Crowd, Walkers, to_goal
from models.crowd.people import residents_speeds, set_out
from models.crowd.streets import Paths, Wish, lay_out, within
from models.population import Population
from sim.city.model import City
from sim.errors import InputError
from sim.streams import Stream

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

DECISIONS = ("evacuation.leaves", "evacuation.storey", "evacuation.walk", "evacuation.group", "evacuation.speed",
             "evacuation.helpless")  # fmt: skip
_SHELTERS = 8  #: that are looked at
_STAIR_M2 = 400.0  #: m² of a storey for each stair and door of a building (assumption)
_TALLEST = 60  #: storeys that are followed one by one
ELDER = 2


@dataclass(frozen=True)
class Told:
    """What is told to leave, and where its people may go."""

    buildings: Longs
    corners: NDArray[np.bool_]  #: [nodes of the walk network] within, where no vehicles drive
    shelters: NDArray[np.integer]  #: facilities that are out of danger
    x: float  #: m, the middle
    y: float  #: m
    reach: float  #: m from the middle to the farthest building


@dataclass(frozen=True)
class District:
    """The buildings that are told to leave, and the ground from their doors to the shelters."""

    paths: Paths
    inner: NDArray[np.bool_]  #: [links of the walk network] within the district
    buildings: Longs
    shelters: Ints  #: nodes of the walk network
    rooms: Floats  #: [shelters] persons that find room; infinite where people leave the map


def around(city: City, x: float, y: float, reach: float) -> Told:
    """Return what is told to leave within `reach` m of a point; shelters are beyond."""
    walk, places, facilities = city.walk, city.buildings, city.facilities
    told = np.flatnonzero(np.hypot(places.x - x, places.y - y) <= reach)
    if not len(told):
        raise InputError(en=f"within {reach:g} m there is no building", zh=f"{reach:g} 米内没有建筑")
    kind = facilities.of_kind("shelter")
    beyond = np.hypot(facilities.x[kind] - x, facilities.y[kind] - y) > reach
    return Told(told, np.hypot(walk.x - x, walk.y - y) <= reach, kind[beyond], x, y, reach)


def ordered(city: City, leave: NDArray[np.bool_], safe: NDArray[np.bool_]) -> Told:
    """Return what is told to leave where an order names buildings; shelters are where the nearest building is `safe`.

    leave, safe : [buildings], of which at least one leaves. A corner is within where its nearest building leaves.
    """
    walk, places, facilities = city.walk, city.buildings, city.facilities
    nearest = cKDTree(np.column_stack([places.x, places.y]))
    told = np.flatnonzero(leave)
    x, y = float(places.x[told].mean()), float(places.y[told].mean())
    kind = facilities.of_kind("shelter")
    at = np.asarray(nearest.query(np.column_stack([facilities.x[kind], facilities.y[kind]]))[1], dtype=np.int64)
    near = np.asarray(nearest.query(np.column_stack([walk.x, walk.y]))[1], dtype=np.int64)
    reach = float(np.hypot(places.x[told] - x, places.y[told] - y).max())
    return Told(told, leave[near], kind[safe[at]], x, y, reach)


def set_up(city: City, told: Told, room: float) -> District:
    """Return the district of what is told to leave; a shelter has `room` for so many persons."""
    walk, places, x, y = city.walk, city.buildings, told.x, told.y
    nodes, rooms = _shelters(city, told, room)
    last = float(np.hypot(walk.x[nodes] - x, walk.y[nodes] - y).max())
    known = within(walk, x, y, max(1.5 * told.reach, last + 200.0, float(_doorsteps(city, told.buildings, x, y))))
    reached = known[nodes]
    if not reached.any():  # no shelter can be walked to: people leave over the edge of what is known
        nodes, rooms = _edge(city, known, x, y), np.full(1, np.inf)
        reached = np.ones(1, dtype=np.bool_)
    buildings = told.buildings[known[places.walk_node[told.buildings]]]
    inner = np.zeros(len(walk.shapes), dtype=np.bool_)
    inner[walk.link[told.corners[walk.tails()] & told.corners[walk.head]]] = True
    doors = np.unique(places.walk_node[buildings])
    # Room is what buildings are allotted by; whoever comes is taken in, and the run warns where it is not enough.
    rooms_of = dict.fromkeys(nodes[reached].tolist(), np.inf)
    wish = Wish(known, inner, rooms_of, dict.fromkeys(doors.tolist(), np.inf), {})
    return District(lay_out(walk, wish), inner, buildings, nodes[reached], rooms[reached])


def _doorsteps(city: City, told: Longs, x: float, y: float) -> float:
    """Return how far the farthest door of the told buildings is from the middle, m."""
    node = city.buildings.walk_node[told]
    return float(np.hypot(city.walk.x[node] - x, city.walk.y[node] - y).max()) + 1.0


def _shelters(city: City, told: Told, room: float) -> tuple[Ints, Floats]:
    """Return the nodes of the nearest shelters of those there are, and their rooms; two at one node share one."""
    facilities, kind = city.facilities, told.shelters
    far = np.hypot(facilities.x[kind] - told.x, facilities.y[kind] - told.y)
    chosen = kind[np.argsort(far, kind="stable")[:_SHELTERS]]
    if not len(chosen):
        return _edge(city, np.ones(city.walk.nodes, dtype=np.bool_), told.x, told.y), np.full(1, np.inf)
    nodes, count = np.unique(facilities.walk_node[chosen], return_counts=True)
    return nodes.astype(np.int32), np.asarray(room * count, dtype=np.float64)


def _edge(city: City, known: NDArray[np.bool_], x: float, y: float) -> Ints:
    """Return the known node that is farthest from a point."""
    walk = city.walk
    return np.array([np.argmax(np.where(known, np.hypot(walk.x - x, walk.y - y), -1.0))], dtype=np.int32)


@dataclass(frozen=True)
class Order:
    """The order to leave and how people follow it."""

    at: float  #: s
    median: float  #: s until people set out
    sigma: float
    helpless: float  #: share of those over 65 who cannot walk down alone


@dataclass(frozen=True)
class Leaving:
    """The people of the told buildings, [people]."""

    who: Longs  #: resident
    key: NDArray[np.uint64]
    building: Longs
    helpless: NDArray[np.bool_]
    out: Floats  #: s, when each steps out of the building; infinite for who waits for help
    speed: Floats


def residents_leaving(
    city: City, people: Population, at: NDArray[np.int32], district: District, order: Order, stream: Stream
) -> Leaving:
    """Return who leaves the buildings of a district, and when they step out of them by stairs and doors.

    at : int32 [residents], the building in which each is, -1 for who has been told before.
    """
    who = np.flatnonzero(np.isin(at, district.buildings))
    key, building = people.key[who], at[who].astype(np.int64)
    speed = residents_speeds(
        people.age_group[who], stream.uniforms("evacuation.group", key), stream.uniforms("evacuation.speed", key)
    )
    helpless = (people.age_group[who] == ELDER) & (stream.uniforms("evacuation.helpless", key) < order.helpless)
    start = set_out(np.clip(stream.uniforms("evacuation.leaves", key), 1e-9, 1 - 1e-9), order.median, order.sigma)
    storeys = np.minimum(city.buildings.levels[building], _TALLEST).astype(np.int64)
    storey = (stream.uniforms("evacuation.storey", key) * storeys).astype(np.int64)
    side = np.sqrt(city.buildings.footprint[building])
    walk = side * (0.1 + 0.6 * stream.uniforms("evacuation.walk", key))  # to the stairs (assumption)
    out = np.full(len(who), np.inf)
    for one in np.unique(building).tolist():
        inside = np.flatnonzero((building == one) & ~helpless)
        out[inside] = order.at + leave(
            _house(city, one), storey[inside], start[inside], speed[inside], walk[inside], 2.0
        )
    return Leaving(who, key, building, helpless, out, speed)


def _house(city: City, building: int) -> House:
    footprint = max(float(city.buildings.footprint[building]), 20.0)
    ways = max(1, round(footprint / _STAIR_M2))
    return House(min(int(city.buildings.levels[building]), _TALLEST), footprint, stairs=ways, doors=2 * ways)


def under_way(city: City, district: District, leaving: Leaving, now: float) -> tuple[Crowd, Longs]:
    """Return those who can walk on their way from `now` on, and the shelter of every told building, by building.

    Buildings are given to shelters in the order of how near they are, each to the nearest that still has room for all
    of its people; those for whom there is no room go to the nearest one.
    """
    paths, walks = district.paths, np.flatnonzero(~leaving.helpless)
    goals = np.array([paths.places[node] for node in district.shelters.tolist()], dtype=np.int32)
    nobody = Walkers(
        np.empty(0, dtype=np.uint64), np.empty(0), np.empty(0), *to_goal([]), entry=np.empty(0, dtype=np.int32)
    )
    far = Crowd(paths.ground, nobody, goals).ways.far
    door = np.array([paths.ways_in[node] for node in city.buildings.walk_node[district.buildings].tolist()])
    away = far[:, paths.ground.passages.head[door]]  # [shelters, told buildings]
    number = np.searchsorted(district.buildings, leaving.building)
    persons = np.bincount(number, minlength=len(district.buildings))
    shelter = _allotted(away, persons, district.rooms)
    plan, stay = to_goal(shelter[number[walks]])
    walkers = Walkers(
        leaving.key[walks],
        leaving.out[walks],
        leaving.speed[walks],
        plan,
        stay,
        entry=door[number[walks]].astype(np.int32),
    )
    return Crowd(paths.ground, walkers, goals, now=now), shelter


def _allotted(away: Floats, persons: Longs, rooms: Floats) -> Longs:
    """Return a shelter for each building: [shelters, buildings] s, [buildings] persons, [shelters] rooms."""
    left = rooms.copy()
    shelter = np.argmin(away, axis=0)
    for building in np.argsort(away.min(axis=0), kind="stable").tolist():
        for one in np.argsort(away[:, building], kind="stable").tolist():
            if left[one] >= persons[building] and np.isfinite(away[one, building]):
                shelter[building] = one
                break
        left[shelter[building]] -= persons[building]
    return shelter
