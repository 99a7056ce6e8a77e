"""The governance tree: parts that hang together, nest and weigh about the same; boundaries where they are given."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from sim.city.areas import HOUSEHOLDS, build_areas
from sim.city.boundaries import read_boundaries
from sim.city.gcj02 import to_gcj02, to_wgs84
from sim.city.model import AREA_LEVELS, Areas, City, Streets
from sim.city.partition import connected_parts, undirected
from sim.errors import InputError, NotFoundError

LEVELS = AREA_LEVELS[1:]


def component_count(nodes: int, a: np.ndarray, b: np.ndarray) -> int:
    return connected_components(coo_matrix((np.ones(len(a)), (a, b)), shape=(nodes, nodes)).tocsr(), directed=False)[0]


def parts_of(nodes: int, edges: list[tuple[int, int]], weight: np.ndarray, target: float) -> np.ndarray:
    a, b = np.array(edges, dtype=np.int32).reshape(-1, 2).T
    return connected_parts(*undirected(nodes, a, b), weight, target)


def hang_together(part: np.ndarray, a: np.ndarray, b: np.ndarray) -> bool:
    """Whether the edges within parts leave exactly one component for each part."""
    inside = part[a] == part[b]
    return component_count(len(part), a[inside], b[inside]) == len(np.unique(part))


def lattice(side: int) -> list[tuple[int, int]]:
    node = np.arange(side * side).reshape(side, side)
    pairs = [(node[:, :-1], node[:, 1:]), (node[:-1], node[1:])]
    return [(int(a), int(b)) for one, two in pairs for a, b in zip(one.ravel(), two.ravel(), strict=True)]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]], np.ndarray, float]:
    nodes = draw(st.integers(1, 30))
    node = st.integers(0, nodes - 1)
    edges = draw(st.lists(st.tuples(node, node), max_size=60))
    weight = draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0, 7.5]), min_size=nodes, max_size=nodes))
    return nodes, edges, np.array(weight), draw(st.sampled_from([0.1, 1.0, 3.0, 8.0, 1000.0]))


@given(graphs())
@settings(deadline=None)
def test_on_any_graph_every_node_is_in_one_part_and_every_part_hangs_together(graph):
    nodes, edges, weight, target = graph
    part = parts_of(nodes, edges, weight, target)
    assert len(part) == nodes
    assert sorted(set(part.tolist())) == list(range(part.max() + 1))
    a, b = np.array(edges, dtype=np.int32).reshape(-1, 2).T
    assert hang_together(part, a, b)


@given(graphs())
@settings(deadline=None)
def test_parts_are_numbered_in_order_of_their_lowest_node(graph):
    part = parts_of(*graph)
    _, lowest = np.unique(part, return_index=True)
    assert (np.diff(lowest) > 0).all()


@given(graphs())
@settings(deadline=None)
def test_no_part_stays_light_beside_another(graph):
    nodes, edges, weight, target = graph
    part = parts_of(nodes, edges, weight, target)
    load = np.bincount(part, weights=weight)
    a, b = np.array(edges, dtype=np.int32).reshape(-1, 2).T
    beside = part[np.concatenate([a, b])][part[np.concatenate([a, b])] != part[np.concatenate([b, a])]]
    assert (load[beside] >= 0.45 * target).all()


@given(graphs())
@settings(deadline=None)
def test_the_same_graph_is_divided_the_same_way_again(graph):
    assert np.array_equal(parts_of(*graph), parts_of(*graph))


@given(graphs())
@settings(deadline=None)
def test_a_target_beyond_the_whole_leaves_connected_graphs_whole(graph):
    nodes, edges, weight, _ = graph
    part = parts_of(nodes, edges, weight + 0.1, 1e6)
    a, b = np.array(edges, dtype=np.int32).reshape(-1, 2).T
    assert part.max() + 1 == component_count(nodes, a, b)


@given(st.integers(0, 2**32 - 1), st.sampled_from([8.0, 20.0, 60.0]))
@settings(deadline=None)
def test_parts_of_a_lattice_weigh_about_the_same(seed: int, target: float):
    weight = np.random.default_rng(seed).uniform(0.2, 1.8, 900)
    part = parts_of(900, lattice(30), weight, target)
    load = np.bincount(part, weights=weight)
    assert load.min() >= 0.45 * target
    assert load.max() <= 2.5 * target
    assert 0.6 * target < load.mean() < 1.5 * target


def test_a_node_that_outweighs_the_target_is_no_reason_to_fail():
    part = parts_of(3, [(0, 1), (1, 2)], np.array([1.0, 100.0, 1.0]), 2.0)
    assert part.max() >= 0
    assert hang_together(part, np.array([0, 1]), np.array([1, 2]))


def test_undirected_drops_loops_and_doubles():
    first, neighbour = undirected(3, np.array([0, 1, 0, 2], np.int32), np.array([1, 0, 1, 2], np.int32))
    assert first.tolist() == [0, 1, 2, 2]
    assert neighbour.tolist() == [1, 0]


def check_tree(areas: Areas, walk: Streets, drive: Streets, households: np.ndarray) -> None:
    assert (areas.level[0], areas.parent[0]) == (0, -1)
    child = np.arange(1, len(areas))
    assert (areas.parent[child] < child).all()
    assert (areas.level[areas.parent[child]] == areas.level[child] - 1).all()
    leaves = set(range(len(areas))) - set(areas.parent.tolist())
    grids = areas.of_level("grid")
    assert leaves == set(grids.tolist())
    assert len(areas.grid_of_walk_node) == walk.nodes
    assert set(areas.grid_of_walk_node.tolist()) == set(grids.tolist())
    assert len(areas.grid_of_drive_node) == drive.nodes
    assert set(areas.grid_of_drive_node.tolist()) <= set(grids.tolist())
    assert areas.households[0] == pytest.approx(households.sum())
    for level in LEVELS:
        own = areas.ancestor(level)[areas.grid_of_walk_node]
        expected = np.bincount(own, weights=households, minlength=len(areas))
        assert areas.households[areas.of_level(level)] == pytest.approx(expected[areas.of_level(level)])
    assert len(areas.name) == len(areas.synthetic) == len(areas.outlines) == len(areas)


def areas_hang_together(areas: Areas, walk: Streets, level: str) -> bool:
    return hang_together(areas.ancestor(level)[areas.grid_of_walk_node], walk.tails(), walk.head)


@pytest.fixture(scope="module")
def households(tiny_city: City) -> np.ndarray:
    """Households spread evenly over the walk nodes, so many that the tree has parts on every level."""
    return np.full(tiny_city.walk.nodes, 1_600_000 / tiny_city.walk.nodes)


@pytest.fixture(scope="module")
def large(tiny_city: City, households: np.ndarray) -> Areas:
    return build_areas(tiny_city.drive, tiny_city.walk, households, "large")


def test_the_tree_of_a_city_is_whole(tiny_city: City):
    areas, walk = tiny_city.areas, tiny_city.walk
    buildings = tiny_city.buildings
    home = buildings.use == 0
    floor = np.bincount(buildings.walk_node[home], weights=buildings.floor_area[home], minlength=walk.nodes)
    check_tree(areas, walk, tiny_city.drive, floor / floor.sum() * tiny_city.residents / 2.48)
    assert areas.synthetic.all()


def test_the_tree_of_many_levels_is_whole(tiny_city: City, large: Areas, households: np.ndarray):
    check_tree(large, tiny_city.walk, tiny_city.drive, households)
    counts = [len(large.of_level(level)) for level in AREA_LEVELS]
    assert counts[0] == 1
    assert 1 < counts[1] < counts[2] < counts[3]
    assert counts[3] <= counts[4]


@pytest.mark.parametrize("level", LEVELS)
def test_every_area_hangs_together(tiny_city: City, large: Areas, level: str):
    assert areas_hang_together(tiny_city.areas, tiny_city.walk, level)
    assert areas_hang_together(large, tiny_city.walk, level)


def test_grids_of_a_city_weigh_about_the_same(tiny_city: City):
    load = tiny_city.areas.households[tiny_city.areas.of_level("grid")]
    assert load.min() >= 0.45 * HOUSEHOLDS["grid"]
    assert 0.7 * HOUSEHOLDS["grid"] < load.mean() < 1.4 * HOUSEHOLDS["grid"]
    assert np.quantile(load, 0.9) < 2.0 * HOUSEHOLDS["grid"]


@pytest.mark.parametrize("level", ["street", "district"])
def test_larger_areas_weigh_about_the_same(large: Areas, level: str):
    load = large.households[large.of_level(level)]
    assert load.min() >= 0.45 * HOUSEHOLDS[level]
    assert 0.6 * HOUSEHOLDS[level] < load.mean() < 1.5 * HOUSEHOLDS[level]
    assert load.max() < 2.5 * HOUSEHOLDS[level]


def test_names_of_made_areas_are_unique_and_led_by_their_parents(large: Areas):
    assert len(set(large.name)) == len(large)
    for area in range(1, len(large)):
        above = "" if large.parent[area] == 0 else f"{large.name[large.parent[area]]}-"
        assert large.name[area].startswith(above)
        assert large.name[area][len(above)] == "DSCG"[large.level[area] - 1]


def test_a_drive_node_lies_in_the_grid_of_its_nearest_walk_node(tiny_city: City):
    walk, drive = tiny_city.walk, tiny_city.drive
    far = np.hypot(drive.x[:, None] - walk.x[None, :], drive.y[:, None] - walk.y[None, :])
    assert np.array_equal(tiny_city.areas.grid_of_walk_node[far.argmin(axis=1)], tiny_city.areas.grid_of_drive_node)


def test_outlines_are_closed_and_hold_nearly_all_of_their_nodes(tiny_city: City):
    areas, walk = tiny_city.areas, tiny_city.walk
    held = 0
    for grid in areas.of_level("grid").tolist():
        ring = areas.outlines[grid]
        assert np.array_equal(ring[0], ring[-1])
        own = areas.grid_of_walk_node == grid
        held += int(shapely.contains_xy(shapely.buffer(shapely.Polygon(ring), 10.0), walk.x[own], walk.y[own]).sum())
    assert held > 0.9 * walk.nodes
    whole = shapely.Polygon(areas.outlines[0])
    assert shapely.contains_xy(whole, walk.x, walk.y).all()


def test_a_city_without_households_still_has_its_tree(tiny_city: City):
    none = np.zeros(tiny_city.walk.nodes)
    areas = build_areas(tiny_city.drive, tiny_city.walk, none, "empty")
    assert [len(areas.of_level(level)) for level in AREA_LEVELS] == [1] * 5
    assert not areas.households.any()


# Boundaries


def project(lonlat: np.ndarray) -> np.ndarray:
    return np.column_stack(Transformer.from_crs("EPSG:4326", "EPSG:32650", always_xy=True).transform(*lonlat.T))


@pytest.fixture(scope="module")
def edges(tiny_city: City) -> tuple[float, float, float, float, float]:
    """West, middle, east, south and north of the city, in degrees, with room around."""
    assert tiny_city.crs == "EPSG:32650"
    lon, lat = tiny_city.lonlat(tiny_city.walk.x, tiny_city.walk.y)
    return lon.min() - 0.01, float(np.median(lon)), lon.max() + 0.01, lat.min() - 0.01, lat.max() + 0.01


def box(west: float, east: float, south: float, north: float) -> dict:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def written(folder: Path, *features: tuple[dict, dict]) -> Path:
    file = folder / "areas.geojson"
    data = [{"type": "Feature", "properties": properties, "geometry": shape} for properties, shape in features]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": data}), encoding="utf-8")
    return file


@pytest.fixture
def halves(tmp_path: Path, edges) -> Path:
    west, middle, east, south, north = edges
    return written(
        tmp_path,
        ({"level": "district", "name": "西区"}, box(west, middle, south, north)),
        ({"level": "district", "name": "东区"}, box(middle, east, south, north)),
    )


def district_names(areas: Areas) -> np.ndarray:
    return np.array(areas.name)[areas.ancestor("district")[areas.grid_of_walk_node]]


def test_given_districts_are_used_as_they_are_given(tiny_city: City, households: np.ndarray, halves: Path, edges):
    walk = tiny_city.walk
    areas = build_areas(tiny_city.drive, walk, households, "x", (halves, project))
    check_tree(areas, walk, tiny_city.drive, households)
    given_areas = areas.of_level("district")
    assert sorted(areas.name[area] for area in given_areas) == sorted(["西区", "东区"])
    west = tiny_city.lonlat(walk.x, walk.y)[0] < edges[1]
    assert np.array_equal(district_names(areas), np.where(west, "西区", "东区"))


def test_only_what_is_not_given_is_marked_synthetic(tiny_city: City, households: np.ndarray, halves: Path):
    areas = build_areas(tiny_city.drive, tiny_city.walk, households, "x", (halves, project))
    for level in AREA_LEVELS:
        assert (areas.synthetic[areas.of_level(level)] == (level != "district")).all()


@pytest.mark.parametrize("level", ["street", "community", "grid"])
def test_made_areas_stay_within_given_ones_and_hang_together(
    tiny_city: City, households: np.ndarray, halves: Path, level: str
):
    areas = build_areas(tiny_city.drive, tiny_city.walk, households, "x", (halves, project))
    assert areas_hang_together(areas, tiny_city.walk, level)
    assert all(areas.name[area].startswith(("西区", "东区")) for area in areas.of_level(level))


@pytest.mark.parametrize(("number", "level"), [(6, "district"), ("8", "street"), (10, "community")])
def test_osm_admin_levels_are_understood(tiny_city: City, tmp_path: Path, edges, number: object, level: str):
    west, _, east, south, north = edges
    file = written(tmp_path, ({"admin_level": number, "name": "全域"}, box(west, east, south, north)))
    assert {key: names for key, (_, names) in read_boundaries(file, tiny_city.walk, project).items()} == {
        level: ("全域",)
    }


def test_nodes_outside_of_all_polygons_belong_to_the_nearest(tiny_city: City, tmp_path: Path, edges):
    west, _, east, south, north = edges
    file = written(
        tmp_path,
        ({"level": "district", "name": "a"}, box(west, west + 0.013, south, north)),
        ({"level": "district", "name": "b"}, box(east - 0.013, east, south, north)),
    )
    (part, names), walk = read_boundaries(file, tiny_city.walk, project)["district"], tiny_city.walk
    assert names == ("a", "b")
    shapes = [shapely.transform(shapely.box(w, south, w + 0.013, north), project) for w in (west, east - 0.013)]
    far = np.array([shapely.distance(shape, shapely.points(walk.x, walk.y)) for shape in shapes])
    assert np.array_equal(part, far.argmin(axis=0))
    assert (far.min(axis=0) > 0).any()


def test_where_polygons_overlap_the_first_holds(tiny_city: City, tmp_path: Path, edges):
    west, middle, east, south, north = edges
    whole, half = box(west, east, south, north), box(west, middle, south, north)
    file = written(tmp_path, ({"level": "district", "name": "a"}, half), ({"level": "district", "name": "b"}, whole))
    part, _ = read_boundaries(file, tiny_city.walk, project)["district"]
    lon, _ = tiny_city.lonlat(tiny_city.walk.x, tiny_city.walk.y)
    assert np.array_equal(part == 0, lon < middle)


def test_an_area_of_several_polygons_is_one_area(tiny_city: City, tmp_path: Path, edges):
    west, _, east, south, north = edges
    third = (east - west) / 3
    outer = [box(west, west + third, south, north)["coordinates"], box(east - third, east, south, north)["coordinates"]]
    file = written(
        tmp_path,
        ({"level": "district", "name": "two"}, {"type": "MultiPolygon", "coordinates": outer}),
        ({"level": "district", "name": "one"}, box(west + third, east - third, south, north)),
    )
    part, names = read_boundaries(file, tiny_city.walk, project)["district"]
    lon, _ = tiny_city.lonlat(tiny_city.walk.x, tiny_city.walk.y)
    assert names == ("two", "one")
    assert np.array_equal(part == 1, (lon > west + third) & (lon < east - third))


def test_a_boundary_file_in_gcj02_is_put_back(tiny_city: City, tmp_path: Path, edges, halves: Path):
    true, _ = read_boundaries(halves, tiny_city.walk, project)["district"]
    data = json.loads(halves.read_text(encoding="utf-8"))
    for feature in data["features"]:
        ring = np.array(feature["geometry"]["coordinates"][0])
        feature["geometry"]["coordinates"] = [np.column_stack(to_gcj02(*ring.T)).tolist()]
    shifted = tmp_path / "shifted.geojson"
    shifted.write_text(json.dumps(data), encoding="utf-8")
    back, _ = read_boundaries(shifted, tiny_city.walk, lambda lonlat: project(np.column_stack(to_wgs84(*lonlat.T))))[
        "district"
    ]
    assert (back == true).mean() > 0.99
    wrong, _ = read_boundaries(shifted, tiny_city.walk, project)["district"]
    assert (wrong == true).mean() < 0.99


@pytest.mark.parametrize(
    ("properties", "says"),
    [({"level": "district", "name": "far"}, "no district of the boundary file touches the city"),
     ({"admin_level": "8"}, "no street of the boundary file touches the city")],
)  # fmt: skip
def test_boundaries_outside_of_the_city_are_refused(tiny_city: City, tmp_path: Path, properties: dict, says: str):
    file = written(tmp_path, (properties, box(10.0, 10.1, 50.0, 50.1)))
    with pytest.raises(InputError, match=says) as caught:
        read_boundaries(file, tiny_city.walk, project)
    assert caught.value.where == str(file)


@pytest.mark.parametrize(
    ("properties", "shape", "says"),
    [
        ({"level": "city"}, box(118, 119, 31, 33), "feature 2: a level of district, street, community, grid"),
        ({"level": "省"}, box(118, 119, 31, 33), "feature 2: a level"),
        ({"admin_level": 4}, box(118, 119, 31, 33), "feature 2: a level"),
        ({}, box(118, 119, 31, 33), "feature 2: a level"),
        ({"level": "grid"}, {"type": "LineString", "coordinates": [[118, 32], [119, 32]]}, "feature 2: the geometry"),
        ({"level": "grid"}, {"type": "Polygon", "coordinates": []}, "feature 2: the geometry"),
        ({"level": "grid"}, {"type": "Polygon"}, "feature 2: the geometry"),
    ],
)
def test_a_feature_that_is_no_area_is_named(tiny_city: City, tmp_path: Path, properties: dict, shape: dict, says: str):
    good = ({"level": "grid"}, box(118.0, 119.0, 31.0, 33.0))
    with pytest.raises(InputError, match=says) as caught:
        read_boundaries(written(tmp_path, good, (properties, shape)), tiny_city.walk, project)
    assert caught.value.where == str(tmp_path / "areas.geojson")


def test_a_boundary_file_that_is_not_there_is_not_found(tiny_city: City, tmp_path: Path):
    with pytest.raises(NotFoundError, match="no such file"):
        read_boundaries(tmp_path / "no.geojson", tiny_city.walk, project)
