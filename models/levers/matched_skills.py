"""A29a Diverse forces with matched skills (力量配置多元化): sends those who know the matter, so that work takes less time."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class MatchedSkills(Lever):
    """A29a Diverse forces with matched skills: sends those who know the matter, so that work takes less time."""

    title: ClassVar[Text] = Text(en="Diverse forces with matched skills", zh="力量配置多元化")
    mechanism: ClassVar[str] = "A29a"
    moves: ClassVar[tuple[str, ...]] = ("T_handle.hotline_ticket",)
    pays: ClassVar[tuple[str, ...]] = ("T_owner.hotline_ticket",)
    effects: ClassVar[tuple[Effect, ...]] = (Effect(parameter="unit.handling_factor", on=0.85),)
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="unit.ack_min", factor=1.15),)
    cost: ClassVar[Cost] = Cost(capex_yuan=800_000, opex_yuan_per_year=3_000_000, staff_h_per_case=0.0)

    kind: Literal["matched_skills"] = "matched_skills"
