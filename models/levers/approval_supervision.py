"""A07 Approval and supervision linked (审管联动): sends every new licence to the supervisor at once, and holds up operators who have been flagged until they have rectified."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class ApprovalSupervision(Lever):
    """A07 Approval and supervision linked: sends every new licence to the supervisor at once, and holds up operators who have been flagged until they have rectified."""

    title: ClassVar[Text] = Text(en="Approval and supervision linked", zh="审管联动")
    mechanism: ClassVar[str] = "A07"
    moves: ClassVar[tuple[str, ...]] = ("unsupervised.stock", "early.stock", "strikes.gas")
    pays: ClassVar[tuple[str, ...]] = ("closure.stock",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="stock.gap_wd", on=0.1),
        Effect(parameter="stock.p_lost", on=0.01),
        Effect(parameter="stock.gate", on=0.8),
        Effect(parameter="lifeline.permit_check", on=0.9),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="stock.record_h", factor=1.1),)
    cost: ClassVar[Cost] = Cost(capex_yuan=4_000_000, opex_yuan_per_year=1_000_000, staff_h_per_case=0.0)

    kind: Literal["approval_supervision"] = "approval_supervision"
