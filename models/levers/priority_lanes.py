"""A10 Signal priority for emergency vehicles (应急车辆信号优先): gives emergency vehicles green waves."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class PriorityLanes(Lever):
    """A10 Signal priority for emergency vehicles: gives emergency vehicles green waves."""

    title: ClassVar[Text] = Text(en="Signal priority for emergency vehicles", zh="应急车辆信号优先")
    mechanism: ClassVar[str] = "A10"
    moves: ClassVar[tuple[str, ...]] = ("T_arrive.medical",)
    pays: ClassVar[tuple[str, ...]] = ("T_arrive.lift_entrapment",)
    effects: ClassVar[tuple[Effect, ...]] = (Effect(parameter="traffic.priority_factor", on=0.8),)
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="traffic.others_factor", factor=1.06),)
    cost: ClassVar[Cost] = Cost(capex_yuan=30_000_000, opex_yuan_per_year=3_000_000, staff_h_per_case=0.0)

    kind: Literal["priority_lanes"] = "priority_lanes"
