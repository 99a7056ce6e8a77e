"""Where trips begin and end: zones with connectors to the streets, and gates through which they reach the outside.

A zone is a square cell of the city. Its trips begin and end in its middle, from where connectors without congestion lead to
every junction with a building of the zone: drivers choose the one that suits their way, so that no single street carries a
whole quarter. A gate is the outermost node of a main street in one of the sectors around the middle of the city.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.traffic.network import Floats, Ints, Network, build_network
from sim.city.model import BUILDING_USES, ROAD_CLASSES, City

MOST_ZONES = 200  #: besides the gates
SECTORS = 16  #: around the city, each with a gate where a main street leads outside
CONNECTOR = 15.0 / 3.6 / 1.3  #: m/s along the straight line from the middle of a zone to its junctions (assumption)
_MAIN = ("motorway", "trunk", "primary", "secondary")
_HOME = BUILDING_USES.index("residential")


class Zones(NamedTuple):
    """Zones, of which the last ones are gates, and their connectors."""

    home: Floats  #: [zones] residents, 0 of gates
    away: Floats  #: [zones] floor area to which people drive, m², 0 of gates
    gate: Floats  #: [zones] what the streets of a gate let through, cars/s, 0 of others
    zone: Ints  #: [connectors]
    node: Ints  #: [connectors] drive node
    seconds: Floats  #: [connectors] between the middle of the zone and the node


def zones_of(city: City, residents: Floats, capacity: Floats) -> Zones:
    """Return the zones of a city, as small as they can be without being too many.

    residents : in every building, float64 [buildings];  capacity : of every drive edge, float64 [edges].
    """
    places, drive = city.buildings, city.drive
    node, of_building = np.unique(places.drive_node, return_inverse=True)
    x, y = drive.x[node], drive.y[node]
    zone, side = np.zeros(0, dtype=np.int64), 250.0
    while not len(zone) or zone.max() >= MOST_ZONES:
        side *= 1.2
        columns = int(np.ptp(x) / side) + 1
        cell = np.floor((y - y.min()) / side).astype(np.int64) * columns + np.floor((x - x.min()) / side).astype(
            np.int64
        )
        zone = np.unique(cell, return_inverse=True)[1]
    away = np.where(places.use == _HOME, 0.0, places.floor_area)
    home, far = (np.bincount(zone[of_building], weights=v).astype(np.float64) for v in (residents, away))
    middle = [(np.bincount(zone, weights=v) / np.bincount(zone))[zone] for v in (x, y)]
    seconds = np.maximum(np.hypot(x - middle[0], y - middle[1]) / CONNECTOR, 1.0)
    gate, passes = _gates(city, capacity, node)
    none = np.zeros(len(gate))
    return Zones(
        np.concatenate([home, none]), np.concatenate([far, none]), np.concatenate([np.zeros(len(home)), passes]),
        np.concatenate([zone, len(home) + np.arange(len(gate))]).astype(np.int32),
        np.concatenate([node, gate]).astype(np.int32), np.concatenate([seconds, none + 1.0]),
    )  # fmt: skip


def _gates(city: City, capacity: Floats, taken: Ints) -> tuple[Ints, Floats]:
    """Return the node of each gate, none with a building (`taken`), and the capacity of its main streets."""
    drive = city.drive
    main = capacity * np.isin(np.array(ROAD_CLASSES)[drive.road_class], _MAIN)
    leaves = np.bincount(drive.tails(), weights=main, minlength=drive.nodes)
    enters = np.bincount(drive.head, weights=main, minlength=drive.nodes)
    passes = np.minimum(leaves, enters)
    passes[taken] = 0.0
    x, y = drive.x - drive.x.mean(), drive.y - drive.y.mean()
    sector = np.floor((np.arctan2(y, x) / (2.0 * np.pi) + 0.5) * SECTORS).astype(np.int64) % SECTORS
    far = np.hypot(x, y)
    here = [np.flatnonzero((sector == one) & (passes > 0.0)) for one in range(SECTORS)]
    gate = np.array(sorted(int(nodes[np.argmax(far[nodes])]) for nodes in here if len(nodes)), dtype=np.int32)
    return gate, passes[gate]


def with_connectors(streets: Network, zones: Zones) -> tuple[Network, Ints]:
    """Return the streets with a node for each zone and its connectors both ways, and the place of each street in it.

    The nodes of the zones come after those of the streets; no way leads through them.
    """
    count, middle = len(zones.node), (streets.nodes + zones.zone).astype(np.int32)
    tail = np.concatenate([streets.tail, middle, zones.node])
    head = np.concatenate([streets.head, zones.node, middle])
    columns = (
        np.concatenate([streets.free, zones.seconds, zones.seconds]),
        np.concatenate([streets.capacity, np.ones(2 * count)]),
        np.concatenate([streets.b, np.zeros(2 * count)]),
        np.concatenate([streets.power, np.ones(2 * count)]),
    )
    through = np.arange(streets.nodes + len(zones.home)) < streets.nodes
    joined, order = build_network(tail, head, columns, through)
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order))
    return joined, place[: streets.links]
