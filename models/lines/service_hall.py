"""The service hall (政务服务大厅): matters of residents, from the counter through the offices to the certificate.

Each department has windows of its own, or those that have joined share one pool: M/G/c queues either way, first come
first served, on SimPy. A clerk of the pool takes a factor longer than a specialist. A submission that lacks a document
is made again another working day: P = 1 − (1 − p)^documents, so 1/(1 − P) submissions. The offices approve the items of
a matter one after the other (the sum) or at once (the longest, and what it takes to agree).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import ceil, exp, nan
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
import simpy
from numpy.typing import NDArray
from pydantic import Field

from models.calendar import DAY, WorkingHours
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
MOST_VISITS = 12  #: after which an applicant gives up
BEFORE_D = 14  #: days before the window from which matters still come back
ELDER = 2
_EVENLY = (1.0,) * 24
#: Arrivals in each eighth of the opening hours: most at 9–11 and 14–16 h.
_RUSH = np.array([5.0, 6.0, 4.0, 2.0, 3.0, 5.0, 4.0, 2.0])
ERROR, GAMED = 0.02, 0.03  #: wrong decisions, and those that appraisal w by figures adds: 0.03 w² (assumption)
SPEED = 0.1  #: that appraisal by figures adds to a clerk (assumption)
AGAIN = 64  #: draws of approvals from which a matter's second decision starts


def _share(en: str, zh: str, values: tuple[float, float, float], **more: Any) -> Parameter:
    return Parameter(title=Text(en, zh), unit="share", values=values, range=(0.0, 1.0), mix="linear",
                     **(more or {"assumption": True}))  # fmt: skip


def _elder_gap(columns: Columns) -> float:
    """Return visits a matter of those of 65 or more against those of the rest; a matter online takes none."""
    return ratio(mean(columns["visits"][columns["elder"]]), mean(columns["visits"][~columns["elder"]]))


def _per_visit(name: str, unit: float = 1.0) -> Any:
    return lambda columns: ratio(float(columns[name].sum()) / unit, float(columns["came"].sum()))


def _mean_of(name: str, unit: float = 1.0) -> Any:
    return lambda columns: mean(columns[name] / unit)


class ServiceHall(Line):
    """Counter cases: windows by department or in one pool, approval in a row or at once, online or in person.

    A row of the table is a matter that was applied for within the window. `visits` are those to the hall until it was
    accepted, `came` those of them within the window, `left` the part of `came` in which patience ended before a window
    was free, `wait` (s) what all of `came` waited together. `submissions` is how often it takes until nothing lacks,
    `clerk` (s) the clerk's time at windows. `t_accept` is NaN where the applicant gave up, or the run ended before.
    `busy` and `overtime` (s a window) tell of the whole hall on the day of the application.
    """

    title: ClassVar[Text] = Text(en="Service hall", zh="政务服务大厅")
    decisions: ClassVar[tuple[str, ...]] = (
        "demand.hall.count", "demand.hall.time", "hall.department", "hall.online", "hall.assisted",
        "hall.service", "hall.patience", "hall.returns", "hall.parallel", "hall.item", "hall.wrong",
    )  # fmt: skip
    own: ClassVar[Mapping[str, Parameter]] = {
        "hall.pooled": _share("Departments that have joined the pool of windows", "进驻综合窗口的部门比例", (0.0, 0.7, 1.0),
                              basis=Text("72.5 % of the staff of Jianye's hall can serve several departments",
                                         "建邺区政务大厅 72.5 % 人员具备多项业务能力")),
        "hall.pool_factor": Parameter(
            title=Text("Service at a window for any matter, against that of a specialist", "综合窗口办理耗时（相对专窗）"),
            unit="factor", values=(1.25, 1.12, 1.05), range=(1.0, 1.3), mix="geo", assumption=True),
        "hall.appraisal": _share("Weight of appraisal by figures", "量化考核权重", (0.0, 0.3, 0.5)),
        "hall.handover_d": Parameter(
            title=Text("Handing over from the pool to the offices, and agreeing among these", "前后台流转与部门会商时间"),
            unit="working days", values=(0.5, 0.25, 0.1), range=(0.05, 2.0), mix="geo", assumption=True),
        "hall.shared_documents": _share("Documents that need not be brought, for they are shared", "免提交（共享）材料比例",
                                        (0.2, 0.7, 0.8)),
        "hall.parallel": _share("Matters whose items are approved at once", "并联审批比例", (0.1, 0.4, 0.9), basis=Text(
            "parallel approval took 62 % less time in one county", "某县并联审批用时减少 62 %"), assumption=True),
        "hall.online": _share("Matters applied for online by those who can", "网上申办比例", (0.41, 0.5, 0.8),
                              basis=Text("41.4 % of municipal cases in 2019", "2019 年市级办件网办率 41.4 %"), assumption=True),
        "hall.assisted": _share("Older people who cannot apply online and are helped to", "不会网办的老年人获帮办代办比例",
                                (0.1, 0.3, 0.95)),
        "hall.help_min": Parameter(
            title=Text("Clerk's time to help with an application online, mean", "帮办代办一次用时（均值）"),
            unit="min", values=(25.0, 20.0, 15.0), range=(5.0, 90.0), mix="geo", assumption=True),
    }  # fmt: skip
    table: ClassVar[pa.Schema] = pa.schema([
        ("matter", pa.int64()), ("area", pa.int32()), ("elder", pa.bool_()), ("online", pa.bool_()),
        ("department", pa.int8()), ("pooled", pa.bool_()), ("parallel", pa.bool_()), ("submissions", pa.int16()),
        ("visits", pa.int16()), ("came", pa.int16()), ("left", pa.int16()), ("wait_first", pa.float64()),
        ("wait", pa.float64()), ("clerk", pa.float64()), ("wrong", pa.bool_()), ("on_time", pa.bool_()),
        ("t_apply", pa.float64()), ("t_accept", pa.float64()), ("t_issue", pa.float64()), ("elapsed_d", pa.float64()),
        ("busy", pa.float64()), ("overtime", pa.float64()),
    ])  # fmt: skip

    kind: Literal["service_hall"] = "service_hall"
    #: A working day, online and at the counter: 5.49 million in Nanjing in 2019.
    matters_per_100k: Annotated[float, Field(ge=0, le=100_000), Unit("per 100,000 residents")] = 235.0
    #: So many that a window of a siloed hall has the 31 visits a day of Nanjing's municipal hall in 2019.
    windows_per_100k: Annotated[float, Field(gt=0, le=10_000), Unit("per 100,000 residents")] = 12.0
    departments: Annotated[int, Field(ge=1, le=60), Unit("count")] = 14  #: 4.3 windows each, as 155 for 36 there
    specialised: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.0  #: of departments, that no pool takes in
    peaks: Annotated[float, Field(ge=0, le=1), Unit("share")] = 1.0  #: of the day's rush; 0 is evenly
    service_min: Annotated[float, Field(gt=0, le=480), Unit("min")] = 12.0  #: mean of a specialist
    service_sigma: Annotated[float, Field(gt=0, le=2), Unit("log")] = 0.6
    patience_min: Annotated[float, Field(gt=0), Unit("min")] = 90.0  #: mean, exponential (assumption)
    items: Annotated[int, Field(ge=1, le=50), Unit("count")] = 5  #: that one matter needs approved
    item_d: Annotated[float, Field(gt=0), Unit("working days")] = 1.0  #: median of an approval (assumption)
    item_sigma: Annotated[float, Field(gt=0, le=2), Unit("log")] = 0.7
    promise_d: Annotated[float, Field(gt=0), Unit("working days")] = 7.0  #: acceptance to certificate (assumption)
    documents: Annotated[int, Field(ge=0, le=100), Unit("count")] = 14  #: with 0.2 shared: 2.6 visits (assumption)
    document_lacks: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.08
    elder_online: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.45  #: of those of 65 or more, who can

    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("wait.hall", Text("Hall: wait at a visit", "政务大厅：每次等候"), unit_text("min"), "lower",
                      _per_visit("wait", MINUTE)),
        IndicatorKind("wait_p90.hall", Text("Hall: wait at the first visit, 90th percentile", "政务大厅：首次等候第 90 百分位"),
                      unit_text("min"), "lower", lambda columns: quantile(columns["wait_first"] / MINUTE, 0.9)),
        IndicatorKind("left.hall", Text("Hall: left before their turn", "政务大厅：等候中离开"), unit_text("share"), "lower",
                      _per_visit("left")),
        IndicatorKind("visits.hall", Text("Hall: visits per matter at the counter", "政务大厅：线下每件跑动次数"),
                      unit_text("count"), "lower", lambda columns: mean(columns["visits"][~columns["online"]])),
        IndicatorKind("first_right.hall", Text("Hall: submissions that lack nothing at first", "政务大厅：一次申报即齐全"),
                      unit_text("share"), "higher", lambda columns: mean(columns["submissions"] == 1)),
        IndicatorKind("elapsed.hall", Text("Hall: application to certificate", "政务大厅：申请至出件"),
                      unit_text("working days"), "lower", _mean_of("elapsed_d")),
        IndicatorKind("on_time.hall", Text("Hall: certificates within the time promised", "政务大厅：承诺时限内办结"),
                      unit_text("share"), "higher", _mean_of("on_time")),
        IndicatorKind("wrong.hall", Text("Hall: matters decided wrongly", "政务大厅：差错率"), unit_text("share"), "lower",
                      _mean_of("wrong")),
        IndicatorKind("elder_gap.hall", Text("Hall: visits of older applicants against the rest", "政务大厅：老年人跑动次数之比"),
                      unit_text("ratio"), "lower", _elder_gap),
        IndicatorKind("clerk.hall", Text("Hall: clerk's time at windows per matter", "政务大厅：每件窗口工时"), unit_text("min"),
                      "lower", _mean_of("clerk", MINUTE)),
        IndicatorKind("utilisation.hall", Text("Hall: windows busy while open", "政务大厅：窗口利用率"), unit_text("share"),
                      "none", _mean_of("busy")),
        IndicatorKind("overtime.hall", Text("Hall: overtime per window and day", "政务大厅：每窗口每日加班"), unit_text("min"),
                      "lower", _mean_of("overtime", MINUTE)),
    )  # fmt: skip

    def begin(self, world: World) -> Rows:
        """Let every matter come at its time, and those that came before the window come back within it."""
        hall = _Hall(self, world)
        hall.start()
        return hall.rows


@dataclass
class _Hall:
    """The hall of one run: its windows, and its matters as columns."""

    line: ServiceHall
    world: World

    def __post_init__(self) -> None:
        self._draw_applications()
        self._draw_ways()
        self._drop_those_before()
        self._open_windows()
        self._draw_services()
        n = len(self.matter)
        draw = partial(self.world.rules.stream.uniforms, entities=self.matter)
        self.parallel = (draw("hall.parallel") < self._p("parallel")) & (self.line.items > 1)
        self.wrong = draw("hall.wrong") < ERROR + GAMED * self._p("appraisal") ** 2
        self.done: list[int] = self.behind.tolist()  #: submissions that a clerk has taken
        self.visits: list[int] = np.where(self.online, 0, self.behind).tolist()
        self.came, self.left = [0] * n, [0] * n
        self.wait, self.clerk = [0.0] * n, [0.0] * n
        self.wait_first, self.t_accept = [nan] * n, [nan] * n
        self.spells: list[tuple[float, float]] = []  #: start and duration of each service

    @property
    def _working(self) -> WorkingHours:
        return self.world.rules.working

    def _p(self, name: str) -> float:
        return self.world.rules[f"hall.{name}"]

    def _draw_applications(self) -> None:
        """Draw who applies when: at any hour of a working day that is one, moved into its opening hours."""
        line, people, end = self.line, self.world.population, self.world.window[1]
        self._spans = np.array([self._working.span(day) for day in range(-BEFORE_D, ceil(end / DAY))])
        grown = people.age_group > 0
        per_day = np.where(grown, line.matters_per_100k / 100_000 / max(float(grown.mean()), 1e-9), 0.0)
        around = (0.0, len(self._spans) * DAY)
        person, matter, drawn = occurrences(self.world.rules.stream, "hall", people.key, per_day, _EVENLY, around)
        opens, closes = self._spans[(drawn // DAY).astype(np.int64)].T
        weights = 1.0 + line.peaks * (_RUSH / _RUSH.mean() - 1.0)
        steps = np.concatenate([[0.0], np.cumsum(weights) / weights.sum()])
        time = opens + (closes - opens) * np.interp(drawn % DAY / DAY, steps, np.linspace(0.0, 1.0, len(steps)))
        kept = (closes > opens) & (time < end)
        self.matter, self.t_apply = matter[kept], time[kept]
        self.area = self.world.city.buildings.grid[people.home[person[kept]]]
        self.elder = people.age_group[person[kept]] == ELDER

    def _draw_ways(self) -> None:
        """Draw who applies online, by themselves or helped, and how often until nothing lacks."""
        line, draw = self.line, partial(self.world.rules.stream.uniforms, entities=self.matter)
        access = draw("hall.assisted")
        able = ~self.elder | (access < line.elder_online)
        helped = ~able & (access < line.elder_online + (1.0 - line.elder_online) * self._p("assisted"))
        self.online = (able | helped) & (draw("hall.online") < self._p("online"))
        self.helped = self.online & helped
        brought = line.documents * (1.0 - self._p("shared_documents"))
        lacking = 1.0 - (1.0 - line.document_lacks) ** brought
        self.submissions = np.ones(len(self.matter), dtype=np.int16)
        again = np.ones(len(self.matter), dtype=np.bool_)
        for number in range(MOST_VISITS - 1):
            again &= draw("hall.returns", moments=number) < lacking
            self.submissions += again

    def _drop_those_before(self) -> None:
        """Drop what was accepted before the window; of the rest, note how many submissions lie behind."""
        start = self.world.window[0]
        day, today = (self.t_apply // DAY).astype(np.int64) + BEFORE_D, int(start // DAY) + BEFORE_D
        opened = np.concatenate([[0], np.cumsum(self._spans[:, 1] > self._spans[:, 0])])
        behind = opened[today] - opened[np.minimum(day, today)]
        behind += (day <= today) & (opened[today + 1] > opened[today]) & (self.t_apply % DAY < start % DAY)
        kept = (self.submissions > behind) & ((self.t_apply >= start) | ~self.online | self.helped)
        for name in ("matter", "area", "elder", "online", "helped", "submissions", "t_apply"):
            setattr(self, name, getattr(self, name)[kept])
        self.behind = behind[kept]

    def _open_windows(self) -> None:
        """Give each department its windows and as much of what comes; those that have joined work as one pool."""
        line, env = self.line, self.world.engine.env
        self.count = max(2, round(line.windows_per_100k * self.world.city.residents / 100_000))
        departments = min(line.departments, self.count)
        owner = np.arange(self.count) * departments // self.count
        luck = self.world.rules.stream.uniforms("hall.department", self.matter)
        self.department = owner[(luck * self.count).astype(np.int64)].astype(np.int8)
        joined = round(min(self._p("pooled"), 1.0 - line.specialised) * departments)
        joined = joined if joined > 1 else 0  # one department alone is no pool
        self.pooled = self.department < joined
        counts = np.bincount(owner).tolist()
        pool = [simpy.Resource(env, sum(counts[:joined]))] if joined else []
        self.windows = pool * joined + [simpy.Resource(env, count) for count in counts[joined:]]

    def _draw_services(self) -> None:
        """Draw a clerk's time (s) for every submission, one row's after the other's: that of number k at `first` + k."""
        line, to_come = self.line, self.submissions - self.behind
        self.first = np.cumsum(to_come) - to_come - self.behind
        row = np.repeat(np.arange(len(to_come)), to_come)
        mean_min = line.service_min * np.where(self.pooled, self._p("pool_factor"), 1.0)
        mean_min = np.where(self.helped, self._p("help_min"), mean_min) / (1.0 + SPEED * self._p("appraisal"))
        luck = self.world.rules.stream.lognormals(
            exp(-0.5 * line.service_sigma**2), line.service_sigma, "hall.service", self.matter[row],
            np.arange(len(row)) - self.first[row],
        )  # fmt: skip
        self.services: list[float] = (mean_min[row] * MINUTE * luck).tolist()

    def start(self) -> None:
        """Send everybody on their way; those who apply online by themselves need no window."""
        start, alone = self.world.window[0], self.online & ~self.helped
        for row, time in enumerate(self.t_apply.tolist()):
            if alone[row]:
                whole = time
                for _ in range(self.submissions[row] - 1):
                    whole = self._next_day(whole, time)
                self.t_accept[row] = whole
            else:
                first = time if time >= start else self._next_day(start - DAY, time)
                first = first if first >= start else self._next_day(start, time)
                self.world.engine.process(self._apply(row, first))

    def _next_day(self, now: float, time: float) -> float:
        """Return the first moment of a working day after that of `now` at the same time of day as `time`."""
        day = int(now // DAY) + 1
        opens, closes = self._working.span(day)
        while not opens < closes:
            day += 1
            opens, closes = self._working.span(day)
        return day * DAY + time % DAY

    def _apply(self, row: int, time: float) -> Process:
        """Come to the hall, or be helped from it, as often as it takes until the submission is whole."""
        env, windows, helped = self.world.engine.env, self.windows[self.department[row]], bool(self.helped[row])
        needed, first = int(self.submissions[row]), int(self.first[row])
        while self.done[row] < needed and self.visits[row] < MOST_VISITS:
            yield env.timeout(max(0.0, time - env.now))
            came = env.now
            with windows.request() as window:
                if not window.triggered:
                    yield window
                if helped or self._stayed(row, came):
                    takes = self.services[first + self.done[row]]
                    self.clerk[row] += takes
                    self.spells.append((env.now, takes))
                    self.done[row] += 1
                    yield env.timeout(takes)
            time = self._next_day(env.now, time)
        if self.done[row] == needed:
            self.t_accept[row] = env.now

    def _stayed(self, row: int, came: float) -> bool:
        """Note a visit whose turn it is now, and return whether patience has lasted: else the applicant left before.

        What is waited after the window is not told, for the hall is emptier then than it would be.
        """
        waited, visit, stayed = self.world.engine.now - came, self.visits[row], True
        if waited > 0.0:
            mean_s, matter = self.line.patience_min * MINUTE, int(self.matter[row])
            patience = self.world.rules.stream.exponential(mean_s, "hall.patience", matter, visit)
            waited, stayed = min(waited, patience), waited <= patience
        if visit == 0:
            self.wait_first[row] = waited
        self.visits[row] += 1
        if came < self.world.window[1]:
            self.came[row] += 1
            self.left[row] += not stayed
            self.wait[row] += waited
        return stayed

    def _approvals(self) -> NDArray[np.float64]:
        """Return the working seconds from acceptance to certificate; a wrong decision is made again from the start."""
        line, handover = self.line, self._p("handover_d") * self._working.day
        draw = partial(self.world.rules.stream.lognormals, line.item_d * self._working.day, line.item_sigma)
        total = np.where(self.pooled & ~self.online, handover, 0.0)
        for attempt, needed in enumerate((np.ones_like(self.wrong), self.wrong)):
            items = np.stack([draw("hall.item", self.matter, attempt * AGAIN + i) for i in range(line.items)])
            total += needed * np.where(self.parallel, items.max(axis=0) + handover, items.sum(axis=0))
        return total

    def _days(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return for each day of the window the share of open time that windows were busy, and overtime (s a window)."""
        spans = self._spans[BEFORE_D:]
        opens, closes = np.clip(spans, *self.world.window).T
        begin, takes = np.array(self.spells, dtype=np.float64).reshape(-1, 2).T
        within = begin < len(spans) * DAY
        begin, end = begin[within], (begin + takes)[within]
        day = (begin // DAY).astype(np.int64)
        open_s = np.clip(np.minimum(end, closes[day]) - np.maximum(begin, opens[day]), 0.0, None)
        late_s = np.clip(end - np.maximum(begin, spans[day, 1]), 0.0, None)
        busy, late = (np.bincount(day, seconds, minlength=len(spans)) for seconds in (open_s, late_s))
        return busy / np.maximum(self.count * (closes - opens), 1.0), late / self.count

    def rows(self) -> dict[str, NDArray[Any]]:
        """Return the matters that were applied for within the window as columns."""
        working, kept = self._working, np.flatnonzero(self.t_apply >= self.world.window[0])
        told = {name: np.asarray(getattr(self, name))[kept] for name in ServiceHall.table.names if hasattr(self, name)}
        approvals, day = self._approvals()[kept], (told["t_apply"] // DAY).astype(np.int64)
        busy, overtime = self._days()
        issue, elapsed = np.full(len(kept), np.nan), np.full(len(kept), np.nan)
        accepted = np.isfinite(told["t_accept"])
        for row in np.flatnonzero(accepted):
            apply, accept, takes = (float(column[row]) for column in (told["t_apply"], told["t_accept"], approvals))
            issue[row] = working.add(accept, takes)
            elapsed[row] = working.between(apply, accept) + takes
        return {
            **told,
            "t_issue": issue,
            "elapsed_d": elapsed / working.day,
            "on_time": accepted & (approvals <= self.line.promise_d * working.day),
            "busy": busy[day],
            "overtime": overtime[day],
        }
