"""Traffic on the streets of a city: conserved, steady without closures, and a closure sends queues around it."""

from __future__ import annotations

import numpy as np
import pytest

from models.traffic.streets import GAP, Driving, StreetTraffic, traffic_of
from models.traffic.zones import MOST_ZONES, SECTORS, with_connectors, zones_of
from sim.city.model import ROAD_CLASSES

BUSY = Driving(trips=8.0, outside=0.5)  # the small city is empty otherwise


@pytest.fixture(scope="module")
def traffic(tiny_city, tiny_people) -> StreetTraffic:
    residents = np.bincount(tiny_people.home, minlength=len(tiny_city.buildings)).astype(np.float64)
    return StreetTraffic(tiny_city, residents, BUSY)


def test_trips_follow_the_hour_and_keep_their_sum(traffic, tiny_city):
    day = sum(traffic.trips(hour).matrix.sum() * 3600.0 for hour in range(24))
    assert day == pytest.approx(1.5 * 8.0 * tiny_city.residents, rel=1e-6)
    assert traffic.trips(8).matrix.sum() > 10 * traffic.trips(3).matrix.sum()
    assert 3 <= len(traffic.zone) <= MOST_ZONES + SECTORS


def test_streets_slow_down_as_the_bureau_of_public_roads_says(traffic, tiny_city):
    network = traffic.network
    fast = np.isin(tiny_city.drive.road_class, [ROAD_CLASSES.index(name) for name in ("motorway", "trunk")])
    for load in (0.0, 1.0, 2.0):
        slower = np.where(fast, 1.0 + 0.83 * load**2.7, 1.0 + 0.71 * load**2.1)
        assert network.time(load * network.capacity) == pytest.approx(slower * network.free, rel=1e-12)


def test_every_hour_is_an_equilibrium(traffic):
    for hour in (3, 8, 18):
        usual = traffic.usual(hour)
        assert usual.gap <= GAP
        assert (usual.time >= traffic.network.free * (1 - 1e-12)).all()
    assert traffic.usual(8).time.sum() > traffic.usual(3).time.sum()


def test_zones_hold_everybody_and_reach_every_junction_with_a_building(traffic, tiny_city, tiny_people):
    residents = np.bincount(tiny_people.home, minlength=len(tiny_city.buildings)).astype(np.float64)
    zones = zones_of(tiny_city, residents, traffic.capacity)
    gates = zones.gate > 0
    assert zones.home.sum() == residents.sum()
    assert zones.home[gates].sum() == zones.away[gates].sum() == 0.0
    assert 1 <= gates.sum() <= SECTORS
    of_gate = gates[zones.zone]
    assert sorted(zones.node[~of_gate]) == np.unique(tiny_city.buildings.drive_node).tolist()
    assert not np.isin(zones.node[of_gate], tiny_city.buildings.drive_node).any()
    joined, place = with_connectors(traffic.network, zones)
    assert joined.head[place].tolist() == traffic.network.head.tolist()
    assert joined.tail[place].tolist() == traffic.network.tail.tolist()
    assert joined.links == traffic.network.links + 2 * len(zones.node)


def test_no_street_carries_a_whole_zone(traffic):
    trips, begun = traffic.trips(8).matrix.sum(axis=1), traffic.begun(8)
    largest = trips[traffic._gate == 0].max()
    assert np.sort(begun)[-1] < largest
    assert (begun > 0).sum() > 3 * len(trips)


def test_more_trips_raise_the_index_and_night_is_free(traffic, tiny_city, tiny_people):
    residents = np.bincount(tiny_people.home, minlength=len(tiny_city.buildings)).astype(np.float64)
    calm = StreetTraffic(tiny_city, residents, Driving(trips=1.0, outside=0.5))
    assert traffic.index(8) > calm.index(8) > calm.index(3) >= 1.0
    assert traffic.index(8) > traffic.index(12) > traffic.index(3)
    assert calm.index(3) < 1.02


def test_traffic_is_kept_by_city_people_and_driving(tiny_city):
    nobody = np.zeros(len(tiny_city.buildings))
    assert traffic_of(tiny_city, nobody, BUSY) is traffic_of(tiny_city, nobody, BUSY)
    assert traffic_of(tiny_city, nobody, BUSY) is not traffic_of(tiny_city, nobody + 1.0, BUSY)


def test_begun_and_turned_account_for_all_flow(traffic):
    usual, begun = traffic.usual(8), traffic.begun(8)
    shares = traffic.shares(8)
    first = traffic.network.first_turn
    link = np.repeat(np.arange(traffic.network.links), np.diff(first))
    arriving = begun + np.bincount(traffic._turn_to, weights=shares * usual.flow[link], minlength=traffic.network.links)
    assert arriving == pytest.approx(usual.flow, abs=1e-9)
    assert begun.sum() == pytest.approx(traffic.trips(8).matrix.sum(), rel=1e-9)


def test_without_a_closure_no_queue_forms(traffic):
    queues = traffic.queues(8)
    before = queues.inside()
    queues.run(1800.0)
    assert queues.inside() == pytest.approx(before, abs=1e-6)
    assert queues.delayed().max() < 1e-6


def test_a_closure_makes_a_queue_or_a_detour_and_loses_nobody(traffic):
    queues, network = traffic.queues(8), traffic.network
    busiest = int(np.argmax(traffic.usual(8).flow))
    closed = np.zeros(network.links, dtype=np.bool_)
    closed[busiest] = True
    held, begun = queues.inside().sum(), traffic.begun(8)
    enters = np.where(closed, 0.0, queues.capacity)
    queues.set_demand(begun, traffic.shares(8, closed))
    queues.limits(traffic.let_through(8), enters)
    queues.run(1200.0)
    assert queues.inside()[busiest] == pytest.approx(0.0, abs=1e-6)
    other = queues.inside() - traffic.usual(8).flow * np.maximum(traffic._length, traffic.speed * 2.0) / traffic.speed
    assert np.delete(other, busiest).max() > 1.0
    assert queues.inside().sum() + queues.waiting.sum() + queues.ended == pytest.approx(held + begun.sum() * 1200.0)


def test_nobody_turns_into_what_is_closed_where_there_is_another_way(traffic):
    closed = np.zeros(traffic.network.links, dtype=np.bool_)
    closed[[int(e) for e in np.argsort(traffic.usual(8).flow)[-10:]]] = True
    shares = traffic.shares(8, closed)
    first, to = traffic.network.first_turn, traffic._turn_to
    for link in range(traffic.network.links):
        turns = slice(first[link], first[link + 1])
        if not closed[to[turns]].all():
            assert shares[turns][closed[to[turns]]].sum() == pytest.approx(0.0, abs=1e-12)
        assert shares[turns].sum() == pytest.approx(traffic.shares(8)[turns].sum(), abs=1e-9)
    wrong = traffic.shares(8)  # drivers who do not look
    assert wrong[closed[to]].sum() > 0.5


def test_a_city_with_one_gate_has_traffic_too(tiny_city, traffic, monkeypatch):
    monkeypatch.setattr(traffic, "_gate", traffic._gate * (np.arange(len(traffic._gate)) == np.argmax(traffic._gate)))
    trips = traffic.trips(8).matrix
    assert trips.sum() > 0.0
    gate = int(np.argmax(traffic._gate))
    assert trips[gate].sum() < 0.5 * trips.sum()
