"""A36 Digital, networked, intelligent, interactive (科技赋能“四化”): complete records, links that hold, fewer false alarms, answers with a tap."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class FourTransformations(Lever):
    """A36 Digital, networked, intelligent, interactive: complete records, links that hold, fewer false alarms, answers with a tap."""

    title: ClassVar[Text] = Text(en="Digital, networked, intelligent, interactive", zh="科技赋能“四化”")
    mechanism: ClassVar[str] = "A36"
    moves: ClassVar[tuple[str, ...]] = ("ack5.warning", "exposed.warning")
    pays: ClassVar[tuple[str, ...]] = ("report_min.warning", "upkeep.warning")
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="records.completeness", on=0.95),
        Effect(parameter="chain.link_loss", on=0.002),
        Effect(parameter="chain.fallback", on=0.9),
        Effect(parameter="warning.false_alarms", on=0.8),
        Effect(parameter="warning.two_way", on=1.0),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="warning.ticket_min", factor=1.4),)
    cost: ClassVar[Cost] = Cost(capex_yuan=30_000_000, opex_yuan_per_year=6_000_000, staff_h_per_case=0.0)

    kind: Literal["four_transformations"] = "four_transformations"
