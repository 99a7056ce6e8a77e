"""A12 Playbooks for incidents (高效处置一件事): each type of incident has a playbook that alerts every role at once, so that few are forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from models.parameter import Parameter
from sim.text import Text


class Playbooks(Lever):
    """A12 Playbooks for incidents: each type of incident has a playbook that alerts every role at once, so that few are forgotten."""

    title: ClassVar[Text] = Text(en="Playbooks for incidents", zh="高效处置一件事")
    mechanism: ClassVar[str] = "A12"
    moves: ClassVar[tuple[str, ...]] = ("T_arrive.medical",)
    pays: ClassVar[tuple[str, ...]] = ("T_dispatch.hotline_ticket",)
    own: ClassVar[Mapping[str, Parameter]] = {
        "playbook.p_missing_role": Parameter(
            title=Text("Roles forgotten at the first alarm", "首次警报遗漏角色概率"),
            unit="share",
            values=(0.15, 0.09, 0.03),
            range=(0.01, 0.3),
            mix="logit",
            assumption=True,
        ),
    }
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="playbook.p_missing_role", on=0.03),
        Effect(parameter="command.decision_s", on=60.0),
        Effect(parameter="joint.parallel_share", on=0.9),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="routing.dispatch_min", factor=1.1),)
    cost: ClassVar[Cost] = Cost(capex_yuan=2_000_000, opex_yuan_per_year=800_000, staff_h_per_case=0.0)

    kind: Literal["playbooks"] = "playbooks"
