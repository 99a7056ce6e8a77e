"""What the blocks are: gated compounds, offices, shops, schools, parks; their gates and inner roads."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.city.generated.network import Line, Piece, Point, Sheet, Tags
from sim.city.generated.parameters import CityParameters
from sim.city.generated.zones import Cell

#: Gross floor area a resident, m².
FLOOR_PER_RESIDENT = 40.0
#: Of the residential land: share, and gross floor area by m² of land.
HOMES = {"towers": (0.30, 1.75), "slabs": (0.48, 0.95), "houses": (0.22, 0.42)}
#: Of the other land: share in the middle of the city and at its edge.
_OTHERS = {
    "office": (0.38, 0.09), "commercial": (0.27, 0.09), "industrial": (0.02, 0.33), "public": (0.12, 0.10),
    "park": (0.21, 0.39),
}  # fmt: skip
#: Residents to each of them.
_SERVED = {"hospital": 50_000, "school": 12_000}
_MIDDLE = 1800.0
_GATE_CLEAR = 24.0
_GATE_WEIGHT = {"residential": 1.0, "living_street": 1.0, "tertiary": 0.8, "secondary": 0.35, "primary": 0.12}
_RING = 0.52
_SMALLEST = 2_500.0


@dataclass
class Block:
    """A block and what is made of it."""

    corners: NDArray[np.float64]  #: open ring, m
    axis: Point
    manner: str
    area: float
    gates: list[int] = field(default_factory=list)  #: nodes
    inner: list[int] = field(default_factory=list)  #: nodes of its roads inside, first the one next to a gate

    @property
    def middle(self) -> Point:
        """Mean of the corners, m."""
        result: Point = self.corners.mean(axis=0)
        return result


def polygon_area(corners: NDArray[np.float64]) -> float:
    """Return the area of an open ring, m²."""
    x, y = (corners - corners[0]).T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2.0)


def make_blocks(cells: list[Cell], parameters: CityParameters, sheet: Sheet, rng: np.random.Generator) -> list[Block]:
    """Decide what every block is, open its gates and lay its service roads."""
    kept = [(cell, area) for cell in cells if (area := polygon_area(cell.corners)) > _SMALLEST]
    manners = _manners([cell.corners.mean(axis=0) for cell, _ in kept], [area for _, area in kept], parameters, rng)
    manners = _with_old(manners, [cell.corners.mean(axis=0) for cell, _ in kept], parameters.old_quarters)
    blocks = []
    for (cell, area), manner in zip(kept, manners, strict=True):
        block = Block(cell.corners, cell.axis, manner, area)
        _open_gates(block, cell, sheet, rng)
        _lay_service(block, sheet, rng)
        blocks.append(block)
    return blocks


def _manners(
    middles: list[Point], areas: list[float], parameters: CityParameters, rng: np.random.Generator
) -> list[str]:
    """Give homes as much land as the residents need, the rest by the distance from the city's middle."""
    dense = sum(share * floor for share, floor in HOMES.values())
    needed = parameters.residents * FLOOR_PER_RESIDENT / dense
    land = float(np.sum(areas))
    homes = min(0.7, needed / land)
    towers = HOMES["towers"][0] if homes < 0.7 else 0.9
    manners = [""] * len(areas)
    left = homes * land
    order = rng.permutation(len(areas)).tolist()
    for k in order:
        if left > 0:
            rest = (1.0 - towers) * np.array([HOMES["slabs"][0], HOMES["houses"][0]]) / (1.0 - HOMES["towers"][0])
            manners[k] = list(HOMES)[int(rng.choice(3, p=[towers, *rest.tolist()]))]
            left -= areas[k]
        else:
            manners[k] = _other(middles[k], rng)
    for manner, served in _SERVED.items():
        free = [k for k in range(len(areas)) if manners[k] in _OTHERS]
        chosen = spread(np.array([middles[k] for k in free]), max(2, round(parameters.residents / served)), rng)
        for k in chosen:
            manners[free[k]] = manner
    return manners


def _with_old(manners: list[str], middles: list[Point], count: int) -> list[str]:
    """Make the `count` blocks nearest to the city's middle that serve nobody in particular into old quarters."""
    order = np.argsort([float(np.hypot(*middle)) for middle in middles], kind="stable").tolist()
    old = [k for k in order if manners[k] not in _SERVED][:count]
    return ["old" if k in old else manner for k, manner in enumerate(manners)]


def spread(points: NDArray[np.float64], count: int, rng: np.random.Generator) -> list[int]:
    """Choose points far from each other: each the farthest from all before of twelve candidates (Mitchell 1991)."""
    chosen: list[int] = []
    distance = np.full(len(points), np.inf)
    while len(points) and len(chosen) < min(count, len(points)):
        candidates = rng.integers(0, len(points), 12)
        best = int(candidates[distance[candidates].argmax()])
        if distance[best] == 0.0:
            best = int(distance.argmax())
        chosen.append(best)
        distance = np.minimum(distance, np.hypot(*(points - points[best]).T))
    return chosen


def _other(middle: Point, rng: np.random.Generator) -> str:
    near = np.exp(-((np.hypot(*middle) / _MIDDLE) ** 2))
    shares = np.array([near * inner + (1 - near) * outer for inner, outer in _OTHERS.values()])
    return list(_OTHERS)[int(rng.choice(len(shares), p=shares / shares.sum()))]


def _open_gates(block: Block, cell: Cell, sheet: Sheet, rng: np.random.Generator) -> None:
    """Open one to four gates on the sides of a block, rather on small streets than on large ones."""
    wanted = _wanted_gates(block, rng)
    weight = np.array([_GATE_WEIGHT.get(side.road, 0.02) for side in cell.sides])
    order = np.argsort(-np.log(np.maximum(rng.random(len(weight)), 1e-12)) / weight, kind="stable")
    for k in order.tolist():
        if len(block.gates) >= wanted:
            return
        a, b = cell.corners[k], cell.corners[(k + 1) % len(cell.corners)]
        if np.hypot(*(b - a)) < 3 * _GATE_CLEAR:
            continue
        node = _gate(cell.sides[k], a + rng.uniform(0.32, 0.68) * (b - a), sheet)
        if node is not None:
            block.gates.append(node)


def _wanted_gates(block: Block, rng: np.random.Generator) -> int:
    if block.manner in HOMES:
        return int(rng.choice([1, 2, 3, 4], p=[0.3, 0.4, 0.2, 0.1])) if block.area > 15_000 else 1
    if block.manner == "park":
        return 2
    return int(rng.choice([0, 1, 2], p=[0.32, 0.48, 0.20]))


def _gate(side: Line, point: Point, sheet: Sheet) -> int | None:
    """Return the node of a new gate near `point` on the street of one side, None where none can be."""
    metres = side.position(point)
    piece = side.piece_at(metres)
    if piece is None or side.bridge or not _is_free(piece, metres):
        return None
    share = (metres - piece.start) / piece.length
    node = sheet.node(piece.point(sheet, share))
    piece.gates.append((share, node))
    return node


def _is_free(piece: Piece, metres: float) -> bool:
    ends = min(metres - piece.start, piece.stop - metres)
    return ends > _GATE_CLEAR and all(
        abs(piece.start + share * piece.length - metres) > _GATE_CLEAR for share, _ in piece.gates
    )


def _lay_service(block: Block, sheet: Sheet, rng: np.random.Generator) -> None:
    """Lay a stem from each gate: to a turning place, through to a second gate, or to a ring."""
    tags = {"highway": "service"}
    if block.manner in HOMES:
        tags["service"] = "driveway"
    if block.manner == "park":
        middle = sheet.node(block.middle)
        block.inner.append(middle)
        sheet.way([*block.gates[:1], middle, *block.gates[1:]], {"highway": "footway"})
    elif len(block.gates) == 1:
        stop = sheet.node(_towards(block, sheet.at(block.gates[0]), rng.uniform(0.15, 0.6)))
        sheet.way([*_entry(block, block.gates[0], sheet), stop], tags)
        block.inner.append(stop)
    elif len(block.gates) > 1:
        _lay_ring(block, sheet, tags)


def _entry(block: Block, gate: int, sheet: Sheet) -> list[int]:
    """Return the first nodes of a stem: the junction and, in a compound, the barrier inside of it."""
    if block.manner not in HOMES:
        return [gate]
    inward = block.middle - sheet.at(gate)
    return [gate, sheet.node(sheet.at(gate) + 9.0 * inward / np.hypot(*inward), {"barrier": "lift_gate"})]


def _towards(block: Block, gate: Point, share: float) -> Point:
    return block.middle + share * (gate - block.middle)


def _lay_ring(block: Block, sheet: Sheet, tags: Tags) -> None:
    """Lay a ring between the gates; with two gates its other half is a footway."""
    middle = block.middle
    points = [(_towards(block, sheet.at(gate), _RING), gate) for gate in block.gates]
    points += [(_towards(block, corner, _RING), 0) for corner in block.corners]
    angle = [float(np.arctan2(*(point - middle)[::-1])) for point, _ in points]
    nodes = [(sheet.node(points[k][0]), points[k][1]) for k in np.argsort(angle, kind="stable").tolist()]
    first = next(k for k, (_, gate) in enumerate(nodes) if gate)
    nodes = [*nodes[first:], *nodes[:first], nodes[first]]
    cuts = [k for k, (_, gate) in enumerate(nodes) if gate]
    arcs = [[node for node, _ in nodes[a : b + 1]] for a, b in pairwise(cuts)]
    stems = [_entry(block, nodes[k][1], sheet) for k in cuts[:-1]]
    if len(arcs) == 2:
        sheet.way([*stems[0], *arcs[0], *stems[1][::-1]], tags)
        sheet.way(arcs[1], {"highway": "footway"})
    else:
        for stem, arc in zip(stems, arcs, strict=True):
            sheet.way([*stem, arc[0]], tags)
            sheet.way(arc, tags)
    block.inner += [arc[0] for arc in arcs]
