"""The course of a power failure in a run: relays that trip, an operator who sheds, crews that mend, what stops and starts."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.calendar import DAY, HOUR, MINUTE
from models.hazards.base import Course
from models.networks.blackout import planned_grid
from models.networks.damage import cooling_load
from models.networks.generators import Hospitals
from models.networks.lifts import RIDERS, lifts_in, stuck
from models.networks.passports import ANGLE_RANGE, TEMPERATURE_RANGE
from models.networks.signals import dark_streets, signals
from models.networks.street_power import FEEDER, LINE, TRANSFORMER, street_grid
from models.orders import ARRIVE, CONTROL, ONSET
from models.world import World
from sim.fields import FieldKind, Points, Raster
from sim.text import Text

if TYPE_CHECKING:
    from models.hazards.power_failure import PowerFailure

OUT = FieldKind("power.out", Text("Without power", "停电"), "building", "ratio", (0.5,), 1.0,
                (Text("without power", "停电"),))  # fmt: skip
LOADING = FieldKind(
    "power.loading", Text("Load of substations, of what they may carry now", "变电站负载率"), "point", "ratio",
    (0.5, 0.8, 1.0, 1.3, 1.6), 0.05,
)  # fmt: skip
FLOOD_DEPTH = "flood.depth"  #: of the water on cells, written by a flood
FAULT, LIFT = "power_fault", "lift_stopped"
_ANEW = 300.0  #: s after which flows are found anew where nothing has opened or closed
_ROTATES = 2 * HOUR  #: after which other streets are shed (assumption)


class PowerCourse(Course):
    """One power failure; the state of a run."""

    lasts_s = 3 * DAY

    def __init__(self, kind: PowerFailure, world: World) -> None:
        self._kind, self._world, city = kind, world, world.city
        self._plan = street_grid(city)
        self._feeder = self._plan.feeder[city.buildings.drive_node]
        shares = {LINE: kind.line_share, TRANSFORMER: kind.transformer_share, FEEDER: kind.feeder_share}
        self._grid = planned_grid(self._plan, self._feeder, shares, kind.dial)
        nodes = self._plan.station_node
        self._out = world.fields.add(OUT)
        self._loading = world.fields.add(LOADING, Points(city.drive.x[nodes], city.drive.y[nodes]))
        self._residents = np.bincount(world.population.home, minlength=len(city.buildings))
        self._lifts = lifts_in(city.buildings.levels, city.buildings.floor_area)
        self._hospitals = Hospitals(world, kind.generator_h, kind.generator_starts)
        self._under = np.zeros(len(nodes), dtype=np.bool_)  #: substations in water
        self._signals, self._said = signals(city.drive), np.ones(city.drive.edges)
        count = len(city.buildings)
        self.resident_h, self.energy, self.trapped = np.zeros(count), np.zeros(count), np.zeros(count)
        self._faults: dict[int, int] = {}  #: branch by order
        self._stopped: dict[int, tuple[int, int]] = {}  #: building and riders by order of a lift
        self._failed: set[int] = set()  #: branches that are broken, not only tripped
        self._event, self._lost = -1, np.full(count, -1, dtype=np.int64)  #: with which each building lost its power
        # How long something was overloaded, and since when streets are dead.
        self._over_s, self._dead_since = 0.0, float("inf")
        self._sheds = self._changed = False
        self._stepped = -1.0
        world.engine.at(world.moment(kind.hour), self._fails)
        world.within("power_failure", TEMPERATURE_RANGE, (kind.coolest_c, kind.hottest_c))
        world.warn("power_failure", Text("The power grid of this city is synthetic.", "本城市电网为合成数据。"))

    def _weather(self, now: float) -> None:
        celsius = self._kind.celsius(now)
        load = self._plan.load(self._feeder, self._world.hour(now), float(cooling_load(celsius)))
        self._grid.weather(load, celsius)

    def _fails(self) -> None:
        """Let transformers of the substation nearest to the place fail."""
        world, city, plan = self._world, self._world.city, self._plan
        building = self._kind.where.building(city, world.rules.stream, "power.place")
        nodes = plan.station_node
        away = np.hypot(
            city.drive.x[nodes] - city.buildings.x[building], city.drive.y[nodes] - city.buildings.y[building]
        )
        here = np.flatnonzero((plan.kind == TRANSFORMER) & (plan.station == int(np.argmin(away))))
        for branch in here[: self._kind.transformers].tolist():
            self._failed.add(branch)
            self._opens(branch, "power_fails", -1)

    def _opens(self, branch: int, name: str, cause: int) -> None:
        world = self._world
        self._grid.open(branch)
        self._changed = True
        node = int(self._plan.station_node[self._plan.station[branch]])
        self._event = world.recorder.event(world.engine.now, name, node=node, cause=cause)
        key = int(world.city.drive.osm_id[node]) * 10_000 + branch  # a branch is named by its place in the plan
        order = world.open_order(
            FAULT, key=key * 10_000 + int(world.engine.now // MINUTE), node=node, cause=self._event
        )
        self._faults[order] = branch

    def step(self, now: float, beat: float) -> None:
        """Let relays run, operators act and people lose their power, or have it back."""
        self._stepped = now
        self._count(now, beat)
        self._drown()
        for branch in self._grid.trips(beat).tolist():
            self._opens(branch, "power_trips", self._event)  # what opened before is why it was overloaded
        self._over_s += beat * float((self._grid.loading > 1.0).any())
        if not (self._changed or now % _ANEW == 0.0):
            return
        self._weather(now)
        self._move(now)
        self._grid.flow(sheds=self._sheds)
        self._world.within("power_failure", ANGLE_RANGE, self._grid.widest())
        self._operate(now)
        self._tell(now)
        self._changed = False

    def _drown(self) -> None:
        """Let transformers fail that stand in water: nobody closes them before it has gone down and they were mended."""
        fields, nodes, drive = self._world.fields, self._plan.station_node, self._world.city.drive
        if FLOOD_DEPTH not in fields:
            return
        raster = fields.geometry(FLOOD_DEPTH)
        assert isinstance(raster, Raster)  # noqa: S101 — for the type checker: it is told by cells
        cell = raster.cell_of(drive.x[nodes], drive.y[nodes])
        self._under = (cell >= 0) & (fields[FLOOD_DEPTH][cell] >= self._kind.drowns_m)
        wet = (self._plan.kind == TRANSFORMER) & self._grid.closed & self._under[self._plan.station]
        for branch in np.flatnonzero(wet).tolist():
            self._failed.add(branch)
            self._opens(branch, "power_drowned", fields.cause(FLOOD_DEPTH))

    def _operate(self, now: float) -> None:
        """Shed load once an overload has lasted long enough, for as long as there is a need."""
        grid, world = self._grid, self._world
        if self._sheds:
            needed = bool((grid.state.served < grid.load - 1e-6)[np.flatnonzero(grid.alive)].any())
            if not needed:
                self._sheds = False
                world.recorder.event(now, "power_shed_ends", cause=self._event)
            return
        over = bool((grid.loading > 1.0).any())
        if over and self._over_s >= self._kind.operator_min * MINUTE:
            self._sheds = True
            self._event = world.recorder.event(now, "power_shed", cause=self._event)
            grid.flow(sheds=True)

    def _move(self, now: float) -> None:
        """Tie dead feeders over once somebody has had the time."""
        dead = ~self._grid.alive[self._plan.first_feeder :]
        self._dead_since = min(self._dead_since, now) if dead.any() else float("inf")
        self._grid.bring_back()
        if now - self._dead_since >= self._kind.moving_min * MINUTE and len(self._grid.move()):
            self._event = self._world.recorder.event(now, "power_moved", cause=self._event)

    def _tell(self, now: float) -> None:
        """Write the fields; lifts stop, signals go dark, and all come back with the power."""
        world, places = self._world, self._world.city.buildings
        served, turn = self._grid.served(), int(now // _ROTATES)
        out = (world.rules.stream.uniforms("power.rotate", places.osm_id, turn) >= served[self._feeder]).astype(
            np.float64
        )
        lost, back = np.flatnonzero((out > 0) & (self._out == 0)), np.flatnonzero((out == 0) & (self._out > 0))
        self._out[:] = out
        self._loading[:] = self._grid.loading_of_stations()
        if len(lost):
            self._lost[lost] = event = self._tell_streets(now, "power_lost", lost, self._event)
            world.fields.because(OUT.name, event)
        self._hospitals.step(now, out > 0, world.fields.cause(OUT.name))
        self._stop_lifts(np.setdiff1d(lost, self._hospitals.on_generators))
        if len(back):
            event = self._tell_streets(now, "power_back", back, self._event)
            self._free_lifts(event)
            if not len(lost):
                world.fields.because(OUT.name, event)
        if len(lost) or len(back):
            self._darken(now, served, turn)

    def _tell_streets(self, now: float, name: str, which: NDArray[np.int64], cause: int) -> int:
        node = int(self._world.city.buildings.drive_node[which[0]])
        return self._world.recorder.event(now, name, node=node, cause=cause)

    def _darken(self, now: float, served: NDArray[np.float64], turn: int) -> None:
        """Slow the streets towards signals without power; a signal is dark as a house at its place would be."""
        world, streets = self._world, self._world.city.drive
        luck = world.rules.stream.uniforms("power.rotate", streets.osm_id, turn)
        dark = self._signals & (luck >= served[self._plan.feeder])
        factors = dark_streets(streets, dark, self._kind.dark_speed)
        if not np.array_equal(factors, self._said):
            self._said = factors
            event = world.recorder.event(now, "signals_dark", cause=self._event)
            world.roads.set("power_failure", factors, event)

    def _stop_lifts(self, lost: NDArray[np.int64]) -> None:
        world, places = self._world, self._world.city.buildings
        now = world.engine.now
        luck = world.rules.stream.uniforms("power.lift", places.osm_id[lost], int(now // MINUTE))
        number = stuck(self._lifts[lost], world.hour(now), luck)
        for building, lifts in zip(lost[number > 0].tolist(), number[number > 0].tolist(), strict=True):
            riders = max(1, round(lifts * RIDERS))
            self.trapped[building] += riders
            key = int(places.osm_id[building]) * 100_000 + int(now // MINUTE)
            order = world.open_order(LIFT, key=key, building=building, cause=int(self._lost[building]))
            self._stopped[order] = building, riders

    def _free_lifts(self, event: int) -> None:
        """Let lifts in which nobody has come to open, where the power is back."""
        world = self._world
        for order, (building, _) in self._stopped.items():
            stamps = world.orders.stamps[order]
            if self._out[building] == 0 and isnan(stamps[CONTROL]) and isnan(stamps[ARRIVE]):
                world.reach(order, CONTROL, "lift_moves", cause=event)

    def _count(self, now: float, beat: float) -> None:
        """Add up what was not delivered since the last beat."""
        out = self._out > 0
        if not out.any():
            return
        self.resident_h[out] += self._residents[out] * beat / HOUR
        per_feeder = self._grid.load[self._plan.first_feeder :]
        whole = np.bincount(self._feeder, weights=self._plan.peak, minlength=len(per_feeder))
        share = np.divide(per_feeder, whole, out=np.zeros(len(whole)), where=whole > 0)
        self.energy[out] += (self._plan.peak * share[self._feeder])[out] * beat / HOUR

    def arrival(self, order: int, present: int, expected: int) -> bool:
        """Open a lift at once; a fault needs its time."""
        if order in self._stopped:
            return True
        world, branch = self._world, self._faults[order]
        if present == 1:
            median = self._kind.mend_min if branch in self._failed else self._kind.look_min
            takes = world.rules.stream.lognormal(median * MINUTE, 0.4, "power.mending", world.incident(order))
            world.engine.at(world.engine.now + takes, lambda: self._mended(order))
        return not isnan(world.orders.stamps[order, CONTROL])

    def _mended(self, order: int) -> None:
        branch, now = self._faults[order], self._world.engine.now
        if self._under[self._plan.station[branch]] and now <= self._stepped + max(
            _ANEW, self._world.engine.beat
        ):  # later no beat moves water
            self._world.engine.at(now + _ANEW, lambda: self._mended(order))
            return
        self._failed.discard(branch)
        self._grid.mend(branch)
        self._changed = True
        self._event = self._world.reach(order, CONTROL, "power_mended", cause=self._event)

    def ended(self, order: int) -> None:
        """Write how long it lasted, in hours, as the outcome."""
        stamps = self._world.orders.stamps[order]
        end = stamps[CONTROL] if not isnan(stamps[CONTROL]) else self._world.engine.now
        self._world.orders.outcome[order] = (end - stamps[ONSET]) / HOUR

    def rows(self) -> Mapping[str, NDArray[Any]]:
        """Return one row for every building that was without power."""
        hit = np.flatnonzero((self.energy > 0) | (self.resident_h > 0) | (self.trapped > 0))
        return {
            "building": hit, "area": self._world.city.buildings.grid[hit], "resident_h": self.resident_h[hit],
            "energy": self.energy[hit], "trapped": self.trapped[hit],
        }  # fmt: skip
