"""A crowd at a fair in the streets: gates, one-way streets, a metro that does not stop, and police who hold the inflow.

The physics stands in `models/crowd/`: individuals on pieces of streets by Weidmann's diagram and kinematic waves.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field, model_validator

from models.catalogue import Duration, IncidentKind
from models.crews import CrewKind
from models.crowd import fair
from models.crowd.fair_course import CASUALTY, PRESSURE, FairCourse
from models.crowd.passport import CROWD
from models.hazards.base import Course, Hazard
from models.indicator import Columns, IndicatorKind
from models.passport import Passport
from models.where import Where
from models.world import World
from sim.errors import InputError
from sim.fields import FieldKind
from sim.kinds import Unit
from sim.text import Text

_SCALE = (0.3, 1.0, 2.0, 4.0, 5.0, 7.0)
_MIN, _PERSONS = Text("min", "分钟"), Text("persons", "人")


def _greatest(name: str) -> IndicatorKind:
    told = {"peak": (Text("Crowd: highest density", "人群：最高密度"), Text("persons/m²", "人/平方米")),
            "dense_min": (Text("Crowd: time above 4 persons/m² in the worst street", "人群：最拥挤街道超过 4 人/m² 的时长"), _MIN),
            "cleared": (Text("Crowd: streets are empty after closing", "人群：散场至街道清空"), _MIN)}  # fmt: skip
    title, unit = told[name]
    return IndicatorKind(f"{name}.crowd", title, unit, "lower", lambda columns: _most(columns, name), table="crowd")


def _most(columns: Columns, name: str) -> float:
    values = columns[name][np.isfinite(columns[name])]
    return float(values.max()) if len(values) else float("nan")


def _total(name: str) -> IndicatorKind:
    told = {"risk": (Text("Crowd: person-minutes above 5 persons/m²", "人群：超过 5 人/m² 的人·分钟"), Text("person-min", "人·分钟")),
            "hurt": (Text("Crowd: expected injured", "人群：预期受伤人数"), _PERSONS),
            "dead": (Text("Crowd: expected deaths", "人群：预期死亡人数"), _PERSONS)}  # fmt: skip
    title, unit = told[name]
    return IndicatorKind(
        f"{name}.crowd", title, unit, "lower", lambda columns: float(columns[name].sum()), table="crowd"
    )


class Crowd(Hazard):
    """A lantern fair draws visitors into a few streets, who press on to its sights and home again."""

    title: ClassVar[Text] = Text("Crowd at a fair", "节庆人群聚集")
    decisions: ClassVar[tuple[str, ...]] = ("crowd.place", "crowd.hurt", *fair.DECISIONS)
    passport: ClassVar[Passport] = CROWD
    writes: ClassVar[tuple[FieldKind, ...]] = (
        FieldKind("crowd.density", Text("People in streets", "街道人群密度"), "edge", "persons/m²", _SCALE, 0.1),
        FieldKind("crowd.paths", Text("People on paths", "步行路径人群密度"), "point", "persons/m²", _SCALE, 0.1),
    )  # fmt: skip
    opens: ClassVar[Mapping[str, IncidentKind]] = {
        PRESSURE: IncidentKind(
            title=Text("Street too dense", "街道人群过密"), per_100k_year=0.0, entity="street_node", hours=(1.0,) * 24,
            priority=0, line="emergency", crew="police_squad", crews_needed=2, detect=Duration(median_s=90.0),
            on_scene=Duration(median_s=600.0), hazard="crowd", target_s=300.0,
        ),
        CASUALTY: IncidentKind(
            title=Text("Hurt in a crowd", "人群拥挤伤员"), per_100k_year=0.0, entity="street_node", hours=(1.0,) * 24,
            priority=0, line="emergency", crew="ambulance", detect=Duration(median_s=120.0),
            on_scene=Duration(median_s=900.0), transport_share=0.7, handover=Duration(median_s=900.0), target_s=720.0,
        ),
    }  # fmt: skip
    crews: ClassVar[Mapping[str, CrewKind]] = {
        "police_squad": CrewKind(
            title=Text("Police squad", "公安分队"), station="police", per_100k=5.0, at_least=6, priority=True
        )
    }
    tells: ClassVar[Mapping[str, Text]] = {
        "fair_opens": Text("the fair opens, its streets are closed to vehicles", "灯会开始，相关道路禁止机动车通行"),
        "fair_closes": Text("the fair closes, everybody is sent home", "灯会结束，引导散场"),
        "fair_over": Text("the streets of the fair are open again", "灯会散场完毕，道路恢复通行"),
        "crowd_dense": Text("a street is too dense", "街道人群过密"),
        "crowd_held": Text("police hold the inflow of a street", "公安限制人流进入"),
        "crowd_released": Text("a street is no more too dense", "街道人流恢复正常"),
        "crowd_gates_shut": Text("the gates of the fair are shut, too many are inside", "场内人数超限，入口关闭"),
        "crowd_gates_open": Text("the gates of the fair open again", "入口恢复放行"),
        "crowd_streets": Text("people fill streets, no vehicle gets through", "人群占满道路，车辆无法通行"),
    }
    table: ClassVar[pa.Schema] = pa.schema(
        [("area", pa.int32()), ("x", pa.float64()), ("y", pa.float64()), ("peak", pa.float64()),
         ("dense_min", pa.float64()), ("risk", pa.float64()), ("hurt", pa.float64()), ("dead", pa.float64()),
         ("cleared", pa.float64())]
    )  # fmt: skip
    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        _greatest("peak"), _greatest("dense_min"), _greatest("cleared"), _total("risk"), _total("hurt"), _total("dead"),
    )  # fmt: skip

    kind: Literal["crowd"] = "crowd"
    where: Annotated[Where, Unit("place")] = Where(near="metro")
    visitors: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.1  #: of the residents who come (assumption)
    opens_h: Annotated[float, Field(ge=0, lt=24), Unit("h")] = 17.0  #: of the first day on which it is still to come
    peak_h: Annotated[float, Field(ge=0, le=48), Unit("h")] = 19.0  #: when most come (assumption)
    spread_h: Annotated[float, Field(gt=0, le=6), Unit("h")] = 0.8  #: standard deviation of when they come (assumption)
    closes_h: Annotated[float, Field(gt=0, le=48), Unit("h")] = 21.5
    look_min: Annotated[float, Field(ge=0, le=240), Unit("min")] = 12.0  #: at each of three sights, median (assumption)
    reach_m: Annotated[float, Field(ge=30, le=2000), Unit("m")] = 250.0  #: about the place: the streets of the fair
    lane_m: Annotated[float, Field(ge=1, le=100), Unit("m")] = 6.0  #: that stalls leave of a street (assumption)
    metro_share: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.6  #: of those from beyond 1.5 km (assumption)
    metro_per_s: Annotated[float, Field(gt=0, le=100), Unit("persons/s")] = 6.0  #: out of a station (assumption)
    metro_closed: Annotated[bool, Unit("choice")] = False  #: trains do not stop at the stations around
    one_way: Annotated[bool, Unit("choice")] = (
        False  #: people walk round the middle one way only, if that is longer too
    )
    gates: Annotated[bool, Unit("choice")] = False  #: only so many are let in
    gate_per_m_s: Annotated[float, Field(gt=0, le=1.33), Unit("persons/m·s")] = 0.8  #: let in at a gate (assumption)
    limit_m2: Annotated[float, Field(gt=0, le=5), Unit("persons/m²")] = 1.0  #: on the fair as a whole; then gates shut
    watch_m2: Annotated[float, Field(ge=1, le=8), Unit("persons/m²")] = 4.0  #: from which police are called to a street
    release_m2: Annotated[float, Field(ge=0.5, le=8), Unit("persons/m²")] = 3.0  #: to which they hold its inflow
    packed_m2: Annotated[float, Field(ge=5.4, le=10), Unit("persons/m²")] = 8.0  #: up to which people press on
    patience_min: Annotated[float, Field(gt=0, le=240), Unit("min")] = 10.0  #: stuck, then home (assumption)

    @model_validator(mode="after")
    def _closes_after_it_opens(self) -> Crowd:
        if not self.opens_h < self.closes_h <= self.opens_h + 24:
            raise InputError(en=f"the fair opens at {self.opens_h:g} h, so it cannot close at {self.closes_h:g} h",
                             zh=f"灯会 {self.opens_h:g} 时开始，不能在 {self.closes_h:g} 时结束")  # fmt: skip
        if self.release_m2 > self.watch_m2:
            raise InputError(en="police are called at a lower density than that to which they hold a street",
                             zh="报警密度低于解除密度")  # fmt: skip
        return self

    def begins(self, beside: Container[str]) -> Mapping[str, float]:
        """Return the hour at which it begins."""
        return {"opens_h": self.opens_h}

    def start(self, world: World) -> Course:
        """Return the fair of a run."""
        return FairCourse(self, world)
