"""A44 Volunteer first-aiders on one alert (紧急救护员一键呼救): trains residents, and alerts volunteers near a cardiac arrest."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class FirstAiders(Lever):
    """A44 Volunteer first-aiders on one alert: trains residents, and alerts volunteers near a cardiac arrest."""

    title: ClassVar[Text] = Text(en="Volunteer first-aiders on one alert", zh="紧急救护员一键呼救")
    mechanism: ClassVar[str] = "A44"
    moves: ClassVar[tuple[str, ...]] = ("survival.cardiac_arrest",)
    pays: ClassVar[tuple[str, ...]] = ("T_arrive.medical",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="bystander.p_cpr", on=0.3),
        Effect(parameter="volunteer.per_km2", on=25.0),
        Effect(parameter="volunteer.p_alerted", on=0.6),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="command.decision_s", factor=1.05),)
    cost: ClassVar[Cost] = Cost(capex_yuan=3_000_000, opex_yuan_per_year=4_000_000, staff_h_per_case=0.0)

    kind: Literal["first_aiders"] = "first_aiders"
