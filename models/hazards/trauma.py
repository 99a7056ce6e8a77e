"""Severe trauma: survival by clocks, and bleeding that somebody stops or nobody does."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isnan, log
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from models.calendar import MINUTE
from models.catalogue import Duration, IncidentKind
from models.hazards.base import Course, Hazard
from models.orders import ARRIVE, ONSET, REPORT
from models.passport import Passport, Valid
from models.survival import bleeding_survival, revised_trauma_score, trauma_survival, triss
from models.world import World
from sim.kinds import Unit
from sim.text import Text

Share = Annotated[float, Field(ge=0.0, le=1.0), Unit("share")]
INCIDENT = "severe_trauma"
BEST = revised_trauma_score(4, 4, 4)


HOSPITAL_RANGE = Valid(Text("minutes from injury to hospital", "伤后至入院"), 10.0, 120.0, "min")


class Trauma(Hazard):
    """A severe wound: bystanders stop the bleeding or not, the ambulance comes, and the hospital is far or near."""

    title: ClassVar[Text] = Text(en="Severe trauma", zh="严重创伤")
    decisions: ClassVar[tuple[str, ...]] = (
        "trauma.severity", "trauma.state", "trauma.bleeds", "trauma.flow", "trauma.bystander",
    )  # fmt: skip
    passport: ClassVar[Passport] = Passport(
        equations=(
            Text("TRISS: 1/(1 + exp(−(b0 + b1·RTS + b2·ISS + b3·old)))", "TRISS：1/(1 + exp(−(b0 + b1·RTS + b2·ISS + b3·高龄)))"),
            Text("odds of death × 1.09 for every ten minutes from injury to hospital", "伤后至入院每十分钟死亡比值 × 1.09"),
            Text("blood lost 1 − exp(−flow·t/5 l); survival logistic about 45 %", "失血比例 1 − exp(−流量·t/5 L)；存活率为以 45 % 为中点的逻辑函数"),
        ),
        sources=(
            "Boyd, Tolson & Copes 1987, doi:10.1097/00005373-198704000-00005; MTOS coefficients of 1995",
            "Gauss et al. 2019, doi:10.1001/jamasurg.2019.3475",
        ),
        assumptions=(
            Text("severity scores from 16 up, exponential beyond; a state that grows worse with it", "伤情评分自 16 分起呈指数分布，生理评分随之恶化"),
            Text("who would begin CPR also stops a bleeding, two minutes after the call", "愿做心肺复苏者亦会止血，呼叫后两分钟"),
        ),
        valid=(HOSPITAL_RANGE,),
        cases=(),
        limits=(
            Text("no choice of hospital by level; no blood or surgery on the way", "不区分医院等级；途中无输血与手术"),
        ),
    )  # fmt: skip
    opens: ClassVar[Mapping[str, IncidentKind]] = {
        INCIDENT: IncidentKind(
            title=Text("Severe trauma", "严重创伤"),
            per_100k_year=30.0,  # injury severity of 16 or more (assumption)
            entity="person",
            hours=(3, 2, 2, 2, 2, 3, 5, 8, 9, 9, 9, 9, 9, 9, 9, 9, 10, 11, 11, 9, 8, 7, 5, 4),
            priority=0,
            line="emergency",
            crew="ambulance",
            target_s=600.0,
            hazard="trauma",
            detect=Duration(median_s=90.0, sigma=0.6),
            on_scene=Duration(median_s=1200.0, sigma=0.4),
            transport_share=1.0,
            handover=Duration(median_s=900.0, sigma=0.5),
        )
    }

    kind: Literal["trauma"] = "trauma"
    least_iss: Annotated[int, Field(ge=1, le=74), Unit("points")] = 16
    mean_over: Annotated[float, Field(gt=0.0, le=60.0), Unit("points")] = 9.0  #: of the score beyond (assumption)
    bleeds: Share = 0.15  #: with a bleeding that kills by itself (assumption)
    flow_l_min: Annotated[float, Field(gt=0.0, le=3.0), Unit("l/min")] = 0.3  #: median (assumption)
    flow_sigma: Annotated[float, Field(gt=0.0, le=3.0), Unit("log")] = 0.7  #: (assumption)

    def start(self, world: World) -> Course:
        """Return the wounds of a run."""
        return _Wounds(self, world)


class _Wounds(Course):
    def __init__(self, kind: Trauma, world: World) -> None:
        self._kind, self._world = kind, world

    def ended(self, order: int) -> None:
        """Write the survival probability as the outcome, and its complement as expected deaths."""
        survival = self.survival(order)
        self._world.orders.outcome[order] = survival
        self._world.orders.deaths[order] = 1.0 - survival

    def survival(self, order: int) -> float:
        """Return P(survival) given the order's clocks and the luck of the wound."""
        world, stream, incident = self._world, self._world.rules.stream, self._world.incident(order)
        onset, arrive = world.orders.stamps[order, [ONSET, ARRIVE]]
        if isnan(arrive):
            return 0.0
        over = -self._kind.mean_over * log(stream.uniform("trauma.severity", incident))
        iss = min(75, self._kind.least_iss + int(over))
        rts = BEST * (1.0 - 0.5 * iss / 75.0 * stream.uniform("trauma.state", incident))
        person = int(world.incidents.person[order])
        old = person >= 0 and int(world.population.age_group[person]) == 2
        kind = world.rules.kinds[world.orders.kind(order)]
        handover = world.rules.draw(kind.handover, "mission.handover", incident)
        prehospital = max(0.0, world.engine.now - handover - onset) / MINUTE
        world.within("trauma", HOSPITAL_RANGE, prehospital)
        return trauma_survival(triss(rts, iss, old=old), prehospital) * self._bleeding(order, float(arrive - onset))

    def _bleeding(self, order: int, arrives: float) -> float:
        """Return the chance to outlive the bleeding, which a bystander or the crew stops."""
        stream, incident = self._world.rules.stream, self._world.incident(order)
        if not stream.chance(self._kind.bleeds, "trauma.bleeds", incident):
            return 1.0
        flow = stream.lognormal(self._kind.flow_l_min, self._kind.flow_sigma, "trauma.flow", incident)
        call = float(self._world.orders.stamps[order, REPORT] - self._world.orders.stamps[order, ONSET])
        helps = stream.chance(self._world.rules_of(order)["bystander.p_cpr"], "trauma.bystander", incident)
        bystander = call / MINUTE + 2.0 if helps else inf
        return bleeding_survival(min(bystander, arrives / MINUTE + 1.0), flow)
