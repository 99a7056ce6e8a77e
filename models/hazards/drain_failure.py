"""Drains that back up: rain beyond what they carry, or pumps without power, and water stands in the streets.

The physics stands in `models/networks/drains.py`: the simplest form, a tree of pipes with capacities. Where water runs
over the ground, a flood model has the word.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from math import isnan
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from models.calendar import DAY, HOUR
from models.catalogue import Duration, IncidentKind
from models.crews import CrewKind
from models.hazards.base import Course, Hazard
from models.networks.drains import drain, runoff
from models.networks.passports import DRAINS, RAIN_RANGE, WATER_RANGE
from models.networks.street_drains import COEFFICIENT, speed_in_water, street_drains
from models.orders import CONTROL
from models.passport import Passport
from models.world import World
from sim.fields import FieldKind, Points
from sim.kinds import Unit
from sim.text import Text

DEPTH = FieldKind(
    "drain.depth", Text("Water over the inlets", "雨水口积水深度"), "point", "m", (0.05, 0.15, 0.3, 0.5, 1.0), 0.01
)
POWER_OUT = "power.out"
RAIN = "flood.rain"  #: mm/h, written by a flood
FLOODED = "street_flooded"
_DEEP, _LOW = 0.3, 0.05  #: m at which a street is closed, and counts as drained
_TOLD_EACH = 300.0  #: s after which other speeds are told; closures at once
_CHANGE = 0.05  #: smaller changes of a factor are told to nobody


class DrainFailure(Hazard):
    """Rain that the drains do not carry away, because it is too much or because pumps stand still.

    Beside a flood the drains hear its rain, and have none of their own.
    """

    title: ClassVar[Text] = Text("Drains that back up", "排水不畅")
    decisions: ClassVar[tuple[str, ...]] = ("drain.setting_up",)
    passport: ClassVar[Passport] = DRAINS
    reads: ClassVar[tuple[str, ...]] = (POWER_OUT, RAIN)
    writes: ClassVar[tuple[FieldKind, ...]] = (DEPTH,)
    opens: ClassVar[Mapping[str, IncidentKind]] = {
        FLOODED: IncidentKind(
            title=Text("Street under water", "道路积水"), per_100k_year=0.0, entity="street_node", hours=(1.0,) * 24,
            priority=2, line="emergency", crew="drain_crew", detect=Duration(median_s=300.0),
            on_scene=Duration(median_s=600.0), hazard="drain_failure", target_s=3600.0,
        )
    }  # fmt: skip
    crews: ClassVar[Mapping[str, CrewKind]] = {
        "drain_crew": CrewKind(
            title=Text("Crew with a mobile pump", "移动泵抢险组"), station="lift_depot", per_100k=0.8, at_least=2, priority=False
        )
    }  # fmt: skip
    tells: ClassVar[Mapping[str, Text]] = {
        "rain_begins": Text("it begins to rain", "开始降雨"),
        "drain_pumps_stop": Text("a pumping station has no power", "排水泵站停电"),
        "drain_pumps_run": Text("a pumping station runs again", "排水泵站恢复运行"),
        "streets_under_water": Text("water closes streets", "积水致道路封闭"),
        "water_on_streets": Text("the water on the streets has risen or fallen", "道路积水涨落"),
        "mobile_pump": Text("a mobile pump is at work", "移动泵投入运行"),
        "street_drained": Text("the street is drained", "道路积水排除"),
    }

    kind: Literal["drain_failure"] = "drain_failure"
    rain_mm_h: Annotated[float, Field(ge=0, le=300), Unit("mm/h")] = 60.0  #: at the peak of a triangle
    hour: Annotated[float, Field(ge=0, lt=24), Unit("h")] = 15.0  #: at which the rain begins, the first day it can
    lasts_h: Annotated[float, Field(gt=0, le=72), Unit("h")] = 3.0
    peak_share: Annotated[float, Field(ge=0.05, le=0.95), Unit("share")] = 0.4  #: of the time, until the peak
    design_mm_h: Annotated[float, Field(gt=0, le=300), Unit("mm/h")] = 50.0  #: that the drains just carry (assumption)
    mobile_m3_s: Annotated[float, Field(ge=0, le=5), Unit("m³/s")] = 0.3  #: of a crew's pump (assumption)

    def begins(self, beside: Container[str]) -> Mapping[str, float]:
        """Return the hour at which it begins."""
        return {} if "flood" in beside else {"hour": self.hour}

    def start(self, world: World) -> Course:
        """Return the drains of a run."""
        return _Drains(self, world)

    def rain(self, since: float) -> float:
        """Return the rain in mm/h, `since` s after its begin."""
        share = since / (self.lasts_h * HOUR)
        if not 0.0 <= share <= 1.0:
            return 0.0
        rising = share / self.peak_share
        return self.rain_mm_h * max(0.0, min(rising, (1.0 - share) / (1.0 - self.peak_share)))


class _Drains(Course):
    lasts_s = 2 * DAY

    def __init__(self, kind: DrainFailure, world: World) -> None:
        self._kind, self._world, city = kind, world, world.city
        self._plan = street_drains(city, kind.design_mm_h)
        nodes = city.drive.nodes
        self._depth = world.fields.add(DEPTH, Points(city.drive.x, city.drive.y))
        self.stored, self.rained, self.left = np.zeros(nodes), 0.0, 0.0
        places = city.buildings
        self._house = [
            int(np.argmin(np.hypot(places.x - city.drive.x[n], places.y - city.drive.y[n]))) for n in self._plan.station
        ]
        self._runs = np.ones(len(self._house), dtype=np.bool_)
        self._pumps: dict[int, int] = {}  #: node by order of a street under water
        self._working: set[int] = set()  #: orders whose mobile pump is at work
        self._said, self._event = np.ones(city.drive.edges), -1
        self._begins = world.moment(kind.hour)
        world.warn("drain_failure", Text("The drains of this city are synthetic.", "本城市排水管网为合成数据。"))

    def step(self, now: float, beat: float) -> None:
        """Let it rain, pump and run down, and tell streets and crews."""
        rain = self._rain(now, beat)
        if self._event < 0 and rain > 0.0:
            cause = self._world.fields.cause(RAIN) if RAIN in self._world.fields else -1
            self._event = self._world.recorder.event(now, "rain_begins", cause=cause)
        self._power(now)
        self._world.within("drain_failure", RAIN_RANGE, rain)
        if rain == 0.0 and not self.stored.any():
            return
        inflow = runoff(rain, self._plan.area, COEFFICIENT)
        share = np.ones(len(self.stored))
        share[self._plan.station] = self._runs
        gone = drain(self._plan.tree, self.stored, inflow, beat, share=share, room=self._plan.room)
        self.rained += float(inflow.sum()) * beat
        self.left += float(gone.sum())
        for order in sorted(self._working):
            node = self._pumps[order]
            taken = min(float(self.stored[node]), self._kind.mobile_m3_s * beat)
            self.stored[node] -= taken
            self.left += taken
        self._depth[:] = self._plan.depth(self.stored)
        self._call()
        self._slow(now)

    def _rain(self, now: float, beat: float) -> float:
        """Return the rain of this beat, mm/h: a flood's where there is one."""
        if RAIN in self._world.fields:
            return float(self._world.fields[RAIN][0])
        return self._kind.rain(now + beat / 2.0 - self._begins)

    def _power(self, now: float) -> None:
        fields = self._world.fields
        if POWER_OUT not in fields:
            return
        runs = fields[POWER_OUT][self._house] == 0
        for station in np.flatnonzero(runs != self._runs).tolist():
            name = "drain_pumps_run" if runs[station] else "drain_pumps_stop"
            node = int(self._plan.station[station])
            self._event = self._world.recorder.event(now, name, node=node, cause=fields.cause(POWER_OUT))
        self._runs = runs

    def _call(self) -> None:
        """Open an order where water is deep and none is open, and end those that are drained."""
        world, city = self._world, self._world.city
        for order, node in list(self._pumps.items()):
            if self._depth[node] < _LOW:
                if isnan(world.orders.stamps[order, CONTROL]):
                    world.reach(order, CONTROL, "street_drained")
                self._working.discard(order)
                del self._pumps[order]
        taken = set(self._pumps.values())
        for node in np.flatnonzero(self._depth >= _DEEP).tolist():
            if node not in taken:
                key = int(city.drive.osm_id[node]) * 100_000 + int(world.engine.now // 60.0)
                self._pumps[world.open_order(FLOODED, key=key, node=node, cause=self._event)] = node

    def _slow(self, now: float) -> None:
        streets = self._world.city.drive
        worse = np.maximum(self._depth[streets.tails()], self._depth[streets.head])
        factor = np.round(speed_in_water(worse) / _CHANGE) * _CHANGE
        factor = np.where(worse >= _DEEP, 0.0, np.maximum(factor, _CHANGE))
        self._world.within("drain_failure", WATER_RANGE, worse)
        closes = bool(((factor == 0.0) & (self._said > 0.0)).any())
        if (factor == self._said).all() or not (closes or now % _TOLD_EACH == 0.0):
            return
        name = "streets_under_water" if closes else "water_on_streets"
        event = self._world.recorder.event(now, name, cause=self._event)
        self._said = factor
        self._world.fields.because(DEPTH.name, event)
        self._world.roads.set("drain_failure", factor, event)

    def arrival(self, order: int, present: int, expected: int) -> bool:
        """Set a mobile pump to work."""
        world = self._world
        if order in self._pumps and order not in self._working:
            self._working.add(order)
            world.tell(order, "mobile_pump")
        return order not in self._pumps or not isnan(world.orders.stamps[order, CONTROL])

    def ended(self, order: int) -> None:
        """Write nothing: water in the street kills nobody here."""
