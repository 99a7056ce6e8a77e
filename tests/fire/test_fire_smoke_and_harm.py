"""Smoke in stairs and harm to people: conserved matter, tenable heights, and the national figures by the hour."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.fire import harm, stairs
from models.fire.stairs import Stair
from sim.errors import InputError


@given(
    storey=st.integers(0, 33), flow=st.floats(0, 20), source=st.floats(0, 50), dt=st.floats(0.5, 60),
    steps=st.integers(1, 40),
)  # fmt: skip
@settings(deadline=None, max_examples=60)
def test_what_enters_a_stair_is_in_it_or_has_left(storey: int, flow: float, source: float, dt: float, steps: int):
    mass, left = np.zeros(34), 0.0
    for _ in range(steps):
        left += stairs.rise(mass, source, storey, flow, 45.0, dt)
        assert (mass >= 0.0).all()
    assert mass.sum() + left == pytest.approx(source * dt * steps, rel=1e-9, abs=1e-9)
    assert (mass[:storey] == 0.0).all()


def plain_rise(mass, source, storey, flow, volume, dt):
    steps = max(1, int(np.ceil(flow * dt / volume)))
    left = 0.0
    for _ in range(steps):
        old, share = mass.copy(), flow * dt / steps / volume
        left += share * old[-1]
        mass -= share * old
        mass[1:] += share * old[:-1]
        mass[storey] += source * dt / steps
    return left


def test_the_rise_is_its_plain_twin():
    one, other = np.zeros(20), np.zeros(20)
    for _ in range(50):
        a, b = stairs.rise(one, 3.0, 4, 7.0, 45.0, 10.0), plain_rise(other, 3.0, 4, 7.0, 45.0, 10.0)
        assert a == pytest.approx(b, rel=1e-12, abs=1e-15)
    np.testing.assert_allclose(one, other, rtol=1e-12)


def test_a_steady_stair_holds_what_the_flow_carries():
    mass = np.zeros(10)
    for _ in range(2000):
        stairs.rise(mass, 2.0, 2, 3.0, 45.0, 10.0)
    np.testing.assert_allclose(mass[2:] / 45.0, 2.0 / 3.0, rtol=1e-9)  # concentration = source / flow
    assert np.ptp(mass[3:]) < 1e-9


def test_smoke_reaches_storeys_in_order_and_a_closed_door_keeps_it_out():
    stair = Stair(34)
    opened = stairs.untenable_after(stair, 0, 5000.0, 0.3)
    assert np.isfinite(opened).all()
    assert (np.diff(opened) >= 0).all()
    assert opened[-1] < 600
    closed = stairs.untenable_after(stair, 0, 5000.0, 1e-4)
    assert np.isinf(closed).all()
    above = stairs.untenable_after(stair, 20, 5000.0, 0.3)
    assert np.isinf(above[:20]).all()


def test_seeing_and_breathing():
    assert stairs.visibility(np.array([0.0]))[0] == 30.0
    assert stairs.visibility(np.array([3.0 / 8.7 / 5.0]))[0] == pytest.approx(5.0, rel=1e-9)
    # 3500 ppm for ten minutes incapacitates.
    assert stairs.dose(np.array([3500.0 / stairs.PPM_OF_CO]), 600.0)[0] == pytest.approx(1.0, rel=1e-9)


def test_stack_flow_grows_with_the_root_of_height_and_warmth():
    assert stairs.stack_flow(100, 10, 0.5) == pytest.approx(2 * stairs.stack_flow(25, 10, 0.5), rel=1e-9)
    assert stairs.stack_flow(100, 10, 0.5) == pytest.approx(0.65 * 0.5 * np.sqrt(9.81 * 100 * 10 / 288), rel=1e-9)
    assert stairs.stack_flow(100, -5, 0.5) == 0.0


def test_lethality_by_the_hour_keeps_the_national_mean():
    shares = {3.0: 0.103, 12.0: 0.614, 22.0: 0.283}
    assert sum(share * harm.hour_factor(hour) for hour, share in shares.items()) == pytest.approx(1.0, rel=1e-9)
    assert harm.hour_factor(3.0) == pytest.approx(3.04, abs=0.01)
    assert harm.hour_factor(12.0) == pytest.approx(0.609, abs=0.001)
    assert harm.deaths_in_flats(217_000, 12.0, 8.0) / harm.hour_factor(12.0) == pytest.approx(999.0, rel=1e-9)
    assert harm.deaths_in_flats(1, 3.0, 9.0) == pytest.approx(
        np.exp(0.03) * harm.deaths_in_flats(1, 3.0, 8.0), rel=1e-9
    )


def test_who_sleeps_leaves_later_and_is_caught_sooner():
    assert harm.leaving_seconds(3.0, 60.0) > 2 * harm.leaving_seconds(15.0, 60.0)
    assert harm.share_caught(300.0, inf) == 0.0
    assert harm.share_caught(300.0, 0.0) == 1.0
    assert harm.share_caught(300.0, 300.0) == pytest.approx(0.5, rel=1e-9)
    caught = [harm.share_caught(300.0, until) for until in (100.0, 300.0, 900.0)]
    assert caught == sorted(caught, reverse=True)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: stairs.untenable_after(Stair(0), 0, 1e3, 0.1), lambda: stairs.untenable_after(Stair(5), 5, 1e3, 0.1),
        lambda: stairs.smoke_source(-1.0, 0.1), lambda: stairs.smoke_source(1.0, 1.1),
        lambda: harm.hour_factor(25.0), lambda: stairs.check_stair(Stair(5, area=0.0)),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(wrong):
    with pytest.raises(InputError):
        wrong()
