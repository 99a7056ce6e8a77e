"""A15 Warm and inclusive governance (有温度的治理、普惠): older people who cannot apply online are helped to (帮办代办)."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class InclusiveService(Lever):
    """A15 Warm and inclusive governance: clerks help older people to apply online from near their homes.

    It serves a constraint: visits of older applicants at most 1.2 times those of the rest. Its price: the help takes
    a clerk longer than a submission at the counter, and the more so the more of those who find it hard are reached.
    """

    title: ClassVar[Text] = Text(en="Warm and inclusive service", zh="有温度的普惠服务（帮办代办）")
    mechanism: ClassVar[str] = "A15"
    moves: ClassVar[tuple[str, ...]] = ("elder_gap.hall",)
    pays: ClassVar[tuple[str, ...]] = ("clerk.hall",)
    effects: ClassVar[tuple[Effect, ...]] = (Effect(parameter="hall.assisted", on=0.95),)
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="hall.help_min", factor=1.2),)
    cost: ClassVar[Cost] = Cost(capex_yuan=500_000, opex_yuan_per_year=1_800_000, staff_h_per_case=0.0)

    kind: Literal["inclusive_service"] = "inclusive_service"
