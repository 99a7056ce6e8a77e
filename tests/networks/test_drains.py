"""Storm drains: Manning, the rational method, and water that is neither lost nor made on its way down."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.networks.drains import drain, drains, manning_full, runoff
from sim.errors import InputError


def test_manning_of_a_full_pipe():
    # D = 1 m, S = 0.001, n = 0.013: A = .7854 m², R = .25 m, v = .9654 m/s.
    assert manning_full(1.0, 0.001) == pytest.approx(0.758189, rel=1e-4)
    assert manning_full(1.0, 0.001, 0.015) != pytest.approx(0.758189, rel=0.01)
    assert manning_full(2.0, 0.001) / manning_full(1.0, 0.001) == pytest.approx(2.0 ** (8.0 / 3.0))


def test_rational_method():
    assert runoff(36.0, 10_000.0, 0.7) == pytest.approx(0.07)
    with pytest.raises(InputError, match="at least 0"):
        runoff(-1.0, 1.0, 1.0)


def twin(down, capacity, stored, inflow, seconds):
    """The same, node by node from the top, by recursion."""
    stored, out = stored.copy(), np.zeros(len(down))

    def passed(node: int) -> float:
        there = stored[node] + inflow[node] * seconds + sum(passed(above) for above in np.flatnonzero(down == node))
        gone = min(there, capacity[node] * seconds)
        stored[node] = there - gone
        return gone

    for node in np.flatnonzero(down == -1):
        out[node] = passed(node)
    return stored, out


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 40), st.floats(0.1, 900.0))
def test_the_kernel_is_its_plain_twin_and_loses_nothing(seed, nodes, seconds):
    luck = np.random.default_rng(seed)
    down = np.array([-1, *(luck.integers(0, node) for node in range(1, nodes))])
    capacity, inflow, stored = luck.uniform(0, 2, nodes), luck.uniform(0, 1, nodes), luck.uniform(0, 50, nodes)
    before = stored.sum() + inflow.sum() * seconds
    expected = twin(down, capacity, stored, inflow, seconds)
    out = drain(drains(down, capacity), stored, inflow, seconds)
    assert stored == pytest.approx(expected[0], abs=1e-9)
    assert out == pytest.approx(expected[1], abs=1e-9)
    assert stored.sum() + out.sum() == pytest.approx(before, rel=1e-12)
    assert (stored >= 0.0).all()


def test_water_backs_up_at_the_narrow_place_and_drains_off_after_the_rain():
    tree, stored = drains([1, 2, -1], [1.0, 0.2, 1.0]), np.zeros(3)
    for _ in range(60):
        drain(tree, stored, np.array([0.5, 0.0, 0.0]), 60.0)
    assert stored == pytest.approx([0.0, 0.3 * 3600.0, 0.0])
    for _ in range(90):
        drain(tree, stored, np.zeros(3), 60.0)
    assert stored.sum() == pytest.approx(0.0, abs=1e-9)


def test_without_pumps_nothing_leaves():
    tree, stored = drains([1, -1], [1.0, 1.0]), np.zeros(2)
    out = drain(tree, stored, np.array([0.1, 0.0]), 60.0, share=np.array([1.0, 0.0]))
    assert out.sum() == 0.0
    assert stored == pytest.approx([0.0, 6.0])


def test_what_finds_no_room_backs_up_to_the_top():
    tree, stored = drains([1, 2, -1], [1.0, 1.0, 0.0]), np.zeros(3)
    drain(tree, stored, np.array([0.0, 0.0, 0.1]), 50.0, room=np.array([4.0, 4.0, 4.0]))
    assert stored == pytest.approx([0.0, 0.0, 5.0])  # what falls there itself has nowhere to go
    stored[:] = 0.0
    drain(tree, stored, np.array([0.1, 0.0, 0.0]), 60.0, room=np.array([9.0, 4.0, 1.0]))
    assert stored == pytest.approx([1.0, 4.0, 1.0])


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 40))
def test_backing_up_loses_nothing_and_overfills_only_by_what_falls_there(seed, nodes):
    luck = np.random.default_rng(seed)
    down = np.array([-1, *(luck.integers(0, node) for node in range(1, nodes))])
    room, stored = luck.uniform(1.0, 20.0, nodes), np.zeros(nodes)
    tree, inflow = drains(down, luck.uniform(0, 1, nodes)), luck.uniform(0, 0.5, nodes)
    left = 0.0
    for _ in range(10):
        before = stored.copy()
        left += drain(tree, stored, inflow, 10.0, room=room).sum()
        assert (stored <= np.maximum(room, before + inflow * 10.0) + 1e-9).all()
    assert stored.sum() + left == pytest.approx(inflow.sum() * 100.0)


@pytest.mark.parametrize(
    ("down", "capacity", "words"),
    [([1, 0], 1.0, "outfall"), ([1, 0, -1], 1.0, "circle"), ([5, -1], 1.0, "does not exist"), ([-1], -1.0, "capacity")],
)
def test_bad_drains_are_refused(down, capacity, words):
    with pytest.raises(InputError, match=words):
        drains(down, capacity)
