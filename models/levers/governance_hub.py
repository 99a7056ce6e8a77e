"""A01 Smart governance hub (智慧治理中枢): one duty desk with the common picture: a request for reinforcement reaches all levels at once instead of one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from models.parameter import Parameter
from sim.text import Text


class GovernanceHub(Lever):
    """A01 Smart governance hub: one duty desk with the common picture: a request for reinforcement reaches all levels at once instead of one after the other."""

    title: ClassVar[Text] = Text(en="Smart governance hub", zh="智慧治理中枢")
    mechanism: ClassVar[str] = "A01"
    moves: ClassVar[tuple[str, ...]] = ("T_reinforce.building_fire",)
    pays: ClassVar[tuple[str, ...]] = ("T_dispatch.hotline_ticket",)
    own: ClassVar[Mapping[str, Parameter]] = {
        "hub.shared_picture": Parameter(
            title=Text("Requests that all levels see at once", "各级同时获知的请求比例"),
            unit="share",
            values=(0.0, 0.0, 1.0),
            range=(0.0, 1.0),
            mix="linear",
            assumption=True,
        ),
        "hub.outage_per_h": Parameter(
            title=Text("Chance an hour that an outage of the hub begins", "中枢每小时发生中断的概率"),
            unit="per hour",
            values=(0.001, 0.001, 0.001),
            range=(0.0, 0.1),
            mix="linear",
            assumption=True,
        ),
        "hub.outage_h": Parameter(
            title=Text("Mean duration of an outage of the hub", "中枢中断平均时长"),
            unit="h",
            values=(3.0, 3.0, 3.0),
            range=(0.25, 12.0),
            mix="geo",
            assumption=True,
        ),
        "hub.fallback": Parameter(
            title=Text("Time at each desk while the hub is down, against before", "中枢中断时各席位耗时（相对正常）"),
            unit="ratio",
            values=(3.0, 3.0, 3.0),
            range=(1.0, 10.0),
            mix="geo",
            assumption=True,
        ),
    }
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="hub.shared_picture", on=1.0),
        Effect(parameter="command.level_min", on=2.0),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="routing.dispatch_min", factor=1.05),)
    cost: ClassVar[Cost] = Cost(capex_yuan=80_000_000, opex_yuan_per_year=15_000_000, staff_h_per_case=0.01)

    kind: Literal["governance_hub"] = "governance_hub"
