"""A31 Five-level command with skip-level requests (五级应急指挥调度): shortens the chain that requests and orders pass; the city's desks fill sooner."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class FiveLevelCommand(Lever):
    """A31 Five-level command with skip-level requests: shortens the chain that requests and orders pass; the city's desks fill sooner."""

    title: ClassVar[Text] = Text(en="Five-level command with skip-level requests", zh="五级应急指挥调度")
    mechanism: ClassVar[str] = "A31"
    moves: ClassVar[tuple[str, ...]] = ("T_reinforce.building_fire", "T_order.command", "lost.command", "acked.command")
    pays: ClassVar[tuple[str, ...]] = ("wait.command", "wrong_level.command")
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="command.levels", on=2.0),
        Effect(parameter="command.level_min", on=2.0),
        Effect(parameter="command.p_loss", on=0.01),
        Effect(parameter="chain.broadcast", on=0.5),
        Effect(parameter="chain.delegated", on=0.5),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="grid.report_min", factor=1.3),)
    cost: ClassVar[Cost] = Cost(capex_yuan=20_000_000, opex_yuan_per_year=6_000_000, staff_h_per_case=0.01)

    kind: Literal["five_level_command"] = "five_level_command"
