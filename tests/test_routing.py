"""Ways: the same as SciPy's, also on graphs that nobody would draw, and around what is closed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from sim.city.model import City
from sim.city.speeds import drive_speeds
from sim.routing.kernels import one_to_all, reverse, trace
from sim.routing.router import Router, travel_times

HOUR = 8


@pytest.fixture(scope="module")
def times(tiny_city: City) -> np.ndarray:
    return travel_times(tiny_city.drive, drive_speeds(tiny_city.drive))


@pytest.fixture
def router(tiny_city: City, times: np.ndarray) -> Router:
    return Router(tiny_city.drive, times)


def by_scipy(city: City, weight: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    drive = city.drive
    matrix = csr_matrix((weight, drive.head, drive.first_out), shape=(drive.nodes, drive.nodes))
    return dijkstra(matrix, indices=nodes)


def some(city: City, count: int = 12) -> np.ndarray:
    return np.random.default_rng(5).integers(0, city.drive.nodes, count)


def test_one_to_all_is_scipys(tiny_city: City, times: np.ndarray, router: Router):
    nodes = some(tiny_city)
    expected = by_scipy(tiny_city, times[HOUR], nodes)
    for node, row in zip(nodes.tolist(), expected, strict=True):
        assert np.allclose(router.times_from(node, HOUR), row, rtol=1e-12, atol=1e-9)


def test_all_to_one_is_one_to_all_turned_round(tiny_city: City, router: Router):
    nodes = some(tiny_city)
    forward = np.array([router.times_from(int(a), HOUR)[nodes] for a in nodes])
    backward = np.array([router.times_to(int(b), HOUR)[nodes] for b in nodes]).T
    assert np.allclose(forward, backward, rtol=1e-12)


def test_a_way_is_whole_and_as_long_as_it_says(tiny_city: City, times: np.ndarray, router: Router):
    drive, nodes = tiny_city.drive, some(tiny_city)
    tails = drive.tails()
    for a, b in zip(nodes[:-1].tolist(), nodes[1:].tolist(), strict=True):
        edges, seconds = router.path(a, b, HOUR)
        assert seconds == pytest.approx(router.times_from(a, HOUR)[b])
        assert times[HOUR, edges].sum() == pytest.approx(seconds)
        if a != b:
            assert (tails[edges[0]], drive.head[edges[-1]]) == (a, b)
        assert (drive.head[edges[:-1]] == tails[edges[1:]]).all()


def test_the_hours_differ_and_a_way_keeps_its_hour(tiny_city: City, router: Router):
    a, b = some(tiny_city, 2).tolist()
    assert router.times_from(a, 3)[b] < router.times_from(a, 8)[b]


def test_a_detour_is_never_shorter(tiny_city: City, router: Router):
    nodes = some(tiny_city, 30).reshape(10, 3)
    for a, b, c in nodes.tolist():
        direct = router.times_from(a, HOUR)[c]
        assert direct <= router.times_from(a, HOUR)[b] + router.times_from(b, HOUR)[c] + 1e-9


def test_what_is_closed_is_driven_around_and_opened_again(tiny_city: City, router: Router):
    a, b = some(tiny_city, 2).tolist()
    edges, before = router.path(a, b, HOUR)
    closed = edges[len(edges) // 2 : len(edges) // 2 + 1].tolist()
    router.close(closed)
    around, after = router.path(a, b, HOUR)
    assert after >= before
    assert not set(closed) & set(around.tolist())
    router.open(closed)
    again, seconds = router.path(a, b, HOUR)
    assert (again.tolist(), seconds) == (edges.tolist(), before)


def test_what_cannot_be_reached_is_infinitely_far(tiny_city: City, router: Router):
    drive = tiny_city.drive
    target = int(some(tiny_city, 1)[0])
    router.close(np.flatnonzero(drive.head == target).tolist())
    other = (target + 1) % drive.nodes
    edges, seconds = router.path(other, target, HOUR)
    assert seconds == float("inf")
    assert len(edges) == 0
    assert np.isinf(router.times_to(target, HOUR)[other])


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int, float]]]:
    nodes = draw(st.integers(1, 14))
    node = st.integers(0, nodes - 1)
    weight = st.one_of(st.floats(1e-9, 1e-3), st.floats(0.1, 10.0), st.floats(1e3, 1e6))
    edges = draw(st.lists(st.tuples(node, node, weight), max_size=50, unique_by=lambda e: e[:2]))
    return nodes, sorted(edges)


@given(graphs(), st.floats(1e-3, 1e3))
@settings(deadline=None, max_examples=200)
def test_any_graph_and_any_width_of_bucket(graph: tuple[int, list[tuple[int, int, float]]], width: float):
    nodes, edges = graph
    tail = np.array([e[0] for e in edges], dtype=np.int64)
    head = np.array([e[1] for e in edges], dtype=np.int32)
    weight = np.array([e[2] for e in edges], dtype=np.float64)
    first = np.searchsorted(tail, np.arange(nodes + 1)).astype(np.int32)
    expected = dijkstra(csr_matrix((weight, head, first), shape=(nodes, nodes)), indices=0)
    found, by = one_to_all(first, head, weight, 0, width)
    assert np.allclose(found, expected, rtol=1e-9, atol=1e-12)
    for node in range(nodes):
        if np.isfinite(found[node]):
            assert weight[trace(by, tail.astype(np.int32), node)].sum() == pytest.approx(found[node], abs=1e-9)


@given(graphs())
@settings(deadline=None)
def test_reversing_keeps_every_edge_once(graph: tuple[int, list[tuple[int, int, float]]]):
    nodes, edges = graph
    tail = np.array([e[0] for e in edges], dtype=np.int64)
    head = np.array([e[1] for e in edges], dtype=np.int32)
    first = np.searchsorted(tail, np.arange(nodes + 1)).astype(np.int32)
    first_in, tail_in, edge_in = reverse(first, head)
    assert sorted(edge_in.tolist()) == list(range(len(edges)))
    for node in range(nodes):
        for k in range(first_in[node], first_in[node + 1]):
            assert head[edge_in[k]] == node
            assert tail[edge_in[k]] == tail_in[k]
