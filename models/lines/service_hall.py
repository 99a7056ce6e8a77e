"""The service hall (政务服务大厅): matters of residents, from the counter through the offices to the certificate.

Each department has windows of its own, or those that have joined share one pool: M/G/c queues either way, first come
first served, on SimPy. A clerk of the pool takes a factor longer than a specialist. A submission that lacks a document
is made again another working day: P = 1 − (1 − p)^documents, so 1/(1 − P) submissions. The offices approve the items of
a matter one after the other (the sum) or at once (the longest, and what it takes to agree).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, Literal

import pyarrow as pa
from pydantic import Field

from models.calendar import MINUTE
from models.hall import Hall
from models.indicator import Columns, IndicatorKind, mean, quantile, ratio
from models.lines.base import Line, Rows
from models.parameter import Parameter, share_of
from models.world import World
from sim.kinds import Unit
from sim.text import Text
from sim.units import unit_text


def _elder_gap(columns: Columns) -> float:
    """Return visits a matter of those of 65 or more against those of the rest; a matter online takes none."""
    return ratio(mean(columns["visits"][columns["elder"]]), mean(columns["visits"][~columns["elder"]]))


def _per_visit(name: str, unit: float = 1.0) -> Callable[[Columns], float]:
    return lambda columns: ratio(float(columns[name].sum()) / unit, float(columns["came"].sum()))


def _mean_of(name: str, unit: float = 1.0) -> Callable[[Columns], float]:
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
        "hall.pooled": share_of("Departments that have joined the pool of windows", "进驻综合窗口的部门比例", (0.0, 0.7, 1.0),
                              basis=Text("72.5 % of the staff of Jianye's hall can serve several departments",
                                         "建邺区政务大厅 72.5 % 人员具备多项业务能力")),
        "hall.pool_factor": Parameter(
            title=Text("Service at a window for any matter, against that of a specialist", "综合窗口办理耗时（相对专窗）"),
            unit="factor", values=(1.25, 1.12, 1.05), range=(1.0, 1.3), mix="geo", assumption=True),
        "hall.appraisal": share_of("Weight of appraisal by figures", "量化考核权重", (0.0, 0.3, 0.5)),
        "hall.handover_d": Parameter(
            title=Text("Handing over from the pool to the offices, and agreeing among these", "前后台流转与部门会商时间"),
            unit="working days", values=(0.5, 0.25, 0.1), range=(0.05, 2.0), mix="geo", assumption=True),
        # 14 documents, .08 of them lacking: 2.6, 1.4 and 1.05 visits a matter.
        "hall.shared_documents": share_of("Documents that need not be brought, for they are shared", "免提交（共享）材料比例",
                                        (0.2, 0.7, 0.96)),
        "hall.parallel": share_of("Matters whose items are approved at once", "并联审批比例", (0.1, 0.4, 0.9), basis=Text(
            "parallel approval took 62 % less time in one county", "某县并联审批用时减少 62 %"), assumption=True),
        "hall.online": share_of("Matters applied for online by those who can", "网上申办比例", (0.41, 0.5, 0.8),
                              basis=Text("41.4 % of municipal cases in 2019", "2019 年市级办件网办率 41.4 %"), assumption=True),
        "hall.assisted": share_of("Older people who cannot apply online and are helped to", "不会网办的老年人获帮办代办比例",
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
        hall = Hall(self, world)
        hall.start()
        return hall.rows
