"""A gas main that is struck: gas in the cellars beside it, a spark, an explosion or a jet of fire, and valves that end it.

The physics stands in `models/gas/`: the orifice fed by the main, well-mixed spaces, sparks as a Poisson process, the
blast by TNT equivalence, harm by probits, isolation by the valves of the segment.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from math import isnan
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from models.calendar import HOUR, MINUTE
from models.catalogue import Duration, IncidentKind
from models.constants import ATMOSPHERE
from models.cordon import cordon
from models.crews import CrewKind
from models.gas.accumulation import gather, ignition_probability, open_ignition_probability
from models.gas.explosion import (
    COLLAPSE,
    GLASS,
    burn_deaths,
    confined_mass,
    jet_heat,
    jet_reach,
    overpressure,
    tnt_mass,
)  # fmt: skip
from models.gas.fields import ALIGHT, BLAST, CUT, LEVEL
from models.gas.mains import pipe_at, street_pipes
from models.gas.passport import BLAST_RANGE, PASSPORT, PRESSURE_RANGE, RELEASE_RANGE
from models.gas.source import METHANE, Main, Orifice, circle
from models.hazards.base import Course, Hazard
from models.orders import CONTROL
from models.passport import Passport
from models.population import occupants
from models.where import Where
from models.world import World
from sim.errors import InputError
from sim.fields import FieldKind
from sim.kinds import Unit
from sim.text import Text

_SPREADING = "spreading_fire"  #: the orders of a model of fires that spread, where one runs: it reads `gas.alight`
_OPEN_WITHIN = 1800.0  #: s in which a jet in the open meets its spark, if it does (assumption)
_ROOM_HEIGHT, _LARGEST = 3.0, 300.0  #: m and m³ of the space beside the leak (assumption)
_IGNITES = 12_500.0  #: W/m² that set fire to what wood there is (piloted; BR 187)
_SAFE = 0.2  #: of the lower limit, below which streets open again (20 %: the usual rule of gas companies)
_CALM_SPARKS = 0.1  #: of the sparks that are left where people have left and power is off (assumption)
_MOST_CALLS = 20  #: buildings from which the injured of one explosion are called in


class GasLeak(Hazard):
    """An excavator strikes a main beside a building; spaces near by fill until the gas is shut off."""

    title: ClassVar[Text] = Text(en="Gas leak", zh="燃气泄漏")
    decisions: ClassVar[tuple[str, ...]] = ("gas.place", "gas.valve", "gas.spark", "gas.open_spark", "gas.shutting")
    passport: ClassVar[Passport] = PASSPORT
    writes: ClassVar[tuple[FieldKind, ...]] = (LEVEL, BLAST, CUT, ALIGHT)
    opens: ClassVar[dict[str, IncidentKind]] = {
        "gas_leak": IncidentKind(
            title=Text("Gas main struck", "燃气管道被挖断"), per_100k_year=0.0, entity="building", hours=(1.0,) * 24,
            priority=0, line="emergency", crew="gas_crew", crews_needed=2, detect=Duration(median_s=120.0),
            on_scene=Duration(median_s=1800.0), hazard="gas_leak", target_s=900.0,
        ),
        "blast_injuries": IncidentKind(
            title=Text("Injured by an explosion", "爆炸伤员"), per_100k_year=0.0, entity="building", hours=(1.0,) * 24,
            priority=0, line="emergency", crew="ambulance", detect=Duration(median_s=60.0),
            on_scene=Duration(median_s=900.0), transport_share=0.9, handover=Duration(median_s=900.0), target_s=720.0,
        ),
    }  # fmt: skip
    crews: ClassVar[dict[str, CrewKind]] = {
        "gas_crew": CrewKind(
            title=Text("Gas crew", "燃气抢修组"), station="lift_depot", per_100k=0.42, at_least=2, priority=True
        )
    }  # fmt: skip
    tells: ClassVar[dict[str, Text]] = {
        "gas_strike": Text("an excavator has struck a gas main", "挖掘机挖断燃气管道"),
        "gas_lower_limit": Text("gas in a cellar has reached its lower explosive limit", "地下空间燃气达到爆炸下限"),
        "gas_cordon": Text("streets around the leak are cordoned off, people leave", "泄漏点周边道路封控，人员疏散"),
        "gas_shut_off": Text("the valves around the break are shut", "断点周边阀门已关闭"),
        "gas_explosion": Text("gas has exploded in a building", "建筑内燃气爆炸"),
        "gas_jet_fire": Text("the gas that escapes burns", "泄漏燃气着火"),
        "gas_cleared": Text("the air is clear, the streets open", "空气检测合格，道路恢复通行"),
    }

    kind: Literal["gas_leak"] = "gas_leak"
    where: Annotated[Where, Unit("place")] = Where(near="school")
    hour: Annotated[float, Field(ge=0, lt=24), Unit("h")] = 10.0  #: of the first day on which it is still to come
    hole_mm: Annotated[float, Field(gt=0, le=1000), Unit("mm")] = 50.0
    pressure_kpa: Annotated[float, Field(gt=0, le=10_000), Unit("kPa")] = (
        300.0  #: above the atmosphere, where it is fed
    )
    diameter_mm: Annotated[float, Field(gt=0, le=1500), Unit("mm")] = 200.0
    feed_m: Annotated[float, Field(ge=0, le=100_000), Unit("m")] = 800.0  #: of main from the regulator
    section_m: Annotated[float, Field(gt=0, le=100_000), Unit("m")] = 600.0  #: of main between the valves
    seeps: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.02  #: of the leak that finds its way into cellars
    reach_m: Annotated[float, Field(gt=0, le=1000), Unit("m")] = 60.0  #: to which gas seeps (assumption)
    air_changes: Annotated[float, Field(ge=0, le=100), Unit("per hour")] = 0.5  #: of a cellar (assumption)
    sparks: Annotated[float, Field(ge=0, le=1000), Unit("per hour")] = 1.0  #: in a space in use (assumption)
    blast_share: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.1  #: of the heat; confined (CCPS 2000)
    cordon_m: Annotated[float, Field(ge=0, le=2000), Unit("m")] = 150.0
    valve_min: Annotated[float, Field(gt=0, le=600), Unit("min")] = 8.0  #: for each valve to be shut (assumption)
    leave_min: Annotated[float, Field(gt=0, le=600), Unit("min")] = 5.0  #: until people within the cordon have left

    @model_validator(mode="after")
    def _hole_is_in_the_pipe(self) -> GasLeak:
        if self.hole_mm > self.diameter_mm:
            raise InputError(en=f"a hole of {self.hole_mm:g} mm is wider than its pipe of {self.diameter_mm:g} mm",
                             zh=f"破口 {self.hole_mm:g} mm 大于管径 {self.diameter_mm:g} mm")  # fmt: skip
        return self

    def begins(self, beside: Container[str]) -> Mapping[str, float]:
        """Return the hour at which it begins."""
        return {"hour": self.hour}

    def start(self, world: World) -> Course:
        """Return the leak of a run."""
        return _Leak(self, world)


class _Leak(Course):
    lasts_s = 6 * HOUR  # after that, whoever waits for the valves gives up (assumption)

    def __init__(self, kind: GasLeak, world: World) -> None:
        self._kind, self._world, self._order, self._strike = kind, world, -1, -1
        self._level, self._blast, self._cut, self._alight = (world.fields.add(one) for one in kind.writes)
        city, stream = world.city, world.rules.stream
        self._building = kind.where.building(city, stream, "gas.place")
        self._entity = int(city.buildings.osm_id[self._building])
        self._node = int(city.buildings.drive_node[self._building])
        x, y = float(city.drive.x[self._node]), float(city.drive.y[self._node])
        self._distance = np.hypot(city.buildings.x - x, city.buildings.y - y)
        self._near_node = np.hypot(city.drive.x - x, city.drive.y - y) <= kind.cordon_m
        pipes = street_pipes(city, stream, "gas.valve")
        self._isolation = pipes.isolate(pipe_at(pipes, self._node))
        self._hole = Orifice(circle(kind.hole_mm / 1000.0))
        fed = ATMOSPHERE + kind.pressure_kpa * 1000.0
        self._main = Main(METHANE, kind.feed_m, kind.diameter_mm / 1000.0, fed)
        self._section = Main(METHANE, kind.section_m, kind.diameter_mm / 1000.0, fed).vessel()
        self._flow, self._pressure, self.released, self.deaths = 0.0, ATMOSPHERE, 0.0, 0.0
        self._shut = self._burns = self._cordoned = self._shutting = self._over = False
        self._left_at = float("inf")
        self._kept, self._cordoning = [self._node], -1  #: nodes that rescue must reach, and the event of the cordon
        self._spaces()
        at = world.moment(kind.hour)
        world.engine.at(at, self._struck)
        world.warn("gas_leak", Text("The gas mains of this city are synthetic.", "本城市燃气管网为合成数据。"))
        world.within("gas_leak", PRESSURE_RANGE, kind.pressure_kpa)

    def _spaces(self) -> None:
        """Find the cellars that the gas reaches: nearer ones get more, as one over the distance."""
        places = self._world.city.buildings
        edge = np.maximum(self._distance - np.sqrt(places.footprint / np.pi), 1.0)
        self._near = np.flatnonzero((edge <= self._kind.reach_m) | (np.arange(len(edge)) == self._building))
        weight = 1.0 / edge[self._near]
        self._weight = weight / weight.sum()
        self._volume = np.minimum(places.footprint[self._near] * _ROOM_HEIGHT, _LARGEST)
        self._exchange = np.full(len(self._near), self._kind.air_changes / HOUR)
        self._fraction = np.zeros(len(self._near))
        self._told, self._exploded = np.zeros((2, len(self._near)), dtype=np.bool_)

    def _struck(self) -> None:
        world, now = self._world, self._world.engine.now
        self._flow, self._pressure = self._main.strike(self._hole)
        world.within("gas_leak", RELEASE_RANGE, self._flow)
        self._strike = world.recorder.event(now, "gas_strike", node=self._node)
        self._order = world.open_order("gas_leak", key=self._entity, node=self._node, cause=self._strike)
        luck = world.rules.stream
        if luck.chance(open_ignition_probability(self._flow), "gas.open_spark", self._entity):
            world.engine.at(now + _OPEN_WITHIN * luck.uniform("gas.open_spark", self._entity, 1), self._jet)

    def step(self, now: float, beat: float) -> None:
        """Let gas flow into the cellars, and sparks meet it."""
        if self._order < 0 or self._over:
            return
        self._flow_out(beat)
        seeping = 0.0 if self._burns else self._flow * self._kind.seeps / METHANE.density(ATMOSPHERE, 288.15)
        gather(self._fraction, seeping * self._weight, self._volume, self._exchange, beat)
        self._level[self._near] = self._fraction / METHANE.lower
        for space in np.flatnonzero((self._fraction >= METHANE.lower) & ~self._told).tolist():
            self._told[space] = True
            node = int(self._world.city.buildings.drive_node[self._near[space]])
            self._happens("gas_lower_limit", node)
        self._sparks(now, beat)
        if self._shut and self._flow == 0.0 and (self._fraction < _SAFE * METHANE.lower).all():
            self._clear()

    def _happens(self, name: str, node: int) -> int:
        world = self._world
        return world.recorder.event(world.engine.now, name, order=self._order, node=node, cause=self._strike)

    def _flow_out(self, beat: float) -> None:
        if not self._shut:
            self.released += self._flow * beat
            return
        self._pressure, gone = self._section.empty(self._hole, self._pressure, beat)
        self.released += gone
        self._flow = gone / beat if self._pressure > ATMOSPHERE * 1.001 else 0.0

    def _sparks(self, now: float, beat: float) -> None:
        burns = (self._fraction >= METHANE.lower) & (self._fraction <= METHANE.upper) & ~self._exploded
        rate = self._kind.sparks * (_CALM_SPARKS if now >= self._left_at else 1.0)
        for space in np.flatnonzero(burns).tolist():
            entity = int(self._world.city.buildings.osm_id[self._near[space]])
            p = ignition_probability(beat, rate)
            if self._world.rules.stream.chance(p, "gas.spark", entity, round(now / beat)):
                self._explode(space)

    def _explode(self, space: int) -> None:
        """Let the mixture in a cellar explode: blast, harm, and a fire that follows."""
        places = self._world.city.buildings
        building = int(self._near[space])
        burnt = confined_mass(METHANE, float(self._fraction[space]), float(self._volume[space]))
        node = int(places.drive_node[building])
        event = self._happens("gas_explosion", node)
        self._exploded[space] = True
        self._fraction[space], self._exchange[space] = 0.0, 20.0 / HOUR  # no pane is left (assumption)
        distance = np.hypot(places.x - places.x[building], places.y - places.y[building])
        away = np.maximum(distance, 2.0 / 3.0 * np.sqrt(places.footprint / np.pi))  # the mean within a disc
        mass = tnt_mass(burnt, METHANE.heat, self._kind.blast_share)
        self._world.within("gas_leak", BLAST_RANGE, away.min() / np.cbrt(mass))
        pressure = overpressure(away, mass)
        np.maximum(self._blast, pressure / 1000.0, out=self._blast)
        self._harm(pressure, building, event)
        self._fire(building, event)

    def _harm(self, pressure: np.ndarray, building: int, event: int) -> None:
        """Count the dead and injured: shares of those in collapsed buildings and behind broken panes are assumptions."""
        inside = self._inside()
        collapse, glass = COLLAPSE.share(pressure), GLASS.share(pressure)
        dead = inside * 0.2 * collapse
        hurt = inside * (0.6 * collapse + 0.02 * glass * (1.0 - collapse))
        storey = inside[building] / max(1, int(self._world.city.buildings.levels[building]))  # only one storey falls in
        dead[building] = storey * max(0.1, 0.2 * float(collapse[building]))
        hurt[building] = storey * 0.6
        self.deaths += float(dead.sum())
        called = np.argsort(-hurt)[:_MOST_CALLS]
        for hit in called[hurt[called] >= 1.0].tolist():
            self._call("blast_injuries", hit, event, min(1.0, float(hurt[hit]) / 20.0))

    def _inside(self) -> np.ndarray:
        """Return who is in each building now: nobody within the cordon once they have left."""
        world = self._world
        inside = occupants(world.population, len(world.city.buildings), world.hour(world.engine.now))
        if world.engine.now >= self._left_at:
            inside[self._distance <= self._kind.cordon_m] = 0.0
        return inside

    def _jet(self) -> None:
        """Let the jet at the break burn: what is near catches fire, and no more gas seeps away."""
        if self._flow <= 0.0 or self._burns:
            return
        self._burns = True
        event = self._happens("gas_jet_fire", self._node)
        heat = jet_heat(self._flow, METHANE, np.maximum(self._distance, 1.0))
        outdoors = 0.05 * self._inside()  # assumption; they are out of it after 20 s
        self.deaths += float((outdoors * burn_deaths(heat, 20.0)).sum())
        for building in np.flatnonzero(self._distance <= jet_reach(self._flow, METHANE, _IGNITES)).tolist():
            self._fire(building, event)

    def _fire(self, building: int, event: int) -> None:
        """Set a building alight, once: a fire that spreads takes it from the field, or else a building fire is called in."""
        if self._alight[building]:
            return
        self._alight[building] = 1.0
        self._world.fields.because(ALIGHT.name, event, building)
        kinds = self._world.incidents.kinds
        if _SPREADING in kinds:
            self._keep_way(building)
        elif "building_fire" in kinds:
            self._call("building_fire", building, event, 0.8)

    def _call(self, kind: str, building: int, event: int, severity: float) -> None:
        self._keep_way(building)
        key = int(self._world.city.buildings.osm_id[building])
        self._world.open_order(kind, key=key, building=building, severity=severity, cause=event)

    def _keep_way(self, building: int) -> None:
        """Keep a way through the cordon for those who come to a building."""
        node = int(self._world.city.buildings.drive_node[building])
        if self._near_node[node] and node not in self._kept:
            self._kept.append(node)
            if self._cordoned and not self._over:
                self._close_streets()

    def arrival(self, order: int, present: int, expected: int) -> bool:
        """Cordon the leak off when the first crew is there, and begin to shut valves."""
        if not self._cordoned:
            self._cordon()
        if not self._shutting:
            self._shutting = True
            median = self._kind.valve_min * MINUTE * max(1, len(self._isolation.valves)) / max(1, present)
            takes = self._world.rules.stream.lognormal(median, 0.4, "gas.shutting", self._entity)
            self._world.engine.at(self._world.engine.now + takes, self._shut_off)
        return not isnan(self._world.orders.stamps[order, CONTROL])

    def _cordon(self) -> None:
        world = self._world
        self._cordoned = True
        self._left_at = world.engine.now + self._kind.leave_min * MINUTE
        self._cordoning = world.tell(self._order, "gas_cordon", cause=self._strike)
        self._close_streets()

    def _close_streets(self) -> None:
        world = self._world
        world.roads.set("gas_leak", cordon(world.city.drive, self._kept, self._near_node), self._cordoning)

    def _shut_off(self) -> None:
        if isnan(self._world.orders.stamps[self._order, CONTROL]):
            self._shut = True
            self._cut[:] = self._isolation.without_gas[self._world.city.buildings.drive_node]
            self._pressure = max(self._pressure, ATMOSPHERE)
            self._exchange[:] = np.maximum(self._exchange, 5.0 / HOUR)  # the crew opens doors and vents (assumption)
            self._world.reach(self._order, CONTROL, "gas_shut_off", cause=self._strike)

    def _clear(self) -> None:
        world = self._world
        self._over = True
        self._level[:] = 0.0
        event = self._happens("gas_cleared", self._node)
        world.roads.set("gas_leak", np.ones(world.city.drive.edges), event)

    def ended(self, order: int) -> None:
        """Write the gas that has escaped (kg) as the outcome, and the expected deaths."""
        self._world.orders.outcome[order] = self.released
        self._world.orders.deaths[order] = self.deaths
