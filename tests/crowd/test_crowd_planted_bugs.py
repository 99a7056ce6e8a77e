"""Each oracle of people on foot holds, and rejects a bug that is planted: a wrong constant, cap, twin or share."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from grounds import arrived, before_a_gate, corridor, crowd

from models.crowd.diagram import density_of
from models.crowd.ground import Sketch


def crosses_40_m_in_40_s(speed: float = 1.0, length: float = 40.0) -> bool:
    ground, ways, ends, _ = corridor(length, 2.0, 5.0)
    alone = crowd(ground, ends, entry=[ways[0]], speed=speed)
    alone.run(100.0)
    return abs(arrived(alone)[0] - 40.0) < 0.01


def against_costs_time(twins: bool = True) -> bool:
    """IMO 8."""
    last = []
    for against in (0, 50, 100):
        ground, ways, ends, _ = corridor(10.0, 2.0, 5.0, both=True)
        if not twins:
            ground = type(ground)(ground.cells._replace(twin=np.full(ground.size, -1, dtype=np.int32)), ground.passages)
        side = (np.arange(100 + against) >= 100).astype(int)
        people = crowd(ground, ends, entry=ways[side], to=side)
        people.run(2000.0)
        last.append(arrived(people, 0)[-1])
    return bool(last[0] + 5.0 < last[1] < last[2] - 5.0)


def shock_is_right(packed: float = 5.4, speed: float = 1.34) -> bool:
    """The density before a gate, and the speed of the tail of the queue."""
    held, pieces = before_a_gate(packed, speed)
    low, high = density_of(0.8), density_of(0.4, crowded=True)
    held.run(600.0)
    before = 5.0 * (held.density()[pieces] < (low + high) / 2).sum()
    right = abs(held.density()[pieces[-3]] / high - 1.0) < 0.05 and abs(held.density()[pieces[5]] / low - 1.0) < 0.05
    held.run(900.0)
    after = 5.0 * (held.density()[pieces] < (low + high) / 2).sum()
    return bool(right and abs((after - before) / 300.0 / ((0.4 - 0.8) / (high - low)) - 1.0) < 0.06)


def stairs_pass_what_sfpe_says(riser: float = 0.175, tread: float = 0.26, width: float = 0.9) -> bool:
    sketch = Sketch()
    outside, stairs = sketch.place(), sketch.stairs(20.0, width, riser, tread)
    way = sketch.way_in(stairs)
    sketch.join(stairs, outside)
    ground, at = sketch.ground()
    people = crowd(ground, [outside], entry=np.full(400, at[way]))
    people.run(2000.0)
    out = arrived(people)[150:]
    return bool(abs((len(out) - 1) / (out[-1] - out[0]) / 0.8898 - 1.0) < 0.02)  # .863·√(.26/.175)/(4·.266)·.9 m


@pytest.mark.parametrize(
    ("oracle", "bugs"),
    [
        (crosses_40_m_in_40_s, [{"speed": 1.02}, {"length": 45.0}]),
        (against_costs_time, [{"twins": False}]),
        (shock_is_right, [{"packed": 8.0}, {"speed": 1.1}]),
        (stairs_pass_what_sfpe_says, [{"tread": 0.30}, {"width": 1.2}]),
    ],
)
def test_an_oracle_holds_and_rejects_what_is_planted(oracle, bugs):
    assert oracle()
    for bug in bugs:
        assert not oracle(**bug), bug


def test_people_take_the_exit_that_they_are_given():
    """IMO 10, NIST 3.1: cabins on both sides of a corridor, some given the main exit, some the other one."""
    sketch = Sketch()
    exits = [sketch.place(), sketch.place()]
    corridor_there, corridor_back = zip(*(sketch.street(4.0, 1.2) for _ in range(6)), strict=True)
    for a, b in pairwise(corridor_there):
        sketch.join(a, b)
    for a, b in pairwise(corridor_back[::-1]):
        sketch.join(a, b)
    cabins = [sketch.room(3.0, 2.0) for _ in range(12)]
    for number, cabin in enumerate(cabins):
        sketch.door(cabin, corridor_there[number // 2], 0.9)
        sketch.door(cabin, corridor_back[number // 2], 0.9)
    sketch.door(corridor_there[-1], exits[0], 0.9)
    sketch.door(corridor_back[0], exits[1], 0.9)
    ground, _ = sketch.ground()
    cell = np.repeat(cabins, 2)
    to = np.repeat([0] * 8 + [1] * 4, 2)
    people = crowd(ground, exits, cell=cell, to=to, first=np.full(24, 2.0))
    people.run(300.0, 0.5)
    assert people.settled
    assert people.queues.inside[exits].tolist() == [16, 8]
    for goal in (0, 1):  # one by one through a door of .9 m: 1/(1.33·.9) s each
        assert np.diff(arrived(people, goal)).min() >= 0.8354 - 1e-4
    farthest = 2.0 + 6 * 4.0 + 2 * 0.8354  # m of cabin and corridor at 1.34 m/s, and two doors
    assert arrived(people, 0)[0] < farthest / 1.34 < arrived(people, 0)[-1] < 3 * farthest


def test_a_staircase_holds_up_the_corridor_before_it():
    """IMO 11: 150 people, a room of 8 × 5 m, a corridor of 2 m, then stairs up of 2 m: dense at the room's exit and at
    the foot of the stairs, and nowhere denser than can be."""
    sketch = Sketch()
    room = sketch.room(8.0, 5.0)
    ways = [sketch.piece(4.0, 2.0) for _ in range(3)]
    stairs, outside = sketch.stairs(8.0, 1.4, 0.18, 0.26), sketch.place()
    sketch.door(room, ways[0], 2.0)
    for a, b in pairwise([*ways, stairs, outside]):
        sketch.join(a, b)
    ground, _ = sketch.ground()
    people = crowd(ground, [outside], cell=np.full(150, room), first=np.full(150, 4.0))
    people.run(40.0, 0.5)
    assert people.queues.inside[room] > 50
    assert people.density()[ways[-1]] > 2.0
    people.run(400.0, 0.5)
    out = arrived(people)
    assert (len(out) - 61) / (out[-1] - out[60]) == pytest.approx(1.3647, rel=0.02)  # .863·√(.26/.18)/(4·.266)·1.4 m
