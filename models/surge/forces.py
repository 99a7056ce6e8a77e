"""Who helps on a shock day: professional units by owner, neighbours whom organisers mobilise, and an alliance's assets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from models.calendar import HOUR, MINUTE
from models.population import AGE_GROUPS
from models.stages import Rules
from models.surge.needs import (
    ALLIANCE,
    CARE,
    ELECTRIC,
    EMS,
    FIRE,
    GAS,
    GAS_CHECK,
    KINDS,
    LIFT,
    NEIGHBOURS,
    OWNERS,
    PUMPING,
    ROAD,
    SHELTER,
    TRAFFIC,
    URBAN,
    WATER,
    WELFARE,
    Floats,
    Longs,
)  # fmt: skip
from models.world import World
from sim.city.model import BUILDING_USES, Facilities

if TYPE_CHECKING:
    from models.lines.surge import Surge

#: Where the units of an owner stand; water, gas and power crews share the depots of the map (assumption).
STATIONS = ("fire_station", "ambulance_point", "lift_depot", "lift_depot", "lift_depot", "community_office")
#: What the units of an owner can do beside their own work, if they are lent (assumption).
CAPABLE = {
    FIRE: (PUMPING, ROAD, SHELTER, CARE, GAS_CHECK), EMS: (WELFARE,), GAS: (PUMPING, TRAFFIC), WATER: (ROAD, SHELTER),
    ELECTRIC: (LIFT, TRAFFIC), URBAN: (PUMPING, SHELTER, WELFARE),
}  # fmt: skip
#: What neighbours and assets can do, and how well against those whose work it is (assumption).
HANDY = {
    NEIGHBOURS: {WELFARE: 1.0, SHELTER: 1.0, TRAFFIC: 0.7, ROAD: 0.5},
    ALLIANCE: {PUMPING: 0.8, SHELTER: 0.8, ROAD: 0.8, WELFARE: 0.8, TRAFFIC: 0.6},
}
FORCES = ("leadership", "support", "mobilisation", "cohesion", "technology")
STREET_SPREAD = 0.5  #: of organiser capacity between streets, logit (assumption)
STAYING = 0.95  #: share of members who never receive that stay another month


@dataclass(frozen=True)
class Forces:
    """All forces, arrays [forces]; times in s since midnight of the first day."""

    entity: Longs
    owner: Longs  #: index into OWNERS
    x: Floats
    y: Floats
    area: Longs  #: grid
    ready: Floats  #: from when it can be sent
    leaves: Floats  #: from when no more, inf for those on duty
    lent: NDArray[np.bool_]  #: a unit of the common pool
    volunteer: NDArray[np.bool_]
    organised: Floats  #: s of an organiser's time

    def __len__(self) -> int:
        return len(self.owner)


def efficiency(substitution: float) -> Floats:
    """Return how well each owner's forces do each kind of work, 0 where they cannot, float64 [owners, kinds]."""
    able = np.zeros((len(OWNERS), len(KINDS)))
    for owner, kinds in CAPABLE.items():
        able[owner, list(kinds)] = substitution
    for owner, well in HANDY.items():
        able[owner, list(well)] = list(well.values())
    for number, kind in enumerate(KINDS):
        if kind.owner >= 0 and kind.owner != NEIGHBOURS:
            able[kind.owner, number] = 1.0
    return able


def organiser_capacity(rules: Rules, streets: Longs) -> Floats:
    """Return O of each street: the mean of the five forces of the programme, spread between streets."""
    mean = float(np.mean([rules[f"surge.{force}"] for force in FORCES]))
    draws = rules.stream.lognormals(1.0, STREET_SPREAD, "surge.organiser", streets)
    return np.asarray(expit(logit(np.clip(mean, 1e-6, 1.0 - 1e-6)) + np.log(draws)))


def muster_waits(p_hour: float, capacity: Floats, luck: Floats) -> Floats:
    """Return s until members set out: P(within 60 min) = p_hour at O = .5, and the rate is in proportion to O."""
    rate = -np.log1p(-min(p_hour, 1.0 - 1e-12)) / HOUR * capacity / 0.5
    return np.asarray(-np.log(luck) / np.maximum(rate, 1e-300))


def station_distance(per_km2: float, luck: Floats) -> Floats:
    """Return m to the nearest of stations that lie at random: Rayleigh, with the mean .5/√density."""
    return np.asarray(1000.0 * np.sqrt(-np.log(luck) / (np.pi * max(per_km2, 1e-3))))


def stays(receives: NDArray[np.bool_], months: float, luck: Floats) -> NDArray[np.bool_]:
    """Return which members are still in an alliance: those who never receive drop out at 5 % a month."""
    return receives | (luck < STAYING**months)


def unit_numbers(line: Surge, residents: int) -> Longs:
    """Return all professional units as owner · 10,000 + number; each owner has one at least."""
    per_100k = (line.fire, line.ems, line.gas, line.water, line.power, line.urban)
    counts = [max(1, round(count * residents / 100_000)) for count in per_100k]
    return np.concatenate([owner * 10_000 + np.arange(count) for owner, count in enumerate(counts)])


def gather(line: Surge, world: World, start: float) -> Forces:
    """Return all forces of the day that begins at `start`: units, those on duty in communities, members and assets."""
    parts = [_units(line, world), _duty(line, world), _members(line, world, start), _assets(line, world, start)]
    names = ("entity", "owner", "x", "y", "area", "ready", "leaves", "lent", "volunteer", "organised")
    return Forces(**{name: np.concatenate([part[name] for part in parts]) for name in names})


def _units(line: Surge, world: World) -> dict[str, Any]:
    number = unit_numbers(line, world.city.residents)
    owner, facilities = number // 10_000, world.city.facilities
    station = np.array([_station(facilities, int(o), int(n) % 10_000) for o, n in zip(owner, number, strict=True)])
    lent = world.rules.stream.uniforms("surge.lent_unit", number) < world.rules["surge.pooled"]
    return _part(number, owner, (facilities.x[station], facilities.y[station]), facilities.grid[station], lent=lent)


def _station(facilities: Facilities, owner: int, number: int) -> int:
    """Return where a unit stands: the facilities of its owner in turn, any where the map has none."""
    own = facilities.of_kind(STATIONS[owner])
    return int(own[number % len(own)]) if len(own) else number % len(facilities)


def _duty(line: Surge, world: World) -> dict[str, Any]:
    """Return those on duty in the communities: one each, and a share of the grids' workers."""
    areas, buildings, stream = world.city.areas, world.city.buildings, world.rules.stream
    grids, first = np.unique(buildings.grid, return_index=True)
    community = areas.ancestor("community")[grids]
    one = np.zeros(len(grids), dtype=np.bool_)
    one[np.unique(community, return_index=True)[1]] = True
    kept = first[one | (stream.uniforms("surge.duty", grids) < line.duty)]
    return _part(buildings.grid[kept].astype(np.int64) + (1 << 32), NEIGHBOURS, (buildings.x[kept], buildings.y[kept]),
                 buildings.grid[kept])  # fmt: skip


def _members(line: Surge, world: World, start: float) -> dict[str, Any]:
    """Return members who come: set out after a wait, walk to their station, look for it where they do not know it."""
    people, rules, areas = world.population, world.rules, world.city.areas
    draw, buildings = rules.stream.uniforms, world.city.buildings
    grown = people.age_group == AGE_GROUPS.index("adult")
    enrolled = line.members / 100_000 * len(people) / max(float(grown.sum()), 1.0)
    person = np.flatnonzero(grown & (draw("surge.member", people.key) < enrolled))
    key, home = people.key[person], people.home[person]
    street = areas.ancestor("street")[buildings.grid[home]]
    capacity = organiser_capacity(rules, np.arange(len(areas)))[street]
    wait = muster_waits(rules["surge.p_muster"], capacity, draw("surge.muster", key))
    walk = station_distance(rules["surge.stations_per_km2"], draw("surge.station", key)) / line.walking
    search = np.where(draw("surge.knows", key) < rules["surge.recognised"], 0.0, line.search_min * MINUTE)
    came = wait <= line.muster_h * HOUR
    ready = (start + wait + walk + search)[came]
    organised = rules["surge.organising_min"] * MINUTE * (1.0 - 0.2 * capacity[came])
    place = (buildings.x[home[came]], buildings.y[home[came]])
    return _part(key[came].astype(np.int64), NEIGHBOURS, place, buildings.grid[home[came]], ready=ready,
                 leaves=ready + line.stint_h * HOUR, volunteer=True, organised=organised)  # fmt: skip


def _assets(line: Surge, world: World, start: float) -> dict[str, Any]:
    """Return what members of the alliance lend: R = Σ share · stock, there after the access delay."""
    rules, buildings = world.rules, world.city.buildings
    draw = rules.stream.uniforms
    firm = np.flatnonzero(buildings.use != BUILDING_USES.index("residential"))
    share = min(line.alliance / 100_000 * world.city.residents / max(len(firm), 1), 1.0)
    firm = firm[draw("surge.alliance", buildings.osm_id[firm]) < share]
    receives = draw("surge.receives", buildings.osm_id[firm]) < rules["surge.reciprocity"]
    firm = firm[stays(receives, line.alliance_months, draw("surge.stays", buildings.osm_id[firm]))]
    where = np.repeat(firm, line.stock)
    key = np.repeat(buildings.osm_id[firm], line.stock) * 64 + np.tile(np.arange(line.stock), len(firm))
    lent = draw("surge.lent", key) < rules["surge.lent"]
    key, where = key[lent], where[lent]
    ready = start + rules.stream.lognormals(rules["surge.access_min"] * MINUTE, 0.5, "surge.access", key)
    return _part(key, ALLIANCE, (buildings.x[where], buildings.y[where]), buildings.grid[where], ready=ready,
                 leaves=np.full(len(key), start + line.lent_h * HOUR))  # fmt: skip


def _part(entity: Longs, owner: Any, place: tuple[Floats, Floats], area: Any, **columns: Any) -> dict[str, Any]:
    """Return forces as columns: on duty from the start to the end, of no pool, unless `columns` say otherwise."""
    usual = {"ready": -np.inf, "leaves": np.inf, "lent": False, "volunteer": False, "organised": 0.0}
    n = len(entity)
    told = {name: np.broadcast_to(columns.get(name, value), n) for name, value in usual.items()}
    return {"entity": entity, "owner": np.broadcast_to(owner, n), "x": place[0], "y": place[1],
            "area": np.asarray(area, dtype=np.int64), **told}  # fmt: skip
