"""A fair in one run: its visitors, what danger they are in, what is done about it, and the streets that they fill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.calendar import HOUR, MINUTE
from models.cordon import WAY_IN, lanes
from models.crowd import harm
from models.crowd.crowd import Crowd
from models.crowd.fair import Coming, Fair, Site, along, set_up, visitors
from models.crowd.passport import DENSITY_RANGE, PIECE_RANGE
from models.crowd.streets import HALL
from models.hazards.base import Course
from models.orders import CONTROL
from models.world import World
from sim.fields import Points
from sim.text import Text

if TYPE_CHECKING:
    from models.hazards.crowd import Crowd as Kind

Floats = NDArray[np.float64]

PRESSURE, CASUALTY = "crowd_pressure", "crowd_casualty"
_STEP = 1.0  #: s
_LOOKS = 2 * MINUTE  #: between two looks of people at the ways to their goals (assumption)
_HARM_EACH = 10.0  #: s
_BLOCKED, _SLOW = 1.0, 0.3  #: persons a m² among whom no vehicle gets through, or one at a walk (assumption)
_SPILL = 3.0  #: persons a m² on pavements from which on people walk on the carriageway (assumption)
_THROUGH, _DETOUR = 0.7, 1.3  #: m/s of crews on foot through people, and their way over the straight line (assumption)
_CRAWL = 0.1  #: of the speed of a vehicle among people
_HELD = 0.2  #: persons a second and metre that police let into the fair while a street is too dense (assumption)
_MOST_CALLS = 40  #: casualties of one street that are called in one by one


@dataclass
class _Street:
    """What is true of a street of the fair, or of the hall of an entrance to it, which police cannot hold."""

    pieces: NDArray[np.int64]
    key: int  #: of its draws
    hall: bool = False
    order: int = -1  #: that is open
    orders: int = 0
    walked_to: bool = False  #: whether a crew is on its way on foot, or there
    held: bool = False
    peak: float = 0.0
    dense_min: float = 0.0  #: minutes above 4 persons a m²
    risk: float = 0.0  #: person-minutes above 5 persons a m²
    hurt: float = 0.0  #: expected
    dead: float = 0.0  #: expected
    told_dead: float = 0.0  #: of these, those that an order tells of
    next_call: float = 0.0  #: expected hurt at which the next one is called in
    calls: int = 0
    cleared: float = field(default=float("nan"))  #: s, when it was last above .5 persons a m²


class FairCourse(Course):
    """The course of a fair; crews of police hold the inflow of streets that are too dense."""

    lasts_s = 3 * HOUR  # after that, whoever holds a street gives up (assumption)

    def __init__(self, kind: Kind, world: World) -> None:
        self._kind, self._world, city = kind, world, world.city
        building = kind.where.building(city, world.rules.stream, "crowd.place")
        node = int(city.buildings.walk_node[building])
        site = Site(
            float(city.walk.x[node]), float(city.walk.y[node]), kind.reach_m,
            gate=kind.gate_per_m_s if kind.gates else float("inf"), lane=kind.lane_m, one_way=kind.one_way,
            metro=not kind.metro_closed, metro_rate=kind.metro_per_s, packed=kind.packed_m2,
        )  # fmt: skip
        first = world.moment(kind.opens_h) - kind.opens_h * HOUR
        self._opens, self._closes = first + kind.opens_h * HOUR, first + kind.closes_h * HOUR
        self._fair = set_up(city, site)
        coming = Coming(
            kind.visitors, self._opens / HOUR, (first + kind.peak_h * HOUR) / HOUR, kind.spread_h, self._closes / HOUR,
            kind.look_min * MINUTE, kind.metro_share,
        )  # fmt: skip
        walkers = visitors(city, world.population, self._fair, coming, world.rules.stream)
        self.crowd = Crowd(self._fair.paths.ground, walkers, self._fair.goals, now=self._opens)
        self._base = self._fair.paths.ground.passages.capacity.copy()
        self._streets = _streets(self._fair, world)
        self._shut, self._begun, self._over, self._looked = False, -1, False, self._opens
        self._by_order: dict[int, _Street] = {}
        self._lay_fields()
        world.engine.at(self._opens, self._open)
        world.within("crowd", PIECE_RANGE, self._fair.paths.ground.cells.length)
        world.warn(
            "crowd",
            Text("Widths of streets and numbers of visitors are assumptions.", "街道可用宽度与游客数量为假设。"),
        )

    def _lay_fields(self) -> None:
        fair, world, city = self._fair, self._world, self._world.city
        paths, twin = fair.paths, fair.paths.ground.cells.twin
        street = np.flatnonzero(paths.link >= 0)
        self._edges, at = along(city.drive, paths.x[street], paths.y[street])
        self._along = street[at]
        self._points = street[(twin[street] < 0) | (twin[street] > street)]
        self._density = world.fields.add(self._kind.writes[0])
        self._places = world.fields.add(self._kind.writes[1], Points(paths.x[self._points], paths.y[self._points]))
        self._inner_edge = np.zeros(city.drive.edges, dtype=np.bool_)
        inner = fair.inner_pieces()
        self._inner_edge[self._edges[inner[self._along]]] = True
        self._kept: Floats = np.ones(city.drive.edges)
        self._said: Floats = self._kept
        self._inner = inner & (paths.link >= 0)
        cells = paths.ground.cells
        self._inner_area = float((cells.area / np.where(twin >= 0, 2.0, 1.0))[self._inner].sum())

    def _open(self) -> None:
        """Close the streets of the fair to vehicles, but for a lane to every corner that is kept for rescue."""
        world, drive = self._world, self._world.city.drive
        self._begun = world.recorder.event(world.engine.now, "fair_opens", node=self._node(self._fair.x, self._fair.y))
        self._kept = lanes(drive, self._inner_edge)
        self._said = self._kept
        world.roads.set("crowd", self._kept, self._begun)

    def _node(self, x: float, y: float) -> int:
        """Return the nearest drive node beside the fair, to which vehicles come; from there crews walk."""
        drive = self._world.city.drive
        fair = np.zeros(drive.nodes, dtype=np.bool_)
        fair[drive.head[self._inner_edge]] = fair[drive.tails()[self._inner_edge]] = True
        away = np.hypot(drive.x - x, drive.y - y)
        return int(np.argmin(np.where(fair, np.inf, away) if not fair.all() else away))

    def step(self, now: float, beat: float) -> None:
        """Let people walk; look how dense it is; let gates, police and streets follow."""
        until = now + beat
        if until <= self._opens or self._over:
            return
        crowd = self.crowd
        if crowd.now < self._closes <= until:
            self._close()
        while crowd.now < until - 1e-9:
            span = min(_HARM_EACH, until - crowd.now)
            ends = crowd.now + span
            while crowd.now < ends - 1e-9:
                crowd.step(min(_STEP, ends - crowd.now))
            self._suffer(span)
        crowd.check()
        held = [street.pieces for street in self._streets.values() if street.held]
        if held:
            crowd.move_on(np.concatenate(held))
            crowd.find_ways()
        if crowd.now - self._looked >= _LOOKS:
            self._looked = crowd.now
            crowd.give_up(self._kind.patience_min * MINUTE)
            crowd.find_ways()
        self._tell_fields()
        self._watch(now)
        self._meter(now)
        self._drive(now)

    def _close(self) -> None:
        self._world.recorder.event(self._closes, "fair_closes", cause=self._begun)
        self._set_gates()
        self.crowd.go_home()

    def _suffer(self, seconds: float) -> None:
        """Add up what people suffer; who is hurt is called in, one after the other."""
        density, persons = self.crowd.density(), self.crowd.queues.inside
        minutes = seconds / MINUTE
        for street in self._streets.values():
            most = float(density[street.pieces].max())
            street.peak = max(street.peak, most)
            if most > 0.5:
                street.cleared = self.crowd.now
            if most <= 4.0:
                continue
            street.dense_min += minutes
            at, here = density[street.pieces], persons[street.pieces]
            street.risk += float(here[at > harm.RISK].sum()) * minutes
            street.hurt += float((here * harm.hurt_rate(at)).sum()) * minutes
            street.dead += float((here * harm.death_rate(at)).sum()) * minutes
            if street.hurt >= street.next_call:
                self._call_in(street)

    def _call_in(self, street: _Street) -> None:
        world = self._world
        while street.hurt >= street.next_call and street.calls < _MOST_CALLS:
            if street.calls:
                self._order(CASUALTY, street, street.calls, min(1.0, 0.4 + street.peak / 20.0))
            street.calls += 1
            street.next_call += world.rules.stream.exponential(1.0, "crowd.hurt", street.key, street.calls)

    def _order(self, kind: str, street: _Street, number: int, severity: float) -> int:
        paths = self._fair.paths
        worst = street.pieces[np.argmax(self.crowd.density()[street.pieces])]
        node = self._node(float(paths.x[worst]), float(paths.y[worst]))
        event = self._world.recorder.event(self._world.engine.now, "crowd_dense", node=node, cause=self._begun)
        return self._world.open_order(kind, key=street.key * 1000 + number, node=node, severity=severity, cause=event)

    def _tell_fields(self) -> None:
        density = self.crowd.density()
        self._density[:] = 0.0
        np.maximum.at(self._density, self._edges, density[self._along])
        self._places[:] = density[self._points]
        self._world.within("crowd", DENSITY_RANGE, density)

    def _watch(self, now: float) -> None:
        """Call police to a street that is too dense; let it go once it is no more."""
        density = self.crowd.density()
        for street in self._streets.values():
            most = float(density[street.pieces].max())
            if not street.hall and street.order < 0 and most >= self._kind.watch_m2 and now < self._closes:
                street.orders += 1
                street.order = self._order(PRESSURE, street, street.orders, min(1.0, most / 8.0))
                self._by_order[street.order] = street
            elif street.order >= 0 and street.held and most <= self._kind.release_m2:
                self._release(street)

    def _release(self, street: _Street) -> None:
        street.held = street.walked_to = False
        if isnan(self._world.orders.stamps[street.order, CONTROL]):
            self._world.reach(street.order, CONTROL, "crowd_released", cause=self._begun)
        street.order = -1
        self._set_gates()

    def arrival(self, order: int, present: int, expected: int) -> bool:
        """Let the crew walk to the street, and hold it there."""
        world, street = self._world, self._by_order[order]
        if street.order == order and not street.walked_to:
            street.walked_to = True
            paths, node = self._fair.paths, int(world.incidents.node[order])
            x, y = float(paths.x[street.pieces].mean()), float(paths.y[street.pieces].mean())
            way = float(np.hypot(world.city.drive.x[node] - x, world.city.drive.y[node] - y))
            world.engine.at(world.engine.now + _DETOUR * way / _THROUGH, lambda: self._hold(street, order))
        return not isnan(world.orders.stamps[order, CONTROL])

    def _hold(self, street: _Street, order: int) -> None:
        """Hold the street: nobody stops there, and few are let into the fair, until it is no more too dense."""
        if street.order == order and not street.held:
            street.held = True
            self._world.tell(order, "crowd_held", cause=self._begun)
            self._set_gates()

    def ended(self, order: int) -> None:
        """Write the peak of the density (persons/m²) as the outcome, and the deaths expected in the street so far."""
        street = self._by_order[order]
        self._world.orders.outcome[order] = street.peak
        self._world.orders.deaths[order] = street.dead - street.told_dead
        street.told_dead = street.dead

    def _meter(self, now: float) -> None:
        """Shut the gates of the fair while too many are inside, or a street is too dense."""
        if not self._kind.gates or now >= self._closes:
            return
        filled = float(self.crowd.queues.inside[self._inner].sum()) / self._inner_area
        worst = float(self.crowd.density()[self._inner].max())
        kind = self._kind
        full, dense = (0.9 * kind.limit_m2, kind.release_m2) if self._shut else (kind.limit_m2, kind.watch_m2)
        shut = filled > full or worst > dense
        if shut != self._shut:
            self._shut = shut
            self._world.recorder.event(now, "crowd_gates_shut" if shut else "crowd_gates_open", cause=self._begun)
            self._set_gates()

    def _set_gates(self) -> None:
        """Set what passes into the fair: nobody by gates that are shut, few while police hold one of its streets."""
        paths = self._fair.paths
        capacity = self._base.copy()
        if self._shut and self.crowd.now < self._closes:
            capacity[paths.gates] = 0.0
        elif any(street.held for street in self._streets.values()):
            few = _HELD * paths.ground.cells.width[paths.ground.passages.head[paths.gates]]
            capacity[paths.gates] = np.minimum(capacity[paths.gates], few)
        self.crowd.set_capacity(np.arange(len(capacity)), capacity)
        self.crowd.find_ways()

    def _drive(self, now: float) -> None:
        """Close streets among whose people no vehicle gets through, and slow those where it goes at a walk."""
        world = self._world
        dense = self._density
        factor = self._kept.copy()
        factor[self._inner_edge & (dense >= _SLOW)] = np.minimum(factor, _CRAWL)[self._inner_edge & (dense >= _SLOW)]
        factor[self._inner_edge & (dense >= _BLOCKED)] = 0.0
        factor[~self._inner_edge & (dense >= _SPILL)] = WAY_IN
        if now >= self._closes and self.crowd.under_way == 0:
            self._over = True
            factor[:] = 1.0
        if (factor != self._said).any():
            name = "fair_over" if self._over else "crowd_streets"
            world.roads.set("crowd", factor, world.recorder.event(now, name, cause=self._begun))
            self._said = factor

    def rows(self) -> Mapping[str, NDArray[Any]]:
        """Return one row for every street of the fair."""
        city, paths = self._world.city, self._fair.paths
        streets = list(self._streets.values())
        first = [int(street.pieces[0]) for street in streets]
        nodes = [int(np.argmin(np.hypot(city.walk.x - paths.x[p], city.walk.y - paths.y[p]))) for p in first]
        return {
            "area": city.areas.grid_of_walk_node[nodes] if nodes else np.empty(0, dtype=np.int32),
            "x": paths.x[first], "y": paths.y[first],
            **{name: np.array([getattr(street, name) for street in streets], dtype=np.float64)
               for name in ("peak", "dense_min", "risk", "hurt", "dead")},
            "cleared": np.array([max(0.0, street.cleared - self._closes) for street in streets], dtype=np.float64) / MINUTE,
        }  # fmt: skip


def _streets(fair: Fair, world: World) -> dict[int, _Street]:
    """Return the streets on which people walk by their links, and the halls at entrances by −1 less their piece.

    The ids of a street's corners, or of a hall's, are those of its luck.
    """
    walk = world.city.walk
    tails = walk.tails()
    ends: dict[int, tuple[int, int]] = {}
    for edge in np.flatnonzero(walk.forward).tolist():
        ends[int(walk.link[edge])] = int(walk.osm_id[tails[edge]]), int(walk.osm_id[walk.head[edge]])
    found = {}
    for link in np.unique(fair.paths.link[fair.paths.link >= 0]).tolist():
        a, b = ends.get(link, (link, link))
        found[link] = _Street(fair.paths.pieces(link), (abs(a) << 40) ^ abs(b))
    paths = fair.paths
    for piece in np.flatnonzero((paths.link < 0) & (paths.ground.cells.length == HALL[0])).tolist():
        corner = int(np.argmin(np.hypot(walk.x - paths.x[piece], walk.y - paths.y[piece])))
        found[-1 - piece] = _Street(np.array([piece]), abs(int(walk.osm_id[corner])), hall=True)
    return found
