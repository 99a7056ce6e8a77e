"""Synthetic residents, allocated to buildings by floor area: before and apart from any policy.

No resident stands for a real person. Every attribute is a draw for the resident's key, which comes
from the building and the place in it, so that the order of residents means nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.city.model import BUILDING_USES, City
from sim.streams import Stream, uniforms

DECISIONS = ("population.age", "population.away", "population.workplace")

AGE_GROUPS = ("child", "adult", "elder")
#: Shares of residents aged 0–14, 15–64 and 65 or older (Nanjing, census 2020; Xuanwu 65+ 14.7 %).
AGE_SHARES = (0.125, 0.735, 0.14)
#: Persons a family household (Nanjing, census 2020).
HOUSEHOLD_SIZE = 2.48
#: Share of each age group that spends the working day away from home (assumption).
AWAY_SHARES = (0.80, 0.72, 0.10)


@dataclass(frozen=True)
class Population:
    """Residents as arrays, all [residents]."""

    key: NDArray[np.uint64]  #: of every draw about the resident
    home: NDArray[np.int32]  #: building
    day_place: NDArray[np.int32]  #: building by day, the home for those who stay
    age_group: NDArray[np.int8]  #: index into AGE_GROUPS
    household: NDArray[np.int32]  #: number of the household, city-wide

    def __len__(self) -> int:
        return len(self.key)


def allocate(weights: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Divide `total` by `weights` into whole numbers, exactly, by largest remainders."""
    if total < 0 or not weights.sum() > 0:
        raise ValueError("a positive weight and a total of at least 0 are needed")
    quota = weights * (total / weights.sum())
    whole = np.floor(quota).astype(np.int64)
    order = np.argsort(-(quota - whole), kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole


def build_population(city: City, stream: Stream) -> Population:
    """Return `city.residents` residents in the residential buildings of `city`."""
    buildings = city.buildings
    residential = buildings.use == BUILDING_USES.index("residential")
    if not residential.any():
        residential = np.ones(len(buildings), dtype=np.bool_)
    counts = allocate(np.where(residential, buildings.floor_area, 0.0), city.residents)
    home = np.repeat(np.arange(len(buildings), dtype=np.int32), counts)
    slot = np.arange(len(home)) - np.repeat(np.cumsum(counts) - counts, counts)
    key = resident_keys(buildings.osm_id[home], slot)
    age_group = _age_groups(stream, key)
    return Population(
        key=key,
        home=home,
        day_place=_day_places(city, stream, key, home, age_group),
        age_group=age_group,
        household=_households(home, slot),
    )


def resident_keys(building_id: NDArray[np.int64], slot: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return the key of the resident in place `slot` of a building, uint64; unique for slots < 2^20."""
    return (building_id.astype(np.uint64) << np.uint64(20)) + slot.astype(np.uint64)


def _age_groups(stream: Stream, key: NDArray[np.uint64]) -> NDArray[np.int8]:
    draw = uniforms(stream.key("population.age"), key, np.zeros_like(key))
    return np.searchsorted(np.cumsum(AGE_SHARES)[:-1], draw).astype(np.int8)


def _households(home: NDArray[np.int32], slot: NDArray[np.int64]) -> NDArray[np.int32]:
    """Give every person the number of a household, building by building, each of two or three persons so that the mean is right."""
    within = np.floor((slot + 0.5) / HOUSEHOLD_SIZE).astype(np.int64)
    change = np.ones(len(home), dtype=np.int32)
    change[1:] = (home[1:] != home[:-1]) | (within[1:] != within[:-1])
    return (np.cumsum(change) - 1).astype(np.int32)


def _day_places(
    city: City,
    stream: Stream,
    key: NDArray[np.uint64],
    home: NDArray[np.int32],
    age_group: NDArray[np.int8],
) -> NDArray[np.int32]:
    """Send children to school buildings and adults to work, in proportion to floor area."""
    use, area = city.buildings.use, city.buildings.floor_area
    school = use == BUILDING_USES.index("school")
    work = (use != BUILDING_USES.index("residential")) & ~school
    goes = uniforms(stream.key("population.away"), key, np.zeros_like(key))
    where = uniforms(stream.key("population.workplace"), key, np.zeros_like(key))
    away = goes < np.asarray(AWAY_SHARES)[age_group]
    place = home.copy()
    for chosen, pool in ((away & (age_group == 0), school), (away & (age_group > 0), work)):
        if pool.any():
            candidates = np.flatnonzero(pool).astype(np.int32)
            cumulative = np.cumsum(area[candidates])
            index = np.searchsorted(cumulative, where[chosen] * cumulative[-1])
            place[chosen] = candidates[np.minimum(index, len(candidates) - 1)]
    return place


def occupants(people: Population, buildings: int, hour: int) -> NDArray[np.float64]:
    """Return how many residents are in each building at an `hour` of the day, float64 [buildings]: away from 8 to 18 h."""
    place = people.day_place if 8 <= hour < 18 else people.home
    return np.bincount(place, minlength=buildings).astype(np.float64)
