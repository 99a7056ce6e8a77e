"""A19 Disputes settled early and low (枫桥经验、仙林经验): workers visit every household each quarter and mediate at the grid."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class EarlyMediation(Lever):
    """A19 Disputes settled early and low: every household is visited each quarter; mediators at the grid are trained."""

    title: ClassVar[Text] = Text(en="Disputes settled early and low", zh="矛盾纠纷早发现早化解（仙林经验）")
    mechanism: ClassVar[str] = "A19"
    moves: ClassVar[tuple[str, ...]] = (
        "known.disputes",
        "settled_at_grid.disputes",
        "petitions.disputes",
        "age.disputes",
    )
    pays: ClassVar[tuple[str, ...]] = ("grid_h.disputes",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="disputes.visits", on=1.0),
        Effect(parameter="disputes.grid_settles", on=0.7),
    )
    #: A visit that is to learn of quarrels is a talk, no longer a form to be signed (assumption).
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="disputes.visit_h", factor=1.3),)
    cost: ClassVar[Cost] = Cost(capex_yuan=500_000, opex_yuan_per_year=6_000_000, staff_h_per_case=3.0)

    kind: Literal["early_mediation"] = "early_mediation"
