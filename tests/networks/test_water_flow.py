"""Water under pressure: reference networks, laws of nature, and oracles that reject planted bugs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from cases import TWO_LOOPS_PRESSURE, mesh, two_loops
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import fsolve

from models.networks import head_loss
from models.networks.water import pumps, usual, water_network
from models.networks.water_flow import HYDRANT_HEAD, after, flow_water, inflow
from sim.errors import InputError


def flow(network, **changed):
    return flow_water(network, replace(usual(network), **changed))


def line(demand: float = 0.0, head: float = 40.0, **shape):
    """A reservoir, a pipe and a junction at elevation 0."""
    values = {"length": 1000.0, "diameter": 0.3, "roughness": 130.0, **shape}
    return water_network([0.0, 0.0], [0.0, demand], [head, np.nan], ([0], [1]), values)


def plus(values, node: int, what: float):
    out = np.array(values, dtype=np.float64)
    out[node] += what
    return out


# Reference values


def two_loop_heads_are_right(network) -> bool:
    found = flow_water(network, usual(network), by_pressure=False).pressure[1:]
    return bool(np.abs(found - TWO_LOOPS_PRESSURE).max() <= 0.005)


def test_two_loop_network():
    assert two_loop_heads_are_right(two_loops())
    found = flow_water(two_loops(), usual(two_loops()), by_pressure=False)
    assert found.pressure[1:4] == pytest.approx([53.25, 30.46, 43.45], abs=0.01)


def test_the_two_loops_reject_other_data():
    assert not two_loop_heads_are_right(two_loops(roughness=129.0))
    assert not two_loop_heads_are_right(two_loops(demand=1.01))


def test_hazen_williams_of_one_pipe():
    network = line(0.1, 40.0)
    found = flow_water(network, usual(network), by_pressure=False)
    assert 40.0 - found.head[1] == pytest.approx(6.42631, rel=1e-4)
    a = head_loss.hazen_williams(np.array([1000.0]), np.array([0.3]), np.array([130.0]))
    assert float(a[0]) * 0.1**1.852 == pytest.approx(6.42631, rel=1e-4)
    assert float(a[0]) * 0.1**2 != pytest.approx(6.42631, rel=1e-2)  # another exponent


def test_leak_of_one_hole():
    area = np.pi / 4.0 * 0.05**2
    assert head_loss.orifice(area, 40.0) == pytest.approx(0.041254, rel=2e-5)
    assert head_loss.orifice(area, 40.0, discharge=0.62) != pytest.approx(0.041254, rel=1e-2)
    assert head_loss.orifice(area, -1.0) == 0.0
    wide = line(diameter=5.0)  # no loss on the way: the hole has the reservoir's head
    found = flow(wide, leak=np.array([0.0, 0.75 * area]))
    assert found.leaked[1] == pytest.approx(0.041254, rel=1e-4)
    assert found.flow[0] == pytest.approx(found.leaked[1])


def test_minor_loss_is_k_velocity_heads():
    plain, rough = (flow(line(0.1, 60.0, minor=k)) for k in (0.0, 10.0))
    v = 0.1 / (np.pi / 4.0 * 0.3**2)
    assert plain.head[1] - rough.head[1] == pytest.approx(10.0 * v**2 / (2.0 * 9.81), rel=1e-7)


# Laws


def test_a_small_network_solves_its_own_equations():
    """The same balance by a general root finder, as a plain twin."""
    network = two_loops()
    tail, head = network.pipes
    r = head_loss.hazen_williams(network.length, network.diameter, network.roughness)

    def imbalance(heads):
        level = np.r_[210.0, heads]
        drop = level[tail] - level[head]
        q = np.sign(drop) * (np.abs(drop) / r) ** (1.0 / 1.852)
        net = np.bincount(head, q, 7) - np.bincount(tail, q, 7) - network.demand
        return net[1:]

    heads = fsolve(imbalance, np.full(6, 195.0), xtol=1e-12)
    found = flow_water(network, usual(network), by_pressure=False)
    assert found.head[1:] == pytest.approx(heads, abs=1e-4)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.0, 6.0), st.floats(0.0, 0.02))
def test_what_comes_in_goes_out_and_heads_explain_flows(seed, factor, hydrant):
    network = mesh(seed)
    drawn = plus(np.zeros(36), 35, hydrant)
    found = flow(network, demand=np.full(36, factor), hydrant=drawn, leak=plus(np.zeros(36), 20, 1e-4))
    total = max(float(found.drawn.sum()), 1e-3)
    assert np.abs(inflow(network, found)[1:]).max() <= 1e-9 * total
    drop = found.head[network.pipes.tail] - found.head[network.pipes.head]
    size = np.abs(found.flow)
    loss = head_loss.hazen_williams(network.length, network.diameter, network.roughness) * size**1.852
    loss += head_loss.minor(network.minor, network.diameter) * size**2
    fast = size > 1e-5 * np.pi / 4.0 * network.diameter**2 * 100
    assert (np.sign(found.flow) * loss)[fast] == pytest.approx(drop[fast], rel=1e-6, abs=1e-7)
    assert (found.taken <= network.demand * factor * (1.0 + 1e-6) + 1e-12).all()
    assert (found.taken >= 0.0).all()
    assert found.head.max() <= 55.0 + 1e-6


def test_taps_draw_by_the_root_of_the_pressure():
    for head, share in ((30.0, 1.0), (20.0, 1.0), (5.0, 0.5), (0.0, 0.0)):
        found = flow(line(1e-3, head, diameter=3.0))
        assert found.taken[1] == pytest.approx(share * 1e-3, rel=1e-3, abs=1e-9)


def test_mirrored_and_renumbered_networks_flow_the_same():
    network = mesh(5)
    turned = replace(network, pipes=type(network.pipes)(network.pipes.head, network.pipes.tail))
    a, b = flow(network), flow(turned)
    assert b.head == pytest.approx(a.head, abs=1e-7)
    assert b.flow == pytest.approx(-a.flow, abs=1e-9)
    order = np.random.default_rng(1).permutation(36)
    place = np.argsort(order)
    moved = water_network(
        network.elevation[order], network.demand[order], network.source[order],
        (place[network.pipes.tail], place[network.pipes.head]),
        {"length": network.length, "diameter": network.diameter, "roughness": network.roughness, "minor": network.minor},
    )  # fmt: skip
    assert flow(moved).head == pytest.approx(a.head[order], abs=1e-7)


def test_more_draw_never_raises_a_pressure():
    network = mesh(7)
    calm = flow(network)
    for node in (5, 20, 35):
        drawn = flow(network, hydrant=plus(np.zeros(36), node, 0.01))
        assert (drawn.pressure <= calm.pressure + 1e-7).all()
        assert drawn.pressure[node] < calm.pressure[node]


# Operation


def test_behind_a_shut_pipe_it_is_dry():
    network = line(0.01)
    found = flow(network, open=np.array([False]))
    assert found.fed.tolist() == [True, False]
    assert found.pressure[1] == 0.0
    assert found.drawn.sum() == 0.0


def test_a_check_valve_lets_nothing_back():
    for heads, flows in (((40.0, 30.0), True), ((30.0, 40.0), False)):
        network = water_network([0, 0, 0], [0, 0.005, 0], [heads[0], np.nan, heads[1]], ([0, 1], [1, 2]),
                                {"length": 100.0, "diameter": 0.2, "roughness": 120.0, "check": [True, False]})  # fmt: skip
        found = flow(network)
        assert (found.flow[0] > 1e-6) == flows
        assert found.flow[0] >= -1e-7


def pumped(speed: float = 1.0):
    network = water_network([0.0, 0.0], [0.0, 0.02], [10.0, np.nan], ([], []), {"length": [], "diameter": [], "roughness": []},
                            pumps(2, [0], [1], [0.02], [30.0]))  # fmt: skip
    return flow(network, speed=np.array([speed]))


def test_a_pump_lifts_by_its_design_point_and_its_speed():
    assert pumped().pressure[1] == pytest.approx(40.0, abs=1e-6)
    # Affinity: h = n²·shutoff - drop·Q².
    assert pumped(0.9).pressure[1] == pytest.approx(10.0 + 0.81 * 40.0 - 10.0, abs=1e-6)
    assert pumped(0.0).fed.tolist() == [True, False]
    assert pumped(0.0).taken.sum() == 0.0


def test_a_hydrant_gives_all_from_ten_metres_on_and_runs_dry():
    for head, share in ((30.0, 1.0), (HYDRANT_HEAD, 1.0), (HYDRANT_HEAD / 4.0, 0.5), (0.0, 0.0)):
        found = flow(line(head=head, diameter=4.0), hydrant=np.array([0.0, 0.03]))
        assert found.hydrant[1] == pytest.approx(0.03 * share, rel=1e-3, abs=1e-9)


def test_a_tank_runs_down_by_what_is_drawn_and_never_below_its_bottom():
    network = water_network([0.0, 0.0], [0.0, 0.01], [30.0, np.nan], ([0], [1]),
                            {"length": 10.0, "diameter": 0.5, "roughness": 130.0}, tanks={"area": [5.0, 0.0], "bottom": [25.0, 0.0], "top": [32.0, 0.0]})  # fmt: skip
    now = usual(network)
    for _ in range(5):
        now = after(network, now, flow_water(network, now), 60.0)
    assert now.head[0] == pytest.approx(30.0 - 5 * 60.0 * 0.01 / 5.0)
    now = after(network, now, flow_water(network, now), 3600.0)
    assert np.isnan(now.head[0])
    with pytest.raises(InputError, match="no reservoir or tank"):
        flow_water(network, now)


def test_an_empty_tank_fills_again_where_the_head_allows_it():
    for head, fills in ((30.0, True), (20.0, False)):
        network = water_network([0.0, 0.0, 0.0], [0.0, 0.001, 0.0], [head, np.nan, 25.0], ([0, 1], [1, 2]),
                                {"length": 100.0, "diameter": 0.2, "roughness": 130.0},
                                tanks={"area": [0.0, 0.0, 5.0], "bottom": [0.0, 0.0, 25.0], "top": [0.0, 0.0, 40.0]})  # fmt: skip
        now = replace(usual(network), head=np.array([head, np.nan, np.nan]))
        found = flow_water(network, now)
        assert (found.flow[1] > 1e-3) == fills
        later = after(network, now, found, 60.0)
        assert (np.nan_to_num(later.head[2], nan=0.0) > 25.0) == fills


def test_a_halved_step_empties_a_tank_alike():
    network = water_network([0.0, 0.0], [0.0, 0.05], [12.0, np.nan], ([0], [1]),
                            {"length": 500.0, "diameter": 0.2, "roughness": 130.0}, tanks={"area": [40.0, 0.0], "bottom": [0.5, 0.0], "top": [30.0, 0.0]})  # fmt: skip
    levels = []
    for dt in (60.0, 30.0, 15.0):
        now = usual(network)
        for _ in range(int(1800 / dt)):
            now = after(network, now, flow_water(network, now), dt)
        levels.append(now.head[0])
    assert abs(levels[2] - levels[1]) < 0.6 * abs(levels[1] - levels[0])


# Bad input


@pytest.mark.parametrize(
    ("change", "words"),
    [({"source": [np.nan, np.nan]}, "needs a source"), ({"pipes": ([0], [7])}, "does not exist"),
     ({"pipes": ([1], [1])}, "begins and ends"), ({"demand": [0.0, -1.0]}, "demand"),
     ({"shape": {"length": -1.0, "diameter": 0.1, "roughness": 100.0}}, "length"),
     ({"shape": {"length": 1.0, "diameter": np.nan, "roughness": 100.0}}, "diameter")],
)  # fmt: skip
def test_bad_networks_are_refused(change, words):
    whole = {"elevation": [0.0, 0.0], "demand": [0.0, 0.1], "source": [10.0, np.nan], "pipes": ([0], [1]),
             "shape": {"length": 1.0, "diameter": 0.1, "roughness": 100.0}, **change}  # fmt: skip
    with pytest.raises(InputError, match=words):
        water_network(**whole)
