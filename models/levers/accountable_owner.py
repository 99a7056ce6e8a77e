"""A18 One accountable owner for every matter (压实治理责任): gives each kind of case exactly one owner, so that hardly any waits for one to be found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from models.parameter import Parameter
from sim.text import Text


class AccountableOwner(Lever):
    """A18 One accountable owner for every matter: gives each kind of case exactly one owner, so that hardly any waits for one to be found."""

    title: ClassVar[Text] = Text(en="One accountable owner for every matter", zh="压实治理责任")
    mechanism: ClassVar[str] = "A18"
    moves: ClassVar[tuple[str, ...]] = ("T_handle.hotline_ticket",)
    pays: ClassVar[tuple[str, ...]] = ("clerical.hotline_ticket",)
    own: ClassVar[Mapping[str, Parameter]] = {
        "owner.p_orphan": Parameter(
            title=Text("Orders that nobody owns", "无主工单比例"),
            unit="share",
            values=(0.08, 0.04, 0.01),
            range=(0.005, 0.2),
            mix="logit",
            assumption=True,
        ),
    }
    effects: ClassVar[tuple[Effect, ...]] = (Effect(parameter="owner.p_orphan", on=0.01),)
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="order.clerical_min", factor=1.15),)
    cost: ClassVar[Cost] = Cost(capex_yuan=300_000, opex_yuan_per_year=500_000, staff_h_per_case=0.0)

    kind: Literal["accountable_owner"] = "accountable_owner"
