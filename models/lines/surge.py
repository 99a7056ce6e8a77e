"""A shock day (暴雨停电叠加): needs arise by grid over hours, one leads to the next, and pooled or separate forces meet them.

Roots fall with the rain, and a blackout beside it. What is not met in time leads on along a graph (rain → power →
lift, traffic → crash). Units belong to owners and help others where they are lent; neighbours come as fast as the
organisers of their street can call them; members of an alliance lend a share of what they have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from models.calendar import HOUR, MINUTE
from models.indicator import Columns, IndicatorKind, mean, quantile, ratio
from models.lines.base import Line, Rows
from models.parameter import Mix, Parameter
from models.surge.desk import Desk
from models.surge.forces import gather, unit_numbers
from models.surge.needs import ALLIANCE, CORE, HORIZON_H, draw_needs, start_of
from models.world import World
from sim.kinds import Unit
from sim.recording import joined
from sim.text import Text
from sim.units import unit_text

NEED, PREVENTED, FORCE, PLACE = range(4)  #: what a row is about


def _own(
    en: str, zh: str, unit: str, values: tuple[float, float, float], limits: tuple[float, float], mix: Mix = "linear"
) -> Parameter:
    return Parameter(title=Text(en, zh), unit=unit, values=values, range=limits, mix=mix, assumption=True)


def _share(en: str, zh: str, values: tuple[float, float, float]) -> Parameter:
    return _own(en, zh, "share", values, (0.0, 1.0))


def _force(en: str, zh: str) -> Parameter:
    return Parameter(title=Text(en, zh), unit="share", values=(0.3, 0.5, 0.85), range=(0.05, 0.95), mix="linear",
                     assumption=True)  # fmt: skip


def _shock(columns: Columns) -> NDArray[np.bool_]:
    return np.asarray((columns["what"] == NEED) & (columns["kind"] != CORE))


def _met_within(columns: Columns, minutes: float | None = None) -> NDArray[np.float64]:
    """Return 1 where help came within a time, by default that of the kind of need, and 0 where not, [asked of].

    A need that was met before it came is one of them.
    """
    limit = columns["limit_min"] if minutes is None else minutes
    return np.asarray((columns["wait_min"] <= limit)[_asked(columns)], dtype=np.float64)


def _asked(columns: Columns) -> NDArray[np.bool_]:
    """Return which rows are needs of the shock that came, or would have come had they not been met before."""
    return np.asarray(_shock(columns) | ((columns["what"] == PREVENTED) & columns["happens"]))


def _core(columns: Columns) -> NDArray[np.bool_]:
    """Return which rows are core duties from the start of the shock on."""
    return np.asarray((columns["what"] == NEED) & (columns["kind"] == CORE) & (columns["onset_h"] >= 0.0))


def _unmet(columns: Columns) -> float:
    return 1.0 - mean(_met_within(columns))


def _fill(hours: float) -> Callable[[Columns], float]:
    return lambda columns: mean(_met_within(columns, hours * 60.0))


def _street_gap(columns: Columns) -> float:
    """Return the share unmet in the worst street less that of the city."""
    met, street = _met_within(columns), columns["street"][_asked(columns)]
    return max((1.0 - mean(met[street == one]) for one in np.unique(street)), default=float("nan")) - 1.0 + mean(met)


def _cascade(columns: Columns) -> float:
    """Return the needs that came of one root, itself included."""
    rows = _shock(columns)
    return ratio(float(rows.sum()), float((rows & (columns["depth"] == 0)).sum()))


def _idle(columns: Columns) -> float:
    rows = (columns["what"] == FORCE) & (columns["owner"] == ALLIANCE)
    offered = float(columns["offered_h"][rows].sum())
    return ratio(offered - float(np.minimum(columns["busy_h"], columns["offered_h"])[rows].sum()), offered)


def _sum(column: str) -> Callable[[Columns], float]:
    return lambda columns: float(columns[column][columns["volunteer"]].sum())


class Surge(Line):
    """A rainstorm with a blackout: needs that lead on to needs, lent units, mobilised neighbours, an alliance's assets."""

    title: ClassVar[Text] = Text(en="Shock day", zh="突发灾害日")
    decisions: ClassVar[tuple[str, ...]] = (
        "demand.surge.count", "demand.surge.time",
        *(f"surge.{name}" for name in (
            "happens", "delay", "place", "work", "shared", "walk_in", "walk", "phone", "lent_unit", "duty", "member",
            "muster", "station", "knows", "organiser", "alliance", "receives", "stays", "lent", "access",
        )),
    )  # fmt: skip
    own: ClassVar[Mapping[str, Parameter]] = {
        "surge.pooled": _share("Units lent to one pool", "纳入统一力量池的队伍比例", (0.0, 0.4, 1.0)),
        "surge.substitution": _own("Efficiency at another owner's work", "跨专业处置效率", "share", (0.5, 0.7, 0.9), (0.5, 0.9)),
        "surge.lookup_min": _own("Looking up the plan", "预案查询耗时", "min", (5, 3, 1), (0.5, 15), "geo"),
        "surge.shared_graph": _share("Steps of a cascade that all owners see", "灾害链共享比例", (0.0, 0.3, 1.0)),
        "surge.brief_min": _own("Briefing under another's command", "跨部门调度对接耗时", "min", (8, 6, 4), (1, 30), "geo"),
        "surge.leadership": _force("Leadership of the organisation", "组织引领力"),
        "surge.support": _force("Support and means", "赋能保障力"),
        "surge.mobilisation": _force("Mobilisation of society", "社会动员力"),
        "surge.cohesion": _force("Cohesion of residents", "群众凝聚力"),
        "surge.technology": _force("Technology", "科技驱动力"),
        "surge.organising_min": _own("Organiser's time for a member who comes", "组织者动员每人耗时", "min", (15, 12, 9), (3, 60),
                                     "geo"),
        "surge.p_muster": _own("Members who set out within 60 min", "成员 60 分钟内出动比例", "share", (0.15, 0.25, 0.4),
                               (0.05, 0.8), "logit"),
        "surge.stations_per_km2": Parameter(
            title=Text("Grid stations", "网格服务站密度"), unit="per km²", values=(2.0, 5.6, 10.0), range=(0.5, 25.0),
            mix="geo", assumption=True, basis=Text(
                "4,884 grid stations on about 870 km² built up; the other presets around it",
                "4884 个网格服务站、建成区约 870 平方公里；其余预设值在其上下")),
        "surge.recognised": _share("Residents who know their station", "站点标识知晓率", (0.4, 0.6, 0.8)),
        "surge.fatigue": _own("Pace that volunteers lose with each hour", "志愿者每小时疲劳降效", "share", (0.1, 0.08, 0.06),
                              (0.02, 0.4)),
        "surge.lent": _share("Stock that members of the alliance lend", "联盟成员资源共享比例", (0.1, 0.2, 0.3)),
        "surge.access_min": _own("Access to what the alliance lends", "联盟资源调用耗时", "min", (60, 30, 15), (5, 240), "geo"),
        "surge.reciprocity": _share("Members of the alliance who receive", "联盟成员受益比例", (0.3, 0.5, 0.7)),
    }  # fmt: skip
    table: ClassVar[pa.Schema] = pa.schema([
        ("what", pa.int8()), ("area", pa.int32()), ("entity", pa.int64()), ("kind", pa.int8()), ("owner", pa.int8()),
        ("depth", pa.int8()), ("happens", pa.bool_()), ("foreign", pa.bool_()), ("uncovered", pa.bool_()), ("volunteer", pa.bool_()),
        ("helper", pa.int64()), ("t_onset", pa.float64()), ("t_help", pa.float64()), ("t_done", pa.float64()),
        ("wait_min", pa.float64()), ("limit_min", pa.float64()), ("onset_h", pa.float64()), ("since_h", pa.float64()),
        ("busy_h", pa.float64()), ("offered_h", pa.float64()), ("organised_h", pa.float64()), ("lost_h", pa.float64()),
    ])  # fmt: skip

    kind: Literal["surge"] = "surge"
    hour: Annotated[float, Field(ge=0, lt=24), Unit("h")] = 14.0  #: of the day, at which the rain begins
    rain_mm: Annotated[float, Field(ge=0, le=1000), Unit("mm")] = 120.0
    lasts_h: Annotated[float, Field(gt=0, le=12), Unit("h")] = 3.0
    blackout: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.12  #: of the grids, by another cause than water
    links: Annotated[float, Field(ge=0, le=5), Unit("factor")] = 1.0  #: on the chance of each step of the cascade
    fire: Annotated[float, Field(ge=0), Unit("per 100,000 residents")] = 3.8  #: as the catalogue of crews
    ems: Annotated[float, Field(ge=0), Unit("per 100,000 residents")] = 2.7  #: 258 ambulances
    gas: Annotated[float, Field(ge=0), Unit("per 100,000 residents")] = 1.0
    water: Annotated[float, Field(ge=0), Unit("per 100,000 residents")] = 3.0
    power: Annotated[float, Field(ge=0), Unit("per 100,000 residents")] = 3.0
    urban: Annotated[float, Field(ge=0), Unit("per 100,000 residents")] = 6.0
    core_load: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.2  #: of a unit's time that a plain day takes
    work_sigma: Annotated[float, Field(gt=0, le=2), Unit("log")] = 0.5
    prevention: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.3  #: of the work, where it is done before
    speed_kmh: Annotated[float, Field(gt=0), Unit("km/h")] = 20.0  #: of units in the rain
    dark_factor: Annotated[float, Field(ge=1, le=10), Unit("factor")] = 1.5  #: on travel where signals are dark
    walking_kmh: Annotated[float, Field(gt=0, le=10), Unit("km/h")] = 4.5
    phone_min: Annotated[float, Field(ge=0), Unit("min")] = 20.0  #: median, to get through on such a day
    duty: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.05  #: of the grids' workers, free for it at once
    members: Annotated[float, Field(ge=0), Unit("per 100,000 residents")] = 120.0  #: enrolled in the grids
    muster_h: Annotated[float, Field(gt=0, le=24), Unit("h")] = 1.5  #: after which nobody sets out any more
    search_min: Annotated[float, Field(ge=0), Unit("min")] = 15.0  #: of who does not know the station
    stint_h: Annotated[float, Field(gt=0, le=24), Unit("h")] = 4.0
    alliance: Annotated[float, Field(ge=0), Unit("per 100,000 residents")] = 12.0  #: members at its founding
    alliance_months: Annotated[float, Field(ge=0, le=240), Unit("count")] = 12.0  #: since then
    stock: Annotated[int, Field(ge=0, le=60), Unit("count")] = 5  #: teams with vehicle or pump of a member
    lent_h: Annotated[float, Field(gt=0, le=72), Unit("h")] = 12.0  #: for which assets are lent

    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("unmet.surge", Text("Shock: needs without help in time", "灾害日：未及时满足的需求"), unit_text("share"),
                      "lower", _unmet),
        IndicatorKind("fill_1h.surge", Text("Shock: help within 1 h", "灾害日：1 小时响应率"), unit_text("share"), "higher",
                      _fill(1.0)),
        IndicatorKind("fill_3h.surge", Text("Shock: help within 3 h", "灾害日：3 小时响应率"), unit_text("share"), "higher",
                      _fill(3.0)),
        IndicatorKind("T_help_p90.surge", Text("Shock: onset to help, 90th percentile", "灾害日：发生至到场第 90 百分位"),
                      unit_text("min"), "lower", lambda columns: quantile(columns["wait_min"][_shock(columns)], 0.9)),
        IndicatorKind("cascade.surge", Text("Shock: needs that come of one", "灾害日：级联规模"), unit_text("ratio"), "lower",
                      _cascade),
        IndicatorKind("resilience.surge", Text("Shock: service level over a day", "灾害日：治理韧性（服务水平曲线面积）"),
                      unit_text("share"), "higher", lambda columns: 1.0 - mean(columns["lost_h"]) / HORIZON_H),
        IndicatorKind("recovery.surge", Text("Shock: until 95 % of the needs are done", "灾害日：恢复时间（95 % 需求办结）"),
                      unit_text("h"), "lower", lambda columns: quantile(columns["since_h"][_shock(columns)], 0.95)),
        IndicatorKind("street_gap.surge", Text("Shock: worst street above the city, unmet", "灾害日：最差街道差距"),
                      unit_text("share"), "lower", _street_gap),
        IndicatorKind("hours.surge", Text("Shock: volunteers' hours", "灾害日：志愿服务时长"), unit_text("h"), "lower",
                      _sum("busy_h")),
        IndicatorKind("organising.surge", Text("Shock: organisers' hours", "灾害日：组织动员工时"), unit_text("h"), "lower",
                      _sum("organised_h")),
        IndicatorKind("idle.surge", Text("Shock: lent assets that stand idle", "灾害日：联盟资源闲置率"), unit_text("share"),
                      "lower", _idle),
        IndicatorKind("core_wait.surge", Text("Shock: wait at core duties", "灾害日：主责任务等候"), unit_text("min"), "lower",
                      lambda columns: mean(columns["wait_min"][_core(columns)])),
        IndicatorKind("uncovered.surge", Text("Shock: core duties while their units were lent out", "灾害日：队伍外借致主责无人应答"),
                      unit_text("share"), "lower", lambda columns: mean(columns["uncovered"][_core(columns)])),
    )  # fmt: skip

    @property
    def walking(self) -> float:
        """Walking speed, m/s."""
        return self.walking_kmh / 3.6

    def begin(self, world: World) -> Rows:
        """Draw what may arise and who may help, and open the desk."""
        needs = draw_needs(self, world, unit_numbers(self, world.city.residents))
        start = start_of(self, world)
        desk = Desk(self, world, needs, gather(self, world, start))
        desk.open()
        return lambda: _rows(desk, start, self.lent_h)


def _rows(desk: Desk, start: float, lent_h: float) -> dict[str, NDArray[Any]]:
    """Return needs that came, those that were met before they came, forces, and places, one after the other."""
    needs, forces, foreign = desk.needs, desk.forces, desk.foreign()
    parts = []
    for what, kept in ((NEED, np.flatnonzero(~np.isnan(desk.onset))), (PREVENTED, np.flatnonzero(desk.prevented))):
        parts.append({
            "what": np.full(len(kept), what), "area": needs.grid[kept], "entity": needs.entity[kept],
            "kind": needs.kind[kept], "owner": needs.owner[kept], "depth": needs.depth[kept],
            "happens": needs.happens[kept], "foreign": foreign[kept], "helper": desk.helper[kept],
            "t_onset": desk.onset[kept], "t_help": desk.help[kept], "t_done": desk.done[kept],
            "uncovered": desk.uncovered[kept],
            "wait_min": np.where(desk.prevented, 0.0, desk.help - desk.onset)[kept] / MINUTE, "limit_min": needs.limit[kept] / MINUTE,
            "onset_h": (desk.onset[kept] - start) / HOUR, "since_h": (desk.done[kept] - start) / HOUR,
        })  # fmt: skip
    offered = np.where(forces.owner == ALLIANCE, (start + lent_h * HOUR - forces.ready) / HOUR, 0.0)
    parts.append({
        "what": np.full(len(forces), FORCE), "area": forces.area, "entity": forces.entity, "owner": forces.owner,
        "volunteer": forces.volunteer, "busy_h": desk.busy / HOUR, "offered_h": np.maximum(offered, 0.0),
        "organised_h": forces.organised / HOUR,
    })  # fmt: skip
    grids, lost = _lost(desk, start)
    parts.append({"what": np.full(len(grids), PLACE), "area": grids, "entity": grids, "lost_h": lost})
    return joined(Surge.table, parts)


def _lost(desk: Desk, start: float) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Return the grids and the hours of service that each lost: with n needs open its level is 1/(1 + n)."""
    grids = desk.world.city.areas.of_level("grid")
    shock = np.flatnonzero(~np.isnan(desk.onset) & (desk.needs.kind != CORE))
    end = start + HORIZON_H * HOUR
    begin, stop = np.minimum(desk.onset[shock], end), np.minimum(np.nan_to_num(desk.done[shock], nan=end), end)
    time = np.concatenate([begin, stop])
    where = np.tile(np.searchsorted(grids, desk.needs.grid[shock]), 2)
    change = np.repeat([1.0, -1.0], len(shock))
    order = np.lexsort((time, where))
    time, where = time[order], where[order]
    # A grid's changes add up to nothing, so one running sum serves all grids.
    still_open = np.cumsum(change[order])[:-1]
    lost = np.where(np.diff(where) == 0, np.diff(time) * still_open / (1.0 + still_open), 0.0)
    return grids, np.bincount(where[:-1], weights=lost, minlength=len(grids)) / HOUR
