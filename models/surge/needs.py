"""What a shock day makes people need: roots by grid, and what each leads to if it is not met in time.

Everything that may arise is drawn before any policy acts, with what it would lead to, when, and whether it would.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.calendar import DAY, HOUR, MINUTE
from models.demand import occurrences
from models.world import World
from sim.city.model import Buildings
from sim.text import Text

if TYPE_CHECKING:
    from models.lines.surge import Surge

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
OWNERS = ("fire", "ems", "gas", "water", "power", "urban", "neighbours", "alliance")
FIRE, EMS, GAS, WATER, ELECTRIC, URBAN, NEIGHBOURS, ALLIANCE = range(len(OWNERS))


class Kind(NamedTuple):
    """A kind of need: whose it is, the median of the work, and the time within which help must be there."""

    title: Text
    owner: int
    work_min: float
    limit_min: float


#: Work and limits are assumptions but for the statutory half hour of a lift; a welfare round looks after a grid's elders.
KINDS = (
    Kind(Text("Pumping", "排涝"), WATER, 90, 120),
    Kind(Text("Power restored", "恢复供电"), ELECTRIC, 60, 180),
    Kind(Text("Gas check", "燃气排查"), GAS, 40, 60),
    Kind(Text("Lift entrapment", "电梯困人"), FIRE, 15, 30),
    Kind(Text("Care at home", "居家医疗救助"), EMS, 40, 60),
    Kind(Text("Crash", "交通事故"), EMS, 45, 20),
    Kind(Text("Traffic post", "交通疏导"), URBAN, 90, 60),
    Kind(Text("Road clearing", "道路清障"), URBAN, 60, 240),
    Kind(Text("Welfare round", "入户排查"), NEIGHBOURS, 90, 180),
    Kind(Text("Help to a shelter", "转移安置"), NEIGHBOURS, 60, 120),
    Kind(Text("Core duty", "主责任务"), -1, 40, 30),
)
PUMPING, POWER, GAS_CHECK, LIFT, CARE, CRASH, TRAFFIC, ROAD, WELFARE, SHELTER, CORE = range(len(KINDS))
HORIZON_H = 24.0  #: after the shock, over which the service level is followed
HIGH = 7  #: storeys from which a building has lifts
#: Roots a grid at 100 mm of rain, and how many places of a grid each may strike (assumption).
ROOTS = ((PUMPING, 0.2, 1), (ROAD, 0.15, 1), (SHELTER, 0.05, 1), (WELFARE, 0.15, 3))


class Link(NamedTuple):
    """One step of the cascade: what leads to what, how likely, and after how long (median); all assumptions."""

    parent: int
    child: int
    chance: float  #: of LIFT: of each high building
    delay_min: float


LINKS = (
    Link(PUMPING, POWER, 0.35, 60), Link(PUMPING, SHELTER, 0.5, 45), Link(PUMPING, GAS_CHECK, 0.15, 90),
    Link(POWER, LIFT, 0.15, 10), Link(POWER, TRAFFIC, 0.6, 15), Link(POWER, CARE, 0.25, 90),
    Link(POWER, WELFARE, 0.5, 60), Link(TRAFFIC, CRASH, 0.2, 60),
)  # fmt: skip


@dataclass(frozen=True)
class Needs:
    """All that may arise, in order: parents before children; arrays [needs]."""

    entity: Longs  #: of its luck
    kind: Longs  #: index into KINDS
    owner: Longs  #: index into OWNERS: whose work it is
    parent: Longs  #: need that leads to it, -1 for roots and core duties
    depth: Longs  #: steps from its root
    grid: Longs  #: area
    x: Floats
    y: Floats
    happens: NDArray[np.bool_]  #: whether it does, if its parent did and was not met
    after: Floats  #: s: after its parent, or since midnight where it has none
    expected: Floats  #: s: median of `after`
    work: Floats  #: s at full efficiency
    limit: Floats  #: s

    def __len__(self) -> int:
        return len(self.kind)


class _Places:
    """The buildings of each grid, from which luck takes one."""

    def __init__(self, buildings: Buildings) -> None:
        self.buildings = buildings
        self.grids = np.unique(buildings.grid).astype(np.int64)
        self._all = self._sorted(np.arange(len(buildings)))
        high = np.flatnonzero(buildings.levels >= HIGH)
        self._high = self._sorted(high)
        self.high = np.bincount(buildings.grid[high], minlength=int(self.grids.max()) + 1)

    def _sorted(self, chosen: Longs) -> tuple[Longs, Longs]:
        order = chosen[np.argsort(self.buildings.grid[chosen], kind="stable")]
        return order, self.buildings.grid[order].astype(np.int64)

    def pick(self, grid: Longs, luck: Floats, *, high: bool) -> Longs:
        """Return a building of each grid, a high one where it is asked for and there is one."""
        order, of = self._high if high else self._all
        low, top = np.searchsorted(of, grid, "left"), np.searchsorted(of, grid, "right")
        index = np.minimum(low + np.floor(luck * (top - low)).astype(np.int64), max(len(order) - 1, 0))
        chosen = order[index] if len(order) else np.zeros(len(grid), dtype=np.int64)
        return chosen if not high else np.where(top > low, chosen, self.pick(grid, luck, high=False))


def start_of(line: Surge, world: World) -> float:
    """Return when the rain begins: the first time in the window that the clock says so."""
    start = line.hour * HOUR
    return start + DAY * max(0.0, np.ceil((world.window[0] - start) / DAY))


def draw_needs(line: Surge, world: World, units: Longs) -> Needs:
    """Return all that may arise: the shock's roots with their trees, and the core duties of `units` (their numbers)."""
    places = _Places(world.city.buildings)
    parts = [*_trees(line, world, places), _core(line, world, units)]
    names = ("entity", "kind", "owner", "parent", "depth", "grid", "happens", "after", "expected", "building")
    columns = {name: np.concatenate([part[name] for part in parts]) for name in names}
    building = columns.pop("building")
    stream, entity = world.rules.stream, columns["entity"]
    median = np.array([kind.work_min for kind in KINDS])[columns["kind"]] * MINUTE
    limit = np.array([kind.limit_min for kind in KINDS])[columns["kind"]] * MINUTE
    buildings = world.city.buildings
    return Needs(**columns, x=buildings.x[building], y=buildings.y[building], limit=limit,
                 work=median * stream.lognormals(1.0, line.work_sigma, "surge.work", entity))  # fmt: skip


def _trees(line: Surge, world: World, places: _Places) -> list[dict[str, Any]]:
    """Return the roots that strike, then what they lead to, generation by generation."""
    stream, start = world.rules.stream, start_of(line, world)
    rain = line.rain_mm / 100.0
    struck = [(kind, float(-np.expm1(-rate * rain))) for kind, rate, slots in ROOTS for _ in range(slots)]
    struck.append((POWER, line.blackout))
    parts = []
    for number, (kind, chance) in enumerate(struck):
        entity = places.grids * 256 + number
        at = start + stream.uniforms("surge.delay", entity) * line.lasts_h * HOUR
        here = stream.uniforms("surge.happens", entity) < chance
        parts.append(_part(stream, places, kind, places.grids[here], entity[here], after=at[here]))
    dark = parts[-1]["grid"]
    found, generation, first = list(parts), parts, 0
    while generation:
        generation, first = _children(line, world, places, generation, first, dark)
        found += generation
    return found


def _children(
    line: Surge, world: World, places: _Places, parents: list[dict[str, Any]], first: int, dark: Longs
) -> tuple[list[dict[str, Any]], int]:
    """Return what `parents` may lead to and the number of the first need after them; `first` is that of the first parent."""
    stream, found = world.rules.stream, []
    for part in parents:
        kind = int(part["kind"][0]) if len(part["kind"]) else -1
        for number, link in enumerate(LINKS):
            if link.parent != kind:
                continue
            entity = part["entity"] * 16 + number + (1 << 40)
            chance = np.full(len(entity), min(link.chance * line.links, 1.0))
            if link.child == LIFT:
                chance = 1.0 - (1.0 - chance) ** places.high[part["grid"]]
            if link.child == POWER:
                chance = np.where(np.isin(part["grid"], dark), 0.0, chance)  # it is out already
            after = stream.lognormals(link.delay_min * MINUTE, 0.5, "surge.delay", entity)
            child = _part(stream, places, link.child, part["grid"], entity, after=after)
            child["parent"] = first + np.arange(len(entity))
            child["depth"] = part["depth"] + 1
            child["happens"] = stream.uniforms("surge.happens", entity) < chance
            child["expected"] = np.full(len(entity), link.delay_min * MINUTE)
            found.append(child)
        first += len(part["kind"])
    return found, first


def _part(stream: Any, places: _Places, kind: int, grid: Longs, entity: Longs, after: Floats) -> dict[str, Any]:
    """Return needs of one kind as columns, as if they were roots."""
    n = len(grid)
    return {
        "entity": entity, "kind": np.full(n, kind), "owner": np.full(n, KINDS[kind].owner), "parent": np.full(n, -1),
        "depth": np.zeros(n, dtype=np.int64), "grid": grid, "happens": np.ones(n, dtype=np.bool_), "after": after,
        "expected": after,
        "building": places.pick(grid, stream.uniforms("surge.place", entity), high=kind == LIFT),
    }  # fmt: skip


def _core(line: Surge, world: World, units: Longs) -> dict[str, Any]:
    """Return the calls of a plain day, which only units of their own owner answer; `units` are owner · 10,000 + number.

    They come until the horizon of the shock ends, whether the window does before or not.
    """
    stream, span = world.rules.stream, (world.window[0], start_of(line, world) + HORIZON_H * HOUR)
    per_day = np.full(len(units), line.core_load * 24.0 * 60.0 / KINDS[CORE].work_min)
    index, entity, onset = occurrences(stream, "surge", units.astype(np.uint64), per_day, (1,) * 24, span)
    n, buildings = len(index), world.city.buildings
    building = (stream.uniforms("surge.place", entity) * len(buildings)).astype(np.int64)
    every = partial(np.full, n)
    return {"entity": entity, "kind": every(CORE), "owner": units[index] // 10_000, "parent": every(-1),
            "depth": every(0), "grid": buildings.grid[building].astype(np.int64), "happens": every(True),
            "after": onset, "expected": onset, "building": building}  # fmt: skip
