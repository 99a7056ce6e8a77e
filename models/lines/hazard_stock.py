"""The hazard stock (隐患库): open hazards at the premises of a city over months and years, and what finds them.

Hazards arise by the risk of a premises and go by themselves, or are found by inspectors, patrollers, residents or the
owner, rectified, and come back in part. The window opens on the stock of today's governance (P1), so that a policy's
effect grows as hazards are found; H = η/(f·p·g + r) is where it ends. Incidents are expected ones, most of them from
open hazards. Figures without a source are assumptions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from models.indicator import Columns, IndicatorKind, mean, ratio
from models.lines.base import Line, Rows
from models.lines.safety_literacy import SafetyLiteracy
from models.parameter import Mix, Parameter
from models.prevention.premises import LAYERS
from models.prevention.stock import DECISIONS, MOST_INFLOW, Stock
from models.world import World
from sim.kinds import Unit
from sim.text import Text
from sim.units import unit_text

Share = Annotated[float, Field(ge=0, le=1), Unit("share")]
Hours = Annotated[float, Field(ge=0, le=1000), Unit("h")]
Sigma = Annotated[float, Field(ge=0, le=3), Unit("log")]
PerYear = Annotated[float, Field(ge=0, le=100), Unit("per year")]
Fold = Callable[[Columns], float]
_FLOATS = (
    "days", "risk", "open_start", "opened", "relapsed", "found_inspectors", "found_patrol", "found_residents",
    "found_owner", "rectified", "gone", "open_end", "hazard_d", "exposed_d", "looked", "rectify_d", "closure_d", "early",
    "visits", "routine", "joint_visits", "hits", "joint_hits", "duplicates", "staff_h", "permits", "unsupervised_d", "firm_h",
    "incidents", "deaths", "response_min",
)  # fmt: skip


def _of(en: str, zh: str, values: tuple[float, float, float], *, unit: str = "share",
        within: tuple[float, float] = (0.0, 1.0), mix: Mix = "linear", basis: Text | None = None) -> Parameter:  # fmt: skip
    return Parameter(
        title=Text(en, zh), unit=unit, values=values, range=within, mix=mix, basis=basis, assumption=basis is None
    )


def _a_year(column: str, per: float = 1.0) -> Fold:
    """Return the fold of a column to so many premises and a year."""
    return lambda columns: per * 365.0 * ratio(float(columns[column].sum()), float(columns["days"].sum()))


def _last(fold: Fold, *, first: bool = False) -> Fold:
    """Return a fold over the last year of the window, or the first."""

    def of(columns: Columns) -> float:
        year = columns["year"]
        kept = year == (year.min() if first else year.max())
        return fold({name: column[kept] for name, column in columns.items()})

    return of


def _per(above: str, below: str, factor: float = 1.0) -> Fold:
    return lambda columns: factor * ratio(float(columns[above].sum()), float(columns[below].sum()))


def _missed(columns: Columns) -> float:
    """Return the share of the hazards that visits looked at and did not find."""
    return 1.0 - ratio(float(columns["found_inspectors"].sum()), float(columns["looked"].sum()))


def _unseen(columns: Columns) -> float:
    """Return the share of premises that no layer looks at."""
    seen = columns["seen_inspectors"] | columns["seen_patrol"] | columns["seen_residents"] | columns["seen_owner"]
    return mean(~seen)


def _covered(columns: Columns) -> float:
    """Return the share of premises in the hands of territory, sector or enterprise: 1 − Π(1 − c)."""
    return mean(columns["seen_inspectors"] | columns["seen_patrol"] | columns["seen_owner"])


def _weakest(columns: Columns) -> float:
    """Return the share of premises that the weakest layer looks at."""
    return min(mean(columns[f"seen_{layer}"]) for layer in LAYERS)


def _equity_gap(columns: Columns) -> float:
    """Return how long a hazard lies open where risk is below its median, against where it is above."""
    low = columns["risk"] < np.median(columns["risk"])
    arose = columns["opened"] + columns["relapsed"]
    lies = [ratio(float(columns["hazard_d"][rows].sum()), float(arose[rows].sum())) for rows in (low, ~low)]
    return ratio(*lies)


def _indicator(
    name: str, title: Text, unit: str, better: Literal["lower", "higher", "none"], fold: Fold
) -> IndicatorKind:
    return IndicatorKind(f"{name}.stock", title, unit_text(unit), better, fold)


_PER_1000 = "per 1,000 premises and year"


def _layer(layer: str, en: str, zh: str) -> IndicatorKind:
    title = Text(f"Premises: seen by {en}", f"场所：{zh}覆盖率")
    return _indicator(f"seen_{layer}", title, "share", "higher", lambda columns: mean(columns[f"seen_{layer}"]))


class HazardStock(Line):
    """Open hazards per premises over months and years: what adds to them, what finds them, and the incidents they cause."""

    title: ClassVar[Text] = Text(en="Hazard stock", zh="隐患库")
    decisions: ClassVar[tuple[str, ...]] = DECISIONS
    least_d: ClassVar[float] = 90.0
    reads: ClassVar[tuple[str, ...]] = tuple(SafetyLiteracy.own)  #: what residents know changes their habits
    own: ClassVar[Mapping[str, Parameter]] = {
        "stock.inflow_factor": _of("New hazards against today, beside what habits change", "新增隐患（相对现状，习惯与素养的影响另计）",
                                   (1.1, 1.0, 0.85), unit="factor", within=(0.6, MOST_INFLOW), mix="geo"),
        "stock.prevention_share": _of("Budget that goes to prevention", "预算中用于事先预防的比例", (0.2, 0.25, 0.5), within=(0.1, 0.6)),
        "stock.response_min": _of("Turnout and travel of the brigade, if response had today's budget", "消防出动与行车时间（按现状响应预算计）",
                                  (11.0, 10.0, 8.5), unit="min", within=(5.0, 20.0), mix="geo",
                                  basis=Text("Today: travel times in Nanjing's core, 2020; reform: Shanghai 8:40", "现状：南京主城 2020 年行车时间；改革：上海 8 分 40 秒")),
        # Under the presets .065, .085 and .29 of inspections find a hazard, where .08, .12 and .22 are assumed: a joint
        # visit looks where three looked, and targeting sends it to the worst; neither is turned down to fit.
        "stock.joint": _of("Inspectors' hours in joint inspections", "联合检查占检查工时比例", (0.0, 0.2, 0.9)),
        "stock.p_find": _of("Hazard found by a visit that looks at it", "检查发现隐患概率", (0.5, 0.5, 0.65), within=(0.2, 0.9), mix="logit"),
        "stock.duplicate": _of("Visits that repeat another office's", "重复检查比例", (0.2, 0.12, 0.05), within=(0.01, 0.5), mix="logit"),
        "stock.record_h": _of("Paperwork of a visit", "每次检查文书耗时", (0.4, 0.4, 0.3), unit="h", within=(0.1, 3.0), mix="geo"),
        "stock.gamma": _of("Visits by (risk)^γ: 0 to all alike, 1 in proportion", "按风险分配检查的指数 γ（0 均等，1 成比例）",
                           (0.0, 0.3, 1.0), unit="exponent", within=(0.0, 1.5)),
        "stock.auc": _of("Risk model: area under the curve", "风险模型 AUC", (0.60, 0.65, 0.80), within=(0.55, 0.9), mix="logit"),
        # Repeated until an order is followed, these are medians of 30, 14 and 7 days from found to rectified.
        "stock.rectify_d": _of("Time for one order to rectify, median", "单次整改用时（中位数）", (21.7, 11.2, 6.6), unit="d",
                               within=(2.0, 90.0), mix="geo"),
        "stock.compliance": _of("Orders to rectify that are followed", "整改指令落实率", (0.6, 0.7, 0.9), within=(0.3, 0.99), mix="logit"),
        "stock.relapse": _of("Rectified hazards that come back", "隐患反弹率", (0.3, 0.2, 0.12), within=(0.05, 0.6), mix="logit"),
        "stock.gap_wd": _of("New licence to the supervisor's list", "许可至纳入监管的间隔", (7.0, 3.0, 0.1), unit="working days",
                            within=(0.05, 15.0), mix="geo", basis=Text("Suqian's zone: from 7 to 3 working days", "宿迁园区：由 7 个工作日压缩至 3 个")),
        "stock.p_lost": _of("Licences whose notice is lost", "许可信息未推送至监管的比例", (0.12, 0.06, 0.01), within=(0.005, 0.3), mix="logit"),
        "stock.gate": _of("Flagged operators held up until they have rectified", "违规主体办证被拦截率", (0.1, 0.4, 0.8),
                          within=(0.02, 0.95), mix="logit"),
        "stock.engineered": _of("Premises with engineered protection", "落实技防物防（充电棚、简易喷淋）的场所比例", (0.05, 0.1, 0.3)),
        "stock.covered_patrol": _of("Premises in the hands of the territory", "属地巡查覆盖率", (0.6, 0.7, 0.85), within=(0.01, 0.99), mix="logit"),
        "stock.covered_inspectors": _of("Premises on a department's list", "行业部门监管覆盖率", (0.3, 0.45, 0.6), within=(0.01, 0.99), mix="logit"),
        "stock.covered_owner": _of("Premises with checks of their own", "企业自查（龙头企业带动）覆盖率", (0.1, 0.2, 0.35), within=(0.01, 0.99), mix="logit"),
        "stock.covered_residents": _of("Premises that residents report on", "居民上报覆盖率", (0.2, 0.25, 0.35), within=(0.01, 0.99), mix="logit"),
        "stock.correlation": _of("Correlation of what escapes each layer", "各层防线盲区的相关性", (0.6, 0.4, 0.1)),
    }  # fmt: skip
    table: ClassVar[pa.Schema] = pa.schema([
        ("premises", pa.int64()), ("area", pa.int32()), ("kind", pa.int8()), ("year", pa.int16()),
        ("seen_inspectors", pa.bool_()), ("seen_patrol", pa.bool_()), ("seen_residents", pa.bool_()), ("seen_owner", pa.bool_()),
        *((name, pa.float64()) for name in _FLOATS),
    ])  # fmt: skip

    kind: Literal["hazard_stock"] = "hazard_stock"
    premises_per_1000: Annotated[float, Field(gt=0, le=1000), Unit("per 1,000 residents")] = 33.5  #: 320,000 in Nanjing
    estate_share: Annotated[float, Field(ge=0, le=0.5), Unit("share")] = (
        0.15  #: of premises; the rest are nine-small places
    )
    firm_share: Annotated[float, Field(ge=0, le=0.5), Unit("share")] = 0.25
    grid_sigma: Sigma = 0.6  #: of the logarithm of risk, by grid
    own_sigma: Sigma = 1.1  #: and by premises within it
    inflow_per_1000_month: Annotated[float, Field(ge=0, le=1000), Unit("per 1,000 premises and month")] = 80.0
    gone_per_y: Annotated[float, Field(ge=0.25, le=20), Unit("per year")] = 0.6  #: of hazards that nobody finds
    patrol_finds_y: PerYear = 0.3  #: of a hazard that patrollers look at
    residents_find_y: PerYear = 0.3
    owner_finds_y: PerYear = 0.5
    across: Share = 0.23  #: hazards that only departments together see: joint visits find 30 % more
    rectify_sigma: Sigma = 0.6
    relapse_d: Annotated[float, Field(gt=0, le=3650), Unit("d")] = 90.0  #: mean
    serious: Share = 0.05  #: found hazards that close the premises until rectified
    permits_per_1000_y: Annotated[float, Field(ge=0, le=2000), Unit(_PER_1000)] = 375.0  #: 40 a day and district
    schedule_wd: Annotated[float, Field(ge=0, le=30), Unit("working days")] = 10.0  #: on the list to first inspection
    report_d: Annotated[float, Field(gt=0, le=3650), Unit("d")] = 365.0  #: yearly report: it ends what was lost
    licence_factor: Annotated[float, Field(ge=1, le=5), Unit("factor")] = 2.0  #: new hazards until the first inspection
    flagged: Share = 0.1  #: operators with a new licence and an old violation
    inspector_h_per_1000: Annotated[float, Field(ge=0, le=100_000), Unit("h per 1,000 premises and year")] = 3000.0
    inspection_elasticity: Annotated[float, Field(ge=0, le=1), Unit("exponent")] = (
        0.44  #: 2.5 times the budget, 1.5 the hours
    )
    visit_h: Hours = 1.0  #: at the premises
    travel_h: Hours = 0.5
    joint_h: Hours = 1.2  #: of a joint visit at the premises
    joint_pace: Annotated[float, Field(gt=0, le=1), Unit("factor")] = 0.8  #: premises covered by an inspector's day
    most_covers: Annotated[float, Field(gt=0, le=365), Unit("per year")] = 12.0  #: of one premises
    patrol_h_y: Hours = 1.0  #: of a firm's time a year, with patrollers
    owner_h_y: Hours = 3.0  #: and for checks of its own
    incidents_per_1000_y: Annotated[float, Field(ge=0, le=1000), Unit(_PER_1000)] = (
        8.3  #: 7.3 building fires a day in Nanjing
    )
    attributable: Share = 0.6  #: of today's incidents, to open hazards
    engineered_factor: Share = 0.5  #: incidents of a hazard where there is engineered protection
    deaths_per_incident: Annotated[float, Field(ge=0, le=1), Unit("deaths")] = (
        0.0046  #: 999 in 217,000 residential fires
    )
    death_per_min: Annotated[float, Field(ge=0, le=1), Unit("log")] = (
        0.03  #: Jaldell 2017, doi:10.1007/s10694-016-0592-4
    )

    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        _indicator("hazards", Text("Open hazards, last year", "存量隐患（末年）"), "per 1,000 premises", "lower",
                   _last(_per("hazard_d", "days", 1000.0))),
        _indicator("incidents_first", Text("Incidents at premises, first year (expected)", "场所事故（首年，期望值）"), _PER_1000, "lower",
                   _last(_a_year("incidents", 1000.0), first=True)),
        _indicator("incidents", Text("Incidents at premises, last year (expected)", "场所事故（末年，期望值）"), _PER_1000, "lower",
                   _last(_a_year("incidents", 1000.0))),
        _indicator("deaths", Text("Deaths at premises (expected)", "场所事故死亡（期望值）"), "deaths", "lower",
                   lambda columns: float(columns["deaths"].sum())),
        _indicator("response", Text("Response to an incident at premises", "场所事故响应时间"), "min", "lower",
                   lambda columns: mean(columns["response_min"])),
        _indicator("hit_rate", Text("Routine inspections that find a hazard", "日常检查隐患命中率"), "share", "higher", _per("hits", "routine")),
        _indicator("found_per_h", Text("Hazards found by inspectors' hours", "单位检查工时发现隐患"), "per 100 h", "higher",
                   _per("found_inspectors", "staff_h", 100.0)),
        _indicator("missed", Text("Hazards that a visit misses", "检查漏查率"), "share", "lower", _missed),
        _indicator("visits", Text("Inspections of a premises", "检查频次"), "per premises and year", "lower", _a_year("visits")),
        _indicator("duplicated", Text("Routine inspections that repeat another's", "重复检查占比"), "share", "lower", _per("duplicates", "routine")),
        _indicator("burden", Text("A firm's time for checks", "场所迎检与自查耗时"), "h per premises and year", "lower", _a_year("firm_h")),
        _indicator("closure", Text("Days closed, or not yet opened", "停业与延迟开业天数"), "d per 1,000 premises and year", "lower",
                   _a_year("closure_d", 1000.0)),
        _indicator("rectify", Text("Hazard found to rectified", "隐患发现至整改完成"), "d", "lower",
                   lambda columns: ratio(float(columns["rectify_d"].sum()),
                                         float(sum(columns[f"found_{name}"].sum() for name in ("inspectors", "patrol", "residents", "owner"))))),
        _indicator("equity_gap", Text("Hazards lie longer where risk is low", "低风险场所隐患滞留时间之比"), "ratio", "lower", _equity_gap),
        _indicator("unsupervised", Text("Days of new licences unsupervised", "新许可场所监管空窗天数"), "d per 1,000 premises and year",
                   "lower", _a_year("unsupervised_d", 1000.0)),
        _indicator("early", Text("Hazards before the first inspection", "首次检查前产生的隐患"), "per 100 licences", "lower",
                   _per("early", "permits", 100.0)),
        _indicator("covered", Text("Premises covered by territory, sector or enterprise", "属地、行业、企业综合覆盖率"), "share", "higher", _covered),
        _layer("inspectors", "departments", "行业部门"), _layer("patrol", "patrollers", "属地巡查"),
        _layer("residents", "residents", "居民"), _layer("owner", "their owners", "企业自查"),
        _indicator("weakest", Text("Premises: seen by the weakest layer", "场所：最薄弱一层的覆盖率"), "share", "higher", _weakest),
        _indicator("unseen", Text("Premises that no layer sees", "各层防线均未覆盖的场所"), "share", "lower", _unseen),
    )  # fmt: skip

    def begin(self, world: World) -> Rows:
        """Place the premises; play the years before and in the window at once when the rows are asked for."""
        return Stock(self, world).rows
