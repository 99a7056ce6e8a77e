"""The course of a spreading fire in a run: physics in the town, orders for the brigade, smoke for those above."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import ceil, isnan
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.calendar import HOUR, MINUTE
from models.fire import harm
from models.fire.access import free_fronts
from models.fire.evacuees import Well
from models.fire.fireground import fire_ground, place_water, places_of
from models.fire.first_aid import control_chance
from models.fire.grounds import ORDER, Ground, Grounds
from models.fire.growth import class_growth_rate
from models.fire.spread import advance, put_out
from models.fire.state import (
    BRAND,
    CONTACT,
    GROWING,
    INVOLVED,
    OUT,
    RADIATION,
    SET,
    WHOLE,
    Luck,
    growth_luck,
    ignite,
    no_fire,
    wind_from,
)  # fmt: skip
from models.fire.structures import standard_classes
from models.fire.tower import ALARM_S
from models.fire.towers import CASUALTY, Towers
from models.fire.town import Town, build_town
from models.fire.water import available, left_in_tanks, mains_flow
from models.hazards.base import Course
from models.orders import ARRIVE, CONTROL, ONSET, REPORT
from models.world import World

if TYPE_CHECKING:
    from models.hazards.fire import Fire, Ignition

ALIGHT = "gas.alight"  #: buildings that gas sets alight, where a model of gas runs
HYDRANT = "water.hydrant"  #: what hydrants can give at a building, l/s, where a model of the mains runs
STEP_S = 15.0  #: longest inner step
_TOLD = {SET: "fire_set", RADIATION: "fire_spreads", BRAND: "fire_jumps", CONTACT: "fire_breaks_through"}


class FireCourse(Course):
    """All spreading fires of a run."""

    lasts_s = 48.0 * HOUR  # what burns out is controlled by itself before

    def __init__(self, kind: Fire, world: World) -> None:
        self._kind, self._world = kind, world
        stream = world.rules.stream
        self._town = town_of(kind, world)
        self._fire = no_fire(self._town, growth_luck(self._town, stream, "fire.growth"))
        self._classes = standard_classes()
        self._classes["lights"] *= stream.lognormal(1.0, kind.brands_sigma, "fire.unknown_brands", 0)
        self._flow = kind.engine_l_s * stream.lognormal(1.0, kind.water_sigma, "fire.unknown_water", 0)
        self._luck = Luck(*(stream.key(f"fire.{name}") for name in Luck._fields))
        self._wind = wind_from(kind.wind_from_deg, kind.wind_m_s)
        self._fronts, self._places = free_fronts(self._town, self._wind), places_of(self._town)
        self._state = world.fields.add(kind.writes[0])
        self._flux = world.fields.add(kind.writes[1])
        self._smoke = world.fields.add(kind.writes[2])
        self._known = np.zeros(len(self._town.site), dtype=np.int32)  #: state as it was last told
        self._events: dict[int, int] = {}  #: the event with which each building took fire
        when = [world.window[0] if one.at_h is None else world.moment(one.at_h) for one in kind.ignitions]
        self._left = sorted(enumerate(when), key=lambda one: one[1])  #: ignitions to come, by number, and when
        self._grounds = Grounds(world, kind.ground_m, kind.first_alarms)
        self._towers = Towers(world, self._town)
        self._drawn = world.fields.add(kind.writes[3])
        self._tanks: dict[int, tuple[int, float]] = {}  #: engines so far and l in their tanks, by origin of the ground
        self._short: set[int] = set()  #: origins of grounds that have not the water they want
        self._deaths: dict[int, float] = {}  #: expected, by building
        self._hurt: dict[int, int] = {}  #: in low buildings

    def step(self, now: float, beat: float) -> None:
        """Burn from `now` to `now + beat`: ignite, place water, spread, tell."""
        steps = ceil(beat / STEP_S)
        for i in range(steps):
            self._set(now + i * beat / steps)
            if not self._fire.counts[0]:
                continue
            if i == 0:
                self._place_water(now, beat)
            advance(self._town, self._classes, self._fire, self._wind, self._luck, now + i * beat / steps, beat / steps)
        self._tell()
        self._towers.step(now, beat, self._fire, self._grounds)
        self._write()

    def _set(self, now: float) -> None:
        while self._left and self._left[0][1] <= now:
            number, _ = self._left.pop(0)
            self._light(number, self._kind.ignitions[number], now)
        fields = self._world.fields
        if ALIGHT in fields:
            for b in np.flatnonzero((fields[ALIGHT] > 0.0) & (self._fire.home["state"] == WHOLE)).tolist():
                self._events[b] = fields.cause(ALIGHT, b)  # the cause of its taking fire, until that is told
                self._set_alight(b, 0, class_growth_rate("fast"), now)  # assumption

    def _light(self, number: int, what: Ignition, now: float) -> None:
        """Set a building alight as the scenario says."""
        building = what.building(self._world, number)
        self._set_alight(building, what.storey, what.growth_rate(), now)
        self._towers.smoke_ways[building] = (what.stair_leak, Well(what.well_share, what.well_leak))

    def _set_alight(self, building: int, storey: int, alpha: float, now: float) -> None:
        """Light the middle of a storey, at most the topmost; `alpha` in kW/s²."""
        site = self._town.site[building]
        unit = int(min(storey, int(site["storeys"]) - 1) * site["across"] + site["across"] // 2)
        self._fire.unit["alpha"][int(site["first_unit"]) + unit] = alpha
        ignite(self._town, self._fire, building, unit, now, (SET, -1))

    def _place_water(self, now: float, beat: float) -> None:
        """Put the engines' water where it does most, ground by ground, each building in one; without engines is none."""
        self._drawn[:] = 0.0
        taken = np.zeros(len(self._town.site), dtype=np.bool_)
        fought = [ground for ground in self._grounds.open() if ground.engines(self._world)]
        home = self._fire.home
        home["water"] = home["shield"] = 0.0  # what crews have left has none
        for ground in fought:
            members = fire_ground(self._places, self._fire, ground.origin, self._kind.ground_m)
            members = members[~taken[members]]
            taken[members] = True
            hydrants = self._hydrants(ground, len(fought))
            flow = self._supplied(ground, hydrants, beat)
            placed = place_water(self._town, self._classes, self._fire, members, self._fronts, flow, now)
            drawn = placed.attack + placed.shield
            came, tanks = self._tanks[ground.origin]
            self._tanks[ground.origin] = came, left_in_tanks(drawn, hydrants, tanks, beat)
            self._drawn[ground.origin] = drawn

    def _hydrants(self, ground: Ground, fires: int) -> float:
        """Return what hydrants give at a ground, l/s: as a model of the mains says, or as mains of its size are designed."""
        fields = self._world.fields
        if HYDRANT in fields:
            return float(fields[HYDRANT][ground.origin])
        return mains_flow(self._world.city.residents, fires)

    def _supplied(self, ground: Ground, hydrants: float, beat: float) -> float:
        """Return the flow that the engines of a ground have, l/s, and tell where it is less than half of what they want."""
        engines, fields, origin = ground.engines(self._world), self._world.fields, ground.origin
        came, tanks = self._tanks.get(origin, (0, 0.0))
        tanks += max(0, engines - came) * self._kind.tank_l
        self._tanks[origin] = max(came, engines), tanks
        wanted = engines * self._flow
        flow = available(wanted, hydrants, tanks, beat)
        short = flow < 0.5 * wanted
        if short != (origin in self._short):
            self._short ^= {origin}
            told = "fire_short_of_water" if short else "fire_has_water"
            self._event(origin, told, fields.cause(HYDRANT) if HYDRANT in fields else None)
        return flow

    def _tell(self) -> None:
        """Log what took fire, flashed over or ended since the last beat, and call, and release, the brigade."""
        home = self._fire.home
        changed = np.flatnonzero(home["state"] != self._known)
        for b in changed[np.argsort(home["since"][changed], kind="stable")].tolist():
            if self._known[b] == 0:
                self._took_fire(b)
            if self._known[b] < INVOLVED and np.isfinite(home["flashed"][b]):
                self._flashes_over(b)
            if home["state"][b] > INVOLVED:
                self._event(b, "fire_put_out" if home["state"][b] == OUT else "fire_burnt_out")
        self._known[:] = home["state"]
        for ground in self._grounds.open():
            if not self._burns(ground):
                self._grounds.close(ground)

    def _burns(self, ground: Ground) -> bool:
        state = self._fire.home["state"][list(ground.members)]
        return bool(np.isin(state, (GROWING, INVOLVED)).any())

    def called(self, order: int) -> None:
        """Let people on the spot fight what began a fire ground."""
        ground = self._grounds.of_order(order)
        if ground is not None and order == ground.orders[0]:
            self._aid(ground.origin, order)

    def _aid(self, b: int, order: int) -> None:
        """Let a resident of a building, where somebody is at home, and the micro station try to put its fire out."""
        hour, lives = self._world.hour(self._world.engine.now), self._towers.residents(b)
        brand = self._fire.home["way"][b] == BRAND  # a fire that was set has somebody who set it
        present = 1.0 - (1.0 - harm.share_at_home(hour)) ** lives if brand else 1.0
        entity = int(self._town.site["key"][b])
        self._kind.first_aid(self._world, order, entity, partial(self._attempt, b, entity), present)

    def _attempt(self, b: int, entity: int, who: str, q50_mw: float) -> None:
        """Let `who` try to put out a building that burns, at the heat that it had at the last beat."""
        site, home = self._town.site[b], self._fire.home[b]
        chance = control_chance(float(home["heat"]) / 1000.0, q50_mw)
        if home["state"] in (GROWING, INVOLVED) and self._world.rules.stream.chance(chance, f"spread.{who}", entity):
            put_out(home, self._fire.unit[site["first_unit"] : site["first_unit"] + site["units"]])
            self._events[b] = self._event(b, f"fire_stopped_by_{who}")

    def _took_fire(self, b: int) -> None:
        home = self._fire.home[b]
        cause = int(home["cause"])
        event = self._event(b, _TOLD[int(home["way"])], self._events.get(b if cause < 0 else cause, -1))
        self._events[b] = event
        order = self._grounds.join(b, cause, event, self._town)
        self._towers.enter(b, float(home["since"]), event, order)
        ground = self._grounds.of_building(b)
        if home["way"] == BRAND and ground is not None and ground.origin != b:  # nobody calls for it once more
            world, entity = self._world, int(self._town.site["key"][b])
            kind = self._kind.opens[ORDER].detect
            noticed = world.rules.stream.lognormal(kind.median_s, kind.sigma, "spread.noticed", entity)
            world.engine.at(world.engine.now + noticed, lambda: self._aid(b, order))

    def _flashes_over(self, b: int) -> None:
        """Tell that a building flashes over; of those who have not left a low one some are hurt, and some die."""
        event = self._event(b, "fire_flashover")
        if b in self._towers.inside:
            return
        own = self._fire.home[b]
        cause, hour = int(own["cause"]), float(own["since"]) / HOUR % 24.0
        # The alarm is the neighbour's flashover, or one's own.
        alarm = float(self._fire.home["flashed"][cause]) if cause >= 0 else float(own["since"]) + ALARM_S
        caught = harm.share_caught(harm.leaving_seconds(hour, 0.0), float(own["flashed"]) - alarm)
        at_home = harm.share_at_home(hour)
        if cause >= 0:  # the deaths where a fire begins are those of the statistics
            self._deaths[b] = at_home * self._towers.residents(b) * caught * harm.CAUGHT_IN_LOW
        chance = at_home * caught * harm.CAUGHT_IN_LOW * harm.HURT_PER_DEATH
        keys, _ = self._towers.keys(b)
        hurt = keys[self._world.rules.stream.uniforms("fire.hurt", keys) < chance]
        self._hurt[b] = len(hurt)
        for key in hurt.tolist():
            self._world.open_order(CASUALTY, key=key, building=b, cause=event)

    def _event(self, b: int, name: str, cause: int | None = None) -> int:
        """Log what happens to a building now; its cause is by default that it took fire."""
        node = int(self._world.city.buildings.drive_node[b])
        cause = self._events.get(b, -1) if cause is None else cause
        return self._world.recorder.event(self._world.engine.now, name, node=node, cause=cause)

    def _write(self) -> None:
        """Write the fields, and the heat of each fire ground for those who command."""
        home = self._fire.home
        self._state[:] = home["state"]
        self._flux[:] = home["flux"]
        self._towers.write(self._smoke)
        for ground in self._grounds.open():
            for order in ground.orders:
                self._world.orders.heat[order] = float(home["heat"][list(ground.members)].sum()) / 1000.0
        for ground in self._grounds.shut:
            self._world.orders.heat[list(ground.orders)] = 0.0

    def arrival(self, order: int, present: int, expected: int) -> bool:
        """Note what the first engine meets; control comes when nothing of the ground burns any more."""
        if present == 1:
            self._world.orders.outcome[order] = self._world.orders.heat[order]
        return not isnan(self._world.orders.stamps[order, CONTROL])

    def ended(self, order: int) -> None:
        """Write the expected deaths of a fire ground, or of nobody for a casualty's order."""
        ground = self._grounds.of_order(order)
        if ground is None or order != ground.orders[0]:
            return
        stamps = self._world.orders.stamps[order]
        helped = stamps[ARRIVE] if not isnan(stamps[ARRIVE]) else stamps[CONTROL]
        waited = (
            min(helped - stamps[REPORT], HOUR) / MINUTE if not isnan(helped) else HOUR / MINUTE
        )  # by then all is lost
        hour = float(stamps[ONSET]) / HOUR % 24.0
        tall = sum(self._towers.dead(b) for b in ground.members)
        low = sum(self._deaths.get(b, 0.0) for b in ground.members)
        first = 0.0 if ground.origin in self._towers.inside else harm.deaths_in_flats(1.0, hour, waited)
        self._world.orders.deaths[order] = first + low + tall

    def rows(self) -> Mapping[str, NDArray[Any]]:
        """Return one row for every building that took fire."""
        home, city = self._fire.home, self._world.city.buildings
        lit = np.flatnonzero(home["state"] > 0)
        lit = lit[np.argsort(home["since"][lit], kind="stable")]
        inside = [self._towers.told(int(b)) for b in lit]
        return {
            "building": lit, "area": city.grid[lit], "x": city.x[lit], "y": city.y[lit], "t_lit": home["since"][lit],
            "t_flashed": np.where(np.isfinite(home["flashed"][lit]), home["flashed"][lit], np.nan),
            "way": np.array([_TOLD[way] for way in home["way"][lit].tolist()], dtype=object),
            "cause": home["cause"][lit], "state": home["state"][lit], "floor_area": city.floor_area[lit],
            "burnt_share": self._burnt_shares(lit), "caught": np.array([row[0] for row in inside]),
            "hurt": np.array([row[1] + self._hurt.get(int(b), 0) for row, b in zip(inside, lit, strict=True)]), "dead": np.array([row[2] for row in inside], dtype=np.float64),
        }  # fmt: skip

    def _burnt_shares(self, lit: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the share of the units of each building that burnt."""
        shares = np.empty(len(lit))
        for i, b in enumerate(lit.tolist()):
            site = self._town.site[b]
            units = self._fire.unit[site["first_unit"] : site["first_unit"] + site["units"]]
            shares[i] = np.isfinite(units["flashed"]).mean()
        return shares


def town_of(kind: Fire, world: World) -> Town:
    """Return the run's city as a fire sees it; what the map does not say of structures is drawn for each building."""
    buildings = world.city.buildings
    return build_town(buildings.outlines, buildings.levels, buildings.use, kind.structures(world), buildings.osm_id)
