"""Traffic on the streets of a city: synthetic trips by gravity, and the user equilibrium of each hour.

Nobody has counted this traffic: it follows from where people live and from the floor area where they work, learn and
shop, and is told as synthetic. Capacities and shares are assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.traffic.demand import gravity, hourly
from models.traffic.equilibrium import Equilibrium, Trips, equilibrium
from models.traffic.network import Bools, Floats, Ints, Network
from models.traffic.queues import Queues, Roads
from sim.city.model import BUILDING_USES, ROAD_CLASSES, City
from sim.city.speeds import free_speeds
from sim.routing.kernels import one_to_all

#: Lanes in one direction by class (assumption: the rule of Chinese design codes for urban roads, CJJ 37-2012).
LANES = {"motorway": 3, "trunk": 3, "primary": 3, "secondary": 2, "link": 1}
#: Vehicles an hour that a lane lets through its signals, by class (assumption: half of the saturation flow).
LANE_CAPACITY = {
    "motorway": 1900, "trunk": 1500, "primary": 900, "secondary": 800, "tertiary": 700, "link": 900,
    "unclassified": 500, "residential": 400, "living_street": 250, "service": 250,
}  # fmt: skip
JAM = 0.15  #: vehicles a metre and lane at a standstill (assumption: 6.7 m each)
WAVE = 5.0  #: m/s, speed at which a queue starts off backwards (assumption: 18 km/h)
GAP = 1e-3  #: relative gap to which a city's hours are computed: below what the demand is known to
MOST_ZONES = 200
STEP = 2.0  #: s, of the queues
_HOME = BUILDING_USES.index("residential")


@dataclass(frozen=True)
class Driving:
    """How much people drive, and how far."""

    trips: float = 1.0  #: vehicle trips a resident and day, taxis, vans and through traffic with them (assumption)
    reach_s: float = 600.0  #: 1/β of the gravity model (assumption)


class StreetTraffic:
    """The traffic of a city, hour by hour.

    Parameters
    ----------
    city
        The city.
    residents
        Residents in every building, float64 [buildings].
    driving
        How much people drive.
    """

    def __init__(self, city: City, residents: Floats, driving: Driving) -> None:
        streets = city.drive
        names = np.array(ROAD_CLASSES)[streets.road_class]
        self.lanes = np.array([LANES.get(name, 1) for name in names], dtype=np.float64)
        self.capacity = self.lanes * np.array([LANE_CAPACITY.get(name, 250) for name in names]) / 3600.0
        self.speed = free_speeds(streets)
        self.network = Network(
            streets.first_out, streets.head, streets.length / self.speed, self.capacity, np.full(streets.edges, 0.15),
            np.full(streets.edges, 4.0), np.ones(streets.nodes, dtype=np.bool_),
        )  # fmt: skip
        self._length = streets.length
        self._driving = driving
        self.zone, self._home, self._away = _zones(city, residents)
        self._total = float(residents.sum()) * driving.trips
        self._usual: dict[int, Equilibrium] = {}

    def trips(self, hour: int) -> Trips:
        """Return the trips that begin in an `hour` of the day, vehicles/s."""
        if len(self.zone) < 3 or not (self._home.sum() > 0 and self._away.sum() > 0):
            return Trips(self.zone, np.zeros((len(self.zone), len(self.zone))))
        begun, ended = hourly(self._home, self._away, self._total, hour)
        matrix = gravity(begun, ended, self._cost, 1.0 / self._driving.reach_s)
        return Trips(self.zone, matrix / 3600.0)

    def usual(self, hour: int) -> Equilibrium:
        """Return the user equilibrium of an `hour` of the day, flows in vehicles/s and times in s; computed once."""
        if hour not in self._usual:
            self._usual[hour] = equilibrium(self.network, self.trips(hour), GAP, most=60)
        return self._usual[hour]

    @cached_property
    def _cost(self) -> Floats:
        streets, free = self.network, self.network.free
        width = float(np.median(free))
        return np.array([
            one_to_all(streets.first_out, streets.head, free, int(node), width)[0][self.zone] for node in self.zone
        ])  # fmt: skip

    @cached_property
    def _turn_to(self) -> Ints:
        """The link into which each turn leads, int32 [turns]."""
        first, network = self.network.first_turn, self.network
        link = np.repeat(np.arange(network.links), np.diff(first))
        offset = np.arange(first[-1]) - first[link]
        return (network.first_out[network.head[link]] + offset).astype(np.int32)

    def queues(self, hour: int) -> Queues:
        """Return the queues that start from the usual flow of an `hour`, with none at first."""
        usual = self.usual(hour)
        unit = self.speed * WAVE / (self.speed + WAVE)
        jam = np.maximum(self.lanes * JAM, usual.flow * 1.2 / unit)  # the usual flow fits: its delay is in the base
        network = self.network
        roads = Roads(
            self._length, self.speed, np.full(network.links, WAVE), jam, network.head, network.first_turn, self._turn_to
        )
        queues = Queues(roads, STEP, self.begun(hour), self.shares(hour), usual.flow)
        queues.limits(self.let_through(hour))
        return queues

    def let_through(self, hour: int) -> Floats:
        """Return what may leave each link in an hour's traffic, vehicles/s: its capacity, or the usual flow and a fifth."""
        return np.maximum(self.capacity, 1.2 * self.usual(hour).flow)

    def begun(self, hour: int) -> Floats:
        """Return the trips that begin on each link, vehicles/s: what turns into it falls short of its flow by them."""
        usual = self.usual(hour)
        turned_in = np.bincount(self._turn_to, weights=usual.turns, minlength=self.network.links)
        return np.maximum(usual.flow - turned_in, 0.0)

    def shares(self, hour: int, closed: Bools | None = None) -> Floats:
        """Return the share of drivers at the end of each link that take each turn, float64 [turns].

        Where links are `closed` [links], those who would turn into one take the other turns there, as the others do, or
        equally where nobody else turns; where all are closed, they wait.
        """
        usual, first = self.usual(hour), self.network.first_turn
        link = np.repeat(np.arange(self.network.links, dtype=np.int32), np.diff(first))
        flow = usual.flow[link]
        share = np.divide(usual.turns, flow, out=np.zeros_like(flow), where=flow > 1e-12)
        if closed is not None:
            share = self._around(share, link, closed)
        sums = np.bincount(link, weights=share, minlength=self.network.links)
        return np.minimum(share / np.maximum(sums, 1.0)[link], 1.0)

    def _around(self, share: Floats, link: Ints, closed: Bools) -> Floats:
        links, tail = self.network.links, self.network.tail
        to, shut = self._turn_to, closed[self._turn_to]
        back = self.network.head[to] == tail[link]  # nobody turns around unless there is no other way
        forward = (~shut & ~back).astype(np.float64)
        lost = np.bincount(link, weights=share * shut, minlength=links)
        kept = np.bincount(link, weights=share * forward, minlength=links)
        some = np.bincount(link, weights=forward, minlength=links)
        way_out = some if not len(to) else np.where(some > 0, some, np.bincount(link, weights=~shut, minlength=links))
        open_ = np.where(some[link] > 0, forward, (~shut).astype(np.float64))
        spread = np.where(kept[link] > 0, share * forward / np.maximum(kept[link], 1e-300),
                          open_ / np.maximum(way_out[link], 1.0))  # fmt: skip
        turned = np.where(shut, 0.0, share + lost[link] * spread)
        return np.where((way_out[link] > 0) & (lost[link] > 0), turned, share)


def _zones(city: City, residents: Floats) -> tuple[Ints, Floats, Floats]:
    """Return the node of each zone, its residents and the floor area to which people drive.

    Zones are square cells, as small as they can be without being too many; each is at the drive node nearest to the
    middle of its buildings, and zones at one node are one.
    """
    places, drive = city.buildings, city.drive
    cells, side = np.zeros(0, dtype=np.int64), 250.0
    while not len(cells) or len(np.unique(cells)) > MOST_ZONES:
        side *= 1.2
        columns = int(np.ptp(places.x) / side) + 1
        cells = np.floor((places.y - places.y.min()) / side).astype(np.int64) * columns
        cells += np.floor((places.x - places.x.min()) / side).astype(np.int64)
    _, cell = np.unique(cells, return_inverse=True)
    count = np.bincount(cell)
    middle = [np.bincount(cell, weights=v) / count for v in (places.x, places.y)]
    node = [int(np.argmin(np.hypot(drive.x - x, drive.y - y))) for x, y in zip(*middle, strict=True)]
    zone, of_cell = np.unique(node, return_inverse=True)
    away = np.where(places.use == _HOME, 0.0, places.floor_area)
    home, far = (np.bincount(of_cell[cell], weights=v, minlength=len(zone)) for v in (residents, away))
    return zone.astype(np.int32), home.astype(np.float64), far.astype(np.float64)
