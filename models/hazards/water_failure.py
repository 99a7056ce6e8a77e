"""Water that fails: a main breaks, or pumps stop without power; taps run dry, and so do hydrants.

The physics stands in `models/networks/`: flows under pressure by the global gradient method, holes, pumps, hydrants.
It reads where there is no power and what fire engines draw; fires read what hydrants can give.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from math import isnan
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from models.calendar import DAY, HOUR, MINUTE
from models.catalogue import Duration, IncidentKind
from models.crews import CrewKind
from models.gas.isolation import Isolation, Pipes
from models.hazards.base import Course, Hazard
from models.indicator import Columns, IndicatorKind
from models.networks.generators import STARTS, WORKS_H, Generators
from models.networks.passports import HEAD_RANGE, SPEED_RANGE, WATER
from models.networks.street_water import BY_HOUR, fire_flow, storeys_with_water, street_water
from models.networks.topology import summed
from models.networks.water import WaterState, usual
from models.networks.water_flow import flow_water
from models.orders import CONTROL
from models.passport import Passport
from models.where import Where
from models.world import World
from sim.fields import FieldKind, Points
from sim.kinds import Unit
from sim.text import Text

PRESSURE = FieldKind(
    "water.pressure", Text("Water pressure lost in the mains", "供水管网水压损失"), "point", "m",
    (2.0, 5.0, 10.0, 20.0, 35.0), 2.0,
)  # fmt: skip
DRY = FieldKind(
    "water.dry", Text("Storeys without water", "断水楼层比例"), "building", "share", (0.05, 0.25, 0.5, 0.75), 0.05
)
HYDRANT = FieldKind(
    "water.hydrant", Text("What hydrants can give", "消火栓可供流量"), "building", "l/s", (1.0, 15.0, 30.0, 45.0), 10.0
)
BREAK = "main_break"
DRAWN = "fire.drawn"  #: what engines draw, written by fires
POWER_OUT = "power.out"
_ANEW = 300.0  #: s after which flows are found anew where nothing has changed
_DISCHARGE = 0.75  #: Cd of holes (Crowl and Louvar 2011; 0.6-1.0)


def _total(name: str, title: Text, unit: Text) -> IndicatorKind:
    def total(columns: Columns) -> float:
        return float(columns[name].sum())

    return IndicatorKind(f"{name}.water", title, unit, "lower", total, table="water_failure")


class WaterFailure(Hazard):
    """A water main that breaks, and pumps that stop where the power fails."""

    title: ClassVar[Text] = Text("Water supply failure", "供水中断")
    decisions: ClassVar[tuple[str, ...]] = (
        "water.place",
        "water.valve",
        "water.shutting",
        "water.mending",
        "water.generator",
    )
    passport: ClassVar[Passport] = WATER
    reads: ClassVar[tuple[str, ...]] = (POWER_OUT, DRAWN)
    writes: ClassVar[tuple[FieldKind, ...]] = (PRESSURE, DRY, HYDRANT)
    opens: ClassVar[Mapping[str, IncidentKind]] = {
        BREAK: IncidentKind(
            title=Text("Water main broken", "供水主管爆裂"), per_100k_year=0.0, entity="street_node", hours=(1.0,) * 24,
            priority=1, line="emergency", crew="water_crew", detect=Duration(median_s=300.0),
            on_scene=Duration(median_s=1800.0), hazard="water_failure", target_s=2700.0,
        )
    }  # fmt: skip
    crews: ClassVar[Mapping[str, CrewKind]] = {
        "water_crew": CrewKind(
            title=Text("Water crew", "供水抢修组"), station="lift_depot", per_100k=0.6, at_least=2, priority=False
        )
    }
    tells: ClassVar[Mapping[str, Text]] = {
        "main_breaks": Text("a water main breaks", "供水主管爆裂"),
        "pumps_stop": Text("a water works has no power, its pumps stop", "水厂停电，水泵停运"),
        "pumps_run": Text("the pumps of a water works run again", "水厂水泵恢复运行"),
        "taps_dry": Text("taps run dry", "用户断水"),
        "taps_back": Text("taps have water again", "用户恢复供水"),
        "hydrants_dry": Text("hydrants run dry", "消火栓无水"),
        "hydrants_back": Text("hydrants give water again", "消火栓恢复供水"),
        "main_shut_off": Text("the valves around the break are shut", "爆管周边阀门关闭"),
        "main_mended": Text("the main is mended, the street opens", "管道修复，道路恢复"),
    }
    table: ClassVar[pa.Schema] = pa.schema(
        [("building", pa.int32()), ("area", pa.int32()), ("resident_h", pa.float64()), ("taps_h", pa.float64())]
    )
    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        _total("resident_h", Text("Resident hours without water", "居民断水时长"), Text("resident hours", "人·小时")),
        _total("taps_h", Text("Building hours with dry storeys", "断水楼层时长"), Text("building hours", "栋·小时")),
    )

    kind: Literal["water_failure"] = "water_failure"
    main: Annotated[Where | None, Unit("place")] = None  #: beside which the largest main breaks; None for no break
    hour: Annotated[float, Field(ge=0, lt=24), Unit("h")] = 9.0  #: of the break, on the first day it is still to come
    reach_m: Annotated[float, Field(gt=0, le=5000), Unit("m")] = 300.0  #: to which the largest main is looked for
    hole_share: Annotated[float, Field(gt=0, le=2), Unit("ratio")] = 0.5  #: of the pipe's cross-section (assumption)
    valves: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.5  #: of mains with a valve (assumption)
    valve_min: Annotated[float, Field(gt=0, le=600), Unit("min")] = 10.0  #: to shut each (assumption)
    mend_h: Annotated[float, Field(gt=0, le=500), Unit("h")] = 6.0  #: to mend the main (assumption)
    hydrant_l_s: Annotated[float, Field(ge=0, le=1000), Unit("l/s")] = 60.0  #: of a place, at the usual pressure
    generator_h: Annotated[float, Field(ge=0, le=1000), Unit("h")] = WORKS_H  #: of fuel at each works (assumption)
    generator_starts: Annotated[float, Field(ge=0, le=1), Unit("share")] = STARTS  #: of their generators (assumption)

    def begins(self, beside: Container[str]) -> Mapping[str, float]:
        """Return the hour at which it begins."""
        return {} if self.main is None else {"hour": self.hour}

    def start(self, world: World) -> Course:
        """Return the water of a run."""
        return _Supply(self, world)


class _Supply(Course):
    lasts_s = 3 * DAY

    def __init__(self, kind: WaterFailure, world: World) -> None:
        self._kind, self._world, city = kind, world, world.city
        self._residents = np.bincount(world.population.home, minlength=len(city.buildings)).astype(np.float64)
        self._water = street_water(city, self._residents)
        network, nodes = self._water.network, self._water.node
        self._now = usual(network)
        self._usual = flow_water(network, self._now).pressure
        self._at = self._water.of_node[city.buildings.drive_node]
        self._pressure = world.fields.add(PRESSURE, Points(city.drive.x[nodes], city.drive.y[nodes]))
        self._dry, self._hydrant = world.fields.add(DRY), world.fields.add(HYDRANT)
        self._works = self._houses(nodes[self._water.works])
        self._runs = np.ones(len(self._works), dtype=np.bool_)
        keys = city.drive.osm_id[nodes[self._water.works]]
        self._generators = Generators(
            world.rules.stream, "water.generator", keys, kind.generator_h, kind.generator_starts
        )
        self._drawn = np.zeros(network.nodes)
        self.resident_h, self.taps_h = np.zeros(len(city.buildings)), np.zeros(len(city.buildings))
        self._order, self._pipe, self._broken = -1, -1, -1
        self._leaks = self.leaked = 0.0  #: m³/s now, and m³ so far
        self._isolation: Isolation | None = None
        self._event, self._changed = -1, True
        self._told_dry = self._told_hydrants = 0
        if kind.main is not None:
            world.engine.at(world.moment(kind.hour), self._breaks)
        world.warn("water_failure", Text("The water mains of this city are synthetic.", "本城市供水管网为合成数据。"))

    def _houses(self, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the building nearest to each drive node: whose power the works share."""
        streets, places = self._world.city.drive, self._world.city.buildings
        away = (np.hypot(places.x - streets.x[node], places.y - streets.y[node]) for node in nodes)
        return np.array([int(np.argmin(one)) for one in away], dtype=np.int64)

    def _breaks(self) -> None:
        """Break the largest main near the place; the street above it is under water."""
        world, city, kind = self._world, self._world.city, self._kind
        assert kind.main is not None  # noqa: S101 — for the type checker: only then is this called
        building = kind.main.building(city, world.rules.stream, "water.place")
        network, nodes = self._water.network, self._water.node
        away = np.hypot(
            city.drive.x[nodes] - city.buildings.x[building], city.drive.y[nodes] - city.buildings.y[building]
        )
        near = np.minimum(away[network.pipes.tail], away[network.pipes.head])
        size = np.where(near <= max(kind.reach_m, float(near.min())), network.diameter, 0.0)
        self._pipe = int(np.argmax(size))
        self._broken = int(network.pipes.tail[self._pipe])
        hole = kind.hole_share * np.pi / 4.0 * float(network.diameter[self._pipe]) ** 2
        self._now.leak[self._broken] = _DISCHARGE * hole
        node = int(nodes[self._broken])
        self._event = world.recorder.event(world.engine.now, "main_breaks", node=node)
        self._order = world.open_order(BREAK, key=int(city.drive.osm_id[node]), node=node, cause=self._event)
        world.roads.set("water_failure", np.where(self._water.edges == self._pipe, 0.0, 1.0), self._event)
        self._changed = True

    def step(self, now: float, beat: float) -> None:
        """Let pumps stop and start with the power, engines draw, and find the pressures anew."""
        self._count(beat)
        self._power(now)
        self._draw()
        if not (self._changed or now % _ANEW == 0.0):
            return
        network = self._water.network
        self._now = replace(
            self._now, demand=np.full(network.nodes, BY_HOUR[self._world.hour(now)]), hydrant=self._drawn
        )
        state = flow_water(network, self._now)
        self._leaks = float(state.leaked.sum())
        self._warn(state.flow, state.pressure)
        self._write(now, state)
        self._changed = False

    def _power(self, now: float) -> None:
        """Stop the pumps of works without power whose generator has not started, or has no fuel any more."""
        fields = self._world.fields
        if POWER_OUT not in fields:
            return
        runs = self._generators.powered(now, fields[POWER_OUT][self._works] > 0)
        for works in np.flatnonzero(runs != self._runs).tolist():
            name = "pumps_run" if runs[works] else "pumps_stop"
            node = int(self._water.node[self._water.works[works]])
            self._event = self._world.recorder.event(now, name, node=node, cause=fields.cause(POWER_OUT))
            self._now.speed[self._water.pump_works == works] = float(runs[works])
            self._changed = True
        self._runs = runs

    def _draw(self) -> None:
        """Take what engines draw beside each burning building, at the main nearest to it."""
        fields = self._world.fields
        if DRAWN not in fields:
            return
        drawn = summed(self._at, fields[DRAWN] / 1000.0, len(self._drawn))
        if not np.allclose(drawn, self._drawn, atol=1e-4):
            self._drawn, self._changed = drawn, True

    def _warn(self, flow: NDArray[np.float64], pressure: NDArray[np.float64]) -> None:
        self._world.within("water_failure", SPEED_RANGE, np.abs(flow) / (np.pi / 4.0 * self._water.network.diameter**2))
        self._world.within("water_failure", HEAD_RANGE, np.maximum(pressure, 0.0))

    def _write(self, now: float, state: WaterState) -> None:
        world, places, pressure = self._world, self._world.city.buildings, state.pressure
        count = len(self._water.node)
        self._pressure[:] = np.maximum(self._usual - pressure, 0.0)[:count]
        at = np.maximum(pressure[self._at], 0.0)
        power = world.fields[POWER_OUT] == 0 if POWER_OUT in world.fields else np.ones(len(at), dtype=np.bool_)
        self._dry[:] = 1.0 - storeys_with_water(at, places.levels.astype(np.float64), power)
        self._hydrant[:] = fire_flow(at, self._usual[self._at], self._kind.hydrant_l_s)
        if DRAWN in world.fields:  # what engines have already is part of what hydrants can give
            given = np.divide(state.hydrant, self._drawn, out=np.ones(len(pressure)), where=self._drawn > 1e-6)
            self._hydrant += given[self._at] * world.fields[DRAWN]
        self._tell(now)

    def _tell(self, now: float) -> None:
        """Tell when more buildings than before are dry, or none is any more."""
        world, dry = self._world, int((self._dry > 0).sum())
        power = world.fields.cause(POWER_OUT) if POWER_OUT in world.fields else -1
        cause = max(self._event, power)  # the last of what may have led to it
        if (dry > 0) != (self._told_dry > 0) or dry > 1.2 * self._told_dry:
            which = int(np.argmax(self._dry))
            node = int(world.city.buildings.drive_node[which])
            event = world.recorder.event(now, "taps_dry" if dry else "taps_back", node=node, cause=cause)
            world.fields.because(DRY.name, event)
            self._told_dry = dry
        none = int((self._hydrant < 1.0).sum())
        if (none > 0) != (self._told_hydrants > 0) or none > 1.2 * self._told_hydrants:
            node = int(world.city.buildings.drive_node[int(np.argmin(self._hydrant))])
            event = world.recorder.event(now, "hydrants_dry" if none else "hydrants_back", node=node, cause=cause)
            world.fields.because(HYDRANT.name, event)
            self._told_hydrants = none

    def _count(self, beat: float) -> None:
        self.leaked += self._leaks * beat
        if self._told_dry:
            self.resident_h += self._residents * self._dry * beat / HOUR
            self.taps_h += self._dry * beat / HOUR

    def arrival(self, order: int, present: int, expected: int) -> bool:
        """Begin to shut the valves around the break."""
        world = self._world
        if self._isolation is None:
            network, luck = self._water.network, world.rules.stream
            tail, head = network.pipes
            node, osm_id = self._water.node, world.city.drive.osm_id
            valve = luck.uniforms("water.valve", osm_id[node[tail]] ^ (osm_id[node[head]] << 1), 0) < self._kind.valves
            pipes = Pipes(
                network.nodes, tail.astype(np.int32), head.astype(np.int32), valve, self._water.works.astype(np.int32)
            )
            self._isolation = pipes.isolate(self._pipe)
            median = self._kind.valve_min * MINUTE * max(1, len(self._isolation.valves)) / max(1, present)
            takes = luck.lognormal(median, 0.4, "water.shutting", world.incident(order))
            world.engine.at(world.engine.now + takes, self._shut_off)
        return not isnan(world.orders.stamps[order, CONTROL])

    def _shut_off(self) -> None:
        world = self._world
        assert self._isolation is not None  # noqa: S101 — for the type checker: an arrival comes before
        self._now.open[self._isolation.valves] = False
        self._now.leak[self._broken] = 0.0
        self._changed = True
        self._event = world.reach(self._order, CONTROL, "main_shut_off", cause=self._event)
        takes = world.rules.stream.lognormal(
            self._kind.mend_h * HOUR, 0.3, "water.mending", world.incident(self._order)
        )
        world.engine.at(world.engine.now + takes, self._mended)

    def _mended(self) -> None:
        world = self._world
        assert self._isolation is not None  # noqa: S101 — for the type checker: an arrival comes before
        self._now.open[self._isolation.valves] = True
        self._broken, self._changed = -1, True
        self._event = world.recorder.event(world.engine.now, "main_mended", order=self._order, cause=self._event)
        world.roads.set("water_failure", np.ones(world.city.drive.edges), self._event)

    def ended(self, order: int) -> None:
        """Write what has leaked, in m³, as the outcome."""
        self._world.orders.outcome[order] = self.leaked

    def rows(self) -> Mapping[str, NDArray[Any]]:
        """Return one row for every building with storeys that ran dry."""
        hit = np.flatnonzero(self.taps_h > 0)
        return {
            "building": hit, "area": self._world.city.buildings.grid[hit], "resident_h": self.resident_h[hit],
            "taps_h": self.taps_h[hit],
        }  # fmt: skip
