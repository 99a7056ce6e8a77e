"""An evacuation: a district is told to leave, by stairs, doors and streets to its shelters; crews fetch who cannot walk.

Where another hazard of the scenario orders buildings to leave (the field `toxic.advice`), it is they that leave, as they
are told, to shelters where nobody is told anything.
The physics stands in `models/crowd/`. It is a hazard because it acts on the city as one does: its people fill streets
and stop vehicles, those who cannot walk become orders, and what crews do ends it.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
import pyarrow as pa
from pydantic import Field

from models.catalogue import Duration, IncidentKind
from models.crowd import district
from models.crowd.district_course import ADVICE, HELP, DistrictCourse
from models.crowd.passport import EVACUATION
from models.hazards.base import Course, Hazard
from models.indicator import Columns, IndicatorKind
from models.passport import Passport
from models.where import Where
from models.world import World
from sim.fields import FieldKind
from sim.kinds import Unit
from sim.text import Text


def _ninth(columns: Columns, name: str) -> float:
    """Return the minutes until nine tenths of all have done it, NaN if they never do."""
    values = np.sort(np.where(np.isfinite(columns[name]), columns[name], np.inf))
    reached = float(values[int(np.ceil(0.9 * len(values))) - 1])
    return reached if np.isfinite(reached) else float("nan")


def _indicators() -> tuple[IndicatorKind, ...]:
    minutes, persons = Text("min", "分钟"), Text("persons", "人")
    return (
        IndicatorKind("out90.evacuation", Text("Evacuation: nine tenths are out of their buildings", "疏散：九成人员离开建筑"),
                      minutes, "lower", lambda columns: _ninth(columns, "out"), table="evacuation"),
        IndicatorKind("sheltered90.evacuation", Text("Evacuation: nine tenths are in shelters", "疏散：九成人员到达避难场所"),
                      minutes, "lower", lambda columns: _ninth(columns, "sheltered"), table="evacuation"),
        IndicatorKind("left.evacuation", Text("Evacuation: still in their buildings at the end", "疏散：结束时仍未离开建筑"),
                      persons, "lower", lambda columns: float(np.isnan(columns["out"]).sum()), table="evacuation"),
        IndicatorKind("peak.evacuation", Text("Evacuation: highest density in streets", "疏散：街道最高密度"),
                      Text("persons/m²", "人/平方米"), "lower", lambda columns: float(columns["density"].max()),
                      table="evacuation"),
    )  # fmt: skip


class Evacuation(Hazard):
    """A district leaves its buildings and walks to shelters; those who cannot walk wait for crews."""

    title: ClassVar[Text] = Text("Evacuation of a district", "片区人员疏散")
    decisions: ClassVar[tuple[str, ...]] = ("evacuation.place", *district.DECISIONS)
    passport: ClassVar[Passport] = EVACUATION
    reads: ClassVar[tuple[str, ...]] = (ADVICE,)
    writes: ClassVar[tuple[FieldKind, ...]] = (
        FieldKind("evacuation.left", Text("People still in their buildings", "尚未离开建筑的人员比例"), "building", "share",
                  (0.01, 0.1, 0.3, 0.6, 0.9), 0.01),
        FieldKind("evacuation.density", Text("People who leave, in streets", "疏散人群密度"), "edge", "persons/m²",
                  (0.1, 0.3, 1.0, 2.0, 4.0), 0.1),
    )  # fmt: skip
    opens: ClassVar[Mapping[str, IncidentKind]] = {
        HELP: IncidentKind(
            title=Text("Cannot leave without help", "需协助疏散人员"), per_100k_year=0.0, entity="building", hours=(1.0,) * 24,
            priority=1, line="emergency", crew="ambulance", detect=Duration(median_s=180.0),
            on_scene=Duration(median_s=900.0), transport_share=0.3, handover=Duration(median_s=600.0),
            hazard="evacuation", target_s=1800.0,
        )
    }  # fmt: skip
    tells: ClassVar[Mapping[str, Text]] = {
        "evacuation_ordered": Text("a district is told to leave, its streets are closed to vehicles", "下达疏散指令，片区道路禁止机动车通行"),
        "evacuation_half": Text("half of those who can walk are in shelters", "半数可步行人员到达避难场所"),
        "evacuation_nearly": Text("19 of 20 of those who can walk are in shelters", "九成半可步行人员到达避难场所"),
        "evacuation_done": Text("all who can walk are in shelters", "可步行人员全部到达避难场所"),
        "evacuation_streets": Text("streets close or open with the people in them", "道路随疏散人流封闭或恢复"),
    }  # fmt: skip
    table: ClassVar[pa.Schema] = pa.schema(
        [("area", pa.int32()), ("building", pa.int32()), ("out", pa.float64()), ("sheltered", pa.float64()),
         ("density", pa.float64())]
    )  # fmt: skip
    indicators: ClassVar[tuple[IndicatorKind, ...]] = _indicators()

    kind: Literal["evacuation"] = "evacuation"
    where: Annotated[Where, Unit("place")] = Where(use="residential")
    #: of the first day on which it is still to come; where a release orders buildings to leave, those leave then instead
    hour: Annotated[float, Field(ge=0, lt=24), Unit("h")] = 20.0
    reach_m: Annotated[float, Field(ge=10, le=3000), Unit("m")] = 300.0  #: about the place, told to leave
    day_min: Annotated[float, Field(ge=0, le=600), Unit("min")] = 5.0  #: until people set out, median (assumption)
    night_min: Annotated[float, Field(ge=0, le=600), Unit("min")] = 10.0  #: from 22 to 6 h (D: 10 [5–30]; assumption)
    sigma: Annotated[float, Field(ge=0, le=2), Unit("log")] = 0.7  #: of the time to set out (assumption)
    helpless: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.05  #: of those over 65 (assumption)
    shelter_persons: Annotated[float, Field(gt=0, le=1e6), Unit("persons")] = 3000.0  #: room in a shelter (assumption)

    def begins(self, beside: Container[str]) -> Mapping[str, float]:
        """Return the hour at which it begins."""
        return {} if "toxic_release" in beside else {"hour": self.hour}

    def start(self, world: World) -> Course:
        """Return the evacuation of a run."""
        return DistrictCourse(self, world)
