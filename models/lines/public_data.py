"""Public data (公共数据): what is opened or licensed in a year, what is made of it, and what leaks.

Each district keeps data sets of four classes. A set is released with a probability by its class, some time after the
decision; it is of use if it is good and fresh enough. An application works once all sets that it needs are there, and
an operator has made it. A set that is graded one class too low takes the road of that class. Figures are assumptions
unless a source stands beside them. The window opens on what today's governance (P1) has released; a policy adds to it,
or withdraws what it would not release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from models.calendar import DAY
from models.indicator import Columns, IndicatorKind, mean
from models.lines.base import Line, Rows
from models.parameter import Parameter, share_of
from models.world import World
from sim.kinds import Unit
from sim.recording import joined
from sim.text import Text
from sim.units import unit_text

Floats = NDArray[np.float64]
YEAR = 365.0 * DAY
SET, APPLICATION, DISTRICT = range(3)  #: what a row tells of
OPEN, CONDITIONAL, LICENSED, CLOSED = range(1, 5)  #: classes of data (分类分级)
#: Shares of the classes, and the weight of each exposure in the yearly hazard of a leak, by class from 1.
CLASS_SHARES = (0.30, 0.30, 0.25, 0.15)
LEAK_WEIGHTS = (0.001, 0.01, 0.03, 0.2)
APPROVED = 0.6  #: applications for conditional data that are approved, where all open data are open
FRESH_D = 30.0  #: age by which data have lost 63 % of their use
PREPARE_H, UPDATE_H = 40.0, 0.1  #: hours of staff to release a set, and to update it once


def auc_of(available: Floats) -> Floats:
    """Return the skill of a forecast (area under the ROC curve) with so many data sets: .60 + .22·(1 − e^(−n/8))."""
    return np.asarray(0.60 + 0.22 * -np.expm1(-available / 8.0))


def lead_days(operators: float) -> float:
    """Return the days in which an application is made of the data, by how many operators there are to make it."""
    return 120.0 / (1.0 + 0.3 * operators)


def leak_hazard(true_class: NDArray[Any], exposures: Floats, control: Floats) -> Floats:
    """Return the leaks a year of each data set: w·exposures·(1 − control), by what it truly is; all are [sets]."""
    return np.asarray(np.asarray(LEAK_WEIGHTS)[true_class - 1] * exposures * (1.0 - control))


def _days(en: str, zh: str, values: tuple[float, float, float], limits: tuple[float, float]) -> Parameter:
    return Parameter(title=Text(en, zh), unit="d", values=values, range=limits, mix="geo", assumption=True)


def _of(what: int, fold: Callable[[Columns], float]) -> Callable[[Columns], float]:
    """Return a fold over the rows that tell of `what`."""
    return lambda columns: fold({name: column[columns["what"] == what] for name, column in columns.items()})


def _sum(what: int, name: str) -> Callable[[Columns], float]:
    return _of(what, lambda columns: float(columns[name].sum()))


class PublicData(Line):
    """Public data of a year: released by class, made use of by operators, leaking with every holder."""

    title: ClassVar[Text] = Text(en="Public data", zh="公共数据")
    decisions: ClassVar[tuple[str, ...]] = (
        "data.class", "data.graded", "data.released", "data.release_time", "data.usable", "data.latency",
        "data.needs", "data.which", "data.lead", "data.leak",
    )  # fmt: skip
    own: ClassVar[Mapping[str, Parameter]] = {
        "data.open": share_of("Data sets of the open class that are opened", "无条件开放类数据集开放比例", (0.1, 0.35, 0.8)),
        "data.licensed": share_of(
            "Data sets of the licensed class that are licensed", "授权运营类数据集授权比例", (0.0, 0.25, 0.7),
            assumption=True, basis=Text("Nanjing's interim measures on licensed operation, 2024-04-23", "《南京市公共数据授权运营管理暂行办法》（2024-04-23）")),
        "data.operators": Parameter(title=Text("Qualified operators who apply", "申请授权的运营单位"), unit="operators",
                                    values=(0, 3, 12), range=(0, 15), mix="linear", assumption=True),
        "data.bar": share_of("Bar that operators must pass", "运营单位资质门槛", (0.2, 0.5, 0.8)),
        "data.control": share_of("Exposures under control", "数据安全管控有效率", (0.5, 0.8, 0.95)),
        "data.misgrade": share_of("Data sets graded a class too low", "数据集定级偏低比例", (0.08, 0.04, 0.02)),
        "data.quality": share_of("Data sets that are good enough for use", "数据集质量合格率", (0.6, 0.75, 0.9)),
        "data.latency_d": _days("Age of the data at use", "数据更新时延", (30, 7, 1), (0.1, 365)),
        "data.release_d": _days("Decision to release of a data set", "数据集决定至发布耗时", (120, 60, 20), (1, 365)),
    }  # fmt: skip
    least_d: ClassVar[float] = 365.0
    table: ClassVar[pa.Schema] = pa.schema([
        ("what", pa.int8()), ("area", pa.int32()), ("number", pa.int32()), ("true_class", pa.int8()),
        ("graded", pa.int8()), ("usable", pa.bool_()), ("t_release", pa.float64()), ("holders", pa.float64()),
        ("hazard", pa.float64()), ("leaks_expected", pa.float64()), ("leaks", pa.int32()), ("effort_h", pa.float64()),
        ("needs", pa.int8()), ("met", pa.int8()), ("lead_d", pa.float64()), ("t_works", pa.float64()),
        ("works", pa.bool_()), ("available", pa.float64()), ("auc", pa.float64()),
    ])  # fmt: skip

    kind: Literal["public_data"] = "public_data"
    datasets: Annotated[int, Field(ge=1, le=2000), Unit("count")] = 40  #: of a district
    applications: Annotated[int, Field(ge=1, le=10_000), Unit("count")] = 100  #: of a district, that wait for data
    most_needs: Annotated[int, Field(ge=1, le=20), Unit("count")] = 4  #: data sets that an application needs
    open_holders: Annotated[float, Field(ge=0, le=10_000), Unit("count")] = 20.0  #: who hold an open data set
    conditional_holders: Annotated[float, Field(ge=0, le=10_000), Unit("count")] = 5.0

    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("supply.data", Text("Data sets that are there and of use", "可用公共数据集比例"), unit_text("share"),
                      "higher", _of(SET, lambda columns: mean(columns["available"]))),
        IndicatorKind("auc.data", Text("Skill of forecasts over the year (AUC)", "预测能力（AUC，全年平均）"),
                      unit_text("ratio"), "higher", _of(DISTRICT, lambda columns: mean(columns["auc"]))),
        IndicatorKind("applications.data", Text("Applications that work", "上线应用场景"), unit_text("count"), "higher",
                      _sum(APPLICATION, "works")),
        IndicatorKind("lead.data", Text("Data to application", "数据到位至应用上线"), unit_text("d"), "lower",
                      _of(APPLICATION, lambda columns: mean(columns["lead_d"]))),
        IndicatorKind("leaks.data", Text("Expected leaks", "预期数据泄露"), unit_text("count"), "lower",
                      _sum(SET, "leaks_expected")),
        IndicatorKind("effort.data", Text("Staff time to release and update data", "数据发布与更新工时"), unit_text("h"),
                      "lower", _sum(SET, "effort_h")),
    )  # fmt: skip

    def begin(self, world: World) -> Rows:
        """Release the data of all districts at once: nothing in the city waits for them."""
        year = _Year(self, world)
        columns = year.rows()
        return lambda: columns


_TODAY = {name: parameter.values[1] for name, parameter in PublicData.own.items()}


@dataclass
class _Year:
    """The data sets of one run, as arrays [districts · sets], district by district."""

    line: PublicData
    world: World

    def __post_init__(self) -> None:
        line, stream, (start, end) = self.line, self.world.rules.stream, self.world.window
        self.districts = self.world.city.areas.of_level("district").astype(np.int64)
        self.number = np.tile(np.arange(line.datasets), len(self.districts))
        self.area = np.repeat(self.districts, line.datasets)
        self.key = self.area * 100_000 + self.number
        draw = partial(stream.uniforms, entities=self.key)
        self.true_class = 1 + np.searchsorted(np.cumsum(CLASS_SHARES)[:-1], draw("data.class"))
        low = (draw("data.graded") < self._p("misgrade")) & (self.true_class > OPEN)
        self.graded = self.true_class - low
        self.operators = self._p("operators") * (1.0 - 0.5 * self._p("bar"))
        luck = draw("data.released")
        released = luck < self._chance({name: self.world.rules[name] for name in _TODAY})
        self.stock = released & (luck < self._chance(_TODAY))  #: released before the window
        takes = stream.lognormals(self._p("release_d"), 0.6, "data.release_time", self.key) * DAY
        self.t_release = np.where(released, np.where(self.stock, start - takes, start + takes), np.nan)
        self.age_d = stream.lognormals(self._p("latency_d"), 0.6, "data.latency", self.key)
        self.usable = draw("data.usable") < self._p("quality") * np.exp(-self.age_d / FRESH_D)
        #: Of the window, in which it is released.
        self.years = np.nan_to_num(np.clip(end - np.maximum(self.t_release, start), 0.0, None)) / YEAR

    def _p(self, name: str) -> float:
        return self.world.rules[f"data.{name}"]

    def _chance(self, p: Mapping[str, float]) -> Floats:
        """Return the chance of each data set to be released under the parameters `p`."""
        licensed = p["data.licensed"] if p["data.operators"] > 0 else 0.0
        return self._by_class(p["data.open"], APPROVED * p["data.open"], licensed)

    def _by_class(self, of_open: float, conditional: float, licensed: float) -> Floats:
        """Return a value of each data set by how it is graded, 0 where it is closed."""
        return np.array([of_open, conditional, licensed, 0.0])[self.graded - 1]

    def rows(self) -> dict[str, NDArray[Any]]:
        """Return the data sets, the applications and the districts as columns."""
        parts = (self._sets(), self._applications(), self._skill())
        return joined(PublicData.table, parts)

    def _sets(self) -> dict[str, NDArray[Any]]:
        line, stream = self.line, self.world.rules.stream
        holders = self._by_class(line.open_holders, line.conditional_holders, self.operators)
        # A higher bar keeps out operators who would be careless with what they are given.
        lax = self._by_class(1.0, 1.0, 1.0 - 0.6 * self._p("bar")) * (1.0 - self._p("control"))
        hazard = leak_hazard(self.true_class, holders, 1.0 - lax)
        expected = hazard * self.years
        return {"what": np.full(len(self.key), SET), "area": self.area, "number": self.number,
                "true_class": self.true_class, "graded": self.graded, "usable": self.usable,
                "t_release": self.t_release, "holders": holders, "hazard": hazard, "leaks_expected": expected,
                "leaks": stream.poissons(expected, "data.leak", self.key), "available": 1.0 * self._there(),
                "effort_h": PREPARE_H * ((self.years > 0) & ~self.stock) + UPDATE_H * 365.0 / self._p("latency_d") * self.years,
                }  # fmt: skip

    def _there(self) -> NDArray[np.bool_]:
        """Return which data sets are released by the end, and of use."""
        return self.usable & (self.years > 0)

    def _applications(self) -> dict[str, NDArray[Any]]:
        """Let each application wait for the last of its data sets, and then be made, in the window."""
        line, stream, (start, end) = self.line, self.world.rules.stream, self.world.window
        number = np.tile(np.arange(line.applications), len(self.districts))
        area = np.repeat(self.districts, line.applications)
        key = area * 100_000 + number
        needs = 1 + (stream.uniforms("data.needs", key) * line.most_needs).astype(np.int64)
        ready, met = np.full(len(key), start), np.zeros(len(key), dtype=np.int64)
        district = np.repeat(np.arange(len(self.districts)), line.applications)
        use = np.where(self._there(), self.t_release, np.inf)
        for i in range(line.most_needs):
            one = district * line.datasets + (stream.uniforms("data.which", key, i) * line.datasets).astype(np.int64)
            asked = needs > i
            met += asked & (use[one] < np.inf)
            ready = np.where(asked, np.maximum(ready, use[one]), ready)
        lead = stream.lognormals(lead_days(self.operators), 0.3, "data.lead", key)
        works = ready + lead * DAY
        whole = met == needs
        return {"what": np.full(len(key), APPLICATION), "area": area, "number": number, "needs": needs, "met": met,
                "lead_d": np.where(whole, lead, np.nan), "t_works": np.where(whole, works, np.nan),
                "works": works < end}  # fmt: skip

    def _skill(self) -> dict[str, NDArray[Any]]:
        """Return for each district its data sets of use at the end, and the skill of forecasts, a mean over the days."""
        start, end = self.world.window
        mornings = np.arange(start, end, DAY)
        shape = (len(self.districts), self.line.datasets)
        use = np.where(self._there(), self.t_release, np.inf).reshape(shape)
        there = np.stack([np.searchsorted(np.sort(row), mornings) for row in use]).astype(np.float64)
        return {"what": np.full(shape[0], DISTRICT), "area": self.districts, "number": np.arange(shape[0]),
                "available": self._there().reshape(shape).sum(1), "auc": auc_of(there).mean(1)}  # fmt: skip
