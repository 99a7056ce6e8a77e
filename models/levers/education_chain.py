"""A42 Alliance chain of safety education (联盟安全宣传教育链条): agencies, firms, media and associations pass learners on, and call them back."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class EducationChain(Lever):
    """A42 Alliance chain of safety education: learners go on from awareness to lesson, drill and volunteers, are called back every 90 days and not taught twice; the partners have to be organised."""

    title: ClassVar[Text] = Text(en="Alliance chain of safety education", zh="联盟安全宣传教育链条")
    mechanism: ClassVar[str] = "A42"
    moves: ClassVar[tuple[str, ...]] = (
        "knowledge.literacy", "able.literacy", "retention.literacy", "joined.literacy",
    )  # fmt: skip
    pays: ClassVar[tuple[str, ...]] = ("staff_hours.literacy", "own_hours.literacy")
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="education.conversion", on=1.5),
        Effect(parameter="education.followup", on=0.9),
        Effect(parameter="education.duplicated", on=0.7),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="education.admin", factor=1.4),)
    cost: ClassVar[Cost] = Cost(capex_yuan=800_000, opex_yuan_per_year=2_000_000, staff_h_per_case=0.0)

    kind: Literal["education_chain"] = "education_chain"
