"""Traffic in the small city: crews are later in the peak and behind a crash, and the log says why."""

from __future__ import annotations

import numpy as np
import pytest
from in_city import InCity, causes, events

from models.cordon import cordon
from models.traffic.streets import Driving, traffic_of
from sim.city.speeds import drive_speeds, free_speeds

BUSY = {"road_traffic": {"trips": 8.0}}
CRASH = {
    "road_traffic": {
        "trips": 8.0,
        "crash": {"near": "hospital"},
        "crash_hour": 8.0,
        "lanes_left": 0.0,
        "clear_min": 60.0,
    }
}


@pytest.fixture(scope="module")
def runs(tiny, tiny_city, tiny_people) -> InCity:
    return InCity(tiny, tiny_city, tiny_people)


def test_more_traffic_makes_crews_later(runs):
    def to_scene(hazards) -> float:
        tracks = runs.run(hazards, start_hour=7.0).tables()["tracks"].to_pandas()
        legs = tracks[tracks["purpose"] == "to_scene"]
        return float((legs["t_end"] - legs["t_start"]).mean())

    assert to_scene({"road_traffic": {"trips": 10.0}}) > 1.05 * to_scene({"road_traffic": {"trips": 0.0}})
    slow = runs.run({"road_traffic": {"trips": 10.0}}, start_hour=7.0).world.roads.table().to_pandas()
    assert slow["factor"].min() < 1.0


def test_without_trips_every_street_is_free(runs):
    world = runs.run({"road_traffic": {"trips": 0.0}}).world
    table, free = drive_speeds(runs.city.drive), free_speeds(runs.city.drive)
    told = world.hour(float(world.roads.table()["time"].to_numpy().max()))
    assert world.roads.factor == pytest.approx(free / table[told], abs=0.026)


def test_the_equilibrium_replaces_the_table(runs):
    """Told as factors of the table, rounded to .05, the seconds on each street are those of the equilibrium alone."""
    world = runs.run(BUSY, start_hour=7.0).world
    log = world.roads.table().to_pandas()
    told = np.ones(runs.city.drive.edges)
    at_eight = log[log["time"] <= 8 * 3600.0]
    told[at_eight["edge"]] = at_eight["factor"]  # in order of time: the last one stays
    residents = np.bincount(runs.people.home, minlength=len(runs.city.buildings)).astype(np.float64)
    usual = traffic_of(runs.city, residents, Driving(trips=8.0)).usual(8)
    seconds = runs.city.drive.length / (drive_speeds(runs.city.drive)[8] * told)
    fast = told > 0.3  # of slower ones the rounding is a large part
    assert fast.mean() > 0.9
    assert seconds[fast] == pytest.approx(usual.time[fast], rel=0.1)
    assert (told > 1.0).any()
    assert (told < 1.0).any()


@pytest.mark.parametrize(("trips", "warns"), [(0.1, False), (10.0, True)])
def test_a_flow_beyond_what_was_checked_warns_once(runs, trips, warns):
    told = runs.run({"road_traffic": {"trips": trips, "outside": 10.0 * warns}}, start_hour=7.0).world.warnings
    assert sum(one.text.en.startswith("Flow over capacity") for one in told.values()) == warns


def test_a_crash_makes_a_queue_that_ends(runs):
    simulation = runs.run(CRASH, start_hour=7.0)
    queue = simulation.tables()["field.traffic.queue"].to_pandas()
    assert queue["value"].max() > 10.0
    assert queue["time"].min() >= 8 * 3600.0
    told = events(simulation)
    assert {"crash", "crash_cleared"} <= set(told["kind"])
    for event in told.index[told["kind"] == "traffic_queue"]:
        assert causes(told, int(event))[-1] == "crash"
    orders = simulation.tables()["orders"].to_pandas()
    assert orders[orders["kind"] == "road_crash"]["t_close"].notna().all()


def test_factors_stay_between_a_crawl_and_a_free_street(runs):
    factor = runs.run(CRASH, start_hour=7.0).tables()["roads"].to_pandas()["factor"]
    assert factor.between(0.05, 2.0).all()


def test_traffic_leaves_all_other_luck_alone(runs):
    calm, busy = runs.run({}), runs.run(BUSY)
    assert np.array_equal(calm.demand.onset, busy.demand.onset)


def test_a_cordon_keeps_one_way_in(tiny_city):
    streets = tiny_city.drive
    node = int(streets.nodes // 2)
    inside = np.hypot(streets.x - streets.x[node], streets.y - streets.y[node]) < 500.0
    factors = cordon(streets, [node], inside)
    closed = (inside[streets.tails()]) & inside[streets.head]
    assert (factors[~closed] == 1.0).all()
    assert (factors[closed] == 0.0).sum() > 0
    reached, todo = {node}, [node]
    while todo:  # along what is open, backwards and forwards alike
        v = todo.pop()
        for e in range(streets.first_out[v], streets.first_out[v + 1]):
            if factors[e] > 0 and int(streets.head[e]) not in reached:
                reached.add(int(streets.head[e]))
                todo.append(int(streets.head[e]))
    assert any(not inside[v] for v in reached)
