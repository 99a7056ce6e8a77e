"""The case loop: no order is lost, none is closed unverified, and clocks pause only where the calendar says."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from models.calendar import WorkingHours
from models.catalogue import catalogue
from models.demand import Incidents
from models.matters import matters
from models.orders import ACCEPT, ACK, CLOSE, CONTROL, FEEDBACK, FILE, ROUTE, STAGES, VERIFY, Orders
from models.parameters import preset_values
from models.simulation import all_decisions
from models.stages import MOST_RETURNS, SUPERVISED_AT, TRANSITIONS, Rules, is_on_time
from scenarios.language import IncidentChange
from scenarios.library import load_policy
from scenarios.running import resolved, simulate
from sim.streams import Stream

KINDS = ("hotline_ticket", "patrol_event")
WORKING = WorkingHours()


def rules_of(preset: str, seed: int = 1, **changes: float) -> Rules:
    stream = Stream(seed, all_decisions(dict(catalogue()), {}))
    return Rules({**preset_values(preset), **changes}, catalogue(), matters(), WORKING, stream)


def random_orders(count: int, seed: int = 3) -> Orders:
    """Orders of both routine kinds, accepted at any moment of two weeks."""
    rng = np.random.default_rng(seed)
    none = np.full(count, -1, dtype=np.int32)
    incidents = Incidents(
        id=rng.integers(0, 2**62, count), kind=rng.integers(0, 2, count).astype(np.int16),
        onset=np.sort(rng.uniform(0, 14 * 86400.0, count)), building=none, person=none.astype(np.int64), node=none,
        walk_node=none, x=np.zeros(count), y=np.zeros(count), grid=none, severity=np.zeros(count), kinds=KINDS,
    )  # fmt: skip
    orders = Orders.of(incidents, np.zeros(count, dtype=np.int8))
    orders.stamps[:, ACCEPT] = incidents.onset
    orders.limit[:] = [(catalogue()[KINDS[kind]].limit_h or 4.0) * 3600.0 for kind in incidents.kind]
    return orders


def follow(orders: Orders, order: int, rules: Rules) -> list[tuple[int, float, str]]:
    """Run the stages of one order by themselves, without any clock: the twin of the simulation's processes."""
    stage, now, steps = ACCEPT, float(orders.stamps[order, ACCEPT]), []
    while stage != CLOSE:
        step = TRANSITIONS[stage](orders, order, now, rules)
        assert step.time >= now
        assert all(now <= time <= step.time + 1e-6 for time, _ in step.meanwhile)
        stage, now = step.stage, step.time
        if step.stamped:
            orders.stamp(order, stage, now)
        steps.append((stage, now, step.name or STAGES[stage]))
    return steps


def check_orders(count: int, preset: str) -> None:
    orders, rules = random_orders(count), rules_of(preset)
    for order in range(count):
        steps = follow(orders, order, rules)
        named = Counter(name for _, _, name in steps)
        assert steps[-2][0] == VERIFY  # nothing closes that was not verified
        assert named["returned"] == orders.bounces[order] <= MOST_RETURNS
        assert named["reopen"] == orders.reopens[order] <= 5
        for stage, time, _ in steps:
            if stage in {ACK, CONTROL, FEEDBACK, VERIFY}:
                assert WORKING.between(time - 1.0, time) > 0.0 or WORKING.between(time, time + 1.0) > 0.0
    assert np.isfinite(orders.stamps[:, [FILE, ROUTE, ACK, CONTROL, FEEDBACK, VERIFY, CLOSE]]).all()
    assert (np.diff(orders.stamps[:, [ACCEPT, FILE, ROUTE, ACK, CONTROL, FEEDBACK, VERIFY, CLOSE]], axis=1) >= 0).all()


def test_no_order_is_lost_and_none_is_closed_unverified():
    check_orders(4_000, "P1")


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["P0", "P1", "P2"])
def test_nor_is_one_of_a_hundred_thousand(preset: str):
    check_orders(100_000, preset)


def test_the_simulation_is_its_twin_order_by_order(tiny, tiny_city, tiny_people):
    parameters = resolved(tiny, load_policy("P1"))
    world = simulate(tiny_city, tiny_people, tiny, parameters, 4).world
    stamps = world.orders.stamps.copy()
    fresh = Orders.of(world.incidents, world.orders.priority)
    fresh.stamps[:, ACCEPT] = stamps[:, ACCEPT]
    checked = 0
    for order in np.flatnonzero(np.isfinite(stamps[:, FILE]) & world.orders.filed):
        kind = world.rules.kinds[world.orders.kind(order)]
        if kind.line == "emergency" or stamps[order, FILE] == stamps[order, CONTROL]:
            continue
        if kind.line == "hotline":
            talk = world.rules.draw(kind.talk, "hotline.talk", world.incident(order))
            fresh.stamps[order, ACCEPT] += talk  # filed when the call ends
        fresh.limit[order] = world.orders.limit[order]
        if np.isclose(stamps[order, FILE], stamps[order, ACK]):
            continue  # solved at the grid: no unit took it
        follow(fresh, order, world.rules)
        routine = [FILE, ROUTE, ACK, CONTROL, FEEDBACK, VERIFY, CLOSE]
        assert np.allclose(fresh.stamps[order, routine], stamps[order, routine], atol=1e-6)
        checked += 1
    assert checked > 10


def test_returns_are_geometric_and_each_costs_its_delay():
    count = 4_000
    orders, rules = random_orders(count), rules_of("P1", **{"routing.p_misroute": 0.3, "boundary.p_refuse": 0.0})
    for order in range(count):
        follow(orders, order, rules)
    share = np.bincount(orders.bounces, minlength=4)[:4] / count
    assert share == pytest.approx([0.7, 0.21, 0.063, 0.0189], abs=0.02)
    late = np.array([WORKING.between(a, b) for a, b in orders.stamps[:, [ROUTE, ACK]]])
    assert np.median(late[orders.bounces == 2] - np.median(late[orders.bounces == 0])) == pytest.approx(
        2 * rules["routing.t_bounce_h"] * 3600.0, rel=0.1
    )


def test_supervision_looks_at_eighty_per_cent_and_presses_on():
    watched, left = (rules_of("P1", **{"supervision.share": x, "extension.share": 0.01}) for x in (1.0, 0.0))
    orders, alone = random_orders(1_500), random_orders(1_500)
    for order in range(1_500):
        follow(orders, order, watched)
        follow(alone, order, left)
    first = orders.supervised & (orders.reopens == 0) & (alone.reopens == 0)
    spent, before = (
        np.array([WORKING.between(a, b) for a, b in side.stamps[:, [FILE, CONTROL]]]) for side in (orders, alone)
    )
    limit = random_orders(1_500).limit
    assert first.sum() > 50
    assert (before[first] > SUPERVISED_AT * limit[first] - 1).all()
    assert (spent[first] <= before[first] + 1).all()
    assert not (orders.supervised & (before < SUPERVISED_AT * limit - 1) & (alone.reopens == 0)).any()


def test_an_extension_makes_no_order_punctual():
    rules = rules_of("P0", **{"supervision.share": 0.0, "extension.share": 0.6})
    orders = random_orders(1_500)
    first = orders.limit.copy()
    for order in range(1_500):
        follow(orders, order, rules)
    assert orders.extended.sum() > 50
    assert np.array_equal(orders.limit, first)
    assert not any(
        is_on_time(orders, order, WORKING) for order in np.flatnonzero(orders.extended & (orders.reopens == 0))
    )


def test_what_is_merged_leaves_the_log_and_what_is_not_goes_its_own_way(tiny, tiny_city, tiny_people):
    often = tiny.model_copy(update={"incidents": {"hotline_ticket": IncidentChange(rate_factor=10.0)}})
    tables = {}
    for share in (0.0, 0.9):
        values = {**resolved(often, load_policy("P1")), "intake.dedup": share}
        tables[share] = simulate(tiny_city, tiny_people, often, values, 1).tables()
    kept, merged = tables[0.0]["orders"].to_pandas(), tables[0.9]["orders"].to_pandas()
    gone = set(kept["incident"]) - set(merged["incident"])
    assert gone == set(kept.loc[kept["duplicate"], "incident"]) - set(merged.loc[merged["duplicate"], "incident"])
    assert kept["duplicate"].mean() == pytest.approx(0.25, abs=0.1)
    events = tables[0.9]["events"].to_pandas()
    assert (events["kind"] == "merged").sum() == len(gone) > 5


def test_a_repeated_ticket_names_the_one_that_it_repeats(tiny, tiny_city, tiny_people):
    often = tiny.model_copy(update={"hours": 72.0, "incidents": {"hotline_ticket": IncidentChange(rate_factor=10.0)}})
    values = {**resolved(often, load_policy("P1")), "intake.dedup": 0.5}
    simulation = simulate(tiny_city, tiny_people, often, values, 1)
    world, tables = simulation.world, simulation.tables()
    orders, community = world.orders, tiny_city.areas.ancestor("community")[world.incidents.grid]
    row = {int(incident): order for order, incident in enumerate(world.incidents.id)}
    repeating = np.flatnonzero(orders.repeats >= 0)
    first = np.array([row[int(incident)] for incident in orders.repeats[repeating]])
    assert len(repeating) > 50
    assert orders.duplicate[repeating].all()
    assert not orders.duplicate[first].any()  # nobody repeats a repetition
    assert orders.filed[first].all()
    assert not orders.filed[repeating].all()
    assert orders.filed[repeating].any()
    assert (community[first] == community[repeating]).all()
    assert (orders.stamps[first, ACCEPT] < orders.stamps[repeating, ACCEPT] + 3600.0).all()
    assert (orders.stamps[first, CLOSE] > orders.stamps[repeating, ACCEPT]).all()  # it was open when it was repeated
    events, log = tables["events"].to_pandas(), tables["orders"].to_pandas()
    merged = events[(events["kind"] == "merged") & (events["order"] >= 0)]
    assert len(merged) == (~orders.filed[repeating]).sum() > 10
    causes = events.set_index("event").loc[merged["cause"]]
    assert (causes["kind"] == "accept").all()
    assert causes["order"].tolist() == merged["order"].tolist()  # closed against the call that told of it first
    named = log.loc[log["repeats"] >= 0]
    assert set(named["repeats"]) <= set(log["incident"])


def test_orders_that_wait_are_what_comes_times_how_long_it_takes(tiny, tiny_city, tiny_people):
    scenario = tiny.model_copy(update={
        "hours": 72.0, "incidents": {"patrol_event": IncidentChange(rate_factor=5.0, change={"line": "patrol"})}})  # fmt: skip
    tables = simulate(tiny_city, tiny_people, scenario, resolved(scenario, load_policy("P2")), 2).tables()
    orders, series = tables["orders"].to_pandas(), tables["series"].to_pandas()
    seen = series.loc[series["metric"] == "orders_open.patrol_event", "value"].mean()
    end = 72 * 3600.0
    stay = np.clip(orders["t_feedback"], 0, end) - np.clip(orders["t_onset"], 0, end)
    assert seen == pytest.approx(stay.sum() / end, rel=0.02)  # Little's law: L = λ·W
