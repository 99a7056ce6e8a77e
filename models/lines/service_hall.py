"""The service hall (政务服务大厅): matters of residents, from the counter through the back office to the certificate.

Each department has a queue of its own at windows of its own, or they share one pool: M/G/c queues either way, played
on SimPy. A clerk of the pool serves a factor longer than a specialist. A submission that lacks a document comes back
another day: P = 1 − (1 − p)^documents. The items of a matter are approved one after the other or all at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
import simpy
from numpy.typing import NDArray
from pydantic import Field

from models.calendar import DAY
from models.demand import occurrences
from models.indicator import Columns, IndicatorKind, mean, quantile, ratio
from models.lines.base import Line, Rows
from models.missions import Process
from models.parameter import Parameter
from models.world import World
from sim.kinds import Unit
from sim.text import Text
from sim.units import unit_text

MINUTE = 60.0
MOST_VISITS = 12
BEFORE_D = 14  #: days before the window from which matters still come back
ELDER = 2
_ARRIVALS = (0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 6, 4, 2, 3, 5, 4, 2, 0, 0, 0, 0, 0, 0, 0)


def _share(en: str, zh: str, values: tuple[float, float, float], **more: Any) -> Parameter:
    return Parameter(title=Text(en, zh), unit="share", values=values, range=(0.0, 1.0), mix="linear",
                     **(more or {"assumption": True}))  # fmt: skip


def _elder_gap(columns: Columns) -> float:
    """Return visits a matter of those of 65 or more against those of the rest, online ones at no visit."""
    visits, elder = np.where(columns["online"], 0, columns["visits"]), columns["elder"]
    return ratio(mean(visits[elder]), mean(visits[~elder]))


class ServiceHall(Line):
    """Counter cases: windows by department or in one pool, approval in a row or at once, online or in person."""

    title: ClassVar[Text] = Text(en="Service hall", zh="政务服务大厅")
    decisions: ClassVar[tuple[str, ...]] = (
        "demand.hall.count", "demand.hall.time", "hall.department", "hall.online", "hall.assisted", "hall.pooled",
        "hall.service", "hall.patience", "hall.returns", "hall.parallel", "hall.item", "hall.wrong",
    )  # fmt: skip
    own: ClassVar[Mapping[str, Parameter]] = {
        "hall.pooled": _share("Windows that take any matter", "综合窗口比例", (0.0, 0.7, 1.0), basis=Text(
            "72.5 % of the staff of Jianye's hall can serve several departments", "建邺区政务大厅 72.5 % 人员具备多项业务能力")),
        "hall.pool_factor": Parameter(
            title=Text("Service at a window for any matter, against that of a specialist", "综合窗口办理耗时（相对专窗）"),
            unit="factor", values=(1.25, 1.12, 1.05), range=(1.0, 1.3), mix="geo", assumption=True),
        "hall.shared_documents": _share("Documents that need not be brought, for they are shared", "免提交（共享）材料比例",
                                        (0.2, 0.55, 0.8)),
        "hall.online": _share("Matters applied for online by those who can", "网上申办比例", (0.41, 0.5, 0.8),
                              basis=Text("41.4 % of municipal cases in 2019", "2019 年市级办件网办率 41.4 %"), assumption=True),
        "hall.assisted": _share("Older applicants who are helped to apply online", "老年人获帮办代办比例", (0.1, 0.3, 0.8)),
        "hall.parallel": _share("Matters whose items are approved at once", "并联审批比例", (0.1, 0.4, 0.9), basis=Text(
            "parallel approval took 62 % less time in one county", "某县并联审批用时减少 62 %"), assumption=True),
        "hall.appraisal": _share("Weight of quantified appraisal", "量化考核权重", (0.0, 0.3, 0.5)),
    }  # fmt: skip
    table: ClassVar[pa.Schema] = pa.schema([
        ("matter", pa.int64()), ("area", pa.int32()), ("elder", pa.bool_()), ("online", pa.bool_()),
        ("department", pa.int8()), ("pooled", pa.bool_()), ("parallel", pa.bool_()), ("visits", pa.int16()),
        ("left", pa.int16()), ("wait_first", pa.float64()), ("wait", pa.float64()), ("served", pa.float64()),
        ("wrong", pa.bool_()), ("t_apply", pa.float64()), ("t_accept", pa.float64()), ("t_issue", pa.float64()),
        ("elapsed_d", pa.float64()),
    ])  # fmt: skip

    kind: Literal["service_hall"] = "service_hall"
    matters_per_100k: Annotated[float, Field(ge=0, le=100_000), Unit("per 100,000 residents")] = 360.0  #: a working day
    windows_per_100k: Annotated[float, Field(gt=0, le=10_000), Unit("per 100,000 residents")] = 15.5  #: fitted
    departments: Annotated[int, Field(ge=1, le=60), Unit("count")] = 8
    service_min: Annotated[float, Field(gt=0, le=480), Unit("min")] = 12.0  #: mean
    service_sigma: Annotated[float, Field(gt=0, le=2), Unit("log")] = 0.6
    patience_min: Annotated[float, Field(gt=0), Unit("min")] = 90.0  #: mean, exponential
    specialised: Annotated[float, Field(ge=0, le=1), Unit("share")] = (
        0.0  #: matters that only their department may take
    )
    items: Annotated[int, Field(ge=1, le=50), Unit("count")] = 5  #: that one matter needs approved
    item_d: Annotated[float, Field(gt=0), Unit("working days")] = 1.0  #: median of an approval
    item_sigma: Annotated[float, Field(gt=0, le=2), Unit("log")] = 0.7
    documents: Annotated[int, Field(ge=0, le=100), Unit("count")] = 14
    document_lacks: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.08
    elder_online: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.45  #: of those of 65 or more, who can

    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("wait.hall", Text("Hall: wait at a visit", "政务大厅：每次等候"), unit_text("min"), "lower",
                      lambda columns: ratio(float(columns["wait"].sum()) / MINUTE, float(columns["served"].sum()))),
        IndicatorKind("wait_p90.hall", Text("Hall: wait at the first visit, 90th percentile", "政务大厅：首次等候第 90 百分位"),
                      unit_text("min"), "lower", lambda columns: quantile(columns["wait_first"] / MINUTE, 0.9)),
        IndicatorKind("left.hall", Text("Hall: those who left before their turn", "政务大厅：等候中离开"), unit_text("share"),
                      "lower", lambda columns: ratio(float(columns["left"].sum()), float(columns["visits"].sum()))),
        IndicatorKind("visits.hall", Text("Hall: visits per matter", "政务大厅：每件跑动次数"), unit_text("count"), "lower",
                      lambda columns: mean(columns["visits"][~columns["online"]])),
        IndicatorKind("elapsed.hall", Text("Hall: application to certificate", "政务大厅：申请至出件"),
                      unit_text("working days"), "lower", lambda columns: mean(columns["elapsed_d"])),
        IndicatorKind("wrong.hall", Text("Hall: matters decided wrongly", "政务大厅：差错率"), unit_text("share"), "lower",
                      lambda columns: mean(columns["wrong"])),
        IndicatorKind("elder_gap.hall", Text("Hall: visits of older applicants against the rest", "政务大厅：老年人跑动次数之比"),
                      unit_text("ratio"), "lower", _elder_gap),
    )  # fmt: skip

    def begin(self, world: World) -> Rows:
        """Let every matter come at its time, and those that came before the window come back within it."""
        hall = _Hall(self, world)
        for row in range(len(hall.matter)):
            visit, time = hall.next_visit(row)
            if time >= world.window[0]:
                world.engine.at(time, partial(hall.open, row, visit))
        return hall.rows


@dataclass
class _Hall:
    """The hall of one run: its windows, and its matters as columns."""

    line: ServiceHall
    world: World

    def __post_init__(self) -> None:
        line, world = self.line, self.world
        people = world.population
        per_day = np.full(len(people), line.matters_per_100k / 100_000)
        grown = people.age_group > 0
        per_day *= grown / max(float(grown.mean()), 1e-9)
        start, end = world.window
        around = (start, end + BEFORE_D * DAY)
        person, self.matter, onset = occurrences(world.rules.stream, "hall", people.key, per_day, _ARRIVALS, around)
        onset -= BEFORE_D * DAY
        open_at = np.array([self._opening(time) == time for time in onset.tolist()], dtype=np.bool_)
        person, self.matter, self.t_apply = person[open_at], self.matter[open_at], onset[open_at]
        n = len(self.matter)
        brought = line.documents * (1.0 - self._p("shared_documents"))
        self._lacking = 1.0 - (1.0 - line.document_lacks) ** brought
        self.area = world.city.buildings.grid[people.home[person]]
        self.elder = people.age_group[person] == ELDER
        draw = partial(world.rules.stream.uniforms, entities=self.matter)
        able = ~self.elder | (draw("hall.assisted") < line.elder_online + (1 - line.elder_online) * self._p("assisted"))
        self.online = able & (draw("hall.online") < self._p("online"))
        windows = max(2, round(line.windows_per_100k * world.city.residents / 100_000))
        self.departments = min(line.departments, windows)
        self.department = (draw("hall.department") * self.departments).astype(np.int8)
        self.pool, self.own = self._windows(windows)
        share = self.pool.capacity / windows if self.pool else 0.0
        self.pooled = draw("hall.pooled") < min(share, 1.0 - line.specialised)
        self.parallel = draw("hall.parallel") < self._p("parallel")
        self.wrong = draw("hall.wrong") < 0.02 + 0.03 * self._p("appraisal") ** 2
        self.visits, self.left = np.zeros(n, dtype=np.int16), np.zeros(n, dtype=np.int16)
        self.wait, self.served = np.zeros(n), np.zeros(n)
        self.wait_first = np.full(n, np.nan)
        self.t_accept, self.t_issue = np.full(n, np.nan), np.full(n, np.nan)

    def _p(self, name: str) -> float:
        return self.world.rules[f"hall.{name}"]

    def _windows(self, windows: int) -> tuple[simpy.Resource | None, list[simpy.Resource]]:
        """Return the pool and the departments' windows; each department keeps one while not all are pooled."""
        env = self.world.engine.env
        pooled = min(round(self._p("pooled") * windows), windows)
        if self.line.specialised > 0 or pooled < windows:
            pooled = min(pooled, windows - self.departments)
        rest = windows - max(pooled, 0)
        counts = [rest // self.departments + (d < rest % self.departments) for d in range(self.departments)]
        own = [simpy.Resource(env, max(1, count)) for count in counts] if rest else []
        return (simpy.Resource(env, pooled) if pooled > 0 else None), own

    def _opening(self, time: float) -> float:
        """Return `time` if the hall is open then, else the same time of the next day of work, or its opening."""
        working = self.world.rules.working
        day = int(time // DAY)
        opens, closes = working.span(day)
        while not opens < closes:
            day += 1
            opens, closes = working.span(day)
        return min(max(time % DAY + day * DAY, opens), closes - 1.0)

    def next_visit(self, row: int) -> tuple[int, float]:
        """Return number and time of the first visit within the window or after it, -inf where all was before."""
        visit, time, start = 0, float(self.t_apply[row]), self.world.window[0]
        while time < start:
            if self.online[row] or not self._comes_back(row, visit):
                return visit, -np.inf
            visit, time = visit + 1, self._opening(time + DAY)
        return visit, time

    def _comes_back(self, row: int, visit: int) -> bool:
        lacks = self.world.rules.stream.chance(self._lacking, "hall.returns", int(self.matter[row]), visit)
        return lacks and visit + 1 < MOST_VISITS

    def open(self, row: int, visit: int) -> None:
        """Start a matter at the counter, or online at once in the back office."""
        if self.online[row]:
            self.t_accept[row] = self.world.engine.now
            self._approve(row)
        else:
            self.world.engine.process(self._visits(row, visit))

    def _visits(self, row: int, visit: int) -> Process:
        """Come as often as it takes until the submission is whole."""
        engine = self.world.engine
        while True:
            self.visits[row] = visit + 1
            served = yield from self._one_visit(row, visit)
            if served and not self._comes_back(row, visit):
                break
            visit += 1
            yield engine.env.timeout(self._opening(engine.now + DAY) - engine.now)
        self.t_accept[row] = engine.now
        self._approve(row)

    def _one_visit(self, row: int, visit: int) -> Process:
        """Wait for a window and be served; return False where patience ended first."""
        engine, stream, matter = self.world.engine, self.world.rules.stream, int(self.matter[row])
        pooled = bool(self.pooled[row])
        windows = self.pool if pooled and self.pool else self.own[int(self.department[row])]
        came = engine.now
        patience = stream.exponential(self.line.patience_min * MINUTE, "hall.patience", matter, visit)
        with windows.request() as window:
            yield window | engine.env.timeout(patience)
            waited = engine.now - came
            if visit == 0:
                self.wait_first[row] = waited
            if not window.triggered:
                self.left[row] += 1
                return False
            if came < self.world.window[1]:  # later the hall is emptier than it would be
                self.wait[row] += waited
                self.served[row] += 1
            median = self.line.service_min * MINUTE / np.exp(0.5 * self.line.service_sigma**2)
            takes = stream.lognormal(float(median), self.line.service_sigma, "hall.service", matter, visit)
            takes *= (self._p("pool_factor") if pooled else 1.0) / (1.0 + 0.1 * self._p("appraisal"))
            yield engine.env.timeout(takes)
        return True

    def _approve(self, row: int) -> None:
        """Send the items through the back office; a wrong decision is made again from the start."""
        line, stream, matter = self.line, self.world.rules.stream, int(self.matter[row])
        working, now = self.world.rules.working, self.world.engine.now
        median = line.item_d * working.day
        total = 0.0
        for attempt in range(2 if self.wrong[row] else 1):
            items = [stream.lognormal(median, line.item_sigma, "hall.item", matter, attempt * 64 + i) for i in
                     range(line.items)]  # fmt: skip
            total += max(items) + 0.25 * working.day if self.parallel[row] and line.items > 1 else sum(items)
        self.t_issue[row] = working.add(now, total)

    def rows(self) -> dict[str, NDArray[Any]]:
        """Return the matters that came within the window as columns."""
        working, (start, end) = self.world.rules.working, self.world.window
        kept = (self.t_apply >= start) & (self.t_apply < end)
        names = [field.name for field in ServiceHall.table if field.name != "elapsed_d"]
        columns = {name: getattr(self, name)[kept] for name in names}
        spans = [working.between(came, issued) if np.isfinite(issued) else np.nan
                 for came, issued in zip(columns["t_apply"], columns["t_issue"], strict=True)]  # fmt: skip
        return {**columns, "elapsed_d": np.array(spans, dtype=np.float64) / working.day}
