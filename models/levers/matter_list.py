"""A29c Standard list of matters (事项清单标准化): says for every matter who deals with it; what is not on the list is dispatched by guess."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from models.parameter import Parameter
from sim.text import Text


class MatterList(Lever):
    """A29c Standard list of matters: says for every matter who deals with it; what is not on the list is dispatched by guess."""

    title: ClassVar[Text] = Text(en="Standard list of matters", zh="事项清单标准化")
    mechanism: ClassVar[str] = "A29c"
    moves: ClassVar[tuple[str, ...]] = ("first_dispatch_accuracy",)
    pays: ClassVar[tuple[str, ...]] = ("T_dispatch.hotline_ticket",)
    own: ClassVar[Mapping[str, Parameter]] = {
        "matters.listed": Parameter(
            title=Text("Cases whose matter stands on the list with its owner", "列入事项清单并明确责任单位的比例"),
            unit="share",
            values=(0.6, 0.8, 0.95),
            range=(0.2, 0.99),
            mix="logit",
            assumption=True,
        ),
    }
    effects: ClassVar[tuple[Effect, ...]] = (Effect(parameter="matters.listed", on=0.95),)
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="routing.dispatch_min", factor=1.1),)
    cost: ClassVar[Cost] = Cost(capex_yuan=400_000, opex_yuan_per_year=300_000, staff_h_per_case=0.0)

    kind: Literal["matter_list"] = "matter_list"
