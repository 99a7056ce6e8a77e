"""A22 Five-part build of grid organisations (秦淮区五项建设): organisations, staff, campaigns, rules and support, so that units answer in minutes."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class FivePartBuild(Lever):
    """A22 Five-part build of grid organisations: organisations, staff, campaigns, rules and support, so that units answer in minutes."""

    title: ClassVar[Text] = Text(en="Five-part build of grid organisations", zh="秦淮区五项建设")
    mechanism: ClassVar[str] = "A22"
    moves: ClassVar[tuple[str, ...]] = ("T_owner.hotline_ticket",)
    pays: ClassVar[tuple[str, ...]] = ("clerical.patrol_event",)
    effects: ClassVar[tuple[Effect, ...]] = (Effect(parameter="unit.ack_min", on=5.0),)
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="order.clerical_min", factor=1.15),)
    cost: ClassVar[Cost] = Cost(capex_yuan=2_000_000, opex_yuan_per_year=12_000_000, staff_h_per_case=0.05)

    kind: Literal["five_part_build"] = "five_part_build"
