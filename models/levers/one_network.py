"""A03 One-network unified operation (一网统管): joins the hotline, the grid and the emergency lines into one platform, so that the first dispatch is right and returned orders travel fast."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from models.parameter import Parameter
from sim.text import Text


class OneNetwork(Lever):
    """A03 One-network unified operation: joins the hotline, the grid and the emergency lines into one platform, so that the first dispatch is right and returned orders travel fast."""

    title: ClassVar[Text] = Text(en="One-network unified operation", zh="一网统管")
    mechanism: ClassVar[str] = "A03"
    moves: ClassVar[tuple[str, ...]] = (
        "first_dispatch_accuracy",
        "T_dispatch.hotline_ticket",
        "duplicates.hotline_ticket",
        "T_handle.hotline_ticket",
        "infected.contagion",
    )
    own: ClassVar[Mapping[str, Parameter]] = {
        "asset.linked": Parameter(
            title=Text("Tickets that carry their asset and its owner", "工单关联资产与权属比例"),
            unit="share",
            values=(0.3, 0.6, 0.9),
            range=(0.0, 1.0),
            mix="linear",
            assumption=True,
        ),
    }
    pays: ClassVar[tuple[str, ...]] = ("clerical.hotline_ticket",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="routing.p_misroute", on=0.035),
        Effect(parameter="routing.t_bounce_h", on=1.0),
        Effect(parameter="routing.dispatch_min", on=2.0),
        Effect(parameter="intake.dedup", on=0.7),
        Effect(parameter="asset.linked", on=0.9),
        #: A positive test reaches the community on the platform, instead of by list and telephone (assumption).
        Effect(parameter="epidemic.result_d", on=0.25),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="order.clerical_min", factor=1.5),)
    cost: ClassVar[Cost] = Cost(capex_yuan=60_000_000, opex_yuan_per_year=12_000_000, staff_h_per_case=0.02)

    kind: Literal["one_network"] = "one_network"
