"""With everything else away the city is a queue that a formula describes."""

from __future__ import annotations

import heapq
from math import sqrt

import numpy as np
import pytest
from scipy import stats

from models.orders import ACCEPT, ACK, CONTROL, REPORT, ROUTE
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


def erlang_c_wait(servers: int, load: float, mean_s: float) -> float:
    return erlang_c(servers, load) * mean_s / (servers - load)


def agrees(means: list[float], theta: float, within: float = 0.03) -> None:
    """n ≥ 10 replications: within t(0.9995)·s/√n of the truth, and not too wide to fail."""
    x = np.array(means)
    half = stats.t.ppf(0.9995, len(x) - 1) * x.std(ddof=1) / sqrt(len(x))
    assert abs(x.mean() - theta) <= half, (x.mean(), theta, half)
    assert half <= within * theta, (half, theta)


def fcfs_waits(arrivals: np.ndarray, services: np.ndarray, servers: int) -> np.ndarray:
    """The exact waits of customers served in order of arrival (Kiefer and Wolfowitz 1955): the simulation's twin."""
    free = [0.0] * servers
    waits = np.empty(len(arrivals))
    for i, (arrival, service) in enumerate(zip(arrivals.tolist(), services.tolist(), strict=True)):
        begins = max(arrival, heapq.heappop(free))
        waits[i] = begins - arrival
        heapq.heappush(free, begins + service)
    return waits


def is_poisson(times: np.ndarray, mean_gap: float) -> None:
    """Gaps of the given mean that no Kolmogorov-Smirnov test tells from exponential ones."""
    gaps = np.diff(np.sort(times))
    assert len(gaps) > 5000
    assert gaps.mean() == pytest.approx(mean_gap, rel=4 / sqrt(len(gaps)))
    assert stats.kstest(gaps, "expon", args=(0, gaps.mean())).pvalue > 1e-4


def quiet() -> dict[str, float]:
    """All delays of the desk away, and no drills."""
    zero = ("command.decision_s", "crew.turnout_s", "crew.drill_h", "grid.report_min")
    return preset_values("P1") | dict.fromkeys(zero, 0.0)


CREWS, SEATS, MEAN_S = 3, 4, 300.0


@pytest.fixture
def station(tiny, tiny_city, monkeypatch) -> Scenario:
    """One station with three crews, at infinite speed, with half of the calls that it can bear."""
    monkeypatch.setattr("models.intake.INTERVIEW_S", 0.0)
    change = {"detect": {"median_s": 0.0}, "transport_share": 0.0,
              "on_scene": {"median_s": MEAN_S, "exponential": True}}  # fmt: skip
    crews = {"ambulance": {"station": "hospital", "per_100k": 0, "count": CREWS}}
    return flat(tiny, "medical", 0.5 * CREWS * 3600 / MEAN_S, tiny_city.residents, change, crews=crews,
                speed_factor=float("inf"))  # fmt: skip


@pytest.fixture
def hotline(tiny, tiny_city) -> Scenario:
    """A hotline with four seats and six tenths of the calls that it can bear."""
    change = {"talk": {"median_s": MEAN_S, "exponential": True}, "ticket_share": 1.0}
    return flat(tiny, "hotline_ticket", 0.6 * SEATS * 3600 / MEAN_S, tiny_city.residents, change, hotline_seats=SEATS)


@pytest.mark.parametrize(("servers", "rho"), [(CREWS, 0.5), (SEATS, 0.6)])
def test_the_twin_is_erlang_c(servers: int, rho: float):
    rng = np.random.default_rng(servers)
    waits = []
    for _ in range(40):
        arrivals = np.cumsum(rng.exponential(MEAN_S / (rho * servers), 80_000))
        waits.append(float(fcfs_waits(arrivals, rng.exponential(MEAN_S, 80_000), servers).mean()))
    agrees(waits, erlang_c_wait(servers, rho * servers, MEAN_S))
    with pytest.raises(AssertionError):
        agrees(waits, erlang_c_wait(servers + 1, rho * servers, MEAN_S))


def test_one_station_and_infinite_speed_is_its_twin_call_by_call(station, tiny_city, tiny_people):
    stamps = simulate(tiny_city, tiny_people, station, quiet(), 0).world.orders.stamps
    assert np.isfinite(stamps).all()
    asked, served = stamps[:, ROUTE], stamps[:, CONTROL] - stamps[:, ACK]
    is_poisson(asked, MEAN_S / (0.5 * CREWS))
    assert stats.kstest(served, "expon", args=(0, MEAN_S)).pvalue > 1e-4
    order = np.argsort(asked, kind="stable")
    waits = fcfs_waits(asked[order], served[order], CREWS)
    assert np.allclose(stamps[order, ACK] - asked[order], waits, atol=1e-3)
    assert not np.allclose(stamps[order, ACK] - asked[order], fcfs_waits(asked[order], served[order], CREWS + 1))


def test_with_every_hazard_off_the_hotline_is_its_twin_call_by_call(hotline, tiny_city, tiny_people):
    world = simulate(tiny_city, tiny_people, hotline, preset_values("P1"), 0).world
    came = np.flatnonzero(np.isfinite(world.orders.stamps[:, REPORT]))  # requests are drawn for the largest volume
    called, taken = world.orders.stamps[came, REPORT], world.orders.stamps[came, ACCEPT]
    is_poisson(called, MEAN_S / (0.6 * SEATS))
    talk = hotline.kinds()["hotline_ticket"].talk
    talks = np.array([world.rules.draw(talk, "hotline.talk", world.incident(i)) for i in came])
    assert stats.kstest(talks, "expon", args=(0, MEAN_S)).pvalue > 1e-4
    assert np.allclose(taken - called, fcfs_waits(called, talks, SEATS), atol=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("which", ["station", "hotline"])
def test_the_city_itself_is_erlang_c(which: str, request, tiny_city, tiny_people):
    scenario = request.getfixturevalue(which)
    first, last = (ROUTE, ACK) if which == "station" else (REPORT, ACCEPT)
    waits = []
    for seed in range(12):
        stamps = simulate(tiny_city, tiny_people, scenario, quiet(), seed).world.orders.stamps
        waits.append(float(np.nanmean(stamps[:, last] - stamps[:, first])))
    theta = erlang_c_wait(*((CREWS, 0.5 * CREWS) if which == "station" else (SEATS, 0.6 * SEATS)), MEAN_S)
    agrees(waits, theta, within=0.16)  # what 12 × 20 days can tell; the twin carries the 3 %


def test_the_formula_itself():
    assert erlang_c(3, 1.5) == pytest.approx(0.236842, abs=1e-6)
    assert erlang_c(10, 8.0) == pytest.approx(0.409180, abs=1e-6)
    assert erlang_c_wait(3, 1.5, 1.0) == pytest.approx(0.157895, abs=1e-6)
