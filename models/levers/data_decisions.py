"""A08 Data-driven decisions (用数据决策的管理机制): where staff stand is reviewed every day, by better estimates, with a guard against over-reaction."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class DataDecisions(Lever):
    """A08 Data-driven decisions: staff are sent after the demand every day instead of every month; many are moved, some to and fro."""

    title: ClassVar[Text] = Text(en="Data-driven decisions", zh="用数据决策的管理机制")
    mechanism: ClassVar[str] = "A08"
    moves: ClassVar[tuple[str, ...]] = ("regret.staff", "backlog.staff", "backlog_sd.staff")
    pays: ClassVar[tuple[str, ...]] = ("moves.staff", "hunting.staff")
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="decision.review_d", on=1.0),
        Effect(parameter="decision.noise_cv", on=0.15),
        Effect(parameter="decision.gain", on=0.7),
        Effect(parameter="decision.guard_d", on=3.0),
    )
    #: Who is moved often knows no place well.
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="decision.handover_d", factor=1.3),)
    cost: ClassVar[Cost] = Cost(capex_yuan=2_000_000, opex_yuan_per_year=1_200_000, staff_h_per_case=0.0)

    kind: Literal["data_decisions"] = "data_decisions"
