"""Safety literacy (全民安全素养): what residents know and can do, and by which way they learned it.

Five settings (安全宣传“五进”), theme stations, communicators who visit and talk, and word of mouth teach; what was taught
fades. A chain leads from awareness to a lesson, a drill and the volunteers; who is called back keeps it. Everybody
starts where today's programme (P1) leads in the long run, so that the window shows what a change of it does.
Gains, reaches and conversions are assumptions of the domain's own small model; the forms are those of
`models/literacy.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from models.indicator import Columns, IndicatorKind, ratio
from models.lines.base import Line, Rows
from models.literacy.knowledge import HABIT, SETTINGS, Floats, Parameters, all_types, presets, steady
from models.literacy.year import LiteracyYear
from models.parameter import Parameter, share_of
from models.world import World
from sim.kinds import Unit
from sim.text import Text
from sim.units import unit_text

Share = Annotated[float, Field(ge=0, le=1), Unit("share")]
Gain = Annotated[float, Field(ge=0, le=0.7), Unit("share")]
Positive = Field(gt=0)


def _reach(en: str, zh: str, values: tuple[float, float, float]) -> Parameter:
    return share_of(f"Safety education a year, of {en}", f"年度安全宣传覆盖：{zh}", values, 0.95)


def _other(en: str, zh: str, unit: str, values: tuple[float, float, float], limits: tuple[float, float]) -> Parameter:
    return Parameter(title=Text(en, zh), unit=unit, values=values, range=limits, mix="geo", assumption=True)


def _last(columns: Columns, name: str, rows: Any = slice(None)) -> float:
    """Return the sum of a column over the last month, and over the rows that are chosen."""
    kept = np.zeros(len(columns["month"]), dtype=np.bool_)
    kept[rows] = True
    kept &= columns["month"] == columns["month"].max()
    return float(columns[name][kept].sum())


def _level(name: str, rows: Any = slice(None)) -> Callable[[Columns], float]:
    def fold(columns: Columns) -> float:
        return ratio(_last(columns, name, rows), _last(columns, "people", rows))

    return fold


def _gap(columns: Columns) -> float:
    """Return by how much those of 65 or more know less than the rest."""
    elder = columns["age"] == 2
    rest, old = (_level("knowledge", rows)(columns) for rows in (~elder, elder))
    return 100.0 * float(rest - old)


def _a_person(name: str, times: float = 1.0) -> Callable[[Columns], float]:
    def fold(columns: Columns) -> float:
        return times * ratio(float(columns[name].sum()), _last(columns, "people"))

    return fold


def _habits(columns: Columns) -> float:
    """Return hazardous habits now against those of the start."""
    return 1.0 - HABIT * ratio(_last(columns, "knowledge") - _last(columns, "before"), _last(columns, "people"))


class SafetyLiteracy(Line):
    """Safety education through settings, stations, communicators, neighbours and a chain that calls learners back."""

    title: ClassVar[Text] = Text(en="Safety literacy", zh="全民安全素养")
    least_d: ClassVar[float] = 180.0  # by then gains show; what is left of them needs a year
    decisions: ClassVar[tuple[str, ...]] = (
        *(f"literacy.{setting.name}" for setting in SETTINGS), "literacy.rest", "literacy.trained", "literacy.session", "literacy.rides",
        "literacy.again", "literacy.drill", "literacy.station", "literacy.visit", "literacy.talk", "literacy.told",
        "literacy.lesson", "literacy.drilled", "literacy.joins", "literacy.followup",
    )  # fmt: skip
    own: ClassVar[Mapping[str, Parameter]] = {
        "education.enterprise": _reach("workers in their enterprise", "企业职工", (0.35, 0.5, 0.7)),
        "education.village": _reach("villagers in their village", "农村村民", (0.1, 0.2, 0.3)),
        "education.community": _reach("residents in their community", "社区居民", (0.1, 0.17, 0.25)),
        "education.school": _reach("pupils in their school", "在校学生", (0.6, 0.75, 0.9)),
        "education.family": _reach("families at home", "入户家庭", (0.03, 0.06, 0.1)),
        "education.duplicated": share_of("Those taught this year already who are taught the same again", "同年重复受教比例",
                                       (1.0, 0.9, 0.7)),
        "education.conversion": Parameter(
            title=Text("Learners who go on to the next stage, against today's siloed chain", "学员逐级转化（相对各自为政）"),
            unit="factor", values=(1.0, 1.2, 1.5), range=(1.0, 2.0), mix="linear", assumption=True),
        "education.followup": share_of("Learners who are called back every 90 days", "每 90 天回访复训比例", (0.0, 0.2, 0.9)),
        "education.admin": _other("Hours of organising per hour taught", "每授课小时的组织协调工时", "ratio", (0.5, 0.5, 0.5),
                                  (0.2, 3.0)),
        "station.ridership": share_of("Residents who pass a safety theme station on a day", "每日途经安全主题车站的居民", (
            0.0, 0.0065, 0.04), 0.3),
        "communicator.per_100k": _other("Safety communicators", "安全宣导员", "per 100,000 residents", (5.0, 20.0, 80.0),
                                        (1.0, 400.0)),
        "communicator.hours_week": _other("Hours a week that a communicator visits and talks", "宣导员每周走访宣讲时长", "h",
                                          (2.0, 2.0, 2.0), (0.5, 8.0)),
        "communicator.visits": share_of("Communicators' hours spent on visits to households, not on talks", "宣导员入户走访用时占比",
                                      (0.3, 0.5, 0.5)),
        "communicator.elders_first": share_of("Visits that go to households with somebody of 65 or more", "优先走访有老年人家庭的比例",
                                            (0.3, 0.45, 0.7)),
    }  # fmt: skip
    table: ClassVar[pa.Schema] = pa.schema([
        ("area", pa.int32()), ("month", pa.int16()), ("age", pa.int8()), ("people", pa.int64()),
        ("knowledge", pa.float64()), ("before", pa.float64()), ("able", pa.int64()), ("spreading", pa.float64()),
        ("reached", pa.int64()), ("lessons", pa.int64()), ("drilled", pa.int64()), ("joined", pa.int64()),
        ("learned", pa.float64()), ("staff_h", pa.float64()), ("own_h", pa.float64()),
        ("first_lessons", pa.int64()), ("left_of_them", pa.float64()),
    ])  # fmt: skip

    kind: Literal["safety_literacy"] = "safety_literacy"
    gain_enterprise: Gain = 0.25
    gain_village: Gain = 0.2
    gain_community: Gain = 0.2
    gain_school: Gain = 0.35
    gain_family: Gain = 0.45
    tau_knowledge_d: Annotated[float, Positive, Unit("d")] = 365.0
    tau_skill_d: Annotated[float, Positive, Unit("d")] = 180.0
    village_share: Share = 0.13  #: of residents, in the least dense grids (assumption)
    dwell_s: Annotated[float, Field(ge=0), Unit("s")] = 40.0  #: of one passage through a theme station
    ride_days: Annotated[float, Field(gt=0, le=1), Unit("share")] = 0.33  #: on which a passenger passes it (assumption)
    contacts_month: Annotated[float, Field(ge=0), Unit("count")] = 10.0  #: long enough to speak of safety (assumption)
    passes_on: Share = 0.05  #: contacts in which somebody who knows says so
    spreads_above: Share = 0.6  #: knowledge of those who speak of it (assumption)
    able_above: Share = 0.7  #: skill of those who can

    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("knowledge.literacy", Text("Literacy: mean knowledge (all learn)", "安全素养：平均知识水平（人人学安全）"),
                      unit_text("share"), "higher", _level("knowledge")),
        IndicatorKind("spreading.literacy", Text("Literacy: those who tell others (all speak)", "安全素养：向他人宣讲的居民（人人讲安全）"),
                      unit_text("share"), "higher", _level("spreading")),
        IndicatorKind("able.literacy", Text("Literacy: those who can act (all able)", "安全素养：具备处置能力的居民（人人会安全）"),
                      unit_text("share"), "higher", _level("able")),
        IndicatorKind("reach.literacy", Text("Literacy: residents reached at least once", "安全素养：至少受教一次的居民"),
                      unit_text("share"), "higher", _level("reached")),
        IndicatorKind("retention.literacy", Text("Literacy: of the first month's lessons left at the end", "安全素养：首月所学期末保持率"),
                      unit_text("share"), "higher",
                      lambda columns: ratio(_last(columns, "left_of_them"), _last(columns, "first_lessons"))),
        IndicatorKind("joined.literacy", Text("Literacy: learners who became volunteers", "安全素养：学员转为志愿者"),
                      unit_text("per 100,000 residents"), "higher", lambda columns: 1e5 * _level("joined")(columns)),
        IndicatorKind("gap.literacy", Text("Literacy: those of 65 or more behind the rest", "安全素养：老年人与其他居民的差距"),
                      unit_text("points"), "lower", _gap),
        IndicatorKind("habits.literacy", Text("Literacy: hazardous habits against the start", "安全素养：不安全习惯（相对期初）"),
                      unit_text("factor"), "lower", _habits),
        IndicatorKind("learned_per_hour.literacy", Text("Literacy: points learned per hour of staff", "安全素养：每工时提升的知识点"),
                      unit_text("points/h"), "higher",
                      lambda columns: 100.0 * ratio(float(columns["learned"].sum()), float(columns["staff_h"].sum()))),
        IndicatorKind("staff_hours.literacy", Text("Literacy: hours of staff in the window, per 1,000 residents", "安全素养：期间每千居民投入工时"),
                      unit_text("h"), "lower", _a_person("staff_h", 1000.0)),
        IndicatorKind("own_hours.literacy", Text("Literacy: hours of a resident in the window", "安全素养：期间人均受教用时"),
                      unit_text("h"), "lower", _a_person("own_h")),
    )  # fmt: skip

    def gains(self) -> dict[str, float]:
        """Return what a session of each setting teaches somebody at rest."""
        return {setting.name: float(getattr(self, f"gain_{setting.name}")) for setting in SETTINGS}

    def begin(self, world: World) -> Rows:
        """Play the months of the window at once; nothing else in the city waits for them."""
        return LiteracyYear(self, world, steady(self, presets(self.own, 1))).rows


def steady_knowledge(rules: Parameters, line: SafetyLiteracy | None = None) -> float:
    """Return the mean knowledge to which a programme leads in the long run."""
    line = line or SafetyLiteracy()
    riders = rules["station.ridership"] / line.ride_days
    return steady(line, rules).mean(all_types(line.village_share), riders)


def habit_factor(rules: Parameters, days: Floats | float = np.inf) -> Floats:
    """Return the factor 1 − 0.35·ΔK on the inflow of hazards, `days` after a programme has taken over from today's (P1).

    Knowledge goes from today's to its steady value with its own time constant.
    """
    line, today = SafetyLiteracy(), presets(SafetyLiteracy.own, 1)
    gained = steady_knowledge(rules, line) - steady_knowledge(today, line)
    return np.asarray(1.0 + HABIT * gained * np.expm1(-np.asarray(days) / line.tau_knowledge_d))
