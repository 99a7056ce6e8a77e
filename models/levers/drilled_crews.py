"""A32 Drilled and equipped crews (三基建设): drills crews so that they leave sooner; whoever drills is off duty for the hour."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class DrilledCrews(Lever):
    """A32 Drilled and equipped crews: drills crews so that they leave sooner; whoever drills is off duty for the hour."""

    title: ClassVar[Text] = Text(en="Drilled and equipped crews", zh="三基建设")
    mechanism: ClassVar[str] = "A32"
    moves: ClassVar[tuple[str, ...]] = ("T_arrive.medical",)
    pays: ClassVar[tuple[str, ...]] = ("drill.crews",)
    effects: ClassVar[tuple[Effect, ...]] = (Effect(parameter="crew.turnout_s", on=45.0),)
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="crew.drill_h", factor=4.0),)
    cost: ClassVar[Cost] = Cost(capex_yuan=4_000_000, opex_yuan_per_year=9_000_000, staff_h_per_case=0.0)

    kind: Literal["drilled_crews"] = "drilled_crews"
