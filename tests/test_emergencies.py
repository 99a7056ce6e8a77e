"""Emergencies: whoever is not reached counts, shifts begin at night too, and help that is sent helps."""

from __future__ import annotations

import numpy as np
import pytest

from models.crews import IDLE, next_shift
from models.indicators import log_columns, measure
from models.orders import ACK, ARRIVE, CONTROL, FEEDBACK, ROUTE
from scenarios.language import IncidentChange, Scenario
from scenarios.library import load_policy
from scenarios.running import resolved, run_scenario, simulate
from sim.runs import RunStore


def with_crews(tiny: Scenario, incidents: dict[str, float], **fields) -> Scenario:
    """The small city with some incidents more often, and all its crews changed."""
    crews = {name: kind.model_copy(update=fields) for name, kind in tiny.crews.items()}
    changed = {name: IncidentChange(rate_factor=factor) for name, factor in incidents.items()}
    return tiny.model_copy(update={"incidents": changed, "crews": crews})


def played(scenario: Scenario, tiny_city, tiny_people, seed: int = 1, policy: str = "P1", **changes: float):
    values = {**resolved(scenario, load_policy(policy)), **changes}
    return simulate(tiny_city, tiny_people, scenario, values, seed)


def test_fewer_crews_never_mean_fewer_deaths(tiny, tiny_city, tiny_people):
    deaths, unserved = [], []
    for crews in (0, 1, 12):
        scenario = with_crews(tiny, {"cardiac_arrest": 500.0, "building_fire": 300.0}, count=crews, night_share=1.0)
        tables = played(scenario, tiny_city, tiny_people).tables()
        found = measure(log_columns(tables, tiny_city.areas, scenario.working, scenario.window[1]))
        deaths.append(found["deaths"])
        unserved.append(found["unserved"])
    assert deaths == sorted(deaths, reverse=True)
    assert deaths[0] > deaths[-1] > 0
    assert unserved[0] > 5
    assert unserved[-1] == 0


def test_who_waits_for_the_next_shift_is_served_by_it(tiny, tiny_city, tiny_people):
    scenario = with_crews(tiny, {"lift_entrapment": 400.0}, night_share=0.0)
    world = played(scenario, tiny_city, tiny_people).world
    assert np.isfinite(world.orders.stamps[:, FEEDBACK]).all()
    arrived = world.orders.stamps[:, ARRIVE] % 86400.0
    assert (arrived >= 8 * 3600.0).all()  # nobody sets out before eight
    late = world.incidents.onset > 20 * 3600.0
    assert late.any()
    assert (world.orders.stamps[late, ARRIVE] > 32 * 3600.0).all()


@pytest.mark.parametrize(("time", "begins"), [(0.0, 8.0), (8.0, 20.0), (19.9, 20.0), (20.0, 32.0), (47.0, 56.0)])
def test_shifts_begin_at_eight_and_at_twenty(time: float, begins: float):
    assert next_shift(time * 3600.0) == begins * 3600.0


def test_reinforcement_that_comes_sooner_puts_fires_out_sooner(tiny, tiny_city, tiny_people, monkeypatch):
    stubborn = {
        "fuel_mw": 40.0,
        "q50_engine_mw": 0.5,
        "q50_full_mw": 10.0,
        "q50_micro_mw": 0.01,
        "q50_resident_mw": 0.01,
    }
    scenario = with_crews(tiny, {"building_fire": 1000.0}, count=60, night_share=1.0)
    scenario = scenario.model_copy(update={"hazards": {"building_fire": stubborn}})
    burning = []
    for levels, minutes in ((1.0, 1.0), (5.0, 15.0)):
        chain = {"command.levels": levels, "command.level_min": minutes, "hub.shared_picture": 0.0}
        worlds = [played(scenario, tiny_city, tiny_people, seed, "P0", **chain).world for seed in range(4)]
        burning.append(np.concatenate([w.orders.stamps[:, CONTROL] - w.incidents.onset for w in worlds]))
    assert burning[0].mean() < burning[1].mean() - 60.0
    assert (burning[0] <= burning[1] + 1e-6).mean() > 0.9


def test_the_first_engine_is_the_one_that_comes_first(tiny, tiny_city, tiny_people):
    scenario = with_crews(tiny, {"building_fire": 500.0}, count=30, night_share=1.0)
    simulation = played(scenario, tiny_city, tiny_people)
    tables = simulation.tables()
    tracks, events = tables["tracks"].to_pandas(), tables["events"].to_pandas()
    to_scene = tracks[tracks["purpose"] == "to_scene"]
    for order, legs in to_scene.groupby("order"):
        first = events[(events["order"] == order) & (events["kind"] == "arrive")]["time"].iloc[0]
        assert first == pytest.approx(legs["t_end"].min())
    assert simulation.world.orders.present.max() >= 3


def test_a_crew_may_be_there_at_once_and_the_run_is_kept(tiny, home):
    at_once = tiny.model_copy(update={"speed_factor": float("inf"), "incidents": {"medical": IncidentChange()}})
    run = run_scenario(at_once, load_policy("P1"), 2, RunStore(home / "runs"), home / "cities")
    again = Scenario.model_validate(run.manifest["scenario"])
    assert again.speed_factor == float("inf")
    assert again == at_once


def test_a_drill_takes_a_crew_off_duty_for_its_hour_and_no_longer(tiny, tiny_city, tiny_people):
    scenario = with_crews(tiny, {"medical": 2.0}, count=30, night_share=1.0).model_copy(update={"hours": 24.0 * 20})
    found = {}
    for hours in (4.0, 16.0, 60.0):
        world = played(scenario, tiny_city, tiny_people, 3, **{"crew.drill_h": hours}).world
        assert (world.crews.drill % 3600.0 == 0.0).all()
        assert (world.crews.state == IDLE).all()  # whoever drilled is back
        found[hours] = world.crews.drill.mean() / 3600.0 * 365.0 / 20.0
    assert found[4.0] < found[16.0] < found[60.0]
    assert found[60.0] == pytest.approx(60.0, rel=0.15)  # hardly anybody was out when it was their turn


def test_who_drills_cannot_be_sent(tiny, tiny_city, tiny_people):
    scenario = with_crews(tiny, {"medical": 6.0}, count=2, night_share=1.0)
    waits = []
    for hours in (1.0, 365.0):  # a drill every day, where there is nobody to spare
        worlds = [played(scenario, tiny_city, tiny_people, s, **{"crew.drill_h": hours}).world for s in range(8)]
        waits.append(np.concatenate([w.orders.stamps[:, ACK] - w.orders.stamps[:, ROUTE] for w in worlds]).mean())
    assert waits[1] > waits[0] + 10.0


def test_a_street_is_without_its_crews_only_while_they_are_out_for_others(tiny, tiny_city, tiny_people):
    scenario = with_crews(tiny, {"medical": 20.0}, count=6, night_share=1.0)
    for pooled in (0.0, 1.0):
        world = played(scenario, tiny_city, tiny_people, 2, **{"routing.pooled_share": pooled}).world
        orders, crews, street = world.orders, world.crews, tiny_city.areas.ancestor("street")
        assert not crews.lent.any()  # all are back in the end
        own = street[world.incidents.grid]
        for order in np.flatnonzero(orders.lent).tolist():
            kind = crews.kinds.index(world.rules.kinds[orders.kind(order)].crew)
            mine = np.flatnonzero((crews.kind == kind) & (crews.street == own[order]))
            before = [o for o in range(len(orders)) if orders.crew[o] in mine and orders.stamps[o, ACK] < orders.stamps[order, ROUTE] + 1e-6]  # fmt: skip
            assert any(own[o] != own[order] for o in before)
