"""A43 Volunteers in public safety (志愿者参与公共安全社会化治理): points, feedback and refreshers keep them, and ask more of them."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class VolunteerIncentives(Lever):
    """A43 Volunteers in public safety: points, feedback after every alert and a refresher course each half year; with points come tasks, and staff who keep the accounts."""

    title: ClassVar[Text] = Text(en="Points, feedback and refreshers for volunteers", zh="志愿者积分激励与复训")
    mechanism: ClassVar[str] = "A43"
    moves: ClassVar[tuple[str, ...]] = (
        "active.corps", "answered_day.corps", "answered_night.corps", "skilled.corps", "skill.corps", "left.corps",
    )  # fmt: skip
    pays: ClassVar[tuple[str, ...]] = ("load.corps", "staff_hours.corps")
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="corps.p_respond", on=0.35),
        Effect(parameter="corps.feedback", on=0.9),
        Effect(parameter="corps.refresher_d", on=180.0),
        Effect(parameter="corps.recruited", on=0.02),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="corps.tasks", factor=2.5),)
    cost: ClassVar[Cost] = Cost(capex_yuan=1_200_000, opex_yuan_per_year=2_500_000, staff_h_per_case=0.0)

    kind: Literal["volunteer_incentives"] = "volunteer_incentives"
