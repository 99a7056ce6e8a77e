"""The four tests that define luck, and what follows from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from models.demand import demand_hash, draw_incidents
from scenarios.comparing import compare
from scenarios.library import load_policy
from scenarios.running import resolved, run_scenario, simulate
from sim.recording import log_hash
from sim.runs import RunStore
from sim.streams import Stream


def demand_of(city, people, kinds, seed=1, hours=24.0):
    return draw_incidents(city, people, kinds, Stream(seed), (0.0, hours * 3600.0))


def test_a_policy_that_changes_nothing_reproduces_the_baseline_byte_for_byte(tiny, tiny_city, tiny_people):
    base = resolved(tiny, load_policy("P1"))
    null = resolved(tiny, load_policy("P1").model_copy(update={"set": {"patrol.p_see": base["patrol.p_see"]}}))
    first = log_hash(simulate(tiny_city, tiny_people, tiny, base, 3).tables())
    assert log_hash(simulate(tiny_city, tiny_people, tiny, null, 3).tables()) == first
    changed = resolved(tiny, load_policy("P2"))
    assert log_hash(simulate(tiny_city, tiny_people, tiny, changed, 3).tables()) != first


def test_a_policy_compared_with_itself_differs_by_exactly_zero(tiny, home):
    base = load_policy("P1")
    same = base.model_copy(update={"name": "same", "set": {"patrol.p_see": base.resolve()["patrol.p_see"]}})
    result = compare(tiny, [base, same], [1, 2, 3], home)
    for row in result.rows:
        told = row.differences["same"]
        assert told.n == 0 or told.difference == 0.0
        assert told.n < 2 or (told.low, told.high, told.p) == (0.0, 0.0, 1.0)
    assert result.log_hashes["P1"] == result.log_hashes["same"]


def test_permuting_people_permutes_outcomes(tiny, tiny_city, tiny_people):
    order = np.random.default_rng(0).permutation(len(tiny_people))
    fields = ("key", "home", "day_place", "age_group", "household")
    mixed = replace(tiny_people, **{name: getattr(tiny_people, name)[order] for name in fields})
    first = demand_of(tiny_city, tiny_people, tiny.kinds())
    second = demand_of(tiny_city, mixed, tiny.kinds())
    assert len(first) > 10
    assert demand_hash(first) == demand_hash(second)
    mine = np.where(second.person >= 0, order[second.person], -1)
    assert np.array_equal(first.person, mine)


def test_removing_one_crew_leaves_every_incident_where_it_was(tiny, tiny_city, tiny_people):
    parameters = resolved(tiny, load_policy("P1"))
    fewer_crews = dict(tiny.crews)
    fewer_crews["ambulance"] = fewer_crews["ambulance"].model_copy(update={"count": 1})
    fewer = tiny.model_copy(update={"crews": fewer_crews})
    first = simulate(tiny_city, tiny_people, tiny, parameters, 5)
    second = simulate(tiny_city, tiny_people, fewer, parameters, 5)
    assert len(second.world.crews) == len(first.world.crews) - 1
    assert demand_hash(first.world.incidents) == demand_hash(second.world.incidents)


def test_adding_a_type_leaves_the_others_alone(tiny, tiny_city, tiny_people):
    kinds = tiny.kinds()
    some = {name: kinds[name] for name in ("medical", "patrol_event")}
    few = demand_of(tiny_city, tiny_people, some)
    many = demand_of(tiny_city, tiny_people, kinds)
    kept = np.isin(np.array(many.kinds)[many.kind], list(some))
    assert np.array_equal(few.id, many.id[kept])
    assert np.array_equal(few.onset, many.onset[kept])
    assert len(many) > len(few)


def test_a_window_that_begins_in_the_evening_is_a_part_of_the_whole_day(tiny, tiny_city, tiny_people):
    day = demand_of(tiny_city, tiny_people, tiny.kinds(), hours=30.0)
    evening = tiny.model_copy(update={"start_hour": 20, "hours": 10.0})
    world = simulate(tiny_city, tiny_people, evening, resolved(tiny, load_policy("P1")), 1).world
    inside = day.onset >= 20 * 3600.0
    assert 5 < inside.sum() < len(day)
    assert np.array_equal(world.incidents.id, day.id[inside])
    assert np.array_equal(world.incidents.onset, day.onset[inside])
    assert world.recorder.tables()["series"]["time"][0].as_py() == 20 * 3600.0
    found = world.orders.table(tiny_city).to_pandas()
    seen_by_patrol = found.loc[found["channel"] == "patrol", "t_detect"]
    assert (seen_by_patrol >= 24 * 3600.0 + 8.5 * 3600.0).all()  # grid workers do not walk at night


def test_the_same_run_has_the_same_log_in_another_store(tiny, home, tmp_path):
    first = run_scenario(tiny, load_policy("P1"), 7, RunStore(home / "runs"), home / "cities")
    again = run_scenario(tiny, load_policy("P1"), 7, RunStore(tmp_path / "runs"), tmp_path / "cities")
    assert first.id == again.id
    assert first.manifest["log_hash"] == again.manifest["log_hash"]
    for name in first.manifest["tables"]:
        file = f"{name}.parquet"
        assert (first.path / file).read_bytes() == (again.path / file).read_bytes()


def test_decision_names_are_unique():
    with pytest.raises(ValueError, match="declared twice: a"):
        Stream(1, ["a", "b", "a"])
    with pytest.raises(KeyError, match="not declared"):
        Stream(1, ["a"]).uniform("b", 1)
