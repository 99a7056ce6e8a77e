"""After the window nothing new happens, but a hazard that is on goes on until crews have it and its streets are open."""

from __future__ import annotations

import numpy as np
import pytest
from in_city import InCity, events

from models.orders import CONTROL
from models.simulation import Simulation

LEAK = {"gas_leak": {"hour": 9.0, "sparks": 0.0, "valve_min": 3.0}}


@pytest.fixture(scope="module")
def in_city(tiny, tiny_city, tiny_people) -> InCity:
    return InCity(tiny, tiny_city, tiny_people)


def test_a_leak_that_begins_just_before_the_end_is_shut(in_city):
    simulation = in_city.run(LEAK, hours=1.25)
    end = simulation.world.window[1]
    shut = simulation.world.orders.stamps[simulation.world.incidents.kind == _kind(simulation, "gas_leak"), CONTROL]
    assert np.isfinite(shut).all()
    assert shut.max() > end
    told = events(simulation)
    assert "gas_shut_off" in set(told.loc[told["time"] > end, "kind"])
    assert not (told.loc[told["time"] > end, "kind"] == "onset").any()


def test_a_street_that_opens_after_the_end_lets_crews_through(tiny, tiny_city, tiny_people):
    """Water stands in the underpasses when the window ends; the beats go on until it is gone."""
    rain = {"flood": {"hour": 8.0, "cell_m": 20.0, "pumps_fail": 1.0, "pumps_fail_min": 1.0}}
    simulation = InCity(tiny, tiny_city, tiny_people).run(rain, hours=2.0)
    roads = simulation.tables()["roads"].to_pandas()
    end = simulation.world.window[1]
    shut = roads[roads["time"] < end].groupby("edge")["factor"].last() == 0.0
    opened = roads[roads["time"] > end].groupby("edge")["factor"].last() > 0.0
    assert (opened & shut).any()
    assert "flood_underpass_open" in set(events(simulation).query("time > @end")["kind"])
    told = any("not over" in warned.text.en for warned in simulation.world.warnings.values())
    assert told == bool(simulation.world.roads.closed.any())


def test_what_is_not_over_half_a_day_later_warns(in_city, monkeypatch):
    monkeypatch.setattr("models.simulation.AFTERMATH_S", 60.0)
    simulation = in_city.run(LEAK, hours=1.25, seed=2)
    assert any("not over" in warned.text.en for warned in simulation.world.warnings.values())


@pytest.mark.parametrize("changed", [{"drain_days": 0.001}, {"drain_days": 0.0}])
def test_what_does_not_fit_a_beat_is_not_waited_for(in_city, changed):
    simulation = in_city.run(LEAK, seed=2, hours=1.25, **changed)
    played = simulation.world.warnings.values()
    assert any(" h after the end" in warned.text.en for warned in played)


def test_a_day_without_a_hazard_ends_with_its_window(in_city, monkeypatch):
    beats: list[float] = []
    step = Simulation._step_hazards
    monkeypatch.setattr(Simulation, "_step_hazards", lambda self, now, beat: (beats.append(now), step(self, now, beat)))
    simulation = in_city.run({}, hours=1.25, seed=3)
    assert beats[-1] == simulation.world.window[1] - simulation.world.engine.beat


def _kind(simulation: Simulation, name: str) -> int:
    return simulation.world.incidents.kinds.index(name)
