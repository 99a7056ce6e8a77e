"""A fair in the small city: people in danger become orders, police and gates act on the crowd, streets close, all go home."""

from __future__ import annotations

import numpy as np
import pytest
from in_city import InCity, causes, entered_closed, events

from models.crowd.streets import one_way_scheme, within
from models.hazards.crowd import Crowd
from scenarios.library import load_scenario
from sim.errors import InputError

FAIR = {"where": {"near": "metro"}, "visitors": 0.9, "lane_m": 3.0, "reach_m": 150.0, "spread_h": 0.5, "closes_h": 19.5}
OPEN = {"crowd": FAIR}
GATED = {"crowd": {**FAIR, "gates": True}}
CALM = {"crowd": {**FAIR, "visitors": 0.1}}
EVENING = {"start_hour": 16.5, "hours": 4.5}


@pytest.fixture(scope="module")
def runs(tiny, tiny_city, tiny_people) -> InCity:
    return InCity(tiny, tiny_city, tiny_people)


def of_kind(simulation, kind: str):
    orders = simulation.tables()["orders"].to_pandas()
    return orders[orders["kind"] == kind]


def folded(simulation) -> dict[str, float]:
    table = simulation.tables()["crowd"].to_pandas()
    columns = {name: table[name].to_numpy() for name in table}
    return {kind.name: kind.fold(columns) for kind in Crowd.indicators}


def test_a_street_that_is_too_dense_becomes_an_order_with_its_cause(runs):
    simulation = runs.run(OPEN, **EVENING)
    told = events(simulation)
    pressed = of_kind(simulation, "crowd_pressure")
    assert len(pressed) > 0
    onsets = told[told["kind"] == "onset"].set_index("order")
    for order in pressed["order"]:
        assert causes(told, int(onsets.loc[order, "cause"])) == ["crowd_dense", "fair_opens"]
    assert (pressed["outcome"].dropna() >= 4.0).all()
    assert of_kind(simulation, "crowd_casualty")["severity"].between(0.4, 1.0).all()


def test_police_who_come_hold_the_street_until_it_is_no_more_too_dense(runs):
    simulation = runs.run(OPEN, **EVENING)
    told = events(simulation)
    pressed = of_kind(simulation, "crowd_pressure")
    held = told[told["kind"] == "crowd_held"].groupby("order")["time"].first()
    released = told[told["kind"] == "crowd_released"].groupby("order")["time"].first()
    assert len(held) > 0
    for order in held.index:
        row = pressed.set_index("order").loc[order]
        assert row["t_arrive"] <= held[order] <= released[order] == row["t_control"]


def test_without_police_it_is_worse(runs):
    never = {"crowd": {**FAIR, "watch_m2": 8.0, "packed_m2": 6.3}}
    with_police = {"crowd": {**FAIR, "packed_m2": 6.3}}
    risk = [
        sum(folded(runs.run(one, seed=seed, **EVENING))["risk.crowd"] for seed in (1, 2, 3))
        for one in (with_police, never)
    ]
    assert len(of_kind(runs.run(never, **EVENING), "crowd_pressure")) == 0
    assert risk[1] > 1.05 * risk[0] > 0  # they come late: gates do more


def test_gates_keep_the_fair_from_being_too_dense(runs):
    free, gated = folded(runs.run(OPEN, **EVENING)), folded(runs.run(GATED, **EVENING))
    assert gated["risk.crowd"] < 0.2 * free["risk.crowd"]
    assert gated["dead.crowd"] < 0.2 * free["dead.crowd"]
    assert {"crowd_gates_shut", "crowd_gates_open"} <= set(events(runs.run(GATED, **EVENING))["kind"])


def test_few_visitors_are_in_no_danger(runs):
    simulation = runs.run(CALM, **EVENING)
    assert not len(of_kind(simulation, "crowd_pressure"))
    assert folded(simulation)["peak.crowd"] < 4.0
    assert folded(simulation)["hurt.crowd"] == 0.0


@pytest.mark.parametrize("hazards", [OPEN, GATED, CALM], ids=["open", "gated", "calm"])
def test_everybody_goes_home_and_the_streets_open_again(runs, hazards):
    simulation = runs.run(hazards, **EVENING)
    crowd = simulation.courses["crowd"].crowd
    assert crowd.under_way == 0
    assert (crowd.queues.inside[crowd.density() < 1e-6].sum()) == crowd.queues.inside.sum()  # all in places outside
    assert (simulation.world.roads.factor == 1.0).all()
    assert (simulation.world.fields["crowd.density"] == 0.0).all()


def test_streets_of_the_fair_are_closed_in_the_beat_in_which_it_opens_and_no_crew_enters_them(runs):
    simulation = runs.run(OPEN, **EVENING)
    roads = simulation.tables()["roads"].to_pandas()
    first = roads[roads["owner"] == "crowd"]["time"].min()
    assert first == 17 * 3600.0
    assert (roads["factor"] == 0.0).any()
    assert entered_closed(simulation) == 0


def test_density_closes_streets_to_vehicles(runs):
    simulation = runs.run(OPEN, **EVENING)
    course = simulation.courses["crowd"]
    told = events(simulation)
    roads = simulation.tables()["roads"].to_pandas()
    by_people = set(told.index[told["kind"] == "crowd_streets"])
    shut = roads[(roads["factor"] == 0.0) & roads["cause"].isin(by_people)]
    assert len(shut) > 0
    assert course._inner_edge[shut["edge"].to_numpy()].all()


def test_a_metro_that_does_not_stop_brings_nobody(runs):
    closed = runs.run({"crowd": {**FAIR, "visitors": 0.1, "metro_closed": True}}, **EVENING).courses["crowd"]
    opened = runs.run(CALM, **EVENING).courses["crowd"]
    assert opened._fair.stations.any()
    assert not closed._fair.stations.any()
    assert len(closed.crowd.walkers) == len(opened.crowd.walkers)  # the same residents come, by other ways


def test_the_same_seed_tells_the_same(runs, tiny, tiny_city, tiny_people):
    again = InCity(tiny, tiny_city, tiny_people).run(GATED, **EVENING)
    for name, table in runs.run(GATED, **EVENING).tables().items():
        assert table.to_pandas().equals(again.tables()[name].to_pandas()), name


def test_the_fair_leaves_all_other_luck_alone(runs):
    quiet, full = runs.run({}, **EVENING), runs.run(CALM, **EVENING)
    assert np.array_equal(quiet.demand.onset, full.demand.onset)
    assert np.array_equal(quiet.demand.id, full.demand.id)
    a, b = (s.tables()["orders"].to_pandas().set_index("incident") for s in (quiet, full))
    reported = a["t_report"].dropna()
    assert (reported == b.loc[reported.index, "t_report"]).all()


def test_more_visitors_are_the_same_ones_and_others(runs):
    few = runs.run(CALM, **EVENING).courses["crowd"].crowd.walkers.key
    many = runs.run(OPEN, **EVENING).courses["crowd"].crowd.walkers.key
    assert set(few.tolist()) < set(many.tolist())


def test_a_one_way_scheme_cuts_nobody_off(tiny_city):
    walk = tiny_city.walk
    x, y = float(walk.x.mean()), float(walk.y.mean())
    nodes = within(walk, x, y, 500.0)
    tails = walk.tails()
    chosen = np.zeros(len(walk.shapes), dtype=bool)
    chosen[walk.link[nodes[tails] & nodes[walk.head]]] = True
    scheme = one_way_scheme(walk, chosen, x, y)
    assert len(scheme) > 3
    open_to = [e for e in range(walk.edges) if chosen[walk.link[e]]
               and scheme.get(int(walk.link[e]), bool(walk.forward[e])) == bool(walk.forward[e])]  # fmt: skip
    start = int(np.flatnonzero(nodes)[0])
    for ends in ((tails, walk.head), (walk.head, tails)):  # everywhere can be reached, and left
        found, todo = {start}, [start]
        while todo:
            v = todo.pop()
            new = {int(ends[1][e]) for e in open_to if ends[0][e] == v} - found
            found |= new
            todo += new
        assert found == set(np.flatnonzero(nodes).tolist())


@pytest.mark.parametrize(
    "wrong",
    [{"opens_h": 20.0, "closes_h": 19.0}, {"watch_m2": 2.0, "release_m2": 3.0}, {"visitors": 2.0}, {"lane_m": 0.0},
     {"peak_h": float("nan")}, {"packed_m2": 3.0}],
)  # fmt: skip
def test_bad_figures_are_refused(wrong):
    with pytest.raises(ValueError, match=r"Input should be|cannot close|police are called"):
        Crowd(**wrong)


def test_a_place_without_streets_is_refused(runs):
    with pytest.raises(InputError, match="no streets for a fair"):
        runs.run({"crowd": {**FAIR, "reach_m": 30.0}}, **EVENING)


@pytest.mark.parametrize("name", ["lantern_festival", "lantern_festival_metered", "district_evacuation"])
def test_a_shipped_scenario_loads(name: str):
    assert {"crowd", "evacuation"} & set(load_scenario(name).hazards)
