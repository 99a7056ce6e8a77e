"""A29c Standard list of matters (事项清单标准化): says for every matter who deals with it, so that half of the wrong dispatches go away."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class MatterList(Lever):
    """A29c Standard list of matters: says for every matter who deals with it, so that half of the wrong dispatches go away."""

    title: ClassVar[Text] = Text(en="Standard list of matters", zh="事项清单标准化")
    mechanism: ClassVar[str] = "A29c"
    moves: ClassVar[tuple[str, ...]] = ("first_dispatch_accuracy",)
    pays: ClassVar[tuple[str, ...]] = ("T_dispatch.hotline_ticket",)
    effects: ClassVar[tuple[Effect, ...]] = (Effect(parameter="routing.p_misroute", on=0.09),)
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="routing.dispatch_min", factor=1.1),)
    cost: ClassVar[Cost] = Cost(capex_yuan=400_000, opex_yuan_per_year=300_000, staff_h_per_case=0.0)

    kind: Literal["matter_list"] = "matter_list"
