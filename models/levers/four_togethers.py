"""A25 Four togethers (江宁区“四共”): parties plan, build, train and govern together; the district's lead ends a deadlock."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class FourTogethers(Lever):
    """A25 Four togethers: what the parties have in common shortens their agreement; a lead decides where they cannot."""

    title: ClassVar[Text] = Text(en="Four togethers", zh="“四共”机制")
    mechanism: ClassVar[str] = "A25"
    moves: ClassVar[tuple[str, ...]] = ("age.hard_cases", "backlog.hard_cases", "participation.hard_cases")
    pays: ClassVar[tuple[str, ...]] = ("hours.hard_cases",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="hard_cases.in_common", on=4.0),
        Effect(parameter="hard_cases.learning", on=0.6),
        Effect(parameter="hard_cases.lead", on=0.5),
    )
    #: Who takes part also prepares: training together and records of what was agreed (assumption).
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="hard_cases.hearing_h", factor=1.15),)
    cost: ClassVar[Cost] = Cost(capex_yuan=0, opex_yuan_per_year=800_000, staff_h_per_case=6.0)

    kind: Literal["four_togethers"] = "four_togethers"
