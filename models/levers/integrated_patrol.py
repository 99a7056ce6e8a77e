"""A02 Risk-targeted patrol (精准巡查): sends patrols where risk is, more often and with trained eyes."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class IntegratedPatrol(Lever):
    """A02 Risk-targeted patrol: sends patrols where risk is, more often and with trained eyes."""

    title: ClassVar[Text] = Text(en="Risk-targeted patrol", zh="精准巡查")
    mechanism: ClassVar[str] = "A02"
    moves: ClassVar[tuple[str, ...]] = ("found.patrol_event",)
    pays: ClassVar[tuple[str, ...]] = ("clerical.patrol_event",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="patrol.rounds_per_day", on=1.0),
        Effect(parameter="patrol.p_see", on=0.6),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="grid.report_min", factor=1.3),)
    cost: ClassVar[Cost] = Cost(capex_yuan=2_000_000, opex_yuan_per_year=10_000_000, staff_h_per_case=0.0)

    kind: Literal["integrated_patrol"] = "integrated_patrol"
