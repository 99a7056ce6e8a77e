"""A45 Safety communicators (安全宣导员): trained volunteers visit households, give talks, and answer rumours in their own groups."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class SafetyCommunicators(Lever):
    """A45 Safety communicators: two hours a week of visits, to older households first, and of talks; they debunk rumours in their own groups, and take staff away from the sessions of the community."""

    title: ClassVar[Text] = Text(en="Safety communicators", zh="安全宣导员")
    mechanism: ClassVar[str] = "A45"
    moves: ClassVar[tuple[str, ...]] = (
        "knowledge.literacy",
        "reach.literacy",
        "gap.literacy",
        "peak.rumour",
        "heard.rumour",
        "exposed_elders.warning",
    )
    pays: ClassVar[tuple[str, ...]] = ("staff_hours.literacy", "own_hours.literacy", "learned_per_hour.literacy")
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="communicator.per_100k", on=80.0),
        Effect(parameter="communicator.elders_first", on=0.7),
        Effect(parameter="rumour.debunk_factor", on=1.5),
        Effect(parameter="warning.elder_contact", on=0.9),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="education.community", factor=0.85),)
    cost: ClassVar[Cost] = Cost(capex_yuan=600_000, opex_yuan_per_year=1_800_000, staff_h_per_case=0.0)

    kind: Literal["safety_communicators"] = "safety_communicators"
