"""A29b Digital records of people, homes, firms and things (人房企物情数字化): lists that are complete and fresh say who must be moved, and whom to call."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class DigitalRecords(Lever):
    """A29b Digital records of people, homes, firms and things: lists that are complete and fresh say who must be moved, and whom to call."""

    title: ClassVar[Text] = Text(en="Digital records of people, homes, firms and things", zh="人房企物情数字化")
    mechanism: ClassVar[str] = "A29b"
    moves: ClassVar[tuple[str, ...]] = ("exposed.warning",)
    pays: ClassVar[tuple[str, ...]] = ("upkeep.warning",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="records.completeness", on=0.95),
        Effect(parameter="records.staleness_d", on=14.0),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="grid.report_min", factor=1.25),)
    cost: ClassVar[Cost] = Cost(capex_yuan=5_000_000, opex_yuan_per_year=4_000_000, staff_h_per_case=0.0)

    kind: Literal["digital_records"] = "digital_records"
