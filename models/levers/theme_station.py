"""A41 Safety-culture theme station (安全文化主题车站): metro stations whose walls teach those who pass."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class ThemeStation(Lever):
    """A41 Safety-culture theme station: exhibits teach those who pass, a little each time; its guides are communicators who would visit households, and those who ride least learn least."""

    title: ClassVar[Text] = Text(en="Safety-culture theme station", zh="安全文化主题车站")
    mechanism: ClassVar[str] = "A41"
    moves: ClassVar[tuple[str, ...]] = ("knowledge.literacy", "reach.literacy")
    pays: ClassVar[tuple[str, ...]] = ("staff_hours.literacy", "own_hours.literacy", "gap.literacy")
    effects: ClassVar[tuple[Effect, ...]] = (Effect(parameter="station.ridership", on=0.04),)
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="communicator.hours_week", factor=0.9),)
    cost: ClassVar[Cost] = Cost(capex_yuan=20_000_000, opex_yuan_per_year=1_500_000, staff_h_per_case=0.0)

    kind: Literal["theme_station"] = "theme_station"
