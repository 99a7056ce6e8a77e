"""A40 Safety education into five settings (安全宣传“五进”): into enterprises, villages, communities, schools and families."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class FiveSettingsEducation(Lever):
    """A40 Safety education into five settings: sessions for workers, villagers, residents, pupils and families; it takes working hours, and communicators from their visits."""

    title: ClassVar[Text] = Text(en="Safety education into five settings", zh="安全宣传“五进”")
    mechanism: ClassVar[str] = "A40"
    moves: ClassVar[tuple[str, ...]] = (
        "hazards.stock",
        "knowledge.literacy", "spreading.literacy", "able.literacy", "reach.literacy", "habits.literacy",
    )  # fmt: skip
    pays: ClassVar[tuple[str, ...]] = ("staff_hours.literacy", "own_hours.literacy", "gap.literacy")
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="education.enterprise", on=0.7),
        Effect(parameter="education.village", on=0.3),
        Effect(parameter="education.community", on=0.25),
        Effect(parameter="education.school", on=0.9),
        Effect(parameter="education.family", on=0.1),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="communicator.visits", factor=0.6),)
    cost: ClassVar[Cost] = Cost(capex_yuan=500_000, opex_yuan_per_year=3_500_000, staff_h_per_case=0.0)

    kind: Literal["five_settings_education"] = "five_settings_education"
