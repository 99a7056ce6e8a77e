"""Trips by gravity: sums, limits, symmetry."""

from __future__ import annotations

import numpy as np
import pytest

from models.traffic.demand import HOURS, OUTBOUND, gravity, hourly
from sim.errors import InputError


def a_city(zones: int = 12) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    x, y = rng.uniform(0, 5000, (2, zones))
    cost = np.hypot(x[:, None] - x, y[:, None] - y) / 10.0
    home, away = rng.uniform(100, 900, zones), rng.uniform(100, 900, zones)
    return cost, home, away * home.sum() / away.sum()


def test_rows_and_columns_fit():
    cost, home, away = a_city()
    trips = gravity(home, away, cost, 1 / 300.0)
    assert trips.sum(axis=1) == pytest.approx(home)
    assert trips.sum(axis=0) == pytest.approx(away)
    assert (np.diag(trips) == 0).all()
    assert (trips >= 0).all()


def test_a_stronger_deterrence_makes_trips_shorter():
    cost, home, away = a_city()
    mean = [(gravity(home, away, cost, beta) * cost).sum() / home.sum() for beta in (0.0, 1 / 600, 1 / 200)]
    assert mean[0] > mean[1] > mean[2]
    wrong_sign = np.exp(+cost / 300.0)
    assert (wrong_sign * cost).sum() / wrong_sign.sum() > mean[0]


def test_a_symmetric_city_has_symmetric_trips():
    cost, home, _ = a_city()
    trips = gravity(home, home, cost, 1 / 300.0)
    assert trips == pytest.approx(trips.T, rel=1e-6)


def test_the_hours_make_a_day():
    assert sum(HOURS) == pytest.approx(1.0, abs=1e-9)
    assert len(HOURS) == len(OUTBOUND) == 24
    home, away = np.array([3.0, 1.0]), np.array([1.0, 3.0])
    begun, ended = hourly(home, away, 1000.0, 8)
    assert begun.sum() == pytest.approx(ended.sum())
    assert begun[0] > begun[1]
    assert hourly(home, away, 1000.0, 18)[0][1] > hourly(home, away, 1000.0, 18)[0][0]


def test_what_cannot_be_balanced_is_refused():
    cost, home, away = a_city()
    with pytest.raises(InputError, match="begin"):
        gravity(home, 2 * away, cost, 0.01)
    with pytest.raises(InputError, match="sums"):
        gravity(np.array([1.0, 0.0, 0.0]), np.array([1.0, 0.0, 0.0]), cost[:3, :3], 0.01, most=20)
