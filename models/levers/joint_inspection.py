"""A33 Joint analysis and joint inspection (综研联检): one visit of all departments in place of one of each, on one list; what only they together see is found, and what only a specialist sees is missed."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class JointInspection(Lever):
    """A33 Joint analysis and joint inspection: one visit of all departments in place of one of each, on one list; what only they together see is found, and what only a specialist sees is missed."""

    title: ClassVar[Text] = Text(en="Joint analysis and joint inspection", zh="综研联检")
    mechanism: ClassVar[str] = "A33"
    moves: ClassVar[tuple[str, ...]] = ("hit_rate.stock", "visits.stock", "burden.stock", "duplicated.stock")
    pays: ClassVar[tuple[str, ...]] = ("missed.stock",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="stock.joint", on=0.9),
        Effect(parameter="stock.duplicate", on=0.05),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="stock.p_find", factor=0.9),)
    cost: ClassVar[Cost] = Cost(capex_yuan=1_000_000, opex_yuan_per_year=2_000_000, staff_h_per_case=0.0)

    kind: Literal["joint_inspection"] = "joint_inspection"
