"""Writing the generated city as OSM data: nodes, then ways, then relations, ids ascending."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.city.generated.blocks import Block, Poi, make_blocks, make_pois
from sim.city.generated.parameters import CityParameters
from sim.city.generated.plan import Piece, Plan, make_plan

_TIMESTAMP = "2025-01-01T00:00:00Z"
_METRES_PER_DEGREE = 111_320.0


@dataclass
class _Sheet:
    """Everything that is to be written."""

    nodes: list[tuple[float, float, dict[str, str]]] = field(default_factory=list)
    ways: list[tuple[list[int], dict[str, str]]] = field(default_factory=list)

    def node(self, xy: NDArray[np.float64], tags: dict[str, str] | None = None) -> int:
        """Add a node at `xy` (m) and return its id."""
        self.nodes.append((float(xy[0]), float(xy[1]), tags or {}))
        return len(self.nodes)

    def way(self, nodes: list[int], tags: dict[str, str]) -> None:
        """Add a way through nodes."""
        self.ways.append((nodes, tags))


def generate_pbf(parameters: CityParameters, path: Path) -> Path:
    """Write the city of `parameters` to `path` (`.osm.pbf`); the file is whole or not there."""
    rng = np.random.Generator(np.random.Philox(parameters.seed))
    plan = make_plan(parameters, rng)
    blocks = make_blocks(plan, parameters, rng)
    sheet = _Sheet()
    _draw_streets(sheet, plan, blocks)
    for block in blocks:
        for ring, tags in block.buildings:
            corners = [sheet.node(point) for point in ring[:-1]]
            sheet.way([*corners, corners[0]], tags)
    for poi in make_pois(blocks, parameters, rng):
        _draw_poi(sheet, poi)
    river = [sheet.node(point) for point in plan.river[:-1]]
    sheet.way([*river, river[0]], {"natural": "water", "water": "river", "name": "秦淮新河"})
    border = [sheet.node(point) for point in _border(plan)]
    sheet.way([*border, border[0]], {"boundary": "administrative"})
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        _write(sheet, parameters, draft)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def _border(plan: Plan) -> NDArray[np.float64]:
    xy = plan.xy
    return np.concatenate([xy[0], xy[1:, -1], xy[-1, -2::-1], xy[-2:0:-1, 0]])


def _draw_streets(sheet: _Sheet, plan: Plan, blocks: list[Block]) -> None:
    used = {end for piece in plan.pieces for end in (piece.a, piece.b)}
    at = {end: sheet.node(plan.xy[end]) for end in sorted(used)}
    gate_node: dict[tuple[int, float], int] = {}
    for piece in plan.pieces:
        start, stop = plan.xy[piece.a], plan.xy[piece.b]
        inner = [sheet.node(start + share * (stop - start)) for share in sorted(piece.gates)]
        for share, node in zip(sorted(piece.gates), inner, strict=True):
            gate_node[id(piece), share] = node
        sheet.way([at[piece.a], *inner, at[piece.b]][:: -1 if piece.sense < 0 else 1], _tags(piece))
    for block in blocks:
        if block.gate is not None and block.manner != "park":
            piece, share = block.gate
            _draw_inner_ways(sheet, block, gate_node[id(piece), share])


def _tags(piece: Piece) -> dict[str, str]:
    tags = {"highway": piece.road}
    if piece.name:
        tags["name"] = piece.name
    if piece.sense:
        tags["oneway"] = "yes"
    if piece.bridge:
        tags["bridge"] = "yes"
    return tags


def _draw_inner_ways(sheet: _Sheet, block: Block, gate: int) -> None:
    """Draw a service road from the gate to the middle, and footways around."""
    a, b, c, d = block.corners
    centre = block.corners.mean(axis=0)
    middle = sheet.node(centre)
    sheet.way([gate, middle], {"highway": "service"})
    ring = [sheet.node(centre + 0.55 * (corner - centre)) for corner in (a, b, c, d)]
    sheet.way([*ring, ring[0]], {"highway": "footway"})
    sheet.way([middle, ring[0]], {"highway": "footway"})
    sheet.way([middle, ring[2]], {"highway": "footway"})


def _draw_poi(sheet: _Sheet, poi: Poi) -> None:
    sheet.node(np.array(poi.xy), poi.tags)


def _write(sheet: _Sheet, parameters: CityParameters, path: Path) -> None:
    import osmium
    from osmium.osm import mutable

    cosine = float(np.cos(np.radians(parameters.lat)))
    common: dict[str, Any] = {"version": 1, "timestamp": _TIMESTAMP, "changeset": 1, "uid": 1, "user": "jinling"}
    path.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(path)) as writer:
        for number, (x, y, tags) in enumerate(sheet.nodes, start=1):
            lon = round(parameters.lon + x / _METRES_PER_DEGREE / cosine, 7)
            lat = round(parameters.lat + y / _METRES_PER_DEGREE, 7)
            writer.add_node(mutable.Node(id=number, location=(lon, lat), tags=tags, **common))
        for number, (nodes, tags) in enumerate(sheet.ways, start=1):
            writer.add_way(mutable.Way(id=number, nodes=nodes, tags=tags, **common))
        members = [("w", len(sheet.ways), "outer")]
        tags = {"type": "boundary", "boundary": "administrative", "admin_level": "6",
                "name": parameters.name, "jinling:synthetic": "yes"}  # fmt: skip
        writer.add_relation(mutable.Relation(id=1, members=members, tags=tags, **common))
