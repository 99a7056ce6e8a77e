"""Who stops a building fire before the brigade: the city against the small model from which the domain's figures come."""

from __future__ import annotations

import numpy as np
import pytest

from models.orders import ARRIVE, CONTROL, ONSET, REPORT
from scenarios.language import IncidentChange
from scenarios.library import load_experiment
from scenarios.running import resolved, simulate

#: Of a micro station under P0, P1 and P2: answers an alert, at night against day, minutes to the place.
STATIONS = ((0.2, 0.5, 5.0), (0.5, 0.6, 4.0), (0.85, 0.85, 3.0))
EARLY = (0.21, 0.33, 0.51)  # before the brigade, as the domain states them


def small_model(engine_s: np.ndarray, night: np.ndarray, n: int = 100_000) -> list[float]:
    """Return the share of fires controlled before the engine for each of STATIONS.

    Nothing but the stated model: growth classes .45/.35/.15/.05, fuel lognormal(2.5 MW, 1.2), call after
    lognormal(1.5 min, .6), P = 1 / (1 + (Q / Q50)²), three in ten residents try at the call, the micro station sets
    out when the call is taken. `engine_s` are seconds from call to engine, `night` whether the fire is by night.
    """
    luck = np.random.default_rng(5)
    alpha = luck.choice([0.003, 0.0117, 0.047, 0.19], n, p=[0.45, 0.35, 0.15, 0.05])
    fuel, growing = 2.5 * luck.lognormal(0.0, 1.2, n), 90.0 * luck.lognormal(0.0, 0.6, n)
    which = luck.integers(len(engine_s), size=n)

    def controlled(seconds: np.ndarray, q50: float) -> np.ndarray:
        heat = np.minimum(alpha * (growing + seconds) ** 2 / 1000.0, fuel)
        return luck.random(n) < 1.0 / (1.0 + (heat / q50) ** 2)

    resident = (luck.random(n) < 0.3) & controlled(np.zeros(n), 0.1)
    shares = []
    for active, by_night, minutes in STATIONS:
        comes = 75.0 * luck.lognormal(0.0, 0.4, n) + 60.0 * minutes * luck.lognormal(0.0, 0.5, n)
        answers = luck.random(n) < active * np.where(night[which], by_night, 1.0)
        station = answers & (comes < engine_s[which]) & controlled(comes, 0.8)
        shares.append(float((resident | station).mean()))
    return shares


def test_the_small_model_lands_where_the_domain_does():
    luck = np.random.default_rng(6)
    found = small_model(600.0 * luck.lognormal(0.0, 0.35, 1000), luck.random(1000) < 0.27)
    assert found == pytest.approx(EARLY, abs=0.025)


def test_the_city_lands_where_the_small_model_does(tiny, tiny_city, tiny_people):
    crews = {
        name: kind.model_copy(update={"count": 60, "night_share": 1.0})
        for name, kind in tiny.crews.items()
        if name == "fire_engine"
    }
    fires = tiny.model_copy(update={"incidents": {"building_fire": IncidentChange(rate_factor=1000.0)}, "crews": crews})
    early, stamps = [], np.empty((0, 0))
    for arm in load_experiment("E5").arms:
        worlds = [simulate(tiny_city, tiny_people, fires, resolved(fires, arm), seed).world for seed in range(40)]
        stamps = np.concatenate([world.orders.stamps for world in worlds])
        early.append(float((stamps[:, CONTROL] < stamps[:, ARRIVE]).mean()))
    hour = stamps[:, REPORT] / 3600.0 % 24.0
    expected = small_model(stamps[:, ARRIVE] - stamps[:, REPORT], (hour >= 20.0) | (hour < 8.0))
    assert len(stamps) > 500
    assert np.median(stamps[:, REPORT] - stamps[:, ONSET]) == pytest.approx(90.0, abs=8.0)
    assert early == pytest.approx(expected, abs=0.045)  # two standard errors of so many fires
    assert early == pytest.approx(EARLY, abs=0.06)  # engines come sooner in the small city
    assert early[1] - early[0] == pytest.approx(0.12, abs=0.045)
    assert early[2] - early[0] == pytest.approx(0.30, abs=0.06)
