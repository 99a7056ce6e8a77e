"""A28 Five-party co-governance (五方共治): a convener brings the five parties of an estate to one table and keeps what was solved alive."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class FivePartyGovernance(Lever):
    """A28 Five-party co-governance: a convener lowers the price of agreement in every estate and keeps the result alive."""

    title: ClassVar[Text] = Text(en="Five-party co-governance", zh="五方共治")
    mechanism: ClassVar[str] = "A28"
    moves: ClassVar[tuple[str, ...]] = (
        "solved.estates",
        "open.estates",
        "relapse.estates",
        "ebikes.estates",
        "petitions.estates",
        "participation.estates",
    )
    #: Five parties need weeks to decide what the firm alone decides in days.
    pays: ClassVar[tuple[str, ...]] = ("first_decision.estates", "hours.estates")
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="estates.convener", on=1.0),
        Effect(parameter="estates.relapse", on=0.12),
        Effect(parameter="estates.reporting", on=1.3),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="estates.meeting_h", factor=1.2),)
    cost: ClassVar[Cost] = Cost(capex_yuan=2_000_000, opex_yuan_per_year=4_000_000, staff_h_per_case=18.0)

    kind: Literal["five_party_governance"] = "five_party_governance"
