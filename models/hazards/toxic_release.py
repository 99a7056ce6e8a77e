"""A release of toxic gas: puffs in a wind that turns, doses in the open and indoors, orders by sector to stay or to leave.

The physics stands in `models/plume/`; the source is vapour through a hole (`models/gas/source.py`).
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from models.calendar import HOUR, MINUTE
from models.catalogue import Duration, IncidentKind
from models.crews import CrewKind
from models.hazards.base import Course, Hazard
from models.indicator import IndicatorKind
from models.passport import Passport
from models.plume.passport import PASSPORT
from models.plume.release import ADVICE, HARM, PLUGGING, POISONED, PPM, RELEASE, Release
from models.plume.weather import STRONGEST, Wind, class_index, stability, sun_elevation
from models.where import Where
from models.world import World
from sim.fields import FieldKind
from sim.kinds import Unit
from sim.text import Text

_LATITUDE = 32.06  #: degrees, of Nanjing, where the city does not tell


def _total(column: str, title: Text) -> IndicatorKind:
    return IndicatorKind(f"{column}.toxic", title, Text("persons", "人"), "lower",
                         lambda columns: float(columns[column].sum()), table="toxic_release")  # fmt: skip


class ToxicRelease(Hazard):
    """A tank of chlorine or ammonia leaks; the wind turns while sectors are told to stay inside or to leave."""

    title: ClassVar[Text] = Text("Toxic release", "毒气泄漏")
    decisions: ClassVar[tuple[str, ...]] = ("toxic.place", "toxic.plugging")
    passport: ClassVar[Passport] = PASSPORT
    writes: ClassVar[tuple[FieldKind, ...]] = (PPM, HARM, ADVICE)
    opens: ClassVar[dict[str, IncidentKind]] = {
        RELEASE: IncidentKind(
            title=Text("Toxic gas is leaking", "毒气泄漏"), per_100k_year=0.0, entity="building", hours=(1.0,) * 24,
            priority=0, line="emergency", crew="fire_engine", crews_needed=3, detect=Duration(median_s=180.0),
            on_scene=Duration(median_s=3600.0), hazard="toxic_release", target_s=900.0,
        ),
        PLUGGING: IncidentKind(
            title=Text("Leak to be closed", "泄漏源待封堵"), per_100k_year=0.0, entity="building", hours=(1.0,) * 24,
            priority=0, line="emergency", crew="hazmat_team", on_scene=Duration(median_s=1800.0),
            hazard="toxic_release", target_s=1800.0,
        ),
        POISONED: IncidentKind(
            title=Text("Poisoned by gas", "气体中毒"), per_100k_year=0.0, entity="building", hours=(1.0,) * 24,
            priority=0, line="emergency", crew="ambulance", detect=Duration(median_s=120.0),
            on_scene=Duration(median_s=900.0), transport_share=0.9, handover=Duration(median_s=900.0), target_s=720.0,
        ),
    }  # fmt: skip
    #: A station of special duty for some 500,000 residents (assumption; the standard for fire stations, 建标 152-2017,
    #: wants one at least in a city). The other 248 ambulances of Nanjing are for 8.9 million: a sixth of them comes to
    #: one district (assumption), which is 4 for 100,000 of 1 million, twice what it has itself.
    crews: ClassVar[dict[str, CrewKind]] = {
        "hazmat_team": CrewKind(title=Text("Team against dangerous goods", "危险化学品处置队"), station="fire_station",
                                per_100k=0.2, at_least=1, pace=1.3),
        "aid_ambulance": CrewKind(title=Text("Ambulance of a neighbour", "外区支援救护车"), station="ambulance_point",
                                  per_100k=4.0, at_least=1, joins="ambulance"),
    }  # fmt: skip
    tells: ClassVar[dict[str, Text]] = {
        "toxic_started": Text("a tank leaks toxic gas", "储罐泄漏毒气"),
        "wind_turned": Text("the wind has turned", "风向改变"),
        "toxic_stay": Text("people of a sector are told to stay inside", "通知扇区居民就地避险"),
        "toxic_leave": Text("people of a sector are told to leave", "通知扇区居民疏散"),
        "toxic_streets": Text("streets in the gas are closed", "毒气覆盖道路封闭"),
        "toxic_streets_open": Text("streets are free of gas", "道路毒气消散，恢复通行"),
        "toxic_plugged": Text("the leak is plugged", "泄漏已封堵"),
        "toxic_aid_asked": Text(
            "more calls wait than ambulances are free: neighbours are asked for theirs",
            "待救呼叫多于可用救护车，请求外区支援",
        ),
        "toxic_aid_here": Text("ambulances of the neighbours are there", "外区救护车到达"),
        "toxic_empty": Text("the tank is empty", "储罐已泄空"),
    }
    table: ClassVar[pa.Schema] = pa.schema(
        [("area", pa.int32()), ("persons", pa.float64()), ("harmed", pa.float64()), ("endangered", pa.float64()),
         ("dead", pa.float64())]
    )  # fmt: skip
    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        _total("harmed", Text("Toxic release: people who breathed harm (as an hour at AEGL-2)", "毒气泄漏：受伤害人数（相当于一小时 AEGL-2）")),
        _total("endangered", Text("Toxic release: people in danger of life (as an hour at AEGL-3)", "毒气泄漏：生命危险人数（相当于一小时 AEGL-3）")),
        _total("dead", Text("Toxic release: expected deaths", "毒气泄漏：预期死亡人数")),
    )  # fmt: skip

    kind: Literal["toxic_release"] = "toxic_release"
    where: Annotated[Where, Unit("place")] = Where(use="industrial")
    substance: Annotated[Literal["chlorine", "ammonia"], Unit("choice")] = "chlorine"
    hour: Annotated[float, Field(ge=0, lt=24), Unit("h")] = 9.0  #: of the first day on which it is still to come
    inventory_kg: Annotated[float, Field(gt=0, le=1e6), Unit("kg")] = 8000.0
    hole_mm: Annotated[float, Field(gt=0, le=500), Unit("mm")] = 40.0
    height_m: Annotated[float, Field(ge=0, le=300), Unit("m")] = 2.0
    wind_m_s: Annotated[float, Field(ge=0, le=STRONGEST), Unit("m/s")] = 3.0
    from_deg: Annotated[float | None, Field(ge=0, le=360), Unit("degrees")] = None  #: None: towards most people
    turns_after_min: Annotated[float, Field(ge=0, le=1440), Unit("min")] = 30.0
    turns_by_deg: Annotated[float, Field(ge=-180, le=180), Unit("degrees")] = 60.0  #: clockwise
    cloud: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.6  #: of the sky
    day_of_year: Annotated[int, Field(ge=1, le=366), Unit("d")] = 196
    foreseen: Annotated[bool, Unit("choice")] = False  #: whether the turn of the wind is in the forecast
    order_min: Annotated[float, Field(ge=0, le=1440), Unit("min")] = (
        10.0  #: from the call to the first order (D6: ≤ 10)
    )
    may_leave: Annotated[bool, Unit("choice")] = (
        True  #: whether a sector may be told to leave, instead of to stay inside
    )
    #: to look, to dress and to close the leak, once the team and an engine are there (assumption)
    plug_min: Annotated[float, Field(gt=0, le=1440), Unit("min")] = 30.0
    aid_min: Annotated[float, Field(ge=0, le=1440), Unit("min")] = (
        30.0  #: until neighbours' ambulances come (assumption)
    )
    reach_m: Annotated[float, Field(ge=500, le=10_000), Unit("m")] = 3000.0
    cell_m: Annotated[float, Field(ge=10, le=500), Unit("m")] = 50.0

    def begins(self, beside: Container[str]) -> Mapping[str, float]:
        """Return the hour at which it begins."""
        return {"hour": self.hour}

    def start(self, world: World) -> Course:
        """Return the release of a run."""
        return Release(self, world)

    def wind(self, begins: float, from_deg: float) -> Wind:
        """Return the wind of a release that begins at `begins`, s since midnight, at first from `from_deg`."""
        hours = np.array([begins, begins + max(self.turns_after_min, 1e-3) * MINUTE])
        classes = [
            class_index(stability(self.wind_m_s, sun_elevation(_LATITUDE, self.day_of_year, t / HOUR % 24), self.cloud))
            for t in hours
        ]
        directions = np.array([from_deg, from_deg + self.turns_by_deg]) % 360.0
        return Wind(hours, np.full(2, self.wind_m_s), directions, np.array(classes))
