"""A11 One matter done efficiently (高效办成一件事): the permits of one event in life by one form, one submission, at once."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class OneMatter(Lever):
    """A11 One matter done efficiently: documents are shared, the offices approve at once, and it can be done online.

    Its price: the offices have to agree with one another, and who cannot apply online is left behind those who can.
    """

    title: ClassVar[Text] = Text(en="One matter done efficiently", zh="高效办成一件事")
    mechanism: ClassVar[str] = "A11"
    moves: ClassVar[tuple[str, ...]] = ("elapsed.hall", "visits.hall", "first_right.hall", "on_time.hall")
    pays: ClassVar[tuple[str, ...]] = ("elder_gap.hall",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="hall.shared_documents", on=0.8),
        Effect(parameter="hall.parallel", on=0.9),
        Effect(parameter="hall.online", on=0.8),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="hall.handover_d", factor=1.5),)
    cost: ClassVar[Cost] = Cost(capex_yuan=8_000_000, opex_yuan_per_year=2_500_000, staff_h_per_case=0.0)

    kind: Literal["one_matter"] = "one_matter"
