"""The governance tree city → district → street → community → grid."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.city.boundaries import Given, read_boundaries
from sim.city.buildings import nearest_nodes
from sim.city.model import AREA_LEVELS, Areas, Polylines, Streets
from sim.city.partition import connected_parts, undirected
from sim.city.streets import Project, polylines

#: Households a part of each level: Nanjing has 12,000 grids of about 320 households, about 1,250
#: communities, 101 streets and 12 districts.
HOUSEHOLDS = {"grid": 320.0, "community": 3_000.0, "street": 38_000.0, "district": 320_000.0}
_LETTER = {"district": "D", "street": "S", "community": "C", "grid": "G"}


@dataclass
class _Tree:
    level: list[int] = field(default_factory=lambda: [0])
    parent: list[int] = field(default_factory=lambda: [-1])
    name: list[str] = field(default_factory=list)
    synthetic: list[bool] = field(default_factory=lambda: [True])

    def add(self, level: int, parent: int, name: str, *, synthetic: bool) -> int:
        """Append an area and return its number."""
        self.level.append(level)
        self.parent.append(parent)
        self.name.append(name)
        self.synthetic.append(synthetic)
        return len(self.level) - 1


def build_areas(
    drive: Streets,
    walk: Streets,
    households: NDArray[np.float64],
    name: str,
    boundaries: tuple[Path, Project] | None = None,
) -> Areas:
    """Return the governance tree of a city.

    households : float64 [walk nodes], expected households nearest to each node;  boundaries : a GeoJSON
    file with areas of some levels, and how to project it. Levels that it does not give are balanced connected parts of the walk
    network, each nested in its parent and marked synthetic.
    """
    given = read_boundaries(boundaries[0], walk, boundaries[1]) if boundaries is not None else {}
    part_of = _partition_levels(walk, households, given)
    tree = _Tree(name=[name])
    area_of = np.zeros(walk.nodes, dtype=np.int32)
    for number, level in enumerate(AREA_LEVELS[1:], start=1):
        area_of = _grow(tree, number, area_of, part_of[level], given.get(level))
    loads = _loads(tree, area_of, households)
    grid_of_drive = area_of[nearest_nodes(walk, np.column_stack([drive.x, drive.y]))]
    return Areas(
        level=np.array(tree.level, dtype=np.int8),
        parent=np.array(tree.parent, dtype=np.int32),
        name=tuple(tree.name),
        households=loads,
        synthetic=np.array(tree.synthetic, dtype=np.bool_),
        grid_of_drive_node=grid_of_drive.astype(np.int32),
        grid_of_walk_node=area_of,
        outlines=_outlines(walk, tree, area_of),
    )


def _partition_levels(
    walk: Streets,
    households: NDArray[np.float64],
    given: Given,
) -> dict[str, NDArray[np.int32]]:
    """Return the part of each walk node on each level, made bottom-up so that parts nest."""
    tails, inside = walk.tails(), np.ones(walk.edges, dtype=bool)
    for parts, _ in given.values():
        inside &= parts[tails] == parts[walk.head]
    first, neighbour = undirected(walk.nodes, tails[inside], walk.head[inside])
    weight = np.maximum(households, 1e-6)
    result: dict[str, NDArray[np.int32]] = {}
    unit = np.arange(walk.nodes, dtype=np.int32)
    for level in ("grid", "community", "street", "district"):
        if level in given:
            result[level] = given[level][0]
            continue
        parts = connected_parts(first, neighbour, weight, HOUSEHOLDS[level])
        result[level] = parts[unit]
        count = int(parts.max()) + 1
        tail = np.repeat(np.arange(len(first) - 1, dtype=np.int32), np.diff(first))
        weight = np.bincount(parts, weights=weight, minlength=count)
        first, neighbour = undirected(count, parts[tail], parts[neighbour])
        unit = parts[unit]
    return result


def _grow(
    tree: _Tree,
    level: int,
    parent_of: NDArray[np.int32],
    part: NDArray[np.int32],
    given: tuple[NDArray[np.int32], tuple[str, ...]] | None,
) -> NDArray[np.int32]:
    """Add the areas of one level; a part that lies in two parents becomes two areas."""
    pairs, inverse = np.unique(np.stack([parent_of, part]), axis=1, return_inverse=True)
    letter = _LETTER[AREA_LEVELS[level]]
    numbers, within = np.empty(pairs.shape[1], dtype=np.int32), dict[int, int]()
    for i, (parent, which) in enumerate(pairs.T.tolist()):
        within[parent] = within.get(parent, 0) + 1
        own = f"{letter}{within[parent]:02d}"
        above = "" if parent == 0 else f"{tree.name[parent]}-"
        name = given[1][which] if given is not None else f"{above}{own}"
        numbers[i] = tree.add(level, parent, name, synthetic=given is None)
    return numbers[inverse.reshape(-1)].astype(np.int32)


def _loads(tree: _Tree, grid_of: NDArray[np.int32], households: NDArray[np.float64]) -> NDArray[np.float64]:
    loads = np.bincount(grid_of, weights=households, minlength=len(tree.level)).astype(np.float64)
    for area in range(len(loads) - 1, 0, -1):
        loads[tree.parent[area]] += loads[area]
    return loads


def _outlines(walk: Streets, tree: _Tree, grid_of: NDArray[np.int32]) -> Polylines:
    """Return the outer ring of every area: the union of the Voronoi cells of its walk nodes."""
    import shapely

    points = np.asarray(shapely.points(np.column_stack([walk.x, walk.y])))
    frame = shapely.buffer(shapely.convex_hull(shapely.multipoints(points)), 150.0)
    cells = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame, ordered=True)
    parts = shapely.intersection(shapely.get_parts(cells), frame)
    shape: dict[int, Any] = {}
    order = np.argsort(grid_of, kind="stable")
    starts = np.flatnonzero(np.diff(grid_of[order], prepend=-1))
    for members in np.split(order, starts[1:]):
        shape[int(grid_of[members[0]])] = shapely.union_all(parts[members])
    for area in range(len(tree.level) - 1, 0, -1):
        parent = tree.parent[area]
        above = shape.get(parent)
        shape[parent] = shape[area] if above is None else shapely.union(above, shape[area])
    return polylines([_ring(shape[area]) for area in range(len(tree.level))])


def _ring(shape: Any) -> NDArray[np.float64]:
    import shapely

    parts = shapely.get_parts(shape)
    largest = parts[int(np.argmax(shapely.area(parts)))]
    ring = shapely.simplify(shapely.get_exterior_ring(largest), 8.0)
    return np.asarray(shapely.get_coordinates(ring), dtype=np.float64)
