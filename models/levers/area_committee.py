"""A24 Area committee (片区“大党委”1+N): owners of a hard case sit together every month at the front line, under rules that make the result last."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class AreaCommittee(Lever):
    """A24 Area committee: every month the owners of an area's hard cases sit together; N rules make the result last."""

    title: ClassVar[Text] = Text(en="Area committee", zh="片区“大党委”")
    mechanism: ClassVar[str] = "A24"
    moves: ClassVar[tuple[str, ...]] = ("backlog.hard_cases", "age.hard_cases", "relapse.hard_cases")
    pays: ClassVar[tuple[str, ...]] = ("hours.hard_cases",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="hard_cases.convened", on=1.0),
        Effect(parameter="hard_cases.relapse", on=0.1),
    )
    #: The rules ask for a survey before the session and a record after it (assumption).
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="hard_cases.hearing_h", factor=1.25),)
    cost: ClassVar[Cost] = Cost(capex_yuan=200_000, opex_yuan_per_year=1_200_000, staff_h_per_case=10.0)

    kind: Literal["area_committee"] = "area_committee"
