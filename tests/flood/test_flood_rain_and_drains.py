"""Rain over time, what soaks in, what inlets, pumps and garages take."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from basins import ground
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from models.flood.basin import Basin, Inflow, Stage
from models.flood.exchange import Garages, Ground, Inlets, Pumps, soaked
from models.flood.rain import NANJING, Intensity, Rain, design_storm, hyetograph, observed, steady
from sim.errors import InputError

# Rain


def test_the_formula_of_nanjing_tells_what_the_drainage_engineer_reads():
    assert NANJING.of(1.0, 60.0) * 60 == pytest.approx(39.5, abs=0.1)  # mm in the hour that comes once a year
    assert NANJING.of(100.0, 60.0) / NANJING.of(1.0, 60.0) == pytest.approx(1 + 0.837 * 2)


@given(years=st.floats(1, 1000), minutes=st.floats(30, 360), peak=st.floats(0.05, 0.95))
@settings(max_examples=50, deadline=None)
def test_a_chicago_storm_holds_the_rain_of_its_formula(years: float, minutes: float, peak: float):
    storm = design_storm(years, minutes, peak)
    assert storm.total * 1000 == pytest.approx(NANJING.of(years, minutes) * minutes, rel=1e-9)
    block = int(np.argmax(storm.intensity))
    assert abs((storm.edges[block] + storm.edges[block + 1]) / 2 - peak * minutes * 60) <= 450.0


def test_within_any_time_about_the_peak_it_rains_what_the_formula_says():
    storm = design_storm(50, 180, 0.4, block_min=1.0)
    for minutes in (30.0, 60.0, 120.0):
        start = (0.4 * 180 - 0.4 * minutes) * 60
        depth = storm.until(start + minutes * 60) - storm.until(start)
        assert depth * 1000 == pytest.approx(NANJING.of(50, minutes) * minutes, rel=1e-9)
        assert storm.most_within(minutes * 60) * 1000 == pytest.approx(NANJING.of(50, minutes) * minutes, rel=2e-3)
    wrong = design_storm(50, 180, 0.4, block_min=1.0, formula=Intensity(64.3, 0.837, 32.9, 0.9))
    assert wrong.total > 1.05 * storm.total


def test_a_hyetograph_and_a_gauge_tell_the_same():
    one = hyetograph((10.0, 60.0, 20.0), 600.0)
    two = observed((0.0, 600.0, 1200.0, 1800.0), (0.0, 10 / 6, 10.0, 20 / 6))
    assert np.allclose(one.intensity, two.intensity)
    assert one.total == pytest.approx(0.015)
    assert one.starting(5000.0).until(5900.0) == pytest.approx(one.until(900.0))
    assert one.at(700.0) == pytest.approx(60e-3 / 3600)
    assert one.at(-1.0) == one.at(1800.0) == 0.0


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: hyetograph((10.0, -1.0), 600.0), lambda: steady(float("nan"), 60.0), lambda: steady(1e5, 60.0),
        lambda: hyetograph((), 600.0), lambda: observed((0.0, 0.0), (1.0, 1.0)), lambda: observed((0.0,), (1.0,)),
        lambda: observed((0.0, 60.0), (0.0, -5.0)), lambda: design_storm(0.5, 60), lambda: design_storm(50, 60, 1.5),
        lambda: Rain(np.array([0.0, 1.0, 0.5]), np.array([0.0, 0.0])),
    ],
)  # fmt: skip
def test_impossible_rain_is_refused(wrong):
    with pytest.raises(InputError) as caught:
        wrong()
    assert caught.value.text.en
    assert caught.value.text.zh


# Infiltration


@given(k=st.floats(1e-8, 1e-4), s=st.just(0.0) | st.floats(1e-4, 0.5), f=st.floats(0.0, 0.3), dt=st.floats(1.0, 7200.0))
@settings(max_examples=100, deadline=None)
def test_ponded_ground_takes_what_green_and_ampt_say(k: float, s: float, f: float, dt: float):
    got = soaked(f, k, s, dt)
    if s == 0.0:
        assert got == pytest.approx(k * dt, rel=1e-9)
        return
    exact = brentq(
        lambda x: x - k * dt - s * log((f + x + s) / (f + s)), k * dt, 2 * (k * dt + (2 * k * dt * s) ** 0.5) + 1e-9
    )
    assert got == pytest.approx(exact, rel=1e-6, abs=1e-9)


def test_a_pond_on_loam_sinks_as_green_and_ampt_say():
    k, s = 3.6e-6, 0.06
    basin = Basin(ground(np.zeros((4, 4)), 5.0), 0.05, Ground((1.0,), (k,), (s,)), soak_s=20.0)
    basin.fill(np.full((4, 4), 0.5))
    basin.advance(3600.0)
    exact = brentq(lambda x: x - k * 3600 - s * log((x + s) / s), k * 3600, 1.0)
    assert 0.5 - basin.depth.mean() == pytest.approx(exact, rel=5e-3)
    assert exact > 2 * k * 3600  # suction matters: a plain K·t is rejected
    assert basin.lost == 0


def test_only_the_runoff_share_of_the_rain_stays():
    basin = Basin(
        ground(np.zeros((2, 2)), 5.0), 0.05, Ground((1.0, 0.4), (0.0, 0.0), (0.0, 0.0)),
        np.array([[0, 0], [1, 1]], dtype=np.uint8), rain=steady(36.0, 3600.0),
    )  # fmt: skip
    basin.advance(3600.0)
    assert basin.volume == pytest.approx(0.036 * 100 * 0.7, rel=1e-6)


# Inlets, pumps, garages


def pond(depth: float, **other) -> Basin:
    basin = Basin(ground(np.zeros((1, 1)), 10.0), 0.05, exchange_s=0.2, **other)
    basin.fill(np.full((1, 1), depth))
    return basin


def inlet(capacity: float, perimeter: float, area: float) -> Inlets:
    return Inlets(np.array([0]), np.array([capacity]), np.array([perimeter]), np.array([area]))


def test_an_inlet_takes_as_a_weir_then_as_an_orifice_then_what_the_sewer_carries():
    for depth, one, flow in (
        (0.05, inlet(9.0, 1.5, 0.25), 1.66 * 1.5 * 0.05**1.5),
        (1.0, inlet(9.0, 15.0, 0.25), 0.67 * 0.25 * (2 * 9.80665) ** 0.5),
        (1.0, inlet(0.02, 1.5, 0.25), 0.02),
    ):
        basin = pond(depth, inlets=one)
        basin.advance(1.0)
        assert basin.volumes()["drained"] == pytest.approx(flow, rel=0.02)


def test_a_pond_empties_through_an_inlet_as_its_ode_says():
    basin = pond(0.2, inlets=inlet(9.0, 1.5, 99.0))
    basin.advance(300.0)
    # dh/dt = −c·h^1.5 with c = 1.66·P/A, so 1/√h grows by c·t/2
    assert basin.depth[0, 0] == pytest.approx((0.2**-0.5 + 1.66 * 1.5 / 100 * 300 / 2) ** -2, rel=1e-2)


def test_a_blocked_inlet_takes_its_share_and_an_empty_one_nothing():
    one = inlet(0.1, 99.0, 99.0)
    one.open[:] = 0.25
    basin = pond(1.0, inlets=one)
    basin.advance(100.0)
    assert basin.volumes()["drained"] == pytest.approx(2.5, rel=1e-3)
    dry = pond(0.0, inlets=inlet(0.1, 1.0, 1.0))
    dry.advance(100.0)
    assert dry.ledger.drained == 0


def test_pumps_lift_their_rate_out_or_into_another_cell_and_stop_when_they_fail():
    basin = Basin(
        ground(np.array([[0.0, 50.0]]), 10.0), 0.05, pumps=Pumps(np.array([0]), np.array([-1]), np.array([0.03]))
    )
    basin.fill(np.array([[1.0, 0.0]]))
    basin.advance(600.0)
    assert basin.volumes()["pumped"] == pytest.approx(18.0, rel=1e-4)
    basin.pumps.rate[:] = 0.0
    basin.advance(600.0)
    assert basin.volumes()["pumped"] == pytest.approx(18.0, rel=1e-4)


def garage(sill: float) -> Garages:
    return Garages(np.array([0]), np.array([sill]), np.array([4.0]), np.array([30.0]))


def test_a_garage_fills_over_its_sill_until_it_is_full_and_a_barrier_keeps_it_dry():
    basin = pond(0.25, garages=garage(0.15))
    basin.advance(1.0)
    assert basin.volumes()["stored"] == pytest.approx(1.7 * 4.0 * 0.1**1.5, rel=0.02)
    basin.advance(3600.0)
    assert basin.depth[0, 0] == pytest.approx(0.15, abs=2e-3)
    deep = pond(1.0, garages=garage(0.15))
    deep.advance(3600.0)
    assert deep.volumes()["stored"] == pytest.approx(30.0, rel=1e-6)
    guarded = pond(0.25, garages=garage(0.15 + 0.6))
    guarded.advance(3600.0)
    assert guarded.ledger.stored == 0


def test_the_underpass_node_of_the_planners_is_the_limit_of_one_cell():
    """dh/dt = (C·r·A − q_pump)/A for a pond with walls: depth after an hour."""
    basin = Basin(
        ground(np.zeros((1, 1)), 20.0), 0.05, Ground((0.9,), (0.0,), (0.0,)), rain=steady(80.0, 3600.0),
        inflows=[Inflow(np.array([0]), np.array([0.0, 3600.0]), np.array([0.05, 0.05]))],
        pumps=Pumps(np.array([0]), np.array([-1]), np.array([0.04])),
    )  # fmt: skip
    basin.advance(3600.0)
    assert basin.depth[0, 0] == pytest.approx(0.9 * 0.08 + 0.01 * 3600 / 400, rel=1e-3)


# Boundaries


def test_a_river_that_rises_floods_the_bank_to_its_level_and_takes_it_back():
    z = np.tile(np.r_[-2.0, np.linspace(0.5, 0.0, 19)], (3, 1))
    river = Stage(np.arange(3) * 20, np.array([0.0, 3600.0, 7200.0, 10800.0]), np.array([-1.0, 1.0, 1.0, -1.0]))
    basin = Basin(ground(z, 10.0), 0.04, stages=[river])
    basin.advance(7200.0)
    assert basin.level[:, 1:].mean() == pytest.approx(1.0, abs=0.02)
    assert basin.volumes()["held"] == pytest.approx(basin.volume, rel=1e-9)
    basin.advance(7200.0)
    assert basin.level[:, 0].max() == pytest.approx(-1.0, abs=1e-6)
    assert basin.depth[:, 1].max() < 0.05
    assert basin.depth[:, -1].min() > 0.3  # what lies behind the bank stays


def test_an_inflow_brings_the_integral_of_its_hydrograph():
    one = Inflow(np.array([1, 2]), np.array([0.0, 100.0, 300.0]), np.array([0.0, 4.0, 0.0]))
    assert one.volume(-50.0, 400.0) == pytest.approx(600.0)
    basin = Basin(ground(np.zeros((3, 3)), 20.0), 0.05, inflows=[one])
    basin.advance(400.0)
    assert basin.volume == pytest.approx(600.0, rel=1e-6)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Inflow(np.array([-1]), np.array([0.0, 1.0]), np.array([1.0, 1.0])),
        lambda: Inflow(np.array([0]), np.array([0.0, 1.0]), np.array([1.0, -1.0])),
        lambda: Inflow(np.array([0]), np.array([1.0, 1.0]), np.array([1.0, 1.0])),
        lambda: Stage(np.array([-1]), np.array([0.0]), np.array([1.0])),
        lambda: Stage(np.array([0]), np.array([0.0]), np.array([float("nan")])),
        lambda: Basin(ground(np.zeros((2, 2)), 5.0), 0.0),
        lambda: Basin(ground(np.zeros((2, 2)), 5.0), -0.03),
        lambda: Basin(ground(np.zeros((2, 2)), 5.0), 0.03, edges={"up": 0.1}),
        lambda: Basin(ground(np.zeros((2, 2)), 5.0), 0.03, edges={"east": -0.1}),
        lambda: Ground((1.2,), (0.0,), (0.0,)),
        lambda: Ground((1.0,), (0.0, 1.0), (0.0,)),
        lambda: pond(-0.1),
        lambda: pond(float("nan")),
        lambda: pond(1000.0),
        lambda: Basin(ground(np.zeros((2, 2)), 5.0), 0.03, Ground(), np.full((2, 2), 3, dtype=np.uint8)),
        lambda: Basin(ground(np.zeros((2, 2)), 5.0), 0.03, stages=[Stage(np.array([0]), np.array([0.0]), np.array([99.0]))]),
    ],
)  # fmt: skip
def test_impossible_basins_are_refused(wrong):
    with pytest.raises(InputError) as caught:
        wrong()
    assert caught.value.text.en
    assert caught.value.text.zh


@pytest.mark.parametrize("cell", [-1, 9, 1_000_000])
def test_water_from_outside_the_raster_is_refused(cell):
    times, values = np.array([0.0, 60.0]), np.array([1.0, 1.0])

    def poured() -> Basin:
        return Basin(ground(np.zeros((3, 3)), 20.0), 0.05, inflows=[Inflow(np.array([0, cell]), times, values)])

    def held() -> Basin:
        return Basin(ground(np.zeros((3, 3)), 20.0), 0.05, stages=[Stage(np.array([0, cell]), times, values)])

    for wrong in (poured, held):
        with pytest.raises(InputError, match="lies outside the raster") as caught:
            wrong()
        assert "栅格之外" in caught.value.text.zh
