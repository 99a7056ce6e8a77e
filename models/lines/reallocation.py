"""Reallocation of staff by data (用数据决策): demand drifts from community to community, and staff are sent after it.

At each review the demand of every community is estimated, with noise, and staff are moved towards it by a gain, at
most a fifth of them at a time. Who is moved is there some working days later, and the list of staff does not say who is on
the way: whoever decides again before that sends the same people twice, and must take them back (hunting). A guard
leaves a community alone for some days after a move. Figures are assumptions unless a source stands beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field
from scipy.special import ndtri

from models.calendar import DAY
from models.indicator import Columns, IndicatorKind, mean, ratio
from models.lines.base import Line, Rows
from models.parameter import Parameter
from models.population import allocate
from models.world import World
from sim.kinds import Unit
from sim.text import Text
from sim.units import unit_text

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_MOVED = 0.2  #: share of all staff that one review may move
BACK_D = 7.0  #: a move against the last one of a community within so many days takes it back


def regret_of(demand: Floats, staff: Floats) -> Floats:
    """Return what each area adds to the allocation regret: (p − q)²/q with the shares p of demand and q of staff.

    Their sum is Σ p²/q − 1: how much longer work waits than if staff stood where the demand is, 0 where they do.
    `demand` and `staff` are [..., areas]; an area without staff counts as one with half a person.
    """
    p = demand / demand.sum(-1, keepdims=True)
    q = np.maximum(staff, 0.5) / staff.sum(-1, keepdims=True)
    return np.asarray((p - q) ** 2 / q)


def moves_of(wanted: Floats, most: int) -> Ints:
    """Return whole persons to send to (+) and take from (−) each area: as `wanted`, balanced, `most` at the utmost."""
    to, away = np.maximum(wanted, 0.0), np.maximum(-wanted, 0.0)
    number = min(int(np.rint(min(to.sum(), away.sum()))), most)
    if number == 0:
        return np.zeros(len(wanted), dtype=np.int64)
    return allocate(to, number) - allocate(away, number)


def _days(en: str, zh: str, values: tuple[float, float, float], limits: tuple[float, float]) -> Parameter:
    return Parameter(title=Text(en, zh), unit="d", values=values, range=limits, mix="geo" if limits[0] > 0 else "linear",
                     assumption=True)  # fmt: skip


def _regret(columns: Columns) -> float:
    """Return the mean regret of a day."""
    return ratio(float(columns["regret"].sum()), float(len(np.unique(columns["day"]))))


def _moved_a_week(columns: Columns) -> float:
    """Return the share of staff that is sent elsewhere in a week."""
    return ratio(7.0 * float(np.maximum(columns["ordered"], 0).sum()), float(columns["staff"].sum()))


class Reallocation(Line):
    """Staff sent after a drifting demand: period of review, noise of the estimate, gain, and a guard against hunting."""

    title: ClassVar[Text] = Text(en="Reallocation of staff", zh="力量动态调配")
    decisions: ClassVar[tuple[str, ...]] = ("decision.drift", "decision.noise", "decision.arrivals")
    own: ClassVar[Mapping[str, Parameter]] = {
        "decision.review_d": _days("Between two reviews of where staff are", "力量配置研判周期", (30, 7, 1), (1, 90)),
        "decision.noise_cv": Parameter(title=Text("Noise of the estimated demand", "需求估计误差（变异系数）"),
                                       unit="ratio", values=(0.4, 0.25, 0.15), range=(0.05, 0.8), mix="geo",
                                       assumption=True),
        "decision.gain": Parameter(title=Text("Share of a gap that a review closes", "单次调配弥补缺口的比例"), unit="ratio",
                                   values=(1.0, 0.9, 0.7), range=(0.1, 2.0), mix="geo", assumption=True),
        "decision.guard_d": _days("Days in which a community is not moved again", "调配后冷却期", (0, 2, 3), (0, 14)),
        "decision.handover_d": _days("Work lost with every move of a person", "人均调动损失工时", (0.5, 0.4, 0.3), (0.05, 2)),
    }  # fmt: skip
    least_d: ClassVar[float] = 90.0
    table: ClassVar[pa.Schema] = pa.schema([
        ("day", pa.int32()), ("area", pa.int32()), ("demand", pa.float64()), ("arrived", pa.int32()),
        ("staff", pa.int32()), ("ordered", pa.int32()), ("taken_back", pa.int32()), ("backlog", pa.float64()),
        ("backlog_d", pa.float64()), ("regret", pa.float64()),
    ])  # fmt: skip

    kind: Literal["reallocation"] = "reallocation"
    #: Grid staff: about 10,000 full-time and 12,000 part-time of Nanjing (derived).
    staff_per_100k: Annotated[float, Field(gt=0, le=10_000), Unit("per 100,000 residents")] = 230.0
    cases_a_day: Annotated[float, Field(gt=0, le=1000), Unit("per day")] = 4.0  #: that one of them can deal with
    load: Annotated[float, Field(ge=0, le=2), Unit("share")] = 0.8  #: of all staff, by what comes
    drift_sigma: Annotated[float, Field(ge=0, le=3), Unit("log")] = 0.5  #: of a community's demand, in the long run
    drift_d: Annotated[float, Field(gt=0, le=3650), Unit("d")] = 20.0  #: in which the demand forgets where it was
    transfer_d: Annotated[int, Field(ge=0, le=60), Unit("working days")] = 2  #: from the order to the move

    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("regret.staff", Text("Allocation regret", "配置偏差（遗憾值）"), unit_text("ratio"), "lower", _regret),
        IndicatorKind("backlog.staff", Text("Backlog, in days of what comes", "积压（折合受理天数）"), unit_text("d"), "lower",
                      lambda columns: mean(columns["backlog_d"])),
        IndicatorKind("backlog_sd.staff", Text("Spread of the backlogs (standard deviation)", "积压离散度（标准差）"),
                      unit_text("d"), "lower", lambda columns: float(columns["backlog_d"].std())),
        IndicatorKind("moves.staff", Text("Staff moved in a week", "每周调动人员比例"), unit_text("ratio"), "lower",
                      _moved_a_week),
        IndicatorKind("hunting.staff", Text("Moves that take back the last one", "反复调动比例"), unit_text("share"), "lower",
                      lambda columns: ratio(float(columns["taken_back"].sum()), float(np.abs(columns["ordered"]).sum()))),
    )  # fmt: skip

    def begin(self, world: World) -> Rows:
        """Play all days at once: staff are counted by the day, and nothing else in the city waits for them."""
        columns = _Staff(self, world).rows()
        return lambda: columns


@dataclass
class _Staff:
    """The communities of one run, their demand and their staff."""

    line: Reallocation
    world: World

    def __post_init__(self) -> None:
        line, city, (start, end) = self.line, self.world.city, self.world.window
        self.areas = city.areas.of_level("community").astype(np.int64)
        homes = city.areas.households[self.areas]
        self.total = max(len(self.areas), round(line.staff_per_100k * city.residents / 100_000))
        self.initial = allocate(homes, self.total)
        self.days = np.arange(int(start // DAY), int(np.ceil(end / DAY)))
        works = [self.world.rules.working.works(day) for day in self.days.tolist()]
        self.working = np.flatnonzero(works)
        self.share = self._drifting(homes / homes.sum())
        cases = self.share * (self.total * line.cases_a_day * line.load)
        self.usual = homes / homes.sum() * (self.total * line.cases_a_day * line.load)
        self.arrived = self._drawn("poissons", "decision.arrivals", cases)

    def _p(self, name: str) -> float:
        return self.world.rules[f"decision.{name}"]

    def _drawn(self, how: str, decision: str, *mean: Floats) -> NDArray[Any]:
        """Return a draw for every day and community, [days, communities]."""
        shape = (len(self.days), len(self.areas))
        day, area = (np.broadcast_to(x, shape).ravel() for x in (self.days[:, None], self.areas))
        drawn = getattr(self.world.rules.stream, how)(*(x.ravel() for x in mean), decision, area, day)
        return np.asarray(drawn).reshape(shape)

    def _drifting(self, usual: Floats) -> Floats:
        """Return the shares of demand, [days, communities]: logarithms that wander about those of the households."""
        keeps = np.exp(-1.0 / self.line.drift_d)
        away = self.line.drift_sigma * ndtri(self._drawn("uniforms", "decision.drift"))
        for day in range(1, len(self.days)):
            away[day] = keeps * away[day - 1] + np.sqrt(1.0 - keeps**2) * away[day]
        weight = usual * np.exp(away)
        return np.asarray(weight / weight.sum(1, keepdims=True))

    def rows(self) -> dict[str, NDArray[Any]]:
        """Return every day of every community as columns."""
        shape = (len(self.days), len(self.areas))
        staff, ordered, back, coming = (np.zeros(shape, dtype=np.int64) for _ in range(4))
        backlog = np.zeros(shape)
        now, waiting = self.initial.copy(), np.zeros(shape[1])
        office = _Office(self, np.zeros(shape[1], dtype=np.int64), np.full(shape[1], -np.inf))
        for day in range(shape[0]):
            before, now = now, self._in_place(now + coming[day])
            if office.reviews(day):
                ordered[day], back[day] = office.review(day, now)
                coming[self._arrival(day)] += ordered[day]
                if self.line.transfer_d == 0:
                    now = self._in_place(now + ordered[day])
            lost = self._p("handover_d") * np.maximum(now - before, 0)
            able = self.line.cases_a_day * np.maximum(now - lost, 0.0)
            waiting = np.maximum(waiting + self.arrived[day] - able, 0.0)
            staff[day], backlog[day] = now, waiting
        columns = {
            "day": np.repeat(self.days, shape[1]), "area": np.tile(self.areas, shape[0]), "demand": self.share,
            "arrived": self.arrived, "staff": staff, "ordered": ordered, "taken_back": back, "backlog": backlog,
            "backlog_d": backlog / np.maximum(self.usual, 1e-9), "regret": regret_of(self.share, staff.astype(np.float64)),
        }  # fmt: skip
        return {
            field.name: columns[field.name].ravel().astype(field.type.to_pandas_dtype()) for field in Reallocation.table
        }

    def _arrival(self, day: int) -> slice:
        """Return the day, if it lies in the window, on which those are in place who are sent on a working `day`."""
        there = self.working[np.searchsorted(self.working, day) + self.line.transfer_d :]
        return slice(there[0], there[0] + 1) if len(there) else slice(0)

    def _in_place(self, staff: Ints) -> Ints:
        """Return the staff where orders that took more than there were leave them: nobody is lost."""
        return allocate(np.maximum(staff, 0).astype(np.float64), self.total) if (staff < 0).any() else staff


@dataclass
class _Office:
    """Who reviews: it knows what it ordered last where, and when."""

    staff: _Staff
    last: Ints  #: [communities] persons
    since: Floats  #: [communities] day of the last move

    def __post_init__(self) -> None:
        p = self.staff._p  # noqa: SLF001 - the office is a part of the staff's own run
        self.period, self.gain, self.guard, cv = (p(name) for name in ("review_d", "gain", "guard_d", "noise_cv"))
        sigma = np.sqrt(np.log1p(cv**2))
        noise = ndtri(self.staff._drawn("uniforms", "decision.noise"))  # noqa: SLF001 - as above
        self.estimate = self.staff.share * np.exp(sigma * noise - 0.5 * sigma**2)

    def reviews(self, day: int) -> bool:
        """Return whether there is a review on a day of the window: none on the first; on a day off it waits for the next."""
        number = int(np.searchsorted(self.staff.working, day))
        if day == 0 or day not in self.staff.working[number : number + 1]:
            return False
        last = self.staff.working[number - 1] if number else 0
        return int(day / self.period) > int(last / self.period)

    def review(self, day: int, seen: Ints) -> tuple[Ints, Ints]:
        """Return whom to send where, and how many of these moves take back the last one, both [communities]."""
        total = self.staff.total
        target = total * self.estimate[day] / self.estimate[day].sum()
        free = day - self.since >= self.guard
        moves = moves_of(np.where(free, self.gain * (target - seen), 0.0), int(MOST_MOVED * total))
        moved = moves != 0
        back = moved & (moves * self.last < 0) & (day - self.since <= BACK_D)
        self.last[moved], self.since[moved] = moves[moved], day
        return moves, np.where(back, np.abs(moves), 0)
