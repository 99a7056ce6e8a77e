"""Writing the generated city as OSM data: nodes, then ways, then relations, ids ascending."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from sim.city.generated.blocks import make_blocks
from sim.city.generated.buildings import make_buildings
from sim.city.generated.frame import border_ring, great_river_ring, make_frame, river_ring
from sim.city.generated.names import Names
from sim.city.generated.network import Line, Piece, Sheet, Tags
from sim.city.generated.parameters import CityParameters
from sim.city.generated.places import make_places
from sim.city.generated.zones import Layout, make_layout

_TIMESTAMP = "2025-01-01T00:00:00Z"
_METRES_PER_DEGREE = 111_320.0
_BOW_POINTS = (0.2, 0.4, 0.6, 0.8)
_LIMITS = {"trunk": "80", "primary": "60", "secondary": "50", "tertiary": "40"}
_LANES = {"trunk": "4", "primary": "3", "secondary": "4", "tertiary": "2"}


def generate_pbf(parameters: CityParameters, path: Path) -> Path:
    """Write the city of `parameters` to `path` (`.osm.pbf`); the file is whole or not there.

    The same parameters give the same bytes. The boundary relation carries `jinling:synthetic=yes`.
    """
    sheet, border = draw_city(parameters)
    path.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=path.parent, prefix=".draft-") as folder:
        draft = Path(folder) / path.name
        _write(sheet, border, parameters, draft)
        draft.replace(path)
    return path


def draw_city(parameters: CityParameters) -> tuple[Sheet, int]:
    """Return the drawn city, metres from its middle, and the id of the way around it."""
    rng = np.random.Generator(np.random.Philox(parameters.seed))
    sheet, names = Sheet(), Names(rng)
    frame = make_frame(parameters, sheet, names, rng)
    layout = make_layout(frame, parameters, sheet, names, rng)
    blocks = make_blocks(layout.cells, parameters, sheet, rng)
    _draw_streets(layout, parameters, sheet, rng)
    make_buildings(blocks, parameters, sheet, rng)
    make_places(frame, blocks, parameters, sheet, names, rng)
    water = {"natural": "water", "water": "river"}
    sheet.ring(river_ring(frame), {**water, "name": "新淮河", "name:en": "Xinhuai River"})
    sheet.ring(great_river_ring(frame), {**water, "name": "大江", "name:en": "Great River"})
    return sheet, sheet.ring(border_ring(frame), {"boundary": "administrative", "admin_level": "6"})


def _draw_streets(layout: Layout, parameters: CityParameters, sheet: Sheet, rng: np.random.Generator) -> None:
    for line in layout.lines:
        if not line.built:
            continue
        tags = _tags(line, parameters, rng)
        for piece in line.pieces:
            if not piece.dropped:
                nodes = _nodes(piece, sheet)
                sheet.way(nodes[::-1] if line.sense < 0 else nodes, tags)
    for start, stop, road in layout.slips:
        sheet.way([start, stop], {"highway": road, "oneway": "yes"})


def _nodes(piece: Piece, sheet: Sheet) -> list[int]:
    """Return the nodes of a piece with its gates and, where it is bowed, points of the bow."""
    shape = _BOW_POINTS if piece.bow else ()
    inner = [(share, 0) for share in shape] + piece.gates
    between = [node or sheet.node(piece.point(sheet, share)) for share, node in sorted(inner)]
    return [piece.a, *between, piece.b]


def _tags(line: Line, parameters: CityParameters, rng: np.random.Generator) -> Tags:
    tags = {"highway": line.road}
    if line.names[0]:
        tags |= {"name": line.names[0], "name:en": line.names[1]}
    if line.sense:
        tags["oneway"] = "yes"
    if line.bridge:
        tags |= {"bridge": "yes", "layer": "1"}
    if rng.random() < parameters.lanes_tagged and line.road in _LANES:
        tags["lanes"] = _LANES[line.road]
    if rng.random() < parameters.maxspeed_tagged and line.road in _LIMITS:
        tags["maxspeed"] = _LIMITS[line.road]
    return tags


def _write(sheet: Sheet, border: int, parameters: CityParameters, path: Path) -> None:
    import osmium
    from osmium.osm import mutable

    cosine = float(np.cos(np.radians(parameters.lat)))
    common: dict[str, Any] = {"version": 1, "timestamp": _TIMESTAMP, "changeset": 1, "uid": 1, "user": "jinling"}
    with osmium.SimpleWriter(str(path)) as writer:
        for number, (x, y) in enumerate(sheet.nodes, start=1):
            # The format keeps 1e-7 degrees, about a centimetre: rounding here hides the last bits of a
            # platform's sine and square root.
            lon = round(parameters.lon + x / _METRES_PER_DEGREE / cosine, 7)
            lat = round(parameters.lat + y / _METRES_PER_DEGREE, 7)
            tags = sheet.node_tags.get(number, {})
            writer.add_node(mutable.Node(id=number, location=(lon, lat), tags=tags, **common))
        for number, (nodes, tags) in enumerate(sheet.ways, start=1):
            writer.add_way(mutable.Way(id=number, nodes=nodes, tags=tags, **common))
        tags = {"type": "boundary", "boundary": "administrative", "admin_level": "6",
                "name": parameters.name, "jinling:synthetic": "yes"}  # fmt: skip
        members = [("w", border, "outer")]
        writer.add_relation(mutable.Relation(id=1, members=members, tags=tags, **common))
