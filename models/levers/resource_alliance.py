"""A23 Party-building alliance as a hub (党建联盟·治理枢纽): members lend rooms, vehicles and specialists, and they are there sooner; much of it stands idle, and who never receives drops out."""

from __future__ import annotations

from typing import ClassVar, Literal

from models.levers.base import Cost, Effect, Lever, SideEffect
from sim.text import Text


class ResourceAlliance(Lever):
    """A23 Party-building alliance as a hub: members lend rooms, vehicles and specialists, and they are there sooner; much of it stands idle, and who never receives drops out."""

    title: ClassVar[Text] = Text(en="Party-building alliance as a hub", zh="党建联盟·治理枢纽")
    mechanism: ClassVar[str] = "A23"
    moves: ClassVar[tuple[str, ...]] = ("unmet.surge", "fill_1h.surge", "T_help_p90.surge", "resilience.surge")
    pays: ClassVar[tuple[str, ...]] = ("idle.surge",)
    effects: ClassVar[tuple[Effect, ...]] = (
        Effect(parameter="surge.lent", on=0.3),
        Effect(parameter="surge.access_min", on=15.0),
    )
    side_effects: ClassVar[tuple[SideEffect, ...]] = (SideEffect(parameter="surge.reciprocity", factor=0.8),)
    cost: ClassVar[Cost] = Cost(capex_yuan=500_000, opex_yuan_per_year=2_500_000, staff_h_per_case=0.0)

    kind: Literal["resource_alliance"] = "resource_alliance"
