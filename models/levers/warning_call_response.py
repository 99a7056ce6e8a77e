"""A37 Warning call and response (预警“叫应”): whoever does not answer a warning is called, then the deputy, then somebody knocks."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class WarningCallResponse(Lever):
    """A37 Warning call and response: whoever does not answer a warning is called, then the deputy, then somebody knocks; the answer brings a checklist."""

    title: ClassVar[Text] = Text(en="Warning call and response", zh="预警“叫应”机制")
    mechanism: ClassVar[str] = "A37"
    moves: ClassVar[tuple[str, ...]] = ("ack5.warning", "ack15.warning", "actions.warning", "exposed.warning")
    pays: ClassVar[tuple[str, ...]] = ("knocks.warning", "report_min.warning")
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="warning.two_way", on=1.0),
        Effect(parameter="warning.robot", on=1.0),
        Effect(parameter="warning.human", on=1.0),
        Effect(parameter="warning.deputy", on=1.0),
        Effect(parameter="warning.knock", on=0.95),
        Effect(parameter="warning.followed", on=0.947),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="warning.ticket_min", factor=1.3),)
    cost: ClassVar[Cost] = Cost(capex_yuan=2_500_000, opex_yuan_per_year=1_200_000, staff_h_per_case=0.01)

    kind: Literal["warning_call_response"] = "warning_call_response"
