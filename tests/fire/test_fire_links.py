"""Fire along links: exact fronts, percolation on the square lattice, and agreement with the stepped town."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from fire_towns import burn, lattice, row
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from models.fire.ignition import CRITICAL, ignition_time
from models.fire.links import first_passage, open_links
from models.fire.radiation import point_to_parallel
from models.fire.structures import standard_classes
from sim.errors import InputError
from sim.streams import Stream


def chain(count: int) -> tuple[np.ndarray, np.ndarray]:
    to = [[other for other in (b - 1, b + 1) if 0 <= other < count] for b in range(count)]
    return np.concatenate([[0], np.cumsum([len(x) for x in to])]), np.array(
        [x for xs in to for x in xs], dtype=np.int32
    )


def test_a_row_of_fixed_delay_burns_at_pitch_over_delay_and_is_its_own_mirror():
    first, to = chain(101)
    tau, pitch = 180.0, 12.0
    when = first_passage(first, to, np.full(len(to), tau), [50])
    distance = np.abs(np.arange(101) - 50) * pitch
    np.testing.assert_array_equal(when[1:50][::-1], when[51:100])
    assert (distance[when > 0] / when[when > 0] == pitch / tau).all()


def test_first_passage_is_the_shortest_path():
    draws = Stream(5)
    count, links = 60, 400
    source = (draws.uniforms("a", np.arange(links)) * count).astype(int)
    to = (draws.uniforms("b", np.arange(links)) * count).astype(np.int32)
    delay = draws.uniforms("c", np.arange(links)) * 100
    order = np.argsort(source, kind="stable")
    first = np.searchsorted(source[order], np.arange(count + 1))
    when = first_passage(first, to[order], delay[order], [3])
    least = np.full((count, count), np.inf)
    np.minimum.at(least, (source, to), delay)
    finite = np.isfinite(least)
    graph = coo_matrix((least[finite], np.nonzero(finite)), shape=(count, count))
    np.testing.assert_allclose(when, dijkstra(graph.tocsr(), indices=3))


def spans(size: int, chance: float, seed: int) -> bool:
    """Whether fire crosses a lattice of size + 1 columns and size rows, whose dual is itself turned by a right angle."""
    columns, rows = size + 1, size
    number = np.arange(columns * rows).reshape(rows, columns)
    inner = number[:, 1:-1]
    pairs = [(number[:, :-1].ravel(), number[:, 1:].ravel()), (inner[:-1].ravel(), inner[1:].ravel())]
    a, b = (np.concatenate([pair[i] for pair in pairs]) for i in (0, 1))
    source, to = np.concatenate([a, b]), np.concatenate([b, a]).astype(np.int32)
    order = np.argsort(source, kind="stable")
    first = np.searchsorted(source[order], np.arange(columns * rows + 1))
    keys = np.arange(columns * rows, dtype=np.uint64)
    is_open = open_links(Stream(seed), "link", keys, (first, to[order]), chance)
    when = first_passage(first, to[order], np.where(is_open, 1.0, np.inf), number[:, 0].tolist())
    return bool(np.isfinite(when[number[:, -1]]).any())


def test_a_square_lattice_spans_in_half_of_the_cases_at_one_half():
    # On this lattice P(span) at p = ½ is ½ exactly, by duality, at any size.
    trials = 400
    share = np.mean([spans(14, 0.5, seed) for seed in range(trials)])
    assert abs(share - 0.5) < 3.5 * sqrt(0.25 / trials)
    assert np.mean([spans(14, 0.35, seed) for seed in range(60)]) < 0.1
    assert np.mean([spans(14, 0.65, seed) for seed in range(60)]) > 0.9


def test_both_directions_of_a_link_share_their_luck():
    first, to = chain(50)
    is_open = open_links(Stream(1), "link", np.arange(50, dtype=np.uint64) + 9, (first, to), 0.5)
    source = np.repeat(np.arange(50), np.diff(first))
    luck = {(int(a), int(b)): bool(o) for a, b, o in zip(source, to, is_open, strict=True)}
    assert all(luck[a, b] == luck[b, a] for a, b in luck)
    assert 10 < is_open.sum() < 90


@pytest.mark.parametrize("gap", [2.0, 4.0])
def test_the_stepped_town_agrees_with_first_passage(gap: float):
    town = row(12, gap, storeys=1)
    classes = standard_classes()
    classes["brands"] = classes["open_flames"] = 0.0
    site = town.site[0]
    flux = 168.0 * point_to_parallel(9.0, 3.0, gap)
    assert flux > CRITICAL
    each = sqrt(site["flash"] / site["alpha"]) + ignition_time(flux)
    delay = np.where(town.pair["seen"] > 0.0, each, np.inf)
    first = np.append(town.site["first_pair"], len(town.pair))
    exact = first_passage(first, town.pair["to"], delay, [4])
    stepped = burn(town, 3.0, at=(4,), dt=2.0, classes=classes).home["since"]
    np.testing.assert_allclose(stepped, exact, atol=60.0, rtol=0.01)


def test_a_town_of_wide_gaps_keeps_its_fire():
    assert np.isfinite(burn(lattice(4, 4, gap=24.0), 2.0).home["since"]).sum() == 1


def test_delays_that_cannot_be_are_told():
    first, to = chain(3)
    with pytest.raises(InputError):
        first_passage(first, to, np.full(len(to), -1.0), [0])
