"""Water mains along the streets of a city where no plan of them exists: synthetic, and told as such.

Two works at opposite ends pump from clear wells into mains under the streets. The mains are sized for the demand that
passes along the shortest ways at about a metre a second, and rings are closed by the smallest pipes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from models.networks.topology import Bools, Ends, Floats, Ints, summed
from models.networks.water import Pumps, WaterNetwork, pumps, water_network
from sim.city.model import BUILDING_USES, ROAD_CLASSES, City

PER_RESIDENT = 0.180 / 86_400.0  #: m³/s (assumption: 180 l a day, Nanjing about 170)
PER_FLOOR = 0.003 / 86_400.0  #: m³/s a m² of floors that nobody lives on (assumption)
PEAK = 1.5  #: of the mean, for which mains are sized (GB 50013-2018: 1.2-1.6)
#: Share of the mean by hour of the day (assumption).
BY_HOUR = (0.45, 0.35, 0.3, 0.3, 0.35, 0.6, 1.1, 1.45, 1.4, 1.2, 1.1, 1.15,
           1.2, 1.1, 1.0, 1.0, 1.1, 1.25, 1.4, 1.45, 1.4, 1.25, 0.9, 0.6)  # fmt: skip
SIZES = (0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6)  #: m, inner diameters there are
SPEED = 1.0  #: m/s for which a main is sized (assumption)
ROUGHNESS = 120.0  #: C of ductile iron with some age (assumption)
WELL, LIFT = 3.0, 42.0  #: m of head in clear wells, and that pumps add at their design flow (assumption)
UNITS = 3  #: pumps of each works (assumption)
MOST_NODES = 8000  #: of the network; in a larger city mains follow main streets only


@dataclass(frozen=True)
class StreetWater:
    """The water network of a city; its nodes are drive nodes and, last, the clear wells.

    node : int64 [water nodes less wells], drive node;  of_node : int64 [drive nodes], the nearest water node.
    works : int64 [works], water node behind the pumps;  pump_works : int64 [pumps].
    edges : int64 [drive edges], the pipe under each edge, -1 where there is none.
    """

    network: WaterNetwork
    node: Ints
    of_node: Ints
    works: Ints
    pump_works: Ints
    edges: Ints


def street_water(city: City, residents: Floats) -> StreetWater:
    """Return the network; residents : float64 [buildings]. The same for every run of a city."""
    streets, places = city.drive, city.buildings
    node, tail, head, length = under_streets(city)
    count = len(node)
    place = np.column_stack([streets.x, streets.y])
    of_node = np.asarray(cKDTree(place[node]).query(place)[1], dtype=np.int64)
    lived = places.use == BUILDING_USES.index("residential")
    wanted = residents * PER_RESIDENT + np.where(lived, 0.0, places.floor_area * PER_FLOOR)
    demand = summed(of_node[places.drive_node], wanted, count)
    works = far_apart(place[node])
    ways = csr_array((np.r_[length, length], (np.r_[tail, head], np.r_[head, tail])), shape=(count, count))
    flow, share = carried_from(ways, works, demand * PEAK)
    carried = np.maximum(flow[tail] * (share[tail] == head), flow[head] * (share[head] == tail))
    diameter = np.array(SIZES)[
        np.minimum(np.searchsorted(SIZES, np.sqrt(4.0 * carried / np.pi / SPEED)), len(SIZES) - 1)
    ]
    wells = np.arange(len(works)) + count
    network = water_network(
        np.zeros(count + len(works)), np.r_[demand, np.zeros(len(works))],
        np.r_[np.full(count, np.nan), np.full(len(works), WELL)], (tail, head),
        {"length": length, "diameter": diameter, "roughness": ROUGHNESS},
        _pumps(count + len(works), wells, works, flow[works] / PEAK * 1.3 / UNITS),
    )  # fmt: skip
    number = np.full(streets.nodes, -1)
    number[node] = np.arange(count)
    return StreetWater(network, node, of_node, works, np.repeat(np.arange(len(works)), UNITS),
                       _pipe_of(number[streets.tails()], number[streets.head], Ends(tail, head), count))  # fmt: skip


def under_streets(city: City) -> tuple[Ints, Ints, Ints, Floats]:
    """Return the drive nodes that have water, and the pipes between them: one under each street."""
    streets = city.drive
    smallest = len(ROAD_CLASSES) if streets.nodes <= MOST_NODES else ROAD_CLASSES.index("unclassified")
    kept = streets.road_class < smallest
    if not kept.any():
        kept = np.ones(streets.edges, dtype=np.bool_)
    ends = np.sort(np.column_stack([streets.tails()[kept], streets.head[kept]]), axis=1)
    pairs, first = np.unique(ends, axis=0, return_index=True)
    length = streets.length[kept][first]
    shape = (streets.nodes, streets.nodes)
    part = _parts(csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=shape))
    largest = np.bincount(part[pairs[:, 0]]).argmax()
    inside = part[pairs[:, 0]] == largest
    node = np.flatnonzero(part == largest)
    number = np.full(streets.nodes, -1)
    number[node] = np.arange(len(node))
    return node, number[pairs[inside, 0]], number[pairs[inside, 1]], length[inside]


def _parts(graph: csr_array) -> Ints:
    from scipy.sparse.csgraph import connected_components

    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def far_apart(place: Floats) -> Ints:
    """Return the nodes farthest from the middle, and farthest from that."""
    first = int(np.argmax(np.hypot(*(place - place.mean(axis=0)).T)))
    second = int(np.argmax(np.hypot(*(place - place[first]).T)))
    return np.unique(np.array([first, second], dtype=np.int64))


def carried_from(ways: csr_array, works: Ints, demand: Floats) -> tuple[Floats, Ints]:
    """Return the flow that passes each node on the shortest way from its works, and the node before it (-1 at works)."""
    away, before, _ = dijkstra(ways, directed=False, indices=works, min_only=True, return_predecessors=True)
    flow, parent = demand.copy(), np.where(before < 0, -1, before).astype(np.int64)
    for node in np.argsort(-away, kind="stable").tolist():
        if parent[node] >= 0:
            flow[parent[node]] += flow[node]
    return flow, parent


def _pumps(nodes: int, wells: Ints, works: Ints, flow: Floats) -> Pumps:
    design = np.repeat(np.maximum(flow, 1e-3), UNITS)
    return pumps(nodes, np.repeat(wells, UNITS), np.repeat(works, UNITS), design, np.full(len(design), LIFT))


def _pipe_of(tails: Ints, heads: Ints, pipes: Ends, count: int) -> Ints:
    keys = np.minimum(pipes.tail, pipes.head) * count + np.maximum(pipes.tail, pipes.head)
    order = np.argsort(keys)
    wanted = np.minimum(tails, heads) * count + np.maximum(tails, heads)
    at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    found = (keys[order][at] == wanted) & (np.minimum(tails, heads) >= 0)
    return np.where(found, order[at], -1).astype(np.int64)


def fire_flow(pressure: Floats, usual: Floats, at_usual: float, residual: float = 10.0) -> Floats:
    """Return what hydrants can give, in the unit of `at_usual`, their flow at the usual pressure (all pressures in m).

    Q = Q_usual·((p - 10)/(p_usual - 10))^0.54 (NFPA 291:2022, 4.10.1), nothing below the residual pressure.
    """
    spare = np.maximum(usual - residual, 1e-6)
    share = np.clip((pressure - residual) / spare, 0.0, None)
    return np.where(usual > residual, at_usual * np.minimum(share, 1.0) ** 0.54, 0.0)


def storeys_with_water(pressure: Floats, levels: Floats, lifted: Bools) -> Floats:
    """Return the share of the storeys of buildings that have water, by the pressure in the main (m).

    Storeys up to the sixth have it from the main, each needing 4 m and the first 10 m (the rule of Chinese practice:
    10, 12, then 4 m more a storey); those above by the building's own pumps, where they run (`lifted`) and there is water.
    """
    by_main = np.clip(np.floor((pressure - 12.0) / 4.0) + 2.0, 0.0, 6.0) * (pressure >= 10.0)
    by_main = np.where((pressure >= 10.0) & (pressure < 12.0), 1.0, by_main)
    reached = np.where(lifted & (pressure >= 10.0) & (levels > 6), levels, by_main)
    return np.minimum(reached / np.maximum(levels, 1.0), 1.0)
