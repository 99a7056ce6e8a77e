"""A toxic release in one run: the gas drifts, people breathe it, sectors are told what to do, and teams close the leak."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.calendar import HOUR, MINUTE
from models.constants import GAS_CONSTANT
from models.gas.source import Orifice, circle
from models.hazards.base import Course
from models.orders import ACK, CONTROL
from models.plume.dose import TOXICS
from models.plume.exposure import OUT, SHUT, Exposure
from models.plume.passport import DISTANCE_RANGE, STREETS_RANGE, WIND_RANGE
from models.plume.puffs import Cloud
from models.plume.shelter import LEAVE, STAY, Escape, advise, sectors
from models.plume.validity import CALM, DENSE, dense_plume
from models.plume.weather import Wind
from models.population import occupants
from models.world import World
from sim.fields import FieldKind, Raster
from sim.text import Text

if TYPE_CHECKING:
    from models.hazards.toxic_release import ToxicRelease

PPM = FieldKind(
    "toxic.ppm", Text("Toxic gas in the open, at 1.5 m", "室外毒气浓度（1.5 米高）"), "cell", "ppm",
    (0.5, 2.0, 20.0, 200.0, 1000.0), 0.1,
)  # fmt: skip
HARM = FieldKind(
    "toxic.deaths", Text("Share of the people of a building who would die of their dose", "建筑内人员按剂量的预期死亡比例"),
    "building", "share", (0.001, 0.01, 0.1, 0.5), 0.001,
)  # fmt: skip
ADVICE = FieldKind(
    "toxic.advice", Text("Order to the sector", "扇区指令"), "building", "class", (1.0, 2.0), 1.0,
    (Text("stay inside", "就地避险"), Text("leave", "疏散")),
)  # fmt: skip
RELEASE, PLUGGING, POISONED = "toxic_release", "toxic_plugging", "gas_poisoning"
_RINGS = (500.0, 1000.0, 2000.0, 3000.0)  #: m
_BREATHING = 1.5  #: m above ground
_STEP = 10.0  #: s between puffs
_AGAIN = 600.0  #: s between two looks at the sectors
_AHEAD, _EACH = 3600.0, 60.0  #: s for which the sectors are forecast, and its step
_ASKED = 12  #: places of a sector whose forecast is looked at


class Release(Course):
    """The course of a release; a team closes the leak once an engine is there to cover it."""

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
        self._exposure = Exposure(self._toxic, n, world.whereabouts)
        self._called = np.zeros(n, dtype=np.bool_)
        self._sector = sectors(city.buildings.x, city.buildings.y, (self._x, self._y), _RINGS)
        self._left_kg, self._order, self._begun, self._stopped = kind.inventory_kg, -1, -1, False
        self._plug_order = -1
        self._ended = -1  #: the order of the release, once its crews have done their work
        self._orders_due = np.inf
        self._closed = np.zeros(city.drive.edges, dtype=np.bool_)
        self._here, self._plugging, self._asked = set[int](), False, False  #: orders at which crews have arrived
        self._at = world.moment(kind.hour)
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
        self._order = self._open(RELEASE)
        turned = self._at + self._kind.turns_after_min * MINUTE
        if self._kind.turns_by_deg != 0.0:
            world.engine.at(turned, lambda: self._note("wind_turned"))
        height = float(np.mean(places.levels)) * 3.0
        world.within("toxic_release", STREETS_RANGE, height / 25.0)  # 25 m wide (assumption)
        world.within("toxic_release", DISTANCE_RANGE, (0.0, self._kind.reach_m))
        world.within("toxic_release", WIND_RANGE, self._kind.wind_m_s)
        dense = dense_plume(self.rate / self._toxic.gas_density, self._toxic.gas_density, max(self._kind.wind_m_s, 0.1))
        for holds, text in ((dense, DENSE), (self._kind.wind_m_s < 1.0, CALM)):
            if holds:
                world.warn("toxic_release", text)

    def _open(self, name: str) -> int:
        key = int(self._world.city.buildings.osm_id[self._building])
        return self._world.open_order(name, key=key, building=self._building, cause=self._begun)

    def _note(self, name: str, **place: int) -> int:
        return self._world.recorder.event(self._world.engine.now, name, order=self._order, cause=self._begun, **place)

    def called(self, order: int) -> None:
        """Alarm the team that closes leaks, and let the command order by sector some time after the call."""
        if order == self._order:
            self._orders_due = self._world.engine.now + self._kind.order_min * MINUTE
            if not self._stopped and self._left_kg > 0.0:
                self._plug_order = self._open(PLUGGING)

    def step(self, now: float, beat: float) -> None:
        """Let the cloud drift and grow, people breathe, and the command look at the sectors."""
        if self._order < 0 or (self._cloud.mass == 0.0 and self.rate == 0.0 and not self._exposure.inside.any()):
            return
        mass = min(self.rate * beat, self._left_kg)
        if self.rate > 0.0 and mass >= self._left_kg:
            self._note("toxic_empty")
            self._control()
        self._left_kg -= mass
        self._cloud.advance(now + beat - self._cloud.now, mass, _STEP)
        reach = self._kind.reach_m
        self._cloud.forget((self._x - reach, self._x + reach), (self._y - reach, self._y + reach))
        self._ppm[:] = self._outside(*self._raster.centres())
        self._breathe(now, beat)
        if now >= self._orders_due:
            self._orders_due = now + _AGAIN
            self._command(now)
        if now % 300.0 == 0.0:
            self._streets()

    def _outside(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(self._toxic.ppm(self._cloud.concentration(x, y, _BREATHING)))

    def _breathe(self, now: float, beat: float) -> None:
        """Add to the loads of people in the open, indoors and on their way; whoever has left breathes no more."""
        places, exposure = self._world.city.buildings, self._exposure
        outside = self._outside(places.x, places.y)
        exposure.breathe(outside, self._advice == STAY, self._outside, now, beat)
        self._harm[:] = exposure.deaths()
        self._call_for_help(now, outside)
        if self._ended >= 0:  # indoors the gas stays on when the crews have done their work
            self._count(self._ended)

    def _call_for_help(self, now: float, outside: NDArray[np.float64]) -> None:
        """Call for a building once somebody there is in danger of life (AEGL-3) or expected to die."""
        world, places = self._world, self._world.city.buildings
        people = occupants(world.population, len(places), world.hour(now))
        danger = (outside * OUT * people * self._exposure.left() >= self._toxic.danger) & (
            outside >= self._toxic.danger
        )
        needs = (danger | (self._harm * people >= 1.0)) & ~self._called & (people >= 1.0)
        for building in np.flatnonzero(needs).tolist():
            self._called[building] = True
            severity = min(1.0, float(self._harm[building]) * 2.0 + 0.3)
            key = int(places.osm_id[building])
            world.open_order(POISONED, key=key, building=building, severity=severity, cause=self._begun)
        if not self._asked and self._waiting() > len(world.crews.available("ambulance", now)):
            self._asked = True
            asked = self._note("toxic_aid_asked")
            world.engine.at(now + self._kind.aid_min * MINUTE, lambda: self._aid(asked))

    def _waiting(self) -> int:
        """Return how many calls for the poisoned have no ambulance yet."""
        orders = self._world.orders
        poisoned = self._world.incidents.kind == self._world.incidents.kinds.index(POISONED)
        return int((poisoned & np.isnan(orders.stamps[:, ACK])).sum())

    def _aid(self, asked: int) -> None:
        """Let the ambulances of the neighbours be there."""
        if self._world.crews.join("ambulance"):
            self._world.recorder.event(self._world.engine.now, "toxic_aid_here", order=self._order, cause=asked)

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
            told = advise(self._toxic, series[:, at[number] : at[number + 1]], SHUT, _EACH, Escape())
            if told in {STAY, LEAVE}:
                self._tell_sector(member, told if self._kind.may_leave else STAY, now)

    def _forecast(self, now: float, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
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

    def _tell_sector(self, members: NDArray[np.int64], advice: int, now: float) -> None:
        if (self._advice[members] >= advice).all():  # who has been told to leave is not called back
            return
        self._advice[members] = np.maximum(self._advice[members], advice)
        name = "toxic_leave" if advice == LEAVE else "toxic_stay"
        told = self._note(name, node=int(self._world.city.buildings.drive_node[members[0]]))
        if advice == LEAVE:
            self._world.fields.because(ADVICE.name, told)
            self._exposure.leave(members, now)

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
        """Begin to plug the leak once the team is there, and an engine to cover it with water."""
        self._here.add(order)
        if {self._order, self._plug_order} <= self._here and not self._plugging:
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
        for order in (self._order, self._plug_order):
            if order >= 0 and isnan(self._world.orders.stamps[order, CONTROL]):
                self._world.reach(order, CONTROL, "controlled", cause=self._begun)

    def ended(self, order: int) -> None:
        """Write the gas that has escaped (kg) as the outcome, and the deaths expected so far."""
        if order == self._order:
            self._ended = order
            self._count(order)

    def _count(self, order: int) -> None:
        world = self._world
        people = occupants(world.population, len(world.city.buildings), world.hour(self._at))
        world.orders.outcome[order] = self._kind.inventory_kg - self._left_kg
        world.orders.deaths[order] = float((people * self._harm).sum())

    def rows(self) -> Mapping[str, NDArray[Any]]:
        """Return one row for every grid in which people were when it began: how many of them came to harm."""
        world, toxic, exposure = self._world, self._toxic, self._exposure
        grid = world.city.buildings.grid
        people = occupants(world.population, len(grid), world.hour(self._at))
        area = np.unique(grid[people > 0.0])
        at = np.searchsorted(area, grid)
        at[people == 0.0] = 0

        def persons(share: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.bincount(at, weights=people * share, minlength=len(area)).astype(np.float64)

        return {"area": area, "persons": persons(np.ones(len(grid))), "harmed": persons(exposure.above(toxic.harm)),
                "endangered": persons(exposure.above(toxic.danger)), "dead": persons(exposure.deaths())}  # fmt: skip
