"""Valves: the fewest that shut a break off, and who is without gas then."""

from __future__ import annotations

import numpy as np
import pytest

from models.gas.isolation import Pipes
from sim.errors import InputError


def line(valves: list[int], sources: list[int], nodes: int = 6) -> Pipes:
    """0 – 1 – 2 – … in a row, with valves in some of the pipes."""
    ends = np.arange(nodes - 1, dtype=np.int32)
    valve = np.zeros(nodes - 1, dtype=np.bool_)
    valve[valves] = True
    return Pipes(nodes, ends, ends + 1, valve, np.array(sources, dtype=np.int32))


def test_a_break_between_two_valves():
    found = line([1, 3], [0]).isolate(2)
    assert found.valves.tolist() == [1, 3]
    assert found.shut_off.tolist() == [False, False, True, True, False, False]
    assert found.without_gas.tolist() == [False, False, True, True, True, True]


def test_a_second_source_keeps_the_far_end():
    assert line([1, 3], [0, 5]).isolate(2).without_gas.tolist() == [False, False, True, True, False, False]


def test_a_ring_feeds_around():
    tail, head = np.array([0, 1, 2, 3], dtype=np.int32), np.array([1, 2, 3, 0], dtype=np.int32)
    ring = Pipes(4, tail, head, np.ones(4, dtype=np.bool_), np.array([0], dtype=np.int32))
    found = ring.isolate(1)  # broken at node 1
    assert found.valves.tolist() == [0, 1]
    assert found.without_gas.tolist() == [False, True, False, False]


def test_a_stuck_valve_costs_more_customers():
    pipes = line([1, 3], [0, 5])
    stuck = np.zeros(5, dtype=np.bool_)
    stuck[1] = True
    worse = pipes.isolate(2, stuck)
    assert worse.valves.tolist() == [3]
    assert worse.without_gas.tolist() == [True, True, True, True, False, False]


def test_after_shutting_the_break_no_source_reaches_it():
    rng = np.random.default_rng(3)
    for _ in range(50):
        tail, head = rng.integers(0, 30, 50).astype(np.int32), rng.integers(0, 30, 50).astype(np.int32)
        pipes = Pipes(30, tail, head, rng.random(50) < 0.4, np.array([0, 1], dtype=np.int32))
        found = pipes.isolate(int(rng.integers(50)))
        assert pipes.valve[found.valves].all()
        assert found.without_gas[found.shut_off].all()
        crossing = found.shut_off[tail] != found.shut_off[head]
        assert set(np.flatnonzero(crossing)) == set(found.valves.tolist())
        fewer = np.isin(np.arange(50), found.valves[1:])  # one valve forgotten: the break is fed or grows
        if len(found.valves):
            assert crossing.sum() != fewer.sum()


def test_bad_networks_are_refused():
    with pytest.raises(InputError, match="no source"):
        line([1], [])
    with pytest.raises(InputError, match="does not have"):
        line([1], [9])
    with pytest.raises(InputError):
        line([1], [0]).isolate(99)
