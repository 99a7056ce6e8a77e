"""What stands in the blocks: gated compounds, offices, shops, schools, parks, and the city's facilities."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.city.generated.parameters import CityParameters
from sim.city.generated.plan import Piece, Plan

_MANNERS = ("towers", "slabs", "office", "commercial", "school", "industrial", "park")
_SHARES = (0.26, 0.28, 0.12, 0.08, 0.07, 0.04, 0.15)


@dataclass
class Block:
    """A block between four lattice nodes, and what is built in it."""

    corners: NDArray[np.float64]  #: [4, 2] m, in order around
    manner: str
    gate: tuple[Piece, float] | None  #: the street piece and the share along it at which its gate opens
    buildings: list[tuple[NDArray[np.float64], dict[str, str]]] = field(default_factory=list)


def make_blocks(plan: Plan, parameters: CityParameters, rng: np.random.Generator) -> list[Block]:
    """Fill every dry block of the lattice that is wide enough."""
    piece_at = {(piece.a, piece.b): piece for piece in plan.pieces}
    blocks = []
    for i in range(len(plan.rows.at) - 1):
        for j in range(len(plan.columns.at) - 1):
            narrow = plan.rows.block[i] == plan.rows.block[i + 1]
            narrow |= plan.columns.block[j] == plan.columns.block[j + 1]
            corners = plan.xy[[i, i, i + 1, i + 1], [j, j + 1, j + 1, j]]
            manner = _MANNERS[int(rng.choice(len(_MANNERS), p=_SHARES))]
            if narrow or _is_wet(plan, corners):
                continue
            blocks.append(_block(corners, manner, _gate(piece_at, i, j, rng), parameters, rng))
    return blocks


def _is_wet(plan: Plan, corners: NDArray[np.float64]) -> bool:
    centre = corners.mean(axis=0)
    middle = plan.river[: (len(plan.river) - 1) // 2]
    return bool(np.hypot(*(middle - centre).T).min() < 150.0)


def _gate(
    piece_at: dict[tuple[tuple[int, int], tuple[int, int]], Piece], i: int, j: int, rng: np.random.Generator
) -> tuple[Piece, float] | None:
    """Open a gate on one of the four sides, on a two-way street."""
    sides = [((i, j), (i, j + 1)), ((i + 1, j), (i + 1, j + 1)), ((i, j), (i + 1, j)),
             ((i, j + 1), (i + 1, j + 1))]  # fmt: skip
    share = float(rng.uniform(0.35, 0.65))
    for k in rng.permutation(4):
        piece = piece_at.get(sides[k])
        if piece is not None and piece.sense == 0 and not piece.bridge:
            piece.gates.append(share)
            return piece, share
    return None


def _block(
    corners: NDArray[np.float64],
    manner: str,
    gate: tuple[Piece, float] | None,
    parameters: CityParameters,
    rng: np.random.Generator,
) -> Block:
    block = Block(corners, manner, gate)
    fill = {"towers": _towers, "slabs": _slabs, "park": lambda *_: []}.get(manner)
    drawn = fill(rng) if fill is not None else _halls(manner, rng)
    for u, v, across, deep, levels, kind in drawn:
        tags = {"building": kind}
        if rng.random() < parameters.levels_tagged:
            tags["building:levels"] = str(levels)
        block.buildings.append((_rectangle(corners, u, v, across, deep), tags))
    return block


_Drawn = list[tuple[float, float, float, float, int, str]]


def _towers(rng: np.random.Generator) -> _Drawn:
    levels = int(rng.integers(18, 34))
    return [(u, v, 30.0, 17.0, levels, "apartments")
            for v in (0.25, 0.5, 0.75) for u in (0.25, 0.5, 0.75)
            if (u, v) != (0.5, 0.5) and rng.random() < 0.9]  # fmt: skip


def _slabs(rng: np.random.Generator) -> _Drawn:
    return [(u, v, 56.0, 12.0, 6, "apartments")
            for v in (0.2, 0.35, 0.5, 0.65, 0.8) for u in (0.28, 0.72) if rng.random() < 0.92]  # fmt: skip


def _halls(manner: str, rng: np.random.Generator) -> _Drawn:
    levels = {"office": (8, 30), "commercial": (2, 6), "school": (3, 6), "industrial": (1, 3)}[manner]
    count = {"office": 4, "commercial": 3, "school": 4, "industrial": 2}[manner]
    spots = [(0.3, 0.3), (0.7, 0.7), (0.7, 0.3), (0.3, 0.7)][:count]
    return [(u, v, float(rng.uniform(35, 60)), float(rng.uniform(25, 45)), int(rng.integers(*levels)),
             manner) for u, v in spots]  # fmt: skip


def _rectangle(corners: NDArray[np.float64], u: float, v: float, across: float, deep: float) -> NDArray[np.float64]:
    """Return a closed rectangle at the share (u, v) of the block, along the block's first side."""
    a, b, c, d = corners
    centre = (1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * d + u * c)
    along = (b - a) / np.hypot(*(b - a))
    normal = np.array([-along[1], along[0]])
    scale = min(1.0, np.hypot(*(b - a)) / 200.0, np.hypot(*(d - a)) / 200.0)
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) * np.array([across, deep]) / 2 * scale
    return centre + half[:, :1] * along + half[:, 1:] * normal


@dataclass(frozen=True)
class Poi:
    """A point of interest at a place in metres."""

    xy: tuple[float, float]
    tags: dict[str, str]


#: Per 100,000 residents: a map as complete as a well-surveyed district.
_POI_RATES: tuple[tuple[float, dict[str, str], str], ...] = (
    (1.6, {"amenity": "fire_station"}, "消防救援站"),
    (1.6, {"amenity": "hospital"}, "医院"),
    (1.6, {"emergency": "ambulance_station"}, "急救站"),
    (1.8, {"amenity": "police"}, "派出所"),
    (20.0, {"emergency": "defibrillator"}, ""),
    (6.0, {"amenity": "school"}, "小学"),
    (2.4, {"railway": "station", "station": "subway"}, "站"),
    (11.0, {"emergency": "assembly_point"}, "应急避难场所"),
)


def make_pois(blocks: list[Block], parameters: CityParameters, rng: np.random.Generator) -> list[Poi]:
    """Scatter the facilities over the blocks: one in each of as many strips of the city as there are."""
    centres = np.array([block.corners.mean(axis=0) for block in blocks])
    order = np.argsort(centres[:, 1] + 0.35 * centres[:, 0], kind="stable")
    pois = []
    for rate, tags, suffix in _POI_RATES:
        count = max(2, round(rate * parameters.residents / 100_000))
        for number, strip in enumerate(np.array_split(order, count), start=1):
            at = centres[int(rng.choice(strip))] + rng.uniform(-40, 40, 2)
            name = {"name": f"第{number}{suffix}"} if suffix else {}
            pois.append(Poi((float(at[0]), float(at[1])), {**tags, **name}))
    return pois
