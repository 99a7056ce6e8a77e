"""Building fire: t² growth until the first responder who is strong enough controls it (no spread).

Q = α·t² with the standard growth classes of `models.fire.growth`, capped by the fuel. P(control | responder) = 1 / (1 + (Q / Q50)²).
"""

from __future__ import annotations

from functools import partial
from math import exp, isnan
from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import AfterValidator, Field

from models.calendar import MINUTE
from models.checks import whole
from models.fire.first_aid import FirstAid, aid_decisions, control_chance
from models.fire.growth import CLASS_SECONDS, class_growth_rate, growing_heat
from models.hazards.base import Course
from models.orders import ARRIVE, CONTROL, ONSET, REPORT
from models.passport import Passport, Valid
from models.world import World
from sim.kinds import Unit
from sim.text import Text

_GROWTH = tuple(class_growth_rate(name) for name in CLASS_SECONDS)


HEAT_RANGE = Valid(Text("heat", "热释放"), 0.0, 25.0, "MW")


class BuildingFire(FirstAid):
    """A building fire and those who fight it in turn: resident, micro station, engine, full response."""

    title: ClassVar[Text] = Text(en="Building fire", zh="建筑火灾")
    decisions: ClassVar[tuple[str, ...]] = (
        "fire.class", "fire.fuel", *aid_decisions("fire"), "fire.engine", "fire.full",
    )  # fmt: skip
    luck: ClassVar[str] = "fire"
    passport: ClassVar[Passport] = Passport(
        equations=(
            Text("growth Q = α·t², capped by the fuel", "增长 Q = α·t²，以燃料为上限"),
            Text("P(control) = 1/(1 + (Q/Q50)²) for each who comes in turn", "先后到场者的控制概率 = 1/(1 + (Q/Q50)²)"),
        ),
        sources=("NFPA 92 (growth classes)", "Jaldell 2017, Fire Technology (3 % a minute)"),
        assumptions=(
            Text("shares of the classes, fuel and the heat that each responder holds with a chance of one half", "各增长等级比例、燃料量及各类力量的半数控制热释放"),
        ),
        valid=(HEAT_RANGE,),
        cases=(),
        limits=(Text("no spread: the hazard `fire` follows fires from room to room and house to house", "不考虑蔓延：蔓延火灾见 `fire`"),),
    )  # fmt: skip
    kind: Literal["building_fire"] = "building_fire"
    class_shares: Annotated[tuple[float, float, float, float], AfterValidator(whole), Unit("share")] = (
        0.45,
        0.35,
        0.15,
        0.05,
    )
    fuel_mw: Annotated[float, Field(gt=0, le=1000), Unit("MW")] = 2.5  #: median of the heat that the fuel allows
    fuel_sigma: Annotated[float, Field(gt=0, le=3), Unit("log")] = 1.2
    q50_engine_mw: Annotated[float, Field(gt=0), Unit("MW")] = 6.0
    q50_full_mw: Annotated[float, Field(gt=0), Unit("MW")] = 25.0
    deaths_per_fire: Annotated[float, Field(ge=0, le=1), Unit("deaths")] = 0.0046  #: Jan–Sep 2024: 999 of 217,000
    deaths_per_min: Annotated[float, Field(ge=0, le=1), Unit("share/min")] = 0.03  #: elasticity, Jaldell 2017
    reference_min: Annotated[float, Field(ge=0), Unit("min")] = 8.0  #: first help at which the mean above holds

    def start(self, world: World) -> Course:
        """Return the fires of a run."""
        return _Fires(self, world)


class _Fires(Course):
    lasts_s = 5400.0  # an uncontrolled fire ends with its fuel (assumption)

    def __init__(self, kind: BuildingFire, world: World) -> None:
        self._kind, self._world = kind, world

    def heat_mw(self, order: int, now: float) -> float:
        """Return the heat release of an uncontrolled fire at `now`, MW."""
        incident, stream = self._world.incident(order), self._world.rules.stream
        draw = stream.uniform("fire.class", incident)
        growth = int(np.searchsorted(np.cumsum(self._kind.class_shares)[:3], draw))
        fuel = stream.lognormal(self._kind.fuel_mw, self._kind.fuel_sigma, "fire.fuel", incident)
        burning = max(0.0, now - float(self._world.orders.stamps[order, ONSET]))
        heat = growing_heat(_GROWTH[growth], burning, 1000.0 * fuel) / 1000.0
        self._world.within("building_fire", HEAT_RANGE, heat)
        return heat

    def called(self, order: int) -> None:
        """Let a resident try at the call; the micro station is alerted with the brigade, once the address is known."""
        attempt = partial(self._attempt, order)
        self._kind.first_aid(self._world, order, self._world.incident(order), attempt)

    def arrival(self, order: int, present: int, expected: int) -> bool:
        """First engine, full response and each crew of a reinforcement try with the strength that is there."""
        full = self._world.rules.kinds[self._world.orders.kind(order)].crews_needed
        if present == 1:
            self._world.orders.outcome[order] = self._heat_now(order)
            return self._attempt(order, "engine", self._kind.q50_engine_mw)
        if present >= full:
            return self._attempt(order, "full", self._kind.q50_full_mw * present / full, present)
        return not isnan(self._world.orders.stamps[order, CONTROL])

    def ended(self, order: int) -> None:
        """Write the expected deaths; the outcome is the heat (MW) that the first engine met."""
        call = self._world.orders.stamps[order, REPORT]
        helped = np.fmin(*self._world.orders.stamps[order, [ARRIVE, CONTROL]])  # by whoever came first
        waited = self.lasts_s if isnan(helped) else helped - call
        minutes = waited / MINUTE - self._kind.reference_min
        hour = self._world.hour(float(self._world.orders.stamps[order, ONSET]))
        by_hour = 3.0 if hour < 6 else 0.6 if 10 <= hour < 20 else 1.0
        self._world.orders.deaths[order] = (
            self._kind.deaths_per_fire * by_hour * exp(self._kind.deaths_per_min * minutes)
        )

    def step(self, now: float, beat: float) -> None:
        """Write the heat of the fires that burn now."""
        burning = self._burning(now)
        self._world.orders.heat[:] = 0.0
        for order in burning:
            self._world.orders.heat[order] = self.heat_mw(int(order), now)

    def _burning(self, now: float) -> np.ndarray:
        burns = [self._world.rules.kinds[name].hazard == self._kind.kind for name in self._world.incidents.kinds]
        fires = np.flatnonzero(np.array(burns)[self._world.incidents.kind])
        stamps = self._world.orders.stamps[fires]
        return fires[(stamps[:, ONSET] <= now) & np.isnan(stamps[:, CONTROL])]

    def _heat_now(self, order: int) -> float:
        if not isnan(self._world.orders.stamps[order, CONTROL]):
            return 0.0
        return self.heat_mw(order, self._world.engine.now)

    def _attempt(self, order: int, who: str, q50: float, moment: int = 0) -> bool:
        """Let `who` try, each time with luck of its own; log and stamp a success."""
        if not isnan(self._world.orders.stamps[order, CONTROL]):
            return True
        heat = self.heat_mw(order, self._world.engine.now)
        if self._world.rules.stream.chance(
            control_chance(heat, q50), f"fire.{who}", self._world.incident(order), moment
        ):
            self._world.reach(order, CONTROL, f"controlled_by_{who}")
            return True
        return False
