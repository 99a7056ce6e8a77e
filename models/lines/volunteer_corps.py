"""The volunteer corps (平安志愿者队伍): who is there when neighbours need help, who gets tired, who forgets, who stays.

Every volunteer has a home, a place by day, a role, a willingness, a load and a skill that fades. A need alerts the nearest
who are available; each comes or does not, so that somebody comes with P = 1 − (1 − p)^alerted where all are alike (A44).
Without feedback 3 % leave a month (A43). All volunteers and needs are synthetic; figures are assumptions except where a
source stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field
from scipy.spatial import cKDTree
from scipy.special import expit, logit, ndtri

from models.calendar import DAY, HOUR
from models.demand import occurrences
from models.indicator import Columns, IndicatorKind, ratio
from models.lines.base import Line, Rows
from models.literacy.knowledge import MONTH_D, SKILL_DRILLED, SKILL_REST, fade
from models.parameter import Parameter, share_of
from models.world import World
from sim.city.buildings import ring_area
from sim.kinds import Unit
from sim.text import Text
from sim.units import unit_text

_Share = Annotated[float, Field(ge=0, le=1), Unit("share")]
_Per100k = Annotated[float, Field(ge=0, le=100_000), Unit("per 100,000 residents")]
_NEEDS = (2, 1, 1, 1, 1, 2, 4, 6, 6, 6, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 5, 4, 3, 2)  #: by hour (assumption)
REFRESHER_H = 2.0 / 12.0  #: of staff, a volunteer in a class of twelve (assumption)
FEEDBACK_H = 0.1  #: of staff, a month and volunteer who is told what came of it and given points (assumption)


def _sum_ratio(above: str, below: str, times: float = 1.0) -> Callable[[Columns], float]:
    def fold(columns: Columns) -> float:
        return times * ratio(float(columns[above].sum()), float(columns[below].sum()))

    return fold


def _at_end(above: str, below: str) -> Callable[[Columns], float]:
    def fold(columns: Columns) -> float:
        last = columns["month"] == columns["month"].max()
        return ratio(float(columns[above][last].sum()), float(columns[below][last].sum()))

    return fold


class VolunteerCorps(Line):
    """Volunteers who are alerted to needs nearby: their response by day and by night, their load, skill and loyalty."""

    title: ClassVar[Text] = Text(en="Volunteer corps", zh="平安志愿者队伍")
    least_d: ClassVar[float] = 180.0
    decisions: ClassVar[tuple[str, ...]] = (
        "demand.corps.count", "demand.corps.time", "corps.place", "corps.rescue", "corps.joined", "corps.role",
        "corps.willing", "corps.trained", "corps.available", "corps.responds", "corps.recruit", "corps.leave",
    )  # fmt: skip
    own: ClassVar[Mapping[str, Parameter]] = {
        "corps.p_respond": Parameter(
            title=Text("Alerted volunteers who come", "收到召集的志愿者响应比例"), unit="share", values=(0.2, 0.25, 0.35),
            range=(0.17, 0.47), mix="logit", basis=Text("17 to 47 % in programmes of volunteer responders",
                                                        "各地志愿响应项目为 17 %–47 %"), assumption=True),
        "corps.feedback": share_of("Volunteers who are told what came of it and earn points", "获得反馈与积分的志愿者", (0.1, 0.4, 0.9)),
        "corps.refresher_d": Parameter(
            title=Text("Days from one refresher course to the next", "复训间隔"), unit="d", values=(720.0, 365.0, 180.0),
            range=(30.0, 1500.0), mix="geo", assumption=True),
        "corps.alerted": Parameter(
            title=Text("Volunteers alerted to one need", "每次求助召集的志愿者"), unit="count", values=(3.0, 5.0, 7.0),
            range=(1.0, 20.0), mix="linear", basis=Text("seven are alerted, and refusals replaced", "一次召集 7 人，拒绝后补位"),
            assumption=True),
        "corps.recruited": share_of("Volunteers won a month, of those at the start", "每月新招募志愿者（占期初）", (0.01, 0.015, 0.03), 0.2),
        "corps.tasks": Parameter(
            title=Text("Tasks that the platform sets a volunteer beside alerts", "平台另派任务"), unit="per month",
            values=(1.0, 1.0, 1.0), range=(0.1, 8.0), mix="geo", assumption=True),
    }  # fmt: skip
    table: ClassVar[pa.Schema] = pa.schema([
        ("area", pa.int32()), ("month", pa.int16()), ("km2", pa.float64()), ("active", pa.int64()), ("joined", pa.int64()),
        ("left", pa.int64()), ("skill", pa.float64()), ("load", pa.float64()), ("loaded", pa.int64()),
        ("needs_day", pa.int64()), ("answered_day", pa.int64()), ("needs_night", pa.int64()),
        ("answered_night", pa.int64()), ("needs", pa.int64()), ("skilled", pa.int64()), ("residents", pa.float64()),
        ("staff_h", pa.float64()),
    ])  # fmt: skip

    kind: Literal["volunteer_corps"] = "volunteer_corps"
    registered_per_100k: _Per100k = 1000.0  #: active at the start; Nanjing has 5,300 registered
    needs_per_100k: _Per100k = 150.0  #: a month
    rescues: _Share = 0.3  #: needs that only first-aiders are alerted to
    aiders: _Share = 0.25  #: volunteers who are first-aiders
    radius_m: Annotated[float, Field(gt=0, le=20_000), Unit("m")] = 500.0
    available_day: _Share = 0.4
    available_night: _Share = 0.15
    night_from: Annotated[float, Field(ge=0, le=24), Unit("h")] = 22.0
    night_to: Annotated[float, Field(ge=0, le=24), Unit("h")] = 6.0
    willing_sigma: Annotated[float, Field(ge=0, le=3), Unit("log")] = 0.5  #: spread of the log odds to come
    tiring_load: Annotated[float, Field(gt=0), Unit("per month")] = 20.0  #: at which e^-1 as many come
    leaving: _Share = 0.03  #: a month, without feedback
    leaving_tired: _Share = 0.002  #: a month, for each alert or task a month
    tau_skill_d: Annotated[float, Field(gt=0), Unit("d")] = 180.0
    skilled_above: _Share = 0.5

    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("active.corps", Text("Volunteers: active", "志愿者：活跃密度"), unit_text("per km²"), "higher",
                      _at_end("active", "km2")),
        IndicatorKind("answered_day.corps", Text("Volunteers: needs by day to which somebody came", "志愿者：白天求助响应率"),
                      unit_text("share"), "higher", _sum_ratio("answered_day", "needs_day")),
        IndicatorKind("answered_night.corps", Text("Volunteers: needs by night to which somebody came", "志愿者：夜间求助响应率"),
                      unit_text("share"), "higher", _sum_ratio("answered_night", "needs_night")),
        IndicatorKind("skilled.corps", Text("Volunteers: needs to which somebody with the skill came", "志愿者：具备技能者到场的求助"),
                      unit_text("share"), "higher", _sum_ratio("skilled", "needs")),
        IndicatorKind("skill.corps", Text("Volunteers: mean skill at the end", "志愿者：期末平均技能"), unit_text("share"),
                      "higher", _at_end("skill", "active")),
        IndicatorKind("load.corps", Text("Volunteers: alerts and tasks of each", "志愿者：人均召集与任务"), unit_text("per month"),
                      "lower", _sum_ratio("load", "loaded")),
        IndicatorKind("left.corps", Text("Volunteers: those who leave in a month", "志愿者：月流失率"), unit_text("share"), "lower",
                      _sum_ratio("left", "loaded")),
        IndicatorKind("staff_hours.corps", Text("Volunteers: hours of staff a month, per 1,000 residents", "志愿者：每千居民月均管理工时"),
                      unit_text("h"), "lower", _sum_ratio("staff_h", "residents", 1000.0)),
    )  # fmt: skip

    def begin(self, world: World) -> Rows:
        """Play the months of the window at once; nothing else in the city waits for them."""
        return _Corps(self, world).rows


class _Corps:
    """The volunteers of one run: everybody who is grown may become one."""

    def __init__(self, line: VolunteerCorps, world: World) -> None:
        self.line, self.world, self.p, self.stream = line, world, world.rules, world.rules.stream
        people, areas, buildings = world.population, world.city.areas, world.city.buildings
        grown = np.flatnonzero(people.age_group > 0)
        community = areas.ancestor("community")
        self.communities = areas.of_level("community")
        self.km2 = np.array([ring_area(areas.outlines[area]) / 1e6 for area in self.communities])
        place = np.full(len(areas), -1)
        place[self.communities] = np.arange(len(self.communities))
        self.place_of_grid = place[community]
        self.residents = np.bincount(self.place_of_grid[buildings.grid[people.home]], minlength=len(self.communities))
        # Only those are kept who may join within the window, for the draw of most residents is far from it.
        share = min(line.registered_per_100k / 1e5 * len(people) / max(len(grown), 1), 1.0)
        self.months = max(1, round((world.window[1] - world.window[0]) / DAY / MONTH_D))
        self.days = (world.window[1] - world.window[0]) / DAY / self.months
        self.turn = self.stream.uniforms("corps.joined", people.key[grown])
        recruits = self.p["corps.recruited"] * share * self.days / MONTH_D
        kept = self.turn < share + recruits * self.months
        self.joins = np.maximum(np.ceil((self.turn[kept] - share) / max(recruits, 1e-12)), 0.0)
        grown = grown[kept]
        self.key = people.key[grown]
        self.home = self.place_of_grid[buildings.grid[people.home[grown]]]
        self.xy = [np.column_stack([buildings.x[at[grown]], buildings.y[at[grown]]]) for at in
                   (people.home, people.day_place)]  # fmt: skip
        self.aider = self._luck("corps.role") < line.aiders
        self.willing = line.willing_sigma * ndtri(self._luck("corps.willing"))
        self.gone = np.zeros(len(grown), dtype=np.bool_)
        today = VolunteerCorps.own["corps.refresher_d"].values[1]
        self.since = np.where(self.joins == 0, self._luck("corps.trained") * today, 0.0)  #: days since the last course
        self.load = np.full(len(grown), VolunteerCorps.own["corps.tasks"].values[1])
        self._needs()
        self.table = [self._month(month) for month in range(self.months)]

    def _luck(self, decision: str, who: Any = slice(None), moments: Any = 0) -> NDArray[np.float64]:
        return self.stream.uniforms(decision, self.key[who], moments)

    def _needs(self) -> None:
        """Draw the needs: each grid has a Poisson process, and each need one of its residents."""
        world, people, buildings = self.world, self.world.population, self.world.city.buildings
        grid = buildings.grid[people.home]
        order, count = np.argsort(grid, kind="stable"), np.bincount(grid, minlength=len(world.city.areas))
        per_day = count.astype(np.float64) * (self.line.needs_per_100k / 1e5 / MONTH_D)
        areas = np.arange(len(count), dtype=np.uint64)
        of, self.need, self.at = occurrences(self.stream, "corps", areas, per_day, _NEEDS, world.window)
        chosen = self.stream.uniforms("corps.place", self.need) * count[of]
        person = order[np.cumsum(count)[of] - count[of] + chosen.astype(np.int64)]
        hour = self.at / HOUR % 24
        self.out = (hour >= 8.5) & (hour < 17.5)
        self.night = (hour >= self.line.night_from) | (hour < self.line.night_to)
        building = np.where(self.out, people.day_place[person], people.home[person])
        self.need_xy = np.column_stack([buildings.x[building], buildings.y[building]])
        self.need_place = self.place_of_grid[buildings.grid[building]]
        self.rescue = self.stream.uniforms("corps.rescue", self.need) < self.line.rescues

    @property
    def skill(self) -> NDArray[np.float64]:
        """What each volunteer can do: everything that a course teaches, fading since."""
        return np.asarray(fade(SKILL_DRILLED, SKILL_REST, self.since, self.line.tau_skill_d))

    def _month(self, month: int) -> dict[str, NDArray[Any]]:
        line, start = self.line, self.world.window[0] + month * self.days * DAY
        active = np.flatnonzero((self.joins <= month) & ~self.gone)
        needs = np.flatnonzero((self.at >= start) & (self.at < start + self.days * DAY))
        sent, came, skilled = self._alert(active, needs)
        per_month = sent / (self.days / MONTH_D) + self.p["corps.tasks"]
        self.load[active] += 0.5 * (per_month[active] - self.load[active])
        months = self.days / MONTH_D
        feedback = self.p["corps.feedback"]
        hazard = line.leaving * (1.0 - feedback) + line.leaving_tired * self.load[active]
        leaves = active[self._luck("corps.leave", active, month) < 1.0 - (1.0 - np.minimum(hazard, 1.0)) ** months]
        self.gone[leaves] = True
        stay = active[~self.gone[active]]
        self.since[stay] += self.days
        due = stay[self.since[stay] >= self.p["corps.refresher_d"]]
        self.since[due] = 0.0
        night = self.night[needs]
        return self._rows(month, {
            "active": self._by_home(stay), "joined": self._by_home(active[(self.joins[active] == month) & (month > 0)]),
            "left": self._by_home(leaves), "skill": self._by_home(stay, self.skill[stay]),
            "load": self._by_home(active, per_month[active]), "loaded": self._by_home(active),
            "needs_day": self._by_need(needs, ~night), "answered_day": self._by_need(needs, came & ~night),
            "needs_night": self._by_need(needs, night), "answered_night": self._by_need(needs, came & night),
            "needs": self._by_need(needs, np.ones(len(needs))), "skilled": self._by_need(needs, skilled),
            "residents": self.residents * months,
            "staff_h": REFRESHER_H * self._by_home(due) + FEEDBACK_H * feedback * months * self._by_home(active),
        })  # fmt: skip

    def _alert(self, active: NDArray[Any], needs: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """Alert the nearest available volunteers to each need.

        Returns the alerts sent to each volunteer, and for each need whether somebody came, and somebody with skill.
        """
        sent = np.zeros(len(self.key))
        came, skilled = np.zeros(len(needs), dtype=np.bool_), np.zeros(len(needs), dtype=np.bool_)
        skill = self.skill
        for out in (False, True):
            which = np.flatnonzero(self.out[needs] == out)
            if not len(which) or not len(active):
                continue
            tree = cKDTree(self.xy[int(out)][active])
            near = tree.query_ball_point(self.need_xy[needs[which]], self.line.radius_m)
            row = np.repeat(which, [len(one) for one in near])
            who = active[np.concatenate([np.asarray(one, dtype=np.int64) for one in near])]
            row, who = self._called(row, who, needs)
            comes = self.responds(who, self.need[needs[row]])
            np.add.at(sent, who, 1.0)
            came[row[comes]] = True
            skilled[row[comes & (skill[who] >= self.line.skilled_above)]] = True
        return sent, came, skilled

    def _called(self, row: NDArray[Any], who: NDArray[Any], needs: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return those of the pairs of need and volunteer who are alerted: the nearest who are available and may help."""
        need = needs[row]
        share = np.where(self.night[need], self.line.available_night, self.line.available_day)
        able = (self._luck("corps.available", who, self.need[need]) < share) & (~self.rescue[need] | self.aider[who])
        row, who, need = row[able], who[able], need[able]
        away = np.hypot(*(self.xy[0][who] - self.need_xy[need]).T)
        by_day = np.hypot(*(self.xy[1][who] - self.need_xy[need]).T)
        order = np.lexsort((who, np.where(self.out[need], by_day, away), row))
        row, who = row[order], who[order]
        rank = np.arange(len(row)) - np.searchsorted(row, row)
        nearest = rank < round(self.p["corps.alerted"])
        return row[nearest], who[nearest]

    def responds(self, who: NDArray[Any], need: NDArray[Any]) -> NDArray[np.bool_]:
        """Return whether each volunteer comes to each need: by willingness, less often the more was asked of them."""
        willing = expit(logit(self.p["corps.p_respond"]) + self.willing[who])
        tired = np.exp(-self.load[who] / self.line.tiring_load)
        return np.asarray(self._luck("corps.responds", who, need) < willing * tired)

    def _by_home(self, who: NDArray[Any], values: Any = None) -> NDArray[Any]:
        return np.bincount(self.home[who], weights=values, minlength=len(self.communities))

    def _by_need(self, needs: NDArray[Any], values: NDArray[Any]) -> NDArray[Any]:
        return np.bincount(self.need_place[needs], weights=values, minlength=len(self.communities))

    def _rows(self, month: int, sums: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        types = {field.name: field.type.to_pandas_dtype() for field in VolunteerCorps.table}
        columns = {"area": self.communities, "month": np.full(len(self.communities), month), "km2": self.km2, **sums}
        return {name: np.asarray(column).astype(types[name]) for name, column in columns.items()}

    def rows(self) -> dict[str, NDArray[Any]]:
        """Return the months one below the other, a row for each community."""
        return {name: np.concatenate([month[name] for month in self.table]) for name in self.table[0]}
