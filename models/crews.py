"""Crews as columns: who can be sent, from where, and when they are on duty."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_validator

from sim.city.model import FACILITY_KINDS, City
from sim.errors import InputError
from sim.recording import CREWS, table_of
from sim.text import Text

IDLE, BUSY, DRILL, AWAY = 0, 1, 2, 3
#: Hours between which all crews are on duty; from the second to the first only those of the night.
DAY_SHIFT = (8.0, 20.0)


def next_shift(time: float) -> float:
    """Return when the next shift begins after `time` (s since midnight of the first day)."""
    day, second = divmod(time, 86400.0)
    hour = next((hour for hour in DAY_SHIFT if hour * 3600.0 > second), DAY_SHIFT[0] + 24.0)
    return day * 86400.0 + hour * 3600.0


class CrewKind(BaseModel):
    """How many crews of a kind a city has, where they stand and when they work."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text | None = None  #: how people call them
    station: str  #: facility kind where they stand
    per_100k: float = Field(ge=0.0, le=10_000.0)  #: crews a 100,000 residents
    at_least: int = Field(default=1, ge=0)
    count: int | None = Field(default=None, ge=0, le=100_000)  #: exact number, instead of the rate
    night_share: float = Field(default=1.0, ge=0.0, le=1.0)  #: share on duty from 20 to 8 h
    priority: bool = True  #: whether it drives with right of way
    pace: float = Field(default=1.0, ge=0.1, le=10.0)  #: travel time against that of a car in the same traffic
    joins: str | None = None  #: kind that it reinforces from beyond the city, once it is asked for

    @field_validator("station")
    @classmethod
    def _station_is_known(cls, station: str) -> str:
        if station not in FACILITY_KINDS:
            there_are = ", ".join(FACILITY_KINDS)
            raise InputError(en=f"facility kind {station!r} is unknown; there are: {there_are}",
                             zh=f"设施种类 {station!r} 未知；可用：{there_are}")  # fmt: skip
        return station


#: The pace of engines is fitted to the study of fire travel in Nanjing, 10 min in the core (assumption).
#: B8: 258 ambulances, about 60 % staffed; about 120 stations × 3 engines; the rest is fitted to the lift
#: arrival of 9.8 min (assumption).
DEFAULT_CREWS = {
    "ambulance": CrewKind(
        title=Text("Ambulance", "救护车"), station="ambulance_point", per_100k=2.0, at_least=2, night_share=0.7
    ),
    "fire_engine": CrewKind(
        title=Text("Fire engine", "消防车"), station="fire_station", per_100k=3.8, at_least=3, pace=1.3
    ),
    "lift_crew": CrewKind(
        title=Text("Lift crew", "电梯救援组"),
        station="lift_depot",
        per_100k=3.2,
        priority=False,
        at_least=2,
        night_share=0.75,
    ),
}


@dataclass
class Crews:
    """All crews that are dispatched by the desk; [crews]."""

    kind: NDArray[np.int16]  #: index into kinds
    station: NDArray[np.int32]  #: facility
    home: NDArray[np.int32]  #: drive node of the station
    node: NDArray[np.int32]  #: drive node where the crew stands, or reaches next
    street: NDArray[np.int32]  #: area that owns the crew
    state: NDArray[np.int8]  #: IDLE, BUSY, DRILL or AWAY: of a neighbour, who has not sent it
    lent: NDArray[np.bool_]  #: whether it is at work for another street
    by_night: NDArray[np.bool_]  #: whether the crew is on duty from 20 to 8 h
    priority: NDArray[np.bool_]  #: whether it drives with right of way
    empty: NDArray[np.float64]  #: s driven to where it waits
    drill: NDArray[np.float64]  #: s of drill, off duty
    pace: NDArray[np.float64]  #: travel time against that of a car
    kinds: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.kind)

    def available(self, kind: str, time: float) -> NDArray[np.int64]:
        """Return the idle crews of `kind` that are on duty at `time`."""
        if kind not in self.kinds:
            return np.empty(0, dtype=np.int64)
        mask = (self.kind == self.kinds.index(kind)) & (self.state == IDLE)
        if not DAY_SHIFT[0] <= (time / 3600.0) % 24.0 < DAY_SHIFT[1]:
            mask &= self.by_night
        return np.flatnonzero(mask)

    def join(self, kind: str) -> int:
        """Let the neighbours' crews that reinforce `kind` stand at their stations from now on; return how many came."""
        come = (self.kind == self.kinds.index(kind)) & (self.state == AWAY)
        self.state[come] = IDLE
        return int(come.sum())

    def table(self, city: City) -> pa.Table:
        """Return the crews as the log's table."""
        facilities = city.facilities
        columns = {
            "crew": np.arange(len(self), dtype=np.int32),
            "kind": np.asarray(self.kinds, dtype=object)[self.kind],
            "station": self.station,
            "area": facilities.grid[self.station],
            "node": self.home,
            "x": facilities.x[self.station],
            "y": facilities.y[self.station],
            "empty": self.empty,
            "drill": self.drill,
            "synthetic": facilities.synthetic[self.station],
        }
        return table_of(CREWS, columns)


def build_crews(city: City, kinds: dict[str, CrewKind]) -> Crews:
    """Share out the crews of each kind over its stations, one after the other."""
    rows: list[tuple[int, int, bool, int]] = []
    names = list(kinds)
    for name, kind in kinds.items():
        stations = city.facilities.of_kind(kind.station)
        if not len(stations):
            continue
        wanted = (
            kind.count if kind.count is not None else max(kind.at_least, ceil(kind.per_100k * city.residents / 100_000))
        )
        awake = round(wanted * kind.night_share)
        number, state = names.index(kind.joins or name), AWAY if kind.joins else IDLE
        rows += [(number, int(stations[i % len(stations)]), i < awake, state) for i in range(wanted)]
    kinds_of, station, by_night, state_of = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    home = city.facilities.drive_node[station]
    street = city.areas.ancestor("street")[city.facilities.grid[station]]
    return Crews(
        kind=kinds_of.astype(np.int16),
        station=station.astype(np.int32),
        home=home.astype(np.int32),
        node=home.astype(np.int32).copy(),
        street=street.astype(np.int32),
        state=state_of.astype(np.int8),
        priority=np.array([kind.priority for kind in kinds.values()])[kinds_of]
        if len(rows)
        else np.empty(0, dtype=np.bool_),
        lent=np.zeros(len(rows), dtype=np.bool_),
        empty=np.zeros(len(rows)),
        drill=np.zeros(len(rows)),
        by_night=by_night.astype(np.bool_),
        pace=np.array([kind.pace for kind in kinds.values()])[kinds_of] if len(rows) else np.empty(0),
        kinds=tuple(kinds),
    )
