"""Holes, vessels and mains: the published examples, their limits, and that each check can fail."""

from __future__ import annotations

import itertools
from math import exp, inf, log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.constants import ATMOSPHERE, GAS_CONSTANT
from models.gas.source import HYDROGEN, METHANE, Main, Orifice, Vessel, circle, critical_ratio
from sim.errors import InputError

CCPS = (501e3, 8.90, 1.15)


def test_ccps_example_of_a_gas_hole():
    assert Orifice(circle(0.010)).flow(*CCPS) == pytest.approx(0.0900280, rel=1e-6)


def test_choked_methane():
    hole = Orifice(circle(0.020))
    assert hole.choked(4e5, METHANE.ratio)
    assert hole.of(METHANE, 4e5, 288.0) == pytest.approx(0.18497, rel=1e-4)


def test_choked_flow_has_its_closed_form():
    k = METHANE.ratio
    p, rho = 6e5, METHANE.density(6e5, 300.0)
    closed = 0.7 * 1e-4 * sqrt(k * rho * p * (2 / (k + 1)) ** ((k + 1) / (k - 1)))
    assert Orifice(1e-4, 0.7).flow(p, rho, k) == pytest.approx(closed, rel=1e-12)


def test_flow_is_continuous_where_choking_begins():
    k = METHANE.ratio
    at = ATMOSPHERE / critical_ratio(k)
    hole = Orifice(1e-4)
    below, above = (hole.of(METHANE, at * f) for f in (1 - 1e-7, 1 + 1e-7))
    assert below == pytest.approx(above, rel=1e-6)
    assert not hole.choked(at * (1 - 1e-7), k)
    assert hole.choked(at * (1 + 1e-7), k)


def test_small_pressures_approach_bernoulli():
    rise = 50.0
    p = ATMOSPHERE + rise
    assert Orifice(1e-4, 1.0).of(METHANE, p, 288.0) == pytest.approx(
        1e-4 * sqrt(2 * METHANE.density(p, 288.0) * rise), rel=1e-3
    )


@given(st.floats(1e3, 1e7), st.floats(1.05, 1.6), st.floats(1e-6, 1.0))
def test_flow_grows_with_pressure_and_scales_with_area(pressure, k, area):
    hole, twice = Orifice(area), Orifice(2 * area)
    density = 0.7 * pressure / ATMOSPHERE
    flow = hole.flow(pressure, density, k)
    assert flow >= 0.0
    assert twice.flow(pressure, density, k) == pytest.approx(2 * flow, rel=1e-12)
    assert hole.flow(pressure * 1.1, density * 1.1, k) >= flow


def test_nothing_flows_inwards():
    assert Orifice(1e-3).of(METHANE, ATMOSPHERE * 0.5) == 0.0
    assert Orifice(1e-3).of(METHANE, ATMOSPHERE) == 0.0


def test_a_vessel_empties_exponentially_while_choked():
    vessel, hole = Vessel(METHANE, 30.0), Orifice(circle(0.03))
    tau = vessel.time_constant(hole)
    pressure, left = vessel.empty(hole, 4e5, 0.5 * tau)
    assert pressure == pytest.approx(4e5 * exp(-0.5), rel=1e-9)
    assert left == pytest.approx(vessel.mass(4e5) * (1 - exp(-0.5)), rel=1e-9)
    assert pressure != pytest.approx(4e5 * exp(-0.55), rel=1e-2)


def test_a_vessel_ends_at_the_outer_pressure_and_loses_no_mass():
    vessel, hole = Vessel(METHANE, 30.0), Orifice(circle(0.03))
    tau = vessel.time_constant(hole)
    for seconds in (0.0, 0.1 * tau, tau, 3 * tau, 50 * tau):
        pressure, left = vessel.empty(hole, 4e5, seconds)
        assert ATMOSPHERE <= pressure <= 4e5
        assert left + vessel.mass(pressure) == pytest.approx(vessel.mass(4e5), rel=1e-12)
    assert vessel.empty(hole, 4e5, 50 * tau)[0] == pytest.approx(ATMOSPHERE, rel=1e-6)


def test_halved_steps_change_a_vessel_little():
    vessel, hole = Vessel(METHANE, 30.0), Orifice(circle(0.03))
    seconds = 1.8 * vessel.time_constant(hole)
    coarse, fine = (vessel.empty(hole, 3e5, seconds, steps)[0] for steps in (100, 200))
    assert coarse == pytest.approx(fine, rel=1e-6)


def test_a_struck_main_delivers_what_the_hole_passes():
    main = Main(METHANE, 500.0, 0.2, 4e5)
    hole = Orifice(circle(0.05))
    flow, pressure = main.strike(hole)
    assert hole.of(METHANE, pressure) == pytest.approx(flow, rel=1e-6)
    drop = main.pressure**2 - pressure**2
    flux = flow / circle(0.2)
    by_hand = 0.02 * 500 / 0.2 * flux**2 * GAS_CONSTANT * 288.15 / METHANE.molar_mass
    assert drop == pytest.approx(by_hand, rel=1e-9)
    assert flow < hole.of(METHANE, 4e5)


def test_a_short_main_holds_its_pressure_and_a_long_one_throttles():
    hole = Orifice(circle(0.1))
    flows = [Main(METHANE, length, 0.1, 4e5).strike(hole)[0] for length in (0.0, 10.0, 100.0, 1000.0, 10000.0)]
    assert flows[0] == pytest.approx(hole.of(METHANE, 4e5), rel=1e-9)
    assert all(a > b for a, b in itertools.pairwise(flows))


@pytest.mark.parametrize(
    "bad",
    [
        lambda: Orifice(-1.0),
        lambda: Orifice(1.0, 1.5),
        lambda: Orifice(1.0).flow(-1.0, 1.0, 1.3),
        lambda: Orifice(1.0).flow(inf, 1.0, 1.3),
        lambda: Orifice(1.0).flow(1e5, float("nan"), 1.3),
        lambda: Orifice(1.0).flow(2e5, 1.0, 1.0),
        lambda: Orifice(1.0).flow(2e5, 1.0, 2.0),
        lambda: METHANE.density(1e5, 0.0),
        lambda: Vessel(METHANE, 0.0),
        lambda: Main(METHANE, -5.0, 0.1, 4e5),
        lambda: circle(-0.1),
    ],
)
def test_bad_input_is_refused_in_both_languages(bad):
    with pytest.raises(InputError) as fault:
        bad()
    assert fault.value.text.en != fault.value.text.zh
    assert fault.value.text.zh


def test_hydrogen_is_light():
    assert HYDROGEN.density(ATMOSPHERE, 288.15) < METHANE.density(ATMOSPHERE, 288.15) < 1.0
    assert METHANE.density(ATMOSPHERE, 288.15) == pytest.approx(0.6785, rel=1e-3)
    assert log(critical_ratio(1.4)) == pytest.approx(log(0.52828), abs=1e-5)
