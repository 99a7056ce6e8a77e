"""Gas mains of medium pressure along the streets of a city where no plan of them exists: synthetic, and told as such.

Two gates at opposite ends feed mains under the streets, sized for the flow that passes along the shortest ways.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from models.constants import ATMOSPHERE
from models.networks.gas import METHANE, GasNetwork, gas_network
from models.networks.street_water import carried_from, far_apart, under_streets
from models.networks.topology import Floats, Ints, summed
from sim.city.model import BUILDING_USES, City

PER_RESIDENT = 0.25 * 0.68 / 86_400.0  #: kg/s (assumption: .25 m³ a day)
PER_FLOOR = 0.01 * 0.68 / 86_400.0  #: kg/s a m² of floors that nobody lives on (assumption)
PEAK = 2.5  #: of the mean, for which mains are sized (assumption)
#: Share of the mean by hour of the day: cooking, and boilers by day (assumption).
BY_HOUR = (0.25, 0.2, 0.2, 0.2, 0.3, 0.6, 1.1, 1.3, 1.0, 0.9, 1.3, 2.1,
           1.7, 0.9, 0.7, 0.8, 1.2, 2.2, 2.3, 1.6, 1.1, 0.9, 0.7, 0.4)  # fmt: skip
SIZES = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8)  #: m, inner diameters there are
SPEED = 8.0  #: m/s at the gates' pressure for which a main is sized (assumption)
GATE = ATMOSPHERE + 0.35e6  #: Pa held behind a gate (assumption; medium pressure A goes up to 0.4 MPa, GB 50028)
REGULATOR = (ATMOSPHERE + 1e4, ATMOSPHERE + 5e4)  #: Pa at which customers have nothing, and all (assumption)
ROUGHNESS = 1e-4  #: m (assumption)


@dataclass(frozen=True)
class StreetGas:
    """The gas network of a city. node : int64 [gas nodes], drive node;  gates : int64 [gates], gas nodes.

    of_building : int64 [buildings], gas node;  wanted : float64 [buildings] kg/s on the mean of a day.
    """

    network: GasNetwork
    node: Ints
    gates: Ints
    of_building: Ints
    wanted: Floats


def street_gas(city: City, residents: Floats) -> StreetGas:
    """Return the network; residents : float64 [buildings]. The same for every run of a city."""
    streets, places = city.drive, city.buildings
    node, tail, head, length = under_streets(city)
    count = len(node)
    place = np.column_stack([streets.x, streets.y])
    of_building = np.asarray(cKDTree(place[node]).query(place[places.drive_node])[1], dtype=np.int64)
    lived = places.use == BUILDING_USES.index("residential")
    wanted = residents * PER_RESIDENT + np.where(lived, 0.0, places.floor_area * PER_FLOOR)
    demand = summed(of_building, wanted, count)
    gates = far_apart(place[node])
    ways = csr_array((np.r_[length, length], (np.r_[tail, head], np.r_[head, tail])), shape=(count, count))
    flow, before = carried_from(ways, gates, demand * PEAK)
    carried = np.maximum(flow[tail] * (before[tail] == head), flow[head] * (before[head] == tail))
    density = GATE / METHANE.bulk(288.15)
    size = np.searchsorted(SIZES, np.sqrt(4.0 * carried / (np.pi * SPEED * density)))
    source = np.full(count, np.nan)
    source[gates] = GATE
    network = gas_network(
        demand, source, (tail, head),
        {"length": length, "diameter": np.array(SIZES)[np.minimum(size, len(SIZES) - 1)], "roughness": ROUGHNESS},
        regulator=REGULATOR,
    )  # fmt: skip
    return StreetGas(network, node, gates, of_building, wanted)
