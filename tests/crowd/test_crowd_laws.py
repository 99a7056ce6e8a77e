"""What holds on any ground: nobody is lost, the order of people means nothing, the kernel is its slow plain twin."""

from __future__ import annotations

import numpy as np
import pytest
from crowd_twin import Person, Twin
from grounds import arrived, corridor, crowd, imo_room
from hypothesis import given, settings
from hypothesis import strategies as st

from models.crowd.ground import Sketch
from models.crowd.state import GONE, OUTSIDE, WAITS


def town(seed: int, gates: bool = True):
    """A random small ground: streets of both ways between corners, gates here and there, two ways in, one place to go."""
    rng = np.random.default_rng(seed)
    corners = 6
    sketch = Sketch(packed=float(rng.choice([5.4, 8.0])))
    outside = sketch.place()
    pairs = [(a, a + 1) for a in range(corners - 1)] + [(0, 3), (1, 4)]
    way = {}
    for a, b in pairs:
        way[a, b], way[b, a] = sketch.street(float(rng.uniform(5, 20)), float(rng.uniform(1, 4)))
    for (a, b), piece in way.items():
        for (c, d), onward in way.items():
            if b == c and d != a:
                if gates and rng.uniform() < 0.2:
                    sketch.gate(piece, onward, float(rng.uniform(0.3, 3)))
                else:
                    sketch.join(piece, onward)
        if b == corners - 1:
            sketch.join(piece, outside)
    marks = [sketch.way_in(way[0, 1]), sketch.way_in(way[2, 1], 1.5)]
    ground, at = sketch.ground()
    n = int(rng.integers(50, 300))
    entry = at[np.array(marks)[rng.integers(0, 2, n)]]
    return ground, outside, entry, rng.uniform(0, 60, n), rng.uniform(0.6, 1.6, n), rng


def test_a_town_of_the_tests_lets_people_through():
    ground, outside, entry, start, speed, _ = town(3)
    all_in = crowd(ground, [outside], entry=entry, start=start, speed=speed)
    all_in.run(3000.0)
    assert all_in.settled


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_nobody_is_lost_whatever_gates_do(seed: int):
    ground, outside, entry, start, speed, rng = town(seed)
    people = crowd(ground, [outside], entry=entry, start=start, speed=speed)
    for _ in range(60):
        people.step(float(rng.choice([0.5, 1.0, 2.0])))
        people.check()  # pieces hold who is in them, and no more than they can
        if rng.uniform() < 0.2:
            gates = np.flatnonzero(np.isfinite(ground.passages.capacity))
            if len(gates):
                people.set_capacity(int(rng.choice(gates)), float(rng.choice([0.0, 0.5, 3.0])))
                people.find_ways()
        states = people.people.state
        waits = people.queues.length.sum()
        assert waits == (states == WAITS).sum()
        outside_queue = ((states == WAITS) & (people.people.cell < 0)).sum()
        total = people.queues.inside.sum() + (states == OUTSIDE).sum() + (states == GONE).sum() + outside_queue
        assert total == len(entry)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_people_means_nothing(seed: int):
    ground, outside, entry, start, speed, rng = town(seed)
    order = rng.permutation(len(entry))
    keys = np.arange(len(entry), dtype=np.uint64)
    runs = [
        crowd(ground, [outside], entry=entry[o], start=start[o], speed=speed[o], keys=keys[o])
        for o in (np.arange(len(entry)), order)
    ]
    for one in runs:
        one.run(1500.0)
    assert np.array_equal(runs[0].arrived(), runs[1].arrived(), equal_nan=True)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000))
def test_the_kernel_is_its_slow_plain_twin(seed: int):
    ground, outside, entry, start, speed, _ = town(seed)
    n = min(len(entry), 90)
    fast = crowd(ground, [outside], entry=entry[:n], start=start[:n], speed=speed[:n])
    order = np.argsort(start[:n], kind="stable")
    people = [Person(start[i], int(entry[i]), speed[i]) for i in order]
    slow = Twin(ground, outside, fast.ways.far[0].tolist(), fast.ways.walk.tolist(), fast.ways.rate.tolist(), people)
    for _ in range(120):
        fast.step(1.0)
        slow.step(1.0)
        assert fast.queues.inside.tolist() == [slow.inside(c) for c in range(ground.size)]
    mine = [np.nan if p.came is None else p.came for p in people]
    assert fast.arrived() == pytest.approx(mine, abs=1e-9, nan_ok=True)


def test_the_twin_rejects_a_kernel_that_forgets_who_comes_against():
    ground, ways, ends, _ = corridor(20.0, 2.0, 5.0, both=True)
    side = np.arange(200) % 2
    right = crowd(ground, ends, entry=ways[side], to=side)
    lonely = ground.cells._replace(twin=np.full(ground.size, -1, dtype=np.int32))
    wrong = crowd(type(ground)(lonely, ground.passages), ends, entry=ways[side], to=side)
    for one in (right, wrong):
        one.run(600.0)
    assert arrived(right)[-1] > arrived(wrong)[-1] + 5.0


def test_two_streams_that_meet_are_mirror_images():
    ground, ways, ends, (there, back) = corridor(40.0, 3.0, 5.0, both=True)
    side = np.arange(240) % 2
    both = crowd(ground, ends, entry=ways[side], to=side, start=np.arange(240) // 2 * 0.2)
    for _ in range(60):
        both.step(1.0)
        one, other = both.queues.inside[there], both.queues.inside[back][::-1]
        assert np.abs(one - other).max() <= 2  # of equal queues one piece is looked at first
    both.run(600.0)
    assert arrived(both, 0)[-1] == pytest.approx(arrived(both, 1)[-1], abs=2.0)


@pytest.mark.parametrize("dt", [0.25, 0.5])
def test_half_the_step_changes_little(dt: float):
    last = []
    for one in (dt, 2 * dt):
        room = imo_room()
        room.run(300.0, one)
        last.append(arrived(room)[-1])
    assert last[0] == pytest.approx(last[1], rel=0.005)
    fine = []
    for one in (dt, 1.0):
        ground, outside, entry, start, speed, _ = town(3)
        people = crowd(ground, [outside], entry=entry, start=start, speed=speed)
        people.run(3000.0, one)
        fine.append(arrived(people))
    assert fine[0].mean() == pytest.approx(fine[1].mean(), rel=0.03)


@given(st.floats(0.8, 2.0), st.floats(1.01, 2.0))
@settings(max_examples=15, deadline=None)
def test_a_wider_door_is_never_slower(width: float, factor: float):
    narrow, wide = imo_room(door=width), imo_room(door=width * factor)
    for one in (narrow, wide):
        one.run(400.0)
    assert arrived(wide)[-1] <= arrived(narrow)[-1] + 1e-9


def test_twice_the_width_and_twice_the_people_take_as_long():
    last = []
    for factor in (1, 2):
        ground, ways, ends, _ = corridor(50.0, 2.0 * factor, 5.0)
        people = crowd(ground, ends, entry=np.full(400 * factor, ways[0]))
        people.run(1000.0)
        last.append(arrived(people)[-1])
    assert last[0] == pytest.approx(last[1], rel=0.01)


def test_people_share_two_ways_by_the_queues_that_they_see():
    """RiMEA 11: two doors at the same distance, one twice as wide, empty the room together."""
    sketch = Sketch()
    outside, room = sketch.place(), sketch.room(10.0, 10.0)
    doors = [sketch.door(room, outside, w) for w in (1.0, 2.0)]
    ground, at = sketch.ground()
    people = crowd(ground, [outside], cell=np.full(300, room), first=np.full(300, 5.0))
    people.run(300.0)
    by = people.queues.through[at[doors]]
    assert by[1] / by[0] == pytest.approx(2.0, rel=0.05)
    assert arrived(people)[-1] == pytest.approx(5.0 / 0.7 + 300 / (1.33 * 3.0), rel=0.02)
