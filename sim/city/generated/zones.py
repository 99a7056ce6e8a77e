"""Local streets: in every zone between arterials a grid with a heading of its own, and its blocks."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.city.generated.frame import Frame
from sim.city.generated.joints import End, join_ends, slip_roads
from sim.city.generated.names import Names, street_names
from sim.city.generated.network import Line, Point, Sheet, between
from sim.city.generated.parameters import CityParameters

_CORNER_CLEAR = {True: 105.0, False: 55.0}  #: from a crossing with and without slip roads, m
_SHORTEST = 45.0


@dataclass
class Cell:
    """A convex block: open corners in order, and the street along the side from each to the next."""

    corners: NDArray[np.float64]
    sides: list[Line]
    axis: Point  #: heading of its local grid, a unit vector


@dataclass
class Layout:
    """All streets of the city and the blocks between them."""

    lines: list[Line]
    slips: list[tuple[int, int, str]]
    cells: list[Cell]


@dataclass
class _Zone:
    corners: NDArray[np.float64]  #: [4, 2] south-west, south-east, north-east, north-west
    sides: list[Line]  #: south, east, north, west
    streets: tuple[list[Line], list[Line]] = field(default_factory=lambda: ([], []))


def make_layout(
    frame: Frame, parameters: CityParameters, sheet: Sheet, names: Names, rng: np.random.Generator
) -> Layout:
    """Fill the zones between the arterials with local streets and cut everything into pieces."""
    zones = _zones(frame)
    turns = _turns(zones, parameters, rng)
    ends: list[End] = []
    cells: list[Cell] = []
    slips: list[tuple[int, int, str]] = []
    for zone, turn in zip(zones, turns, strict=True):
        axis = _axis(zone, turn)
        _draw_grid(zone, axis, parameters, sheet, names, rng, ends)
        cells += _cells(zone, axis)
        slips += slip_roads(zone.sides, sheet)
    crossings = join_ends(frame, ends, sheet)
    local = [line for zone in zones for family in zone.streets for line in family]
    lines = [*frame.sections(), *local, *crossings]
    for line in lines:
        line.cut()
    _drop_and_bow(lines, set(map(id, local)), parameters, rng)
    return Layout(lines, slips, cells)


def _zones(frame: Frame) -> list[_Zone]:
    zones = []
    rows, columns = frame.rows, frame.columns
    for i in range(len(rows.at) - 1):
        for j in range(len(columns.at) - 1):
            if i == frame.river_row or rows.twin(i) == i + 1 or columns.twin(j) == j + 1:
                continue
            corners = frame.xy[[i, i, i + 1, i + 1], [j, j + 1, j + 1, j]]
            sides = [frame.level[i, j], frame.upright[i, j + 1], frame.level[i + 1, j], frame.upright[i, j]]
            zones.append(_Zone(corners, sides))
    return zones


def _turns(zones: list[_Zone], parameters: CityParameters, rng: np.random.Generator) -> list[float]:
    """Turn local grids against their arterials, neighbours alike: a third not at all. Radians."""
    middles = np.array([zone.corners.mean(axis=0) for zone in zones])
    seeds = middles[rng.permutation(len(zones))[: max(2, len(zones) // 4)]]
    spread = np.radians(parameters.heading_spread_deg)
    turn = np.where(rng.random(len(seeds)) < 0.3, 0.0, rng.uniform(-spread, spread, len(seeds)))
    nearest = np.hypot(*(middles[:, None] - seeds[None]).T).argmin(axis=0)
    result: list[float] = (turn[nearest] + rng.normal(0.0, np.radians(2.0), len(zones))).tolist()
    return result


def _axis(zone: _Zone, turn: float) -> Point:
    a, b, c, d = zone.corners
    along = (b - a) / np.hypot(*(b - a)) + (c - d) / np.hypot(*(c - d))
    along = along / np.hypot(*along)
    cosine, sine = np.cos(turn), np.sin(turn)
    return np.array([cosine * along[0] - sine * along[1], sine * along[0] + cosine * along[1]])


def _normal(axis: Point) -> Point:
    return np.array([-axis[1], axis[0]])


def _draw_grid(
    zone: _Zone,
    axis: Point,
    parameters: CityParameters,
    sheet: Sheet,
    names: Names,
    rng: np.random.Generator,
    ends: list[End],
) -> None:
    """Draw both families of streets of a zone and their crossings."""
    spacing = parameters.spacing_m * rng.uniform(0.85, 1.35)
    for family, along in zip(zone.streets, (axis, _normal(axis)), strict=True):
        for number, chord in enumerate(_chords(zone, along, spacing, rng)):
            road = "tertiary" if number % 2 == 0 else "living_street" if rng.random() < 0.07 else "residential"
            known = rng.random() < (parameters.named_arterials if road == "tertiary" else parameters.named)
            said = street_names(names.next(), road) if known else ("", "")
            line = between(chord[0], chord[1], road, said)
            family.append(line)
            ends += _ends(zone, line, chord)
    for a in zone.streets[0]:
        for b in zone.streets[1]:
            _cross(zone, a, b, sheet)


def _chords(zone: _Zone, along: Point, spacing: float, rng: np.random.Generator) -> list[NDArray[np.float64]]:
    """Return parallel chords of the zone, float64 [2, 2] each, that are long enough to be streets."""
    normal = _normal(along)
    reach = zone.corners @ normal
    low, high = float(reach.min()), float(reach.max())
    count = max(1, round((high - low) / spacing) - 1)
    step = (high - low) / (count + 1)
    chords = []
    for k in range(1, count + 1):
        offset = low + step * (k + rng.uniform(-0.13, 0.13))
        chord = _chord(zone.corners, normal, offset)
        if chord is not None and np.hypot(*(chord[1] - chord[0])) > 0.7 * spacing:
            chords.append(chord if np.dot(chord[1] - chord[0], along) > 0 else chord[::-1])
    return chords


def _chord(corners: NDArray[np.float64], normal: Point, offset: float) -> NDArray[np.float64] | None:
    side = corners @ normal - offset
    hits = []
    for k in range(len(corners)):
        s, t = float(side[k]), float(side[(k + 1) % len(corners)])
        if (s < 0) != (t < 0):
            hits.append(corners[k] + s / (s - t) * (corners[(k + 1) % len(corners)] - corners[k]))
    return np.array(hits) if len(hits) == 2 else None


def _ends(zone: _Zone, line: Line, chord: NDArray[np.float64]) -> list[End]:
    """Return the ends of a street that meet an arterial far enough from its crossings."""
    found = []
    for point in chord:
        off = [abs(float(np.dot(point - side.origin, _normal(side.along)))) for side in zone.sides]
        side = zone.sides[int(np.argmin(off))]
        at, whole = side.position(point), side.stations[1][0]
        clear = _CORNER_CLEAR[side.sense != 0]
        if clear < at < whole - clear:
            middle = zone.corners.mean(axis=0) - side.origin
            found.append(End(line, side, at, bool(np.dot(middle, _normal(side.along)) > 0)))
    return found


def _cross(zone: _Zone, a: Line, b: Line, sheet: Sheet) -> None:
    """Put a crossing of two local streets on the sheet where it lies inside of the zone."""
    matrix = np.column_stack([a.along, -b.along])
    along_a, along_b = np.linalg.solve(matrix, b.origin - a.origin).tolist()
    point = a.origin + along_a * a.along
    inside = [float(np.dot(point - corner, _normal(nxt - corner)) / np.hypot(*(nxt - corner)))
              for corner, nxt in zip(zone.corners, np.roll(zone.corners, -1, axis=0), strict=True)]  # fmt: skip
    if min(inside) < _SHORTEST:
        return
    node = a.station(sheet, along_a)
    b.stations.append((along_b, node))


def _cells(zone: _Zone, axis: Point) -> list[Cell]:
    """Cut the zone along its streets into blocks."""
    cells = [Cell(zone.corners, list(zone.sides), axis)]
    for family in zone.streets:
        for line in family:
            cells = [part for cell in cells for part in _halves(cell, line)]
    return cells


def _halves(cell: Cell, line: Line) -> list[Cell]:
    """Return the parts of a convex cell on both sides of a line."""
    side = (cell.corners - line.origin) @ _normal(line.along)
    if side.min() > -1.0 or side.max() < 1.0:
        return [cell]
    parts: dict[bool, tuple[list[Point], list[Line]]] = {True: ([], []), False: ([], [])}
    for k in range(len(side)):
        following = (k + 1) % len(side)
        s, t = float(side[k]), float(side[following])
        corners, sides = parts[s > 0]
        corners.append(cell.corners[k])
        sides.append(cell.sides[k])
        if (s > 0) != (t > 0):
            hit = cell.corners[k] + s / (s - t) * (cell.corners[following] - cell.corners[k])
            corners.append(hit)
            sides.append(line)
            parts[t > 0][0].append(hit)
            parts[t > 0][1].append(cell.sides[k])
    return [Cell(np.array(corners), sides, cell.axis) for corners, sides in parts.values()]


def _drop_and_bow(lines: list[Line], local: set[int], parameters: CityParameters, rng: np.random.Generator) -> None:
    """Leave out local pieces, hardly ever so that a dead end is left, and bow a sixth of the others."""
    degree: dict[int, int] = {}
    for line in lines:
        for piece in line.pieces if line.built else ():
            for node in (piece.a, piece.b):
                degree[node] = degree.get(node, 0) + 1
    pieces = [(line, piece) for line in lines if id(line) in local for piece in line.pieces]
    for k in rng.permutation(len(pieces)).tolist():
        line, piece = pieces[k]
        share = parameters.dropped * (0.6 if line.road == "tertiary" else 1.4)
        least = min(degree[piece.a], degree[piece.b])
        if rng.random() < share and (least > 2 or rng.random() < 0.15) and least > 1:
            piece.dropped = True
            degree[piece.a] -= 1
            degree[piece.b] -= 1
        elif rng.random() < 0.17 and piece.length > 90.0:
            piece.bow = float(rng.uniform(0.05, 0.13) * (1 if rng.random() < 0.5 else -1))
