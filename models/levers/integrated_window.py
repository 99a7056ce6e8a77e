"""A14 Integrated windows (前台综合受理、后台分类审批、综合窗口出件): one pool of windows takes every matter."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class IntegratedWindow(Lever):
    """A14 Integrated windows: one pool of windows takes every matter; clerks learn them all, appraised by figures.

    Its price: a clerk of all trades takes longer than a specialist, what the pool accepts is handed over to the
    offices, and appraisal by figures makes clerks faster and more often wrong.
    """

    title: ClassVar[Text] = Text(en="Integrated windows", zh="综合窗口")
    mechanism: ClassVar[str] = "A14"
    moves: ClassVar[tuple[str, ...]] = ("wait.hall", "wait_p90.hall")
    pays: ClassVar[tuple[str, ...]] = ("wrong.hall", "elapsed.hall", "clerk.hall")
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="hall.pooled", on=1.0),
        Effect(parameter="hall.pool_factor", on=1.12),
        Effect(parameter="hall.appraisal", on=0.5),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="hall.handover_d", factor=1.2),)
    cost: ClassVar[Cost] = Cost(capex_yuan=6_000_000, opex_yuan_per_year=2_000_000, staff_h_per_case=0.0)

    kind: Literal["integrated_window"] = "integrated_window"
