"""Survival by clocks against published values, and what every such formula must be."""

from __future__ import annotations

from math import exp, inf, pi, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import survival as s
from sim.errors import InputError
from sim.streams import Stream

minutes = st.floats(0, 60)


def test_published_values():
    assert s.de_maio(4) == pytest.approx(0.15097, abs=5e-6)
    assert s.larsen(2, 8, 10) == pytest.approx(0.326, rel=1e-9)
    assert s.larsen(0, 0, 0) == 0.67
    assert s.larsen(30, 30, 30) == 0.0
    assert s.valenzuela(0, 0) == pytest.approx(1 / (1 + exp(-0.26)), rel=1e-9)
    assert s.valenzuela(1, 7) == pytest.approx(1 / (1 + exp(-0.26 + 0.106 + 0.973)), rel=1e-9)
    assert s.waalewijn(2, 8) == pytest.approx(1 / (1 + exp(0.04 + 0.6 + 1.12)), rel=1e-9)


def test_volunteers_near_and_far():
    per_m2 = 5e-6
    assert s.nearest_within(500, per_m2) == pytest.approx(0.98030, abs=5e-6)
    assert s.mean_nearest(per_m2) == pytest.approx(223.61, abs=5e-3)
    assert s.mean_nearest(0.0) == s.nearest_quantile(0.5, 0.0) == inf
    draws = Stream(2).uniforms("volunteer", np.arange(40_000))
    distance = np.array([s.nearest_quantile(u, per_m2) for u in draws])
    assert distance.mean() == pytest.approx(223.61, rel=0.01)
    assert (distance < 500).mean() == pytest.approx(0.98030, abs=0.003)
    assert s.nearest_quantile(s.nearest_within(321.0, per_m2), per_m2) == pytest.approx(321.0, rel=1e-9)


def test_volunteers_scattered_over_a_town_have_these_distances():
    # 400 towns of 9 km² with a Poisson number of volunteers; the arrest is in the middle.
    stream, found = Stream(4), []
    for town in range(400):
        count = int(stream.poissons(45.0, "count", np.array([town]))[0])
        x, y = (stream.uniforms(axis, np.full(count, town), np.arange(count)) * 3000 - 1500 for axis in ("x", "y"))
        found.append(np.hypot(x, y).min())
    assert np.mean(found) == pytest.approx(223.61, abs=3.5 * 223.61 * sqrt(4 / pi - 1) / sqrt(400))


@given(a=minutes, b=minutes, c=minutes, later=st.floats(0, 30))
def test_later_never_helps_and_chances_are_chances(a: float, b: float, c: float, later: float):
    for formula, times in ((s.larsen, (a, b, c)), (s.valenzuela, (a, b)), (s.waalewijn, (a, b)), (s.de_maio, (a,))):
        now = formula(*times)
        assert 0.0 <= now <= 1.0
        for i in range(len(times)):
            assert formula(*(t + later * (j == i) for j, t in enumerate(times))) <= now


def test_each_formula_takes_its_own_clock():
    clocks = s.Clocks(call=2, cpr=4, shock=10, acls=12)
    assert clocks.estimates() == {
        "de_maio": s.de_maio(8), "larsen": s.larsen(4, 10, 12), "valenzuela": s.valenzuela(4, 10),
        "waalewijn": s.waalewijn(4, 12),
    }  # fmt: skip
    assert set(s.Clocks(2, inf, inf, inf).estimates().values()) == {0.0}


def test_trauma_scores():
    best = s.revised_trauma_score(4, 4, 4)
    assert best == pytest.approx(7.8408, abs=1e-4)
    assert s.triss(best, 1, old=False) == pytest.approx(1 / (1 + exp(-(-0.4499 + 0.8085 * 7.8408 - 0.0835))), rel=1e-9)
    assert s.triss(best, 25, old=True) < s.triss(best, 25, old=False)
    assert s.triss(best, 50, old=False) < s.triss(best, 16, old=False)
    assert s.triss(2.0, 25, old=False, kind="penetrating") < s.triss(6.0, 25, old=False, kind="penetrating")


def test_ten_minutes_cost_nine_per_cent_of_the_odds():
    base = 0.8
    assert s.trauma_survival(base, 60.0) == pytest.approx(base, rel=1e-9)
    later = s.trauma_survival(base, 70.0)
    assert (1 - later) / later == pytest.approx(1.09 * (1 - base) / base, rel=1e-9)
    assert s.trauma_survival(base, inf) == 0.0
    assert s.trauma_survival(1.0, 500.0) == 1.0


def test_bleeding():
    assert s.blood_lost(0.0, 0.7) == 0.0
    assert s.blood_lost(5.0, 0.7) == pytest.approx(1 - exp(-0.7), rel=1e-9)
    assert s.bleeding_survival(1.0, 0.7) > 0.99
    assert s.bleeding_survival(15.0, 0.7) < 0.01
    assert s.bleeding_survival(8.0, 0.1) > 0.99
    chances = [s.bleeding_survival(t, 0.7) for t in np.linspace(0, 30, 31)]
    assert chances == sorted(chances, reverse=True)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: s.larsen(-1, 2, 3), lambda: s.de_maio(float("nan")), lambda: s.triss(7.0, 0, old=False),
        lambda: s.revised_trauma_score(5, 4, 4), lambda: s.triss(7.0, 9, old=False, kind="spiritual"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told(wrong):
    with pytest.raises(InputError):
        wrong()
