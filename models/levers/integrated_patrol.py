"""A29a More and trained patrols (充实巡查力量): walks every grid more often, with trained eyes."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class IntegratedPatrol(Lever):
    """A29a More and trained patrols: walks every grid more often, with trained eyes."""

    title: ClassVar[Text] = Text(en="More and trained patrols", zh="充实巡查力量")
    mechanism: ClassVar[str] = "A29a"
    moves: ClassVar[tuple[str, ...]] = ("found.patrol_event",)
    pays: ClassVar[tuple[str, ...]] = ("clerical.patrol_event",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="patrol.rounds_per_day", on=1.0),
        Effect(parameter="patrol.p_see", on=0.6),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="grid.report_min", factor=1.3),)
    cost: ClassVar[Cost] = Cost(capex_yuan=2_000_000, opex_yuan_per_year=10_000_000, staff_h_per_case=0.0)

    kind: Literal["integrated_patrol"] = "integrated_patrol"
