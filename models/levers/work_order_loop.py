"""A38 Work orders closed in a loop (工单化闭环处置): looks at every order that is being handled at 80 % of its limit and presses on, instead of extending it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from models.parameter import Parameter
from sim.text import Text


class WorkOrderLoop(Lever):
    """A38 Work orders closed in a loop: looks at every order that is being handled at 80 % of its limit and presses on, instead of extending it."""

    title: ClassVar[Text] = Text(en="Work orders closed in a loop", zh="工单化闭环处置")
    mechanism: ClassVar[str] = "A38"
    moves: ClassVar[tuple[str, ...]] = ("T_handle.hotline_ticket", "extended.hotline_ticket", "actions.warning")
    pays: ClassVar[tuple[str, ...]] = ("clerical.hotline_ticket", "report_min.warning")
    own: ClassVar[Mapping[str, Parameter]] = {
        "supervision.share": Parameter(
            title=Text("Late orders that supervision takes up at 80 % of the limit", "时限 80 % 时督办的比例"),
            unit="share",
            values=(0.1, 0.5, 1.0),
            range=(0.0, 1.0),
            mix="linear",
            assumption=True,
        ),
        "extension.share": Parameter(
            title=Text("Late orders whose limit is extended", "超期工单获准延期比例"),
            unit="share",
            values=(0.3, 0.15, 0.05),
            range=(0.01, 0.6),
            mix="logit",
            assumption=True,
        ),
    }
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="supervision.share", on=1.0),
        Effect(parameter="extension.share", on=0.05),
        Effect(parameter="warning.omission", on=0.05),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (
        SideEffect(parameter="order.clerical_min", factor=1.5),
        SideEffect(parameter="warning.ticket_min", factor=3.0),  # a ticket: 1.5 min an action instead of a word
    )
    cost: ClassVar[Cost] = Cost(capex_yuan=3_000_000, opex_yuan_per_year=1_500_000, staff_h_per_case=0.025)

    kind: Literal["work_order_loop"] = "work_order_loop"
