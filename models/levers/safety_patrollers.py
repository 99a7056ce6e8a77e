"""A46 Volunteer safety patrollers (安全巡查员): volunteers walk assigned streets and report what they see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from models.parameter import Parameter
from sim.text import Text


class SafetyPatrollers(Lever):
    """A46 Volunteer safety patrollers: volunteers walk assigned streets and report what they see."""

    title: ClassVar[Text] = Text(en="Volunteer safety patrollers", zh="安全巡查员")
    mechanism: ClassVar[str] = "A46"
    moves: ClassVar[tuple[str, ...]] = ("found.patrol_event",)
    pays: ClassVar[tuple[str, ...]] = ("false_reports",)
    own: ClassVar[Mapping[str, Parameter]] = {
        "channel.volunteer_per_day": Parameter(
            title=Text("Rate at which a patroller tells of an open public event", "志愿巡查员上报公共事件的速率"),
            unit="per day",
            values=(0.0, 0.02, 0.2),
            range=(0.0, 2.0),
            mix="linear",
            basis=Text(
                "3 km a week; sees 45 % untrained, 70 % trained", "每周 3 公里；未经培训发现率 45 %，培训后 70 %"
            ),
            assumption=True,
        ),
    }
    effects: ClassVar[tuple[Effect, ...]] = (Effect(parameter="channel.volunteer_per_day", on=0.2),)
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="intake.false_reports", factor=1.25),)
    cost: ClassVar[Cost] = Cost(capex_yuan=500_000, opex_yuan_per_year=2_500_000, staff_h_per_case=0.0)

    kind: Literal["safety_patrollers"] = "safety_patrollers"
