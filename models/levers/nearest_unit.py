"""A29f One pool of units, nearest first (指挥调度平台统一化): lets the nearest unit go whoever owns it; meanwhile its own street is without it."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class NearestUnit(Lever):
    """A29f One pool of units, nearest first: lets the nearest unit go whoever owns it; meanwhile its own street is without it."""

    title: ClassVar[Text] = Text(en="One pool of units, nearest first", zh="指挥调度平台统一化")
    mechanism: ClassVar[str] = "A29f"
    moves: ClassVar[tuple[str, ...]] = ("T_arrive.medical",)
    pays: ClassVar[tuple[str, ...]] = ("lent.crews",)
    effects: ClassVar[tuple[Effect, ...]] = (Effect(parameter="routing.pooled_share", on=1.0),)
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="crew.turnout_s", factor=1.05),)
    cost: ClassVar[Cost] = Cost(capex_yuan=5_000_000, opex_yuan_per_year=1_000_000, staff_h_per_case=0.0)

    kind: Literal["nearest_unit"] = "nearest_unit"
