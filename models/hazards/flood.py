"""A cloudburst: rain that the drains cannot carry stands in streets, underpasses and garages until it is pumped out.

The physics stands in `models/flood/`: local inertial flow on a raster, inlets, pumps, sills, danger to people and
vehicles.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from models.calendar import MINUTE
from models.catalogue import Duration, IncidentKind
from models.crews import CrewKind
from models.flood.course import DEPTH, GARAGE, RAIN, RATING, STREET_DEPTH, FloodCourse
from models.flood.passport import PASSPORT
from models.flood.rain import HEAVIEST, Rain, design_storm, hyetograph
from models.flood.stations import POWER_OUT
from models.hazards.base import Course, Hazard
from models.indicator import Columns, IndicatorKind, ratio
from models.passport import Passport
from models.world import World
from sim.fields import FieldKind
from sim.kinds import Unit
from sim.text import Text

Levels = tuple[Annotated[float, Field(ge=-100, le=9000)], ...]
Intensities = tuple[Annotated[float, Field(ge=0, le=HEAVIEST)], ...]


def _closed_in_time(columns: Columns) -> float:
    """Return the share of the underpasses in which a car would have stalled that were closed before."""
    wet = (columns["place"] == "underpass") & (columns["t_stall"] == columns["t_stall"])
    return ratio(float((columns["t_closed"][wet] <= columns["t_stall"][wet]).sum()), float(wet.sum()))


def _flooded(columns: Columns) -> float:
    return float((columns["place"] == "garage").sum())


def _peak(columns: Columns) -> float:
    under = columns["peak"][columns["place"] == "underpass"]
    return float(under.max()) if len(under) else float("nan")


class Flood(Hazard):
    """A cloudburst over the city: water in streets, underpasses and garages, and those who pump it out."""

    title: ClassVar[Text] = Text(en="Cloudburst", zh="暴雨内涝")
    passport: ClassVar[Passport] = PASSPORT
    decisions: ClassVar[tuple[str, ...]] = (
        "flood.ground", "flood.underpass", "flood.garage", "flood.barrier", "flood.pump_fails", "flood.closing",
        "flood.drivers", "flood.ground_floor", "flood.in_garage",
    )  # fmt: skip
    reads: ClassVar[tuple[str, ...]] = (POWER_OUT,)
    writes: ClassVar[tuple[FieldKind, ...]] = (DEPTH, RATING, STREET_DEPTH, GARAGE, RAIN)
    files: ClassVar[tuple[str, ...]] = ("dem",)
    opens: ClassVar[dict[str, IncidentKind]] = {
        "flood_rescue": IncidentKind(
            title=Text("Trapped by water", "被困水中"), per_100k_year=0.0, entity="building", hours=(1.0,) * 24,
            priority=0, line="emergency", crew="fire_engine", detect=Duration(median_s=120.0),
            on_scene=Duration(median_s=900.0), hazard="flood", target_s=600.0,
        ),
        "flood_pumping": IncidentKind(
            title=Text("Underpass under water", "下穿通道积水"), per_100k_year=0.0, entity="street_node",
            hours=(1.0,) * 24, priority=1, line="emergency", crew="pump_crew", detect=Duration(median_s=180.0),
            on_scene=Duration(median_s=600.0), hazard="flood", target_s=1800.0,
        ),
    }  # fmt: skip
    crews: ClassVar[dict[str, CrewKind]] = {
        "pump_crew": CrewKind(
            title=Text("Pumping crew", "排水抢险组"), station="lift_depot", per_100k=1.5, at_least=2, priority=True
        )
    }  # fmt: skip
    tells: ClassVar[dict[str, Text]] = {
        "flood_rain": Text("the cloudburst begins", "暴雨开始"),
        "flood_underpass_wet": Text(
            "water in an underpass reaches the line at which it is closed", "下穿通道积水达到封闭警戒线"
        ),
        "flood_underpass_closed": Text("an underpass is closed", "下穿通道封闭"),
        "flood_underpass_open": Text("an underpass is open again", "下穿通道恢复通行"),
        "flood_streets": Text("streets are slow or closed by water", "道路积水，限速或中断"),
        "flood_streets_open": Text("streets are free of water", "道路积水消退"),
        "flood_pump_failed": Text("the pumping station of an underpass has failed", "下穿通道泵站停机"),
        "flood_pump_stops": Text("the pumping station of an underpass has no power", "下穿通道泵站断电"),
        "flood_pump_runs": Text("the pumping station of an underpass has power again", "下穿通道泵站恢复供电"),
        "flood_pumping_begins": Text("a crew pumps an underpass out", "排水抢险组开始抽排"),
        "flood_pumped_dry": Text("an underpass is pumped dry", "下穿通道抽排完成"),
        "flood_trapped": Text("people are trapped in cars in the water", "车辆进水，人员被困"),
        "flood_garage": Text("water runs into a garage", "雨水倒灌地下车库"),
        "flood_house": Text("people on a ground floor cannot leave the water", "底层居民被积水围困"),
    }
    table: ClassVar[pa.Schema] = pa.schema(
        [("place", pa.string()), ("area", pa.int32()), ("x", pa.float64()), ("y", pa.float64()), ("peak", pa.float64()),
         ("t_wet", pa.float64()), ("t_stall", pa.float64()), ("t_closed", pa.float64()), ("t_open", pa.float64()),
         ("trapped", pa.float64()), ("dead", pa.float64())]
    )  # fmt: skip
    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("closed_in_time.flood", Text("Underpasses closed before a car stalls", "积水致熄火前封闭的下穿通道"),
                      Text("share", "比例"), "higher", _closed_in_time, table="flood"),
        IndicatorKind("peak.flood", Text("Deepest water in an underpass", "下穿通道最大积水深度"), Text("m", "米"), "lower", _peak, table="flood"),
        IndicatorKind("garages.flood", Text("Garages under water", "进水地下车库"), Text("garages", "座"), "lower", _flooded, table="flood"),
        IndicatorKind("trapped.flood", Text("People trapped by water", "被困人数"), Text("persons", "人"), "lower",
                      lambda columns: float(columns["trapped"].sum()), table="flood"),
        IndicatorKind("dead.flood", Text("Expected deaths by drowning", "预期溺亡人数"), Text("persons", "人"), "lower",
                      lambda columns: float(columns["dead"].sum()), table="flood"),
    )  # fmt: skip

    kind: Literal["flood"] = "flood"
    hour: Annotated[float, Field(ge=0, lt=24), Unit("h")] = 17.0  #: of the first day on which it is still to come
    years: Annotated[float, Field(ge=1, le=10_000), Unit("ratio")] = 100.0  #: return period of the design storm
    minutes: Annotated[float, Field(ge=5, le=2880), Unit("min")] = 180.0
    peak: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.4  #: of its time that is before the peak
    series_mm_per_h: Annotated[
        Intensities, Unit("mm/h")
    ] = ()  #: instead of the design storm: a hyetograph, or as observed
    series_min: Annotated[float, Field(gt=0, le=1440), Unit("min")] = 60.0  #: each of its blocks
    cell_m: Annotated[float, Field(ge=2, le=100), Unit("m")] = 10.0
    dem: Annotated[str | None, Unit("place")] = (
        None  #: a file with the ground (.asc, .tif, .npz) from where the scenario lies; None: invented
    )
    underpasses: Annotated[int, Field(ge=0, le=1000), Unit("count")] = 8
    garages: Annotated[int, Field(ge=0, le=100_000), Unit("count")] = 60
    drain_mm_per_h: Annotated[float, Field(ge=0, le=500), Unit("mm/h")] = 36.0  #: a storm of 2 to 3 years (assumption)
    blocked: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.3  #: of the inlets, by leaves (assumption)
    pump_m3_per_h: Annotated[float, Field(ge=0, le=100_000), Unit("m³/h")] = (
        400.0  #: of an underpass's station (assumption)
    )
    pumps_fail: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.4  #: of the stations, whose power fails
    pumps_fail_min: Annotated[float, Field(ge=0, le=2880), Unit("min")] = 60.0  #: after the rain begins
    crew_m3_per_h: Annotated[float, Field(ge=0, le=100_000), Unit("m³/h")] = 3000.0  #: a crew's pump (assumption)
    barriers: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.3  #: of the garages have one in place in time
    close_m: Annotated[float, Field(gt=0, le=1), Unit("m")] = 0.2  #: of water at which an underpass is closed
    close_min: Annotated[float, Field(ge=0, le=600), Unit("min")] = 5.0  #: until somebody stands there (assumption)
    river_m: Annotated[float | None, Field(ge=-100, le=9000), Unit("m")] = (
        None  #: its level along the lowest edge; None: water runs off freely there too
    )
    river_series_m: Annotated[Levels, Unit("m")] = ()  #: instead of one level: those from the rain's beginning on
    river_series_min: Annotated[float, Field(gt=0, le=1440), Unit("min")] = 60.0  #: between these

    def rain(self) -> Rain:
        """Return the rain, beginning at 0 s."""
        if self.series_mm_per_h:
            return hyetograph(self.series_mm_per_h, self.series_min * MINUTE)
        return design_storm(self.years, self.minutes, self.peak, min(5.0, self.minutes))

    def river(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Return the times (s after the rain begins) and levels (m) of the river, None where there is none."""
        levels = self.river_series_m or (() if self.river_m is None else (self.river_m,))
        times = np.arange(len(levels), dtype=np.float64) * self.river_series_min * MINUTE
        return (times, np.array(levels, dtype=np.float64)) if levels else None

    def begins(self, beside: Container[str]) -> Mapping[str, float]:
        """Return the hour at which it begins."""
        return {"hour": self.hour}

    def start(self, world: World) -> Course:
        """Return the flood of a run."""
        return FloodCourse(self, world)
