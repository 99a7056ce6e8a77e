"""People on simple grounds: the tests of IMO, RiMEA and NIST, kinematic waves, and what must hold on any ground."""

from __future__ import annotations

import numpy as np
import pytest
from grounds import FOUR_DOORS, TWO_DOORS, arrived, before_a_gate, corridor, crowd, hall, imo_room
from scipy.optimize import brentq

from models.crowd.buildings import House, leave
from models.crowd.diagram import FREE, LEVEL_K, density_of, flow, sfpe_most, stair_k
from models.crowd.ground import Sketch
from sim.errors import InputError, PhysicsError


@pytest.mark.parametrize("dt", [0.25, 0.5, 1.0, 2.0])
def test_a_corridor_of_40_m_takes_40_s_at_1_m_s(dt: float):
    """IMO 1, RiMEA 1, NIST 2.1."""
    ground, ways, ends, _ = corridor(40.0, 2.0, 5.0)
    alone = crowd(ground, ends, entry=[ways[0]], speed=1.0)
    alone.run(100.0, dt)
    assert arrived(alone)[0] == pytest.approx(40.0, abs=1e-4)


def test_stairs_are_slower_as_riser_and_tread_say():
    """IMO 2 and 3, RiMEA 2 and 3: 10 m along the slope."""
    sketch = Sketch()
    outside, stairs = sketch.place(), sketch.stairs(10.0, 2.0, 0.18, 0.28)
    way = sketch.way_in(stairs)
    sketch.join(stairs, outside)
    ground, at = sketch.ground()
    alone = crowd(ground, [outside], entry=[at[way]], speed=1.0)
    alone.run(100.0)
    assert arrived(alone)[0] == pytest.approx(10.0 * LEVEL_K / stair_k(0.18, 0.28), rel=1e-4)


def test_a_door_of_a_metre_lets_133_in_100_s_pass():
    """IMO 4: 100 people, a room of 8 × 5 m, a door of 1 m: at most 1.33 a second, the last after at least 75.2 s."""
    room = imo_room()
    room.run(300.0, 0.5)
    out = arrived(room)
    assert len(out) == 100
    assert out[-1] >= 75.2
    assert out[-1] < 85.0
    assert 99 / (out[-1] - out[0]) <= 1.33 + 1e-9
    in_ten = [((out > t) & (out <= t + 10)).sum() for t in np.arange(0, 60, 0.5)]
    assert max(in_ten) <= 14  # never more than the door passes, in no ten seconds


def test_who_responds_later_leaves_later():
    """IMO 5, RiMEA 5, NIST 1.1: ten people respond after 10 to 100 s."""
    sketch = Sketch()
    outside, room = sketch.place(), sketch.room(8.0, 5.0)
    sketch.door(room, outside, 1.0)
    ground, _ = sketch.ground()
    respond = np.linspace(10.0, 100.0, 10)
    few = crowd(ground, [outside], cell=np.full(10, room), first=np.full(10, 4.0), start=respond, speed=1.0)
    few.run(300.0, 0.5)
    assert arrived(few) == pytest.approx(respond + 4.0 + 0.7519, abs=0.01)  # the door takes 1/1.33 s


@pytest.mark.parametrize("dt", [0.5, 1.0])
def test_half_the_doors_take_twice_as_long(dt: float):
    """IMO 9, RiMEA 9: 1000 people in a room of 30 × 20 m with four doors of 1 m, or two."""
    last = []
    for doors in (FOUR_DOORS, TWO_DOORS):
        full = hall(doors)
        full.run(1000.0, dt)
        out = arrived(full)
        assert len(out) == 1000
        last.append(out[-1])
    assert last[0] >= 1000 / (4 * 1.33)
    assert last[1] / last[0] == pytest.approx(2.0, rel=0.05)


def test_people_who_come_against_cost_time():
    """IMO 8, NIST 2.8: 100 people, a corridor of 10 × 2 m, and 0, 10, 50 or 100 who come against them."""
    last = []
    for against in (0, 10, 50, 100):
        ground, ways, ends, _ = corridor(10.0, 2.0, 5.0, both=True)
        n = 100 + against
        side = (np.arange(n) >= 100).astype(int)
        both = crowd(ground, ends, entry=ways[side], to=side)
        both.run(2000.0, 0.5)
        assert both.settled
        last.append(arrived(both, 0)[-1])
    assert last == sorted(last)
    assert last[3] > 1.5 * last[0]


def fan(x: float, t: float) -> float:
    """How many have passed x at t, persons a metre, where people stand ready at 0 before an empty way (exact)."""
    slope = lambda d: (float(flow(d + 1e-6)) - float(flow(d - 1e-6))) / 2e-6  # noqa: E731 — of the diagram
    if x / t >= slope(2e-2):
        return 0.0
    at = brentq(lambda d: slope(d) - x / t, 2e-2, 1.75)
    return t * float(flow(at)) - at * x


@pytest.mark.parametrize("piece", [5.0, 10.0])
def test_a_crowd_that_sets_off_spreads_as_a_rarefaction(piece: float):
    ground, ways, ends, _ = corridor(100.0, 4.0, piece)
    wave = crowd(ground, ends, entry=np.full(3000, ways[0]))
    wave.run(601.0)
    out = arrived(wave)
    out = out[np.isfinite(out)]
    for t in (200.0, 400.0, 600.0):
        assert (out <= t).sum() / 4.0 == pytest.approx(fan(100.0, t), rel=0.03)


def test_the_rarefaction_check_rejects_another_diagram():
    assert fan(100.0, 400.0) * 1.1 != pytest.approx(fan(100.0, 400.0), rel=0.03)
    ground, ways, ends, _ = corridor(100.0, 4.0, 5.0)
    slow = crowd(ground, ends, entry=np.full(3000, ways[0]), speed=1.1)
    slow.run(401.0)
    out = arrived(slow)
    assert (out <= 400.0).sum() / 4.0 != pytest.approx(fan(100.0, 400.0), rel=0.03)


def test_the_tail_of_a_queue_before_a_gate_moves_as_a_shock():
    """A stream of .8 meets a gate of .4 persons a second and metre: both densities, and the speed of what parts them."""
    held, pieces = before_a_gate()
    low, high = density_of(0.8), density_of(0.4, crowded=True)
    tail = []
    for t in (600.0, 900.0):
        held.run(t)
        density = held.density()[pieces]
        assert density[-3:-1] == pytest.approx(high, rel=0.03)
        assert density[2:8] == pytest.approx(low, rel=0.05)
        tail.append(5.0 * (density < (low + high) / 2).sum())
    assert (tail[1] - tail[0]) / 300.0 == pytest.approx((0.4 - 0.8) / (high - low), rel=0.06)


def test_a_shut_gate_holds_everybody_and_an_open_one_lets_all_go():
    sketch = Sketch()
    outside, room = sketch.place(), sketch.room(10.0, 10.0)
    gate = sketch.gate(room, outside, 0.0)
    ground, at = sketch.ground()
    held = crowd(ground, [outside], cell=np.full(200, room))
    held.run(100.0)
    assert held.queues.inside[room] == 200
    held.set_capacity(at[gate], 2.0)
    held.find_ways()
    held.run(150.0)
    assert 95 <= held.queues.inside[outside] <= 100  # 50 s at 2 a second
    held.run(400.0)
    assert held.queues.inside[outside] == 200


def test_a_full_shelter_takes_no_more():
    sketch = Sketch()
    shelter, room = sketch.place(30), sketch.room(10.0, 10.0)
    sketch.join(room, shelter)
    ground, _ = sketch.ground()
    full = crowd(ground, [shelter], cell=np.full(50, room))
    full.run(200.0)
    assert full.queues.inside[shelter] == 30
    assert full.queues.inside[room] == 20


def test_stairs_and_door_by_the_hydraulic_method():
    """SFPE: people of a storey come down at Fs·We of the stairs, and out of a ground floor at that of its doors."""
    n = 200
    down = np.sort(leave(House(2, 400.0), np.ones(n, dtype=int), np.zeros(n), np.full(n, 1.3), np.full(n, 1.0)))
    by_stairs = sfpe_most(stair_k(0.175, 0.26)) * 0.9
    assert (n - 51) / (down[-1] - down[50]) == pytest.approx(by_stairs, rel=0.01)
    flat = np.sort(leave(House(1, 400.0), np.zeros(n, dtype=int), np.zeros(n), np.full(n, 1.3), np.full(n, 1.0)))
    assert (n - 1) / (flat[-1] - flat[0]) == pytest.approx(sfpe_most() * 0.9, rel=0.01)


def test_higher_storeys_leave_later_and_more_stairs_help():
    rng = np.random.default_rng(1)
    n = 400
    storey, walk, start = rng.integers(0, 18, n), rng.uniform(2, 15, n), rng.uniform(0, 60, n)
    last = [leave(House(18, 400.0, stairs=s, doors=2), storey, start, np.full(n, 1.2), walk).max() for s in (1, 2)]
    assert last[1] < 0.7 * last[0]
    alone = [leave(House(18, 400.0), [s], [0.0], [1.2], [5.0])[0] for s in (1, 5, 17)]
    assert np.diff(alone) == pytest.approx(
        np.array([4, 12]) * House(18, 400.0).flight * 1.4 / (1.2 * stair_k(0.175, 0.26)), rel=0.01
    )


def test_bad_grounds_and_walkers_are_refused():
    sketch = Sketch()
    room = sketch.room(4.0, 4.0)
    for wrong in (
        lambda: sketch.join(room, 7), lambda: sketch.room(-1.0, 4.0), lambda: sketch.gate(room, room, float("nan")),
        lambda: Sketch(packed=3.0), lambda: House(0, 100.0), lambda: House(3, float("inf")),
        lambda: leave(House(2, 100.0), [5], [0.0], [1.0], [1.0]),
    ):  # fmt: skip
        with pytest.raises(InputError):
            wrong()
    ground, _ = sketch.ground()
    for wrong in (
        {"cell": [9]},
        {"cell": [room], "speed": -1.0},
        {"cell": [room], "to": [3]},
        {"cell": [room], "start": np.nan},
    ):
        with pytest.raises(InputError):
            crowd(ground, [room], **wrong)


def test_a_lost_person_stops_the_run():
    room = imo_room()
    room.step(1.0)
    room.queues.inside[1] -= 1
    with pytest.raises(PhysicsError, match="lost in piece"):
        room.check()
    assert FREE == 1.34
