"""A29d Open and near service (服务公开亲民化): a named contact and a published promise let more people report."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class OpenService(Lever):
    """A29d Open and near service: a named contact and a published promise let more people report."""

    title: ClassVar[Text] = Text(en="Open and near service", zh="服务公开亲民化")
    mechanism: ClassVar[str] = "A29d"
    moves: ClassVar[tuple[str, ...]] = ("found.patrol_event",)
    pays: ClassVar[tuple[str, ...]] = ("T_answer.hotline_ticket", "T_handle.hotline_ticket", "false_reports")
    effects: ClassVar[tuple[Effect, ...]] = (Effect(parameter="citizen.report_h", times=1 / 1.4),)
    side_effects: ClassVar[tuple[SideEffect, ...]] = (
        SideEffect(parameter="hotline.volume", factor=1.3),
        SideEffect(parameter="intake.false_reports", factor=1.2),
    )
    cost: ClassVar[Cost] = Cost(capex_yuan=300_000, opex_yuan_per_year=1_200_000, staff_h_per_case=0.0)

    kind: Literal["open_service"] = "open_service"
