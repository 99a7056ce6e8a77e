"""Lifeline monitoring (城市生命线安全工程): gas leaks beside the streets, who notices them first, and what explodes.

The gas network is synthetic: one main along every street of the city's graph that may carry one, leaking with a
lognormal risk. Gas gathers in the adjacent space and reaches the lower explosive limit after some hours; residents
smell it, or a sensor does and an analyst reads its alarm among false ones and those of the other lifelines. Analysts
are an exact M/M/c queue of bounded length. Diggers strike mains, which no sensor stops but a checked permit may.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

import numba
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field
from scipy.special import ndtri

from models.calendar import DAY, HOUR, MINUTE
from models.demand import occurrences
from models.indicator import Columns, IndicatorKind, mean, ratio
from models.lines.base import Line, Rows
from models.parameter import Parameter
from models.world import World
from sim.city.model import ROAD_CLASSES
from sim.kinds import Unit
from sim.text import Text
from sim.units import unit_text

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
LEAK, STRIKE, ALARMS = range(3)  #: what a row tells: a slow leak, a strike by a digger, the alarms of a street
LONGEST_QUEUE = 60  #: alarms that may wait; what comes on top is never read
#: On-scene targets by level of alarm, 1 to 3 (assumption); a call of a resident goes out as level 2.
TARGET_MIN = np.array([np.nan, 15.0, 30.0, 120.0])
#: Hours left to the explosive limit under which an alarm is of level 1, and of level 2 (assumption).
LEVEL_LEFT_H = (1.0, 4.0)
_CARRY = [ROAD_CLASSES.index(name) for name in (
    "primary", "secondary", "tertiary", "unclassified", "residential", "living_street", "service")]  # fmt: skip
_FLAT = (1,) * 24
_DIGGING = (0, 0, 0, 0, 0, 0, 0, 1, 3, 4, 4, 3, 2, 3, 4, 4, 4, 2, 1, 0, 0, 0, 0, 0)


@numba.njit(cache=True)
def read_alarms(arrival: Floats, takes: Floats, analysts: int, longest: int) -> Floats:
    """Return when each alarm has been read, NaN where it came upon a full queue: first come, first served.

    arrival : float64 [alarms] s, ascending;  takes : float64 [alarms] s of reading;  longest : alarms that may wait.
    """
    free = np.full(analysts, -np.inf)
    begun = np.empty(len(arrival))
    read = np.full(len(arrival), np.nan)
    taken = passed = 0
    for i in range(len(arrival)):
        while passed < taken and begun[passed] <= arrival[i]:
            passed += 1
        analyst = np.argmin(free)
        if free[analyst] > arrival[i] and taken - passed >= longest:
            continue
        begun[taken] = max(arrival[i], free[analyst])
        read[i] = free[analyst] = begun[taken] + takes[i]
        taken += 1
    return read


def under_sensors(length: Floats, assessed: Floats, luck: Floats, coverage: float, ranked: float) -> Bools:
    """Return which mains have sensors: `coverage` of their length, first by assessed risk or, for the rest, by luck.

    All arrays are [mains]; the luck of a main also says whether it is among the share `ranked` that goes by risk. More
    coverage takes no sensor away.
    """
    chosen = np.zeros(len(length), dtype=np.bool_)
    for group, key in ((luck < ranked, -assessed), (luck >= ranked, luck)):
        order = np.flatnonzero(group)
        order = order[np.argsort(key[order], kind="stable")]
        metres = length[order]
        chosen[order] = np.cumsum(metres) - 0.5 * metres < coverage * metres.sum()
    return chosen


def _share(en: str, zh: str, values: tuple[float, float, float], low: float = 0.0, high: float = 1.0) -> Parameter:
    return Parameter(title=Text(en, zh), unit="share", values=values, range=(low, high),
                     mix="logit" if low > 0 else "linear", assumption=True)  # fmt: skip


def _of(what: int, fold: Callable[[Columns], float]) -> Callable[[Columns], float]:
    """Return a fold over the rows that tell of `what`; NaN where there are none."""

    def folded(columns: Columns) -> float:
        rows = columns["what"] == what
        return fold({name: column[rows] for name, column in columns.items()}) if rows.any() else np.nan

    return folded


def _hours_unknown(columns: Columns) -> Floats:
    return np.asarray((columns["t_detect"] - columns["t_onset"]) / HOUR)


def _a_day(name: str) -> Callable[[Columns], float]:
    return _of(ALARMS, lambda columns: ratio(float(columns[name].sum()), float(columns["days"][0])))


class LifelineSensors(Line):
    """Gas mains and their sensors: smell or alarm, queue of analysts, levels of alarm, isolation or explosion."""

    title: ClassVar[Text] = Text(en="Lifeline monitoring", zh="城市生命线监测")
    decisions: ClassVar[tuple[str, ...]] = (
        "demand.lifeline.count", "demand.lifeline.time", "demand.lifeline_strike.count", "demand.lifeline_strike.time",
        "lifeline.risk", "lifeline.assessed", "lifeline.placed", "lifeline.limit", "lifeline.smell", "lifeline.sensed",
        "lifeline.reach", "lifeline.phase", "lifeline.read", "lifeline.scene", "lifeline.isolate", "lifeline.ignite",
        "lifeline.checked", "lifeline.call",
        *(f"lifeline.{kind}_{what}" for kind in ("other", "false") for what in ("count", "time", "place", "read")),
    )  # fmt: skip
    own: ClassVar[Mapping[str, Parameter]] = {
        "lifeline.coverage": _share("Length of lifelines under sensors", "生命线监测覆盖率", (0.05, 0.3, 0.7)),
        "lifeline.risk_ranked": _share("Sensors placed by assessed risk", "按风险评估布设的传感器比例", (0.2, 0.5, 0.9)),
        "lifeline.ppv": _share("Alarms that are true", "报警真实率", (0.1, 0.3, 0.6), 0.02, 0.9),
        "lifeline.analysts": Parameter(title=Text("Analysts of alarms on duty in a city of 500,000", "在岗报警研判员（按 50 万人口计）"), unit="persons",
                                       values=(2, 3, 5), range=(1, 10), mix="linear", assumption=True),
        "lifeline.read_min": Parameter(title=Text("Reading of an alarm by an analyst", "单条报警研判耗时"), unit="min",
                                       values=(4, 4, 3), range=(1, 15), mix="geo", assumption=True),
        "lifeline.permit_check": _share("Digs whose permit is checked against the mains", "动土作业许可与管线核对比例",
                                        (0.1, 0.3, 0.9)),
    }  # fmt: skip
    least_d: ClassVar[float] = 30.0
    table: ClassVar[pa.Schema] = pa.schema([
        ("what", pa.int8()), ("event", pa.int64()), ("area", pa.int32()), ("link", pa.int32()), ("risk", pa.float64()),
        ("sensor", pa.bool_()), ("sensed", pa.bool_()), ("level", pa.int8()), ("t_onset", pa.float64()),
        ("t_limit", pa.float64()), ("t_alarm", pa.float64()), ("t_read", pa.float64()), ("t_detect", pa.float64()),
        ("t_scene", pa.float64()), ("t_isolate", pa.float64()), ("explosive_h", pa.float64()),
        ("p_explosion", pa.float64()), ("exploded", pa.bool_()), ("alarms", pa.int32()), ("false_alarms", pa.int32()),
        ("unread", pa.int32()), ("read_share", pa.float64()), ("days", pa.float64()),
    ])  # fmt: skip

    kind: Literal["lifeline_sensors"] = "lifeline_sensors"
    rate_factor: Annotated[float, Field(ge=0, le=1000), Unit("factor")] = 1.0  #: on leaks and strikes, for statistics
    leaks_per_km: Annotated[float, Field(ge=0, le=10), Unit("per year and km")] = 0.1  #: .05 to .2 (general knowledge)
    risk_sigma: Annotated[float, Field(ge=0, le=3), Unit("log")] = 1.3  #: dispersion of leaks a km
    risk_known: Annotated[float, Field(ge=0, le=1), Unit("ratio")] = 0.7  #: correlation of assessed and true log risk
    limit_h: Annotated[float, Field(gt=0, le=1000), Unit("h")] = 4.0  #: median from leak to the explosive limit
    limit_sigma: Annotated[float, Field(ge=0, le=3), Unit("log")] = 0.9
    smell_h: Annotated[float, Field(gt=0, le=1000), Unit("h")] = 12.0  #: mean until a resident smells it and calls
    sample_min: Annotated[float, Field(gt=0, le=1440), Unit("min")] = 5.0  #: between two readings of a sensor
    reach_min: Annotated[float, Field(gt=0, le=1440), Unit("min")] = 5.0  #: median until the gas is at the sensor
    sensitivity: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.9  #: leaks beside a sensor that it notices
    #: True alarms of the other lifelines (water, drainage, bridges, lifts) at full coverage: so many that three analysts
    #: of 500,000 residents can read all at 40 % coverage until fewer than one alarm in 18 is true (assumption).
    other_alarms: Annotated[float, Field(ge=0, le=10_000), Unit("per day and 100,000 residents")] = 30.0
    centre_residents: Annotated[float, Field(gt=0, le=1e9), Unit("persons")] = (
        500_000.0  #: for whom its analysts are given
    )
    #: Mean time until a source ignites gas above the limit: fitted so that 9 of 10 explosions of the network are
    #: strikes (national, 2023–24) where sensors are few (assumption).
    ignition_h: Annotated[float, Field(gt=0, le=1e6), Unit("h")] = 20_000.0
    strikes_per_100k: Annotated[float, Field(ge=0, le=1000), Unit("per year and 100,000 residents")] = 1.15
    strike_ignition_h: Annotated[float, Field(gt=0, le=1e6), Unit("h")] = 25.0  #: mean, of the jet (assumption)
    check_stops: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.8  #: strikes that a checked permit prevents

    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("T_detect.gas", Text("Gas leak: onset to known", "燃气泄漏：发生至发现"), unit_text("h"), "lower",
                      _of(LEAK, lambda columns: mean(_hours_unknown(columns)))),
        IndicatorKind("T_detect_sensor.gas", Text("Gas leak that a sensor noticed: onset to known", "传感器感知的泄漏：发生至发现"),
                      unit_text("min"), "lower",
                      _of(LEAK, lambda columns: 60 * mean(_hours_unknown(columns)[columns["sensed"]]))),
        IndicatorKind("explosions.gas", Text("Expected explosions of slow leaks", "缓慢泄漏预期爆炸"), unit_text("count"),
                      "lower", lambda columns: float(columns["p_explosion"][columns["what"] == LEAK].sum())),
        IndicatorKind("explosive_h.gas", Text("Hours above the explosive limit per leak", "每起泄漏超爆炸下限时长"),
                      unit_text("h"), "lower", _of(LEAK, lambda columns: mean(columns["explosive_h"]))),
        IndicatorKind("strikes.gas", Text("Mains struck by diggers", "第三方施工挖断管线"), unit_text("count"), "lower",
                      lambda columns: float((columns["what"] == STRIKE).sum())),
        IndicatorKind("strike_explosions.gas", Text("Expected explosions of struck mains", "挖断管线预期爆炸"),
                      unit_text("count"), "lower",
                      lambda columns: float(columns["p_explosion"][columns["what"] == STRIKE].sum())),
        IndicatorKind("alarms.lifeline", Text("Alarms to be read", "待研判报警"), unit_text("per day"), "lower",
                      _a_day("alarms")),
        IndicatorKind("false_alarms.lifeline", Text("False alarms", "误报"), unit_text("per day"), "lower",
                      _a_day("false_alarms")),
        IndicatorKind("unread.lifeline", Text("Alarms that nobody reads", "未研判报警比例"), unit_text("share"), "lower",
                      _of(ALARMS, lambda columns: ratio(float(columns["unread"].sum()), float(columns["alarms"].sum())))),
        IndicatorKind("load.lifeline", Text("Analysts' time at alarms", "研判员负荷率"), unit_text("share"), "lower",
                      _of(ALARMS, lambda columns: float(columns["read_share"].sum()))),
    )  # fmt: skip

    def begin(self, world: World) -> Rows:
        """Play all leaks, alarms and strikes of the window at once: none of them waits for anything else in the city."""
        centre = _Centre(self, world)
        parts = (centre.leaks(), centre.strikes(), centre.alarms_by_street())
        columns = {field.name: np.concatenate([part[field.name] for part in parts]) for field in self.table}
        return lambda: columns


@dataclass
class _Centre:
    """The monitoring centre of one run, its mains, and what comes to it."""

    line: LifelineSensors
    world: World

    def __post_init__(self) -> None:
        line, drive, stream = self.line, self.world.city.drive, self.world.rules.stream
        mains = np.flatnonzero(drive.forward & np.isin(drive.road_class, _CARRY))
        if not len(mains):  # a city of motorways
            mains = np.flatnonzero(drive.forward)
        tail, head = drive.tails()[mains], drive.head[mains]
        self.link, self.length = drive.link[mains], drive.length[mains]
        self.area = self.world.city.areas.grid_of_drive_node[tail]
        ends = drive.osm_id.astype(np.uint64)
        self.key = ends[tail] * np.uint64(0x9E3779B97F4A7C15) + ends[head]  # the same main under every policy
        true, error = (ndtri(stream.uniforms(name, self.key)) for name in ("lifeline.risk", "lifeline.assessed"))
        self.risk = np.exp(line.risk_sigma * true - 0.5 * line.risk_sigma**2)  # of mean 1
        assessed = line.risk_known * true + np.sqrt(1.0 - line.risk_known**2) * error
        self.sensor = under_sensors(self.length, assessed, stream.uniforms("lifeline.placed", self.key),
                                    self._p("coverage"), self._p("risk_ranked"))  # fmt: skip
        self.per_day = line.rate_factor * line.leaks_per_km / 365.0 * self.length / 1000.0 * self.risk

        self.analysts = max(1, round(self._p("analysts") * self.world.city.residents / line.centre_residents))

    def _p(self, name: str) -> float:
        return self.world.rules[f"lifeline.{name}"]

    @cached_property
    def _leaks(self) -> dict[str, NDArray[Any]]:
        """Return the slow leaks until the alarms of their sensors, NaN where none rings."""
        line, stream, window = self.line, self.world.rules.stream, self.world.window
        main, event, onset = occurrences(stream, "lifeline", self.key, self.per_day, _FLAT, window)
        sensed = self.sensor[main] & (stream.uniforms("lifeline.sensed", event) < line.sensitivity)
        reach = stream.lognormals(line.reach_min, 0.5, "lifeline.reach", event)
        late = (reach + line.sample_min * stream.uniforms("lifeline.phase", event)) * MINUTE
        return {"event": event, "area": self.area[main], "link": self.link[main], "risk": self.risk[main],
                "sensor": self.sensor[main], "sensed": sensed, "t_onset": onset,
                "t_limit": onset + stream.lognormals(line.limit_h, line.limit_sigma, "lifeline.limit", event) * HOUR,
                "t_alarm": np.where(sensed, onset + late, np.nan)}  # fmt: skip

    def _others(self, kind: str, per_day: float) -> tuple[Floats, Floats, NDArray[np.int32]]:
        """Return the alarms that are no leak's: when they ring, how long they are read for, and their area.

        A day's are counted by its own luck, so that more expected adds some and leaves the others.
        """
        stream, (start, end) = self.world.rules.stream, self.world.window
        days = np.arange(int(start // DAY), int(np.ceil(end / DAY)))
        count = stream.poissons(per_day, f"lifeline.{kind}_count", days)
        day = np.repeat(days, count)
        number = np.arange(len(day)) - np.repeat(np.cumsum(count) - count, count)
        time = (day + stream.uniforms(f"lifeline.{kind}_time", day, number)) * DAY
        kept = (time >= start) & (time < end)
        day, number, time = day[kept], number[kept], time[kept]
        metres = np.cumsum(self.length * (self.sensor if self.sensor.any() else 1.0))
        place = np.searchsorted(metres, stream.uniforms(f"lifeline.{kind}_place", day, number) * metres[-1])
        return time, self._reading(f"lifeline.{kind}_read", day, number), self.area[place]

    def _reading(self, decision: str, entity: NDArray[Any], moment: NDArray[Any] | int = 0) -> Floats:
        return -self._p("read_min") * MINUTE * np.log(self.world.rules.stream.uniforms(decision, entity, moment))

    @cached_property
    def _alarms(self) -> dict[str, NDArray[Any]]:
        """Return all alarms in order of time: those of leaks, of other lifelines, and false ones, as they are read."""
        leaks = self._leaks
        true = self._p("coverage") * self.line.other_alarms * self.world.city.residents / 100_000
        rings = np.flatnonzero(leaks["sensed"])
        of_gas = float(self.per_day[self.sensor].sum()) * self.line.sensitivity
        false = (true + of_gas) * (1.0 / self._p("ppv") - 1.0)
        own = (leaks["t_alarm"][rings], self._reading("lifeline.read", leaks["event"][rings]), leaks["area"][rings])
        parts = (own, self._others("other", true), self._others("false", false))
        time, takes, area = (np.concatenate([part[column] for part in parts]) for column in range(3))
        source = np.repeat(np.arange(3), [len(part[0]) for part in parts])
        leak = np.concatenate([rings, np.full(len(time) - len(rings), -1)])
        order = np.argsort(time, kind="stable")
        read = read_alarms(time[order], takes[order], self.analysts, LONGEST_QUEUE)
        columns = {"source": source, "leak": leak, "area": area, "takes": takes}
        return {"t_read": read, **{name: column[order] for name, column in columns.items()}}

    def _filled(self, what: int, columns: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Return all columns of the table for rows that tell of `what`; where they say nothing: NaN, -1 or 0."""
        rows = len(columns["area"])
        nothing = {"what": what, "link": -1}
        filled = dict(columns)
        for field in LifelineSensors.table:
            if field.name not in columns:
                value = np.nan if pa.types.is_floating(field.type) else nothing.get(field.name, 0)
                filled[field.name] = np.full(rows, value, dtype=field.type.to_pandas_dtype())
        return filled

    def leaks(self) -> dict[str, NDArray[Any]]:
        """Return the slow leaks: known by the first of smell and alarm, then isolated, or not before they ignite."""
        line, stream, alarms, leaks = self.line, self.world.rules.stream, self._alarms, dict(self._leaks)
        leaks["t_read"] = np.full(len(leaks["event"]), np.nan)
        of_leaks = alarms["leak"] >= 0
        leaks["t_read"][alarms["leak"][of_leaks]] = alarms["t_read"][of_leaks]
        smell = leaks["t_onset"] - line.smell_h * HOUR * np.log(stream.uniforms("lifeline.smell", leaks["event"]))
        leaks["t_detect"] = np.fmin(smell, leaks["t_read"])
        left = (leaks["t_limit"] - leaks["t_detect"]) / HOUR
        by_alarm = 1 + np.searchsorted(LEVEL_LEFT_H, left).astype(np.int8)
        leaks["level"] = np.where(leaks["t_read"] <= smell, by_alarm, np.int8(2))
        return self._filled(LEAK, self._ended(leaks, 20.0, line.ignition_h))

    def strikes(self) -> dict[str, NDArray[Any]]:
        """Return the mains struck although their permit was checked or was not: the digger calls at once."""
        line, stream, world = self.line, self.world.rules.stream, self.world
        a_day = line.rate_factor * line.strikes_per_100k * world.city.residents / 100_000 / 365.0
        per_day = a_day * self.length / self.length.sum()
        main, event, onset = occurrences(stream, "lifeline_strike", self.key, per_day, _DIGGING, world.window)
        struck = stream.uniforms("lifeline.checked", event) >= self._p("permit_check") * line.check_stops
        main, event, onset = main[struck], event[struck], onset[struck]
        strikes: dict[str, NDArray[Any]] = {
            "event": event, "area": self.area[main], "link": self.link[main], "risk": self.risk[main],
            "sensor": self.sensor[main], "t_onset": onset, "t_limit": onset,
            "t_detect": onset + stream.lognormals(3 * MINUTE, 0.5, "lifeline.call", event),
            "level": np.ones(len(event), dtype=np.int8),
        }  # fmt: skip
        return self._filled(STRIKE, self._ended(strikes, 30.0, line.strike_ignition_h))

    def _ended(self, events: dict[str, NDArray[Any]], isolate_min: float, ignition_h: float) -> dict[str, NDArray[Any]]:
        """Send a crew and isolate the main; what is above the limit until then may ignite, with a constant hazard.

        The crew is there after a lognormal time with a median of .7 of its target (assumption).
        """
        stream, event = self.world.rules.stream, events["event"]
        on_way = 0.7 * TARGET_MIN[events["level"]] * stream.lognormals(MINUTE, 0.4, "lifeline.scene", event)
        scene = events["t_detect"] + on_way
        isolated = scene + stream.lognormals(isolate_min * MINUTE, 0.5, "lifeline.isolate", event)
        above = np.maximum(isolated - events["t_limit"], 0.0) / HOUR
        ignites = -ignition_h * np.log(stream.uniforms("lifeline.ignite", event))
        return {**events, "t_scene": scene, "t_isolate": isolated, "explosive_h": above,
                "p_explosion": -np.expm1(-above / ignition_h), "exploded": ignites < above}  # fmt: skip

    def alarms_by_street(self) -> dict[str, NDArray[Any]]:
        """Return for each street the alarms of the window, the false and the unread among them, and the time they take."""
        areas, alarms, (start, end) = self.world.city.areas, self._alarms, self.world.window
        place = areas.ancestor("street")[alarms["area"]]
        streets = areas.of_level("street")
        read = np.isfinite(alarms["t_read"])
        inside = np.clip(end - (alarms["t_read"] - alarms["takes"]), 0.0, alarms["takes"])
        capacity = self.analysts * (end - start)

        def of_street(weights: NDArray[Any]) -> Floats:
            return np.asarray(np.bincount(place, weights, minlength=len(areas))[streets], dtype=np.float64)

        counts = {"alarms": np.ones(len(place)), "false_alarms": alarms["source"] == 2, "unread": ~read}
        return self._filled(ALARMS, {
            "area": streets, "event": streets.astype(np.int64),
            **{name: of_street(value).astype(np.int32) for name, value in counts.items()},
            "read_share": of_street(np.where(read, inside, 0.0)) / capacity,
            "days": np.full(len(streets), (end - start) / DAY),
        })  # fmt: skip
