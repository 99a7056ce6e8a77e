"""Storm drains along the streets of a city where no plan of them exists: synthetic, and told as such."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from models.networks.drains import Drains, drains, manning_full, runoff
from models.networks.street_power import centred, spread
from models.networks.topology import Floats, Ints, summed
from sim.city.model import City

STRIP, WIDTH = 60.0, 15.0  #: m that a street drains, and that water on it covers (assumption)
COEFFICIENT = 0.65  #: of the rain that runs off (GB 50014-2021: 0.6-0.7 for built-up cities)
SLOPE = 0.002  #: of the pipes (assumption)
SIZES = np.array([0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2, 1.5, 1.8, 2.0, 2.4, 3.0, 3.6, 4.2])  #: m, diameters there are
PER_STATION = 50_000  #: residents a pumping station (assumption)
KERB = 0.5  #: m of water that find room on a street before it backs up (assumption)
CHAMBER = 5.0  #: m³ below the street at an inlet (assumption)


@dataclass(frozen=True)
class StreetDrains:
    """The drains of a city; nodes are drive nodes.

    area, covered : float64 [nodes] m² that drain to an inlet, and that water on the street covers there.
    station : int64 [stations], nodes with pumps.
    """

    tree: Drains
    area: Floats
    covered: Floats
    station: Ints

    @property
    def room(self) -> Floats:
        """Return what finds room in and above each inlet, m³."""
        return CHAMBER + KERB * self.covered

    def depth(self, stored: Floats) -> Floats:
        """Return the depth of the water on the street at each inlet, m."""
        return np.maximum(stored - CHAMBER, 0.0) / self.covered


def street_drains(city: City, design: float) -> StreetDrains:
    """Return drains that just carry a rain of `design` mm/h: the same for every run of a city."""
    streets = city.drive
    half = summed(streets.tails().astype(np.int64), streets.length / 2.0, streets.nodes)
    half = np.maximum(half, 10.0)
    station = np.sort(centred(streets, spread(streets, max(1, -(-city.residents // PER_STATION)))))
    ways = csr_array((streets.length, (streets.tails(), streets.head)), shape=(streets.nodes, streets.nodes))
    away, before, _ = dijkstra(ways, directed=False, indices=station, min_only=True, return_predecessors=True)
    down = np.where(before < 0, -1, before).astype(np.int64)
    carried = runoff(design, half * STRIP, COEFFICIENT)
    for node in np.argsort(-away, kind="stable").tolist():
        if down[node] >= 0:
            carried[down[node]] += carried[node]
    full = manning_full(SIZES, SLOPE)
    size = np.minimum(np.searchsorted(full, carried), len(SIZES) - 1)
    capacity = np.where(down < 0, carried, np.maximum(full[size], carried * (size == len(SIZES) - 1)))
    return StreetDrains(drains(down, capacity), half * STRIP, half * WIDTH, station)


def speed_in_water(depth: ArrayLike) -> Floats:
    """Return the factor of a car's speed in water of a depth in m; 0 from 0.3 m on.

    v = .0009w² - .5529w + 86.9448 km/h, w in mm (Pregnolato et al. 2017, doi:10.1016/j.trd.2017.06.020), over its value
    when dry.
    """
    w = np.clip(np.asarray(depth, dtype=np.float64), 0.0, 0.3) * 1000.0
    return np.where(w >= 300.0, 0.0, np.clip((0.0009 * w**2 - 0.5529 * w + 86.9448) / 86.9448, 0.0, 1.0))
