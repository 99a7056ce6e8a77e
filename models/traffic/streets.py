"""Traffic on the streets of a city: synthetic trips by gravity, and the user equilibrium of each hour.

Nobody has counted this traffic: it follows from where people live and from the floor area where they work, learn and
shop, and is told as synthetic. Capacities and shares are assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.traffic.demand import HOURS, OUTSIDE, REACH_S, TRIPS, gravity, hourly
from models.traffic.equilibrium import Equilibrium, Trips, equilibrium
from models.traffic.network import Bools, Floats, Ints, Network
from models.traffic.queues import Queues, Roads
from models.traffic.zones import with_connectors, zones_of
from sim.city.model import ROAD_CLASSES, City
from sim.city.speeds import free_speeds
from sim.routing.kernels import one_to_all

#: Lanes in one direction by class (assumption: the rule of Chinese design codes for urban roads, CJJ 37-2012).
LANES = {"motorway": 3, "trunk": 3, "primary": 3, "secondary": 2, "link": 1}
#: Cars an hour that one lane lets through its signals, by class: possible capacity (CJJ 37-2012, 1400 … 2200), times .8
#: where bicycles ride in the lanes (below primary, CJJ 37-90), times a share of green of .2 … .5, more on expressways (assumption).
LANE_CAPACITY = {
    "motorway": 1900, "trunk": 1260, "primary": 900, "secondary": 610, "tertiary": 530, "link": 820,
    "unclassified": 400, "residential": 320, "living_street": 220, "service": 220,
}  # fmt: skip
#: b and the power of the time under flow, at the capacity: multilane roads of 50 mph, expressways of 60 mph (Horowitz,
#: 1991, Delay/Volume Relations for Travel Forecasting, FHWA; for streets with signals an assumption). With .15 and 4 a noon
#: of two thirds of the peak's trips would be free of congestion, and no Chinese city is.
STREET_DELAY, EXPRESSWAY_DELAY = (0.71, 2.1), (0.83, 2.7)
#: What the lanes of a direction let through, of that many single ones (CJJ 37-90: 1, .80 … .89 and .65 … .78 for the first, second and third).
LANES_COUNT = np.array([0.0, 1.0, 1.87, 2.6])
JAM = 0.15  #: vehicles a metre and lane at a standstill (assumption: 6.7 m each)
WAVE = 5.0  #: m/s, speed at which a queue starts off backwards (assumption: 18 km/h)
GAP = 1e-3  #: relative gap to which a city's hours are computed: below what the demand is known to
STEP = 2.0  #: s, of the queues


@dataclass(frozen=True)
class Driving:
    """How much people drive, and how far."""

    trips: float = (
        TRIPS  #: cars a resident and day that begin a trip in the city, taxis, vans and lorries as cars with them
    )
    reach_s: float = REACH_S  #: 1/β of the gravity model (assumption)
    outside: float = (
        OUTSIDE  #: vehicles that enter (and as many that leave) for each trip that begins in the city (assumption)
    )


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
        counted = LANES_COUNT[self.lanes.astype(np.int64)]
        self.capacity = counted * np.array([LANE_CAPACITY.get(name, 220) for name in names]) / 3600.0
        self.speed = free_speeds(streets)
        fast = np.isin(names, ("motorway", "trunk"))
        b, power = (np.where(fast, *pair) for pair in zip(EXPRESSWAY_DELAY, STREET_DELAY, strict=True))
        self.network = Network(
            streets.first_out, streets.head, streets.length / self.speed, self.capacity, b, power,
            np.ones(streets.nodes, dtype=np.bool_),
        )  # fmt: skip
        self._length = streets.length
        self._driving = driving
        zones = zones_of(city, residents, self.capacity)
        self.zone = (streets.nodes + np.arange(len(zones.home))).astype(np.int32)  #: their nodes in `_joined`
        self._home, self._away, self._gate = zones.home, zones.away, zones.gate
        self._joined, self._street = with_connectors(self.network, zones)
        self._total = float(residents.sum()) * driving.trips
        self._usual: dict[int, Equilibrium] = {}

    def trips(self, hour: int) -> Trips:
        """Return the trips that begin in an `hour` of the day, vehicles/s."""
        if len(self.zone) < 3 or not (self._home.sum() > 0 and self._away.sum() > 0):
            return Trips(self.zone, np.zeros((len(self.zone), len(self.zone))))
        begun, ended = hourly(self._home, self._away, self._total, hour)
        if self._gate.sum() > 0:
            crossing = self._total * HOURS[hour] * self._driving.outside * self._gate / self._gate.sum()
            # Nobody leaves by the gate by which they came, so all others must have trips enough for each gate's.
            others = np.minimum(begun.sum(), ended.sum()) + crossing.sum() - crossing
            crossing = np.minimum(crossing, 0.8 * others)
            begun, ended = begun + crossing, ended + crossing
        matrix = gravity(begun, ended, self._cost, 1.0 / self._driving.reach_s)
        return Trips(self.zone, matrix / 3600.0)

    def usual(self, hour: int) -> Equilibrium:
        """Return the user equilibrium of an `hour` of the day, flows in vehicles/s and times in s; computed once."""
        if hour not in self._usual:
            found = equilibrium(self._joined, self.trips(hour), GAP, most=60)
            flow, turns, time = found.flow[self._street], found.turns[self._street_turns], found.time[self._street]
            self._usual[hour] = Equilibrium(flow, turns, time, found.gap, found.iterations)
        return self._usual[hour]

    def index(self, hour: int) -> float:
        """Return the delay index of an `hour`: the time of all vehicles against that on empty streets."""
        usual = self.usual(hour)
        return float(usual.time @ usual.flow / max(float(self.network.free @ usual.flow), 1e-300))

    @cached_property
    def _cost(self) -> Floats:
        """Seconds between the zones on empty streets, float64 [zones, zones]."""
        roads = self._joined
        width = float(np.median(roads.free))
        barred = np.where(roads.through[roads.tail], roads.free, np.inf)
        rows = []
        for node in self.zone.tolist():
            out = slice(roads.first_out[node], roads.first_out[node + 1])
            cost = barred.copy()
            cost[out] = roads.free[out]
            rows.append(one_to_all(roads.first_out, roads.head, cost, node, width)[0][self.zone])
        return np.array(rows)

    @cached_property
    def _street_turns(self) -> Ints:
        """Where the turns from street to street stand among those of `_joined`, in the order of `network`'s."""
        roads, street = self._joined, np.zeros(self._joined.links, dtype=np.bool_)
        street[self._street] = True
        link = np.repeat(np.arange(roads.links), np.diff(roads.first_turn))
        to = roads.first_out[roads.head[link]] + np.arange(len(link)) - roads.first_turn[link]
        return np.flatnonzero(street[link] & street[to]).astype(np.int32)

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


_KEPT: dict[tuple[str, bytes, Driving], StreetTraffic] = {}
_MOST_KEPT = 2


def traffic_of(city: City, residents: Floats, driving: Driving) -> StreetTraffic:
    """Return the traffic of a city, kept in the process since its hours take seconds each and many runs share them."""
    key = (city.hash, residents.tobytes(), driving)
    if key not in _KEPT:
        if len(_KEPT) >= _MOST_KEPT:
            del _KEPT[next(iter(_KEPT))]
        _KEPT[key] = StreetTraffic(city, residents, driving)
    return _KEPT[key]
