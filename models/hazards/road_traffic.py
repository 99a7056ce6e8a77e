"""Road traffic: usual congestion by hour, and queues in space around what closes or slows a street.

The physics stands in `models/traffic/`: the user equilibrium of each hour on synthetic trips, and kinematic waves by the
link transmission model, begun from that equilibrium whenever a street closes.

Without this hazard every street is as slow as the table of hours says, the mean of a whole city (`sim/city/speeds.py`).
With it the speed of each street is that of the equilibrium, instead of the table's and never on top of it: told as a factor
of the table's speed, above 1 on streets that are freer than the mean.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from models.calendar import MINUTE
from models.catalogue import Duration, IncidentKind
from models.hazards.base import Course, Hazard
from models.passport import Passport
from models.roads import MOST
from models.traffic.demand import OUTSIDE, REACH_S, TRIPS
from models.traffic.passport import LENGTH_RANGE, LOAD_RANGE, PASSPORT
from models.traffic.queues import Queues
from models.traffic.streets import STEP, Driving, traffic_of
from models.where import Where
from models.world import World
from sim.city.speeds import drive_speeds
from sim.fields import FieldKind
from sim.kinds import Unit
from sim.text import Text

SPEED = FieldKind(
    "traffic.lost", Text("Share of the free speed that is lost", "自由流速度损失比例"), "edge", "share",
    (0.3, 0.5, 0.7, 0.85), 0.05,
)  # fmt: skip
QUEUE = FieldKind(
    "traffic.queue", Text("Vehicles that are held up", "受阻车辆数"), "edge", "vehicles", (2.0, 10.0, 30.0, 80.0), 1.0
)
_SLOWEST = 0.1  #: of the free speed: on foot, nobody is slower (assumption)
_TOLD_EACH = 300.0  #: s after which slower streets reach crews: maps are as old
_ROUNDED, _CHANGE = 0.05, 0.1  #: of a factor; within an hour smaller changes are told to nobody
_AROUND = 1000.0  #: m within which the busiest street has the crash
_FULL = 0.6  #: of the room in a street, above which drivers see the queue and turn elsewhere (assumption)
_FREE = 1.0  #: vehicles held up in the whole city, below which the queues are gone


class RoadTraffic(Hazard):
    """Traffic that slows crews: more at rush hour, more on some streets, most behind a closure."""

    title: ClassVar[Text] = Text("Road traffic", "道路交通")
    decisions: ClassVar[tuple[str, ...]] = ("traffic.place", "traffic.clearing")
    opens: ClassVar[dict[str, IncidentKind]] = {
        "road_crash": IncidentKind(
            title=Text("Crash that blocks lanes", "占道交通事故"), per_100k_year=0.0, entity="street_node",
            hours=(1.0,) * 24, priority=1, line="emergency", crew="ambulance", detect=Duration(median_s=120.0),
            on_scene=Duration(median_s=900.0), transport_share=0.5, handover=Duration(median_s=900.0),
            hazard="road_traffic", target_s=720.0,
        )
    }  # fmt: skip
    passport: ClassVar[Passport] = PASSPORT
    writes: ClassVar[tuple[FieldKind, ...]] = (SPEED, QUEUE)
    tells: ClassVar[dict[str, Text]] = {
        "traffic_hour": Text("the usual traffic of the hour", "本小时常态交通"),
        "traffic_queue": Text("queues have changed behind what closes a street", "封闭道路周边排队变化"),
        "crash": Text("a crash blocks lanes", "交通事故占道"),
        "crash_cleared": Text("the lanes are free again", "事故车道恢复"),
        "traffic_flows": Text("the queues are gone", "排队已消散"),
    }

    kind: Literal["road_traffic"] = "road_traffic"
    trips: Annotated[float, Field(ge=0, le=10), Unit("per day")] = (
        TRIPS  #: cars a resident that begin a trip (assumption)
    )
    reach_s: Annotated[float, Field(gt=0, le=36_000), Unit("s")] = REACH_S  #: 1/β of the gravity model (assumption)
    outside: Annotated[float, Field(ge=0, le=10), Unit("ratio")] = (
        OUTSIDE  #: cars that enter for each of those (assumption)
    )
    crash: Annotated[Where | None, Unit("place")] = None  #: a crash on the busiest street around there; None for none
    crash_hour: Annotated[float, Field(ge=0, lt=24), Unit("h")] = 8.0  #: of the first day on which it is still to come
    lanes_left: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.3  #: of the capacity, while it blocks the street
    clear_min: Annotated[float, Field(gt=0, le=600), Unit("min")] = 20.0  #: once a crew is there (assumption)

    def begins(self, beside: Container[str]) -> Mapping[str, float]:
        """Return the hour at which it begins."""
        return {} if self.crash is None else {"crash_hour": self.crash_hour}

    def start(self, world: World) -> Course:
        """Return the traffic of a run."""
        return _Traffic(self, world)


class _Traffic(Course):
    def __init__(self, kind: RoadTraffic, world: World) -> None:
        city = world.city
        residents = np.bincount(world.population.home, minlength=len(city.buildings)).astype(np.float64)
        self._world = world
        self._traffic = traffic_of(city, residents, Driving(kind.trips, kind.reach_s, kind.outside))
        self._speed, self._queue = world.fields.add(SPEED), world.fields.add(QUEUE)
        self._table = drive_speeds(city.drive)
        self._own = np.ones(city.drive.edges)
        self._others = np.ones(city.drive.edges)
        self._queues: Queues | None = None
        self._hour, self._told_hour, self._cause, self._told_at = -1, -1, -1, -np.inf
        self._telling = False
        self._kind, self._crash, self._lanes, self._entity = kind, -1, np.ones(city.drive.edges), 0
        if kind.crash is not None:
            world.engine.at(world.moment(kind.crash_hour), self._crashes)
        world.roads.listen(self._hear)
        world.warn(
            "road_traffic", Text("The traffic is synthetic: nobody has counted it.", "交通量为合成数据，非实测。")
        )
        self._warn_of_lengths(city.drive.length)

    def _warn_of_lengths(self, length: np.ndarray) -> None:
        """Warn of streets outside the lengths that were checked, and of those that a vehicle passes within a step."""
        self._world.within("road_traffic", LENGTH_RANGE, length)
        short = int((length < self._traffic.speed * STEP).sum())
        if short:
            self._world.warn("road_traffic", Text(
                f"{short} streets are passed within the step of {STEP:g} s: in queues they count as long as one step.",
                f"{short} 条路段在一个步长（{STEP:g} 秒）内即可驶过，排队计算中按一个步长的长度处理。"))  # fmt: skip

    def _hear(self, changed: np.ndarray, cause: int) -> None:
        """Remember what others have closed or slowed, and why."""
        if not self._telling:
            self._cause = cause
            self._told_at = -np.inf

    def _crashes(self) -> None:
        """Block lanes of the busiest street within a kilometre of the wished place."""
        world, city = self._world, self._world.city
        assert self._kind.crash is not None  # noqa: S101 — for the type checker: only then is this called
        building = self._kind.crash.building(city, world.rules.stream, "traffic.place")
        near = np.hypot(city.drive.x - city.buildings.x[building], city.drive.y - city.buildings.y[building]) <= _AROUND
        near[city.buildings.drive_node[building]] = True
        flow = self._traffic.usual(world.hour(world.engine.now)).flow
        edge = int(np.argmax(np.where(near[city.drive.tails()], flow, -1.0)))
        self._lanes[edge] = self._kind.lanes_left
        node = int(city.drive.head[edge])
        self._entity = int(city.drive.osm_id[node])
        self._crash = self._cause = world.recorder.event(world.engine.now, "crash", node=node)
        world.open_order("road_crash", key=self._entity, node=node, cause=self._crash)

    def arrival(self, order: int, present: int, expected: int) -> bool:
        """Begin to clear the lanes; those who are hurt are looked after at once."""
        world = self._world
        takes = world.rules.stream.lognormal(self._kind.clear_min * MINUTE, 0.4, "traffic.clearing", self._entity)
        world.engine.at(world.engine.now + takes, self._clear)
        return True

    def _clear(self) -> None:
        self._lanes[:] = 1.0
        self._cause = self._world.recorder.event(self._world.engine.now, "crash_cleared", cause=self._crash)

    def step(self, now: float, beat: float) -> None:
        """Move queues on where streets are closed or slow, and tell crews how fast they can drive."""
        hour = self._world.hour(now)
        if hour != self._hour:
            self._hour = hour
            self._warn_of_load(hour)
            if self._queues is not None:
                self._queues.limits(self._traffic.let_through(hour))
            self._told_at = -np.inf
        self._others = np.round(self._world.roads.factor / self._own, 9)
        if self._queues is None and ((self._others < 1.0) | (self._lanes < 1.0)).any():
            self._queues = self._traffic.queues(hour)
        if self._queues is not None:
            self._flow(self._queues, beat)
        if now - self._told_at >= _TOLD_EACH:
            self._tell(now)

    def _warn_of_load(self, hour: int) -> None:
        self._world.within("road_traffic", LOAD_RANGE, self._traffic.usual(hour).flow / self._traffic.capacity)

    def _flow(self, queues: Queues, beat: float) -> None:
        closed = self._others <= 0.0
        avoided = closed | (queues.filled() > _FULL)
        queues.set_demand(self._traffic.begun(self._hour), self._traffic.shares(self._hour, avoided))
        through = self._traffic.let_through(self._hour) * self._others * self._lanes
        queues.limits(np.where(closed, queues.capacity, through), queues.capacity * np.where(closed, 0.0, 1.0))
        queues.run(max(STEP, round(beat / STEP) * STEP))
        self._queue[:] = queues.delayed()
        if (self._others * self._lanes >= 1.0).all() and self._queue.sum() + queues.waiting.sum() < _FREE:
            self._queues = None
            self._queue[:] = 0.0
            self._told_at = -np.inf

    def _tell(self, now: float) -> None:
        """Say the factors of the table's speeds that give those of the equilibrium, less what queues take."""
        begins = self._told_hour != self._hour
        self._told_at, self._told_hour = now, self._hour
        traffic, usual = self._traffic, self._traffic.usual(self._hour)
        seconds = usual.time.copy()
        if self._queues is not None:
            seconds += np.maximum(self._queues.travel_time() - traffic.network.free, 0.0)
        share = np.clip(traffic.network.free / seconds, _SLOWEST, 1.0)
        share = np.where(self._others <= 0.0, 1.0, share)  # a closed street has no traffic
        self._speed[:] = 1.0 - share
        factor = share * traffic.speed / self._table[self._hour]
        factor = np.clip(np.round(factor / _ROUNDED) * _ROUNDED, _ROUNDED, MOST)
        if not begins:
            factor = np.where(np.abs(factor - self._own) >= _CHANGE, factor, self._own)
        if (factor == self._own).all():
            return
        self._say(now, factor)

    def _say(self, now: float, factor: np.ndarray) -> None:
        queued = self._queues is not None
        name = "traffic_queue" if queued else "traffic_flows" if self._cause >= 0 else "traffic_hour"
        event = self._world.recorder.event(now, name, cause=self._cause)
        if not queued:
            self._cause = -1
        self._own = factor
        self._telling = True
        self._world.roads.set("road_traffic", factor, event)
        self._telling = False
