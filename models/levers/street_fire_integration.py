"""A34 Street emergency and fire integration (街镇应急管理—消防一体化): alerts the micro fire stations together with the brigade, by day and night."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class StreetFireIntegration(Lever):
    """A34 Street emergency and fire integration: alerts the micro fire stations together with the brigade, by day and night."""

    title: ClassVar[Text] = Text(en="Street emergency and fire integration", zh="街镇应急管理—消防一体化")
    mechanism: ClassVar[str] = "A34"
    moves: ClassVar[tuple[str, ...]] = ("T_control.building_fire",)
    pays: ClassVar[tuple[str, ...]] = ("clerical.patrol_event",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="micro_station.p_activated", on=0.85),
        Effect(parameter="micro_station.night_factor", on=0.85),
        Effect(parameter="micro_station.arrival_min", on=3.0),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="order.clerical_min", factor=1.15),)
    cost: ClassVar[Cost] = Cost(capex_yuan=8_000_000, opex_yuan_per_year=15_000_000, staff_h_per_case=0.0)

    kind: Literal["street_fire_integration"] = "street_fire_integration"
