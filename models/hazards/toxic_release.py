"""A release of toxic gas: puffs in a wind that turns, doses in the open and indoors, orders by sector to stay or to leave.

The physics stands in `models/plume/`; the source is vapour through a hole (`models/gas/source.py`).
"""

from __future__ import annotations

from math import isnan
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from models.calendar import DAY, HOUR, MINUTE
from models.catalogue import Duration, IncidentKind
from models.gas.source import GAS_CONSTANT, Orifice, circle
from models.hazards.base import Course, Hazard
from models.orders import CONTROL
from models.passport import Passport
from models.plume.dose import TOXICS, breathe
from models.plume.passport import PASSPORT
from models.plume.puffs import Cloud
from models.plume.shelter import LEAVE, STAY, Escape, advise, infiltrate, sectors
from models.plume.validity import Surroundings, dense_plume
from models.plume.weather import STRONGEST, Wind, class_index, stability, sun_elevation
from models.population import occupants
from models.where import Where
from models.world import World
from sim.fields import FieldKind, Raster
from sim.kinds import Unit
from sim.text import Text

PPM = FieldKind(
    "toxic.ppm", Text("Toxic gas in the open, at 1.5 m", "室外毒气浓度（1.5 米高）"), "cell", "ppm",
    (0.5, 2.0, 20.0, 200.0, 1000.0), 0.1,
)  # fmt: skip
HARM = FieldKind(
    "toxic.deaths", Text("Share of those at a building who would die of their dose", "建筑内人员按剂量的预期死亡比例"),
    "building", "share", (0.001, 0.01, 0.1, 0.5), 0.001,
)  # fmt: skip
ADVICE = FieldKind(
    "toxic.advice", Text("Order to the sector", "扇区指令"), "building", "class", (1.0, 2.0), 1.0,
    (Text("stay inside", "就地避险"), Text("leave", "疏散")),
)  # fmt: skip
_RINGS = (500.0, 1000.0, 2000.0, 3000.0)  #: m
_BREATHING = 1.5  #: m above ground
_OUTDOORS = 0.1  #: share of people (assumption)
_OPEN, _SHUT = 1.0 / HOUR, 0.4 / HOUR  #: air changes before and after the order to stay inside (assumption)
_STEP = 10.0  #: s between puffs
_AGAIN = 600.0  #: s between two looks at the sectors
_AHEAD, _EACH = 3600.0, 60.0  #: s for which the sectors are forecast, and its step
_ASKED = 12  #: places of a sector whose forecast is looked at
_LATITUDE = 32.06  #: degrees, of Nanjing, where the city does not tell


class ToxicRelease(Hazard):
    """A tank of chlorine or ammonia leaks; the wind turns while sectors are told to stay inside or to leave."""

    title: ClassVar[Text] = Text("Toxic release", "毒气泄漏")
    decisions: ClassVar[tuple[str, ...]] = ("toxic.place", "toxic.plugging")
    passport: ClassVar[Passport] = PASSPORT
    writes: ClassVar[tuple[FieldKind, ...]] = (PPM, HARM, ADVICE)
    opens: ClassVar[dict[str, IncidentKind]] = {
        "toxic_release": IncidentKind(
            title=Text("Toxic gas is leaking", "毒气泄漏"), per_100k_year=0.0, entity="building", hours=(1.0,) * 24,
            priority=0, line="emergency", crew="fire_engine", crews_needed=3, detect=Duration(median_s=180.0),
            on_scene=Duration(median_s=3600.0), hazard="toxic_release", target_s=900.0,
        ),
        "gas_poisoning": IncidentKind(
            title=Text("Poisoned by gas", "气体中毒"), per_100k_year=0.0, entity="building", hours=(1.0,) * 24,
            priority=0, line="emergency", crew="ambulance", detect=Duration(median_s=120.0),
            on_scene=Duration(median_s=900.0), transport_share=0.9, handover=Duration(median_s=900.0), target_s=720.0,
        ),
    }  # fmt: skip
    tells: ClassVar[dict[str, Text]] = {
        "toxic_started": Text("a tank leaks toxic gas", "储罐泄漏毒气"),
        "wind_turned": Text("the wind has turned", "风向改变"),
        "toxic_stay": Text("people of a sector are told to stay inside", "通知扇区居民就地避险"),
        "toxic_leave": Text("people of a sector are told to leave", "通知扇区居民疏散"),
        "toxic_streets": Text("streets in the gas are closed", "毒气覆盖道路封闭"),
        "toxic_streets_open": Text("streets are free of gas", "道路毒气消散，恢复通行"),
        "toxic_plugged": Text("the leak is plugged", "泄漏已封堵"),
        "toxic_empty": Text("the tank is empty", "储罐已泄空"),
    }

    kind: Literal["toxic_release"] = "toxic_release"
    where: Annotated[Where, Unit("place")] = Where(use="industrial")
    substance: Annotated[Literal["chlorine", "ammonia"], Unit("choice")] = "chlorine"
    hour: Annotated[float, Field(ge=0, lt=24), Unit("h")] = 9.0  #: of the first day on which it is still to come
    inventory_kg: Annotated[float, Field(gt=0, le=1e6), Unit("kg")] = 8000.0
    hole_mm: Annotated[float, Field(gt=0, le=500), Unit("mm")] = 40.0
    height_m: Annotated[float, Field(ge=0, le=300), Unit("m")] = 2.0
    wind_m_s: Annotated[float, Field(ge=0, le=STRONGEST), Unit("m/s")] = 3.0
    from_deg: Annotated[float | None, Field(ge=0, le=360), Unit("degrees")] = None  #: None: towards most people
    turns_after_min: Annotated[float, Field(ge=0, le=1440), Unit("min")] = 30.0
    turns_by_deg: Annotated[float, Field(ge=-180, le=180), Unit("degrees")] = 60.0  #: clockwise
    cloud: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.6  #: of the sky
    day_of_year: Annotated[int, Field(ge=1, le=366), Unit("d")] = 196
    foreseen: Annotated[bool, Unit("choice")] = False  #: whether the turn of the wind is in the forecast
    order_min: Annotated[float, Field(ge=0, le=1440), Unit("min")] = (
        10.0  #: from the call to the first order (D6: ≤ 10)
    )
    plug_min: Annotated[float, Field(gt=0, le=1440), Unit("min")] = 30.0  #: once all crews are there (assumption)
    reach_m: Annotated[float, Field(ge=500, le=10_000), Unit("m")] = 3000.0
    cell_m: Annotated[float, Field(ge=10, le=500), Unit("m")] = 50.0

    def start(self, world: World) -> Course:
        """Return the release of a run."""
        return _Release(self, world)

    def wind(self, begins: float, from_deg: float) -> Wind:
        """Return the wind of a release that begins at `begins`, s since midnight, at first from `from_deg`."""
        hours = np.array([begins, begins + max(self.turns_after_min, 1e-3) * MINUTE])
        classes = [
            class_index(stability(self.wind_m_s, sun_elevation(_LATITUDE, self.day_of_year, t / HOUR % 24), self.cloud))
            for t in hours
        ]
        directions = np.array([from_deg, from_deg + self.turns_by_deg]) % 360.0
        return Wind(hours, np.full(2, self.wind_m_s), directions, np.array(classes))


class _Release(Course):
    lasts_s = 12 * HOUR  # a leak that nobody plugs is empty by then (assumption)

    def __init__(self, kind: ToxicRelease, world: World) -> None:
        self._kind, self._world, self._toxic = kind, world, TOXICS[kind.substance]
        city = world.city
        self._building = kind.where.building(city, world.rules.stream, "toxic.place")
        self._x, self._y = float(city.buildings.x[self._building]), float(city.buildings.y[self._building])
        side = int(2 * kind.reach_m / kind.cell_m)
        corner = (self._x - side * kind.cell_m / 2, self._y - side * kind.cell_m / 2)
        self._raster = Raster(*corner, kind.cell_m, side, side)
        self._ppm = world.fields.add(PPM, self._raster)
        self._harm, self._advice = world.fields.add(HARM), world.fields.add(ADVICE)
        n = len(city.buildings)
        self._inside, self._load_in, self._load_out = np.zeros(n), np.zeros(n), np.zeros(n)
        self._gone, self._called = np.full(n, np.inf), np.zeros(n, dtype=np.bool_)
        self._sector = sectors(city.buildings.x, city.buildings.y, (self._x, self._y), _RINGS)
        self._left_kg, self._order, self._begun, self._began, self._stopped = kind.inventory_kg, -1, -1, 0.0, False
        self._ended = -1  #: the order of the release, once its crews have done their work
        self._orders_due = np.inf
        self._closed = np.zeros(city.drive.edges, dtype=np.bool_)
        self._plugging = False
        self._peak = np.zeros(n)
        first = kind.hour * HOUR
        self._at = first if first >= world.window[0] else first + DAY
        self._cloud = Cloud(kind.wind(self._at, self._from()), self._x, self._y, kind.height_m, now=self._at)
        world.engine.at(self._at, self._start)

    def _from(self) -> float:
        """Return where the wind comes from at first, degrees: as told, or so that it blows to where most people live."""
        if self._kind.from_deg is not None:
            return self._kind.from_deg
        places, home = self._world.city.buildings, self._world.population.home
        east, north = float(places.x[home].mean()) - self._x, float(places.y[home].mean()) - self._y
        return float(np.degrees(np.arctan2(-east, -north))) % 360.0

    @property
    def rate(self) -> float:
        """What leaks now, kg/s: vapour over the liquid, at 293 K."""
        if self._stopped or self._left_kg <= 0.0:
            return 0.0
        density = self._toxic.vapour * self._toxic.molar_mass / (GAS_CONSTANT * 293.15)
        return Orifice(circle(self._kind.hole_mm / 1000.0)).flow(self._toxic.vapour, density, self._toxic.ratio)

    def _start(self) -> None:
        world, places = self._world, self._world.city.buildings
        node = int(places.drive_node[self._building])
        self._begun = world.recorder.event(world.engine.now, "toxic_started", node=node)
        key = int(places.osm_id[self._building])
        self._order = world.open_order("toxic_release", key=key, building=self._building, cause=self._begun)
        turned = self._at + self._kind.turns_after_min * MINUTE
        if self._kind.turns_by_deg != 0.0 and turned < world.window[1]:
            world.engine.at(turned, lambda: self._note("wind_turned"))
        height = float(np.mean(places.levels)) * 3.0
        around = Surroundings(canyon=height / 25.0, nearest=0.0, farthest=self._kind.reach_m)  # 25 m wide (assumption)
        dense = dense_plume(self.rate / self._toxic.gas_density, self._toxic.gas_density, max(self._kind.wind_m_s, 0.1))
        for text in around.warnings(self._kind.wind_m_s, dense=dense):
            world.warn("toxic_release", text)

    def _note(self, name: str, **place: int) -> int:
        return self._world.recorder.event(self._world.engine.now, name, order=self._order, cause=self._begun, **place)

    def called(self, order: int) -> None:
        """Let the command order by sector some time after the call."""
        self._orders_due = self._world.engine.now + self._kind.order_min * MINUTE

    def step(self, now: float, beat: float) -> None:
        """Let the cloud drift and grow, people breathe, and the command look at the sectors."""
        if self._order < 0 or (self._cloud.mass == 0.0 and self.rate == 0.0 and not self._inside.any()):
            return
        mass = min(self.rate * beat, self._left_kg)
        if self.rate > 0.0 and mass >= self._left_kg:
            self._note("toxic_empty")
            self._control()
        self._left_kg -= mass
        self._cloud.advance(now + beat - self._cloud.now, mass, _STEP)
        reach = self._kind.reach_m
        self._cloud.forget((self._x - reach, self._x + reach), (self._y - reach, self._y + reach))
        self._ppm[:] = self._toxic.ppm(self._cloud.concentration(*self._raster.centres(), _BREATHING))
        self._breathe(now, beat)
        if now >= self._orders_due:
            self._orders_due = now + _AGAIN
            self._command(now)
        if now % 300.0 == 0.0:
            self._streets()

    def _breathe(self, now: float, beat: float) -> None:
        """Add to the loads of people in the open and indoors, by building; whoever has left breathes no more."""
        places = self._world.city.buildings
        outside = np.asarray(self._toxic.ppm(self._cloud.concentration(places.x, places.y, _BREATHING)))
        self._peak = np.maximum(self._peak, outside)
        stays = self._advice == STAY
        infiltrate(self._inside, outside, np.where(stays, _SHUT, _OPEN), beat)
        walking = (now >= self._gone) & (now < self._gone + Escape().walk)
        away = now >= self._gone + Escape().walk
        indoors = np.where(away, 0.0, np.where(walking, outside, self._inside))
        breathe(self._load_in, indoors, self._toxic.n, beat / MINUTE)
        breathe(self._load_out, np.where(stays | away, indoors, outside), self._toxic.n, beat / MINUTE)
        inside, out = self._toxic.deaths(self._load_in), self._toxic.deaths(self._load_out)
        self._harm[:] = (1.0 - _OUTDOORS) * inside + _OUTDOORS * out
        self._inside[self._inside < 1e-3] = 0.0
        self._call_for_help(now, outside)
        if self._ended >= 0:  # indoors the gas stays on when the crews have done their work
            self._count(self._ended)

    def _call_for_help(self, now: float, outside: np.ndarray) -> None:
        """Call for a building once somebody there is in danger of life (AEGL-3) or expected to die."""
        world, places = self._world, self._world.city.buildings
        people = occupants(world.population, len(places), world.hour(now))
        danger = (outside * _OUTDOORS * people >= self._toxic.danger) & (outside >= self._toxic.danger)
        needs = (danger | (self._harm * people >= 1.0)) & ~self._called & (people >= 1.0)
        for building in np.flatnonzero(needs).tolist():
            self._called[building] = True
            severity = min(1.0, float(self._harm[building]) * 2.0 + 0.3)
            key = int(places.osm_id[building])
            world.open_order("gas_poisoning", key=key, building=building, severity=severity, cause=self._begun)

    def _command(self, now: float) -> None:
        """Tell each sector whose forecast is harmful to stay inside or to leave, whichever costs the smaller load."""
        places = self._world.city.buildings
        used = np.unique(self._sector[self._sector >= 0])
        members = [np.flatnonzero(self._sector == sector) for sector in used]
        asked = [m[:: max(1, len(m) // _ASKED)] for m in members]
        every = np.concatenate(asked)
        series = self._forecast(now, places.x[every], places.y[every])
        at = np.cumsum([0, *(len(one) for one in asked)])
        for number, member in enumerate(members):
            told = advise(self._toxic, series[:, at[number] : at[number + 1]], _SHUT, _EACH, Escape())
            if told in {STAY, LEAVE}:
                self._tell_sector(member, told, now)

    def _forecast(self, now: float, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the ppm to be expected at places in each step of the hour to come, [steps, places]."""
        wind, here = self._cloud.wind, self._cloud
        if not self._kind.foreseen:
            speed, direction, number = wind.at(now)
            wind = Wind(np.array([now]), np.array([speed]), np.array([direction]), np.array([number]))
        ahead = Cloud(wind, self._x, self._y, here.height, here.scheme, here.lid, here.now)
        ahead.puffs, ahead.sigma, ahead.travelled = here.puffs.copy(), here.sigma.copy(), here.travelled.copy()
        steps = []
        for _ in range(int(_AHEAD / _EACH)):
            ahead.advance(_EACH, self.rate * _EACH, 2 * _STEP)
            steps.append(np.asarray(self._toxic.ppm(ahead.concentration(x, y, _BREATHING))))
        return np.array(steps)

    def _tell_sector(self, members: np.ndarray, advice: int, now: float) -> None:
        if (self._advice[members] >= advice).all():  # who has been told to leave is not called back
            return
        self._advice[members] = np.maximum(self._advice[members], advice)
        name = "toxic_leave" if advice == LEAVE else "toxic_stay"
        self._note(name, node=int(self._world.city.buildings.drive_node[members[0]]))
        if advice == LEAVE:
            self._gone[members] = np.minimum(self._gone[members], now + Escape().ready)

    def _streets(self) -> None:
        """Close the streets on which the gas endangers life, and open them once it has gone."""
        drive = self._world.city.drive
        tails = drive.tails()
        x, y = (drive.x[tails] + drive.x[drive.head]) / 2, (drive.y[tails] + drive.y[drive.head]) / 2
        cell = self._raster.cell_of(x, y)
        closed = np.where(cell >= 0, self._ppm[cell] >= self._toxic.danger, False)
        if (closed != self._closed).any():
            event = self._note("toxic_streets" if closed.any() else "toxic_streets_open")
            self._world.roads.set("toxic_release", np.where(closed, 0.0, 1.0), event)
            self._closed = closed

    def arrival(self, order: int, present: int, expected: int) -> bool:
        """Begin to plug the leak once all crews are there."""
        if present >= expected and not self._plugging:
            self._plugging = True
            key = int(self._world.city.buildings.osm_id[self._building])
            takes = self._world.rules.stream.lognormal(self._kind.plug_min * MINUTE, 0.4, "toxic.plugging", key)
            self._world.engine.at(self._world.engine.now + takes, self._plug)
        return not isnan(self._world.orders.stamps[order, CONTROL])

    def _plug(self) -> None:
        if not self._stopped and self._left_kg > 0.0:
            self._note("toxic_plugged")
            self._control()

    def _control(self) -> None:
        self._stopped = True
        if isnan(self._world.orders.stamps[self._order, CONTROL]):
            self._world.reach(self._order, CONTROL, "controlled", cause=self._begun)

    def ended(self, order: int) -> None:
        """Write the gas that has escaped (kg) as the outcome, and the deaths expected so far."""
        self._ended = order
        self._count(order)

    def _count(self, order: int) -> None:
        world = self._world
        people = occupants(world.population, len(world.city.buildings), world.hour(self._at))
        world.orders.outcome[order] = self._kind.inventory_kg - self._left_kg
        world.orders.deaths[order] = float((people * self._harm).sum())
