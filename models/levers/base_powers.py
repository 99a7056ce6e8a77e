"""A29e Powers delegated to the grid (网格运转扁平化): lets the grid decide and solve more by itself."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class BasePowers(Lever):
    """A29e Powers delegated to the grid: lets the grid decide and solve more by itself."""

    title: ClassVar[Text] = Text(en="Powers delegated to the grid", zh="网格运转扁平化")
    mechanism: ClassVar[str] = "A29e"
    moves: ClassVar[tuple[str, ...]] = ("solved_at_grid", "T_reinforce.building_fire")
    pays: ClassVar[tuple[str, ...]] = ("reopen", "wrong_level.command")
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="grid.share_solved", on=0.8),
        Effect(parameter="chain.delegated", on=0.9),
        Effect(parameter="command.levels", on=2.0),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="unit.p_verified", factor=0.97),)
    cost: ClassVar[Cost] = Cost(capex_yuan=1_000_000, opex_yuan_per_year=6_000_000, staff_h_per_case=0.05)

    kind: Literal["base_powers"] = "base_powers"
