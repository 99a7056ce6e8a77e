"""Pairs of buildings from outlines: gaps, facing widths, symmetry, and what stands in between."""

from __future__ import annotations

import numpy as np
import pytest
from fire_towns import lattice, squares, town_of

from models.fire.cells import build_cells
from models.fire.neighbours import Pairs, Roofs, find_pairs
from models.fire.town import building_at
from sim.city.model import Polylines
from sim.errors import InputError


def of(pairs: Pairs, a: int, b: int) -> np.void | None:
    own = pairs.pair[pairs.first[a] : pairs.first[a + 1]]
    found = own[own["to"] == b]
    return found[0] if len(found) else None


def rectangles(*corners: tuple[float, float, float, float]) -> Polylines:
    rings = [[(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)] for x0, y0, x1, y1 in corners]
    return Polylines(
        first=(np.arange(len(rings) + 1) * 5).astype(np.int32), xy=np.array(rings, dtype=float).reshape(-1, 2)
    )


def test_two_facades_that_overlap_in_part():
    pairs = find_pairs(rectangles((0, 0, 10, 20), (14, 5, 30, 45)), 30.0)
    there, back = of(pairs, 0, 1), of(pairs, 1, 0)
    assert there["gap"] == back["gap"] == pytest.approx(4.0)
    assert (there["east"], there["north"]) == pytest.approx((1.0, 0.0))
    assert (back["east"], back["north"]) == pytest.approx((-1.0, 0.0))
    assert there["width"] == back["width"] == pytest.approx(15.0)  # from y = 5 to 20
    # Looking east, the first facade reaches to y = 20 on the left and 0 on the right of the middle at 12.5.
    assert (there["left"], there["right"]) == pytest.approx((7.5, 12.5))
    assert (back["left"], back["right"]) == pytest.approx((7.5, 32.5))  # looking west, left is south
    assert there["seen"] == back["seen"] == 1.0


def test_pairs_come_both_ways_and_within_reach_only():
    pairs = find_pairs(lattice_rings(), 12.0)
    source = np.repeat(np.arange(len(pairs.first) - 1), np.diff(pairs.first))
    both = {(int(a), int(b)) for a, b in zip(source, pairs.pair["to"], strict=True)}
    assert both == {(b, a) for a, b in both}
    assert pairs.pair["gap"].max() <= 12.0
    forward = of(pairs, 14, 15)
    assert forward["gap"] == pytest.approx(4.0)


def lattice_rings() -> Polylines:
    x, y = np.meshgrid(np.arange(6) * 13.0, np.arange(6) * 13.0)
    return squares(x.ravel(), y.ravel(), 9.0)


def test_a_third_building_hides_those_behind_it():
    row = rectangles((0, 0, 10, 10), (12, 0, 22, 10), (24, 0, 34, 10))
    assert of(find_pairs(row, 30.0), 0, 2) is None
    assert of(find_pairs(row, 30.0, screened=False), 0, 2)["gap"] == pytest.approx(14.0)


def test_a_flame_is_seen_over_what_hides_the_facade():
    row = rectangles((0, 0, 10, 10), (12, 0, 22, 10), (24, 0, 34, 10))
    pairs = find_pairs(row, 30.0, Roofs(np.array([2, 3, 2]), np.array([True, False, False])))
    there = of(pairs, 0, 2)
    assert (there["seen"], there["over"]) == (0.0, 3)
    assert of(pairs, 0, 1)["over"] == 0
    assert of(pairs, 2, 0) is None


def test_half_a_facade_hidden_is_seen_in_part():
    pairs = find_pairs(rectangles((0, 0, 10, 30), (30, 0, 40, 30), (18, -5, 22, 12)), 30.0)
    assert 0.0 < of(pairs, 0, 1)["seen"] < 1.0
    assert of(pairs, 0, 1)["seen"] == of(pairs, 1, 0)["seen"]


def test_touching_walls_have_no_gap():
    pairs = find_pairs(rectangles((0, 0, 10, 10), (10, 0, 20, 10)), 5.0)
    assert of(pairs, 0, 1)["gap"] == 0.0
    assert of(pairs, 0, 1)["width"] == pytest.approx(10.0)


def test_the_order_of_buildings_changes_nothing():
    corners = [(0, 0, 10, 20), (14, 5, 30, 45), (0, 25, 10, 40), (35, 0, 50, 10)]
    straight, turned = find_pairs(rectangles(*corners), 30.0), find_pairs(rectangles(*corners[::-1]), 30.0)
    for a in range(4):
        for b in range(4):
            one, other = of(straight, a, b), of(turned, 3 - a, 3 - b)
            assert (one is None) == (other is None)
            if one is not None:
                for name in ("gap", "left", "right", "width", "seen"):
                    assert one[name] == pytest.approx(other[name], abs=1e-5)


def test_a_brand_finds_the_roof_it_falls_on():
    town = town_of(np.array([0.0, 50.0]), np.array([0.0, 30.0]), side=12.0)
    assert building_at(town, 6.0, 6.0) == 0
    assert building_at(town, 55.0, 41.0) == 1
    assert building_at(town, 30.0, 20.0) == building_at(town, -500.0, 0.0) == building_at(town, 1e7, 1e7) == -1


def test_cells_hold_every_building_where_its_box_is():
    rings = lattice_rings()
    cells = build_cells(rings.first.astype(np.int64), rings.xy)
    assert set(cells.building.tolist()) == set(range(36))
    assert cells.first[-1] == len(cells.building)


def test_towns_that_cannot_be_are_told():
    with pytest.raises(InputError):
        find_pairs(lattice_rings(), -1.0)
    with pytest.raises(InputError):
        town_of(np.empty(0), np.empty(0))
    with pytest.raises(InputError):
        lattice(2, 2, storeys=0)
    with pytest.raises(InputError):
        lattice(2, 2, structure=3)
