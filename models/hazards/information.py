"""What people hear in a crisis: a storm warning by its channels, a rumour from person to person, and the official answer.

The physics stands in `models/information/`, whose formulas the line of work `rumour` shares. That line plays rumours by
communities and at once, for policies; here residents meet one by one, on the clock of the run, and their calls wait
at the same desks as everybody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Annotated, ClassVar, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from models.catalogue import Duration, Handling, IncidentKind
from models.crews import CrewKind
from models.hazards.base import Course, Hazard
from models.indicator import Columns, IndicatorKind, ratio
from models.information import desk, talk, warning
from models.information.course import CHECK, INJURY, QUESTION, Scare
from models.information.passport import CONTACTS_RANGE, PASSPORT, RESIDENTS_RANGE
from models.information.statement import CALLS_PER_100K, PANIC, Statement, extra_calls, half_life
from models.information.talk import AT_ORIGIN, CITY, ELSEWHERE, FIRST_PER_100K, Manner
from models.information.warning import CHANNELS, chosen
from models.passport import Passport
from models.where import Where
from models.world import World
from sim.errors import InputError
from sim.fields import FieldKind
from sim.kinds import Unit
from sim.text import Text
from sim.units import unit_text

Share = Annotated[float, Field(ge=0.0, le=1.0), Unit("share")]
PerHour = Annotated[float, Field(ge=0.0, le=1000.0), Unit("per hour")]
Per100k = Annotated[float, Field(ge=0.0, le=100_000.0), Unit("per 100,000 residents")]
Hours = Annotated[float, Field(ge=0.0, le=24.0 * 366.0), Unit("h")]
_DAY_LONG = (1.0,) * 24


class Alert(BaseModel):
    """A warning of a storm, and the storm; hours count from midnight of the first day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at_h: Hours = 16.0
    onset_h: Hours = 22.0
    lasts_h: Annotated[float, Field(gt=0.0, le=240.0)] = 8.0
    channels: tuple[str, ...] = tuple(channel.name for channel in CHANNELS)
    injuries_per_100k: Annotated[float, Field(ge=0.0, le=100_000.0)] = 12.0  #: of whom nobody warned (assumption)
    follows: Annotated[float, Field(ge=0.0, le=1.0)] = 0.66  #: of those warned, who stay inside (assumption)
    spares: Annotated[float, Field(ge=0.0, le=1.0)] = 0.8  #: of the injuries, for who stays inside (assumption)

    @field_validator("channels")
    @classmethod
    def _channels_are_known(cls, channels: tuple[str, ...]) -> tuple[str, ...]:
        if not channels:
            raise InputError(en="a warning needs at least one channel", zh="预警至少需要一个渠道")
        chosen(channels)
        return channels


def _by_hour(columns: Columns, name: str) -> NDArray[np.float64]:
    return np.bincount(columns["hour"], weights=columns[name]).astype(np.float64)


def _residents(columns: Columns) -> float:
    return float(columns["residents"][columns["hour"] == 0].sum())


def _last(name: str) -> Callable[[Columns], float]:
    return lambda columns: ratio(float(_by_hour(columns, name)[-1]), _residents(columns))


def _per_100k(name: str) -> Callable[[Columns], float]:
    return lambda columns: 1e5 * ratio(float(columns[name].sum()), _residents(columns))


def _waits(columns: Columns) -> float:
    return ratio(float(columns["waited_s"].sum()), float(columns["calls"].sum() + columns["usual_calls"].sum()))


def _statement(columns: Columns) -> float:
    first = float(columns["statement_h"][0])
    return first if np.isfinite(first) else float("nan")


class Information(Hazard):
    """A scare: a storm warning by its channels, a rumour, calls that load the desks, and an official statement."""

    title: ClassVar[Text] = Text(en="Information", zh="信息传播（预警与谣言）")
    decisions: ClassVar[tuple[str, ...]] = (
        *talk.DECISIONS, *warning.DECISIONS, *desk.DECISIONS, "information.when", "information.follows",
        "information.hurt", "information.origin", "information.first", "information.calls", "information.calls_at",
        "information.asks", "information.asks_at", "information.where", "information.statement",
    )  # fmt: skip
    passport: ClassVar[Passport] = PASSPORT
    writes: ClassVar[tuple[FieldKind, ...]] = (
        FieldKind("information.spreading", Text("Residents who spread the rumour", "传播谣言的居民比例"), "area", "share",
                  (0.01, 0.05, 0.1, 0.2, 0.4), 0.01),
        FieldKind("information.heard", Text("Residents who have heard the rumour", "听到谣言的居民比例"), "area", "share",
                  (0.05, 0.2, 0.4, 0.6, 0.8), 0.01),
        FieldKind("information.warned", Text("Residents who have heard the warning", "收到预警的居民比例"), "area", "share",
                  (0.2, 0.4, 0.6, 0.8, 0.9), 0.01),
    )  # fmt: skip
    opens: ClassVar[Mapping[str, IncidentKind]] = {
        QUESTION: IncidentKind(
            title=Text("Question about a rumour", "谣言求证来电"), per_100k_year=0.0, entity="person", hours=_DAY_LONG,
            priority=3, line="hotline", target_s=86400.0, talk=Duration(median_s=120.0, sigma=0.5), ticket_share=0.1,
            handling=Handling(median_h=2.0), limit_h=42.5,
        ),
        CHECK: IncidentKind(
            title=Text("Rumour to be checked on the spot", "谣言现场核实"), per_100k_year=0.0, entity="building",
            hours=_DAY_LONG, priority=1, line="emergency", crew="dyke_patrol", target_s=1800.0, hazard="information",
            detect=Duration(median_s=60.0), on_scene=Duration(median_s=900.0, sigma=0.5),
        ),
        INJURY: IncidentKind(
            title=Text("Hurt by the storm", "风暴伤员"), per_100k_year=0.0, entity="person", hours=_DAY_LONG, priority=1,
            line="emergency", crew="ambulance", target_s=720.0, detect=Duration(median_s=120.0, sigma=0.6),
            on_scene=Duration(median_s=900.0, sigma=0.4), transport_share=0.8, handover=Duration(median_s=900.0),
        ),
    }  # fmt: skip
    crews: ClassVar[Mapping[str, CrewKind]] = {
        "dyke_patrol": CrewKind(
            title=Text("Dyke patrol", "巡堤查险组"), station="police", per_100k=0.6, at_least=1, priority=False
        )
    }
    tells: ClassVar[Mapping[str, Text]] = {
        "storm_warning": Text("the warning of a storm goes out", "发布风暴预警"),
        "storm_begins": Text("the storm begins", "风暴来临"),
        "rumour_begins": Text("the first residents spread a rumour", "首批居民传播谣言"),
        "rumour_noticed": Text(
            "the office notices the rumour, and sends somebody to look", "主管部门发现谣言，派人现场核实"
        ),
        "official_statement": Text("the official statement answers the rumour", "官方发布辟谣信息"),
    }
    table: ClassVar[pa.Schema] = pa.schema([
        ("hour", pa.int32()), ("area", pa.int32()), ("residents", pa.int64()), ("heard", pa.float64()),
        ("spreading", pa.float64()), ("warned", pa.float64()), ("ready", pa.float64()), ("statement_h", pa.float64()),
        ("usual_calls", pa.float64()), ("calls", pa.float64()), ("asked", pa.float64()), ("waited_s", pa.float64()),
    ])  # fmt: skip
    indicators: ClassVar[tuple[IndicatorKind, ...]] = (
        IndicatorKind("peak.information", Text("Scare: residents who spread the rumour, at the peak", "恐慌：峰值谣言传播者占比"),
                      unit_text("share"), "lower", lambda c: ratio(float(_by_hour(c, "spreading").max()), _residents(c)),
                      table="information"),
        IndicatorKind("heard.information", Text("Scare: residents who ever heard the rumour", "恐慌：听到过谣言的居民占比"),
                      unit_text("share"), "lower", _last("heard"), table="information"),
        IndicatorKind("half_life.information", Text("Scare: peak of the rumour to half of it", "恐慌：谣言峰值后半衰期"), unit_text("h"),
                      "none", lambda c: half_life(_by_hour(c, "spreading")), table="information"),
        IndicatorKind("statement.information", Text("Scare: rumour to the official statement", "恐慌：谣言出现至官方发布"),
                      unit_text("h"), "lower", _statement, table="information"),
        IndicatorKind("calls.information", Text("Scare: extra emergency calls", "恐慌：额外紧急呼叫"),
                      unit_text("per 100,000 residents"), "lower", _per_100k("calls"), table="information"),
        IndicatorKind("asked.information", Text("Scare: questions at the hotline", "恐慌：热线求证来电"),
                      unit_text("per 100,000 residents"), "lower", _per_100k("asked"), table="information"),
        IndicatorKind("desk_wait.information", Text("Emergency call to a call-taker", "紧急呼叫至接警"), unit_text("s"), "lower",
                      _waits, table="information"),
        IndicatorKind("ready.information", Text("Residents warned before the storm", "风暴来临前收到预警的居民"), unit_text("share"),
                      "higher", _last("ready"), table="information"),
    )  # fmt: skip

    kind: Literal["information"] = "information"
    alert: Annotated[Alert | None, Unit("choice")] = None  #: of a storm, where there is one
    rumour_h: Annotated[float | None, Field(ge=0.0, le=24.0 * 366.0), Unit("h")] = (
        20.0  #: from midnight of the first day on which it is still to come; None for no rumour
    )
    where: Annotated[Where, Unit("place")] = Where()  #: that the rumour is about
    beta: PerHour = CITY.contacts_h
    gamma: PerHour = CITY.forgets_h
    stifling: Share = CITY.stifling
    pairs: Annotated[bool, Unit("choice")] = CITY.pairs  #: two spreaders who meet both stop (Daley and Kendall)
    delta: PerHour = Statement().delta
    media_reach: Share = Statement().media_reach
    media_h: Annotated[float, Field(ge=0.0, le=1000.0), Unit("h")] = Statement().media_h
    group_members: Annotated[float, Field(ge=0.0, le=100_000.0), Unit("count")] = Statement().group_members
    elsewhere: Share = ELSEWHERE
    at_home: Share = 0.2  #: of the contacts (assumption)
    first_per_100k: Per100k = FIRST_PER_100K
    at_origin: Share = AT_ORIGIN
    panic: Annotated[float, Field(ge=0.0, le=1000.0), Unit("factor")] = PANIC
    calls_per_100k: Per100k = CALLS_PER_100K  #: a day at 110, 119 and 120, without a scare
    takers_per_100k: Per100k = 0.4  #: of emergency calls (assumption)
    questions_per_100k: Per100k = 800.0  #: a day at the hotline, if everybody spread it (assumption)
    noticed: Share = 0.5  #: of the time to the first statement, until the office notices by itself (assumption)
    noticed_after: Annotated[int, Field(ge=1, le=100_000), Unit("count")] = 20  #: questions, if sooner (assumption)

    @model_validator(mode="after")
    def _contacts_add_up(self) -> Information:
        if self.at_home + self.elsewhere > 1.0:
            raise InputError(en="`at_home` and `elsewhere` must not add up to more than 1",
                             zh="at_home 与 elsewhere 之和不得超过 1")  # fmt: skip
        return self

    def begins(self, beside: Container[str]) -> Mapping[str, float]:
        """Return the hour at which it begins."""
        told = {"rumour_h": self.rumour_h, "alert.onset_h": None if self.alert is None else self.alert.onset_h}
        return {name: hour for name, hour in told.items() if hour is not None}

    def start(self, world: World) -> Course:
        """Return the scare of a run."""
        return Scare(self, world)

    def manner(self, spread: float) -> Manner:
        """Return how the rumour goes on; `spread` is the factor of chat groups."""
        return Manner(self.beta * spread, self.gamma, self.stifling, self.pairs)

    def statement(self) -> Statement:
        """Return how the official statement reaches people."""
        return Statement(self.delta, self.media_reach, self.media_h, self.group_members)

    def emergency_calls(self, spreading: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the emergency calls that a share of spreaders adds, a day and 100,000 residents."""
        return extra_calls(spreading, self.panic) * self.calls_per_100k

    def questions(self, spreading: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the questions at the hotline, a day and 100,000 residents."""
        return spreading * self.questions_per_100k

    def warn(self, world: World) -> None:
        """Say in the run where a figure lies outside of what was checked."""
        world.within(self.kind, CONTACTS_RANGE, self.beta)
        world.within(self.kind, RESIDENTS_RANGE, len(world.population))
