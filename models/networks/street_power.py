"""A power grid along the streets of a city where no plan of one exists: synthetic, and told as such.

Two infeeds, a ring of 110 kV lines past substations with two transformers each, and feeders of 10 kV that part the
streets around a substation like slices of a cake, with ties between slices of neighbours that are open in calm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from models.networks.power import Grid, flow_power, grid
from models.networks.topology import Bools, Floats, Ints, summed
from sim.city.model import BUILDING_USES, City, Streets

#: W/m² of floor at the summer's peak, after diversity, by use (assumption; 1.5 kW a resident for a city like Nanjing).
DENSITY = {"residential": 20.0, "office": 40.0, "commercial": 60.0, "school": 20.0, "hospital": 50.0,
           "industrial": 60.0, "public": 40.0, "other": 25.0}  # fmt: skip
#: Share of the peak by hour of the day, at home and elsewhere (assumption).
AT_HOME = (0.62, 0.55, 0.5, 0.48, 0.46, 0.46, 0.5, 0.55, 0.55, 0.55, 0.58, 0.65,
           0.72, 0.72, 0.7, 0.68, 0.68, 0.72, 0.82, 0.94, 1.0, 1.0, 0.92, 0.76)  # fmt: skip
ELSEWHERE = (0.35, 0.33, 0.32, 0.32, 0.32, 0.35, 0.45, 0.62, 0.85, 0.95, 0.98, 0.98,
             0.92, 0.96, 1.0, 1.0, 0.98, 0.92, 0.8, 0.7, 0.62, 0.52, 0.45, 0.4)  # fmt: skip
FEEDER_MW = 6.0  #: that a feeder is planned for (assumption; a 10 kV cable of 400 A carries 6.6 MW)
PER_SUBSTATION = 60_000  #: residents a substation (assumption: 2 × 50 MVA each)
INFEEDS = 2
_LINE_X, _TRANSFORMER_X, _FEEDER_X = 0.02, 0.2, 0.05  #: per unit of 100 MVA (assumption)
LINE, TRANSFORMER, FEEDER, TIE = range(4)


@dataclass(frozen=True)
class StreetGrid:
    """The grid of a city. Buses are first the infeed, then high and low sides of substations, then feeders.

    kind : int64 [branches], of LINE, TRANSFORMER, FEEDER, TIE;  station : int64 [branches], substation at its tail.
    station_node : int64 [substations], drive nodes;  feeder : int64 [drive nodes];  feeder_station : int64 [feeders].
    usual : bool [branches], closed in calm;  peak : float64 [buildings] MW.
    """

    grid: Grid
    kind: Ints
    station: Ints
    station_node: Ints
    feeder: Ints
    feeder_station: Ints
    usual: Bools
    peak: Floats
    home: Bools  #: [buildings] whether it is a residential one

    @property
    def stations(self) -> int:
        """Number of substations."""
        return len(self.station_node)

    @property
    def first_feeder(self) -> int:
        """Bus of the first feeder."""
        return 1 + 2 * self.stations

    def load(self, of_feeder: Ints, hour: int, factor: float) -> Floats:
        """Return the load of every bus (MW) at an hour; `of_feeder` is the feeder of every building."""
        shape = np.where(self.home, AT_HOME[hour], ELSEWHERE[hour])
        load = np.zeros(self.grid.buses)
        load[self.first_feeder :] = summed(of_feeder, self.peak * shape * factor, len(self.feeder_station))
        return load


def spread(streets: Streets, count: int) -> Ints:
    """Return `count` nodes far from each other, int64: the most central one first, then always the farthest."""
    place = np.column_stack([streets.x, streets.y])
    first = int(np.argmin(np.hypot(*(place - place.mean(axis=0)).T)))
    chosen, away = [first], np.hypot(*(place - place[first]).T)
    while len(chosen) < min(count, len(place)):
        chosen.append(int(np.argmax(away)))
        away = np.minimum(away, np.hypot(*(place - place[chosen[-1]]).T))
    return np.array(chosen, dtype=np.int64)


def centred(streets: Streets, chosen: Ints, rounds: int = 5) -> Ints:
    """Return the nodes nearest to the middles of what is nearest to each of `chosen`, after some rounds (Lloyd 1982)."""
    place = np.column_stack([streets.x, streets.y])
    tree = cKDTree(place)
    for _ in range(rounds):
        near = cKDTree(place[chosen]).query(place)[1]
        middle = np.array(
            [place[near == k].mean(axis=0) if (near == k).any() else place[chosen[k]] for k in range(len(chosen))]
        )
        found = np.asarray(tree.query(middle)[1], dtype=np.int64)
        if len(np.unique(found)) < len(found):
            break
        chosen = found
    return chosen


def nearest_by_street(streets: Streets, chosen: Ints) -> Ints:
    """Return which of the `chosen` nodes is nearest to each node along streets, int64 [nodes]."""
    shape = (streets.nodes, streets.nodes)
    ways = csr_array((streets.length, (streets.tails(), streets.head)), shape=shape)
    number = np.full(streets.nodes, -1)
    number[chosen] = np.arange(len(chosen))
    source = dijkstra(ways, directed=False, indices=chosen, min_only=True, return_predecessors=True)[2]
    return number[source].astype(np.int64)


def street_grid(city: City) -> StreetGrid:
    """Return the grid of a city: the same for every run of it."""
    streets, places = city.drive, city.buildings
    density = np.array([DENSITY[use] for use in BUILDING_USES])
    peak = places.floor_area * density[places.use] / 1e6
    count = max(2, -(-city.residents // PER_SUBSTATION))
    nodes = centred(streets, spread(streets, count))
    at_node = summed(places.drive_node.astype(np.int64), peak, streets.nodes)
    near = nearest_by_street(streets, nodes)
    feeder, feeder_station = _slices(streets, nodes, near, at_node)
    network, kind, station = _branches(streets, nodes, feeder, feeder_station)
    usual = kind != TIE
    home = places.use == BUILDING_USES.index("residential")
    return StreetGrid(network, kind, station, nodes, feeder, feeder_station, usual, peak, home)


def _slices(streets: Streets, nodes: Ints, near: Ints, at_node: Floats) -> tuple[Ints, Ints]:
    """Return the feeder of every node and the substation of every feeder: slices of equal load around it."""
    feeder, of_station, first = np.zeros(streets.nodes, dtype=np.int64), list[int](), 0
    for station, node in enumerate(nodes.tolist()):
        own = np.flatnonzero(near == station)
        turn = np.arctan2(streets.y[own] - streets.y[node], streets.x[own] - streets.x[node])
        own = own[np.lexsort((own, turn))]
        load = at_node[own] + 1e-6
        parts = int(np.clip(np.ceil(load.sum() / FEEDER_MW), 2, 16))
        slot = np.minimum((np.cumsum(load) - load / 2.0) / load.sum() * parts, parts - 1).astype(np.int64)
        feeder[own] = first + slot
        of_station += [station] * parts
        first += parts
    return feeder, np.array(of_station, dtype=np.int64)


def _branches(streets: Streets, nodes: Ints, feeder: Ints, of_station: Ints) -> tuple[Grid, Ints, Ints]:
    """Return the grid without load or ratings, and the kind and substation of each branch."""
    count, feeders = len(nodes), len(of_station)
    angle = np.arctan2(streets.y[nodes] - streets.y[nodes].mean(), streets.x[nodes] - streets.x[nodes].mean())
    ring = np.lexsort((np.arange(count), angle))
    pairs = {(min(a, b), max(a, b)) for a, b in zip(ring.tolist(), np.roll(ring, -1).tolist(), strict=True) if a != b}
    fed = sorted({int(ring[0]), int(ring[count // 2])})
    rows = [(0, 1 + s, _LINE_X, LINE, s) for s in fed]
    rows += [(1 + a, 1 + b, _LINE_X, LINE, a) for a, b in sorted(pairs)]
    rows += [(1 + s, 1 + count + s, _TRANSFORMER_X, TRANSFORMER, s) for s in range(count) for _ in range(2)]
    rows += [(1 + count + s, 1 + 2 * count + f, _FEEDER_X, FEEDER, s) for f, s in enumerate(of_station.tolist())]
    rows += [
        (1 + 2 * count + a, 1 + 2 * count + b, _FEEDER_X, TIE, int(of_station[a]))
        for a, b in _ties(streets, feeder, of_station)
    ]
    tail, head, x, kind, station = (np.array(column) for column in zip(*rows, strict=True))
    buses = 1 + 2 * count + feeders
    plant: dict[str, ArrayLike] = {"bus": [0], "most": [1e6], "planned": [0.0]}
    return grid(np.zeros(buses), (tail, head, x), plant), kind.astype(np.int64), station.astype(np.int64)


def _ties(streets: Streets, feeder: Ints, of_station: Ints) -> list[tuple[int, int]]:
    """Return for each feeder its tie to the feeder of another substation across the most streets."""
    a, b = feeder[streets.tails()], feeder[streets.head]
    across = of_station[a] != of_station[b]
    pairs, streets_between = np.unique(
        np.sort(np.column_stack([a[across], b[across]]), axis=1), axis=0, return_counts=True
    )
    best: dict[int, tuple[int, int, int]] = {}
    for (one, other), n in zip(pairs.tolist(), streets_between.tolist(), strict=True):
        for f in (one, other):
            best[f] = max(best.get(f, (0, 0, 0)), (n, -one, -other))
    return sorted({(-one, -other) for n, one, other in best.values() if n > 0})


def rated(plan: StreetGrid, load: Floats, *, transformers: float, lines: float, feeders: float) -> Floats:
    """Return the rating of every branch (MW) for a planned load: each a share of the flow that it must carry.

    transformers : of the load of their substation, each of the two;  lines : of the worst flow when one line is out;
    feeders : of their own load; a tie is rated as the stronger of its two feeders.
    """
    network, kind = plan.grid, plan.kind
    worst = np.abs(flow_power(network, plan.usual, load=load).flow)
    of_station = summed(plan.feeder_station, load[plan.first_feeder :], plan.stations)
    for out in np.flatnonzero(kind == LINE).tolist():
        closed = plan.usual.copy()
        closed[out] = False
        worst = np.maximum(worst, np.abs(flow_power(network, closed, load=load).flow))
    own = np.maximum(load[network.branches.head], np.where(kind == TIE, load[network.branches.tail], 0.0))
    return (
        np.select(
            [kind == LINE, kind == TRANSFORMER], [worst * lines, of_station[plan.station] * transformers], own * feeders
        )
        + 0.1
    )
