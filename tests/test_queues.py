"""With everything else away the city is a queue that a formula describes."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from scipy import stats

from models.orders import ACCEPT, ACK, REPORT, ROUTE
from models.parameters import preset_values
from scenarios.language import Scenario
from scenarios.running import simulate


def erlang_c(servers: int, load: float) -> float:
    blocking = 1.0
    for k in range(1, servers + 1):
        blocking = load * blocking / (k + load * blocking)
    return servers * blocking / (servers - load * (1 - blocking))


def flat(tiny: Scenario, kind: str, per_hour: float, residents: int, change: dict, **more) -> Scenario:
    """A scenario of one kind of incident, Poisson at one rate, over 20 days."""
    rate = per_hour * 24 * 365 * 100_000 / residents
    data = tiny.model_dump(mode="json")
    data |= {"hours": 24.0 * 20, "beat_s": 3600.0, **more,
             "incidents": {kind: {"change": {"per_100k_year": rate, "hours": [1.0] * 24, **change}}}}  # fmt: skip
    return Scenario.model_validate(data)


def agrees(means: list[float], theta: float) -> None:
    """n ≥ 10 replications: within t(0.9995)·s/√n of the truth, and not too wide to fail."""
    x = np.array(means)
    half = stats.t.ppf(0.9995, len(x) - 1) * x.std(ddof=1) / sqrt(len(x))
    assert abs(x.mean() - theta) <= half, (x.mean(), theta, half)
    assert half <= 0.16 * theta, (half, theta)


def quiet() -> dict[str, float]:
    """All delays of the desk away."""
    zero = ("command.decision_s", "crew.turnout_s", "grid.report_min")
    return preset_values("P1") | dict.fromkeys(zero, 0.0)


@pytest.mark.parametrize("crews", [3])
def test_one_station_and_infinite_speed_is_erlang_c(tiny, tiny_city, tiny_people, crews, monkeypatch):
    monkeypatch.setattr("models.missions.INTERVIEW_S", 0.0)
    mean_s, load = 300.0, 0.5 * crews
    change = {"detect": {"median_s": 0.0}, "transport_share": 0.0,
              "on_scene": {"median_s": mean_s, "exponential": True}}  # fmt: skip
    station = {"ambulance": {"station": "hospital", "per_100k": 0, "count": crews}}
    scenario = flat(tiny, "medical", load * 3600 / mean_s, tiny_city.residents, change, crews=station,
                    speed_factor=float("inf"))  # fmt: skip
    waits = []
    for seed in range(12):
        stamps = simulate(tiny_city, tiny_people, scenario, quiet(), seed).world.orders.stamps
        assert np.isfinite(stamps).all()
        waits.append(float((stamps[:, ACK] - stamps[:, ROUTE]).mean()))
    theta = erlang_c(crews, load) * mean_s / (crews - load)
    agrees(waits, theta)
    with pytest.raises(AssertionError):
        agrees(waits, erlang_c(crews + 1, load) * mean_s / (crews + 1 - load))


def test_with_every_hazard_off_the_hotline_is_its_queue(tiny, tiny_city, tiny_people):
    seats, mean_s = 4, 300.0
    load = 0.6 * seats
    change = {"talk": {"median_s": mean_s, "exponential": True}, "ticket_share": 1.0}
    scenario = flat(tiny, "hotline_ticket", load * 3600 / mean_s, tiny_city.residents, change, hotline_seats=seats)
    waits = []
    for seed in range(12):
        stamps = simulate(tiny_city, tiny_people, scenario, preset_values("P1"), seed).world.orders.stamps
        waits.append(float((stamps[:, ACCEPT] - stamps[:, REPORT]).mean()))
    agrees(waits, erlang_c(seats, load) * mean_s / (seats - load))


def test_the_formula_itself():
    assert erlang_c(3, 1.5) == pytest.approx(0.236842, abs=1e-6)
    assert erlang_c(10, 8.0) == pytest.approx(0.409180, abs=1e-6)
