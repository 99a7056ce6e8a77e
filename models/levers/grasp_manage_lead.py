"""A21 Territory, sector and enterprise together (抓管带): the territory grasps, the sector manages, leading enterprises bring others along: more premises are in somebody's hands, some in those of several."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class GraspManageLead(Lever):
    """A21 Territory, sector and enterprise together: the territory grasps, the sector manages, leading enterprises bring others along: more premises are in somebody's hands, some in those of several."""

    title: ClassVar[Text] = Text(en="Territory, sector and enterprise together", zh="抓管带")
    mechanism: ClassVar[str] = "A21"
    moves: ClassVar[tuple[str, ...]] = ("covered.stock", "hazards.stock", "rectify.stock")
    pays: ClassVar[tuple[str, ...]] = ("burden.stock", "duplicated.stock")
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="stock.covered_patrol", on=0.85),
        Effect(parameter="stock.covered_inspectors", on=0.6),
        Effect(parameter="stock.covered_owner", on=0.35),
        Effect(parameter="stock.compliance", times=1.25),
        Effect(parameter="stock.p_find", on=0.65),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="stock.duplicate", factor=1.5),)
    cost: ClassVar[Cost] = Cost(capex_yuan=3_000_000, opex_yuan_per_year=8_000_000, staff_h_per_case=0.0)

    kind: Literal["grasp_manage_lead"] = "grasp_manage_lead"
