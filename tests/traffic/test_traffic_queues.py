"""Queues in space: the analytic closure, spillback, junctions, conservation, halved steps, and planted bugs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.traffic.queues import Queues, Roads, tail_shock
from sim.errors import InputError

ROAD = {"speed": 20.0, "wave": 5.0, "jam": 0.2}


def roads(lengths: list[float], ends: list[int], turns: list[list[int]], **kind: float) -> Roads:
    """Links of one kind, the junction at the end of each, and the links that each turns into."""
    kind = ROAD | kind
    full = [np.full(len(lengths), kind[name]) for name in ("speed", "wave", "jam")]
    first = np.concatenate([[0], np.cumsum([len(t) for t in turns])]).astype(np.int32)
    to = np.array([link for t in turns for link in t], dtype=np.int32)
    return Roads(np.array(lengths), *full, np.array(ends, dtype=np.int32), first, to)


@dataclass
class Told:
    """What a closure did."""

    shock: float
    longest: float
    cleared: float
    delay: float


def closure(dt: float, inflow: float = 0.5, closed: float = 300.0, **kind: float) -> Told:
    """Close the end of a long road for a while, as in science.md section 9."""
    q = Queues(roads([6000.0], [0], [[]], **kind), dt, np.array([inflow]), np.zeros(0), np.array([inflow]), 4000.0)
    q.limit(0, leaves=0.0)
    delay, longest, cleared, before, tails = 0.0, 0.0, 0.0, 0.0, []
    while q.seconds < 1500.0:
        if q.seconds == closed:
            q.limit(0)
        q.run(dt)
        late = float(q.delayed()[0])
        delay, before = delay + dt * (before + late) / 2, late
        tail = q.queue_length(0)
        tails.append((q.seconds, tail))
        longest = max(longest, tail)
        if late > 1e-6:
            cleared = q.seconds + dt - closed
    (t1, x1), (t2, x2) = tails[int(100 / dt)], tails[int(200 / dt)]
    return Told(-(x2 - x1) / (t2 - t1), longest, cleared, delay)


@pytest.mark.parametrize("dt", [10.0, 5.0, 2.5])
def test_the_analytic_closure(dt):
    assert roads([6000.0], [0], [[]]).capacity == pytest.approx(0.8, rel=1e-12)
    told = closure(dt)
    assert told.shock == pytest.approx(-2.857, abs=0.001)
    assert told.longest == pytest.approx(2000.0, rel=1e-6)
    assert told.cleared == pytest.approx(500.0, abs=1e-6)
    assert told.delay == pytest.approx(60_000.0, rel=1e-9)


def test_the_closed_forms_for_other_roads():
    """A queue grows at the shock, the wave of release catches its tail, and the triangle of counts is the delay."""
    u, w, kj, q, closed = 15.0, 5.0, 0.15, 0.3, 200.0
    told = closure(2.5, q, closed, speed=u, wave=w, jam=kj)
    capacity = kj * u * w / (u + w)
    shock = q / (kj - q / u)
    reached = w * closed / (w - shock)
    assert told.shock == pytest.approx(-shock, rel=1e-3)
    assert told.longest == pytest.approx(shock * reached, rel=5e-3)  # it is looked at each 2.5 s
    assert told.cleared == pytest.approx(q * closed / (capacity - q), abs=2.5)
    assert told.delay == pytest.approx(0.5 * q * closed * (closed + q * closed / (capacity - q)), rel=1e-3)


def test_tail_shock():
    assert float(tail_shock(0.5, 20.0, 5.0, 0.2)) == pytest.approx(-2.857143, abs=1e-6)
    assert float(tail_shock(0.0, 20.0, 5.0, 0.2)) == 0.0
    assert float(tail_shock(0.5, 20.0, 5.0, 0.2, outflow=0.8)) > 0.0  # the queue shrinks
    assert float(tail_shock(0.5, 20.0, 20.0, 0.2)) == pytest.approx(
        -2.857143, abs=1e-6
    )  # w does not enter at a standstill
    with pytest.raises(InputError):
        tail_shock(0.9, 20.0, 5.0, 0.2)


def test_a_full_road_holds_back_the_one_before_it():
    road = roads([1000.0, 1000.0], [0, 1], [[1], []])
    q = Queues(road, 5.0, np.array([0.5, 0.0]), np.array([1.0]), np.array([0.5, 0.5]))
    q.limit(1, leaves=0.0)
    q.run(400.0)
    assert q.inside()[1] == pytest.approx(0.2 * 1000, rel=0.01)  # 175 vehicles' room is gone at 350 s
    assert q.queue_length(0) > 50.0
    assert q.queue_length(1) == pytest.approx(1000.0)
    q.run(2000.0)
    assert q.inside() == pytest.approx([200.0, 200.0], rel=1e-6)
    assert q.waiting[0] > 0.0  # nobody is lost: they wait to begin
    before = 25.0 + 25.0
    assert q.inside().sum() + q.waiting.sum() + q.ended == pytest.approx(before + 0.5 * 2400.0)


def test_one_queue_of_two_links_equals_that_of_one():
    whole = Queues(roads([4000.0], [0], [[]]), 5.0, np.array([0.5]), np.zeros(0), np.array([0.5]), 3000.0)
    parts = Queues(
        roads([2500.0, 1500.0], [0, 1], [[1], []]),
        5.0,
        np.array([0.5, 0.0]),
        np.array([1.0]),
        np.array([0.5, 0.5]),
        3000.0,
    )
    whole.limit(0, leaves=0.0)
    parts.limit(1, leaves=0.0)
    for step in range(180):
        if step == 60:
            whole.limit(0)
            parts.limit(1)
        whole.run(5.0)
        parts.run(5.0)
        assert parts.inside().sum() == pytest.approx(whole.inside()[0], abs=1e-6)


def test_a_steady_flow_stays_steady():
    road = roads([730.0, 410.0, 95.0], [0, 1, 2], [[1, 2], [], []])
    flow = np.array([0.6, 0.45, 0.15])
    q = Queues(road, 2.0, np.array([0.6, 0.0, 0.0]), np.array([0.75, 0.25]), flow)
    inside = q.inside()
    q.run(3600.0)
    assert q.inside() == pytest.approx(inside, abs=1e-9)
    assert q.delayed() == pytest.approx(0.0, abs=1e-9)
    assert q.ended == pytest.approx(0.6 * 3600.0)
    assert q.travel_time() == pytest.approx(np.array([730.0, 410.0, 95.0]) / 20.0, rel=1e-9)


def test_a_merge_shares_by_capacity():
    road = roads([1000.0, 1000.0, 1000.0], [0, 0, 1], [[2], [2], []])
    q = Queues(road, 5.0, np.array([0.7, 0.7, 0.0]), np.ones(2))
    q.run(1800.0)
    up, down = q.counts()
    before_up, before_down = q.counts(ago=5.0)
    assert (down - before_down)[:2] / 5.0 == pytest.approx([0.4, 0.4])
    assert (up - before_up)[2] / 5.0 == pytest.approx(0.8)


def test_a_merge_leaves_to_the_busy_what_the_quiet_does_not_take():
    road = roads([1000.0, 1000.0, 1000.0], [0, 0, 1], [[2], [2], []])
    q = Queues(road, 5.0, np.array([0.1, 0.75, 0.0]), np.ones(2))
    q.run(1800.0)
    rates = (q.counts()[1] - q.counts(ago=5.0)[1])[:2] / 5.0
    assert rates == pytest.approx([0.1, 0.7])


def test_at_a_diverge_the_blocked_hold_up_the_others():
    road = roads([1000.0, 300.0, 1000.0], [0, 1, 2], [[1, 2], [], []])
    q = Queues(road, 5.0, np.array([0.6, 0.0, 0.0]), np.array([0.5, 0.5]), np.array([0.6, 0.3, 0.3]))
    q.limit(1, leaves=0.0)
    q.run(1200.0)
    down, before = q.counts()[1], q.counts(ago=60.0)[1]
    assert (down - before)[0] == pytest.approx(0.0, abs=1e-9)  # first in, first out
    q.set_demand(q.inflow, np.array([0.0, 1.0]))  # all turn the other way
    q.run(600.0)
    assert (q.counts()[1] - q.counts(ago=60.0)[1])[2] == pytest.approx(0.8 * 60.0, rel=0.01)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_vehicles_are_neither_made_nor_lost_and_never_negative(seed):
    rng = np.random.default_rng(seed)
    links, nodes = 30, 12
    tail, head = rng.integers(0, nodes, links), rng.integers(0, nodes, links).astype(np.int32)
    turns = [np.flatnonzero(tail == head[i]).tolist() for i in range(links)]
    road = roads(rng.uniform(20, 900, links).tolist(), head.tolist(), turns)
    share = np.concatenate([rng.dirichlet(np.ones(len(t) + 1))[:-1] if t else np.zeros(0) for t in turns])
    inflow = rng.uniform(0, 0.3, links)
    q = Queues(road, 2.0, inflow, share)
    for _ in range(10):
        link = int(rng.integers(links))
        q.limit(link, leaves=float(rng.uniform(0, 0.3)), enters=float(rng.uniform(0, 0.8)))
        q.run(120.0)
        assert (q.inside() >= -1e-9).all()
        assert (q.inside() <= 0.2 * np.maximum(road.length, 40.0) + 1e-6).all()
        assert (q.waiting >= 0).all()
    assert q.inside().sum() + q.waiting.sum() + q.ended == pytest.approx(inflow.sum() * 1200.0, rel=1e-9)


def test_the_order_of_links_does_not_matter():
    rng = np.random.default_rng(5)
    lengths, order = rng.uniform(100, 500, 4), np.array([2, 0, 3, 1])
    place = np.argsort(order)
    a = Queues(roads(lengths.tolist(), [0, 1, 2, 3], [[1], [2], [3], []]), 5.0, np.array([0.7, 0, 0, 0]), np.ones(3))
    turns = [[[1], [2], [3], []][i] for i in order]
    turns = [[int(place[t]) for t in row] for row in turns]
    b = Queues(roads(lengths[order].tolist(), order.tolist(), turns), 5.0, np.array([0.7, 0, 0, 0])[order], np.ones(3))
    a.limit(3, leaves=0.2)
    b.limit(int(place[3]), leaves=0.2)
    a.run(900.0)
    b.run(900.0)
    assert b.inside() == pytest.approx(a.inside()[order])


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (lambda: roads([0.0], [0], [[]]), "length"),
        (lambda: roads([10.0], [0], [[]], jam=-1.0), "jam"),
        (lambda: Queues(roads([10.0], [0], [[]]), 0.0, np.zeros(1), np.zeros(0)), "step"),
        (lambda: Queues(roads([10.0], [0], [[]]), 1.0, np.array([-1.0]), np.zeros(0)), "inflow"),
        (lambda: Queues(roads([10.0, 10.0], [0, 1], [[1, 1], []]), 1.0, np.zeros(2), np.ones(2)), "more than all"),
        (lambda: Queues(roads([10.0], [0], [[]]), 1.0, np.zeros(1), np.zeros(0), np.array([2.0])), "capacity"),
        (lambda: Queues(roads([10.0], [0], [[]]), 1.0, np.zeros(1), np.zeros(0)).run(1.5), "whole number"),
    ],
)
def test_bad_input_is_refused(bad, says):
    with pytest.raises(InputError, match=says):
        bad()
