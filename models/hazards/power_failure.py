"""A power failure: a transformer fails in the heat or stands in water, others are overloaded and trip, what needs power stops.

The physics stands in `models/networks/`: DC flow with islands, relays, heat, shedding, and feeders that are tied over.
Who reads `power.out` stops with it: the pumps of the water works, and whatever else needs power.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from math import cos, pi
from typing import Annotated, ClassVar, Literal

import pyarrow as pa
from pydantic import Field, model_validator

from models.calendar import HOUR
from models.catalogue import Duration, IncidentKind
from models.crews import CrewKind
from models.hazards.base import Course, Hazard
from models.indicator import Columns, IndicatorKind
from models.networks.generators import HOSPITAL_H, STARTS
from models.networks.passports import POWER
from models.networks.power_course import FAULT, FLOOD_DEPTH, LIFT, LOADING, OUT, PowerCourse
from models.passport import Passport
from models.where import Where
from models.world import World
from sim.errors import InputError
from sim.fields import FieldKind
from sim.kinds import Unit
from sim.text import Text

_DAY_LONG = (1.0,) * 24


def _total(name: str, title: Text, unit: Text) -> IndicatorKind:
    def total(columns: Columns) -> float:
        return float(columns[name].sum())

    return IndicatorKind(f"{name}.power", title, unit, "lower", total, table="power_failure")


class PowerFailure(Hazard):
    """A transformer fails in a heat wave; overload, trips and shedding follow, until crews have mended it."""

    title: ClassVar[Text] = Text("Power failure", "停电")
    decisions: ClassVar[tuple[str, ...]] = (
        "power.place",
        "power.rotate",
        "power.lift",
        "power.mending",
        "power.generator",
    )
    passport: ClassVar[Passport] = POWER
    reads: ClassVar[tuple[str, ...]] = (FLOOD_DEPTH,)
    writes: ClassVar[tuple[FieldKind, ...]] = (OUT, LOADING)
    opens: ClassVar[Mapping[str, IncidentKind]] = {
        FAULT: IncidentKind(
            title=Text("Fault in the power grid", "电网故障"), per_100k_year=0.0, entity="street_node", hours=_DAY_LONG,
            priority=1, line="emergency", crew="power_crew", detect=Duration(median_s=60.0),
            on_scene=Duration(median_s=600.0), hazard="power_failure", target_s=2700.0,
        ),
        LIFT: IncidentKind(
            title=Text("Lift stopped by a power failure", "停电致电梯困人"), per_100k_year=0.0, entity="building",
            hours=_DAY_LONG, priority=1, line="emergency", crew="lift_crew", detect=Duration(median_s=60.0, sigma=0.6),
            on_scene=Duration(median_s=233.0), hazard="power_failure", target_s=1800.0,
        ),
    }  # fmt: skip
    crews: ClassVar[Mapping[str, CrewKind]] = {
        "power_crew": CrewKind(
            title=Text("Power crew", "电力抢修组"), station="lift_depot", per_100k=1.0, at_least=2, priority=False
        )
    }
    tells: ClassVar[Mapping[str, Text]] = {
        "power_fails": Text("a transformer fails in the heat", "变压器因高温故障"),
        "power_drowned": Text("a transformer stands in water and trips", "变压器浸水跳闸"),
        "power_trips": Text("protection opens what is overloaded", "过载保护跳闸"),
        "power_lost": Text("streets lose their power", "街区停电"),
        "power_back": Text("streets have their power back", "街区恢复供电"),
        "power_shed": Text("the operator sheds load so that nothing trips", "调度实施有序切负荷"),
        "power_shed_ends": Text("no load needs to be shed any more", "切负荷结束"),
        "power_moved": Text("feeders are tied to a neighbour", "馈线转由邻站供电"),
        "power_mended": Text("a crew has closed it again", "抢修完成，恢复合闸"),
        "hospital_generator": Text("a hospital runs on its generator", "医院改由自备发电机供电"),
        "hospital_dark": Text("a hospital is dark and takes nobody in", "医院全院停电，暂停收治"),
        "hospital_back": Text("a hospital has power from the grid again", "医院恢复市电"),
        "lift_moves": Text("the power is back, the lift opens", "恢复供电，电梯自行开门"),
        "signals_dark": Text("traffic signals are dark or lit again", "交通信号灯熄灭或恢复"),
    }
    table: ClassVar[pa.Schema] = pa.schema(
        [("building", pa.int32()), ("area", pa.int32()), ("resident_h", pa.float64()), ("energy", pa.float64()),
         ("trapped", pa.float64())]
    )  # fmt: skip
    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        _total("resident_h", Text("Resident hours without power", "居民停电时长"), Text("resident hours", "人·小时")),
        _total("energy", Text("Energy not delivered", "少供电量"), Text("MWh", "兆瓦时")),
        _total("trapped", Text("Persons in lifts that stopped", "停电困梯人数"), Text("persons", "人")),
    )

    kind: Literal["power_failure"] = "power_failure"
    where: Annotated[Where, Unit("place")] = Where(near="hospital")  #: the nearest substation fails
    hour: Annotated[float, Field(ge=0, lt=24), Unit("h")] = 14.0  #: of the first day on which it is still to come
    transformers: Annotated[int, Field(ge=0, le=2), Unit("count")] = 1  #: that fail there
    hottest_c: Annotated[float, Field(ge=-30, le=55), Unit("°C")] = 39.0  #: at 15 h
    coolest_c: Annotated[float, Field(ge=-40, le=50), Unit("°C")] = 30.0  #: at 3 h
    transformer_share: Annotated[float, Field(ge=0.3, le=3), Unit("ratio")] = 0.75  #: of the planned load, each
    line_share: Annotated[float, Field(ge=0.3, le=5), Unit("ratio")] = 1.2  #: of the worst flow with one line out
    feeder_share: Annotated[float, Field(ge=0.3, le=5), Unit("ratio")] = (
        2.3  #: of the planned load: rings stand half empty
    )
    dial: Annotated[float, Field(gt=0, le=1000), Unit("factor")] = 20.0  #: of the relays (assumption)
    operator_min: Annotated[float, Field(ge=0, le=1440), Unit("min")] = (
        20.0  #: of overload, until load is shed (assumption)
    )
    moving_min: Annotated[float, Field(ge=0, le=1440), Unit("min")] = 10.0  #: until feeders are tied (assumption)
    mend_min: Annotated[float, Field(gt=0, le=10_000), Unit("min")] = 180.0  #: what has failed (assumption)
    look_min: Annotated[float, Field(gt=0, le=10_000), Unit("min")] = 20.0  #: what has only tripped (assumption)
    dark_speed: Annotated[float, Field(gt=0, le=1), Unit("factor")] = 0.5  #: towards dark signals (assumption)

    drowns_m: Annotated[float, Field(gt=0, le=10), Unit("m")] = (
        0.5  #: of water at which a substation trips (assumption)
    )
    generator_h: Annotated[float, Field(ge=0, le=1000), Unit("h")] = HOSPITAL_H  #: of fuel in hospitals
    generator_starts: Annotated[float, Field(ge=0, le=1), Unit("share")] = STARTS  #: of their generators (assumption)

    def begins(self, beside: Container[str]) -> Mapping[str, float]:
        """Return the hour at which it begins."""
        return {"hour": self.hour}

    def start(self, world: World) -> Course:
        """Return the failure of a run."""
        return PowerCourse(self, world)

    @model_validator(mode="after")
    def _day_is_warmer(self) -> PowerFailure:
        if self.hottest_c < self.coolest_c:
            raise InputError(en=f"hottest_c ({self.hottest_c:g}) lies below coolest_c ({self.coolest_c:g})",
                             zh=f"hottest_c（{self.hottest_c:g}）低于 coolest_c（{self.coolest_c:g}）")  # fmt: skip
        return self

    def celsius(self, time: float) -> float:
        """Return the temperature of the air, °C: a cosine with its peak at 15 h."""
        mean, swing = (self.hottest_c + self.coolest_c) / 2.0, (self.hottest_c - self.coolest_c) / 2.0
        return mean + swing * cos((time / HOUR - 15.0) / 24.0 * 2.0 * pi)
