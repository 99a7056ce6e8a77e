"""Severe trauma in a city: later hospitals cost lives, hands that stop a bleeding save them, and luck stays put."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.language import Scenario
from scenarios.library import load_policy
from scenarios.running import people_of, resolved, simulate
from sim.city.model import City


def wounded(scenario: Scenario, city: City, **parameters: float):
    values = {**resolved(scenario, load_policy("P1")), **parameters}
    orders = simulate(city, people_of(city), scenario, values, 1).tables()["orders"].to_pandas()
    return orders[orders.kind == "severe_trauma"].set_index("incident")


@pytest.fixture(scope="module")
def year(tiny: Scenario) -> Scenario:
    trauma = {"bleeds": 1.0, "flow_l_min": 0.3}
    return tiny.model_copy(update={"hours": 8760, "beat_s": 3600.0, "incidents": {}, "hazards": {"trauma": trauma}})


def test_survival_is_a_chance_and_falls_with_the_clock(year: Scenario, tiny_city: City):
    usual = wounded(year, tiny_city)
    assert len(usual) > 3
    assert usual.outcome.between(0.0, 1.0).all()
    np.testing.assert_allclose(usual.deaths, 1.0 - usual.outcome)
    slow = wounded(year.model_copy(update={"speed_factor": 0.25}), tiny_city)
    assert slow.index.equals(usual.index)
    assert slow.t_onset.equals(usual.t_onset)
    assert (slow.outcome <= usual.outcome + 1e-12).all()
    assert slow.outcome.mean() < usual.outcome.mean()


def test_bystanders_who_stop_a_bleeding_save_lives(year: Scenario, tiny_city: City):
    nobody, everybody = (wounded(year, tiny_city, **{"bystander.p_cpr": share}) for share in (0.0, 1.0))
    assert (everybody.outcome >= nobody.outcome).all()
    assert everybody.outcome.mean() > nobody.outcome.mean()
