"""Out-of-hospital cardiac arrest: survival by clocks.

Shockable and witnessed: S = .67 − .023·tCPR − .011·tShock − .021·tACLS, clipped at 0, all in minutes from
collapse (Larsen et al. 1993, doi:10.1016/S0196-0644(05)81028-4). Otherwise .025·exp(−.10·tCPR) (assumption).
Volunteers at density d: P(nearest < r) = 1 − exp(−d·π·r²).
"""

from __future__ import annotations

from math import exp, isnan
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.calendar import MINUTE
from models.hazards.base import Course, Hazard
from models.orders import ARRIVE, ONSET, REPORT
from models.passport import Passport, Valid
from models.survival import larsen, nearest_quantile
from models.world import World
from sim.kinds import Unit
from sim.text import Text

AMBULANCE_RANGE = Valid(Text("minutes from collapse to the ambulance", "倒地至救护车到达"), 0.0, 30.0, "min")


class CardiacArrest(Hazard):
    """An arrest treated by bystanders, alerted volunteers and the ambulance, on one timeline."""

    title: ClassVar[Text] = Text(en="Cardiac arrest", zh="心脏骤停")
    decisions: ClassVar[tuple[str, ...]] = (
        "arrest.bystander", "arrest.alerted", "arrest.distance", "arrest.volunteer_cpr",
        "arrest.witnessed", "arrest.shockable", "arrest.aed",
    )  # fmt: skip
    passport: ClassVar[Passport] = Passport(
        equations=(
            Text("witnessed and shockable: .67 − .023·CPR − .011·shock − .021·ACLS, minutes from collapse", "有目击且可除颤：.67 − .023·CPR − .011·除颤 − .021·高级救治，自倒地起计分钟"),
            Text("all others: .025·exp(−.10·CPR)", "其余：.025·exp(−.10·CPR)"),
            Text("nearest volunteer: P(within r) = 1 − exp(−d·π·r²)", "最近志愿者：P(r 内) = 1 − exp(−d·π·r²)"),
        ),
        sources=(
            "Larsen et al. 1993, doi:10.1016/S0196-0644(05)81028-4",
            "for comparison: De Maio et al. 2003; Valenzuela et al. 1997, doi:10.1161/01.CIR.96.10.3308; Waalewijn et al. 2001",
        ),
        assumptions=(
            Text("one factor, 1.24, brings today's survival to the 1.2 % of those treated", "以系数 1.24 使现状存活率等于受救治者的 1.2 %"),
            Text("volunteers stand anywhere with equal chance and walk 1.3 times the straight way", "志愿者均匀随机分布，步行距离为直线的 1.3 倍"),
        ),
        valid=(AMBULANCE_RANGE,),
        cases=(),
        limits=(Text("Larsen's line was fitted on one county with quick crews; it says nothing of late care", "Larsen 公式基于响应迅速的单一县域，不适用于救治很迟的情形"),),
    )  # fmt: skip
    kind: Literal["cardiac_arrest"] = "cardiac_arrest"
    witnessed: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.40
    shockable: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.054  #: registry: 5.4 %
    fitted: Annotated[float, Field(gt=0, le=10), Unit("factor")] = 1.24  #: κ: today's survival is 1.2 % of the treated
    radius_m: Annotated[float, Field(gt=0), Unit("m")] = 500.0  #: alert radius
    answers: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.25  #: of the volunteers who are alerted
    starts_cpr: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.6  #: of the volunteers who come first
    fetches_aed: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.3
    available_day: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.4
    available_night: Annotated[float, Field(ge=0, le=1), Unit("share")] = 0.15

    def start(self, world: World) -> Course:
        """Return the arrests of a run."""
        return _Arrests(self, world)


class _Arrests(Course):
    def __init__(self, kind: CardiacArrest, world: World) -> None:
        self._kind, self._world = kind, world

    def ended(self, order: int) -> None:
        """Write the survival probability as the outcome, and its complement as expected deaths."""
        survival = self.survival(order)
        self._world.orders.outcome[order] = survival
        self._world.orders.deaths[order] = 1.0 - survival

    def survival(self, order: int) -> float:
        """Return P(survival to discharge) given the order's clocks and the arrest's luck."""
        stream, incident = self._world.rules.stream, self._world.incident(order)
        onset, report, arrive = self._world.orders.stamps[order, [ONSET, REPORT, ARRIVE]]
        if isnan(arrive):
            return 0.0
        ems = (arrive - onset) / MINUTE
        call = (report - onset) / MINUTE
        self._world.within("cardiac_arrest", AMBULANCE_RANGE, ems)
        volunteer = call + self._volunteer_min(order)
        cpr = min(ems, volunteer, self._bystander_min(order, call))
        witnessed = stream.chance(self._kind.witnessed, "arrest.witnessed", incident)
        if not (witnessed and stream.chance(self._kind.shockable, "arrest.shockable", incident)):
            return min(1.0, self._kind.fitted * 0.025 * exp(-0.10 * cpr))
        brings_aed = stream.chance(self._kind.fetches_aed, "arrest.aed", incident)
        shock = min(ems + 1.0, volunteer + 1.5 if brings_aed else ems + 1.0)
        return min(1.0, self._kind.fitted * larsen(cpr, shock, ems))

    def _bystander_min(self, order: int, call: float) -> float:
        """Return when a bystander starts CPR, one minute after the call, or infinity."""
        acts = self._world.rules.stream.chance(
            self._world.rules_of(order)["bystander.p_cpr"], "arrest.bystander", self._world.incident(order)
        )
        return call + 1.0 if acts else float("inf")

    def _volunteer_min(self, order: int) -> float:
        """Return the minutes from call to a volunteer's CPR: 60 s and 1.3 times the way at 1.9 m/s."""
        stream, incident = self._world.rules.stream, self._world.incident(order)
        if not stream.chance(self._world.rules_of(order)["volunteer.p_alerted"], "arrest.alerted", incident):
            return float("inf")
        hour = self._world.hour(float(self._world.orders.stamps[order, ONSET]))
        available = self._kind.available_day if 8 <= hour < 22 else self._kind.available_night
        per_m2 = self._world.rules_of(order)["volunteer.per_km2"] / 1e6 * available * self._kind.answers
        draw = stream.uniform("arrest.distance", incident)
        distance = nearest_quantile(draw, per_m2)
        starts = stream.chance(self._kind.starts_cpr, "arrest.volunteer_cpr", incident)
        if distance > self._kind.radius_m or not starts:
            return float("inf")
        return 1.0 + 1.3 * distance / 1.9 / MINUTE
