"""Fire that spreads: through a building, across streets by radiation, and with the wind by firebrands."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from models.catalogue import Duration, IncidentKind
from models.checks import whole
from models.fire.course import ALIGHT, HYDRANT, FireCourse
from models.fire.first_aid import FirstAid, aid_decisions
from models.fire.grounds import ORDER
from models.fire.growth import class_growth_rate
from models.fire.passport import PASSPORT, STOREYS_RANGE, WIND_RANGE
from models.fire.structures import MASONRY, RESISTANT, STRUCTURES, WOODEN
from models.fire.towers import CASUALTY
from models.hazards.base import Course
from models.indicator import Columns, IndicatorKind
from models.passport import Passport
from models.where import Where
from models.world import World
from sim.fields import FieldKind
from sim.kinds import Unit
from sim.text import Text

Share = Annotated[float, Field(ge=0.0, le=1.0)]
_DAY_LONG = (1.0,) * 24


class Ignition(BaseModel):
    """A fire that the scenario sets."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    where: Where = Where()
    #: h from midnight of the first day on which it is still to come; at once where it is not said
    at_h: Annotated[float, Field(ge=0.0, le=24.0 * 366.0)] | None = None
    growth: Literal["slow", "medium", "fast", "ultrafast"] = "medium"
    storey: Annotated[int, Field(ge=0, le=199)] = 0  #: 0 is the ground
    structure: Literal["wooden", "masonry", "resistant"] | None = None  #: of this building, where it is known
    stair_leak: Share = (
        0.02  #: share of the smoke that enters the stair; .3 where the ground floor is open (assumption)
    )
    well_share: Share = 0.0  #: of the flats with windows on a light well that fills with smoke
    well_leak: Share = 0.3  #: of the stair's smoke that enters these (assumption)

    def building(self, world: World, number: int) -> int:
        """Return the building in which the ignition of this number begins: two of the same wish are two fires."""
        return self.where.building(world.city, world.rules.stream, "fire.where", number)

    def growth_rate(self) -> float:
        """Return α, kW/s²."""
        return class_growth_rate(self.growth)


def _burnt(columns: Columns) -> float:
    return float(np.isfinite(columns["t_flashed"]).sum())


def _jumps(columns: Columns) -> float:
    return float((columns["way"] == "fire_jumps").sum())


def _burnt_area(columns: Columns) -> float:
    return float((columns["floor_area"] * columns["burnt_share"]).sum())


def _sum(name: str) -> IndicatorKind:
    titles = {"caught": Text("People caught by smoke at the end", "结束时仍被烟气围困人数"),
              "hurt": Text("People hurt by fire or smoke", "火灾伤员"), "dead": Text("Deaths in tall buildings on fire", "高层火灾死亡人数")}  # fmt: skip
    return IndicatorKind(f"{name}.fire", titles[name], Text("persons", "人"), "lower",
                         lambda columns: float(columns[name].sum()), table="fire")  # fmt: skip


class Fire(FirstAid):
    """A fire that spreads between compartments and buildings, with those who fight it and those who flee."""

    title: ClassVar[Text] = Text(en="Fire that spreads", zh="蔓延火灾")
    passport: ClassVar[Passport] = PASSPORT
    decisions: ClassVar[tuple[str, ...]] = (
        "fire.where", "fire.structure", "fire.growth", "fire.barrier", "fire.wall", "fire.brands", "fire.reach",
        "fire.aside", "fire.lights", "fire.home", "fire.asleep", "fire.leaves", "fire.tolerance", "fire.storey", "fire.well", "fire.unknown_brands", "fire.unknown_water", "fire.hurt",
        "spread.noticed", *aid_decisions("spread"),
    )  # fmt: skip
    luck: ClassVar[str] = "spread"
    reads: ClassVar[tuple[str, ...]] = (HYDRANT, ALIGHT)
    writes: ClassVar[tuple[FieldKind, ...]] = (
        FieldKind("fire.state", Text("Fire by building", "建筑火情"), "building", "class", (1.0, 2.0, 3.0, 4.0), 1.0,
                  (Text("growing", "发展"), Text("fully involved", "猛烈燃烧"), Text("burnt out", "烧毁"), Text("put out", "已扑灭"))),
        FieldKind("fire.flux", Text("Heat radiation on facades", "外墙受热辐射"), "building", "kW/m²",
                  (1.0, 2.5, 5.0, 12.5, 25.0, 50.0), 0.5),
        FieldKind("fire.smoke", Text("Stair without sight for smoke", "楼梯间烟气（能见度不足的楼层比例）"), "building", "share",
                  (0.05, 0.25, 0.5, 0.75), 0.05),
        FieldKind("fire.drawn", Text("Water that engines draw", "消防车取水流量"), "building", "l/s", (1.0, 15.0, 30.0, 60.0), 1.0),
    )  # fmt: skip
    opens: ClassVar[Mapping[str, IncidentKind]] = {
        ORDER: IncidentKind(
            title=Text("Spreading fire", "蔓延火灾"), per_100k_year=0.0, entity="building", hours=_DAY_LONG, priority=0,
            line="emergency", crew="fire_engine", crews_needed=3, target_s=300.0, hazard="fire",
            detect=Duration(median_s=90.0, sigma=0.6), on_scene=Duration(median_s=2100.0, sigma=0.5),
        ),
        CASUALTY: IncidentKind(
            title=Text("Hurt by fire or smoke", "火灾伤员"), per_100k_year=0.0, entity="person", hours=_DAY_LONG, priority=0,
            line="emergency", crew="ambulance", target_s=600.0, detect=Duration(median_s=60.0, sigma=0.5),
            on_scene=Duration(median_s=600.0, sigma=0.4), transport_share=1.0,
            handover=Duration(median_s=900.0, sigma=0.5),
        ),
    }  # fmt: skip
    tells: ClassVar[Mapping[str, Text]] = {
        "fire_set": Text("a building takes fire", "建筑起火"),
        "fire_spreads": Text("the radiation of another fire lights it", "受邻近火场热辐射引燃"),
        "fire_jumps": Text("a firebrand lights its roof", "飞火引燃屋顶"),
        "fire_breaks_through": Text("fire breaks through the party wall", "火势突破隔墙"),
        "fire_flashover": Text("it flashes over", "发生轰燃"),
        "fire_stopped_by_resident": Text("a resident puts it out", "居民将其扑灭"),
        "fire_stopped_by_micro": Text("the micro fire station puts it out", "微型消防站将其扑灭"),
        "fire_put_out": Text("it is put out", "被扑灭"),
        "fire_burnt_out": Text("it has burnt out", "燃尽"),
        "fire_short_of_water": Text(
            "hydrants and tanks give less than half of the water wanted", "消火栓与车载水不足所需一半"
        ),
        "fire_has_water": Text("there is water enough again", "供水恢复充足"),
        "fire_out": Text("the fire ground is under control", "火场得到控制"),
        "people_caught": Text("smoke on the stairs cuts people off", "楼梯间烟气阻断人员疏散"),
    }
    table: ClassVar[pa.Schema] = pa.schema(
        [("building", pa.int32()), ("area", pa.int32()), ("x", pa.float64()), ("y", pa.float64()),
         ("t_lit", pa.float64()), ("t_flashed", pa.float64()), ("way", pa.string()), ("cause", pa.int32()),
         ("state", pa.int8()), ("floor_area", pa.float64()), ("burnt_share", pa.float64()), ("caught", pa.int32()),
         ("hurt", pa.int32()), ("dead", pa.float64())]
    )  # fmt: skip
    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("buildings.fire", Text("Buildings burnt", "烧毁建筑"), Text("buildings", "栋"), "lower", _burnt, table="fire"),
        IndicatorKind("spots.fire", Text("Spot fires", "飞火起火点"), Text("buildings", "栋"), "lower", _jumps, table="fire"),
        IndicatorKind("area.fire", Text("Floor area burnt", "烧毁建筑面积"), Text("m²", "平方米"), "lower", _burnt_area, table="fire"),
        _sum("caught"), _sum("hurt"), _sum("dead"),
    )  # fmt: skip

    kind: Literal["fire"] = "fire"
    ignitions: Annotated[tuple[Ignition, ...], Unit("count")] = ()
    wind_m_s: Annotated[float, Field(ge=0.0, le=60.0), Unit("m/s")] = 3.0
    wind_from_deg: Annotated[float, Field(ge=-360.0, le=360.0), Unit("°")] = 180.0  #: clockwise from north
    old_below_m2: Annotated[float, Field(ge=0.0), Unit("m²")] = 0.0  #: low houses with less footprint are old ones
    old_shares: Annotated[tuple[Share, Share, Share], AfterValidator(whole), Unit("share")] = (
        0.6,
        0.3,
        0.1,
    )  #: by structure (assumption)
    engine_l_s: Annotated[float, Field(ge=0.0, le=200.0), Unit("l/s")] = 13.0  #: two hand lines an engine (assumption)
    tank_l: Annotated[float, Field(ge=0.0, le=20_000.0), Unit("l")] = 3000.0  #: in an engine's tank (assumption)
    brands_sigma: Annotated[float, Field(ge=0.0, le=3.0), Unit("log")] = (
        0.0  #: of what is not known of brands, once a run
    )
    water_sigma: Annotated[float, Field(ge=0.0, le=3.0), Unit("log")] = (
        0.0  #: of what is not known of water, once a run
    )
    first_alarms: Annotated[int, Field(ge=1, le=10), Unit("count")] = 1  #: given at once, of three engines each
    ground_m: Annotated[float, Field(ge=10.0, le=500.0), Unit("m")] = 40.0  #: about a fire that its engines reach

    def begins(self, beside: Container[str]) -> Mapping[str, float]:
        """Return the hour at which it begins."""
        return {f"ignitions.{i}.at_h": one.at_h for i, one in enumerate(self.ignitions) if one.at_h is not None}

    def start(self, world: World) -> Course:
        """Return the fires of a run."""
        world.within(self.kind, WIND_RANGE, self.wind_m_s)
        world.within(self.kind, STOREYS_RANGE, world.city.buildings.levels)
        return FireCourse(self, world)

    def structures(self, world: World) -> NDArray[np.int64]:
        """Return the structure of every building; old houses by luck, else storeys decide (assumption)."""
        buildings = world.city.buildings
        low = buildings.levels <= 2
        plain = np.where(low, MASONRY, RESISTANT)
        draws = world.rules.stream.uniforms("fire.structure", buildings.osm_id)
        bare, brick, _ = self.old_shares
        by_luck = np.where(draws < bare, WOODEN, np.where(draws < bare + brick, MASONRY, RESISTANT))
        found = np.where(low & (buildings.footprint < self.old_below_m2), by_luck, plain).astype(np.int64)
        for number, one in enumerate(self.ignitions):
            if one.structure is not None:
                found[one.building(world, number)] = STRUCTURES.index(one.structure)
        return found
