"""Shortest ways: our bucket queue against SciPy's Dijkstra, and a way between two points against osmnx."""

from __future__ import annotations

from collections.abc import Callable

import networkx as nx
import numpy as np
import osmnx
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from benchmarks.cities import EXTRACTS, default_city, real_city
from benchmarks.harness import Row, against, note
from sim.city.model import City
from sim.city.speeds import drive_speeds
from sim.routing.kernels import one_to_all
from sim.routing.router import Router, travel_times

SEARCHES, WAYS = 40, 20


def measure() -> list[Row]:
    """Return the rows of routing."""
    cities = {"default city": default_city(), **{name: real_city(name) for name in EXTRACTS}}
    rows = []
    for name, city in cities.items():
        note(f"routing: {name}")
        rows += [Row(f"one-to-all, {name}", "not measured: no extract here")] if city is None else [_all(name, city)]
    return [*rows, _one(default_city())]


def _all(name: str, city: City) -> Row:
    drive = city.drive
    weight = travel_times(drive, drive_speeds(drive))[8].astype(np.float64)
    matrix = csr_matrix((weight, drive.head, drive.first_out), shape=(drive.nodes, drive.nodes))
    sources = np.random.default_rng(1).integers(0, drive.nodes, SEARCHES)
    width = float(np.median(weight))

    def ours() -> list[np.ndarray]:
        return [one_to_all(drive.first_out, drive.head, weight, int(s), width)[0] for s in sources]

    def peer() -> list[np.ndarray]:
        return [dijkstra(matrix, indices=int(s)) for s in sources]

    assert all(np.allclose(a, b) for a, b in zip(ours(), peer(), strict=True))
    ratio = against(ours, peer)
    return Row(
        f"one-to-all, {name} ({drive.nodes:,} junctions)",
        f"{1e3 * ratio.ours_s / SEARCHES:.2f} ms",
        f"{1e3 * ratio.peer_s / SEARCHES:.2f} ms (scipy dijkstra, Hilbert order)",
        ratio.told(),
        "≥ 2×",
        ratio.middle >= 2.0,
    )


def _one(city: City) -> Row:
    note("routing: one way against osmnx")
    drive = city.drive
    seconds = travel_times(drive, drive_speeds(drive))
    graph = nx.MultiDiGraph(crs=city.crs)
    for node in range(drive.nodes):
        graph.add_node(node, x=float(drive.x[node]), y=float(drive.y[node]))
    edges = zip(drive.tails().tolist(), drive.head.tolist(), seconds[8].tolist(), strict=True)
    graph.add_edges_from((tail, head, {"s": s}) for tail, head, s in edges)
    pairs = np.random.default_rng(2).integers(0, drive.nodes, (WAYS, 2)).tolist()
    router = Router(drive, seconds)
    length = {pair: router.path(*pair, 8)[1] for pair in map(tuple, pairs)}
    for a, b in pairs:
        assert np.isclose(length[a, b], nx.shortest_path_length(graph, a, b, weight="s"))

    def ours() -> None:
        fresh = Router(drive, seconds)  # without what an earlier search has left in its cache
        for a, b in pairs:
            fresh.path(a, b, 8)

    peer: Callable[[], object] = lambda: [osmnx.shortest_path(graph, a, b, weight="s") for a, b in pairs]  # noqa: E731 - the peer, in a line
    ratio = against(ours, peer)
    return Row(
        "one way, default city",
        f"{1e3 * ratio.ours_s / WAYS:.2f} ms",
        f"{1e3 * ratio.peer_s / WAYS:.2f} ms (osmnx)",
        ratio.told(),
    )
