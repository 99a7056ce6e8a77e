"""Gas that grows short: a city gate fails, pressures fall with the distance from the other, and flames go out.

The physics stands in `models/networks/gas.py`: steady isothermal flow. It reads where valves have cut customers off.
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

from models.calendar import DAY, HOUR
from models.catalogue import Duration, IncidentKind
from models.constants import ATMOSPHERE
from models.crews import CrewKind
from models.hazards.base import Course, Hazard
from models.indicator import Columns, IndicatorKind
from models.networks.gas import flow_gas
from models.networks.passports import DEMAND_RANGE, GAS, GAUGE_RANGE
from models.networks.street_gas import BY_HOUR, street_gas
from models.networks.topology import summed
from models.orders import CONTROL
from models.passport import Passport
from models.world import World
from sim.fields import FieldKind, Points
from sim.kinds import Unit
from sim.text import Text

PRESSURE = FieldKind(
    "gas.lost",
    Text("Gas pressure lost in the mains", "燃气管网压力损失"),
    "point",
    "kPa",
    (20.0, 50.0, 100.0, 200.0, 300.0),
    5.0,
)
SHORT = FieldKind(
    "gas.short", Text("Gas that customers lack", "用户缺气比例"), "building", "share", (0.05, 0.25, 0.5, 0.75), 0.05
)
CUT = "gas.cut"
FAULT = "gas_gate_fault"
_ANEW = 300.0  #: s after which flows are found anew where nothing has changed


def _resident_hours(columns: Columns) -> float:
    return float(columns["resident_h"].sum())


class GasShortage(Hazard):
    """A city gate that fails, and a network that the other one cannot fill."""

    title: ClassVar[Text] = Text("Gas shortage", "燃气供应不足")
    decisions: ClassVar[tuple[str, ...]] = ("gas_gate.which", "gas_gate.mending")
    passport: ClassVar[Passport] = GAS
    reads: ClassVar[tuple[str, ...]] = (CUT,)
    writes: ClassVar[tuple[FieldKind, ...]] = (PRESSURE, SHORT)
    opens: ClassVar[Mapping[str, IncidentKind]] = {
        FAULT: IncidentKind(
            title=Text("Gas gate out of order", "燃气门站故障"), per_100k_year=0.0, entity="street_node", hours=(1.0,) * 24,
            priority=1, line="emergency", crew="gate_crew", detect=Duration(median_s=120.0),
            on_scene=Duration(median_s=900.0), hazard="gas_shortage", target_s=2700.0,
        )
    }  # fmt: skip
    crews: ClassVar[Mapping[str, CrewKind]] = {
        "gate_crew": CrewKind(
            title=Text("Gas station crew", "燃气场站抢修组"), station="lift_depot", per_100k=0.2, at_least=1
        )
    }
    tells: ClassVar[Mapping[str, Text]] = {
        "gas_gate_fails": Text("a city gate of the gas network fails", "燃气门站故障停供"),
        "gas_short": Text("customers have too little gas", "用户供气不足"),
        "gas_enough": Text("customers have gas enough again", "用户供气恢复"),
        "gas_gate_mended": Text("the gate holds its pressure again", "门站恢复稳压供气"),
    }
    table: ClassVar[pa.Schema] = pa.schema(
        [("building", pa.int32()), ("area", pa.int32()), ("resident_h", pa.float64())]
    )
    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("resident_h.gas_network", Text("Resident hours without gas", "居民停气时长"),
                      Text("resident hours", "人·小时"), "lower", _resident_hours, table="gas_shortage"),
    )  # fmt: skip

    kind: Literal["gas_shortage"] = "gas_shortage"
    gates: Annotated[int, Field(ge=0, le=2), Unit("count")] = 1  #: that fail
    hour: Annotated[float, Field(ge=0, lt=24), Unit("h")] = 17.0  #: of the first day on which it is still to come
    demand: Annotated[float, Field(ge=0, le=10), Unit("factor")] = 1.0  #: of the usual demand: a cold spell
    mend_h: Annotated[float, Field(gt=0, le=500), Unit("h")] = 3.0  #: (assumption)

    def begins(self, beside: Container[str]) -> Mapping[str, float]:
        """Return the hour at which it begins."""
        return {"hour": self.hour}

    def start(self, world: World) -> Course:
        """Return the gas of a run."""
        return _Shortage(self, world)


class _Shortage(Course):
    lasts_s = 3 * DAY

    def __init__(self, kind: GasShortage, world: World) -> None:
        self._kind, self._world, city = kind, world, world.city
        self._residents = np.bincount(world.population.home, minlength=len(city.buildings)).astype(np.float64)
        self._gas = street_gas(city, self._residents)
        node = self._gas.node
        self._lost = world.fields.add(PRESSURE, Points(city.drive.x[node], city.drive.y[node]))
        self._short = world.fields.add(SHORT)
        self._usual = flow_gas(self._gas.network).pressure
        self._works = np.ones(len(self._gas.gates), dtype=np.bool_)
        self._gate: dict[int, int] = {}  #: gate by order
        self.resident_h = np.zeros(len(city.buildings))
        self._event, self._changed, self._told = -1, True, False
        world.engine.at(world.moment(kind.hour), self._fails)
        world.within("gas_shortage", DEMAND_RANGE, kind.demand)
        world.within("gas_shortage", GAUGE_RANGE, (self._usual - ATMOSPHERE) / 1000.0)
        world.warn("gas_shortage", Text("The gas network of this city is synthetic.", "本城市燃气管网为合成数据。"))

    def _fails(self) -> None:
        """Let gates fail, by luck of their place."""
        world, drive = self._world, self._world.city.drive
        nodes = self._gas.node[self._gas.gates]
        luck = world.rules.stream.uniforms("gas_gate.which", drive.osm_id[nodes])
        for gate in np.argsort(luck)[: self._kind.gates].tolist():
            node = int(nodes[gate])
            self._works[gate], self._changed = False, True
            self._event = world.recorder.event(world.engine.now, "gas_gate_fails", node=node)
            self._gate[world.open_order(FAULT, key=int(drive.osm_id[node]), node=node, cause=self._event)] = gate

    def step(self, now: float, beat: float) -> None:
        """Find the pressures anew when a gate, a valve or the hour has changed."""
        if self._told:
            self.resident_h += self._residents * self._short * beat / HOUR
        if not (self._changed or now % _ANEW == 0.0):
            return
        self._changed = False
        gas, fields = self._gas, self._world.fields
        wanted = gas.wanted * (BY_HOUR[self._world.hour(now)] * self._kind.demand)
        if CUT in fields:
            wanted = wanted * (fields[CUT] == 0)  # behind shut valves nobody asks the mains for gas
        demand = summed(gas.of_building, wanted, gas.network.nodes)
        source = gas.network.source.copy()
        source[gas.gates[~self._works]] = np.nan
        if not np.isfinite(source).any():
            pressure, share = np.full(len(source), ATMOSPHERE), np.zeros(len(source))
        else:
            state = flow_gas(replace(gas.network, demand=demand, source=source))
            pressure = state.pressure
            share = np.divide(state.taken, demand, out=np.ones(len(demand)), where=demand > 1e-9)
            share[np.isfinite(source)] = 1.0  # whoever is at a gate has its pressure
        self._lost[:] = np.maximum(self._usual - pressure, 0.0) / 1000.0
        self._short[:] = 1.0 - np.clip(share[gas.of_building], 0.0, 1.0)
        self._tell(now)

    def _tell(self, now: float) -> None:
        short = self._short > 0.05
        if short.any() == self._told:
            return
        self._told = bool(short.any())
        node = int(self._world.city.buildings.drive_node[int(np.argmax(self._short))])
        name = "gas_short" if self._told else "gas_enough"
        fields = self._world.fields
        cause = max(self._event, fields.cause(CUT) if CUT in fields else -1)
        fields.because(SHORT.name, self._world.recorder.event(now, name, node=node, cause=cause))

    def arrival(self, order: int, present: int, expected: int) -> bool:
        """Begin to mend the gate."""
        world = self._world
        if present == 1:
            takes = world.rules.stream.lognormal(
                self._kind.mend_h * HOUR, 0.3, "gas_gate.mending", world.incident(order)
            )
            world.engine.at(world.engine.now + takes, lambda: self._mended(order))
        return not isnan(world.orders.stamps[order, CONTROL])

    def _mended(self, order: int) -> None:
        self._works[self._gate[order]], self._changed = True, True
        self._event = self._world.reach(order, CONTROL, "gas_gate_mended", cause=self._event)

    def ended(self, order: int) -> None:
        """Write nothing: a gate that fails hurts nobody by itself."""

    def rows(self) -> Mapping[str, NDArray[Any]]:
        """Return one row for every building that lacked gas."""
        hit = np.flatnonzero(self.resident_h > 0)
        return {"building": hit, "area": self._world.city.buildings.grid[hit], "resident_h": self.resident_h[hit]}
