"""The frame of a generated city: a swinging lattice of arterials, cut by a river with few bridges."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.city.generated.names import Names, street_names
from sim.city.generated.network import Line, Point, Sheet, between
from sim.city.generated.parameters import CityParameters

DUAL_GAP = 24.0  #: between the two carriageways of a primary or trunk road, m
RIVER_GAP = 240.0  #: between the two embankment streets, m
_STREETS_AN_ARTERIAL = 3.6
_JITTER = 36.0


@dataclass(frozen=True)
class Family:
    """One family of arterials, each carriageway a line of the lattice."""

    at: NDArray[np.float64]  #: m
    road: list[str]
    sense: list[int]  #: 1 one-way towards larger numbers, -1 against, 0 both ways
    block: list[int]  #: number of the arterial; the same for both of its carriageways

    def twin(self, i: int) -> int | None:
        """Return the other carriageway of line `i`, None where there is one only."""
        for k in (i - 1, i + 1):
            if 0 <= k < len(self.block) and self.block[k] == self.block[i]:
                return k
        return None


@dataclass
class Frame:
    """Lattice nodes and the arterial sections between them."""

    columns: Family
    rows: Family
    river_row: int  #: the river runs between this row and the next
    node: NDArray[np.int64]  #: [rows, columns]
    xy: NDArray[np.float64]  #: [rows, columns, 2] m
    upright: dict[tuple[int, int], Line] = field(default_factory=dict)  #: (row, column) to the next row
    level: dict[tuple[int, int], Line] = field(default_factory=dict)  #: (row, column) to the next column

    def sections(self) -> list[Line]:
        """Return all arterial sections, in a fixed order."""
        return [*self.upright.values(), *self.level.values()]


def make_frame(parameters: CityParameters, sheet: Sheet, names: Names, rng: np.random.Generator) -> Frame:
    """Lay the arterials of a city and put their crossings on the sheet."""
    columns, rows, river_row = _families(parameters, rng)
    xy = _corners(parameters, columns, rows, river_row, rng)
    node = np.array([[sheet.node(point) for point in row] for row in xy])
    frame = Frame(columns, rows, river_row, node, xy)
    for upright in (True, False):
        _lay(frame, parameters, names, rng, upright=upright)
    _bridge(frame, parameters.bridges)
    return frame


def _families(parameters: CityParameters, rng: np.random.Generator) -> tuple[Family, Family, int]:
    gap = _STREETS_AN_ARTERIAL * parameters.spacing_m
    across = parameters.columns * parameters.spacing_m
    upward = parameters.rows * parameters.spacing_m
    gaps = np.full(max(2, round(across / gap)), 1.0)
    columns = _family(across * gaps / gaps.sum(), "大道", rng, right_hand=1)
    gaps = np.full(max(3, round(upward / gap)), 1.0)
    steps = upward * gaps / gaps.sum()
    # Arterials 1, 4, 7 … are dual: the river needs the two single ones after one of them.
    block = 3 * max(0, round((len(steps) / 2 - 2) / 3)) + 2
    rows = _family(np.insert(steps, block, RIVER_GAP), "路", rng, right_hand=-1)
    return columns, rows, rows.block.index(block)


def _family(steps: NDArray[np.float64], kind: str, rng: np.random.Generator, right_hand: int) -> Family:
    """Lay arterials `steps` apart; every third is dual, and the middle one of the dual columns a trunk road."""
    where = np.concatenate([[0.0], np.cumsum(steps)])
    where -= where[-1] / 2
    free = np.minimum(np.append(steps, steps[-1]), np.insert(steps, 0, steps[0])) > 2 * RIVER_GAP
    where += np.where(free, rng.uniform(-0.1, 0.1, len(where)) * np.median(steps), 0.0)
    dual = [k for k in range(len(where)) if k % 3 == 1]
    trunk = dual[len(dual) // 2] if kind == "大道" and len(dual) > 1 else -1
    at: list[float] = []
    road: list[str] = []
    sense: list[int] = []
    block: list[int] = []
    for k, middle in enumerate(where.tolist()):
        for side in (-1, 1) if k in dual else (0,):
            at.append(middle + side * DUAL_GAP / 2)
            road.append("trunk" if k == trunk else "primary" if side else "secondary")
            sense.append(side * right_hand)
            block.append(k)
    return Family(np.array(at), road, sense, block)


def _corners(
    parameters: CityParameters, columns: Family, rows: Family, river_row: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Place the lattice: smooth swings and jitter, the same for both carriageways, then the whole is turned."""
    u, v = np.meshgrid(columns.at, rows.at)
    width, height = max(np.ptp(columns.at), 1.0), max(np.ptp(rows.at), 1.0)
    swing = parameters.warp_m
    x = u + swing * np.sin(2.1 * np.pi * v / height + 0.7) * np.cos(1.3 * np.pi * u / width)
    y = v + swing * np.sin(1.9 * np.pi * u / width - 0.4) * np.cos(1.1 * np.pi * v / height + 0.5)
    jitter = rng.uniform(-_JITTER, _JITTER, (max(rows.block) + 1, max(columns.block) + 1, 2))
    river_block = rows.block[river_row]
    jitter[river_block + 1] = jitter[river_block]
    shift = jitter[np.ix_(rows.block, columns.block)]
    x, y = x + shift[..., 0], y + shift[..., 1]
    angle = -np.radians(parameters.heading_deg)
    turned = np.stack([x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)])
    return np.moveaxis(turned, 0, -1)


def _lay(frame: Frame, parameters: CityParameters, names: Names, rng: np.random.Generator, *, upright: bool) -> None:
    """Lay the sections of one family; a name runs through a third of an arterial, then its section changes."""
    family, crossed = (frame.columns, frame.rows) if upright else (frame.rows, frame.columns)
    base = [names.next() for _ in range(max(family.block) + 1)]
    parts = "南中北" if upright else "西中东"
    for i in range(len(family.at)):
        for j in range(len(crossed.at) - 1):
            a, b = ((j, i), (j + 1, i)) if upright else ((i, j), (i, j + 1))
            section = parts[min(2, 3 * j // (len(crossed.at) - 1))]
            known = rng.random() < parameters.named_arterials
            said = street_names(base[family.block[i]], family.road[i], section) if known else ("", "")
            line = between(frame.xy[a], frame.xy[b], family.road[i], said, family.sense[i])
            line.stations += [
                (0.0, int(frame.node[a])),
                (float(np.hypot(*(frame.xy[b] - frame.xy[a]))), int(frame.node[b])),
            ]
            (frame.upright if upright else frame.level)[a] = line


def _bridge(frame: Frame, bridges: int) -> None:
    """Take away all crossings of the river but `bridges`: the largest roads, evenly spread."""
    columns = frame.columns
    blocks = max(columns.block) + 1
    chosen = {min(slot.tolist(), key=lambda b: (columns.sense[columns.block.index(b)] == 0, b))
              for slot in np.array_split(np.arange(blocks), bridges) if len(slot)}  # fmt: skip
    for i, block in enumerate(columns.block):
        line = frame.upright[frame.river_row, i]
        line.bridge = line.built = block in chosen


def river_ring(frame: Frame) -> Point:
    """Return the open ring of the water between the embankments, float64 [corners, 2] m."""
    near, far = frame.xy[frame.river_row], frame.xy[frame.river_row + 1]
    south, north = near + 0.25 * (far - near), near + 0.75 * (far - near)
    return np.concatenate([south, north[::-1]])


def great_river_ring(frame: Frame) -> Point:
    """Return the open ring of the great river west of the city, 1,400 m wide, float64 [corners, 2] m."""
    shore = frame.xy[:, 0]
    west = shore - frame.xy[:, 1]
    west = west / np.hypot(west[:, 0], west[:, 1])[:, None]
    return np.concatenate([shore + 70.0 * west, (shore + 1470.0 * west)[::-1]])


def border_ring(frame: Frame) -> Point:
    """Return the open ring around the city along its outermost arterials, float64 [corners, 2] m."""
    xy = frame.xy
    return np.concatenate([xy[0], xy[1:, -1], xy[-1, -2::-1], xy[-2:0:-1, 0]])
