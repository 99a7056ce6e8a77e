"""A30 Grand safety, grand emergency (大安全大应急框架): one pool of units across owners, one cascade graph and plans at hand; lent units leave core duties waiting."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class GrandEmergency(Lever):
    """A30 Grand safety, grand emergency: one pool of units across owners, one cascade graph and plans at hand; lent units leave core duties waiting, and need briefing by who commands them."""

    title: ClassVar[Text] = Text(en="Grand safety, grand emergency", zh="大安全大应急框架")
    mechanism: ClassVar[str] = "A30"
    moves: ClassVar[tuple[str, ...]] = (
        "unmet.surge",
        "T_help_p90.surge",
        "cascade.surge",
        "resilience.surge",
        "recovery.surge",
    )
    pays: ClassVar[tuple[str, ...]] = ("uncovered.surge",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="surge.pooled", on=1.0),
        Effect(parameter="surge.substitution", on=0.9),
        Effect(parameter="surge.lookup_min", on=1.0),
        Effect(parameter="surge.shared_graph", on=1.0),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="surge.brief_min", factor=1.5),)
    cost: ClassVar[Cost] = Cost(capex_yuan=20_000_000, opex_yuan_per_year=6_000_000, staff_h_per_case=0.05)

    kind: Literal["grand_emergency"] = "grand_emergency"
