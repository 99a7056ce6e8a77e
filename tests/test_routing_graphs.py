"""Ways on whole networks and on any graph: all pairs, ties, closures, and edges of no length; beside `test_routing.py`."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from test_queues import agrees

from sim.city.model import Polylines, Streets
from sim.city.speeds import drive_speeds
from sim.routing.kernels import one_to_all, reverse, trace
from sim.routing.router import Router, travel_times

HOUR = 8
Edges = list[tuple[int, int, float]]


def streets_of(nodes: int, edges: Edges) -> Streets:
    """Streets that are no more than a graph."""
    edges = sorted(edges)
    n = len(edges)
    tail = np.array([e[0] for e in edges], dtype=np.int32)
    return Streets(
        x=np.zeros(nodes), y=np.zeros(nodes), osm_id=np.arange(nodes, dtype=np.int64),
        first_out=np.searchsorted(tail, np.arange(nodes + 1)).astype(np.int32),
        head=np.array([e[1] for e in edges], dtype=np.int32), length=np.array([e[2] for e in edges], dtype=np.float64),
        road_class=np.zeros(n, dtype=np.int8), link=np.arange(n, dtype=np.int32), forward=np.ones(n, dtype=np.bool_),
        shapes=Polylines(np.arange(n + 1, dtype=np.int32) * 2, np.zeros((2 * n, 2))),
        link_name=np.zeros(n, dtype=np.int32), link_bridge=np.zeros(n, dtype=np.bool_), names=("",),
    )  # fmt: skip


def router_of(streets: Streets) -> Router:
    return Router(streets, travel_times(streets, np.ones((24, streets.edges))))


def all_pairs(streets: Streets, seconds: np.ndarray) -> np.ndarray:
    is_open = np.isfinite(seconds)
    ends = (streets.tails()[is_open], streets.head[is_open])
    return dijkstra(csr_matrix((seconds[is_open], ends), shape=(streets.nodes, streets.nodes)))


def found_pairs(router: Router, nodes: int, hour: int = HOUR) -> np.ndarray:
    return np.array([router.times_from(node, hour) for node in range(nodes)])


def is_a_way(streets: Streets, edges: np.ndarray, origin: int, destination: int) -> bool:
    nodes = [origin, *streets.head[edges].tolist()]
    return (streets.tails()[edges].tolist() == nodes[:-1] and nodes[-1] == destination
            and len(set(nodes)) == len(nodes))  # fmt: skip


@st.composite
def graphs(draw: st.DrawFn, lengths: st.SearchStrategy[float] | None = None) -> Streets:
    nodes = draw(st.integers(1, 12))
    node = st.integers(0, nodes - 1)
    length = lengths if lengths is not None else st.one_of(st.floats(0.1, 10.0), st.floats(1e-3, 1e3))
    edges = draw(st.lists(st.tuples(node, node, length), max_size=45, unique_by=lambda e: e[:2]))
    return streets_of(nodes, edges)


def whole(high: int) -> st.SearchStrategy[float]:
    """Lengths of which many ways have equal sums, without rounding."""
    return st.integers(1, high).map(float)


some_edges = st.sets(st.integers(0, 44))


def within(edges: set[int], streets: Streets) -> list[int]:
    return sorted(edge for edge in edges if edge < streets.edges)


@pytest.fixture(scope="module", params=["drive", "walk"])
def network(request: pytest.FixtureRequest, tiny_city) -> tuple[Streets, np.ndarray]:
    streets = getattr(tiny_city, request.param)
    speeds = drive_speeds(streets) if request.param == "drive" else np.full((24, streets.edges), 1.4)
    return streets, travel_times(streets, speeds)


@pytest.mark.parametrize("hour", [3, HOUR])
def test_all_pairs_of_a_city_are_scipys_both_ways(network: tuple[Streets, np.ndarray], hour: int):
    streets, times = network
    router, expected = Router(streets, times), all_pairs(streets, times[hour])
    assert np.isfinite(expected).all()
    assert np.allclose(found_pairs(router, streets.nodes, hour), expected, rtol=1e-12, atol=1e-9)
    back = np.array([router.times_to(node, hour) for node in range(streets.nodes)]).T
    assert np.allclose(back, expected, rtol=1e-12, atol=1e-9)


def test_no_detour_in_a_city_is_shorter(network: tuple[Streets, np.ndarray]):
    streets, times = network
    pairs = found_pairs(Router(streets, times), streets.nodes)
    for middle in range(0, streets.nodes, 5):
        assert (pairs <= pairs[:, middle, None] + pairs[None, middle, :] + 1e-9).all()


def test_every_way_to_a_place_in_a_city_is_whole_and_as_long_as_it_says(network: tuple[Streets, np.ndarray]):
    streets, times = network
    router = Router(streets, times)
    for destination in (0, streets.nodes // 2, streets.nodes - 1):
        for origin in range(streets.nodes):
            edges, seconds = router.path(origin, destination, HOUR)
            assert is_a_way(streets, edges, origin, destination)
            assert times[HOUR, edges].sum() == pytest.approx(seconds, rel=1e-12)


def test_nearest_is_the_time_of_each_candidate(network: tuple[Streets, np.ndarray]):
    streets, times = network
    router, candidates = Router(streets, times), np.array([5, 0, 17, 5], dtype=np.int32)
    expected = [router.path(int(node), 9, HOUR)[1] for node in candidates]
    assert router.nearest(9, HOUR, candidates).tolist() == expected


@given(graphs())
@settings(deadline=None)
def test_all_pairs_of_any_graph_are_scipys_both_ways(streets: Streets):
    assume(streets.edges)
    router = router_of(streets)
    expected = all_pairs(streets, streets.length)
    assert np.allclose(found_pairs(router, streets.nodes), expected, rtol=1e-12)
    back = np.array([router.times_to(node, HOUR) for node in range(streets.nodes)]).T
    assert np.allclose(back, expected, rtol=1e-12)


@given(graphs(), st.floats(0.01, 100.0) | st.just(float("inf")))
@settings(deadline=None)
def test_a_trace_starts_at_the_source_and_ends_at_the_destination(streets: Streets, width: float):
    found, by = one_to_all(streets.first_out, streets.head, streets.length, 0, width)
    tails = streets.tails()
    for node in range(streets.nodes):
        edges = trace(by, tails, node)
        if np.isfinite(found[node]):
            assert is_a_way(streets, edges, 0, node)
            assert streets.length[edges].sum() == pytest.approx(found[node], rel=1e-12)
        else:
            assert len(edges) == 0
            assert by[node] == -1


@given(graphs())
@settings(deadline=None)
def test_a_way_on_any_graph_is_whole_or_none_and_infinite(streets: Streets):
    assume(streets.edges)
    router, expected = router_of(streets), all_pairs(streets, streets.length)
    for origin, destination in np.ndindex(expected.shape):
        edges, seconds = router.path(origin, destination, HOUR)
        if np.isfinite(expected[origin, destination]):
            assert is_a_way(streets, edges, origin, destination)
            assert streets.length[edges].sum() == pytest.approx(seconds, rel=1e-12)
        else:
            assert (len(edges), seconds) == (0, float("inf"))


@given(graphs())
@settings(deadline=None)
def test_no_detour_on_any_graph_is_shorter(streets: Streets):
    assume(streets.edges)
    pairs = found_pairs(router_of(streets), streets.nodes)
    assert (pairs.diagonal() == 0).all()
    direct, detour = pairs[:, None, :], pairs[:, :, None] + pairs[None, :, :]
    assert ((direct <= detour * (1 + 1e-12)) | np.isinf(detour)).all()


@given(graphs(whole(3)), st.floats(0.05, 50.0), st.floats(0.05, 50.0))
@settings(deadline=None)
def test_of_equal_ways_the_one_with_the_lower_last_edge_is_kept_at_any_width(streets: Streets, one: float, two: float):
    tails = streets.tails()
    first = one_to_all(streets.first_out, streets.head, streets.length, 0, one)
    second = one_to_all(streets.first_out, streets.head, streets.length, 0, two)
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[1], second[1])
    for node in range(1, streets.nodes):
        last = [
            e for e in np.flatnonzero(streets.head == node) if first[0][tails[e]] + streets.length[e] == first[0][node]
        ]
        reached = np.isfinite(first[0][node])
        assert first[1][node] == (min(last) if reached else -1)


@given(graphs(), st.integers(0, 11))
@settings(deadline=None)
def test_a_search_on_the_reversed_graph_is_a_search_towards_the_node(streets: Streets, node: int):
    assume(node < streets.nodes)
    first_in, tail_in, edge_in = reverse(streets.first_out, streets.head)
    found, _ = one_to_all(first_in, tail_in, streets.length[edge_in], node, 1.0)
    assert np.allclose(found, all_pairs(streets, streets.length)[:, node], rtol=1e-12)


@given(graphs())
@settings(deadline=None)
def test_reversing_twice_gives_the_graph_again(streets: Streets):
    first_in, tail_in, edge_in = reverse(streets.first_out, streets.head)
    first, head, edge = reverse(first_in, tail_in)
    assert np.array_equal(first, streets.first_out)
    back = edge_in[edge]
    assert sorted(back.tolist()) == list(range(streets.edges))
    assert np.array_equal(head, streets.head[back])
    assert np.array_equal(streets.tails()[back], streets.tails())


@given(graphs(), some_edges)
@settings(deadline=None)
def test_closing_edges_is_the_same_as_never_having_built_them(streets: Streets, edges: set[int]):
    assume(streets.edges)
    closed = within(edges, streets)
    router = router_of(streets)
    before = found_pairs(router, streets.nodes)
    router.close(closed)
    left = streets.length.copy()
    left[closed] = np.inf
    found = found_pairs(router, streets.nodes)
    assert np.allclose(found, all_pairs(streets, left), rtol=1e-12)
    assert (found >= before).all()
    for origin, destination in np.ndindex(found.shape):
        assert not set(closed) & set(router.path(origin, destination, HOUR)[0].tolist())


@given(graphs(whole(4)), some_edges, some_edges)
@settings(deadline=None)
def test_opening_again_restores_every_time_and_every_way_exactly(streets: Streets, one: set[int], two: set[int]):
    assume(streets.edges)
    router = router_of(streets)

    def everything() -> list[tuple[list[int], float]]:
        pairs = np.ndindex(streets.nodes, streets.nodes)
        return [(edges.tolist(), seconds) for edges, seconds in (router.path(a, b, HOUR) for a, b in pairs)]

    times, ways = found_pairs(router, streets.nodes), everything()
    router.close(within(one, streets))
    router.close(within(two, streets))
    found_pairs(router, streets.nodes)
    router.open(within(two, streets))
    router.open(within(one, streets))
    assert np.array_equal(found_pairs(router, streets.nodes), times)
    assert everything() == ways


def test_a_closed_street_of_a_city_is_closed_at_every_hour_and_restored_exactly(tiny_city):
    drive = tiny_city.drive
    router = Router(drive, travel_times(drive, drive_speeds(drive)))
    before = [found_pairs(router, drive.nodes, hour) for hour in (0, HOUR, 23)]
    closed = router.path(0, drive.nodes - 1, HOUR)[0].tolist()
    router.close(closed)
    for hour, open_then in zip((0, HOUR, 23), before, strict=True):
        assert router.times_from(0, hour)[drive.nodes - 1] > open_then[0, drive.nodes - 1]
        assert not set(closed) & set(router.path(0, drive.nodes - 1, hour)[0].tolist())
    router.open(closed)
    for hour, open_then in zip((0, HOUR, 23), before, strict=True):
        assert np.array_equal(found_pairs(router, drive.nodes, hour), open_then)


def test_closing_leaves_the_callers_times_alone(network: tuple[Streets, np.ndarray]):
    streets, times = network
    mine = times.copy()
    router = Router(streets, mine)
    router.close(range(streets.edges))
    assert np.array_equal(mine, times)
    assert np.isinf(router.travel_time).all()
    assert np.isfinite(router.times_from(3, HOUR)).tolist() == [node == 3 for node in range(streets.nodes)]


def test_a_way_only_against_a_one_way_street_does_not_exist():
    router = router_of(streets_of(3, [(0, 1, 5.0), (1, 2, 7.0)]))
    assert router.times_from(0, HOUR).tolist() == [0.0, 5.0, 12.0]
    assert router.times_to(0, HOUR).tolist() == [0.0, np.inf, np.inf]
    assert router.path(2, 0, HOUR)[1] == float("inf")
    assert router.path(0, 2, HOUR)[0].tolist() == [0, 1]


def test_a_way_to_where_one_is_has_no_edge_and_takes_no_time(network: tuple[Streets, np.ndarray]):
    edges, seconds = Router(*network).path(7, 7, HOUR)
    assert (len(edges), seconds) == (0, 0.0)


@given(graphs(st.sampled_from([0.0, 1.0, 2.5])))
@settings(deadline=None)
def test_edges_of_no_length_are_crossed_in_no_time_and_ways_still_end(streets: Streets):
    assume(streets.edges)
    assume(np.median(streets.length) > 0)
    router = router_of(streets)
    expected = all_pairs(streets, np.maximum(streets.length, 1e-9))
    assert np.allclose(found_pairs(router, streets.nodes), expected, rtol=1e-9, atol=1e-12)
    for origin, destination in np.ndindex(expected.shape):
        edges, seconds = router.path(origin, destination, HOUR)
        assert is_a_way(streets, edges, origin, destination) == bool(np.isfinite(seconds))
        if np.isfinite(seconds):
            assert streets.length[edges].sum() == pytest.approx(seconds, abs=1e-6)


def test_at_infinite_speed_all_are_there_at_once_by_ways_that_are_whole(tiny_city):
    drive = tiny_city.drive
    router = Router(drive, travel_times(drive, np.full((24, drive.edges), np.inf)))
    assert (router.times_from(0, HOUR) < 1e-6).all()
    assert is_a_way(drive, router.path(0, drive.nodes - 1, HOUR)[0], 0, drive.nodes - 1)


def test_travel_times_are_length_over_speed_and_never_zero():
    streets = streets_of(2, [(0, 1, 30.0), (1, 0, 0.0)])
    speeds = np.full((24, 2), 10.0)
    speeds[5] = np.inf
    times = travel_times(streets, speeds)
    assert times.shape == (24, 2)
    assert times[4].tolist() == [3.0, 1e-9]
    assert times[5].tolist() == [1e-9, 1e-9]


def test_the_mean_way_to_the_nearest_of_random_stations_is_the_square_root_law():
    """Kolesar and Blum 1973: k·√(A/n), k = √(π/8) = .6267 where ways are rectilinear; on a grid of streets without an edge."""
    side, stations = 60, 18.0
    node = np.arange(side * side)
    east, north = node // side * side + (node + 1) % side, (node + side) % (side * side)
    ways = [(int(a), int(b), 1.0) for to in (east, north) for a, b in zip(node, to, strict=True)]
    router, luck = (
        router_of(streets_of(side * side, ways + [(b, a, 1.0) for a, b, _ in ways])),
        np.random.default_rng(5),
    )
    means = []
    for _ in range(300):
        at = np.flatnonzero(luck.random(side * side) < stations / side**2)
        means.append(np.min([router.times_from(int(one), HOUR) for one in at], axis=0).mean())
    agrees(means, 0.6267 * (side**2 / stations) ** 0.5)
