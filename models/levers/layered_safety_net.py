"""A35 Layered safety net (全方位立体化公共安全网): people, technology and institutions look where the others are blind, so that fewer premises escape them all."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class LayeredSafetyNet(Lever):
    """A35 Layered safety net: people, technology and institutions look where the others are blind, so that fewer premises escape them all."""

    title: ClassVar[Text] = Text(en="Layered safety net", zh="全方位立体化公共安全网")
    mechanism: ClassVar[str] = "A35"
    moves: ClassVar[tuple[str, ...]] = ("unseen.stock", "hazards.stock")
    pays: ClassVar[tuple[str, ...]] = ("duplicated.stock",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="stock.correlation", on=0.1),
        Effect(parameter="stock.covered_residents", on=0.3),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="stock.duplicate", factor=1.3),)
    cost: ClassVar[Cost] = Cost(capex_yuan=10_000_000, opex_yuan_per_year=4_000_000, staff_h_per_case=0.0)

    kind: Literal["layered_safety_net"] = "layered_safety_net"
