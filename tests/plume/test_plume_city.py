"""A toxic release in the small city: the gas goes where the wind goes, people are told, and the dead are few or many for a reason."""

from __future__ import annotations

import numpy as np
import pytest
from in_city import InCity, causes, entered_closed, events

from models.hazards.toxic_release import ToxicRelease
from models.plume.shelter import LEAVE, STAY
from models.population import occupants
from models.whereabouts import AWAY

WEST = {"toxic_release": {"hour": 9.0, "from_deg": 270.0, "turns_by_deg": 0.0, "where": {}}}
TURNS = {"toxic_release": {"hour": 9.0, "from_deg": 270.0, "turns_by_deg": 90.0, "turns_after_min": 15.0, "where": {}}}


@pytest.fixture(scope="module")
def runs(tiny, tiny_city, tiny_people) -> InCity:
    return InCity(tiny, tiny_city, tiny_people)


def where(simulation) -> tuple[np.ndarray, np.ndarray]:
    """Return how far east and north of the source each cell is, of which the log ever tells."""
    course = simulation.courses["toxic_release"]
    x, y = course._raster.centres()
    hit = simulation.tables()["field.toxic.ppm"].to_pandas()
    cells = np.unique(hit["index"][hit["value"] > 2.0])
    return x[cells] - course._x, y[cells] - course._y


def test_a_west_wind_carries_it_east(runs):
    east, north = where(runs.run(WEST))
    assert len(east) > 50
    assert np.quantile(east, 0.9) > 500.0
    assert (east > -150.0).all()
    assert (np.abs(north) < np.maximum(east, 150.0)).all()


def test_after_the_turn_it_goes_south(runs):
    simulation = runs.run(TURNS)
    east, north = where(simulation)
    assert (north < -500.0).any()
    assert (east > 500.0).any()
    assert "wind_turned" in set(events(simulation)["kind"])
    assert (where(runs.run(WEST))[1] > -500.0).all()


def test_what_has_escaped_is_what_has_left_the_tank(runs):
    simulation = runs.run(WEST)
    course = simulation.courses["toxic_release"]
    orders = simulation.tables()["orders"].to_pandas()
    out = orders[orders["kind"] == "toxic_release"]["outcome"].iloc[0]
    assert out == pytest.approx(course._kind.inventory_kg - course._left_kg)
    assert 0.0 < out <= course._kind.inventory_kg
    assert course._cloud.mass <= out + 1e-9


def test_sectors_downwind_are_told_and_those_upwind_are_not(runs):
    simulation = runs.run(WEST)
    advice = simulation.world.fields["toxic.advice"]
    course = simulation.courses["toxic_release"]
    places = runs.city.buildings
    east, far = places.x - course._x, np.hypot(places.x - course._x, places.y - course._y)
    told = advice > 0
    assert told.any()
    assert set(np.unique(advice)) <= {0.0, float(STAY), float(LEAVE)}
    assert east[told & (far > 500.0)].min() > -100.0
    assert {"toxic_stay", "toxic_leave"} & set(events(simulation)["kind"])


def test_every_event_walks_back_to_the_start(runs):
    told = events(runs.run(TURNS))
    ours = told[told["kind"].str.startswith("toxic_") & (told["kind"] != "toxic_started")]
    assert len(ours) > 3
    assert {causes(told, int(e))[-1] for e in ours.index} == {"toxic_started"}


def test_nobody_is_routed_through_the_gas(runs):
    simulation = runs.run({**TURNS, "road_traffic": {}})
    assert "toxic_streets" in set(events(simulation)["kind"])
    assert entered_closed(simulation) == 0
    owned = simulation.tables()["roads"].to_pandas()
    last = owned[owned["owner"] == "toxic_release"].groupby("edge")["factor"].last()
    assert (last == 1.0).all()  # all streets are open again


BOTH = {
    "toxic_release": {"hour": 9.0, "wind_m_s": 1.5, "hole_mm": 80.0, "inventory_kg": 50_000.0, "turns_by_deg": 40.0,
                      "turns_after_min": 15.0, "where": {}},
    "evacuation": {"shelter_persons": 1e6},
}  # fmt: skip


def test_sectors_that_are_ordered_to_leave_are_evacuated_because_of_the_order(runs):
    simulation = runs.run(BOTH)
    told, advice = events(simulation), simulation.world.fields["toxic.advice"]
    known, waves = simulation.world.whereabouts, simulation.courses["evacuation"].waves
    assert len(known) > 100
    assert (advice[known.building] == LEAVE).all()
    people = occupants(runs.people, len(advice), 9)
    reached = np.isin(np.arange(len(advice)), np.concatenate([wave.district.buildings for wave in waves]))
    assert np.bincount(known.building, minlength=len(advice)) == pytest.approx(people * reached)
    assert ((advice == LEAVE) & (people > 0) & ~reached).sum() < 0.05 * reached.sum()  # whose street leads nowhere
    for event in told.index[told["kind"] == "evacuation_ordered"]:
        assert causes(told, int(event)) == ["evacuation_ordered", "toxic_leave", "toxic_started"]
    ways = told[told["kind"] == "evacuation_ordered"]["time"].to_numpy()
    orders = told[told["kind"] == "toxic_leave"]["time"].to_numpy()
    assert all(((way - orders >= 0.0) & (way - orders <= 60.0)).any() for way in ways)


def test_who_walks_out_breathes_the_open_and_who_is_gone_nothing(runs):
    """Everybody's load again, plainly, from the rows of the evacuation; and other crews, luck and gas are as without it."""
    course = runs.run(BOTH).courses["toxic_release"]
    load, known = course._exposure.loads(), runs.run(BOTH).world.whereabouts
    stayed = course._exposure._indoors[known.building]
    away = known.state == AWAY
    assert away.mean() > 0.5
    assert not np.allclose(load, stayed)
    alone = runs.run({"toxic_release": BOTH["toxic_release"]})
    ppm = [s.tables()["field.toxic.ppm"].to_pandas() for s in (alone, runs.run(BOTH))]
    before = [p[p["time"] < 9.5 * 3600.0] for p in ppm]
    assert before[0].equals(before[1])


def test_crews_close_the_leak_and_neighbours_lend_ambulances(runs):
    large = {"toxic_release": {**WEST["toxic_release"], "inventory_kg": 200_000.0, "hole_mm": 100.0, "aid_min": 20.0}}
    simulation = runs.run(large)
    told, orders = events(simulation), simulation.tables()["orders"].to_pandas()
    plug = orders[orders["kind"] == "toxic_plugging"].iloc[0]
    leak = orders[orders["kind"] == "toxic_release"].iloc[0]
    [plugged] = told[told["kind"] == "toxic_plugged"]["time"]
    assert plugged > max(plug["t_arrive"], leak["t_arrive"])
    assert plug["t_control"] == leak["t_control"] == plugged
    asked, here = (told[told["kind"] == f"toxic_aid_{what}"]["time"].iloc[0] for what in ("asked", "here"))
    assert here == asked + 1200.0
    kinds, own = simulation.world.crews, runs.run({}).world.crews
    lent = np.arange(len(own), len(kinds))
    lent = lent[(kinds.kind[lent] == kinds.kinds.index("ambulance"))]
    legs = simulation.tables()["tracks"].to_pandas()
    at_work = legs[legs["crew"].isin(lent)]
    assert len(at_work) > 0
    assert at_work["t_start"].min() >= here


def test_told_to_stay_nobody_leaves(runs):
    simulation = runs.run({"toxic_release": {**BOTH["toxic_release"], "may_leave": False}})
    assert set(np.unique(simulation.world.fields["toxic.advice"])) <= {0.0, float(STAY)}


def test_the_rows_count_everybody_once_and_harm_is_nested(runs):
    rows = runs.run(BOTH).tables()["toxic_release"].to_pandas()
    assert rows["persons"].sum() == len(runs.people)
    assert (rows["dead"] <= rows["persons"]).all()
    assert (rows["endangered"] <= rows["harmed"]).all()
    assert rows["harmed"].sum() > rows["endangered"].sum() > 0


def test_doses_are_shares_and_never_fall(runs):
    simulation = runs.run(WEST)
    harm = simulation.tables()["field.toxic.deaths"].to_pandas()
    assert (harm["value"].between(0, 1)).all()
    assert (harm.sort_values("time").groupby("index")["value"].diff().dropna() >= 0).all()


def test_a_beat_of_half_the_length_changes_little(runs):
    whole, half = runs.run(WEST), runs.run(WEST, beat_s=30.0)
    ppm = [s.tables()["field.toxic.ppm"].to_pandas().groupby("index")["value"].max() for s in (whole, half)]
    strong = ppm[0].index[ppm[0] > 20.0].intersection(ppm[1].index)
    assert len(strong) >= 8
    assert ppm[0][strong].median() == pytest.approx(ppm[1][strong].median(), rel=0.1)


def test_more_gas_does_more_harm(runs):
    more = {"toxic_release": {**WEST["toxic_release"], "hole_mm": 100.0, "inventory_kg": 50_000.0}}
    deaths = []
    for hazards in (WEST, more):
        orders = runs.run(hazards).tables()["orders"].to_pandas()
        deaths.append(orders[orders["kind"] == "toxic_release"]["deaths"].iloc[0])
    assert deaths[1] > 2 * deaths[0]


def test_the_models_say_where_they_do_not_hold(runs):
    warned = {w for who, w in runs.run(WEST).world.warnings if who == "toxic_release"}
    assert any("Distance from the source" in w for w in warned)
    assert any("dense" in w for w in warned)


def test_the_release_leaves_all_other_luck_alone(runs):
    calm, hit = runs.run({}), runs.run(WEST)
    assert np.array_equal(hit.demand.onset, calm.demand.onset)


@pytest.mark.parametrize("wrong", [{"wind_m_s": 200.0}, {"wind_m_s": -1.0}, {"substance": "air"}, {"cell_m": 1.0}])
def test_impossible_weather_and_stuff_are_refused(wrong):
    with pytest.raises(ValueError, match="Input should be"):
        ToxicRelease(**wrong)


def test_a_calm_is_computed_and_told():
    wind = ToxicRelease(wind_m_s=0.0).wind(0.0, 90.0)
    assert wind.speed.tolist() == [0.0, 0.0]
