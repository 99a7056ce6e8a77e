"""Demand: what happens, when and where, drawn before any policy acts.

Every entity (a person, a building, a street node) has its own Poisson process with the hour's intensity:
its count over the window is the inverse CDF of one draw, each time the inverse CDF of the hourly profile.
So a type that is added, or a person who is removed, leaves all other incidents where they were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from models.calendar import DAY, HOUR
from models.catalogue import IncidentKind
from models.population import Population
from sim.city.model import BUILDING_USES, City
from sim.streams import Stream, draw_bits, uniform

_COLUMNS: Mapping[str, type[np.generic]] = {
    "id": np.int64, "kind": np.int16, "onset": np.float64, "building": np.int32, "person": np.int64,
    "walk_node": np.int32, "severity": np.float64,
}  # fmt: skip


def decisions(kinds: Mapping[str, IncidentKind]) -> list[str]:
    """Return the names of the draws that demand makes for `kinds`."""
    return [f"demand.{kind}.{what}" for kind in kinds for what in ("count", "time", "severity")]


@dataclass(frozen=True)
class Incidents:
    """All incidents of a run in order of onset, as arrays [incidents]."""

    id: NDArray[np.int64]  #: stable name under every policy, ≥ 0; the entity of later draws
    kind: NDArray[np.int16]  #: index into `kinds`
    onset: NDArray[np.float64]  #: s since midnight of the first day
    building: NDArray[np.int32]  #: -1 where it happens in the street
    person: NDArray[np.int64]  #: index of the resident, -1 where none
    node: NDArray[np.int32]  #: drive node
    walk_node: NDArray[np.int32]
    x: NDArray[np.float64]  #: m
    y: NDArray[np.float64]  #: m
    grid: NDArray[np.int32]  #: area
    severity: NDArray[np.float64]  #: a draw in (0, 1): the kind's model reads it
    kinds: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.id)

    def last(self) -> Incidents:
        """Return the last incident by itself."""
        return Incidents(**{name: column[-1:] for name, column in self._columns().items()}, kinds=self.kinds)

    def append(self, row: Mapping[str, Any]) -> Incidents:
        """Return the incidents and one more; `row` says every column."""
        grown = {
            name: np.append(column, np.array([row[name]], dtype=column.dtype))
            for name, column in self._columns().items()
        }
        return Incidents(**grown, kinds=self.kinds)

    def _columns(self) -> dict[str, NDArray[Any]]:
        return {column.name: getattr(self, column.name) for column in fields(self) if column.name != "kinds"}


@numba.njit(cache=True)
def draw_onsets(
    count_key: np.uint64,
    time_key: np.uint64,
    entities: NDArray[np.uint64],
    expected: NDArray[np.float64],
    cumulative: NDArray[np.float64],
    window: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Draw the incidents of one kind in one window of a day.

    entities : uint64 [n] keys;  expected : float64 [n] mean count in the window;
    cumulative : float64 [25] of the hourly weights, from 0 to 1;  window : number of the day.

    Returns the entity's index, the incident's id (≥ 0) and its time in the day (s), each [incidents].
    """
    index, ids, times = [], [], []
    for i in range(len(entities)):
        if expected[i] <= 0.0:
            continue
        draw = uniform(count_key, entities[i], np.uint64(window))
        probability = np.exp(-expected[i])
        total = probability
        count = 0
        while draw > total and count < 1000:
            count += 1
            probability *= expected[i] / count
            total += probability
        for k in range(count):
            moment = np.uint64(window * 1000 + k)
            when = uniform(time_key, entities[i], moment)
            hour = np.searchsorted(cumulative, when) - 1
            within = (when - cumulative[hour]) / (cumulative[hour + 1] - cumulative[hour])
            index.append(i)
            ids.append(np.int64(draw_bits(count_key, entities[i], moment) >> np.uint64(1)))
            times.append((hour + within) * 3600.0)
    return (
        np.array(index, dtype=np.int64),
        np.array(ids, dtype=np.int64),
        np.array(times, dtype=np.float64),
    )


def draw_incidents(
    city: City,
    population: Population,
    kinds: Mapping[str, IncidentKind],
    stream: Stream,
    window: tuple[float, float],
) -> Incidents:
    """Return everything that happens within `window` (s since midnight of the first day) under the luck of `stream`."""
    names = tuple(kinds)
    parts = [_of_kind(city, population, name, kinds[name], stream, window, names.index(name)) for name in names]
    columns = {field: _joined([part[field] for part in parts], dtype) for field, dtype in _COLUMNS.items()}
    order = np.lexsort((columns["id"], columns["onset"]))
    columns = {field: column[order] for field, column in columns.items()}
    return Incidents(**columns, **_places(city, columns), kinds=names)


def _of_kind(
    city: City,
    population: Population,
    name: str,
    kind: IncidentKind,
    stream: Stream,
    window: tuple[float, float],
    number: int,
) -> dict[str, NDArray[Any]]:
    entities, weights = _entities(city, population, kind)
    most = 1.0 if kind.volume is None else kind.volume.most
    expected = weights * (kind.expected_per_day(city.residents) * most / max(weights.sum(), 1e-300))
    index, ids, onset = occurrences(stream, name, entities, expected, kind.hours, window)
    severity = stream.key(f"demand.{name}.severity")
    return {
        "id": ids,
        "kind": np.full(len(ids), number, dtype=np.int16),
        "onset": onset,
        "severity": np.array([uniform(severity, np.uint64(i), np.uint64(0)) for i in ids], dtype=np.float64),
        **_whereabouts(city, population, kind, index, onset),
    }


def occurrences(
    stream: Stream,
    name: str,
    entities: NDArray[np.uint64],
    per_day: NDArray[np.float64],
    hours: Sequence[float],
    window: tuple[float, float],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return what happens to `entities` within `window`: index of the entity, id (≥ 0) and time (s), each [occurrences].

    Each entity has a Poisson process of its own with `per_day` expected a day, spread over the day by 24 weights; its
    luck is that of the decisions `demand.<name>.count` and `demand.<name>.time`.
    """
    cumulative = np.concatenate([[0.0], np.cumsum(hours)])
    cumulative /= max(cumulative[-1], 1e-300)
    count, time = (stream.key(f"demand.{name}.{what}") for what in ("count", "time"))
    some = bool(np.any(per_day > 0.0))
    days = [(day, *draw_onsets(count, time, entities, per_day, cumulative, day))
            for day in range(int(np.ceil(window[1] / DAY))) if some]  # fmt: skip
    index = _joined([day[1] for day in days], np.int64)
    ids = _joined([day[2] for day in days], np.int64)
    onset = _joined([day[0] * DAY + day[3] for day in days], np.float64)
    kept = (onset >= window[0]) & (onset < window[1])
    return index[kept], ids[kept], onset[kept]


def _joined(parts: list[NDArray[Any]], kind: type[np.generic]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)


def _entities(city: City, population: Population, kind: IncidentKind) -> tuple[NDArray[np.uint64], NDArray[np.float64]]:
    """Return the keys and the relative risks of what `kind` happens to."""
    if kind.entity == "person":
        return population.key, np.asarray(kind.age_factors)[population.age_group]
    if kind.entity == "street_node":
        households = city.areas.households[city.areas.grid_of_walk_node]
        sharing = np.bincount(city.areas.grid_of_walk_node, minlength=len(city.areas))
        share = households / sharing[city.areas.grid_of_walk_node]
        return city.walk.osm_id.astype(np.uint64), share
    buildings = city.buildings
    weights = buildings.floor_area.copy()
    if kind.crew == "lift_crew":
        weights *= buildings.levels >= 7
        if not weights.any():
            weights = buildings.floor_area.copy()
    if kind.hazard == "building_fire":
        # 79 % of fires in built structures are residential (national, 2024).
        home = buildings.use == BUILDING_USES.index("residential")
        for part, of_all in ((home, 0.79), (~home, 0.21)):
            weights[part] *= of_all / max(float(weights[part].sum()), 1e-300)
    return buildings.osm_id.astype(np.uint64), weights


def _whereabouts(
    city: City,
    population: Population,
    kind: IncidentKind,
    index: NDArray[np.int64],
    onset: NDArray[np.float64],
) -> dict[str, NDArray[Any]]:
    """Return building, person and walk node; by day people are at their day place."""
    none = np.full(len(index), -1, dtype=np.int32)
    if kind.entity == "street_node":
        return {"building": none, "person": none.astype(np.int64), "walk_node": index.astype(np.int32)}
    if kind.entity == "building":
        building, person = index.astype(np.int32), none.astype(np.int64)
    else:
        hour = (onset / HOUR) % 24
        away = (hour >= 8.5) & (hour < 17.5)
        building = np.where(away, population.day_place[index], population.home[index])
        person = index
    return {"building": building, "person": person, "walk_node": city.buildings.walk_node[building]}


def _places(city: City, columns: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    building, walk_node = columns["building"], columns["walk_node"]
    inside = building >= 0
    nearest_drive = nearest_drive_nodes(city)
    return {
        "x": np.where(inside, city.buildings.x[building], city.walk.x[walk_node]),
        "y": np.where(inside, city.buildings.y[building], city.walk.y[walk_node]),
        "node": np.where(inside, city.buildings.drive_node[building], nearest_drive[walk_node]).astype(np.int32),
        "grid": np.where(inside, city.buildings.grid[building], city.areas.grid_of_walk_node[walk_node]).astype(
            np.int32
        ),
    }


def nearest_drive_nodes(city: City) -> NDArray[np.int32]:
    """Return the drive node nearest to each walk node, int32 [walk nodes]."""
    from scipy.spatial import cKDTree

    tree = cKDTree(np.column_stack([city.drive.x, city.drive.y]))
    nearest = tree.query(np.column_stack([city.walk.x, city.walk.y]))[1]
    return np.asarray(nearest, dtype=np.int32)


def demand_hash(incidents: Incidents) -> str:
    """Return the hash of what happens: equal under every policy."""
    digest = blake2b(digest_size=16)
    for column in (incidents.id, incidents.onset, incidents.x, incidents.y, incidents.severity):
        digest.update(np.ascontiguousarray(column).tobytes())
    return digest.hexdigest()
