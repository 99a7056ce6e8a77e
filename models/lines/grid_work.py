"""Grid work (网格工作): how many households a grid has, how its workers spend the day, whom they know, what they find.

A grid costs its workers a fixed time a day (ledger, report, group, meeting) whatever its size; workers who share a
grid brief each other; the legs of the day grow with the root of the ground that a worker covers, at the density of
the real community. What is left after events and patrol goes into visits. A visit is remembered for a while by who
made it, and for the rest by what the ledger says; who is known is told of sooner. Nothing here says which size is
best: below one worker's span the fixed time eats the visits, above it knowledge thins out and legs grow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field
from scipy.special import pdtrik

from models.calendar import DAY, HOUR
from models.demand import occurrences
from models.grid_day import QUARTER_D, YEAR_D, community_of, day_of
from models.indicator import Columns, IndicatorKind, mean, ratio
from models.lines.base import Line, Rows
from models.parameter import Parameter, share_of
from models.world import World
from sim.kinds import Unit
from sim.recording import joined
from sim.text import Text
from sim.units import unit_text

Floats = NDArray[np.float64]
ISSUE, HOUSEHOLD, CHECK, COMMUNITY = range(4)  #: what a row is about
SOCIAL, FIRE, URBAN = range(3)  #: networks of grids
BEFORE_D = 365.0  #: visits before the window that are still remembered
AFTER_D = 90.0  #: visits after the window that may still find what arose within it
_HOURS = (1, 1, 1, 1, 1, 1, 2, 4, 6, 6, 6, 6, 5, 5, 6, 6, 6, 6, 6, 6, 5, 4, 3, 2)


def _of(row: int, column: str) -> Any:
    """Return the fold that is the mean of a column over the rows about one thing."""
    return lambda columns: mean(columns[column][columns["what"] == row])


def _duplicates(columns: Columns) -> float:
    """Return the share of the visits made that came soon after another network's."""
    return ratio(float(columns["duplicates"].sum()), float(columns["visits"].sum()))


class GridWork(Line):
    """Grid workers: size of grids, time budget, knowledge of residents, and three networks of grids or one."""

    title: ClassVar[Text] = Text(en="Grid work", zh="网格工作")
    least_d: ClassVar[float] = QUARTER_D
    decisions: ClassVar[tuple[str, ...]] = (
        "demand.grid_work.count", "demand.grid_work.time", "grid_work.panel", "grid_work.gap", "grid_work.who",
        "grid_work.pace", "grid_work.merged", "grid_work.home", "grid_work.find", "grid_work.tip", "grid_work.seen",
        "grid_work.report", "grid_work.wait", "grid_work.hazard", "grid_work.hit",
    )  # fmt: skip
    reads: ClassVar[tuple[str, ...]] = (
        "patrol.rounds_per_day", "patrol.p_see", "citizen.report_h", "grid.report_min",
    )  # fmt: skip
    own: ClassVar[Mapping[str, Parameter]] = {
        "grid.households": Parameter(
            title=Text("Households of a grid", "每网格户数"), unit="households", values=(320.0, 320.0, 320.0),
            range=(100.0, 1000.0), mix="linear", basis=Text(
                "12,000 grids, 9.55 million residents, 2.48 persons a household", "1.2 万个网格、954.7 万人、户均 2.48 人")),
        "grid_work.merged": share_of("Grids in which the networks are one", "多网合一的网格比例", (0.0, 0.4, 1.0)),
        "grid_work.trained": share_of("Grid workers trained for every network", "网格员跨专业培训比例", (0.2, 0.5, 0.9)),
        "grid_work.core_time": Parameter(
            title=Text("Grid workers' time on grid duties", "网格员用于主责主业的时间比例"), unit="share",
            values=(0.55, 0.65, 0.75), range=(0.3, 0.95), mix="logit", assumption=True),
    }  # fmt: skip
    table: ClassVar[pa.Schema] = pa.schema([
        ("what", pa.int8()), ("area", pa.int32()), ("entity", pa.uint64()), ("at_home", pa.bool_()),
        ("merged", pa.bool_()), ("t_onset", pa.float64()), ("t_detect", pa.float64()), ("by_worker", pa.bool_()),
        ("wait_h", pa.float64()), ("detect_h", pa.float64()), ("knowledge", pa.float64()), ("visits", pa.int32()),
        ("duplicates", pa.int32()), ("hit", pa.float64()), ("households", pa.float64()),
        ("posts", pa.float64()), ("load", pa.float64()), ("travel", pa.float64()), ("idle", pa.float64()),
    ])  # fmt: skip

    kind: Literal["grid_work"] = "grid_work"
    households_per_post: Annotated[float, Field(gt=0, le=10_000), Unit("households")] = 320.0
    posts_by_household: Annotated[float, Field(ge=0, le=1), Unit("share")] = 1.0  #: of the posts; the rest one a grid
    shift_h: Annotated[float, Field(gt=0, le=24), Unit("h")] = 7.5
    overhead_min: Annotated[float, Field(ge=0, le=480), Unit("min")] = 40.0  #: a grid and day
    handover_min: Annotated[float, Field(ge=0, le=120), Unit("min")] = 8.0  #: a worker and day, for each colleague
    events: Annotated[float, Field(ge=0, le=1000), Unit("per 1,000 households and day")] = 5.0
    event_min: Annotated[float, Field(gt=0, le=480), Unit("min")] = 20.0
    visit_min: Annotated[float, Field(gt=0, le=480), Unit("min")] = 15.0
    most_visits: Annotated[float, Field(gt=0, le=100), Unit("per household and quarter")] = 3.0  #: none is visited more
    walking_kmh: Annotated[float, Field(gt=0, le=30), Unit("km/h")] = 4.5
    patrol_kmh: Annotated[float, Field(gt=0, le=30), Unit("km/h")] = 3.0  #: looking on the way
    memory_d: Annotated[float, Field(gt=0, le=3650), Unit("d")] = 180.0  #: residents move and change meanwhile
    ledger: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.5  #: of a colleague's knowledge that it passes on
    tips_per_day: Annotated[float, Field(ge=0, le=24), Unit("per day")] = 0.25  #: on an open issue of who is known
    p_find: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.5  #: of an issue at a visit, of a hazard at a check
    at_home: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.4  #: of the issues; the rest lie in the street
    checks_per_year: Annotated[float, Field(ge=0, le=52), Unit("per household and year")] = 2.0  #: fire; urban as many
    combine_d: Annotated[float, Field(ge=0, le=60), Unit("d")] = 3.5  #: by which a visit may move to join another
    duplicate_d: Annotated[float, Field(gt=0, le=90), Unit("d")] = 14.0  #: since another network came
    door_min: Annotated[float, Field(ge=0, le=60), Unit("min")] = 5.0  #: that a joined visit saves
    untrained_loss: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.1  #: of hits of a check by a generalist
    hazards: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.16  #: of the households, at a check
    panel: Annotated[float, Field(gt=0, le=1), Unit("share")] = 0.05  #: of the households that are followed

    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("T_detect.grid_work", Text("Grid: onset to known", "网格：发生至知晓"), unit_text("h"), "lower",
                      _of(ISSUE, "detect_h")),
        IndicatorKind("wait.grid_work", Text("Grid: known to a worker free for it", "网格：知晓至有人处理"), unit_text("h"), "lower",
                      _of(ISSUE, "wait_h")),
        IndicatorKind("known.grid_work", Text("Grid: knowledge of residents", "网格：居民情况知晓度"), unit_text("share"),
                      "higher", _of(HOUSEHOLD, "knowledge")),
        IndicatorKind("travel.grid_work", Text("Grid: time on the way", "网格：路途时间占比"), unit_text("share"), "lower",
                      _of(COMMUNITY, "travel")),
        IndicatorKind("load.grid_work", Text("Grid: work to do against time", "网格：工作负荷"), unit_text("ratio"), "lower",
                      _of(COMMUNITY, "load")),
        IndicatorKind("idle.grid_work", Text("Grid: idle time", "网格：空闲时间占比"), unit_text("share"), "lower",
                      _of(COMMUNITY, "idle")),
        IndicatorKind("posts.grid_work", Text("Grid: posts", "网格：岗位数"), unit_text("per 1,000 households"), "lower",
                      _of(COMMUNITY, "posts")),
        IndicatorKind("duplicates.grid_work", Text("Grid: visits soon after another network's", "网格：多头重复走访比例"),
                      unit_text("share"), "lower", _duplicates),
        IndicatorKind("hit.grid_work", Text("Grid: hazards found at a fire check", "网格：消防检查隐患命中率"),
                      unit_text("share"), "higher", _of(CHECK, "hit")),
    )  # fmt: skip

    def begin(self, world: World) -> Rows:
        """Lay out the quarter's work at once; nothing in it waits for the clock."""
        return _Work(self, world).rows


@dataclass
class _Work:
    """The work of one run: its communities, the households that are followed, and the visits that they get."""

    line: GridWork
    world: World

    def __post_init__(self) -> None:
        line, rules, city, people = self.line, self.world.rules, self.world.city, self.world.population
        stream = rules.stream
        first = np.flatnonzero(np.diff(people.household, prepend=-1))
        first = first[stream.uniforms("grid_work.panel", people.key[first]) < line.panel]
        self.key = people.key[first]
        self.area = city.buildings.grid[people.home[first]]
        communities = city.areas.of_level("community")
        self.community = community_of(city.areas)[self.area]
        self.worked = rules.working.worked_share(*self.world.window)
        pace = stream.lognormals(1.0, 0.1, "grid_work.pace", communities)
        self.day = day_of(line, rules, city, pace, self.worked)
        self.merged = stream.uniforms("grid_work.merged", self.area) < rules["grid_work.merged"]
        start, end = self.world.window
        self.start_d, self.end_d = start / DAY, end / DAY
        self.visits = self._visits()
        self._join()

    def _visits(self) -> Floats:
        """Return the days of the visits of each network to each household, float64 [households, 3, visits]."""
        rates = np.full((len(self.key), 3), self.line.checks_per_year / YEAR_D)
        rates[:, SOCIAL] = self.day.visits[self.community]
        days = BEFORE_D + self.end_d - self.start_d + AFTER_D
        # So many that one household in a billion would have more.
        most = int(pdtrik(1.0 - 1e-9, max(float(rates.max(initial=0.0)) * days, 1e-9))) + 2
        due = np.cumsum(-np.log(self._draws("grid_work.gap", self.key, most)), axis=2)
        return due / np.maximum(rates, 1e-12)[:, :, None] + (self.start_d - BEFORE_D)

    def _draws(self, decision: str, entity: NDArray[Any], most: int) -> Floats:
        """Return luck of the visits [entities, 3, visits]; that of a visit is the same however many there may be."""
        moments = (np.arange(most) * 3 + np.arange(3)[:, None]).ravel()
        luck = self.world.rules.stream.uniforms(
            decision, np.repeat(entity, len(moments)), np.tile(moments, len(entity))
        )
        return np.asarray(luck.reshape(-1, 3, most))

    def _join(self) -> None:
        """Let visits of merged grids join one shortly before, and count those that come soon after another network's."""
        n, line = len(self.key), self.line
        days = self.visits.reshape(n, -1)
        network = np.broadcast_to(np.repeat(np.arange(3), self.visits.shape[2]), days.shape)
        order = np.argsort(days, axis=1, kind="stable")
        days, network = np.take_along_axis(days, order, 1), np.take_along_axis(network, order, 1)
        last = np.full((n, 3), -np.inf)  # day of each network's last visit that was a visit of its own
        self.made, self.duplicates = np.zeros(n, dtype=np.int32), np.zeros(n, dtype=np.int32)
        each = np.arange(n)
        for k in range(days.shape[1]):
            day, own = days[:, k], network[:, k]
            others = last.copy()
            others[each, own] = -np.inf
            gap = day - others.max(axis=1)
            joins = self.merged & (gap <= line.combine_d)
            within = (day >= self.start_d) & (day < self.end_d) & ~joins
            self.made += within
            self.duplicates += within & (gap <= line.duplicate_d)
            last[each, own] = np.where(joins, last[each, own], day)

    def _knowledge(self, household: NDArray[np.int64], when: Floats) -> Floats:
        """Return what whoever is on duty knows of households at days `when`, [households asked for].

        A worker remembers visits of his own for `memory_d`, of colleagues' visits what the ledger passes on. In a
        merged grid each network's visit teaches the same worker.
        """
        line, who = self.line, self._draws("grid_work.who", self.key, self.visits.shape[2])
        mine = who < 1.0 / np.maximum(self.day.posts[self.community], 1.0)[:, None, None]
        counts = np.zeros(self.visits.shape, dtype=np.bool_)
        counts[:, SOCIAL] = True
        counts |= self.merged[:, None, None]
        past = self.visits[household] <= when[:, None, None]
        age = [when - np.where(past & kept[household], self.visits[household], -np.inf).max(axis=(1, 2))
               for kept in (counts, counts & mine)]  # fmt: skip
        told, own = (np.exp(-days / line.memory_d) for days in age)
        return np.asarray(line.ledger * told + (1.0 - line.ledger) * own)

    def _issues(self) -> dict[str, NDArray[Any]]:
        """Let issues arise, and find each by the first of visit, tip, patrol and a resident's report."""
        line, rules = self.line, self.world.rules
        stream = rules.stream
        per_day = np.full(len(self.key), line.events / 1000.0)
        index, entity, onset = occurrences(stream, "grid_work", self.key, per_day, _HOURS, self.world.window)
        day, n = onset / DAY, len(index)
        draw = partial(stream.uniforms, entities=entity)
        home = draw("grid_work.home") < line.at_home
        known = self._knowledge(index, day)
        waits = partial(_waits, draw)
        tip = np.where(home, waits("grid_work.tip", line.tips_per_day * known), np.inf)
        rounds = self.day.rounds[self.community[index]] * self.worked
        seen = np.where(home, np.inf, waits("grid_work.seen", rounds * rules["patrol.p_see"]))
        worker = np.minimum(np.minimum(tip, seen), np.where(home, self._found_at_visit(index, entity, day), np.inf))
        report = waits("grid_work.report", np.full(n, 24.0 / rules["citizen.report_h"]))
        found = np.minimum(worker, report)
        shift = line.shift_h * rules["grid_work.core_time"]
        wait = -np.log(draw("grid_work.wait")) * self.day.wait[self.community[index]] / 60.0 * (24.0 / shift)
        return {
            "what": np.full(n, ISSUE), "area": self.area[index], "entity": entity, "at_home": home,
            "merged": self.merged[index], "t_onset": onset, "t_detect": onset + found * DAY,
            "by_worker": worker < report, "wait_h": wait, "detect_h": found * DAY / HOUR, "knowledge": known,
        }  # fmt: skip

    def _found_at_visit(self, index: NDArray[np.int64], entity: NDArray[np.int64], day: Floats) -> Floats:
        """Return days until a visit finds an issue, inf where none does; other networks tell only where they are one."""
        visits = np.where(self.merged[:, None, None] | (np.arange(3) == SOCIAL)[:, None], self.visits, np.inf)
        ahead = visits[index] - day[:, None, None]
        finds = self._draws("grid_work.find", entity, visits.shape[2]) < self.line.p_find
        return np.asarray(np.where((ahead > 0.0) & finds, ahead, np.inf).min(axis=(1, 2), initial=np.inf))

    def _checks(self) -> dict[str, NDArray[Any]]:
        """Return fire checks of households with a hazard: a generalist who is not trained for it finds fewer."""
        line, rules = self.line, self.world.rules
        household, visit = np.nonzero((self.visits[:, FIRE] >= self.start_d) & (self.visits[:, FIRE] < self.end_d))
        draw = partial(rules.stream.uniforms, entities=self.key[household], moments=visit)
        loss = line.untrained_loss * (1.0 - rules["grid_work.trained"]) * self.merged[household]
        hit = draw("grid_work.hit") < line.p_find * (1.0 - loss)
        hazard = draw("grid_work.hazard") < line.hazards
        kept = household[hazard]
        return {"what": np.full(len(kept), CHECK), "area": self.area[kept], "entity": self.key[kept],
                "merged": self.merged[kept], "hit": hit[hazard].astype(np.float64)}  # fmt: skip

    def rows(self) -> dict[str, NDArray[Any]]:
        """Return issues, households, checks and communities as columns, one after the other."""
        n, day = len(self.key), self.day
        households = {
            "what": np.full(n, HOUSEHOLD), "area": self.area, "entity": self.key, "merged": self.merged,
            "knowledge": self._knowledge(np.arange(n), np.full(n, self.end_d)), "visits": self.made,
            "duplicates": self.duplicates,
        }  # fmt: skip
        own = self.world.city.areas.of_level("community")
        communities = {
            "what": np.full(len(own), COMMUNITY), "area": own, "entity": own, "households": day.households,
            "posts": day.posts * 1000.0 / day.households, "load": day.load, "travel": day.travel, "idle": day.idle,
        }  # fmt: skip
        parts = [self._issues(), households, self._checks(), communities]
        return joined(GridWork.table, parts)


def _waits(draw: Any, decision: str, rate: Floats) -> Floats:
    """Return exponential waits of these rates, inf where the rate is 0."""
    return np.asarray(-np.log(draw(decision)) / np.maximum(rate, 1e-300))
