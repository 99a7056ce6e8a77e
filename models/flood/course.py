"""The course of a cloudburst in a run: water on the raster, streets that close, people in danger, crews that pump."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import isnan, nan
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.calendar import HOUR, MINUTE
from models.flood import people
from models.flood.city import build
from models.flood.danger import BANDS, STALLS, hazard_rating
from models.flood.passport import DEPTH_RANGE, FROUDE_RANGE, RAIN_RANGE
from models.flood.rain import MM_PER_H
from models.flood.state import Trapped, UnderpassState
from models.flood.stations import Stations
from models.flood.streets import speed_factors
from models.hazards.base import Course
from models.orders import CONTROL
from models.population import occupants
from models.world import World
from sim.city.speeds import free_speeds
from sim.fields import FieldKind, Points
from sim.text import Text

if TYPE_CHECKING:
    from models.hazards.flood import Flood

DEPTH = FieldKind("flood.depth", Text("Depth of water", "积水深度"), "cell", "m", (0.15, 0.3, 0.6, 1.0, 2.0), 0.05)
RATING = FieldKind(
    "flood.rating", Text("Danger to people, d·(v + 0.5) + debris", "行人危险度 d·(v+0.5)+碎片系数"), "cell", "ratio",
    BANDS, 0.25,
)  # fmt: skip
STREET_DEPTH = FieldKind(
    "flood.street", Text("Greatest depth on a street", "道路最大积水深度"), "edge", "m", (0.05, 0.15, 0.3, 0.6, 1.0, 2.0), 0.05
)  # fmt: skip
GARAGE = FieldKind(
    "flood.garage", Text("Garage under water", "地下车库进水比例"), "building", "share", (0.02, 0.25, 0.5, 0.75), 0.02
)
RAIN = FieldKind("flood.rain", Text("Rain", "雨强"), "point", "mm/h", (1.0, 10.0, 20.0, 50.0, 100.0), 1.0)
SERIES_S = 300.0  #: s between looks at the danger to people
_OPENS = 0.1  #: m of water in which an underpass is opened again
_DRY = 0.08  #: m at which a crew is done
_WORTH = 0.02  #: share of a garage under water from which it is told
_STOP = 0.03  #: m: where no water is deeper and no rain falls, it is over


class FloodCourse(Course):
    """One cloudburst; the state of a run."""

    lasts_s = 10 * HOUR  # after that a crew gives up (assumption)

    def __init__(self, kind: Flood, world: World) -> None:
        self._kind, self._world = kind, world
        self._at = world.moment(kind.hour)
        self._rain = kind.rain().starting(self._at)
        self._ends = float(self._rain.edges[-1])
        places = build(world.city, kind, self._rain, world.rules.stream)
        self._places, self._basin = places, places.basin
        self._basin.now = self._at
        self._land = np.ones(places.basin.terrain.z.size, dtype=np.bool_)  #: cells that can dry up: no river
        for stage in places.basin.stages:
            self._land[stage.cells] = False
        self._depth = world.fields.add(DEPTH, self._basin.terrain.raster)
        self._rating = world.fields.add(RATING, self._basin.terrain.raster)
        drive = world.city.drive
        self._rain_now = world.fields.add(RAIN, Points(drive.x[:1].copy(), drive.y[:1].copy()))  # the same everywhere
        self._street, self._garage = world.fields.add(STREET_DEPTH), world.fields.add(GARAGE)
        self._free = free_speeds(world.city.drive)
        self._under = [UnderpassState(one) for one in places.underpasses]
        self._stations = Stations(world, places.underpasses, self._basin.pumps.rate)
        self._trapped: dict[int, Trapped] = {}  #: by order
        self._flooded: set[int] = set()  #: garages that were told
        self._called = np.zeros(len(world.city.buildings), dtype=np.bool_)
        self._factors = np.ones(world.city.drive.edges)
        self._begun, self._over = -1, False
        self._garage_room = np.maximum(self._basin.garages.volume, 1e-9)
        world.engine.at(self._at, self._begin)
        self._say_what_is_invented()

    def _say_what_is_invented(self) -> None:
        if self._places.about_ground is not None:
            self._world.warn("flood", self._places.about_ground)
        self._world.warn("flood", Text("Drains, underpasses, pumps and garages are synthetic.",
                                       "排水口、下穿通道、泵站与地下车库为合成数据。"))  # fmt: skip
        self._world.within("flood", RAIN_RANGE, self._rain.intensity / MM_PER_H)

    def _begin(self) -> None:
        world, kind = self._world, self._kind
        self._begun = world.recorder.event(world.engine.now, "flood_rain")
        for field in (DEPTH, RAIN):
            world.fields.because(field.name, self._begun)
        fails = self._at + kind.pumps_fail_min * MINUTE
        for number, one in enumerate(self._under):
            if world.rules.stream.chance(kind.pumps_fail, "flood.pump_fails", one.place.key):
                world.engine.at(fails, partial(self._stations.fail, number, self._begun))

    def _note(self, name: str, node: int, cause: int, order: int = -1) -> int:
        return self._world.recorder.event(self._world.engine.now, name, order=order, node=node, cause=cause)

    def step(self, now: float, beat: float) -> None:
        """Let it rain and flow until the end of the beat, then look at streets, underpasses, garages and houses."""
        end = now + beat
        self._rain_now[:] = (self._rain.until(end) - self._rain.until(now)) / beat / MM_PER_H
        if end <= self._at or self._over:
            return
        self._stations.step()
        self._basin.advance(end - self._basin.now)
        depth = self._basin.depth
        self._depth[:] = depth.ravel()
        if end % SERIES_S == 0.0:  # only then is it told
            self._rating[:] = np.asarray(hazard_rating(depth, self._basin.speed())).ravel()
        self._garage[self._places.garage_of] = (
            self._basin.garages.held * self._basin.unit * self._basin.size**2 / self._garage_room
        )
        for number in range(len(self._under)):
            self._underpass(number, now, beat)
        self._streets()
        self._garages(now)
        self._houses(now)
        self._drown(beat)
        if now % HOUR == 0.0:
            for text in self._basin.outside():
                self._world.warn("flood", text)
            self._world.within("flood", FROUDE_RANGE, self._basin.froude())
            self._world.within("flood", DEPTH_RANGE, depth)
        self._over = now > self._ends and float(self._depth[self._land].max()) < _STOP

    # Underpasses

    def _underpass(self, number: int, now: float, beat: float) -> None:
        """Notice the water, close, let those who drive on be trapped, open again."""
        one, kind, world = self._under[number], self._kind, self._world
        depth = float(self._depth[one.place.cell])
        one.depth, one.peak = depth, max(one.peak, depth)
        if depth >= STALLS and isnan(one.t_stall):
            one.t_stall = now
        if depth >= kind.close_m and isnan(one.t_wet):
            one.t_wet = now
            one.wet = self._note("flood_underpass_wet", one.place.nodes[0], self._begun)
            node = one.place.nodes[0]
            one.order = world.open_order("flood_pumping", key=one.place.key, node=node, cause=one.wet)
            after = world.rules.stream.lognormal(kind.close_min * MINUTE, 0.5, "flood.closing", one.place.key)
            world.engine.at(now + after, partial(self._close, one))
        if one.closed and depth < _OPENS and now > self._ends:
            one.closed, one.t_open = False, now
            self._note("flood_underpass_open", one.place.nodes[0], one.wet)
            self._streets()
        if (
            depth >= kind.close_m and not one.closed and not isnan(one.t_open)
        ):  # it has come back; the guard is still there
            one.t_open = nan
            self._close(one, again=True)
        if one.crews and depth < _DRY and now > self._ends and isnan(world.orders.stamps[one.order, CONTROL]):
            self._basin.pumps.rate[len(self._under) + number] = 0.0
            world.reach(one.order, CONTROL, "flood_pumped_dry", cause=one.wet)
        if depth >= STALLS and not one.closed:
            self._drive_in(one, now, beat)

    def _close(self, one: UnderpassState, *, again: bool = False) -> None:
        if not one.closed and isnan(one.t_open):
            one.closed = True
            one.t_closed = one.t_closed if again else self._world.engine.now
            one.closing = self._note("flood_underpass_closed", one.place.nodes[0], one.wet)
            self._streets()

    def _drive_in(self, one: UnderpassState, now: float, beat: float) -> None:
        """Let drivers enter an underpass that nobody has closed; the first ones to be trapped call."""
        world = self._world
        drive = world.city.drive
        edge = int(np.flatnonzero(drive.link == one.place.link)[0])
        expected = people.expected_drivers(int(drive.road_class[edge]), world.hour(now), beat, one.trapped)
        entities = np.array([one.place.key])
        came = float(world.rules.stream.poissons(expected, "flood.drivers", entities, int(now // MINUTE))[0])
        if came <= 0.0:
            return
        if one.rescue < 0 or not self._trapped[one.rescue].waits:
            told = self._note("flood_trapped", one.place.nodes[0], one.wet)
            key, node = one.place.key * 1000 + one.rescues, one.place.nodes[0]
            one.rescues += 1
            one.rescue = world.open_order("flood_rescue", key=key, node=node, severity=0.9, cause=told)
            self._trapped[one.rescue] = Trapped(
                "underpass", one.place.cell, partial(self._deep, self._depth, one.place.cell, people.FILLS)
            )
        self._trapped[one.rescue].persons += came
        one.trapped += came

    # Streets

    def _streets(self) -> None:
        """Write how deep and how slow every street is; a street is closed by water or by those who closed it."""
        world = self._world
        drive = world.city.drive
        by_link = self._places.ways.greatest(self._depth)
        self._street[:] = np.where(drive.link_bridge, 0.0, by_link)[drive.link]
        factors = speed_factors(drive, by_link, self._free)
        shut = [one.place.link for one in self._under if one.closed]
        factors[np.isin(drive.link, shut)] = 0.0
        if (factors != self._factors).any():
            worst = int(np.argmin(factors))
            name = "flood_streets" if (factors < 1.0).any() else "flood_streets_open"
            event = self._note(name, int(drive.head[worst]), self._begun)
            self._factors = factors
            world.roads.set("flood", factors, event)

    # Garages and houses

    def _garages(self, now: float) -> None:
        """Tell of garages that fill, and call for those who went for their cars."""
        world, places = self._world, self._world.city.buildings
        share = self._garage[self._places.garage_of]
        for number in np.flatnonzero(share >= _WORTH).tolist():
            if number in self._flooded:
                continue
            self._flooded.add(number)
            building = int(self._places.garage_of[number])
            told = self._note("flood_garage", int(places.drive_node[building]), self._begun)
            inside = float(occupants(world.population, len(places), world.hour(now))[building])
            went = self._draw("flood.in_garage", building, people.expected_in_garage(inside))
            if went > 0.0:
                deep = partial(self._deep, self._garage, building, people.ROOFS)
                self._rescue(building, 0, told, Trapped("garage", building, deep, went))

    def _houses(self, now: float) -> None:
        """Call for those on a ground floor under water who cannot leave it by themselves."""
        world, places = self._world, self._world.city.buildings
        cell = self._places.building_cell
        deep = (cell >= 0) & (self._depth[cell] >= people.WADES) & ~self._called
        if not deep.any():
            return
        self._called |= deep
        inside = occupants(world.population, len(places), world.hour(now))
        expected = people.expected_helpless(inside, places.levels)
        for building in np.flatnonzero(deep).tolist():
            stay = self._draw("flood.ground_floor", building, float(expected[building]))
            if stay > 0.0:
                told = self._note("flood_house", int(places.drive_node[building]), self._begun)
                over = partial(self._deep, self._depth, int(cell[building]), 2.0 * people.WADES)
                self._rescue(building, 1, told, Trapped("house", building, over, stay))

    @staticmethod
    def _deep(field: NDArray[np.float64], at: int, limit: float) -> bool:
        return bool(field[at] >= limit)

    def _draw(self, decision: str, building: int, expected: float) -> float:
        key = np.array([self._world.city.buildings.osm_id[building]])
        return float(self._world.rules.stream.poissons(expected, decision, key)[0])

    def _rescue(self, building: int, way: int, cause: int, trapped: Trapped) -> None:
        key = int(self._world.city.buildings.osm_id[building]) * 2 + way
        severity = min(1.0, 0.5 + trapped.persons / 20.0)
        order = self._world.open_order("flood_rescue", key=key, building=building, severity=severity, cause=cause)
        self._trapped[order] = trapped

    def _drown(self, beat: float) -> None:
        for one in self._trapped.values():
            one.wait(beat)

    # Crews

    def arrival(self, order: int, present: int, expected: int) -> bool:
        """Let a crew fetch people out at once, or set up its pump."""
        if order in self._trapped:
            self._trapped[order].waits = False
            return True
        number = next((n for n, one in enumerate(self._under) if one.order == order), None)
        if number is None or not isnan(self._world.orders.stamps[order, CONTROL]):
            return True
        one = self._under[number]
        one.crews += 1
        self._basin.pumps.rate[len(self._under) + number] += self._kind.crew_m3_per_h / HOUR
        self._world.tell(order, "flood_pumping_begins", cause=one.wet)
        return False

    def ended(self, order: int) -> None:
        """Write how many were trapped or how deep it was as the outcome, and the expected deaths."""
        orders = self._world.orders
        if order in self._trapped:
            orders.outcome[order], orders.deaths[order] = self._trapped[order].persons, self._trapped[order].dead
            return
        for one in self._under:
            if one.order == order:
                orders.outcome[order], orders.deaths[order] = one.peak, 0.0

    def rows(self) -> Mapping[str, NDArray[Any]]:
        """Return underpasses, flooded garages and houses, each with its times (s), depth (m) and people."""
        places, city = self._world.city.buildings, self._world.city
        centres = self._basin.terrain.raster.centres()
        found = []
        for one in self._under:
            cell, area = one.place.cell, int(city.areas.grid_of_drive_node[one.place.nodes[0]])
            dead = sum(t.dead for t in self._trapped.values() if t.place == "underpass" and t.at == cell)
            times = (one.t_wet, one.t_stall, one.t_closed, one.t_open)
            found.append(("underpass", area, centres[0][cell], centres[1][cell], one.peak, *times, one.trapped, dead))
        people_at = {(t.place, t.at): t for t in self._trapped.values()}
        for number in sorted(self._flooded):
            building = int(self._places.garage_of[number])
            who, peak = people_at.get(("garage", building)), float(self._garage[building]) * 2.6
            found.append(("garage", *self._house_row(building, places), peak, nan, nan, nan, nan, *_counted(who)))
        for (place, building), who in people_at.items():
            if place == "house":
                found.append((place, *self._house_row(building, places), nan, nan, nan, nan, nan, *_counted(who)))
        names = ("place", "area", "x", "y", "peak", "t_wet", "t_stall", "t_closed", "t_open", "trapped", "dead")
        columns = list(zip(*found, strict=True)) if found else [()] * len(names)
        return {name: np.array(column) for name, column in zip(names, columns, strict=True)}

    def _house_row(self, building: int, places: Any) -> tuple[int, float, float]:
        return int(places.grid[building]), float(places.x[building]), float(places.y[building])


def _counted(who: Trapped | None) -> tuple[float, float]:
    return (0.0, 0.0) if who is None else (who.persons, who.dead)
