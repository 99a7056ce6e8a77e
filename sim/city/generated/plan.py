"""The street plan: a warped lattice with dual carriageways, dropped pieces, a river and few bridges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.city.generated.parameters import CityParameters

DUAL_GAP = 22.0
_SURNAMES = "江河云庐梦奥应莫兴泰金沙福嘉燕富滨汉楠白月平恒创松新华集庆友"
_SUFFIX = {"primary": "大街", "secondary": "路", "tertiary": "街", "residential": "巷"}


@dataclass(frozen=True)
class Lines:
    """One family of lattice lines: where they run, their class and sense (0 both, ±1 one-way)."""

    at: NDArray[np.float64]
    road: list[str]
    sense: list[int]
    block: NDArray[np.int64]  #: number of the line before it was doubled


@dataclass
class Piece:
    """A piece of street between two lattice nodes (row, column)."""

    a: tuple[int, int]
    b: tuple[int, int]
    road: str
    sense: int
    name: str
    bridge: bool
    gates: list[float]  #: shares along the piece at which gates open


@dataclass
class Plan:
    """Lattice nodes in metres around the centre, and the pieces of street between them."""

    xy: NDArray[np.float64]  #: [rows, columns, 2]
    pieces: list[Piece]
    columns: Lines
    rows: Lines
    river: NDArray[np.float64]  #: closed ring


def _lines(count: int, spacing: float, rng: np.random.Generator) -> Lines:
    """Lay lines with jitter; every eighth is a dual primary, every fourth a secondary."""
    at = (np.arange(count) - (count - 1) / 2) * spacing
    at += rng.uniform(-0.13, 0.13, count) * spacing
    rows: list[tuple[float, str, int, int]] = []
    for i in range(count):
        if i % 8 == 3:
            rows += [(at[i] - DUAL_GAP / 2, "primary", -1, i), (at[i] + DUAL_GAP / 2, "primary", 1, i)]
        else:
            road = "secondary" if i % 8 == 7 else "tertiary" if i % 2 == 1 else "residential"
            rows.append((at[i], road, 0, i))
    where, road_of, sense, block = zip(*rows, strict=True)
    return Lines(np.array(where), list(road_of), list(sense), np.array(block))


def _warped(parameters: CityParameters, columns: Lines, rows: Lines) -> NDArray[np.float64]:
    """Place the lattice: smooth swings turn local grids against each other, then the whole is turned."""
    u, v = np.meshgrid(columns.at, rows.at)
    width, height = np.ptp(columns.at), np.ptp(rows.at)
    swing = parameters.warp_m
    x = u + swing * np.sin(2.1 * np.pi * v / height + 0.7) * np.cos(1.3 * np.pi * u / width)
    y = v + swing * np.sin(1.9 * np.pi * u / width - 0.4) * np.cos(1.1 * np.pi * v / height + 0.5)
    angle = -np.radians(parameters.heading_deg)
    turned = np.stack([x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)])
    return np.moveaxis(turned, 0, -1)


def make_plan(parameters: CityParameters, rng: np.random.Generator) -> Plan:
    """Return the street plan of a city."""
    columns = _lines(parameters.columns, parameters.spacing_m, rng)
    rows = _lines(parameters.rows, parameters.spacing_m, rng)
    xy = _warped(parameters, columns, rows)
    wet = _river_row(rows)
    names = _names(rng, len(columns.at) + len(rows.at))
    pieces = _along(parameters, rng, columns, rows, names, upright=True, wet=wet)
    pieces += _along(parameters, rng, rows, columns, names[len(columns.at) :], upright=False, wet=-1)
    return Plan(xy, pieces, columns, rows, _river(xy, wet))


def _river_row(rows: Lines) -> int:
    """Return the row behind which the river runs: the middle gap between two single lines."""
    middle = len(rows.at) // 2
    while rows.sense[middle] or rows.sense[middle + 1]:
        middle += 1
    return middle


def _river(xy: NDArray[np.float64], wet: int) -> NDArray[np.float64]:
    near, far = xy[wet], xy[wet + 1]
    south, north = near + 0.25 * (far - near), near + 0.75 * (far - near)
    return np.concatenate([south, north[::-1], south[:1]])


def _names(rng: np.random.Generator, count: int) -> list[str]:
    picks = rng.integers(0, len(_SURNAMES), (count, 2))
    return [_SURNAMES[a] + _SURNAMES[b] for a, b in picks.tolist()]


def _along(
    parameters: CityParameters,
    rng: np.random.Generator,
    lines: Lines,
    crossed: Lines,
    names: list[str],
    *,
    upright: bool,
    wet: int,
) -> list[Piece]:
    """Return the pieces of all lines of one family; `wet` is the gap of the crossed family with the river."""
    bridges = _bridge_lines(parameters, lines) if wet >= 0 else set()
    pieces = []
    for i in range(len(lines.at)):
        named = rng.random() < (parameters.named if lines.road[i] == "residential" else 0.9)
        name = names[i] + _SUFFIX[lines.road[i]] if named else ""
        for j in range(len(crossed.at) - 1):
            over = j == wet
            short = crossed.block[j] == crossed.block[j + 1]
            edge = i in (0, len(lines.at) - 1)
            local = lines.road[i] in ("residential", "tertiary") and not short and not edge
            if over and i not in bridges:
                continue
            if not over and local and rng.random() < _gap_share(parameters, lines.road[i]):
                continue
            a, b = ((j, i), (j + 1, i)) if upright else ((i, j), (i, j + 1))
            pieces.append(Piece(a, b, lines.road[i], lines.sense[i], name, over, []))
    return pieces


def _gap_share(parameters: CityParameters, road: str) -> float:
    return parameters.dropped * (1.35 if road == "residential" else 0.65)


def _bridge_lines(parameters: CityParameters, lines: Lines) -> set[int]:
    """Choose the lines that cross the river: the larger roads, evenly spread; dual ones as a pair."""
    rank = {"primary": 0, "secondary": 1, "tertiary": 2, "residential": 3}
    blocks = np.unique(lines.block)
    slots = np.array_split(blocks, parameters.bridges)
    chosen = set()
    for slot in slots:
        best = min(slot.tolist(), key=lambda b: rank[lines.road[int(np.flatnonzero(lines.block == b)[0])]])
        chosen |= set(np.flatnonzero(lines.block == best).tolist())
    return chosen
