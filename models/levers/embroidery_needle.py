"""A02 Embroidery-needle precision (绣花针式精准治理): a better model of risk, and visits in proportion to risk; where risk is low, hazards lie longer."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class EmbroideryNeedle(Lever):
    """A02 Embroidery-needle precision: a better model of risk, and visits in proportion to risk; where risk is low, hazards lie longer."""

    title: ClassVar[Text] = Text(en="Embroidery-needle precision", zh="绣花针式精准治理")
    mechanism: ClassVar[str] = "A02"
    moves: ClassVar[tuple[str, ...]] = ("hit_rate.stock", "found_per_h.stock", "hazards.stock")
    pays: ClassVar[tuple[str, ...]] = ("equity_gap.stock",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="stock.gamma", on=1.0),
        Effect(parameter="stock.auc", on=0.8),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="stock.record_h", factor=1.2),)
    cost: ClassVar[Cost] = Cost(capex_yuan=5_000_000, opex_yuan_per_year=2_000_000, staff_h_per_case=0.0)

    kind: Literal["embroidery_needle"] = "embroidery_needle"
