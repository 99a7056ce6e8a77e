"""Traffic in the small city: crews are later in the peak and behind a crash, and the log says why."""

from __future__ import annotations

import numpy as np
import pytest
from in_city import InCity, causes, events

from models.cordon import cordon

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

    assert to_scene({"road_traffic": {"trips": 10.0}}) >= to_scene({"road_traffic": {"trips": 0.0}})
    slow = runs.run({"road_traffic": {"trips": 10.0}}, start_hour=7.0).world.roads.table().to_pandas()
    assert slow["factor"].min() < 1.0


def test_no_traffic_changes_nothing(runs):
    assert runs.run({"road_traffic": {"trips": 0.0}}).tables()["tracks"].equals(runs.run({}).tables()["tracks"])


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


def test_factors_stay_between_a_crawl_and_one(runs):
    factor = runs.run(CRASH, start_hour=7.0).tables()["roads"].to_pandas()["factor"]
    assert factor.between(0.05, 1.0).all()


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
