"""A39 Shift to prevention (向事先预防转型): moves budget from response to inspection, engineered protection and education; help is further away and firms are checked more."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class PreventionShift(Lever):
    """A39 Shift to prevention: moves budget from response to inspection, engineered protection and education; help is further away and firms are checked more."""

    title: ClassVar[Text] = Text(en="Shift to prevention", zh="向事先预防转型")
    mechanism: ClassVar[str] = "A39"
    moves: ClassVar[tuple[str, ...]] = ("hazards.stock", "incidents.stock")
    pays: ClassVar[tuple[str, ...]] = ("response.stock", "burden.stock")
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="stock.prevention_share", on=0.5),
        Effect(parameter="stock.inflow_factor", on=0.85),
        Effect(parameter="stock.engineered", on=0.3),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="crew.turnout_s", factor=1.1),)
    cost: ClassVar[Cost] = Cost(capex_yuan=30_000_000, opex_yuan_per_year=6_000_000, staff_h_per_case=0.0)

    kind: Literal["prevention_shift"] = "prevention_shift"
