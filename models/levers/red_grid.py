"""A26 Red grid (红色网格): more stations, with signs that people know: members come sooner, needs are told on foot; volunteers tire, and stations cost upkeep."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class RedGrid(Lever):
    """A26 Red grid: more stations, with signs that people know: members come sooner, needs are told on foot; volunteers tire, and stations cost upkeep."""

    title: ClassVar[Text] = Text(en="Red grid", zh="红色网格")
    mechanism: ClassVar[str] = "A26"
    moves: ClassVar[tuple[str, ...]] = ("unmet.surge", "fill_1h.surge", "T_help_p90.surge", "resilience.surge")
    pays: ClassVar[tuple[str, ...]] = ("hours.surge",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="surge.p_muster", on=0.4),
        Effect(parameter="surge.stations_per_km2", on=10.0),
        Effect(parameter="surge.recognised", on=0.8),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="surge.fatigue", factor=1.5),)
    cost: ClassVar[Cost] = Cost(capex_yuan=5_000_000, opex_yuan_per_year=9_000_000, staff_h_per_case=0.0)

    kind: Literal["red_grid"] = "red_grid"
