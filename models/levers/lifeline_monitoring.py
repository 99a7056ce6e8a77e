"""A04 Lifeline monitoring (城市生命线安全工程): sensors beside gas mains and other lifelines, placed by risk, watched by analysts."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class LifelineMonitoring(Lever):
    """A04 Lifeline monitoring: sensors along 70 % of the lifelines, placed by risk; every alarm has to be read, most are false."""

    title: ClassVar[Text] = Text(en="Lifeline monitoring", zh="城市生命线安全工程")
    mechanism: ClassVar[str] = "A04"
    moves: ClassVar[tuple[str, ...]] = ("T_detect.gas", "explosions.gas", "explosive_h.gas")
    pays: ClassVar[tuple[str, ...]] = ("alarms.lifeline", "false_alarms.lifeline", "load.lifeline")
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="lifeline.coverage", on=0.7),
        Effect(parameter="lifeline.risk_ranked", on=0.9),
        Effect(parameter="lifeline.ppv", on=0.3),
    )
    #: More channels have to be looked at for each alarm.
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="lifeline.read_min", factor=1.25),)
    cost: ClassVar[Cost] = Cost(capex_yuan=60_000_000, opex_yuan_per_year=9_000_000, staff_h_per_case=0.0)

    kind: Literal["lifeline_monitoring"] = "lifeline_monitoring"
