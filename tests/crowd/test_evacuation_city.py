"""A district of the small city is told to leave: all who can walk come to shelters, crews fetch the others."""

from __future__ import annotations

import numpy as np
import pytest
from in_city import InCity, causes, entered_closed, events

from models.crowd.district import _allotted
from models.hazards.evacuation import Evacuation
from models.whereabouts import AWAY, INSIDE, OUTDOORS

TOLD = {"evacuation": {"hour": 20.0, "reach_m": 400.0}}
EVENING = {"start_hour": 19.0, "hours": 4.0}


@pytest.fixture(scope="module")
def runs(tiny, tiny_city, tiny_people) -> InCity:
    return InCity(tiny, tiny_city, tiny_people)


def people_of(simulation):
    return simulation.tables()["evacuation"].to_pandas()


def test_all_who_can_walk_come_to_a_shelter_and_crews_fetch_the_others(runs):
    simulation = runs.run(TOLD, **EVENING)
    [wave] = simulation.courses["evacuation"].waves
    people = people_of(simulation)
    helpless = wave.leaving.helpless
    assert len(people) > 500
    assert people["sheltered"][~helpless].notna().all()
    assert people["sheltered"][helpless].isna().all()
    assert people["out"].notna().all()
    assert (people["sheltered"] > people["out"])[~helpless].all()
    orders = simulation.tables()["orders"].to_pandas()
    calls = orders[orders["kind"] == "evacuation_help"]
    assert set(calls["building"]) == set(wave.leaving.building[helpless].tolist())
    assert calls["t_arrive"].notna().all()
    told = events(simulation)
    onsets = told[told["kind"] == "onset"].set_index("order")
    for order in calls["order"]:
        assert causes(told, int(onsets.loc[order, "cause"])) == ["evacuation_ordered"]
    assert {"evacuation_half", "evacuation_nearly", "evacuation_done"} <= set(told["kind"])


def test_nobody_is_told_who_lives_outside(runs, tiny_city):
    simulation = runs.run(TOLD, **EVENING)
    [wave] = simulation.courses["evacuation"].waves
    places, told = tiny_city.buildings, wave.leaving.building
    far = [np.hypot(places.x - x, places.y - y)[told].max() for x, y in zip(places.x, places.y, strict=True)]
    assert min(far) <= 400.0


def test_streets_are_closed_and_open_again(runs):
    simulation = runs.run(TOLD, **EVENING)
    roads = simulation.tables()["roads"].to_pandas()
    assert roads["time"].min() == 20 * 3600.0
    assert (roads["factor"] == 0.0).any()
    assert entered_closed(simulation) == 0
    assert (simulation.world.roads.factor == 1.0).all()


def test_by_night_people_leave_later(runs):
    day = runs.run(TOLD, **EVENING)
    night = runs.run({"evacuation": {"hour": 20.0, "reach_m": 400.0, "day_min": 20.0}}, **EVENING)
    out = [float(people_of(run)["out"].median()) for run in (day, night)]
    assert out[1] > out[0] + 10.0


def test_small_shelters_are_told_of(runs):
    small = runs.run({"evacuation": {**TOLD["evacuation"], "shelter_persons": 50.0}}, **EVENING)
    assert any("no room for all" in told.text.en for told in small.world.warnings.values())
    assert not any("no room" in told.text.en for told in runs.run(TOLD, **EVENING).world.warnings.values())


def test_everybody_is_noted_where_they_are(runs):
    """Told, then in the open on a way that leads on, then away: as the rows of the log say."""
    simulation = runs.run(TOLD, **EVENING)
    [wave], known = simulation.courses["evacuation"].waves, simulation.world.whereabouts
    assert (known.who == wave.leaving.who).all()
    assert ((known.state == AWAY) == (wave.outs() <= wave.crowd.now)).all()  # crews fetch the last
    assert len(np.unique(known.who)) == len(known) == len(people_of(simulation))
    early = runs.run(TOLD, start_hour=19.0, hours=1.5, drain_days=0.0).world.whereabouts
    left = runs.run(TOLD, start_hour=19.0, hours=1.5, drain_days=0.0).world.fields["evacuation.left"]
    assert {INSIDE, OUTDOORS, AWAY} == set(early.state.tolist())
    inside = np.bincount(early.building[early.state == INSIDE], minlength=len(left))
    assert inside == pytest.approx(left * np.bincount(early.building, minlength=len(left)))


def test_shelters_are_given_to_the_nearest_that_fit():
    away = np.array([[10.0, 20.0, 30.0], [50.0, 25.0, 31.0]])
    assert _allotted(away, np.array([60, 60, 10]), np.array([100.0, 100.0])).tolist() == [0, 1, 0]
    assert _allotted(away, np.array([60, 60, 10]), np.array([200.0, 100.0])).tolist() == [0, 0, 0]


def test_the_same_seed_tells_the_same_and_other_luck_is_left_alone(runs, tiny, tiny_city, tiny_people):
    again = InCity(tiny, tiny_city, tiny_people).run(TOLD, **EVENING)
    first = runs.run(TOLD, **EVENING)
    for name, table in first.tables().items():
        assert table.to_pandas().equals(again.tables()[name].to_pandas()), name
    assert np.array_equal(first.demand.onset, runs.run({}, **EVENING).demand.onset)


def test_bad_figures_are_refused():
    for wrong in ({"reach_m": 1.0}, {"helpless": 2.0}, {"hour": 24.5}, {"shelter_persons": float("nan")}):
        with pytest.raises(ValueError, match="Input should be"):
            Evacuation(**wrong)
