"""User equilibrium: Braess, the published networks, and what any equilibrium must keep."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tntp import read_network, read_trips

from models.traffic.equilibrium import Trips, equilibrium, gaps, load_fastest
from models.traffic.network import Network, build_network
from sim.errors import InputError

BEST = {"SiouxFalls": 4_231_335.287, "Anaheim": 1_286_032.171}
ints = lambda *v: np.array(v, dtype=np.int32)  # noqa: E731 — a short name for arrays


def braess(*, bridge: bool) -> tuple[Network, Trips]:
    """Costs 10v, 50 + v, 50 + v, 10v and the bridge 10 + v; six drivers."""
    tail, head = [0, 0, 2, 2, 3], [2, 3, 1, 3, 1]
    free, b = [1e-8, 50, 50, 10, 1e-8], [1e9, 0.02, 0.02, 0.1, 1e9]
    keep = [0, 1, 2, 3, 4] if bridge else [0, 1, 2, 4]
    columns = tuple(np.array(c, dtype=float)[keep] for c in (free, [1] * 5, b, [1] * 5))
    network, _ = build_network(ints(*tail)[keep], ints(*head)[keep], columns, np.ones(4, dtype=np.bool_))
    return network, Trips(ints(0, 1), np.array([[0.0, 6.0], [0.0, 0.0]]))


@pytest.mark.parametrize(("bridge", "minutes"), [(True, 92.0), (False, 83.0)])
def test_braess(bridge, minutes):
    network, trips = braess(bridge=bridge)
    found = equilibrium(network, trips, 1e-10)
    assert gaps(network, found, trips)[2] / 6 == pytest.approx(minutes, rel=1e-6)


@pytest.mark.parametrize("name", ["SiouxFalls", "Anaheim"])
def test_published_networks(shared_data: Path, name: str):
    network, _ = read_network(shared_data / "tntp" / f"{name}_net.tntp")
    trips = read_trips(shared_data / "tntp" / f"{name}_trips.tntp")
    found = equilibrium(network, trips)
    gap, objective, _ = gaps(network, found, trips)
    assert gap <= 1e-4
    assert objective == pytest.approx(BEST[name], rel=1e-5)
    assert objective >= BEST[name] * (1 - 1e-8)


def test_published_flows(shared_data: Path):
    network, _order = read_network(shared_data / "tntp" / "SiouxFalls_net.tntp")
    found = equilibrium(network, read_trips(shared_data / "tntp" / "SiouxFalls_trips.tntp"), 1e-6)
    rows = (shared_data / "tntp" / "SiouxFalls_flow.tntp").read_text().split("\n")[1:]
    published = {tuple(row.split()[:2]): float(row.split()[2]) for row in rows if row.strip()}
    mine = {(str(t + 1), str(h + 1)): v for t, h, v in zip(network.tail, network.head, found.flow, strict=True)}
    assert mine.keys() == published.keys()
    for link, flow in published.items():
        assert mine[link] == pytest.approx(flow, abs=30.0), link  # of 4,500 to 23,200


def test_no_way_leads_through_a_zone():
    """0 → 1 → 2 is short but 1 is a zone; 0 → 3 → 2 is long."""
    through = np.array([True, False, True, True])
    columns = (np.array([1.0, 1.0, 5.0, 5.0]), np.ones(4), np.zeros(4), np.ones(4))
    network, _ = build_network(ints(0, 1, 0, 3), ints(1, 2, 3, 2), columns, through)
    found = equilibrium(network, Trips(ints(0, 1, 2), np.array([[0, 2.0, 3.0], [0, 0, 4.0], [0, 0, 0]])))
    flows = dict(zip(zip(network.tail.tolist(), network.head.tolist(), strict=True), found.flow, strict=True))
    assert flows == pytest.approx({(0, 1): 2.0, (1, 2): 4.0, (0, 3): 3.0, (3, 2): 3.0})


def random_network(seed: int) -> tuple[Network, Trips]:
    rng = np.random.default_rng(seed)
    side = 5
    node = np.arange(side * side).reshape(side, side)
    pairs = [(a, b) for a, b in zip(node[:, :-1].ravel(), node[:, 1:].ravel(), strict=True)]
    pairs += [(a, b) for a, b in zip(node[:-1].ravel(), node[1:].ravel(), strict=True)]
    tail, head = np.array([*pairs, *((b, a) for a, b in pairs)], dtype=np.int32).T
    links = len(tail)
    columns = (rng.uniform(1, 5, links), rng.uniform(50, 150, links), np.full(links, 0.15), np.full(links, 4.0))
    network, _ = build_network(tail, head, columns, np.ones(side * side, dtype=np.bool_))
    matrix = rng.uniform(0, 30, (6, 6))
    np.fill_diagonal(matrix, 0.0)
    return network, Trips(rng.choice(side * side, 6, replace=False).astype(np.int32), matrix)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_flow_is_conserved_at_every_node_and_on_every_turn(seed):
    network, trips = random_network(seed)
    found = equilibrium(network, trips, 1e-4)
    net = np.zeros(network.nodes)
    np.add.at(net, network.tail, found.flow)
    np.add.at(net, network.head, -found.flow)
    expected = np.zeros(network.nodes)
    np.add.at(expected, trips.zone, trips.matrix.sum(axis=1) - trips.matrix.sum(axis=0))
    assert net == pytest.approx(expected, abs=1e-6)
    link = np.repeat(np.arange(network.links), np.diff(network.first_turn))
    leaving = np.bincount(link, weights=found.turns, minlength=network.links)
    assert (leaving <= found.flow + 1e-6).all()
    arrived = np.zeros(network.nodes)
    np.add.at(arrived, network.head, found.flow - leaving)
    ends = np.zeros(network.nodes)
    np.add.at(ends, trips.zone, trips.matrix.sum(axis=0))
    assert arrived == pytest.approx(ends, abs=1e-6)
    assert found.gap <= 1e-4
    assert (found.flow >= 0).all()


def test_used_ways_are_equally_long():
    network, trips = random_network(1)
    found = equilibrium(network, trips, 1e-9, most=20_000)
    parts = (network.first_out, network.head, network.first_turn, network.through)
    for a in range(6):
        for b in range(6):
            one = np.zeros((6, 6))
            one[a, b] = 1.0
            if trips.matrix[a, b]:
                assert np.isfinite(load_fastest(*parts, found.time, trips.zone, one)[2])
    assert gaps(network, found, trips)[0] <= 1e-9


def test_light_traffic_is_free_and_more_traffic_is_slower():
    network, trips = random_network(2)
    light = equilibrium(network, Trips(trips.zone, trips.matrix * 1e-6))
    assert light.time == pytest.approx(network.free, rel=1e-9)
    spent = [
        gaps(
            network,
            equilibrium(network, Trips(trips.zone, trips.matrix * f), 1e-6),
            Trips(trips.zone, trips.matrix * f),
        )
        for f in (0.5, 1.0, 2.0)
    ]
    assert spent[1][2] > 2 * spent[0][2]
    assert spent[2][2] > 2 * spent[1][2]


def test_units_of_time_and_flow_do_not_matter():
    network, trips = random_network(3)
    found = equilibrium(network, trips, 1e-8)
    other = Network(**(network.__dict__ | {"free": network.free * 60.0, "capacity": network.capacity / 3600.0}))
    again = equilibrium(other, Trips(trips.zone, trips.matrix / 3600.0), 1e-8)
    assert again.flow * 3600.0 == pytest.approx(found.flow, abs=0.05)
    assert again.time / 60.0 == pytest.approx(found.time, rel=1e-4)


def test_a_warm_start_ends_at_the_same_place_sooner():
    network, trips = random_network(4)
    cold = equilibrium(network, trips, 1e-7)
    warm = equilibrium(network, trips, 1e-7, start=equilibrium(network, trips, 1e-6))
    assert warm.iterations < cold.iterations
    assert warm.flow == pytest.approx(cold.flow, abs=0.1)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (lambda: Trips(ints(0, 1), np.zeros((3, 3))), "square"),
        (lambda: Trips(ints(0, 1), np.array([[0.0, -1.0], [0.0, 0.0]])), "trips"),
        (lambda: build_network(ints(0), ints(9), tuple(np.ones((4, 1))), np.ones(2, dtype=np.bool_)), "does not have"),
        (lambda: build_network(ints(5), ints(1), tuple(np.ones((4, 1))), np.ones(2, dtype=np.bool_)), "does not have"),
        (lambda: build_network(ints(0), ints(1), tuple(np.zeros((4, 1))), np.ones(2, dtype=np.bool_)), "free time"),
    ],
)
def test_bad_input_is_refused(bad, says):
    with pytest.raises(InputError, match=says):
        bad()


def test_trips_without_a_way_are_refused():
    network, _ = build_network(ints(0), ints(1), tuple(np.ones((4, 1))), np.ones(2, dtype=np.bool_))
    with pytest.raises(InputError, match="no way"):
        equilibrium(network, Trips(ints(0, 1), np.array([[0.0, 0.0], [1.0, 0.0]])))
    with pytest.raises(InputError, match="zone"):
        equilibrium(network, Trips(ints(0, 7), np.zeros((2, 2))))
