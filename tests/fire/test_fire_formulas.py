"""Formulas of fire against their published values, closed forms and each other."""

from __future__ import annotations

from math import inf, pi, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import simpson

from models.fire import growth, hamada, ignition, radiation, water
from models.fire.compartment import (
    flashover_heat,
    heat_loss_coefficient,
    layer_rise,
    thomas_flashover_heat,
    ventilation_limit,
)  # fmt: skip
from sim.errors import InputError

lengths = st.floats(0.2, 60.0)


@pytest.mark.parametrize(("name", "seconds"), [("slow", 600), ("medium", 300), ("fast", 150), ("ultrafast", 75)])
def test_growth_classes_reach_1055_kw_in_their_time(name: str, seconds: float):
    assert growth.growing_heat(growth.class_growth_rate(name), seconds, inf) == pytest.approx(1055.0, rel=1e-9)
    assert growth.growing_heat(growth.class_growth_rate(name), -1.0, inf) == 0.0


@given(alpha=st.floats(1e-3, 0.3), peak=st.floats(100, 1e5), store=st.floats(10, 1e6))
def test_a_design_fire_releases_its_store_and_no_more(alpha: float, peak: float, store: float):
    fire = growth.DesignFire(alpha, peak, store)
    growing, steady, end = fire.phases()
    pieces = [np.linspace(a, b, 11) for a, b in ((0, growing), (growing, steady), (steady, end))]
    released = sum(simpson([fire.heat(t) for t in piece], x=piece) for piece in pieces if piece[-1] > piece[0]) / 1000.0
    assert released == pytest.approx(store, rel=1e-6)
    assert fire.heat(end + 1.0) == 0.0


def test_the_stepped_decay_follows_the_straight_line():
    peak, store, dt = 1000.0, 100.0, 0.5
    left, time = growth.DECAY * store, 0.0
    while growth.dying_heat(peak, left, store) > 500.0:
        left -= growth.dying_heat(peak, left, store) * dt / 1000.0
        time += dt
    assert time == pytest.approx(growth.DECAY * store / peak * 1000.0, rel=0.01)  # half of 2·.3·E/Q


def test_flashover_after_mqh_and_thomas():
    # Room 2.4 × 3.6 × 2.4 m of gypsum 16 mm with a door of .8 × 2 m: about 2 MW by either (SFPE Handbook).
    walls, door = 2 * 2.4 * 3.6 + 2 * 2.4 * (2.4 + 3.6) - 1.6, 1.6
    loss = 0.00017 / 0.016 * 2.0
    assert flashover_heat(loss, walls, door, 2.0) == pytest.approx(
        610 * sqrt(loss * walls * door * sqrt(2.0)), rel=1e-9
    )
    assert thomas_flashover_heat(walls, door, 2.0) == pytest.approx(1206.0, rel=0.01)
    heat = flashover_heat(loss, walls, door, 2.0)
    assert layer_rise(heat, loss, walls, door, 2.0) == pytest.approx(500.0, rel=0.02)
    assert ventilation_limit(door, 2.0) == pytest.approx(1500 * 1.6 * sqrt(2.0), rel=1e-9)


def test_heat_loss_falls_with_the_root_of_time_until_it_is_through():
    wall = {"inertia": 0.18, "conductivity": 0.00017, "thickness": 0.012, "diffusivity": 1.6e-7}
    assert heat_loss_coefficient(**wall, age=100.0) == pytest.approx(
        2 * heat_loss_coefficient(**wall, age=25.0) / 4, rel=1e-9
    )
    assert heat_loss_coefficient(**wall, age=1e5) == pytest.approx(0.00017 / 0.012, rel=1e-9)


def test_published_factor_and_separations():
    assert radiation.point_to_parallel(6, 3, 5) == pytest.approx(0.17789, abs=5e-6)
    assert radiation.safe_gap(6, 3, 168.0) == pytest.approx(8.344, abs=5e-4)
    assert radiation.safe_gap(6, 3, 84.0) == pytest.approx(5.590, abs=5e-4)
    assert radiation.safe_gap(6, 3, 84.0, opening=0.1) == 0.0


@given(width=lengths, height=lengths, gap=lengths, right=st.floats(-30, 30), up=st.floats(-30, 30))
def test_a_rectangle_is_the_sum_of_its_parts(width: float, height: float, gap: float, right: float, up: float):
    whole = radiation.point_to_parallel(width, height, gap, right, up)
    halves = [radiation.point_to_parallel(width / 2, height, gap, right + s * width / 4, up) for s in (-1, 1)]
    assert whole == pytest.approx(sum(halves), abs=1e-12)
    assert 0.0 <= whole <= 1.0
    assert whole == pytest.approx(radiation.point_to_parallel(height, width, gap, up, right), abs=1e-12)
    scaled = radiation.point_to_parallel(width * 7, height * 7, gap * 7, right * 7, up * 7)
    assert scaled == pytest.approx(whole, abs=1e-9)


def test_far_away_a_rectangle_is_its_area_and_nearby_it_is_everything():
    assert radiation.point_to_parallel(2, 3, 1000) == pytest.approx(6 / (pi * 1e6), rel=1e-4)
    assert radiation.point_to_parallel(100, 100, 0.01) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(("width", "height", "gap"), [(6, 3, 5), (20, 12, 4), (1, 1, 1)])
def test_whole_rectangles_agree_with_quadrature_over_points(width: float, height: float, gap: float):
    by_points = radiation.mean_factor((width, height), (width, height), gap)
    assert radiation.parallel_rectangles(width, height, gap) == pytest.approx(by_points, rel=1e-4)


def test_known_factors_of_squares():
    assert radiation.parallel_rectangles(1, 1, 1) == pytest.approx(0.19982, abs=5e-6)
    assert radiation.perpendicular_rectangles(1, 1, 1) == pytest.approx(0.20004, abs=5e-6)


def test_a_cube_sees_itself():
    total = radiation.parallel_rectangles(1, 1, 1) + 4 * radiation.perpendicular_rectangles(1, 1, 1)
    assert total == pytest.approx(1.0, abs=1e-9)


@given(common=lengths, a=lengths, b=lengths)
def test_reciprocity_of_perpendicular_rectangles(common: float, a: float, b: float):
    there = radiation.perpendicular_rectangles(common, a, b) * a
    assert there == pytest.approx(radiation.perpendicular_rectangles(common, b, a) * b, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("width", "height", "gap"), [(6, 3, 5), (2, 20, 1), (40, 3, 10)])
def test_a_point_before_a_perpendicular_rectangle_by_direct_integration(width: float, height: float, gap: float):
    x, dx = np.linspace(-width / 2, width / 2, 801, retstep=True)
    z, dz = np.linspace(0, height, 801, retstep=True)
    grid_x, grid_z = np.meshgrid(x[:-1] + dx / 2, z[:-1] + dz / 2)
    square = grid_x**2 + grid_z**2 + gap**2
    factor = float((grid_z * gap / (pi * square**2)).sum() * dx * dz)
    assert radiation.point_to_perpendicular(width, height, gap) == pytest.approx(factor, rel=1e-3)


def test_time_to_ignition_by_the_flux_time_product():
    assert ignition.ignition_time(13.1) == inf
    assert ignition.ignition_time(14.1) == pytest.approx(11501.0, rel=1e-9)
    assert ignition.ignition_time(33.1) == pytest.approx(11501.0 / 20.0**1.828, rel=1e-9)


def test_hamada_against_published_speeds():
    speeds = hamada.hamada_speeds(20, 5, 1.0, 0.6)
    assert speeds.down == pytest.approx(0.04063334, abs=5e-9)
    assert speeds.up == pytest.approx(0.01545856, abs=5e-9)
    still = hamada.hamada_speeds(10, 3, 0.0)
    assert still.side == still.up < still.down


@given(side=st.floats(4, 40), gap=st.floats(0, 20), wind=st.floats(0.5, 30), share=st.floats(0, 1))
def test_hamada_is_faster_with_the_wind_and_slower_behind_stone(side: float, gap: float, wind: float, share: float):
    speeds = hamada.hamada_speeds(side, gap, wind, share)
    assert speeds.down > speeds.side > speeds.up > 0
    assert hamada.hamada_speeds(side, gap, wind + 1, share).down > speeds.down
    assert hamada.hamada_speeds(side, gap, wind, min(1.0, share + 0.1)).down <= speeds.down


def test_the_burnt_ellipse_reaches_as_far_as_the_speeds_say():
    speeds, age = hamada.hamada_speeds(10, 3, 8.0), 3600.0
    for down, side in ((speeds.down, 0), (-speeds.up, 0)):
        assert hamada.has_burnt(speeds, age, 0.999 * down * age, side)
        assert not hamada.has_burnt(speeds, age, 1.001 * down * age, side)


@given(heat=st.floats(0, 1e6))
@settings(max_examples=30)
def test_the_flow_that_is_needed_absorbs_the_heat(heat: float):
    assert water.absorbed_heat(water.needed_flow(heat)) == pytest.approx(heat, rel=1e-9)


def test_a_litre_a_second_takes_up_to_2_6_mw():
    assert water.absorbed_heat(1.0) / water.EFFICIENCY == pytest.approx(2634.0, abs=1.0)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: radiation.point_to_parallel(6, 3, 0.0), lambda: radiation.safe_gap(6, 3, critical=0.0),
        lambda: radiation.incident_flux(0.5, opening=1.2), lambda: hamada.hamada_speeds(10, 3, 200.0),
        lambda: hamada.hamada_speeds(10, float("nan"), 2.0), lambda: hamada.hamada_speeds(10, 3, 5.0, 1.5),
        lambda: growth.growth_rate(0.0), lambda: growth.class_growth_rate("huge"),
        lambda: flashover_heat(0.0, 10, 1, 1), lambda: water.needed_flow(-1.0),
    ],
)  # fmt: skip
def test_numbers_that_cannot_be_are_told(wrong):
    with pytest.raises(InputError) as told:
        wrong()
    assert told.value.text.zh
    assert told.value.text.en
