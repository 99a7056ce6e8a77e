"""A13 Collaboration across five boundaries (五跨协同): levels, regions, systems, departments and businesses agree beforehand who acts at their boundaries, and work at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from models.parameter import Parameter
from sim.text import Text


class FiveCrossings(Lever):
    """A13 Collaboration across five boundaries: levels, regions, systems, departments and businesses agree beforehand who acts at their boundaries, and work at once."""

    title: ClassVar[Text] = Text(en="Collaboration across five boundaries", zh="五跨协同")
    mechanism: ClassVar[str] = "A13"
    moves: ClassVar[tuple[str, ...]] = ("T_handle.hotline_ticket", "bounces.hotline_ticket")
    pays: ClassVar[tuple[str, ...]] = ("clerical.hotline_ticket",)
    own: ClassVar[Mapping[str, Parameter]] = {
        "boundary.delay_wd": Parameter(
            title=Text("Delay at each boundary that a case crosses", "每跨越一道边界的延误"),
            unit="working days",
            values=(1.5, 0.8, 0.375),
            range=(0.1, 3.0),
            mix="geo",
            assumption=True,
        ),
        "boundary.p_refuse": Parameter(
            title=Text("Refusal at a boundary", "跨边界拒收概率"),
            unit="share",
            values=(0.08, 0.05, 0.027),
            range=(0.01, 0.2),
            mix="logit",
            assumption=True,
        ),
        "joint.parallel_share": Parameter(
            title=Text("Cases on which departments work at once", "多部门并行办理比例"),
            unit="share",
            values=(0.0, 0.5, 1.0),
            range=(0.0, 1.0),
            mix="linear",
            assumption=True,
        ),
    }
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="boundary.delay_wd", on=0.375),
        Effect(parameter="boundary.p_refuse", on=0.027),
        Effect(parameter="joint.parallel_share", on=1.0),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="order.clerical_min", factor=1.3),)
    cost: ClassVar[Cost] = Cost(capex_yuan=6_000_000, opex_yuan_per_year=4_000_000, staff_h_per_case=0.03)

    kind: Literal["five_crossings"] = "five_crossings"
