"""Buildings in the blocks, clear of every street, with homes for the residents; and the paths to their doors."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.city.generated.blocks import FLOOR_PER_RESIDENT, HOMES, Block
from sim.city.generated.network import Point, Sheet
from sim.city.generated.parameters import CityParameters

_SETBACK = 14.0
_OLD_SETBACK = 8.0  #: old houses stand at the street
_CLEAR = 7.0  #: from the middle of any street, service road or path, m
_SAMPLE = 8.0
_ROOM = 1.03  #: floor built for every floor needed


@dataclass(frozen=True)
class Manner:
    """How a kind of block is built up; metres, storeys, shares."""

    kinds: tuple[str, ...]  #: values of the tag `building`
    apart: tuple[float, float]  #: between the middles of buildings, along and across
    width: tuple[float, float]
    depth: tuple[float, float]
    levels: tuple[int, int]  #: least and most
    share: float  #: of the places that are built on


MANNERS = {
    "towers": Manner(("apartments",), (62, 80), (29, 39), (15, 19), (18, 33), 0.95),
    "slabs": Manner(("apartments", "residential"), (68, 45), (46, 62), (11, 13), (5, 7), 0.95),
    "houses": Manner(("house", "residential"), (23, 31), (10, 17), (9, 13), (2, 4), 0.85),
    "old": Manner(("house",), (13, 19), (9.5, 12), (12, 16), (1, 2), 0.92),
    "office": Manner(("office",), (95, 92), (32, 62), (24, 40), (5, 32), 0.75),
    "commercial": Manner(("retail", "commercial", "hotel"), (112, 95), (45, 90), (30, 55), (2, 7), 0.75),
    "school": Manner(("school",), (92, 62), (45, 68), (14, 20), (3, 5), 0.6),
    "hospital": Manner(("hospital",), (84, 74), (40, 64), (18, 30), (4, 16), 0.75),
    "industrial": Manner(("industrial", "warehouse"), (112, 84), (50, 95), (30, 55), (1, 3), 0.8),
    "public": Manner(("public", "government", "civic"), (100, 90), (30, 60), (18, 32), (2, 9), 0.55),
    "park": Manner(("public",), (170, 170), (10, 18), (8, 12), (1, 1), 0.3),
}


@dataclass
class Drafts:
    """Buildings before they are drawn; one entry a building."""

    block: NDArray[np.int64]
    row: NDArray[np.int64]  #: number of its row in the block, from the middle
    uv: NDArray[np.float64]  #: [buildings, 2] from the middle of the block along its axes, m
    size: NDArray[np.float64]  #: [buildings, 2] width and depth, m
    levels: NDArray[np.int64]
    kind: NDArray[np.int64]  #: number among the manner's kinds

    def where(self, kept: NDArray[np.bool_]) -> Drafts:
        """Return the buildings that are kept."""
        return Drafts(self.block[kept], self.row[kept], self.uv[kept], self.size[kept],
                      self.levels[kept], self.kind[kept])  # fmt: skip


def make_buildings(blocks: list[Block], parameters: CityParameters, sheet: Sheet, rng: np.random.Generator) -> Drafts:
    """Draw all buildings and the paths to them; return them."""
    drafts = [_drafts(block, number, rng) for number, block in enumerate(blocks)]
    every = Drafts(*(np.concatenate([getattr(draft, name) for draft in drafts])
                     for name in ("block", "row", "uv", "size", "levels", "kind")))  # fmt: skip
    every = every.where(_is_clear(every, blocks, sheet))
    every = _with_room(every, blocks, parameters)
    _draw(every, blocks, parameters, sheet, rng)
    first = np.searchsorted(every.block, np.arange(len(blocks) + 1))
    for number, block in enumerate(blocks):
        if block.gates and first[number] < first[number + 1]:
            _draw_paths(every, slice(first[number], first[number + 1]), block, sheet)
    return every


def _axes(block: Block) -> NDArray[np.float64]:
    return np.array([block.axis, [-block.axis[1], block.axis[0]]])


def _drafts(block: Block, number: int, rng: np.random.Generator) -> Drafts:
    """Return the buildings of a block on the places of its grid that lie inside."""
    manner = MANNERS[block.manner]
    reach = np.abs((block.corners - block.middle) @ _axes(block).T).max(axis=0)
    count = np.ceil(reach / np.array(manner.apart)).astype(int)
    steps = [np.arange(-n, n) for n in count]
    k, m = (grid.ravel() for grid in np.meshgrid(*steps))
    many = len(k)
    uv = (np.column_stack([k, m]) + 0.5) * np.array(manner.apart)
    size = np.column_stack([rng.uniform(*manner.width, many), rng.uniform(*manner.depth, many)])
    levels = rng.integers(manner.levels[0], manner.levels[1] + 1, many)
    kind = rng.integers(0, len(manner.kinds), many)
    kept = (rng.random(many) < manner.share) & _is_inside(block, uv, size)
    return Drafts(np.full(many, number), m, uv, size, levels, kind).where(kept)


def _rectangles(middle: Point, axes: NDArray[np.float64], uv: Point, size: Point) -> NDArray[np.float64]:
    """Return the corners of rectangles, float64 [rectangles, 4, 2] m."""
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2.0
    result: NDArray[np.float64] = middle + (uv[:, None] + signs[None] * size[:, None]) @ axes
    return result


def _is_inside(block: Block, uv: Point, size: Point) -> NDArray[np.bool_]:
    """Return which rectangles keep the setback from every side of their block."""
    corners = _rectangles(block.middle, _axes(block), uv, size)
    sides = np.roll(block.corners, -1, axis=0) - block.corners
    normals = np.column_stack([-sides[:, 1], sides[:, 0]]) / np.hypot(*sides.T)[:, None]
    off = ((corners[:, :, None] - block.corners) * normals).sum(axis=-1)
    result: NDArray[np.bool_] = off.min(axis=(1, 2)) > (_OLD_SETBACK if block.manner == "old" else _SETBACK)
    return result


def _is_clear(every: Drafts, blocks: list[Block], sheet: Sheet) -> NDArray[np.bool_]:
    """Return which buildings stand clear of every street on the sheet."""
    from scipy.spatial import cKDTree

    rings = _rings(every, blocks)
    around = np.concatenate([rings, (rings + np.roll(rings, -1, axis=1)) / 2.0], axis=1)
    off, _ = cKDTree(_street_points(sheet)).query(around.reshape(-1, 2), distance_upper_bound=4 * _CLEAR)
    result: NDArray[np.bool_] = np.asarray(off).reshape(len(rings), -1).min(axis=1) > _CLEAR
    return result


def _street_points(sheet: Sheet) -> NDArray[np.float64]:
    points = []
    for nodes, tags in sheet.ways:
        if "highway" in tags:
            line = np.array([sheet.nodes[node - 1] for node in nodes])
            for a, b in pairwise(line):
                steps = max(1, int(np.hypot(*(b - a)) / _SAMPLE))
                points.append(a + np.linspace(0.0, 1.0, steps + 1)[:, None] * (b - a))
    return np.concatenate(points)


def _rings(every: Drafts, blocks: list[Block]) -> NDArray[np.float64]:
    """Return the open rings of all buildings, float64 [buildings, 4, 2] m."""
    middle = np.array([block.middle for block in blocks])[every.block]
    axes = np.array([_axes(block) for block in blocks])[every.block]
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2.0
    local = every.uv[:, None] + signs[None] * every.size[:, None]
    result: NDArray[np.float64] = middle[:, None] + (
        local[..., :1] * axes[:, None, 0] + local[..., 1:] * axes[:, None, 1]
    )
    return result


def _with_room(every: Drafts, blocks: list[Block], parameters: CityParameters) -> Drafts:
    """Give the homes more or fewer storeys, so that their floors house the residents."""
    home = np.array([block.manner in HOMES for block in blocks])[every.block]
    area = every.size.prod(axis=1)
    floor = float((area * every.levels)[home].sum())
    factor = _ROOM * parameters.residents * FLOOR_PER_RESIDENT / max(floor, 1.0)
    every.levels[home] = np.clip(np.round(every.levels[home] * factor), 1, 60).astype(np.int64)
    return every


def _draw(
    every: Drafts, blocks: list[Block], parameters: CityParameters, sheet: Sheet, rng: np.random.Generator
) -> None:
    tagged = rng.random(len(every.block)) < parameters.levels_tagged
    for k, ring in enumerate(_rings(every, blocks)):
        manner = MANNERS[blocks[every.block[k]].manner]
        tags = {"building": manner.kinds[every.kind[k]]}
        if tagged[k]:
            tags["building:levels"] = str(every.levels[k])
        sheet.ring(ring, tags)


def _draw_paths(every: Drafts, members: slice, block: Block, sheet: Sheet) -> None:
    """Draw a path along each row of buildings with a stub to the doors, and a spine that joins the rows."""
    axes, middle = _axes(block), block.middle
    uv, depth, rows = every.uv[members], every.size[members, 1], every.row[members]
    stride = {"houses": 4, "old": 6}.get(block.manner, 1)
    spine = [(0.0, block.inner[0] if block.manner == "park" else sheet.node(middle))]
    for row in np.unique(rows).tolist():
        at = np.flatnonzero(rows == row)
        at = at[np.argsort(uv[at, 0], kind="stable")]
        v = float((uv[at, 1] - depth[at] / 2).min()) - 6.0
        u = float(np.clip(0.0, uv[at, 0].min(), uv[at, 0].max()))
        crossing = sheet.node(middle + np.array([u, v]) @ axes)
        spine.append((v, crossing))
        path = [(u, crossing)]
        for k in at[::stride].tolist():
            foot = crossing if abs(uv[k, 0] - u) < 0.5 else sheet.node(middle + np.array([uv[k, 0], v]) @ axes)
            door = sheet.node(middle + np.array([uv[k, 0], uv[k, 1] - depth[k] / 2]) @ axes, {"entrance": "main"})
            sheet.way([foot, door], {"highway": "footway"})
            path += [(float(uv[k, 0]), foot)] if foot != crossing else []
        if len(path) > 1:
            sheet.way([node for _, node in sorted(path)], {"highway": "footway"})
    if len(spine) > 1:
        sheet.way([node for _, node in sorted(spine)], {"highway": "footway"})
    for inner in block.inner if block.manner != "park" else ():
        sheet.way([inner, spine[0][1]], {"highway": "footway"})
