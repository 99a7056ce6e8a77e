"""Speed, flow and doors against Weidmann, SFPE and IMO; each check rejects a planted bug."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.crowd import diagram, harm
from models.crowd.diagram import (
    best,
    density_of,
    door_capacity,
    flow,
    opposed,
    sfpe_most,
    sfpe_speed,
    speed,
    stair_k,
)
from models.crowd.people import SPEEDS, free_speeds, residents_speeds, set_out
from sim.errors import InputError


def test_weidmann_as_published():
    assert speed([1.0, 3.0]) == pytest.approx([1.0581, 0.3307], abs=5e-5)
    at, most = best()
    assert at == pytest.approx(1.751, abs=5e-4)
    assert most == pytest.approx(1.2249, abs=5e-5)
    assert pytest.approx(at, abs=1e-3) == diagram.BEST
    assert pytest.approx(most, abs=1e-4) == diagram.MOST
    assert speed(0.0) == pytest.approx(1.34)
    assert speed(5.4) == 0.0
    assert speed(7.0) == 0.0


@settings(deadline=None)
@given(st.floats(0.01, 5.39))
def test_the_compiled_diagram_is_the_plain_one(density: float):
    assert 1.34 * diagram.slowing(density) == pytest.approx(float(speed(density)), rel=1e-12, abs=1e-12)
    admitted = diagram.admitted(density, diagram.PACKED)
    expected = float(flow(density)) if density > diagram.BEST else diagram.MOST
    assert admitted == pytest.approx(expected, rel=1e-9)
    assert diagram.admitted(density, 8.0) >= admitted - 1e-12  # who presses on enters where others stop


@settings(deadline=None)
@given(st.floats(0.0, 1.2249), st.booleans())
def test_a_flow_has_two_densities(specific: float, crowded: bool):
    found = density_of(specific, crowded=crowded)
    assert float(flow(found)) == pytest.approx(specific, abs=1e-6)
    assert (found >= 1.7506) == crowded or abs(specific - 1.2249) < 1e-4


def test_sfpe_as_published():
    table = {(0.1905, 0.254): 1.00, (0.1778, 0.2794): 1.08, (0.1651, 0.3048): 1.16, (0.1651, 0.3302): 1.23}
    for (riser, tread), k in table.items():
        assert stair_k(riser, tread) == pytest.approx(k, rel=0.012)
    assert sfpe_most() == pytest.approx(1.3158, abs=1e-4)
    assert sfpe_most(1.08) == pytest.approx(1.01, abs=0.01)  # of the handbook's table of maximum flows
    assert sfpe_speed(2.0) == pytest.approx(1.40 * (1 - 0.266 * 2.0))
    assert sfpe_speed(0.1) == sfpe_speed(0.54)
    assert sfpe_speed(4.0) == 0.0
    assert door_capacity(1.0) == pytest.approx(1.33)
    assert door_capacity(1.2, "sfpe") == pytest.approx(sfpe_most() * 0.9)
    assert door_capacity(0.2, "sfpe") == 0.0


def test_streams_that_meet_lose_a_quarter_at_most():
    assert opposed(0.0) == opposed(1.0) == 1.0
    assert opposed(0.5) == pytest.approx(1.5 / 2.0)


@pytest.mark.parametrize(
    ("group", "low", "high"),
    [("under_30", 0.58, 1.61), ("30_to_50", 1.41, 1.54), ("over_50", 0.68, 1.41), ("impaired", 0.46, 0.76)],
)
def test_speeds_of_ages_fill_their_range(group: str, low: float, high: float):
    """IMO test 7, RiMEA test 7: who is drawn walks as the group does."""
    draws = (np.arange(1000) + 0.5) / 1000
    speeds = free_speeds(group, draws)
    assert SPEEDS[group] == (low, high)
    assert low <= speeds.min() < low + 0.01
    assert high - 0.01 < speeds.max() <= high
    assert speeds.mean() == pytest.approx((low + high) / 2, rel=1e-6)


def test_residents_walk_as_their_ages_do():
    rng = np.random.default_rng(1)
    age = np.repeat([0, 1, 2], 4000)
    speeds = residents_speeds(age, rng.uniform(size=12_000), rng.uniform(size=12_000))
    child, adult, elder = (speeds[age == a] for a in range(3))
    assert child.min() >= 0.58
    assert adult.mean() == pytest.approx((1.095 + 1.475 + 1.045) / 3, rel=0.02)
    assert elder.mean() == pytest.approx(0.8 * 1.045 + 0.2 * 0.61, rel=0.02)
    assert (elder < 0.68).mean() == pytest.approx(0.2 * 22 / 30, rel=0.15)
    assert np.median(set_out(rng.uniform(size=9999), 60.0, 0.5)) == pytest.approx(60.0, rel=0.05)


def test_harm_begins_where_control_is_lost():
    assert harm.hurt_rate(5.0) == 0.0
    assert harm.death_rate(7.0) == 0.0
    rates = harm.hurt_rate(np.linspace(0, 12, 100))
    assert (np.diff(rates) >= 0).all()
    # Itaewon: 9.2 persons a m² on 128 m² for 15 minutes; of the order of what happened there, which was not fitted.
    inside = 9.2 * 128.0
    assert 50 < inside * 15 * harm.death_rate(9.2) < 400
    assert 50 < inside * 15 * harm.hurt_rate(9.2) < 600
    assert harm.person_minutes([6.0, 4.0], [10.0, 10.0], 120.0) == pytest.approx(120.0)


@pytest.mark.parametrize(
    "wrong",
    [lambda: speed(-1.0), lambda: speed(float("nan")), lambda: speed(1.0, free=-1.0), lambda: door_capacity(-0.1),
     lambda: density_of(2.0), lambda: stair_k(0.0, 0.3), lambda: free_speeds("old", [0.5]),
     lambda: free_speeds("over_50", [1.5]), lambda: harm.hurt_rate(99.0)],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_both_languages(wrong):
    with pytest.raises(InputError) as caught:
        wrong()
    assert caught.value.text.en
    assert any("\u4e00" <= c <= "\u9fff" for c in caught.value.text.zh)
