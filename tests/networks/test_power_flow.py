"""DC power flow: the IEEE case, islands, shedding, cascades and relays."""

from __future__ import annotations

import numpy as np
import pytest
from cases import IEEE14_ANGLES, ieee14
from hypothesis import given, settings
from hypothesis import strategies as st

from models.networks.power import cascade, flow_power, grid
from models.networks.power_relief import relieved
from models.networks.relays import trip_seconds, wear
from models.networks.topology import balance
from sim.errors import InputError


def closed(case, *opened: int):
    all_in = np.ones(len(case.susceptance), dtype=np.bool_)
    all_in[list(opened)] = False
    return all_in


def test_ieee_14_angles():
    case = ieee14()
    assert np.degrees(flow_power(case, closed(case)).angle[1:5]) == pytest.approx(IEEE14_ANGLES, abs=1e-5)


def balanced(case, state) -> float:
    out = np.bincount(case.bus, state.output, case.buses) - state.served
    return float(np.abs(balance(case.buses, case.branches, state.flow) + out).max())


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(0, 19), max_size=8), st.floats(0.0, 4.0))
def test_every_bus_balances_whatever_is_open(opened, factor):
    case = ieee14()
    state = flow_power(case, closed(case, *opened), load=case.load * factor)
    assert balanced(case, state) <= 1e-7 * max(1.0, float(case.load.sum()))
    assert (state.served <= case.load * factor + 1e-9).all()
    assert (state.served >= 0.0).all()
    assert (state.output <= case.most + 1e-9).all()
    assert (state.flow[list(opened)] == 0.0).all()


def test_flows_follow_kirchhoff_in_a_triangle():
    """Equal reactances: two thirds of the power take the short way, one third the long one."""
    three = grid(
        [0.0, 0.0, 90.0], ([0, 0, 1], [2, 1, 2], [0.1, 0.1, 0.1]), {"bus": [0], "most": [100.0], "planned": [90.0]}
    )
    assert flow_power(three, closed(three)).flow == pytest.approx([60.0, 30.0, 30.0])
    assert flow_power(three, closed(three, 0)).flow == pytest.approx([0.0, 90.0, 90.0])


def test_an_island_without_a_generator_is_dark():
    case = ieee14()
    state = flow_power(case, closed(case, 16, 19))  # bus 14 alone
    assert state.served[13] == 0.0
    assert state.served.sum() == pytest.approx(case.load.sum() - case.load[13])


def test_what_matters_least_is_shed_first():
    two = grid([50.0, 50.0], ([0], [1], [0.1]), {"bus": [0], "most": [60.0], "planned": [60.0]}, rank=[0, 1])
    assert flow_power(two, closed(two)).served == pytest.approx([50.0, 10.0])
    short = flow_power(two, closed(two), running=np.array([False]))
    assert short.served.sum() == short.output.sum() == 0.0


def ring(rating: float):
    """Three ways from a plant to a town of 90 MW; each carries 30 in calm."""
    return grid(
        [0.0, 90.0],
        ([0, 0, 0], [1, 1, 1], [0.1, 0.1, 0.1]),
        {"bus": [0], "most": [200.0], "planned": [90.0]},
        rating=rating,
    )


def test_a_cascade_stops_where_what_is_left_can_carry_it():
    state, trips, _ = cascade(ring(45.0), np.array([False, True, True]))
    assert trips == ()
    assert state.served[1] == pytest.approx(90.0)
    state, trips, now = cascade(ring(44.0), np.array([False, True, True]))
    assert [trip.step for trip in trips] == [1, 2]
    assert trips[0].loading == pytest.approx(45.0 / 44.0)
    assert trips[1].loading == pytest.approx(90.0 / 44.0)
    assert not now.any()
    assert state.served[1] == 0.0


def test_an_operator_sheds_just_what_relieves_the_lines():
    case = ring(40.0)
    state = relieved(case, np.array([False, True, True]))
    assert state.served[1] == pytest.approx(80.0)
    assert np.abs(state.flow) == pytest.approx([0.0, 40.0, 40.0])
    free = relieved(ieee14(), closed(ieee14()))
    assert free.served == pytest.approx(ieee14().load)


def test_relays_trip_as_the_standard_says():
    # IEC 60255-151, extremely inverse: 80/(M²-1) s at a dial of 1.
    assert trip_seconds(np.array([2.0, 5.0, 10.0])) == pytest.approx([26.6667, 3.33333, 0.808081], rel=1e-5)
    assert np.isinf(trip_seconds(np.array([0.0, 0.99, 1.0]))).all()
    normal = trip_seconds(np.array([2.0]), curve=(0.14, 0.02))
    assert normal == pytest.approx([10.029], rel=1e-3)


def test_a_relay_adds_up_and_resets():
    progress = np.zeros(1)
    beats = 1
    while not wear(progress, np.array([1.5]), 10.0, dial=2.0)[0]:
        beats += 1
    assert beats * 10.0 == pytest.approx(float(trip_seconds(np.array([1.5]), 2.0)[0]), abs=10.0)
    wear(progress, np.array([0.9]), 10.0)
    assert progress[0] == 0.0


@pytest.mark.parametrize(
    ("change", "words"),
    [({"bus": []}, "needs a source"), ({"bus": [9]}, "does not exist"), ({"x": 0.0}, "reactance"), ({"load": [-1.0, 0.0]}, "load"),
     ({"rating": -1.0}, "rating"), ({"most": np.nan}, "output")],
)  # fmt: skip
def test_bad_grids_are_refused(change, words):
    whole = {"load": [1.0, 1.0], "x": 0.1, "bus": [0], "most": 5.0, "rating": 1.0, **change}
    n = len(whole["bus"])
    with pytest.raises(InputError, match=words):
        grid(
            whole["load"],
            ([0], [1], whole["x"]),
            {"bus": whole["bus"], "most": np.full(n, whole["most"]), "planned": np.zeros(n)},
            rating=whole["rating"],
        )
